"""Three explorers' pictures as a notebook would otherwise draw them: `ipywidgets.interact` and pyplot.

Same content, start and size, at matplotlib's own density. The numbers come from the explorers' own pure
functions, and what can run once runs outside the callback.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact, interactive
from PIL import Image

from helpers.explorers.numbers.pixel_mixer import CHANNELS, PIXELS
from helpers.explorers.numbers.reduction import reduction
from helpers.images.photos import photo, square

# Inches at a hundred CSS pixels each.
REDUCTION, MIXER, MAPS = (7.8, 3.5), (7.6, 4.16), (7.8, 5.2)
PAGE = 64
"""How many maps are on a page."""


def interact_reduction() -> interactive:
    """Bars and the break-even line of `ReductionExplorer`."""

    def plot(kernel_size=3, in_channels=128, reduced_channels=32, out_channels=128, image_size=28):
        numbers = reduction(kernel_size, in_channels, reduced_channels, out_channels, image_size)
        _, (bars, line) = plt.subplots(1, 2, figsize=REDUCTION, width_ratios=(3, 2))
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


def interact_mixer() -> interactive:
    """The two photos of `PixelMixer`, its pixel and the three dot products."""
    pixels = np.asarray(square(photo("coffee"), PIXELS), np.float32) / 255
    weights = {
        f"{out}_{source}": FloatSlider(float(out == source.removeprefix("from_")), min=-2, max=2, step=0.01)
        for out in CHANNELS
        for source in (*(f"from_{name}" for name in CHANNELS), "bias")
    }

    def plot(row=29, column=67, **values):
        kernel = np.array(list(values.values())).reshape(3, 4)
        mixed = (pixels @ kernel[:, :3].T + kernel[:, 3]).clip(0, 1)
        figure, (left, middle, right) = plt.subplots(1, 3, figsize=MIXER, width_ratios=(6, 1, 6))
        for each, image, title in ((left, pixels, "the photo"), (right, mixed, "after the 1×1 convolution")):
            each.imshow(image)
            each.plot([column], [row], "s", markersize=8, markerfacecolor="none", markeredgecolor="black")
            each.set_title(title)
        middle.imshow([[pixels[row, column]], [mixed[row, column]]])
        for each in figure.axes:
            each.set_axis_off()
        for line, (name, numbers) in enumerate(zip(CHANNELS, kernel, strict=True)):
            terms = " + ".join(
                f"{weight:5.2f}·{value:.2f}"
                for weight, value in zip(numbers[:3], pixels[row, column], strict=True)
            )
            result = numbers[:3] @ pixels[row, column] + numbers[3]
            text = f"{name:>5} = {terms} + {numbers[3]:5.2f} = {result:5.2f}"
            figure.text(0.1, 0.1 - 0.05 * line, text, family="monospace")
        plt.show()

    side = (0, PIXELS - 1)
    return interact(plot, **weights, row=side, column=side).widget


def interact_maps(maps: Mapping[str, np.ndarray], layer: str, image: Image.Image) -> interactive:
    """The photo, 64 maps and the enlarged one of `FeatureMapExplorer`, an `imshow` each."""
    channels = maps[layer]
    pages = ceil(len(channels) / PAGE)
    limit = float(np.percentile(np.abs(channels), 99.5))
    look = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}

    def plot(page=1, channel=0):
        figure = plt.figure(figsize=MAPS)
        grid = figure.add_gridspec(8, 12)
        figure.add_subplot(grid[:4, :4], title="the photo").imshow(image)
        enlarged = figure.add_subplot(grid[4:, :4], title=f"channel {channel}")
        figure.colorbar(enlarged.imshow(channels[channel], **look))
        first = (page - 1) * PAGE
        for place, values in enumerate(channels[first : first + PAGE]):
            figure.add_subplot(grid[place // 8, 4 + place % 8]).imshow(values, **look)
        for axes in figure.axes[:2] + figure.axes[3:]:
            axes.set_axis_off()
        plt.show()

    return interact(plot, page=(1, pages), channel=(0, len(channels) - 1)).widget
