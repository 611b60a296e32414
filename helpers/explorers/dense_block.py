"""A dense block to scale, its weights layer by layer and the maps it keeps: `DenseBlockExplorer`."""

from __future__ import annotations

from itertools import accumulate
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from PIL import Image

from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import BLUE, FAINT, GRID, INK, ORANGE, VERMILION
from helpers.explorers.dense_block_layout import (
    ACROSS,
    DOWN,
    LAYERS_END,
    OUTPUT,
    SOURCES,
    THICK,
    TRANSITION,
    channel_axis_end,
    paint_block,
    tick_label,
    weight_axis_end,
)
from helpers.explorers.dense_block_numbers import DenseBlockNumbers, dense_block
from helpers.explorers.old_controls import Choice, FloatSlider, Slider
from helpers.explorers.old_live import Explorer
from helpers.wording.refusals import short

WIDTH, HEIGHT = 780, 480
MOST_LAYERS = 48
BOTTLENECK = ("with", "without")

KEPT = {
    "concatenated": ("#5F5F5F", ""),
    "after BN–ReLU": ("#9C9C9C", "////"),
    "1×1's maps, before and after BN–ReLU": ("#C4C4C4", "...."),
}

LEFT, TOP = 88, 50
LINE = 13
"""The height of a line of text."""


