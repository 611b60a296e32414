"""AlexNet's two towers as a still picture: what each GPU holds, and where they read each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from torch import nn

from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.style import BLUE, INK, ORANGE, SKY, VERMILION
from helpers.models import build
from helpers.reading.trace import trace

_WIDTH, _HEIGHT = 760, 306  # CSS pixels; the picture's axes count in them, from the lower left
_STEP, _BOX, _TALL = 82, 56, 46
_FIRST = 64  # the middle of the photo's column
_MIDDLES = {1: 202, 2: 102}  # of the row of each GPU
_BETWEEN = 152  # where what belongs to both is drawn


@dataclass(frozen=True)
class _Layer:
    """One layer over both GPUs: channels, side of the maps (1: no maps), and how much a unit reads."""

    name: str
    channels: int
    side: int
    reads: int
    before: int
    is_first: bool

    @property
    def crosses(self) -> bool:
        """Whether a unit reads what the other GPU holds; the photo is on both."""
        return self.reads == self.before and not self.is_first


def two_towers() -> Drawing:
    """AlexNet on its two GPUs: each layer's half, and the layers that read both halves.

    Channels and map sizes are those of `build("alexnet")`; the plan is figure 2 of Krizhevsky et al., 2012.

    >>> two_towers().alt.split(". ")[0]
    "The two GPUs read each other's halves only in conv3, fc6, fc7 and fc8"
    """
    layers = list(_layers())
    *crossing, last_crossing = [layer.name for layer in layers if layer.crosses]
    title = f"The two GPUs read each other's halves only in {', '.join(crossing)} and {last_crossing}"
    halves = ", ".join(f"{each.name} {_halves(each)}" for each in layers[:-1])
    reads = ", ".join(f"{each.name} {each.reads:,} of {each.before:,}" for each in layers)
    with styled():
        figure = new_figure(_WIDTH, _HEIGHT)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDTH), ylim=(0, _HEIGHT))
        axes.set_axis_off()
        axes.text(14, 282, title, size=11, weight="bold")
        _box(axes, 0, _BETWEEN, f"{layers[0].before}\nmaps", "white")
        axes.text(_FIRST, 244, "photo", ha="center")
        for gpu, middle in _MIDDLES.items():
            axes.text(14, middle + 24 * (3 - 2 * gpu), f"GPU {gpu}", weight="bold", va="center")
        axes.text(14, 40, "a unit reads\n(channels;\nfc: values)", va="center", size=9)
        for column, layer in enumerate(layers, start=1):
            last = layer is layers[-1]
            x = _FIRST + column * _STEP
            axes.text(x, 244, layer.name, ha="center", weight="bold" if layer.crosses else None)
            axes.text(x, 40, f"{layer.reads:,}\nof {layer.before:,}", ha="center", va="center", size=9)
            for middle in (_BETWEEN,) if last else _MIDDLES.values():
                content = f"{layer.channels if last else layer.channels // 2:,}"
                if layer.side > 1:
                    content += f"\n{layer.side}×{layer.side}"
                _box(axes, column, middle, content, SKY if layer.side > 1 else ORANGE)
                for start in (_BETWEEN,) if column == 1 else _MIDDLES.values():
                    if start == middle or column == 1:
                        _arrow(axes, column, start, middle, crossing=False)
                    elif layer.crosses:
                        _arrow(axes, column, start, middle, crossing=True)
        _key(axes)
        end = f"{layers[-1].channels:,} of {layers[-1].name}"
        alt = (
            f"{title}. Held by GPU 1 + GPU 2: {halves}; both together give the {end}. "
            f"Channels that a unit reads (fc: values): {reads}."
        )
        return Drawing.of(figure, alt)


def _layers() -> Iterator[_Layer]:
    network = build("alexnet", device="meta")
    shapes = {row.name: row.output_shape for row in trace(network)}
    for name, layer in network.named_children():
        first = name == "conv1"
        if isinstance(layer, nn.Conv2d):
            before = layer.in_channels
            yield _Layer(name, *shapes[name][:2], before // layer.groups, before, first)
        elif isinstance(layer, nn.Linear):
            yield _Layer(name, *shapes[name], 1, layer.in_features, layer.in_features, first)


def _halves(layer: _Layer) -> str:
    size = f" of {layer.side}×{layer.side}" if layer.side > 1 else ""
    return f"{layer.channels // 2:,} + {layer.channels // 2:,}{size}"


def _box(axes: Axes, column: int, middle: float, content: str, colour: str) -> None:
    corner = _FIRST + column * _STEP - _BOX / 2, middle - _TALL / 2
    axes.add_patch(Rectangle(corner, _BOX, _TALL, facecolor=(colour, 0.35), edgecolor=INK, linewidth=1))
    axes.text(_FIRST + column * _STEP, middle, content, ha="center", va="center")


def _arrow(axes: Axes, column: int, start: float, end: float, *, crossing: bool) -> None:
    """From the box before `column` to the one in it; dashed where it crosses, so not by colour alone."""
    right, left = _FIRST + (column - 1) * _STEP + _BOX / 2, _FIRST + column * _STEP - _BOX / 2
    axes.add_patch(_drawn_arrow((right, start), (left, end), crossing=crossing))


def _drawn_arrow(start: tuple[float, float], end: tuple[float, float], *, crossing: bool) -> FancyArrowPatch:
    return FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=9, shrinkA=0, shrinkB=0, linewidth=1.6,
        color=VERMILION if crossing else BLUE, linestyle=(0, (3, 1.5)) if crossing else "-",
    )  # fmt: skip


def _key(axes: Axes) -> None:
    for x, words, crossing in ((440, "within a GPU", False), (580, "from GPU to GPU", True)):
        axes.add_patch(_drawn_arrow((x, 266), (x + 30, 266), crossing=crossing))
        axes.text(x + 36, 266, words, va="center", size=9)
