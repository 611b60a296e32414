"""An Inception block as a still picture: four branches side by side, joined along the channels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from torch import nn

from helpers.arithmetic.checks import whole
from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.style import BLUE, INK, ORANGE, PURPLE
from helpers.models.googlenet import Inception

_WIDTH, _HEIGHT = 760, 308  # CSS pixels; the picture's axes count in them, from the lower left
_ROWS = (236, 176, 116, 56)  # the middle of each branch
_INPUT, _FIRST, _SECOND, _JOINED = (14, 92), (166, 276), (328, 438), (536, 616)
_BOX, _LOW, _TALL = 42, 30, 232  # the height of a box; the lower end and height of input and output
MOST_CHANNELS = 99_999
_NAMES = ("1×1", "3×3", "5×5", "pool")
# The colours are those of the block's explorer. Each branch has a hatch beside its colour, so that colour is
# not the only carrier of meaning.
_LOOKS = ((BLUE, "////"), (ORANGE, ""), (ORANGE, "xxxx"), (PURPLE, "...."))


@dataclass(frozen=True)
class _Step:
    """One layer of a branch: what stands in its box, and the channels that come out."""

    name: str
    channels: int


def inception_block(
    in_channels: int,
    *,
    out_1x1: int,
    out_3x3: int,
    out_5x5: int,
    reduce_3x3: int | None = None,
    reduce_5x5: int | None = None,
    pool_proj: int | None = None,
) -> Drawing:
    """An Inception block's branches with their channels, and how these are stacked into one output.

    The numbers are those of `Inception`, None for a branch without its 1×1 convolution; what is drawn is read
    off such a block. Input and output are as high as they have channels. The plan is figure 2 of Szegedy et
    al., 2014. Raises ValueError for a number that is not from 1 to 99,999.

    >>> inception_block(192, out_1x1=64, out_3x3=128, out_5x5=32).alt.split(". ")[0]
    'Side by side, then joined: 64 + 128 + 32 + 192 = 416 channels'
    """
    channels = {"in_channels": in_channels, "out_1x1": out_1x1, "out_3x3": out_3x3, "out_5x5": out_5x5}
    optional = {"reduce_3x3": reduce_3x3, "reduce_5x5": reduce_5x5, "pool_proj": pool_proj}
    channels |= {name: count for name, count in optional.items() if count is not None}
    for name, count in channels.items():
        whole(name, count, 1, MOST_CHANNELS)
    with torch.device("meta"):
        block = Inception(in_channels, out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj)
    branches = [
        list(_steps(branch, in_channels))
        for branch in (block.branch1, block.branch2, block.branch3, block.branch4)
    ]
    parts = [branch[-1].channels for branch in branches]
    title = f"Side by side, then joined: {' + '.join(map(str, parts))} = {block.out_channels} channels"
    ways = (", then ".join(f"{step.name} {_output(step)}" for step in branch) for branch in branches)
    alt = f"{title}. All four branches read the same {in_channels} channels: {'; '.join(ways)}."
    with styled():
        figure = new_figure(_WIDTH, _HEIGHT)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDTH), ylim=(0, _HEIGHT))
        axes.set_axis_off()
        axes.text(14, 288, title, size=11, weight="bold")
        left, right = _INPUT
        middle, per_channel = _LOW + _TALL / 2, _TALL / max(in_channels, block.out_channels)
        entry = per_channel * in_channels
        face = {"facecolor": "white", "edgecolor": INK}
        axes.add_patch(Rectangle((left, middle - entry / 2), right - left, entry, **face))
        axes.text((left + right) / 2, middle, f"{in_channels}", ha="center", va="center", weight="bold")
        axes.text(left, 14, f"input: {in_channels} channels", va="center")
        top = middle + per_channel * block.out_channels / 2
        for y, name, look, branch in zip(_ROWS, _NAMES, _LOOKS, branches, strict=True):
            height = per_channel * branch[-1].channels
            start = middle + (y - middle) * min(1, 0.9 * entry / (_ROWS[0] - _ROWS[-1]))
            _draw_branch(axes, y, branch, start, top - height / 2, look)
            _draw_part(axes, top, height, f"{branch[-1].channels} from {name}", look)
            top -= height
        axes.text(sum(_JOINED) / 2, 14, f"output: {block.out_channels} channels", ha="center", va="center")
        return Drawing.of(figure, alt)


def _steps(branch: nn.Sequential, channels: int) -> Iterator[_Step]:
    for layer in branch.modules():
        if isinstance(layer, nn.Conv2d):
            channels = layer.out_channels
            height, width = layer.kernel_size
            yield _Step(f"{height}×{width} conv", channels)
        elif isinstance(layer, nn.MaxPool2d):
            yield _Step(f"{layer.kernel_size}×{layer.kernel_size} max-pool", channels)


def _draw_branch(
    axes: Axes, y: float, branch: list[_Step], begin: float, end: float, look: tuple[str, str]
) -> None:
    """The boxes of one branch from left to right, the last one in the second column, and their arrows."""
    places = (_FIRST, _SECOND)[-len(branch) :]
    start = _INPUT[1], begin
    for step, (left, right) in zip(branch, places, strict=True):
        colour = PURPLE if "pool" in step.name else BLUE if step.name.startswith("1×1") else look[0]
        face = {"facecolor": (colour, 0.25), "edgecolor": INK, "linewidth": 1}
        axes.add_patch(Rectangle((left, y - _BOX / 2), right - left, _BOX, **face))
        axes.text((left + right) / 2, y + 8, step.name, ha="center", va="center", weight="bold", size=9)
        axes.text((left + right) / 2, y - 10, _output(step), ha="center", va="center", size=9)
        _arrow(axes, start, (left, y))
        start = right, y
    _arrow(axes, start, (_JOINED[0], end))


def _output(step: _Step) -> str:
    return f"{'to' if 'conv' in step.name else 'keeps'} {step.channels}"


def _draw_part(axes: Axes, top: float, height: float, words: str, look: tuple[str, str]) -> None:
    """A branch's share of the output, as high as its channels, and its number beside it."""
    (left, right), (colour, hatch) = _JOINED, look
    face = {"facecolor": (colour, 0.55), "edgecolor": "white", "hatch": hatch, "linewidth": 1}
    axes.add_patch(Rectangle((left, top - height), right - left, height, **face))
    axes.text(right + 10, top - height / 2, words, va="center")


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=9, shrinkA=0, shrinkB=0, linewidth=1.4, color=INK
        )
    )
