"""Which activation function lets a gradient through a deep stack: `ActivationExplorer`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from PIL import Image

from helpers.drawing.live_figure import LiveFigure, LiveText
from helpers.drawing.style import BLUE, FAINT, GREEN, GRID, INK, PURPLE, VERMILION
from helpers.explorers.old_controls import Choice, FloatSlider, Slider
from helpers.explorers.old_live import Explorer
from helpers.running.gradient_flow import (
    ACTIVATIONS,
    BIN_EDGES,
    MOST_LAYERS,
    SATURATED_BELOW,
    WIDTH,
    GradientFlow,
    gradient_flow,
)

PICTURE_WIDTH, PICTURE_HEIGHT = 780, 400
REACH = BIN_EDGES[-1]
LOWEST, HIGHEST = -12, 6
"""The axis of gradients, in powers of ten."""

LABEL_GAP = 1.0
"""How far apart two labels beside that axis are at least, in powers of ten: a line of text."""

SMALLEST = 1e-300
"""What stands in for a gradient of exactly 0, which has no logarithm."""

DARK_PURPLE = "#A0447A"  # of the slope's line, dark enough to read

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LOOKS = {
    "ReLU": {"color": BLUE, "linestyle": "-"},
    "sigmoid": {"color": VERMILION, "linestyle": "--"},
    "tanh": {"color": GREEN, "linestyle": "-."},
    "linear": {"color": FAINT, "linestyle": ":"},
}
# Where the function and its slope are named: x, y and Pillow's anchor, clear of both lines.
PLACES = {
    "ReLU": ((1.6, 2.0, "rm"), (4.9, 0.9, "rt")),
    "sigmoid": ((4.9, 1.1, "rb"), (4.9, -0.12, "rt")),
    "tanh": ((4.9, 1.1, "rb"), (-0.9, 0.75, "rb")),
    "linear": ((1.6, 2.0, "rm"), (-4.9, 1.1, "lb")),
}


@dataclass(frozen=True)
class ActivationNumbers:
    """What reaches each layer with the chosen activation, and with the others at the same setting."""

    activation: str
    depth: int
    weight_scale: float
    flows: Mapping[str, GradientFlow]

    @property
    def gradients(self) -> tuple[float, ...]:
        """What reaches each layer, layer 1 first, relative to the last."""
        return self.flows[self.activation].gradients

    @property
    def saturated(self) -> float:
        """The share of units whose slope is under a tenth of the function's steepest, over the batch."""
        return self.flows[self.activation].saturated

    @property
    def verdict(self) -> str:
        """What becomes of the gradient on its way to layer 1, in a word or two."""
        first = self.gradients[0]
        for bound, words in ((1e-3, "vanishes"), (0.1, "fades"), (10, "arrives"), (1e3, "grows")):
            if first < bound:
                return words
        return "explodes"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        setting = f"{self.activation}, {self.depth} layers, weight scale {self.weight_scale:.2f}"
        state = "of units off" if self.activation == "ReLU" else "saturated"
        return (
            f"{setting}: layer 1 gets {amount(self.gradients[0])} the last layer's gradient; "
            f"{percent(self.saturated)} {state}."
        )


def amount(ratio: float) -> str:
    """How many times as large, with one or two digits, to stand before what it is compared with.

    >>> amount(2.1e-6), amount(0.0346), amount(17.2), amount(3.4e13), amount(1.01), amount(0)
    ('2·10⁻⁶ of', '0.035 of', '17 times', '3·10¹³ times', 'all of', 'nothing of')
    """
    number = _short(ratio)
    if number in ("0", "1"):
        return "all of" if number == "1" else "nothing of"
    return f"{number} {'of' if ratio < 1 else 'times'}"


def _short(ratio: float) -> str:
    if ratio == 0 or 1e-3 <= ratio < 1e3:
        return f"{float(f'{ratio:.1e}'):g}"
    digit, exponent = f"{ratio:.0e}".split("e")
    return f"{digit}·10{str(int(exponent)).translate(SUPERSCRIPT)}"


