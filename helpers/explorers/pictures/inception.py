"""The picture of `InceptionExplorer`: the block's four branches, and beside each its weights as bars."""

from __future__ import annotations

from itertools import pairwise

from helpers.drawing.style import FAINT, INK, PURPLE
from helpers.drawing.svg import Drag, Scale, Sheet, legend
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.inception import InceptionNumbers
from helpers.explorers.pictures.blocks import BAND, box, kind_fill
from helpers.wording.counts import brief

WIDTH, HEIGHT = 780, 490
BRANCHES = ("1×1 branch", "3×3 branch", "5×5 branch", "pool branch")
ROWS, WHOLE = (104, 166, 228, 290), 372
"""The middle of each branch, of its bars beside it, and of the bars of the whole block."""

# Left and right of what stands in the block: its input, two columns of layers, and where all is joined.
INPUT, FIRST, SECOND, CONCAT = (14, 36), (74, 156), (196, 278), (318, 340)
THICKEST = 30
"""The thickness in pixels of the band with the most channels."""

STACK = 210
"""The length in pixels of the axis of output channels."""
BAR, BARS, NUMBERS = 13, 396, 766
"""The height of a bar of weights, where they begin, and where the numbers beside them end."""
MOST, FULL = 125, 220
"""Percent of the naive block's weights at which the axis ends, and how long 100 are in pixels."""


def draw_inception(numbers: InceptionNumbers) -> Sheet:
    """Bands are as thick as their channels; bars of weights are in percent of the naive block."""
    sheet = Sheet(WIDTH, HEIGHT)
    name = "Your own block" if " " in numbers.block else f"Block {numbers.block}"
    joint = ", yet" if numbers.weights < numbers.naive_weights else " and"
    sheet.title(14, 18, f"{name}: three more layers of 1×1{joint} {numbers.finding} weights and MACs")
    _block(sheet, numbers)
    _channels(sheet, numbers)
    _weights(sheet, numbers)
    return sheet


def _block(sheet: Sheet, numbers: InceptionNumbers) -> None:
    sheet.text(14, 48, "The block: bands show channels")
    c_in = numbers.in_channels
    flows = [
        (c_in, *([branch.between] if branch.between else []), branch.channels) for branch in numbers.branches
    ]
    most = max(map(max, flows))
    for y, flow in zip(ROWS, flows, strict=True):
        stops = (INPUT, FIRST, SECOND, CONCAT) if flow[2:] else (INPUT, SECOND, CONCAT)
        for (start, end), channels in zip(pairwise(stops), flow, strict=True):
            thick = max(THICKEST * channels / most, 1)
            sheet.bar(start[1], y - thick / 2, end[0] - start[1], thick, BAND, tip=f"{channels} channels")
    top, height = ROWS[0] - 26, ROWS[-1] - ROWS[0] + 52
    for (left, right), word, channels in ((INPUT, "input", c_in), (CONCAT, "concat", numbers.channels)):
        sheet.bar(left, top, right - left, height, BAND, tip=f"{word}: {channels} channels")
        middle, half = (left + right) / 2, (ROWS[1] + ROWS[2]) / 2
        turn = f"rotate(-90 {middle:g} {half:g})"
        sheet.text(middle, half, word, anchor="middle", transform=turn, pointer_events="none")
    sheet.text(14, ROWS[-1] + 40, f"{c_in} in")
    sheet.text(CONCAT[1], ROWS[-1] + 40, f"{numbers.channels} out", anchor="end")
    single, three, five, pool = numbers.branches
    _box(sheet, SECOND, ROWS[0], "1×1", (c_in, single.channels), single.one_by_one)
    for y, kernel, branch in ((ROWS[1], "3×3", three), (ROWS[2], "5×5", five)):
        _box(sheet, FIRST, y, "1×1", (c_in, branch.between), branch.one_by_one)
        _box(sheet, SECOND, y, kernel, (branch.between, branch.channels), branch.larger)
    _box(sheet, FIRST, ROWS[3], "3×3 max", (c_in, c_in), 0)
    _box(sheet, SECOND, ROWS[3], "1×1", (c_in, pool.channels), pool.one_by_one)


def _box(
    sheet: Sheet, place: tuple[int, int], y: float, kernel: str, channels: tuple[int, int], weights: int
) -> None:
    left, right = place
    kind = {"1×1": "1×1", "3×3 max": "pool"}.get(kernel, "larger")
    words = f"keeps {channels[1]}" if kind == "pool" else f"to {channels[1]}"
    tip = f"{kernel}, {channels[0]} to {channels[1]} channels: {weights:,} weights"
    box(sheet, (left + right) / 2, y, right - left, kind, (kernel, words), tip=tip)


