"""`DenseAsConvExplorer` counts VGG-16 right, shows its network's scores, and draws and says what it shows."""

import itertools
import random

import numpy as np
import pytest
import torch

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.dense_as_conv import DenseAsConvExplorer
from helpers.explorers.dense_numbers import dense_as_conv
from helpers.explorers.dense_picture import BARS_LEFT, BARS_RIGHT, HEIGHT, LEFT, MAP_LEFT, SIDE, TOP, WIDTH
from helpers.explorers.window_scores import sliding
from helpers.images.photos import photo, square
from helpers.models import build
from helpers.models.vgg import fully_convolutional
from helpers.reading.trace import trace
from helpers.running.classify import class_name
from tests.learner import click, live_texts, upload
from tests.test_own_picture import MY_PICTURE, encoded

SIZES = range(224, 449, 32)


@pytest.fixture(scope="module")
def network():
    return build("efficientnet_lite0", weights="imagenet", device="cpu")


@pytest.fixture(scope="module")
def shared(network):
    return DenseAsConvExplorer(network=network)


@pytest.fixture
def explorer(network):
    return DenseAsConvExplorer(network=network, image_size=288, row=1, column=2)


def probabilities(network, x):
    """What the network itself makes of an input, class by class."""
    with torch.inference_mode():
        return network(x)[0].softmax(0)


def test_the_lesson_s_numbers(shared):
    numbers = shared.numbers
    assert (numbers.one_pass_macs, numbers.crop_macs) == (69_299_077_120, 15_470_264_320)
    assert numbers.shapes == ((512, 14, 14), (4096, 8, 8), (4096, 8, 8), (1000, 8, 8))
    assert repr(shared) == (
        "Window (3, 3) of 8×8: espresso 57 %, cropped 94 %; VGG-16: one pass 69.3 G MACs, 64 crops 990.1 G."
    )
    # Another machine's last digits must not change the sentence.
    for each in (numbers.probability, numbers.apart):
        assert abs((100 * each + 0.5) % 1 - 0.5) < 0.45


@pytest.mark.parametrize("size", SIZES)
def test_the_macs_and_shapes_are_those_of_the_networks_layer_by_layer(size):
    numbers, vgg16 = dense_as_conv(size, 0, 0), build("vgg16", device="meta")
    table = trace(fully_convolutional(vgg16), (3, size, size))
    assert numbers.one_pass_macs == table.macs
    assert numbers.shapes == tuple(table[name].output_shape for name in ("pool5", "fc6", "fc7", "fc8"))
    assert table["fc6"].kind == "conv 7×7"
    assert table["fc7"].kind == table["fc8"].kind == "conv 1×1"
    assert numbers.map_size == size // 32 - 6
    assert numbers.windows == (size // 32 - 6) ** 2
    assert numbers.crops_macs == numbers.windows * trace(vgg16).macs


def test_at_224_one_pass_costs_what_the_crop_does_and_more_windows_save_more():
    assert dense_as_conv(224, 0, 0).sentence.endswith("one pass 15.5 G MACs, 1 crop 15.5 G.")
    ratios = [dense_as_conv(size, 0, 0).ratio for size in SIZES]
    assert ratios[0] == 1
    assert ratios == sorted(ratios)


def test_the_sliding_network_is_the_network_at_224(network):
    x = network.preprocessing(photo("coffee"))
    with torch.inference_mode():
        assert torch.allclose(sliding(network)(x)[0, :, 0, 0], network(x)[0], atol=1e-4)
    assert sliding(network)[-1].weight.data_ptr() == network.classifier.weight.data_ptr()


@pytest.mark.parametrize(("name", "expected"), [("chelsea", "Egyptian cat"), ("motorcycle", "moped")])
def test_the_class_is_the_network_s_for_the_whole_photo(shared, network, name, expected):
    shared.set(photo=name, image_size=224)
    whole = probabilities(network, shared._scores._input(224))
    assert shared.numbers.name == class_name(int(whole.argmax())) == expected
    assert shared.numbers.probability == pytest.approx(float(whole.max()), abs=1e-5)
    # The whole photo and its only window are one picture.
    assert shared.numbers.apart == pytest.approx(shared.numbers.probability, abs=1e-5)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (1, 2), (2, 1)])
