"""`check` on lesson 5: the right answers, and a hint for each way to go wrong."""

from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import ShortcutExplorer, check
from helpers.models.resnet import BasicBlock
from tests.answers import Elsewhere, Failing, assert_hint


class Block(nn.Module):
    """The exercise's block, with every way to get it wrong as an option."""

    def __init__(
        self, *, join=None, inner=F.relu, stride=2, second=1, norms=3, bias=False, kernel=1, out=128
    ):
        super().__init__()
        self.conv1 = nn.Conv2d(64, out, 3, stride, padding=1, bias=bias)
        self.conv2 = nn.Conv2d(out, out, 3, second, padding=1, bias=False)
        self.projection = nn.Conv2d(64, out, kernel, stride * second, padding=kernel // 2, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(out) for _ in range(norms))
        self.join, self.inner = join or (lambda f, s: F.relu(f + s)), inner

    def forward(self, x):
        norms = [*self.norms, *[nn.Identity()] * 3]
        y = norms[1](self.conv2(self.inner(norms[0](self.conv1(x)))))
        return self.join(y, norms[2](self.projection(x)))


class Misplaced(Block):
    """The exercise's block with its batch norms where `forward` puts them."""

    def __init__(self, forward, norms=2):
        super().__init__(norms=norms)
        self.own_forward = forward

    def forward(self, x):
        return self.own_forward(self, x, *self.norms)


def never_called(block, x, *norms):
    return F.relu(block.conv2(F.relu(block.conv1(x))) + block.projection(x))


def one_never_called(block, x, one, *others):
    return F.relu(block.conv2(F.relu(one(block.conv1(x)))) + block.projection(x))


def first_never_called(block, x, one, other):
    return F.relu(other(block.conv2(F.relu(block.conv1(x)))) + block.projection(x))


def third_never_called(block, x, one, other, third):
    return F.relu(other(block.conv2(F.relu(one(block.conv1(x))))) + block.projection(x))


def after_the_sum(block, x, one, other):
    return F.relu(other(block.conv2(F.relu(one(block.conv1(x)))) + block.projection(x)))


def after_the_last_relu(block, x, one, other):
    return other(F.relu(block.conv2(F.relu(one(block.conv1(x)))) + block.projection(x)))


def after_the_relu_and_on_the_shortcut(block, x, one, other):
    return F.relu(block.conv2(one(F.relu(block.conv1(x)))) + other(block.projection(x)))


def only_on_the_shortcut(block, x, one, other):
    return F.relu(block.conv2(F.relu(one(block.conv1(x)))) + other(block.projection(x)))


def one_called_twice(block, x, one, other):
    return F.relu(one(block.conv2(F.relu(one(block.conv1(x))))) + block.projection(x))


RIGHT = ["degradation", "overfitting", "neither", "unknown"]


def test_exercise_1():
    assert check("5.1", RIGHT).startswith("Right. ")
    assert check("5.1", (" Degradation", "OVERFITTING", "neither ", "unknown")).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (["overfitting", "overfitting", "neither", "unknown"], "In case a, look at the training error"),
        (["degradation", "degradation", "neither", "unknown"], "In case b, the deeper network fits"),
        (["degradation", "overfitting", "degradation", "unknown"], "In case c, the deeper network is better"),
        (["degradation", "overfitting", "neither", "overfitting"], "In case d, the training error could"),
        (["neither"] * 4, "In case a"),
        (["degradation", "both", "neither", "unknown"], "'both' is not among"),
        (["overfitting", "degradation"], r"is not a list of 4 answers; write [..., ..., ..., ...]."),
        ("overfitting", "'overfitting' is not a list of 4 answers"),
        (9, "9 is not a list of 4 answers"),
    ],
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("5.1", answer), hint)


def test_exercise_2_gives_what_the_block_should():
    inputs, changes = torch.tensor([5.0, 0, 2]), torch.tensor([0.2, 0, -2])
    assert torch.relu(changes + inputs).tolist() == pytest.approx([5.2, 0, 0])
    nearer = torch.relu(changes + 0.01 * torch.tensor([-1, 1, 1]) + inputs)
    assert (nearer != torch.tensor([5.2, 0, 0])).all(), "no other F(x) nearer to 0 will do"
    for right in ([0.2, 0, -2], [5.2 - 5, 0, -2], [0.2, -0.0, 0 - 2]):
        assert check("5.2", right).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([5.2, 0, 0], "what its layers add"),
        ([-0.2, 0, 2], "the output minus the input"),
        ([0.2, 0, 0], "At the third place 2 comes in"),
        ([0.2, -1, -2], "nearest to 0"),
        ([0.2, 0], "is not a list of 3 answers"),
        (["a", 0, -2], "is not a number"),
    ],
    ids=str,
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("5.2", answer), hint)


