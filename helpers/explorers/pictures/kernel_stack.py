"""The picture of `KernelStackExplorer`: the cells that one output cell sees, layer by layer, and the cost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

from helpers.drawing.style import BLUE, FAINT, GREEN, INK, SKY, VERMILION
from helpers.drawing.svg import Drag, Sheet, tag
from helpers.explorers.numbers.kernel_stack import MOST_DEPTH, MOST_KERNEL, TIMES, KernelStackNumbers

WIDTH, HEIGHT = 780, 446
LEFT, TOP, BAND = 24, 54, 224
"""Where the grids begin, and the height that the largest may have."""
GAP, LARGEST_CELL, LEGIBLE_CELL = 64, 30, 22
BARS_LEFT, BARS_RIGHT, BARS_TOP, LINE, BAR = 126, 426, 364, 38, 24
DOTS_LEFT, DOT = 624, 19

# Few ways are pale and many are blue, never so dark that a number in the cell could not be read.
PALE, DEEP = (236, 244, 250), (87, 168, 224)
SHADES = 16
"""About so many shades a grid has at the most; where there are more, those nearest to each other are one."""


class Grid(NamedTuple):
    """A grid on the sheet: its name, cells along a side, and corner."""

    name: str
    cells: int
    left: float
    top: float

    @property
    def size(self) -> str:
        return f"{self.cells}×{self.cells}"


def draw_kernel_stack(numbers: KernelStackNumbers) -> Sheet:
    """The grids have one scale, from the input on the left to the one output cell on the right.

    Two corner cells of each grid have their windows framed in the grid before it, and so has the output cell.
    Bars are in percent of the single kernel that sees as much.
    """
    sheet = Sheet(WIDTH, HEIGHT)
    cell, grids = _placed(numbers.grids)
    counted = cell >= LEGIBLE_CELL
    adds = f"each {numbers.small} adds {numbers.kernel_size - 1}" if numbers.depth > 1 else "its own kernel"
    sheet.title(LEFT, 18, f"One unit of map {numbers.depth} sees {numbers.large} pixels: {adds}")
    shown = "Number and shade" if counted else "Shade"
    paths = f"{shown}: paths to that unit."
    sheet.text(LEFT, 39, f"{paths}   Frames: a unit, and the {numbers.small} that it reads.")
    for grid, line in zip(grids, numbers.ways, strict=True):
        _cells(sheet, grid, line, cell)
    _frames(sheet, numbers.kernel_size, grids, cell)
    if counted:
        for grid, line in zip(grids, numbers.ways, strict=True):
            _counts(sheet, grid, line, cell)
    _names(sheet, grids, cell, numbers.small)
    _handle(sheet, numbers, grids[0], cell)
    _weights(sheet, numbers)
    _nonlinearities(sheet, numbers)
    return sheet


def _placed(sides: Sequence[int]) -> tuple[float, list[Grid]]:
    """The side of a cell in pixels, and where each grid is, in the middle of the sheet."""
    gaps, cells = (len(sides) - 1) * GAP, sum(sides)
    cell = min(LARGEST_CELL, (WIDTH - 2 * LEFT - gaps) / cells, BAND / sides[0])
    left = (WIDTH - cell * cells - gaps) / 2
    names = ["picture", *(f"map {number}" for number in range(1, len(sides)))]
    grids = []
    for name, side in zip(names, sides, strict=True):
        grids.append(Grid(name, side, left, TOP + (BAND - cell * side) / 2))
        left += cell * side + GAP
    return cell, grids


def _cells(sheet: Sheet, grid: Grid, line: tuple[int, ...], cell: float) -> None:
    place = f"translate({grid.left:.2f} {grid.top:.2f}) scale({cell:.4f})"
    sheet.add("g", _shaded(line), transform=place, stroke_width=min(0.8 / cell, 0.05))


@cache
def _shaded(line: tuple[int, ...]) -> str:
    """The cells of a grid with their edges as SVG, a unit each.

    From the rim, where there is one way, to the middle: each shape holds the cells from which there are at
    least so many ways, and covers all but the rim of the last one. `line` are the ways along one side.
    """
    rising, side = line[: len(line) // 2 + 1], len(line)
    products = sorted({down * across for down in rising for across in rising})
    # The root keeps the rim of a deep stack apart from the white of the page.
    shades = {each: ((each - 1) / max(products[-1] - 1, 1)) ** 0.5 for each in products}
    least = products
    if len(products) > SHADES:
        steps = [step / SHADES for step in range(SHADES + 1)]
        least = sorted({next(each for each in products if shades[each] >= step) for step in steps})
    parts = []
    for low, beyond in zip(least, [*least[1:], products[-1] + 1], strict=True):
        high = max(each for each in products if each < beyond)
        paths = f"{low:,}{f' to {high:,}' if high > low else ''} path{'s' if high > 1 else ''}"
        mixed = (round(pale + shades[low] * (deep - pale)) for pale, deep in zip(PALE, DEEP, strict=True))
        starts = [
            next((column for column in range(side) if down * line[column] >= low), None) for down in line
        ]
        tip = f"{paths} to the last unit"
        parts.append(tag("path", d=_outline(starts), fill=f"#{bytes(mixed).hex()}", data_tip=tip))
    edges = "".join(f"M0 {at}h{side}M{at} 0v{side}" for at in range(side + 1))
    return "".join([*parts, tag("path", d=edges, stroke=FAINT, pointer_events="none")])


def _outline(starts: Sequence[int | None]) -> str:
    """A shape whose rows begin at these columns, and end as far from the other side; None is no row of it."""
    right, left, row = [], [], 0
    for start, rows in groupby(starts):
        top, row = row, row + len(list(rows))
        if start is not None:
            right.append(f"H{len(starts) - start}V{row}")
            left.append(f"H{start}V{top}")
    first = next(row for row, start in enumerate(starts) if start is not None)
    return f"M{starts[first]} {first}{''.join(right)}{''.join(reversed(left))}"


def _counts(sheet: Sheet, grid: Grid, line: tuple[int, ...], cell: float) -> None:
    with sheet.group(pointer_events="none"):
        for row, down in enumerate(line):
            for column, across in enumerate(line):
                x, y = grid.left + (column + 0.5) * cell, grid.top + (row + 0.5) * cell
                sheet.text(x, y, str(down * across), anchor="middle")


def _frames(sheet: Sheet, kernel: int, grids: Sequence[Grid], cell: float) -> None:
    """For the upper left corners, for the lower right ones, and for the output cell."""
    *inner, last = pairwise(grids)
    with sheet.group(pointer_events="none"):
        for before, after in inner:
            _frame(sheet, before, after, kernel, cell, VERMILION)
            _frame(sheet, before, after, kernel, cell, GREEN, lower=True, stroke_dasharray="6 3")
        _frame(sheet, *last, kernel, cell, INK)


def _frame(
    sheet: Sheet,
    before: Grid,
    after: Grid,
    kernel: int,
    cell: float,
    color: str,
    *,
    lower: bool = False,
    **look: str,
) -> None:
    """Around a corner cell of the grid `after`, around its window in the grid `before`, and lines between.

    The corner is the upper left one, or with `lower` the lower right one.
    """
    first, corner = (before.cells - kernel, after.cells - 1) if lower else (0, 0)
    left, top, side = before.left + first * cell, before.top + first * cell, kernel * cell
    x, y = after.left + corner * cell, after.top + corner * cell
    for down in (0, 1):
        sheet.line(left + side, top + down * side, x, y + down * cell, color, 1.1, **look)
    look = {"stroke": color, "stroke_width": 2.4, **look}
    sheet.bar(left, top, side, side, "none", **look)
    sheet.bar(x, y, cell, cell, "none", **look)


def _names(sheet: Sheet, grids: Sequence[Grid], cell: float, kernel: str) -> None:
    """Under each grid its name and size, and between two the convolution that leads from one to the next."""
    below = TOP + BAND
    for grid in grids:
        middle = grid.left + cell * grid.cells / 2
        sheet.text(middle, below + 14, grid.name, anchor="middle")
        sheet.text(middle, below + 31, grid.size, anchor="middle", bold=True)
    for grid in grids[1:]:
        middle = grid.left - GAP / 2 - 4  # the name of a small grid is wider than the grid
        sheet.text(middle, below + 13, "→", anchor="middle", size=15)
        sheet.text(middle, below + 31, kernel, anchor="middle", size=12, color="#5A5A5A")


def _handle(sheet: Sheet, numbers: KernelStackNumbers, grid: Grid, cell: float) -> None:
    """The corner of the window in the input, which can be drawn out to a larger kernel."""
    side = numbers.kernel_size * cell
    sheet.dot(
        grid.left + side,
        grid.top + side,
        6,
        VERMILION if numbers.depth > 1 else INK,
        stroke="white",
        stroke_width=1.5,
        class_="handle",
        tip=f"kernel {numbers.small}",
        across=Drag("kernel_size", grid.left, grid.left + MOST_KERNEL * cell, 0, MOST_KERNEL),
    )


def _weights(sheet: Sheet, numbers: KernelStackNumbers) -> None:
    heading = f"weights, {numbers.channels_in_words} in and out; MACs in the same ratio"
    sheet.text(BARS_LEFT, BARS_TOP - 16, heading, bold=True)
    whole = BARS_RIGHT - BARS_LEFT
    share = float(1 / numbers.ratio)
    width = share * whole / numbers.depth
    hatched = sheet.hatch(BLUE)
    for place in range(numbers.depth):  # hatched in turn, so that the layers can be counted
        sheet.bar(
            BARS_LEFT + place * width,
            BARS_TOP,
            width,
            BAR,
            BLUE if place % 2 else hatched,
            stroke="white",
            stroke_width=1,
            tip=f"layer {place + 1}: {numbers.layer_weights:,} weights",
        )
    tip = f"one {numbers.large}: {numbers.single_weights:,} weights"
    sheet.bar(BARS_LEFT, BARS_TOP + LINE, whole, BAR, FAINT, tip=tip)
    rows = (
        (f"{numbers.small} {TIMES[numbers.depth]}", numbers.stack_weights, share),
        (f"one {numbers.large}", numbers.single_weights, 1),
    )
    for row, (name, count, part) in enumerate(rows):
        middle = BARS_TOP + row * LINE + BAR / 2
        sheet.text(BARS_LEFT - 8, middle, name, anchor="end")
        amount = f"{count:,}  ({100 * part:.0f} %)"
        sheet.text(BARS_LEFT + part * whole + 8, middle, amount, bold=True)


def _nonlinearities(sheet: Sheet, numbers: KernelStackNumbers) -> None:
    """A dot for each ReLU. Those of the stack can be drawn out to the right: each belongs to a layer."""
    sheet.text(DOTS_LEFT - 8, BARS_TOP - 16, "ReLUs", bold=True)
    middles = [BARS_TOP + row * LINE + BAR / 2 for row in (0, 1)]
    depth = Drag("depth", DOTS_LEFT, DOTS_LEFT + (MOST_DEPTH - 1) * DOT, 1, MOST_DEPTH)
    sheet.pad(DOTS_LEFT - DOT / 2, BARS_TOP, MOST_DEPTH * DOT, BAR, across=depth)
    for layer in range(1, numbers.depth + 1):
        sheet.dot(
            DOTS_LEFT + (layer - 1) * DOT,
            middles[0],
            7,
            SKY,
            stroke=INK,
            stroke_width=1.2,
            class_="handle" if layer == numbers.depth else None,
            tip=f"a ReLU after layer {layer}",
            across=depth,
        )
    sheet.dot(DOTS_LEFT, middles[1], 7, SKY, stroke=INK, stroke_width=1.2, tip="a ReLU after the one kernel")
    for middle, count in zip(middles, (numbers.nonlinearities, 1), strict=True):
        sheet.text(DOTS_LEFT + MOST_DEPTH * DOT - 2, middle, str(count), bold=True)
