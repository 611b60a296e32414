"""Tests of the layer arithmetic against PyTorch, against gradients and against counted numbers."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import conv2d
from torch.utils.flop_counter import FlopCounterMode

from helpers.arithmetic import (
    Convolution,
    Linear,
    Pooling,
    ReceptiveField,
    break_even,
    output_size,
    same_padding,
)


def sizes(least: int, most: int) -> st.SearchStrategy:
    """Draw a size either way that callers may give it: one number or a pair."""
    number = st.integers(least, most)
    return number | st.tuples(number, number)


def as_pair(size: int | tuple[int, int]) -> tuple[int, int]:
    return size if isinstance(size, tuple) else (size, size)


@st.composite
def convolutions(draw: st.DrawFn) -> dict:
    groups = draw(st.integers(1, 4))
    return {
        "in_channels": groups * draw(st.integers(1, 6)),
        "out_channels": groups * draw(st.integers(1, 6)),
        "kernel_size": draw(sizes(1, 7)),
        "stride": draw(sizes(1, 4)),
        "padding": draw(sizes(0, 4)),
        "dilation": draw(sizes(1, 3)),
        "groups": groups,
        "bias": draw(st.booleans()),
    }


@st.composite
def poolings(draw: st.DrawFn) -> dict:
    kernel = draw(sizes(1, 5))
    return {
        "kernel_size": kernel,
        "stride": draw(st.none() | sizes(1, 6)),
        "padding": tuple(draw(st.integers(0, k // 2)) for k in as_pair(kernel)),
        "ceil_mode": draw(st.booleans()),
    }


def agrees_on_size(ours, theirs, channels: int, size: tuple[int, int]) -> None:
    """Assert that both give one output size, or that both refuse the input."""
    try:
        expected = tuple(theirs(torch.zeros(1, channels, *size)).shape[2:])
    except RuntimeError:
        with pytest.raises(ValueError, match="must fit into the padded"):
            ours(size)
    else:
        assert ours(size) == expected


@settings(deadline=None, derandomize=True, max_examples=600)
@given(convolutions(), st.tuples(st.integers(19, 40), st.integers(19, 40)))
def test_convolution_counts_what_pytorch_counts(arguments, size):
    ours, theirs = Convolution(**arguments), nn.Conv2d(**arguments, device="meta")
    with FlopCounterMode(display=False) as counter:
        output = theirs(torch.zeros(1, ours.in_channels, *size, device="meta"))
    assert ours.output_shape(size) == tuple(output.shape[1:])
    assert ours.activations(size) == output.numel()
    assert ours.weights == theirs.weight.numel()
    assert ours.parameters == sum(p.numel() for p in theirs.parameters())
    assert 2 * ours.macs(size) == counter.get_total_flops()


@settings(deadline=None, derandomize=True, max_examples=300)
@given(convolutions(), st.tuples(st.integers(1, 12), st.integers(1, 12)))
def test_convolution_refuses_the_inputs_that_pytorch_refuses(arguments, size):
    ours = Convolution(**arguments)
    agrees_on_size(lambda s: ours.output_shape(s)[1:], nn.Conv2d(**arguments), ours.in_channels, size)


@settings(deadline=None, derandomize=True, max_examples=800)
@given(poolings(), sizes(1, 3), st.tuples(st.integers(1, 20), st.integers(1, 20)))
def test_max_pooling_has_the_size_that_pytorch_gives_it(arguments, dilation, size):
    ours = Pooling(**arguments, dilation=dilation)
    agrees_on_size(ours.output_size, nn.MaxPool2d(**arguments, dilation=dilation), 1, size)


@settings(deadline=None, derandomize=True, max_examples=800)
@given(poolings(), st.tuples(st.integers(1, 20), st.integers(1, 20)))
def test_average_pooling_has_the_size_that_pytorch_gives_it(arguments, size):
    agrees_on_size(Pooling(**arguments).output_size, nn.AvgPool2d(**arguments), 1, size)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.integers(1, 5), st.integers(0, 4), st.integers(1, 3))
def test_pooling_refuses_the_padding_that_pytorch_refuses(kernel, padding, dilation):
    arguments = {"kernel_size": kernel, "stride": 1, "padding": padding, "dilation": dilation}
    try:
        nn.MaxPool2d(**arguments)(torch.zeros(1, 1, 20, 20))
    except RuntimeError:
        with pytest.raises(ValueError, match="padding must be at most half of kernel_size"):
            Pooling(**arguments)
    else:
        Pooling(**arguments)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.integers(1, 300), st.integers(1, 300), st.booleans())
def test_linear_counts_what_pytorch_counts(in_features, out_features, bias):
    ours = Linear(in_features, out_features, bias)
    theirs = nn.Linear(in_features, out_features, bias, device="meta")
    with FlopCounterMode(display=False) as counter:
        theirs(torch.zeros(1, in_features, device="meta"))
    assert ours.weights == theirs.weight.numel()
    assert ours.parameters == sum(p.numel() for p in theirs.parameters())
    assert 2 * ours.macs == counter.get_total_flops()


@settings(deadline=None, derandomize=True, max_examples=200)
@given(sizes(1, 9), sizes(1, 4), sizes(1, 30))
def test_same_padding_keeps_the_size_and_is_refused_where_nothing_can(kernel, dilation, size):
    extents = [d * (k - 1) + 1 for k, d in zip(as_pair(kernel), as_pair(dilation), strict=True)]
    if all(extent % 2 for extent in extents):
        padding = same_padding(kernel, dilation)
        assert output_size(size, kernel, padding=padding, dilation=dilation) == as_pair(size)
    else:
        with pytest.raises(ValueError, match=f"got {extents[0]}×{extents[1]}$"):
            same_padding(kernel, dilation)


LAYER = st.fixed_dictionaries(
    {"kernel_size": sizes(1, 4), "stride": sizes(1, 3), "padding": sizes(0, 3), "dilation": sizes(1, 2)}
)


def field_of(layers: list[dict]) -> ReceptiveField:
    field = ReceptiveField()
    for layer in layers:
        field = field.through(**layer)
    return field


def assert_gradient_fills_the_field(field: ReceptiveField, branches: list[list[dict]]) -> None:
    """Assert that one unit of the summed branches has a gradient exactly on its box, found by autograd.

    Weights are positive, so nothing cancels. The unit lies a whole field away from every edge of the
    image, so that a field that is really larger than ours would show.
    """
    unit, image_size = [], []
    for span in (field.y, field.x):
        margin = span.size + span.jump
        unit.append(math.ceil((margin - span.lo) / span.jump))
        image_size.append(span.covers(unit[-1])[1] + 1 + margin)
    image = torch.zeros(1, 1, *image_size, dtype=torch.float64, requires_grad=True)
    generator = torch.Generator().manual_seed(0)
    total = 0
    for layers in branches:
        maps = image
        for layer in layers:
            shape = (1, 1, *as_pair(layer["kernel_size"]))
            weight = 0.5 + torch.rand(shape, generator=generator, dtype=torch.float64)
            maps = conv2d(maps, weight, None, layer["stride"], layer["padding"], layer["dilation"])
        total = total + maps[0, 0, unit[0], unit[1]]
    total.backward()
    rows, columns = image.grad[0, 0].nonzero(as_tuple=True)
    seen = (int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max()))
    assert field.box(tuple(unit)) == seen
    assert field.size == (seen[2] - seen[0] + 1, seen[3] - seen[1] + 1)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.lists(LAYER, min_size=1, max_size=3))
def test_receptive_field_is_the_box_of_the_gradient(layers):
    assert_gradient_fills_the_field(field_of(layers), [layers])


@settings(deadline=None, derandomize=True, max_examples=100)
@given(LAYER, LAYER, st.lists(LAYER, min_size=1, max_size=2))
def test_merged_receptive_field_is_the_box_of_the_summed_branches_gradient(left, right, more):
    right = right | {"stride": left["stride"]}
    branches = [[left], [right, *(layer | {"stride": 1} for layer in more)]]
    merged = field_of(branches[0]).merge(field_of(branches[1]))
    assert merged == field_of(branches[1]).merge(field_of(branches[0]))
    assert_gradient_fills_the_field(merged, branches)


# (name, in, out, kernel, stride, padding, groups); a pool has no channels.
ALEXNET = [
    ("conv1", 3, 96, 11, 4, 0, 1),
    ("pool1", None, None, 3, 2, 0, 1),
    ("conv2", 96, 256, 5, 1, 2, 2),
    ("pool2", None, None, 3, 2, 0, 1),
    ("conv3", 256, 384, 3, 1, 1, 1),
    ("conv4", 384, 384, 3, 1, 1, 2),
    ("conv5", 384, 256, 3, 1, 1, 2),
    ("pool5", None, None, 3, 2, 0, 1),
]


def vgg16() -> list[tuple]:
    layers, channels = [], 3
    for block, (width, depth) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], start=1):
        for index in range(1, depth + 1):
            layers.append((f"conv{block}_{index}", channels, width, 3, 1, 1, 1))
            channels = width
        layers.append((f"pool{block}", None, None, 2, 2, 0, 1))
    return layers


def walk(layers: list[tuple], size: int) -> tuple[int, int, int, dict[str, ReceptiveField]]:
    """Return the parameters, the MACs, the last map's side in pixels, and the fields by layer name."""
    parameters = macs = 0
    field, fields = ReceptiveField(), {}
    for name, in_channels, out_channels, kernel, stride, padding, groups in layers:
        fields[name] = field = field.through(kernel, stride, padding)
        if in_channels is None:
            size, _ = Pooling(kernel, stride, padding).output_size(size)
            continue
        layer = Convolution(in_channels, out_channels, kernel, stride, padding, groups=groups)
        parameters, macs = parameters + layer.parameters, macs + layer.macs(size)
        _, size, _ = layer.output_shape(size)
    return parameters, macs, size, fields


