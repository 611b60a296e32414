"""`DenseAsConvExplorer` counts VGG-16 right, shows its network's scores, and its window can be moved."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from helpers import DenseAsConvExplorer
from helpers.drawing.png import rendered
from helpers.drawing.style import ORANGE
from helpers.explorers.explorer import OWN
from helpers.explorers.numbers.dense_as_conv import STAGES, dense_as_conv, vgg16
from helpers.explorers.sources.dense_as_conv import sliding
from helpers.images.photos import EFFICIENTNET_LITE, photo, square
from helpers.models import build
from helpers.models.vgg import CHANNELS, CONFIGURATIONS, fully_convolutional
from helpers.reading.trace import trace
from helpers.running.classify import class_name
from tests.networks import MadeUpScores
from tests.seen import Seen, number

SIZES = range(224, 449, 32)


@pytest.fixture(scope="module")
def network():
    return build("efficientnet_lite0", weights="imagenet", device="cpu")


@pytest.fixture(scope="module")
def real(network):
    return DenseAsConvExplorer(network=network)


@pytest.fixture
def explorer():
    return DenseAsConvExplorer(image_size=288, row=1, column=2, source=MadeUpScores())


def probabilities(network, x):
    """What the network itself makes of an input, class by class."""
    with torch.inference_mode():
        return network(x)[0].softmax(0)


def prepared(name: str, size: int) -> torch.Tensor:
    return replace(EFFICIENTNET_LITE, resize=size, crop=size)(photo(name))


def box(element) -> list[float]:
    return [number(element, name) for name in ("x", "y", "width", "height")]


def test_the_lesson_s_numbers(real):
    real.set(photo="coffee", image_size=448, row=3, column=3)
    numbers = real.numbers
    assert (numbers.one_pass_macs, numbers.crop_macs) == (69_299_077_120, 15_470_264_320)
    assert repr(real) == (
        "Window (3, 3) of 8×8: espresso 57 %, cropped 94 %; VGG-16: one pass 69.3 G MACs, 64 crops 990 G."
    )
    # Another machine's last digits must not change the sentence.
    for each in (numbers.probability, numbers.apart):
        assert abs((100 * each + 0.5) % 1 - 0.5) < 0.45
    assert "So the scores differ." in Seen(real.svg).words


@pytest.mark.parametrize("size", SIZES)
def test_the_macs_and_shapes_are_those_of_the_networks_layer_by_layer(size):
    network = build("vgg16", device="meta")
    table = trace(fully_convolutional(network), (3, size, size))
    shapes = tuple(table[name].output_shape for name in ("pool5", "fc6", "fc7", "fc8"))
    assert vgg16(size) == (shapes, table.macs)
    numbers = dense_as_conv(size, 0, 0, "", [[0.0]], 0.0)
    assert numbers.map_size == size // 32 - 6
    assert numbers.windows == (size // 32 - 6) ** 2
    assert numbers.crops_macs == numbers.windows * trace(network).macs
    assert numbers.share * numbers.crops_macs == numbers.one_pass_macs


def test_the_stages_are_those_of_configuration_d():
    kernels = CONFIGURATIONS["D"]
    assert tuple((c, len(stage)) for c, stage in zip(CHANNELS, kernels, strict=True)) == STAGES
    assert {kernel for stage in kernels for kernel in stage} == {3}


def test_the_sentence_fits_for_every_class_and_size():
    longest = 0
    for index, size in itertools.product(range(1000), SIZES):
        last = size // 32 - 7
        scores = [[1.0] * (last + 1)] * (last + 1)
        longest = max(longest, len(dense_as_conv(size, last, last, class_name(index), scores, 1.0).sentence))
    assert 100 < longest <= 110
    scores = [[0.0] * 3, [0.0, 0.0, 0.123], [0.0] * 3]
    assert dense_as_conv(288, 1, 2, "moped", scores, 0.456).sentence == (
        "Window (1, 2) of 3×3: moped 12 %, cropped 46 %; VGG-16: one pass 26.5 G MACs, 9 crops 139 G."
    )
    names = ("seventeen letters", "eighteen-letter-ed")
    assert [dense_as_conv(224, 0, 0, name, [[0]], 0).short_name for name in names] == [
        *("seventeen letters", "eighteen-letter-…"),
    ]


def test_the_sliding_network_is_the_network_at_224(network):
    x = prepared("coffee", 224)
    with torch.inference_mode():
        assert torch.allclose(sliding(network)(x)[0, :, 0, 0], network(x)[0], atol=1e-4)
    assert sliding(network)[-1].weight.data_ptr() == network.classifier.weight.data_ptr()


def test_the_class_is_the_network_s_for_the_whole_photo(real, network):
    real.set(photo="motorcycle", image_size=224)
    whole = probabilities(network, prepared("motorcycle", 224))
    assert real.numbers.name == class_name(int(whole.argmax())) == "moped"
    # The whole photo and its only window are one picture.
    assert real.numbers.probability == pytest.approx(float(whole.max()), abs=1e-5)
    assert real.numbers.apart == pytest.approx(float(whole.max()), abs=1e-5)
    assert real.numbers.sentence.endswith("one pass 15.5 G MACs, 1 crop 15.5 G.")
    assert "is the whole picture," in Seen(real.svg).words


def test_each_window_is_run_once_and_is_the_network_on_those_pixels(network):
    explorer = DenseAsConvExplorer("rocket", network=network)  # which has seen no other photo
    x, shapes = prepared("coffee", 288), []
    hook = network.stem.register_forward_pre_hook(lambda _, inputs: shapes.append(inputs[0].shape[-1]))
    explorer.set(photo="coffee", image_size=288, row=1, column=2)
    assert sorted(shapes) == [224, 224, 288], "the whole photo, the window, the pass"
    for row, column in ((0, 0), (2, 1), (1, 2)):
        explorer.set(row=row, column=column)
        here = x[..., 32 * row : 32 * row + 224, 32 * column : 32 * column + 224]
        passes = len(shapes)
        expected = probabilities(network, here)[967]
        del shapes[passes:]
        assert explorer.numbers.apart == pytest.approx(float(expected), abs=1e-5)
    assert shapes[3:] == [224, 224], "one of the three was seen before"
    with torch.inference_mode():
        scores = sliding(network)(x)[0].softmax(0)[967]
    hook.remove()
    assert np.allclose(explorer.numbers.scores, scores, atol=1e-6)
    assert explorer.numbers.probability == explorer.numbers.scores[1][2]


def test_an_upload_is_scored(real, network, png_of):
    real.set(image_size=224)
    for colour in ("red", "blue"):
        real.upload.value = png_of(colour)
        fresh = DenseAsConvExplorer(Image.new("RGB", (40, 30), colour), image_size=224, network=network)
        assert (real.photo.value, real.status) == (OWN, "")
        assert real.numbers == fresh.numbers


def test_window_bounds_follow_the_image_size(explorer):
    assert (explorer.row.max, explorer.column.max) == (2, 2)
    explorer.image_size.value = 256
    assert (explorer.row.max, explorer.column.max, explorer.column.value) == (1, 1, 1)
    explorer.image_size.value = 224
    assert (explorer.row.value, explorer.column.value, explorer.numbers.map_size) == (0, 0, 1)
    explorer.set(column=7, row=7, image_size=448)
    assert (explorer.numbers.row, explorer.numbers.column) == (7, 7)
    assert explorer.status == ""


@pytest.mark.parametrize(("size", "middle"), [(224, 0), (320, 1), (448, 3)])
def test_it_starts_at_the_middle_window_of_any_size(size, middle):
    explorer = DenseAsConvExplorer(image_size=size, source=MadeUpScores())
    assert (explorer.row.value, explorer.column.value) == (middle, middle)


def test_an_impossible_start_is_refused():
    with pytest.raises(ValueError, match="row cannot be 3: it takes a whole number from 0 to 2"):
        DenseAsConvExplorer(image_size=288, row=3, column=0, source=MadeUpScores())
    with pytest.raises(ValueError, match="image size cannot be 200"):
        DenseAsConvExplorer(image_size=200, source=MadeUpScores())
    with pytest.raises(ValueError, match=r"^The network is 'vgg16'; give build"):
        DenseAsConvExplorer(network="vgg16")


def test_each_cell_of_the_map_says_its_score(explorer):
    seen, scores = Seen(explorer.svg), explorer.numbers.scores
    shades = []
    for row, column in itertools.product(range(3), range(3)):
        cell = seen.tips[f"window ({row}, {column}): {100 * scores[row][column]:.1f} %"]
        if (row, column) == (0, 0):
            left, top, side, _ = box(cell)
        assert box(cell) == pytest.approx([left + column * side, top + row * side, side, side], abs=0.02)
        shades.append((scores[row][column], cell.get("fill")))
    for row in scores:
        assert " | ".join(f"{100 * score:.0f}" for score in row) in seen.lines.values()
    # Blue, and the deeper the more probable: less red in it.
    assert [shade for _, shade in sorted(shades)] == sorted((s for _, s in shades), reverse=True)
    assert box(frames(seen)[1]) == pytest.approx([left + 2 * side, top + side, side, side], abs=0.02)


def frames(seen: Seen) -> list:
    """The window's frame on the photo, and that of its cell."""
    return [each for each in seen.elements("rect") if each.get("stroke") == ORANGE]


