"""The weights of a 1×1 convolution as sliders, on a photo: `PixelMixer`."""

from __future__ import annotations

from typing import Any

from helpers.arithmetic.checks import pair
from helpers.explorers.controls import Choice, FloatSlider, Slider
from helpers.explorers.explorer import OWN, Explorer, live_photos, photo_controls
from helpers.explorers.numbers.pixel_mixer import (
    CHANNELS,
    PIXELS,
    PRESETS,
    MixNumbers,
    pixel_mixer,
    slider_values,
)
from helpers.explorers.pictures.pixel_mixer import draw_pixel_mixer


class PixelMixer(Explorer):
    """The nine weights and three biases of a 1×1 convolution as sliders, on a photo.

    Click a pixel or drag over the photo, or choose one with `row` and `column`: its dot products stand below.
    The weight from green to red is the control `red_from_green`; red's bias is `red_bias`. `photo` is a
    photo's name or a picture of one's own; `photos` is where they come from instead, as in a page without a
    kernel.
    """

    numbers: MixNumbers
    draw = staticmethod(draw_pixel_mixer)
    rows = (
        ("photo", "upload", "preset"),
        [[*(f"{out}_from_{source}" for source in CHANNELS), f"{out}_bias"] for out in CHANNELS],
        ("row", "column"),
    )

    def __init__(
        self,
        photo: str | object = "coffee",
        *,
        preset: str = "identity",
        pixel: tuple[int, int] = (29, 67),
        photos: Any = None,
    ) -> None:
        photos = photos or live_photos(photo)
        row, column = pair("pixel", pixel, least=0)
        presets = {name: slider_values(name) for name in PRESETS}
        chosen = Choice("preset", [*PRESETS, OWN], preset)
        start = presets.get(chosen.value, presets["identity"])
        super().__init__(
            {
                **photo_controls(photos),
                "preset": chosen,
                **{
                    name: FloatSlider(name.replace("_", " "), value, -2, 2, step=0.01)
                    for name, value in start.items()
                },
                "row": Slider("row", row, 0, PIXELS - 1),
                "column": Slider("column", column, 0, PIXELS - 1),
            },
            photos=photos,
            presets=presets,
        )

    def compute(self, *, photo: str, row: int, column: int, **values: Any) -> MixNumbers:
        return pixel_mixer(self.photos.rgb(photo, PIXELS), row, column, values)

    def images(self, numbers: MixNumbers) -> dict[str, bytes]:
        return {"photo": self.photos.png(self.photo.value, PIXELS)}