def percent(share: float) -> str:
    """A share in whole percent.

    >>> percent(0.484)
    '48 %'
    """
    return f"{100 * share:.0f} %"


def activation_numbers(activation: str, depth: int, weight_scale: float) -> ActivationNumbers:
    """Compare the activations in a stack of `depth` layers of 64 units; see `gradient_flow`.

    >>> numbers = activation_numbers("sigmoid", 10, 1.0)
    >>> len(numbers.gradients), numbers.gradients[-1], numbers.verdict
    (10, 1.0, 'vanishes')
    """
    flows = {name: gradient_flow(name, depth, weight_scale) for name in ACTIVATIONS}
    return ActivationNumbers(activation, depth, weight_scale, flows)


class ActivationExplorer(Explorer):
    """Activation, depth and weight scale; the function, its slope and the gradient at each layer follow.

    The gradients are those of a real backward pass through fully connected layers of 64 units.
    """

    numbers: ActivationNumbers

    def __init__(self, *, activation: str = "ReLU", depth: int = 10, weight_scale: float = 1.0) -> None:
        self._build_figure()
        super().__init__(
            {
                "activation": Choice("activation", ACTIVATIONS, activation),
                "depth": Slider("depth", depth, 2, MOST_LAYERS),
                "weight_scale": FloatSlider("weight scale", weight_scale, 0.25, 4, step=0.01),
            },
            width=PICTURE_WIDTH,
            height=PICTURE_HEIGHT,
        )

    def compute(self, **values: Any) -> ActivationNumbers:
        return activation_numbers(**values)

    def _build_figure(self) -> None:
        self._figure = LiveFigure(PICTURE_WIDTH, PICTURE_HEIGHT)
        with self._figure.building():
            self._build_function()
            self._build_inputs()
            self._build_gradients()

    def _axes(self, place: tuple[float, float, float, float], **limits: Any) -> tuple[Axes, LiveText]:
        """Axes with a title that changes."""
        axes = self._figure.figure.add_axes(place, **limits)
        look = {"bold": True, "size": 10.5, "anchor": "lb", "relative": True}
        return axes, self._figure.text(axes, 0, 1 + 0.022 / place[3], **look)

    def _build_function(self) -> None:
        live, text = self._figure.live, self._figure.text
        axes, self._function_title = self._axes(
            (0.045, 0.51, 0.365, 0.42), xlim=(-REACH, REACH), ylim=(-1.3, 2.3)
        )
        axes.set_yticks([-1, 0, 1, 2])
        axes.set_xticks([-4, -2, 0, 2, 4], [])
        axes.grid(color=GRID)
        self._x = np.linspace(-REACH, REACH, 401)
        self._function = live(axes.plot([], [], color=INK)[0])
        self._slope = live(axes.plot([], [], color=PURPLE, linestyle="--")[0])
        self._names = text(axes, 0, 0, bold=True), text(axes, 0, 0, bold=True, color=DARK_PURPLE)

    def _build_inputs(self) -> None:
        live = self._figure.live
        axes, self._inputs_title = self._axes(
            (0.045, 0.135, 0.365, 0.265), xlim=(-REACH, REACH), ylim=(0, 1.05)
        )
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xticks([-REACH, -4, -2, 0, 2, 4, REACH], ["≤", "−4", "−2", "0", "2", "4", "≥"])
        axes.set_xlabel("input of the function, all units and layers")
        look = {"facecolor": "#FBE3D3", "edgecolor": VERMILION, "hatch": "////", "linewidth": 0}
        self._flat = [live(axes.axvspan(0, 1, **look)) for _ in range(2)]
        self._inputs = live(axes.stairs(np.zeros(len(BIN_EDGES) - 1), BIN_EDGES, fill=True, color=INK))

    def _build_gradients(self) -> None:
        live, text = self._figure.live, self._figure.text
        axes = self._figure.figure.add_axes(
            (0.485, 0.135, 0.34, 0.665), xlim=(-0.5, MOST_LAYERS - 0.7), ylim=(LOWEST, HIGHEST)
        )
        exponents = range(LOWEST, HIGHEST + 1, 3)
        axes.set_yticks(exponents, [f"10{str(e).translate(SUPERSCRIPT)}" if e else "1" for e in exponents])
        axes.set_xlabel("layers passed on the way back to layer 1")
        axes.grid(axis="y", color=GRID)
        axes.axhspan(-1, 1, color="#E8F1F7", zorder=0)
        left = -0.09
        self._gradient_title = text(axes, left, 1.2, bold=True, size=10.5, anchor="lb", relative=True)
        self._setting = text(axes, left, 1.127, anchor="lb", relative=True)
        legend = "gradient's norm over the last layer's; shaded: 0.1 to 10"
        text(axes, left, 1.057, legend, anchor="lb", relative=True)
        self._lines = {
            name: live(axes.plot([], [], linewidth=1.2, **look)[0]) for name, look in LOOKS.items()
        }
        self._chosen = live(axes.plot([], [], marker="o", markersize=4, linewidth=2.4)[0])
        self._labels = {name: text(axes, 0, 0) for name in LOOKS}

    def draw(self, numbers: ActivationNumbers) -> Image.Image:
        self._draw_function(numbers)
        self._draw_gradients(numbers)
        return self._figure.image()

    def _draw_function(self, numbers: ActivationNumbers) -> None:
        name, flow = numbers.activation, numbers.flows[numbers.activation]
        chosen = ACTIVATIONS[name]
        slope = chosen.slope(self._x)
        self._function.set_data(self._x, chosen.function(self._x))
        self._slope.set_data(self._x, slope)
        words = {"ReLU": "slope: 0 or 1", "linear": "slope: 1 everywhere"}
        names = (name, words.get(name, f"slope: {chosen.steepest:g} at most"))
        for label, words, place in zip(self._names, names, PLACES[name], strict=True):
            label.text = words
            label.x, label.y, label.anchor = place
        self._function_title.text = f"{name} and its slope"
        flat = slope < SATURATED_BELOW * chosen.steepest
        for part, side in zip(self._flat, (self._x < 0, self._x > 0), strict=True):
            inside = self._x[flat & side]
            part.set_x(inside[0] if inside.size else 0)
            part.set_width(inside[-1] - inside[0] if inside.size else 0)
        self._inputs.set_data(np.asarray(flow.inputs) / max(flow.inputs))
        self._inputs_title.text = f"Flat part (hatched): {percent(flow.saturated)} of inputs"

    def _draw_gradients(self, numbers: ActivationNumbers) -> None:
        passed, ends = np.arange(numbers.depth), {}
        for name, flow in numbers.flows.items():
            powers = np.log10(np.maximum(flow.gradients[::-1], SMALLEST))
            ends[name] = powers[-1]
            self._lines[name].set_data(passed, powers)
            label = self._labels[name]
            label.bold = name == numbers.activation
            label.text = f"{name} {_short(flow.gradients[0])}{_arrow(powers[-1])}"
            label.x = numbers.depth - 0.2
            if label.bold:
                self._chosen.set_data(passed, powers)
                self._chosen.set(**LOOKS[name])
        for name, y in _apart(ends).items():
            self._labels[name].y = y
        self._gradient_title.text = f"{numbers.activation}: the gradient {numbers.verdict}"
        self._setting.text = (
            f"{numbers.depth} layers of {WIDTH} units, weights' deviation {numbers.weight_scale:.2f}/√{WIDTH}"
        )


def _arrow(power: float) -> str:
    """What stands behind a value that is beyond the axis."""
    return " ↓" if power < LOWEST else " ↑" if power > HIGHEST else ""


def _apart(ends: Mapping[str, float]) -> dict[str, float]:
    """Where each label stands: as near to its line's end as the axis and the other labels leave room."""
    order = sorted(ends, key=ends.__getitem__)
    places = {name: min(max(ends[name], LOWEST + LABEL_GAP / 2), HIGHEST) for name in order}
    for below, above in pairwise(order):
        places[above] = max(places[above], places[below] + LABEL_GAP)
    limit = HIGHEST - LABEL_GAP / 2
    for name in reversed(order):
        places[name] = min(places[name], limit)
        limit = places[name] - LABEL_GAP
    return places
