"""The networks of all lessons in one plot, by any two of nine quantities: `NetworkComparison`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from math import ceil, floor, hypot, log10

import ipywidgets as widgets
from matplotlib.collections import LineCollection
from PIL import Image

from helpers.drawing.live_figure import LiveFigure, text_width
from helpers.drawing.style import BLUE, FAINT, GREEN, GRID, INK, ORANGE, PURPLE, SKY, VERMILION
from helpers.explorers.comparison_numbers import (
    AXES,
    EDITIONS,
    FAMILIES,
    FIVE,
    TIME,
    Axis,
    ComparisonNumbers,
    comparison,
    in_edition,
    members_of,
)
from helpers.explorers.label_placement import NEAR, Box, place_labels
from helpers.explorers.old_controls import Choice, Switch
from helpers.explorers.old_live import Explorer, in_rows
from helpers.running.timing import milliseconds
from helpers.wording import arguments
from helpers.wording.refusals import known

WIDTH, HEIGHT = 780, 478
LEFT, TOP, ACROSS, DOWN = 66, 82, 690, 316
MEMBERS = ("one of each", "whole families")
MOST_TICKS = 9
LINE = 14
"""The height of a line of text."""

# Each family has a shape beside its colour.
LOOKS = {
    "AlexNet": ("^", VERMILION),
    "VGG": ("s", ORANGE),
    "GoogLeNet": ("D", GREEN),
    "ResNet": ("o", BLUE),
    "DenseNet": ("P", PURPLE),
    "EfficientNet-Lite0": ("*", SKY),
}


def key(family: str) -> str:
    """The keyword of a family's switch.

    >>> key("EfficientNet-Lite0")
    'efficientnet_lite0'
    """
    return family.lower().replace("-", "_")


class NetworkComparison(Explorer):
    """Choose what stands on each axis, whose figures they are, and which networks are shown.

    With "time on this machine" each network shown is built and run, which takes some seconds the first time:
    each point appears as soon as it is measured.
    """

    numbers: ComparisonNumbers

    def __init__(
        self,
        *,
        x_axis: str = "parameters",
        y_axis: str = "top-5 error",
        edition: str = "paper",
        members: str = "one of each",
        families: Collection[str] = FIVE,
    ) -> None:
        families = arguments.several("families", families)
        for family in families:
            known("family", family, FAMILIES)
        known("x axis", x_axis, AXES)
        known("y axis", y_axis, AXES)
        if not families or x_axis == y_axis:
            wrong = f"both axes are {x_axis!r}" if families else "no family is given"
            raise ValueError(f"A comparison needs two different axes and at least one family; {wrong}.")
        self._times: dict[tuple[str, str], float] = {}
        self._axes_before = {"x_axis": x_axis, "y_axis": y_axis}
        self._build_figure()
        super().__init__(
            {
                "x_axis": Choice("x axis", AXES, x_axis),
                "y_axis": Choice("y axis", AXES, y_axis),
                "edition": Choice("edition", EDITIONS, edition),
                "members": Choice("members", MEMBERS, members),
                **{key(family): Switch(family, family in families) for family in FAMILIES},
            },
            width=WIDTH,
            height=HEIGHT,
            arrange=_arrange,
        )

    def respond(self, name: str) -> None:
        switches = {key(family): self.controls[key(family)] for family in FAMILIES}
        if name in switches and not any(switch.value for switch in switches.values()):
            switches[name].value = True
            self.say(f"{switches[name].description} stays: at least one network is shown.")
        if name in self._axes_before:
            other = "y_axis" if name == "x_axis" else "x_axis"
            if self.controls[name].value == self.controls[other].value:  # they change places
                self.controls[other].value = self._axes_before[name]
            self._axes_before = {each: self.controls[each].value for each in self._axes_before}

    def compute(
        self, *, x_axis: str, y_axis: str, edition: str, members: str, **switches: bool
    ) -> ComparisonNumbers:
        families = [family for family in FAMILIES if switches[key(family)]]
        whole = members == "whole families"
        numbers = partial(comparison, x_axis, y_axis, edition, families, whole_families=whole)
        if TIME not in (x_axis, y_axis):
            return numbers()
        networks = members_of(families, whole)
        there = [name for name in networks if in_edition(name, edition)]
        new = [name for name in there if (name, edition) not in self._times]
        try:
            for count, name in enumerate(new, 1):
                self.say(f"Measuring {networks[name][0]}, {count} of {len(new)} …")
                self._times[name, edition] = milliseconds(name, edition)
                self._show(numbers(times=self._times_of(there, edition)))
        except KeyboardInterrupt:
            self.say("The measuring was stopped; move a control, and it goes on where it was.")
            raise
        if new:
            self.say("")
        return numbers(times=self._times_of(there, edition))

    def _times_of(self, names: Sequence[str], edition: str) -> dict[str, float]:
        """The times measured so far, by the network's name."""
        return {name: self._times[name, edition] for name in names if (name, edition) in self._times}

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        live, text = self._figure.live, self._figure.text
        with self._figure.building():
            box = (LEFT / WIDTH, 1 - (TOP + DOWN) / HEIGHT, ACROSS / WIDTH, DOWN / HEIGHT)
            axes = self._figure.figure.add_axes(box, xlim=(0, ACROSS), ylim=(DOWN, 0))
            axes.set_xticks([])
            axes.set_yticks([])
            self._grid = live(axes.add_collection(LineCollection([], colors=GRID, linewidths=1, zorder=0)))
            self._leaders = live(axes.add_collection(LineCollection([], colors=FAINT, linewidths=0.8)))
            self._markers = {}
            for family, (marker, colour) in LOOKS.items():
                look = {"marker": marker, "color": colour, "markeredgecolor": INK, "markersize": 9}
                self._markers[family] = live(
                    axes.plot([], [], linestyle="", clip_on=False, zorder=3, **look)[0]
                )
            self._title = text(axes, 16 - LEFT, -64, bold=True, size=11)
            self._ends = text(axes, 16 - LEFT, -45)
            self._y_label = text(axes, 16 - LEFT, -20, bold=True)
            self._x_label = text(axes, ACROSS, DOWN + 34, bold=True, anchor="rm")
            self._note = text(axes, 16 - LEFT, DOWN + 52)
            self._missing = text(axes, 16 - LEFT, DOWN + 68)
            self._x_ticks = [text(axes, 0, DOWN + 14, anchor="mm") for _ in range(MOST_TICKS)]
            self._y_ticks = [text(axes, -8, 0, anchor="rm") for _ in range(MOST_TICKS)]
            count = sum(map(len, FAMILIES.values()))
            self._labels = [text(axes, 0, 0, anchor="lm") for _ in range(count)]

    def draw(self, numbers: ComparisonNumbers) -> Image.Image:
        x, y = AXES[numbers.x_axis], AXES[numbers.y_axis]
        self._write(numbers, x, y)
        x_ticks = x.ticks or _time_ticks([point.x for point in numbers.shown])
        y_ticks = y.ticks or _time_ticks([point.y for point in numbers.shown])
        lines = []
        for axis, ticks, labels in ((x, x_ticks, self._x_ticks), (y, y_ticks, self._y_ticks)):
            for index, label in enumerate(labels):
                shown = index < len(ticks)
                label.text = _tick(axis, ticks[index]) if shown else ""
                if not shown:
                    continue
                if axis is x:
                    label.x = place = _place(axis, ticks, ticks[index]) * ACROSS
                    lines.append([(place, 0), (place, DOWN)])
                else:
                    label.y = place = (1 - _place(axis, ticks, ticks[index])) * DOWN
                    lines.append([(0, place), (ACROSS, place)])
        self._grid.set_segments(lines)
        places = [
            (_place(x, x_ticks, point.x) * ACROSS, (1 - _place(y, y_ticks, point.y)) * DOWN)
            for point in numbers.shown
        ]
        for family, marker in self._markers.items():
            own = [at for at, point in zip(places, numbers.shown, strict=True) if point.family == family]
            marker.set_data([at[0] for at in own], [at[1] for at in own])
        self._name(numbers, places)
        return self._figure.image()

    def _write(self, numbers: ComparisonNumbers, x: Axis, y: Axis) -> None:
        """The title and the other texts around the points."""
        self._title.text = f"No network chosen has both {x.name} and {y.name}"
        self._ends.text = ""
        if numbers.shown:
            least, most = numbers.ends("y")
            name, low, high = _capitalised(y.name), y.write(least.y), y.write(most.y)
            ends = (
                f"{name} {low} ({least.label})"
                if least is most
                else f"{name} from {low} ({least.label}) to {high} ({most.label})"
            )
            trend = numbers.trend
            self._title.text = _capitalised(trend) if trend else ends
            self._ends.text = ends if trend else ""
        self._y_label.text = f"↑ {y.label}{' (log scale)' * y.is_log}"
        self._x_label.text = f"{x.label}{' (log scale)' * x.is_log} →"
        self._note.text = _note(numbers)
        missing = ", ".join(numbers.missing)
        self._missing.text = f"No figure for {missing}" if missing else ""

    def _name(self, numbers: ComparisonNumbers, places: Sequence[tuple[float, float]]) -> None:
        """The networks' names beside their points, with a line to those that have to stand farther off."""
        sizes = [(text_width(point.label, self._labels[0]), LINE) for point in numbers.shown]
        room: Box = (2, -12, ACROSS + 14, DOWN - 2)
        boxes = place_labels(places, sizes, room, marker=9)
        leaders = []
        for label in self._labels:
            label.text = ""
        for label, point, (left, top, right, bottom), at in zip(
            self._labels, numbers.shown, boxes, places, strict=False
        ):
            label.text, label.x, label.y = point.label, left, (top + bottom) / 2
            # The nearest place of the label's edge.
            end = min(max(at[0], left), right), min(max(at[1], top), bottom)
            if hypot(end[0] - at[0], end[1] - at[1]) > 1.5 * NEAR:
                leaders.append([at, end])
        self._leaders.set_segments(leaders)


