"""`PixelMixer` is a 1×1 convolution: what it draws, says and lets one click is what PyTorch computes."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.pixel_mixer import (
    CHANNELS,
    HEIGHT,
    LEFT,
    MINE,
    PIXELS,
    PRESETS,
    RIGHT,
    SHOWN,
    TOP,
    WIDTH,
    ZOOM,
    PixelMixer,
    convolve,
    mix,
)
from helpers.images.photos import photo, square
from tests.learner import click, live_texts

PLAIN = settings(deadline=None, derandomize=True, max_examples=100)
WEIGHT = st.floats(-2, 2).map(lambda weight: round(weight, 2))
KERNEL = st.lists(st.tuples(WEIGHT, WEIGHT, WEIGHT, WEIGHT), min_size=3, max_size=3)
SLIDERS = [
    f"{out}_{source}" for out in CHANNELS for source in ("from_red", "from_green", "from_blue", "bias")
]


@pytest.fixture(scope="module")
def coffee() -> np.ndarray:
    return np.asarray(square(photo("coffee"), PIXELS), np.float32) / 255


@pytest.fixture
def mixer() -> PixelMixer:
    return PixelMixer()


def kernel_of(mixer: PixelMixer) -> np.ndarray:
    """The sliders as a matrix: a row for each output channel, weights for red, green, blue, then bias."""
    return np.array([mixer.controls[name].value for name in SLIDERS]).reshape(3, 4)


def as_layers(kernel: np.ndarray) -> tuple[nn.Conv2d, nn.Linear]:
    """The same weights as a 1×1 convolution and as a linear layer, in float64."""
    weights, bias = torch.from_numpy(kernel[:, :3]), torch.from_numpy(kernel[:, 3])
    convolution, linear = nn.Conv2d(3, 3, 1).double(), nn.Linear(3, 3).double()
    with torch.no_grad():
        convolution.weight.copy_(weights[:, :, None, None])
        linear.weight.copy_(weights)
        convolution.bias.copy_(bias)
        linear.bias.copy_(bias)
    return convolution, linear


def drawn(mixer: PixelMixer, left: int) -> np.ndarray:
    """The photo drawn at `left`, read from the middle of each pixel: (200, 200, 3) from 0 to 255."""
    start = (left * DENSITY + ZOOM // 2, TOP * DENSITY + ZOOM // 2)
    picture = np.asarray(mixer._image)
    return picture[start[1] :: ZOOM, start[0] :: ZOOM][:PIXELS, :PIXELS]


def away_from_mark(pixel: tuple[int, int]) -> np.ndarray:
    """True where the frame around the marked pixel covers nothing."""
    rows, columns = np.indices((PIXELS, PIXELS))
    near = np.maximum(abs(rows - pixel[0]), abs(columns - pixel[1]))
    return (near > 5) | (near == 0)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_mixed_photo_is_that_of_a_convolution_and_of_a_linear_layer_at_each_pixel(preset, coffee):
    mixer = PixelMixer(preset=preset)
    convolution, linear = as_layers(kernel_of(mixer))
    pixels = torch.from_numpy(coffee).double()
    with torch.inference_mode():
        expected = convolution(pixels.permute(2, 0, 1)[None])[0].permute(1, 2, 0)
        assert torch.allclose(linear(pixels), expected, atol=1e-12)
    assert np.allclose(convolve(coffee, mixer.numbers.weights, mixer.numbers.bias), expected, atol=1e-5)
    seen = away_from_mark(mixer.numbers.pixel)
    levels = 255 * expected.clamp(0, 1).numpy()
    assert np.abs(drawn(mixer, RIGHT) - levels)[seen].max() <= 0.51
    assert np.array_equal(drawn(mixer, LEFT)[seen], np.rint(255 * coffee)[seen])


@PLAIN
@given(KERNEL)
def test_any_kernel_convolves_as_in_pytorch(coffee, kernel):
    kernel = np.array(kernel)
    corner = coffee[:9, :7]
    got = convolve(corner, kernel[:, :3], kernel[:, 3])
    weight, bias = torch.from_numpy(kernel[:, :3, None, None]), torch.from_numpy(kernel[:, 3])
    expected = functional.conv2d(torch.from_numpy(corner).double().permute(2, 0, 1)[None], weight, bias)
    assert np.allclose(got, expected[0].permute(1, 2, 0), atol=1e-5)


def test_whole_weights_leave_the_pixels_as_small_in_memory_as_they_are():
    mixed = convolve(np.zeros((2, 2, 3), np.float32), [(1, 0, 0), (0, 1, 0), (0, 0, 1)], (0, 0, 1))
    assert mixed.dtype == np.float32


@PLAIN
@given(st.integers(0, 199), st.integers(0, 199), st.lists(st.floats(0, 1), min_size=3, max_size=3), KERNEL)
def test_the_sentence_fits_and_holds_the_dot_products(row, column, before, kernel):
    kernel = np.array(kernel)
    numbers = mix((row, column), before, kernel[:, :3], kernel[:, 3])
    assert np.allclose(numbers.after, kernel[:, :3] @ before + kernel[:, 3])
    assert len(numbers.sentence) <= 110
    assert numbers.sentence.startswith(f"Pixel ({row}, {column}): red, green, blue ")
    said = [float(each) for each in numbers.sentence.rstrip(".").split("become ")[1].split(", ")]
    assert np.allclose(said, numbers.after, atol=0.0051)


def test_the_numbers_are_those_of_the_pixel_and_the_sliders(mixer, coffee):
    draw = random.Random(0)
    for _ in range(40):
        setting = {name: round(draw.uniform(-2, 2), 2) for name in SLIDERS}
        row, column = draw.randrange(PIXELS), draw.randrange(PIXELS)
        mixer.set(**setting, row=row, column=column)
        kernel = kernel_of(mixer)
        assert kernel.ravel().tolist() == list(setting.values())
        assert mixer.numbers == mix((row, column), coffee[row, column].tolist(), kernel[:, :3], kernel[:, 3])
        assert mixer.preset.value == MINE


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_sets_all_twelve_sliders_and_stays_chosen(preset, mixer):
    mixer.set(**dict.fromkeys(SLIDERS, 1.25))
    mixer.preset.value = preset
    assert np.allclose(kernel_of(mixer), PRESETS[preset])
    assert mixer.preset.value == preset
    assert np.allclose(
        [*zip(*mixer.numbers.weights, strict=True), mixer.numbers.bias], np.transpose(PRESETS[preset])
    )
    assert mixer.picture.data == PixelMixer(preset=preset).picture.data


@pytest.mark.parametrize("name", SLIDERS)
def test_moving_any_slider_makes_the_kernel_your_own(name):
    mixer = PixelMixer(preset="grey")
    before = kernel_of(mixer)
    mixer.controls[name].value = 1.75
    assert mixer.preset.value == MINE
    assert np.count_nonzero(kernel_of(mixer) != before) == 1
    mixer.preset.value = MINE
    assert np.count_nonzero(kernel_of(mixer) != before) == 1, "choosing it changes no slider"
    mixer.preset.value = "grey"
    assert np.array_equal(kernel_of(mixer), before)


def test_a_preset_and_a_slider_in_one_set_give_the_preset_with_that_slider_changed():
    for setting in ({"preset": "sepia", "red_bias": 0.5}, {"red_bias": 0.5, "preset": "sepia"}):
        mixer = PixelMixer()
        mixer.set(**setting)
        expected = np.array(PRESETS["sepia"])
        expected[0, 3] = 0.5
        assert np.allclose(kernel_of(mixer), expected)
        assert mixer.preset.value == MINE


def test_sliders_moved_to_a_preset_s_weights_choose_that_preset(mixer):
    mixer.set(**dict(zip(SLIDERS, np.ravel(PRESETS["negative"]).tolist(), strict=True)))
    assert mixer.preset.value == "negative"
    mixer.red_bias.value = 0.99
    assert mixer.preset.value == MINE
    mixer.red_bias.value = 1
    assert mixer.preset.value == "negative"


def test_your_own_preset_at_the_start_is_a_kernel_of_zeros():
    mixer = PixelMixer(preset=MINE)
    assert not kernel_of(mixer).any()
    assert mixer.numbers.after == (0, 0, 0)


@pytest.mark.parametrize("left", [LEFT, RIGHT])
def test_a_click_on_either_photo_selects_the_pixel_that_is_drawn_there(left):
    mixer, draw = PixelMixer(preset="swap red and blue"), random.Random(0)
    corners = [(0, 0), (0, PIXELS - 1), (PIXELS - 1, 0), (PIXELS - 1, PIXELS - 1)]
    side = SHOWN / PIXELS
    for row, column in [*corners, *((draw.randrange(PIXELS), draw.randrange(PIXELS)) for _ in range(20))]:
        x, y = (
            left + (column + draw.uniform(0.05, 0.95)) * side,
            TOP + (row + draw.uniform(0.05, 0.95)) * side,
        )
        click(mixer, x, y)
        assert (mixer.row.value, mixer.column.value) == mixer.numbers.pixel == (row, column)
        colour = mixer.numbers.before if left == LEFT else mixer.numbers.after
        seen = mixer._image.getpixel((int(x * DENSITY), int(y * DENSITY)))
        assert seen == tuple(round(255 * value) for value in colour)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (LEFT - 0.4, TOP + 9),
        (LEFT + SHOWN + 0.4, TOP + 9),
        (RIGHT - 0.4, TOP + 9),
        (RIGHT + SHOWN + 0.4, TOP + 9),
        (LEFT + 9, TOP - 0.4),
        (RIGHT + 9, TOP + SHOWN + 0.4),
        (WIDTH / 2, TOP + 150),
        (0, 0),
        (WIDTH, HEIGHT),
        (-50, -50),
        (5 * WIDTH, TOP + 9),
    ],
)
def test_a_click_beside_the_photos_is_ignored(mixer, x, y):
    before = mixer.numbers, mixer.picture.data
    click(mixer, x, y)
    assert (mixer.numbers, mixer.picture.data) == before
    assert mixer.status == ""


def test_a_click_is_one_picture(mixer):
    sent = []
    mixer.picture.observe(sent.append, names="data")
    click(mixer, LEFT + 100, TOP + 200)
    assert len(sent) == 1
    assert mixer.picture.clickable


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"photo": "cofee"}, "There is no photo 'cofee'; the nearest is 'coffee'."),
        ({"photo": "no/such/file.png"}, "There is no photo 'no/such/file.png'; choose .*"),
        ({"preset": "gray"}, "There is no preset 'gray'; the nearest is 'grey'."),
        ({"pixel": (200, 0)}, "row cannot be 200: it takes a whole number from 0 to 199."),
    ],
)
def test_a_wrong_start_is_an_error_in_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=f"^{sentence.replace('(', '.')}$"):
        PixelMixer(**wrong)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(("name", "most"), [("coffee", 120_000), ("chelsea", 120_000), ("gravel", 180_000)])
def test_a_stored_photo_is_small_and_the_noisiest_is_not_much_larger(name, most, preset):
    data, _ = PixelMixer(name, preset=preset)._repr_mimebundle_()
    assert len(data["image/png"]) * 3 / 4 < most


@pytest.mark.parametrize("weight", [-2, 2])
def test_no_line_of_numbers_is_cut(weight):
    mixer = PixelMixer(np.ones((PIXELS, PIXELS)), pixel=(199, 199))
    mixer.set(**dict.fromkeys(SLIDERS, weight))
    for text, (left, top, right, bottom) in live_texts(mixer):
        assert 0 <= left < right <= mixer._image.width, text
        assert 0 <= top < bottom <= mixer._image.height, text
        assert f"= {4 * weight:5.2f}  shown as {int(weight > 0)}" in text
