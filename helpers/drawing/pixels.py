"""`Pixels`: a picture kept for later, packed when another is kept and several have been used since."""

from __future__ import annotations

import threading
import zlib

import numpy as np
from PIL import Image

UNPACKED = 8
"""How many pictures, those that were used last, stay as they are: at double density each takes 5 MB."""

_lock = threading.Lock()
_used_last: list[Pixels] = []


class Pixels:
    """Room for one picture, an array of bytes or an image. Packing changes no pixel.

    A lesson has twenty explorers, and a learner moves one of them: the others' pictures take 100 kB each.

    >>> room = Pixels()
    >>> room.get() is None
    True
    >>> room.keep(np.zeros((2, 3), np.uint8))
    >>> room.get().shape
    (2, 3)
    """

    def __init__(self) -> None:
        self._picture: np.ndarray | Image.Image | None = None
        self._packed: tuple[bytes, tuple[int, ...]] | None = None

    def keep(self, picture: np.ndarray | Image.Image | None) -> None:
        """Keep this picture, which must not change any more, instead of the last; None empties the room."""
        with _lock:
            self._picture, self._packed = picture, None
            self._use()
            # Here and not where one is looked at: that is on the way to a picture somebody waits for.
            for other in _used_last[:-UNPACKED]:
                other._pack()
            del _used_last[:-UNPACKED]

    def get(self) -> np.ndarray | Image.Image | None:
        """The picture; one that was packed comes back as an array."""
        with _lock:
            if self._packed is not None:
                data, shape = self._packed
                self._picture, self._packed = (
                    np.frombuffer(zlib.decompress(data), np.uint8).reshape(shape),
                    None,
                )
            self._use()
            return self._picture

    def _use(self) -> None:
        if self in _used_last:
            _used_last.remove(self)
        _used_last.append(self)

    def _pack(self) -> None:
        if self._picture is not None:
            array = np.ascontiguousarray(self._picture)
            self._picture, self._packed = None, (zlib.compress(array, level=1), array.shape)
