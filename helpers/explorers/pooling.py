"""Overlapping and plain pooling on a photo, pixel by pixel: `PoolingExplorer`."""

from __future__ import annotations

from typing import Any

from helpers.explorers.controls import Choice, Slider
from helpers.explorers.explorer import Explorer, photo_controls
from helpers.explorers.numbers.pooling import MOST, SIZE, PoolingNumbers, map_size, pooling
from helpers.explorers.pictures.pooling import draw_pooling


class PoolingExplorer(Explorer):
    """Max or average pooling of a grey photo of 55×55 pixels, the size of AlexNet's first maps.

    One window, A, and its neighbour, B, are framed on the photo, on the pooled map and among the pixels'
    values, where the largest of each is marked. Drag A over the photo or the map, or click a pixel, to choose
    another window. `photo` is a photo's name or a picture of one's own; `photos` is where they come from
    instead, as in a page without a kernel.
    """

    numbers: PoolingNumbers
    draw = staticmethod(draw_pooling)
    rows = (("photo", "upload"), ("window", "stride", "kind"), ("row", "column"))

    def __init__(
        self,
        photo: str | object = "chelsea",
        *,
        window: int = 3,
        stride: int = 2,
        kind: str = "max",
        row: int = 13,
        column: int = 8,
        photos: Any = None,
    ) -> None:
        photos = photos or _live_photos(photo)
        controls = {
            **photo_controls(photos),
            "window": Slider("window", window, 1, MOST),
            "stride": Slider("stride", stride, 1, MOST),
            "kind": Choice("kind", ("max", "average"), kind),
        }
        last = map_size(window, stride) - 1
        places = {"row": Slider("row", row, 0, last), "column": Slider("column", column, 0, last)}
        super().__init__({**controls, **places}, photos=photos)

    def follow(self, name: str) -> None:
        if name not in ("window", "stride"):
            return
        stride = self.stride.value
        last = map_size(self.window.value, stride) - 1
        for place in (self.row, self.column):
            # The window stays over the same part of the photo, as nearly as it can.
            near = round(place.value * self.numbers.stride / stride) if name == "stride" else place.value
            place.limit(high=last)
            place.take(min(near, last))

    def compute(self, *, photo: str, upload: Any, **values: Any) -> PoolingNumbers:
        return pooling(self.photos.grey(photo, SIZE), **values)

    def images(self, numbers: PoolingNumbers) -> dict[str, bytes]:
        photo = self.photo.value
        pooled = self.photos.pooled_png(photo, SIZE, numbers.window, numbers.stride, numbers.kind)
        return {"photo": self.photos.grey_png(photo, SIZE), "map": pooled}


def _live_photos(start: str | object) -> Any:
    from helpers.explorers.sources.pooling import GreyPhotos  # needs NumPy and Pillow; a page has neither

    return GreyPhotos(start)
