"""Any picture as 8-bit RGB, or one sentence that says why it cannot be shown and what would be right."""

import io
import os
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import ExifTags, Image, PngImagePlugin

MAX_PIXELS = 50_000_000  # about 200 MB once decoded
MAX_BYTES = 100_000_000

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_USE = "use a PNG, JPEG, WEBP, GIF, BMP or TIFF file"
_FEWER = f"use a picture of at most {MAX_PIXELS // 10**6} million pixels"
_ROUNDING = 1e-3  # a float this far outside 0 … 1 is a rounding error: less than half a grey level
# catch_warnings swaps a global list; two threads inside it could put back the wrong one.
_QUIET = threading.Lock()
# By EXIF orientation. ImageOps.exif_transpose also rewrites the block, and fails where that is damaged.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_PHOTOMETRIC = 262  # the TIFF tag that says whether 0 is black

Bytes = bytes | bytearray | memoryview
Upload = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Source = str | os.PathLike[str] | Bytes | BinaryIO | Upload | np.ndarray | Image.Image


class ImageError(ValueError):
    """A picture that cannot be shown; the message is one sentence that says why and what would be right."""


def open_image(source: Source) -> Image.Image:
    """Any picture as a new 8-bit RGB image, the right way up, transparency shown on white.

    `source` is a path, the bytes of a file, a binary file object (read from its start), the value of an
    ipywidgets `FileUpload` (its first file), a PIL image, or a NumPy array of shape (H, W), (H, W, 1),
    (H, W, 3) or (H, W, 4): bool, uint8, uint16, or float between 0 and 1. 16-bit values are scaled to 8 bits.
    Of an animation it is the first frame.

    Raises ImageError where it is empty, damaged, too large (over `MAX_PIXELS` or `MAX_BYTES`) or no picture.

    >>> open_image(np.array([[0.0, 1.0]])).getpixel((1, 0))
    (255, 255, 255)
    >>> open_image(b"not a picture")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    helpers.images.decoding.ImageError: The data given is not a readable picture; use a PNG, JPEG, WEBP, ...
    """
    if isinstance(source, np.ndarray):
        return _from_array(source, f"The array of shape {source.shape} and type {source.dtype}")
    if isinstance(source, Image.Image):
        return _to_rgb(source, "The image given")
    data, label = _read(source)
    if not data:
        raise ImageError(f"{label} is empty (0 bytes); {_USE}.")
    if len(data) > MAX_BYTES:
        raise ImageError(f"{label} is larger than {MAX_BYTES // 10**6} MB; use a smaller picture.")
    with _decoding(label):
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        if image.format == "PNG":
            _scale_transparent_colour(image, data[24])
    return _to_rgb(image, label)


def _read(source: Any) -> tuple[bytes, str]:
    """The bytes of a source (no more than it takes to see that they are too many) and what to call it."""
    if isinstance(source, str | os.PathLike):
        label = f"file {_quoted(source)}"
        try:
            if not Path(source).is_file():
                raise ImageError(f"There is no {label}; {_USE} on this computer.")
            with Path(source).open("rb") as file:
                return _read_open_file(file, f"The {label}")
        except OSError as error:
            raise ImageError(f"The {label} cannot be opened; {_USE} that you may read.") from error
    if isinstance(source, Bytes):
        return bytes(source), "The data given"
    if hasattr(source, "read"):
        return _read_open_file(source, "The open file given")
    if isinstance(source, list | tuple) and not source:
        raise ImageError(f"No file has been chosen; {_USE}.")
    upload = source[0] if isinstance(source, list | tuple) else source
    if isinstance(upload, Mapping) and isinstance(upload.get("content"), Bytes):
        return bytes(upload["content"]), f"The upload {_quoted(upload.get('name', ''))}"
    kind = type(source).__name__
    raise ImageError(f"An object of type {kind} is no picture; use a path, bytes, an upload or an array.")


def _read_open_file(file: Any, label: str) -> tuple[bytes, str]:
    try:
        if file.seekable():
            file.seek(0)
        data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ImageError(f"{label} cannot be read; open it with mode 'rb' and keep it open.") from error
    if not isinstance(data, bytes):
        raise ImageError(f"{label} is open as text; open it with mode 'rb'.")
    return data, label


