"""`LiveFigure`: a matplotlib figure that redraws only what moves, and can be used from any thread.

JupyterLab runs widget callbacks on a thread of their own, beside the one that runs cells, and matplotlib is
not safe to use from two threads. So everything that draws holds one lock, `DRAWING`, and nothing uses pyplot.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, findfont
from PIL import Image, ImageDraw, ImageFont

from helpers.drawing.matplotlib_style import CSS_PIXELS_PER_INCH, DENSITY, new_figure, styled
from helpers.drawing.pixels import Pixels
from helpers.drawing.style import INK

DRAWING = threading.RLock()
POINTS_PER_INCH = 72


@dataclass
class LiveText:
    """A text that changes: change `text`, `x`, `y` or `color` and take the next picture.

    Pillow draws it, in the figure's own font: ten times faster than a matplotlib text.
    `x` and `y` are in the axes' data coordinates, from 0 to 1 across the axes with `relative=True`.
    `anchor` is Pillow's: l, m, r across and t, m, b (or s, the baseline) down.
    """

    axes: Axes
    x: float
    y: float
    text: str = ""
    size: float = 9
    bold: bool = False
    mono: bool = False
    color: str = INK
    anchor: str = "lm"
    relative: bool = False

    def draw(self, canvas: ImageDraw.ImageDraw) -> None:
        if not self.text:  # an empty one would take as long as a word
            return
        transform = self.axes.transAxes if self.relative else self.axes.transData
        across, up = transform.transform((self.x, self.y))
        canvas.text(
            (across, canvas.im.size[1] - up),
            self.text,
            fill=self.color,
            font=label_font(self.size, self.bold, self.mono),
            anchor=self.anchor,
        )


class _Font(ImageFont.FreeTypeFont):
    """A font that keeps what it drew last: most texts stay as they are when a control moves."""

    @lru_cache(maxsize=256)  # noqa: B019 - the few fonts are kept anyway, and have this room together
    def getmask2(self, *args: Any, **options: Any) -> Any:
        return super().getmask2(*args, **options)


@lru_cache
def label_font(size: float, bold: bool, mono: bool) -> ImageFont.FreeTypeFont:
    """The font of a text of `size` points in a live picture, for Pillow."""
    family = "DejaVu Sans Mono" if mono else "DejaVu Sans"
    path = findfont(FontProperties(family=family, weight="bold" if bold else "normal"))
    return _Font(path, size * CSS_PIXELS_PER_INCH * DENSITY / POINTS_PER_INCH)


def text_width(words: str, like: LiveText) -> float:
    """The width in CSS pixels that words take up when they are drawn like a text of a live figure."""
    return label_font(like.size, like.bold, like.mono).getlength(words) / DENSITY


@lru_cache(maxsize=1)
def _renderer(width: int, height: int, dpi: float) -> RendererAgg:
    """What every figure draws on in turn, with the lock held: one of its own would keep 5 MB."""
    return RendererAgg(width, height, dpi)


class LiveFigure:
    """A figure of `width` × `height` CSS pixels whose moving artists are drawn over a kept background.

    Make axes and artists once inside `with figure.building():`, mark each that will change with
    `figure.live(artist)` or make it with `figure.text(...)`, change it by its setters, and take the picture
    with `figure.image()`.

    >>> figure = LiveFigure(400, 200)
    >>> with figure.building():
    ...     axes = figure.figure.add_subplot(xlim=(0, 10), ylim=(0, 2))
    ...     bar = figure.live(axes.barh([1], [0])[0])
    >>> bar.set_width(5)
    >>> figure.image().size
    (800, 400)
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.figure = new_figure(width, height)
        self._artists: list[Artist] = []
        self._texts: list[LiveText] = []
        self._background = Pixels()

    @contextmanager
    def building(self) -> Iterator[None]:
        """Hold the lock and the course's style while artists are made; the background is drawn anew."""
        with DRAWING, styled():
            self._background.keep(None)
            yield

    def live(self, artist: Artist) -> Any:
        """Mark an artist as one that changes: left out of the background, drawn in every picture."""
        artist.set_animated(True)
        self._artists.append(artist)
        return artist

    def text(self, axes: Axes, x: float, y: float, text: str = "", **look: Any) -> LiveText:
        """A text that changes, drawn over everything else; `look` as in `LiveText`."""
        label = LiveText(axes, x, y, text, **look)
        self._texts.append(label)
        return label

    def image(self) -> Image.Image:
        """The figure as it is now: RGB, `DENSITY` pixels per CSS pixel."""
        with DRAWING:
            size = (self.width * DENSITY, self.height * DENSITY)
            renderer = _renderer(*size, self.figure.dpi)
            self._draw_background(renderer)
            for artist in self._artists:
                artist.draw(renderer)
            # What `convert("RGB")` makes, in a sixth of the time: each fourth byte is skipped.
            image = Image.frombytes("RGB", size, renderer.buffer_rgba(), "raw", "RGBX")
            brush = ImageDraw.Draw(image)
            for text in self._texts:
                text.draw(brush)
            return image

    def _draw_background(self, renderer: RendererAgg) -> None:
        pixels = np.asarray(renderer.buffer_rgba())
        background = self._background.get()
        if background is not None:
            pixels[:] = background
            return
        renderer.clear()
        with styled():
            self.figure.draw(renderer)
        self._background.keep(pixels.copy())
