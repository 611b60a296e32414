"""GoogLeNet as a still picture: its nine blocks in a row, with the heads of its training or without."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers.arithmetic.blocks import INCEPTION_BLOCKS
from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.style import FAINT, GREEN, INK

HEADS = ("4a", "4d")  # the blocks that the heads read: figure 3 of the paper
_WIDTH, _HEIGHT = 760, 236  # CSS pixels; the picture's axes count in them, from the lower left
_MIDDLE, _BOX, _LEFT, _STEP, _SIDE = 150, 52, 96, 49, 38  # of the blocks: height and width, first, distance
_HEAD, _HEAD_SIDE = 62, 84
_SIZES = {"3": 28, "4": 14, "5": 7}  # of a group's maps, in pixels, when the network sees 224×224


def googlenet_plan(*, heads: bool = True) -> Drawing:
    """The plan of GoogLeNet, from Szegedy et al., 2014, figure 3 and table 1.

    With its auxiliary `heads` it is the network in training; without them, the longest path is counted.

    >>> googlenet_plan()
    GoogLeNet's plan: a stem, blocks 3a to 5b, an average and a linear layer; heads after 4a and 4d.
    >>> googlenet_plan(heads=False)
    GoogLeNet's plan: a stem, blocks 3a to 5b, an average and a linear layer.
    """
    alt = "GoogLeNet's plan: a stem, blocks 3a to 5b, an average and a linear layer"
    alt += f"; heads after {' and '.join(HEADS)}." if heads else "."
    blocks = len(INCEPTION_BLOCKS)
    path = f"GoogLeNet's longest path: 3 + {blocks} · 2 + 1 = {3 + 2 * blocks + 1} layers"
    lowest = 0 if heads else _MIDDLE - _BOX / 2 - 28
    with styled():
        figure = new_figure(_WIDTH, _HEIGHT - lowest)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDTH), ylim=(lowest, _HEIGHT))
        axes.set_axis_off()
        title = "The network in training" if heads else path
        axes.text(14, _HEIGHT - 20, title, size=11, weight="bold")
        _box(axes, 14, _MIDDLE, 58, "stem\n3 layers")
        right, places = 72, {}
        for number, name in enumerate(INCEPTION_BLOCKS):
            left = _LEFT + _STEP * number + 14 * "345".index(name[0])  # a gap where the maps are halved
            _arrow(axes, (right, _MIDDLE), (left, _MIDDLE))
            _box(axes, left, _MIDDLE, _SIDE, name, bold=True)
            places[name], right = left, left + _SIDE
        for left, words, wide in ((574, "average", 58), (646, "linear", 46)):
            _arrow(axes, (right, _MIDDLE), (left, _MIDDLE))
            _box(axes, left, _MIDDLE, wide, words)
            right = left + wide
        _arrow(axes, (right, _MIDDLE), (right + 14, _MIDDLE))
        axes.text(right + 17, _MIDDLE, "loss" if heads else "scores", va="center", weight="bold", size=9)
        for group, size in _SIZES.items():
            ends = [left for name, left in places.items() if name.startswith(group)]
            middle = (ends[0] + ends[-1] + _SIDE) / 2
            axes.text(middle, _MIDDLE + 36, f"{size}×{size} pixels", ha="center", size=9)
        if not heads:
            axes.text(14, _MIDDLE + 36, "224×224", size=9)
        for name in () if heads else ("4a", "5a"):
            halfway = places[name] - (_STEP - _SIDE + 14) / 2
            axes.text(halfway, _MIDDLE - 42, "max-pool", ha="center", size=9)
        for name in HEADS if heads else ():
            _head(axes, places[name] + _SIDE + (_STEP - _SIDE) / 2)
        return Drawing.of(figure, alt)


def _head(axes: Axes, x: float) -> None:
    """A head that hangs on the way behind a block, and its loss."""
    top = _HEAD + _BOX / 2
    _arrow(axes, (x, _MIDDLE), (x, top))
    _box(axes, x - _HEAD_SIDE / 2, _HEAD, _HEAD_SIDE, "auxiliary\nhead", colour=GREEN)
    _arrow(axes, (x, _HEAD - _BOX / 2), (x, _HEAD - _BOX / 2 - 14))
    axes.text(x, 12, "0.3 × its loss", ha="center", va="center", weight="bold", size=9)


def _box(
    axes: Axes,
    left: float,
    middle: float,
    wide: float,
    words: str,
    *,
    bold: bool = False,
    colour: str = FAINT,
) -> None:
    face = {"facecolor": (colour, 0.16), "edgecolor": colour if colour != FAINT else INK, "linewidth": 1.2}
    axes.add_patch(Rectangle((left, middle - _BOX / 2), wide, _BOX, **face))
    weight = "bold" if bold else "normal"
    axes.text(left + wide / 2, middle, words, ha="center", va="center", size=9, weight=weight)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>", "mutation_scale": 8, "shrinkA": 0, "shrinkB": 0, "color": INK}
    axes.add_patch(FancyArrowPatch(start, end, linewidth=1.2, **look))
