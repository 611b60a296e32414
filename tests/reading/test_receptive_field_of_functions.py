"""The arguments of functions are read by position, by name and from their end, as PyTorch reads them."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers.reading.receptive_field import receptive_field
from tests.networks import Function


@pytest.mark.parametrize(
    ("function", "box"),
    [
        (lambda x: F.pad(x, pad=(3, 1)), (0, -3, 0, -3)),
        (lambda x: torch.cat([x, x]), (0, 0, 0, 0)),
        (lambda x: torch.cat([x, x], -3), (0, 0, 0, 0)),
        (lambda x: torch.cat([x, x], -4), (0, 0, 0, 0)),
    ],
)
def test_what_the_first_unit_sees(function, box):
    assert receptive_field(Function(function)).box((0, 0)) == box


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.flatten(),
        lambda x: x.flatten(-3),
        lambda x: x.flatten(-4, 3),
        lambda x: x.flatten(start_dim=1, end_dim=-1),
    ],
)
def test_what_leaves_no_map_sees_everything(function):
    assert receptive_field(Function(function), "flatten") is None


@pytest.mark.parametrize(
    "function",
    [lambda x: x.flatten(start_dim=2), lambda x: x.flatten(1, 2), lambda x: x.flatten(1, end_dim=2)],
)
def test_what_makes_rows_and_columns_one_dimension_is_refused(function):
    with pytest.raises(
        ValueError, match=r"layer 'flatten', whose output has no rows and columns of its own\.$"
    ):
        receptive_field(Function(function), "flatten")


def test_what_is_made_of_weights_alone_sees_nothing_of_the_image():
    seed = nn.Parameter(torch.ones(1, 3, 1, 1))
    model = Function(lambda net, x: x + net.conv(net.seed), conv=nn.Conv2d(3, 3, 1), seed=seed)
    with pytest.raises(ValueError, match=r"^The output of layer 'conv' does not depend on the image\.$"):
        receptive_field(model, "conv")
    assert receptive_field(model, "add").size == (1, 1)
