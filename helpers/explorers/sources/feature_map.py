"""The feature maps that networks make of a photo, as numbers and as images."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image
from torch import nn

from helpers.drawing.palettes import SHADES, palette
from helpers.drawing.png import DENSITY
from helpers.explorers.numbers.feature_map import CELLS, PAGE, FeatureMapNumbers, feature_map
from helpers.explorers.pictures.feature_map import GAP, step
from helpers.explorers.sources.photos import LivePhotos
from helpers.models import build, given
from helpers.running.feature_maps import feature_maps, layer_names
from helpers.wording import arguments

_WHITE = SHADES
"""The number of the colour between maps, after all shades."""


class LiveFeatureMaps:
    """The maps of all layers, kept from one forward pass for as long as network and photo stay the same.

    `networks` is a network, or several by name; None is the course's EfficientNet-Lite0 with its trained
    weights. `layers` are the layers to choose from; None takes those of `layer_names` that run in eval mode.
    Raises ValueError for what is not a network, and for one without feature maps.
    """

    def __init__(
        self,
        networks: nn.Module | Mapping[str, nn.Module] | None,
        photos: LivePhotos,
        layers: Sequence[str] | None = None,
    ) -> None:
        if networks is None:
            networks = build("efficientnet_lite0", weights="imagenet", device="cpu")
        self._networks = given.networks(networks, type(networks).__name__)
        self._photos = photos
        self._asked = None if layers is None else arguments.several("layers", layers)
        for name, network in self._networks.items():
            if not (self._asked or layer_names(network)):
                raise _without_maps(name)
        self._seen: tuple[str, Image.Image] | None = None
        self._maps: dict[str, np.ndarray] = {}
        self._about: dict[str, dict[str, Any]] = {}
        # A page's image is some hundred kilobytes.
        self._page_png = lru_cache(8)(self._draw_page)

    def networks(self) -> tuple[str, ...]:
        """The networks to choose from."""
        return tuple(self._networks)

    def layers(self, network: str, photo: str) -> tuple[str, ...]:
        """The layers to choose from."""
        return tuple(self._look(network, photo))

    def layer(self, network: str, photo: str, layer: str) -> dict[str, Any]:
        """A layer's `shape` (channels, height, width), channels' `smallest` and `largest` values, `limit`.

        The limit is where the colours end: 99.5 % of the values are not beyond it. Values have four
        significant digits.
        """
        self._look(network, photo)
        return self._described(layer)

    def values(self, network: str, photo: str, layer: str, channel: int) -> tuple[tuple[float, ...], ...]:
        """The values of a map row by row, where it has at most `CELLS` pixels; none of a larger one."""
        values = self._look(network, photo)[layer][channel]
        return tuple(map(_rounded, values)) if values.size <= CELLS else ()

    def page(self, network: str, photo: str, layer: str, page: int) -> bytes:
        """The maps on a page as one PNG, with white gaps."""
        self._look(network, photo)
        return self._page_png(layer, page)

    def map(self, network: str, photo: str, layer: str, channel: int) -> bytes:
        """A map as PNG, a pixel for each of its own."""
        values = self._look(network, photo)[layer][channel]
        return self._png(layer, self._shades(layer, values))

    def scale(self, network: str, photo: str, layer: str) -> bytes:
        """The colours of a layer's maps from high to low as PNG, one pixel wide."""
        self._look(network, photo)
        return self._png(layer, np.arange(SHADES, dtype=np.uint8)[::-1, None])

    def _look(self, network: str, photo: str) -> dict[str, np.ndarray]:
        """The maps of all layers that run; a forward pass only where network or picture are new."""
        image = self._photos.image(photo)
        if self._seen is None or self._seen[0] != network or self._seen[1] is not image:
            maps = feature_maps(self._networks[network], image, self._asked)
            if not maps:
                raise _without_maps(network)
            self._maps = {layer: values.numpy() for layer, values in maps.items()}
            self._about.clear()
            self._page_png.cache_clear()
            self._seen = network, image
        return self._maps

    def _described(self, layer: str) -> dict[str, Any]:
        if layer not in self._about:
            maps = self._maps[layer]
            limit = float(np.percentile(np.abs(maps), 99.5)) or float(np.abs(maps).max()) or 1.0
            self._about[layer] = {
                "shape": maps.shape,
                "smallest": _rounded(maps.min((1, 2))),
                "largest": _rounded(maps.max((1, 2))),
                "limit": limit,
            }
        return self._about[layer]

    def _numbers(self, layer: str, channel: int = 0) -> FeatureMapNumbers:
        return feature_map(layer, channel, **self._described(layer))

    def _draw_page(self, layer: str, page: int) -> bytes:
        numbers = self._numbers(layer, (page - 1) * PAGE)
        shown, columns = numbers.shown, min(numbers.columns, len(numbers.shown))
        across, gap = DENSITY * step(numbers.columns), DENSITY * GAP
        side = across - gap
        rows = -(-len(shown) // columns)
        sheet = np.full((rows * across - gap, columns * across - gap), _WHITE, np.uint8)
        down, right = (np.arange(side) * length // side for length in (numbers.height, numbers.width))
        tiles = self._shades(layer, self._maps[layer][shown.start : shown.stop])[:, down[:, None], right]
        for place, tile in enumerate(tiles):
            row, column = divmod(place, columns)
            sheet[row * across :, column * across :][:side, :side] = tile
        return self._png(layer, sheet)

    def _shades(self, layer: str, values: np.ndarray) -> np.ndarray:
        """Values as numbers of colours; what is beyond the ends of the scale has the colour there."""
        low, high = self._numbers(layer).scale
        return ((values - low) * (SHADES / (high - low))).clip(0, SHADES - 1).astype(np.uint8)

    def _png(self, layer: str, shades: np.ndarray) -> bytes:
        image = Image.fromarray(shades)
        colours = palette("RdBu_r" if self._numbers(layer).signed else "viridis")
        image.putpalette(colours + b"\xff\xff\xff")
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()


def _rounded(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(f"{each:.4g}") for each in values.tolist())


def _without_maps(network: str) -> ValueError:
    return ValueError(f"{network} has no layer with feature maps; use a network with convolutions.")
