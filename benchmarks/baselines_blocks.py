"""What `interact` and pyplot make of the explorers that draw a block: Inception and shortcut.

As in `benchmarks.baselines`: same content, start and figure size, at matplotlib's own density.
"""

from __future__ import annotations

from itertools import accumulate, pairwise

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact, interactive
from matplotlib.axes import Axes

from benchmarks.page import as_diagram, inches
from helpers.explorers import inception, inception_picture, shortcut, shortcut_picture
from helpers.models.resnet import SHORTCUTS
from helpers.wording.counts import brief, compared

FACES = {"1×1": ("lightblue", "C0"), "3×3": ("moccasin", "C1"), "5×5": ("moccasin", "C1")}
ONE_BY_ONE = {"facecolor": "C0", "hatch": "////", "edgecolor": "white", "linewidth": 0}


def _box(axes: Axes, x: float, y: float, width: float, first: str, second: str) -> None:
    """A box of a diagram with two lines of text in it, the first in bold; a 1×1 has a mark."""
    face, edge = FACES.get(first.split(",")[0], ("white", "black"))
    axes.add_patch(plt.Rectangle((x - width / 2, y - 20), width, 40, facecolor=face, edgecolor=edge, lw=1.5))
    if first.startswith("1×1"):
        axes.add_patch(plt.Rectangle((x - width / 2, y - 20), 9, 40, **ONE_BY_ONE))
    axes.text(x, y - 8, first, ha="center", va="center", weight="bold", fontsize=9)
    axes.text(x, y + 9, second, ha="center", va="center", fontsize=9)


def _band(axes: Axes, x: float, y: float, width: float, height: float) -> None:
    """A grey band of a diagram; x is its left end and y its middle."""
    axes.add_patch(plt.Rectangle((x, y - height / 2), width, height, color="lightgrey"))


