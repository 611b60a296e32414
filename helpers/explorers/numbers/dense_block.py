"""What a dense block and the transition after it cost, counted without a network."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import floor

from helpers.arithmetic import compressed
from helpers.wording.counts import brief, compared

MOST_LAYERS = 48
CURVE_ENDS = (12, 24, MOST_LAYERS)
"""The numbers of layers that the curves may run to."""

GROWTH, BOTH_WAYS, EVERYTHING = SHOWN = ("growth", "1×1", "everything")
"""How much is shown: one way to build a block, both ways, or also what training keeps and what follows."""


@dataclass(frozen=True)
class DenseBlockNumbers:
    """A dense block and its transition; weights are those of convolutions, which have no bias here.

    `channels` are what each layer reads, and last what the block puts out. `with_1x1` and `without_1x1` are
    the weights of each layer in both ways of building it, whichever is chosen by `bottleneck`; the curves
    are the weights of blocks of 0, 1, 2, … layers in both ways, as far as `curve_layers`.
    """

    in_channels: int
    layers: int
    growth_rate: int
    bottleneck: bool
    bottleneck_width: int
    compression: float
    map_size: int
    channels: tuple[int, ...]
    with_1x1: tuple[int, ...]
    without_1x1: tuple[int, ...]
    curve_with_1x1: tuple[int, ...]
    curve_without_1x1: tuple[int, ...]
    transition_channels: int
    transition_weights: int
    shows: str = EVERYTHING

    @property
    def out_channels(self) -> int:
        """in_channels + layers · growth_rate: linear in the number of layers."""
        return self.channels[-1]

    @property
    def weights(self) -> int:
        """The weights of all layers, built as `bottleneck` says."""
        return sum(self.with_1x1 if self.bottleneck else self.without_1x1)

    @property
    def weights_otherwise(self) -> int:
        """The weights of all layers, built the other way."""
        return sum(self.without_1x1 if self.bottleneck else self.with_1x1)

    @property
    def curve_layers(self) -> int:
        """The number of layers of the longest block that the curves show."""
        return len(self.curve_with_1x1) - 1

    @property
    def curve_if_even(self) -> int:
        """What that block would weigh if each layer were as cheap as the first, in the way that is chosen."""
        return self.curve_layers * (self.with_1x1 if self.bottleneck else self.without_1x1)[0]

    @property
    def connections(self) -> int:
        """Layer l reads the block's input and l − 1 layers before it: L(L+1)/2 in all."""
        return self.layers * (self.layers + 1) // 2

    @property
    def kept(self) -> dict[str, int]:
        """The maps kept for the backward pass, by what they are.

        What a layer reads is kept as a new copy at each concatenation, and again after batch norm and ReLU,
        for the convolution; what a 1×1 makes is kept before and after BN–ReLU.
        """
        read = sum(self.channels[:-1])
        made = 2 * self.layers * self.bottleneck_width * self.growth_rate if self.bottleneck else 0
        return {"concatenated": read, "after BN–ReLU": read, "1×1's maps, before and after BN–ReLU": made}

    @property
    def kept_maps(self) -> int:
        """All maps kept, where nothing is shared or computed again, as in a block written the plain way."""
        return sum(self.kept.values())

    @property
    def kept_values(self) -> int:
        """The numbers in all kept maps, for one image."""
        return self.values_of(self.kept_maps)

    @property
    def kept_times(self) -> float:
        """How many times the output's maps are kept."""
        return self.kept_maps / self.out_channels

    def values_of(self, maps: int) -> int:
        """The numbers in that many of the block's maps, for one image."""
        return maps * self.map_size**2

    @property
    def break_even(self) -> Fraction | None:
        """The number of layers at which both ways have as many weights, or None: 1×1 first never pays.

        A layer of c channels takes ``c·w + 9·w·k`` or ``9·c·k`` weights, where w = bottleneck_width · k:
        equal at ``c = 9·w·k / (9·k − w)``. The mean c of a block of L layers is in_channels + k·(L − 1) / 2.
        """
        b, k = self.bottleneck_width, self.growth_rate
        if b >= 9:
            return None
        return 1 + 2 * (Fraction(9 * b * k, 9 - b) - self.in_channels) / k

    @property
    def pays_from(self) -> int | None:
        """The fewest layers at which a block with 1×1 first has fewer weights, or None for never."""
        return None if self.break_even is None else max(1, floor(self.break_even) + 1)

    @property
    def finding(self) -> str:
        """How the weights with 1×1 compare with those without, in words."""
        return compared(sum(self.with_1x1), sum(self.without_1x1))

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        ways = ("with 1×1", "without") if self.bottleneck else ("without 1×1", "with")
        layers = f"{self.layers} layer{'s' * (self.layers > 1)}"
        if self.shows == GROWTH:
            connections = f"{self.connections:,} connection{'s' * (self.layers > 1)}"
            return (
                f"{layers}, {self.in_channels}→{self.out_channels} channels: {connections}, "
                f"{self.weights:,} weights."
            )
        after = f"→{self.transition_channels}" if self.shows == EVERYTHING else ""
        kept = f"; {brief(self.kept_values)} values kept" if self.shows == EVERYTHING else ""
        return (
            f"{layers}, {self.in_channels}→{self.out_channels}{after} "
            f"channels: {self.weights:,} weights {ways[0]}, {self.weights_otherwise:,} {ways[1]}{kept}."
        )


