"""VGG is the paper's table: configurations, maps, parameters, and the stack of 3×3 that it is known for."""

import pytest
import torch
from torch import nn

from helpers.models import build, vgg
from helpers.models.parts import dense_as_convolution
from helpers.models.vgg import CONFIGURATIONS, VGG, TorchvisionVGG, fully_convolutional
from helpers.reading.receptive_field import receptive_field
from helpers.reading.trace import trace
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


@pytest.fixture(scope="module")
def vgg16():
    # Nearly all of its weights are in the head, so the small configuration A has the head of D.
    torch.manual_seed(0)
    return VGG("A").eval()


def test_the_head_as_convolutions_gives_the_same_scores_at_224(vgg16):
    maps = torch.rand(2, 512, 7, 7)
    heads = (list(net)[start:] for net, start in ((vgg16, 21), (fully_convolutional(vgg16), 21)))
    dense, convolutional = (nn.Sequential(*head) for head in heads)
    assert isinstance(dense[0], nn.Flatten)
    assert [layer.kernel_size for layer in convolutional[::3]] == [(7, 7), (1, 1), (1, 1)]
    with torch.inference_mode():
        scores = dense(maps)
        assert scores.std() > 0.1
        assert torch.allclose(convolutional(maps)[..., 0, 0], scores, atol=1e-4)


def test_the_convolutional_head_shares_its_weights_and_learns_where_they_did(vgg16):
    full = fully_convolutional(vgg16)
    for name in ("fc6", "fc7", "fc8"):
        layer, dense = full.get_submodule(name), vgg16.get_submodule(name)
        assert layer.weight.data_ptr() == dense.weight.data_ptr()
        assert layer.bias is dense.bias
        assert layer.weight.requires_grad
    assert full.conv1_1 is vgg16.conv1_1
    assert parameters(full) == parameters(vgg16)
    assert not any(layer.training for layer in full.modules())


def test_a_narrow_head_is_the_same_head_with_fewer_units_and_slides_too():
    narrow = build("vgg11", head_width=512, device="meta")
    table = trace(narrow)
    assert [row.output_shape for row in table.select("linear")] == [(512,), (512,), (1000,)]
    assert table.parameters == PARAMETERS["vgg11"] - (25_089 + 4096 + 513 + 1000) * (4096 - 512)
    slid = trace(fully_convolutional(narrow), (3, 288, 288))
    assert [slid[name].output_shape for name in ("fc6", "fc7", "fc8")] == [(512, 3, 3)] * 2 + [(1000, 3, 3)]
    with pytest.raises(ValueError, match=r"^head_width must be .* got 0$"):
        build("vgg11", head_width=0, device="meta")


def test_a_larger_picture_gives_a_map_of_scores():
    full = fully_convolutional(build("vgg16", device="meta"))
    assert full(torch.empty(1, 3, 224, 224, device="meta")).shape == (1, 1000, 1, 1)
    assert full(torch.empty(2, 3, 448, 300, device="meta")).shape == (2, 1000, 8, 3)
    table = trace(full)
    assert (table.macs, table.parameters) == (15_470_264_320, 138_357_544)


def test_windows_in_one_pass_are_not_the_windows_cut_out():
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 16, 5)]
    cut = nn.Sequential(*layers)
    full = nn.Sequential(*layers[:3], dense_as_convolution(layers[4], (8, 4, 4)))
    x = torch.rand(1, 3, 12, 12)
    with torch.inference_mode():
        assert torch.allclose(full(x[..., :8, :8])[..., 0, 0], cut(x[..., :8, :8]), atol=1e-6)
        in_one_pass, apart = full(x)[..., 1, 1], cut(x[..., 2:10, 2:10])
    assert (in_one_pass - apart).abs().max() > 0.01


@pytest.mark.parametrize("shape", [(512, 6, 6), (1, 1, 1)])
def test_maps_of_another_size_are_refused_as_a_head(shape):
    with pytest.raises(ValueError, match=r"^The layer takes 25088 numbers, but maps of .* are \d+\.$"):
        dense_as_convolution(nn.Linear(25088, 2, device="meta"), shape)


def test_a_frozen_layer_without_bias_stays_so():
    linear = nn.Linear(4, 2, bias=False).requires_grad_(False)
    convolution = dense_as_convolution(linear, (1, 2, 2))
    assert convolution.bias is None
    assert not convolution.weight.requires_grad
    assert convolution.weight[1, 0].flatten().tolist() == linear.weight[1].tolist()
