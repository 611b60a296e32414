"""A 1×1 convolution on a photo, weight by weight: `PixelMixer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

import ipywidgets as widgets
import numpy as np
from PIL import Image, ImageDraw

from helpers.arithmetic.checks import pair
from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import INK
from helpers.explorers.controls import Choice, FloatSlider, Slider
from helpers.explorers.live import Explorer, in_rows
from helpers.explorers.photo_source import PhotoSource
from helpers.images.photos import square

CHANNELS = ("red", "green", "blue")
PIXELS = 200
"""Height and width of the photo that is mixed: coarse enough to see that the work is done pixel by pixel."""

ZOOM = 3
SHOWN = PIXELS * ZOOM // DENSITY
TOP = 26
WIDTH, HEIGHT = 760, TOP + SHOWN + 88
LEFT, RIGHT = 40, WIDTH - 40 - SHOWN
MINE = "your own"

Row = tuple[float, float, float, float]

# Each row makes one output channel: its weights for red, green and blue, then its bias.
PRESETS: dict[str, tuple[Row, Row, Row]] = {
    "identity": ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)),
    "swap red and blue": ((0, 0, 1, 0), (0, 1, 0, 0), (1, 0, 0, 0)),
    # Rec. 601's luma weights: the eye is most sensitive to green.
    "grey": ((0.3, 0.59, 0.11, 0),) * 3,
    "sepia": ((0.39, 0.77, 0.19, 0), (0.35, 0.69, 0.17, 0), (0.27, 0.53, 0.13, 0)),
    "negative": ((-1, 0, 0, 1), (0, -1, 0, 1), (0, 0, -1, 1)),
    # Brightness, red against green, blue against yellow: half is added where a difference may be negative.
    "opponent colours": ((0.33, 0.34, 0.33, 0), (0.5, -0.5, 0, 0.5), (-0.25, -0.25, 0.5, 0.5)),
}


@dataclass(frozen=True)
class MixNumbers:
    """One pixel's vector, the kernel, and the vector that comes out; colours from 0 to 1."""

    pixel: tuple[int, int]
    before: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]

    @property
    def after(self) -> tuple[float, ...]:
        """A dot product for each output channel, not clipped."""
        return tuple(
            sum(w * x for w, x in zip(row, self.before, strict=True)) + b
            for row, b in zip(self.weights, self.bias, strict=True)
        )

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        before, after = (
            ", ".join(f"{value:.2f}" for value in vector) for vector in (self.before, self.after)
        )
        row, column = self.pixel
        return f"Pixel ({row}, {column}): red, green, blue {before} become {after}."


def mix(
    pixel: tuple[int, int],
    before: Sequence[float],
    weights: Sequence[Sequence[float]],
    bias: Sequence[float],
) -> MixNumbers:
    """A 1×1 convolution at one pixel: `weights` (out, in) times the pixel's vector, plus `bias`.

    >>> mix((0, 0), (0.5, 0.25, 1.0), [(1, 0, 0), (0, 1, 0), (0.5, 0.5, 0)], (0, 0, 0)).after
    (0.5, 0.25, 0.375)
    """
    return MixNumbers(pixel, tuple(before), tuple(map(tuple, weights)), tuple(bias))


