"""The picture of `ReceptiveFieldExplorer`: what a unit can see of a photo, and what really moves it."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.patches import Rectangle
from PIL import Image

from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.photo_figures import faded_outside
from helpers.drawing.style import BLUE, FAINT, INK, VERMILION
from helpers.explorers.field_numbers import PHOTO, SEEN, Box, ReceptiveFieldNumbers, view_of

LEFT, TOP = 10, 30
ROOM = 90
"""The room around the photo on the left, for fields that reach beyond its edge."""
OUTER = PHOTO + 2 * ROOM
RIGHT = LEFT + OUTER + 26
MAP = 74
MAP_TOP = TOP + OUTER - MAP
WIDTH, HEIGHT = RIGHT + SEEN + 10, TOP + OUTER + 26
LINES = 16
"""The most units along a side of the layer's map that are drawn as a grid."""


class _Pixels(Artist):
    """A square picture, enlarged pixel by pixel: `x` and `y` from the top left, and the side, in CSS pixels.

    It is written over what has been drawn, in a tenth of the time that matplotlib's own image takes.
    """

    def __init__(self, x: int, y: int, side: int) -> None:
        super().__init__()
        self._side = side * DENSITY
        self._part = tuple(slice(at * DENSITY, (at + side) * DENSITY) for at in (y, x))

    def show(self, pixels: np.ndarray) -> None:
        """Take other pixels, (height, width, 3) of 0 to 255."""
        colours = np.full((*pixels.shape[:2], 4), 255, np.uint8)
        colours[..., :3] = pixels
        nearest = ((np.arange(self._side) + 0.5) * len(pixels) / self._side).astype(int)
        self._enlarged = colours.view(np.uint32)[..., 0][:, nearest][nearest]  # a pixel's bytes at once

    def draw(self, renderer: RendererAgg) -> None:
        np.asarray(renderer.buffer_rgba()).view(np.uint32)[self._part][..., 0] = self._enlarged