def _quoted(name: object) -> str:
    text = str(name)
    return repr(text if len(text) <= 120 else f"{text[:50]} … {text[-50:]}")


@contextmanager
def _decoding(label: str) -> Iterator[None]:
    """Silences Pillow's warnings, and says in one sentence what a file that it cannot decode is."""
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text, PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_CHUNK, MAX_BYTES
        try:
            yield
        except Image.UnidentifiedImageError as error:
            raise ImageError(f"{label} is not a readable picture; {_USE}.") from error
        except Image.DecompressionBombError as error:
            raise ImageError(f"{label} has too many pixels; {_FEWER}.") from error
        except Exception as error:  # a damaged file can make a decoder raise anything
            raise ImageError(f"{label} is damaged or cut short; use a complete file.") from error
        finally:
            PngImagePlugin.MAX_TEXT_CHUNK = (
                text  # a colour profile may be larger than Pillow likes a text to be
            )


def _scale_transparent_colour(image: Image.Image, depth: int) -> None:
    """Pillow scales a PNG's values to 8 bits, and leaves its one transparent colour as the file has it."""
    colour = image.info.get("transparency")
    if image.mode == "RGB" and depth == 16 and isinstance(colour, tuple):
        image.info["transparency"] = tuple(value >> 8 for value in colour)
    elif image.mode == "L" and isinstance(colour, int) and colour < 2**depth < 2**8:
        image.info["transparency"] = colour * 255 // (2**depth - 1)


def _check_pixels(width: int, height: int, label: str) -> None:
    if width * height == 0:
        raise ImageError(f"{label} has no pixels; use a picture of at least 1 × 1.")
    if width * height > MAX_PIXELS:
        raise ImageError(f"{label} has {width} × {height} pixels; {_FEWER}.")


def _to_rgb(image: Image.Image, label: str) -> Image.Image:
    _check_pixels(*image.size, label)
    file_format = image.format
    with _decoding(label):
        image.load()
        with suppress(Exception):  # a picture whose EXIF block cannot be read is shown as it was stored
            turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
            image = image if turn is None else image.transpose(turn)
    if image.mode.startswith(("I", "F")):  # Pillow would clip these instead of scaling them
        array = np.asarray(image)
        if image.mode == "I" and file_format == "PNG":  # how older versions of Pillow read 16 bits
            array = array.astype(np.uint16)
        if file_format == "TIFF" and image.tag_v2.get(_PHOTOMETRIC) == 0 and array.dtype.kind == "u":
            array = np.iinfo(array.dtype).max - array  # 0 is white, as Pillow knows for 8 bits alone
        if isinstance(image.info.get("transparency"), int):
            array = np.where(array == image.info["transparency"], np.iinfo(array.dtype).max, array)
        return _from_array(array, f"{label}, of type {array.dtype},")
    with _decoding(label):
        if image.mode == "La":
            image = image.convert("LA")
        if image.mode in ("RGBA", "LA", "PA", "RGBa") or "transparency" in image.info:
            rgba = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
        rgb = image.convert("RGB")
    rgb.info.clear()  # where a photo was taken must not end up in a saved notebook
    return rgb


def _from_array(array: np.ndarray, label: str) -> Image.Image:
    """A picture from an array, its values scaled to 8 bits, by type: bool, uint8, uint16 or float."""
    pixels = np.asarray(array)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))):
        raise ImageError(f"{label} is no picture; use the shape (H, W), (H, W, 3) or (H, W, 4).")
    _check_pixels(pixels.shape[1], pixels.shape[0], label)
    if pixels.dtype == bool:
        pixels = pixels * np.uint8(255)
    elif pixels.dtype.kind == "u" and pixels.dtype.itemsize == 2:
        pixels = (pixels // 257 + (pixels % 257 > 128)).astype(np.uint8)  # 65535 = 255 × 257
    elif pixels.dtype.kind == "f":
        low, high = pixels.min(), pixels.max()
        if not (low >= -_ROUNDING and high <= 1 + _ROUNDING):  # also true of NaN
            raise ImageError(f"{label} holds {low:.4g} to {high:.4g}; use floats between 0 and 1.")
        pixels = np.rint(pixels.clip(0, 1) * 255).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        raise ImageError(f"{label} has values of no known scale; use uint8, uint16, bool or float.")
    return _to_rgb(Image.fromarray(np.ascontiguousarray(pixels)), label)
