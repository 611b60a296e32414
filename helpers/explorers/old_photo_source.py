"""Which picture an explorer shows: a photo of the course, or the learner's own, uploaded or given."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import ipywidgets as widgets
from PIL import Image

from helpers.explorers.old_controls import WIDE, Choice
from helpers.images.photos import open_image, photo, photo_names

OWN = "your own"


class PhotoSource:
    """The controls `photo` and `upload`, and the picture they lead to.

    `start` is a photo's name or a picture of the learner's own (a PIL image, a file, an array …).
    A picture that cannot be opened is refused with an ImageError, and the last one stays.
    """

    def __init__(self, start: str | object, names: Sequence[str] = ()) -> None:
        names = list(names or photo_names())
        self._images: dict[str, Image.Image] = {}
        if isinstance(start, str) and start not in names and start in photo_names():
            names.append(start)
        if not isinstance(start, str) or (start not in names and _is_file(start)):
            self._images[OWN], start = open_image(start), OWN
            names.append(OWN)
        self.photo = Choice("photo", names, start)
        self.upload = widgets.FileUpload(accept="image/*", description="your own picture", layout=WIDE)

    @property
    def controls(self) -> dict[str, widgets.ValueWidget]:
        """The two controls, for an explorer to take in."""
        return {"photo": self.photo, "upload": self.upload}

    def take_upload(self) -> None:
        """Open what was uploaded and choose it."""
        if not self.upload.value:
            return
        self._images[OWN] = open_image(self.upload.value)
        if OWN not in self.photo.options:
            self.photo.options = (*self.photo.options, OWN)
        self.photo.value = OWN

    def image(self, name: str) -> Image.Image:
        """The picture of that name, RGB, in its own size; the same object until another is uploaded."""
        if name not in self._images:
            self._images[name] = photo(name)
        return self._images[name]


def _is_file(name: str) -> bool:
    with suppress(OSError, ValueError):  # a name that is too long, or has a zero in it
        return Path(name).is_file()
    return False
