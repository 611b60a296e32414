"""What each layer of a network sees in a photo: `FeatureMapExplorer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import matplotlib
import numpy as np
from PIL import Image, ImageDraw
from torch import nn

from helpers.arithmetic.checks import whole
from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import INK
from helpers.explorers.old_controls import Choice, Slider
from helpers.explorers.old_live import Explorer
from helpers.explorers.old_photo_source import PhotoSource
from helpers.images.photos import square
from helpers.models import given
from helpers.running.feature_maps import feature_maps, layer_names
from helpers.wording import arguments

PAGE = 64
GRID, GAP, TOP = 464, 4, 26
SIDE = 216
LEFT, MAPS_LEFT = 10, 300
WIDTH, HEIGHT = MAPS_LEFT + GRID, TOP + GRID


@dataclass(frozen=True)
class FeatureMapNumbers:
    """Which maps of a layer are shown, and of what size; `channel` counts from 0 as in code."""

    layer: str
    channels: int
    height: int
    width: int
    channel: int

    @property
    def pages(self) -> int:
        """How many pages of 64 maps the layer fills."""
        return ceil(self.channels / PAGE)

    @property
    def page(self) -> int:
        """The page that `channel` is on, from 1."""
        return self.channel // PAGE + 1

    @property
    def shown(self) -> range:
        """The channels on the page."""
        first = (self.page - 1) * PAGE
        return range(first, min(first + PAGE, self.channels))

    @property
    def columns(self) -> int:
        """How many maps stand side by side: as few as fit a page in a square, so that few maps are large."""
        return ceil(sqrt(min(self.channels, PAGE)))

    @property
    def sentence(self) -> str:
        """What is shown, in one sentence."""
        return (
            f"{self.layer}: {self.channels} maps of {self.height}×{self.width}; "
            f"page {self.page} of {self.pages}, channel {self.channel} enlarged."
        )


def page_of_maps(layer: str, shape: tuple[int, int, int], channel: int) -> FeatureMapNumbers:
    """The page that shows `channel` of a layer whose maps have shape (channels, height, width).

    >>> page_of_maps("stem", (96, 112, 112), channel=70).shown
    range(64, 96)
    """
    return FeatureMapNumbers(layer, *shape, channel)


class FeatureMapExplorer(Explorer):
    """The maps of every layer on a photo, 64 to a page, and one of them enlarged.

    `networks` is a network, or several by name. One forward pass keeps the maps of all layers; browsing only
    slices them. Maps that are never negative are coloured from dark (0) to bright; others from blue
    (negative) over white (0) to red. Click a map to enlarge it. `layers` are the layers to choose from; if
    not given, all that are worth browsing and run in eval mode (GoogLeNet's auxiliary heads do not).
    """

    numbers: FeatureMapNumbers
    has_photo = True

    def __init__(
        self,
        networks: nn.Module | Mapping[str, nn.Module],
        *,
        photo: str | object = "chelsea",
        layers: Sequence[str] | None = None,
        layer: str | None = None,
        channel: int = 0,
    ) -> None:
        self.networks = given.networks(networks, type(networks).__name__)
        self.asked = layers = None if layers is None else arguments.several("layers", layers)
        whole("channel", channel, None)
        for name, each in self.networks.items():
            if not (layers or layer_names(each)):
                raise _without_maps(name)
        self.source = PhotoSource(photo)
        self._seen: tuple[str, Image.Image] | None = None
        network = next(iter(self.networks))
        maps = self._look(network, self.source.photo.value)
        layer_choice = Choice("layer", tuple(maps), next(iter(maps)) if layer is None else layer)
        channels = maps[layer_choice.value].shape[0]
        self._build_figure()
        super().__init__(
            {
                "network": Choice("network", self.networks, network),
                "layer": layer_choice,
                "page": Slider("page", channel // PAGE + 1, 1, ceil(channels / PAGE)),
                "channel": Slider("channel", channel, 0, channels - 1),
                **self.source.controls,
            },
            width=WIDTH,
            height=HEIGHT,
        )
        if len(self.networks) == 1:  # nothing to choose
            self.controls["network"].layout.display = "none"
        self.picture.clickable = True
        self.picture.observe(self._clicked, names="clicked")

    def _look(self, network: str, photo: str) -> dict[str, np.ndarray]:
        """The maps of all layers that run; a forward pass only when network or picture are new."""
        image = self.source.image(photo)
        if self._seen is None or self._seen[0] != network or self._seen[1] is not image:
            maps = feature_maps(self.networks[network], image, self.asked)
            if not maps:
                raise _without_maps(network)
            self._maps = {layer: values.numpy() for layer, values in maps.items()}
            self._limits: dict[str, tuple[float, bool]] = {}
            self._seen = network, image
        return self._maps

    def respond(self, name: str) -> None:
        controls = self.controls
        if name == "upload":
            self.source.take_upload()
        every = self._look(controls["network"].value, controls["photo"].value)
        if name == "network":
            controls["layer"].options = tuple(every)
        page, channel = controls["page"], controls["channel"]
        maps = every[controls["layer"].value]
        channel.max = maps.shape[0] - 1
        if name == "page" and page.value != channel.value // PAGE + 1:
            channel.value = (page.value - 1) * PAGE
        page.max = channel.max // PAGE + 1
        page.value = channel.value // PAGE + 1

    def _clicked(self, change: Mapping[str, Any]) -> None:
        across, down = change["new"][0] * WIDTH, change["new"][1] * HEIGHT
        columns = self.numbers.columns
        step = GRID // columns
        column, row = (int((place - start) // step) for place, start in ((across, MAPS_LEFT), (down, TOP)))
        if 0 <= column < columns and row >= 0:
            channel = self.numbers.shown.start + row * columns + column
            if channel in self.numbers.shown:
                self.set(channel=channel)

    def compute(self, *, network: str, layer: str, channel: int, photo: str, **_: Any) -> FeatureMapNumbers:
        return page_of_maps(layer, self._look(network, photo)[layer].shape, channel)

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        with self._figure.building():
            axes = self._figure.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            axes.set_axis_off()
            axes.text(LEFT, TOP - 8, "the photo", weight="bold")
            text = self._figure.text
            self._title = text(axes, MAPS_LEFT, TOP - 8, size=10, bold=True, anchor="ls")
            self._subtitle = text(axes, LEFT, TOP + SIDE + 18, size=10, bold=True, anchor="ls")
            # Down the side of the enlarged map, what its colours mean.
            scale = LEFT + SIDE + 16
            self._ends = [
                text(axes, scale, y, size=8, anchor=anchor)
                for y, anchor in ((TOP + SIDE + 22, "lt"), (HEIGHT - 8, "lb"))
            ]

    def draw(self, numbers: FeatureMapNumbers) -> Image.Image:
        maps = self._maps[numbers.layer]
        limit, signed = self._limit(numbers.layer)
        self._title.text = f"{numbers.layer}: channels {numbers.shown.start} to {numbers.shown[-1]}"
        self._subtitle.text = f"channel {numbers.channel}"
        self._ends[0].text, self._ends[1].text = f"{limit:.2g}", f"{-limit:.2g}" if signed else "0"
        image = self._figure.image()
        side = SIDE * DENSITY
        image.paste(square(self._seen[1], side), (LEFT * DENSITY, TOP * DENSITY))
        enlarged = _coloured(maps[numbers.channel : numbers.channel + 1], side, limit, signed)[0]
        below = (TOP + SIDE + 24) * DENSITY
        image.paste(_painted(enlarged, signed), (LEFT * DENSITY, below))
        ramp = np.repeat(np.linspace(255, 0, side).astype(np.uint8)[:, None], 10, axis=1)
        image.paste(_painted(ramp, signed), ((LEFT + SIDE + 4) * DENSITY, below))
        tile = (GRID // numbers.columns - GAP) * DENSITY
        tiles = _coloured(maps[numbers.shown.start : numbers.shown.stop], tile, limit, signed)
        for place, colours in enumerate(tiles):
            image.paste(_painted(colours, signed), _corner(place, numbers.columns))
        x, y = _corner(numbers.channel - numbers.shown.start, numbers.columns)
        frame = [x - 4, y - 4, x + tile + 3, y + tile + 3]
        ImageDraw.Draw(image).rectangle(frame, outline=INK, width=4)
        return image

    def _limit(self, layer: str) -> tuple[float, bool]:
        """The value at the end of the colour scale, one for the whole layer, and whether maps are signed."""
        if layer not in self._limits:
            maps = self._maps[layer]
            limit = float(np.percentile(np.abs(maps), 99.5)) or float(np.abs(maps).max()) or 1.0
            self._limits[layer] = limit, bool(maps.min() < 0)
        return self._limits[layer]


def _without_maps(network: str) -> ValueError:
    return ValueError(f"{network} has no layer with feature maps; use a network with convolutions.")


def _coloured(maps: np.ndarray, side: int, limit: float, signed: bool) -> np.ndarray:
    """Maps (n, height, width) as colour numbers from 0 to 255, each `side` pixels high and wide."""
    rows, columns = (np.arange(side) * length // side for length in maps.shape[1:])
    low = -limit if signed else 0.0
    scaled = (maps - low) * (255 / (limit - low))
    return scaled.clip(0, 255).astype(np.uint8)[:, rows[:, None], columns]


def _corner(place: int, columns: int) -> tuple[int, int]:
    row, column = divmod(place, columns)
    step = GRID // columns
    return (MAPS_LEFT + column * step) * DENSITY, (TOP + row * step) * DENSITY


def _painted(numbers: np.ndarray, signed: bool) -> Image.Image:
    image = Image.fromarray(numbers)
    image.putpalette(_PALETTES[signed])
    return image.convert("RGB")


def _palette(name: str) -> bytes:
    return (matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).round().astype(np.uint8).tobytes()


_PALETTES: Sequence[bytes] = (_palette("viridis"), _palette("RdBu_r"))
