"""GoogLeNet is the paper's table, its blocks concatenate their branches, and its heads are for training."""

import pytest
import torch
from torch import nn

from helpers.images.photos import IMAGENET
from helpers.models import build
from helpers.models.googlenet import TABLE, AuxiliaryHead, GoogLeNet, Inception, TorchvisionGoogLeNet
from helpers.reading.receptive_field import receptive_field
from helpers.reading.trace import trace
from tests.families import assert_the_gradient_has_the_field, parameters, weights_of_convolutions

# Table 1 as printed: output size, its six filter numbers, and multiply-adds in millions ("ops"). These follow
# from the filter numbers, but for 5a's: it makes 51, not 54. The column of parameters follows from no count.
BLOCKS = {
    "3a": ((256, 28, 28), (64, 96, 128, 16, 32, 32), 128),
    "3b": ((480, 28, 28), (128, 128, 192, 32, 96, 64), 304),
    "4a": ((512, 14, 14), (192, 96, 208, 16, 48, 64), 73),
    "4b": ((512, 14, 14), (160, 112, 224, 24, 64, 64), 88),
    "4c": ((512, 14, 14), (128, 128, 256, 24, 64, 64), 100),
    "4d": ((528, 14, 14), (112, 144, 288, 32, 64, 64), 119),
    "4e": ((832, 14, 14), (256, 160, 320, 32, 128, 128), 170),
    "5a": ((832, 7, 7), (256, 160, 320, 32, 128, 128), 54),
    "5b": ((1024, 7, 7), (384, 192, 384, 48, 128, 128), 71),
}
# The same by hand: 5a is 7 · 7 · (832 · (256 + 160 + 32 + 128) + 9 · 160 · 320 + 25 · 32 · 128).
COUNTED_5A = 51_079_168


def weights_of_block(in_channels: int, numbers: tuple[int, ...]) -> int:
    one, reduce_3, three, reduce_5, five, pool = numbers
    return in_channels * (one + reduce_3 + reduce_5 + pool) + 9 * reduce_3 * three + 25 * reduce_5 * five


@pytest.mark.parametrize(
    ("edition", "aux_heads", "count"),
    [
        ("paper", False, 6_998_552),
        ("paper", True, 13_378_280),
        ("torchvision", False, 6_624_904),
        ("torchvision", True, 13_004_888),
    ],
)
def test_it_has_the_counted_parameters(edition, aux_heads, count):
    assert parameters(build("googlenet", edition=edition, aux_heads=aux_heads, device="meta")) == count


def test_its_blocks_have_the_sizes_and_multiply_adds_of_the_table():
    table = trace(build("googlenet", device="meta"))
    blocks = {row.name.removeprefix("inception"): row for row in table.summary() if "inception" in row.name}
    assert blocks.keys() == BLOCKS.keys()
    in_channels = 192
    for name, (shape, numbers, printed) in BLOCKS.items():
        assert TABLE[name] == numbers
        assert blocks[name].output_shape == shape
        assert blocks[name].macs == shape[1] * shape[2] * weights_of_block(in_channels, numbers)
        counted = blocks[name].macs / 1e6
        assert name == "5a" or counted == pytest.approx(printed, abs=0.7)
        in_channels = shape[0]
    assert blocks["5a"].macs == COUNTED_5A
    assert round(table.macs / 1e9, 3) == 1.583
    assert table["conv3.conv"].output_shape == (192, 56, 56)
    assert sum(row.kind == "local response norm" for row in table) == 2


def test_the_heads_add_no_multiply_adds_in_eval_mode():
    for edition, macs in [("paper", 1_582_671_872), ("torchvision", 1_498_376_192)]:
        assert trace(build("googlenet", edition=edition, aux_heads=True, device="meta")).macs == macs


def test_block_3a_is_reduced_from_387_072_weights_and_416_channels():
    with torch.device("meta"):
        reduced = Inception(192, *TABLE["3a"])
        naive = Inception(192, 64, None, 128, None, 32, None)
    assert (weights_of_convolutions(reduced), reduced.out_channels) == (163_328, 256)
    assert (weights_of_convolutions(naive), naive.out_channels) == (387_072, 416)


def test_a_block_is_its_branches_one_after_the_other():
    torch.manual_seed(0)
    block = Inception(8, 2, 3, 4, 5, 6, 7)
    x = torch.randn(2, 8, 9, 9)
    relu, pool = nn.functional.relu, nn.MaxPool2d(3, 1, 1)
    conv = nn.functional.conv2d
    weights = dict(block.named_parameters())

    def through(name: str, image: torch.Tensor, padding: int = 0) -> torch.Tensor:
        return relu(
            conv(image, weights[f"{name}.conv.weight"], weights[f"{name}.conv.bias"], padding=padding)
        )

    expected = [
        through("branch1", x),
        through("branch2.1", through("branch2.0", x), 1),
        through("branch3.1", through("branch3.0", x), 2),
        through("branch4.1", pool(x)),
    ]
    torch.testing.assert_close(block(x), torch.cat(expected, 1))
    assert block.branch3[1].conv.kernel_size == (5, 5)


