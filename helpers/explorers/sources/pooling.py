"""Where `PoolingExplorer` takes photos in grey and what pooling makes of the whole of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image

from helpers.explorers.sources.photos import LivePhotos
from helpers.images.photos import square


class GreyPhotos(LivePhotos):
    """Photos as `LivePhotos` has them, also in grey, and pooled."""

    def __init__(self, start: str | object, names: Sequence[str] = ()) -> None:
        super().__init__(start, names)
        self.grey = lru_cache(8)(self._grey)
        self.grey_png = lru_cache(8)(self._grey_png)
        self.pooled_png = lru_cache(64)(self._pooled_png)

    def add(self, file: bytes) -> None:
        """Take an uploaded file as the learner's own picture."""
        super().add(file)
        for kept in (self.grey, self.grey_png, self.pooled_png):
            kept.cache_clear()

    def _grey(self, name: str, size: int) -> bytes:
        """The levels of the photo's central square row by row, a byte each, from 0 (black) to 255 (white)."""
        return self._square(name, size).tobytes()

    def _grey_png(self, name: str, size: int) -> bytes:
        """The same square as PNG."""
        return _png(self._square(name, size))

    def _pooled_png(self, name: str, size: int, window: int, stride: int, kind: str) -> bytes:
        """The map that pooling, "max" or "average", makes of the same square, as PNG."""
        levels = pooled(np.asarray(self._square(name, size)), window, stride, kind)
        return _png(Image.fromarray(np.rint(levels).astype(np.uint8)))

    def _square(self, name: str, size: int) -> Image.Image:
        return square(self.image(name), size).convert("L")


def pooled(pixels: np.ndarray, window: int, stride: int, kind: str) -> np.ndarray:
    """The map that pooling makes of pixels (height, width): what is left over at the ends is dropped.

    NumPy and not PyTorch: on so small a picture PyTorch's threads cost more than they bring.

    >>> pooled(np.arange(16).reshape(4, 4), 2, 2, "average")
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (window, window))[::stride, ::stride]
    return windows.max((2, 3)) if kind == "max" else windows.mean((2, 3))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
