"""A picture in the page that the kernel can exchange quickly: the `Picture` widget and its encoders."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from PIL import Image

from helpers.drawing.matplotlib_style import DENSITY


def encode_live(image: Image.Image, *, dense: bool = True) -> bytes:
    """JPEG bytes for the page: its losses hardly show, and PNG takes four times as long.

    A `dense` screen gets all pixels, but the colour once per CSS pixel only (4:2:0): a third less to decode.
    Any other has one pixel per CSS pixel and gets no more: a quarter to decode.
    """
    if not dense:
        return _bytes(image.reduce(DENSITY), "JPEG", quality=92, subsampling="4:4:4")
    return _bytes(image, "JPEG", quality=92, subsampling="4:2:0")


def encode_saved(image: Image.Image, *, has_photo: bool) -> bytes:
    """PNG bytes for a notebook's stored output: small enough to keep a lesson under a megabyte.

    A drawing keeps its full density. A photo is shrunk to one picture pixel per CSS pixel.
    """
    if has_photo:
        image = image.convert("RGB").resize(
            (image.width // DENSITY, image.height // DENSITY), Image.Resampling.BOX
        )
        # Colours that few pixels have count as much as a wide background's: a small photo keeps its own. They
        # are chosen on one pixel in four, because that is slow.
        some = image.resize((image.width // 2, image.height // 2), Image.Resampling.NEAREST)
        palette = some.quantize(128, method=Image.Quantize.MAXCOVERAGE, kmeans=2)
        image = image.quantize(palette=palette, dither=Image.Dither.NONE)
    elif image.mode != "P":
        image = image.quantize(64, method=Image.Quantize.FASTOCTREE)
    return _bytes(image, "PNG", optimize=True)


def _bytes(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def display_bundle(png: bytes, alt: str, width: int, height: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Jupyter's data and metadata for a stored PNG: shown `width` × `height` CSS pixels, with alt text."""
    data = {"image/png": base64.b64encode(png).decode("ascii")}
    return data, {"image/png": {"width": width, "height": height, "alt": alt}}


class Picture(anywidget.AnyWidget):
    """An `<img>` of fixed size whose bytes and alt text the kernel replaces; it reports clicks.

    `clicked` is the last click as (x, y), each from 0 at the left or top edge to 1 at the right or bottom.
    `dense` says whether any page that shows it has more than one pixel per CSS pixel; None until one tells.
    """

    _esm = Path(__file__).with_name("picture.js")

    data = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int(1).tag(sync=True)
    height = traitlets.Int(1).tag(sync=True)
    clickable = traitlets.Bool(False).tag(sync=True)
    clicked = traitlets.Tuple(traitlets.Float(), traitlets.Float(), allow_none=True, default_value=None).tag(
        sync=True
    )
    dense = traitlets.Bool(None, allow_none=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._told)

    def _told(self, widget: Picture, content: Any, buffers: Any) -> None:
        """A page shows it, or was zoomed. What is dense stays so: others may show it still."""
        if isinstance(content, dict) and "dense" in content:
            self.dense = bool(self.dense or content["dense"])

    def show(self, data: bytes, alt: str) -> None:
        """Replace the picture in one message."""
        with self.hold_sync():
            self.data = data
            self.alt = alt