def _channels(sheet: Sheet, numbers: InceptionNumbers) -> None:
    """The channels that come out, as stacked bars; the edges of the lower one can be dragged."""
    sheet.text(88, 358, "Channels that come out", bold=True)
    # An axis that seldom changes, so that an edge stays under the hand that drags it.
    end = 64
    while end < numbers.naive_channels:
        end *= 2
    axes = sheet.axes(88, 370, STACK, 46, x=Scale(0, end), y=Scale(0, 1))
    axes.x_ticks([0, end / 2, end])
    axes.frame(left=False)
    naive = [branch.naive_channels for branch in numbers.branches]
    counts = [branch.channels for branch in numbers.branches]
    for top, way, channels in ((372, "naive", naive), (395, "with 1×1", counts)):
        sheet.text(82, top + 9, way, anchor="end")
        begin = 0
        for branch, count in zip(BRANCHES, channels, strict=True):
            fill = PURPLE if branch == "pool branch" else "#DDDDDD"
            x, width = axes.x(begin), axes.x(count) - axes.x(0)
            sheet.bar(x, top, width, 17, fill, stroke="white", tip=f"{way}, {branch}: {count} channels")
            if fill != PURPLE and width > text_width(f"{count}", 12) + 14:
                sheet.text(
                    x + width / 2, top + 9, f"{count}", size=12, anchor="middle", pointer_events="none"
                )
            begin += count
        sheet.text(axes.x(begin) + 11, top + 9, f"{begin}", bold=True)
    edge = 0
    outs = ("out_1x1", "out_3x3", "out_5x5", "pool_proj")
    for control, branch, count in zip(outs, BRANCHES, counts, strict=True):
        drag = Drag(control, axes.x(edge), axes.x(edge + end), 0, end)
        edge += count
        _handle(sheet, axes.x(edge) - 3, 403.5, drag, f"{branch}: {count} channels with 1×1")
    last = numbers.branches[3]
    legend(sheet, 88, 449, [(PURPLE, f"pool branch: {last.naive_channels} naive, {last.channels} with 1×1")])
    sheet.text(14, HEIGHT - 16, "Naive: no 1×1 before 3×3 and 5×5, none after the pool.")


def _weights(sheet: Sheet, numbers: InceptionNumbers) -> None:
    sheet.text(BARS, 48, "Weights:")
    fills = {"naive": FAINT, "1×1": kind_fill(sheet, "1×1"), "3×3 or 5×5": kind_fill(sheet, "larger")}
    legend(sheet, BARS + 66, 48, [(fill, name) for name, fill in fills.items()])
    top = ROWS[0] - 14
    axes = sheet.axes(BARS, top, FULL * MOST / 100, WHOLE + 22 - top, x=Scale(0, MOST), y=Scale(0, 1))
    axes.frame(bottom=False)
    axes.x_ticks([0, 50, 100], name="percent of the naive block")
    rows = [(each.naive, each.one_by_one, each.larger, each.finding) for each in numbers.branches]
    rows.append((numbers.naive_weights, numbers.one_by_one, numbers.larger, numbers.finding))
    share = 100 / numbers.naive_weights
    for y, name, (naive, first, larger, finding) in zip(
        (*ROWS, WHOLE), (*BRANCHES, "Whole block"), rows, strict=True
    ):
        sheet.text(BARS + 5, y - 24, name, bold=name == "Whole block")
        sheet.text(NUMBERS, y - 24, finding, bold=True, anchor="end")
        weights = first + larger
        split, end = (axes.x(min(share * count, MOST)) for count in (first, weights))
        sheet.bar(
            BARS,
            y - 14,
            share * naive * FULL / 100,
            BAR,
            fills["naive"],
            tip=f"{name}, naive: {naive:,} weights",
        )
        sheet.text(NUMBERS, y - 7.5, f"{naive:,}", anchor="end")
        sheet.bar(BARS, y + 2, split - BARS, BAR, fills["1×1"], tip=f"{name}, 1×1: {first:,} weights")
        sheet.bar(
            split, y + 2, end - split, BAR, fills["3×3 or 5×5"], tip=f"{name}, after it: {larger:,} weights"
        )
        beyond = "▸ " if share * weights > MOST else ""
        sheet.text(NUMBERS, y + 8.5, f"{beyond}{weights:,}", bold=True, anchor="end")
    reductions = zip(("reduce_3x3", "reduce_5x5", "pool_proj"), ROWS[1:], numbers.branches[1:], strict=True)
    for control, y, branch in reductions:
        # A branch's weights are proportional to what its 1×1 convolution makes.
        most = numbers.in_channels * branch.per_channel
        drag = Drag(control, BARS, axes.x(share * most), 0, numbers.in_channels)
        made = branch.weights // branch.per_channel
        tip = f"1×1 to {made} channels: {branch.weights:,} weights"
        _handle(sheet, axes.x(min(share * branch.weights, MOST)), y + 8.5, drag, tip)
    size = f"{numbers.map_size}×{numbers.map_size}"
    macs = f"Times {size} pixels: {brief(numbers.macs)} MACs, naive {brief(numbers.naive_macs)}"
    tip = f"{numbers.macs:,} MACs, naive {numbers.naive_macs:,}"
    sheet.text(BARS, HEIGHT - 16, macs, tip=tip)


def _handle(sheet: Sheet, left: float, middle: float, drag: Drag, tip: str) -> None:
    """A grip at the end of a bar."""
    look = {"rx": 3, "stroke": INK, "stroke_width": 1.5, "class_": "handle", "tip": tip}
    sheet.bar(left, middle - 9.5, 6, 19, "white", **look, across=drag)
