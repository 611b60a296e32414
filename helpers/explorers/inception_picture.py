"""The picture of `InceptionExplorer`: the block's four branches, and beside each its weights as bars."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle
from PIL import Image

from helpers.drawing.live_figure import LiveFigure, LiveText
from helpers.drawing.style import BLUE, FAINT, ORANGE, PURPLE
from helpers.wording.counts import brief, compared

if TYPE_CHECKING:
    from helpers.explorers.inception import Branch, InceptionNumbers

WIDTH, HEIGHT = 780, 462
BRANCHES = ("1×1 branch", "3×3 branch", "5×5 branch", "pool branch")
# Places in CSS pixels, from the top left corner.
ROWS = (98, 156, 214, 272)
WHOLE = 366
INPUT, CONCAT = (14, 36), (318, 340)
FIRST, SECOND = (74, 156), (196, 278)
BOX, THICKEST = 40, 30
BARS = (396, 516)
MOST = 1.25
"""Where a bar ends that is longer, in lengths of `BARS`."""
CHANNELS = (74, 278)
PALE_BLUE, PALE_ORANGE, BAND = "#D6EAF8", "#FBE7BF", "#C9CED3"
ONE_BY_ONE = {"facecolor": BLUE, "hatch": "////", "edgecolor": "white", "linewidth": 0}


class InceptionPicture:
    """Artists made once, moved by `draw`. Bands are as thick as their channels, the most of all at 30 px."""

    def __init__(self) -> None:
        self.figure = LiveFigure(WIDTH, HEIGHT)
        with self.figure.building():
            figure = self.figure.figure
            self._page = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            self._page.set_axis_off()
            self._title = self._text(14, 18, bold=True, size=11)
            self._build_block()
            self._build_channels()
            self._build_bars()

    def _text(self, x: float, y: float, **look: object) -> LiveText:
        return self.figure.text(self._page, x, y, **look)

    def _bar(self, x: float, y: float, height: float, **look: object) -> Rectangle:
        """A bar that changes, without length as yet; y is its middle."""
        return self.figure.live(self._page.add_patch(Rectangle((x, y - height / 2), 0, height, **look)))

    def _build_block(self) -> None:
        page = self._page
        page.text(14, 46, "The block: bands show channels", size=9.5, va="center")
        for left, right in (INPUT, CONCAT):
            top, bottom = ROWS[0] - 26, ROWS[-1] + 26
            page.add_patch(Rectangle((left, top), right - left, bottom - top, color=BAND))
        page.text(sum(CONCAT) / 2, sum(ROWS) / 4, "concat", rotation=90, ha="center", va="center")
        page.text(sum(INPUT) / 2, sum(ROWS) / 4, "input", rotation=90, ha="center", va="center")
        self._in, self._out = self._text(10, ROWS[-1] + 38), self._text(344, ROWS[-1] + 38, anchor="rm")
        kernels = (None, "1×1"), ("1×1", "3×3"), ("1×1", "5×5"), ("3×3 max", "1×1")
        self._boxes: list[tuple[LiveText | None, LiveText]] = []
        self._bands: list[list[Rectangle]] = []
        for y, (first, second) in zip(ROWS, kernels, strict=True):
            boxes = [self._box(*place, y, name) for place, name in ((FIRST, first), (SECOND, second))]
            self._boxes.append((boxes[0], boxes[1]))
            stops = [INPUT, FIRST, SECOND, CONCAT] if first else [INPUT, SECOND, CONCAT]
            gaps = pairwise(stops)
            self._bands.append([self._band(y, start[1], end[0]) for start, end in gaps])

    def _band(self, y: float, left: float, right: float) -> Rectangle:
        return self.figure.live(self._page.add_patch(Rectangle((left, y), right - left, 0, color=BAND)))

    def _box(self, left: float, right: float, y: float, kernel: str | None) -> LiveText | None:
        """A box with its kernel; what it puts out is written below that when the picture is drawn."""
        if kernel is None:
            return None
        kind = {"1×1": (PALE_BLUE, BLUE), "3×3 max": ("white", FAINT)}
        face, edge = kind.get(kernel, (PALE_ORANGE, ORANGE))
        look = {"facecolor": face, "edgecolor": edge, "linewidth": 1.5}
        self._page.add_patch(Rectangle((left, y - BOX / 2), right - left, BOX, **look))
        if kernel == "1×1":  # marked as in the bars
            self._page.add_patch(Rectangle((left, y - BOX / 2), 9, BOX, **ONE_BY_ONE))
        middle = (left + right) / 2 + (4 if kernel == "1×1" else 0)
        self._page.text(middle, y - 8, kernel, weight="bold", ha="center", va="center")
        return self._text(middle, y + 9, anchor="mm")

    def _build_channels(self) -> None:
        page = self._page
        page.text(CHANNELS[0], WHOLE - 29, "Channels that come out", size=9.5, weight="bold", va="center")
        self._stacks = []
        for y, name in ((WHOLE - 9, "naive"), (WHOLE + 13, "with 1×1")):
            page.text(CHANNELS[0] - 6, y, name, size=9, ha="right", va="center")
            looks = [{"facecolor": "#DDDDDD"}] * 3 + [{"facecolor": PURPLE, "hatch": "xxx"}]
            parts = [self._bar(CHANNELS[0], y, 17, edgecolor="white", **look) for look in looks]
            labels = [self._text(0, y, anchor="mm") for _ in parts[:3]]
            self._stacks.append((parts, labels, self._text(0, y, bold=True)))
        key = Rectangle((CHANNELS[0], WHOLE + 33), 22, 12, facecolor=PURPLE, hatch="xxx", edgecolor="white")
        page.add_patch(key)
        self._pool = self._text(CHANNELS[0] + 28, WHOLE + 39)
        words = "Naive: no 1×1 before 3×3 and 5×5, none after the pool."
        page.text(14, WHOLE + 70, words, size=9, va="center")

    def _build_bars(self) -> None:
        page, (left, right) = self._page, BARS
        looks = (
            (0, "naive", {"facecolor": FAINT}),
            (72, "1×1", ONE_BY_ONE),
            (134, "3×3 or 5×5", {"facecolor": ORANGE}),
        )
        page.text(left, 46, "Weights:", size=9.5, va="center")
        for shift, name, look in looks:
            page.add_patch(Rectangle((left + 66 + shift, 40), 22, 12, **look))
            page.text(left + 93 + shift, 46, name, size=9, va="center")
        page.plot([left, left], [ROWS[0] - 16, WHOLE + 24], color=FAINT, linewidth=1)
        for y in (WHOLE - 18, WHOLE + 19):  # not through the words between them
            page.plot([right, right], [y, y + 5], color=FAINT, linewidth=1)
        for part in (0, 50, 100):
            page.text(
                left + part * (right - left) / 100, WHOLE + 32, f"{part}", size=9, ha="center", va="center"
            )
        page.text(right + 16, WHOLE + 32, "% of the naive block", size=9, va="center")
        self._rows = []
        for y, name in zip((*ROWS, WHOLE), (*BRANCHES, "Whole block"), strict=True):
            page.text(left + 4, y - 25, name, size=9, va="center", weight="bold" if y == WHOLE else None)
            bars = [
                self._bar(left, y + shift, 14, **look)
                for shift, (_, _, look) in zip((-9, 9, 9), looks, strict=True)
            ]
            texts = [self._text(0, y - 9), self._text(0, y + 9, bold=True)]
            self._rows.append((bars, texts))
        self._macs = self._text(left, WHOLE + 70)

    def draw(self, numbers: InceptionNumbers) -> Image.Image:
        """The picture for these numbers."""
        start = "Your own block" if " " in numbers.block else f"Block {numbers.block}"
        joint = ", yet" if numbers.weights < numbers.naive_weights else " and"
        self._title.text = f"{start}: three more layers of 1×1{joint} {numbers.finding} weights and MACs"
        self._draw_block(numbers)
        last = numbers.branches[3]
        self._pool.text = f"pool branch: {last.naive_channels} naive, {last.channels} with 1×1"
        most = numbers.naive_channels
        naive = [branch.naive_channels for branch in numbers.branches]
        self._stack(0, naive, most)
        self._stack(1, [branch.channels for branch in numbers.branches], most)
        for row, branch in enumerate(numbers.branches):
            texts = _words(row, branch)
            self._bars_of(row, branch.naive, branch.one_by_one, branch.larger, numbers.naive_weights, texts)
        parts = [
            sum(getattr(each, name) for each in numbers.branches)
            for name in ("naive", "one_by_one", "larger")
        ]
        texts = f"{numbers.naive_weights:,}", f"{numbers.weights:,}, {numbers.finding}"
        self._bars_of(4, *parts, numbers.naive_weights, texts)
        size = f"{numbers.map_size}×{numbers.map_size}"
        self._macs.text = (
            f"Times {size} pixels: {brief(numbers.macs)} MACs, naive {brief(numbers.naive_macs)}"
        )
        return self.figure.image()

    def _draw_block(self, numbers: InceptionNumbers) -> None:
        self._in.text = f"{numbers.in_channels} in"
        self._out.text = f"{numbers.channels} out"
        flows = []
        for branch in numbers.branches:
            between = () if branch.between is None else (branch.between,)
            flows.append((numbers.in_channels, *between, branch.channels))
        most = max(max(flow) for flow in flows)
        for y, boxes, bands, flow in zip(ROWS, self._boxes, self._bands, flows, strict=True):
            for box, channels in zip(reversed(boxes), reversed(flow), strict=False):
                if box:
                    box.text = f"to {channels}"
            for band, channels in zip(bands, flow, strict=True):
                thickness = max(THICKEST * channels / most, 1)
                band.set_y(y - thickness / 2)
                band.set_height(thickness)
        self._boxes[3][0].text = f"keeps {numbers.in_channels}"

    def _stack(self, which: int, channels: list[int], most: int) -> None:
        parts, labels, total = self._stacks[which]
        left, scale = CHANNELS[0], (CHANNELS[1] - CHANNELS[0]) / most
        for place, (part, count) in enumerate(zip(parts, channels, strict=True)):
            part.set_x(left)
            part.set_width(count * scale)
            if place < 3:
                label = labels[place]
                label.x = left + count * scale / 2
                label.text = f"{count}" if count * scale > 9 * len(f"{count}") else ""
            left += count * scale
        total.x, total.text = left + 5, f"{sum(channels)}"

    def _bars_of(
        self, row: int, naive: int, one_by_one: int, larger: int, most: int, texts: tuple[str, str]
    ) -> None:
        """Move a row's bars, as parts of `most`, and write beside them; a mark says where one is cut."""
        bars, labels = self._rows[row]
        left, length = BARS[0], BARS[1] - BARS[0]
        first, both = (min(count / most, MOST) * length for count in (one_by_one, one_by_one + larger))
        bars[0].set_width(naive / most * length)
        bars[1].set_width(first)
        bars[2].set_x(left + first)
        bars[2].set_width(both - first)
        labels[0].x, labels[1].x = left + naive / most * length + 5, left + both + 5
        labels[0].text, labels[1].text = texts
        if one_by_one + larger > MOST * most:
            labels[1].text = f"▸ {texts[1]}"


def _words(row: int, branch: Branch) -> tuple[str, str]:
    """What stands beside the naive bar of a branch and beside the other."""
    if row == 0:
        return f"{branch.naive:,}", f"{branch.weights:,}, the same"
    if row == 3:
        return f"0, and all {branch.naive_channels} go on", f"{branch.weights:,}, and {branch.channels} go on"
    return f"{branch.naive:,}", f"{branch.weights:,}, {compared(branch.weights, branch.naive)}"
