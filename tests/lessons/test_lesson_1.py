"""`check` on lesson 1: the right answers, and a hint for each way to go wrong."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from helpers import check
from helpers.models.parts import local_response_norm
from tests.answers import Elsewhere, Failing, assert_hint

POOL = nn.MaxPool2d(3, 2)


def conv(out=96, kernel=11, stride=4, **options):
    return nn.Conv2d(3, out, kernel, stride, **options)


def stage(*after, **options):
    return nn.Sequential(conv(**options), *(after or (nn.ReLU(), POOL)))


def as_the_paper_starts():
    module = stage(nn.ReLU(inplace=True), local_response_norm(), POOL)
    nn.init.normal_(module[0].weight, std=0.01)
    nn.init.zeros_(module[0].bias)
    return module


class Functional(nn.Module):
    """The stage written out in `forward`, with what follows the convolution given."""

    def __init__(self, after):
        super().__init__()
        self.conv, self.after = conv(), after

    def forward(self, x):
        return self.after(self.conv(x))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [("sigmoid", "at most 1/4"), ("tanh", "1 at zero only"), ("ReLU()", "'relu', 'sigmoid', 'tanh'")],
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("1.1", answer), hint)


def test_exercise_2_is_what_pytorch_counts():
    assert check("1.2", nn.Conv2d(384, 256, 3, groups=4).weight.numel()).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (nn.Conv2d(384, 256, 3).weight.numel(), "one group"),
        (nn.Conv2d(384, 256, 3, groups=2).weight.numel(), "two groups"),
        (nn.Conv2d(96, 64, 3).weight.numel(), "one card only"),
        (nn.Conv2d(384, 256, 3, groups=8).weight.numel(), "once too often"),
        (221_184 + 256, "counts biases"),
        (nn.Conv2d(384, 256, 1, groups=4).weight.numel(), "left out the kernel"),
        (221_185, "kernel height × kernel width"),
        (-221_184, "kernel height × kernel width"),
        (10**5000, "kernel height × kernel width"),
        (221_184.5, "221184.5 is not a whole number"),
        ("221184", "'221184' is not a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("1.2", answer), hint)


@pytest.mark.parametrize(
    "make",
    [
        stage,
        lambda: stage(nn.ReLU(inplace=True), POOL).eval(),
        lambda: stage(POOL, nn.ReLU()),
        lambda: stage(nn.ReLU(), local_response_norm(), POOL),
        lambda: stage(nn.ReLU(), POOL, nn.LocalResponseNorm(5)),
        lambda: stage(nn.ReLU(), nn.LocalResponseNorm(5, alpha=0.1), POOL),
        lambda: stage(padding="valid"),
        lambda: Functional(lambda maps: functional.max_pool2d(functional.relu(maps), 3, 2)),
        as_the_paper_starts,
    ],
)
def test_exercise_3_right(make):
    for seed in range(3):
        torch.manual_seed(seed)
        assert check("1.3", make()).startswith("Right. 34,944 parameters")


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: nn.Sequential, "not a class"),
        (lambda: stage, "not a class, a function or a number"),
        (lambda: 34_944, "Give the module itself"),
        (lambda: stage(nn.ReLU(), POOL, nn.Flatten()), "a tensor of shape (N, 96, 27, 27)"),
        (lambda: Elsewhere(None), "a tensor of shape (N, 96, 27, 27)"),
        (lambda: Elsewhere(torch.zeros(1, 96, 27, 27)), "one nn.Conv2d, and it holds 0"),
        (lambda: stage(nn.ReLU(), POOL, nn.Conv2d(96, 96, 1)), "one nn.Conv2d, and it holds 2"),
        (lambda: stage(out=64), "64 channels"),
        (lambda: stage(kernel=7), "The kernel is 7×7"),
        (lambda: stage(stride=2), "moves by 2 pixels"),
        (lambda: stage(padding=2), "it needs none"),
        (lambda: stage(padding=1), "it needs none"),
        (lambda: stage(nn.ReLU()), "became 55×55: that is the convolution's map"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(3)), "became 18×18: nn.MaxPool2d(3) moves by its own width"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(3, 1)), "became 53×53: the pooling should move by 2"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(2, 1)), "became 54×54: the pooling should move by 2"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)), "became 28×28: the pooling should"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)), "became 28×28: the pooling should"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(4, 2)), "became 26×26: the pooling's windows should be 3"),
        (lambda: stage(nn.ReLU(), POOL, POOL), "became 13×13: the convolution should give 55×55"),
        (lambda: stage(bias=False), "It has no biases"),
        (lambda: stage(nn.BatchNorm2d(96), nn.ReLU(), POOL), "It has 35,136 parameters"),
        (lambda: stage(POOL), "values below zero"),
        (lambda: stage(nn.Tanh(), POOL), "values below zero"),
        (lambda: stage(nn.Sigmoid(), POOL), "never gives a zero"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(2)), "Windows of 2 give 27×27 as well, but do not overlap"),
        (lambda: stage(nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(2)), "do not overlap"),
        (lambda: stage(nn.ReLU(), nn.AvgPool2d(3, 2)), "It averages each window"),
        (lambda: stage(nn.ReLU(), nn.AvgPool2d(2)), "It averages windows of 2"),
        (lambda: Functional(lambda maps: maps.relu()[..., :-1:2, :-1:2]), "pools nothing"),
        (lambda: Functional(lambda maps: POOL(maps.relu())[:1]), "2 pictures became 1"),
        (lambda: nn.Sequential(nn.ReLU(inplace=True), *stage()), "the values are not those"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(4, 2, padding=1)), "the values are not those"),
        (lambda: stage(nn.ReLU(), POOL, nn.Dropout()), "the values are not those"),
        (lambda: nn.Sequential(nn.Conv2d(4, 96, 11, 4)), "Your answer raised RuntimeError: "),
        (Failing, "Your answer raised KeyError: 'conv1'"),
    ],
)  # fmt: skip
def test_exercise_3_hints(make, hint):
    assert_hint(check("1.3", make()), hint)


def test_checking_leaves_the_learner_s_module_as_it_was():
    module = stage()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    check("1.3", module)
    assert module.training
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(weight.grad is None and weight.requires_grad for weight in module.parameters())
