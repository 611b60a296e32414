"""The picture of `LRNExplorer`: every channel before and after, and one channel's calculation."""

from __future__ import annotations

from helpers.drawing.style import BLUE, FAINT, GRID, INK, VERMILION, YELLOW
from helpers.drawing.svg import Axes, Drag, Scale, Sheet, number, pointed
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.response_norm import MOST_CHANNELS, LRNNumbers
from helpers.wording.ratios import three_digits

WIDTH, HEIGHT = 780, 440
LEFT, RIGHT, TOP, BOTTOM = 62, 764, 60, 304
LOUDEST, BRACKET = 236, 212
"""The response at which the axis ends, and the one at whose height the window's bracket is."""
HALF = 0.4
"""Half the width of a bar, in channels."""

LINES = (362, 383, 404, 425)
ABOUT = (
    "after = before / (k + α · Σ before²)^β",
    "Σ is taken over the n channels around it",
    "before: 64 × conv1 and ReLU, one pixel of the cat photo",
)


def draw_response_norm(numbers: LRNNumbers) -> Sheet:
    """Bars of all channels, the window of the chosen one, and its calculation below."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.title(LEFT, 18, numbers.finding)
    _legend(sheet)
    channels = range(len(numbers.responses))
    axes = sheet.axes(
        LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, x=Scale(-0.5, len(channels) - 0.5), y=Scale(0, LOUDEST)
    )
    _window(axes, numbers)
    axes.frame()
    axes.x_ticks(channels, name="channel")
    axes.y_ticks([0, 50, 100, 150, 200], grid=False, name="response")
    _bars(axes, numbers)
    _pads(axes, numbers)
    _handles(axes, numbers)
    for y, words in zip(LINES, numbers.working, strict=True):
        sheet.text(LEFT, y, words, mono=True)
    for y, words in zip(LINES[1:], ABOUT, strict=True):
        sheet.text(RIGHT, y, words, anchor="end")
    return sheet


def _legend(sheet: Sheet) -> None:
    x = LEFT
    for fill, height, outline, name in (
        (GRID, 12, FAINT, "before"),
        (BLUE, 12, None, "after"),
        (VERMILION, 12, None, "after, this channel"),
        (INK, 2.5, None, "if its neighbours were silent"),
    ):
        sheet.bar(x, 42 - height / 2, 20, height, fill, **({"stroke": outline} if outline else {}))
        sheet.text(x + 26, 42, name)
        x += 26 + text_width(name, 12.5) + 20


def _window(axes: Axes, numbers: LRNNumbers) -> None:
    """The shading behind the channels whose squares count, and the bracket that says how many they are."""
    first, last = axes.x(numbers.window[0] - 0.5), axes.x(numbers.window[-1] + 0.5)
    axes.sheet.bar(first, axes.top, last - first, axes.height, YELLOW, opacity=0.3)
    high, low = axes.y(BRACKET), axes.y(BRACKET - 4)
    axes.sheet.path([(first, low), (first, high), (last, high), (last, low)], width=1.5)
    count = len(numbers.window)
    words = "1 channel" if count == 1 else f"{count} channels"
    half = text_width(words, 12.5, bold=True) / 2 + 2
    middle = min(max((first + last) / 2, axes.left + half), axes.right - half)
    axes.sheet.text(middle, axes.y(BRACKET + 12), words, bold=True, anchor="middle")


def _bars(axes: Axes, numbers: LRNNumbers) -> None:
    """Each channel that is not silent before and after, and a dash where it would be among silent ones."""
    # All outlines are one path, and all dashes: what they tell is told by the column that they stand in.
    outlines, dashes = [], []
    heard = [channel for channel, response in enumerate(numbers.responses) if response]
    for channel in heard:
        left, right = number(axes.x(channel - HALF)), number(axes.x(channel + HALF))
        before, alone = axes.y(numbers.responses[channel]), axes.y(numbers.unnoticed(channel))
        outlines.append(f"M{left},{number(axes.bottom)}V{number(before)}H{right}V{number(axes.bottom)}Z")
        dashes.append(f"M{left},{number(alone)}H{right}")
    axes.sheet.add("path", d="".join(outlines), fill=GRID, stroke=FAINT, stroke_width=1)
    for channel in heard:
        left, top = axes.x(channel - HALF), axes.y(numbers.normalised(channel))
        color = VERMILION if channel == numbers.channel else BLUE
        axes.sheet.bar(left, top, axes.x(channel + HALF) - left, axes.bottom - top, color)
    axes.sheet.add("path", d="".join(dashes), stroke=INK, stroke_width=2.5)


def _pads(axes: Axes, numbers: LRNNumbers) -> None:
    """Over each channel's column: its numbers, and a click or a drag that chooses it."""
    with axes.sheet.group(**pointed(across=axes.across("channel"))):
        for channel, before in enumerate(numbers.responses):
            after, alone = map(three_digits, (numbers.normalised(channel), numbers.unnoticed(channel)))
            found = f"{before} becomes {after}; {alone} with silent neighbours" if before else "silent"
            left = axes.x(channel - 0.5)
            tip = f"channel {channel}: {found}"
            axes.sheet.pad(left, axes.top, axes.x(channel + 0.5) - left, axes.height, tip=tip)


def _handles(axes: Axes, numbers: LRNNumbers) -> None:
    """The mark over the chosen channel, and the ends of the bracket that are not at the axis's end."""
    x, y = axes.x(numbers.channel), axes.y(numbers.before) - 4
    axes.sheet.path(
        [(x, y), (x - 7, y - 12), (x + 7, y - 12)],
        width=1.2,
        closed=True,
        fill=VERMILION,
        class_="handle",
        across=axes.across("channel"),
        tip=f"channel {numbers.channel}: drag to choose another",
    )
    reach = numbers.n // 2
    for side, end, limit in (
        (-1, numbers.window[0], numbers.channel - reach),
        (1, numbers.window[-1], numbers.channel + reach),
    ):
        if end == limit:
            near, far = (axes.x(numbers.channel + side * n / 2) for n in (1, MOST_CHANNELS))
            axes.sheet.dot(
                axes.x(end + side / 2),
                axes.y(BRACKET),
                5,
                "white",
                stroke=INK,
                stroke_width=1.5,
                class_="handle",
                across=Drag("n", near, far, 1, MOST_CHANNELS),
                tip=f"n = {numbers.n}: drag to count more or fewer channels",
            )
