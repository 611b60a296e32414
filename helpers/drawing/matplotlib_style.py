"""How matplotlib's figures look: sizes and fonts, fixed in one place."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from helpers.drawing.png import DENSITY
from helpers.drawing.style import FAINT, INK

CSS_PIXELS_PER_INCH = 100
RC: dict[str, Any] = {
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.grid": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "text.color": INK,
    "text.parse_math": False,  # mathtext keeps a cache that is not safe across threads
    "legend.frameon": False,
    "lines.linewidth": 2,
    "svg.hashsalt": "fixed",
}


def styled() -> AbstractContextManager[None]:
    """The course's matplotlib settings for a `with` block; artists keep what they were made with.

    The learner's own settings, such as a dark style, are left out of it and come back afterwards.

    >>> import matplotlib
    >>> with styled():
    ...     matplotlib.rcParams["axes.titleweight"]
    'bold'
    """
    return matplotlib.style.context(RC, after_reset=True)


def new_figure(width: int, height: int) -> Figure:
    """An empty figure of `width` × `height` CSS pixels with an Agg canvas of its own (no pyplot).

    Call it, and add artists to what it gives, inside `with styled():`.
    """
    size = (width / CSS_PIXELS_PER_INCH, height / CSS_PIXELS_PER_INCH)
    figure = Figure(figsize=size, dpi=CSS_PIXELS_PER_INCH * DENSITY)
    FigureCanvasAgg(figure)  # registers itself as figure.canvas
    return figure
