"""What the tests of the five families share: torchvision's layouts, fields by gradient, random numbers."""

import copy
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from helpers.reading.receptive_field import receptive_field
from tests.networks import box_by_gradient, made_linear

# Facts read off torchvision 0.29.1: of each network's `state_dict` the names and shapes in order, the
# parameters, the MACs of one image of 224×224 (GoogLeNet's in eval mode) and its first checkpoint's file.
LAYOUTS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("torchvision_layouts.json").read_text(encoding="utf-8")
)


def parameters(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


def weights_of_convolutions(net: nn.Module) -> int:
    """How many weights the convolutions have, without biases and batch norm."""
    return sum(module.weight.numel() for module in net.modules() if isinstance(module, nn.Conv2d))


def assert_the_gradient_has_the_field(net: nn.Module, layer: str | None, size: int) -> None:
    """Compare the field of a unit that sees no padding with its gradient, with one channel in each layer.

    The field must be `size` pixels wide and high. A network on "meta" will do: its weights are not used.
    """
    field = receptive_field(net, layer)
    assert field.size == (size, size)
    # The first unit whose box begins inside the image, which ends soon after the box.
    unit = tuple(max(0, -(span.lo // span.jump)) + 1 for span in (field.y, field.x))
    box = field.box(unit)
    assert min(box) >= 0
    side = max(320, max(box) + 3 * max(field.jump))  # the layers that follow want some pixels too
    linear = made_linear(copy.deepcopy(net))
    assert box_by_gradient(linear, unit, (side, side), layer or "") == box


def with_random_numbers(net: nn.Module) -> nn.Module:
    """Give norms and biases random numbers, and weights such that the image is not lost; return the net."""
    generator = torch.Generator().manual_seed(0)

    def uniform_(tensor: Tensor, least: float, most: float) -> None:
        with torch.no_grad():
            tensor.uniform_(least, most, generator=generator)

    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            uniform_(module.weight, 0.5, 1.5)
            uniform_(module.running_var, 0.5, 1.5)
            uniform_(module.running_mean, -0.5, 0.5)
        if isinstance(module, nn.Conv2d | nn.Linear):
            bound = (6 / module.weight[0].numel()) ** 0.5
            uniform_(module.weight, -bound, bound)
        if isinstance(module, nn.BatchNorm2d | nn.Conv2d | nn.Linear) and module.bias is not None:
            uniform_(module.bias, -0.5, 0.5)
    return net
