"""`DenseBlockExplorer` counts as PyTorch does, and draws and says what it counts, at every setting."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from PIL import ImageColor

from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import INK
from helpers.explorers.dense_block import LEFT, TOP, DenseBlockExplorer
from helpers.explorers.dense_block_layout import ACROSS, LOOKS, OUTPUT, THICK, TRANSITION
from helpers.explorers.dense_block_numbers import dense_block
from helpers.models.densenet import DenseBlock, Transition
from tests.families import weights_of_convolutions
from tests.learner import live_texts

PLAIN = settings(deadline=None, derandomize=True, max_examples=100)
NAMES = ("in_channels", "layers", "growth_rate", "bottleneck", "bottleneck_width", "compression", "map_size")
SETTING = st.tuples(
    st.integers(1, 132).map(lambda each: 8 * each),
    st.integers(1, 48),
    st.integers(1, 12).map(lambda each: 4 * each),
    st.booleans(),
    st.integers(1, 8),
    st.integers(1, 8).map(lambda each: each / 8),
    st.integers(2, 112),
)


def test_the_lesson_s_numbers():
    explorer = DenseBlockExplorer()
    numbers = explorer.numbers
    assert (numbers.weights, numbers.weights_otherwise) == (331_776, 248_832)
    assert (numbers.out_channels, numbers.transition_channels, numbers.connections) == (256, 128, 21)
    assert repr(explorer) == (
        "6 layers, 64→256→128 channels: 331,776 weights with 1×1, 248,832 without; 10.2 M values kept."
    )


@settings(PLAIN, max_examples=25)
@given(SETTING)
def test_the_weights_and_channels_are_those_of_the_block_in_pytorch(setting):
    c_in, layers, k, _, width, compression, size = setting
    numbers = dense_block(*setting)
    with torch.device("meta"):
        for bottleneck, counted in ((width, numbers.with_1x1), (None, numbers.without_1x1)):
            block = DenseBlock(c_in, layers, k, bottleneck=bottleneck)
            assert tuple(weights_of_convolutions(layer) for layer in block.children()) == counted
        assert block.out_channels == numbers.out_channels == numbers.channels[-1]
        assert numbers.channels[:-1] == tuple(layer.norm1.num_features for layer in block.children())
        transition = Transition(block.out_channels, compression)
        assert transition.out_channels == numbers.transition_channels
        assert weights_of_convolutions(transition) == numbers.transition_weights
        x = torch.empty(1, block.out_channels, size, size)
        assert transition(x).shape == (1, numbers.transition_channels, size // 2, size // 2)


@pytest.mark.parametrize("bottleneck", [True, False])
@pytest.mark.parametrize(("c_in", "layers", "k", "width"), [(16, 4, 8, 4), (8, 1, 4, 2), (24, 7, 12, 1)])
def test_the_values_kept_are_those_that_autograd_saves(c_in, layers, k, width, bottleneck):
    torch.manual_seed(0)
    block = DenseBlock(c_in, layers, k, bottleneck=width if bottleneck else None).train()
    image = torch.randn(1, c_in, 6, 6, requires_grad=True)
    saved = {}

    def note(tensor):
        if tensor.dim() == 4 and tensor.shape[-1] == 6:  # a map, and no kernel or vector of statistics
            saved[tensor.data_ptr()] = tensor
        return tensor

    # An optimised graph need not keep what a layer before it keeps: each place in memory counts once.
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        result = block(image)
    numbers = dense_block(c_in, layers, k, bottleneck, width, 0.5, 6)
    assert sum(tensor.numel() for tensor in saved.values()) == numbers.kept_values
    assert result.shape[1] == numbers.out_channels
    assert numbers.kept_maps == (
        numbers.kept_concatenations + numbers.kept_normalised + numbers.kept_bottlenecks
    )


@PLAIN
@given(SETTING)
def test_a_block_pays_from_where_it_first_has_fewer_weights(setting):
    c_in, layers, k, bottleneck, width, *_ = setting

    def fewer(layers):
        each = dense_block(c_in, layers, k, bottleneck, width, 0.5, 2)
        return sum(each.with_1x1) < sum(each.without_1x1)

    pays_from = dense_block(*setting).pays_from
    assert fewer(pays_from)
    assert pays_from == 1 or not fewer(pays_from - 1)
    assert fewer(layers) == (layers >= pays_from)


def test_a_bottleneck_of_nine_times_the_growth_rate_never_pays():
    assert dense_block(64, 48, 32, True, 9, 0.5, 56).pays_from is None


def test_at_the_break_even_both_ways_have_as_many_weights():
    numbers = dense_block(64, 5, 4, True, 6, 0.5, 56)
    assert numbers.break_even == 5
    assert numbers.weights == numbers.weights_otherwise
    assert (numbers.finding, numbers.pays_from) == ("about as many", 6)


def test_channels_grow_linearly_and_weights_quadratically():
    for bottleneck in (True, False):
        first, second, third = (
            dense_block(64, layers, 32, bottleneck, 4, 0.5, 56) for layers in (10, 20, 30)
        )
        assert third.out_channels - second.out_channels == second.out_channels - first.out_channels
        # Of a quadratic the second differences are alike: 10² times w·k, the growth of a layer's weights.
        growth = 128 * 32 if bottleneck else 9 * 32 * 32
        assert third.weights - 2 * second.weights + first.weights == 100 * growth
        assert [each.connections for each in (first, second, third)] == [55, 210, 465]


@PLAIN
@given(SETTING)
def test_the_words_agree_with_the_counts(setting):
    numbers = dense_block(*setting)
    assert len(numbers.sentence) <= 110
    assert numbers.sentence.endswith(".")
    ratio = sum(numbers.with_1x1) / sum(numbers.without_1x1)
    if numbers.finding == "about as many":
        assert abs(ratio - 1) <= 0.0051
    else:
        times, word = numbers.finding.split(" times ")
        assert word == ("fewer" if ratio < 1 else "more")
        assert float(times) == pytest.approx(max(ratio, 1 / ratio), abs=0.0051)


def test_the_sentence_fits_at_every_extreme():
    extremes = itertools.product(
        (8, 96, 1056), (1, 9, 10, 48), (4, 48), (True, False), (1, 8), (0.125, 1.0), (2, 112)
    )
    lengths = {len(dense_block(*each).sentence) for each in extremes}
    assert 90 < max(lengths) <= 110


def test_the_explorer_shows_the_pure_function_of_its_controls():
    explorer, rng = DenseBlockExplorer(), np.random.default_rng(0)
    for _ in range(25):
        setting = {
            "in_channels": 8 * int(rng.integers(1, 133)),
            "layers": int(rng.integers(1, 49)),
            "growth_rate": 4 * int(rng.integers(1, 13)),
            "bottleneck": str(rng.choice(["with", "without"])),
            "bottleneck_width": int(rng.integers(1, 9)),
            "compression": int(rng.integers(1, 9)) / 8,
            "map_size": int(rng.integers(2, 113)),
        }
        explorer.set(**setting)
        assert explorer.status == ""
        assert explorer.numbers == dense_block(**setting | {"bottleneck": setting["bottleneck"] == "with"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("in_channels", 72), ("layers", 7), ("growth_rate", 36), ("bottleneck", "without"),
        ("bottleneck_width", 3), ("compression", 0.625), ("map_size", 57),
    ],
)  # fmt: skip
def test_every_control_moves_picture_and_sentence(name, value):
    explorer = DenseBlockExplorer()
    sentence, picture = repr(explorer), explorer._image.tobytes()
    explorer.controls[name].value = value
    assert explorer.status == ""
    assert repr(explorer) != sentence
    assert explorer._image.tobytes() != picture
    assert explorer.controls[name].description == name.replace("_", " ")


def test_nonsense_is_answered_with_a_sentence():
    explorer = DenseBlockExplorer()
    explorer.layers.value = 0
    assert explorer.status.startswith("layers cannot be 0: it takes a whole number from 1 to 48")
    explorer.bottleneck.value = True
    assert explorer.status == "There is no bottleneck True; choose 'with' or 'without'."
    with pytest.raises(ValueError, match="growth rate cannot be 5: it takes a whole number from 4 to 48"):
        DenseBlockExplorer(growth_rate=5)


def runs_of_looks(row: np.ndarray) -> list[int]:
    """The looks on a line through the output, in order, each by its colour (hatches are white)."""
    colours = [ImageColor.getrgb(colour) for colour, _ in LOOKS]
    found = [colours.index(tuple(pixel)) for pixel in row.tolist() if tuple(pixel) in colours]
    return [look for look, _ in itertools.groupby(found)]


def test_the_output_is_drawn_to_scale_and_by_its_sources():
    explorer = DenseBlockExplorer()
    image = np.asarray(explorer._image)
    left, right = LEFT * DENSITY, (LEFT + ACROSS) * DENSITY
    y = (TOP + OUTPUT + THICK // 2) * DENSITY
    assert runs_of_looks(image[y, left:right]) == [0, 1, 2, 3, 4, 5, 6]
    orange = (image[y, left:right] == ImageColor.getrgb(LOOKS[2][0])).all(1)
    first, last = np.flatnonzero(orange)[[0, -1]]
    assert (first, last + 1) == pytest.approx((96 / 256 * 568, 128 / 256 * 568), abs=1)
    y = (TOP + TRANSITION + THICK // 2) * DENSITY
    assert np.argmin((image[y, left:right] == ImageColor.getrgb(INK)).all(1)) == 128 / 256 * 568


def test_a_layer_s_row_shows_what_was_made_before_it():
    explorer = DenseBlockExplorer()
    image = np.asarray(explorer._image)
    for layer in (1, 3, 6):
        y = round((TOP + 150 - 25 * (6 - layer + 0.5)) * DENSITY)
        line = image[y, LEFT * DENSITY : (LEFT + ACROSS) * DENSITY]
        assert runs_of_looks(line) == list(range(layer))


def test_the_number_at_the_end_of_a_row_covers_no_row_below_it():
    explorer = DenseBlockExplorer(in_channels=8, layers=48, growth_rate=4)
    image = np.asarray(explorer._image)
    ends = {end.text for end in explorer._ends} - {"", "200"}
    boxes = [box for text, box in live_texts(explorer) if text in ends]
    assert len(boxes) >= 10
    colours = {ImageColor.getrgb(colour) for colour, _ in LOOKS}
    for left, top, right, bottom in boxes:
        inside = image[round(top) : round(bottom), round(left) : round(right)].reshape(-1, 3)
        assert not colours & set(map(tuple, inside.tolist()))


EXTREMES = [
    dict(zip(NAMES, values, strict=True))
    for values in itertools.product(
        (8, 1056), (1, 3, 12, 25, 48), (4, 48), ("with", "without"), (1, 8), (0.125, 1.0), (2, 112)
    )
]


def test_no_text_is_cut_or_covered_by_another_at_the_extremes():
    explorer = DenseBlockExplorer()
    width, height = explorer.picture.width * DENSITY, explorer.picture.height * DENSITY
    for setting in EXTREMES[::7]:
        explorer.set(**setting)
        assert explorer.status == ""
        found = [(text, box) for text, box in live_texts(explorer) if text]
        for text, (left, top, right, bottom) in found:
            assert left >= 0, (setting, text)
            assert top >= 0, (setting, text)
            assert right <= width, (setting, text)
            assert bottom <= height, (setting, text)
        for (one, a), (other, b) in itertools.combinations(found, 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (setting, one, other)


def test_the_still_texts_are_inside_the_picture():
    figure = DenseBlockExplorer()._figure.figure
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text():
            box = text.get_window_extent()
            assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text
            assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text


def test_the_curves_are_the_counts_and_cross_at_the_break_even():
    explorer = DenseBlockExplorer()
    numbers = explorer.numbers
    assert float(numbers.break_even) == pytest.approx(11.4)
    for dot, counted in zip(explorer._dots, (331_776, 248_832), strict=True):
        (x,), (y,) = dot.get_data()
        assert (x, y) == (0.5, counted / 1_000_000)
    (x, _), _ = explorer._break_even.get_data()
    assert x == pytest.approx(11.4 / 12)
    with_1x1, without = (np.asarray(curve.get_ydata()) for curve in explorer._curves)
    assert (with_1x1[1:12] > without[1:12]).all()
    assert with_1x1[12] < without[12]
    explorer.layers.value = 24
    assert [dot.get_xdata()[0] for dot in explorer._dots] == [1.0, 1.0]
