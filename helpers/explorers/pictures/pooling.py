"""The picture of `PoolingExplorer`: the photo, its pooled map, and the pixels of two windows enlarged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from helpers.drawing.style import BLUE, VERMILION
from helpers.drawing.svg import Drag, Sheet
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.pooling import COLUMNS, ROWS, SIZE, PoolingNumbers, written

WIDTH, HEIGHT = 784, 540
LEFT, TOP, BELOW, SIDE = 12, 58, 308, 220
"""Where photo and map stand, and their side: four CSS pixels for a pixel of the photo."""

GRID, CELL = 260, 32
"""Where the enlarged pixels begin, and the side of each."""

RESULTS, SWATCH = (354, 408), 30
"""Where the results of A and B stand, from the top."""

PALE = "#646464"
"""The ink of values that are in neither window."""

Square = tuple[float, float, float]
"""Left, top and side."""


@dataclass(frozen=True)
class Style:
    """A window's letter, the colour of its frame, its dashes, and in which corner its largest is marked."""

    letter: str
    color: str
    dashes: str | None
    upper_left: bool


STYLES = (Style("A", BLUE, None, True), Style("B", VERMILION, "5 3", False))


def draw_pooling(numbers: PoolingNumbers) -> Sheet:
    """A and B have the same frames wherever they are seen; photo and map are the images `photo` and `map`."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.title(LEFT, 18, numbers.finding)
    _photo(sheet, numbers)
    _map(sheet, numbers)
    _enlarged(sheet, numbers)
    _results(sheet, numbers)
    return sheet


def _photo(sheet: Sheet, numbers: PoolingNumbers) -> None:
    """The photo; a place on it stands for the window around it."""
    side = SIDE / SIZE
    sheet.text(LEFT, TOP - 15, f"the photo in grey: {SIZE}×{SIZE}")
    sheet.image("photo", LEFT, TOP, SIDE, SIDE)
    windows = [
        (LEFT + column * side, TOP + row * side, numbers.window * side) for row, column in numbers.corners
    ]
    half = numbers.window / 2
    _movable(sheet, numbers, TOP, windows, -half / numbers.stride, (SIZE - half) / numbers.stride)


def _map(sheet: Sheet, numbers: PoolingNumbers) -> None:
    """The pooled map; each of its pixels is a window's value."""
    side = SIDE / numbers.output_size
    sheet.text(LEFT, BELOW - 15, f"after pooling: {numbers.output_size}×{numbers.output_size}")
    sheet.image("map", LEFT, BELOW, SIDE, SIDE)
    windows = [(LEFT + column * side, BELOW + numbers.row * side, side) for column in numbers.columns]
    _movable(sheet, numbers, BELOW, windows, -0.5, numbers.output_size - 0.5)


def _movable(
    sheet: Sheet, numbers: PoolingNumbers, top: float, windows: Sequence[Square], low: float, high: float
) -> None:
    """Frames around A and B, and what sets the window: its row and column are `low` to `high` here."""
    drags = {
        "across": Drag("column", LEFT, LEFT + SIDE, low, high),
        "down": Drag("row", top, top + SIDE, low, high),
    }
    _frames(sheet, windows, (1, 3.5))
    sheet.pad(LEFT, top, SIDE, SIDE, **drags)
    for at in (1, 0):  # A is the one to be dragged, so it is in front
        x, y, side = windows[at]
        place, result = f"({numbers.row}, {numbers.columns[at]})", written(numbers.results[at])
        tip = f"{STYLES[at].letter}: window {place} gives {result}"
        sheet.pad(x, y, side, side, tip=tip, class_=None if at else "handle", **drags)


