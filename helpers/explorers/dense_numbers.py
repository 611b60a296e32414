"""What VGG-16 costs with a convolutional head on a larger picture: the numbers of `DenseAsConvExplorer`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from helpers.arithmetic import Convolution, same_padding
from helpers.explorers.window_scores import STEP, WINDOW
from helpers.models.vgg import CHANNELS, CONFIGURATIONS

# VGG-16's fully connected layers fc6, fc7 and fc8 as convolutions.
HEAD = (Convolution(512, 4096, WINDOW // STEP), Convolution(4096, 4096, 1), Convolution(4096, 1000, 1))
LONGEST_NAME = 17


@dataclass(frozen=True)
class DenseAsConvNumbers:
    """VGG-16's work on a larger picture, and one window's probabilities of the photo's class, from 0 to 1.

    `one_pass_macs` are those of the network with a convolutional head on the whole picture, `crop_macs` those
    of the network with its fully connected head on one window of 224×224. `shapes` are the maps (channels,
    height, width) that go into the head and that its three layers make. `probability` is that of the window
    in one pass, `apart` that of the window cut out.
    """

    image_size: int
    row: int
    column: int
    shapes: tuple[tuple[int, int, int], ...]
    one_pass_macs: int
    crop_macs: int
    name: str
    probability: float
    apart: float

    @property
    def map_size(self) -> int:
        """Rows, and columns, of the map of scores."""
        return self.shapes[-1][1]

    @property
    def windows(self) -> int:
        """How many windows of 224×224 the map has a score for."""
        return self.map_size**2

    @property
    def crops_macs(self) -> int:
        """The work when each window is cut out and run apart."""
        return self.windows * self.crop_macs

    @property
    def ratio(self) -> Fraction:
        """How many times the work of one pass the crops take."""
        return Fraction(self.crops_macs, self.one_pass_macs)

    @property
    def crops(self) -> str:
        """How many windows are cut out, in words."""
        return f"{self.windows} crop{'s' if self.windows > 1 else ''}"

    @property
    def short_name(self) -> str:
        """The class's name, cut where it is long."""
        return self.name if len(self.name) <= LONGEST_NAME else f"{self.name[: LONGEST_NAME - 1]}…"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        return (
            f"Window ({self.row}, {self.column}) of {self.map_size}×{self.map_size}: {self.short_name} "
            f"{100 * self.probability:.0f} %, cropped {100 * self.apart:.0f} %; VGG-16: one pass "
            f"{giga(self.one_pass_macs)} MACs, {self.crops} {giga(self.crops_macs)}."
        )


def dense_as_conv(
    image_size: int, row: int, column: int, name: str = "", probability: float = 0.0, apart: float = 0.0
) -> DenseAsConvNumbers:
    """Count VGG-16 with a convolutional head on a square picture, 224 pixels and more a side.

    `name`, `probability` and `apart` are handed on. Bias, ReLU and pooling count no MACs.
    Simonyan and Zisserman, 2014, section 3.2.

    >>> numbers = dense_as_conv(448, row=0, column=0)
    >>> numbers.map_size, numbers.one_pass_macs, numbers.crops_macs
    (8, 69299077120, 990096916480)
    >>> dense_as_conv(224, row=0, column=0).ratio
    Fraction(1, 1)
    """
    shapes, macs = _vgg16(image_size)
    crop_macs = _vgg16(WINDOW)[1]
    return DenseAsConvNumbers(image_size, row, column, shapes, macs, crop_macs, name, probability, apart)


@cache
def _vgg16(size: int) -> tuple[tuple[tuple[int, int, int], ...], int]:
    """The shapes into the head and after each of its layers, and the MACs of all layers."""
    channels, macs = 3, 0
    for kernels, out_channels in zip(CONFIGURATIONS["D"], CHANNELS, strict=True):
        for kernel in kernels:
            layer = Convolution(channels, out_channels, kernel, padding=same_padding(kernel))
            macs += layer.macs(size)
            channels = out_channels
        size //= 2
    shapes = [(channels, size, size)]
    for layer in HEAD:
        macs += layer.macs(size)
        shapes.append(layer.output_shape(size))
        size = shapes[-1][1]
    return tuple(shapes), macs


def giga(macs: int) -> str:
    """Multiply-adds in thousands of millions, with one decimal.

    >>> giga(15_470_264_320)
    '15.5 G'
    """
    return f"{macs / 1e9:.1f} G"
