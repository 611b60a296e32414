"""A fully connected head as convolutions, slid over a larger picture: `DenseAsConvExplorer`."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import Any

from PIL import Image

from helpers.explorers.dense_numbers import DenseAsConvNumbers, dense_as_conv
from helpers.explorers.dense_picture import HEIGHT, LEFT, MAP_LEFT, MOST_ROWS, SIDE, TOP, WIDTH, DensePicture
from helpers.explorers.old_controls import Slider
from helpers.explorers.old_live import Explorer
from helpers.explorers.old_photo_source import PhotoSource
from helpers.explorers.window_scores import STEP, WINDOW, WindowScores
from helpers.models import build
from helpers.models.efficientnet_lite import EfficientNetLite
from helpers.wording.refusals import shown

LARGEST = WINDOW + (MOST_ROWS - 1) * STEP


class DenseAsConvExplorer(Explorer):
    """A slider for the picture's size; the map of scores that one pass makes, and what it costs, follow.

    The scores are those of EfficientNet-Lite0, whose trained weights come with the course. It has the
    geometry of VGG-16: pictures become maps of a 32nd of their size, and the head sees 7×7 of them. What is
    counted is VGG-16. Choose a window with `row` and `column`, at first the middle one, or click it in the
    map or the photo.

    A window's score in one pass is not that of the window cut out: at its edges the cut-out is padded with
    zeros, where the pass has the photo's neighbouring pixels. Both are shown; at 224 they are equal.
    """

    numbers: DenseAsConvNumbers
    has_photo = True

    def __init__(
        self,
        photo: str | object = "coffee",
        *,
        image_size: int = LARGEST,
        row: int | None = None,
        column: int | None = None,
        network: EfficientNetLite | None = None,
    ) -> None:
        self.source = PhotoSource(photo)
        # On the CPU: the sentence is the same everywhere, and an accelerator would save little.
        network = (
            build("efficientnet_lite0", weights="imagenet", device="cpu") if network is None else network
        )
        if not isinstance(network, EfficientNetLite):
            raise ValueError(f"The network is {shown(network)}; give build('efficientnet_lite0').")
        self._scores = WindowScores(network)
        self._picture = DensePicture()
        self._figure = self._picture.figure
        size = Slider("image size", image_size, WINDOW, LARGEST, step=STEP)
        last = _rows(size.value) - 1
        super().__init__(
            {
                **self.source.controls,
                "image_size": size,
                "row": Slider("row", last // 2 if row is None else row, 0, last),
                "column": Slider("column", last // 2 if column is None else column, 0, last),
            },
            width=WIDTH,
            height=HEIGHT,
        )
        self.picture.clickable = True
        self.picture.observe(self._clicked, names="clicked")

    def respond(self, name: str) -> None:
        if name == "upload":
            self.source.take_upload()
        elif name == "image_size":
            for window in ("row", "column"):
                self.controls[window].max = _rows(self.controls["image_size"].value) - 1

    def _clicked(self, change: Mapping[str, Any]) -> None:
        across, down = change["new"][0] * WIDTH, change["new"][1] * HEIGHT
        rows = self.numbers.map_size
        on_map = across >= MAP_LEFT - (MAP_LEFT - LEFT - SIDE) / 2
        x, y = ((across - (MAP_LEFT if on_map else LEFT)) / SIDE, (down - TOP) / SIDE)
        if not (0 <= x < 1 and 0 <= y < 1):
            return
        if on_map:
            row, column = (floor(place * rows) for place in (y, x))
        else:  # the window whose middle is nearest
            size = self.numbers.image_size
            row, column = (
                min(max(round((place * size - WINDOW / 2) / STEP), 0), rows - 1) for place in (y, x)
            )
        self.set(row=row, column=column)

    def compute(self, *, photo: str, image_size: int, row: int, column: int, **_: Any) -> DenseAsConvNumbers:
        scores = self._scores
        scores.look(self.source.image(photo))
        probability = float(scores.in_one_pass(image_size)[row, column])
        apart = scores.apart(image_size, row, column)
        return dense_as_conv(image_size, row, column, scores.name, probability, apart)

    def draw(self, numbers: DenseAsConvNumbers) -> Image.Image:
        photo = self.source.image(self.controls["photo"].value)
        return self._picture.image(numbers, photo, self._scores.in_one_pass(numbers.image_size))


def _rows(image_size: int) -> int:
    """The rows of the map of scores."""
    return (image_size - WINDOW) // STEP + 1