def _enlarged(sheet: Sheet, numbers: PoolingNumbers) -> None:
    """The pixels in and around A and B with their values; those that neither reads are pale."""
    top, left = numbers.enlarged_from
    height = ROWS * CELL
    sheet.text(GRID, TOP - 15, f"{ROWS}×{COLUMNS} of its pixels, from 0 (black) to 255 (white)")
    with sheet.inside(GRID, TOP, COLUMNS * CELL, height):
        sheet.image("photo", GRID - left * CELL, TOP - top * CELL, SIZE * CELL, SIZE * CELL)
    # Rows and columns are those of the enlarged pixels from here on.
    row, starts = numbers.corners[0][0] - top, [column - left for _, column in numbers.corners]
    below, first, second = row + numbers.window, min(starts), max(starts)
    with sheet.group(fill="white", opacity=0.8):
        for columns, rows in (
            ((0, COLUMNS), (0, row)),
            ((0, COLUMNS), (below, ROWS)),
            ((0, first), (row, below)),
            ((first + numbers.window, second), (row, below)),
            ((second + numbers.window, COLUMNS), (row, below)),
        ):
            (x, wide), (y, high) = _run(GRID, *columns), _run(TOP, *rows)
            sheet.bar(x, y, wide, high, None)
    inks: dict[str, list[tuple[float, float, int]]] = {PALE: [], "black": [], "white": []}
    for y, levels in enumerate(numbers.enlarged):
        for x, level in enumerate(levels):
            read = row <= y < below and any(start <= x < start + numbers.window for start in starts)
            inks[PALE if not read else "black" if level > 127 else "white"].append((x, y, level))
    for ink, values in inks.items():
        with sheet.group(fill=ink):
            for x, y, level in values:  # not by `text`, which would be half of the time that all this takes
                middle = {"x": GRID + (x + 0.5) * CELL, "y": TOP + (y + 0.5) * CELL + 4.5}
                sheet.add("text", str(level), **middle, text_anchor="middle")
    windows = [(GRID + start * CELL, TOP + row * CELL, numbers.window * CELL) for start in starts]
    # B's frame inside, or it would cover the values of the pixels beside it.
    _frames(sheet, windows, (1.5, -1))
    for style, (row, column) in zip(STYLES, numbers.largest, strict=False):
        _mark(sheet, style, GRID + (column - left) * CELL, TOP + (row - top) * CELL, CELL)
    for style, (x, _, side) in zip(STYLES, windows, strict=True):
        look = {"size": 15, "bold": True, "color": style.color}
        sheet.text(x + side / 2, TOP + height + 17, style.letter, anchor="middle", **look)
    _windows_to_click(sheet, numbers, top, left)


def _run(start: float, first: int, end: int) -> tuple[float, float]:
    """Where enlarged pixels from `first` to before `end` begin, and how long they are."""
    return start + first * CELL, (end - first) * CELL


def _windows_to_click(sheet: Sheet, numbers: PoolingNumbers, top: int, left: int) -> None:
    """A click on enlarged pixels chooses the window around them. They move with it, so a drag cannot."""
    rows, columns = _shared(numbers, top, ROWS), _shared(numbers, left, COLUMNS)
    across = [(column, *_run(GRID, cells[0], cells[-1] + 1)) for column, cells in columns]
    with sheet.group(fill="transparent"):
        for row, cells in rows:
            y, high = _run(TOP, cells[0], cells[-1] + 1)
            for column, x, wide in across:
                sheet.bar(x, y, wide, high, None, sets={"row": row, "column": column})


def _shared(numbers: PoolingNumbers, first: int, count: int) -> list[tuple[int, list[int]]]:
    """The rows or columns of windows nearest to `count` lines from `first` on, each with its lines."""
    lines = groupby(range(count), lambda line: numbers.window_at(first + line))
    return [(window, list(cells)) for window, cells in lines]


def _results(sheet: Sheet, numbers: PoolingNumbers) -> None:
    """What A and B give, as a grey and in words."""
    swatches = [(GRID + 6, y, SWATCH) for y in RESULTS]
    for (x, y, side), style, result, working in zip(
        swatches, STYLES, numbers.results, numbers.workings, strict=True
    ):
        level = round(result)
        tip = f"{style.letter} gives {written(result)}"
        sheet.bar(x, y, side, side, f"rgb({level},{level},{level})", tip=tip)
        words, middle = f"{style.letter}: {working}", y + side / 2
        if numbers.largest:
            words += ", marked"
            _mark(sheet, style, x + side + 16 + text_width(words, 13.5) + 8, middle - 6, 12)
        sheet.text(x + side + 16, middle, words, size=13.5)
    _frames(sheet, swatches, (1, 1))
    sheet.text(GRID, 480, numbers.arithmetic, size=13.5)
    sheet.text(GRID, 508, numbers.counts, size=13.5)


def _frames(sheet: Sheet, windows: Sequence[Square], margins: tuple[float, float]) -> None:
    """Frames around A and B, `margins` outside, so that both are seen where their edges fall together."""
    grown = [
        (x - margin, y - margin, side + 2 * margin)
        for (x, y, side), margin in zip(windows, margins, strict=True)
    ]
    with sheet.group(fill="none", pointer_events="none"):
        for x, y, side in grown:  # below, so that a frame shows on any photo
            sheet.bar(x, y, side, side, None, stroke="white", stroke_width=4)
        for style, (x, y, side) in zip(STYLES, grown, strict=True):
            look = {"stroke": style.color, "stroke_width": 2, "stroke_dasharray": style.dashes}
            sheet.bar(x, y, side, side, None, **look)


def _mark(sheet: Sheet, style: Style, x: float, y: float, side: float) -> None:
    """A triangle in a corner of a square: the upper left for A, the lower right for B."""
    corner_x, corner_y, arm = (x + 1, y + 1, 10) if style.upper_left else (x + side - 1, y + side - 1, -10)
    corners = [(corner_x, corner_y), (corner_x + arm, corner_y), (corner_x, corner_y + arm)]
    sheet.path(corners, "white", 1, closed=True, fill=style.color)
