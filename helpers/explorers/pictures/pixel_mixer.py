"""The picture of `PixelMixer`: the photo before and after, and one pixel's three dot products."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.drawing.style import INK
from helpers.drawing.svg import Drag, Sheet, tag
from helpers.explorers.numbers.pixel_mixer import CHANNELS, PIXELS, MixNumbers

SHOWN, TOP = 300, 28
"""The side of each photo in CSS pixels, and where it begins."""
WIDTH, HEIGHT = 760, TOP + SHOWN + 88
LEFT, RIGHT = 40, WIDTH - 40 - SHOWN


def draw_pixel_mixer(numbers: MixNumbers) -> Sheet:
    """The photo, and beside it the same image behind the browser's own 1×1 convolution, `feColorMatrix`."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.text(LEFT, TOP - 12, "the photo", bold=True, size=14)
    sheet.text(RIGHT, TOP - 12, "after the 1×1 convolution", bold=True, size=14)
    kernel = sheet.define(
        "filter",
        "mix",
        tag("feColorMatrix", type="matrix", values=color_matrix(numbers.weights, numbers.bias)),
        color_interpolation_filters="sRGB",
        x=0,
        y=0,
        width=1,
        height=1,
    )
    for left, look in ((LEFT, {}), (RIGHT, {"filter": kernel})):
        sheet.image("photo", left, TOP, SHOWN, SHOWN, **look)
        _mark(sheet, left, numbers.pixel)
        _pad(sheet, left)
    middle = WIDTH / 2
    for top, name, colour in ((TOP + 45, "before", numbers.before), (TOP + 155, "after", numbers.after)):
        levels = ", ".join(f"{channel} {value:.2f}" for channel, value in zip(CHANNELS, colour, strict=True))
        red, green, blue = (round(255 * min(max(value, 0), 1)) for value in colour)
        look = {"stroke": INK, "stroke_width": 1, "tip": f"{name}: {levels}"}
        sheet.bar(middle - 22, top, 44, 44, f"rgb({red},{green},{blue})", **look)
        sheet.text(middle, top + 56, name, anchor="middle")
    sheet.arrow(middle, TOP + 112, middle, TOP + 148, width=2, head=10)
    for line, (name, row, bias, after) in enumerate(
        zip(CHANNELS, numbers.weights, numbers.bias, numbers.after, strict=True)
    ):
        products = " + ".join(f"{w:5.2f}·{x:.2f}" for w, x in zip(row, numbers.before, strict=True))
        clipped = "" if 0 <= after <= 1 else f"  shown as {min(max(after, 0), 1):.0f}"
        words = f"{name:>5} = {products} + {bias:5.2f} = {after:5.2f}{clipped}"
        sheet.text(LEFT, TOP + SHOWN + 22 + 24 * line, words, mono=True, size=14.5)
    return sheet


def color_matrix(weights: Sequence[Sequence[float]], bias: Sequence[float]) -> str:
    """The `values` of an feColorMatrix that is a 1×1 convolution: red, green, blue, opacity and bias."""
    rows = [[*row, 0, shift] for row, shift in zip(weights, bias, strict=True)]
    return " ".join(f"{value:g}" for row in [*rows, [0, 0, 0, 1, 0]] for value in row)


def _mark(sheet: Sheet, left: float, pixel: tuple[int, int]) -> None:
    """A frame around the pixel, black on white so that it shows on any photo."""
    row, column = pixel
    side = SHOWN / PIXELS
    for margin, colour in ((4, "black"), (3, "white"), (2, "black")):
        sheet.bar(
            left + column * side - margin,
            TOP + row * side - margin,
            side + 2 * margin,
            side + 2 * margin,
            "none",
            stroke=colour,
            stroke_width=1,
        )


def _pad(sheet: Sheet, left: float) -> None:
    """Where a pixel is chosen: a place is nearest to the middle of the pixel that it is in."""
    across = Drag("column", left, left + SHOWN, -0.5, PIXELS - 0.5)
    sheet.pad(left, TOP, SHOWN, SHOWN, across=across, down=Drag("row", TOP, TOP + SHOWN, -0.5, PIXELS - 0.5))
