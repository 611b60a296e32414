"""The networks of all lessons side by side, published and counted: `comparison`, pure of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

from helpers.reading.counted import counted
from helpers.reading.published import published
from helpers.wording.refusals import known, short

TIME = "time on this machine"
EDITIONS = ("paper", "torchvision")

# What stands for a family first, then its other members.
FAMILIES: dict[str, dict[str, str]] = {
    "AlexNet": {"alexnet": "AlexNet"},
    "VGG": {"vgg16": "VGG-16", "vgg11": "VGG-11", "vgg13": "VGG-13", "vgg19": "VGG-19"},
    "GoogLeNet": {"googlenet": "GoogLeNet"},
    "ResNet": {
        f"resnet{depth}": f"ResNet-{depth}" for depth in (50, 18, 34, 101, 152)
    },
    "DenseNet": {f"densenet{depth}": f"DenseNet-{depth}" for depth in (121, 161, 169, 201)},
    "EfficientNet-Lite0": {"efficientnet_lite0": "EfficientNet-Lite0"},
}  # fmt: skip


FIVE = tuple(FAMILIES)[:5]
"""The families that have a lesson each."""


@dataclass(frozen=True)
class Axis:
    """A quantity that networks are compared by, and how it is written.

    `noun` follows a number in a sentence, `more` and `less` are what a larger and a smaller number is, and
    `label` stands at the axis.
    `ticks` run from one end of the axis to the other; where there are none, they follow the values.
    """

    name: str
    noun: str
    more: str
    less: str
    label: str
    write: Callable[[float], str]
    ticks: tuple[float, ...] = ()
    is_log: bool = False

    def phrase(self, value: float) -> str:
        """The value with its noun."""
        if self.name == "year":
            return f"year {self.write(value)}"
        return f"{self.write(value)} {self.noun}"


def _decimal(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _percent(value: float) -> str:
    return f"{_decimal(value)} %"


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _count(value: float) -> str:
    return short(int(value))


AXES: dict[str, Axis] = {
    axis.name: axis
    for axis in (
        Axis(
            "top-5 error", "top-5 error", "more top-5 error", "less top-5 error",
            "top-5 error, percent of validation images", _percent, (0, 5, 10, 15, 20, 25),
        ),
        Axis(
            "top-1 error", "top-1 error", "more top-1 error", "less top-1 error",
            "top-1 error, percent of validation images", _percent, (10, 20, 30, 40, 50),
        ),
        Axis(
            "parameters", "parameters", "more parameters", "fewer parameters", "parameters",
            _count, (2e6, 5e6, 10e6, 20e6, 50e6, 100e6, 200e6), is_log=True,
        ),
        Axis(
            "MACs", "MACs", "more MACs", "fewer MACs", "MACs for one image",
            _count, (2e8, 5e8, 1e9, 2e9, 5e9, 10e9, 20e9, 50e9), is_log=True,
        ),
        Axis(
            "depth", "layers", "more layers", "fewer layers", "layers with weights, on the longest way",
            _whole, (5, 10, 20, 50, 100, 200, 500), is_log=True,
        ),
        Axis(
            "year", "", "a later year", "an earlier year", "year of the paper",
            _whole, tuple(range(2011, 2023, 2)),
        ),
        Axis(
            "share of 1×1", "1×1 share", "more 1×1", "less 1×1",
            "MACs in 1×1, percent of all convolutions' MACs",
            lambda value: f"{value:.1f} %", (0, 20, 40, 60, 80, 100),
        ),
        Axis(
            "receptive field", "pixels seen", "a larger field", "a smaller field",
            "receptive field of the last map, pixels", _whole, (100, 200, 500, 1000, 2000, 5000), is_log=True,
        ),
        Axis(
            TIME, "for an image", "more time", "less time",
            "time for one image, milliseconds, measured on this machine",
            lambda value: f"{value:.1f} ms", is_log=True,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One network; a value is None where nothing is published, and a time where nothing was measured."""

    label: str
    family: str
    x: float | None
    y: float | None

    @property
    def is_shown(self) -> bool:
        return self.x is not None and self.y is not None


