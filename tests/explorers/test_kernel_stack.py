"""`KernelStackExplorer` counts cells and weights right, and draws and says what it counts."""

import itertools
import re

import numpy as np
import pytest
import torch
from matplotlib.path import Path
from torch import nn

from helpers import KernelStackExplorer
from helpers.arithmetic import Convolution
from helpers.explorers.numbers.kernel_stack import kernel_stack, ways
from helpers.explorers.pictures.kernel_stack import draw_kernel_stack
from helpers.reading.receptive_field import receptive_field
from tests.seen import Seen, number

STACKS = list(itertools.product((3, 5, 7), (1, 2, 3, 4, 5)))
stacks = pytest.mark.parametrize(("kernel", "depth"), STACKS)


def stack_of(kernel: int, depth: int, channels: int) -> nn.Sequential:
    layers = [nn.Conv2d(channels, channels, kernel, padding=kernel // 2, bias=False) for _ in range(depth)]
    return nn.Sequential(*layers)


def seen(kernel: int, depth: int, channels: int = 128) -> Seen:
    return Seen(draw_kernel_stack(kernel_stack(kernel, depth, channels)).svg("A stack of convolutions."))


def test_the_lesson_s_numbers():
    explorer = KernelStackExplorer()
    numbers = explorer.numbers
    assert repr(explorer) == (
        "3×3 twice sees 5×5: 294,912 weights at 128 channels, 28 % fewer than one 5×5 (409,600)."
    )
    explorer.depth.value = 3
    assert (numbers.nonlinearities, explorer.numbers.nonlinearities) == (2, 3)
    assert (explorer.numbers.field, explorer.numbers.ratio * 27) == (7, 49)


def test_the_sentence_at_every_depth():
    assert [kernel_stack(3, depth, 1).sentence for depth in range(1, 6)] == [
        "3×3 once is one 3×3: 9 weights at 1 channel, and one nonlinearity.",
        "3×3 twice sees 5×5: 18 weights at 1 channel, 28 % fewer than one 5×5 (25).",
        "3×3 three times sees 7×7: 27 weights at 1 channel, 45 % fewer than one 7×7 (49).",
        "3×3 four times sees 9×9: 36 weights at 1 channel, 2.25 times fewer than one 9×9 (81).",
        "3×3 five times sees 11×11: 45 weights at 1 channel, 2.69 times fewer than one 11×11 (121).",
    ]
    longest = max(len(kernel_stack(*stack, channels).sentence) for stack in STACKS for channels in (128, 512))
    assert 100 < longest <= 110


@stacks
def test_field_and_costs_are_those_of_the_convolutions_in_pytorch(kernel, depth):
    channels, size = 8 * kernel + depth, 9 + depth
    numbers = kernel_stack(kernel, depth, channels)
    with torch.device("meta"):
        stack = stack_of(kernel, depth, channels)
        single = nn.Conv2d(channels, channels, numbers.field, bias=False)
    assert receptive_field(stack).size == receptive_field(single).size == (numbers.field, numbers.field)
    assert numbers.layer_weights == stack[0].weight.numel()
    assert numbers.stack_weights == sum(weight.numel() for weight in stack.parameters())
    assert numbers.single_weights == single.weight.numel()
    layer, one = (
        Convolution(channels, channels, k, padding=k // 2, bias=False).macs(size)
        for k in (kernel, numbers.field)
    )
    assert numbers.ratio * depth * layer == one
    assert tuple(map(len, numbers.ways)) == numbers.grids
    assert len(numbers.grids) == depth + 1
    for layers, grid in enumerate(reversed(numbers.grids)):
        assert receptive_field(nn.Sequential(nn.Identity(), *stack[:layers])).size == (grid, grid)


@stacks
def test_the_ways_are_the_gradient_of_a_stack_whose_weights_are_all_one(kernel, depth):
    stack = stack_of(kernel, depth, 1).double()
    for layer in stack:
        nn.init.ones_(layer.weight)
    size = kernel_stack(kernel, depth, 1).field
    image = torch.zeros(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    stack(image)[0, 0, size // 2, size // 2].backward()
    assert image.grad[0, 0].tolist() == np.outer(*[ways(kernel, depth)] * 2).tolist()


def test_an_impossible_start_is_refused():
    for control, wrong, sentence in (
        ("kernel_size", 4, "kernel size cannot be 4: it takes an odd number from 3 to 7."),
        ("depth", 6, "depth cannot be 6: it takes a whole number from 1 to 5."),
        ("channels", 0, "channels cannot be 0: it takes a whole number from 1 to 512."),
    ):
        with pytest.raises(ValueError, match=sentence):
            KernelStackExplorer(**{control: wrong})


def grids(picture: Seen) -> list[tuple[float, float, float, list]]:
    """Each grid's left, top and side of a cell, with its shapes: those drawn later are over the others."""
    found = []
    for group in picture.elements("g"):
        if group.get("transform"):
            left, top, cell = map(float, re.findall(r"[\d.]+", group.get("transform")))
            found.append((left, top, cell, [each for each in group if each.get("data-tip")]))
    return found


def box(element) -> list[float]:
    """Left, top, width and height."""
    return [number(element, name) for name in ("x", "y", "width", "height")]


def cells_of(outline: str) -> list[tuple[float, float]]:
    """The corners of a path of straight lines along the axes."""
    places = [tuple(map(int, re.match(r"M(\d+) (\d+)", outline).groups()))]
    for axis, value in re.findall(r"([HV])(\d+)", outline):
        x, y = places[-1]
        places.append((int(value), y) if axis == "H" else (x, int(value)))
    return places


@stacks
def test_every_cell_tells_its_ways_and_is_the_darker_the_more_there_are(kernel, depth):
    for (*_, shapes), line in zip(
        grids(seen(kernel, depth)), kernel_stack(kernel, depth, 1).ways, strict=True
    ):
        counts = np.outer(line, line).ravel()
        middles = np.indices((len(line), len(line))).reshape(2, -1)[::-1].T + 0.5
        told = [""] * counts.size
        for shape in shapes:
            for cell in np.flatnonzero(Path(cells_of(shape.get("d"))).contains_points(middles)):
                told[cell] = shape.get("data-tip")
        assert {*told} == {shape.get("data-tip") for shape in shapes}, "something is seen of each"
        exactly = len({*counts}) <= 16
        for count, tip in {*zip(counts.tolist(), told, strict=True)}:
            least, *most = (int(each.replace(",", "")) for each in re.findall(r"[\d,]+", tip))
            assert least <= count <= (most or [least])[0]
            assert tip.endswith(f" path{'' if tip.startswith('1 p') else 's'} to the last unit")
            assert not (exactly and most)
        shades = [sum(bytes.fromhex(shape.get("fill")[1:])) for shape in shapes]
        assert shades == sorted({*shades}, reverse=True)


@stacks
def test_the_grids_have_one_scale_and_stand_apart_over_their_names(kernel, depth):
    picture, sides = seen(kernel, depth), kernel_stack(kernel, depth, 1).grids
    places, end = grids(picture), 0
    names = ["picture", *(f"map {layer}" for layer in range(1, depth + 1))]
    for (left, _, cell, _), side, name in zip(places, sides, names, strict=True):
        assert cell == places[0][2]
        assert left > end
        end = left + side * cell
        for words in (name, f"{side}×{side}"):
            middles = [sum(text.box[::2]) / 2 for text in picture.texts if text.words == words]
            assert any(abs(middle - (left + end) / 2) < 1.5 for middle in middles)
    assert end < picture.width


@stacks
def test_the_numbers_in_the_cells_are_the_ways_where_they_can_be_read(kernel, depth):
    picture = seen(kernel, depth)
    shown = [text for text in picture.texts if text.words.isdigit() and text.box[3] < 280]
    counted = (kernel, depth) in {(3, 1), (3, 2), (3, 3), (5, 1), (5, 2), (7, 1)}
    assert picture.words[1] == (
        f"{'Number and shade' if counted else 'Shade'}: paths to that unit.   "
        f"Frames: a unit, and the {kernel}×{kernel} that it reads."
    )
    expected = []
    for (left, top, cell, _), line in zip(grids(picture), kernel_stack(kernel, depth, 1).ways, strict=True):
        for (row, column), count in np.ndenumerate(np.outer(line, line)):
            expected.append((str(count), left + (column + 0.5) * cell, top + (row + 0.5) * cell))
    for text, (words, x, y) in zip(shown, expected if counted else [], strict=True):
        assert text.words == words
        middle = (text.box[0] + text.box[2]) / 2, (text.box[1] + text.box[3]) / 2
        assert middle == pytest.approx((x, y), abs=1)


@stacks
def test_each_framed_window_is_the_kernel_s_and_is_read_by_the_framed_cell(kernel, depth):
    picture, sides = seen(kernel, depth), kernel_stack(kernel, depth, 1).grids
    expected = []
    for step, ((left, top, cell, _), (x, y, *_)) in enumerate(itertools.pairwise(grids(picture))):
        for lower in (0,) if step == depth - 1 else (0, 1):
            at, to = lower * (sides[step] - kernel) * cell, lower * (sides[step + 1] - 1) * cell
            expected += [(left + at, top + at, *[kernel * cell] * 2), (x + to, y + to, cell, cell)]
    frames = [each for each in picture.elements("rect") if each.get("fill") == "none"]
    assert np.allclose([box(each) for each in frames], expected, atol=0.03)
    looks = [each.get("stroke") for each in frames]
    assert looks[::2] == looks[1::2], "a window has the colour of the cell that reads it"


@pytest.mark.parametrize("depth", [1, 2])
def test_the_window_s_corner_in_the_input_sets_the_kernel(depth):
    explorer = KernelStackExplorer(depth=depth, kernel_size=5)
    picture = Seen(explorer.svg)
    left, top, cell, _ = grids(picture)[0]
    handle = picture.tip("kernel 5×5")
    assert handle.get("class") == "handle"
    assert number(handle, "cx") == pytest.approx(left + 5 * cell, abs=0.03)
    assert number(handle, "cy") == pytest.approx(top + 5 * cell, abs=0.03)
    [(start, end, low, high)] = [drag for each, _, *drag in picture.drags() if each is handle]
    for kernel in (3, 5, 7):
        explorer.point({"kernel_size": low + (left + kernel * cell - start) / (end - start) * (high - low)})
        assert explorer.kernel_size.value == kernel


@stacks
def test_the_bars_are_as_long_as_the_counts_say(kernel, depth):
    picture, numbers = seen(kernel, depth), kernel_stack(kernel, depth, 128)
    whole = picture.tips[f"one {numbers.large}: {numbers.single_weights:,} weights"]
    end, before = number(whole, "x"), None
    for layer in range(1, depth + 1):
        bar = picture.tips[f"layer {layer}: {numbers.layer_weights:,} weights"]
        assert number(bar, "x") == pytest.approx(end, abs=0.02)
        end += number(bar, "width")
        assert bar.get("fill") != before, "neighbours look different: the layers can be counted"
        before = bar.get("fill")
    assert not [tip for tip in picture.tips if tip.startswith(f"layer {depth + 1}: ")]
    percent = 100 * numbers.stack_weights / numbers.single_weights
    assert (end - number(whole, "x")) / number(whole, "width") == pytest.approx(percent / 100, abs=1e-3)
    times = ("once", "twice", "three times", "four times", "five times")[depth - 1]
    assert {
        f"{kernel}×{kernel} {times} | {numbers.stack_weights:,}  ({percent:.0f} %) | {depth}",
        f"one {numbers.large} | {numbers.single_weights:,}  (100 %) | 1",
    } <= {*picture.lines.values()}


def test_a_dot_for_each_nonlinearity_and_the_last_one_sets_the_depth():
    explorer = KernelStackExplorer(depth=5)
    picture = Seen(explorer.svg)
    dots = [picture.tip(f"a ReLU after layer {layer}") for layer in (1, 2, 3, 4, 5)]
    assert [each.get("class") for each in dots] == [None, None, None, None, "handle"]
    assert picture.tip("a ReLU after the one kernel").get("fill") == dots[0].get("fill")
    [(start, end, low, high)] = {tuple(drag) for _, control, *drag in picture.drags() if control == "depth"}
    for depth, dot in enumerate(dots, start=1):
        explorer.point({"depth": low + (number(dot, "cx") + 4 - start) / (end - start) * (high - low)})
        assert explorer.depth.value == depth


def test_what_is_written_over_the_picture():
    many = {
        "One unit of map 2 sees 5×5 pixels: each 3×3 adds 2",
        "weights, 128 channels in and out; MACs in the same ratio",
    }
    assert many <= {*seen(3, 2).words}
    one = {
        "One unit of map 1 sees 7×7 pixels: its own kernel",
        "weights, 1 channel in and out; MACs in the same ratio",
    }
    assert one <= {*seen(7, 1, channels=1).words}
