"""`check` on lesson 6: the right answers, and a hint for each way to go wrong."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from helpers import check
from helpers.models import build
from helpers.models.densenet import DenseBlock, Transition
from tests.answers import assert_hint


class Block(nn.Module):
    """The dense block of exercise 6.3, right or wrong in one way."""

    def __init__(self, reads=(16, 24, 32), made=8, bias=False, norm=True, padding=1, kernel=3):
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(each) for each in reads if norm)
        self.convs = nn.ModuleList(
            nn.Conv2d(each, made, kernel, padding=padding, bias=bias) for each in reads
        )

    def layer(self, number, x):
        return self.convs[number](functional.relu(self.norms[number](x)))

    def join(self, x, new):
        return torch.cat([x, new], 1)

    def forward(self, x):
        for number in range(len(self.convs)):
            x = self.join(x, self.layer(number, x))
        return x


class NewFirst(Block):
    def join(self, x, new):
        return torch.cat([new, x], 1)


class NoReLU(Block):
    def layer(self, number, x):
        return self.convs[number](self.norms[number](x))


class ReLUFirst(Block):
    def layer(self, number, x):
        return self.convs[number](self.norms[number](functional.relu(x)))


class InPlace(Block):
    def layer(self, number, x):
        return self.convs[number](self.norms[number](x.relu_()))


class NewOnly(Block):
    def forward(self, x):
        return super().forward(x)[:, 16:]


class LastOnly(Block):
    def forward(self, x):
        return super().forward(x)[:, 32:]


class Adding(Block):
    def __init__(self):
        super().__init__(reads=(16, 16, 16), made=16)

    def join(self, x, new):
        return x + new


class FromTheInput(Block):
    def __init__(self):
        super().__init__(reads=(16, 16, 16))

    def forward(self, x):
        return torch.cat([x, *(self.layer(number, x) for number in range(3))], 1)


class AfterTheConvolution(Block):
    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(8) for _ in range(3))

    def layer(self, number, x):
        return functional.relu(self.norms[number](self.convs[number](x)))


class NoNorm(Block):
    def __init__(self):
        super().__init__(norm=False)

    def layer(self, number, x):
        return self.convs[number](functional.relu(x))


class Unfinished(nn.Module):
    def forward(self, x): ...


class Pair(Block):
    def forward(self, x):
        return x, super().forward(x)


def test_exercise_1_is_how_the_channels_of_a_block_grow():
    channels = [DenseBlock(64, layers, growth_rate=32).out_channels for layers in (1, 2, 3, 4)]
    assert channels == [96, 128, 160, 192]
    assert check("6.1", "linearly").startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("quadratically", "how the weights grow"),
        ("exponentially", "adds only k new ones"),
        ("linear", "'linear' is not among the choices"),
    ],
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("6.1", answer), hint)


def test_exercise_2_is_what_densenet161_holds():
    network = build("densenet161", device="meta")
    assert network.features.transition3.conv.weight.numel() == 2_230_272
    assert isinstance(network.features.transition3, Transition)
    assert check("6.2", 2_230_272).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (2112, "the block puts out"),
        (1056, "the transition puts out"),
        (2112 * 2112, "keeps all channels"),
        (1056 * 1056, "reads all channels of the block"),
        (2_230_272 + 1056, "counts biases"),
        (2_230_272 + 2 * 2112, "counts the batch norm"),
        (9 * 2_230_272, "That is a 3×3"),
        ((36 * 48) ** 2 // 2, "left out the 384"),
        (1, "384 + 36 · 48"),
        (-2_230_272, "384 + 36 · 48"),
        (10**5000, "384 + 36 · 48"),
        (0.5, "0.5 is not a whole number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("6.2", answer), hint)


@pytest.mark.parametrize("answer", [Block(), DenseBlock(16, layers=3, growth_rate=8, bottleneck=None)])
def test_exercise_3_right(answer):
    assert check("6.3", answer).startswith("Right. The input comes out untouched")


def test_exercise_3_is_right_after_training_and_leaves_mode_and_running_means_alone():
    block = Block()
    block(torch.randn(4, 16, 6, 6))
    block.norms[1].eval()
    before = {name: value.clone() for name, value in block.state_dict().items()}
    modes = [module.training for module in block.modules()]
    assert check("6.3", block).startswith("Right. ")
    assert [module.training for module in block.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in block.state_dict().items())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (3, "the module itself"),
        (Block, "the module itself"),
        (Unfinished(), "gives nothing back yet"),
        (Pair(), "a tensor of shape (N, 40"),
        (nn.Sequential(nn.Flatten()), "a tensor of shape (N, 40"),
        (Block(padding=0), "torch.cat joins maps of one size"),
        (nn.Conv2d(16, 40, 3), "9×8 pixels became 7×6"),
        (LastOnly(), "the last layer's 8 maps alone"),
        (Adding(), "as an addition would"),
        (NewOnly(), "the 16 of the input should come out as well"),
        (Block(reads=(16, 24)), "It gives 32 channels"),
        (nn.Conv2d(16, 40, 3, padding=1), "It holds 1 convolutions"),
        (DenseBlock(16, layers=3, growth_rate=8), "make it three 3×3"),
        (FromTheInput(), "read 16, 16, 16 channels"),
        (Block(bias=True), "It has biases"),
        (NoNorm(), "Batch norm is nowhere"),
        (AfterTheConvolution(), "Batch norm is of 8, 8, 8 channels"),
        (NewFirst(), "put the old first"),
        (InPlace(), "should be the input, unchanged"),
        (NoReLU(), "Layer 1 has no ReLU"),
        (ReLUFirst(), "The maps of layer 1 are not those of BN–ReLU–3×3"),
        (nn.Linear(3, 4), "Your answer raised RuntimeError"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_3_hints(answer, hint):
    assert_hint(check("6.3", answer), hint)
