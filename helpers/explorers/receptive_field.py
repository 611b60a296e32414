"""What one unit of a network sees of a photo, and which pixels really move it: `ReceptiveFieldExplorer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor, nn

from helpers.arithmetic.checks import pair, whole
from helpers.drawing.photo_figures import nearest
from helpers.explorers.field_numbers import PHOTO, SEEN, ReceptiveFieldNumbers, view_of
from helpers.explorers.field_picture import HEIGHT, LEFT, RIGHT, ROOM, TOP, WIDTH, FieldPicture
from helpers.explorers.old_controls import Choice, Slider
from helpers.explorers.old_live import Explorer
from helpers.explorers.old_photo_source import PhotoSource
from helpers.images.photos import IMAGENET, Preprocessing
from helpers.models import given
from helpers.running.feature_maps import as_batch
from helpers.running.layer_fields import LayerFields
from helpers.wording import arguments
from helpers.wording.refusals import known

SLOW = 0.3
"""From this many seconds on, a slider waits until it is let go."""


LARGEST = 4096
"""Pixels on a side of the photo, at most: more would take minutes and gigabytes."""


class ReceptiveFieldExplorer(Explorer):
    """The receptive field of any unit of a network on a photo, and beside it what really moves that unit.

    `networks` is a network, or several by name; the part of one that ends before its head will do. On the
    left all that the unit cannot see is faded, and what it sees beyond the photo's edge, padding, is hatched.
    On the right is |d unit / d pixel|, the gradient of the sum of the layer's channels at that place, and the
    square around the field's centre that holds 95 % of it. It depends on the weights: a network without
    trained ones shows what its random weights make.

    `layers` are the layers to choose from, of those that a network has; all that are worth browsing if not
    given. Left out are those whose units see everything, as after a global pool. `layer` is the first one
    shown; if not given, the one with the largest field that fits on the photo. `unit` is (row, column) in its
    map; if not given, the one in the middle of the photo. `image_size` is the side in pixels at which the
    network is fed, its own if not given. Click on either picture to choose the unit whose field's centre is
    nearest. Another layer keeps the place.

    Raises ValueError for what is not there: a photo, a layer, a unit; and for a network that torch.fx cannot
    follow, or that does not accept the photo.
    """

    numbers: ReceptiveFieldNumbers
    has_photo = True

    def __init__(
        self,
        networks: nn.Module | Mapping[str, nn.Module],
        *,
        photo: str | object = "chelsea",
        layers: Sequence[str] | None = None,
        layer: str | None = None,
        unit: tuple[int, int] | None = None,
        image_size: int | None = None,
    ) -> None:
        self.networks = given.networks(networks, "")
        chosen = _layers_of(self.networks, None if layers is None else arguments.several("layers", layers))
        self.source = PhotoSource(photo)
        self._follow = lru_cache(None)(
            lambda network: _Network(self.networks[network], chosen[network], image_size)
        )
        self._fed = lru_cache(2)(self._feed)
        self._measured = lru_cache(64)(self._measure)
        network = next(iter(self.networks))
        followed = self._follow(network)
        layer_choice = Choice("layer", followed.sizes, followed.start if layer is None else layer)
        rows, columns = followed.sizes[layer_choice.value]
        if unit is None:
            self._aim = 0.5, 0.5
            row, column = followed.unit_at(layer_choice.value, self._aim)
        else:
            row, column = pair("unit", unit, least=0)
        places = Slider("row", row, 0, rows - 1), Slider("column", column, 0, columns - 1)
        if unit is not None:
            self._aim = followed.centre(layer_choice.value, (row, column))
        self._drawing = FieldPicture()
        self._figure = self._drawing.figure
        super().__init__(
            {
                "network": Choice("network", self.networks, network),
                "layer": layer_choice,
                "row": places[0],
                "column": places[1],
                **self.source.controls,
            },
            width=WIDTH,
            height=HEIGHT,
        )
        if len(self.networks) == 1:  # nothing to choose
            self.controls["network"].layout.display = "none"
        self.picture.clickable = True
        self.picture.observe(self._clicked, names="clicked")

    @property
    def alt(self) -> str:
        height, width = self.numbers.on_photo
        return (
            f"{self.numbers.sentence} The photo is faded outside the field, of which {height}×{width} pixels "
            "lie on it; beside it is the gradient."
        )

    def respond(self, name: str) -> None:
        controls = self.controls
        if name == "upload":
            self.source.take_upload()
            self._fed.cache_clear()
            self._measured.cache_clear()
        followed, layer = self._follow(controls["network"].value), controls["layer"]
        if name == "network":
            kept = layer.value
            layer.options = tuple(followed.sizes)
            layer.value = kept if kept in followed.sizes else followed.start
        if name in ("network", "layer"):
            self._move_to(*self._aim)
        elif name in ("row", "column"):
            self._aim = followed.centre(layer.value, (controls["row"].value, controls["column"].value))

    def _move_to(self, *place: float) -> None:
        """Set row and column to the unit nearest to a place, (down, across) as shares of the photo."""
        followed = self._follow(self.controls["network"].value)
        layer = self.controls["layer"].value
        unit = followed.unit_at(layer, place)
        for name, at, count in zip(("row", "column"), unit, followed.sizes[layer], strict=True):
            self.controls[name].max = count - 1
            self.controls[name].value = at

    def _clicked(self, change: Mapping[str, Any]) -> None:
        x, y = change["new"][0] * WIDTH, change["new"][1] * HEIGHT
        size = self.numbers.image_size
        views = (
            (LEFT + ROOM, TOP + ROOM, PHOTO, (0, 0, size)),
            (RIGHT, TOP, SEEN, view_of(self.numbers.box, size)),
        )
        for left, top, shown, (first_row, first_column, side) in views:
            down, across = (y - top) / shown, (x - left) / shown
            if 0 <= down < 1 and 0 <= across < 1:
                place = (first_row + down * side) / size, (first_column + across * side) / size
                row, column = self._follow(self.network.value).unit_at(self.layer.value, place)
                self.set(row=row, column=column)

    def compute(
        self, *, network: str, layer: str, row: int, column: int, photo: str, **_: Any
    ) -> ReceptiveFieldNumbers:
        followed, unit = self._follow(network), (row, column)
        side, _ = self._measured(network, layer, unit, photo)
        field, grid = followed.layers.fields[layer], followed.sizes[layer]
        self._shown = network, photo
        return ReceptiveFieldNumbers(network, layer, unit, grid, field, followed.image_size, side)

    def _feed(self, network: str, photo: str) -> tuple[Tensor, np.ndarray]:
        """The photo as the network is fed it, and the same as pixels from 0 to 255, (height, width, 3)."""
        followed = self._follow(network)
        image = followed.preprocessing(self.source.image(photo))
        mean, std = (
            np.reshape(each, (3, 1, 1)) for each in (followed.preprocessing.mean, followed.preprocessing.std)
        )
        pixels = np.rint(255 * (image[0].numpy() * std + mean)).clip(0, 255).astype(np.uint8)
        return as_batch(self.networks[network], image), pixels.transpose(1, 2, 0)

    def _measure(
        self, network: str, layer: str, unit: tuple[int, int], photo: str
    ) -> tuple[int | None, np.ndarray | None]:
        """The side of the square, and the gradient from 0 to 255; None where no pixel moves the unit."""
        batch, _ = self._fed(network, photo)
        start = perf_counter()
        found = self._follow(network).layers.effective(layer, batch, unit)
        for name in ("row", "column"):
            self.controls[name].continuous_update = perf_counter() - start < SLOW
        if found is None:
            return None, None
        gradient = found.map.numpy()
        top = np.quantile(gradient[gradient > 0], 0.99)
        return found.side, np.rint(255 * np.sqrt(gradient / top).clip(0, 1)).astype(np.uint8)

    def draw(self, numbers: ReceptiveFieldNumbers) -> Image.Image:
        network, photo = self._shown
        _, pixels = self._fed(network, photo)
        _, gradient = self._measured(network, numbers.layer, numbers.unit, photo)
        return self._drawing.image(numbers, pixels, gradient)


def _layers_of(
    networks: Mapping[str, nn.Module], layers: Sequence[str] | None
) -> dict[str, Sequence[str] | None]:
    """Which of the layers each network has."""
    if layers is None:
        return dict.fromkeys(networks)
    modules = {network: dict(model.named_modules()) for network, model in networks.items()}
    for layer in layers:
        known("layer", layer, {name: None for each in modules.values() for name in each})
    return {network: [layer for layer in layers if layer in modules[network]] for network in networks}


class _Network:
    """A network that was followed once: its layers' fields, the sizes of their maps, and how it is fed."""

    def __init__(self, model: nn.Module, layers: Sequence[str] | None, image_size: int | None) -> None:
        self.preprocessing: Preprocessing = getattr(model, "preprocessing", IMAGENET)
        if image_size is not None:
            resize = (
                whole("image_size", image_size, 1, LARGEST)
                * self.preprocessing.resize
                // self.preprocessing.crop
            )
            self.preprocessing = replace(self.preprocessing, resize=resize, crop=image_size)
        self.image_size = self.preprocessing.crop
        self.layers = LayerFields(model, layers)
        self.sizes = self.layers.map_sizes((3, self.image_size, self.image_size))
        if not self.sizes:
            raise ValueError(
                f"{type(model).__name__} has no layer whose units see a part of the photo; choose others."
            )

    @property
    def start(self) -> str:
        """The layer with the largest field that fits on the photo, or the first where none does."""
        sizes = {layer: max(self.layers.fields[layer].size) for layer in self.sizes}
        fitting = [layer for layer in sizes if sizes[layer] <= self.image_size]
        return max(fitting, key=sizes.get, default=next(iter(sizes)))

    def centre(self, layer: str, unit: tuple[int, int]) -> tuple[float, float]:
        """The centre of a unit's field, (down, across) as shares of the photo."""
        top, left, bottom, right = self.layers.fields[layer].box(unit)
        return (top + bottom + 1) / 2 / self.image_size, (left + right + 1) / 2 / self.image_size

    def unit_at(self, layer: str, place: tuple[float, float]) -> tuple[int, int]:
        """The unit whose field's centre is nearest to a place, given as `centre` gives it."""
        field = self.layers.fields[layer]
        row, column = (
            min(max(nearest(span, share * self.image_size - 0.5), 0), count - 1)
            for span, share, count in zip((field.y, field.x), place, self.sizes[layer], strict=True)
        )
        return row, column
