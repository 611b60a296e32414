"""Overlapping and plain pooling on a photo, pixel by pixel: `PoolingExplorer`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from helpers.arithmetic import Pooling
from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.old_controls import Choice, Slider
from helpers.explorers.old_live import Explorer
from helpers.explorers.old_photo_source import PhotoSource
from helpers.explorers.pixel_cells import CELL, STYLES, cells, frames, marks
from helpers.explorers.pooling_numbers import SIZE, PoolingNumbers, pooled, pooling
from helpers.images.photos import square

MOST = 8
ROWS, COLUMNS = MOST, 2 * MOST
"""How much of the photo is enlarged: room for any two windows side by side."""

ZOOM = 7
"""Picture pixels for a pixel of the photo."""

WIDTH, HEIGHT = 780, 478
LEFT, TOP, BELOW, SHOWN = 12, 54, 278, SIZE * ZOOM / DENSITY
GRID, GRID_WIDTH, GRID_HEIGHT = 240, COLUMNS * CELL // DENSITY, ROWS * CELL // DENSITY
RESULTS = (344, 390)


class PoolingExplorer(Explorer):
    """Max or average pooling of a grey photo of 55×55 pixels, the size of AlexNet's first maps.

    One window, A, and its neighbour, B, are framed on the photo, on the pooled map and among the pixels'
    values, where the largest of each is marked. Click any of the three to choose another window.
    """

    numbers: PoolingNumbers
    has_photo = True

    def __init__(
        self,
        photo: str | object = "chelsea",
        *,
        window: int = 3,
        stride: int = 2,
        kind: str = "max",
        row: int = 13,
        column: int = 8,
    ) -> None:
        self.source = PhotoSource(photo)
        self._taken: Image.Image | None = None
        controls = {
            "window": Slider("window", window, 1, MOST),
            "stride": Slider("stride", stride, 1, MOST),
            "kind": Choice("kind", ("max", "average"), kind),
        }
        last = Pooling(window, stride).output_size(SIZE)[0] - 1
        places = {"row": Slider("row", row, 0, last), "column": Slider("column", column, 0, last)}
        self._build_figure()
        super().__init__({**self.source.controls, **controls, **places}, width=WIDTH, height=HEIGHT)
        self.picture.clickable = True
        self.picture.observe(self._clicked, names="clicked")

    def respond(self, name: str) -> None:
        if name == "upload":
            self.source.take_upload()
        elif name in ("window", "stride"):
            window, stride = self.controls["window"].value, self.controls["stride"].value
            last = Pooling(window, stride).output_size(SIZE)[0] - 1
            for place in (self.controls["row"], self.controls["column"]):
                # The window stays over the same part of the photo, as nearly as it can.
                near = round(place.value * self.numbers.stride / stride) if name == "stride" else place.value
                place.max = last
                place.value = min(near, last)

    def compute(self, *, photo: str, upload: Any, **values: Any) -> PoolingNumbers:
        return pooling(self._pixels(photo), **values)

    def _pixels(self, photo: str) -> np.ndarray:
        """The photo as (55, 55) grey values, made again only when another is chosen."""
        image = self.source.image(photo)
        if image is not self._taken:
            self._photo, self._taken = np.asarray(square(image, SIZE).convert("L")), image
        return self._photo

    def _clicked(self, change: Mapping[str, Any]) -> None:
        numbers, place = self.numbers, change["new"]
        top, left = _corner(numbers)
        if at := _inside(place, LEFT, TOP, SHOWN, SHOWN):
            row, column = (self._window_at(int(each * SIZE)) for each in at)
        elif at := _inside(place, GRID, TOP, GRID_WIDTH, GRID_HEIGHT):
            row, column = (
                self._window_at(top + int(at[0] * ROWS)),
                self._window_at(left + int(at[1] * COLUMNS)),
            )
        elif at := _inside(place, LEFT, BELOW, SHOWN, SHOWN):
            row, column = (int(each * numbers.output_size) for each in at)
        else:
            return
        self.set(row=row, column=column)

    def _window_at(self, line: int) -> int:
        """The window whose middle is nearest to a row or column of the photo."""
        numbers = self.numbers
        near = round((line - (numbers.window - 1) / 2) / numbers.stride)
        return min(max(near, 0), numbers.output_size - 1)

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        with self._figure.building():
            axes = self._figure.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            axes.set_axis_off()
            axes.text(LEFT, TOP - 7, f"the photo in grey: {SIZE}×{SIZE}")
            axes.text(GRID, TOP - 7, f"{ROWS}×{COLUMNS} of its pixels, from 0 (black) to 255 (white)")
            text = self._figure.text
            self._title = text(axes, LEFT, TOP - 28, size=11, bold=True, anchor="ls")
            self._after = text(axes, LEFT, BELOW - 7, size=10, anchor="ls")
            under = {"size": 11, "bold": True, "anchor": "mt"}
            self._letters = [
                text(axes, 0, TOP + GRID_HEIGHT + 6, style.letter, color=style.colour, **under)
                for style in STYLES
            ]
            beside = GRID + 46
            self._workings = [text(axes, beside, y + CELL / DENSITY / 2, size=10) for y in RESULTS]
            self._arithmetic = text(axes, GRID, HEIGHT - 35, size=10)
            self._counts = text(axes, GRID, HEIGHT - 14, size=10)

    def draw(self, numbers: PoolingNumbers) -> Image.Image:
        top, left = _corner(numbers)
        self._title.text = numbers.finding
        self._after.text = f"after pooling: {numbers.output_size}×{numbers.output_size}"
        self._arithmetic.text, self._counts.text = numbers.arithmetic, numbers.counts
        for style, letter, line, column, values in zip(
            STYLES, self._letters, self._workings, numbers.columns, numbers.values, strict=True
        ):
            middle = column * numbers.stride + numbers.window / 2 - left
            letter.x = GRID + middle * CELL / DENSITY
            marked = f", marked {style.mark}" if numbers.marks_largest else ""
            line.text = f"{style.letter}: {numbers.working(values)}{marked}"
        image = self._figure.image()
        small = pooled(self._photo, numbers.window, numbers.stride, numbers.kind)
        enlarged = cells(self._photo[top : top + ROWS, left : left + COLUMNS], _read(numbers, top, left))
        image.paste(_zoomed(self._photo), (LEFT * DENSITY, TOP * DENSITY))
        image.paste(_zoomed(np.rint(small).astype(np.uint8)), (LEFT * DENSITY, BELOW * DENSITY))
        image.paste(enlarged, (GRID * DENSITY, TOP * DENSITY))
        self._mark(ImageDraw.Draw(image), numbers, top, left)
        return image

    def _mark(self, brush: ImageDraw.ImageDraw, numbers: PoolingNumbers, top: int, left: int) -> None:
        """Frame A and B wherever they are seen, and mark the pixels that they choose."""
        size, output = numbers.window, SIZE * ZOOM / numbers.output_size
        x, y, below = LEFT * DENSITY, TOP * DENSITY, BELOW * DENSITY
        down, across = numbers.row * numbers.stride, [column * numbers.stride for column in numbers.columns]
        frames(brush, [(x + each * ZOOM, y + down * ZOOM, size * ZOOM) for each in across], (2, 7))
        small = [(x + column * output, below + numbers.row * output, output) for column in numbers.columns]
        frames(brush, small, (2, 7))
        corners = [(GRID * DENSITY + (each - left) * CELL, y + (down - top) * CELL) for each in across]
        # The outer one inside, or it would cover the values of the pixels beside it.
        frames(brush, [(*corner, size * CELL) for corner in corners], (3, -2))
        if numbers.marks_largest:
            # The first of the largest, as PyTorch takes it.
            places = [divmod(int(np.argmax(values)), size) for values in numbers.values]
            chosen = [
                (x + column * CELL, y + row * CELL)
                for (x, y), (row, column) in zip(corners, places, strict=True)
            ]
            marks(brush, chosen)
        swatches = [(GRID * DENSITY + 12, each * DENSITY, CELL) for each in RESULTS]
        for (x, y, side), result in zip(swatches, numbers.results, strict=True):
            brush.rectangle([x, y, x + side, y + side], fill=(round(result),) * 3)
        frames(brush, swatches, (2, 2))


def _zoomed(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(pixels).resize((SIZE * ZOOM, SIZE * ZOOM), Image.Resampling.NEAREST)


def _corner(numbers: PoolingNumbers) -> tuple[int, int]:
    """The first row and column that are enlarged: A and B are in the middle, or as near as the photo goes."""
    width = numbers.window + numbers.stride
    row, column = numbers.row * numbers.stride, min(numbers.columns) * numbers.stride
    top, left = row - (ROWS - numbers.window) // 2, column - (COLUMNS - width) // 2
    return min(max(top, 0), SIZE - ROWS), min(max(left, 0), SIZE - COLUMNS)


def _inside(
    place: tuple[float, float], x: float, y: float, width: float, height: float
) -> tuple[float, float] | None:
    """Where in a picture a click is, down and across from 0 to 1; None beside it."""
    across, down = (place[0] * WIDTH - x) / width, (place[1] * HEIGHT - y) / height
    return (down, across) if 0 <= across < 1 and 0 <= down < 1 else None


def _read(numbers: PoolingNumbers, top: int, left: int) -> np.ndarray:
    """True for the enlarged pixels that are in A or B."""
    read = np.zeros((ROWS, COLUMNS), bool)
    row = numbers.row * numbers.stride - top
    for column in numbers.columns:
        start = column * numbers.stride - left
        read[row : row + numbers.window, start : start + numbers.window] = True
    return read
