"""A residual block and its shortcut: weights, MACs and shapes."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.arithmetic import Convolution, same_padding
from helpers.arithmetic.blocks import SHORTCUTS

EXPANSION = 4
"""The paper's: a bottleneck puts out four times as many channels as its 3×3 convolution has."""

OPTIONS = tuple(option for option in SHORTCUTS if option != "none")


@dataclass(frozen=True)
class Step:
    """One convolution and the height and width of the map that it reads, in pixels."""

    convolution: Convolution
    size: int

    @property
    def kernel(self) -> str:
        """Its kernel in words: "1×1" or "3×3"."""
        return "{}×{}".format(*self.convolution.kernel_size)

    @property
    def weights(self) -> int:
        """Its weights; batch norm follows, so there is no bias."""
        return self.convolution.weights

    @property
    def macs(self) -> int:
        """Its multiply-adds for one map."""
        return self.convolution.macs(self.size)

    @property
    def out_size(self) -> int:
        """The height and width of the map that it makes."""
        return self.convolution.output_shape(self.size)[1]


@dataclass(frozen=True)
class ShortcutNumbers:
    """A residual block: the convolutions of its main path, and the one of its shortcut where it has one.

    `width` is that of the 3×3 convolutions; `expansion` is what the comparison of `ways` is made with.
    """

    block: str
    option: str
    width: int
    expansion: int
    main: tuple[Step, ...]
    projection: Step | None

    @property
    def in_channels(self) -> int:
        """The channels that come in."""
        return self.main[0].convolution.in_channels

    @property
    def out_channels(self) -> int:
        """The channels that go out."""
        return self.main[-1].convolution.out_channels

    @property
    def stride(self) -> int:
        """The stride of the first convolution and of the shortcut."""
        return self.main[0].convolution.stride[0]

    @property
    def map_size(self) -> int:
        """The height and width that come in, in pixels."""
        return self.main[0].size

    @property
    def out_size(self) -> int:
        """The height and width that go out, in pixels."""
        return self.main[-1].out_size

    @property
    def zero_channels(self) -> int:
        """The channels of zeros that option A adds."""
        return self.out_channels - self.in_channels if self.option == "A" else 0

    @property
    def shapes_differ(self) -> bool:
        """Whether the input cannot be added as it is."""
        return self.stride != 1 or self.in_channels != self.out_channels

    @property
    def weights(self) -> int:
        """The weights of the main path."""
        return sum(step.weights for step in self.main)

    @property
    def shortcut_weights(self) -> int:
        """The weights of the shortcut, which only a projection has."""
        return self.projection.weights if self.projection else 0

    @property
    def all_weights(self) -> int:
        """The weights of the main path and of the shortcut."""
        return self.weights + self.shortcut_weights

    @property
    def macs(self) -> int:
        """The MACs of the block with its shortcut; the addition counts 0."""
        return sum(step.macs for step in self.main) + (self.projection.macs if self.projection else 0)

    @property
    def shortcut(self) -> str:
        """What the shortcut does, in words."""
        if self.projection:
            return "1×1 projection"
        picked = ["every 2nd pixel"] if self.stride == 2 else []
        padded = ["zero-padded"] if self.zero_channels else []
        return ", ".join(picked + padded) or "identity"

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels that come in, then those that each convolution puts out."""
        return self.in_channels, *(step.convolution.out_channels for step in self.main)

    @property
    def ways(self) -> tuple[tuple[str, int], ...]:
        """Three blocks of equal shapes in and out at this width, with their weights: no shortcut has any."""
        outer = self.width * self.expansion
        slim, plain, wide = (
            sum(layer.weights for layer in main_path(block, around, inner, around))
            for block, around, inner in (
                ("bottleneck", outer, self.width),
                ("basic", self.width, self.width),
                ("basic", outer, outer),
            )
        )
        names = (
            f"bottleneck {outer}–{self.width}–{self.width}–{outer}",
            f"basic, {self.width} wide",
            f"basic, {outer} wide",
        )
        return tuple(zip(names, (slim, plain, wide), strict=True))

    @property
    def finding(self) -> str:
        """Whether the shortcut is free, and what it costs if not, in words."""
        percent = 100 * self.shortcut_weights / self.all_weights
        cost = f"{percent:.0f} % of the block's weights" if percent >= 1 else "less than 1 % of its weights"
        if not self.shapes_differ:
            if self.projection:
                return f"Equal shapes, yet option C projects: {cost}"
            return "Equal shapes: the shortcut is the identity, and free"
        if self.projection:
            return f"Shapes differ: a 1×1 projection makes them fit, for {cost}"
        does = {"every 2nd pixel": "every 2nd pixel is kept", "zero-padded": "channels of zeros are added"}
        done = ", ".join(does[part] for part in self.shortcut.split(", "))
        return f"Shapes differ: {done}, without a weight"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        chain = "–".join(map(str, self.channels))
        return (
            f"{self.block.capitalize()} {chain}, {self.map_size}→{self.out_size} pixels: "
            f"{self.weights:,} weights; "
            f"option {self.option}: {self.shortcut}, {self.shortcut_weights:,} more."
        )


def shortcut(
    block: str,
    *,
    in_channels: int,
    width: int,
    expansion: int = 1,
    stride: int = 1,
    option: str = "B",
    map_size: int = 56,
) -> ShortcutNumbers:
    """Count a residual block and its shortcut (He et al., figure 5, and section 4.1 for options A, B, C).

    A "basic" block is 3×3, 3×3 and puts out `width` channels; a "bottleneck" is 1×1, 3×3, 1×1 and puts out
    `width·expansion`. The stride stands in the first convolution, as in the paper (v1). No bias, and batch
    norm is not counted. `map_size` is the height and width that come in, in pixels.
    Raises ValueError for option A with fewer channels out than in: zeros only add channels.

    >>> shortcut("bottleneck", in_channels=256, width=64, expansion=4).ways
    (('bottleneck 256–64–64–256', 69632), ('basic, 64 wide', 73728), ('basic, 256 wide', 1179648))
    >>> shortcut("basic", in_channels=64, width=128, stride=2).shortcut_weights
    8192
    """
    bottleneck = block == "bottleneck"
    out_channels = width * expansion if bottleneck else width
    if option == "A" and out_channels < in_channels:
        raise ValueError(
            f"in_channels must be at most the {out_channels} that come out for option A, got {in_channels}."
        )
    steps, size = [], map_size
    for layer in main_path(block, in_channels, width, out_channels, stride):
        steps.append(Step(layer, size))
        size = steps[-1].out_size
    differ = stride != 1 or in_channels != out_channels
    projection = None
    if option == "C" or (option == "B" and differ):
        projection = Step(_conv(in_channels, out_channels, 1, stride), map_size)
    return ShortcutNumbers(
        block, option, width, expansion if bottleneck else EXPANSION, tuple(steps), projection
    )


def main_path(
    block: str, in_channels: int, width: int, out_channels: int, stride: int = 1
) -> tuple[Convolution, ...]:
    """The convolutions of a block's main path, without biases: 1×1, 3×3, 1×1 or 3×3, 3×3.

    >>> [layer.weights for layer in main_path("bottleneck", 256, 64, 256)]
    [16384, 36864, 16384]
    """
    if block == "bottleneck":
        return (
            _conv(in_channels, width, 1, stride),
            _conv(width, width, 3),
            _conv(width, out_channels, 1),
        )
    return _conv(in_channels, out_channels, 3, stride), _conv(out_channels, out_channels, 3)


def _conv(in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> Convolution:
    return Convolution(in_channels, out_channels, kernel, stride, same_padding(kernel), bias=False)
