"""What a 1×1 convolution in front of a larger one saves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from helpers.arithmetic import Convolution, same_padding
from helpers.arithmetic import break_even as equal_at

MARK = ("shown", "hidden")
"""Whether the picture marks the break-even."""


@dataclass(frozen=True)
class Cost:
    """What one convolution costs: weights (no bias), MACs and output activations of one picture."""

    weights: int
    macs: int
    activations: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.weights + other.weights, self.macs + other.macs, self.activations + other.activations
        )


@dataclass(frozen=True)
class ReductionNumbers:
    """A k×k convolution against a 1×1 reduction followed by the same k×k convolution."""

    kernel_size: int
    in_channels: int
    reduced_channels: int
    out_channels: int
    image_size: int
    direct: Cost
    one_by_one: Cost
    after: Cost
    break_even: Fraction
    marked: bool = True

    @property
    def reduced(self) -> Cost:
        """Both steps of the reduced way together."""
        return self.one_by_one + self.after

    @property
    def finding(self) -> str:
        """The weights of the reduced way in percent of the direct one's, in words."""
        percent = 100 * self.reduced.weights / self.direct.weights
        return f"{percent:.0f} % of the weights" if percent >= 10 else f"{percent:.1f} % of the weights"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        kernel = f"{self.kernel_size}×{self.kernel_size}"
        steps = f"{self.one_by_one.weights:,} + {self.after.weights:,} = {self.reduced.weights:,}"
        return (
            f"{kernel}, {self.in_channels}→{self.out_channels}: {self.direct.weights:,} weights; "
            f"via {self.reduced_channels}: {steps}, {self.finding}."
        )


def reduction(
    kernel_size: int,
    in_channels: int,
    reduced_channels: int,
    out_channels: int,
    image_size: int,
    break_even: str = "shown",
) -> ReductionNumbers:
    """Count in→out by k×k against in→reduced by 1×1 and reduced→out by k×k (stride 1, same padding, no bias).

    `image_size` is the height and width of the square map, in pixels. `break_even`, "shown" or "hidden", says
    whether the picture marks where both ways have as many weights.

    >>> numbers = reduction(3, 128, 32, 128, image_size=28)
    >>> numbers.direct.weights, numbers.one_by_one.weights, numbers.after.weights, numbers.reduced.weights
    (147456, 4096, 36864, 40960)
    >>> float(numbers.break_even)
    115.2
    """

    def cost(channels: tuple[int, int], kernel: int) -> Cost:
        layer = Convolution(*channels, kernel, padding=same_padding(kernel), bias=False)
        return Cost(layer.weights, layer.macs(image_size), layer.activations(image_size))

    return ReductionNumbers(
        kernel_size,
        in_channels,
        reduced_channels,
        out_channels,
        image_size,
        direct=cost((in_channels, out_channels), kernel_size),
        one_by_one=cost((in_channels, reduced_channels), 1),
        after=cost((reduced_channels, out_channels), kernel_size),
        break_even=equal_at(kernel_size, in_channels, out_channels),
        marked=break_even == "shown",
    )
