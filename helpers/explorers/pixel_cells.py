"""Pixels enlarged to squares with their values in them, and the frames and marks of two windows, A and B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from helpers.drawing.live_figure import label_font
from helpers.drawing.style import BLUE, VERMILION

CELL = 64
"""Height and width of an enlarged pixel, in picture pixels."""

DASH, DASH_STEP = 9, 15


@dataclass(frozen=True)
class Style:
    """A window's letter, the colour of its frame, dashed or not, and the mark of its largest pixel."""

    letter: str
    colour: str
    dashed: bool
    mark: str


STYLES = (Style("A", BLUE, False, "◤"), Style("B", VERMILION, True, "◢"))


def cells(pixels: np.ndarray, read: np.ndarray) -> Image.Image:
    """Pixels (rows, columns) as squares with their values from 0 to 255 in them; pale where `read` is False.

    >>> cells(np.full((2, 3), 77), np.ones((2, 3), bool)).size
    (192, 128)
    """
    rows, columns = pixels.shape
    tiles = _tiles()[read.astype(int), pixels]
    return Image.fromarray(tiles.transpose(0, 2, 1, 3).reshape(rows * CELL, columns * CELL))


@cache
def _tiles() -> np.ndarray:
    """A square for each value, (pale or not, 0 to 255, CELL, CELL): drawn once, as text is slow."""
    tiles = np.empty((2, 256, CELL, CELL), np.uint8)
    letters, middle = label_font(9, False, False), (CELL / 2, CELL / 2)
    for value in range(256):
        grounds, inks = (205 + value // 5, value), (100, 0 if value > 127 else 255)
        for read, (ground, ink) in enumerate(zip(grounds, inks, strict=True)):
            tile = Image.new("L", (CELL, CELL), ground)
            ImageDraw.Draw(tile).text(middle, str(value), fill=ink, font=letters, anchor="mm")
            tiles[read, value] = np.asarray(tile)
    return tiles


def frames(
    brush: ImageDraw.ImageDraw, squares: Sequence[tuple[float, float, float]], margins: tuple[int, int]
) -> None:
    """Frames around the windows A and B, each (x, y, side) in picture pixels.

    They stand `margins` pixels outside, so that where edges fall together both are seen.
    """
    grown = [(x - m, y - m, side + 2 * m) for (x, y, side), m in zip(squares, margins, strict=True)]
    for x, y, side in grown:  # white below, so that a frame shows on any photo
        brush.rectangle([x - 3, y - 3, x + side + 3, y + side + 3], outline="white", width=6)
    for style, (x, y, side) in zip(STYLES, grown, strict=True):
        length, step = (DASH, DASH_STEP) if style.dashed else (side, side)
        for start in np.arange(0, side, step):
            end = min(start + length, side)
            for edge in (0, side):
                brush.line([x + start, y + edge, x + end, y + edge], fill=style.colour, width=4)
                brush.line([x + edge, y + start, x + edge, y + end], fill=style.colour, width=4)


def marks(brush: ImageDraw.ImageDraw, corners: Sequence[tuple[int, int]]) -> None:
    """A triangle in an enlarged pixel for A and one for B, given its upper left corner: ◤ and ◢."""
    for style, (x, y) in zip(STYLES, corners, strict=True):
        x, y, arm = (x + CELL - 3, y + CELL - 3, -20) if style.mark == "◢" else (x + 2, y + 2, 20)
        brush.polygon([(x, y), (x + arm, y), (x, y + arm)], fill=style.colour, outline="white")
