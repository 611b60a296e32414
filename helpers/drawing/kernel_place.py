"""One place of a convolution as a still picture: what the kernel lies on, and where its sum goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers.arithmetic.checks import whole
from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.style import BLUE, INK, ORANGE, SKY
from helpers.images import arrays

LARGEST = 7
"""Rows and columns of the table of numbers."""

_WIDTH, _CELL, _GAP, _TOP = 760, 40, 62, 36  # CSS pixels


def kernel_place(
    numbers: Sequence[Sequence[float]], kernel: Sequence[Sequence[float]], row: int, column: int
) -> Drawing:
    """A kernel at one place of a table of numbers, and the map of its sums, with the sum there left out.

    The kernel moves by 1 and there is no padding; `row` and `column` are those of the place in the map,
    counted from 0. Numbers are drawn without decimals where they are whole. Raises ValueError for what are
    no tables of numbers, a table of more than 7 rows or columns, a kernel that does not fit into it, and a
    place that the map does not have.

    >>> kernel_place([[1, 2, 3], [4, 5, 6]], [[-1, 1]], row=0, column=1)
    One place of a convolution. The kernel −1 1 lies on 2 3. Its sum is left out of the map: 1 ? / 1 1.
    """
    table, weights = arrays.numbers("table", numbers, axes=2), arrays.numbers("kernel", kernel, axes=2)
    if max(table.shape) > LARGEST:
        raise ValueError(f"The table is {_size(table)}; give at most {LARGEST} rows and columns.")
    rows, columns = (side - reach + 1 for side, reach in zip(table.shape, weights.shape, strict=True))
    if min(rows, columns) < 1:
        raise ValueError(f"The kernel is {_size(weights)} and the table {_size(table)}; give a smaller one.")
    whole("row", row, 0, rows - 1)
    whole("column", column, 0, columns - 1)
    windows = np.lib.stride_tricks.sliding_window_view(table, weights.shape)
    sums = [[f"{(window * weights).sum():g}".replace("-", "−") for window in line] for line in windows]
    sums[row][column] = "?"
    below, tall = windows[row, column], _CELL * len(table)
    alt = (
        f"One place of a convolution. The kernel {_words(_written(weights))} lies on "
        f"{_words(_written(below))}. Its sum is left out of the map: {_words(sums)}."
    )
    parts = [("numbers", _written(table)), ("kernel", _written(weights)), ("map", sums)]
    across = _CELL * sum(len(part[0]) for _, part in parts) + 2 * _GAP
    height = _TOP + tall + 12
    with styled():
        figure = new_figure(_WIDTH, height)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        left, lefts = (_WIDTH - across) / 2, []
        for (name, part), colour in zip(parts, (BLUE, ORANGE, SKY), strict=True):
            top = _TOP + (tall - _CELL * len(part)) / 2
            lefts.append((left, top))
            axes.text(left, top - 8, name, weight="bold")
            _table(axes, part, left, top, colour, filled=name == "kernel")
            left += _CELL * len(part[0]) + _GAP
        (x, y), _, (map_x, map_y) = lefts
        corner = x + _CELL * column, y + _CELL * row
        reach = _CELL * weights.shape[1], _CELL * weights.shape[0]
        axes.add_patch(Rectangle(corner, *reach, facecolor=(BLUE, 0.22), edgecolor=INK, linewidth=2.5))
        place = map_x + _CELL * column, map_y + _CELL * row
        axes.add_patch(Rectangle(place, _CELL, _CELL, facecolor=(ORANGE, 0.35), edgecolor=INK, linewidth=2.5))
        middle = _TOP + tall / 2
        axes.add_patch(
            FancyArrowPatch(
                (map_x - _GAP + 8, middle), (map_x - 8, middle), arrowstyle="-|>", mutation_scale=14,
                shrinkA=0, shrinkB=0, color=INK,
            )
        )  # fmt: skip
        axes.text(map_x - _GAP / 2, middle - 8, "multiply,", ha="center", size=9)
        axes.text(map_x - _GAP / 2, middle + 16, "add up", ha="center", size=9)
        return Drawing.of(figure, alt)


def _written(table: np.ndarray) -> list[list[str]]:
    return [[f"{value:g}".replace("-", "−") for value in line] for line in table]


def _words(table: Sequence[Sequence[str]]) -> str:
    return " / ".join(" ".join(line) for line in table)


def _size(table: np.ndarray) -> str:
    return f"{table.shape[0]}×{table.shape[1]}"


def _table(
    axes: Axes, cells: Sequence[Sequence[str]], left: float, top: float, colour: str, *, filled: bool
) -> None:
    longest = max(len(text) for line in cells for text in line)
    for row, line in enumerate(cells):
        for column, text in enumerate(line):
            corner = left + _CELL * column, top + _CELL * row
            face = (colour, 0.3) if filled else "white"
            axes.add_patch(Rectangle(corner, _CELL, _CELL, facecolor=face, edgecolor=INK, linewidth=0.8))
            axes.text(
                corner[0] + _CELL / 2, corner[1] + _CELL / 2, text, ha="center", va="center_baseline",
                size=12 if longest <= 2 else 9, weight="bold" if text == "?" else None, zorder=5,
            )  # fmt: skip
