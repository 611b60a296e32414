"""A dense block painted to scale, with the places of its rows and the ends of its axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from math import log10

import numpy as np
from PIL import Image, ImageColor

from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, SKY, YELLOW

# The block in CSS pixels from its top: the layers' rows, then what they made, the output, and what the
# transition leaves of it.
ACROSS, DOWN = 284, 222
LAYERS_END, SOURCES, OUTPUT, TRANSITION, THICK = 150, 165, 174, 202, 15

# Where a look's colour gives way to white, by picture pixel: as a hatch, but painted as fast as it is read.
HATCHES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "rising": lambda x, y: (x + y) % 12 < 3,
    "falling": lambda x, y: (x - y) % 12 < 3,
    "crossed": lambda x, y: ((x + y) % 14 < 3) | ((x - y) % 14 < 3),
    "dotted": lambda x, y: (x % 8 < 3) & (y % 8 < 3),
    "plain": lambda x, y: (x + y) < 0,
}
# The block's input, and then the layers' maps over and over: neighbours differ in colour and in hatch.
LOOKS = (
    (FAINT, "dotted"),
    (BLUE, "rising"),
    (ORANGE, "plain"),
    (GREEN, "crossed"),
    (SKY, "plain"),
    (PURPLE, "falling"),
    (YELLOW, "plain"),
)


def paint_block(
    channels: Sequence[int], transition_channels: int, axis_end: int, first: float, pitch: float
) -> Image.Image:
    """Paint what each layer reads and what the block puts out, each map in the look of what made it.

    `channels` are what the layers read and last what the block puts out; `axis_end` channels are as wide as
    the picture. The layers' rows begin at `first` and are `pitch` CSS pixels apart. RGBA, clear where there
    is nothing.

    >>> paint_block((64, 96, 128), 64, 128, first=100.0, pitch=26.0).size
    (568, 434)
    """
    pixels = np.zeros(((TRANSITION + THICK) * DENSITY, ACROSS * DENSITY, 4), np.uint8)
    edges = [round(each * ACROSS * DENSITY / axis_end) for each in (0, *channels)]
    rows = [round((first + pitch * row) * DENSITY) for row in range(len(channels))]
    output = slice(OUTPUT * DENSITY, (OUTPUT + THICK) * DENSITY)
    for source, (left, right) in enumerate(pairwise(edges)):
        tile = _tiles()[1 + (source - 1) % (len(LOOKS) - 1) if source else 0]
        # The maps that layer s makes are read from the row of layer s + 1 on.
        for reads in (slice(rows[source], rows[-1]), output):
            pixels[reads, left:right] = tile[reads, left:right]
    for row in rows:
        pixels[row - 1 : row + 1] = 0
    leaves = max(round(transition_channels * ACROSS * DENSITY / axis_end), 1)
    pixels[TRANSITION * DENSITY :, :leaves] = (*ImageColor.getrgb(INK), 255)
    return Image.fromarray(pixels)


@cache
def _tiles() -> list[np.ndarray]:
    """Each look, as large as the rows of layers and output together."""
    down, across = np.mgrid[: (OUTPUT + THICK) * DENSITY, : ACROSS * DENSITY]
    return [
        np.where(HATCHES[hatch](across, down)[..., None], 255, (*ImageColor.getrgb(colour), 255)).astype(
            np.uint8
        )
        for colour, hatch in LOOKS
    ]


def channel_axis_end(channels: int) -> int:
    """The end of the axis of channels: a power of two or half as much again, so that it moves seldom.

    >>> [channel_axis_end(each) for each in (12, 17, 256, 257)]
    [16, 24, 256, 384]
    """
    power = 16
    while power * 1.5 < channels:
        power *= 2
    return power if channels <= power else power * 3 // 2


def weight_axis_end(value: int) -> int:
    """The next of 1, 2, 4, 6, 8 times a power of ten.

    >>> weight_axis_end(829_440), weight_axis_end(248_832), weight_axis_end(1_000)
    (1000000, 400000, 1000)
    """
    power = 10 ** int(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)


def tick_label(value: float) -> str:
    """A weight count on the axis.

    >>> tick_label(1_500_000), tick_label(250_000), tick_label(50)
    ('1.5 M', '250 k', '50')
    """
    for unit, letter in ((10**6, "M"), (10**3, "k")):
        if value >= unit:
            return f"{value / unit:g} {letter}"
    return f"{value:g}"
