"""The picture of `ShortcutExplorer`: both paths of the block with their shapes, and its weights as bars."""

from __future__ import annotations

from itertools import pairwise

from helpers.arithmetic.blocks import SHORTCUTS
from helpers.drawing.style import FAINT, INK
from helpers.drawing.svg import Point, Scale, Sheet
from helpers.explorers.numbers.shortcut import OPTIONS, ShortcutNumbers, Step
from helpers.explorers.pictures.blocks import BAND, box, kind_fill
from helpers.wording.counts import brief

WIDTH, HEIGHT = 780, 512
MAIN, SIDE = 84, 286
"""The middle of the main path and of the shortcut."""
TOP, FORK, PLUS, BOTTOM = 56, 76, 350, 394
LAYERS = {2: (148, 262), 3: (124, 200, 276)}
"""The middles of the main path's layers, by how many there are."""
SIDE_BOX = 190
THICKEST = 26
"""The thickness in pixels of the path where it has the most channels."""

BARS, FULL, NUMBERS = 424, 220, 766
"""Where bars begin, how long 100 percent are, and where the numbers beside them end."""
ROWS, WAYS = 78, 300
"""Where the rows of this block's layers begin, and those of the three ways; 40 pixels each."""


def draw_shortcut(numbers: ShortcutNumbers) -> Sheet:
    """Paths are as thick as their channels; bars are in percent of the block, or of the largest block.

    A bottleneck is compared with basic blocks.
    """
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.title(14, 18, numbers.finding)
    _paths(sheet, numbers)
    _layers(sheet, numbers)
    _shortcut(sheet, numbers)
    _weights(sheet, numbers)
    if numbers.block == "bottleneck":
        _ways(sheet, numbers)
    _options(sheet, numbers)
    return sheet


def _paths(sheet: Sheet, numbers: ShortcutNumbers) -> None:
    channels = numbers.channels
    most = max(channels)

    def path(points: list[Point], count: int) -> None:
        thick = max(THICKEST * count / most, 1.5)
        sheet.path(points, BAND, thick, stroke_linejoin="miter", tip=f"{count} channels")

    path([(MAIN, FORK), (SIDE, FORK), (SIDE, SIDE_BOX)], numbers.in_channels)
    path([(SIDE, SIDE_BOX), (SIDE, PLUS), (MAIN, PLUS)], numbers.out_channels)
    stops = (TOP, *LAYERS[len(numbers.main)], PLUS, BOTTOM)
    for (top, bottom), count in zip(pairwise(stops), (*channels, channels[-1]), strict=True):
        path([(MAIN, top), (MAIN, bottom)], count)
    sheet.dot(MAIN, PLUS, 18, "white", stroke=INK, stroke_width=2, tip="F(x) + x, number by number")
    for across, down in ((9, 0), (0, 9)):
        sheet.line(MAIN - across, PLUS - down, MAIN + across, PLUS + down, pointer_events="none")
    shape = _shape(numbers.in_channels, numbers.map_size)
    sheet.text(MAIN, TOP - 10, f"{shape} in", bold=True, anchor="middle")
    shape = _shape(numbers.out_channels, numbers.out_size)
    sheet.text(MAIN, BOTTOM + 12, f"{shape} out", bold=True, anchor="middle")
    sheet.text(MAIN + 22, (PLUS + BOTTOM) / 2 + 11, "then ReLU")


def _layers(sheet: Sheet, numbers: ShortcutNumbers) -> None:
    places = LAYERS[len(numbers.main)]
    for step, (y, below) in zip(numbers.main, pairwise((*places, PLUS)), strict=True):
        first = step is numbers.main[0]
        kind = "1×1" if step.kernel == "1×1" else "larger"
        click = f"; a click makes it stride {3 - numbers.stride}" if first else ""
        sets = {"stride": 3 - numbers.stride} if first else None
        words = _kernel(step), f"to {step.convolution.out_channels}"
        box(sheet, MAIN, y, 108, kind, words, tip=f"{_told(step)}{click}", sets=sets)
        shape = _shape(step.convolution.out_channels, step.out_size)
        sheet.text(MAIN + 19, (y + below - 8 * (below == PLUS)) / 2, shape)


