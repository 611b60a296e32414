"""The explorers of photos themselves, as a notebook would otherwise draw them; see `benchmarks.baselines`."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact, interactive
from matplotlib.patches import Rectangle

from benchmarks.page import frame, inches
from helpers.arithmetic import Pooling
from helpers.explorers import augmentation as augmenting
from helpers.explorers import pixel_mixer
from helpers.explorers import pooling as pool
from helpers.images.augmentation import (
    CROP,
    CROPS,
    LAST,
    RESIZED,
    Augmentation,
    augment,
    course_components,
    crop,
)
from helpers.images.photos import photo, square


def interact_mixer() -> interactive:
    """The two photos of `PixelMixer`, its pixel and the three dot products."""
    pixels = np.asarray(square(photo("coffee"), pixel_mixer.PIXELS), np.float32) / 255
    weights = {
        f"{out}_{source}": FloatSlider(float(out == source.removeprefix("from_")), min=-2, max=2, step=0.01)
        for out in pixel_mixer.CHANNELS
        for source in (*(f"from_{name}" for name in pixel_mixer.CHANNELS), "bias")
    }

    def plot(row=29, column=67, **values):
        kernel = np.array(list(values.values())).reshape(3, 4)
        mixed = (pixels @ kernel[:, :3].T + kernel[:, 3]).clip(0, 1)
        figure, (left, middle, right) = plt.subplots(
            1, 3, figsize=inches(pixel_mixer.WIDTH, pixel_mixer.HEIGHT), width_ratios=(6, 1, 6)
        )
        for each, image, title in ((left, pixels, "the photo"), (right, mixed, "after the 1×1 convolution")):
            each.imshow(image)
            each.plot([column], [row], "s", markersize=8, markerfacecolor="none", markeredgecolor="black")
            each.set_title(title)
        middle.imshow([[pixels[row, column]], [mixed[row, column]]])
        for each in figure.axes:
            each.set_axis_off()
        for line, (name, numbers) in enumerate(zip(pixel_mixer.CHANNELS, kernel, strict=True)):
            terms = " + ".join(
                f"{weight:5.2f}·{value:.2f}"
                for weight, value in zip(numbers[:3], pixels[row, column], strict=True)
            )
            result = numbers[:3] @ pixels[row, column] + numbers[3]
            text = f"{name:>5} = {terms} + {numbers[3]:5.2f} = {result:5.2f}"
            figure.text(0.1, 0.1 - 0.05 * line, text, family="monospace")
        plt.show()

    side = (0, pixel_mixer.PIXELS - 1)
    return interact(plot, **weights, row=side, column=side).widget


def interact_pooling() -> interactive:
    """The photo, the pooled map and the enlarged pixels of `PoolingExplorer`, an `imshow` each."""
    pixels = np.asarray(square(photo("chelsea"), pool.SIZE).convert("L"))
    looks = (("A", "C0", "-", "◸"), ("B", "C3", "--", "◿"))

    def plot(window=3, stride=2, kind="max", row=13, column=8):
        last = Pooling(window, stride).output_size(pool.SIZE)[0] - 1
        row, column = min(row, last), min(column, last)
        numbers = pool.pooling(pixels, window=window, stride=stride, kind=kind, row=row, column=column)
        layout = [["photo", "values"], ["pooled", "words"]]
        figure, axes = plt.subplot_mosaic(
            layout, figsize=inches(pool.WIDTH, pool.HEIGHT), width_ratios=(1, 2.6)
        )
        figure.subplots_adjust(left=0.02, right=0.98, bottom=0.02, top=0.88, wspace=0.08, hspace=0.15)
        for each in axes.values():
            each.set_axis_off()
        grey = {"cmap": "gray", "vmin": 0, "vmax": 255}
        axes["photo"].imshow(pixels, **grey)
        axes["pooled"].imshow(pool.pooled(pixels, window, stride, kind), **grey)
        down, across = row * stride, [each * stride for each in numbers.columns]
        top = min(max(down - (pool.ROWS - window) // 2, 0), pool.SIZE - pool.ROWS)
        left = min(max(min(across) - (pool.COLUMNS - window - stride) // 2, 0), pool.SIZE - pool.COLUMNS)
        shown = pixels[top : top + pool.ROWS, left : left + pool.COLUMNS]
        read = np.zeros(shown.shape, bool)
        for start in across:
            read[down - top : down - top + window, start - left : start - left + window] = True
        axes["values"].set_anchor("W")
        axes["values"].imshow(shown, alpha=np.where(read, 1, 0.2), **grey)
        for (y, x), value in np.ndenumerate(shown):
            color = "white" if read[y, x] and value < 128 else "black"
            axes["values"].text(x, y, value, color=color, ha="center", va="center", fontsize=8)
        words = axes["words"]
        words.set(xlim=(0, 1), ylim=(1, 0))
        for place, (letter, color, dashes, mark) in enumerate(looks):
            look = {"color": color, "linestyle": dashes}
            start, values, y = across[place], np.array(numbers.values[place]), 0.2 + 0.25 * place
            axes["photo"].add_patch(frame(start, down, window, **look))
            axes["pooled"].add_patch(frame(numbers.columns[place], row, 1, **look))
            axes["values"].add_patch(frame(start - left, down - top, window, **look))
            middle = start - left + (window - 1) / 2
            axes["values"].text(middle, pool.ROWS + 0.1, letter, color=color, ha="center", weight="bold")
            shade = str(numbers.results[place] / 255)
            words.add_patch(
                Rectangle((0, y - 0.1), 0.07, 0.2, facecolor=shade, edgecolor=color, linestyle=dashes)
            )
            marked = ""
            if numbers.marks_largest:
                marked = f", marked {mark}"
                y_largest, x_largest = np.unravel_index(values.argmax(), values.shape)
                spot = start - left + x_largest, down - top + y_largest
                axes["values"].text(*spot, mark, color=color, fontsize=14, ha="center", va="center")
            words.text(0.09, y, f"{letter}: {numbers.working(numbers.values[place])}{marked}", va="center")
        words.text(0, 0.8, numbers.arithmetic)
        words.text(0, 0.95, numbers.counts)
        axes["photo"].set_title(f"the photo in grey: {pool.SIZE}×{pool.SIZE}", loc="left", fontsize=10)
        axes["values"].set_title(f"{pool.ROWS}×{pool.COLUMNS} of its pixels", loc="left", fontsize=10)
        after = f"after pooling: {numbers.output_size}×{numbers.output_size}"
        axes["pooled"].set_title(after, loc="left", fontsize=10)
        figure.suptitle(numbers.finding, x=0.02, ha="left", weight="bold", fontsize=11)
        plt.show()

    last = pool.SIZE - 1
    return interact(
        plot,
        window=(1, pool.MOST),
        stride=(1, pool.MOST),
        kind=["max", "average"],
        row=(0, last),
        column=(0, last),
    ).widget


def interact_augmentation() -> interactive:
    """The photo with its crop, what the network is shown, and the colours of `AugmentationExplorer`."""
    pixels = np.asarray(square(photo("chelsea"), RESIZED))
    components = course_components()
    steps = np.linspace(-1, 1, 33)[:, None]
    strips = [
        (128 + steps * 120 * vector / np.abs(vector).max()).astype(np.uint8)[None]
        for vector in components.vectors.T
    ]
    most = augmenting.MOST_ALPHA

    def plot(row=16, column=16, flip="no", alpha_1=0.0, alpha_2=0.0, alpha_3=0.0):
        choice = Augmentation(row, column, flip == "yes", (alpha_1, alpha_2, alpha_3))
        numbers = augmenting.augmentation(pixels, choice)
        figure = plt.figure(figsize=inches(augmenting.WIDTH, augmenting.HEIGHT))
        grid = figure.add_gridspec(
            5, 3, height_ratios=(1, 1, 1, 1, 5), left=0.01, right=0.98, top=0.83, bottom=0.22, hspace=1.2
        )
        whole = figure.add_subplot(grid[:, 0])
        faded = (pixels // 4 + 190).astype(np.uint8)
        crop(faded, row, column)[:] = crop(pixels, row, column)
        whole.imshow(faded)
        whole.add_patch(frame(column, row, CROP, "black"))
        whole.set_title(f"the photo, {RESIZED}×{RESIZED}, and the crop", loc="left", fontsize=9)
        shown = figure.add_subplot(grid[:, 1])
        shown.imshow(augment(pixels, choice).clip(0, 255).astype(np.uint8))
        shown.set_title(f"what the network is shown, {CROP}×{CROP}", loc="left", fontsize=9)
        for each in (whole, shown):
            each.set_axis_off()
        shown.text(0, CROP + 16, "mirrored left to right" if choice.flip else "not mirrored", fontsize=9)
        for place, (strip, ends) in enumerate(zip(strips, augmenting.ENDS, strict=True)):
            axes = figure.add_subplot(grid[place, 2])
            axes.imshow(strip, extent=(-most, most, 0, 1), aspect="auto")
            axes.axvline(choice.alphas[place], color="white", linewidth=5)
            axes.axvline(choice.alphas[place], color="black", linewidth=2)
            axes.set_axis_off()
            for end, align in zip(ends, ("left", "right"), strict=True):
                axes.set_title(end, loc=align, fontsize=9, pad=1)
            alpha = f"α{place + 1} {choice.alphas[place]:+.2f}, σ {components.deviations[place]:.0f}"
            axes.set_title(alpha, fontsize=9, pad=1, weight="bold")
        bars = figure.add_subplot(grid[4, 2])
        gains = bars.barh(["red", "green", "blue"], numbers.shift, color=["C3", "C2", "C0"])
        bars.bar_label(gains, [f"{levels:+.1f}" for levels in numbers.shift], padding=3)
        reach = augmenting.MOST_SHIFT
        bars.set(xlim=(-reach, reach), xlabel="levels added, of 255")
        bars.invert_yaxis()
        bars.axvline(0, color="grey")
        bars.grid(axis="x")
        bars.set_title("strips exaggerated, bars to scale", loc="left", fontsize=9)
        away = f"values {numbers.change} levels away, on average, from the central crop's"
        figure.suptitle(f"The same label, but {away}", x=0.01, ha="left", weight="bold", fontsize=11)
        places = f"{LAST + 1} × {LAST + 1} places for the crop, times 2 for the mirror: {CROPS:,} crops"
        figure.text(0.01, 0.03, f"{places} of one photo (the paper counts 32 × 32 × 2 = 2,048).", fontsize=9)
        plt.show()

    alpha, place = (-most, most, 0.01), (0, LAST)
    return interact(
        plot, row=place, column=place, flip=["no", "yes"], alpha_1=alpha, alpha_2=alpha, alpha_3=alpha
    ).widget
