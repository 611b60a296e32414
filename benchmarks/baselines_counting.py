"""What `interact` and pyplot make of the explorers of kernels, groups and the dense block.

As in `benchmarks.baselines`: same content, start and figure size, at matplotlib's own density.
"""

from __future__ import annotations

from itertools import accumulate, cycle, islice, pairwise
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact, interactive
from matplotlib.colors import ListedColormap

from benchmarks.page import inches
from helpers.explorers import cell_grids, dense_block_numbers, group, kernel_stack
from helpers.explorers import dense_block as dense
from helpers.explorers.dense_block_layout import tick_label
from helpers.wording.refusals import short


def _frame(axes, before, after, kernel, lower, colour, style):
    """A window of the grid `before`, the corner cell of the grid `after` that reads it, and lines between."""
    (side, left), (side_after, left_after) = before, after
    window = (left + lower * (side - kernel), (lower - 0.5) * side - lower * kernel)
    reader = (left_after + lower * (side_after - 1), (lower - 0.5) * side_after - lower)
    look = {"edgecolor": colour, "fill": False, "linewidth": 2, "linestyle": style}
    axes.add_patch(plt.Rectangle(window, kernel, kernel, **look))
    axes.add_patch(plt.Rectangle(reader, 1, 1, **look))
    for down in (0, 1):
        ends = [window[1] + down * kernel, reader[1] + down]
        axes.plot([window[0] + kernel, reader[0]], ends, style, color=colour, linewidth=1)


def interact_kernel_stack() -> interactive:
    """Grids of cells with their windows, the bars of weights and the ReLUs of `KernelStackExplorer`."""

    def plot(kernel_size=3, depth=2, channels=128):
        numbers = kernel_stack.kernel_stack(kernel_size, depth, channels)
        small, large = (f"{size}×{size}" for size in (kernel_size, numbers.field))
        size = inches(kernel_stack.WIDTH, kernel_stack.HEIGHT)
        _, (cells, bars) = plt.subplots(2, 1, figsize=size, height_ratios=(3, 1))
        left, places, gap = 0, [], max(2, numbers.field / 6)
        for layer, side in enumerate(numbers.grids):
            counts = np.multiply.outer(*[cell_grids.ways(kernel_size, depth - layer)] * 2)
            shade = np.sqrt((counts - 1) / max(counts.max() - 1, 1))
            edges = np.arange(side + 1) - side / 2
            look = {"cmap": "Blues", "vmin": -0.1, "vmax": 2, "edgecolors": "grey", "linewidth": 0.8}
            cells.pcolormesh(left + side / 2 + edges, edges, shade, **look)
            if numbers.field <= 9:
                for (row, column), count in np.ndenumerate(counts):
                    cells.text(left + column + 0.5, row + 0.5 - side / 2, count, ha="center", va="center")
            name = "input" if not layer else "output" if layer == depth else f"layer {layer}"
            below = 0.54 * numbers.field
            cells.text(left + side / 2, below, f"{name}\n{side}×{side}", ha="center", va="top")
            if layer:
                cells.text(left - gap / 2, below, "→", ha="center", va="top")
            places.append((side, left))
            left += side + gap
        for before, after in pairwise(places):
            if after[0] == 1:
                _frame(cells, before, after, kernel_size, 0, "black", "-")
            else:
                _frame(cells, before, after, kernel_size, 0, "C3", "-")
                _frame(cells, before, after, kernel_size, 1, "C2", "--")
        cells.set_aspect("equal")
        cells.set_ylim(0.72 * numbers.field, -numbers.field / 2 - 0.1)
        cells.set_axis_off()
        sees = f"One output cell sees {large} cells of the input: each {small} adds {kernel_size - 1}"
        signs = f"Shade: ways to the output cell. Frames: a cell, and the {small} cells that it reads."
        cells.set_title(f"{sees}\n{signs}", fontsize=10)
        share = 100 * float(1 / numbers.ratio)
        for layer in range(depth):
            hatch = "////" if layer % 2 == 0 else None
            bars.barh(
                0, share / depth, left=layer * share / depth, color="C0", edgecolor="white", hatch=hatch
            )
        bars.barh(1, 100, color="grey")
        ways = ((share, numbers.stack_weights, depth), (100, numbers.single_weights, 1))
        for row, (end, weights, layers) in enumerate(ways):
            bars.text(end + 2, row, f"{weights:,}  ({end:.0f} %)", va="center", weight="bold")
            bars.plot(190 + 7 * np.arange(layers), [row] * layers, "o", color="C9", markersize=10)
            bars.text(192 + 7 * layers, row, layers, va="center", weight="bold")
        bars.set(xlim=(0, 240), ylim=(1.6, -0.6), xticks=[])
        bars.set_yticks([0, 1], [f"{small} {kernel_stack.TIMES[depth]}", f"one {large}"])
        bars.set_title(f"weights, {numbers.channels_in_words} in and out; MACs in the same ratio", loc="left")
        bars.set_title("nonlinearities", loc="right")
        bars.set_frame_on(False)
        plt.show()

    return interact(plot, kernel_size=(3, 7, 2), depth=(1, kernel_stack.MOST_DEPTH), channels=(1, 512)).widget


