"""Still pictures with photos in them: what a network names, what a unit sees, what a layer makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from PIL import Image

from helpers.arithmetic import ReceptiveField
from helpers.arithmetic.checks import whole
from helpers.drawing.figures import Drawing
from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.png import DENSITY
from helpers.drawing.style import BLUE, GRID
from helpers.drawing.text_width import text_width
from helpers.images import arrays
from helpers.images.photos import square
from helpers.running.classify import Prediction
from helpers.wording import arguments
from helpers.wording.refusals import shown

GAP, TOP = 14, 30
NAME, LINE = 13.3, 16
"""CSS pixels: the size of a picture's name, 10 points, and how far below it a second line stands."""


def named_photos(
    photos: Mapping[str, Image.Image], predictions: Mapping[str, Sequence[Prediction]]
) -> Drawing:
    """Photos side by side; below each what `classify` made of it, with bars as long as the probability.

    Raises ValueError for no photos, for what is no PIL image, and for a photo without predictions.

    >>> from helpers.images.photos import photo
    >>> named_photos({"coffee": photo("coffee")}, {"coffee": [Prediction("espresso", 0.95, 967)]})
    What the network finds most probable. coffee: espresso.
    """
    arguments.named("photos", photos, Image.Image, "a PIL image")
    arguments.named("predictions", predictions, Sequence, "what `classify` returned")
    if missing := [name for name in photos if not predictions.get(name)]:
        raise ValueError(f"There is no prediction for {shown(missing[0])}; give one for each photo.")
    line = 27
    words = (
        f"{photo}: " + ", ".join(f"{each.name} {100 * each.probability:.0f} %" for each in predictions[photo])
        for photo in photos
    )
    first = (f"{photo}: {predictions[photo][0].name}" for photo in photos)
    heading = "What the network finds most probable"

    def bars(axes: Axes, photo: str, left: float, side: int) -> None:
        for row, each in enumerate(predictions[photo]):
            y = TOP + side + 22 + row * line
            axes.text(left, y, each.name if len(each.name) <= 17 else f"{each.name[:15]}…", size=8.5)
            axes.text(left + side, y, f"{100 * each.probability:.0f} %", size=8.5, ha="right")
            axes.barh(y + 6, side, left=left, height=5, color=GRID)
            axes.barh(y + 6, side * each.probability, left=left, height=5, color=BLUE)

    below = 12 + line * max(map(len, predictions.values()))
    alt, finding = f"{heading}. {'; '.join(words)}.", f"{heading}. {'; '.join(first)}."
    pictures = {name: square(photo, 142 * DENSITY) for name, photo in photos.items()}
    return _row(pictures, 142, alt, finding=finding, below=below, add=bars)


def side_by_side(
    pictures: Mapping[str, torch.Tensor],
    side: int = 168,
    columns: int | None = None,
    *,
    seen: str = "",
    every_colour: bool = False,
) -> Drawing:
    """Pictures of (1 or 3 channels, height, width), values from 0 (black) to 1, each below its name.

    Each is drawn `side` CSS pixels wide, and after so many `columns`, if they are given, a new row begins. A
    name that is too long for one line has two; where a line break stands in it, the second line is plain.
    `seen` says in whole sentences what there is to see, for those who can't: it follows the names in the alt
    text. With `every_colour`, for small pictures that are about colours, they are stored without a palette.
    A batch of one is taken as well. Values outside 0 to 1 are shown as the nearest of the two. Raises
    ValueError for no pictures, other shapes, other sides than 8 to 760 and fewer columns than one.

    >>> side_by_side({"black": torch.zeros(3, 8, 8), "white": torch.ones(1, 8, 8)})
    Pictures side by side: black; white.
    """
    whole("side", side, 8, 760)
    if columns is not None:
        whole("columns", columns, 1, 90)
    arguments.named("pictures", pictures, torch.Tensor, "a tensor")
    images = {}
    for name, values in pictures.items():
        channels_last = arrays.maps(name, values, "1 or 3 channels").clamp(0, 1).permute(1, 2, 0)
        pixels = np.rint(255 * channels_last.expand(-1, -1, 3).numpy()).astype(np.uint8)
        images[name] = Image.fromarray(pixels)
    names = "; ".join(name.replace("\n", ", ") for name in pictures)
    finding = f"Pictures side by side: {names}."
    alt = f"{finding} {seen}".rstrip()
    return _row(images, side, alt, finding=finding, columns=columns, every_colour=every_colour)


