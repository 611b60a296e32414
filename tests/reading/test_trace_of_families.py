"""The tables of the networks here: PyTorch's totals, and the image that each network is for."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers.models import build
from helpers.reading.trace import trace


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "googlenet", "resnet50", "densenet121"])
def test_the_five_families_have_pytorch_s_totals(name):
    net = build(name, device="meta")
    table = trace(net)
    side = net.preprocessing.crop
    image = torch.empty(1, 3, side, side, device="meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(image)
    assert table.macs == counter.get_total_flops() // 2
    assert table.parameters == sum(parameter.numel() for parameter in net.parameters())
    assert (table.unlisted_parameters, table.unlisted_macs) == (0, 0)


@pytest.mark.parametrize(
    ("name", "options", "size"),
    [
        ("alexnet", {}, (3, 227, 227)),
        ("alexnet", {"edition": "torchvision"}, (3, 224, 224)),
        ("efficientnet_lite0", {}, (3, 224, 224)),
        ("resnet20", {}, (3, 32, 32)),
        ("small_alexnet", {"in_channels": 1}, (1, 32, 32)),
        ("small_vgg", {}, (3, 32, 32)),
        ("small_googlenet", {"in_channels": 1}, (1, 32, 32)),
        ("small_densenet", {}, (3, 32, 32)),
    ],
)
def test_without_a_size_a_network_is_shown_the_image_that_it_is_for(name, options, size):
    net = build(name, device="meta", **options)
    assert trace(net) == trace(net, size)
    assert trace(net).macs != trace(net, (size[0], 256, 256)).macs


def test_a_network_that_names_no_size_is_shown_224_by_224_and_may_refuse_it():
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.AdaptiveAvgPool2d(1))
    assert trace(net)["0"].output_shape == (2, 224, 224)
    net.input_size = 9  # what other networks call so, such as nn.LSTM, is no image
    assert trace(net)["0"].output_shape == (2, 224, 224)
    with pytest.raises(ValueError, match=r"^The network does not .* 3×224×224 .*; use another input_size\.$"):
        trace(nn.Linear(5, 2))
