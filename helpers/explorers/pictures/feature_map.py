"""The picture of `FeatureMapExplorer`: the photo, a page of maps, and one of them enlarged."""

from __future__ import annotations

from helpers.drawing.style import ORANGE
from helpers.drawing.svg import TITLE, Sheet
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.feature_map import FeatureMapNumbers, value

LEFT, SIDE = 10, 212
"""Where the photo and the enlarged map begin, and their side."""
TOP, BETWEEN = 48, 32
GRID, GAP, MAPS_LEFT = 2 * SIDE + BETWEEN, 4, 314
WIDTH, HEIGHT = MAPS_LEFT + GRID + 10, TOP + GRID + 10
LARGE_TOP = TOP + SIDE + BETWEEN


def step(columns: int) -> int:
    """From one map to the next beside it, in pixels. A gap belongs to it.

    >>> step(8), step(1)
    (57, 460)
    """
    return (GRID + GAP) // columns


def draw_feature_map(numbers: FeatureMapNumbers) -> Sheet:
    """The images are `photo`, the page's `maps` with their gaps, the enlarged `map` and its `scale`."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.text(LEFT, TOP - 12, "the photo", bold=True)
    sheet.image("photo", LEFT, TOP, SIDE, SIDE, pixels=False)
    _page(sheet, numbers)
    _enlarged(sheet, numbers)
    return sheet


def _page(sheet: Sheet, numbers: FeatureMapNumbers) -> None:
    shown, columns, across = numbers.shown, numbers.columns, step(numbers.columns)
    tile = across - GAP
    sheet.title(MAPS_LEFT, 16, _fitted(numbers.name))
    channels = f"channel {shown[0]}" if len(shown) == 1 else f"channels {shown[0]} to {shown[-1]}"
    size = f"{numbers.height}×{numbers.width} pixels"
    sheet.text(MAPS_LEFT, TOP - 12, f"{channels} of {numbers.channels}, {size}")
    rows = (len(shown) - 1) // columns + 1
    # A page of one row is not full.
    wide = min(len(shown), columns)
    sheet.image("maps", MAPS_LEFT, TOP, wide * across - GAP, rows * across - GAP)
    with sheet.group(fill="transparent"):
        for place, channel in enumerate(shown):
            row, column = divmod(place, columns)
            sheet.add(
                "rect",
                x=MAPS_LEFT + column * across,
                y=TOP + row * across,
                width=tile,
                height=tile,
                tip=f"channel {channel}: {numbers.range_of(channel)}",
                sets={"channel": channel},
            )
    row, column = divmod(numbers.channel - shown[0], columns)
    sheet.bar(
        MAPS_LEFT + column * across - 1.5,
        TOP + row * across - 1.5,
        tile + 3,
        tile + 3,
        "none",
        stroke=ORANGE,
        stroke_width=3,
    )


def _enlarged(sheet: Sheet, numbers: FeatureMapNumbers) -> None:
    name = f"channel {numbers.channel}"
    middle = LARGE_TOP - 13
    sheet.text(LEFT, middle, name, bold=True)
    behind = LEFT + text_width(name, 12.5, bold=True) + 10
    sheet.text(behind, middle, numbers.range_of(numbers.channel))
    sheet.image("map", LEFT, LARGE_TOP, SIDE, SIDE)
    with sheet.group(fill="transparent"):
        for row, values in enumerate(numbers.values):
            for column, number in enumerate(values):
                height, width = SIDE / numbers.height, SIDE / numbers.width
                x, y = LEFT + column * width, LARGE_TOP + row * height
                tip = f"row {row}, column {column}: {value(number)}"
                sheet.add("rect", x=x, y=y, width=width, height=height, tip=tip)
    low, high = numbers.scale
    tip = f"{value(low)} to {value(high)} for all maps of the layer; what is beyond has the colour of the end"
    sheet.image("scale", LEFT + SIDE + 6, LARGE_TOP, 10, SIDE, pixels=False, tip=tip)
    for number, y in ((high, LARGE_TOP + 6), (low, LARGE_TOP + SIDE - 6)):
        sheet.text(LEFT + SIDE + 20, y, value(number), size=12)


def _fitted(name: str) -> str:
    """A layer's name as a title over the maps; of a wide one, the end."""
    while text_width(name, TITLE, bold=True) > GRID:
        name = f"…{name[2:]}"
    return name
