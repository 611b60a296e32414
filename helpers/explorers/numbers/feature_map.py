"""Which of a layer's feature maps are shown, and what values they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

PAGE = 64
"""The most maps that are shown side by side."""
CELLS = 64
"""The most pixels of a map whose values are told one by one."""
LONGEST_NAME = 40


@dataclass(frozen=True)
class FeatureMapNumbers:
    """A page of a layer's maps, and which of them is enlarged; channels count from 0 as in code.

    `smallest` and `largest` are the ends of each channel's values. The colours of the whole layer end at
    `limit`, and at −`limit` where it has negative values. `values` are the enlarged map's, row by row; there
    are none where it has more than `CELLS` pixels.
    """

    layer: str
    channels: int
    height: int
    width: int
    channel: int
    smallest: tuple[float, ...]
    largest: tuple[float, ...]
    limit: float
    values: tuple[tuple[float, ...], ...] = ()

    @property
    def pages(self) -> int:
        """How many pages of 64 maps the layer fills."""
        return page_of(self.channels - 1)

    @property
    def page(self) -> int:
        """The page that `channel` is on, from 1."""
        return page_of(self.channel)

    @property
    def shown(self) -> range:
        """The channels on the page."""
        first = (self.page - 1) * PAGE
        return range(first, min(first + PAGE, self.channels))

    @property
    def columns(self) -> int:
        """How many maps stand side by side: as few as fit a page in a square, so that few maps are large."""
        return ceil(sqrt(min(self.channels, PAGE)))

    @property
    def signed(self) -> bool:
        """Whether the layer has negative values."""
        return min(self.smallest) < 0

    @property
    def scale(self) -> tuple[float, float]:
        """The values at the two ends of the colours."""
        return (-self.limit if self.signed else 0.0), self.limit

    def range_of(self, channel: int) -> str:
        """A channel's smallest and largest value, in words."""
        low, high = value(self.smallest[channel]), value(self.largest[channel])
        return f"{low} everywhere" if low == high else f"{low} to {high}"

    @property
    def name(self) -> str:
        """The layer's name; of a long one, the end."""
        long = len(self.layer) > LONGEST_NAME
        return f"…{self.layer[1 - LONGEST_NAME :]}" if long else self.layer

    @property
    def sentence(self) -> str:
        """What is shown, in one sentence."""
        return (
            f"{self.name}: {self.channels} maps of {self.height}×{self.width}; "
            f"page {self.page} of {self.pages}, channel {self.channel} enlarged."
        )


def page_of(channel: int) -> int:
    """The page that a channel is on, from 1.

    >>> page_of(0), page_of(63), page_of(64)
    (1, 1, 2)
    """
    return channel // PAGE + 1


def value(number: float) -> str:
    """A value with three significant digits.

    >>> value(-0.31416), value(0.0), value(12345678.0)
    ('−0.314', '0', '1.23e+07')
    """
    return f"{number:.3g}".replace("-", "−")


def feature_map(
    layer: str,
    channel: int,
    *,
    shape: tuple[int, int, int],
    smallest: Sequence[float],
    largest: Sequence[float],
    limit: float,
    values: Sequence[Sequence[float]] = (),
) -> FeatureMapNumbers:
    """The page that shows `channel` of a layer whose maps have `shape` (channels, height, width).

    >>> feature_map("stem", 70, shape=(96, 9, 9), smallest=[0.0] * 96, largest=[6.0] * 96, limit=6.0).shown
    range(64, 96)
    """
    rows = tuple(map(tuple, values))
    return FeatureMapNumbers(layer, *shape, channel, tuple(smallest), tuple(largest), limit, rows)
