"""Convolution, pooling and fully connected layers: what they cost, without building them."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from helpers.arithmetic.checks import Checked, Size, pair, pairs, whole
from helpers.arithmetic.sizes import output_size


@dataclass(frozen=True)
class Convolution(Checked):
    """A 2-D convolution as `nn.Conv2d` takes it; sizes are stored as pairs (height, width).

    Raises ValueError when `groups` does not divide both channel counts, `bias` is not True or False, or
    another argument is no whole number (or pair of them, for a size) of at least 1 (for `padding` 0).

    >>> Convolution(128, 128, 3, padding=1, bias=False).parameters
    147456
    >>> Convolution(128, 128, 3, padding=1) == Convolution(128, 128, (3, 3), padding=(1, 1))
    True
    """

    in_channels: int
    out_channels: int
    kernel_size: Size
    stride: Size = 1
    padding: Size = 0
    dilation: Size = 1
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ValueError(
                f"groups must divide both in_channels {self.in_channels} and out_channels "
                f"{self.out_channels}, got {self.groups}"
            )

    @property
    def weights(self) -> int:
        """The learned numbers without the bias: ``k²·(in_channels / groups)·out_channels``.

        >>> Convolution(96, 256, 5, padding=2).weights, Convolution(96, 256, 5, padding=2, groups=2).weights
        (614400, 307200)
        """
        height, width = pair("kernel_size", self.kernel_size)
        return height * width * (self.in_channels // self.groups) * self.out_channels

    @property
    def parameters(self) -> int:
        """The learned numbers with the bias, one per output channel.

        >>> Convolution(3, 64, 3).parameters
        1792
        """
        return self.weights + self.out_channels * self.bias

    def output_shape(self, size: Size) -> tuple[int, int, int]:
        """Return (channels, height, width) of the output for an input of `size` pixels.

        Raises ValueError as `output_size` does.

        >>> Convolution(3, 96, 11, stride=4).output_shape(227)
        (96, 55, 55)
        """
        sizes = output_size(size, self.kernel_size, self.stride, self.padding, self.dilation)
        return self.out_channels, *sizes

    def activations(self, size: Size) -> int:
        """Return how many numbers come out for an input of `size` pixels.

        Raises ValueError as `output_size` does.

        >>> Convolution(3, 96, 11, stride=4).activations(227)
        290400
        """
        channels, height, width = self.output_shape(size)
        return channels * height * width

    def macs(self, size: Size) -> int:
        """Return the multiply-adds for one input of `size` pixels; the bias counts 0.

        Every weight is used once per output pixel: ``height·width·weights``, height and width of the output.
        Raises ValueError as `output_size` does.

        >>> Convolution(3, 96, 11, stride=4).macs(227)
        105415200
        """
        _, height, width = self.output_shape(size)
        return height * width * self.weights


@dataclass(frozen=True)
class Pooling(Checked):
    """A 2-D max or average pooling layer; without a `stride` its windows do not overlap.

    Both kinds have the same sizes, no parameters, and count no MACs.

    Raises ValueError when `padding` is more than half of `kernel_size` (PyTorch's rule), `ceil_mode` is not
    True or False, or another argument is no whole number (or pair of them) of at least 1 (for `padding` 0).

    >>> Pooling(2).stride
    (2, 2)
    """

    kernel_size: Size
    stride: Size | None = None
    padding: Size = 0
    dilation: Size = 1
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        kernel, padding = pairs(kernel_size=self.kernel_size, padding=self.padding)
        if 2 * padding[0] > kernel[0] or 2 * padding[1] > kernel[1]:
            raise ValueError(
                f"padding must be at most half of kernel_size {self.kernel_size}, got {self.padding}"
            )
        if self.stride is None:
            self._store("stride", kernel)
        super().__post_init__()

    def output_size(self, size: Size) -> tuple[int, int]:
        """Return the (height, width) in pixels of the output for an input of `size` pixels.

        Raises ValueError as the function `output_size` does.

        >>> Pooling(3, stride=2).output_size(55), Pooling(3, stride=2, ceil_mode=True).output_size(112)
        ((27, 27), (56, 56))
        """
        stride = pair("stride", self.stride)
        return output_size(size, self.kernel_size, stride, self.padding, self.dilation, self.ceil_mode)


@dataclass(frozen=True)
class Linear(Checked):
    """A fully connected layer as `nn.Linear` takes it.

    Raises ValueError when a number of features is no whole number of at least 1, or `bias` is not True or
    False.

    >>> Linear(25088, 4096).parameters
    102764544
    """

    in_features: int
    out_features: int
    bias: bool = True

    @property
    def weights(self) -> int:
        """The learned numbers without the bias: ``in_features·out_features``."""
        return self.in_features * self.out_features

    @property
    def parameters(self) -> int:
        """The learned numbers with the bias, one per output feature."""
        return self.weights + self.out_features * self.bias

    @property
    def macs(self) -> int:
        """The multiply-adds for one input vector: every weight is used once, and the bias counts 0."""
        return self.weights


def break_even(kernel_size: Size, in_channels: int, out_channels: int) -> Fraction:
    """Return the number of reduced channels at which putting a 1×1 convolution first saves no weights.

    Going in → r by 1×1 and r → out by k×k takes ``in·r + k²·r·out`` weights, going in → out by k×k takes
    ``k²·in·out`` (no bias in either): equal at ``r = k²·in·out / (in + k²·out)``. Fewer reduced channels
    save weights, more waste them; the result is exact and seldom whole.

    Raises ValueError when an argument is no whole number (or pair of them, for the kernel) of at least 1.

    >>> break_even(3, 128, 128)
    Fraction(576, 5)
    >>> [Convolution(128, r, 1).weights + Convolution(r, 128, 3).weights for r in (115, 116)]
    [147200, 148480]
    """
    height, width = pair("kernel_size", kernel_size)
    taps = height * width
    ins, outs = whole("in_channels", in_channels), whole("out_channels", out_channels)
    return Fraction(taps * ins * outs, ins + taps * outs)


def compressed(channels: int, compression: float) -> int:
    """Return how many channels a DenseNet's transition leaves: `compression` · channels, rounded down.

    The compression is meant as it is written: 0.7 of 90 are 63, though the float nearest to 0.7 is a little
    less. Huang et al., 2016, https://arxiv.org/abs/1608.06993, section 3.

    Raises ValueError for a compression that is not above 0 and up to 1, or leaves no channel.

    >>> compressed(256, 0.5), compressed(90, 0.7)
    (128, 63)
    """
    left = floor(Fraction(str(compression)) * channels) if 0 < compression <= 1 else 0
    if not left:
        raise ValueError(
            f"compression must be above 0 and up to 1, and leave one of {channels} channels, "
            f"got {compression}"
        )
    return left
