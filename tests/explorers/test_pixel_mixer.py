"""`PixelMixer` is a 1×1 convolution: what it shows, says and lets one click is what PyTorch computes."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers import PixelMixer
from helpers.drawing.png import rendered
from helpers.explorers.explorer import OWN
from helpers.explorers.numbers.pixel_mixer import CHANNELS, PIXELS, PRESETS, mix
from helpers.images.photos import photo, square
from tests.seen import Seen, number

PLAIN = settings(deadline=None, derandomize=True, max_examples=100)
WEIGHT = st.floats(-2, 2).map(lambda weight: round(weight, 2))
KERNEL = st.lists(st.tuples(WEIGHT, WEIGHT, WEIGHT, WEIGHT), min_size=3, max_size=3)
SLIDERS = [
    f"{out}_{source}" for out in CHANNELS for source in ("from_red", "from_green", "from_blue", "bias")
]
ODD_KERNEL = dict(zip(SLIDERS, [0.5, -1.25, 0.31, 0.4, 2, 0.07, -0.66, -0.2, 1, 1, -2, 0.5], strict=True))


@pytest.fixture(scope="module")
def coffee() -> np.ndarray:
    return np.asarray(square(photo("coffee"), PIXELS))


def convolved(mixer: PixelMixer, pixels: np.ndarray) -> np.ndarray:
    """What `nn.Conv2d` with the sliders' weights makes of pixels (height, width, 3) from 0 to 255."""
    kernel = torch.tensor([mixer.controls[name].value for name in SLIDERS]).reshape(3, 4).double()
    layer = nn.Conv2d(3, 3, 1).double()
    with torch.no_grad():
        layer.weight.copy_(kernel[:, :3, None, None])
        layer.bias.copy_(kernel[:, 3])
        out = layer(torch.from_numpy(pixels / 255).permute(2, 0, 1)[None])
    return 255 * out[0].permute(1, 2, 0).clamp(0, 1).numpy()


def shown(mixer: PixelMixer) -> list[np.ndarray]:
    """The two photos as they are drawn, read from the middle of each of their pixels."""
    images = Seen(mixer.svg).elements("image")
    density = 4
    picture = np.asarray(rendered(mixer.svg, mixer.shown_images, density))
    found = []
    for each in images:
        left, top, side = (density * number(each, name) for name in ("x", "y", "width"))
        middles = (np.arange(PIXELS) + 0.5) * side / PIXELS
        rows, columns = (np.floor(start + middles).astype(int) for start in (top, left))
        found.append(picture[rows][:, columns])
    return found


@pytest.mark.parametrize("setting", [*PRESETS, "odd"])
def test_the_browsers_filter_is_the_convolution_of_pytorch(setting, coffee):
    mixer = PixelMixer(preset="identity")
    mixer.set(**(ODD_KERNEL if setting == "odd" else {"preset": setting}))
    before, after = shown(mixer)
    rows, columns = np.indices((PIXELS, PIXELS))
    row, column = mixer.numbers.pixel
    seen = (
        np.maximum(abs(rows - row), abs(columns - column)) > 5
    )  # the frame around the pixel covers the rest
    assert np.array_equal(before[seen], coffee[seen])
    assert np.abs(after.astype(float) - convolved(mixer, coffee))[seen].max() <= 1.01


@PLAIN
@given(st.integers(0, 199), st.integers(0, 199), st.lists(st.floats(0, 1), min_size=3, max_size=3), KERNEL)
def test_the_sentence_holds_the_dot_products(row, column, before, kernel):
    kernel = np.array(kernel)
    numbers = mix((row, column), before, kernel[:, :3], kernel[:, 3])
    assert np.allclose(numbers.after, kernel[:, :3] @ before + kernel[:, 3])
    assert len(numbers.sentence) <= 110
    assert numbers.sentence.startswith(f"Pixel ({row}, {column}): red, green, blue ")
    said = [float(each) for each in numbers.sentence.rstrip(".").split("become ")[1].split(", ")]
    assert np.allclose(said, numbers.after, atol=0.0051)


def test_the_numbers_are_those_of_the_pixel_and_the_sliders(coffee):
    draw, mixer = random.Random(0), PixelMixer()
    for _ in range(20):
        setting = {name: round(draw.uniform(-2, 2), 2) for name in SLIDERS}
        row, column = draw.randrange(PIXELS), draw.randrange(PIXELS)
        mixer.set(**setting, row=row, column=column)
        assert mixer.numbers.pixel == (row, column)
        assert mixer.numbers.before == pytest.approx(coffee[row, column] / 255)
        rows = zip(mixer.numbers.weights, mixer.numbers.bias, strict=True)
        assert [each for weights, bias in rows for each in (*weights, bias)] == list(setting.values())
        assert mixer.preset.value == OWN


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_sets_all_twelve_sliders(preset):
    mixer = PixelMixer()
    mixer.set(**dict.fromkeys(SLIDERS, 1.25))
    mixer.preset.value = preset
    rows = [mixer.controls[name].value for name in SLIDERS]
    assert rows == [value for row in PRESETS[preset] for value in row]
    assert mixer.svg == PixelMixer(preset=preset).svg