def test_exercise_3_is_what_the_explorer_shows():
    explorer = ShortcutExplorer("bottleneck", width=64)
    before = explorer.numbers.all_weights
    explorer.option.value = "C"
    rise = 100 * (explorer.numbers.all_weights - before) / before
    assert check("5.3", round(rise)).startswith("Right. ")
    assert round(rise) == 94


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (194, "by how much they rise"),
        (48, "share of the new block"),
        (65_536, "the projection's weights"),
        (5, "from 256 channels to 256"),
        (6, "69,632"),
        (94.5, "is not a whole number"),
    ],
)
def test_exercise_3_hints(answer, hint):
    assert_hint(check("5.3", answer), hint)


def test_exercise_4():
    assert check("5.4", [3, 6]).startswith("Right. ")
    assert check("5.4", (torch.tensor(3), 6.0)).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([6, 6], "after it, x is no longer"),
        ([6, 3], "the other way round"),
        ([1, 6], "has put 2 into it"),
        ([3, 3], "which was 5"),
        ([3], "is not a list of 2 answers"),
        (3, "is not a list of 2 answers"),
        (["3", "6"], "is not a number"),
    ],
)
def test_exercise_4_hints(answer, hint):
    assert_hint(check("5.4", answer), hint)


@pytest.mark.parametrize("answer", [Block(), Block(norms=2), BasicBlock(64, 128, 2)])
def test_exercise_5_right(answer):
    assert check("5.5", answer).startswith("Right. relu(F(x) + projection(x))")


def test_exercise_5_takes_a_trained_block_and_leaves_it_as_it_is():
    block = Block().train()
    block(torch.randn(8, 64, 8, 8))
    nn.init.uniform_(block.norms[1].weight)
    before = deepcopy(block.state_dict())
    assert check("5.5", block).startswith("Right. ")
    assert block.training
    assert all(torch.equal(before[name], value) for name, value in block.state_dict().items())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (3, "Give the module itself"),
        (Block, "with parentheses"),
        (Failing(), "Your answer raised KeyError"),
        (Elsewhere(None), "does forward return it"),
        (Elsewhere(torch.zeros(3)), "does forward return it"),
        (Block(join=lambda f, s: torch.cat([f, s], 1)), "side by side"),
        (Block(out=64), "It gives 64 channels"),
        (Block(stride=1), "8×6 became 8×6"),
        (Block(second=2), "8×6 became 2×2"),
        (Block(stride=1, second=2), "Stride 2 belongs to the first"),
        (Block(kernel=3), "a 1×1 from 64 to 128"),
        (BasicBlock(64, 128, 2, shortcut="A"), "no 1×1 on the shortcut"),
        (Block(bias=True), "has a bias"),
        (Block(norms=0), "It has 0 batch norms"),
        (Block(norms=1), "It has 1 batch norm:"),
        (Block(join=lambda f, s: f + s), "The last ReLU is missing"),
        (Block(join=lambda f, s: F.relu(f) + s), "comes too early"),
        (Block(join=lambda f, s: F.relu(f) + F.relu(s)), "Both paths go through"),
        (Block(join=lambda f, s: F.relu(f)), "not added"),
        (Block(join=lambda f, s: F.relu(s)), "the shortcut's alone"),
        (Block(inner=lambda y: y), "no ReLU between"),
        (Block(join=lambda f, s: F.relu(f - s)), "subtracted"),
        (Block(join=lambda f, s: F.relu(f * s)), "multiplied"),
        (Block(inner=torch.tanh), "The numbers differ"),
        (Block(norms=4), "It has 4 batch norms"),
        (Misplaced(never_called), "are made, but never called"),
        (Misplaced(one_never_called), "No batch norm follows the second"),
        (Misplaced(first_never_called), "No batch norm follows the first"),
        (Misplaced(third_never_called, norms=3), "is made, but never called"),
        (Misplaced(after_the_sum), "after the addition"),
        (Misplaced(after_the_last_relu), "after the addition"),
        (Misplaced(after_the_relu_and_on_the_shortcut), "comes after the ReLU"),
        (Misplaced(only_on_the_shortcut), "No batch norm follows the second"),
        (Misplaced(one_called_twice), "is called twice"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_exercise_5_hints(answer, hint):
    assert_hint(check("5.5", answer), hint)
