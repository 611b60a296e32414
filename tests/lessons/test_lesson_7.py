"""`check` on lesson 7: the right answers from the networks themselves, and a hint for each wrong one."""

import re

import pytest
import torch
from torch import nn

from helpers import build, check, receptive_field
from helpers.lessons import lesson_7
from helpers.models.densenet import DenseBlock
from helpers.models.googlenet import Inception
from helpers.models.resnet import BasicBlock
from tests.answers import Elsewhere, assert_hint


def parameters(network):
    return sum(weight.numel() for weight in network.parameters())


def weights(*layers):
    return sum(layer.weight.numel() for layer in layers)


def test_there_are_eleven_questions_and_a_block_to_build():
    assert list(lesson_7.EXERCISES) == [f"7.{number}" for number in range(1, 13)]


# Each question with letters: the right one, and a word of the hint for each of the others.
CHOICES = {
    "7.1": ("c", {"a": "without groups", "b": "torchvision's", "d": "rumour about GoogLeNet"}),
    "7.2": ("b", {"a": "for training only", "c": "the sums double", "d": "a smaller network"}),
    "7.4": ("d", {"a": "no single convolution can", "b": "25 weights", "c": "without a ReLU only"}),
    "7.7": ("b", {"a": "“12 times fewer”", "c": "auxiliary heads", "d": "torchvision's"}),
    "7.8": ("a", {"b": "in both cases", "c": "its training error", "d": "batch norm keeps"}),
    "7.11": ("c", {"a": "maps are kept", "b": "count the maps", "d": "a map of its own"}),
}


@pytest.mark.parametrize("name", CHOICES)
def test_each_letter_is_right_or_has_its_own_hint(name):
    right, hints = CHOICES[name]
    assert check(name, right).startswith("Right. ")
    assert check(name, f" {right.upper()} ") == check(name, right)
    for letter, hint in hints.items():
        assert_hint(check(name, letter), hint)
    assert_hint(check(name, "e"), "'e' is not among the choices: 'a', 'b', 'c'")
    assert_hint(check(name, 3), "3 is not among the choices")


def test_the_parameters_in_the_choices_are_counted():
    paper, one_group, torchvision = (
        parameters(build("alexnet", device="meta", **options))
        for options in ({}, {"groups": 1}, {"edition": "torchvision"})
    )
    assert (paper, one_group, torchvision) == (60_965_224, 62_378_344, 61_100_840)
    google, with_heads, theirs = (
        parameters(build("googlenet", device="meta", **options))
        for options in ({}, {"aux_heads": True}, {"edition": "torchvision"})
    )
    assert [round(count / 1e6, 1) for count in (google, with_heads, theirs)] == [7.0, 13.4, 6.6]
    assert round(paper / google, 1) == 8.7
    vgg, dense = (parameters(build(name, device="meta")) for name in ("vgg16", "densenet121"))
    assert round(vgg / dense) == 17


def test_the_right_numbers_are_those_of_pytorch():
    stack = nn.Sequential(*(nn.Conv2d(1, 1, kernel) for kernel in (3, 3, 1, 3)))
    assert check("7.3", receptive_field(stack).size[0]).startswith("Right. ")
    one = nn.Conv2d(64, 64, 3, bias=False)
    two = nn.Conv2d(64, 60, 1, bias=False), nn.Conv2d(60, 64, 3, bias=False)
    assert check("7.5", weights(*two) - weights(one)).startswith("Right. ")
    assert check("7.6", Inception(192, 64, None, 128, None, 32, None).out_channels).startswith("Right. ")
    assert check("7.9", BasicBlock(256, 512, stride=2).downsample[0].weight.numel()).startswith("Right. ")
    assert check("7.10", DenseBlock(64, layers=6, growth_rate=32).out_channels).startswith("Right. ")


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("7.3", 9, "The 1×1 adds nothing"),
        ("7.3", 8, "it is odd"),
        ("7.3", 5, "There is a third"),
        ("7.3", 3, "single 3×3"),
        ("7.3", 49, "What is its side"),
        ("7.3", 3 + 3 + 1 + 3, "not added up"),
        ("7.3", 3 * 4, "not added up"),
        ("7.3", 3**3, "not multiplied"),
        ("7.3", 100, "Begin with one pixel"),
        ("7.5", 38_400, "what the two hold together"),
        ("7.5", 36_864, "the one 3×3"),
        ("7.5", -1_536, "the other way round"),
        ("7.5", 36_864 - 34_560, "left out the 1×1"),
        ("7.5", 34_560 - 36_864, "left out the 1×1"),
        ("7.5", 3_840, "reads 60 channels now"),
        ("7.5", 0, "count the 1×1 and the 3×3"),
        ("7.5", 1, "kernel height"),
        ("7.6", 256, "hands on all it gets"),
        ("7.6", 224, "left out the pool branch"),
        ("7.6", 192, "the pool branch alone"),
        ("7.6", 64 + 128 + 32 + 4 * 192, "Only the pool hands on"),
        ("7.6", 368, "are reductions"),
        ("7.6", 352, "The 1×1 branch stays"),
        ("7.6", 1, "four branches"),
        ("7.9", 9 * 131_072, "That is a 3×3"),
        ("7.9", 32_768, "leaves out pixels, not weights"),
        ("7.9", 4 * 131_072, "does not add weights"),
        ("7.9", 65_536, "256 channels to 512"),
        ("7.9", 262_144, "reads the 256 channels"),
        ("7.9", 0, "do not fit 512"),
        ("7.9", 131_072 + 512, "counts biases"),
        ("7.9", 768, "multiply"),
        ("7.9", 1, "kernel height"),
        ("7.10", 192, "64 that came in"),
        ("7.10", 224, "what the sixth layer reads"),
        ("7.10", 288, "seven layers"),
        ("7.10", 4_096, "Nothing is doubled"),
        ("7.10", 2_048, "Nothing is doubled"),
        ("7.10", 12_288, "Nothing is multiplied"),
        ("7.10", 64, "as in ResNet"),
        ("7.10", 32, "one layer adds"),
        ("7.10", 128, "what a transition leaves"),
        ("7.10", 1, "Begin with 64"),
        ("7.10", "many", "'many' is not a number"),
    ],
)
def test_hints_for_numbers(name, answer, hint):
    assert_hint(check(name, answer), hint)


