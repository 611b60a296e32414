"""The arithmetic of convolutional layers, in plain Python: sizes, parameters, MACs, receptive fields."""

from helpers.arithmetic.checks import Size
from helpers.arithmetic.layers import Convolution, Linear, Pooling, break_even, compressed
from helpers.arithmetic.sizes import output_size, same_padding
from helpers.arithmetic.spans import ReceptiveField, Span

__all__ = [
    "Convolution",
    "Linear",
    "Pooling",
    "ReceptiveField",
    "Size",
    "Span",
    "break_even",
    "compressed",
    "output_size",
    "same_padding",
]