@pytest.mark.parametrize(("edition", "size"), [("paper", 715), ("torchvision", 379)])
def test_its_receptive_field_is_that_of_its_gradient(edition, size):
    net = build("googlenet", edition=edition, device="meta")
    assert_the_gradient_has_the_field(net, "inception5b", size)


def test_a_block_s_field_is_that_of_its_widest_branch():
    net = build("googlenet", device="meta")
    sizes = [receptive_field(net, f"inception3a.branch{number}").size[0] for number in (1, 2, 3, 4)]
    assert sizes == [27, 43, 59, 43]
    assert_the_gradient_has_the_field(net, "inception3a", 59)


@pytest.mark.parametrize(("network", "size"), [(GoogLeNet, 224), (TorchvisionGoogLeNet, 64)])
def test_in_train_mode_it_returns_three_scores_and_in_eval_mode_one(network, size):
    torch.manual_seed(0)
    net = network(num_classes=5, aux_heads=True)
    image = torch.randn(2, 3, size, size)
    scores = net.train()(image)
    assert scores._fields == ("logits", "aux_logits2", "aux_logits1")
    assert [score.shape for score in scores] == [(2, 5)] * 3
    # The first head hangs on 4a and the second on 4d: what comes after gets no gradient from them.
    for score, last, after in [(scores.aux_logits1, "4a", "4b"), (scores.aux_logits2, "4d", "4e")]:
        net.zero_grad()
        score.sum().backward(retain_graph=True)
        assert net.get_submodule(f"inception{last}").branch1.conv.weight.grad.abs().sum() > 0
        assert net.get_submodule(f"inception{after}").branch1.conv.weight.grad is None
    assert isinstance(net.eval()(image), torch.Tensor)
    assert network(num_classes=5).train()(image).shape == (2, 5)


def test_the_paper_s_head_averages_14x14_to_4x4():
    head = AuxiliaryHead(512, 10)
    assert head.pool(torch.empty(1, 512, 14, 14)).shape == (1, 512, 4, 4)
    assert (head.pool.kernel_size, head.pool.stride) == (5, 3)
    assert head.dropout.p == 0.7


def test_torchvision_s_variant_differs_where_it_says():
    paper, other = (
        build("googlenet", edition=edition, device="meta") for edition in ("paper", "torchvision")
    )
    assert (paper.maxpool4.kernel_size, other.maxpool4.kernel_size) == (3, 2)
    assert (paper.dropout.p, other.dropout.p) == (0.4, 0.2)
    norms = [m for m in other.modules() if isinstance(m, nn.BatchNorm2d)]
    assert len(norms) == 57
    assert {norm.eps for norm in norms} == {0.001}
    assert not any(isinstance(m, nn.BatchNorm2d) for m in paper.modules())
    assert not any(isinstance(m, nn.LocalResponseNorm) for m in other.modules())
    assert not any(m.kernel_size == (5, 5) for m in other.modules() if isinstance(m, nn.Conv2d))


def test_transform_input_takes_imagenet_s_normalisation_for_one_half():
    pixels = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    mean, std = (torch.tensor(each).view(3, 1, 1) for each in (IMAGENET.mean, IMAGENET.std))
    normalised = (pixels - mean) / std
    for transform_input, expected in [(True, (pixels - 0.5) / 0.5), (False, normalised)]:
        seen = []
        net = TorchvisionGoogLeNet(num_classes=5, transform_input=transform_input).eval()
        net.conv1.register_forward_pre_hook(lambda _module, inputs, seen=seen: seen.append(inputs[0]))
        with torch.inference_mode():
            net(normalised)
        torch.testing.assert_close(seen[0], expected)


def test_without_heads_the_heads_weights_are_passed_over_and_nothing_else_is():
    full = TorchvisionGoogLeNet(num_classes=5, aux_heads=True)
    state = full.state_dict()
    names = list(state)
    net = TorchvisionGoogLeNet(num_classes=5)
    net.load_state_dict(state, strict=True)
    assert torch.equal(net.inception5b.branch1.conv.weight, full.inception5b.branch1.conv.weight)
    assert list(state) == names
    with pytest.raises(RuntimeError, match="Unexpected"):
        net.load_state_dict(state | {"aux": torch.zeros(1)}, strict=True)