@pytest.mark.parametrize(("size", "row", "column"), [(288, 1, 2), (448, 7, 0), (224, 0, 0)])
def test_the_photo_is_as_it_is_inside_the_window_alone(explorer, size, row, column):
    explorer.set(image_size=size, row=row, column=column)
    seen = Seen(explorer.svg)
    [image] = seen.elements("image")
    left, top, side, _ = map(round, box(image))
    drawn = np.asarray(rendered(explorer.svg, explorer.shown_images, 1), int)[top:, left:][:side, :side]
    pixels = np.asarray(square(photo("coffee"), side), int)
    first_row, first_column, span = (round(each * side / size) for each in (32 * row, 32 * column, 224))
    x, y, width, height = box(frames(seen)[0])
    middle = [start + (32 * place + 112) * side / size for start, place in ((left, column), (top, row))]
    assert [x + width / 2, y + height / 2] == pytest.approx(middle, abs=0.02)
    assert [width + 3, height + 3] == pytest.approx([224 * side / size] * 2, abs=0.02)
    inside, core = np.zeros((2, side, side), bool)
    for mask, margin in ((inside, 0), (core, 4)):  # without the frame
        rows, columns = (slice(start + margin, start + span - margin) for start in (first_row, first_column))
        mask[rows, columns] = True
    assert np.abs(drawn - pixels)[core].mean() < 3
    if size > 224:
        faded = 255 * 0.65 + 0.35 * pixels
        assert np.abs(drawn - faded)[~inside].mean() < 3


