"""What a 1×1 convolution in front of a larger one saves: `ReductionExplorer`."""

from __future__ import annotations

from helpers.explorers.controls import Choice, Slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.numbers.reduction import MARK, ReductionNumbers, reduction
from helpers.explorers.pictures.reduction import draw_reduction


class ReductionExplorer(Explorer):
    """Sliders for kernel, channels and map size; bars, blocks of maps and the break-even line follow.

    The dot on the line can be dragged: it sets the channels in the middle. With `break_even="hidden"` the
    place where a reduction stops paying is not marked, for a learner who is to find it.
    """

    numbers: ReductionNumbers
    compute = staticmethod(reduction)
    draw = staticmethod(draw_reduction)

    def __init__(
        self,
        *,
        kernel_size: int = 3,
        in_channels: int = 128,
        reduced_channels: int = 32,
        out_channels: int = 128,
        image_size: int = 28,
        break_even: str = "shown",
    ) -> None:
        super().__init__(
            {
                "kernel_size": Slider("kernel size", kernel_size, 1, 11, odd=True),
                "in_channels": Slider("in channels", in_channels, 8, 512, step=8),
                "reduced_channels": Slider("middle channels", reduced_channels, 1, in_channels),
                "out_channels": Slider("out channels", out_channels, 8, 512, step=8),
                "image_size": Slider("map size (pixels)", image_size, 1, 224),
                "break_even": Choice("break-even", MARK, break_even),
            }
        )

    def follow(self, name: str) -> None:
        if name == "in_channels":  # to more channels than came in would be no reduction
            self.reduced_channels.limit(high=self.in_channels.value)
