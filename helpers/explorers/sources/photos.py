"""The photos that an explorer shows: those of the course, and the learner's own, uploaded or given."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from PIL import Image

from helpers.explorers.explorer import OWN
from helpers.images.photos import open_image, photo, photo_names, square


class LivePhotos:
    """Photos by name; `start` is the one to begin with: a name, or a picture of the learner's own.

    A picture of one's own is a PIL image, a file, an array or whatever `open_image` opens; it is `OWN` from
    then on. `names` are the course's photos to choose from, all if not given. Raises ImageError for what
    cannot be opened.
    """

    def __init__(self, start: str | object, names: Sequence[str] = ()) -> None:
        self._names = list(names or photo_names())
        self._own: Image.Image | None = None
        self._opened: dict[str, Image.Image] = {}
        if isinstance(start, str) and start not in self._names and start in photo_names():
            self._names.append(start)
        if not isinstance(start, str) or (start not in self._names and _is_file(start)):
            self._own, start = open_image(start), OWN
        self.start: str = start
        # Pictures are small and few are looked at; the learner's own is forgotten when another comes.
        self.png = lru_cache(8)(self._png)
        self.rgb = lru_cache(8)(self._rgb)

    def names(self) -> tuple[str, ...]:
        """The photos to choose from."""
        return (*self._names, *([OWN] if self._own else []))

    def add(self, file: bytes) -> None:
        """Take an uploaded file as the learner's own picture."""
        self._own = open_image(file)
        self.png.cache_clear()
        self.rgb.cache_clear()

    def image(self, name: str) -> Image.Image:
        """The picture of that name, RGB, in its own size; the same object until another is uploaded."""
        if name == OWN and self._own:
            return self._own
        if name not in self._opened:
            self._opened[name] = photo(name)
        return self._opened[name]

    def _png(self, name: str, size: int) -> bytes:
        """The photo's central square at `size` × `size` pixels, as PNG."""
        buffer = io.BytesIO()
        square(self.image(name), size).save(buffer, "PNG")
        return buffer.getvalue()

    def _rgb(self, name: str, size: int) -> bytes:
        """The same square's pixels row by row, a byte each for red, green and blue."""
        return square(self.image(name), size).tobytes()


def _is_file(name: str) -> bool:
    with suppress(OSError, ValueError):  # a name that is too long, or has a zero in it
        return Path(name).is_file()
    return False
