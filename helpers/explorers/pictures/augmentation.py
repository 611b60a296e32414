"""The picture of `AugmentationExplorer`: the crop in the photo, what the network is shown, the colours."""

from __future__ import annotations

from helpers.drawing.style import BLUE, FAINT, GREEN, INK, VERMILION
from helpers.drawing.svg import Drag, Scale, Sheet, number, tag
from helpers.explorers.numbers.augmentation import (
    COLOURS,
    CROP,
    CROPS,
    LAST,
    MOST_ALPHA,
    RESIZED,
    AugmentationNumbers,
    Component,
    signed,
)
from helpers.explorers.pictures.pixel_mixer import color_matrix

WIDTH, HEIGHT = 800, 374
LEFT, RIGHT, TOP = 12, 292, 66
"""Where the photo and the crop stand; both have a CSS pixel for each of their own."""

PANEL, PANEL_WIDTH = 546, 240
STRIP, STRIPS = 12, (TOP + 20, TOP + 62, TOP + 104)
"""A strip's height, and where each begins."""

MOST_SHIFT = 35
"""Levels at the ends of the bars' axis: no α within the sliders' range moves a channel further."""

ENDS = (("darker", "brighter"), ("bluer", "redder"), ("magenta", "greener"))


def draw_augmentation(numbers: AugmentationNumbers) -> Sheet:
    """The crop is the photo again, behind a window, mirrored and recoloured by the browser."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.title(LEFT, 18, numbers.finding)
    _photo(sheet, numbers)
    _shown(sheet, numbers)
    sheet.text(PANEL, TOP - 18, "one colour, added to every pixel")
    for place in range(len(numbers.alphas)):
        _strip(sheet, numbers, place)
    _bars(sheet, numbers)
    places = (
        f"{LAST + 1} × {LAST + 1} places for the crop, times 2 for the mirror: {CROPS:,} crops of one photo"
    )
    sheet.text(LEFT, HEIGHT - 16, f"{places} (the paper counts 32 × 32 × 2 = 2,048).", size=12)
    return sheet


def _photo(sheet: Sheet, numbers: AugmentationNumbers) -> None:
    """The photo, pale outside the crop. A corner of the crop goes as far as the hand that drags it."""
    sheet.text(LEFT, TOP - 18, f"the photo, {RESIZED}×{RESIZED}, and the crop")
    sheet.image("photo", LEFT, TOP, RESIZED, RESIZED)
    x, y = LEFT + numbers.column, TOP + numbers.row
    below, behind = LAST - numbers.row, LAST - numbers.column
    with sheet.group(fill="white", opacity=0.75):
        sheet.bar(LEFT, TOP, RESIZED, numbers.row, None)
        sheet.bar(LEFT, y + CROP, RESIZED, below, None)
        sheet.bar(LEFT, y, numbers.column, CROP, None)
        sheet.bar(x + CROP, y, behind, CROP, None)
    with sheet.group(fill="none"):
        for margin, color in ((0.5, "black"), (1.5, "white"), (2.5, INK)):
            sheet.bar(
                x + margin,
                y + margin,
                CROP - 2 * margin,
                CROP - 2 * margin,
                None,
                stroke=color,
                stroke_width=1,
            )
    tip = f"crop at ({numbers.row}, {numbers.column})"
    across, down = Drag("column", LEFT, LEFT + RESIZED, 0, LAST), Drag("row", TOP, TOP + RESIZED, 0, LAST)
    # Anywhere else the whole photo stands for all places: further right is further right.
    sheet.pad(LEFT, TOP, RESIZED, RESIZED, tip=tip, across=across, down=down)
    for down in (0, CROP):
        for across in (0, CROP):
            sheet.dot(
                x + across,
                y + down,
                6,
                "white",
                stroke=INK,
                stroke_width=2,
                class_="handle",
                tip=tip,
                across=Drag("column", LEFT + across, LEFT + LAST + across, 0, LAST),
                down=Drag("row", TOP + down, TOP + LAST + down, 0, LAST),
            )


def _shown(sheet: Sheet, numbers: AugmentationNumbers) -> None:
    """What the network is shown; a click on it mirrors it."""
    sheet.text(RIGHT, TOP - 18, f"what the network is shown, {CROP}×{CROP}")
    identity = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    matrix = color_matrix(identity, [gain / 255 for gain in numbers.shift])
    shift = sheet.define(
        "filter",
        "shift",
        tag("feColorMatrix", type="matrix", values=matrix),
        color_interpolation_filters="sRGB",
        x=0,
        y=0,
        width=1,
        height=1,
    )
    # Left and right are exchanged about the middle of the crop.
    mirror = f"translate({number(2 * RIGHT + CROP)} 0) scale(-1 1)" if numbers.flip else None
    with sheet.inside(RIGHT, TOP, CROP, CROP):
        x, y = RIGHT - numbers.column, TOP - numbers.row
        sheet.image("photo", x, y, RESIZED, RESIZED, filter=shift, transform=mirror)
    words = "mirrored left to right" if numbers.flip else "not mirrored"
    tip, flip = ("click to mirror it back", "no") if numbers.flip else ("click to mirror it", "yes")
    sheet.pad(RIGHT, TOP, CROP, CROP, tip=tip, sets={"flip": flip})
    sheet.text(RIGHT, TOP + CROP + 16, words)


def _strip(sheet: Sheet, numbers: AugmentationNumbers, place: int) -> None:
    """Grey moved along a component, and a pin that can be dragged at its α."""
    top, alpha, component = STRIPS[place], numbers.alphas[place], numbers.components[place]
    low, high = _ends(component)
    stops = tag("stop", offset=0, stop_color=low) + tag("stop", offset=1, stop_color=high)
    colours = sheet.define("linearGradient", f"component-{place}", stops)
    name, words = f"α{'₁₂₃'[place]}", signed(alpha, 2)
    for x, anchor, end in ((PANEL, "start", 0), (PANEL + PANEL_WIDTH, "end", 1)):
        sheet.text(x, top - 10, ENDS[place][end], anchor=anchor, size=12)
    middle = PANEL + PANEL_WIDTH / 2
    sheet.text(middle, top - 10, f"{name} {words}, σ {component[0]:.0f}", anchor="middle", bold=True, size=12)
    drag = Drag(f"alpha_{place + 1}", PANEL, PANEL + PANEL_WIDTH, -MOST_ALPHA, MOST_ALPHA)
    tip = f"{name} {words}: {signed(alpha * component[0])} levels along this colour"
    sheet.bar(PANEL, top, PANEL_WIDTH, STRIP, colours, tip=tip, across=drag)
    pin = middle + alpha / MOST_ALPHA * PANEL_WIDTH / 2
    look = {"stroke": "white", "stroke_width": 2, "class_": "handle"}
    sheet.bar(pin - 3, top - 3, 6, STRIP + 6, INK, rx=2, tip=tip, across=drag, **look)


def _ends(component: Component) -> tuple[str, str]:
    """Grey moved along a component, much further than any α moves a photo, so that its colour is seen."""
    _, direction = component
    reach = 120 / max(map(abs, direction))
    low, high = ([round(128 + sign * reach * part) for part in direction] for sign in (-1, 1))
    return "rgb({},{},{})".format(*low), "rgb({},{},{})".format(*high)


def _bars(sheet: Sheet, numbers: AugmentationNumbers) -> None:
    """How many levels red, green and blue gain."""
    sheet.text(PANEL, TOP + 136, "strips exaggerated, bars to scale")
    axes = sheet.axes(
        PANEL + 50, TOP + 152, PANEL_WIDTH - 56, 78, x=Scale(-MOST_SHIFT, MOST_SHIFT), y=Scale(2.6, -0.6)
    )
    ticks = (-30, -15, 0, 15, 30)
    axes.x_ticks(
        ticks, [f"{tick}".replace("-", "−") for tick in ticks], grid=True, name="levels added, of 255"
    )
    sheet.line(axes.x(0), axes.top, axes.x(0), axes.bottom, FAINT, 1)
    for place, (name, color, gain) in enumerate(
        zip(COLOURS, (VERMILION, GREEN, BLUE), numbers.shift, strict=True)
    ):
        y, start, end = axes.y(place), axes.x(0), axes.x(gain)
        sheet.text(PANEL + 44, y, name, anchor="end")
        words = signed(gain)
        sheet.bar(min(start, end), y - 8, abs(end - start), 16, color, tip=f"{name}: {words} levels")
        # On the other side of zero, where there is no bar.
        side, anchor = (-5, "end") if gain > 0 else (5, "start")
        sheet.text(start + side, y, words, anchor=anchor, bold=True)
    axes.frame(left=False)
