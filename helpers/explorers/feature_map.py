"""What each layer of a network sees in a photo: `FeatureMapExplorer`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from helpers.explorers.controls import Choice, Slider
from helpers.explorers.explorer import Explorer, live_photos, photo_controls
from helpers.explorers.numbers.feature_map import PAGE, FeatureMapNumbers, feature_map, page_of
from helpers.explorers.pictures.feature_map import SIDE, draw_feature_map

if TYPE_CHECKING:
    from torch import nn


class FeatureMapExplorer(Explorer):
    """The maps of every layer on a photo, 64 to a page, and one of them enlarged.

    `networks` is a network, or several by name; if not given, the course's EfficientNet-Lite0 with its
    trained weights. One forward pass keeps the maps of all layers; browsing only slices them. Maps that are
    never negative are coloured from dark (0) to bright; others from blue (negative) over white (0) to red.
    Click a map to enlarge it. `layers` are the layers to choose from; if not given, all that are worth
    browsing and run in eval mode (GoogLeNet's auxiliary heads do not). `source` is where the maps come from
    instead, and `photos` the photos, as in a page without a kernel.
    """

    numbers: FeatureMapNumbers
    draw = staticmethod(draw_feature_map)
    rows = (("photo", "upload"), ("network", "layer"), ("page", "channel"))

    def __init__(
        self,
        networks: nn.Module | Mapping[str, nn.Module] | None = None,
        *,
        photo: str | object = "chelsea",
        layers: Sequence[str] | None = None,
        layer: str | None = None,
        channel: int = 0,
        photos: Any = None,
        source: Any = None,
    ) -> None:
        photos = photos or live_photos(photo)
        self.source = source or _live(networks, photos, layers)
        every = self.source.networks()
        names = self.source.layers(every[0], photos.start)
        chosen = Choice("layer", names, names[0] if layer is None else layer)
        last = self.source.layer(every[0], photos.start, chosen.value)["shape"][0] - 1
        enlarged = Slider("channel", channel, 0, last)
        super().__init__(
            {
                **photo_controls(photos),
                "network": Choice("network", every, every[0]),
                "layer": chosen,
                "page": Slider("page", page_of(enlarged.value), 1, page_of(last)),
                "channel": enlarged,
            },
            photos=photos,
        )
        self.network.hidden = len(every) == 1  # nothing to choose

    def follow(self, name: str) -> None:
        photo, network = self.photo.value, self.network.value
        if name == "network":
            self.layer.offer(self.source.layers(network, photo))
        page, channel = self.page, self.channel
        last = self.source.layer(network, photo, self.layer.value)["shape"][0] - 1
        channel.limit(high=last)
        if name == "page" and page.value != page_of(channel.value):
            channel.take((page.value - 1) * PAGE)
        page.limit(high=page_of(last))
        page.take(page_of(channel.value))

    def tour(self) -> Iterator[dict[str, Any]]:
        """Of eight layers or so, the one shown among them, the first page, on the photo that is shown."""
        network, photo = self.network.value, self.photo.value
        layers = self.source.layers(network, photo)
        chosen = {*layers[:: -(-len(layers) // 8)], self.layer.value}
        for layer in filter(chosen.__contains__, layers):
            for channel in range(min(PAGE, self.source.layer(network, photo, layer)["shape"][0])):
                yield {"network": network, "layer": layer, "channel": channel}

    def compute(self, *, photo: str, network: str, layer: str, channel: int, **_: Any) -> FeatureMapNumbers:
        about = self.source.layer(network, photo, layer)
        values = self.source.values(network, photo, layer, channel)
        return feature_map(layer, channel, values=values, **about)

    def images(self, numbers: FeatureMapNumbers) -> dict[str, bytes]:
        photo, network, layer = self.photo.value, self.network.value, numbers.layer
        return {
            "photo": self.photos.png(photo, 2 * SIDE),
            "maps": self.source.page(network, photo, layer, numbers.page),
            "map": self.source.map(network, photo, layer, numbers.channel),
            "scale": self.source.scale(network, photo, layer),
        }


def _live(networks: Any, photos: Any, layers: Sequence[str] | None) -> Any:
    from helpers.explorers.sources.feature_map import LiveFeatureMaps  # needs PyTorch, which a page lacks

    return LiveFeatureMaps(networks, photos, layers)
