"""The picture of `GroupExplorer`: which channels are connected, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from helpers.drawing.style import BLUE, FAINT, ORANGE
from helpers.drawing.svg import Scale, Sheet
from helpers.drawing.text_width import text_width
from helpers.explorers.numbers.group import PRESETS, GroupNumbers

WIDTH, HEIGHT = 780, 400
LEFT, TOP, SIDE = 70, 78, 272
"""Where the square of connections begins, and its side."""
BARS_LEFT, BARS_WIDTH, BAR, ROWS = 502, 262, 20, (126, 193, 260)

MOST_NAMED = 4
"""Up to so many groups each square has room for its name."""
MOST_SQUARES = 32
"""Up to so many groups each square is told of when it is pointed at; more are one shape."""

LIGHT_BLUE, LIGHT_ORANGE, DARK = "#CFE5F3", "#FAE3B4", "#5A5A5A"


def draw_group(numbers: GroupNumbers) -> Sheet:
    """All pairs of channels as a square, the connected ones filled; bars are in percent of one group."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.text(LEFT - 10, 20, "groups", anchor="end")
    weights = numbers.weights_by_groups.items()
    choices = (
        (str(groups), groups == numbers.groups, {"groups": groups}, f"{_groups(groups)}: {count:,} weights")
        for groups, count in weights
    )
    _choices(sheet, LEFT, 20, choices)
    _square(sheet, numbers)
    _bars(sheet, numbers)
    return sheet


def _groups(groups: int) -> str:
    return "one group" if groups == 1 else f"{groups} groups"


def _choices(
    sheet: Sheet, x: float, y: float, choices: Iterable[tuple[str, bool, dict[str, Any], str | None]]
) -> None:
    """What can be chosen, in a row: words, whether it is the one that holds, what it sets and its tip."""
    for words, holds, sets, tip in choices:
        width = max(22, text_width(words, 12, bold=True) + 10)  # the same, whichever of them holds
        fill, edge = (BLUE, BLUE) if holds else ("#F4F4F4", "#BBBBBB")
        sheet.bar(x, y - 11, width, 22, fill, stroke=edge, stroke_width=1, rx=4, sets=sets, tip=tip)
        look = {"color": "white", "bold": True} if holds else {}
        sheet.text(x + width / 2, y, words, anchor="middle", size=12, pointer_events="none", **look)
        x += width + 3


