"""A dense block to scale, its weights layer by layer and the maps it keeps: `DenseBlockExplorer`."""

from __future__ import annotations

from typing import Any

from helpers.explorers.controls import Choice, FloatSlider, Slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.numbers.dense_block import (
    EVERYTHING,
    GROWTH,
    MOST_LAYERS,
    SHOWN,
    DenseBlockNumbers,
    dense_block,
)
from helpers.explorers.pictures.dense_block import draw_dense_block

BOTTLENECK = ("with", "without")


class DenseBlockExplorer(Explorer):
    """Sliders for a dense block: who reads what, what it weighs with and without 1×1, and what it keeps.

    Drag a point on the curves for the layers, and the end of the transition's bar for the compression; a
    click on a curve's name chooses that way of building the block.

    `shows` is "everything", or less of it, with the controls that matter for that: "growth" is one way of
    building the block alone, and "1×1" both ways.
    """

    numbers: DenseBlockNumbers
    draw = staticmethod(draw_dense_block)

    def __init__(
        self,
        *,
        in_channels: int = 64,
        layers: int = 6,
        growth_rate: int = 32,
        bottleneck: str = "with",
        bottleneck_width: int = 4,
        compression: float = 0.5,
        map_size: int = 56,
        shows: str = EVERYTHING,
    ) -> None:
        super().__init__(
            {
                "in_channels": Slider("in channels", in_channels, 8, 1056, step=8),
                "layers": Slider("layers", layers, 1, MOST_LAYERS),
                "growth_rate": Slider("growth rate", growth_rate, 4, 48, step=4),
                "bottleneck": Choice("bottleneck", BOTTLENECK, bottleneck),
                "bottleneck_width": Slider("bottleneck width", bottleneck_width, 1, 8),
                # Eighths have no rounding error, so that channels are rounded down as they should be.
                "compression": FloatSlider("compression", compression, 0.125, 1, step=0.125, form=".3f"),
                "map_size": Slider("map size", map_size, 2, 112),
                "shows": Choice("shows", SHOWN, shows),
            }
        )
        self.shows.hidden = True  # or an answer could be chosen before the question
        self.follow("shows")

    def follow(self, name: str) -> None:
        if name == "shows":
            growth, everything = self.shows.value == GROWTH, self.shows.value == EVERYTHING
            self.bottleneck.hidden = self.bottleneck_width.hidden = growth
            self.compression.hidden = self.map_size.hidden = not everything

    def compute(self, *, bottleneck: str, **values: Any) -> DenseBlockNumbers:
        return dense_block(bottleneck=bottleneck == "with", **values)