def interact_inception() -> interactive:
    """The block's four branches, the channels that come out and the bars of `InceptionExplorer`."""
    kernels = ((None, "1×1"), ("1×1", "3×3"), ("1×1", "5×5"), ("3×3 max", "1×1"))

    def plot(
        in_channels=192,
        out_1x1=64,
        reduce_3x3=96,
        out_3x3=128,
        reduce_5x5=16,
        out_5x5=32,
        pool_proj=32,
        map_size=28,
    ):
        filters = (out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj)
        numbers = inception.inception(in_channels, *filters, map_size=map_size)
        size = inches(inception_picture.WIDTH, inception_picture.HEIGHT)
        figure, axes = plt.subplot_mosaic(
            [["block", "weights"], ["channels", "weights"]], figsize=size, height_ratios=(3, 1)
        )
        block, channels, weights = axes["block"], axes["channels"], axes["weights"]
        as_diagram(block, 330, 250)
        flows = [
            (numbers.in_channels, *filter(None, [branch.between]), branch.channels)
            for branch in numbers.branches
        ]
        most = max(map(max, flows))
        for x, word in ((0, "input"), (308, "concat")):
            block.add_patch(plt.Rectangle((x, 0), 22, 224, color="lightgrey"))
            block.text(x + 11, 112, word, rotation=90, ha="center", va="center")
        for row, (flow, (first, second)) in enumerate(zip(flows, kernels, strict=True)):
            y = 26 + 58 * row
            stops = (22, 60, 186, 308) if first else (22, 186, 308)
            for (left, right), count in zip(pairwise(stops), flow, strict=True):
                _band(block, left, y, right - left, 30 * count / most)
            if first:
                kept = f"keeps {numbers.in_channels}" if row == 3 else f"to {flow[1]}"
                _box(block, 101, y, 82, first, kept)
            _box(block, 227, y, 82, second, f"to {flow[-1]}")
        block.text(0, 244, f"{numbers.in_channels} in")
        block.text(330, 244, f"{numbers.channels} out", ha="right")
        block.set_title("The block: bands show channels", loc="left", fontsize=10)
        ways = {
            "naive": [branch.naive_channels for branch in numbers.branches],
            "with 1×1": [branch.channels for branch in numbers.branches],
        }
        for name, counts in ways.items():
            for place, (count, end) in enumerate(zip(counts, accumulate(counts), strict=True)):
                look = {"color": "lightgrey"} if place < 3 else {"color": "C6", "hatch": "xxx"}
                channels.barh(name, count, left=end - count, edgecolor="white", **look)
                if count > 0.05 * sum(ways["naive"]) and place < 3:
                    channels.text(end - count / 2, name, count, ha="center", va="center")
            channels.text(end + 5, name, end, va="center", weight="bold")
        channels.invert_yaxis()
        channels.set(xlim=(0, 1.2 * numbers.naive_channels), xticks=[])
        channels.set_title("Channels that come out", loc="left", fontsize=10)
        last = numbers.branches[3]
        pool = f"hatched: pool branch, {last.naive_channels} naive, {last.channels} with 1×1"
        channels.set_xlabel(f"{pool}\nNaive: no 1×1 before 3×3 and 5×5, none after the pool.", fontsize=9)
        parts = [(each.naive, each.one_by_one, each.larger) for each in numbers.branches]
        parts.append(tuple(map(sum, zip(*parts, strict=True))))
        for row, (naive, first, larger) in enumerate(parts):
            share = 100 / numbers.naive_weights
            weights.barh(3 * row, share * naive, color="grey", label="naive")
            weights.barh(3 * row + 1, share * first, **ONE_BY_ONE, label="1×1")
            weights.barh(3 * row + 1, share * larger, left=share * first, color="C1", label="3×3 or 5×5")
            words = "" if naive else f", and all {numbers.in_channels} go on"
            weights.text(share * naive + 3, 3 * row, f"{naive:,}{words}", va="center")
            words = f", {compared(first + larger, naive)}" if naive else f", and {last.channels} go on"
            words = ", the same" if first == naive else words
            end = share * (first + larger) + 3
            weights.text(end, 3 * row + 1, f"{first + larger:,}{words}", va="center", weight="bold")
        weights.set_yticks(np.arange(0.5, 15, 3), [*inception_picture.BRANCHES, "Whole block"])
        weights.set(xlim=(0, 240), ylim=(14.5, -1), xticks=(0, 50, 100))
        pixels = f"{numbers.map_size}×{numbers.map_size} pixels"
        macs = f"Times {pixels}: {brief(numbers.macs)} MACs, naive {brief(numbers.naive_macs)}"
        weights.set_xlabel(f"% of the naive block\n{macs}")
        key = [each[:3] for each in weights.get_legend_handles_labels()]
        weights.legend(*key, ncols=3, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1))
        figure.suptitle(f"Three more layers of 1×1, {numbers.finding} weights and MACs", weight="bold")
        figure.subplots_adjust(left=0.1, wspace=0.5)
        plt.show()

    filters, reduced = (8, 512, 8), (8, 192, 8)
    return interact(
        plot,
        in_channels=(8, 1024, 8),
        out_1x1=filters,
        reduce_3x3=reduced,
        out_3x3=filters,
        reduce_5x5=reduced,
        out_5x5=filters,
        pool_proj=reduced,
        map_size=(1, 56),
    ).widget


