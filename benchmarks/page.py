"""Where the baselines draw: pyplot figures as large as an explorer's picture, and a diagram's empty axes."""

from __future__ import annotations

from matplotlib.axes import Axes

from helpers.style import CSS_PIXELS_PER_INCH


def inches(width: int, height: int) -> tuple[float, float]:
    """The size of a picture of `width` × `height` CSS pixels, as pyplot takes it."""
    return width / CSS_PIXELS_PER_INCH, height / CSS_PIXELS_PER_INCH


def as_diagram(axes: Axes, width: float, height: float) -> None:
    """Make axes a sheet of `width` × `height` without ticks, from its top left corner."""
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