class FieldPicture:
    """Artists made once; `image` moves them and takes the picture."""

    def __init__(self) -> None:
        self.figure = LiveFigure(WIDTH, HEIGHT)
        with self.figure.building():
            page = self._axes(0, 0, WIDTH, HEIGHT)
            page.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            page.set_axis_off()
            beyond = ROOM / PHOTO
            left = self._axes(LEFT, TOP, OUTER, OUTER, low=-beyond, high=1 + beyond)
            right = self._axes(RIGHT, TOP, SEEN, SEEN)
            self._padding = self._outline(left, FAINT, 0, hatch="////")
            self._photo = self.figure.live(left.add_artist(_Pixels(LEFT + ROOM, TOP + ROOM, PHOTO)))
            self._gradient = self.figure.live(right.add_artist(_Pixels(RIGHT, TOP, SEEN)))
            self._on_photo = self._outline(left, "white", 4.5), self._outline(left, BLUE, 2.5)
            self._beyond = self._outline(left, BLUE, 1.5, linestyle=(0, (4, 3)))
            self._field = self._outline(right, "white", 4.5), self._outline(right, BLUE, 2.5)
            self._holds = self._outline(right, "white", 4.5), self._outline(right, VERMILION, 2.5, **DOTTED)
            self._build_map()
            self._build_words(page)

    def _axes(
        self, x: float, y: float, width: float, height: float, *, low: float = 0, high: float = 1
    ) -> Axes:
        """Axes at CSS pixels from the top left, with both scales from low to high, rows downwards."""
        place = (x / WIDTH, 1 - (y + height) / HEIGHT, width / WIDTH, height / HEIGHT)
        axes = self.figure.figure.add_axes(place, xlim=(low, high), ylim=(high, low))
        axes.set(xticks=[], yticks=[], facecolor="#F4F4F4")
        axes.spines[:].set_visible(False)
        return axes

    def _outline(self, axes: Axes, color: str, width: float, **look: Any) -> Rectangle:
        frame = Rectangle((0, 0), 1, 1, fill=False, edgecolor=color, linewidth=width, **look)
        return self.figure.live(axes.add_patch(frame))

    def _build_map(self) -> None:
        self._map = self._axes(RIGHT, MAP_TOP, MAP, MAP)
        self._map.set(facecolor="white")
        self._map.spines[:].set(visible=True, color=FAINT)
        self._lines = self.figure.live(self._map.plot([], [], color=FAINT, linewidth=0.7)[0])
        self._unit = self.figure.live(self._map.add_patch(Rectangle((0, 0), 1, 1, color=INK, linewidth=0)))

    def _build_words(self, page: Axes) -> None:
        words = self.figure.text
        self._titles = [words(page, x, TOP - 9, size=10, bold=True, anchor="ls") for x in (LEFT, RIGHT)]
        self._notes = [words(page, x, TOP + OUTER + 15, size=9) for x in (LEFT, RIGHT)]
        beside = RIGHT + MAP + 12
        self._layer = words(page, beside, MAP_TOP + 6, size=9, bold=True)
        for y, color, name, look in (
            (MAP_TOP + 27, BLUE, "what it can see", {}),
            (MAP_TOP + 47, VERMILION, "holds 95 % of what moves it", DOTTED),
        ):
            page.plot([beside, beside + 26], [y, y], color=color, linewidth=2.5, **look)
            page.text(beside + 34, y, name, size=9, va="center_baseline")
        ramp = self._axes(beside, MAP_TOP + 62, 26, 11)
        ramp.imshow(VIRIDIS[None].astype(np.uint8), extent=(0, 1, 1, 0), aspect="auto")
        page.text(beside + 34, MAP_TOP + 67, "from no effect to most", size=9, va="center_baseline")

    def image(
        self, numbers: ReceptiveFieldNumbers, pixels: np.ndarray, gradient: np.ndarray | None
    ) -> Image.Image:
        """The picture of these numbers.

        `pixels` are the photo's, (size, size, 3), and `gradient` is (size, size) or None, both from 0 to 255.
        """
        box, side = numbers.box, numbers.side
        size = len(pixels)
        whole, view = (0, 0, size), view_of(box, size)
        self._photo.show(faded_outside(pixels, box))
        top, left, bottom, right = box
        visible = max(top, 0), max(left, 0), min(bottom, size - 1), min(right, size - 1)
        for frame in self._on_photo:
            _move(frame, visible, whole, 1.5 / PHOTO)
        for frame in (self._padding, self._beyond):
            _move(frame, box, whole, 1.5 / PHOTO)
            frame.set_visible(visible != box)  # all on the photo they would be hidden, and a hatch is slow
        y, x, side_of_view = view
        part = slice(y, y + side_of_view), slice(x, x + side_of_view)
        self._gradient.show(_lit(pixels[part], None if gradient is None else gradient[part]))
        for frame in self._field:
            _move(frame, box, view, 1.5 / SEEN)
        for frame in self._holds:
            frame.set_visible(side is not None)
            if side is not None:
                _move(frame, _square(box, side), view, -1.5 / SEEN)
        self._show_map(numbers.unit, numbers.grid)
        for text, line in zip((*self._titles, *self._notes, self._layer), numbers.words, strict=True):
            text.text = line
        return self.figure.image()

    def _show_map(self, unit: tuple[int, int], grid: tuple[int, int]) -> None:
        rows, columns = grid
        lines: list[tuple[float, float]] = []
        if max(grid) <= LINES:
            for row in range(1, rows):
                lines += [(0, row / rows), (1, row / rows), (np.nan, np.nan)]
            for column in range(1, columns):
                lines += [(column / columns, 0), (column / columns, 1), (np.nan, np.nan)]
        self._lines.set_data(*zip(*lines, strict=True) if lines else ((), ()))
        # A unit of a large map would be too small to find: it is drawn as 6 pixels at least.
        y, x = ((at + 0.5) / count for at, count in zip(unit, grid, strict=True))
        height, width = (max(1 / count, 6 / MAP) for count in grid)
        top, left = min(max(y - height / 2, 0), 1 - height), min(max(x - width / 2, 0), 1 - width)
        self._unit.set_bounds(left, top, width, height)


def _move(
    frame: Rectangle, box: tuple[float, float, float, float], view: tuple[int, int, int], margin: float
) -> None:
    """Put a frame around pixels (top, left, bottom, right), all inside, and a margin outside of them."""
    top, left, bottom, right = box
    y, x, side = view
    frame.set_bounds(
        (left - x) / side - margin,
        (top - y) / side - margin,
        (right + 1 - left) / side + 2 * margin,
        (bottom + 1 - top) / side + 2 * margin,
    )


def _square(box: Box, side: int) -> tuple[float, float, float, float]:
    """The square of that side around the centre of a box."""
    top, left, bottom, right = box
    half = (side - 1) / 2
    y, x = (top + bottom) / 2, (left + right) / 2
    return y - half, x - half, y + half, x + half


def _lit(pixels: np.ndarray, gradient: np.ndarray | None) -> np.ndarray:
    """The gradient, (height, width) of 0 to 255, in viridis over a trace of the photo."""
    if gradient is None:
        gradient = np.zeros(pixels.shape[:2], np.uint8)
    grey = pixels.mean(axis=2, dtype=np.float32, keepdims=True)
    return (0.8 * VIRIDIS[gradient] + 0.2 * grey).astype(np.uint8)


DOTTED = {"linestyle": (0, (1, 0.8))}
VIRIDIS = (matplotlib.colormaps["viridis"](np.arange(256))[:, :3] * 255).astype(np.float32)
