"""Which pixels of a photo pooling reads, and what its windows give: the numbers of `PoolingExplorer`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from helpers.arithmetic import Pooling

SIZE = 55
"""Height and width of the photo that is pooled: those of a map of AlexNet's conv1."""

Pixels = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class PoolingNumbers:
    """Which windows pooling reads, and what one of them, A, and its neighbour in the row, B, give."""

    kind: str
    window: int
    stride: int
    row: int
    column: int
    values: tuple[Pixels, Pixels]

    @property
    def output_size(self) -> int:
        """Height and width of the pooled map; what is left over at the right and bottom is dropped."""
        return Pooling(self.window, self.stride).output_size(SIZE)[0]

    @property
    def columns(self) -> tuple[int, int]:
        """The columns of A and B: B is the next window, or the one before at the end of the row."""
        return self.column, self.column + (1 if self.column + 1 < self.output_size else -1)

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
    def marks_largest(self) -> bool:
        """Whether there is a largest pixel to be marked in each window."""
        return self.kind == "max" and self.window > 1

    @property
    def results(self) -> tuple[float, float]:
        """What A and B give: their largest value, or the mean of their values."""
        a, b = map(self._pooled, self.values)
        return a, b

    def _pooled(self, values: Pixels) -> float:
        pixels = [value for row in values for value in row]
        return max(pixels) if self.kind == "max" else sum(pixels) / len(pixels)

    def working(self, values: Pixels) -> str:
        """How a window's value comes about, in words."""
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
            return f"neighbouring windows share {columns}"
        return (
            "neighbouring windows share nothing" if self.overlap == 0 else f"{columns} between windows unread"
        )

    @property
    def finding(self) -> str:
        """The sizes and the sharing, in words."""
        return f"{self._windows}: {SIZE}×{SIZE} become {self.output_size}×{self.output_size}; {self.sharing}"

    @property
    def _windows(self) -> str:
        return f"{self.kind.capitalize()} of {self.window}×{self.window} every {self.stride}"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        return f"{self.finding}; window ({self.row}, {self.column}) gives {written(self.results[0])}."


@cache
def _lines_read(window: int, stride: int, least: int) -> int:
    """How many of the photo's columns are in at least so many of a row's windows."""
    starts = range(0, SIZE - window + 1, stride)
    times = [sum(start <= line < start + window for start in starts) for line in range(SIZE)]
    return sum(each >= least for each in times)


def written(value: float) -> str:
    """A pooled value as it is written: whole numbers whole, others with one decimal.

    >>> written(187), written(23 / 3)
    ('187', '7.7')
    """
    return f"{value:g}" if value == int(value) else f"{value:.1f}"


def pooling(
    pixels: np.ndarray, *, window: int, stride: int, kind: str, row: int, column: int
) -> PoolingNumbers:
    """Pool a (55, 55) photo, whole numbers from 0 to 255; look at the window (row, column).

    The map's size is ``⌊(55 − window) / stride⌋ + 1``, as of `nn.MaxPool2d` and `nn.AvgPool2d`.

    >>> ramp = np.arange(55 * 55).reshape(55, 55) % 100
    >>> pooling(ramp, window=3, stride=2, kind="max", row=0, column=1).values[0]
    ((2, 3, 4), (57, 58, 59), (12, 13, 14))
    >>> alexnet = pooling(ramp, window=3, stride=2, kind="max", row=0, column=0)
    >>> plain = pooling(ramp, window=2, stride=2, kind="max", row=0, column=0)
    >>> alexnet.output_size, plain.output_size, alexnet.overlap, plain.overlap
    (27, 27, 1, 0)
    """

    numbers = PoolingNumbers(kind, window, stride, row, column, ((), ()))
    top, across = row * stride, [each * stride for each in numbers.columns]
    a, b = (pixels[top : top + window, left : left + window].tolist() for left in across)
    return replace(numbers, values=(tuple(map(tuple, a)), tuple(map(tuple, b))))


def pooled(pixels: np.ndarray, window: int, stride: int, kind: str) -> np.ndarray:
    """The map that pooling makes of pixels (height, width): what is left over at the ends is dropped.

    NumPy and not PyTorch: on so small a picture PyTorch's threads cost more than they bring.

    >>> pooled(np.arange(16).reshape(4, 4), 2, 2, "average")
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (window, window))[::stride, ::stride]
    return windows.max((2, 3)) if kind == "max" else windows.mean((2, 3))
