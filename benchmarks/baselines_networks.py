"""The explorers of what networks make of a photo, as a notebook would otherwise draw them.

See `benchmarks.baselines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
import torch
from ipywidgets import interact, interactive
from matplotlib.patches import Rectangle
from PIL import Image
from torch import nn

from benchmarks.page import frame, inches
from helpers.drawing.photo_figures import faded_outside
from helpers.explorers import dense_picture, feature_map, field_picture
from helpers.explorers.dense_numbers import dense_as_conv, giga
from helpers.explorers.field_numbers import ReceptiveFieldNumbers, view_of
from helpers.explorers.window_scores import STEP, WINDOW, WindowScores
from helpers.images.photos import IMAGENET, photo, square
from helpers.models.efficientnet_lite import EfficientNetLite
from helpers.reading.receptive_field import receptive_field
from helpers.running.effective_field import effective_field


def interact_maps(maps: Mapping[str, np.ndarray], layer: str, image: Image.Image) -> interactive:
    """The photo, 64 maps and the enlarged one of `FeatureMapExplorer`, an `imshow` each."""
    channels = maps[layer]
    pages = ceil(len(channels) / feature_map.PAGE)
    limit = float(np.percentile(np.abs(channels), 99.5))
    look = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}

    def plot(page=1, channel=0):
        figure = plt.figure(figsize=inches(feature_map.WIDTH, feature_map.HEIGHT))
        grid = figure.add_gridspec(8, 12)
        figure.add_subplot(grid[:4, :4], title="the photo").imshow(image)
        enlarged = figure.add_subplot(grid[4:, :4], title=f"channel {channel}")
        figure.colorbar(enlarged.imshow(channels[channel], **look))
        first = (page - 1) * feature_map.PAGE
        for place, values in enumerate(channels[first : first + feature_map.PAGE]):
            figure.add_subplot(grid[place // 8, 4 + place % 8]).imshow(values, **look)
        for axes in figure.axes[:2] + figure.axes[3:]:
            axes.set_axis_off()
        plt.show()

    return interact(plot, page=(1, pages), channel=(0, len(channels) - 1)).widget


def interact_receptive_field(network: nn.Sequential, layer: str, image: Image.Image) -> interactive:
    """The faded photo, the gradient with its frames and the layer's map of `ReceptiveFieldExplorer`.

    The photo goes through the network once; a unit's gradient goes all the way back, as autograd has it.
    """
    batch, size = IMAGENET(image), IMAGENET.crop
    mean, deviation = (np.reshape(each, (3, 1, 1)) for each in (IMAGENET.mean, IMAGENET.std))
    colours = (255 * (batch[0].numpy() * deviation + mean)).round().clip(0, 255)
    pixels = colours.astype(np.uint8).transpose(1, 2, 0)
    maps = network[: [name for name, _ in network.named_children()].index(layer) + 1](batch.requires_grad_())
    rows, columns = maps.shape[2:]
    receptive = receptive_field(network, layer)
    grey = pixels.mean(axis=2)
    room = field_picture.ROOM / field_picture.PHOTO * size

    def plot(row=rows // 2, column=columns // 2):
        unit = row, column
        (moves,) = torch.autograd.grad(maps[0, :, row, column].sum(), batch, retain_graph=True)
        found = effective_field(moves[0].abs().mean(0).double(), unit, (rows, columns), receptive)
        side = found and found.side
        numbers = ReceptiveFieldNumbers("", layer, unit, (rows, columns), receptive, size, side)
        top, left, bottom, right = numbers.box
        figure = plt.figure(figsize=inches(field_picture.WIDTH, field_picture.HEIGHT))
        grid = figure.add_gridspec(
            2, 3, width_ratios=(5, 1, 3), height_ratios=(4, 1), left=0.01, right=0.99, bottom=0.07, top=0.93
        )
        whole, seen = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[0, 1:])
        small, names = figure.add_subplot(grid[1, 1]), figure.add_subplot(grid[1, 2])
        field = (left - 0.5, top - 0.5), right + 1 - left, bottom + 1 - top
        whole.add_patch(Rectangle(*field, fill=False, hatch="////", edgecolor="grey", linewidth=0))
        whole.imshow(faded_outside(pixels, numbers.box), zorder=2)
        whole.add_patch(Rectangle(*field, fill=False, edgecolor="C0", linewidth=2.5, zorder=3))
        whole.set(xlim=(-room, size + room), ylim=(size + room, -room), facecolor="whitesmoke")
        y, x, shown = view_of(numbers.box, size)
        if found is not None:
            gradient = found.map.numpy()
            highest = np.quantile(gradient[gradient > 0], 0.99)
            seen.imshow(np.sqrt(gradient / highest), vmin=0, vmax=1)
            half = (found.side - 1) / 2
            corner = (left + right) / 2 - half, (top + bottom) / 2 - half
            seen.add_patch(frame(*corner, found.side, "C3", linestyle=":"))
        seen.imshow(grey, cmap="gray", alpha=0.2)
        seen.add_patch(Rectangle(*field, fill=False, edgecolor="C0", linewidth=2.5))
        seen.set(xlim=(x - 0.5, x + shown - 0.5), ylim=(y + shown - 0.5, y - 0.5))
        here = np.zeros((rows, columns))
        here[unit] = 1
        small.imshow(here, cmap="Greys")
        for each in (whole, seen, small):
            each.set(xticks=[], yticks=[])
        can_see, moving, edge, enlarged, name = numbers.words
        whole.set_title(can_see, loc="left", weight="bold", fontsize=10)
        seen.set_title(moving, loc="left", weight="bold", fontsize=10)
        whole.set_xlabel(edge)
        small.set_xlabel(enlarged, loc="left")
        names.plot([], [], "C0", linewidth=2.5, label="what it can see")
        names.plot([], [], "C3:", linewidth=2.5, label="holds 95 % of what moves it")
        names.set_axis_off()
        names.legend(title=name, loc="upper center", frameon=False, alignment="left", fontsize=8)
        plt.show()

    return interact(plot, row=(0, rows - 1), column=(0, columns - 1)).widget


def interact_dense_as_conv(network: EfficientNetLite) -> interactive:
    """The photo, the map of scores, the chain of shapes and the bars of `DenseAsConvExplorer`."""
    image, scores = photo("coffee"), WindowScores(network)
    scores.look(image)
    largest = WINDOW + (dense_picture.MOST_ROWS - 1) * STEP
    photos = {size: np.asarray(square(image, size)) for size in range(WINDOW, largest + 1, STEP)}
    for size in photos:  # every pass runs here, once
        for row, column in np.ndindex(scores.in_one_pass(size).shape):
            scores.apart(size, row, column)

    def plot(image_size=largest, row=3, column=3):
        found = scores.in_one_pass(image_size)
        # Its sliders do not know a smaller map's size: wrapped, each of their steps is another window.
        row, column = row % len(found), column % len(found)
        apart = scores.apart(image_size, row, column)
        numbers = dense_as_conv(image_size, row, column, scores.name, float(found[row, column]), apart)
        figure = plt.figure(figsize=inches(dense_picture.WIDTH, dense_picture.HEIGHT))
        grid = figure.add_gridspec(
            3,
            3,
            width_ratios=(3, 3, 2),
            height_ratios=(7, 1, 2),
            left=0.03,
            right=0.97,
            bottom=0.03,
            top=0.86,
        )
        whole, windows = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])
        words, chain = figure.add_subplot(grid[0, 2]), figure.add_subplot(grid[1, :])
        bars = figure.add_axes((0.12, 0.03, 0.85, 0.15))
        x, y = column * STEP, row * STEP
        whole.imshow(photos[image_size], alpha=0.35)
        seen = photos[image_size][y : y + WINDOW, x : x + WINDOW]
        whole.imshow(seen, extent=(x - 0.5, x + WINDOW - 0.5, y + WINDOW - 0.5, y - 0.5))
        whole.set(xlim=(-0.5, image_size - 0.5), ylim=(image_size - 0.5, -0.5))
        whole.add_patch(frame(x, y, WINDOW, "orange"))
        whole.set_title(f"photo, {image_size}×{image_size}; frame: {WINDOW}×{WINDOW}", loc="left", fontsize=9)
        windows.imshow(found, cmap="Blues", vmin=0, vmax=1.5)
        for (down, across), score in np.ndenumerate(found):
            windows.text(across, down, f"{100 * score:.0f}", ha="center", va="center")
        windows.add_patch(frame(column, row, 1, "orange"))
        windows.set_title(f"{numbers.short_name}, in percent, window by window", loc="left", fontsize=9)
        words.text(0, 0.95, f"window ({row}, {column})", weight="bold")
        words.text(0, 0.87, "by EfficientNet-Lite0")
        words.text(0, 0.72, f"{100 * numbers.probability:.0f} %", weight="bold", fontsize=20)
        words.text(0, 0.64, "in one pass")
        words.text(0, 0.48, f"{100 * numbers.apart:.0f} %", weight="bold", fontsize=20)
        words.text(0, 0.40, "cut out and run apart")
        reason = dense_picture.DIFFERENT if numbers.windows > 1 else dense_picture.SAME
        words.text(0, 0, "\n".join(reason))
        for each in (whole, windows, words, chain):
            each.set_axis_off()
        for place, (name, shape) in enumerate(
            zip(("pool5", "fc6", "fc7", "fc8"), numbers.shapes, strict=True)
        ):
            label = f"{name}  {'×'.join(map(str, shape))}"
            chain.text(place, 0, label, ha="center", va="center", fontsize=9, bbox={"facecolor": "white"})
        for place, kernel in enumerate(("7×7", "1×1", "1×1")):
            arrow = {"arrowstyle": "-|>"}
            chain.annotate("", (place + 0.65, 0), (place + 0.35, 0), arrowprops=arrow)
            chain.text(place + 0.5, 0.25, kernel, ha="center")
        chain.set(xlim=(-0.45, 3.45), ylim=(-1, 1))
        heading = f"VGG-16 at {image_size}: its fully connected layers as convolutions, and all its MACs"
        chain.set_title(heading, loc="left", weight="bold", fontsize=9)
        shares = [float(1 / numbers.ratio), 1]
        amounts = zip((numbers.one_pass_macs, numbers.crops_macs), shares, strict=True)
        work = bars.barh(["one pass", numbers.crops], shares, color=["C0", "grey"], hatch=["////", ""])
        labels = [f"{giga(macs)} MACs  ({100 * share:.0f} %)" for macs, share in amounts]
        bars.bar_label(work, labels, padding=5, weight="bold")
        bars.set(xlim=(0, 1.6), xticks=[])
        bars.invert_yaxis()
        bars.spines[:].set_visible(False)
        many = f"One pass scores {numbers.windows} windows; VGG-16 takes {float(numbers.ratio):.1f} times"
        figure.suptitle(
            f"{many} fewer MACs than for {numbers.crops}", x=0.03, ha="left", weight="bold", fontsize=11
        )
        plt.show()

    last = dense_picture.MOST_ROWS - 1
    return interact(plot, image_size=(WINDOW, largest, STEP), row=(0, last), column=(0, last)).widget