def _shortcut(sheet: Sheet, numbers: ShortcutNumbers) -> None:
    sheet.text(SIDE + 19, 270, _shape(numbers.out_channels, numbers.out_size))
    if numbers.projection:
        words = _kernel(numbers.projection), f"to {numbers.out_channels}"
        box(sheet, SIDE, SIDE_BOX, 148, "projection", words, tip=_told(numbers.projection))
    elif numbers.shapes_differ:
        zeros = f"+ {numbers.zero_channels} zero channels" if numbers.zero_channels else "no weights"
        words = numbers.shortcut.split(", ")[0], zeros
        box(sheet, SIDE, SIDE_BOX, 148, "nothing", words, tip=f"{numbers.shortcut}: 0 weights")
    else:
        sheet.text(SIDE + 19, SIDE_BOX - 8.5, "identity", bold=True)
        sheet.text(SIDE + 19, SIDE_BOX + 9, "no weights")


def _weights(sheet: Sheet, numbers: ShortcutNumbers) -> None:
    total = numbers.all_weights
    sheet.text(BARS, 48, f"This block: {total:,} weights, {brief(numbers.macs)} MACs", bold=True)
    rows = [
        (f"{_kernel(step)}, {_channels(step)}", step, "1×1" if step.kernel == "1×1" else "larger")
        for step in numbers.main
    ]
    rows.append((f"shortcut: {numbers.shortcut}", numbers.projection, "projection"))
    for row, (name, step, kind) in enumerate(rows):
        weights, tip = (step.weights, _told(step)) if step else (0, "")
        macs = f"{brief(step.macs)} MACs" if step else ""
        _bar(sheet, ROWS + 40 * row, name, macs, (weights, total), kind_fill(sheet, kind), tip)
    _axis(sheet, ROWS, len(rows), "of this block")


def _ways(sheet: Sheet, numbers: ShortcutNumbers) -> None:
    ways = numbers.ways
    sheet.text(BARS, WAYS - 28, "For comparison: three blocks with equal shapes", bold=True)
    most = max(weights for _, weights in ways)
    mark = "◂ its main path" if numbers.projection else "◂ this block"
    for row, (name, weights) in enumerate(ways):
        y = WAYS + 40 * row
        this = "" if row or numbers.shapes_differ else mark
        _bar(sheet, y, name, this, (weights, most), FAINT, f"{name}: {weights:,} weights")
    _axis(sheet, WAYS, len(ways), "of the largest")


def _options(sheet: Sheet, numbers: ShortcutNumbers) -> None:
    for line, option in enumerate(OPTIONS):
        y, chosen = HEIGHT - 62 + 22 * line, option == numbers.option
        sheet.text(14, y, "▸" if chosen else "")
        sheet.text(30, y, f"Option {option}: {SHORTCUTS[option]}", bold=chosen)
        sheet.pad(14, y - 11, 590, 22, sets={"option": option}, tip=f"a click chooses option {option}")


def _bar(sheet: Sheet, y: float, name: str, right: str, part: tuple[int, int], fill: str, tip: str) -> None:
    """A row: its name and what is said on the right; below, the bar and the weights that it stands for."""
    weights, whole = part
    sheet.text(BARS + 5, y, name)
    sheet.text(NUMBERS, y, right, anchor="end")
    sheet.bar(BARS, y + 10, FULL * weights / whole, 14, fill, tip=tip)
    sheet.text(NUMBERS, y + 17, f"{weights:,}", bold=True, anchor="end")


def _axis(sheet: Sheet, first: float, rows: int, whole: str) -> None:
    axes = sheet.axes(BARS, first + 6, FULL, 40 * rows - 16, x=Scale(0, 100), y=Scale(0, 1))
    axes.frame(bottom=False)
    axes.x_ticks([0, 50, 100], ["0", "50", "100 %"])
    sheet.text(axes.right + 26, axes.bottom + 14, whole, size=12)


def _shape(channels: int, size: int) -> str:
    return f"{channels} × {size}×{size}"


def _kernel(step: Step) -> str:
    stride = step.convolution.stride[0]
    return f"{step.kernel}, stride {stride}" if stride > 1 else step.kernel


def _channels(step: Step) -> str:
    return f"{step.convolution.in_channels} to {step.convolution.out_channels}"


def _told(step: Step) -> str:
    return f"{_kernel(step)}, {_channels(step)}: {step.weights:,} weights, {step.macs:,} MACs"
