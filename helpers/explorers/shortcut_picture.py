"""The picture of `ShortcutExplorer`: both paths of the block with their shapes, and its weights as bars."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, Rectangle
from PIL import Image

from helpers.drawing.live_figure import POINTS_PER_INCH, LiveFigure, LiveText
from helpers.drawing.matplotlib_style import CSS_PIXELS_PER_INCH
from helpers.drawing.style import BLUE, FAINT, GREEN, INK, ORANGE
from helpers.models.resnet import SHORTCUTS
from helpers.wording.counts import brief

if TYPE_CHECKING:
    from helpers.explorers.shortcut import ShortcutNumbers, Step

WIDTH, HEIGHT = 780, 470
# Places in CSS pixels, from the top left corner.
MAIN, SIDE = 84, 286
TOP, FORK, PLUS, BOTTOM = 56, 76, 350, 394
LAYERS = {2: (148, 262), 3: (124, 200, 276)}
BOX_WIDTH, SIDE_WIDTH, BOX_HEIGHT, THICKEST = 108, 148, 38, 26
SIDE_BOX = 190
BARS = (424, 554)
ROWS, WAYS = (88, 130, 172, 214), (310, 352, 394)
PALE_BLUE, PALE_ORANGE, BAND = "#D6EAF8", "#FBE7BF", "#C9CED3"
ONE_BY_ONE = {"facecolor": BLUE, "hatch": "////", "edgecolor": "white", "linewidth": 0}
LARGER = {"facecolor": ORANGE, "hatch": None, "edgecolor": "white", "linewidth": 0}
PROJECTION = {"facecolor": GREEN, "hatch": "\\\\\\\\", "edgecolor": "white", "linewidth": 0}


class _Box:
    """A box that moves, with one line of bold text and one below it."""

    def __init__(self, picture: ShortcutPicture, x: float, width: float) -> None:
        self.x, self.left = x, x - width / 2
        page, live = picture.page, picture.figure.live
        self._frame = live(page.add_patch(Rectangle((self.left, 0), width, BOX_HEIGHT, linewidth=1.5)))
        self._mark = live(page.add_patch(Rectangle((self.left, 0), 9, BOX_HEIGHT, **ONE_BY_ONE)))
        self._texts = [picture.text(x + 4, 0, anchor="mm", bold=bold) for bold in (True, False)]

    def show(self, y: float, first: str, second: str, kind: str) -> None:
        """Show it with its middle at `y`; `kind` is "1×1", "3×3", "projection" or "" for no convolution."""
        faces = {"1×1": (PALE_BLUE, BLUE), "3×3": (PALE_ORANGE, ORANGE), "projection": ("#D5F0E7", GREEN)}
        face, edge = faces.get(kind, ("white", INK))
        self._frame.set(visible=True, y=y - BOX_HEIGHT / 2, facecolor=face, edgecolor=edge)
        self._frame.set_linestyle("-" if kind else "--")
        marked = kind in ("1×1", "projection")
        look = PROJECTION if kind == "projection" else ONE_BY_ONE
        self._mark.set(visible=marked, y=y - BOX_HEIGHT / 2, **look)
        for text, words, shift in zip(self._texts, (first, second), (-8, 9), strict=True):
            text.x, text.y, text.text = self.x + 4 * marked, y + shift, words

    def hide(self) -> None:
        """Leave it out of the picture."""
        self._frame.set_visible(False)
        self._mark.set_visible(False)
        for text in self._texts:
            text.text = ""


class ShortcutPicture:
    """Artists made once, moved by `draw`. Paths are as thick as their channels, the most of all at 26 px."""

    def __init__(self) -> None:
        self.figure = LiveFigure(WIDTH, HEIGHT)
        with self.figure.building():
            self.page = self.figure.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            self.page.set_axis_off()
            self._title = self.text(14, 18, bold=True, size=11)
            self._option = self.text(14, HEIGHT - 16)
            self._build_paths()
            self._build_bars()

    def text(self, x: float, y: float, **look: object) -> LiveText:
        """A text that changes, at a place of the page."""
        return self.figure.text(self.page, x, y, **look)

    def _line(self, xs: list[float], ys: list[float]) -> Line2D:
        look = {"color": BAND, "solid_capstyle": "butt", "solid_joinstyle": "miter"}
        return self.figure.live(self.page.plot(xs, ys, **look)[0])

    def _build_paths(self) -> None:
        live, page = self.figure.live, self.page
        self._around = [
            self._line([MAIN, SIDE, SIDE], [FORK, FORK, SIDE_BOX]),
            self._line([SIDE, SIDE, MAIN], [SIDE_BOX, PLUS, PLUS]),
        ]
        self._bands = [self._line([MAIN, MAIN], [0, 0]) for _ in range(5)]
        self._boxes = [_Box(self, MAIN, BOX_WIDTH) for _ in range(3)]
        self._side = _Box(self, SIDE, SIDE_WIDTH)
        live(page.add_patch(Ellipse((MAIN, PLUS), 36, 36, facecolor="white", edgecolor=INK, linewidth=2)))
        for xs, ys in (([MAIN - 9, MAIN + 9], [PLUS, PLUS]), ([MAIN, MAIN], [PLUS - 9, PLUS + 9])):
            live(page.plot(xs, ys, color=INK)[0])
        self._in = self.text(MAIN, TOP - 9, anchor="mm", bold=True)
        self._out = self.text(MAIN, BOTTOM + 11, anchor="mm", bold=True)
        page.text(MAIN + 22, (PLUS + BOTTOM) / 2 + 10, "then ReLU", size=9, va="center")
        self._shapes = [self.text(MAIN + 19, 0) for _ in range(3)]
        self._identity = [self.text(SIDE + 19, SIDE_BOX - 8, bold=True), self.text(SIDE + 19, SIDE_BOX + 9)]
        self._beside = self.text(SIDE + 19, 270)

    def _build_bars(self) -> None:
        page, (left, right) = self.page, BARS
        self._total = self.text(left, 46, bold=True)
        self._rows = []
        for _ in ROWS:
            bar = self.figure.live(page.add_patch(Rectangle((left, 0), 0, 14)))
            self._rows.append((bar, self.text(left + 4, 0), self.text(0, 0, bold=True)))
        page.text(left, WAYS[0] - 40, "Equal shapes in and out, three ways", weight="bold", va="center")
        self._ways = []
        for y in WAYS:
            bar = page.add_patch(Rectangle((left, y - 7), 0, 14, facecolor=FAINT))
            self._ways.append(
                (self.figure.live(bar), self.text(left + 4, y - 16), self.text(0, y, bold=True))
            )
        for top, bottom, words in (
            (ROWS[0], ROWS[-1], "% of this block"),
            (WAYS[0], WAYS[-1], "% of the largest"),
        ):
            page.plot([left, left], [top - 10, bottom + 11], color=FAINT, linewidth=1)
            for part in (0, 50, 100):
                x = left + part * (right - left) / 100
                page.plot([x, x], [bottom + 11, bottom + 15], color=FAINT, linewidth=1)
                page.text(x, bottom + 23, f"{part}", size=9, ha="center", va="center")
            page.text(right + 17, bottom + 23, words, size=9, va="center")

    def draw(self, numbers: ShortcutNumbers) -> Image.Image:
        """The picture for these numbers."""
        self._title.text = _title(numbers)
        self._option.text = f"Option {numbers.option}: {SHORTCUTS[numbers.option]}."
        self._draw_paths(numbers)
        self._draw_shortcut(numbers)
        self._draw_bars(numbers)
        return self.figure.image()

    def _draw_paths(self, numbers: ShortcutNumbers) -> None:
        main, channels = numbers.main, numbers.channels
        most = max(channels)

        def thicken(line: Line2D, count: int) -> None:
            pixels = max(THICKEST * count / most, 1.5)
            line.set_linewidth(pixels * POINTS_PER_INCH / CSS_PIXELS_PER_INCH)

        thicken(self._around[0], numbers.in_channels)
        thicken(self._around[1], numbers.out_channels)
        places = LAYERS[len(main)]
        stops = (TOP, *places, PLUS)
        for box, shape in zip(self._boxes, self._shapes, strict=True):
            box.hide()
            shape.text = ""
        for number, (step, y) in enumerate(zip(main, places, strict=True)):
            kernel, stride = step.convolution.kernel_size[0], step.convolution.stride[0]
            name = f"{kernel}×{kernel}"
            first = f"{name}, stride {stride}" if stride > 1 else name
            self._boxes[number].show(y, first, f"to {step.convolution.out_channels}", name)
            self._shapes[number].text = _shape(step.convolution.out_channels, step.out_size)
            self._shapes[number].y = (y + (stops[number + 2] - 8 * (step is main[-1]))) / 2
        for band in self._bands:
            band.set_visible(False)
        ends = (*pairwise(stops), (PLUS, BOTTOM))
        for band, (top, bottom), count in zip(self._bands, ends, (*channels, channels[-1]), strict=False):
            band.set_visible(True)
            band.set_ydata([top, bottom])
            thicken(band, count)
        self._in.text = f"{_shape(numbers.in_channels, numbers.map_size)} in"
        self._out.text = f"{_shape(numbers.out_channels, numbers.out_size)} out"

    def _draw_shortcut(self, numbers: ShortcutNumbers) -> None:
        same = numbers.shortcut == "identity"
        for text, words in zip(self._identity, ("identity", "no weights"), strict=True):
            text.text = words if same else ""
        self._beside.text = _shape(numbers.out_channels, numbers.out_size)
        if same:
            self._side.hide()
        elif numbers.projection:
            stride = f", stride {numbers.stride}" if numbers.stride > 1 else ""
            self._side.show(SIDE_BOX, f"1×1{stride}", f"to {numbers.out_channels}", "projection")
        else:
            words = ["every 2nd pixel"] if numbers.stride > 1 else ["zero-padded"]
            words.append(
                f"+ {numbers.zero_channels} zero channels" if numbers.zero_channels else "no weights"
            )
            self._side.show(SIDE_BOX, *words, "")

    def _draw_bars(self, numbers: ShortcutNumbers) -> None:
        total = numbers.weights + numbers.shortcut_weights
        self._total.text = f"This block: {total:,} weights, {brief(numbers.macs)} MACs"
        rows = [
            (_layer(step), step, ONE_BY_ONE if step.convolution.kernel_size == (1, 1) else LARGER)
            for step in numbers.main
        ]
        rows.append((f"shortcut: {numbers.shortcut}", numbers.projection, PROJECTION))
        rows += [("", None, PROJECTION)] * (len(self._rows) - len(rows))
        left, length = BARS[0], BARS[1] - BARS[0]
        for (bar, name, words), (text, step, look), y in zip(self._rows, rows, ROWS, strict=True):
            weights, macs = (step.weights, step.macs) if step else (0, 0)
            bar.set(width=weights / total * length, y=y - 7, **look)
            name.text, name.y = text, y - 16
            words.x, words.y = left + weights / total * length + 5, y
            words.text = "0" if text and not step else f"{weights:,}, {brief(macs)} MACs" if step else ""
        most = max(weights for _, weights in numbers.ways)
        for number, ((bar, name, words), (text, weights)) in enumerate(
            zip(self._ways, numbers.ways, strict=True)
        ):
            bar.set_width(weights / most * length)
            name.text = text
            words.x = left + weights / most * length + 5
            words.text = f"{weights:,}" + ("  ◂ this block" if numbers.way == number else "")


def _shape(channels: int, size: int) -> str:
    return f"{channels} × {size}×{size}"


def _layer(step: Step) -> str:
    layer = step.convolution
    return f"{layer.kernel_size[0]}×{layer.kernel_size[0]}, {layer.in_channels} to {layer.out_channels}"


def _title(numbers: ShortcutNumbers) -> str:
    """The finding: whether the shortcut is free, and what it costs if not."""
    percent = 100 * numbers.shortcut_weights / (numbers.weights + numbers.shortcut_weights)
    if not numbers.shapes_differ:
        if numbers.projection:
            return f"Equal shapes, yet option C projects: {percent:.0f} % of the block's weights"
        return "Equal shapes: the shortcut is the identity, and free"
    if numbers.projection:
        return f"Shapes differ: a 1×1 projection makes them fit, for {percent:.0f} % of the block's weights"
    words = {
        "every 2nd pixel": "every 2nd pixel is kept",
        "zero-padded": "channels of zeros are added",
    }
    done = ", ".join(words[part] for part in numbers.shortcut.split(", "))
    return f"Shapes differ: {done}, without a weight"