def _square(sheet: Sheet, numbers: GroupNumbers) -> None:
    groups, few = numbers.groups, numbers.groups <= MOST_NAMED
    middle, step = LEFT + SIDE / 2, SIDE / groups
    title = f"Each output channel reads {numbers.reads} of {numbers.in_channels}"
    sheet.title(middle, TOP - 21, title, anchor="middle")
    tip = "no connection between these channels" if groups > 1 else None
    sheet.bar(LEFT, TOP, SIDE, SIDE, "white", stroke=FAINT, stroke_width=1, tip=tip)
    if groups <= MOST_SQUARES:
        for group in range(groups):
            _group(sheet, numbers, group, LEFT + group * step, TOP + group * step, step)
    else:
        sheet.add(
            "path",
            d="M0 0h1v1h-1z" + "m1 1h1v1h-1z" * (groups - 1),
            transform=f"translate({LEFT} {TOP}) scale({step:.4f})",
            fill=BLUE,
            stroke=BLUE,
            stroke_width=1 / step,
            tip=f"{groups} groups, {numbers.reads}→{numbers.makes} channels each",
        )
    if groups > 1:
        words = "no connection"
        x, y = LEFT + 0.76 * SIDE, TOP + 0.22 * SIDE
        sheet.text(x, y, words, anchor="middle", color=DARK, pointer_events="none")
    parts = groups if few else 1
    for part in range(parts + 1):
        place = SIDE * part / parts
        across, down = (channels * part // parts for channels in (numbers.in_channels, numbers.out_channels))
        sheet.text(LEFT + place, TOP + SIDE + 13, str(across), anchor="middle", size=12)
        sheet.text(LEFT - 6, TOP + place, str(down), anchor="end", size=12)
    sheet.text(middle, TOP + SIDE + 34, "input channels", anchor="middle", size=13)
    turn = f"rotate(-90 {LEFT - 48} {TOP + SIDE / 2})"
    sheet.text(LEFT - 48, TOP + SIDE / 2, "output channels", anchor="middle", size=13, transform=turn)


def _group(sheet: Sheet, numbers: GroupNumbers, group: int, x: float, y: float, step: float) -> None:
    fill, edge = ((LIGHT_BLUE, BLUE), (LIGHT_ORANGE, ORANGE))[group % 2]
    first_in, first_out = group * numbers.reads, group * numbers.makes
    tip = (
        f"group {group + 1}: outputs {first_out} to {first_out + numbers.makes - 1} "
        f"read inputs {first_in} to {first_in + numbers.reads - 1}"
    )
    sheet.bar(x, y, step, step, fill, stroke=edge, stroke_width=1.2, tip=tip)
    if numbers.groups <= MOST_NAMED:
        across, down = x + step / 2, y + step / 2
        look = {"anchor": "middle", "pointer_events": "none"}
        sheet.text(across, down - 9, f"group {group + 1}", bold=True, **look)
        sheet.text(across, down + 9, f"{numbers.reads}→{numbers.makes}", **look)


def _bars(sheet: Sheet, numbers: GroupNumbers) -> None:
    groups, left = numbers.groups, BARS_LEFT - 96
    if groups == 1:
        finding = "One group: all outputs read all inputs"
    else:
        kind = "Depthwise" if numbers.depthwise else f"{groups} groups"
        finding = f"{kind}: 1/{groups} of weights and MACs"
    sheet.title(left, TOP - 21, finding)
    layer = f"AlexNet's {numbers.preset}: " if numbers.preset not in (None, "depthwise") else ""
    size = f"{numbers.map_size}×{numbers.map_size}"
    sheet.text(left, TOP, f"{layer}{numbers.kernel} on maps of {size}")
    _choices(
        sheet, left, TOP + 25, ((name, name == numbers.preset, {"preset": name}, None) for name in PRESETS)
    )
    axes = sheet.axes(BARS_LEFT, ROWS[0], BARS_WIDTH, 202, x=Scale(0, 100), y=Scale(0, 1))
    split = sheet.hatch(LIGHT_BLUE, BLUE, width=0.75)
    counts = {
        "channel pairs": (numbers.connections, numbers.all_connections),
        "weights": (numbers.weights, numbers.all_weights),
        "MACs": (numbers.macs, numbers.all_macs),
    }
    for top, (name, (part, whole)) in zip(ROWS, counts.items(), strict=True):
        sheet.text(BARS_LEFT - 8, top + BAR, name, anchor="end")
        sheet.bar(BARS_LEFT, top, BARS_WIDTH, BAR, FAINT, tip=f"in one group: {whole:,} {name}")
        words = f"in one group: {whole:,}"
        look = {"bold": True, "color": "white", "pointer_events": "none"}
        sheet.text(BARS_LEFT + 6, top + BAR / 2, words, **look)
        long = axes.x(100 * part / whole) - BARS_LEFT
        look = {"stroke": BLUE, "stroke_width": 1.2}
        words = "the same" if groups == 1 else f"in {groups} groups: {part:,}"
        tip = f"in {_groups(groups)}: {part:,} {name}"
        sheet.bar(BARS_LEFT, top + BAR + 2, long, BAR, split, tip=tip, **look)
        sheet.text(BARS_LEFT + 3, top + 2 * BAR + 13, words, bold=True)
    axes.frame(left=False)
    axes.x_ticks([0, 20, 40, 60, 80, 100], name="percent of what one group costs")