def test_the_window_cut_out_is_the_network_on_those_pixels(explorer, network, row, column):
    explorer.set(row=row, column=column)
    pixels = explorer._scores._input(288)[..., 32 * row : 32 * row + 224, 32 * column : 32 * column + 224]
    expected = probabilities(network, pixels)[explorer._scores._index]
    assert explorer.numbers.apart == pytest.approx(float(expected), abs=1e-5)


def test_one_pass_is_not_the_windows_run_apart(shared):
    shared.set(photo="coffee", image_size=448, row=3, column=3)
    assert shared.numbers.apart - shared.numbers.probability > 0.2
    assert "the scores differ" in " ".join(line.text for line in shared._picture._reason)
    shared.image_size.value = 224
    assert "the same" in " ".join(line.text for line in shared._picture._reason)


def test_the_sentence_fits_for_every_class_and_size():
    longest = 0
    for index, size in itertools.product(range(1000), SIZES):
        last = size // 32 - 7
        sentence = dense_as_conv(size, last, last, class_name(index), 1.0, 1.0).sentence
        assert sentence.endswith(".")
        longest = max(longest, len(sentence))
    assert 100 < longest <= 110


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
def test_it_starts_at_the_middle_window_of_any_size(network, size, middle):
    explorer = DenseAsConvExplorer(network=network, image_size=size)
    assert (explorer.row.value, explorer.column.value) == (middle, middle)


def test_an_impossible_window_at_the_start_is_refused(network):
    with pytest.raises(ValueError, match="row cannot be 3: it takes a whole number from 0 to 2"):
        DenseAsConvExplorer(network=network, image_size=288, row=3, column=0)
    with pytest.raises(ValueError, match="image size cannot be 200"):
        DenseAsConvExplorer(network=network, image_size=200)


def test_the_explorer_shows_the_pure_function_of_its_controls(explorer):
    draw = random.Random(0)
    for _ in range(15):
        size = draw.choice(SIZES[:4])
        last = size // 32 - 7
        row, column = draw.randint(0, last), draw.randint(0, last)
        explorer.set(image_size=size, row=row, column=column)
        numbers, scores = explorer.numbers, explorer._scores
        here = float(scores.in_one_pass(size)[row, column])
        assert numbers == dense_as_conv(size, row, column, "espresso", here, scores.apart(size, row, column))
        percents = [text.text for text in explorer._picture._percents if text.text]
        assert percents == [f"{100 * score:.0f}" for score in scores.in_one_pass(size).ravel()]
        assert explorer.status == ""


@pytest.mark.parametrize(
    ("name", "value"), [("photo", "chelsea"), ("image_size", 320), ("row", 0), ("column", 0)]
)
def test_each_control_changes_picture_and_sentence(explorer, name, value):
    before = explorer._image.tobytes(), repr(explorer)
    explorer.controls[name].value = value
    assert explorer._image.tobytes() != before[0]
    assert repr(explorer) != before[1]


def test_a_photo_is_passed_once_at_each_size_and_once_for_each_window(explorer):
    shapes = []
    hook = explorer._scores._network[0].register_forward_pre_hook(
        lambda _, inputs: shapes.append(inputs[0].shape[-1])
    )
    for _ in range(2):
        for row, column in itertools.product(range(3), range(3)):
            explorer.set(row=row, column=column)
    assert shapes == [224] * 8, "one window was seen at the start"
    explorer.set(image_size=224)
    explorer.set(image_size=288, row=1, column=1)
    assert shapes == [224] * 10, "224 as a picture and as a window"
    explorer.photo.value = "chelsea"
    assert sorted(shapes[10:]) == [224, 224, 288], "the whole photo, the window, the pass"
    hook.remove()


@pytest.mark.parametrize(("row", "column"), [(0, 0), (2, 1), (1, 2)])
def test_a_click_on_the_map_or_on_a_window_s_middle_selects_it(explorer, row, column):
    explorer.set(row=0 if row else 2, column=0)
    cell = SIDE / 3
    click(explorer, MAP_LEFT + (column + 0.9) * cell, TOP + (row + 0.1) * cell)
    assert (explorer.row.value, explorer.column.value) == (row, column)
    explorer.set(row=0 if row else 2, column=0)
    scale = SIDE / 288
    click(explorer, LEFT + (32 * column + 112 + 9) * scale, TOP + (32 * row + 112 - 9) * scale)
    assert (explorer.row.value, explorer.column.value) == (row, column)


