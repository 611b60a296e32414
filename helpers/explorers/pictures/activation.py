"""The picture of `ActivationExplorer`: a function and its inputs, and gradients on their way back."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from statistics import fmean

from helpers.drawing.style import BLUE, FAINT, GREEN, GRID, INK, PURPLE, VERMILION
from helpers.drawing.svg import Anchor, Axes, Scale, Sheet
from helpers.explorers.numbers.activation import MOST_LAYERS, REACH, UNITS, ActivationNumbers
from helpers.wording.ratios import amount, percent, power_of_ten, ratio

WIDTH, HEIGHT = 780, 400
LEFT, SIDE = 44, 272
"""Where the panels of the function and its inputs begin, and how wide they are."""

LOWEST, HIGHEST = -12, 6
"""The axis of gradients, in powers of ten."""

LABEL_GAP = 15.5
"""How far apart two labels beside that axis are at least, in pixels: a line of text."""

DARK_PURPLE = "#A0447A"  # of the slope's name, dark enough to read
FLAT, SHADE = "#FBE3D3", "#E8F1F7"

DASHES = {"ReLU": None, "sigmoid": "6 3", "tanh": "9 3 2 3", "linear": "2 3"}
COLORS = {"ReLU": BLUE, "sigmoid": VERMILION, "tanh": GREEN, "linear": FAINT}
PLACES: dict[str, tuple[tuple[float, float, Anchor], tuple[float, float, Anchor]]] = {
    "ReLU": ((1.6, 2.0, "end"), (4.9, 0.76, "end")),
    "sigmoid": ((4.9, 1.22, "end"), (4.9, -0.28, "end")),
    "tanh": ((4.9, 1.22, "end"), (-0.7, 0.88, "end")),
    "linear": ((1.6, 2.0, "end"), (-4.9, 1.24, "start")),
}
"""Where the function and its slope are named, clear of both lines: x and y in data, and the anchor."""


def draw_activation(numbers: ActivationNumbers) -> Sheet:
    """The chosen function on the left over the inputs that it gets, all gradients on the right."""
    sheet = Sheet(WIDTH, HEIGHT)
    _function(sheet, numbers)
    _inputs(sheet, numbers)
    _gradients(sheet, numbers)
    return sheet


def _function(sheet: Sheet, numbers: ActivationNumbers) -> None:
    name, function = numbers.activation, numbers.function
    sheet.title(LEFT, 20, f"{name} and its slope")
    axes = sheet.axes(LEFT, 40, SIDE, 160, x=Scale(-REACH, REACH), y=Scale(-1.3, 2.3))
    axes.y_ticks([-1, 0, 1, 2], ["−1", "0", "1", "2"])
    for x in (-2.5, 0, 2.5):  # those that are named below the inputs
        sheet.line(axes.x(x), axes.top, axes.x(x), axes.bottom, GRID, 1)
    axes.frame()
    with sheet.inside(axes.left, axes.top, axes.width, axes.height):
        sheet.path(axes.points(*zip(*function.curve, strict=True)), INK, 2.5)
        sheet.path(axes.points(*zip(*function.slopes, strict=True)), PURPLE, 2.5, stroke_dasharray="8 4")
    slope = {"ReLU": "slope: 0 or 1", "linear": "slope: 1 everywhere"}.get(
        name, f"slope: {function.steepest:g} at most"
    )
    for words, (x, y, anchor), color in zip((name, slope), PLACES[name], (INK, DARK_PURPLE), strict=True):
        sheet.text(axes.x(x), axes.y(y), words, bold=True, anchor=anchor, color=color)
    for x, value, steep in function.samples:
        left, right = (axes.x(max(-REACH, min(each, REACH))) for each in (x - 0.25, x + 0.25))
        tip = f"{name}({x:g}) = {value:.3g}, slope {steep:.3g}".replace("-", "−")
        sheet.pad(left, axes.top, right - left, axes.height, tip=tip)


def _inputs(sheet: Sheet, numbers: ActivationNumbers) -> None:
    shares = numbers.flow.shares
    sheet.title(LEFT, 232, f"Flat part (hatched): {percent(numbers.saturated)} of inputs")
    axes = sheet.axes(LEFT, 248, SIDE, 102, x=Scale(-REACH, REACH), y=Scale(0, 1.05 * max(shares)))
    hatch = sheet.hatch(FLAT, VERMILION, gap=7, width=1)
    for start, end in numbers.function.flat:
        sheet.bar(axes.x(start), axes.top, axes.x(end) - axes.x(start), axes.height, hatch)
    width = 2 * REACH / len(shares)
    edges = [round(-REACH + width * each, 9) for each in range(len(shares) + 1)]
    outline = [(axes.x(-REACH), axes.bottom)]
    for (start, end), share in zip(pairwise(edges), shares, strict=True):
        outline += [(axes.x(start), axes.y(share)), (axes.x(end), axes.y(share))]
    sheet.path([*outline, (axes.x(REACH), axes.bottom)], "none", closed=True, fill=INK)
    for (start, end), share in zip(pairwise(edges), shares, strict=True):
        if share:
            where = f"from {start:g} to {end:g}"
            where = f"under {end:g}" if start == -REACH else f"over {start:g}" if end == REACH else where
            tip = f"{where}: {100 * share:.1f} % of inputs".replace("-", "−")
            sheet.pad(axes.x(start), axes.top, axes.x(end) - axes.x(start), axes.height, tip=tip)
    axes.frame(left=False)
    axes.x_ticks(
        [-REACH, -2.5, 0, 2.5, REACH],
        ["≤ −5", "−2.5", "0", "2.5", "≥ 5"],
        name="input of the function, all units and layers",
    )


def _gradients(sheet: Sheet, numbers: ActivationNumbers) -> None:
    axes = sheet.axes(376, 78, 256, 272, x=Scale(-0.5, MOST_LAYERS - 0.5), y=Scale(LOWEST, HIGHEST))
    sheet.title(axes.left, 20, f"{numbers.activation}: the gradient {numbers.verdict}")
    sheet.text(
        axes.left, 42, f"{numbers.depth} layers of {UNITS} units, weight scale {numbers.weight_scale:.2f}"
    )
    sheet.text(axes.left, 60, "size of the gradient; the last layer's is 1. Shaded: 0.1 to 10")
    sheet.bar(axes.left, axes.y(1), axes.width, axes.y(-1) - axes.y(1), SHADE)
    drag = axes.across("depth", 0.5, MOST_LAYERS + 0.5)  # the last layer itself is passed by none
    sheet.pad(axes.left, axes.top, axes.width, axes.height, across=drag)
    powers = range(LOWEST, HIGHEST + 1, 3)
    axes.y_ticks(powers, [power_of_ten(power) for power in powers])
    axes.x_ticks([0, 5, 10, 15, 20, 25], name="layers passed on the way back to layer 1")
    axes.frame()
    _lines(axes, numbers)
    _labels(axes, numbers)
    _dots(axes, numbers)


def _lines(axes: Axes, numbers: ActivationNumbers) -> None:
    """Every activation's gradients, the chosen one's thick."""
    with axes.sheet.inside(axes.left, axes.top, axes.width, axes.height):
        for name, flow in numbers.flows.items():
            points = axes.points(range(numbers.depth), flow.powers)
            look = {"stroke_dasharray": DASHES[name], "pointer_events": "none"}
            axes.sheet.path(points, COLORS[name], 2.6 if name == numbers.activation else 1.5, **look)


def _labels(axes: Axes, numbers: ActivationNumbers) -> None:
    """Beside each line's end its name and what reaches layer 1; an arrow where that is beyond the axis.

    A click on a name chooses that activation.
    """
    last = {name: flow.powers[-1] for name, flow in numbers.flows.items()}
    end = axes.x(numbers.depth - 1)
    for name, y in _apart(axes, last).items():
        power, first = last[name], numbers.flows[name].gradients[0]
        arrow = " ↓" if power < LOWEST else " ↑" if power > HIGHEST else ""
        axes.sheet.line(end, axes.y(axes.y_scale.within(power)), end + 14, y, COLORS[name], 1)
        axes.sheet.text(
            end + 17,
            y,
            f"{name} {ratio(first)}{arrow}",
            bold=name == numbers.activation,
            tip=f"{name}: layer 1 gets {amount(first)} the last layer's gradient",
            sets={"activation": name},
        )


def _dots(axes: Axes, numbers: ActivationNumbers) -> None:
    """The chosen activation's layers; the one at layer 1 is a handle, hollow where it is beyond the axis."""
    color = COLORS[numbers.activation]
    *others, last = zip(reversed(numbers.gradients), numbers.flow.powers, strict=True)
    with axes.sheet.group(fill=color):
        for passed, (gradient, power) in enumerate(others):
            if LOWEST <= power <= HIGHEST:
                tip = f"layer {numbers.depth - passed}: {amount(gradient)} the last layer's gradient"
                axes.sheet.add("circle", cx=axes.x(passed), cy=axes.y(power), r=3.5, tip=tip)
    gradient, power = last
    shown = axes.y_scale.within(power)
    axes.sheet.dot(
        axes.x(numbers.depth - 1),
        axes.y(shown),
        7,
        color if shown == power else "white",
        stroke=INK if shown == power else color,
        stroke_width=1.5 if shown == power else 2.5,
        class_="handle",
        tip=f"layer 1: {amount(gradient)} the last layer's gradient",
        across=axes.across("depth", 0.5, MOST_LAYERS + 0.5),
    )


def _apart(axes: Axes, powers: Mapping[str, float]) -> dict[str, float]:
    """Where each label stands, in order and as near to its line's end as the others and the axis leave room.

    Labels that would be in each other's way make a block around the middle of their ends (isotonic regression
    of the heights less what lies between labels, by pooling adjacent violators).
    """
    order = sorted(powers, key=powers.__getitem__, reverse=True)
    blocks: list[list[float]] = []
    for place, name in enumerate(order):
        blocks.append([axes.y(axes.y_scale.within(powers[name])) - LABEL_GAP * place])
        while len(blocks) > 1 and fmean(blocks[-2]) > fmean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    top, bottom = axes.top + LABEL_GAP / 2, axes.bottom - LABEL_GAP * (len(order) - 0.5)
    heights = [min(max(fmean(block), top), bottom) for block in blocks for _ in block]
    return {name: heights[place] + LABEL_GAP * place for place, name in enumerate(order)}
