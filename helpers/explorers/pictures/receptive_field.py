"""The picture of `ReceptiveFieldExplorer`: what a unit can see of a photo, and what really moves it."""

from __future__ import annotations

from math import ceil, floor

from helpers.drawing.style import BLUE, FAINT, INK, VERMILION
from helpers.drawing.svg import Drag, Sheet, number, tag
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.receptive_field import (
    PHOTO,
    SEEN,
    ReceptiveFieldNumbers,
    shortened,
    times,
)

LEFT, TOP = 10, 32
ROOM = 90
"""The room around the photo on the left, for fields that reach beyond its edge."""
OUTER = PHOTO + 2 * ROOM
RIGHT = LEFT + OUTER + 26
MAP = 74
MAP_TOP = TOP + OUTER - MAP
WIDTH, HEIGHT = RIGHT + SEEN + 10, TOP + OUTER + 28
LINES = 16
"""The most units along a side of the layer's map that are drawn as a grid."""
BEYOND = "#F4F4F4"
GAP = 11
"""From one line of the hatch to the next, across."""
DOTS = "2.5 2"
VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")
"""The colours of the gradient, from none to most, evenly."""

Rectangle = tuple[float, float, float, float]
"""Left, top, width and height, in CSS pixels."""


def draw_receptive_field(numbers: ReceptiveFieldNumbers) -> Sheet:
    """On the left the photo, faded outside the field; on the right its part around the field, enlarged."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.title(LEFT, TOP - 15, numbers.sees)
    sheet.title(RIGHT, TOP - 15, numbers.moves)
    _photo(sheet, numbers)
    _gradient(sheet, numbers)
    _map(sheet, numbers)
    _legend(sheet, numbers)
    sheet.text(LEFT, TOP + OUTER + 15, numbers.edge)
    sheet.text(RIGHT, TOP + OUTER + 15, numbers.enlarged)
    return sheet


def _photo(sheet: Sheet, numbers: ReceptiveFieldNumbers) -> None:
    left, top, scale = LEFT + ROOM, TOP + ROOM, PHOTO / numbers.image_size
    field, drags = _field(numbers, left, top, scale), _drags(numbers, left, top, scale)
    reaches_beyond = numbers.visible != numbers.box
    sheet.bar(LEFT, TOP, OUTER, OUTER, BEYOND)
    with sheet.inside(LEFT, TOP, OUTER, OUTER):
        if reaches_beyond:
            sheet.add("path", d=_slants(field), stroke="#ABABAB", stroke_width=0.8)
        sheet.image("photo", left, top, PHOTO, PHOTO)
        outside = _outline((left, top, PHOTO, PHOTO))
        seen = None
        if numbers.visible is not None:
            first_row, first_column, *_ = numbers.visible
            height, width = (scale * pixels for pixels in numbers.on_photo)
            seen = left + scale * first_column, top + scale * first_row, width, height
            outside += _outline(seen)
        sheet.add("path", d=outside, fill="white", fill_opacity=0.75, fill_rule="evenodd")
        sheet.pad(left, top, PHOTO, PHOTO, **drags)
        tip = f"the field: {_pixels(numbers)}"
        if seen is not None:
            _frame(sheet, seen, 1.5, BLUE, tip, **drags)
        if reaches_beyond:
            x, y, width, height = _wider(field, 1.5)
            dashes = {"stroke": BLUE, "stroke_width": 1.5, "stroke_dasharray": "6 4"}
            sheet.bar(x, y, width, height, "none", tip=tip, **dashes, **drags)
        _grip(sheet, field, drags)


def _slants(field: Rectangle) -> str:
    """Slanted lines across as much of the field as there is room for, as one path.

    A pattern would look the same, but a large one takes long where the picture is stored.
    """
    x, y, width, height = field
    left, top, right, bottom = (
        max(x, LEFT),
        max(y, TOP),
        min(x + width, LEFT + OUTER),
        min(y + height, TOP + OUTER),
    )
    lines = []
    # Along each line x + y is the same, and it falls on whole multiples wherever the field is.
    for each in range(ceil((left + top) / GAP), floor((right + bottom) / GAP) + 1):
        both = GAP * each
        start, end = max(left, both - bottom), min(right, both - top)
        lines.append(f"M{number(start)} {number(both - start)}L{number(end)} {number(both - end)}")
    return "".join(lines)


def _grip(sheet: Sheet, field: Rectangle, drags: dict[str, Drag]) -> None:
    """What the field is dragged by: its middle. A small field would be hidden by a dot, and has none."""
    x, y, width, height = field
    middle = x + width / 2, y + height / 2
    if min(width, height) >= 44:
        sheet.dot(*middle, 5, BLUE, stroke="white", stroke_width=1.5, pointer_events="none")
    sheet.dot(*middle, 12, "transparent", class_="handle", tip="drag to another unit", **drags)


def _gradient(sheet: Sheet, numbers: ReceptiveFieldNumbers) -> None:
    row, column, side = numbers.view
    scale = SEEN / side
    left, top = RIGHT - scale * column, TOP - scale * row  # where the whole photo would begin
    drags = _drags(numbers, left, top, scale)
    with sheet.inside(RIGHT, TOP, SEEN, SEEN):
        sheet.image("gradient", RIGHT, TOP, SEEN, SEEN)
        sheet.image("grey", RIGHT, TOP, SEEN, SEEN, opacity=0.2)  # a trace of the photo, to know one's way
        sheet.pad(RIGHT, TOP, SEEN, SEEN, **drags)
        tip = f"the field: {_pixels(numbers)}"
        _frame(sheet, _field(numbers, left, top, scale), 1.5, BLUE, tip, **drags)
        if numbers.holding is not None:
            first_row, first_column, held = numbers.holding
            square = left + scale * first_column, top + scale * first_row, scale * held, scale * held
            tip = f"95 % of what moves it: {times(numbers.side)} pixels"
            _frame(sheet, square, -1.5, VERMILION, tip, stroke_dasharray=DOTS, **drags)


def _map(sheet: Sheet, numbers: ReceptiveFieldNumbers) -> None:
    """The layer's map, and in it the unit."""
    (row, column), (rows, columns) = numbers.unit, numbers.grid
    drags = {
        "across": Drag("column", RIGHT, RIGHT + MAP, -0.5, columns - 0.5),
        "down": Drag("row", MAP_TOP, MAP_TOP + MAP, -0.5, rows - 0.5),
    }
    sheet.bar(RIGHT, MAP_TOP, MAP, MAP, "white", stroke=FAINT, stroke_width=1)
    if max(rows, columns) <= LINES:
        lines = [f"M{RIGHT} {number(MAP_TOP + MAP * each / rows)}h{MAP}" for each in range(1, rows)]
        lines += [f"M{number(RIGHT + MAP * each / columns)} {MAP_TOP}v{MAP}" for each in range(1, columns)]
        if lines:
            sheet.add("path", d="".join(lines), stroke=FAINT, stroke_width=0.7)
    sheet.pad(RIGHT, MAP_TOP, MAP, MAP, **drags)
    # A unit of a large map would be too small to find: it is drawn as 6 pixels at least.
    places = []
    for at, count in ((column, columns), (row, rows)):
        length = max(MAP / count, 6)
        start = MAP * (at + 0.5) / count - length / 2
        places.append((min(max(start, 0), MAP - length), length))
    (x, width), (y, height) = places
    tip = f"unit {numbers.unit} of {times(*numbers.grid)}"
    sheet.bar(RIGHT + x, MAP_TOP + y, width, height, INK, class_="handle", tip=tip, **drags)


