"""The picture of `NetworkComparison`: the networks as named points between two axes."""

from __future__ import annotations

from math import cos, pi, sin

from helpers.drawing.style import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, SKY, VERMILION
from helpers.drawing.svg import TEXT, Axes, Point, Scale, Sheet, pointed
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.comparison import ComparisonNumbers
from helpers.explorers.pictures.label_placement import leader, place_labels

WIDTH, HEIGHT = 780, 484
LEFT, TOP, ACROSS, DOWN = 66, 82, 690, 316
"""The data area."""
MARGIN = 16
LINE = 14
"""The height of a line of text."""


def _around(*radii: float, corners: int) -> tuple[Point, ...]:
    """A shape around (0, 0) whose first corner is above; the radii take turns."""
    turns = [2 * pi * corner / corners for corner in range(corners)]
    return tuple(
        (radii[index % len(radii)] * sin(turn), -radii[index % len(radii)] * cos(turn))
        for index, turn in enumerate(turns)
    )


_PLUS = ((-2.5, -7), (2.5, -7), (2.5, -2.5), (7, -2.5), (7, 2.5), (2.5, 2.5))
LOOKS: dict[str, tuple[str, tuple[Point, ...]]] = {
    "AlexNet": (VERMILION, _around(8, corners=3)),
    "VGG": (ORANGE, ((-6, -6), (6, -6), (6, 6), (-6, 6))),
    "GoogLeNet": (GREEN, _around(8, corners=4)),
    "ResNet": (BLUE, ()),
    "DenseNet": (PURPLE, (*_PLUS, *((-x, -y) for x, y in _PLUS))),
    "EfficientNet-Lite0": (SKY, _around(9, 3.8, corners=10)),
}
"""Each family's colour and, for those who do not see it, its shape: corners around a point, or a disc."""


def draw_comparison(numbers: ComparisonNumbers) -> Sheet:
    """Axes reach from tick to tick; the least and the most of y are named above, the rest by hovering."""
    sheet = Sheet(WIDTH, HEIGHT)
    (x, y), (x_ticks, y_ticks) = numbers.axes, numbers.ticks
    axes = sheet.axes(
        LEFT,
        TOP,
        ACROSS,
        DOWN,
        x=Scale(x_ticks[0], x_ticks[-1], x.is_log),
        y=Scale(y_ticks[0], y_ticks[-1], y.is_log),
    )
    sheet.title(MARGIN, 18, numbers.title)
    sheet.text(MARGIN, 39, numbers.subtitle)
    sheet.text(MARGIN, TOP - 20, f"↑ {y.label}{' (log scale)' * y.is_log}", bold=True)
    axes.x_ticks(x_ticks, [x.tick(value) for value in x_ticks], grid=True)
    axes.y_ticks(y_ticks, [y.tick(value) for value in y_ticks])
    axes.frame()
    name = f"{x.label}{' (log scale)' * x.is_log} →"
    sheet.text(axes.right, axes.bottom + 36, name, bold=True, anchor="end")
    sheet.text(MARGIN, axes.bottom + 56, numbers.note)
    if numbers.missing:
        sheet.text(MARGIN, axes.bottom + 73, f"No figure for {', '.join(numbers.missing)}")
    _points(sheet, axes, numbers)
    return sheet


def _points(sheet: Sheet, axes: Axes, numbers: ComparisonNumbers) -> None:
    """The points with their names, and a line to those names that have to stand farther off."""
    x, y = numbers.axes
    places = [(axes.x(point.x), axes.y(point.y)) for point in numbers.points]
    sizes = [(text_width(point.label, TEXT), LINE) for point in numbers.points]
    room = axes.left + 2, axes.top - 12, axes.right - 2, axes.bottom - 2
    boxes = place_labels(places, sizes, room, marker=9)
    for at, box in zip(places, boxes, strict=True):
        if line := leader(at, box):
            sheet.line(*line[0], *line[1], FAINT, 1)
    for point, at, (left, top, _, bottom) in zip(numbers.points, places, boxes, strict=True):
        tip = f"{point.label}: {x.in_full(point.x)}, {y.in_full(point.y)}"
        with sheet.group(**pointed(tip)):
            _marker(sheet, *at, point.family)
            sheet.text(left, (top + bottom) / 2, point.label)


def _marker(sheet: Sheet, x: float, y: float, family: str) -> None:
    colour, corners = LOOKS[family]
    if corners:
        sheet.path([(x + across, y + down) for across, down in corners], INK, 1.2, closed=True, fill=colour)
    else:
        sheet.dot(x, y, 6.5, colour, stroke=INK, stroke_width=1.2)
