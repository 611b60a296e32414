"""ResNet is the paper's: its blocks, its three shortcuts, its plain twins, and where the stride is."""

from functools import partial

import pytest
import torch
from torch import nn

from helpers.models import build
from helpers.models.resnet import BasicBlock, Bottleneck, PaddedShortcut, ResNet, make_shortcut
from helpers.models.small import SmallResNet
from helpers.reading.receptive_field import receptive_field
from helpers.reading.trace import trace
from helpers.running.feature_maps import feature_maps
from tests.families import (
    assert_the_gradient_has_the_field,
    parameters,
    weights_of_convolutions,
    with_random_numbers,
)

BASIC = (64, 128, 256, 512)


@pytest.mark.parametrize(
    # Table 1: depth, and FLOPs in billions as printed, by which the paper means multiply-adds.
    ("name", "depth", "billions"),
    [
        ("resnet18", 18, 1.8),
        ("resnet34", 34, 3.6),
        ("resnet50", 50, 3.8),
        ("resnet101", 101, 7.6),
        ("resnet152", 152, 11.3),
        ("plain18", 18, 1.8),
        ("plain34", 34, 3.6),
    ],
)
def test_it_has_the_depth_and_multiply_adds_of_table_1(name, depth, billions):
    table = trace(build(name, device="meta"))
    on_path = table.where(
        lambda row: row.kind.startswith(("conv", "linear")) and "downsample" not in row.name
    )
    assert len(on_path) == depth
    assert table.macs / 1e9 == pytest.approx(billions, abs=0.07)
    stages = {row.name: row.output_shape[-1] for row in table.summary(1)}
    assert [stages[f"layer{number}"] for number in (1, 2, 3, 4)] == [56, 28, 14, 7]


def test_resnet50_in_numbers():
    paper, other = (build("resnet50", edition=edition, device="meta") for edition in ("paper", "torchvision"))
    assert parameters(paper) == parameters(other) == 25_557_032
    assert (trace(paper).macs, trace(other).macs) == (3_857_973_248, 4_089_184_256)
    assert list(paper.state_dict()) == list(other.state_dict())


@pytest.mark.parametrize(("edition", "size"), [("paper", 483), ("torchvision", 427)])
def test_the_receptive_field_tells_v1_from_v1_5_and_is_that_of_the_gradient(edition, size):
    assert_the_gradient_has_the_field(build("resnet50", edition=edition, device="meta"), "layer4", size)


@pytest.mark.parametrize("name", ["resnet34", "plain34"])
def test_a_shortcut_does_not_change_the_receptive_field(name):
    assert_the_gradient_has_the_field(build(name, device="meta"), "layer4", 899)


def test_the_stride_is_in_the_first_1x1_of_v1_and_in_the_3x3_of_v1_5():
    for edition, strides in [("paper", (2, 1, 1)), ("torchvision", (1, 2, 1))]:
        block = build("resnet50", edition=edition, device="meta").layer2[0]
        assert tuple(getattr(block, f"conv{n}").stride[0] for n in (1, 2, 3)) == strides
        assert block.downsample[0].stride == (2, 2)


def test_options_a_b_and_c_cost_nothing_a_little_and_more():
    """Table 3's ResNet-34: B projects in 3 blocks, C in all 16."""
    counts = {}
    for shortcut in ("none", "A", "B", "C"):
        with torch.device("meta"):
            counts[shortcut] = parameters(ResNet(partial(BasicBlock, shortcut=shortcut), (3, 4, 6, 3), BASIC))
    projections = [(64, 128), (128, 256), (256, 512)]
    kept = [(64, 64)] * 3 + [(128, 128)] * 3 + [(256, 256)] * 5 + [(512, 512)] * 2
    cost = {"B": projections, "C": projections + kept}
    assert counts["A"] == counts["none"] == 21_623_848
    for shortcut, shapes in cost.items():
        # A projection and the scale and shift of its batch norm.
        assert counts[shortcut] - counts["A"] == sum(m * n + 2 * n for m, n in shapes)
    assert counts["B"] == 21_797_672