class PixelMixer(Explorer):
    """The nine weights and three biases of a 1×1 convolution as sliders, on a photo.

    Click a pixel, or choose it with `row` and `column`: its dot products stand below the photo.
    The weight from green to red is the control `red_from_green`; red's bias is `red_bias`.
    """

    numbers: MixNumbers
    has_photo = True

    def __init__(
        self, photo: str | object = "coffee", *, preset: str = "identity", pixel: tuple[int, int] = (29, 67)
    ) -> None:
        self.source = PhotoSource(photo)
        self._taken: Image.Image | None = None
        preset_choice = Choice("preset", [*PRESETS, MINE], preset)
        sliders = {
            name: FloatSlider(name.replace("_", " "), 0.0, -2, 2, step=0.01)
            for out in CHANNELS
            for name in (*(f"{out}_from_{source}" for source in CHANNELS), f"{out}_bias")
        }
        self._kernel = tuple(sliders)
        row, column = pair("pixel", pixel, least=0)
        if preset != MINE:
            for name, value in _slider_values(preset).items():
                sliders[name].value = value
        self._build_figure()
        super().__init__(
            {
                **self.source.controls,
                "preset": preset_choice,
                **sliders,
                "row": Slider("row", row, 0, PIXELS - 1),
                "column": Slider("column", column, 0, PIXELS - 1),
            },
            width=WIDTH,
            height=HEIGHT,
            arrange=_arrange,
        )
        self.picture.clickable = True
        self.picture.observe(self._clicked, names="clicked")

    def respond(self, name: str) -> None:
        preset = self.controls["preset"]
        if name == "upload":
            self.source.take_upload()
        elif name == "preset" and preset.value != MINE:
            for slider, value in _slider_values(preset.value).items():
                self.controls[slider].value = value
        elif name in self._kernel:
            preset.value = _preset_of({name: self.controls[name].value for name in self._kernel})

    def _clicked(self, change: Mapping[str, Any]) -> None:
        across, down = change["new"][0] * WIDTH, change["new"][1] * HEIGHT
        left = LEFT if across < WIDTH / 2 else RIGHT
        column, row = (
            floor((place - start) * PIXELS / SHOWN) for place, start in ((across, left), (down, TOP))
        )
        if 0 <= row < PIXELS and 0 <= column < PIXELS:
            self.set(row=row, column=column)

    def compute(self, *, photo: str, row: int, column: int, **values: Any) -> MixNumbers:
        kernel = [values[name] for name in self._kernel]
        rows = [kernel[start : start + 4] for start in (0, 4, 8)]
        before = self._pixels(photo)[row, column].tolist()
        return mix((row, column), before, [each[:3] for each in rows], [each[3] for each in rows])

    def _pixels(self, photo: str) -> np.ndarray:
        """The photo as (height, width, channel) from 0 to 1, made again only when another is chosen."""
        image = self.source.image(photo)
        if image is not self._taken:
            self._photo = np.asarray(square(image, PIXELS), np.float32) / 255
            self._taken = image
        return self._photo

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        with self._figure.building():
            axes = self._figure.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            axes.set_axis_off()
            axes.text(LEFT, TOP - 7, "the photo", weight="bold")
            axes.text(RIGHT, TOP - 7, "after the 1×1 convolution", weight="bold")
            axes.text(WIDTH / 2, TOP + 105, "before", ha="center")
            axes.text(WIDTH / 2, TOP + 215, "after", ha="center")
            axes.annotate(
                "",
                (WIDTH / 2, TOP + 150),
                (WIDTH / 2, TOP + 116),
                arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 2},
            )
            lines = [TOP + SHOWN + 22 + 24 * line for line in range(3)]
            self._lines = [self._figure.text(axes, LEFT, y, size=10.5, mono=True) for y in lines]

    def draw(self, numbers: MixNumbers) -> Image.Image:
        for line, name, row, bias, after in zip(
            self._lines, CHANNELS, numbers.weights, numbers.bias, numbers.after, strict=True
        ):
            products = " + ".join(f"{w:5.2f}·{x:.2f}" for w, x in zip(row, numbers.before, strict=True))
            clipped = "" if 0 <= after <= 1 else f"  shown as {min(max(after, 0), 1):.0f}"
            line.text = f"{name:>5} = {products} + {bias:5.2f} = {after:5.2f}{clipped}"
        image = self._figure.image()
        brush = ImageDraw.Draw(image)
        photos = (self._photo, convolve(self._photo, numbers.weights, numbers.bias))
        for left, pixels, colour, top in zip(
            (LEFT, RIGHT), photos, (numbers.before, numbers.after), (TOP + 45, TOP + 155), strict=True
        ):
            image.paste(_enlarged(pixels), (left * DENSITY, TOP * DENSITY))
            _mark(brush, left, numbers.pixel)
            box = [DENSITY * side for side in (WIDTH // 2 - 22, top, WIDTH // 2 + 22, top + 44)]
            rgb = tuple(round(255 * min(max(value, 0), 1)) for value in colour)
            brush.rectangle(box, fill=rgb, outline="black", width=2)
        return image


def convolve(pixels: np.ndarray, weights: Sequence[Sequence[float]], bias: Sequence[float]) -> np.ndarray:
    """A 1×1 convolution of (height, width, in) pixels: the same matrix product at each of them.

    NumPy and not PyTorch: on so small a picture PyTorch's threads cost more than they bring.
    """
    return pixels @ np.asarray(weights, np.float32).T + np.asarray(bias, np.float32)


def _slider_values(preset: str) -> dict[str, float]:
    inputs = (*(f"from_{source}" for source in CHANNELS), "bias")
    return {
        f"{out}_{source}": float(value)
        for out, row in zip(CHANNELS, PRESETS[preset], strict=True)
        for source, value in zip(inputs, row, strict=True)
    }


def _preset_of(values: Mapping[str, float]) -> str:
    """The preset with these values. The page rounds a slider's value to its steps, so nearly will do."""
    for preset in PRESETS:
        if all(abs(values[name] - value) < 1e-6 for name, value in _slider_values(preset).items()):
            return preset
    return MINE


def _enlarged(pixels: np.ndarray) -> Image.Image:
    colours = np.rint(255 * pixels.clip(0, 1)).astype(np.uint8)
    return Image.fromarray(colours).resize((PIXELS * ZOOM, PIXELS * ZOOM), Image.Resampling.NEAREST)


def _mark(brush: ImageDraw.ImageDraw, left: int, pixel: tuple[int, int]) -> None:
    """A frame around the pixel, black on white so that it shows on any photo."""
    row, column = pixel
    x, y = left * DENSITY + column * ZOOM, TOP * DENSITY + row * ZOOM
    for margin, colour in ((9, "black"), (7, "white"), (5, "black")):
        brush.rectangle(
            [x - margin, y - margin, x + ZOOM + margin, y + ZOOM + margin], outline=colour, width=2
        )


def _arrange(controls: Sequence[widgets.Widget]) -> widgets.Widget:
    """A column of sliders for each output channel; columns wrap where the page is narrow."""
    photo, upload, preset, *sliders, row, column = controls
    for slider in sliders:
        slider.layout, slider.style.description_width = widgets.Layout(width="278px"), "114px"
    columns = [widgets.VBox(sliders[start : start + 4]) for start in (0, 4, 8)]
    return widgets.VBox([in_rows([photo, upload, preset]), in_rows(columns), in_rows([row, column])])