@pytest.mark.parametrize("name", lesson_7.EXERCISES)
def test_what_is_right_and_every_hint_are_short(name):
    assert len(f"Right. {lesson_7.EXERCISES[name].right}") <= 200
    assert re.fullmatch(r".*[.)]", lesson_7.EXERCISES[name].right)


def conv(kernel, channels=(32, 32), **options):
    return nn.Conv2d(*channels, kernel, padding=kernel // 2, **options)


def around(*middle, relu=nn.ReLU, width=32):
    return nn.Sequential(
        nn.Conv2d(256, width, 1), relu(), *middle, relu(), nn.Conv2d(width, 256, 1), nn.BatchNorm2d(256)
    )


class Residual(nn.Module):
    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def forward(self, x):
        return torch.relu(x + self.inside(x))


def depthwise():
    return conv(5, (256, 256), groups=256)


RIGHT = {
    "a 5×5 in a bottleneck": lambda: around(conv(5)),
    "two 3×3 in a bottleneck": lambda: around(conv(3), nn.ReLU(), conv(3)),
    "a residual block": lambda: Residual(around(conv(5))),
    "a ReLU at the end": lambda: nn.Sequential(around(conv(5)), nn.ReLU(inplace=True)),
    "a ReLU in place at the start": lambda: nn.Sequential(nn.ReLU(inplace=True), around(conv(5))),
    "depthwise and 1×1": lambda: nn.Sequential(
        depthwise(), nn.ReLU(), nn.Conv2d(256, 256, 1), nn.ReLU()
    ),
    "a dilated 3×3 and another": lambda: around(
        nn.Sequential(nn.Conv2d(32, 32, 3, padding=2, dilation=2), conv(3))
    ),
}  # fmt: skip
WRONG = {
    "Give the module itself": lambda: nn.Conv2d,
    "not a class, a function or a number": lambda: 5,
    "28×28 pixels became 24×24": lambda: around(nn.Conv2d(32, 32, 5)),
    "28×28 pixels became 14×14": lambda: nn.Sequential(around(conv(5)), nn.MaxPool2d(2)),
    "It gives 128 channels": lambda: nn.Sequential(conv(5, (256, 128))),
    "a dilation leaves gaps": lambda: around(nn.Conv2d(32, 32, 3, padding=2, dilation=2)),
    "An output sees 3×3 pixels": lambda: around(conv(3)),
    "An output sees 1×1 pixels": lambda: nn.Sequential(),
    "An output sees 1×1": lambda: around(nn.Conv2d(32, 32, (1, 5), padding=(0, 2))),
    "reads 1 of the 256 channels": lambda: nn.Sequential(depthwise(), nn.ReLU()),
    "It has 475,392 parameters": lambda: nn.Sequential(
        nn.Conv2d(256, 128, 1, bias=False), nn.ReLU(), conv(5, (128, 128), bias=False), nn.ReLU(),
        nn.Conv2d(128, 256, 1),
    ),
    "There is no nonlinearity": lambda: around(conv(5), relu=nn.Identity),
    "does not depend on its input": lambda: Elsewhere(torch.zeros(4, 256, 28, 28)),
    "a tensor of shape (N, 256, 28, 28)": lambda: nn.Flatten(),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_block_of_any_make_is_right(name):
    torch.manual_seed(0)
    block = RIGHT[name]()
    before = {key: value.clone() for key, value in block.state_dict().items()}
    assert check("7.12", block).startswith("Right. ")
    assert block.training
    for key, value in block.state_dict().items():
        assert torch.equal(value, before[key]), "the learner's block stays as it is"
    assert all(weight.grad is None for weight in block.parameters())


@pytest.mark.parametrize("hint", WRONG)
def test_block_hints(hint):
    torch.manual_seed(0)
    assert_hint(check("7.12", WRONG[hint]()), hint)
