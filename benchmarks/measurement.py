"""A measurement beside what it is measured against, and the table of all of them with their goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HEADINGS = ("", "against", "ours, ms", "theirs, ms", "ratio")


@dataclass(frozen=True)
class Goal:
    """What is wanted, in words, and the largest ratio of our time to theirs that meets it."""

    words: str
    most: float


@dataclass(frozen=True)
class Measurement:
    """Milliseconds of ours and of theirs, taken in turn so that the machine's noise hits both alike."""

    name: str
    against: str
    ours: Sequence[float]
    theirs: Sequence[float]
    goal: Goal | None = None

    @property
    def ratio(self) -> float:
        """Our median time as a part of theirs."""
        return median(self.ours) / median(self.theirs)

    def cells(self) -> tuple[str, ...]:
        """This measurement's row of the table."""
        times = (f"{median(each):,.1f}" for each in (self.ours, self.theirs))
        return (self.name, self.against, *times, in_words(self.ratio))


def in_words(ratio: float) -> str:
    """A ratio of times as a fraction of one, or a multiple of it.

    >>> in_words(0.25), in_words(1.5)
    ('1/4.0', '1.5')
    """
    return f"1/{1 / ratio:.1f}" if ratio < 1 else f"{ratio:.1f}"


def aligned(rows: Sequence[Sequence[str]], words: int) -> str:
    """Rows of cells as columns: the first `words` of them at the left of their column, numbers at the right.

    >>> print(aligned([("", "ms"), ("slider", "7")], words=1))
            ms
    slider   7
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:words], widths[:words], strict=True)]
        cells += [f"{cell:>{width}}" for cell, width in zip(row[words:], widths[words:], strict=True)]
        lines.append("  ".join(cells))
    return "\n".join(lines)


def report(measurements: Sequence[Measurement]) -> str:
    """The table, and a line for each goal: whether it is met, and by the slowest of its measurements.

    >>> goal = Goal("half the time", 1 / 2)
    >>> print(report([Measurement("a", "b", [1, 2, 3], [8, 8, 9], goal), Measurement("c", "d", [2], [3])]))
       against  ours, ms  theirs, ms  ratio
    a  b             2.0         8.0  1/4.0
    c  d             2.0         3.0  1/1.5
    <BLANKLINE>
    met      half the time: 1/4.0 (a)
    """
    lines = [aligned([HEADINGS, *(each.cells() for each in measurements)], words=2)]
    lines.append("")
    for goal in dict.fromkeys(each.goal for each in measurements if each.goal):
        slowest = max((each for each in measurements if each.goal == goal), key=lambda each: each.ratio)
        met = "met    " if slowest.ratio <= goal.most else "NOT MET"
        lines.append(f"{met}  {goal.words}: {in_words(slowest.ratio)} ({slowest.name})")
    return "\n".join(lines)
