"""`check` on lesson 3: the right answers, and a hint for each way to go wrong."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from helpers import check
from tests.answers import Elsewhere, Failing, assert_hint


def conv(c_in, c_out, kernel=1, *, bias=False, **options):
    return nn.Conv2d(c_in, c_out, kernel, bias=bias, padding=options.pop("padding", kernel // 2), **options)


def bottleneck(bias=False, middle=64):
    return nn.Sequential(
        conv(256, middle, bias=bias),
        nn.ReLU(),
        conv(middle, middle, 3, bias=bias),
        nn.ReLU(),
        conv(middle, 256, bias=bias),
    )


class Functional(nn.Module):
    """A right answer that has no nn.ReLU in it."""

    def __init__(self):
        super().__init__()
        self.reduce, self.middle, self.expand = conv(256, 64), conv(64, 64, 3), conv(64, 256)

    def forward(self, x):
        x = functional.relu(self.reduce(x))
        return self.expand(functional.relu(self.middle(x)))


@pytest.mark.parametrize("answer", ["channels", " Channels ", "CHANNELS"])
def test_exercise_1_right(answer):
    assert check("3.1", answer).startswith("Right. A 1×1 convolution mixes the channels of one pixel")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("neighbours", "covers one pixel"),
        ("both", "3×3 convolution"),
        ("channel", "'channel' is not among the choices: 'channels', 'neighbours', 'both'."),
        (3, "3 is not among the choices"),
        (np.array(["channels", "both"]), "is not among the choices"),
    ],
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("3.1", answer), hint)


@pytest.mark.parametrize(
    "answer",
    [137_728, 137_728.0, np.int32(137_728), np.float64(137_728), Fraction(137_728), torch.tensor(137_728),
     5 * 5 * 192 * 32 - (192 * 16 + 5 * 5 * 16 * 32)],
)  # fmt: skip
def test_exercise_2_right(answer):
    assert check("3.2", answer).startswith("Right. 153,600 − (3,072 + 12,800) = 137,728")


def test_exercise_2_is_what_pytorch_counts():
    direct, two = nn.Conv2d(192, 32, 5, bias=False), (conv(192, 16), conv(16, 32, 5))
    saved = direct.weight.numel() - sum(layer.weight.numel() for layer in two)
    assert check("3.2", saved).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (15_872, "what the two steps hold together"),
        (153_600, "direct 5×5"),
        (140_800, "left out the 1×1 step"),
        (150_528, "left out the 5×5 step"),
        (137_712, "counts biases"),
        (137_729, "kernel height × kernel width"),
        (-137_728, "kernel height × kernel width"),
        (10**400, "kernel height × kernel width"),
        (10**5000, "kernel height × kernel width"),
        (137_728.5, "137728.5 is not a whole number"),
        (Fraction(10**400, 3), "is not a whole number"),
        (float("nan"), "nan is not a number"),
        (float("inf"), "inf is not a number"),
        (True, "True is not a number"),
        ("137728", "'137728' is not a number"),
        ([137_728], "is not a number"),
        (np.zeros((3, 3)), "is not a number"),
        (torch.zeros(3), "is not a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("3.2", answer), hint)


def test_exercise_2_s_hint_on_biases_is_what_pytorch_counts_with_them():
    def count(layer):
        return sum(weight.numel() for weight in layer.parameters())

    direct, two = nn.Conv2d(192, 32, 5), (conv(192, 16, bias=True), conv(16, 32, 5, bias=True))
    assert "counts biases" in check("3.2", count(direct) - sum(map(count, two)))


class Clamped(nn.Module):
    """Another, of lists and in the order that it came to mind."""

    def __init__(self):
        super().__init__()
        self.last, self.others = conv(64, 256), nn.ModuleList([conv(64, 64, 3), conv(256, 64)])

    def forward(self, x):
        for layer in reversed(self.others):
            x = layer(x).clamp(min=0)
        return self.last(x)


def arranged(*activations):
    """The three convolutions with something before the first and after each."""
    layers = zip([conv(256, 64), conv(64, 64, 3), conv(64, 256)], activations[1:], strict=True)
    return nn.Sequential(activations[0], *(each for pair in layers for each in pair))


NOTHING = nn.Identity


@pytest.mark.parametrize(
    "make",
    [
        bottleneck,
        Functional,
        Clamped,
        lambda: arranged(NOTHING(), nn.ReLU(inplace=True), nn.ReLU(inplace=True), NOTHING()),
        lambda: bottleneck().eval(),
        lambda: bottleneck().train(),
    ],
)
def test_exercise_3_right(make):
    for seed in range(5):
        torch.manual_seed(seed)
        assert check("3.3", make()).startswith("Right. 69,632 weights")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (nn.Sequential, "not a class"),
        (bottleneck, "not a class, a function or a number"),
        (69_632, "Give the module itself"),
        ([bottleneck()], "Give the module itself"),
        (nn.Sequential(conv(256, 64), nn.ReLU(), conv(64, 64, 3), nn.ReLU()), "gives 64 channels"),
        (nn.Sequential(conv(256, 64), nn.ReLU(), conv(64, 64, 3, padding=0), conv(64, 256)), "became 12×12"),
        (nn.Sequential(conv(256, 64), nn.ReLU(), conv(64, 64, 3, stride=2), conv(64, 256)), "became 7×7"),
        (nn.Sequential(conv(256, 256, 3)), "three convolutions"),
        (nn.Sequential(conv(256, 64, 3), conv(64, 64), conv(64, 256, 3)), "three convolutions"),
        (nn.Sequential(), "three convolutions"),
        (bottleneck(bias=True), "bias=False"),
        (bottleneck(middle=32), "It has 25,600 weights"),
        (nn.Sequential(conv(256, 64), conv(64, 64, 3), conv(64, 256)), "one linear map"),
        (
            nn.Sequential(conv(256, 64), nn.Identity(), conv(64, 64, 3), nn.Dropout(), conv(64, 256)).eval(),
            "linear",
        ),
        (arranged(NOTHING(), nn.ReLU(), NOTHING(), NOTHING()), "one nn.ReLU after the first 1×1"),
        (arranged(NOTHING(), NOTHING(), nn.ReLU(), NOTHING()), "one nn.ReLU after the first 1×1"),
        (arranged(NOTHING(), nn.Sigmoid(), nn.Sigmoid(), NOTHING()), "one nn.ReLU after the first 1×1"),
        (arranged(NOTHING(), nn.ReLU6(), nn.ReLU6(), NOTHING()), "one nn.ReLU after the first 1×1"),
        (arranged(NOTHING(), nn.LeakyReLU(0.1), nn.ReLU(), NOTHING()), "one nn.ReLU after the first 1×1"),
        (arranged(nn.ReLU(), NOTHING(), NOTHING(), NOTHING()), "one nn.ReLU after the first 1×1"),
        (arranged(NOTHING(), NOTHING(), NOTHING(), nn.ReLU()), "one nn.ReLU after the first 1×1"),
        (arranged(nn.ReLU(), nn.ReLU(), nn.ReLU(), NOTHING()), "one nn.ReLU after the first 1×1"),
        (arranged(NOTHING(), nn.ReLU(), nn.ReLU(), nn.ReLU()), "after the last 1×1 too"),
        (nn.Sequential(conv(3, 64), nn.ReLU()), "Your answer raised RuntimeError: "),
        (Failing(), "Your answer raised KeyError: 'conv1'"),
        (Elsewhere(None), "give a tensor of shape (N, 256, height, width)"),
        (nn.Flatten(), "give a tensor of shape (N, 256, height, width)"),
    ],
)
def test_exercise_3_hints(answer, hint):
    assert_hint(check("3.3", answer), hint)


def test_checking_leaves_the_learner_s_module_as_it_was():
    block = bottleneck()
    before = {name: value.clone() for name, value in block.state_dict().items()}
    check("3.3", block)
    assert block.training
    assert all(torch.equal(value, before[name]) for name, value in block.state_dict().items())
    assert all(weight.grad is None and weight.requires_grad for weight in block.parameters())
    block(torch.zeros(1, 256, 4, 4)).sum().backward()
