"""What a stack of small convolutions sees and costs, against one large one: `KernelStackExplorer`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from matplotlib.axes import Axes
from PIL import Image

from helpers.arithmetic import Convolution, Span
from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.style import BLUE, FAINT, INK, SKY
from helpers.explorers.cell_grids import CellGrids
from helpers.explorers.old_controls import Slider
from helpers.explorers.old_live import Explorer

MOST_DEPTH = 5
TIMES = ("", "once", "twice", "three times", "four times", "five times")

WIDTH, HEIGHT = 780, 450
LEFT, TOP, BAND = 24, 50, 224
BARS_LEFT, BARS_RIGHT, BARS_TOP, LINE, BAR = 126, 426, 366, 40, 24
DOTS_LEFT = 622


@dataclass(frozen=True)
class KernelStackNumbers:
    """A stack of `depth` equal k×k convolutions against one convolution that sees as much (no biases).

    `grids` are the cells along one side that lead to one output cell, from the input to the output itself.
    """

    kernel_size: int
    depth: int
    channels: int
    grids: tuple[int, ...]
    layer_weights: int
    single_weights: int

    @property
    def field(self) -> int:
        """The receptive field of the stack: the height and width in cells that one output cell sees."""
        return self.grids[0]

    @property
    def stack_weights(self) -> int:
        """The weights of all the stack's layers."""
        return self.depth * self.layer_weights

    @property
    def ratio(self) -> Fraction:
        """The single kernel's weights over the stack's; of MACs too, on a map of any size."""
        return Fraction(self.single_weights, self.stack_weights)

    @property
    def nonlinearities(self) -> int:
        """A ReLU after each layer of the stack; after the single kernel there is one."""
        return self.depth

    @property
    def channels_in_words(self) -> str:
        """How many channels each layer has, in and out."""
        return f"{self.channels} channel{'s' if self.channels > 1 else ''}"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        small, large = (f"{size}×{size}" for size in (self.kernel_size, self.field))
        cost = f"{self.stack_weights:,} weights at {self.channels_in_words}"
        if self.depth == 1:
            return f"{small} once is one {small}: {cost}, and one nonlinearity."
        return (
            f"{small} {TIMES[self.depth]} sees {large}: {cost}; "
            f"one {large} has {self.single_weights:,}, {float(self.ratio):.2f} times as many."
        )


def kernel_stack(kernel_size: int, depth: int, channels: int) -> KernelStackNumbers:
    """Count `depth` convolutions of k×k (stride 1, same padding, no bias) against one of equal field.

    Every layer has `channels` maps in and out. Each adds k − 1 cells to the side of the field:
    ``field = 1 + depth·(k − 1)``, the recurrence of `helpers.arithmetic.Span.through` at stride 1.
    The comparison is that of Simonyan and Zisserman, 2014, section 2.3.

    >>> numbers = kernel_stack(3, 2, channels=128)
    >>> numbers.grids, numbers.stack_weights, numbers.single_weights
    ((5, 3, 1), 294912, 409600)
    """
    spans = [Span()]
    for _ in range(depth):
        spans.append(spans[-1].through(kernel_size))
    grids = tuple(span.size for span in reversed(spans))

    def weights(kernel: int) -> int:
        return Convolution(channels, channels, kernel).weights

    return KernelStackNumbers(kernel_size, depth, channels, grids, weights(kernel_size), weights(grids[0]))


