"""What `interact` and pyplot make of the explorers of activations, dropout and networks.

As in `benchmarks.baselines`: same content, start and figure size, at matplotlib's own density.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact, interactive

from benchmarks.page import as_diagram, inches
from helpers.explorers import activation as activating
from helpers.explorers import comparison as comparing
from helpers.explorers import comparison_numbers
from helpers.explorers import dropout as dropping
from helpers.running import gradient_flow
from helpers.running.timing import milliseconds


def interact_activation() -> interactive:
    """The function with its slope, its inputs, and the gradients of `ActivationExplorer`."""
    reach = activating.REACH
    x = np.linspace(-reach, reach, 401)

    def plot(activation="ReLU", depth=10, weight_scale=1.0):
        numbers = activating.activation_numbers(activation, depth, weight_scale)
        chosen, flow = gradient_flow.ACTIVATIONS[activation], numbers.flows[activation]
        slope = chosen.slope(x)
        figure, axes = plt.subplot_mosaic(
            [["function", "gradients"], ["inputs", "gradients"]],
            figsize=inches(activating.PICTURE_WIDTH, activating.PICTURE_HEIGHT),
            height_ratios=(5, 3),
        )
        figure.subplots_adjust(hspace=0.4)
        function, inputs, gradients = axes["function"], axes["inputs"], axes["gradients"]
        function.plot(x, chosen.function(x), color="black", label=activation)
        function.plot(x, slope, "--", color="C4", label=f"slope: {chosen.steepest:g} at most")
        function.set(xlim=(-reach, reach), ylim=(-1.3, 2.3), title=f"{activation} and its slope")
        function.grid()
        function.legend(loc="lower right")
        flat = slope < gradient_flow.SATURATED_BELOW * chosen.steepest
        inputs.fill_between(
            x, 1.05, where=flat, facecolor="bisque", hatch="////", edgecolor="C1", linewidth=0
        )
        counts = np.asarray(flow.inputs) / max(flow.inputs)
        inputs.stairs(counts, gradient_flow.BIN_EDGES, fill=True, color="black")
        inputs.set(xlim=(-reach, reach), ylim=(0, 1.05), yticks=[])
        inputs.set_title(f"Flat part (hatched): {activating.percent(flow.saturated)} of inputs")
        inputs.set_xlabel("input of the function, all units and layers")
        for name, each in numbers.flows.items():
            look = activating.LOOKS[name] | ({"marker": "o", "linewidth": 2.4} if name == activation else {})
            gradients.semilogy(each.gradients[::-1], label=f"{name} {each.gradients[0]:.2g}", **look)
        gradients.axhspan(0.1, 10, color="lightblue", alpha=0.3)
        gradients.set(xlim=(-0.5, gradient_flow.MOST_LAYERS - 0.7), ylim=(1e-12, 1e6))
        gradients.set_xlabel("layers passed on the way back to layer 1")
        gradients.grid(axis="y")
        gradients.legend(loc="lower right")
        setting = f"{depth} layers of {gradient_flow.WIDTH} units, weights' deviation {weight_scale:.2f}/√64"
        words = "gradient's norm over the last layer's; shaded: 0.1 to 10"
        gradients.set_title(f"{activation}: the gradient {numbers.verdict}\n{setting}\n{words}", fontsize=10)
        plt.show()

    return interact(
        plot,
        activation=list(gradient_flow.ACTIVATIONS),
        depth=(2, gradient_flow.MOST_LAYERS),
        weight_scale=(0.25, 4, 0.01),
    ).widget


def interact_dropout() -> interactive:
    """The layer with its dropped units, the table and the histogram of `DropoutExplorer`."""

    def plot(p=0.5, mask=1, mode="train", convention="PyTorch"):
        numbers = dropping.dropout(p, mode, convention, mask)
        figure = plt.figure(figsize=inches(dropping.WIDTH, dropping.HEIGHT))
        grid = figure.add_gridspec(2, 2, height_ratios=(2, 3), left=0.02, right=0.98)
        layer, table = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[0, 1])
        sums = figure.add_subplot(grid[1, 1])
        down, across = np.divmod(np.arange(numbers.units), dropping.SIDE)
        layer.plot(across, down, "s", color="lightblue", markersize=21)
        for x, y, value in zip(across, down, dropping.ACTIVATIONS, strict=True):
            layer.text(x, y, value, ha="center", va="center", weight="bold")
        lost = ~dropping.kept_units(p, mask) & (mode == "train")
        layer.plot(across[lost], down[lost], "s", color="whitesmoke", alpha=0.6, markersize=21)
        layer.plot(across[lost], down[lost], "x", color="C3", markersize=16)
        layer.set(xlim=(-0.5, 9.5), ylim=(9.5, -0.5))
        layer.set_axis_off()
        layer.set_title(f"a layer of {numbers.units} activations, {lost.sum()} dropped", fontsize=10)
        layer.text(-0.5, 10, f"the next unit receives {numbers.equation}", weight="bold", va="top")
        as_diagram(table, 10, 5)
        rows = {
            "train, this mask": numbers.train_sum,
            f"train, mean of {dropping.MASKS:,} masks": numbers.mean_sum,
            "eval, no mask": numbers.eval_sum,
        }
        table.text(0, 1, "The next unit receives", weight="bold")
        for column, name in zip((8, 10), dropping.CONVENTIONS, strict=True):
            table.text(column, 1, name, ha="right", weight="bold")
        for row, (words, amount) in enumerate(rows.items(), 2):
            table.text(0, row, words)
            for column, name in zip((8, 10), dropping.CONVENTIONS, strict=True):
                framed = name == convention and row == (2 if mode == "train" else 4)
                box = {"facecolor": "none", "edgecolor": "black"} if framed else None
                table.text(column, row, f"{float(amount(name)):,.1f}", ha="right", bbox=box)
        every = dropping.all_sums(p) * float(dropping.train_scale(numbers.p, convention))
        counts, *_ = sums.hist(every, dropping.EDGES, histtype="stepfilled", color="C0")
        tallest = counts.argmax()
        sums.text(tallest * dropping.BIN, counts[tallest], f"{counts[tallest]:.0f}", ha="center", va="bottom")
        evaluated, mean = float(numbers.eval_sum(convention)), float(numbers.mean_sum(convention))
        sums.plot([evaluated] * 2, [0, counts.max()], "--", color="C3", label="eval")
        sums.plot([mean], [0], "^", color="black", markersize=9, clip_on=False, label="mean of the masks")
        if mode == "train":
            this = float(numbers.train_sum(convention))
            sums.plot([this], [counts.max() / 2], "o", color="black", markersize=8, label="this mask")
        sums.set(xlim=(0, dropping.MOST_SUM), ylim=(0, 1.35 * counts.max()), yticks=[])
        sums.set(xlabel=f"the sum in training, {convention}", ylabel="how many masks")
        sums.legend(ncols=3, loc="upper right", fontsize=8)
        figure.suptitle(
            f"In training the sum changes with the mask, around {mean:.1f}; eval gives {evaluated:.1f}"
        )
        plt.show()

    return interact(
        plot,
        p=(0, 0.9, 0.05),
        mask=(1, dropping.MASKS),
        mode=list(dropping.MODES),
        convention=list(dropping.CONVENTIONS),
    ).widget


def interact_comparison() -> interactive:
    """The named points of `NetworkComparison` between its two axes."""
    axes_of, families = comparison_numbers.AXES, comparison_numbers.FAMILIES
    times: dict[tuple[str, str], float] = {}

    def measured(names, edition):
        for name in names:
            if comparison_numbers.in_edition(name, edition) and (name, edition) not in times:
                times[name, edition] = milliseconds(name, edition)
        return {name: time for (name, its_edition), time in times.items() if its_edition == edition}

    def plot(x_axis="parameters", y_axis="top-5 error", edition="paper", members="one of each", **switches):
        shown, whole = (
            [name for name in families if switches[comparing.key(name)]],
            members == "whole families",
        )
        timed = comparison_numbers.TIME in (x_axis, y_axis)
        found = measured(comparison_numbers.members_of(shown, whole), edition) if timed else {}
        numbers = comparison_numbers.comparison(
            x_axis, y_axis, edition, shown, whole_families=whole, times=found
        )
        x, y = axes_of[x_axis], axes_of[y_axis]
        figure, axes = plt.subplots(figsize=inches(comparing.WIDTH, comparing.HEIGHT))
        for family in shown:
            marker, colour = comparing.LOOKS[family]
            own = [(point.x, point.y) for point in numbers.shown if point.family == family]
            look = {"color": colour, "markeredgecolor": "black", "markersize": 9}
            axes.plot(*zip(*own, strict=True) if own else ([], []), marker, **look)
        for point in numbers.shown:
            look = {"xytext": (8, 0), "textcoords": "offset points", "va": "center"}
            axes.annotate(point.label, (point.x, point.y), **look)
        for axis, side in ((x, "x"), (y, "y")):
            kind = "log" if axis.is_log else "linear"
            axes.set(**{f"{side}scale": kind, f"{side}label": axis.label + " (log scale)" * axis.is_log})
            if axis.ticks:
                labels = [axis.write(tick) for tick in axis.ticks]
                getattr(axes, f"set_{side}ticks")(axis.ticks, labels)
                getattr(axes, f"set_{side}lim")(axis.ticks[0], axis.ticks[-1])
        axes.minorticks_off()
        axes.grid()
        if numbers.shown:
            least, most = numbers.ends("y")
            ends = f"{y.name} from {y.write(least.y)} ({least.label}) to {y.write(most.y)} ({most.label})"
            axes.set_title(f"{numbers.trend}\n{ends}", loc="left")
        note = f"{edition}: errors of one network on {'10 crops' if edition == 'paper' else '1 crop'}"
        figure.text(0.02, 0.01, note + "".join(f"; no figure for {name}" for name in numbers.missing))
        plt.show()

    return interact(
        plot,
        x_axis=list(axes_of),
        y_axis=list(axes_of),
        edition=list(comparison_numbers.EDITIONS),
        members=list(comparing.MEMBERS),
        **{comparing.key(family): family in comparison_numbers.FIVE for family in families},
    ).widget
