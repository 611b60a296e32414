"""What `ReceptiveFieldExplorer` asks of networks and photos: fields, map sizes, and measured gradients."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from time import perf_counter

import numpy as np
from PIL import Image
from torch import Tensor, nn

from helpers.arithmetic.checks import whole
from helpers.drawing.palettes import SHADES, palette
from helpers.explorers.sources.photos import LivePhotos
from helpers.images.photos import IMAGENET, Preprocessing
from helpers.models import build, given
from helpers.running.effective_field import EffectiveField
from helpers.running.feature_maps import as_batch
from helpers.running.layer_fields import LayerFields
from helpers.wording import arguments
from helpers.wording.refusals import known

LARGEST = 4096
"""Pixels on a side of the photo, at most: more would take minutes and gigabytes."""

View = tuple[int, int, int]
"""A part of the photo: its first row, first column and side in pixels."""


class LiveFields:
    """Networks that are followed and run, on the course's photos and the learner's own.

    The parameters are those of `ReceptiveFieldExplorer`; without networks it is EfficientNet-Lite0 with its
    trained weights. Raises ValueError for no network, a layer that none has, and a photo that is not there.
    """

    def __init__(
        self,
        networks: nn.Module | Mapping[str, nn.Module] | None = None,
        photo: str | object = "chelsea",
        layers: Sequence[str] | None = None,
        image_size: int | None = None,
    ) -> None:
        if networks is None:
            networks = build("efficientnet_lite0", weights="imagenet", device="cpu")
        self._networks = given.networks(networks, "")
        asked = _layers_of(self._networks, None if layers is None else arguments.several("layers", layers))
        self._photos = LivePhotos(photo)
        self.start, self.names = self._photos.start, self._photos.names
        self._follow = lru_cache(None)(
            lambda network: _Followed(self._networks[network], asked[network], image_size)
        )
        self._fed = lru_cache(2)(self._feed)
        self._measured = lru_cache(64)(self._measure)
        self.grey, self.gradient = lru_cache(64)(self._grey), lru_cache(64)(self._gradient)

    def add(self, file: bytes) -> None:
        """Take an uploaded file as the learner's own picture."""
        self._photos.add(file)
        for each in (self._fed, self._measured, self.grey, self.gradient):
            each.cache_clear()

    def networks(self) -> tuple[str, ...]:
        """The networks' names; that of one alone is empty."""
        return tuple(self._networks)

    def image_size(self, network: str) -> int:
        """Pixels on a side of the photo that a network is fed."""
        return self._follow(network).image_size

    def layers(self, network: str) -> dict[str, tuple[tuple[int, ...], ...]]:
        """Each layer's map as (rows, columns), and its units' field as (jump, lo, hi) down and across.

        Raises ValueError where no layer's units see a part of the photo, and for a network that cannot run.
        """
        followed = self._follow(network)
        return {
            layer: (size, *((span.jump, span.lo, span.hi) for span in (field.y, field.x)))
            for layer, size in followed.sizes.items()
            for field in [followed.layers.fields[layer]]
        }

    def measured(
        self, network: str, layer: str, row: int, column: int, photo: str
    ) -> tuple[int | None, float]:
        """The side of the square that holds 95 % of a unit's gradient, and the seconds that it took.

        The side is None where no pixel moves the unit.
        """
        side, seconds, _ = self._measured(network, layer, row, column, photo)
        return side, seconds

    def fed(self, network: str, photo: str) -> bytes:
        """The photo as the network is fed it, as PNG."""
        _, image, _ = self._fed(network, photo)
        return _png(image)

    def _grey(self, network: str, photo: str, view: View) -> bytes:
        """A part of the same in grey."""
        _, _, image = self._fed(network, photo)
        return _png(_part(image, view))

    def _gradient(self, network: str, layer: str, unit: tuple[int, int], photo: str, view: View) -> bytes:
        """The same part of a unit's gradient as PNG, in viridis."""
        _, _, image = self._measured(network, layer, *unit, photo)
        return _png(_part(image, view))

    def _feed(self, network: str, photo: str) -> tuple[Tensor, Image.Image, Image.Image]:
        preprocessing = self._follow(network).preprocessing
        image = preprocessing(self._photos.image(photo))
        mean, std = (np.reshape(each, (3, 1, 1)) for each in (preprocessing.mean, preprocessing.std))
        pixels = np.rint(255 * (image[0].numpy() * std + mean)).clip(0, 255)
        colours, grey = pixels.astype(np.uint8).transpose(1, 2, 0), pixels.mean(axis=0).astype(np.uint8)
        return as_batch(self._networks[network], image), Image.fromarray(colours), Image.fromarray(grey)

    def _measure(
        self, network: str, layer: str, row: int, column: int, photo: str
    ) -> tuple[int | None, float, Image.Image]:
        batch, _, _ = self._fed(network, photo)
        start = perf_counter()
        found = self._follow(network).layers.effective(layer, batch, (row, column))
        seconds = perf_counter() - start
        image = Image.fromarray(_shades(found, self.image_size(network)))
        image.putpalette(palette("viridis"))
        return found and found.side, seconds, image


class _Followed:
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


def _shades(found: EffectiveField | None, size: int) -> np.ndarray:
    """The gradient as numbers of colours, (size, size).

    Its root, so that small values are seen too, up to what one pixel in a hundred goes beyond.
    """
    if found is None:
        return np.zeros((size, size), np.uint8)
    gradient = found.map.numpy()
    top = np.quantile(gradient[gradient > 0], 0.99)
    return np.rint((SHADES - 1) * np.sqrt(gradient / top).clip(0, 1)).astype(np.uint8)


def _part(image: Image.Image, view: View) -> Image.Image:
    row, column, side = view
    return image.crop((column, row, column + side, row + side))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)  # it goes no farther than from the kernel to the page
    return buffer.getvalue()
