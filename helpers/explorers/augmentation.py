"""What training does to a photo before the network is shown it: `AugmentationExplorer`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helpers.explorers.controls import Choice, FloatSlider, Slider
from helpers.explorers.explorer import Explorer, photo_controls
from helpers.explorers.numbers.augmentation import (
    LAST,
    MOST_ALPHA,
    RESIZED,
    AugmentationNumbers,
    augmentation,
)
from helpers.explorers.pictures.augmentation import draw_augmentation

MOST_SEED = 100
ALPHAS = ("alpha_1", "alpha_2", "alpha_3")
SETTING = ("row", "column", "flip", *ALPHAS)


class AugmentationExplorer(Explorer):
    """Crop, mirror and colour shift of AlexNet's training, by hand or drawn at random with `seed`.

    A `seed` other than 0 draws all other settings; changing one of them makes them your own, `seed` 0. The
    crop can be dragged, and a click on it mirrors it. `photo` is a photo's name or a picture of one's own;
    `photos` is where they and the draws come from instead, as in a page without a kernel.
    """

    numbers: AugmentationNumbers
    draw = staticmethod(draw_augmentation)
    rows = (("photo", "upload"), ("seed", "flip"), ("row", "column"), ALPHAS)

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
        photos: Any = None,
    ) -> None:
        photos = photos or _live_photos(photo)
        seed_slider = Slider("seed", seed, 0, MOST_SEED)
        setting = dict(zip(SETTING, (row, column, flip, alpha_1, alpha_2, alpha_3), strict=True))
        if seed:
            setting = _drawn(photos, seed)
        super().__init__(
            {
                **photo_controls(photos),
                "seed": seed_slider,
                "row": Slider("row", setting["row"], 0, LAST),
                "column": Slider("column", setting["column"], 0, LAST),
                "flip": Choice("flip", ("no", "yes"), setting["flip"]),
                **{
                    name: FloatSlider(
                        name.replace("_", " "), setting[name], -MOST_ALPHA, MOST_ALPHA, step=0.01
                    )
                    for name in ALPHAS
                },
            },
            photos=photos,
        )

    def follow(self, name: str) -> None:
        seed = self.seed.value
        if not seed:
            return
        drawn = _drawn(self.photos, seed)
        if name == "seed":
            for other, value in drawn.items():
                self.controls[other].take(value)
        elif name in SETTING and self.controls[name].value != drawn[name]:
            self.seed.take(0)

    def tour(self) -> Iterator[dict[str, int]]:
        """What each seed draws."""
        return ({"seed": seed} for seed in range(MOST_SEED + 1))

    def compute(
        self, *, photo: str, upload: Any, seed: int, row: int, column: int, flip: str, **alphas: float
    ) -> AugmentationNumbers:
        return augmentation(
            self.photos.rgb(photo, RESIZED),
            self.photos.components(),
            row=row,
            column=column,
            flip=flip == "yes",
            alphas=tuple(alphas[name] for name in ALPHAS),
            seed=seed,
        )

    def images(self, numbers: AugmentationNumbers) -> dict[str, bytes]:
        return {"photo": self.photos.png(self.photo.value, RESIZED)}


def _drawn(photos: Any, seed: int) -> dict[str, Any]:
    """The controls' values for the random augmentation of that seed."""
    row, column, flip, alphas = photos.drawn(seed)
    return dict(zip(SETTING, (row, column, ("no", "yes")[flip], *alphas), strict=True))


def _live_photos(start: str | object) -> Any:
    from helpers.explorers.sources.augmentation import (
        AugmentationPhotos,
    )  # a page has neither NumPy nor Pillow

    return AugmentationPhotos(start)