class KernelStackExplorer(Explorer):
    """Sliders for kernel, depth and channels; the cells that one output cell sees, layer by layer, follow.

    The grids are drawn to one scale, from the input on the left to the one output cell on the right. Two
    corner cells of each grid have their windows outlined in the grid before it. Bars are in percent of the
    single kernel that sees as much.
    """

    numbers: KernelStackNumbers

    def __init__(self, *, kernel_size: int = 3, depth: int = 2, channels: int = 128) -> None:
        self._build_figure()
        super().__init__(
            {
                "kernel_size": Slider("kernel size", kernel_size, 3, 7, odd=True),
                "depth": Slider("depth", depth, 1, MOST_DEPTH),
                "channels": Slider("channels", channels, 1, 512),
            },
            width=WIDTH,
            height=HEIGHT,
        )

    def compute(self, **values: Any) -> KernelStackNumbers:
        return kernel_stack(**values)

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        with self._figure.building():
            axes = self._figure.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            axes.set_axis_off()
            self._title = self._figure.text(axes, LEFT, 18, size=11, bold=True)
            self._caption = self._figure.text(axes, LEFT, 36)
            self._grids = CellGrids(self._figure, axes, top=TOP, height=BAND, most_layers=MOST_DEPTH)
            self._build_bars(axes)

    def _build_bars(self, axes: Axes) -> None:
        live, text = self._figure.live, self._figure.text
        self._heading = text(axes, BARS_LEFT, BARS_TOP - 18, bold=True)
        text(axes, DOTS_LEFT - 8, BARS_TOP - 18, "nonlinearities", bold=True)
        self._labels, self._dots, self._amounts = [], [], []
        for row in range(2):
            middle = BARS_TOP + row * LINE + BAR / 2
            self._labels.append(text(axes, BARS_LEFT - 8, middle, anchor="rm"))
            self._amounts.append((text(axes, 0, middle, bold=True), text(axes, 0, middle, bold=True)))
            self._dots.append(live(axes.plot([], [], "o", color=SKY, markeredgecolor=INK, markersize=10)[0]))
        # One segment for each layer, hatched in turn, so that the layers can be counted.
        self._segments = [
            live(axes.barh(BARS_TOP + BAR / 2, 0, height=BAR, color=BLUE, edgecolor="white", hatch=hatch)[0])
            for hatch in ("////", "", "////", "", "////")
        ]
        axes.barh(BARS_TOP + LINE + BAR / 2, BARS_RIGHT - BARS_LEFT, left=BARS_LEFT, height=BAR, color=FAINT)

    def draw(self, numbers: KernelStackNumbers) -> Image.Image:
        self._draw_grids(numbers)
        self._draw_bars(numbers)
        return self._figure.image()

    def _draw_grids(self, numbers: KernelStackNumbers) -> None:
        small, large = (f"{size}×{size}" for size in (numbers.kernel_size, numbers.field))
        adds = f"each {small} adds {numbers.kernel_size - 1}" if numbers.depth > 1 else "its own kernel"
        self._grids.show(numbers.kernel_size, numbers.grids)
        self._title.text = f"One output cell sees {large} cells of the input: {adds}"
        sign = "Number and shade" if self._grids.counted else "Shade"
        reads = f"Frames: a cell, and the {small} cells that it reads."
        self._caption.text = f"{sign}: ways from a cell to the output cell.   {reads}"

    def _draw_bars(self, numbers: KernelStackNumbers) -> None:
        small, large = (f"{size}×{size}" for size in (numbers.kernel_size, numbers.field))
        share = float(1 / numbers.ratio)
        self._heading.text = f"weights, {numbers.channels_in_words} in and out; MACs in the same ratio"
        self._labels[0].text, self._labels[1].text = f"{small} {TIMES[numbers.depth]}", f"one {large}"
        width = share * (BARS_RIGHT - BARS_LEFT) / numbers.depth
        for place, segment in enumerate(self._segments):
            segment.set_x(BARS_LEFT + place * width)
            shown = place < numbers.depth
            segment.set_width(width if shown else 0)
            segment.set_visible(shown)  # a hatch takes its time on no width too
        ends = (BARS_LEFT + share * (BARS_RIGHT - BARS_LEFT), BARS_RIGHT)
        weights = (numbers.stack_weights, numbers.single_weights)
        layers = (numbers.nonlinearities, 1)
        for row, (end, count, dots) in enumerate(zip(ends, weights, layers, strict=True)):
            amount, number = self._amounts[row]
            amount.x = end + 8
            amount.text = f"{count:,}  ({(100 * share, 100)[row]:.0f} %)"
            middle = BARS_TOP + row * LINE + BAR / 2
            self._dots[row].set_data([DOTS_LEFT + 18 * dot for dot in range(dots)], [middle] * dots)
            number.x, number.text = DOTS_LEFT + 18 * dots - 2, str(dots)
