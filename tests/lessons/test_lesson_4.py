"""`check` on lesson 4: the right answers, and a hint for each way to go wrong."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import check
from helpers.models.googlenet import TABLE, Inception
from helpers.reading.trace import trace
from tests.answers import Elsewhere, Failing, assert_hint


def test_exercise_1_is_what_the_naive_block_makes():
    out_1x1, _, out_3x3, _, out_5x5, _ = TABLE["3b"]
    block = Inception(256, out_1x1, None, out_3x3, None, out_5x5, None)
    assert check("4.1", block.out_channels).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (480, "the block as it is"),
        (416, "The pool is a branch too"),
        (256, "what the pool hands on"),
        (736, "The 64 come from the 1×1"),
        (64, "four branches"),
        (-672, "four branches"),
        (10**5000, "four branches"),
        (0.5, "0.5 is not a whole number"),
        ("many", "'many' is not a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("4.1", answer), hint)


def test_exercise_2_is_what_pytorch_counts():
    branch = nn.Sequential(nn.Conv2d(832, 192, 1), nn.Conv2d(192, 384, 3, padding=1))
    assert check("4.2", trace(branch, (832, 7, 7)).macs).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (823_296, "Those are the weights. Each"),
        (663_552 * 49, "the 3×3 alone"),
        (159_744 * 49, "the 1×1 alone"),
        (9 * 832 * 384 * 49, "reads only the 192"),
        (9 * 832 * 384, "Here it reads 192, and at 49"),
        (823_296 * 7, "49 pixels, not 7"),
        (823_296 * 196, "in block 5b it is 7×7"),
        ((823_296 + 192 + 384) * 49, "Biases are not multiplied"),
        (2 * 823_296 * 49, "count it once"),
        ((832 * 192 + 192 * 384) * 49, "nine weights"),
        (1, "Add up kernel height"),
        (10**5000, "Add up kernel height"),
        (0.5, "0.5 is not a whole number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("4.2", answer), hint)


class Block(nn.Module):
    """The right answer, and what can be wrong with it."""

    def __init__(
        self, *, single=16, reduce=8, out=32, proj=16, kernel=3, padding=1, pool=None, join=None, **how
    ):
        super().__init__()
        self.single, self.reduce = nn.Conv2d(64, single, 1), nn.Conv2d(64, reduce, 1)
        self.larger = nn.Conv2d(reduce, out, kernel, padding=padding)
        self.proj = nn.Conv2d(64, proj, 1)
        self.pool = pool or nn.MaxPool2d(3, stride=1, padding=1)
        self.join = join or (lambda parts: torch.cat(parts, 1))
        self.relu = how.get("relu", torch.relu)
        self.first_relu = how.get("first_relu", torch.relu)

    def forward(self, x):
        larger = self.larger(self.first_relu(self.reduce(x)))
        return self.join([self.relu(part) for part in (self.single(x), larger, self.proj(self.pool(x)))])


class Joined(Block):
    """ReLUs in place, one for all branches, and the pool as a function."""

    def forward(self, x):
        parts = [self.proj(F.max_pool2d(x, 3, 1, 1)), self.larger(self.reduce(x).relu_()), self.single(x)]
        return torch.cat(parts, 1).relu_()


class PoolAfter(Block):
    def forward(self, x):
        larger = self.larger(torch.relu(self.reduce(x)))
        return torch.cat([self.single(x), larger, self.pool(self.proj(x))], 1).relu()


class InARow(Block):
    def forward(self, x):
        larger = self.larger(torch.relu(self.reduce(F.max_pool2d(x, 3, 1, 1))))
        return torch.cat([self.single(x), larger, self.proj(self.pool(x))], 1).relu()


class WrongOneOnThePool(Block):
    def forward(self, x):
        larger = self.larger(torch.relu(self.reduce(self.pool(x))))
        return torch.cat([self.single(x), larger, self.proj(x)], 1).relu()


@pytest.mark.parametrize(
    "answer", [Block(), Joined(), Block(relu=nn.ReLU()), Block(join=lambda parts: torch.cat(parts[::-1], 1))]
)
def test_exercise_3_right(answer):
    assert check("4.3", answer).startswith("Right. Three branches")


def test_exercise_3_leaves_the_module_as_it_is():
    block = Block()
    check("4.3", block)
    assert not any(layer._forward_pre_hooks for layer in block.modules())
    assert block.training


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (3, "Give the module itself"),
        (Block, "Give the module itself"),
        (lambda x: x, "Give the module itself"),
        (Failing(), "Your answer raised KeyError"),
        (Elsewhere(None), "gives nothing back yet"),
        (Elsewhere(...), "gives nothing back yet"),
        (Elsewhere(torch.zeros(3)), "one tensor of shape"),
        (Block(join=list), "one tensor of shape"),
        (Block(single=32, proj=32, join=lambda parts: torch.cat(parts, 0)), "A batch of 2 became one of 6"),
        (Block(single=32, proj=32, join=lambda parts: torch.cat(parts, 2)), "9×9 pixels became 27×9"),
        (Block(padding=0), "Your answer raised RuntimeError"),
        (Block(pool=nn.MaxPool2d(3, stride=1)), "Your answer raised RuntimeError"),
        (nn.Conv2d(64, 64, 3), "9×9 pixels became 7×7"),
        (nn.Conv2d(64, 64, 3, padding=1), "these run: 3×3."),
        (nn.ReLU(), "these run: none."),
        (Block(kernel=5, padding=2), "1×1, 1×1, 1×1, 5×5"),
        (Block(reduce=16), "64 → 16, 64 → 16, 64 → 16"),
        (Block(out=16, proj=32), "8 → 16"),
        (Block(pool=nn.Identity()), "All three 1×1 read the input itself"),
        (PoolAfter(), "All three 1×1 read the input itself"),
        (InARow(), "stand side by side"),
        (WrongOneOnThePool(), "The 1×1 to 8 reads the pool"),
        (Block(pool=nn.AvgPool2d(3, stride=1, padding=1)), "no 3×3 max-pool"),
        (Block(pool=nn.MaxPool2d(5, stride=1, padding=2)), "no 3×3 max-pool"),
        (Block(join=lambda parts: torch.cat(parts[:2], 1)), "It gives 48 channels"),
        (Block(relu=lambda x: x), "negative numbers in the output"),
        (Block(first_relu=lambda x: x), "The 3×3 reads negative numbers"),
        (Block(relu=torch.sigmoid), "not those of a ReLU after each convolution"),
        (Block(first_relu=torch.sigmoid), "not those of a ReLU after each convolution"),
        (Block(relu=F.relu6, first_relu=F.softplus), "not those of a ReLU after each convolution"),
        (Block(join=lambda parts: 2 * torch.cat(parts, 1)), "not those of a ReLU after each convolution"),
    ],
)  # fmt: skip
def test_exercise_3_hints(answer, hint):
    assert_hint(check("4.3", answer), hint)
