"""AlexNet is the paper's: its towers, its norm, its numbers and its first weights."""

import pytest
import torch
from torch import nn

from helpers.models import build
from helpers.models.alexnet import AlexNet
from helpers.models.parts import local_response_norm
from helpers.reading.receptive_field import receptive_field
from helpers.reading.trace import trace
from tests.families import assert_the_gradient_has_the_field, parameters


@pytest.fixture(scope="module")
def net() -> nn.Module:
    torch.manual_seed(0)
    return build("alexnet", device="cpu")


def test_it_has_the_counted_numbers_at_227():
    table = trace(build("alexnet", device="meta"), (3, 227, 227))
    assert table.parameters == 60_965_224
    assert table.macs == 724_406_816
    dense, convolutions = table.select("linear"), table.select("conv")
    assert round(100 * dense.parameters / table.parameters, 1) == 96.2
    assert (round(convolutions.macs / 1e6), round(dense.macs / 1e6)) == (666, 59)


def test_its_maps_are_those_of_figure_2():
    table = trace(build("alexnet", device="meta"), (3, 227, 227))
    sizes = [row.output_shape for row in table.where(lambda row: row.kind.startswith(("conv", "max-pool")))]
    assert sizes == [
        (96, 55, 55),
        (96, 27, 27),
        (256, 27, 27),
        (256, 13, 13),
        (384, 13, 13),
        (384, 13, 13),
        (256, 13, 13),
        (256, 6, 6),
    ]


def test_without_towers_it_has_the_number_that_is_often_quoted_for_it():
    with torch.device("meta"):
        assert parameters(AlexNet(groups=1)) == 62_378_344


@pytest.mark.parametrize(
    ("layer", "size"),
    [
        ("conv1", 11),
        ("pool1", 19),
        ("conv2", 51),
        ("conv3", 99),
        ("conv4", 131),
        ("conv5", 163),
        ("pool5", 195),
    ],
)
def test_each_layer_has_its_receptive_field_by_gradient_too(layer, size):
    assert_the_gradient_has_the_field(build("alexnet", device="meta"), layer, size)


def test_torchvision_s_has_the_field_of_the_paper_s_and_sees_padding():
    one_tower = build("alexnet", edition="torchvision", device="meta")
    assert_the_gradient_has_the_field(one_tower, "features.12", 195)
    assert receptive_field(one_tower, "features.0").box((0, 0)) == (-2, -2, 8, 8)


def test_the_norm_is_the_paper_s_formula():
    """Section 3.3 written out: a sum over channels max(0, i − n/2) to min(N − 1, i + n/2)."""
    a = 30 * torch.randn(2, 7, 3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = torch.empty_like(a)
    for i in range(7):
        near = a[:, max(0, i - 2) : min(6, i + 2) + 1]
        expected[:, i] = a[:, i] / (2 + 1e-4 * (near**2).sum(1)) ** 0.75
    torch.testing.assert_close(local_response_norm()(a), expected)


def test_a_tower_sees_its_own_maps_in_conv_2_4_and_5_and_all_maps_in_conv_3(net):
    for name, apart in [("conv2", True), ("conv3", False), ("conv4", True), ("conv5", True)]:
        conv = getattr(net, name)
        image = torch.zeros(1, conv.in_channels, 5, 5)
        image[:, conv.in_channels // 2 :] = 1  # the second tower's maps
        with torch.no_grad():
            first_tower = (conv(image) - conv(torch.zeros_like(image)))[:, : conv.out_channels // 2]
        assert not first_tower.any() if apart else first_tower.any()


def test_pooling_overlaps_and_dropout_follows_the_two_hidden_layers(net):
    assert all(
        (net.get_submodule(name).kernel_size, net.get_submodule(name).stride) == (3, 2)
        for name in ("pool1", "pool2", "pool5")
    )
    assert [name for name, module in net.named_children() if isinstance(module, nn.Dropout)] == [
        "drop6",
        "drop7",
    ]
    order = [name for name, _ in net.named_children()]
    assert order[order.index("conv1") : order.index("conv2")] == ["conv1", "relu1", "norm1", "pool1"]
    assert order[order.index("fc6") : order.index("fc7")] == ["fc6", "relu6", "drop6"]


def test_its_first_weights_are_those_of_section_5(net):
    ones = {"conv2", "conv4", "conv5", "fc6", "fc7"}
    layers = {name: m for name, m in net.named_children() if isinstance(m, nn.Conv2d | nn.Linear)}
    assert len(layers) == 8
    for name, layer in layers.items():
        assert layer.weight.std().item() == pytest.approx(0.01, rel=0.02)
        assert abs(layer.weight.mean().item()) < 2e-4
        assert layer.bias.unique().tolist() == [1.0 if name in ones else 0.0]


def test_the_picture_it_is_shown_is_227_pixels_wide(net):
    assert net.preprocessing.crop == 227
    assert build("alexnet", edition="torchvision", device="meta").preprocessing.crop == 224


@pytest.mark.parametrize("groups", [0, 3, 64])
def test_towers_that_do_not_divide_the_channels_are_refused(groups):
    with pytest.raises(ValueError, match=rf"groups must .*, got {groups}$"):
        AlexNet(groups=groups)
