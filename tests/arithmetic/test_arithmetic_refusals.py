"""Tests of what the layer arithmetic refuses, sentence by sentence, and of the numbers it accepts."""

import math

import numpy as np
import pytest

from helpers.arithmetic import (
    Convolution,
    Linear,
    Pooling,
    ReceptiveField,
    Span,
    break_even,
    compressed,
    output_size,
    same_padding,
)
from tests.learner import Rude

WHOLE = [
    (output_size, {"size": 9, "kernel_size": 3}, ["size", "kernel_size", "stride", "dilation"]),
    (same_padding, {"kernel_size": 3}, ["kernel_size", "dilation"]),
    (
        break_even,
        {"kernel_size": 3, "in_channels": 4, "out_channels": 4},
        ["kernel_size", "in_channels", "out_channels"],
    ),
    (
        Convolution,
        {"in_channels": 4, "out_channels": 4, "kernel_size": 3},
        ["in_channels", "out_channels", "kernel_size", "stride", "dilation", "groups"],
    ),
    (Convolution(4, 4, 3).output_shape, {}, ["size"]),
    (Convolution(4, 4, 3).activations, {}, ["size"]),
    (Convolution(4, 4, 3).macs, {}, ["size"]),
    (Pooling, {"kernel_size": 3}, ["kernel_size", "stride", "dilation"]),
    (Pooling(3).output_size, {}, ["size"]),
    (Linear, {"in_features": 4, "out_features": 4}, ["in_features", "out_features"]),
    (Span, {}, ["jump"]),
    (Span().through, {"kernel_size": 3}, ["kernel_size", "stride", "dilation"]),
    (ReceptiveField().through, {"kernel_size": 3}, ["kernel_size", "stride", "dilation"]),
]
NOT_NEGATIVE = [
    (output_size, {"size": 9, "kernel_size": 3}, ["padding"]),
    (Convolution, {"in_channels": 4, "out_channels": 4, "kernel_size": 3}, ["padding"]),
    (Pooling, {"kernel_size": 3}, ["padding"]),
    (Span().through, {"kernel_size": 3}, ["padding"]),
    (Span().covers, {}, ["unit"]),
    (ReceptiveField().through, {"kernel_size": 3}, ["padding"]),
    (ReceptiveField().box, {}, ["unit"]),
]
ARGUMENTS = [
    pytest.param(call, valid, name, least, id=f"{getattr(call, '__qualname__', call)}-{name}")
    for least, rows in ((1, WHOLE), (0, NOT_NEGATIVE))
    for call, valid, names in rows
    for name in names
]
NO_NUMBERS = [True, 2.0, math.nan, math.inf, "3", np.float64(3), np.array([3, 3])]


