"""VGG is the paper's table: configurations, maps, parameters, and the stack of 3×3 that it is known for."""

import pytest
import torch
from torch import nn

from helpers.models import build, vgg
from helpers.models.vgg import CONFIGURATIONS, VGG, TorchvisionVGG
from helpers.receptive_field import receptive_field
from helpers.trace import trace
from tests.families import assert_the_gradient_has_the_field, parameters

# Table 1 by hand: each column's convolutions from top to bottom, "1" for a 1×1.
TABLE = {
    "vgg11": "64 | 128 | 256 256 | 512 512 | 512 512",
    "vgg13": "64 64 | 128 128 | 256 256 | 512 512 | 512 512",
    "vgg16_c": "64 64 | 128 128 | 256 256 256:1 | 512 512 512:1 | 512 512 512:1",
    "vgg16": "64 64 | 128 128 | 256 256 256 | 512 512 512 | 512 512 512",
    "vgg19": "64 64 | 128 128 | 256 256 256 256 | 512 512 512 512 | 512 512 512 512",
}
# Table 2 prints 133, 133, 134, 138 and 144 million.
PARAMETERS = {
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16_c": 133_638_952,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
}


@pytest.mark.parametrize("name", TABLE)
def test_each_configuration_is_its_column_of_the_table(name):
    table = trace(build(name, device="meta"))
    words, size = [], 224
    for row in table:
        if row.kind.startswith("conv"):
            one = ":1" if row.kind == "conv 1×1" else ""
            assert row.kind in ("conv 1×1", "conv 3×3")
            assert row.output_shape[1:] == (size, size)
            words.append(f"{row.output_shape[0]}{one}")
        elif row.kind == "max-pool 2×2 s2":
            words.append("|")
            size //= 2
    assert " ".join(words[:-1]) == TABLE[name]
    assert table.parameters == PARAMETERS[name]
    layers = table.where(lambda row: row.kind.startswith(("conv", "linear")))
    assert len(layers) == {"vgg11": 11, "vgg13": 13, "vgg19": 19}.get(name, 16)
    assert [row.output_shape for row in table.select("linear")] == [(4096,), (4096,), (1000,)]


def test_vgg16_in_numbers():
    table = trace(build("vgg16", device="meta"))
    assert table.macs == 15_470_264_320
    assert round(100 * table["fc6"].parameters / table.parameters, 1) == 74.3


@pytest.mark.parametrize(
    ("layer", "size"),
    [
        ("conv1_1", 3),
        ("pool1", 6),
        ("conv2_1", 10),
        ("pool2", 16),
        ("conv3_1", 24),
        ("pool3", 44),
        ("conv4_1", 60),
        ("pool4", 100),
        ("conv5_1", 132),
        ("pool5", 212),
    ],
)
def test_each_layer_of_vgg16_has_its_receptive_field_by_gradient_too(layer, size):
    assert_the_gradient_has_the_field(build("vgg16", device="meta"), layer, size)


def test_c_s_1x1_layers_leave_the_field_as_it_is():
    c, b = build("vgg16_c", device="meta"), build("vgg13", device="meta")
    assert receptive_field(c, "conv3_3") == receptive_field(c, "conv3_2")
    assert receptive_field(c, "pool5") == receptive_field(b, "pool5")
    assert_the_gradient_has_the_field(c, "pool5", 156)


def test_both_editions_have_the_same_layers_but_for_the_pool_that_takes_any_size():
    paper, other = (build("vgg16", edition=edition, device="meta") for edition in ("paper", "torchvision"))
    layers = [repr(layer) for layer in (*other.features, other.flatten, *other.classifier)]
    assert layers == [repr(layer) for layer in paper]
    assert other(torch.empty(1, 3, 256, 192, device="meta")).shape == (1, 1000)
    maps = torch.randn(1, 512, 7, 7)
    assert torch.equal(other.avgpool(maps), maps)


def test_the_paper_s_weights_begin_as_glorot_s_and_torchvision_s_as_he_s(monkeypatch):
    torch.manual_seed(0)
    monkeypatch.setattr(vgg, "CHANNELS", (64, 32, 128, 8, 8))
    monkeypatch.setattr(vgg, "head", lambda *_: [("fc6", nn.Linear(300, 500))])
    paper, other = VGG("D"), TorchvisionVGG("D")
    bound = (6 / (9 * (32 + 128))) ** 0.5
    assert paper.conv3_1.weight.abs().max().item() == pytest.approx(bound, rel=0.001)
    assert paper.fc6.weight.abs().max().item() == pytest.approx((6 / (300 + 500)) ** 0.5, rel=0.001)
    assert other.features[10].weight.std().item() == pytest.approx((2 / (9 * 128)) ** 0.5, rel=0.01)
    assert other.classifier[0].weight.std().item() == pytest.approx(0.01, rel=0.01)
    biases = [bias for net in (paper, other) for name, bias in net.named_parameters() if "bias" in name]
    assert len(biases) == 28
    assert not any(bias.any() for bias in biases)


def test_batch_norm_comes_between_convolution_and_relu():
    net = build("vgg16_bn", device="meta")
    kinds = [type(layer) for layer in net.features]
    after = [kinds[place + 1 : place + 3] for place, kind in enumerate(kinds) if kind is nn.Conv2d]
    assert after == [[nn.BatchNorm2d, nn.ReLU]] * 13
    assert parameters(net) == 138_365_992


def test_an_unknown_configuration_is_refused():
    with pytest.raises(ValueError, match=r"There is no configuration of VGG 'F'; choose 'A', .* or 'E'\."):
        VGG("F")
    assert [sum(map(len, kernels)) + 3 for kernels in CONFIGURATIONS.values()] == [11, 13, 16, 16, 19]