def interact_shortcut() -> interactive:
    """Both paths of the block, its bars and the three ways of `ShortcutExplorer`."""

    def plot(
        block="bottleneck",
        option="B",
        width=64,
        expansion=4,
        stride=1,
        in_channels=256,
        map_size=56,
    ):
        numbers = shortcut.shortcut(
            block,
            in_channels=in_channels,
            width=width,
            expansion=expansion,
            stride=stride,
            option=option,
            map_size=map_size,
        )
        figure, axes = plt.subplot_mosaic(
            [["paths", "weights"], ["paths", "ways"]],
            figsize=inches(shortcut_picture.WIDTH, shortcut_picture.HEIGHT),
        )
        _draw_paths(axes["paths"], numbers)
        weights, ways = axes["weights"], axes["ways"]
        total = numbers.weights + numbers.shortcut_weights
        rows = [(f"{_layer(step)}, to {step.convolution.out_channels}", step) for step in numbers.main]
        rows.append((f"shortcut: {numbers.shortcut}", numbers.projection))
        for row, (_, step) in enumerate(rows):
            share = 100 * step.weights / total if step else 0
            look = {"facecolor": "C1"} if _layer(step) == "3×3" else ONE_BY_ONE
            weights.barh(row, share, **(look | {"facecolor": "C2"} if step is numbers.projection else look))
            words = f"{step.weights:,}, {brief(step.macs)} MACs" if step else "0"
            weights.text(share + 2, row, words, va="center", weight="bold")
        weights.set_yticks(range(len(rows)), [name for name, _ in rows])
        weights.set(xlim=(0, 200), xticks=(0, 50, 100), xlabel="% of this block")
        weights.set_title(f"This block: {total:,} weights, {brief(numbers.macs)} MACs", fontsize=10)
        most = max(count for _, count in numbers.ways)
        for row, (name, count) in enumerate(numbers.ways):
            ways.barh(name, 100 * count / most, color="grey")
            words = f"{count:,}" + " ◂ this block" * (numbers.way == row)
            ways.text(100 * count / most + 2, row, words, va="center", weight="bold")
        ways.set(xlim=(0, 200), xticks=(0, 50, 100), xlabel="% of the largest")
        ways.set_title("Equal shapes in and out, three ways", fontsize=10)
        weights.invert_yaxis()
        ways.invert_yaxis()
        cost = f"{100 * numbers.shortcut_weights / total:.0f} % of the block's weights"
        shapes = "Shapes differ" if numbers.shapes_differ else "Equal shapes"
        figure.suptitle(f"{shapes}: {numbers.shortcut}, {cost}", weight="bold")
        figure.text(0.02, -0.02, f"Option {option}: {SHORTCUTS[option]}.")
        figure.subplots_adjust(left=0.02, wspace=0.6, hspace=0.6)
        plt.show()

    return interact(
        plot,
        block=["bottleneck", "basic"],
        option=shortcut.OPTIONS,
        width=(8, shortcut.MOST_CHANNELS // shortcut.EXPANSION, 8),
        expansion=(1, shortcut.EXPANSION),
        stride=(1, 2),
        in_channels=(8, shortcut.MOST_CHANNELS, 8),
        map_size=(2, 112),
    ).widget


def _layer(step: shortcut.Step | None) -> str:
    """A convolution by its kernel."""
    return f"{step.convolution.kernel_size[0]}×{step.convolution.kernel_size[1]}" if step else "none"


def _draw_paths(axes: Axes, numbers: shortcut.ShortcutNumbers) -> None:
    """The main path downwards and the shortcut beside it, both as wide as their channels."""
    as_diagram(axes, 360, 400)
    stops = (10, *np.linspace(70, 260, len(numbers.main)), 330)
    most = max(numbers.channels)
    thick = [26 * count / most for count in numbers.channels]
    for y, width, end in ((30, thick[0], 180), (330, thick[-1], 180)):
        _band(axes, 80, y, 180 + width / 2, width)
        axes.add_patch(plt.Rectangle((260 - width / 2, min(y, end)), width, 150, color="lightgrey"))
    for (top, bottom), width in zip(pairwise((*stops, 380)), (*thick, thick[-1]), strict=True):
        axes.add_patch(plt.Rectangle((80 - width / 2, top), width, bottom - top, color="lightgrey"))
    for y, after, step in zip(stops[1:-1], stops[2:], numbers.main, strict=True):
        convolution = step.convolution
        stride = f", stride {numbers.stride}" * (convolution.stride[0] > 1)
        _box(axes, 80, y, 124, _layer(step) + stride, f"to {convolution.out_channels}")
        shape = f"{convolution.out_channels} × {step.out_size}×{step.out_size}"
        axes.text(100, (y + after) / 2 + 3, shape, va="center")
    words = f"to {numbers.out_channels}" if numbers.projection else "no weights"
    if numbers.zero_channels:
        words = f"+ {numbers.zero_channels} zero channels"
    if numbers.shortcut == "identity":
        axes.text(280, 180, "identity\nno weights", va="center")
    else:
        _box(axes, 260, 180, 148, numbers.shortcut.split(", ")[0], words)
    axes.plot(80, 330, "o", markersize=24, color="white", markeredgecolor="black")
    axes.plot(80, 330, "+", markersize=14, color="black")
    axes.text(105, 360, "then ReLU", va="center")
    axes.text(280, 260, f"{numbers.out_channels} × {numbers.out_size}×{numbers.out_size}")
    into = f"{numbers.in_channels} × {numbers.map_size}×{numbers.map_size} in"
    axes.text(80, 0, into, ha="center", weight="bold")
    out = f"{numbers.out_channels} × {numbers.out_size}×{numbers.out_size} out"
    axes.text(80, 398, out, ha="center", weight="bold")