def _legend(sheet: Sheet, numbers: ReceptiveFieldNumbers) -> None:
    beside, size = RIGHT + MAP + 14, 12.5
    units = f": {times(*numbers.grid)} units"
    most = len(numbers.layer)
    while text_width(shortened(numbers.layer, most) + units, size, bold=True) > WIDTH - 8 - beside:
        most -= 1
    sheet.text(beside, MAP_TOP + 7, shortened(numbers.layer, most) + units, size=size, bold=True)
    stops = "".join(
        tag("stop", offset=place / (len(VIRIDIS) - 1), stop_color=color)
        for place, color in enumerate(VIRIDIS)
    )
    sheet.line(beside, MAP_TOP + 27, beside + 26, MAP_TOP + 27, BLUE, 2.5)
    sheet.line(beside, MAP_TOP + 47, beside + 26, MAP_TOP + 47, VERMILION, 2.5, stroke_dasharray=DOTS)
    sheet.bar(beside, MAP_TOP + 61, 26, 11, sheet.define("linearGradient", "viridis", stops))
    names = ("what it can see", "holds 95 % of what moves it", "from no effect to most")
    for line, name in enumerate(names):
        sheet.text(beside + 34, MAP_TOP + 27 + 20 * line, name, size=12)


def _drags(numbers: ReceptiveFieldNumbers, left: float, top: float, scale: float) -> dict[str, Drag]:
    """Drags to the unit whose field's centre is at a place on the photo, which begins at `left` and `top`."""
    side = scale * numbers.image_size
    return {
        name: Drag(control, start, start + side, span.unit_at(0), span.unit_at(numbers.image_size))
        for name, control, start, span in (
            ("across", "column", left, numbers.field.x),
            ("down", "row", top, numbers.field.y),
        )
    }


def _field(numbers: ReceptiveFieldNumbers, left: float, top: float, scale: float) -> Rectangle:
    """The field, padding included, on a photo that begins at `left` and `top`."""
    first_row, first_column, *_ = numbers.box
    height, width = numbers.field.size
    return left + scale * first_column, top + scale * first_row, scale * width, scale * height


def _frame(
    sheet: Sheet,
    around: Rectangle,
    margin: float,
    color: str,
    tip: str,
    *,
    stroke_dasharray: str | None = None,
    **drags: Drag,
) -> None:
    """A frame with a white one below, so that it shows on any photo."""
    x, y, width, height = _wider(around, margin)
    sheet.bar(x, y, width, height, "none", stroke="white", stroke_width=5.5)
    dashes = {} if stroke_dasharray is None else {"stroke_dasharray": stroke_dasharray}
    sheet.bar(x, y, width, height, "none", stroke=color, stroke_width=2.5, tip=tip, **dashes, **drags)


def _wider(rectangle: Rectangle, margin: float) -> Rectangle:
    x, y, width, height = rectangle
    return x - margin, y - margin, width + 2 * margin, height + 2 * margin


def _outline(rectangle: Rectangle) -> str:
    x, y, width, height = map(number, rectangle)
    return f"M{x} {y}h{width}v{height}h-{width}z"


def _pixels(numbers: ReceptiveFieldNumbers) -> str:
    top, left, bottom, right = numbers.box
    return f"{times(*numbers.field.size)} pixels, rows {top} to {bottom}, columns {left} to {right}"
