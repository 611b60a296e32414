"""What one unit of a network sees of a photo, and which pixels really move it: `ReceptiveFieldExplorer`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

from helpers.arithmetic.checks import pair
from helpers.explorers.controls import Choice, Slider
from helpers.explorers.explorer import Explorer, photo_controls
from helpers.explorers.numbers.receptive_field import (
    ReceptiveFieldNumbers,
    largest_that_fits,
    layers_of,
    receptive_field,
)
from helpers.explorers.pictures.receptive_field import draw_receptive_field

if TYPE_CHECKING:
    from torch import nn

SLOW = 0.3
"""From this many seconds on, a slider waits until it is let go."""


class ReceptiveFieldExplorer(Explorer):
    """The receptive field of any unit of a network on a photo, and beside it what really moves that unit.

    `networks` is a network, or several by name; the part of one that ends before its head will do, and if
    not given it is EfficientNet-Lite0 with its trained weights. On the left all that the unit cannot see is
    faded, and what it sees beyond the photo's edge, padding, is hatched. On the right is |d unit / d pixel|,
    the gradient of the sum of the layer's channels at that place, and the square around the field's centre
    that holds 95 % of it. It depends on the weights: a network without trained ones shows what its random
    weights make.

    `layers` are the layers to choose from, of those that a network has; all that are worth browsing if not
    given. Left out are those whose units see everything, as after a global pool. `layer` is the first one
    shown; if not given, the one with the largest field that fits on the photo. `unit` is (row, column) in its
    map; if not given, the one in the middle of the photo. `image_size` is the side in pixels at which the
    network is fed, its own if not given. Click or drag on either picture to choose the unit whose field's
    centre is nearest, or drag the unit in the layer's map. Another layer keeps the place.

    `source` is where fields, gradients and photos come from instead, as in a page without a kernel; the first
    three parameters and `image_size` are not asked then.

    Raises ValueError for what is not there: a photo, a layer, a unit; and for a network that does not
    accept the photo.
    """

    numbers: ReceptiveFieldNumbers
    draw = staticmethod(draw_receptive_field)
    rows = (("network", "layer"), ("row", "column"), ("photo", "upload"))

    def __init__(
        self,
        networks: nn.Module | Mapping[str, nn.Module] | None = None,
        *,
        photo: str | object = "chelsea",
        layers: Sequence[str] | None = None,
        layer: str | None = None,
        unit: tuple[int, int] | None = None,
        image_size: int | None = None,
        source: Any = None,
    ) -> None:
        self.source = source = source or _live(networks, photo, layers, image_size)
        self._layers = cache(lambda network: layers_of(source.layers(network)))
        names = source.networks()
        network = names[0]
        found, size = self._layers(network), source.image_size(network)
        layer_choice = Choice("layer", found, largest_that_fits(found, size) if layer is None else layer)
        shown = found[layer_choice.value]
        row, column = shown.nearest((0.5, 0.5), size) if unit is None else pair("unit", unit, least=0)
        controls = {
            "network": Choice("network", names, network),
            "layer": layer_choice,
            "row": Slider("row", row, 0, shown.grid[0] - 1),
            "column": Slider("column", column, 0, shown.grid[1] - 1),
            **photo_controls(source),
        }
        controls["network"].hidden = len(names) == 1  # nothing to choose
        # Where the learner looks, which another layer and another network keep.
        self._aim = (0.5, 0.5) if unit is None else shown.place((row, column), size)
        super().__init__(controls, photos=source)

    def follow(self, name: str) -> None:
        network, layer, row, column = (self.controls[each] for each in ("network", "layer", "row", "column"))
        found, size = self._layers(network.value), self.source.image_size(network.value)
        if name == "network":
            kept = layer.value
            layer.offer(found)
            if layer.value != kept:
                layer.take(largest_that_fits(found, size))
        shown = found[layer.value]
        if name in ("network", "layer"):
            unit = shown.nearest(self._aim, size)
            for control, at, count in zip((row, column), unit, shown.grid, strict=True):
                control.limit(high=count - 1)
                control.take(at)
        elif name in ("row", "column"):
            self._aim = shown.place((row.value, column.value), size)

    def tour(self) -> Iterator[dict[str, Any]]:
        """Of each layer nine units at most, the middle one among them, on the photo that it begins with."""
        for network in self.source.networks():
            for layer, about in self._layers(network).items():
                rows, columns = (
                    range(size // 2 % max(1, size // 3), size, max(1, size // 3)) for size in about.grid
                )
                for row, column in product(rows, columns):
                    yield {"network": network, "layer": layer, "row": row, "column": column}

    def compute(
        self, *, network: str, layer: str, row: int, column: int, photo: str, **_: Any
    ) -> ReceptiveFieldNumbers:
        side, seconds = self.source.measured(network, layer, row, column, photo)
        for each in ("row", "column"):
            self.controls[each].live = seconds < SLOW
        return receptive_field(
            network,
            layer,
            (row, column),
            self._layers(network)[layer],
            self.source.image_size(network),
            side,
        )

    def images(self, numbers: ReceptiveFieldNumbers) -> dict[str, bytes]:
        network, photo = numbers.network, self.controls["photo"].value
        return {
            "photo": self.source.fed(network, photo),
            "grey": self.source.grey(network, photo, numbers.view),
            "gradient": self.source.gradient(network, numbers.layer, numbers.unit, photo, numbers.view),
        }

    @property
    def alt(self) -> str:
        height, width = self.numbers.on_photo
        return (
            f"{self.numbers.sentence} The photo is faded outside the field, of which {height}×{width} pixels "
            "lie on it; beside it is the gradient."
        )


def _live(*asked: Any) -> Any:
    from helpers.explorers.sources.receptive_field import (
        LiveFields,
    )  # needs torch, which a page does not have

    return LiveFields(*asked)
