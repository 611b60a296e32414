"""A convolution split into groups, and the same one in a single group."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from helpers.arithmetic import Convolution, same_padding
from helpers.wording.counts import brief

# AlexNet's layers (Krizhevsky, Sutskever and Hinton 2012, figure 2), and its conv4 with a group for each
# channel.
PRESETS: dict[str, dict[str, int]] = {
    name: dict(zip(("in_channels", "out_channels", "kernel_size", "groups", "map_size"), layer, strict=True))
    for name, layer in {
        "conv2": (96, 256, 5, 2, 27),
        "conv3": (256, 384, 3, 1, 13),
        "conv4": (384, 384, 3, 2, 13),
        "conv5": (384, 256, 3, 2, 13),
        "depthwise": (384, 384, 3, 384, 13),
    }.items()
}


@dataclass(frozen=True)
class GroupNumbers:
    """A convolution in groups; `all_weights` and `all_macs` are those of the same one in a single group."""

    in_channels: int
    out_channels: int
    kernel_size: int
    groups: int
    map_size: int
    weights: int
    macs: int
    all_weights: int
    all_macs: int

    @property
    def reads(self) -> int:
        """How many input channels an output channel reads."""
        return self.in_channels // self.groups

    @property
    def makes(self) -> int:
        """How many output channels a group makes."""
        return self.out_channels // self.groups

    @property
    def connections(self) -> int:
        """How many pairs of an input and an output channel are connected."""
        return self.reads * self.out_channels

    @property
    def all_connections(self) -> int:
        """How many pairs of an input and an output channel there are."""
        return self.in_channels * self.out_channels

    @property
    def depthwise(self) -> bool:
        """Whether each input channel is a group of its own."""
        return self.groups == self.in_channels > 1

    @property
    def weights_by_groups(self) -> dict[int, int]:
        """The weights for each number of groups that both channel counts can be split into."""
        return {
            groups: self.all_weights // groups
            for groups in possible_groups(self.in_channels, self.out_channels)
        }

    @property
    def preset(self) -> str | None:
        """The preset with these numbers, if there is one."""
        for name, layer in PRESETS.items():
            if all(getattr(self, each) == value for each, value in layer.items()):
                return name
        return None

    @property
    def kernel(self) -> str:
        """The kernel and the channels that it leads from and to."""
        return f"{self.kernel_size}×{self.kernel_size}, {self.in_channels}→{self.out_channels}"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        if self.groups == 1:
            how, weights = "in one group", f"all {self.weights:,} weights"
        else:
            how = "depthwise" if self.depthwise else f"in {self.groups} groups"
            weights = f"{self.weights:,} of {self.all_weights:,} weights"
        macs = f"{brief(self.macs)} MACs at {self.map_size}×{self.map_size}"
        return f"{self.kernel} {how}: {weights}, {macs}; a channel reads {self.reads} of {self.in_channels}."


def grouped(
    in_channels: int, out_channels: int, kernel_size: int, groups: int, map_size: int
) -> GroupNumbers:
    """Count a k×k convolution in groups and in one (stride 1, same padding, no bias).

    `map_size` is the height and width of the square map, in pixels. Raises ValueError as `Convolution` does.

    >>> numbers = grouped(96, 256, 5, groups=2, map_size=27)
    >>> numbers.weights, numbers.all_weights, numbers.reads, numbers.connections
    (307200, 614400, 48, 12288)
    """
    split, whole = (
        Convolution(
            in_channels, out_channels, kernel_size, padding=same_padding(kernel_size), groups=each, bias=False
        )
        for each in (groups, 1)
    )
    return GroupNumbers(
        in_channels,
        out_channels,
        kernel_size,
        groups,
        map_size,
        weights=split.weights,
        macs=split.macs(map_size),
        all_weights=whole.weights,
        all_macs=whole.macs(map_size),
    )


def possible_groups(in_channels: int, out_channels: int) -> tuple[int, ...]:
    """The numbers of groups that both channel counts can be split into: their common divisors.

    >>> possible_groups(96, 256)
    (1, 2, 4, 8, 16, 32)
    """
    most = gcd(in_channels, out_channels)
    return tuple(groups for groups in range(1, most + 1) if most % groups == 0)
