"""The explorers' pictures as a notebook would otherwise draw them: `ipywidgets.interact` and pyplot.

Same content, start and figure size, at matplotlib's own density: half of the explorers' pixels each way.
The numbers come from the explorers' own pure functions, and what can run once runs outside the callback.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
from ipywidgets import interact, interactive

from benchmarks.page import inches
from helpers.explorers import reduction as reducing
from helpers.explorers import response_norm


def interact_reduction() -> interactive:
    """Bars and the break-even line of `ReductionExplorer`."""

    def plot(kernel_size=3, in_channels=128, reduced_channels=32, out_channels=128, image_size=28):
        numbers = reducing.reduction(kernel_size, in_channels, reduced_channels, out_channels, image_size)
        _, (bars, line) = plt.subplots(
            1, 2, figsize=inches(reducing.WIDTH, reducing.HEIGHT), width_ratios=(3, 2)
        )
        for row, name in enumerate(("weights", "macs", "activations")):
            costs = (numbers.direct, numbers.one_by_one, numbers.after)
            direct, first, second = (getattr(cost, name) for cost in costs)
            split = 100 * first / direct
            bars.barh(3 * row, 100, color="grey", label="direct")
            bars.barh(3 * row + 1, split, color="C0", hatch="////", edgecolor="white", label="1×1")
            bars.barh(3 * row + 1, 100 * second / direct, left=split, color="C1", label="k×k after it")
            bars.text(2, 3 * row, f"{direct:,}", va="center", color="white", weight="bold")
            bars.text(2, 3 * row + 2, f"{first + second:,}", va="center", weight="bold")
        bars.set(xlim=(0, 160), ylim=(9, -1), xlabel="percent of the direct convolution")
        bars.set_yticks([0, 3, 6], ["weights", "MACs", "activations"])
        bars.legend(*(each[:3] for each in bars.get_legend_handles_labels()), loc="upper right")
        bars.set_title(f"1×1 first: {numbers.finding} weights")
        stop = float(numbers.break_even)
        line.plot([0, in_channels], [0, 100 * in_channels / stop])
        line.plot([stop, stop], [0, 100], ":", color="C3")
        line.plot([reduced_channels], [100 * reduced_channels / stop], "o", color="C1")
        line.text(stop, 104, f"break-even {stop:.1f}", ha="right", color="C3")
        line.set(xlabel="reduced channels", ylabel="weights, percent of direct", ylim=(0, 160))
        line.grid(axis="y")
        plt.show()

    channels = (8, 512, 8)
    return interact(
        plot,
        kernel_size=(1, 11, 2),
        in_channels=channels,
        reduced_channels=(1, 128),
        out_channels=channels,
        image_size=(1, 224),
    ).widget


def interact_response_norm() -> interactive:
    """Bars before and after, the dashes of silent neighbours and the working of `LRNExplorer`."""
    responses = response_norm.RESPONSES
    heard = [channel for channel, response in enumerate(responses) if response]

    def plot(channel=20, n=5, k=2.0, alpha_exponent=-4, beta=0.75):
        numbers = response_norm.normalise(responses, channel, n, k, alpha_exponent, beta)
        figure, axes = plt.subplots(figsize=inches(response_norm.WIDTH, response_norm.HEIGHT))
        figure.subplots_adjust(left=0.08, right=0.98, top=0.87, bottom=0.315)
        first, last = numbers.window[0] - 0.5, numbers.window[-1] + 0.5
        axes.axvspan(first, last, color="yellow", alpha=0.3, linewidth=0)
        axes.bar(
            heard, [responses[j] for j in heard], facecolor="gainsboro", edgecolor="grey", label="before"
        )
        after = axes.bar(heard, [numbers.normalised(j) for j in heard], color="C0", label="after")
        if channel in heard:
            after[heard.index(channel)].set_color("C3")
        silent = [numbers.unnoticed(j) for j in heard]
        axes.hlines(
            silent,
            [j - 0.4 for j in heard],
            [j + 0.4 for j in heard],
            color="black",
            linewidth=2,
            label="if its neighbours were silent",
        )
        axes.plot([channel], [numbers.before + 8], "v", color="C3", markeredgecolor="black")
        axes.plot([first + 0.1, last - 0.1], [212, 212], "|-", color="black")
        axes.text((first + last) / 2, 217, f"{len(numbers.window)} channels", ha="center", weight="bold")
        axes.set(xlim=(-0.5, len(responses) - 0.5), ylim=(0, 236), xlabel="channel", ylabel="response")
        axes.set_xticks(range(len(responses)))
        axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(-0.012, 0.985), frameon=False)
        axes.set_title(numbers.finding, loc="left", y=1.1)
        figure.text(0.08, 0.02, "\n".join(response_norm.working(numbers)), family="monospace")
        about = f"{response_norm.FORMULA}\nΣ is taken over the n channels around it\n{response_norm.SOURCE}"
        figure.text(0.98, 0.02, about, ha="right")
        plt.show()

    return interact(
        plot,
        channel=(0, len(responses) - 1),
        n=(1, 11, 2),
        k=(1, 10, 0.5),
        alpha_exponent=(-6, 0),
        beta=(0, 1.5, 0.05),
    ).widget
