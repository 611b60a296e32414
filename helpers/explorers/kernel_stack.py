"""What a stack of small convolutions sees and costs, against one large one: `KernelStackExplorer`."""

from __future__ import annotations

from helpers.explorers.controls import Slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.numbers.kernel_stack import MOST_DEPTH, MOST_KERNEL, KernelStackNumbers, kernel_stack
from helpers.explorers.pictures.kernel_stack import draw_kernel_stack


class KernelStackExplorer(Explorer):
    """Sliders for kernel, depth and channels; the cells that one output cell sees, layer by layer, follow.

    The window's corner in the input can be dragged: it sets the kernel size. So can the last of the stack's
    nonlinearities, for the depth.
    """

    numbers: KernelStackNumbers
    compute = staticmethod(kernel_stack)
    draw = staticmethod(draw_kernel_stack)

    def __init__(self, *, kernel_size: int = 3, depth: int = 2, channels: int = 128) -> None:
        super().__init__(
            {
                "kernel_size": Slider("kernel size", kernel_size, 3, MOST_KERNEL, odd=True),
                "depth": Slider("depth", depth, 1, MOST_DEPTH),
                "channels": Slider("channels", channels, 1, 512),
            }
        )
