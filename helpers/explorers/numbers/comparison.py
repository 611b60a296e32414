"""The networks of all lessons as points, by any two of nine quantities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, floor, log10

from helpers.wording.counts import brief
from helpers.wording.refusals import known

TIME = "time on this machine"
EDITIONS = ("paper", "torchvision")
WHOLE_FAMILIES = "whole families"
MEMBERS = ("one of each", WHOLE_FAMILIES)
MOST_TICKS = 9

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
NETWORKS = {name: (label, family) for family, members in FAMILIES.items() for name, label in members.items()}
"""What each network is called, and its family, by the name that `build` knows."""

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

    def in_full(self, value: float) -> str:
        """The same with all its digits."""
        return f"{value:,.0f} {self.noun}" if self.write is _count else self.phrase(value)

    def tick(self, value: float) -> str:
        """What stands at a tick: the value without a unit that the axis names."""
        if self.name == TIME:
            return f"{value:g}"
        return self.write(value).replace(".00 ", " ").replace(".0 ", " ").removesuffix(" %")


def _decimal(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _percent(value: float) -> str:
    return f"{_decimal(value)} %"


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _count(value: float) -> str:
    return brief(int(value))


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
            "depth", "layers", "more layers", "fewer layers", "layers with weights, on the longest path",
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
    """One network: what it is called, its family, and its two values."""

    label: str
    family: str
    x: float
    y: float


@dataclass(frozen=True)
class ComparisonNumbers:
    """Networks as points; `missing` are the labels of those chosen for which a figure is not known."""

    x_axis: str
    y_axis: str
    edition: str
    points: tuple[Point, ...]
    missing: tuple[str, ...] = ()

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """What stands on the x axis and on the y axis."""
        return AXES[self.x_axis], AXES[self.y_axis]

    @property
    def ticks(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The ticks of both axes; every point is between the first and the last."""
        x, y = self.axes
        return (
            x.ticks or _time_ticks([point.x for point in self.points]),
            y.ticks or _time_ticks([point.y for point in self.points]),
        )

    @property
    def pairs(self) -> tuple[int, int]:
        """Of all pairs of networks that differ in both, in how many the one with more x has more y too."""
        signs = [
            (one.x - other.x) * (one.y - other.y)
            for one, other in combinations(self.points, 2)
            if one.x != other.x and one.y != other.y
        ]
        return sum(sign > 0 for sign in signs), len(signs)

    @property
    def trend(self) -> str:
        """What more x comes with in most pairs of networks, and in how many; "" where no side has most.

        >>> comparison("depth", "year", "paper", {"vgg16": (16, 2014), "resnet50": (50, 2015)}).trend
        'more layers with a later year in 1 of 1 pair of networks'
        """
        together, pairs = self.pairs
        if 2 * together == pairs:
            return ""
        x, y = self.axes
        most, other = max((together, y.more), (pairs - together, y.less), key=lambda each: each[0])
        return f"{x.more} with {other} in {most} of {pairs} pair{'s' * (pairs > 1)} of networks"

    @property
    def range(self) -> str:
        """The least and the most of y, and whose they are; "" where there is no point."""
        if not self.points:
            return ""
        y, (least, most) = self.axes[1], self.ends("y")
        low, high = (f"{y.write(end.y)} ({end.label})" for end in (least, most))
        return f"{y.name} {low}" if least is most else f"{y.name} from {low} to {high}"

    @property
    def title(self) -> str:
        """The trend, or the range where there is none."""
        x, y = self.axes
        words = self.trend or self.range or f"no network chosen has both {x.name} and {y.name}"
        return _capitalised(words)

    @property
    def subtitle(self) -> str:
        """The range under the trend."""
        return _capitalised(self.range) if self.trend else ""

    @property
    def note(self) -> str:
        """Whose networks these are, and how errors were measured."""
        papers = self.edition == "paper"
        whose = f"{'The papers' if papers else 'torchvision'}'{'s' * (not papers)} networks"
        if not self.x_axis.endswith("error") and not self.y_axis.endswith("error"):
            return whose
        unsaid = any(point.family == "EfficientNet-Lite0" for point in self.points)
        crops = "10 crops" if papers else "1 crop"
        return f"{whose}; errors of one network on {crops}{' (EfficientNet-Lite0: not said)' * unsaid}"

    @property
    def sentence(self) -> str:
        """The two ends of the y axis, with what stands on the x axis there; measured times are left out."""
        x, y = self.axes
        start = f"{len(self.points)} from {'the papers' if self.edition == 'paper' else 'torchvision'}:"
        if not self.points:
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
            return point.x if name == "x" else point.y

        return min(self.points, key=value), max(self.points, key=value)


def comparison(
    x_axis: str,
    y_axis: str,
    edition: str,
    figures: Mapping[str, tuple[float | None, float | None]],
) -> ComparisonNumbers:
    """Compare networks of an edition by two of the quantities of `AXES`.

    `figures` are each network's x and y by its name, None where nothing is published; errors and shares are
    in percent, times in milliseconds. A network whose time is None was not measured yet: it is left out.

    Raises ValueError for an axis, an edition or a network that is not known.

    >>> figures = {"alexnet": (60_965_224, 18.2), "densenet121": (7_978_856, 6.66)}
    >>> comparison("parameters", "top-5 error", "paper", figures).sentence
    '2 from the papers: 6.66 % top-5 error at 7.98 M parameters (DenseNet-121), 18.2 % at 61.0 M (AlexNet).'
    """
    known("axis", x_axis, AXES)
    known("axis", y_axis, AXES)
    known("edition", edition, EDITIONS)
    points, missing = [], []
    for name, (x, y) in figures.items():
        known("network", name, NETWORKS)
        label, family = NETWORKS[name]
        if x is not None and y is not None:
            points.append(Point(label, family, x, y))
        elif any(value is None for axis, value in ((x_axis, x), (y_axis, y)) if axis != TIME):
            missing.append(label)
    return ComparisonNumbers(x_axis, y_axis, edition, tuple(points), tuple(missing))


def members_of(families: Collection[str], members: str) -> tuple[str, ...]:
    """The networks of some families by name, all of them or the first of each, as one of `MEMBERS` says.

    >>> members_of(["ResNet"], "one of each")
    ('resnet50',)
    """
    return tuple(
        name
        for family, names in FAMILIES.items()
        if family in families
        for name in list(names)[: None if members == WHOLE_FAMILIES else 1]
    )


def _capitalised(words: str) -> str:
    return words[0].upper() + words[1:] if words else ""


def _time_ticks(times: Sequence[float]) -> tuple[float, ...]:
    """From a round number below the shortest to one above the longest, three or one to a decade.

    >>> _time_ticks([26.4, 177.0])
    (20.0, 50.0, 100.0, 200.0)
    """
    if not times:
        return (1.0, 10.0)
    first, last = floor(log10(min(times))), ceil(log10(max(times)))
    steps = [step * 10.0**power for power in range(first, last + 1) for step in (1, 2, 5)]
    low = max(step for step in steps if step <= min(times))
    high = min(step for step in steps if step > max(times))
    inside = tuple(step for step in steps if low <= step <= high)
    return inside if len(inside) <= MOST_TICKS else tuple(10.0**power for power in range(first, last + 1))