def filter_grid(weight: torch.Tensor, title: str = "Kernels of the first layer") -> Drawing:
    """The kernels of a first convolution as colour pictures: `weight` has shape (filters, 3, k, k).

    Each has its number above it. Zero is grey, and each kernel is stretched to its own largest value. Raises
    ValueError for other shapes.

    >>> filter_grid(torch.zeros(6, 3, 5, 5))
    Kernels of the first layer: 6 kernels of 5×5 pixels.
    """
    shape = tuple(weight.shape) if isinstance(weight, torch.Tensor) and not weight.is_meta else ()
    if len(shape) != 4 or shape[1] != 3 or 0 in shape:
        found = f"has shape {shape}" if shape else f"is {shown(weight)}"
        raise ValueError(f"The weight {found}; give a first layer's, (filters, 3, height, width).")
    filters = weight.detach().cpu().float()
    scale = filters.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12)
    colours = np.rint(255 * (0.5 + filters / scale / 2).permute(0, 2, 3, 1).numpy()).astype(np.uint8)
    columns = min(12, len(colours))
    rows = -(-len(colours) // columns)
    step = (760 - 2 * GAP) // columns
    number = 16  # CSS pixels above each kernel
    width, height = 2 * GAP + columns * step, TOP + rows * (step + number) + GAP
    alt = f"{title}: {len(colours)} kernels of {weight.shape[2]}×{weight.shape[3]} pixels."
    with styled():
        figure = new_figure(width, height)
        figure.text(GAP / width, 1 - 20 / height, title, weight="bold", size=11)
        for place in range(len(colours)):
            row, column = divmod(place, columns)
            top = TOP + row * (step + number) + number - 3
            figure.text((GAP + column * step) / width, 1 - top / height, str(place), size=9)
        drawing = Drawing.of(figure, alt, has_photo=True)
    side = (step - 6) * DENSITY
    for place, filter in enumerate(colours):
        row, column = divmod(place, columns)
        tile = Image.fromarray(filter).resize((side, side), Image.Resampling.NEAREST)
        top = TOP + row * (step + number) + number
        drawing.image.paste(tile, ((GAP + column * step) * DENSITY, top * DENSITY))
    return drawing


def fields_on_photo(photo: Image.Image, fields: Mapping[str, ReceptiveField], size: int = 224) -> Drawing:
    """What one unit near the middle sees: the photo for each layer, with all outside its field faded.

    The photo is cropped to a square and scaled to the `size` pixels that the network reads; `fields` are
    receptive fields in those pixels. Raises ValueError for what is no picture, for a size below 1, and for no
    fields.

    >>> from helpers.images.photos import photo
    >>> fields_on_photo(photo("chelsea"), {"stem": ReceptiveField().through(3, 2, 1)})
    What one unit sees of a photo of 224×224 pixels. stem: 3×3.
    """
    arguments.named("fields", fields, ReceptiveField, "a receptive field")
    pixels = np.asarray(square(photo, size))
    images = {}
    for layer, field in fields.items():
        unit = field.y.nearest(size / 2), field.x.nearest(size / 2)
        faded = faded_outside(pixels, field.box(unit))
        images[f"{layer}: {field.size[0]}×{field.size[1]}"] = Image.fromarray(faded)
    return _row(images, 168, f"What one unit sees of a photo of {size}×{size} pixels. {'; '.join(images)}.")


def faded_outside(pixels: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """Pixels (height, width, 3) of 0 to 255, nearly white where they are outside a receptive field's box.

    `box` is (top, left, bottom, right), the first and last pixels inside; it may reach beyond the picture.

    >>> faded_outside(np.zeros((1, 4, 3), np.uint8), (-1, 1, 1, 2))[0, :, 0].tolist()
    [190, 0, 0, 190]
    """
    top, left, bottom, right = box
    seen = slice(max(top, 0), max(bottom + 1, 0)), slice(max(left, 0), max(right + 1, 0))
    faded = (pixels // 4 + 190).astype(np.uint8)
    faded[seen] = pixels[seen]
    return faded


def _row(
    pictures: Mapping[str, Image.Image],
    side: int,
    alt: str,
    *,
    finding: str | None = None,
    below: int = 0,
    add: Callable[[Axes, str, float, int], None] | None = None,
    columns: int | None = None,
    every_colour: bool = False,
) -> Drawing:
    """Square pictures, each below its name, with room `below` in which `add` draws what it likes.

    They stand in one row, or in as many as it takes for so many `columns`.
    """
    named = {name: _lines(name, side) for name in pictures}
    top = TOP + LINE * (max(map(len, named.values())) - 1)
    across = min(columns or len(pictures), len(pictures))
    down = -(-len(pictures) // across)
    tall = top + side + below
    width, height = GAP + across * (side + GAP), down * tall + GAP
    corners = [
        (GAP + place % across * (side + GAP), place // across * tall) for place in range(len(pictures))
    ]
    with styled():
        figure = new_figure(width, height)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        for (name, lines), (left, upper) in zip(named.items(), corners, strict=True):
            for number, line in enumerate(lines):
                plain = number and "\n" in name
                y = upper + top - 9 - LINE * (len(lines) - 1 - number)
                axes.text(left, y, line, weight="normal" if plain else "bold")
            if add:
                add(axes, name, left, side)
        drawing = Drawing.of(figure, alt, finding=finding, has_photo=True, every_colour=every_colour)
    for image, (left, upper) in zip(pictures.values(), corners, strict=True):
        resized = image.resize((side * DENSITY, side * DENSITY), Image.Resampling.NEAREST)
        drawing.image.paste(resized, (left * DENSITY, (upper + top) * DENSITY))
    return drawing


def _lines(name: str, side: int) -> list[str]:
    """A picture's name in one or two lines: broken where it says so, or at the last space that still fits.

    What doesn't fit even so is cut at its front, as the end of a file's path says more than its beginning.
    """
    first, *rest = name.split("\n", 1)
    if rest:
        return [_shortened(first, side), _shortened(rest[0], side, bold=False)]
    words = first.split(" ")
    if len(words) == 1 or _fits(first, side):
        return [_shortened(first, side)]
    fitting = [count for count in range(1, len(words)) if _fits(" ".join(words[:count]), side)]
    count = fitting[-1] if fitting else 1
    return [_shortened(" ".join(line), side) for line in (words[:count], words[count:])]


def _fits(line: str, side: int, bold: bool = True) -> bool:
    return text_width(line, NAME, bold=bold) <= side + GAP / 2


def _shortened(line: str, side: int, bold: bool = True) -> str:
    if _fits(line, side, bold):
        return line
    ends = (f"…{line[start:]}" for start in range(1, len(line)))
    return next((end for end in ends if _fits(end, side, bold)), "…")