def test_alexnet_has_its_counted_parameters_macs_and_receptive_fields():
    parameters, macs, size, fields = walk(ALEXNET, 227)
    head = [Linear(256 * size * size, 4096), Linear(4096, 4096), Linear(4096, 1000)]
    assert parameters + sum(layer.parameters for layer in head) == 60_965_224
    assert (round(macs / 1e6), round(sum(layer.macs for layer in head) / 1e6)) == (666, 59)
    ladder = {name: field.size[0] for name, field in fields.items() if name != "pool2"}
    assert ladder == {
        "conv1": 11,
        "pool1": 19,
        "conv2": 51,
        "conv3": 99,
        "conv4": 131,
        "conv5": 163,
        "pool5": 195,
    }
    assert fields["pool5"].jump == (32, 32)


def test_alexnet_without_groups_has_the_often_misquoted_parameters():
    parameters, _, size, _ = walk([(*layer[:-1], 1) for layer in ALEXNET], 227)
    head = [Linear(256 * size * size, 4096), Linear(4096, 4096), Linear(4096, 1000)]
    assert parameters + sum(layer.parameters for layer in head) == 62_378_344


def test_vgg16_has_its_counted_parameters_macs_and_receptive_fields():
    parameters, macs, size, fields = walk(vgg16(), 224)
    head = [Linear(512 * size * size, 4096), Linear(4096, 4096), Linear(4096, 1000)]
    assert parameters + sum(layer.parameters for layer in head) == 138_357_544
    assert macs + sum(layer.macs for layer in head) == 15_470_264_320
    ladder = {
        **{"conv1_1": 3, "pool1": 6, "conv2_1": 10, "pool2": 16, "conv3_1": 24},
        **{"pool3": 44, "conv4_1": 60, "pool4": 100, "conv5_1": 132, "pool5": 212},
    }
    assert {name: fields[name].size for name in ladder} == {name: (n, n) for name, n in ladder.items()}
    assert fields["pool5"].jump == (32, 32)


def test_reducing_channels_first_costs_the_numbers_of_the_lesson():
    assert Convolution(128, 128, 3).weights == 3 * 3 * 128 * 128 == 147_456
    assert Convolution(128, 32, 1).weights == 4_096
    assert Convolution(32, 128, 3).weights == 36_864
    assert break_even(3, 128, 128) == Fraction(576, 5)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(sizes(1, 7), st.integers(1, 300), st.integers(1, 300))
def test_break_even_parts_the_reductions_that_save_from_those_that_waste(kernel, in_channels, out_channels):
    direct = Convolution(in_channels, out_channels, kernel).weights
    limit = break_even(kernel, in_channels, out_channels)
    for reduced in {math.floor(limit), math.ceil(limit)} - {0}:
        first, second = Convolution(in_channels, reduced, 1), Convolution(reduced, out_channels, kernel)
        difference = first.weights + second.weights - direct
        assert (difference > 0, difference < 0) == (reduced > limit, reduced < limit)