def test_the_window_s_middle_follows_the_pointer_on_the_photo_and_its_cell_in_the_map(explorer):
    explorer.set(image_size=448)
    seen = Seen(explorer.svg)
    [image] = seen.elements("image")
    left, top, side, _ = box(image)
    drags = [(element, *rest) for element, *rest in seen.drags()]
    handle = frames(seen)[0]
    assert handle.get("class") == "handle"
    on_photo = [rest for element, *rest in drags if element is handle]
    # The faded part of the photo takes a press just the same.
    assert [rest for element, *rest in drags if element.tag.endswith("path")] == on_photo
    on_map = [rest for element, *rest in drags if element.tag.endswith("}g")]
    first = seen.tip("window (0, 0): ")
    for window in (0, 3, 7):
        middle = (32 * window + 112) * side / 448
        for nudge in (-0.4, 0.4):
            place = middle + nudge * 32 * side / 448
            point_at(explorer, on_photo, left + place, top + place)
            assert (explorer.numbers.row, explorer.numbers.column) == (window, window)
        x, y, cell, _ = box(first)
        for inside in (0.03, 0.97):
            point_at(explorer, on_map, x + (window + inside) * cell, y + (7 - window + inside) * cell)
            assert (explorer.numbers.row, explorer.numbers.column) == (7 - window, window)
    explorer.image_size.value = 224
    assert all(element.tag.endswith("}g") for element, *_ in Seen(explorer.svg).drags()), "nowhere to go"


def point_at(explorer, drags, x: float, y: float) -> None:
    """Set row and column as the page does where x, y is pressed."""
    places = {}
    for control, start, end, low, high in drags:
        at = x if control == "column" else y
        places[control] = low + min(max((at - start) / (end - start), 0), 1) * (high - low)
    assert set(places) == {"row", "column"}
    explorer.point(places)


def test_the_bars_are_as_long_as_the_work(explorer):
    seen, numbers = Seen(explorer.svg), explorer.numbers
    one_pass = seen.tip(f"one pass: {numbers.one_pass_macs:,} MACs")
    crops = seen.tip(f"9 crops: {9 * numbers.crop_macs:,} MACs")
    share = numbers.one_pass_macs / (9 * numbers.crop_macs)
    assert number(one_pass, "x") == number(crops, "x")
    assert number(one_pass, "width") == pytest.approx(share * number(crops, "width"), abs=0.01)
    assert {"26.5 G MACs  (19 %)", "139 G MACs  (100 %)", "one pass", "9 crops"} <= set(seen.words)


def test_the_chain_and_the_titles_say_what_becomes_of_the_maps(explorer):
    seen = Seen(explorer.svg)
    assert "pool5  512×9×9 | fc6  4096×3×3 | fc7  4096×3×3 | fc8  1000×3×3" in seen.lines.values()
    assert "7×7 | 1×1 | 1×1" in seen.lines.values()
    assert seen.tip("pool5: ").get("data-tip") == "pool5: 512 maps of 9×9"
    assert seen.tip("fc6: ").get("data-tip") == (
        "fc6: 4,096 maps of 3×3 by a 7×7 convolution of 102,760,448 weights"
    )
    assert seen.tip("fc8: ").get("data-tip").endswith("by a 1×1 convolution of 4,096,000 weights")
    assert seen.words[:3] == [
        "9 windows in one pass: 5.26 times fewer MACs than for 9 crops (VGG-16)",
        "photo, 288×288; frame: 224×224",
        "WWWWWWW, a class…, in percent, window by window",
    ]
    assert "VGG-16 at 288: its fully connected layers as convolutions, and all its MACs" in seen.words
    chosen = seen.words.index("window (1, 2)")
    assert seen.words[chosen + 1 : chosen + 6] == [
        "by EfficientNet-Lite0",
        f"{100 * explorer.numbers.probability:.0f} %",
        "in one pass",
        f"{100 * explorer.numbers.apart:.0f} %",
        "cut out and run apart",
    ]
    explorer.image_size.value = 224
    assert Seen(explorer.svg).words[0] == "One pass scores 1 window: at 224×224 it is the network as it was"