def _capitalised(words: str) -> str:
    return words[0].upper() + words[1:]


def _note(numbers: ComparisonNumbers) -> str:
    """Whose networks these are, and how errors were measured."""
    parts = ["The papers' networks" if numbers.edition == "paper" else "torchvision's networks"]
    if numbers.x_axis.endswith("error") or numbers.y_axis.endswith("error"):
        crops = "10 crops" if numbers.edition == "paper" else "1 crop"
        unsaid = any(point.family == "EfficientNet-Lite0" for point in numbers.shown)
        parts.append(f"errors of one network on {crops}" + " (EfficientNet-Lite0: not said)" * unsaid)
    return "; ".join(parts)


def _place(axis: Axis, ticks: Sequence[float], value: float) -> float:
    """Where a value stands between the ends of its axis, from 0 to 1."""
    if axis.is_log:
        return log10(value / ticks[0]) / log10(ticks[-1] / ticks[0])
    return (value - ticks[0]) / (ticks[-1] - ticks[0])


def _tick(axis: Axis, value: float) -> str:
    """A tick's label: the value as in the sentence, without digits that are 0."""
    if axis.name == TIME:
        return f"{value:g}"
    return axis.write(value).replace(".00 ", " ").replace(".0 ", " ").removesuffix(" %")


def _time_ticks(times: Sequence[float]) -> tuple[float, ...]:
    """From a round number below the shortest to one above the longest, two or three to a decade.

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


def _arrange(controls: Sequence[widgets.Widget]) -> widgets.Widget:
    return widgets.VBox([in_rows(controls[:4]), in_rows(controls[4:])])
