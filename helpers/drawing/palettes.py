"""Colour maps for images whose values are numbers of colours."""

from __future__ import annotations

from functools import cache

import matplotlib
import numpy as np

SHADES = 255
"""How many colours a palette has: an image of bytes has one left, such as for what lies between maps."""


@cache
def palette(name: str) -> bytes:
    """The colours of one of matplotlib's colour maps, a byte each for red, green and blue, from low to high.

    >>> palette("viridis")[:3].hex(), len(palette("viridis")) // 3
    ('440154', 255)
    """
    colours = matplotlib.colormaps[name](np.linspace(0, 1, SHADES))[:, :3]
    return (colours * 255).round().astype(np.uint8).tobytes()
