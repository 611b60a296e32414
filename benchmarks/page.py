"""What the baselines share: figures as large as an explorer's picture, empty axes, frames around pixels."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.drawing.matplotlib_style import CSS_PIXELS_PER_INCH


def inches(width: int, height: int) -> tuple[float, float]:
    """The size of a picture of `width` × `height` CSS pixels, as pyplot takes it."""
    return width / CSS_PIXELS_PER_INCH, height / CSS_PIXELS_PER_INCH


def as_diagram(axes: Axes, width: float, height: float) -> None:
    """Make axes a sheet of `width` × `height` without ticks, from its top left corner."""
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()


def frame(x: float, y: float, side: float, color: str, **look: object) -> Rectangle:
    """An outline around `side` pixels from column x and row y on, as `imshow` places them."""
    return Rectangle((x - 0.5, y - 0.5), side, side, fill=False, edgecolor=color, linewidth=2, **look)
