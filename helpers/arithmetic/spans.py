"""Receptive fields: which pixels of the input a unit of a layer sees, carried on from layer to layer."""

from dataclasses import dataclass
from math import floor

from helpers.arithmetic.checks import Size, pair, pairs, whole
from helpers.arithmetic.sizes import dilated_extent


@dataclass(frozen=True)
class Span:
    """A receptive field along one axis: unit u sees the pixels ``lo + u·jump`` to ``hi + u·jump``, included.

    Pixels below 0 are padding. The default is the input itself, where each pixel sees itself.

    Raises ValueError when `jump` is no whole number of at least 1, `lo` no whole number, or `hi` no whole
    number of at least `lo`.

    >>> Span().through(3, padding=1).through(2, stride=2)
    Span(jump=2, lo=-1, hi=2)
    """

    jump: int = 1
    lo: int = 0
    hi: int = 0

    def __post_init__(self) -> None:
        jump, lo = whole("jump", self.jump), whole("lo", self.lo, least=None)
        for name, value in {"jump": jump, "lo": lo, "hi": whole("hi", self.hi, least=lo)}.items():
            object.__setattr__(self, name, value)

    @property
    def size(self) -> int:
        """How many pixels one unit sees, padding included.

        >>> Span().through(5).size
        5
        """
        return self.hi - self.lo + 1

    def through(self, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> "Span":
        """Return the span after one more convolution or pooling layer, padded at the left or top.

        The recurrence of Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural
        Networks" (Distill, 2019): ``lo − padding·jump``, ``hi + (dilation·(kernel_size − 1) − padding)·jump``
        and ``jump·stride``. A kernel of 1 with some padding is a padding layer.

        Raises ValueError when an argument is no whole number of at least 1 (for `padding` 0).

        >>> Span().through(11, stride=4).through(3, stride=2).size
        19
        """
        stride, padding = whole("stride", stride), whole("padding", padding, least=0)
        extent = dilated_extent(whole("kernel_size", kernel_size), whole("dilation", dilation))
        return Span(
            jump=self.jump * stride,
            lo=self.lo - padding * self.jump,
            hi=self.hi + (extent - 1 - padding) * self.jump,
        )

    def merge(self, other: "Span") -> "Span":
        """Return the span of two branches that are added or concatenated: from the lower lo to the higher hi.

        Raises ValueError when their jumps differ, because then their units do not line up.

        >>> Span().merge(Span().through(5, padding=2))
        Span(jump=1, lo=-2, hi=2)
        """
        if self.jump != other.jump:
            raise ValueError(f"branches that merge must have equal jumps, got {self.jump} and {other.jump}")
        return Span(self.jump, min(self.lo, other.lo), max(self.hi, other.hi))

    def covers(self, unit: int) -> tuple[int, int]:
        """Return the first and the last pixel that a unit sees, both included, padding too.

        Raises ValueError when `unit` is no whole number of at least 0.

        >>> Span(jump=4, lo=-2, hi=8).covers(10)
        (38, 48)
        """
        shift = whole("unit", unit, least=0) * self.jump
        return self.lo + shift, self.hi + shift

    def centre(self, unit: float) -> float:
        """Return the middle of what a unit sees, in pixels from the image's edge: pixel p is from p to p + 1.

        >>> Span(jump=4, lo=-2, hi=8).centre(10)
        43.5
        """
        return (self.lo + self.hi + 1) / 2 + unit * self.jump

    def unit_at(self, place: float) -> float:
        """Return the unit whose `centre` is at a place; between two units it is a fraction.

        >>> Span(jump=4, lo=-2, hi=8).unit_at(44.5)
        10.25
        """
        return (place - self.centre(0)) / self.jump

    def nearest(self, place: float) -> int:
        """Return the unit whose `centre` is nearest to a place, of two the later one; it may be below 0.

        >>> Span(jump=32, lo=-90, hi=121).nearest(112), Span(jump=2).nearest(1.5)
        (3, 1)
        """
        return floor(self.unit_at(place) + 0.5)


@dataclass(frozen=True)
class ReceptiveField:
    """What a unit sees of the input, in pixels: one `Span` down (`y`) and one across (`x`).

    >>> ReceptiveField().through(3, padding=1).through((1, 7), padding=(0, 3)).size
    (3, 9)
    """

    y: Span = Span()
    x: Span = Span()

    @property
    def size(self) -> tuple[int, int]:
        """The (height, width) in pixels that one unit sees, padding included."""
        return self.y.size, self.x.size

    @property
    def jump(self) -> tuple[int, int]:
        """The pixels (down, across) from what one unit sees to what the next one sees."""
        return self.y.jump, self.x.jump

    def through(
        self, kernel_size: Size, stride: Size = 1, padding: Size = 0, dilation: Size = 1
    ) -> "ReceptiveField":
        """Return the field after one more convolution or pooling layer, padded at the top and left.

        Raises ValueError when an argument is no whole number (or pair of them) of at least 1 (for
        `padding` 0).

        >>> ReceptiveField().through(7, stride=2, padding=3).through(3, stride=2, padding=1).size
        (11, 11)
        >>> ReceptiveField().through(3).box(0)
        (0, 0, 2, 2)
        """
        numbers = pairs(kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation)
        rows, columns = zip(*numbers, strict=True)
        return ReceptiveField(self.y.through(*rows), self.x.through(*columns))

    def merge(self, other: "ReceptiveField") -> "ReceptiveField":
        """Return the field of two branches that are added or concatenated.

        Raises ValueError when their jumps differ.

        >>> ReceptiveField().through((5, 1)).merge(ReceptiveField().through((1, 3))).size
        (5, 3)
        """
        return ReceptiveField(self.y.merge(other.y), self.x.merge(other.x))

    def box(self, unit: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return (top, left, bottom, right), the first and last pixels that the unit (row, column) sees.

        All are included, and none is clipped to the image: padding may be seen too.

        Raises ValueError when `unit` is no whole number (or pair of them) of at least 0.

        >>> ReceptiveField().through(3, stride=2, padding=1).box((0, 5))
        (-1, 9, 1, 11)
        """
        row, column = pair("unit", unit, least=0)
        (top, bottom), (left, right) = self.y.covers(row), self.x.covers(column)
        return top, left, bottom, right