def dense_block(
    in_channels: int,
    layers: int,
    growth_rate: int,
    bottleneck: bool,
    bottleneck_width: int,
    compression: float,
    map_size: int,
    shows: str = EVERYTHING,
) -> DenseBlockNumbers:
    """Count a block of `layers` dense layers and the transition after it, on maps of `map_size`² pixels.

    Each layer is BN–ReLU–3×3 to `growth_rate` maps, with BN–ReLU–1×1 to `bottleneck_width` · `growth_rate`
    maps in front if `bottleneck`; the transition is BN–ReLU–1×1 to `compression` · channels maps (rounded
    down) and a 2×2 average pool. Huang et al., 2016, https://arxiv.org/abs/1608.06993, section 3.

    >>> numbers = dense_block(64, 6, 32, True, 4, 0.5, map_size=56)
    >>> numbers.channels
    (64, 96, 128, 160, 192, 224, 256)
    >>> sum(numbers.with_1x1), sum(numbers.without_1x1), numbers.pays_from
    (331776, 248832, 12)
    >>> numbers.connections, numbers.kept_maps, numbers.transition_channels
    (21, 3264, 128)
    """
    # The curves go on beyond the block, so that it shows what a longer one would weigh.
    curve_layers = next((end for end in CURVE_ENDS if end > layers), max(layers, MOST_LAYERS))
    read = [in_channels + growth_rate * layer for layer in range(curve_layers)]
    width = bottleneck_width * growth_rate
    with_1x1 = [_weights(c, width, 1) + _weights(width, growth_rate, 3) for c in read]
    without_1x1 = [_weights(c, growth_rate, 3) for c in read]
    out_channels = in_channels + growth_rate * layers
    transition_channels = compressed(out_channels, compression)
    return DenseBlockNumbers(
        in_channels,
        layers,
        growth_rate,
        bottleneck,
        bottleneck_width,
        compression,
        map_size,
        channels=(*read[:layers], out_channels),
        with_1x1=tuple(with_1x1[:layers]),
        without_1x1=tuple(without_1x1[:layers]),
        curve_with_1x1=tuple(accumulate(with_1x1, initial=0)),
        curve_without_1x1=tuple(accumulate(without_1x1, initial=0)),
        transition_channels=transition_channels,
        transition_weights=_weights(out_channels, transition_channels, 1),
        shows=shows,
    )


def _weights(in_channels: int, out_channels: int, kernel_size: int) -> int:
    # As `Convolution(…).weights`, whose checks would take longer than all the rest: it is asked 150 times.
    return kernel_size * kernel_size * in_channels * out_channels
