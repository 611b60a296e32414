"""A convolution split into groups, as AlexNet's on two GPUs: `GroupExplorer`."""

from __future__ import annotations

from helpers.explorers.controls import Choice, Slider
from helpers.explorers.explorer import OWN, Explorer
from helpers.explorers.numbers.group import PRESETS, GroupNumbers, grouped, possible_groups
from helpers.explorers.pictures.group import draw_group


class GroupExplorer(Explorer):
    """Channels, kernel and groups of a convolution; which channels are connected, and what it costs.

    The numbers of groups and the presets can be chosen in the picture too.
    """

    numbers: GroupNumbers
    draw = staticmethod(draw_group)

    def __init__(
        self,
        *,
        in_channels: int = 96,
        out_channels: int = 256,
        kernel_size: int = 5,
        groups: int = 2,
        map_size: int = 27,
    ) -> None:
        layer = {
            "in_channels": Slider("in channels", in_channels, 8, 512, step=8),
            "out_channels": Slider("out channels", out_channels, 8, 512, step=8),
            "kernel_size": Slider("kernel size", kernel_size, 1, 7, odd=True),
            "groups": Choice("groups", possible_groups(in_channels, out_channels), groups),
            "map_size": Slider("map size", map_size, 1, 56),
        }
        start = grouped(**{name: control.value for name, control in layer.items()}).preset
        super().__init__(
            {"preset": Choice("preset", [*PRESETS, OWN], start or OWN), **layer}, presets=PRESETS
        )

    def compute(self, *, preset: str, **layer: int) -> GroupNumbers:
        return grouped(**layer)

    def follow(self, name: str) -> None:
        if name in ("in_channels", "out_channels"):  # both are split into equal parts
            self.groups.offer(possible_groups(self.in_channels.value, self.out_channels.value))
