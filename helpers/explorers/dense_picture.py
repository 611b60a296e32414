"""The picture of `DenseAsConvExplorer`: a window on a photo, the map of scores, VGG-16's head and work."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image, ImageDraw

from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import CSS_PIXELS_PER_INCH, DENSITY
from helpers.drawing.style import BLUE, FAINT, INK, ORANGE
from helpers.explorers.dense_numbers import DenseAsConvNumbers, giga
from helpers.explorers.window_scores import STEP, WINDOW
from helpers.images.photos import square

MOST_ROWS = 8
WIDTH, HEIGHT = 780, 464
LEFT, TOP, SIDE, MAP_LEFT, WORDS_LEFT = 24, 54, 272, 326, 620
CHAIN_TOP, BOX, ARROW = 358, 132, 68
BARS_LEFT, BARS_RIGHT, BARS_TOP, LINE, BAR = 94, 494, 402, 27, 20
# From 0 to 1; the darkest leaves the number in the cell legible.
PALE, DEEP = np.array([0.97, 0.98, 0.99]), np.array([0.34, 0.66, 0.88])

SAME = ("At 224 the window is the", "whole picture, and the", "two are the same.", "")
DIFFERENT = (
    "Cut out, it is padded",
    "with zeros; in the pass",
    "it has its neighbours.",
    "So the scores differ.",
)


class DensePicture:
    """The artists, made once; `image` moves them and gives the picture."""

    def __init__(self) -> None:
        self.figure = LiveFigure(WIDTH, HEIGHT)
        self._seen: tuple[Image.Image, int] | None = None
        with self.figure.building():
            axes = self.figure.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            axes.set_axis_off()
            self._build_map(axes)
            self._build_words(axes)
            self._build_chain(axes)
            self._build_bars(axes)

    def _build_map(self, axes: Axes) -> None:
        live, text = self.figure.live, self.figure.text
        self._title = text(axes, LEFT, 18, size=11, bold=True)
        self._photo_title, self._map_title = text(axes, LEFT, 41), text(axes, MAP_LEFT, 41)
        self._cells = live(axes.scatter([], [], marker="s", linewidths=0.8, edgecolors=FAINT))
        self._frame = live(axes.add_patch(Rectangle((0, 0), 0, 0, fill=False, edgecolor=ORANGE, linewidth=3)))
        self._percents = [text(axes, 0, 0, anchor="mm", size=10) for _ in range(MOST_ROWS**2)]

    def _build_words(self, axes: Axes) -> None:
        text = self.figure.text
        self._window_title = text(axes, WORDS_LEFT, TOP + 10, bold=True)
        self._in_one_pass, self._apart = (
            text(axes, WORDS_LEFT, TOP + top, size=20, bold=True) for top in (62, 126)
        )
        text(axes, WORDS_LEFT, TOP + 28, "by EfficientNet-Lite0")
        text(axes, WORDS_LEFT, TOP + 87, "in one pass")
        text(axes, WORDS_LEFT, TOP + 151, "cut out and run apart")
        self._reason = [text(axes, WORDS_LEFT, TOP + 196 + 17 * line) for line in range(len(DIFFERENT))]

    def _build_chain(self, axes: Axes) -> None:
        text = self.figure.text
        self._heading = text(axes, LEFT, CHAIN_TOP - 13, bold=True)
        self._shapes = []
        middle = CHAIN_TOP + 13
        for place, kernel in enumerate(("7×7", "1×1", "1×1", None)):
            left = LEFT + place * (BOX + ARROW)
            box = Rectangle((left, CHAIN_TOP), BOX, 26, facecolor="white", edgecolor=INK, linewidth=1.2)
            axes.add_patch(box)
            self._shapes.append(text(axes, left + BOX / 2, middle, anchor="mm"))
            if kernel:
                ends = (left + BOX + ARROW - 5, middle), (left + BOX + 5, middle)
                axes.annotate("", *ends, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.5})
                text(axes, left + BOX + ARROW / 2, middle - 9, kernel, anchor="mm")

    def _build_bars(self, axes: Axes) -> None:
        live, text = self.figure.live, self.figure.text
        middles = [BARS_TOP + row * LINE + BAR / 2 for row in range(2)]
        self._bar = live(
            axes.barh(middles[0], 0, left=BARS_LEFT, height=BAR, color=BLUE, hatch="////", edgecolor="white")[
                0
            ]
        )
        axes.barh(middles[1], BARS_RIGHT - BARS_LEFT, left=BARS_LEFT, height=BAR, color=FAINT)
        text(axes, BARS_LEFT - 8, middles[0], "one pass", anchor="rm")
        self._crops = text(axes, BARS_LEFT - 8, middles[1], anchor="rm")
        self._amounts = [text(axes, 0, middle, bold=True) for middle in middles]

    def image(self, numbers: DenseAsConvNumbers, photo: Image.Image, scores: np.ndarray) -> Image.Image:
        """The picture for these numbers; `scores` are the class's probabilities, (rows, columns)."""
        self._draw_map(numbers, scores)
        self._draw_words(numbers)
        self._draw_work(numbers)
        image = self.figure.image()
        self._paste_photo(image, numbers, photo)
        return image

    def _draw_map(self, numbers: DenseAsConvNumbers, scores: np.ndarray) -> None:
        cell = SIDE / numbers.map_size
        rows, columns = np.indices(scores.shape).reshape(2, -1)
        x, y = MAP_LEFT + (columns + 0.5) * cell, TOP + (rows + 0.5) * cell
        self._cells.set_offsets(np.column_stack((x, y)))
        self._cells.set_facecolor(PALE + scores.reshape(-1, 1) * (DEEP - PALE))
        side = cell * 72 / CSS_PIXELS_PER_INCH  # in points; matplotlib wants the area
        self._cells.set_sizes([side**2], dpi=self.figure.figure.dpi)
        self._frame.set_bounds(MAP_LEFT + numbers.column * cell, TOP + numbers.row * cell, cell, cell)
        for percent in self._percents:
            percent.text = ""
        for percent, *place, score in zip(self._percents, x, y, scores.flat, strict=False):
            percent.x, percent.y = place
            percent.text = f"{100 * score:.0f}"

    def _draw_words(self, numbers: DenseAsConvNumbers) -> None:
        size, many = numbers.image_size, numbers.windows
        times = f"VGG-16 takes {float(numbers.ratio):.1f} times fewer MACs than for {many} crops"
        self._title.text = (
            f"One pass scores {many} windows; {times}"
            if many > 1
            else "One pass scores 1 window: at 224×224 it is the network as it was"
        )
        self._photo_title.text = f"photo, {size}×{size}; frame: {WINDOW}×{WINDOW}"
        self._map_title.text = f"{numbers.short_name}, in percent, window by window"
        self._window_title.text = f"window ({numbers.row}, {numbers.column})"
        self._in_one_pass.text = f"{100 * numbers.probability:.0f} %"
        self._apart.text = f"{100 * numbers.apart:.0f} %"
        for line, words in zip(self._reason, DIFFERENT if many > 1 else SAME, strict=True):
            line.text = words

    def _draw_work(self, numbers: DenseAsConvNumbers) -> None:
        self._heading.text = (
            f"VGG-16 at {numbers.image_size}: its fully connected layers as convolutions, and all its MACs"
        )
        for text, name, shape in zip(
            self._shapes, ("pool5", "fc6", "fc7", "fc8"), numbers.shapes, strict=True
        ):
            text.text = f"{name}  {'×'.join(map(str, shape))}"
        share = float(1 / numbers.ratio)
        width = BARS_RIGHT - BARS_LEFT
        self._bar.set_width(share * width)
        self._crops.text = numbers.crops
        macs = numbers.one_pass_macs, numbers.crops_macs
        for text, part, count in zip(self._amounts, (share, 1), macs, strict=True):
            text.x = BARS_LEFT + part * width + 8
            text.text = f"{giga(count)} MACs  ({100 * part:.0f} %)"

    def _paste_photo(self, image: Image.Image, numbers: DenseAsConvNumbers, photo: Image.Image) -> None:
        """The photo as large as the map, all outside the window faded, with the window's frame."""
        size, side = numbers.image_size, SIDE * DENSITY
        if self._seen is None or self._seen[0] is not photo or self._seen[1] != size:
            self._photo = square(photo, size).resize((side, side), Image.Resampling.BICUBIC)
            self._faded = Image.blend(self._photo, Image.new("RGB", (side, side), "white"), 0.65)
            self._seen = photo, size
        left, top = (round(place * STEP * side / size) for place in (numbers.column, numbers.row))
        span = round(WINDOW * side / size)
        corner = LEFT * DENSITY, TOP * DENSITY
        image.paste(self._faded, corner)
        window = self._photo.crop((left, top, left + span, top + span))
        image.paste(window, (corner[0] + left, corner[1] + top))
        # As far inside as the line is wide: at the photo's edge it must not hang over.
        frame = (corner[0] + left, corner[1] + top, corner[0] + left + span - 1, corner[1] + top + span - 1)
        ImageDraw.Draw(image).rectangle(frame, outline=ORANGE, width=6)