def test_option_a_keeps_every_second_pixel_and_pads_channels_with_zeros():
    x = torch.randn(2, 3, 8, 8)
    y = PaddedShortcut(3, 5, stride=2)(x)
    assert torch.equal(y[:, :3], x[:, :, [0, 2, 4, 6]][..., [0, 2, 4, 6]])
    assert y.shape == (2, 5, 4, 4)
    assert not y[:, 3:].any()
    assert make_shortcut(8, 8, 1, "A") is None
    assert make_shortcut(8, 8, 1, "C") is not None


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
@pytest.mark.parametrize("shortcut", ["A", "B", "C", "none"])
@pytest.mark.parametrize(("out_channels", "stride"), [(8, 1), (16, 2)])
def test_a_block_of_zeros_returns_the_relu_of_its_shortcut(block, shortcut, out_channels, stride):
    torch.manual_seed(0)
    made = block(8, out_channels, stride, shortcut=shortcut, zero_init=True).eval()
    last = "bn2" if block is BasicBlock else "bn3"
    norms = {name: m for name, m in made.named_modules() if isinstance(m, nn.BatchNorm2d)}
    assert [name for name, norm in norms.items() if not norm.weight.any()] == [last]
    x = torch.randn(2, 8, 6, 6)
    kept = shortcut in ("A", "B") and stride == 1
    expected = torch.zeros(2, out_channels, 6 // stride, 6 // stride)
    if shortcut != "none":
        expected = (x if kept else made.downsample(x)).relu()
        assert expected.any()
    assert torch.equal(made(x), expected)


@pytest.mark.parametrize("stride_in_3x3", [False, True])
def test_a_bottleneck_is_its_three_convolutions_and_its_input(stride_in_3x3):
    torch.manual_seed(0)
    block = Bottleneck(8, 8, expansion=2, shortcut="B", stride_in_3x3=stride_in_3x3).eval()
    x = torch.randn(2, 8, 6, 6)
    y = block.bn1(block.conv1(x)).relu()
    y = block.bn2(block.conv2(y)).relu()
    torch.testing.assert_close(block(x), (block.bn3(block.conv3(y)) + x).relu())
    assert block.conv2.in_channels == block.conv2.out_channels == 4


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_groups_split_the_3x3_convolution_of_a_bottleneck_and_nothing_else(groups):
    with torch.device("meta"):
        whole, split = Bottleneck(64, 64), Bottleneck(64, 64, groups=groups)
    costs = [[getattr(block, f"conv{n}").weight.numel() for n in (1, 2, 3)] for block in (whole, split)]
    assert costs[0] == [64 * 16, 9 * 16 * 16, 16 * 64]
    assert costs[1] == [64 * 16, 9 * 16 * 16 // groups, 16 * 64]
    assert split(torch.empty(1, 64, 8, 8, device="meta")).shape == (1, 64, 8, 8)


@pytest.mark.parametrize(
    ("name", "last"), [("resnet20", "bn2"), ("resnet18", "bn2"), ("resnet50", "bn3"), ("plain20", "bn2")]
)
def test_what_a_block_adds_to_its_shortcut_can_be_had_by_name(name, last):
    """`feature_maps` of a block's last norm is the residual, before the sum and the last ReLU."""
    torch.manual_seed(0)
    net = with_random_numbers(build(name, num_classes=4, device="cpu"))
    image = torch.randn(1, 3, 32, 32)
    maps = feature_maps(net, image, ["layer1.0", f"layer1.1.{last}", "layer1.1"])
    shortcut = 0 if name.startswith("plain") else maps["layer1.0"]
    residual = maps[f"layer1.1.{last}"]
    torch.testing.assert_close(maps["layer1.1"], (residual + shortcut).relu())
    assert residual.min() < 0 < residual.max()
    every = [f"{block}.{last}" for block, m in net.named_modules() if hasattr(m, "adds")]
    assert list(feature_maps(net, image, every)) == every


def test_the_bottleneck_costs_about_what_a_narrow_basic_block_does():
    with torch.device("meta"):
        costs = [
            weights_of_convolutions(b)
            for b in (Bottleneck(256, 256), BasicBlock(64, 64), BasicBlock(256, 256))
        ]
    assert costs == [69_632, 73_728, 1_179_648]


def test_first_weights_are_he_s_and_on_request_blocks_begin_as_their_shortcut():
    torch.manual_seed(0)
    net = build("resnet18", device="cpu")
    assert net.layer3[1].conv1.weight.std().item() == pytest.approx((2 / (9 * 256)) ** 0.5, rel=0.01)
    assert all(m.weight.eq(1).all() for m in net.modules() if isinstance(m, nn.BatchNorm2d))
    zeroed = SmallResNet(14, zero_init_residual=True)
    blocks = [m for m in zeroed.modules() if isinstance(m, BasicBlock)]
    assert len(blocks) == 6
    for block in blocks:
        assert not block.bn2.weight.any()
        assert block.bn1.weight.eq(1).all()


@pytest.mark.parametrize(
    # Table 6: millions of parameters as printed.
    ("depth", "millions"),
    [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)],
)
def test_the_networks_for_cifar_10_have_the_paper_s_size(depth, millions):
    residual, plain = (build(f"{kind}{depth}", device="meta") for kind in ("resnet", "plain"))
    assert parameters(residual) / 1e6 == pytest.approx(millions, abs=0.03 if depth == 110 else 0.006)
    assert parameters(plain) == parameters(residual)
    assert trace(plain, (3, 32, 32)).macs == trace(residual, (3, 32, 32)).macs
    assert receptive_field(plain) == receptive_field(residual)
    convolutions = [m for m in plain.modules() if isinstance(m, nn.Conv2d)]
    assert len(convolutions) + 1 == depth
    assert not any("add" in row.name for row in trace(plain, (3, 32, 32)))


def test_option_a_s_field_is_that_of_its_gradient():
    assert_the_gradient_has_the_field(build("resnet20", device="meta"), "layer3", 81)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: BasicBlock(8, 8, shortcut="D"),
            r"There is no shortcut 'D'; choose 'A', 'B', 'C' or 'none'\.",
        ),
        (lambda: BasicBlock(8, 4, shortcut="A"), r"cannot take 8 channels to 4\."),
        (lambda: Bottleneck(8, 10), r"expansion must divide out_channels=10, got 4"),
        (lambda: Bottleneck(8, 8, groups=4), r"groups must divide the 2 channels of the 3×3 .*, got 4$"),
        (lambda: Bottleneck(8, 8, groups=1.5), r"groups must be a whole number of at least 1, got 1\.5"),
        (lambda: Bottleneck(8, 8, expansion=0), r"expansion must be a whole number of at least 1, got 0"),
        (lambda: SmallResNet(18), r"depth must be 6 · n \+ 2, such as 14 or 20, got 18"),
        (lambda: SmallResNet(2), r"depth must be a whole number of at least 8, got 2"),
        (lambda: build("plain20", zero_init_residual=True), r"zero_init_residual needs a shortcut"),
    ],
)
def test_what_cannot_be_built_is_refused_in_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()
