"""What the 1×1 convolutions save in an Inception block, branch by branch: `InceptionExplorer`."""

from __future__ import annotations

from helpers.explorers.controls import Choice, Slider
from helpers.explorers.explorer import OWN, Explorer
from helpers.explorers.numbers.inception import FILTERS, MAP_SIZES, PRESETS, InceptionNumbers, inception
from helpers.explorers.pictures.inception import draw_inception

REDUCTIONS = [name for name in FILTERS if not name.startswith("out")]


class InceptionExplorer(Explorer):
    """The block's six filter numbers and its input as sliders, from any block of GoogLeNet on.

    `block` is one of "3a" … "5b", or "your own", which starts as 3a; a number that is given takes the place
    of the block's own. Left the block with its channels as bands, right the weights of each branch beside
    those of the naive one: the dots at the ends of bars can be dragged. The preset's map size may change: the
    block stays what it is.
    """

    numbers: InceptionNumbers
    compute = staticmethod(inception)
    draw = staticmethod(draw_inception)
    rows = ((("block", "in_channels", "map_size"), FILTERS[:3], FILTERS[3:]),)
    preset_control = "block"

    def __init__(
        self,
        block: str = "3a",
        *,
        in_channels: int | None = None,
        out_1x1: int | None = None,
        reduce_3x3: int | None = None,
        out_3x3: int | None = None,
        reduce_5x5: int | None = None,
        out_5x5: int | None = None,
        pool_proj: int | None = None,
        map_size: int | None = None,
    ) -> None:
        choice = Choice("block", [*PRESETS, OWN], block)
        named = "3a" if block == OWN else block
        asked = (in_channels, out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj)
        start = {
            name: value if given is None else given
            for (name, value), given in zip(PRESETS[named].items(), asked, strict=True)
        }
        channels = Slider("in channels", start["in_channels"], 8, 1024, step=8)
        most = {name: channels.value if name in REDUCTIONS else 512 for name in FILTERS}
        sliders = {
            name: Slider(name.replace("_", " ").replace("x", "×"), start[name], 8, most[name], step=8)
            for name in FILTERS
        }
        if start != PRESETS[named]:
            choice.take(next((name for name, numbers in PRESETS.items() if numbers == start), OWN))
        super().__init__(
            {
                "block": choice,
                "in_channels": channels,
                **sliders,
                "map_size": Slider("map size", MAP_SIZES[named] if map_size is None else map_size, 1, 56),
            },
            presets=PRESETS,
        )

    def follow(self, name: str) -> None:
        if name == "block" and self.block.value != OWN:
            self.map_size.take(MAP_SIZES[self.block.value])
        if name == "in_channels":  # a reduction to more channels than come in would be none
            for each in REDUCTIONS:
                self.controls[each].limit(high=self.in_channels.value)