@dataclass(frozen=True)
class ComparisonNumbers:
    """Networks as points; `points` has all that are chosen, those without a value too."""

    x_axis: str
    y_axis: str
    edition: str
    points: tuple[Point, ...]

    @property
    def shown(self) -> tuple[Point, ...]:
        """The networks that have both values."""
        return tuple(point for point in self.points if point.is_shown)

    @property
    def missing(self) -> tuple[str, ...]:
        """The labels of those that have not."""
        return tuple(point.label for point in self.points if not point.is_shown)

    @property
    def pairs(self) -> tuple[int, int]:
        """Of all pairs of networks that differ in both, in how many the one with more x has more y too."""
        signs = [
            (one.x - other.x) * (one.y - other.y)
            for one, other in combinations(self.shown, 2)
            if one.x != other.x and one.y != other.y
        ]
        return sum(sign > 0 for sign in signs), len(signs)

    @property
    def trend(self) -> str:
        """What more x comes with in most pairs of networks, and in how many; "" where no side has most.

        >>> comparison("depth", "top-5 error").trend
        'more layers with less top-5 error in 10 of 10 pairs of networks'
        """
        together, pairs = self.pairs
        if 2 * together == pairs:
            return ""
        x, y = AXES[self.x_axis], AXES[self.y_axis]
        most, other = max((together, y.more), (pairs - together, y.less), key=lambda each: each[0])
        return f"{x.more} with {other} in {most} of {pairs} pair{'s' * (pairs > 1)} of networks"

    @property
    def sentence(self) -> str:
        """The two ends of the y axis, with what stands on the x axis there; measured times are left out."""
        x, y = AXES[self.x_axis], AXES[self.y_axis]
        start = f"{len(self.shown)} from {'the papers' if self.edition == 'paper' else 'torchvision'}:"
        if not self.shown:
            return f"{start} of no network chosen both {x.name} and {y.name} are known."
        if TIME in (x.name, y.name):
            other, place = (x, "x") if y.name == TIME else (y, "y")
            first, last = (f"{other.write(getattr(end, place))} ({end.label})" for end in self.ends(place))
            ends = first if first == last else f"{first} to {last}"
            return f"{start} measured time against {other.name}, {ends}."
        least, most = self.ends("y")
        first = f"{start} {y.phrase(least.y)} at {x.phrase(least.x)} ({least.label})"
        if least is most:
            return f"{first}."
        return f"{first}, {y.write(most.y)} at {x.write(most.x)} ({most.label})."

    def ends(self, name: str) -> tuple[Point, Point]:
        """The networks with the least and the most of x or y."""

        def value(point: Point) -> float:
            return getattr(point, name)

        return min(self.shown, key=value), max(self.shown, key=value)


def comparison(
    x_axis: str,
    y_axis: str,
    edition: str = "paper",
    families: Collection[str] = FIVE,
    *,
    whole_families: bool = False,
    times: Mapping[str, float] | None = None,
) -> ComparisonNumbers:
    """Compare one network of each family, or all of its members, by two of the quantities of `AXES`.

    Errors are published ones of one network: the papers' on ten crops (and of EfficientNet-Lite0 what its
    makers say), or those of torchvision's weights on one crop, so that each edition is measured in one way.
    The year is published; the rest is counted. `times` has milliseconds by the network's name.

    Raises ValueError for an axis, an edition or a family that is not known.

    >>> comparison("parameters", "top-5 error").sentence
    '5 from the papers: 6.66 % top-5 error at 7.98 M parameters (DenseNet-121), 18.2 % at 61.0 M (AlexNet).'
    """
    for kind, asked, names in (
        ("axis", (x_axis, y_axis), AXES),
        ("edition", (edition,), EDITIONS),
        ("family", families, FAMILIES),
    ):
        for each in asked:
            known(kind, each, names)
    return ComparisonNumbers(
        x_axis,
        y_axis,
        edition,
        tuple(
            Point(
                label, family,
                _value(name, x_axis, edition, times or {}), _value(name, y_axis, edition, times or {}),
            )
            for name, (label, family) in members_of(families, whole_families).items()
        ),
    )  # fmt: skip


def members_of(families: Collection[str], whole: bool) -> dict[str, tuple[str, str]]:
    """The networks of some families, or the first of each, by name: what they are called, and their family.

    >>> members_of(["ResNet"], whole=False)
    {'resnet50': ('ResNet-50', 'ResNet')}
    """
    return {
        name: (label, family)
        for family, members in FAMILIES.items()
        if family in families
        for name, label in list(members.items())[: None if whole else 1]
    }


def in_edition(name: str, edition: str) -> bool:
    """Whether an edition has a network: torchvision has no EfficientNet-Lite.

    >>> in_edition("efficientnet_lite0", "torchvision")
    False
    """
    return edition == "paper" or name != "efficientnet_lite0"


def _value(name: str, axis: str, edition: str, times: Mapping[str, float]) -> float | None:
    if not in_edition(name, edition):
        return None
    if axis == TIME:
        return times.get(name)
    if axis == "year":
        return published(name, "year")[0].value
    if axis.endswith("error"):
        return _error(name, axis, edition)
    counts = counted(name, edition)
    return {
        "parameters": counts.parameters,
        "MACs": counts.macs,
        "depth": counts.depth,
        "share of 1×1": counts.one_by_one_share,
        "receptive field": counts.field,
    }[axis]


def _error(name: str, quantity: str, edition: str) -> float | None:
    """The published error of one network by itself, on the crops that this edition's networks share."""
    crops = ("10", "") if edition == "paper" else ("1",)
    found = (
        figure.value
        for figure in published(name)
        if (figure.quantity, figure.edition, figure.models) == (quantity, edition, 1)
        and figure.crops in crops
        and not figure.variant
    )
    return next(found, None)