class DenseBlockExplorer(Explorer):
    """Sliders for a dense block: who reads what, what it weighs with and without 1×1, and what it keeps."""

    numbers: DenseBlockNumbers

    def __init__(
        self,
        *,
        in_channels: int = 64,
        layers: int = 6,
        growth_rate: int = 32,
        bottleneck: str = "with",
        bottleneck_width: int = 4,
        compression: float = 0.5,
        map_size: int = 56,
    ) -> None:
        self._build_figure()
        super().__init__(
            {
                "in_channels": Slider("in channels", in_channels, 8, 1056, step=8),
                "layers": Slider("layers", layers, 1, MOST_LAYERS),
                "growth_rate": Slider("growth rate", growth_rate, 4, 48, step=4),
                "bottleneck": Choice("bottleneck", BOTTLENECK, bottleneck),
                "bottleneck_width": Slider("bottleneck width", bottleneck_width, 1, 8),
                # Eighths have no rounding error, so that channels are rounded down as they should be.
                "compression": FloatSlider("compression", compression, 0.125, 1, step=0.125, form=".3f"),
                "map_size": Slider("map size", map_size, 2, 112),
            },
            width=WIDTH,
            height=HEIGHT,
        )

    def compute(self, *, bottleneck: str, **values: Any) -> DenseBlockNumbers:
        return dense_block(bottleneck=bottleneck == "with", **values)

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        with self._figure.building():
            self._build_block()
            self._build_weights()
            self._build_kept()
            self._build_transition()

    def _axes(self, left: float, top: float, width: float, height: float, **limits: Any) -> Axes:
        """Axes at a place in CSS pixels from the picture's top left."""
        box = (left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT)
        return self._figure.figure.add_axes(box, **limits)

    def _build_block(self) -> None:
        text = self._figure.text
        axes = self._axes(LEFT, TOP, ACROSS, DOWN, xlim=(0, 1), ylim=(DOWN, 0))
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], [])
        axes.set_xlabel("channels", labelpad=14)
        self._block_title = text(axes, (16 - LEFT) / ACROSS, -31, bold=True, size=11)
        text(axes, (16 - LEFT) / ACROSS, -14, "each layer reads all maps made before it")
        self._ticks = [text(axes, quarter / 4, DOWN + 7, anchor="mt") for quarter in range(5)]
        rows = range(LAYERS_END // LINE + 1)
        self._names = [text(axes, -0.025, 0, anchor="rm") for _ in rows]
        self._ends = [text(axes, 0, 0) for _ in rows]
        text(axes, -0.025, SOURCES, "made by", anchor="rm")
        self._sources = [text(axes, 0, SOURCES, anchor="mm") for _ in range(ACROSS // 11)]
        text(axes, -0.025, OUTPUT + THICK / 2, "output", anchor="rm", bold=True)
        text(axes, -0.025, TRANSITION + THICK / 2, "transition", anchor="rm", bold=True)
        self._output_end = text(axes, 0, OUTPUT + THICK / 2, bold=True)
        self._transition_end = text(axes, 0, TRANSITION + THICK / 2, bold=True)

    def _build_weights(self) -> None:
        live, text = self._figure.live, self._figure.text
        axes = self._axes(492, TOP + 10, 270, DOWN - 10, xlim=(0, 1), ylim=(0, 1))
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], [])
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], [])
        axes.grid(axis="y", color=GRID)
        axes.set_xlabel("layers in the block", labelpad=14)
        self._weights_title = text(axes, -0.2, 1 + 41 / (DOWN - 10), bold=True, size=11)
        self._pays = text(axes, -0.2, 1 + 24 / (DOWN - 10), color=VERMILION)
        self._layer_ticks = [text(axes, quarter / 4, -0.035, anchor="mt") for quarter in range(5)]
        self._weight_ticks = [text(axes, -0.02, quarter / 4, anchor="rm") for quarter in range(5)]
        self._break_even = live(axes.plot([0, 0], [0, 1], color=VERMILION, linestyle=":", linewidth=1.5)[0])
        self._alike = live(axes.plot([], [], color=FAINT, linestyle=":", linewidth=1.5)[0])
        looks = ((BLUE, "-", "o"), (ORANGE, "--", "s"))
        self._curves, self._dots, self._totals = [], [], []
        for line, (colour, style, marker) in enumerate(looks):
            y = 0.94 - 0.085 * line
            self._curves.append(live(axes.plot([], [], color=colour, linestyle=style)[0]))
            look = {"color": colour, "marker": marker, "markeredgecolor": INK, "markersize": 8}
            self._dots.append(live(axes.plot([], [], linestyle="", clip_on=False, **look)[0]))
            axes.plot([0.02, 0.1], [y, y], color=colour, linestyle=style)
            axes.plot([0.06], [y], **{**look, "markersize": 6})
            self._totals.append(text(axes, 0.125, y, bold=True))
        axes.plot([0.02, 0.1], [0.77, 0.77], color=FAINT, linestyle=":", linewidth=1.5)
        text(axes, 0.125, 0.77, "every layer as cheap as the first")

    def _build_kept(self) -> None:
        live, text = self._figure.live, self._figure.text
        axes = self._axes(LEFT, 372, ACROSS, 42, xlim=(0, 1), ylim=(42, 0))
        axes.set_axis_off()
        self._kept_title = text(axes, (16 - LEFT) / ACROSS, -34, bold=True, size=11)
        self._kept_line = text(axes, (16 - LEFT) / ACROSS, -14)
        text(axes, -0.025, 8, "kept", anchor="rm")
        text(axes, -0.025, 32, "output", anchor="rm")
        self._kept_bars = []
        for colour, hatch in KEPT.values():
            bar = axes.barh(8, 1, 17, color=colour, hatch=hatch, edgecolor="white", linewidth=0)[0]
            self._kept_bars.append(live(bar))
        self._output_bar = live(axes.barh(32, 1, 17, color=INK)[0])
        for (name, (colour, hatch)), (x, y) in zip(KEPT.items(), ((0, 55), (0.42, 55), (0, 72)), strict=True):
            axes.barh(
                y, 0.04, 11, left=x, color=colour, hatch=hatch, edgecolor="white", linewidth=0, clip_on=False
            )
            axes.text(x + 0.055, y, name, size=9, va="center")

    def _build_transition(self) -> None:
        axes = self._axes(438, 318, 324, 130, xlim=(0, 1), ylim=(130, 0))
        axes.set_axis_off()
        lines = ((14, True), (36, False), (68, True), (90, False), (107, False))
        self._facts = [self._figure.text(axes, 0, y, bold=bold, size=11 if bold else 9) for y, bold in lines]

    def draw(self, numbers: DenseBlockNumbers) -> Image.Image:
        top = channel_axis_end(numbers.out_channels)
        first, pitch = self._name_rows(numbers, top)
        self._name_sources(numbers, top)
        self._draw_weights(numbers)
        self._draw_kept(numbers)
        self._draw_facts(numbers)
        image = self._figure.image()
        block = paint_block(numbers.channels, numbers.transition_channels, top, first, pitch)
        image.paste(block, (LEFT * DENSITY, TOP * DENSITY), block)
        return image

    def _name_rows(self, numbers: DenseBlockNumbers, top: int) -> tuple[float, float]:
        """Write the texts of the block; the first row's top and the height of a row in CSS pixels."""
        layers, end = numbers.layers, 0.015
        c_in, c_out = numbers.in_channels, numbers.out_channels
        self._block_title.text = f"Channels grow by {numbers.growth_rate} a layer: {c_in:,} → {c_out:,}"
        for quarter, tick in enumerate(self._ticks):
            tick.text = f"{top * quarter // 4:,}"
        pitch = min(LAYERS_END / layers, 2 * LINE)
        first = LAYERS_END - pitch * layers
        # The last row is always named, and those above it that leave room for a line of text.
        named = range(layers, 0, -ceil(LINE / pitch))
        for label in (*self._names, *self._ends):
            label.text = ""
        for layer, name, value in zip(named, self._names, self._ends, strict=False):
            channels = numbers.channels[layer - 1]
            name.text, value.text = f"layer {layer}", f"{channels:,}"
            name.y = value.y = first + pitch * (layer - 0.5)
            # Right of the rows below that a line of text reaches into.
            reached = min(layer + int(LINE / 2 / pitch), layers)
            value.x = numbers.channels[reached - 1] / top + end
        for value, channels in (
            (self._output_end, numbers.out_channels),
            (self._transition_end, numbers.transition_channels),
        ):
            value.text, value.x = f"{channels:,}", channels / top + end
        return first, pitch

    def _name_sources(self, numbers: DenseBlockNumbers, top: int) -> None:
        """Above the output, which layer made what, as far as there is room."""
        starts = (0, *numbers.channels)
        labels = iter(self._sources)
        free = 0.0
        for source in range(numbers.layers + 1):
            name = str(source) if source else "input"
            half = (3.4 * len(name) + 4) / ACROSS
            middle = (starts[source] + starts[source + 1]) / 2 / top
            if middle - half >= free:
                label = next(labels)
                label.text, label.x, free = name, middle, middle + half
        for label in labels:
            label.text = ""

    def _draw_facts(self, numbers: DenseBlockNumbers) -> None:
        side, half, layers = numbers.map_size, numbers.map_size // 2, numbers.layers
        c_out, c_left = numbers.out_channels, numbers.transition_channels
        terms = " + ".join(map(str, range(1, layers + 1))) if layers < 4 else f"1 + 2 + … + {layers}"
        words = (
            f"{numbers.connections:,} connection{'s' * (layers > 1)}",
            f"{terms}: each layer reads one more" if layers > 1 else "the layer reads the input",
            f"Transition to {c_left:,} channel{'s' * (c_left > 1)}",
            f"BN–ReLU–1×1, {c_out:,}→{c_left:,}: {numbers.transition_weights:,} weights",
            f"2×2 average pool: {side}×{side} → {half}×{half} pixels",
        )
        for line, each in zip(self._facts, words, strict=True):
            line.text = each

    def _draw_weights(self, numbers: DenseBlockNumbers) -> None:
        most = next(each for each in (12, 24, MOST_LAYERS) if each >= numbers.layers)
        longest = dense_block(
            numbers.in_channels, most, numbers.growth_rate, numbers.bottleneck, numbers.bottleneck_width, 1, 2
        )
        sums = [list(accumulate(each, initial=0)) for each in (longest.with_1x1, longest.without_1x1)]
        top = weight_axis_end(max(sums[0][-1], sums[1][-1]))
        steps = np.arange(most + 1) / most
        for curve, dot, total, values, name in zip(
            self._curves, self._dots, self._totals, sums, ("with 1×1", "without 1×1"), strict=True
        ):
            curve.set_data(steps, np.array(values) / top)
            dot.set_data([numbers.layers / most], [values[numbers.layers] / top])
            total.text = f"{values[numbers.layers]:,} {name}"
        first = (sums[0] if numbers.bottleneck else sums[1])[1]
        self._alike.set_data([0, 1], [0, first * most / top])
        for quarter, tick in enumerate(self._layer_ticks):
            tick.text = f"{most * quarter // 4}"
        for quarter, tick in enumerate(self._weight_ticks):
            tick.text = tick_label(top * quarter / 4)
        self._weights_title.text = f"1×1 first: {numbers.finding} weights"
        pays, even = numbers.pays_from, numbers.break_even
        self._pays.text = (
            "it never pays at this bottleneck width"
            if pays is None
            else "it pays in a block of any length"
            if pays == 1
            else f"it pays in a block of {pays:,} layers or more"
        )
        inside = even is not None and 0 < even <= most
        self._break_even.set_data([float(even / most)] * 2 if inside else [-1, -1], [0, 0.7])

    def _draw_kept(self, numbers: DenseBlockNumbers) -> None:
        kept = numbers.kept_maps
        times = f"{kept / numbers.out_channels:.1f}"
        self._kept_title.text = f"Training keeps {times} times the output's maps"
        self._kept_line.text = (
            f"{kept:,} maps against {numbers.out_channels:,}; {short(numbers.kept_values)} values an image"
        )
        left = 0.0
        parts = (numbers.kept_concatenations, numbers.kept_normalised, numbers.kept_bottlenecks)
        for bar, part in zip(self._kept_bars, parts, strict=True):
            bar.set_x(left)
            bar.set_width(part / kept)
            left += part / kept
        self._output_bar.set_width(min(1, numbers.out_channels / kept))
