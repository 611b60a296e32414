"""Which pixels of a photo pooling reads, and what two neighbouring windows give."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from helpers.arithmetic import Pooling

SIZE = 55
"""Height and width of the photo that is pooled: those of a map of AlexNet's conv1."""

MOST = 8
"""The largest window and the largest stride."""

ROWS, COLUMNS = MOST, 2 * MOST
"""How much of the photo is enlarged: room for any two windows side by side."""

Pixels = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class PoolingNumbers:
    """What pooling makes of a photo, and what one window, A, and its neighbour in the row, B, give.

    `pixels` are the photo's grey levels row by row, a byte each, `SIZE` on a side.
    """

    kind: str
    window: int
    stride: int
    row: int
    column: int
    pixels: bytes = field(repr=False)

    @property
    def output_size(self) -> int:
        """Height and width of the pooled map; what is left over at the right and bottom is dropped."""
        return map_size(self.window, self.stride)

    @property
    def columns(self) -> tuple[int, int]:
        """The columns of A and B: B is the next window, or the one before at the end of the row."""
        return self.column, self.column + (1 if self.column + 1 < self.output_size else -1)

    @property
    def corners(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The photo's row and column at which A and B begin."""
        a, b = self.columns
        return (self.row * self.stride, a * self.stride), (self.row * self.stride, b * self.stride)

    @property
    def values(self) -> tuple[Pixels, Pixels]:
        """The levels of the pixels in A and in B."""
        a, b = (self._square(*corner, self.window, self.window) for corner in self.corners)
        return a, b

    @property
    def enlarged_from(self) -> tuple[int, int]:
        """The first row and column that are enlarged: A and B in the middle, as nearly as the photo goes."""
        width = self.window + self.stride
        row, column = self.row * self.stride, min(self.columns) * self.stride
        top, left = row - (ROWS - self.window) // 2, column - (COLUMNS - width) // 2
        return min(max(top, 0), SIZE - ROWS), min(max(left, 0), SIZE - COLUMNS)

    @property
    def enlarged(self) -> Pixels:
        """The levels of the pixels that are enlarged."""
        return self._square(*self.enlarged_from, ROWS, COLUMNS)

    def _square(self, top: int, left: int, rows: int, columns: int) -> Pixels:
        starts = range(top * SIZE + left, (top + rows) * SIZE + left, SIZE)
        return tuple(tuple(self.pixels[start : start + columns]) for start in starts)

    @property
    def overlap(self) -> int:
        """The columns that neighbouring windows share; below 0, those between them that none reads."""
        return self.window - self.stride

    @property
    def never_read(self) -> int:
        """How many pixels are in no window."""
        return SIZE**2 - _lines_read(self.window, self.stride, 1) ** 2

    @property
    def read_again(self) -> int:
        """How many pixels are in more than one window."""
        read, again = (_lines_read(self.window, self.stride, times) for times in (1, 2))
        return read**2 - (read - again) ** 2

    @property
    def largest(self) -> tuple[tuple[int, int], ...]:
        """The photo's row and column of A's and B's largest pixel; nothing where there is none to find.

        It is the first of the largest, as PyTorch takes it.
        """
        if self.kind != "max" or self.window == 1:
            return ()
        found = []
        for (top, left), values in zip(self.corners, self.values, strict=True):
            levels = [level for row in values for level in row]
            row, column = divmod(levels.index(max(levels)), self.window)
            found.append((top + row, left + column))
        return tuple(found)

    @property
    def results(self) -> tuple[float, float]:
        """What A and B give: their largest value, or the mean of their values."""
        a, b = map(self._pooled, self.values)
        return a, b

    def _pooled(self, values: Pixels) -> float:
        levels = [level for row in values for level in row]
        return max(levels) if self.kind == "max" else sum(levels) / len(levels)

    @property
    def workings(self) -> tuple[str, str]:
        """How the values of A and B come about, in words."""
        a, b = map(self._working, self.values)
        return a, b

    def _working(self, values: Pixels) -> str:
        count, result = self.window**2, written(self._pooled(values))
        if count == 1:
            return f"its one number is {result}"
        if self.kind == "max":
            return f"the largest of its {count} numbers is {result}"
        total = f"{sum(map(sum, values)):,}"
        return f"its {count} numbers sum to {total}, and {total} / {count} = {result}"

    @property
    def arithmetic(self) -> str:
        """The size of the map and the overlap, worked out."""
        size = f"Size: ⌊({SIZE} − {self.window}) / {self.stride}⌋ + 1 = {self.output_size}."
        gap = f", a gap of {-self.overlap}" if self.overlap < 0 else ""
        difference = f"{self.overlap}".replace("-", "−")
        return f"{size} Overlap: {self.window} − {self.stride} = {difference}{gap}."

    @property
    def counts(self) -> str:
        """How often the pixels are read, in words."""
        return (
            f"Of {SIZE**2:,} pixels, {self.read_again:,} are in more than one window, "
            f"{self.never_read:,} in none."
        )

    @property
    def sharing(self) -> str:
        """How neighbouring windows lie to each other, in words."""
        columns = f"{abs(self.overlap)} column{'' if abs(self.overlap) == 1 else 's'}"
        if self.overlap > 0:
            return f"neighbours share {columns}"
        return "neighbours share nothing" if self.overlap == 0 else f"{columns} between them unread"

    @property
    def finding(self) -> str:
        """The sizes and the sharing, in words."""
        windows = f"{self.window}×{self.window} {self.kind} pooling, stride {self.stride}"
        return f"{windows}: {SIZE}×{SIZE} becomes {self.output_size}×{self.output_size}; {self.sharing}"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        return f"{self.finding}; window ({self.row}, {self.column}) gives {written(self.results[0])}."

    def window_at(self, line: int) -> int:
        """The row of windows nearest to a row of the photo, or the column of them nearest to a column."""
        near = round((line - (self.window - 1) / 2) / self.stride)
        return min(max(near, 0), self.output_size - 1)


@cache
def _lines_read(window: int, stride: int, least: int) -> int:
    """How many of the photo's columns are in at least so many of a row's windows."""
    starts = range(0, SIZE - window + 1, stride)
    times = [sum(start <= line < start + window for start in starts) for line in range(SIZE)]
    return sum(each >= least for each in times)


@cache
def map_size(window: int, stride: int) -> int:
    """Height and width of the map that is pooled from the photo.

    >>> map_size(3, 2), map_size(2, 2), map_size(8, 8)
    (27, 27, 6)
    """
    return Pooling(window, stride).output_size(SIZE)[0]


def written(value: float) -> str:
    """A pooled value as it is written: whole numbers whole, others with one decimal.

    >>> written(187), written(23 / 3)
    ('187', '7.7')
    """
    return f"{value:g}" if value == int(value) else f"{value:.1f}"


def pooling(pixels: bytes, *, window: int, stride: int, kind: str, row: int, column: int) -> PoolingNumbers:
    """Pool a photo, "max" or "average", and look at the window (`row`, `column`).

    `pixels` are the photo's grey levels row by row, a byte each, `SIZE` on a side. The map's size is
    ``⌊(55 − window) / stride⌋ + 1``, as of `nn.MaxPool2d` and `nn.AvgPool2d`.

    >>> ramp = bytes(place % 100 for place in range(55 * 55))
    >>> pooling(ramp, window=3, stride=2, kind="max", row=0, column=1).values[0]
    ((2, 3, 4), (57, 58, 59), (12, 13, 14))
    >>> alexnet = pooling(ramp, window=3, stride=2, kind="max", row=0, column=0)
    >>> plain = pooling(ramp, window=2, stride=2, kind="max", row=0, column=0)
    >>> alexnet.output_size, plain.output_size, alexnet.overlap, plain.overlap
    (27, 27, 1, 0)
    """
    return PoolingNumbers(kind, window, stride, row, column, pixels)
