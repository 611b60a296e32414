"""What ResNet's shortcut does to its input, and what that costs: `ShortcutExplorer`."""

from __future__ import annotations

from helpers.explorers.controls import Choice, Slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.numbers.shortcut import EXPANSION, OPTIONS, ShortcutNumbers, shortcut
from helpers.explorers.pictures.shortcut import draw_shortcut

MOST_CHANNELS = 2048


class ShortcutExplorer(Explorer):
    """A residual block's shape as sliders: the shortcut becomes identity, zero-padding or projection.

    `block` is "bottleneck" or "basic", `option` the paper's "A", "B" or "C". Without `in_channels` as many
    come in as go out; a basic block has expansion 1. When the block is changed and its shapes were equal,
    they stay so. In the picture the options can be clicked, the bottleneck and the basic block, and the first
    layer, for its stride.
    """

    numbers: ShortcutNumbers
    compute = staticmethod(shortcut)
    draw = staticmethod(draw_shortcut)
    rows = ((("block", "option", "stride"), ("in_channels", "width", "expansion"), ("map_size",)),)

    def __init__(
        self,
        block: str = "bottleneck",
        *,
        in_channels: int | None = None,
        width: int = 64,
        expansion: int | None = None,
        stride: int = 1,
        option: str = "B",
        map_size: int = 56,
    ) -> None:
        kind = Choice("block", ["bottleneck", "basic"], block)
        most = EXPANSION if kind.value == "bottleneck" else 1
        controls = {
            "block": kind,
            "option": Choice("option", OPTIONS, option),
            "width": Slider("width", width, 8, MOST_CHANNELS // EXPANSION, step=8),
            "expansion": Slider("expansion", most if expansion is None else expansion, 1, most),
            "stride": Slider("stride", stride, 1, 2),
        }
        out = controls["width"].value * controls["expansion"].value
        bound = out if controls["option"].value == "A" else MOST_CHANNELS
        super().__init__(
            {
                **controls,
                # After what bounds it, so that `set` takes all that fits together.
                "in_channels": Slider(
                    "in channels", out if in_channels is None else in_channels, 8, bound, step=8
                ),
                "map_size": Slider("map size", map_size, 2, 112),
            }
        )

    def follow(self, name: str) -> None:
        equal = self.in_channels.value == self.numbers.out_channels
        if name == "block":
            most = EXPANSION if self.block.value == "bottleneck" else 1
            self.expansion.limit(high=most)
            self.expansion.take(most)
        out = self.width.value * self.expansion.value
        # Zeros add channels and take none away.
        self.in_channels.limit(high=out if self.option.value == "A" else MOST_CHANNELS)
        if name == "block" and equal:
            self.in_channels.take(out)