def interact_groups() -> interactive:
    """The connected channels and the three pairs of bars of `GroupExplorer`."""
    look = {
        "cmap": ListedColormap(["white", "lightblue", "moccasin"]),
        "vmin": 0,
        "vmax": 2,
        "aspect": "auto",
    }

    def plot(in_channels=96, out_channels=256, kernel_size=5, groups=2, map_size=27):
        numbers = group.grouped(in_channels, out_channels, kernel_size, groups, map_size)
        figure, (matrix, bars) = plt.subplots(1, 2, figsize=inches(group.WIDTH, group.HEIGHT))
        figure.subplots_adjust(wspace=0.6)
        matrix.imshow(np.diag(1 + np.arange(groups) % 2), extent=(0, in_channels, out_channels, 0), **look)
        few = groups if groups <= group.MOST_NAMED else 1
        for place in range(few if few == groups else 0):
            x, y = ((place + 0.5) * channels / groups for channels in (in_channels, out_channels))
            words = f"group {place + 1}\n{numbers.reads}→{numbers.makes}"
            matrix.text(x, y, words, ha="center", va="center")
        if groups > 1:
            matrix.text(0.75 * in_channels, 0.2 * out_channels, "no connection", ha="center", color="grey")
        matrix.set_xticks([in_channels * part // few for part in range(few + 1)])
        matrix.set_yticks([out_channels * part // few for part in range(few + 1)])
        matrix.set(xlabel="input channels", ylabel="output channels")
        matrix.set_title(f"Each output channel reads {numbers.reads} of {in_channels}")
        counts = (
            (numbers.connections, in_channels * out_channels),
            (numbers.weights, numbers.all_weights),
            (numbers.macs, numbers.all_macs),
        )
        for row, (part, whole) in enumerate(counts):
            bars.barh(3 * row, 100, color="grey")
            bars.barh(3 * row + 1, 100 * part / whole, color="lightblue", hatch="////", edgecolor="C0")
            bars.text(2, 3 * row, f"in one group: {whole:,}", va="center", color="white", weight="bold")
            bars.text(1, 3 * row + 2, f"in {groups} groups: {part:,}", va="center", weight="bold")
        bars.set(ylim=(8.8, -0.8), xlabel="percent of what one group costs")
        bars.set_yticks([0, 3, 6], group.QUANTITIES)
        channels = f"{kernel_size}×{kernel_size}, {in_channels}→{out_channels}"
        where = f"{numbers.preset}: {channels} on maps of {map_size}×{map_size}"
        bars.set_title(f"{groups} groups: 1/{groups} of weights and MACs\n{where}", fontsize=10)
        plt.show()

    channels = (8, 512, 8)
    return interact(
        plot,
        in_channels=channels,
        out_channels=channels,
        kernel_size=(1, 7, 2),
        groups=list(group.possible_groups(96, 256)),
        map_size=(1, 56),
    ).widget


def interact_dense_block() -> interactive:
    """Who reads what, the weights' curves, the kept maps and the facts of `DenseBlockExplorer`."""
    looks = [("C0", "////"), ("C1", ""), ("C2", "xxx"), ("C9", ""), ("C6", "\\\\\\\\"), ("C8", "")]
    kept_looks = (("dimgrey", ""), ("darkgrey", "////"), ("lightgrey", "...."))

    def plot(
        in_channels=64,
        layers=6,
        growth_rate=32,
        bottleneck="with",
        bottleneck_width=4,
        compression=0.5,
        map_size=56,
    ):
        with_1x1 = bottleneck == "with"
        settings = (growth_rate, with_1x1, bottleneck_width, compression, map_size)
        numbers = dense_block_numbers.dense_block(in_channels, layers, *settings)
        c_out, c_left, kept = numbers.out_channels, numbers.transition_channels, numbers.kept_maps
        figure, axes = plt.subplot_mosaic(
            [["block", "weights"], ["kept", "facts"]],
            figsize=inches(dense.WIDTH, dense.HEIGHT),
            height_ratios=(5, 2),
        )
        block, weights, keeping, facts = (axes[name] for name in ("block", "weights", "kept", "facts"))
        # What layer s makes is read from the row of layer s + 1 on, down to the output.
        sources = np.arange(layers + 1)
        colours, hatches = zip(("grey", "..."), *islice(cycle(looks), layers), strict=True)
        look = {"align": "edge", "color": colours, "hatch": hatches, "edgecolor": "white", "linewidth": 0}
        widths = np.diff((0, *numbers.channels))
        tall = max(1, layers / 12)  # the output's row and the transition's
        block.bar(numbers.channels - widths, layers + tall - sources, widths, bottom=sources, **look)
        block.hlines(sources, 0, c_out, color="white")
        block.barh(layers + 2 * tall, c_left, 0.8 * tall, color="black")
        named = sources[:: -ceil(layers / 10)][::-1]
        for row in named:
            words, weight = f"{numbers.channels[row]:,}", "bold" if row == layers else "normal"
            middle = row + (0.5 if row < layers else tall / 2)
            block.text(numbers.channels[row] + 0.01 * c_out, middle, words, va="center", weight=weight)
            made = numbers.channels[row] - widths[row] / 2
            block.text(made, layers + 1.25 * tall, row or "input", ha="center", va="center", fontsize=8)
        block.text(c_left + 0.01 * c_out, layers + 2 * tall, f"{c_left:,}", va="center", weight="bold")
        names = [f"layer {row + 1}" if row < layers else "output" for row in named]
        block.set_yticks([*(named[:-1] + 0.5), layers + tall / 2, layers + 2 * tall], [*names, "transition"])
        block.set(xlim=(0, 1.15 * c_out), ylim=(layers + 2.6 * tall, 0), xlabel="channels")
        grow = f"Channels grow by {growth_rate} a layer: {in_channels:,} → {c_out:,}"
        block.set_title(f"{grow}\neach layer reads all maps made before it", fontsize=10)
        most = next(each for each in (12, 24, dense.MOST_LAYERS) if each >= layers)
        longest = dense_block_numbers.dense_block(in_channels, most, *settings)
        ways = (("with 1×1", longest.with_1x1, "C0o-"), ("without 1×1", longest.without_1x1, "C1s--"))
        for name, costs, style in ways:
            sums = list(accumulate(costs, initial=0))
            look = {"markevery": [layers], "markeredgecolor": "black", "markersize": 8}
            weights.plot(sums, style, label=f"{sums[layers]:,} {name}", **look)
        first = (longest.with_1x1 if with_1x1 else longest.without_1x1)[0]
        weights.plot(
            [0, most], [0, first * most], ":", color="grey", label="every layer as cheap as the first"
        )
        if numbers.break_even is not None and 0 < numbers.break_even <= most:
            weights.axvline(float(numbers.break_even), ymax=0.7, linestyle=":", color="C3")
        weights.set(xlim=(0, most), ylim=(0, None), xlabel="layers in the block")
        weights.yaxis.set_major_formatter(lambda value, _: tick_label(value))
        weights.grid(axis="y")
        weights.legend(loc="upper left", fontsize=8)
        pays = f"it pays from {numbers.pays_from} layers on" if numbers.pays_from else "it never pays"
        weights.set_title(f"1×1 first: {numbers.finding} weights\n{pays}", fontsize=10)
        parts = {
            "concatenated": numbers.kept_concatenations,
            "after BN–ReLU": numbers.kept_normalised,
            "1×1's maps, before and after BN–ReLU": numbers.kept_bottlenecks,
        }
        ends = accumulate(parts.values())
        for (name, part), end, (colour, hatch) in zip(parts.items(), ends, kept_looks, strict=True):
            keeping.barh(
                "kept", part, left=end - part, color=colour, hatch=hatch, edgecolor="white", label=name
            )
        keeping.barh("output", c_out, color="black")
        keeping.set(xlim=(0, kept), xticks=[])
        keeping.invert_yaxis()
        keeping.legend(loc="upper center", bbox_to_anchor=(0.5, 0), fontsize=8, ncols=2)
        values = f"{kept:,} maps against {c_out:,}; {short(numbers.kept_values)} values an image"
        keeping.set_title(f"Training keeps {kept / c_out:.1f} times the output's maps\n{values}", fontsize=10)
        facts.set_axis_off()
        side, half = f"{map_size}×{map_size}", f"{map_size // 2}×{map_size // 2}"
        lines = (
            f"{numbers.connections:,} connections",
            f"1 + 2 + … + {layers}: each layer reads one more",
            f"\nTransition to {c_left:,} channels",
            f"BN–ReLU–1×1, {c_out:,}→{c_left:,}: {numbers.transition_weights:,} weights",
            f"2×2 average pool: {side} → {half} pixels",
        )
        facts.text(0, 1, "\n".join(lines), va="top")
        figure.subplots_adjust(hspace=0.8)
        plt.show()

    return interact(
        plot,
        in_channels=(8, 1056, 8),
        layers=(1, dense.MOST_LAYERS),
        growth_rate=(4, 48, 4),
        bottleneck=list(dense.BOTTLENECK),
        bottleneck_width=(1, 8),
        compression=(0.125, 1, 0.125),
        map_size=(2, 112),
    ).widget
