"""A convolution split into groups, as AlexNet's on two GPUs: `GroupExplorer`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from numbers import Integral
from typing import Any

from matplotlib.collections import PolyCollection
from PIL import Image

from helpers.arithmetic import Convolution, same_padding
from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.style import BLUE, FAINT, ORANGE
from helpers.explorers.old_controls import Choice, NumberChoice, Slider
from helpers.explorers.old_live import Explorer

WIDTH, HEIGHT = 780, 380
MOST_NAMED = 4
"""Up to so many groups each block has room for its name."""

MOST_SQUARES = 32
"""Up to so many groups each block is drawn as a square of its own."""

MINE = "your own"
QUANTITIES = ("channel pairs", "weights", "MACs")
LIGHT_BLUE, LIGHT_ORANGE = "#CFE5F3", "#FAE3B4"

# In channels, out channels, kernel, groups and map size: AlexNet's (Krizhevsky, Sutskever and Hinton 2012,
# figure 2), and its conv4 with a group for each channel.
PRESETS = {
    "conv2": (96, 256, 5, 2, 27),
    "conv3": (256, 384, 3, 1, 13),
    "conv4": (384, 384, 3, 2, 13),
    "conv5": (384, 256, 3, 2, 13),
    "depthwise": (384, 384, 3, 384, 13),
}


@dataclass(frozen=True)
class GroupNumbers:
    """A convolution in groups; `all_weights` and `all_macs` are those of the same one in a single group."""

    in_channels: int
    out_channels: int
    kernel_size: int
    groups: int
    map_size: int
    weights: int
    macs: int
    all_weights: int
    all_macs: int

    @property
    def reads(self) -> int:
        """How many input channels an output channel reads."""
        return self.in_channels // self.groups

    @property
    def makes(self) -> int:
        """How many output channels a group makes."""
        return self.out_channels // self.groups

    @property
    def connections(self) -> int:
        """How many pairs of an input and an output channel are connected."""
        return self.reads * self.out_channels

    @property
    def depthwise(self) -> bool:
        """Whether each input channel is a group of its own."""
        return self.groups == self.in_channels > 1

    @property
    def preset(self) -> str:
        """The preset with these numbers, or "your own"."""
        return _preset_of((self.in_channels, self.out_channels, self.kernel_size, self.groups, self.map_size))

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        kernel, size = (f"{each}×{each}" for each in (self.kernel_size, self.map_size))
        channels = f"{kernel}, {self.in_channels}→{self.out_channels}"
        if self.groups == 1:
            how, weights = "in one group", f"all {self.weights:,} weights"
        else:
            how = "depthwise" if self.depthwise else f"in {self.groups} groups"
            weights = f"{self.weights:,} of {self.all_weights:,} weights"
        reads = f"a channel reads {self.reads} of {self.in_channels}"
        return f"{channels} {how}: {weights}, {_macs_in_words(self.macs)} MACs at {size}; {reads}."


def grouped(
    in_channels: int, out_channels: int, kernel_size: int, groups: int, map_size: int
) -> GroupNumbers:
    """Count a k×k convolution in groups and in one (stride 1, same padding, no bias).

    `map_size` is the height and width of the square map, in pixels. Raises ValueError as `Convolution` does.

    >>> numbers = grouped(96, 256, 5, groups=2, map_size=27)
    >>> numbers.weights, numbers.all_weights, numbers.reads, numbers.connections
    (307200, 614400, 48, 12288)
    """
    split, whole = (
        Convolution(
            in_channels, out_channels, kernel_size, padding=same_padding(kernel_size), groups=each, bias=False
        )
        for each in (groups, 1)
    )
    return GroupNumbers(
        in_channels,
        out_channels,
        kernel_size,
        groups,
        map_size,
        weights=split.weights,
        macs=split.macs(map_size),
        all_weights=whole.weights,
        all_macs=whole.macs(map_size),
    )


def possible_groups(in_channels: int, out_channels: int) -> tuple[int, ...]:
    """The numbers of groups that both channel counts can be split into: their common divisors.

    >>> possible_groups(96, 256)
    (1, 2, 4, 8, 16, 32)
    """
    most = gcd(in_channels, out_channels)
    return tuple(groups for groups in range(1, most + 1) if most % groups == 0)


def _macs_in_words(macs: int) -> str:
    for unit, letter in ((10**9, "G"), (10**6, "M")):
        if macs >= unit:
            return f"{macs / unit:.1f} {letter}"
    return f"{macs:,}"


def _preset_of(layer: tuple[int, ...]) -> str:
    return next((name for name, values in PRESETS.items() if values == layer), MINE)


class GroupExplorer(Explorer):
    """Channels, kernel and groups of a convolution; which channels are connected, and what it costs."""

    numbers: GroupNumbers

    def __init__(
        self,
        *,
        in_channels: int = 96,
        out_channels: int = 256,
        kernel_size: int = 5,
        groups: int = 2,
        map_size: int = 27,
    ) -> None:
        asked = (in_channels, out_channels, kernel_size, groups, map_size)
        # What is no number is refused below, by its own control.
        preset = _preset_of(tuple(each if isinstance(each, Integral) else 0 for each in asked))
        self._build_figure()
        super().__init__(
            {
                "preset": Choice("preset", [*PRESETS, MINE], preset),
                "in_channels": Slider("in channels", in_channels, 8, 512, step=8),
                "out_channels": Slider("out channels", out_channels, 8, 512, step=8),
                "kernel_size": Slider("kernel size", kernel_size, 1, 7, odd=True),
                "groups": NumberChoice("groups", possible_groups(in_channels, out_channels), groups),
                "map_size": Slider("map size", map_size, 1, 56),
            },
            width=WIDTH,
            height=HEIGHT,
        )

    def compute(self, *, preset: str, **values: Any) -> GroupNumbers:
        return grouped(**values)

    def respond(self, name: str) -> None:
        preset, *layer = self.controls.values()
        in_channels, out_channels, kernel_size, groups, map_size = layer
        chosen = PRESETS.get(preset.value) if name == "preset" else None
        if chosen:
            in_channels.value, out_channels.value, kernel_size.value, _, map_size.value = chosen
        groups.offer(possible_groups(in_channels.value, out_channels.value))
        if chosen:
            groups.value = chosen[3]
        if name != "preset":  # who chooses "your own" keeps it, and the layer as it was
            preset.value = _preset_of(tuple(control.value for control in layer))

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        with self._figure.building():
            self._build_matrix()
            self._build_bars()

    def _build_matrix(self) -> None:
        live, text = self._figure.live, self._figure.text
        # 276 pixels both ways.
        axes = self._figure.figure.add_axes(
            (0.085, 0.115, 276 / WIDTH, 276 / HEIGHT), xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[]
        )
        axes.spines[:].set_visible(True)
        axes.set_xlabel("input channels", labelpad=18)
        axes.set_ylabel("output channels", labelpad=30)
        self._title = text(axes, -0.15, 1.062, bold=True, size=11, anchor="lb", relative=True)
        self._blocks = [
            live(axes.add_collection(PolyCollection([], facecolor=face, edgecolor=edge)))
            for face, edge in ((LIGHT_BLUE, BLUE), (LIGHT_ORANGE, ORANGE))
        ]
        self._named = [
            (text(axes, 0, 0, bold=True, anchor="ms"), text(axes, 0, 0, anchor="ms"))
            for _ in range(MOST_NAMED)
        ]
        self._empty = text(axes, 0.75, 0.2, anchor="mm", color="#5A5A5A")
        self._across = [text(axes, 0, 1.025, anchor="mt") for _ in range(MOST_NAMED + 1)]
        self._down = [text(axes, -0.025, 0, anchor="rm") for _ in range(MOST_NAMED + 1)]

    def _build_bars(self) -> None:
        live, text = self._figure.live, self._figure.text
        axes = self._figure.figure.add_axes((0.64, 0.14, 0.34, 0.64), xlim=(0, 100), ylim=(9.2, -0.6))
        axes.set_xlabel("percent of what one group costs")
        axes.set_yticks([0.5, 3.75, 7], QUANTITIES)
        axes.tick_params(left=False)
        axes.spines["left"].set_visible(False)
        left = -0.36
        self._finding = text(axes, left, 1.165, bold=True, size=11, anchor="lb", relative=True)
        self._setting = text(axes, left, 1.075, anchor="lb", relative=True)
        self._bars, self._figures = [], []
        for row in (0, 3.25, 6.5):
            axes.barh(row, 100, height=0.86, color=FAINT)
            self._bars.append(
                live(axes.barh(row + 1, 0, height=0.86, color=LIGHT_BLUE, hatch="////", edgecolor=BLUE)[0])
            )
            whole = text(axes, 2, row, bold=True, color="white")
            self._figures.append((whole, text(axes, 1, row + 1.85, bold=True)))

    def draw(self, numbers: GroupNumbers) -> Image.Image:
        self._draw_matrix(numbers)
        groups, share = numbers.groups, f"1/{numbers.groups}"
        each = f"{numbers.kernel_size}×{numbers.kernel_size}, {numbers.in_channels}→{numbers.out_channels}"
        named = "" if numbers.preset in (MINE, "depthwise") else f"AlexNet's {numbers.preset}: "
        self._setting.text = f"{named}{each} on maps of {numbers.map_size}×{numbers.map_size}"
        if groups == 1:
            self._finding.text = "One group: all outputs read all inputs"
        else:
            kind = "Depthwise" if numbers.depthwise else f"{groups} groups"
            self._finding.text = f"{kind}: {share} of weights and MACs"
        counts = (
            (numbers.connections, numbers.in_channels * numbers.out_channels),
            (numbers.weights, numbers.all_weights),
            (numbers.macs, numbers.all_macs),
        )
        for bar, labels, (part, whole) in zip(self._bars, self._figures, counts, strict=True):
            bar.set_width(100 * part / whole)
            labels[0].text = f"in one group: {whole:,}"
            labels[1].text = "the same" if groups == 1 else f"in {groups} groups: {part:,}"
        return self._figure.image()

    def _draw_matrix(self, numbers: GroupNumbers) -> None:
        groups, few = numbers.groups, numbers.groups <= MOST_NAMED
        corners = [step / groups for step in range(groups + 1)]
        if groups <= MOST_SQUARES:
            squares = [[(a, a), (a, b), (b, b), (b, a)] for a, b in pairwise(corners)]
        else:  # so many are one stair to the eye, down on one side and up on the other, and quicker drawn
            down = [corner for a, b in pairwise(corners) for corner in ((a, a), (a, b))]
            squares = [[*down, (1, 1), *((y, x) for x, y in reversed(down))]]
        for first, blocks in enumerate(self._blocks):
            blocks.set_verts(squares[first::2])
        self._title.text = f"Each output channel reads {numbers.reads} of {numbers.in_channels}"
        self._empty.text = "no connection" if groups > 1 else ""
        for group, (name, channels) in enumerate(self._named):
            name.text = channels.text = ""
            if few and group < groups:
                middle = (group + 0.5) / groups
                name.x = channels.x = middle
                name.y, channels.y = middle - 0.01, middle + 0.05
                name.text = f"group {group + 1}"
                channels.text = f"{numbers.reads}→{numbers.makes}"
        parts = groups if few else 1
        for part, (across, down) in enumerate(zip(self._across, self._down, strict=True)):
            shown = part <= parts
            across.x = down.y = part / parts if shown else 0
            across.text = f"{numbers.in_channels * part // parts}" if shown else ""
            down.text = f"{numbers.out_channels * part // parts}" if shown else ""