@pytest.mark.parametrize(("call", "valid", "name", "least"), ARGUMENTS)
def test_each_number_is_refused_by_name_unless_it_is_whole_and_large_enough(call, valid, name, least):
    for value in [least - 1, -7, *NO_NUMBERS]:
        with pytest.raises(ValueError, match=rf"^{name} must be ") as refusal:
            call(**valid | {name: value})
        assert str(refusal.value) == f"{name} must be a whole number of at least {least}, got {value!r}"


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (
            lambda: output_size((8, 4), 5),
            "kernel_size 5 with dilation 1 must fit into the padded width of 4, but spans 5",
        ),
        (
            lambda: output_size(2, 3, padding=1, dilation=2),
            "kernel_size 3 with dilation 2 must fit into the padded height of 4, but spans 5",
        ),
        (
            lambda: Convolution(3, 8, 7).macs(6),
            "kernel_size 7 with dilation 1 must fit into the padded height of 6, but spans 7",
        ),
        (
            lambda: Pooling(3, stride=2, ceil_mode=True).output_size(1),
            "kernel_size 3 with dilation 1 must fit into the padded height of 1, but spans 3",
        ),
        (lambda: output_size(8, 2, ceil_mode=1), "ceil_mode must be True or False, got 1"),
        (
            lambda: output_size(8, (3, 3, 3)),
            "kernel_size must be one whole number or a pair of them, vertical first, got (3, 3, 3)",
        ),
        (lambda: output_size((8, 0), 3), "size must be a whole number of at least 1, got 0"),
        (lambda: output_size((0, 8), 3), "size must be a whole number of at least 1, got 0"),
        (
            lambda: same_padding(4),
            "kernel_size 4 with dilation 1 must span an odd number of pixels to be padded alike on both "
            "sides, got 4×4",
        ),
        (
            lambda: same_padding((3, 2), dilation=3),
            "kernel_size (3, 2) with dilation 3 must span an odd number of pixels to be padded alike on both "
            "sides, got 7×4",
        ),
        (
            lambda: Convolution(96, 256, 5, groups=3),
            "groups must divide both in_channels 96 and out_channels 256, got 3",
        ),
        (
            lambda: Convolution(4, 6, 1, groups=3),
            "groups must divide both in_channels 4 and out_channels 6, got 3",
        ),
        *(
            (
                lambda channels=channels, compression=compression: compressed(channels, compression),
                f"compression must be above 0 and up to 1, and leave one of {channels} channels, "
                f"got {compression}",
            )
            for channels, compression in [(64, 0), (64, -0.5), (64, 1.5), (64, math.nan), (3, 0.25)]
        ),
        (lambda: Convolution(4, 4, 3, bias=None), "bias must be True or False, got None"),
        (lambda: Linear(4, 4, bias=0), "bias must be True or False, got 0"),
        (lambda: Pooling(2, ceil_mode="up"), "ceil_mode must be True or False, got 'up'"),
        (lambda: Pooling((4, 3), padding=2), "padding must be at most half of kernel_size (4, 3), got 2"),
        (
            lambda: Pooling((3, 4), padding=(2, 0)),
            "padding must be at most half of kernel_size (3, 4), got (2, 0)",
        ),
        (lambda: Linear(4, 4, bias="x" * 38), f"bias must be True or False, got '{'x' * 38}'"),
        (lambda: Linear(4, 4, bias="x" * 39), f"bias must be True or False, got '{'x' * 38}…"),
        (lambda: Linear(Rude(), 4), "in_features must be a whole number of at least 1, got this Rude"),
        (lambda: Span(lo=1.5), "lo must be a whole number, got 1.5"),
        (lambda: Span(lo=3, hi=2), "hi must be a whole number of at least 3, got 2"),
        (
            lambda: Span().merge(Span(jump=2)),
            "branches that merge must have equal jumps, got 1 and 2",
        ),
        (
            lambda: ReceptiveField(x=Span(4)).merge(ReceptiveField()),
            "branches that merge must have equal jumps, got 4 and 1",
        ),
        (
            lambda: ReceptiveField().box((1,)),
            "unit must be one whole number or a pair of them, vertical first, got (1,)",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(attempt, sentence):
    with pytest.raises(ValueError, match="must") as refusal:
        attempt()
    assert str(refusal.value) == sentence


def test_numpy_integers_are_stored_as_plain_ints():
    three = np.int64(3)
    layer = Convolution(three, three, three, padding=(three, three), groups=three)
    assert layer == Convolution(3, 3, (3, 3), (1, 1), (3, 3), (1, 1), 3)
    numbers = [layer.in_channels, layer.out_channels, layer.groups, *layer.kernel_size, *layer.padding]
    pooling = Pooling(three, stride=[three, 2])
    assert (pooling.kernel_size, pooling.stride) == ((3, 3), (3, 2))
    numbers += [*pooling.kernel_size, *pooling.stride, Linear(three, 1).in_features]
    numbers += [*vars(Span(three, -three, three)).values(), *output_size(np.int32(9), three)]
    assert {type(number) for number in numbers} == {int}