@pytest.mark.parametrize(
    ("x", "y"),
    [(LEFT - 1, TOP + 9), (LEFT + SIDE + 1, TOP + 9), (MAP_LEFT - 1, TOP + 9), (MAP_LEFT + SIDE + 1, TOP + 9),
     (LEFT + 9, TOP - 1), (MAP_LEFT + 9, TOP + SIDE + 1), (0, 0), (WIDTH, HEIGHT)],
)  # fmt: skip
def test_a_click_beside_photo_and_map_is_ignored(explorer, x, y):
    before = explorer.numbers
    click(explorer, x, y)
    assert explorer.numbers == before
    assert explorer.status == ""


def test_a_click_near_the_photo_s_corner_selects_the_last_window(explorer):
    click(explorer, LEFT + SIDE - 1, TOP + SIDE - 1)
    assert (explorer.row.value, explorer.column.value) == (2, 2)


def test_the_photo_keeps_its_colours_inside_the_window_alone(explorer):
    side = SIDE * DENSITY
    pixels = np.asarray(square(photo("coffee"), 288).resize((side, side), 3), int)
    drawn = np.asarray(explorer._image, int)[TOP * DENSITY :, LEFT * DENSITY :][:side, :side]
    same = np.abs(drawn - pixels).max(axis=2) <= 1
    scale = side / 288
    top, left, span = round(32 * scale), round(64 * scale), round(224 * scale)
    assert same[top + 6 : top + span - 6, left + 6 : left + span - 6].all()
    same[top : top + span, left : left + span] = False
    assert same.mean() < 0.01


def test_after_many_moves_photo_and_picture_are_those_of_a_fresh_explorer(explorer, network):
    explorer.set(image_size=224)
    for name in ("chelsea", "coffee", "motorcycle"):
        explorer.set(photo=name, image_size=256, row=1, column=0)
    fresh = DenseAsConvExplorer("motorcycle", network=network, image_size=256, row=1, column=0)
    assert explorer._image.tobytes() == fresh._image.tobytes()
    assert repr(explorer) == repr(fresh)


def test_the_frame_is_on_the_chosen_cell_and_the_bar_as_long_as_the_share(explorer):
    frame = explorer._picture._frame
    cell = SIDE / 3
    expected = (MAP_LEFT + 2 * cell, TOP + cell, cell, cell)
    assert (*frame.get_xy(), frame.get_width(), frame.get_height()) == pytest.approx(expected)
    share = explorer.numbers.one_pass_macs / explorer.numbers.crops_macs
    assert explorer._picture._bar.get_width() / (BARS_RIGHT - BARS_LEFT) == pytest.approx(share)


def test_no_text_is_cut_or_covered_by_another_at_the_extremes(shared):
    width, height = WIDTH * DENSITY, HEIGHT * DENSITY
    for size, last in ((224, 0), (256, 1), (448, 7)):
        for name, row in itertools.product(("coffee", "chelsea"), {0, last}):
            shared.set(photo=name, image_size=size, row=row, column=last)
            assert shared.status == ""
            shared._picture._map_title.text = shared._picture._map_title.text.replace(
                shared.numbers.short_name, "W" * 17
            )
            found = [(text, box) for text, box in live_texts(shared) if text]
            for text, (left, top, right, bottom) in found:
                assert 0 <= left < right <= width, text
                assert 0 <= top < bottom <= height, text
            for (one, a), (other, b) in itertools.combinations(found, 2):
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                assert apart, (one, other)


def test_an_upload_is_scored(explorer):
    upload(explorer, encoded(MY_PICTURE))
    assert explorer.photo.value == "your own"
    assert explorer.status == ""
    assert explorer.numbers.name == explorer._scores.name
    before = explorer.numbers
    upload(explorer, b"no picture", "bad.png")
    assert explorer.status.startswith("The upload 'bad.png' ")
    assert explorer.numbers == before
