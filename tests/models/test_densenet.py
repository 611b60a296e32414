"""DenseNet is the paper's: channels grow by addition, layers see all before them, transitions compress."""

import pytest
import torch
from torch import nn

from helpers.models import build
from helpers.models.densenet import DenseBlock, DenseLayer, Transition
from helpers.reading.receptive_field import receptive_field
from helpers.reading.trace import trace
from tests.families import assert_the_gradient_has_the_field, parameters, weights_of_convolutions


@pytest.mark.parametrize(
    # Table 1: layers of the four blocks; growth rate 32, and 48 for 161.
    ("name", "layers", "growth_rate", "count"),
    [
        ("densenet121", (6, 12, 24, 16), 32, 7_978_856),
        ("densenet161", (6, 12, 36, 24), 48, 28_681_000),
        ("densenet169", (6, 12, 32, 32), 32, 14_149_480),
        ("densenet201", (6, 12, 48, 32), 32, 20_013_928),
    ],
)
def test_it_follows_table_1(name, layers, growth_rate, count):
    net = build(name, device="meta")
    assert parameters(net) == count
    table = {row.name: row for row in trace(net).summary(2)}
    channels, size = 2 * growth_rate, 56
    for number, many in enumerate(layers, 1):
        channels += many * growth_rate
        assert table[f"features.denseblock{number}"].output_shape == (channels, size, size)
        if number < 4:
            channels, size = channels // 2, size // 2
            assert table[f"features.transition{number}"].output_shape == (channels, size, size)
    weighted = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(weighted) == int(name.removeprefix("densenet"))


def test_densenet121_in_numbers():
    assert trace(build("densenet121", device="meta")).macs == 2_834_161_664


@pytest.mark.parametrize(
    ("layer", "size"),
    [("features.denseblock1.denselayer1", 19), ("features.denseblock2", 255), ("features.norm5", 2071)],
)
def test_its_receptive_field_is_that_of_its_gradient(layer, size):
    assert_the_gradient_has_the_field(build("densenet121", device="meta"), layer, size)


def test_a_layer_is_norm_relu_convolution_twice():
    torch.manual_seed(0)
    layer = DenseLayer(6, growth_rate=4, bottleneck=3).eval()
    x = torch.randn(2, 6, 5, 5)
    y = layer.conv1(layer.norm1(x).relu())
    assert y.shape == (2, 12, 5, 5)
    torch.testing.assert_close(layer(x), layer.conv2(layer.norm2(y).relu()))
    assert layer.conv1.kernel_size == (1, 1)
    plain = DenseLayer(6, growth_rate=4, bottleneck=None)
    assert [type(part) for part in plain] == [nn.BatchNorm2d, nn.ReLU, nn.Conv2d]
    assert plain.conv1.kernel_size == (3, 3)


def test_a_block_keeps_its_input_and_adds_what_each_layer_makes_of_all_before_it():
    torch.manual_seed(0)
    block = DenseBlock(5, layers=3, growth_rate=2).eval()
    x = torch.randn(2, 5, 6, 6)
    before = x.clone()
    y = block(x)
    assert torch.equal(x, before)
    assert torch.equal(y[:, :5], x)
    for number in (1, 2, 3):
        channels = 5 + 2 * number
        layer = block.get_submodule(f"denselayer{number}")
        torch.testing.assert_close(y[:, channels - 2 : channels], layer(y[:, : channels - 2]))
    assert y.shape[1] == block.out_channels == 11


def test_channels_grow_linearly_and_weights_quadratically():
    with torch.device("meta"):
        blocks = [DenseBlock(64, layers, 32, bottleneck=None) for layers in (10, 20, 40)]
    assert [block.out_channels - 64 for block in blocks] == [320, 640, 1280]
    counts = [weights_of_convolutions(block) for block in blocks]
    for layers, count in zip((10, 20, 40), counts, strict=True):
        assert count == 9 * 32 * (64 * layers + 32 * layers * (layers - 1) // 2)


def test_a_bottleneck_does_not_pay_in_a_shallow_block():
    with torch.device("meta"):
        counts = [weights_of_convolutions(DenseBlock(64, 6, 32, bottleneck=each)) for each in (4, None)]
    assert counts == [331_776, 248_832]


def test_a_transition_averages_2x2_and_compresses():
    torch.manual_seed(0)
    transition = Transition(6, compression=0.5).eval()
    x = torch.randn(2, 6, 8, 8)
    y = transition.conv(transition.norm(x).relu())
    expected = (y[..., ::2, ::2] + y[..., 1::2, ::2] + y[..., ::2, 1::2] + y[..., 1::2, 1::2]) / 4
    torch.testing.assert_close(transition(x), expected)
    assert transition.out_channels == 3
    assert Transition(6, compression=1).conv.out_channels == 6


def test_blocks_do_not_move_the_map_and_transitions_halve_it():
    net = build("densenet121", device="meta")
    assert receptive_field(net, "features.denseblock1").jump == (4, 4)
    assert receptive_field(net, "features.transition1").jump == (8, 8)


def test_first_weights_are_he_s():
    torch.manual_seed(0)
    net = build("densenet121", device="cpu")
    conv = net.features.transition3.conv
    assert conv.weight.std().item() == pytest.approx((2 / conv.in_channels) ** 0.5, rel=0.01)
    assert not net.classifier.bias.any()


def test_a_compression_is_meant_as_it_is_written():
    assert 90 * 0.7 < 63  # as floats
    assert Transition(90, 0.7).conv.out_channels == 63


@pytest.mark.parametrize("compression", [0, -0.5, 1.5, 0.1, float("nan"), float("inf")])
def test_a_compression_that_leaves_no_channels_or_adds_some_is_refused(compression):
    with pytest.raises(ValueError, match=rf"compression must be above 0 and up to 1, .*, got {compression}$"):
        Transition(6, compression)


def test_a_growth_rate_and_a_number_of_layers_are_whole_numbers():
    for name, numbers in [("layers", (8, 0, 4)), ("growth_rate", (8, 2, 0.5)), ("bottleneck", (8, 2, 4))]:
        with pytest.raises(ValueError, match=rf"{name} must be a whole number"):
            DenseBlock(*numbers, bottleneck=0 if name == "bottleneck" else 4)