def test_the_picture_writes_out_the_dot_products_and_says_where_a_colour_is_cut():
    mixer = PixelMixer(preset="negative", pixel=(100, 120))
    mixer.set(red_bias=2, green_bias=0)
    lines = Seen(mixer.svg).words[-3:]
    for channel, (line, before) in enumerate(zip(lines, mixer.numbers.before, strict=True)):
        after = mixer.numbers.after[channel]
        assert line.startswith(f"{CHANNELS[channel]:>5} = ")
        assert f"-1.00·{before:.2f}" in line
        cut = {0: "  shown as 1", 1: "  shown as 0"}.get(channel, "")
        assert line.endswith(f"= {after:5.2f}{cut}")


def test_the_two_patches_have_the_pixel_s_colours():
    mixer = PixelMixer(preset="swap red and blue")
    seen = Seen(mixer.svg)
    red, green, blue = (round(255 * value) for value in mixer.numbers.before)
    assert seen.tip("before: red").get("fill") == f"rgb({red},{green},{blue})"
    assert seen.tip("after: red").get("fill") == f"rgb({blue},{green},{red})"
    assert (
        seen.tip("after: red").get("data-tip").startswith(f"after: red {mixer.numbers.before[2]:.2f}, green ")
    )


@pytest.mark.parametrize("photo_shown", [0, 1])
@pytest.mark.parametrize(("row", "column"), [(0, 0), (199, 199), (57, 130)])
def test_a_click_anywhere_in_a_pixel_chooses_it(photo_shown, row, column):
    mixer = PixelMixer()
    seen = Seen(mixer.svg)
    image = seen.elements("image")[photo_shown]
    pads = list(seen.drags())[2 * photo_shown : 2 * photo_shown + 2]
    for inside in (0.02, 0.5, 0.98):
        places = {}
        for (_, control, start, end, low, high), at, edge in zip(
            pads, (column, row), (number(image, "x"), number(image, "y")), strict=True
        ):
            pixel = edge + (at + inside) * number(image, "width") / PIXELS
            places[control] = low + (pixel - start) / (end - start) * (high - low)
        mixer.point(places)
        assert mixer.numbers.pixel == (row, column)


def test_the_frame_is_around_the_pixel():
    mixer = PixelMixer(pixel=(50, 150))
    seen = Seen(mixer.svg)
    image = seen.elements("image")[1]
    frame = [each for each in seen.elements("rect") if each.get("stroke") == "white"][1]
    middle = [number(frame, at) + number(frame, side) / 2 for at, side in (("x", "width"), ("y", "height"))]
    side = number(image, "width") / PIXELS
    assert middle == pytest.approx(
        [number(image, "x") + 150.5 * side, number(image, "y") + 50.5 * side], abs=0.02
    )


@pytest.mark.parametrize("pixel", [(200, 0), (0, 200), (-1, 0), "middle", (1, 2, 3)])
def test_a_pixel_that_is_not_on_the_photo_is_refused(pixel):
    with pytest.raises(ValueError, match=r"row|column|pixel"):
        PixelMixer(pixel=pixel)


def test_a_picture_of_ones_own_is_taken_as_it_is():
    red = PixelMixer(np.full((60, 80, 3), (255, 0, 0), np.uint8))
    assert red.photo.value == OWN
    assert red.numbers.before == (1, 0, 0)


def test_mixed_pixels():
    numbers = mix((3, 4), (0.1, 0.2, 0.3), [(1, 0, 0), (0, -1, 0), (0.5, 0.5, 0)], (0, 0.25, 1))
    assert numbers.sentence == "Pixel (3, 4): red, green, blue 0.10, 0.20, 0.30 become 0.10, 0.05, 1.15."


def test_a_kernel_that_does_not_fit_the_pixel_is_an_error():
    for weights, bias in (([(1, 0)], (0,)), ([(1, 0, 0, 0)], (0,)), ([(1, 0, 0)], (0, 0))):
        with pytest.raises(ValueError, match="zip"):
            _ = mix((0, 0), (0.1, 0.2, 0.3), weights, bias).after
