"""The picture of `DenseAsConvExplorer`: a window on a photo, the map of scores, VGG-16's head and work."""

from __future__ import annotations

from helpers.drawing.style import BLUE, FAINT, INK, ORANGE
from helpers.drawing.svg import Drag, Sheet, number, pointed
from helpers.explorers.numbers.dense_as_conv import HEAD, STEP, WINDOW, DenseAsConvNumbers
from helpers.wording.counts import brief

WIDTH, HEIGHT = 780, 470
LEFT, TOP, SIDE, MAP_LEFT, WORDS_LEFT = 20, 54, 272, 326, 622
CHAIN_TOP, BOX, GAP, BOX_HEIGHT = 364, 134, 68, 26
BARS_LEFT, BARS_RIGHT, BARS_TOP, LINE, BAR = 94, 494, 408, 28, 20
# From 0 to 1; the darkest leaves the number in the cell legible.
PALE, DEEP = (247, 250, 252), (87, 168, 224)

SAME = ("At 224 the window", "is the whole picture,", "and the two are", "the same.")
DIFFERENT = (
    "Cut out, it is padded",
    "with zeros; in the pass",
    "it has its neighbours.",
    "So the scores differ.",
)


def draw_dense_as_conv(numbers: DenseAsConvNumbers) -> Sheet:
    """The image is `photo`, the whole square that is scored."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.title(LEFT, 18, _title(numbers))
    _photo(sheet, numbers)
    _map(sheet, numbers)
    _words(sheet, numbers)
    _chain(sheet, numbers)
    _bars(sheet, numbers)
    return sheet


def shade(score: float) -> str:
    """The colour of a cell, from pale at 0 to deep at 1.

    >>> shade(0), shade(1)
    ('#f7fafc', '#57a8e0')
    """
    mixed = (round(pale + score * (deep - pale)) for pale, deep in zip(PALE, DEEP, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _title(numbers: DenseAsConvNumbers) -> str:
    if numbers.windows == 1:
        return "One pass scores 1 window: at 224×224 it is the network as it was"
    return f"{numbers.windows} windows in one pass: {numbers.finding} MACs than for {numbers.crops} (VGG-16)"


def _photo(sheet: Sheet, numbers: DenseAsConvNumbers) -> None:
    """All outside the window is faded. The window's middle follows the pointer."""
    size, last = numbers.image_size, numbers.map_size - 1
    scale = SIDE / size
    left, top, side = LEFT + numbers.column * STEP * scale, TOP + numbers.row * STEP * scale, WINDOW * scale
    sheet.text(LEFT, 41, f"photo, {size}×{size}; frame: {WINDOW}×{WINDOW}")
    sheet.image("photo", LEFT, TOP, SIDE, SIDE, pixels=False)
    ends = WINDOW / 2 * scale, (size - WINDOW / 2) * scale
    drags = {
        name: Drag(control, start + ends[0], start + ends[1], 0, last)
        for name, control, start in (("across", "column", LEFT), ("down", "row", TOP))
        if last  # a single window has nowhere to go
    }
    hole = " ".join(_outline(*box) for box in ((LEFT, TOP, SIDE), (left, top, side)))
    sheet.add("path", d=hole, fill="white", fill_opacity=0.65, fill_rule="evenodd", **drags)
    tip = (
        f"window ({numbers.row}, {numbers.column}): {100 * numbers.probability:.1f} % in one pass, "
        f"{100 * numbers.apart:.1f} % cut out"
    )
    # As far inside as the line is wide: at the photo's edge it must not hang over.
    look = {"stroke": ORANGE, "stroke_width": 3, "tip": tip, "class_": "handle" if last else None, **drags}
    sheet.bar(left + 1.5, top + 1.5, side - 3, side - 3, "transparent", **look)


def _outline(left: float, top: float, side: float) -> str:
    return f"M{number(left)} {number(top)}h{number(side)}v{number(side)}h{number(-side)}z"


