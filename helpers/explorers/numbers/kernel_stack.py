"""What a stack of small convolutions sees and costs, against one large one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from helpers.arithmetic import Convolution, Span
from helpers.wording.counts import compared

MOST_KERNEL, MOST_DEPTH = 7, 5
TIMES = ("", "once", "twice", "three times", "four times", "five times")


@dataclass(frozen=True)
class KernelStackNumbers:
    """A stack of `depth` equal k×k convolutions against one convolution that sees as much (no biases).

    `grids` are the cells along one side that lead to one output cell, from the input to the output itself;
    `ways` are, for each grid, the ways along one side from each of its cells to the output cell. In the plane
    the ways down and across multiply.
    """

    kernel_size: int
    depth: int
    channels: int
    grids: tuple[int, ...]
    ways: tuple[tuple[int, ...], ...]
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
    def small(self) -> str:
        """The stack's kernel, such as 3×3."""
        return f"{self.kernel_size}×{self.kernel_size}"

    @property
    def large(self) -> str:
        """The kernel that sees as much as the stack, such as 5×5."""
        return f"{self.field}×{self.field}"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        cost = f"{self.stack_weights:,} weights at {self.channels_in_words}"
        if self.depth == 1:
            return f"{self.small} once is one {self.small}: {cost}, and one nonlinearity."
        return (
            f"{self.small} {TIMES[self.depth]} sees {self.large}: {cost}, "
            f"{compared(self.stack_weights, self.single_weights)} than one {self.large} "
            f"({self.single_weights:,})."
        )


def kernel_stack(kernel_size: int, depth: int, channels: int) -> KernelStackNumbers:
    """Count `depth` convolutions of k×k (stride 1, same padding, no bias) against one of equal field.

    Every layer has `channels` maps in and out. Each adds k − 1 cells to the side of the field:
    ``field = 1 + depth·(k − 1)``, the recurrence of `helpers.arithmetic.Span.through` at stride 1.
    The comparison is that of Simonyan and Zisserman, 2014, section 2.3.

    >>> numbers = kernel_stack(3, 2, channels=128)
    >>> numbers.grids, numbers.stack_weights, numbers.single_weights
    ((5, 3, 1), 294912, 409600)
    >>> numbers.ways
    ((1, 2, 3, 2, 1), (1, 1, 1), (1,))
    """
    spans = [Span()]
    for _ in range(depth):
        spans.append(spans[-1].through(kernel_size))

    def weights(kernel: int) -> int:
        return Convolution(channels, channels, kernel).weights

    grids = tuple(span.size for span in reversed(spans))
    return KernelStackNumbers(
        kernel_size,
        depth,
        channels,
        grids,
        tuple(ways(kernel_size, layers) for layers in reversed(range(depth + 1))),
        weights(kernel_size),
        weights(grids[0]),
    )


def ways(kernel_size: int, layers: int) -> tuple[int, ...]:
    """Count the ways along one axis from each cell through `layers` layers to one output cell.

    It is how often a cell's value enters the output's sum when every weight is 1: a row of ones, convolved
    with itself.

    >>> ways(3, layers=2)
    (1, 2, 3, 2, 1)
    """
    counts = (1,)
    for _ in range(layers):
        cells = len(counts) + kernel_size - 1
        counts = tuple(sum(counts[max(0, cell + 1 - kernel_size) : cell + 1]) for cell in range(cells))
    return counts
