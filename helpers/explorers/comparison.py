"""The networks of all lessons in one plot, by any two of nine quantities: `NetworkComparison`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from helpers.explorers.controls import Choice, Switch
from helpers.explorers.explorer import Explorer
from helpers.explorers.numbers.comparison import (
    AXES,
    EDITIONS,
    FAMILIES,
    FIVE,
    MEMBERS,
    NETWORKS,
    TIME,
    ComparisonNumbers,
    comparison,
    members_of,
)
from helpers.explorers.pictures.comparison import draw_comparison
from helpers.wording import arguments
from helpers.wording.refusals import known


def key(family: str) -> str:
    """The keyword of a family's switch.

    >>> key("EfficientNet-Lite0")
    'efficientnet_lite0'
    """
    return family.lower().replace("-", "_")


SWITCHES = {key(family): family for family in FAMILIES}


class NetworkComparison(Explorer):
    """Choose what stands on each axis, whose figures they are, and which networks are shown.

    With "time on this machine" each network shown is built and run, which takes some seconds the first time:
    each point appears as soon as it is measured. `source` is where figures and times come from instead, as in
    a page without a kernel.

    Raises ValueError for an axis, an edition or a family that is not known, for no family, and for two axes
    that are alike.
    """

    numbers: ComparisonNumbers
    draw = staticmethod(draw_comparison)
    tour_is_all = True
    rows = (("x_axis", "y_axis", "edition", "members"), tuple(SWITCHES))

    def __init__(
        self,
        *,
        x_axis: str = "parameters",
        y_axis: str = "top-5 error",
        edition: str = "paper",
        members: str = "one of each",
        families: Collection[str] = FIVE,
        source: Any = None,
    ) -> None:
        families = arguments.several("families", families)
        for family in families:
            known("family", family, FAMILIES)
        controls = {
            "x_axis": Choice("x axis", AXES, x_axis),
            "y_axis": Choice("y axis", AXES, y_axis),
            "edition": Choice("edition", EDITIONS, edition),
            "members": Choice("members", MEMBERS, members),
            **{name: Switch(family, family in families) for name, family in SWITCHES.items()},
        }
        if not families or x_axis == y_axis:
            wrong = f"both axes are {x_axis!r}" if families else "no family is given"
            raise ValueError(f"A comparison needs two different axes and at least one family; {wrong}.")
        self.source = source or _live()
        self._times: dict[tuple[str, str], float] = {}
        self._axes_before = {"x_axis": x_axis, "y_axis": y_axis}
        super().__init__(controls)

    def set(self, **values: Any) -> None:
        with self.lock:
            if values.keys() <= self.controls.keys():
                # Some go on before others go off: meanwhile the last one would have to stay.
                for name in SWITCHES:
                    if values.get(name) is True:
                        self.controls[name].take(True)
            super().set(**values)

    def follow(self, name: str) -> None:
        if name in SWITCHES and not any(self.controls[each].value for each in SWITCHES):
            self.controls[name].take(True)
            self.say(f"{SWITCHES[name]} stays: at least one network is shown.")
        if name in self._axes_before:
            other = "y_axis" if name == "x_axis" else "x_axis"
            if self.controls[name].value == self.controls[other].value:  # they change places
                self.controls[other].take(self._axes_before[name])
            self._axes_before = {each: self.controls[each].value for each in self._axes_before}

    def tour(self) -> Iterator[dict[str, Any]]:
        """Every axis once; times are measured of one network of each family."""
        everybody = dict.fromkeys(SWITCHES, True)
        for edition in EDITIONS:
            for members in MEMBERS:
                for axis in AXES:
                    if axis != TIME or members == MEMBERS[0]:
                        other = next(each for each in AXES if each != axis)
                        setting = {"edition": edition, "members": members, "x_axis": axis, "y_axis": other}
                        yield setting | everybody

    def compute(
        self, *, x_axis: str, y_axis: str, edition: str, members: str, **switches: bool
    ) -> ComparisonNumbers:
        names = members_of([SWITCHES[name] for name, on in switches.items() if on], members)

        def figure(axis: str, name: str) -> float | None:
            if axis == TIME:
                return self._times.get((name, edition))
            return self.source.figure(axis, name, edition)

        def numbers() -> ComparisonNumbers:
            figures = {name: (figure(x_axis, name), figure(y_axis, name)) for name in names}
            return comparison(x_axis, y_axis, edition, figures)

        if TIME in (x_axis, y_axis):
            other = y_axis if x_axis == TIME else x_axis
            self._measure([name for name in names if figure(other, name) is not None], edition, numbers)
        return numbers()

    def _measure(self, names: Sequence[str], edition: str, numbers: Callable[[], ComparisonNumbers]) -> None:
        """Measure those networks that were not measured before; each is shown at once."""
        new = [name for name in names if (name, edition) not in self._times]
        try:
            for count, name in enumerate(new, 1):
                self.say(f"Measuring {NETWORKS[name][0]}, {count} of {len(new)} …")
                self._times[name, edition] = self.source.milliseconds(name, edition)
                self.show(numbers())
        except KeyboardInterrupt:
            self.say("The measuring was stopped; move a control, and it goes on where it was.")
            raise
        if new:
            self.say("")


def _live() -> Any:
    from helpers.explorers.sources.comparison import LiveFigures  # needs torch, which a page does not have

    return LiveFigures()
