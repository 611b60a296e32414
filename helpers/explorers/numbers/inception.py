"""An Inception block with its 1×1 convolutions and without: weights, MACs and channels, branch by branch."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.arithmetic import Convolution, same_padding
from helpers.arithmetic.blocks import INCEPTION_BLOCKS
from helpers.wording.counts import brief, compared

FILTERS = ("out_1x1", "reduce_3x3", "out_3x3", "reduce_5x5", "out_5x5", "pool_proj")
"""The six numbers of the paper's table 1, in its order and by the names that `Inception` takes them by."""


def presets() -> dict[str, dict[str, int]]:
    """The paper's blocks by name: each one's filter numbers, and what it gets from the one before it.

    >>> list(presets()["4e"].values())
    [528, 256, 160, 320, 32, 128, 128]
    """
    found, channels = {}, 192
    for name, filters in INCEPTION_BLOCKS.items():
        found[name] = {"in_channels": channels, **dict(zip(FILTERS, filters, strict=True))}
        channels = sum(found[name][out] for out in ("out_1x1", "out_3x3", "out_5x5", "pool_proj"))
    return found


PRESETS = presets()
MAP_SIZES = {name: {"3": 28, "4": 14, "5": 7}[name[0]] for name in PRESETS}
"""The height and width of a block's maps, in pixels, when the network sees 224×224."""


@dataclass(frozen=True)
class Branch:
    """One branch with its 1×1 convolution and without (naive): channels that come out, and weights (no bias).

    `between` is what its first layer hands on to its second one, None where it has one layer only.
    """

    between: int | None
    channels: int
    naive_channels: int
    one_by_one: int
    larger: int
    naive: int

    @property
    def weights(self) -> int:
        """The weights of the branch with its 1×1 convolution."""
        return self.one_by_one + self.larger

    @property
    def per_channel(self) -> int:
        """The weights that each output channel of its 1×1 convolution costs, in both layers together."""
        return self.weights // (self.between if self.larger else self.channels)

    @property
    def finding(self) -> str:
        """What the 1×1 convolution changes, in words."""
        if not self.naive:
            return f"{self.naive_channels} channels become {self.channels}"
        return compared(self.weights, self.naive) if self.larger else "the same"


@dataclass(frozen=True)
class InceptionNumbers:
    """An Inception block with 1×1 reductions (figure 2b of the paper) against the naive one (figure 2a).

    `branches` are those of 1×1, 3×3, 5×5 and pooling; `map_size` is in pixels.
    """

    block: str
    in_channels: int
    map_size: int
    branches: tuple[Branch, Branch, Branch, Branch]

    @property
    def one_by_one(self) -> int:
        """The weights of the block's 1×1 convolutions."""
        return sum(branch.one_by_one for branch in self.branches)

    @property
    def larger(self) -> int:
        """The weights of its 3×3 and 5×5 convolutions, behind reductions."""
        return sum(branch.larger for branch in self.branches)

    @property
    def weights(self) -> int:
        """All weights of the block with reductions."""
        return self.one_by_one + self.larger

    @property
    def naive_weights(self) -> int:
        """All weights of the naive block."""
        return sum(branch.naive for branch in self.branches)

    @property
    def channels(self) -> int:
        """The output channels of the block with reductions."""
        return sum(branch.channels for branch in self.branches)

    @property
    def naive_channels(self) -> int:
        """The output channels of the naive block."""
        return sum(branch.naive_channels for branch in self.branches)

    @property
    def macs(self) -> int:
        """The MACs of the block with reductions: each weight is used once per pixel, at stride 1."""
        return self.weights * self.map_size**2

    @property
    def naive_macs(self) -> int:
        """The MACs of the naive block."""
        return self.naive_weights * self.map_size**2

    @property
    def finding(self) -> str:
        """How the block with reductions compares with the naive one in weights, in words."""
        return compared(self.weights, self.naive_weights)

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        return (
            f"{self.block[0].upper()}{self.block[1:]}: {self.weights:,} weights and {brief(self.macs)} MACs "
            f"make {self.channels} channels; naive, {self.naive_weights:,} and {brief(self.naive_macs)} "
            f"make {self.naive_channels}."
        )


def inception(
    in_channels: int,
    out_1x1: int,
    reduce_3x3: int,
    out_3x3: int,
    reduce_5x5: int,
    out_5x5: int,
    pool_proj: int,
    *,
    map_size: int = 28,
    block: str = "your own",
) -> InceptionNumbers:
    """Count an Inception block with its 1×1 reductions and without (stride 1, same padding, no bias).

    The naive block has no `reduce_3x3`, `reduce_5x5` and `pool_proj`: its larger convolutions read all
    in_channels, and its pool branch hands all of them on. `map_size` is in pixels; `block` is a name only.

    >>> numbers = inception(**PRESETS["3a"])
    >>> numbers.weights, numbers.naive_weights
    (163328, 387072)
    >>> numbers.channels, numbers.naive_channels
    (256, 416)
    >>> [branch.per_channel for branch in numbers.branches]
    [192, 1344, 992, 192]
    """

    def weights(c_in: int, c_out: int, kernel: int) -> int:
        return Convolution(c_in, c_out, kernel, padding=same_padding(kernel), bias=False).weights

    def reduced(reduce: int, out: int, kernel: int) -> Branch:
        naive = weights(in_channels, out, kernel)
        return Branch(reduce, out, out, weights(in_channels, reduce, 1), weights(reduce, out, kernel), naive)

    single, projection = weights(in_channels, out_1x1, 1), weights(in_channels, pool_proj, 1)
    branches = (
        Branch(None, out_1x1, out_1x1, single, 0, single),
        reduced(reduce_3x3, out_3x3, 3),
        reduced(reduce_5x5, out_5x5, 5),
        Branch(in_channels, pool_proj, in_channels, projection, 0, 0),
    )
    return InceptionNumbers(block, in_channels, map_size, branches)
