"""What VGG-16 costs with a convolutional head on a larger picture, and how its windows are scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from helpers.arithmetic import Convolution, same_padding
from helpers.wording.counts import brief, compared

WINDOW, STEP = 224, 32
"""The side of a window, and from one to the next, in pixels."""
MOST_ROWS = 8
LARGEST = WINDOW + (MOST_ROWS - 1) * STEP
"""The side of the largest picture."""

# VGG-16, configuration D of Simonyan and Zisserman's table 1: the channels of each stage, and how many 3×3
# convolutions it has. A 2×2 pooling ends each.
STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
# Its fully connected layers fc6, fc7 and fc8 as convolutions.
HEAD = {
    "fc6": Convolution(512, 4096, WINDOW // STEP),
    "fc7": Convolution(4096, 4096, 1),
    "fc8": Convolution(4096, 1000, 1),
}
LONGEST_NAME = 17


@dataclass(frozen=True)
class DenseAsConvNumbers:
    """VGG-16's work on a larger picture, and the probabilities of the photo's class in its windows, 0 to 1.

    `one_pass_macs` are those of the network with a convolutional head on the whole picture, `crop_macs` those
    of the network with its fully connected head on one window of 224×224. `shapes` are the maps (channels,
    height, width) that go into the head and that its three layers make. `scores` are the probabilities of the
    windows in one pass, row by row, and `apart` that of the chosen window cut out.
    """

    image_size: int
    row: int
    column: int
    shapes: tuple[tuple[int, int, int], ...]
    one_pass_macs: int
    crop_macs: int
    name: str
    scores: tuple[tuple[float, ...], ...]
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
    def probability(self) -> float:
        """The chosen window's in one pass."""
        return self.scores[self.row][self.column]

    @property
    def crops_macs(self) -> int:
        """The work when each window is cut out and run apart."""
        return self.windows * self.crop_macs

    @property
    def share(self) -> Fraction:
        """The work of one pass as a part of that of the crops."""
        return Fraction(self.one_pass_macs, self.crops_macs)

    @property
    def finding(self) -> str:
        """How the work of one pass compares with that of the crops, in words."""
        return compared(self.one_pass_macs, self.crops_macs)

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
            f"{brief(self.one_pass_macs)} MACs, {self.crops} {brief(self.crops_macs)}."
        )


def dense_as_conv(
    image_size: int, row: int, column: int, name: str, scores: Sequence[Sequence[float]], apart: float
) -> DenseAsConvNumbers:
    """Count VGG-16 with a convolutional head on a square picture, 224 pixels and more a side.

    The class's `name`, `scores` and `apart` are handed on.

    >>> dense_as_conv(224, 0, 0, "espresso", [[0.94]], 0.94).sentence
    'Window (0, 0) of 1×1: espresso 94 %, cropped 94 %; VGG-16: one pass 15.5 G MACs, 1 crop 15.5 G.'
    """
    shapes, macs = vgg16(image_size)
    crop_macs = vgg16(WINDOW)[1]
    rows = tuple(map(tuple, scores))
    return DenseAsConvNumbers(image_size, row, column, shapes, macs, crop_macs, name, rows, apart)


@cache
def vgg16(size: int) -> tuple[tuple[tuple[int, int, int], ...], int]:
    """The shapes into VGG-16's convolutional head and after each of its layers, and the MACs of all layers.

    `size` is the picture's side in pixels. Bias, ReLU and pooling count no MACs. Simonyan and Zisserman,
    "Very Deep Convolutional Networks", 2014, https://arxiv.org/abs/1409.1556, section 3.2.

    >>> vgg16(448)
    (((512, 14, 14), (4096, 8, 8), (4096, 8, 8), (1000, 8, 8)), 69299077120)
    """
    channels, macs = 3, 0
    for out_channels, convolutions in STAGES:
        for _ in range(convolutions):
            layer = Convolution(channels, out_channels, 3, padding=same_padding(3))
            macs += layer.macs(size)
            channels = out_channels
        size //= 2
    shapes = [(channels, size, size)]
    for layer in HEAD.values():
        macs += layer.macs(size)
        shapes.append(layer.output_shape(size))
        size = shapes[-1][1]
    return tuple(shapes), macs
