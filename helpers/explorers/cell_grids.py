"""Grids of cells, layer by layer, that lead to one output cell: the upper half of `KernelStackExplorer`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import CSS_PIXELS_PER_INCH
from helpers.drawing.style import FAINT, GREEN, INK, VERMILION

MARGIN, GAP = 24, 56
LARGEST_CELL, LEGIBLE_CELL = 30, 22
# A frame is a window, its reader, and two thinner lines from the one to the other.
LINE_WIDTHS = (2.2, 2.2, 1.1, 1.1)
# Few ways are pale and many are blue, never so dark that a number in the cell could not be read.
PALE, DEEP = np.array([0.925, 0.957, 0.98]), np.array([0.34, 0.66, 0.88])

# A grid's cells along one side, and where it is drawn: left and top.
Place = tuple[int, float, float]


def ways(kernel_size: int, layers: int) -> tuple[int, ...]:
    """Count the ways along one axis from each cell through `layers` layers to one output cell.

    In the plane the ways down and across multiply. It is how often a cell's value enters the output's sum
    when every weight is 1.

    >>> ways(3, layers=2)
    (1, 2, 3, 2, 1)
    """
    counts = np.ones(1, int)
    for _ in range(layers):
        counts = np.convolve(counts, np.ones(kernel_size, int))
    return tuple(counts.tolist())


class CellGrids:
    """The artists of up to `most_layers` + 1 grids in a row, made once; `show` moves them.

    All grids have one scale, from the input on the left to the one output cell on the right. Two corner
    cells of each grid have their windows framed in the grid before it, and so has the output cell.
    Make it inside `figure.building()`, on axes in CSS pixels whose y runs down.
    """

    def __init__(
        self, figure: LiveFigure, axes: Axes, *, top: float, height: float, most_layers: int
    ) -> None:
        self._top, self._height, self._width, self._dpi = top, height, figure.width, figure.figure.dpi
        live, text = figure.live, figure.text
        self._cells = live(axes.scatter([], [], marker="s", edgecolors=FAINT))
        # For the upper left corners, for the lower right ones, and for the output cell.
        self._frames = [
            live(
                axes.add_collection(
                    LineCollection([], colors=colour, linestyles=dashes, linewidths=LINE_WIDTHS)
                )
            )
            for colour, dashes in ((VERMILION, "solid"), (GREEN, (0, (3, 1.5))), (INK, "solid"))
        ]
        below = top + height
        self._names = [text(axes, 0, below + 12, anchor="mm") for _ in range(most_layers + 1)]
        self._sizes = [text(axes, 0, below + 28, anchor="mm", bold=True) for _ in range(most_layers + 1)]
        self._arrows = [text(axes, 0, below + 20, anchor="mm", size=12) for _ in range(most_layers)]
        # Most are needed for 5×5 twice; deeper stacks have cells too small for a number.
        self._counts = [text(axes, 0, 0, anchor="mm") for _ in range(9 * 9 + 5 * 5 + 1)]

    @property
    def counted(self) -> bool:
        """Whether the cells are large enough to have the number of ways in them."""
        return bool(self._counts[0].text)

    def show(self, kernel_size: int, grids: Sequence[int]) -> None:
        """Draw grids of these cells along one side, from the input's to the output's 1."""
        gaps, cells = (len(grids) - 1) * GAP, sum(grids)
        cell = min(LARGEST_CELL, (self._width - 2 * MARGIN - gaps) / cells, self._height / grids[0])
        left = (self._width - cell * cells - gaps) / 2
        places: list[Place] = []
        for grid in grids:
            places.append((grid, left, self._top + (self._height - cell * grid) / 2))
            left += cell * grid + GAP
        lines = [np.array(ways(kernel_size, layers)) for layers in reversed(range(len(grids)))]
        counts = [np.outer(line, line) for line in lines]
        self._show_cells(cell, places, counts)
        self._show_counts(cell, places, counts)
        self._show_frames(kernel_size, cell, places)
        self._show_names(cell, places)

    def _show_cells(self, cell: float, places: Sequence[Place], counts: Sequence[np.ndarray]) -> None:
        middles, shades = [], []
        for (_, left, top), ways_of_grid in zip(places, counts, strict=True):
            rows, columns = np.indices(ways_of_grid.shape).reshape(2, -1)
            middles.append(np.column_stack((left + (columns + 0.5) * cell, top + (rows + 0.5) * cell)))
            # The root keeps the rim of a deep stack apart from the white of the page.
            shades.append(np.sqrt((ways_of_grid - 1) / max(ways_of_grid.max() - 1, 1)).ravel())
        shade = np.concatenate(shades)[:, None]
        self._cells.set_offsets(np.concatenate(middles))
        self._cells.set_facecolor(PALE + shade * (DEEP - PALE))
        side = cell * 72 / CSS_PIXELS_PER_INCH  # in points; matplotlib wants the area
        self._cells.set_sizes([side**2], dpi=self._dpi)
        self._cells.set_linewidth(min(0.8, cell / 20))

    def _show_counts(self, cell: float, places: Sequence[Place], counts: Sequence[np.ndarray]) -> None:
        texts = iter(self._counts)
        if cell >= LEGIBLE_CELL:
            for (_, left, top), ways_of_grid in zip(places, counts, strict=True):
                for (row, column), count in np.ndenumerate(ways_of_grid):
                    number = next(texts)
                    number.x, number.y = left + (column + 0.5) * cell, top + (row + 0.5) * cell
                    number.text = str(count)
        for number in texts:
            number.text = ""

    def _show_frames(self, kernel_size: int, cell: float, places: Sequence[Place]) -> None:
        *inner, last = pairwise(places)
        for frames, steps, lower in zip(
            self._frames, (inner, inner, [last]), (False, True, False), strict=True
        ):
            lines = [line for step in steps for line in _frame(*step, kernel_size, cell, lower)]
            frames.set_segments(lines)

    def _show_names(self, cell: float, places: Sequence[Place]) -> None:
        for text in (*self._names, *self._sizes, *self._arrows):
            text.text = ""
        for number, ((grid, left, _), name, size) in enumerate(
            zip(places, self._names, self._sizes, strict=False)
        ):
            name.x = size.x = left + cell * grid / 2
            name.text, size.text = f"layer {number}", f"{grid}×{grid}"
        self._names[0].text, self._names[len(places) - 1].text = "input", "output"
        for (_, left, _), arrow in zip(places[1:], self._arrows, strict=False):
            arrow.x, arrow.text = left - GAP / 2, "→"


def _frame(before: Place, after: Place, kernel: int, cell: float, lower: bool) -> list[np.ndarray]:
    """Lines around a corner cell of the grid `after`, around its window in the grid `before`, and between.

    The corner is the upper left one, or with `lower` the lower right one.
    """
    (cells, left, top), (cells_after, left_after, top_after) = before, after
    first, corner = ((cells - kernel) * cell, (cells_after - 1) * cell) if lower else (0, 0)
    window = _square(left + first, top + first, kernel * cell)
    reader = _square(left_after + corner, top_after + corner, cell)
    # From the window's right side to the reader's left side, at the top and at the bottom.
    return [window, reader, np.array([window[1], reader[0]]), np.array([window[2], reader[3]])]


def _square(left: float, top: float, side: float) -> np.ndarray:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return np.array([(left + side * x, top + side * y) for x, y in corners])
