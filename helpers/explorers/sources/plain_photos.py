"""Photos in a page without a kernel: of each only its pixels are known, and plain Python makes the rest."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from helpers.explorers.explorer import OWN

Pixels = Callable[[int], bytes]
"""Gives a picture's central square at so many pixels a side, row by row, a byte each for red, green, blue."""


class PlainPhotos:
    """What `LivePhotos` and its kinds give, made of the pixels of `photos`; all else is asked of it as it is.

    A learner's own picture is added as a function of `Pixels`: in a page the browser opens files.
    """

    def __init__(self, photos: Any) -> None:
        self._photos = photos
        self.start: str = photos.start
        self._own: Pixels | None = None
        # The picture's images are sent when they are other objects than before.
        self.png, self.rgb = lru_cache(8)(self._png), lru_cache(8)(self._rgb)
        self.grey, self.grey_png = lru_cache(8)(self._grey), lru_cache(8)(self._grey_png)
        self.pooled_png = lru_cache(64)(self._pooled_png)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._photos, name)

    def names(self) -> tuple[str, ...]:
        """The photos to choose from."""
        return (*self._photos.names(), *([OWN] if self._own else []))

    def add(self, file: Pixels) -> None:
        """Take a picture as the learner's own."""
        self._own = file
        for kept in (self.png, self.rgb, self.grey, self.grey_png, self.pooled_png):
            kept.cache_clear()

    def _rgb(self, name: str, size: int) -> bytes:
        return self._own(size) if name == OWN and self._own else self._photos.rgb(name, size)

    def _png(self, name: str, size: int) -> bytes:
        return png(self.rgb(name, size), size, 3)

    def _grey(self, name: str, size: int) -> bytes:
        """ITU-R BT.601's luma in 16 bits, as Pillow rounds it."""
        pixels = self.rgb(name, size)
        levels = zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
        return bytes((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16 for red, green, blue in levels)

    def _grey_png(self, name: str, size: int) -> bytes:
        return png(self.grey(name, size), size, 1)

    def _pooled_png(self, name: str, size: int, window: int, stride: int, kind: str) -> bytes:
        levels = self.grey(name, size)
        starts = range(0, size - window + 1, stride)
        taken = (
            [levels[(top + row) * size + left : (top + row) * size + left + window] for row in range(window)]
            for top in starts
            for left in starts
        )
        if kind == "max":
            made = bytes(max(map(max, rows)) for rows in taken)
        else:
            made = bytes(round(sum(map(sum, rows)) / window**2) for rows in taken)
        return png(made, len(starts), 1)


def png(values: bytes, width: int, channels: int) -> bytes:
    """Bytes row by row as a PNG, in colours (3 channels) or in grey (1).

    >>> png(bytes([0, 255]), 2, 1)[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    across = width * channels
    rows = [values[start : start + across] for start in range(0, len(values), across)]
    kind = {1: 0, 3: 2}[channels]
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, kind, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 1)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
