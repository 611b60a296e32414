"""`KernelStackExplorer` counts cells and weights right, and draws and says what it counts."""

import itertools
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from torch import nn

from helpers.arithmetic import Convolution
from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import BLUE
from helpers.explorers.cell_grids import GAP, ways
from helpers.explorers.kernel_stack import (
    BARS_LEFT,
    BARS_RIGHT,
    BARS_TOP,
    DOTS_LEFT,
    KernelStackExplorer,
    kernel_stack,
)
from helpers.reading.receptive_field import receptive_field
from tests.learner import live_texts

KERNELS, DEPTHS = (3, 5, 7), (1, 2, 3, 4, 5)
STACKS = list(itertools.product(KERNELS, DEPTHS))
PLAIN = settings(deadline=None, derandomize=True, max_examples=100)
SETTING = st.tuples(st.sampled_from(KERNELS), st.sampled_from(DEPTHS), st.integers(1, 512))


@pytest.fixture(scope="module")
def explorer() -> KernelStackExplorer:
    return KernelStackExplorer()


def stack_of(kernel: int, depth: int, channels: int) -> nn.Sequential:
    layers = [nn.Conv2d(channels, channels, kernel, padding=kernel // 2, bias=False) for _ in range(depth)]
    return nn.Sequential(*layers)


def test_the_lesson_s_numbers():
    explorer = KernelStackExplorer()
    numbers = explorer.numbers
    assert (numbers.field, numbers.stack_weights, numbers.single_weights) == (5, 294_912, 409_600)
    assert repr(explorer) == (
        "3×3 twice sees 5×5: 294,912 weights at 128 channels; one 5×5 has 409,600, 1.39 times as many."
    )
    explorer.depth.value = 3
    assert (numbers.nonlinearities, explorer.numbers.nonlinearities) == (2, 3)
    assert (explorer.numbers.field, explorer.numbers.ratio * 27) == (7, 49)


@PLAIN
@given(SETTING)
def test_field_and_weights_are_those_of_the_convolutions_in_pytorch(setting):
    _, depth, channels = setting
    numbers = kernel_stack(*setting)
    with torch.device("meta"):
        stack = stack_of(*setting)
        single = nn.Conv2d(channels, channels, numbers.field, bias=False)
    assert receptive_field(stack).size == receptive_field(single).size == (numbers.field, numbers.field)
    assert numbers.layer_weights == stack[0].weight.numel()
    assert numbers.stack_weights == sum(weight.numel() for weight in stack.parameters())
    assert numbers.single_weights == single.weight.numel()
    assert len(numbers.grids) == depth + 1
    for layers, grid in enumerate(reversed(numbers.grids)):
        assert receptive_field(nn.Sequential(nn.Identity(), *stack[:layers])).size == (grid, grid)


@PLAIN
@given(SETTING, st.integers(1, 224))
def test_the_macs_have_the_ratio_of_the_weights_at_every_map_size(setting, size):
    kernel, depth, channels = setting
    numbers = kernel_stack(*setting)
    layer, single = (
        Convolution(channels, channels, k, padding=k // 2, bias=False).macs(size)
        for k in (kernel, numbers.field)
    )
    assert numbers.ratio * depth * layer == single


@pytest.mark.parametrize(("kernel", "depth"), STACKS)
def test_the_ways_are_the_gradient_of_a_stack_whose_weights_are_all_one(kernel, depth):
    stack = stack_of(kernel, depth, 1).double()
    for layer in stack:
        nn.init.ones_(layer.weight)
    size = kernel_stack(kernel, depth, 1).field
    image = torch.zeros(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    stack(image)[0, 0, size // 2, size // 2].backward()
    line = ways(kernel, depth)
    assert image.grad[0, 0].tolist() == np.outer(line, line).tolist()


def test_the_sentence_fits_and_ends_in_a_full_stop_at_every_setting():
    sentences = {kernel_stack(*stack, c).sentence for stack in STACKS for c in range(1, 513)}
    assert len(sentences) == len(STACKS) * 512, "each control changes it"
    assert max(map(len, sentences)) <= 110
    assert all(sentence.endswith(".") for sentence in sentences)


def test_one_layer_is_said_to_be_the_same_thing():
    numbers = kernel_stack(5, 1, 64)
    assert numbers.ratio == 1
    assert numbers.sentence == "5×5 once is one 5×5: 102,400 weights at 64 channels, and one nonlinearity."
    assert (
        kernel_stack(3, 1, 1).sentence == "3×3 once is one 3×3: 9 weights at 1 channel, and one nonlinearity."
    )
    assert [kernel_stack(3, 1, c).channels_in_words for c in (1, 2)] == ["1 channel", "2 channels"]


def test_the_explorer_shows_the_pure_function_of_its_controls(explorer):
    draw = random.Random(0)
    for _ in range(30):
        setting = {
            "kernel_size": draw.choice(KERNELS),
            "depth": draw.choice(DEPTHS),
            "channels": draw.randint(1, 512),
        }
        explorer.set(**setting)
        assert explorer.numbers == kernel_stack(**setting)
        assert explorer.status == ""


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kernel_size": 4}, "kernel size cannot be 4: it takes an odd number from 3 to 7"),
        ({"depth": 6}, "depth cannot be 6: it takes a whole number from 1 to 5"),
        ({"channels": 0}, "channels cannot be 0: it takes a whole number from 1 to 512"),
    ],
)
def test_an_impossible_start_is_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        KernelStackExplorer(**wrong)


@pytest.mark.parametrize(("name", "value"), [("kernel_size", 5), ("depth", 3), ("channels", 129)])
def test_each_control_changes_the_picture(name, value):
    explorer = KernelStackExplorer()
    before = explorer._image.tobytes()
    explorer.controls[name].value = value
    assert explorer._image.tobytes() != before


@pytest.mark.parametrize(("kernel", "depth"), STACKS)
def test_every_cell_of_every_grid_is_drawn_once_in_squares_that_keep_apart(explorer, kernel, depth):
    explorer.set(kernel_size=kernel, depth=depth)
    grids = explorer.numbers.grids
    cells = np.asarray(explorer._grids._cells.get_offsets())
    assert len(cells) == sum(grid**2 for grid in grids)
    side = np.diff(np.unique(cells[: grids[0] ** 2, 0].round(6))).mean()
    assert explorer._grids._cells.get_sizes()[0] ** 0.5 * 100 / 72 == pytest.approx(side)
    right = 0
    for grid in grids:
        mine, cells = cells[: grid**2], cells[grid**2 :]
        corners = [*(mine.min(axis=0) - side / 2), *(mine.max(axis=0) + side / 2)]
        assert [corners[2] - corners[0], corners[3] - corners[1]] == pytest.approx([grid * side] * 2)
        assert corners[0] >= right + (GAP - 1e-6 if right else 0)
        assert corners[1] >= 48, "below the caption"
        assert corners[3] <= 275, "above the names"
        right = corners[2]
    assert right <= 760


@pytest.mark.parametrize(("kernel", "depth"), STACKS)
def test_the_numbers_in_the_cells_are_the_ways_where_they_can_be_read(explorer, kernel, depth):
    explorer.set(kernel_size=kernel, depth=depth)
    shown = [int(text.text) for text in explorer._grids._counts if text.text]
    lines = [ways(kernel, layers) for layers in range(depth, -1, -1)]
    expected = [a * b for line in lines for a in line for b in line]
    if explorer._grids.counted:
        assert shown == expected
    else:
        assert shown == []
    assert explorer._grids.counted == ((kernel, depth) in {(3, 1), (3, 2), (3, 3), (5, 1), (5, 2), (7, 1)})
    assert explorer._caption.text.startswith("Number and shade" if explorer._grids.counted else "Shade")


@pytest.mark.parametrize(("kernel", "depth"), STACKS)
def test_each_framed_window_is_the_kernel_s_and_ends_at_the_corner_of_the_field(explorer, kernel, depth):
    explorer.set(kernel_size=kernel, depth=depth)
    cells = np.asarray(explorer._grids._cells.get_offsets())
    field = cells[: kernel_stack(kernel, depth, 1).field ** 2]
    side = explorer._grids._cells.get_sizes()[0] ** 0.5 * 100 / 72
    upper, lower, last = (frames.get_segments() for frames in explorer._grids._frames)
    assert len(upper) == len(lower) == 4 * (depth - 1)
    assert len(last) == 4
    for frames in (upper, lower, last):
        for window, reader in zip(frames[::4], frames[1::4], strict=True):
            assert np.ptp(window, axis=0) == pytest.approx(kernel * side)
            assert np.ptp(reader, axis=0) == pytest.approx(side)
    first, end = field.min(axis=0) - side / 2, field.max(axis=0) + side / 2
    assert (upper or last)[0].min(axis=0) == pytest.approx(first)
    assert (lower or last)[0].max(axis=0) == pytest.approx(end)


@pytest.mark.parametrize(("kernel", "depth"), STACKS)
def test_the_bars_are_as_long_as_the_counts_say_and_the_dots_as_many(explorer, kernel, depth):
    explorer.set(kernel_size=kernel, depth=depth)
    numbers = explorer.numbers
    segments = [bar for bar in explorer._segments if bar.get_width()]
    assert segments == [bar for bar in explorer._segments if bar.get_visible()]
    assert len(segments) == depth
    end = segments[-1].get_x() + segments[-1].get_width()
    share = numbers.stack_weights / numbers.single_weights
    assert (end - BARS_LEFT) / (BARS_RIGHT - BARS_LEFT) == pytest.approx(share)
    line = np.asarray(explorer._image)[(BARS_TOP + 4) * DENSITY].astype(int)
    blue = [int(BLUE[at : at + 2], 16) for at in (1, 3, 5)]
    columns = np.flatnonzero((np.abs(line - blue) < 12).all(axis=1)) / DENSITY
    assert [columns[0], columns[-1]] == pytest.approx([BARS_LEFT, end], abs=8)
    dots = [line.get_xdata() for line in explorer._dots]
    assert [len(each) for each in dots] == [depth, 1]
    assert dots[0][0] == dots[1][0] == DOTS_LEFT


EXTREMES = [
    {"kernel_size": kernel, "depth": depth, "channels": channels}
    for (kernel, depth), channels in itertools.product(STACKS, (1, 512))
]


def test_no_text_is_cut_or_covered_by_another_at_any_stack(explorer):
    width, height = explorer.picture.width * DENSITY, explorer.picture.height * DENSITY
    for setting in EXTREMES:
        explorer.set(**setting)
        found = [(text, box) for text, box in live_texts(explorer) if text]
        for text, (left, top, right, bottom) in found:
            assert 0 <= left < right <= width, (setting, text)
            assert 0 <= top < bottom <= height, (setting, text)
        for (one, a), (other, b) in itertools.combinations(found, 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (setting, one, other)


def test_every_text_is_live(explorer):
    texts = explorer._figure.figure.findobj(Text)
    assert not [text for text in texts if text.get_visible() and text.get_text()]
