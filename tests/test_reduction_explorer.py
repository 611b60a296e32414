"""`ReductionExplorer` counts right, and draws and says what it counts, at every setting."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from PIL import Image
from torch import nn

from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import BLUE, FAINT, ORANGE
from helpers.explorers.reduction import MOST_PERCENT, ReductionExplorer, reduction
from tests.learner import live_texts

PLAIN = settings(deadline=None, derandomize=True, max_examples=300)
NAMES = ("kernel_size", "in_channels", "reduced_channels", "out_channels", "image_size")
KERNELS = (1, 3, 5, 7, 9, 11)
SETTING = st.tuples(
    st.sampled_from(KERNELS),
    st.integers(8, 512),
    st.floats(0, 1),
    st.integers(8, 512),
    st.integers(1, 224),
).map(lambda s: (s[0], s[1], 1 + round(s[2] * (s[1] - 1)), s[3], s[4]))


def test_the_lesson_s_numbers():
    explorer = ReductionExplorer()
    numbers = explorer.numbers
    assert (numbers.direct.weights, numbers.reduced.weights) == (147_456, 40_960)
    assert (numbers.one_by_one.weights, numbers.after.weights) == (4_096, 36_864)
    assert repr(explorer) == (
        "3×3, 128→128: 147,456 weights; via 32: 4,096 + 36,864 = 40,960, 3.60 times fewer."
    )


@PLAIN
@given(SETTING)
def test_the_counts_are_those_of_the_convolutions_in_pytorch(setting):
    kernel, c_in, reduced, c_out, size = setting
    numbers = reduction(*setting)
    with torch.device("meta"):
        direct = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False)
        squeeze = nn.Conv2d(c_in, reduced, 1, bias=False)
        after = nn.Conv2d(reduced, c_out, kernel, padding=kernel // 2, bias=False)
        x = torch.empty(1, c_in, size, size)
        for layer, cost in ((direct, numbers.direct), (squeeze, numbers.one_by_one)):
            assert (cost.weights, cost.activations) == (layer.weight.numel(), layer(x).numel())
            assert cost.macs == layer.weight.numel() * size * size
        assert numbers.after.weights == after.weight.numel()
        assert numbers.after.activations == after(squeeze(x)).numel()
    both = numbers.reduced
    assert both.weights == numbers.one_by_one.weights + numbers.after.weights
    assert both.macs == both.weights * size * size
    assert both.activations == (reduced + c_out) * size * size


@PLAIN
@given(SETTING)
def test_the_words_agree_with_the_counts(setting):
    numbers = reduction(*setting)
    direct, reduced = numbers.direct.weights, numbers.reduced.weights
    if numbers.finding == "about as many":
        assert abs(reduced / direct - 1) <= 0.0051
    else:
        ratio, word = numbers.finding.split(" times ")
        assert word == ("fewer" if reduced < direct else "more")
        assert float(ratio) == pytest.approx(max(direct, reduced) / min(direct, reduced), abs=0.0051)
    assert (reduced < direct) == (numbers.reduced_channels < numbers.break_even)


def test_the_sentence_fits_at_every_extreme():
    channels = (8, 9, 10, 99, 100, 104, 128, 504, 511, 512)
    longest = 0
    for kernel, c_in, c_out, size in itertools.product(KERNELS, channels, channels, (1, 224)):
        for reduced in {1, 9, 10, 99, 100, c_in // 2, c_in - 1, c_in}:
            sentence = reduction(kernel, c_in, min(reduced, c_in), c_out, size).sentence
            longest = max(longest, len(sentence))
    assert 80 < longest <= 110


@PLAIN
@given(SETTING)
def test_the_sentence_fits_anywhere_between(setting):
    sentence = reduction(*setting).sentence
    assert len(sentence) <= 110
    assert sentence.endswith(".")


def test_the_explorer_shows_the_pure_function_of_its_controls():
    explorer, rng = ReductionExplorer(), np.random.default_rng(0)
    for _ in range(40):
        c_in = 8 * int(rng.integers(1, 65))
        setting = {
            "kernel_size": int(rng.choice(KERNELS)),
            "in_channels": c_in,
            "reduced_channels": int(rng.integers(1, c_in + 1)),
            "out_channels": 8 * int(rng.integers(1, 65)),
            "image_size": int(rng.integers(1, 225)),
        }
        explorer.set(**setting)
        assert explorer.numbers == reduction(**setting)
        assert explorer.status == ""


def test_no_more_channels_than_came_in():
    explorer = ReductionExplorer()
    assert explorer.reduced_channels.max == 128
    explorer.reduced_channels.value = 100
    explorer.in_channels.value = 64
    assert (explorer.reduced_channels.max, explorer.reduced_channels.value) == (64, 64)
    assert explorer.numbers == reduction(3, 64, 64, 128, 28)
    assert explorer.status == ""
    explorer.reduced_channels.value = 65
    assert explorer.numbers.reduced_channels == 64
    assert explorer.status.endswith("from 1 to 64; 64 is used.")
    explorer.in_channels.value = 512
    assert explorer.reduced_channels.max == 512
    with pytest.raises(
        ValueError, match="reduced channels cannot be 65: it takes a whole number from 1 to 64"
    ):
        ReductionExplorer(in_channels=64, reduced_channels=65)


def hues(image: Image.Image, explorer: ReductionExplorer, row: float) -> dict[str, float]:
    """How many percent of the axis each colour covers on the line through the bars at `row`."""
    axes = explorer._figure.figure.axes[0]
    (start, y), (end, _) = axes.transData.transform([(0, row), (MOST_PERCENT, row)])
    line = np.asarray(image)[int(image.height - y)].astype(int)[round(start) + 2 : round(end)]
    percent_per_pixel = MOST_PERCENT / (end - start)
    covered = {}
    for name, colour in {"direct": FAINT, "1×1": BLUE, "k×k": ORANGE}.items():
        rgb = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        columns = np.flatnonzero((np.abs(line - rgb) < 12).all(axis=1))
        # From the first to the last: a bar may be hatched.
        covered[name] = (columns[-1] + 1 - columns[0]) * percent_per_pixel if columns.size else 0.0
    return covered


@pytest.mark.parametrize("setting", [(3, 128, 32, 128, 28), (5, 192, 16, 32, 28), (1, 64, 48, 64, 7)])
def test_the_bars_are_as_long_as_the_counts_say(setting):
    explorer = ReductionExplorer()
    explorer.set(**dict(zip(NAMES, setting, strict=True)))
    numbers = explorer.numbers
    for row, name in ((0, "weights"), (3.25, "macs"), (6.5, "activations")):
        direct, squeeze, after = (
            getattr(cost, name) for cost in (numbers.direct, numbers.one_by_one, numbers.after)
        )
        # Above the middle, where the white figures stand.
        assert hues(explorer._image, explorer, row - 0.33)["direct"] == pytest.approx(100, abs=1.5)
        drawn = hues(explorer._image, explorer, row + 1)
        assert drawn["1×1"] == pytest.approx(100 * squeeze / direct, abs=2.5)
        if 100 * (squeeze + after) / direct < MOST_PERCENT:
            assert drawn["k×k"] == pytest.approx(100 * after / direct, abs=1.5)


EXTREMES = [
    dict(zip(NAMES, values, strict=True))
    for values in itertools.product((1, 11), (8, 512), (1, 512), (8, 512), (1, 224))
    if values[2] <= values[1]
]


def test_no_text_is_cut_or_covered_by_another_at_the_extremes():
    explorer = ReductionExplorer()
    width, height = explorer.picture.width * DENSITY, explorer.picture.height * DENSITY
    for setting in EXTREMES:
        explorer.set(**setting)
        assert explorer.status == ""
        found = live_texts(explorer)
        right_axes = explorer._figure.figure.axes[1].get_tightbbox().x0
        for text, (left, top, right, bottom) in found:
            assert left >= 0, (setting, text)
            assert top >= 0, (setting, text)
            assert right <= width, (setting, text)
            assert bottom <= height, (setting, text)
            assert left >= right_axes or right <= right_axes, (setting, text)
        for (one, a), (other, b) in itertools.combinations(found, 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (setting, one, other)


def test_the_still_texts_are_inside_the_picture():
    figure = ReductionExplorer()._figure.figure
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text():
            box = text.get_window_extent()
            assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text
            assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text


def test_the_point_is_on_the_line_and_the_break_even_at_100_percent():
    explorer = ReductionExplorer()
    for reduced in (1, 57, 115, 128):
        explorer.reduced_channels.value = reduced
        numbers = explorer.numbers
        ((x,), (y,)) = explorer._here.get_data()
        assert x == reduced / 128
        assert y == pytest.approx(100 * numbers.reduced.weights / numbers.direct.weights)
        (_, end), (_, top) = explorer._line.get_data()
        assert y == pytest.approx(top * x / end)
        (stop, _), _ = explorer._stop.get_data()
        assert stop * top == pytest.approx(100)
        assert explorer._stop_label.text == "break-even 115.2"