def _map(sheet: Sheet, numbers: DenseAsConvNumbers) -> None:
    """The window under the pointer is chosen."""
    rows = numbers.map_size
    cell = SIDE / rows
    sheet.text(MAP_LEFT, 41, f"{numbers.short_name}, in percent, window by window")
    across, down = (
        Drag(control, start, start + SIDE, -0.5, rows - 0.5)
        for control, start in (("column", MAP_LEFT), ("row", TOP))
    )
    with sheet.group(stroke=FAINT, stroke_width=0.8, **pointed(across=across, down=down)):
        for row, scores in enumerate(numbers.scores):
            for column, score in enumerate(scores):
                x, y = MAP_LEFT + column * cell, TOP + row * cell
                tip = f"window ({row}, {column}): {100 * score:.1f} %"
                sheet.add("rect", x=x, y=y, width=cell, height=cell, fill=shade(score), tip=tip)
    x, y = MAP_LEFT + numbers.column * cell, TOP + numbers.row * cell
    sheet.bar(x, y, cell, cell, "none", stroke=ORANGE, stroke_width=3, pointer_events="none")
    with sheet.group(pointer_events="none"):
        for row, scores in enumerate(numbers.scores):
            for column, score in enumerate(scores):
                x, y = MAP_LEFT + (column + 0.5) * cell, TOP + (row + 0.5) * cell
                sheet.text(x, y, f"{100 * score:.0f}", size=13, anchor="middle")


def _words(sheet: Sheet, numbers: DenseAsConvNumbers) -> None:
    sheet.text(WORDS_LEFT, TOP + 10, f"window ({numbers.row}, {numbers.column})", bold=True)
    sheet.text(WORDS_LEFT, TOP + 29, "by EfficientNet-Lite0")
    for top, score, how in (
        (64, numbers.probability, "in one pass"),
        (128, numbers.apart, "cut out and run apart"),
    ):
        sheet.text(WORDS_LEFT, TOP + top, f"{100 * score:.0f} %", size=28, bold=True)
        sheet.text(WORDS_LEFT, TOP + top + 25, how)
    for line, words in enumerate(DIFFERENT if numbers.windows > 1 else SAME):
        sheet.text(WORDS_LEFT, TOP + 196 + 18 * line, words)


def _chain(sheet: Sheet, numbers: DenseAsConvNumbers) -> None:
    heading = f"VGG-16 at {numbers.image_size}: its fully connected layers as convolutions, and all its MACs"
    sheet.text(LEFT, CHAIN_TOP - 16, heading, bold=True)
    middle = CHAIN_TOP + BOX_HEIGHT / 2
    for place, (name, shape) in enumerate(zip(("pool5", *HEAD), numbers.shapes, strict=True)):
        left = LEFT + place * (BOX + GAP)
        channels, height, width = shape
        tip = f"{name}: {channels:,} maps of {height}×{width}"
        if name in HEAD:
            kernel = "×".join(map(str, HEAD[name].kernel_size))
            tip += f" by a {kernel} convolution of {HEAD[name].weights:,} weights"
            sheet.arrow(left - GAP + 5, middle, left - 5, middle)
            sheet.text(left - GAP / 2, middle - 10, kernel, anchor="middle")
        sheet.bar(left, CHAIN_TOP, BOX, BOX_HEIGHT, "white", stroke=INK, stroke_width=1.5, tip=tip)
        words = f"{name}  {channels}×{height}×{width}"
        sheet.text(left + BOX / 2, middle, words, anchor="middle", pointer_events="none")


def _bars(sheet: Sheet, numbers: DenseAsConvNumbers) -> None:
    """In percent of the crops, so that one axis serves every size."""
    for line, (name, share, macs, fill) in enumerate(
        (
            ("one pass", float(numbers.share), numbers.one_pass_macs, sheet.hatch(BLUE)),
            (numbers.crops, 1.0, numbers.crops_macs, FAINT),
        )
    ):
        top, width = BARS_TOP + line * LINE, share * (BARS_RIGHT - BARS_LEFT)
        middle = top + BAR / 2
        sheet.text(BARS_LEFT - 8, middle, name, anchor="end")
        sheet.bar(BARS_LEFT, top, width, BAR, fill, tip=f"{name}: {macs:,} MACs")
        amount = f"{brief(macs)} MACs  ({100 * share:.0f} %)"
        sheet.text(BARS_LEFT + width + 8, middle, amount, bold=True)
