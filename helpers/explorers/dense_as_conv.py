"""A fully connected head as convolutions, slid over a larger picture: `DenseAsConvExplorer`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

from helpers.explorers.controls import Slider
from helpers.explorers.explorer import Explorer, live_photos, photo_controls
from helpers.explorers.numbers.dense_as_conv import (
    LARGEST,
    STEP,
    WINDOW,
    DenseAsConvNumbers,
    dense_as_conv,
)
from helpers.explorers.pictures.dense_as_conv import draw_dense_as_conv

if TYPE_CHECKING:
    from helpers.models.efficientnet_lite import EfficientNetLite


class DenseAsConvExplorer(Explorer):
    """A slider for the picture's size; the map of scores that one pass makes, and what it costs, follow.

    The scores are those of EfficientNet-Lite0, whose trained weights come with the course. Like VGG-16 it
    makes maps of a 32nd of the picture's size, and its head sees 7×7 places; but it averages them, where
    VGG-16's fc6 has a weight for each. What is counted is VGG-16. Choose a window with `row` and `column`,
    at first the middle one, click it in the map, or drag the frame over the photo.

    A window's score in one pass is not that of the window cut out: at its edges the cut-out is padded with
    zeros, where the pass has the photo's neighbouring pixels. Both are shown; at 224 they are equal.

    `source` is where the scores come from instead, and `photos` the photos, as in a page without a kernel.
    """

    numbers: DenseAsConvNumbers
    draw = staticmethod(draw_dense_as_conv)
    rows = (("photo", "upload"), ("image_size", "row", "column"))

    def __init__(
        self,
        photo: str | object = "coffee",
        *,
        image_size: int = LARGEST,
        row: int | None = None,
        column: int | None = None,
        network: EfficientNetLite | None = None,
        photos: Any = None,
        source: Any = None,
    ) -> None:
        photos = photos or live_photos(photo)
        self.source = source or _live(network, photos)
        size = Slider("image size", image_size, WINDOW, LARGEST, step=STEP)
        last = _rows(size.value) - 1
        super().__init__(
            {
                **photo_controls(photos),
                "image_size": size,
                "row": Slider("row", last // 2 if row is None else row, 0, last),
                "column": Slider("column", last // 2 if column is None else column, 0, last),
            },
            photos=photos,
        )

    def follow(self, name: str) -> None:
        if name == "image_size":
            for window in (self.row, self.column):
                window.limit(high=_rows(self.image_size.value) - 1)

    def tour(self) -> Iterator[dict[str, Any]]:
        for size in range(WINDOW, LARGEST + 1, STEP):
            for row, column in product(range(_rows(size)), repeat=2):
                yield {"image_size": size, "row": row, "column": column}

    def compute(self, *, photo: str, image_size: int, row: int, column: int, **_: Any) -> DenseAsConvNumbers:
        name, scores = self.source.name(photo), self.source.scores(photo, image_size)
        apart = self.source.apart(photo, image_size, row, column)
        return dense_as_conv(image_size, row, column, name, scores, apart)

    def images(self, numbers: DenseAsConvNumbers) -> dict[str, bytes]:
        return {"photo": self.photos.png(self.photo.value, LARGEST)}


def _rows(image_size: int) -> int:
    """The rows of the map of scores."""
    return (image_size - WINDOW) // STEP + 1


def _live(network: Any, photos: Any) -> Any:
    from helpers.explorers.sources.dense_as_conv import LiveWindowScores  # needs PyTorch, which a page lacks

    return LiveWindowScores(network, photos)
