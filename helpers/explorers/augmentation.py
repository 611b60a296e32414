"""What training does to a photo before the network is shown it: `AugmentationExplorer`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes
from PIL import Image, ImageDraw

from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import BLUE, FAINT, GREEN, GRID, INK, VERMILION
from helpers.explorers.old_controls import Choice, FloatSlider, Slider
from helpers.explorers.old_live import Explorer, in_rows
from helpers.explorers.old_photo_source import PhotoSource
from helpers.images.augmentation import (
    CROP,
    CROPS,
    LAST,
    MOST_ALPHA,
    RESIZED,
    Augmentation,
    augment,
    colour_shift,
    course_components,
    draw_augmentation,
)
from helpers.images.photos import square

TOP = 56
LEFT, RIGHT, PANEL = 8, 280, 524
WIDTH, HEIGHT = 780, TOP + RESIZED + 34
MOST_SEED = 100
MOST_SHIFT = 35
"""Levels at the ends of the bars' axis: no α within the sliders' range moves a channel further."""

ENDS = (("darker", "brighter"), ("bluer", "redder"), ("magenta", "greener"))
ALPHAS = ("alpha_1", "alpha_2", "alpha_3")
SETTING = ("row", "column", "flip", *ALPHAS)


@dataclass(frozen=True)
class AugmentationNumbers:
    """One augmentation of a photo; `shift` is what red, green and blue gain, in levels of 255.

    `change` is by how many levels a value of what the network is shown differs, on average, from the value
    at the same place of the plain central crop.
    """

    seed: int
    choice: Augmentation
    shift: tuple[float, float, float]
    change: int

    @property
    def crops(self) -> int:
        """How many different crops one photo gives, mirrored ones included."""
        return CROPS

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        choice = self.choice
        mirrored = ", mirrored" if choice.flip else ""
        alphas = ", ".join(_signed(alpha, 2) for alpha in choice.alphas)
        shift = ", ".join(
            f"{name} {_signed(levels)}"
            for name, levels in zip(("red", "green", "blue"), self.shift, strict=True)
        )
        who = f"Seed {self.seed}" if self.seed else "Your own"
        return f"{who}: crop at ({choice.row}, {choice.column}){mirrored}; α {alphas} add {shift}."


def augmentation(pixels: np.ndarray, choice: Augmentation, seed: int = 0) -> AugmentationNumbers:
    """What `choice`, drawn with `seed` (0: by hand), does to a photo (256, 256, 3), levels from 0 to 255.

    >>> numbers = augmentation(np.zeros((256, 256, 3)), Augmentation(0, 32, False, (0.1, 0.0, 0.0)))
    >>> numbers.shift, numbers.change, numbers.crops
    ((6.9, 5.9, 5.3), 6, 2178)
    """
    middle = LAST // 2
    plain = pixels[middle : middle + CROP, middle : middle + CROP]
    change = np.abs(augment(pixels, choice) - plain).mean()
    shift = colour_shift(choice.alphas, course_components())
    # Adding 0 makes a plain zero of a negative one.
    return AugmentationNumbers(
        seed, choice, tuple(round(float(each), 1) + 0.0 for each in shift), round(change)
    )


def _signed(value: float, digits: int = 1) -> str:
    return "0" if value == 0 else f"{value:+.{digits}f}".replace("-", "−")


class AugmentationExplorer(Explorer):
    """Crop, mirror and colour shift of AlexNet's training, by hand or drawn at random with `seed`.

    A `seed` other than 0 draws all other settings; changing one of them makes them your own, `seed` 0.
    """

    numbers: AugmentationNumbers
    has_photo = True

    def __init__(
        self,
        photo: str | object = "chelsea",
        *,
        seed: int = 0,
        row: int = 16,
        column: int = 16,
        flip: str = "no",
        alpha_1: float = 0.0,
        alpha_2: float = 0.0,
        alpha_3: float = 0.0,
    ) -> None:
        self.source = PhotoSource(photo)
        self._taken: Image.Image | None = None
        seed_slider = Slider("seed", seed, 0, MOST_SEED)
        setting = dict(zip(SETTING, (row, column, flip, alpha_1, alpha_2, alpha_3), strict=True))
        if seed:
            setting = _values(seed)
        self._build_figure()
        super().__init__(
            {
                **self.source.controls,
                "seed": seed_slider,
                "row": Slider("row", setting["row"], 0, LAST),
                "column": Slider("column", setting["column"], 0, LAST),
                "flip": Choice("flip", ["no", "yes"], setting["flip"]),
                **{
                    name: FloatSlider(
                        name.replace("_", " "), setting[name], -MOST_ALPHA, MOST_ALPHA, step=0.01
                    )
                    for name in ALPHAS
                },
            },
            width=WIDTH,
            height=HEIGHT,
            arrange=_arrange,
        )

    def respond(self, name: str) -> None:
        seed = self.controls["seed"]
        if name == "upload":
            self.source.take_upload()
        elif name == "seed" and seed.value:
            for other, value in _values(seed.value).items():
                self.controls[other].value = value
        elif name in SETTING and seed.value and self.controls[name].value != _values(seed.value)[name]:
            seed.value = 0

    def compute(
        self, *, photo: str, seed: int, row: int, column: int, flip: str, **values: Any
    ) -> AugmentationNumbers:
        alphas = tuple(values[name] for name in ALPHAS)
        return augmentation(self._pixels(photo), Augmentation(row, column, flip == "yes", alphas), seed)

    def _pixels(self, photo: str) -> np.ndarray:
        """The photo's central square, resized to (256, 256, 3); made again only when another is chosen."""
        image = self.source.image(photo)
        if image is not self._taken:
            self._photo = np.asarray(square(image, RESIZED))
            self._faded = (self._photo // 4 + 190).astype(np.uint8)
            self._taken = image
        return self._photo

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        text = self._figure.text
        with self._figure.building():
            axes = self._figure.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            axes.set_axis_off()
            self._title = text(axes, LEFT, 18, size=11, bold=True)
            axes.text(LEFT, TOP - 8, f"the photo, {RESIZED}×{RESIZED}, and the crop", size=9)
            axes.text(RIGHT, TOP - 8, f"what the network is shown, {CROP}×{CROP}", size=9)
            self._mirrored = text(axes, RIGHT, TOP + CROP + 14)
            axes.text(PANEL, TOP - 8, "one colour, added to every pixel", size=9)
            axes.text(
                LEFT,
                TOP + RESIZED + 22,
                f"{LAST + 1} × {LAST + 1} places for the crop, times 2 for the mirror: "
                f"{CROPS:,} crops of one photo (the paper counts 32 × 32 × 2 = 2,048).",
                size=9,
            )
            self._build_strips(axes)
            self._build_bars()

    def _build_strips(self, axes: Axes) -> None:
        """A strip of colour for each component, from α = −0.3 to 0.3, and a pin at the slider's value."""
        self._pins, self._alphas = [], []
        strip = self._strip = (PANEL + 4, WIDTH - 12)
        axes.text(PANEL + 4, TOP + 142, "strips exaggerated, bars to scale", size=9)
        for place, ends in enumerate(ENDS):
            y = TOP + 16 + 42 * place
            for x, end, align in zip(strip, ends, ("left", "right"), strict=True):
                axes.text(x, y - 5, end, size=9, ha=align)
            colours = _strip_colours(course_components().vectors[:, place])
            axes.imshow(colours, extent=(*strip, y + 12, y), aspect="auto", interpolation="bilinear")
            self._alphas.append(self._figure.text(axes, sum(strip) / 2, y - 9, anchor="mm", bold=True))
            pin = axes.plot([0], [y + 6], "|", color="white", markersize=11, markeredgewidth=6)[0]
            core = axes.plot([0], [y + 6], "|", color="black", markersize=13, markeredgewidth=2)[0]
            self._pins.append((self._figure.live(pin), self._figure.live(core)))
        axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))

    def _build_bars(self) -> None:
        """How many levels red, green and blue gain."""
        top, bottom = TOP + 154, TOP + 226
        place = (PANEL / WIDTH + 0.06, 1 - bottom / HEIGHT, 0.265, (bottom - top) / HEIGHT)
        axes = self._figure.figure.add_axes(place, xlim=(-MOST_SHIFT, MOST_SHIFT), ylim=(2.6, -0.6))
        axes.set_yticks([0, 1, 2], ["red", "green", "blue"])
        axes.set_xticks([-30, -20, -10, 0, 10, 20, 30])
        axes.tick_params(left=False)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("levels added, of 255", size=9, labelpad=1)
        axes.grid(axis="x", color=GRID)
        axes.set_axisbelow(True)
        axes.axvline(0, color=FAINT, linewidth=1)
        looks = ((VERMILION, ""), (GREEN, "\\\\\\\\"), (BLUE, "////"))
        self._bars = [
            self._figure.live(axes.barh(y, 0, height=0.7, color=colour, hatch=hatch, edgecolor="white")[0])
            for y, (colour, hatch) in enumerate(looks)
        ]
        self._levels = [self._figure.text(axes, 0, y) for y in range(3)]

    def draw(self, numbers: AugmentationNumbers) -> Image.Image:
        choice = numbers.choice
        self._title.text = (
            f"The same label, but values {numbers.change} levels away, on average, from the central crop's"
            if numbers.change
            else "Values hardly different from those of the plain central crop"
        )
        self._mirrored.text = "mirrored left to right" if choice.flip else "not mirrored"
        start, end = self._strip
        deviations = course_components().deviations
        for place, (alpha, pins) in enumerate(zip(choice.alphas, self._pins, strict=True)):
            x = start + (end - start) * (alpha + MOST_ALPHA) / (2 * MOST_ALPHA)
            for pin in pins:
                pin.set_xdata([x])
            self._alphas[place].text = f"α{'₁₂₃'[place]} {_signed(alpha, 2)}, σ {deviations[place]:.0f}"
        for bar, label, levels in zip(self._bars, self._levels, numbers.shift, strict=True):
            bar.set_width(levels)
            # On the other side of zero, where there is no bar.
            label.text, label.x = _signed(levels), -1 if levels > 0 else 1
            label.anchor = "rm" if levels > 0 else "lm"
        image = self._figure.image()
        framed = self._faded.copy()
        seen = slice(choice.row, choice.row + CROP), slice(choice.column, choice.column + CROP)
        framed[seen] = self._photo[seen]
        image.paste(_enlarged(framed), (LEFT * DENSITY, TOP * DENSITY))
        shown = np.rint(augment(self._photo, choice).clip(0, 255)).astype(np.uint8)
        image.paste(_enlarged(shown), (RIGHT * DENSITY, TOP * DENSITY))
        x, y = (LEFT + choice.column) * DENSITY, (TOP + choice.row) * DENSITY
        brush, side = ImageDraw.Draw(image), CROP * DENSITY - 1
        for margin, colour in ((0, "black"), (2, "white"), (4, INK)):
            box = [x + margin, y + margin, x + side - margin, y + side - margin]
            brush.rectangle(box, outline=colour, width=2)
        return image


def _values(seed: int) -> dict[str, Any]:
    """The controls' values for the random augmentation of that seed."""
    drawn = draw_augmentation(seed)
    return dict(
        zip(SETTING, (drawn.row, drawn.column, ("no", "yes")[drawn.flip], *drawn.alphas), strict=True)
    )


def _strip_colours(direction: np.ndarray) -> np.ndarray:
    """Grey moved along a component, much further than any α moves a photo, so that its colour is seen."""
    reach = 120 / np.abs(direction).max()
    steps = np.linspace(-reach, reach, 33)[None, :, None]
    return np.rint(128 + steps * direction).clip(0, 255).astype(np.uint8)


def _enlarged(pixels: np.ndarray) -> Image.Image:
    size = (pixels.shape[1] * DENSITY, pixels.shape[0] * DENSITY)
    return Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST)


def _arrange(controls: Sequence[widgets.Widget]) -> widgets.Widget:
    """What is chosen, where the crop is, and the colour, a row each."""
    photo, upload, seed, row, column, flip, *alphas = controls
    return widgets.VBox(
        [in_rows([photo, upload]), in_rows([seed, flip]), in_rows([row, column]), in_rows(alphas)]
    )
