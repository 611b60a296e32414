"""Pictures as PNG for a notebook's stored output, small enough that a lesson stays under a megabyte."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import resvg_py
from PIL import Image

DENSITY = 2
"""Picture pixels per CSS pixel: text stays crisp on a high-density screen and on a projector."""


def png_of_svg(svg: str, images: Mapping[str, bytes]) -> bytes:
    """The picture that SVG text describes, with its images by name, as PNG bytes."""
    return compressed(rendered(svg, images, DENSITY), has_photo=bool(images))


def rendered(svg: str, images: Mapping[str, bytes], density: int) -> Image.Image:
    """The picture that SVG text describes as an image, with so many pixels per CSS pixel."""

    def data(found: re.Match[str]) -> str:
        # resvg reads PNG and JPEG by their first bytes, whatever is said here.
        return f'href="data:image/png;base64,{base64.b64encode(images[found[1]]).decode("ascii")}"'

    whole = re.sub(r'href="image:([^"]*)"', data, svg)
    png = resvg_py.svg_to_bytes(
        whole, zoom=density, background="white", skip_system_fonts=True, font_files=_fonts()
    )
    return Image.open(io.BytesIO(png)).convert("RGB")


@cache
def _fonts() -> list[str]:
    """The course's fonts, which come with matplotlib. It is not imported for that."""
    folder = Path(find_spec("matplotlib").origin).parent / "mpl-data" / "fonts" / "ttf"
    return [str(folder / f"DejaVuSans{kind}.ttf") for kind in ("", "-Bold", "Mono")]


def compressed(
    image: Image.Image, *, has_photo: bool, fine: bool = False, every_colour: bool = False
) -> bytes:
    """PNG bytes with a palette, of an image with `DENSITY` pixels per CSS pixel.

    A drawing keeps them; a photo, which would take too much room, is shrunk to one pixel per CSS pixel. Where
    it is `fine`, for a few large photos, colours in between are mixed of dots: half as much room again. With
    `every_colour` a photo has no palette, for small pictures that are about colours.
    """
    if has_photo:
        size = image.width // DENSITY, image.height // DENSITY
        image = image.resize(size, Image.Resampling.BOX)
        if not every_colour:
            # Colours that few pixels have count as much as a wide background's: a small photo keeps its own.
            # They are chosen on one pixel in four, because that is slow.
            some = image.resize((image.width // 2, image.height // 2), Image.Resampling.NEAREST)
            palette = some.quantize(128, method=Image.Quantize.MAXCOVERAGE, kmeans=2)
            dither = Image.Dither.FLOYDSTEINBERG if fine else Image.Dither.NONE
            image = image.quantize(palette=palette, dither=dither)
    else:
        image = image.quantize(64, method=Image.Quantize.FASTOCTREE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def display_bundle(png: bytes, alt: str, width: int, height: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Jupyter's data and metadata for a stored PNG: shown `width` × `height` CSS pixels, with alt text."""
    data = {"image/png": base64.b64encode(png).decode("ascii")}
    return data, {"image/png": {"width": width, "height": height, "alt": alt}}
