"""`check` on lesson 7: the right answers from the networks themselves, and a hint for each wrong one."""

import re
from itertools import permutations

import pytest
import torch
from torch import nn

from helpers import NetworkComparison, build, check, published, trace
from helpers.lessons import lesson_7
from helpers.models.densenet import DenseBlock, Transition
from tests.answers import Elsewhere, assert_hint


def weights(*layers):
    return sum(layer.weight.numel() for layer in layers)


def test_there_are_eleven_questions_a_contest_and_one_that_goes_further():
    assert list(lesson_7.EXERCISES) == [f"7.{number}" for number in range(1, 14)]


def test_exercise_1_is_what_two_towers_would_save():
    conv3 = build("alexnet", device="meta").conv3
    assert (conv3.in_channels, conv3.out_channels, conv3.kernel_size) == (256, 384, (3, 3))
    towers = nn.Conv2d(256, 384, 3, groups=2)
    assert check("7.1", weights(conv3) - weights(towers)).startswith("Right. ")


def pair(between):
    return weights(nn.Conv2d(64, between, 3), nn.Conv2d(between, 64, 3))


def test_exercises_2_and_3_are_what_pytorch_counts():
    one = weights(nn.Conv2d(64, 64, 5))
    most = max(between for between in range(1, 200) if pair(between) < one)
    assert check("7.2", most).startswith("Right. ")
    assert f"{pair(most):,}" in check("7.2", most)
    alone = weights(nn.Conv2d(64, 96, 3))
    two = {r: weights(nn.Conv2d(64, r, 1), nn.Conv2d(r, 96, 3)) for r in range(1, 96)}
    widest = max(r for r, both in two.items() if both < alone)
    assert check("7.3", widest).startswith("Right. ")
    assert f"{two[widest]:,}" in check("7.3", widest)


def test_exercise_4_is_googlenet_s_linear_layer():
    network = build("googlenet", device="meta")
    assert check("7.4", weights(network.fc)).startswith("Right. ")
    larger = trace(network, (3, 320, 320))
    [row] = [row for row in larger if row.name == "avgpool"]
    assert row.output_shape == (1024, 1, 1)
    before = next(row for row in reversed(list(larger)) if row.name.startswith("inception5b"))
    assert before.output_shape[1:] == (10, 10)


def test_exercise_5_is_a_bottleneck_as_it_is_traced():
    def share(groups):
        around = nn.Conv2d(64, 64, 3, padding=1, groups=groups, bias=False)
        ones = [nn.Conv2d(256, 64, 1, bias=False), nn.Conv2d(64, 256, 1, bias=False)]
        traced = trace(nn.Sequential(ones[0], around, ones[1]), (256, 14, 14))
        return round(100 * sum(row.macs for row in traced.select("conv 1×1")) / traced.macs)

    assert check("7.5", [share(1), share(64)]).startswith("Right. ")


def test_exercise_6_is_a_block_and_a_transition():
    leaving = {
        rate: Transition(DenseBlock(64, layers=12, growth_rate=rate).out_channels).out_channels
        for rate in range(1, 40)
    }
    largest = max(rate for rate, channels in leaving.items() if channels <= 180)
    assert (leaving[largest], leaving[largest + 1]) == (176, 182)
    assert check("7.6", largest).startswith("Right. ")


RIGHT_KINDS = ["nothing", "training", "machine", "nothing", "machine"]


def test_exercise_7():
    assert check("7.7", RIGHT_KINDS).startswith("Right. ")
    assert check("7.7", tuple(f" {kind.upper()}" for kind in RIGHT_KINDS)).startswith("Right. ")


@pytest.mark.parametrize(("place", "case"), list(enumerate("abcde")))
def test_exercise_7_has_a_hint_for_each_case(place, case):
    for other in {*RIGHT_KINDS} - {RIGHT_KINDS[place]}:
        wrong = [*RIGHT_KINDS[:place], other, *RIGHT_KINDS[place + 1 :]]
        assert_hint(check("7.7", wrong), f"In case {case}, ")
    assert_hint(check("7.7", ["nothing"]), "is not a list of 5 answers")
    assert_hint(check("7.7", ["time"] * 5), "'time' is not among the choices")


def test_exercise_8_is_what_the_explorer_shows():
    explorer = NetworkComparison(
        x_axis="depth", edition="torchvision", families=["DenseNet"], members="whole families"
    )
    together, pairs = explorer.numbers.pairs
    assert pairs == 6
    assert check("7.8", pairs - together).startswith("Right. ")


def test_exercise_9_is_macs_by_weights():
    layers = {
        nn.Conv2d(4096, 4096, 1, bias=False): (4096, 1, 1),  # the linear layer
        nn.Conv2d(512, 512, 1, bias=False): (512, 14, 14),
        nn.Conv2d(512, 512, 3, stride=2, padding=1, groups=512, bias=False): (512, 14, 14),
    }
    uses = [trace(layer, shape).macs // weights(layer) for layer, shape in layers.items()]
    answer = [*uses, *(16 * each for each in uses)]
    assert check("7.9", answer).startswith("Right. ")
    assert check("7.9", tuple(map(float, answer))).startswith("Right. ")


def test_exercise_13_is_what_pytorch_counts():
    layer = nn.Conv2d(512, 512, 1, bias=False)
    found = []
    for images in (1, 16):
        maps = torch.zeros(images, 512, 14, 14)
        moved = 4 * (maps.numel() + weights(layer) + layer(maps).numel())
        found.append(round(images * trace(layer, (512, 14, 14)).macs / moved))
    assert found[0] * 2.5e9 < 100e9 < found[1] * 2.5e9
    assert check("7.13", [*found, "memory", "arithmetic"]).startswith("Right. ")


def test_exercise_10_names_the_figures_of_several_networks():
    table = {"alexnet": 15.3, "vgg16": 9.33, "googlenet": 6.67, "resnet50": 6.71, "densenet121": 6.66}
    alone = {
        name
        for name, value in table.items()
        for figure in published(name, "top-5 error", edition="paper")
        if (figure.value, figure.models, figure.crops) == (value, 1, "10")
    }
    assert set(table) - alone == {"alexnet", "googlenet"}
    [googlenet] = [
        figure.value
        for figure in published("googlenet", "top-5 error", edition="paper")
        if (figure.models, figure.crops) == (1, "10")
    ]
    assert check("7.10", ["AlexNet", "GoogLeNet", googlenet - table["resnet50"]]).startswith("Right. ")
    assert check("7.10", ("googlenet", " ALEXNET ", 2.44)).startswith("Right. ")


@pytest.mark.parametrize("answer", ["abbc", "bacb", ["A", " b", "c", "b"]], ids="".join)
def test_exercise_11_takes_each_pair_in_either_order(answer):
    assert check("7.11", list(answer)).startswith("Right. ")


def test_exercise_11_has_one_pair_for_each_and_a_hint_for_every_other():
    for one, other in permutations("abcde", 2):
        right = {one, other} == {"a", "b"}
        says = check("7.11", [one, other, "b", "c"])
        assert says.startswith("Right. ") == right
        if not right and {one, other} != {"b", "c"}:
            assert_hint(says, f"For the 1×1: {one} and {other} differ in ")


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("7.1", 884_736, "what it has now"),
        ("7.1", 49_152, "3×3 in each channel"),
        ("7.1", 663_552, "half is saved"),
        ("7.1", 221_184, "half is saved"),
        ("7.1", 0, "128 channels"),
        ("7.1", 1, "kernel height"),
        ("7.2", 89, "102,528"),
        ("7.2", 64, "How far can it widen"),
        ("7.2", 177, "There are two 3×3s"),
        ("7.2", 176, "There are two 3×3s"),
        ("7.2", 102_400, "For which h"),
        ("7.2", 1_152, "for each channel between them"),
        ("7.2", 1, "25 · 64 · 64"),
        ("7.3", 60, "55,680"),
        ("7.3", 63, "count both"),
        ("7.3", 64, "is added"),
        ("7.3", 32, "but so do more"),
        ("7.3", 82, "The 1×1 comes first"),
        ("7.3", 55_296, "With which r"),
        ("7.3", 928, "channels between them"),
        ("7.3", 1, "9 · 64 · 96"),
        ("7.4", 102_400_000, "flattened maps"),
        ("7.4", 50_176_000, "flattened maps of 7×7"),
        ("7.4", 1_024, "for each of the 1,000 classes"),
        ("7.4", 1_025_000, "the biases"),
        ("7.4", 52_224_000, "after the average"),
        ("7.4", 1, "whatever its size"),
        ("7.5", [98, 47], "give the ordinary 3×3 first"),
        ("7.5", [47, 47], "reads one channel"),
        ("7.5", [53, 2], "the 3×3's share"),
        ("7.5", [31, 97], "There are two 1×1s"),
        ("7.5", [67, 67], "don't do equal work"),
        ("7.5", [47, 90], "a weight does one MAC"),
        ("7.5", 47, "is not a list of 2 answers"),
        ("7.6", 25, "182 leave"),
        ("7.6", 9, "The transition halves. So"),
        ("7.6", 30, "handed on as well"),
        ("7.6", 15, "The transition halves, and"),
        ("7.6", 26, "twelve layers"),
        ("7.6", 22, "no thirteenth"),
        ("7.6", 360, "may each layer add"),
        ("7.6", 296, "And each?"),
        ("7.6", 176, "With which growth rate"),
        ("7.6", 1, "before the halving"),
        ("7.6", "many", "'many' is not a number"),
        ("7.8", 6, "DenseNet-161"),
        ("7.8", 2, "the other way round"),
        ("7.8", 3, "torchvision's"),
        ("7.8", 10, "five networks"),
        ("7.8", 5, "read the title"),
        ("7.9", [4096, 196, 49, 16, 3136, 784], "Linear: in a linear layer"),
        ("7.9", [2, 196, 49, 16, 3136, 784], "Linear: count the places"),
        ("7.9", [1, 1, 49, 16, 3136, 784], "1×1: a 1×1 works"),
        ("7.9", [1, 512, 49, 16, 3136, 784], "Count the pixels"),
        ("7.9", [1, 100_352, 49, 16, 3136, 784], "How many pixels"),
        ("7.9", [1, 51_380_224, 49, 16, 3136, 784], "how many MACs"),
        ("7.9", [1, 196, 196, 16, 3136, 3136], "with stride 2"),
        ("7.9", [1, 196, 441, 16, 3136, 7056], "nine weights for each map"),
        ("7.9", [1, 196, 25_088, 16, 3136, 784], "nine weights of its own"),
        ("7.9", [1, 196, 9, 16, 3136, 784], "every pixel that comes out"),
        ("7.9", [1, 196, 49, 1, 196, 49], "the same weights work on all"),
        ("7.9", [1, 196, 49], "is not a list of 6 answers"),
        ("7.13", [59, 28, "memory", "arithmetic"], "the other way round"),
        ("7.13", [111, 59, "memory", "arithmetic"], "four bytes"),
        ("7.13", [35, 59, "memory", "arithmetic"], "that come out"),
        ("7.13", [64, 59, "memory", "arithmetic"], "the weights are moved"),
        ("7.13", [49, 59, "memory", "arithmetic"], "both in and out"),
        ("7.13", [1, 59, "memory", "arithmetic"], "One photo: MACs are"),
        ("7.13", [28, 28, "memory", "arithmetic"], "are the weights read sixteen times"),
        ("7.13", [28, 448, "memory", "arithmetic"], "so do the maps"),
        ("7.13", [28, 1, "memory", "arithmetic"], "the weights once"),
        ("7.13", [28, 59, "arithmetic", "memory"], "Both numbers are right"),
        ("7.13", [28, 59, "memory", "memory"], "how many could be done"),
        ("7.13", [28, 59, "memory", "time"], "'time' is not among the choices"),
        ("7.13", [28, 59], "is not a list of 4 answers"),
        ("7.13", 28, "is not a list of 4 answers"),
        ("7.10", ["AlexNet", "VGG-16", 2.44], "VGG-16's 9.33"),
        ("7.10", ["GoogLeNet", "ResNet-50", 2.44], "ResNet-50's 6.71"),
        ("7.10", ["DenseNet-121", "AlexNet", 2.44], "DenseNet-121's 6.66"),
        ("7.10", ["GoogLeNet", 2.44], "more than one"),
        ("7.10", ["AlexNet", "ResNet-34", 2.44], "'ResNet-34' is not among"),
        ("7.10", ["AlexNet", "GoogLeNet"], "more than one"),
        ("7.10", ["AlexNet", "GoogLeNet", "2.44"], "is not a number, such as 1.5"),
        ("7.10", ["AlexNet", "GoogLeNet", -2.44], "the other way round"),
        ("7.10", ["AlexNet", "GoogLeNet", -0.04], "What does one alone have"),
        ("7.10", ["AlexNet", "GoogLeNet", 3.36], "on one crop"),
        ("7.10", ["AlexNet", "GoogLeNet", 1.18], "144 crops"),
        ("7.10", ["AlexNet", "GoogLeNet", 3.33], "torchvision's edition"),
        ("7.10", ["AlexNet", "GoogLeNet", 9.15], "GoogLeNet's own error"),
        ("7.10", ["AlexNet", "GoogLeNet", 5], "from the plot"),
        ("7.10", "AlexNet", "is not a list of names and a number"),
        ("7.11", ["b", "c", "a", "b"], "the other way round"),
        ("7.11", ["a", "c", "b", "c"], "differ in the 1×1 and in concatenating. Which two"),
        ("7.11", ["a", "b", "b", "d"], "differ in the 1×1 and in concatenating and in batch norm"),
        ("7.11", ["a", "b", "b", "e"], "differ in concatenating and in the work"),
        ("7.11", ["a", "b", "c", "e"], "For concatenating: c and e differ in the work"),
        ("7.11", ["a", "a", "b", "c"], "two different networks"),
        ("7.11", ["a", "b", "b", "f"], "'f' is not among the choices"),
        ("7.11", ["a", "b"], "is not a list of 4 answers"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_hints(name, answer, hint):
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


class Spread(nn.Module):
    """No weights at all: the mean of all channels around a pixel, added to each of them."""

    def forward(self, x):
        around = nn.functional.avg_pool2d(x, 5, stride=1, padding=2, count_include_pad=False)
        return torch.relu(x + around.mean(1, keepdim=True))


class ChannelAverage(nn.Module):
    """A single weight, by which the mean of all channels is multiplied before each channel gets it."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x):
        around = nn.functional.avg_pool2d(x, 5, stride=1, padding=2)
        return torch.relu(around + self.weight * x.mean(1, keepdim=True))


class Excited(nn.Module):
    """Squeeze and excitation: a factor for each channel, by way of eight numbers."""

    def __init__(self, inside):
        super().__init__()
        self.inside = inside
        self.squeeze = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(256, 8, 1), nn.ReLU(), nn.Conv2d(8, 256, 1), nn.Sigmoid()
        )

    def forward(self, x):
        return self.squeeze(x) * self.inside(x)


def of_groups():
    return nn.Sequential(
        nn.Conv2d(256, 16, 1, groups=16, bias=False),
        nn.AvgPool2d(5, stride=1, padding=2),
        nn.Conv2d(16, 16, 1, bias=False),
        nn.ReLU(),
        nn.Conv2d(16, 256, 1, groups=16, bias=False),
    )


def of_shuffled_groups():
    return nn.Sequential(
        nn.Conv2d(256, 16, 1, groups=16, bias=False),
        nn.AvgPool2d(5, stride=1, padding=2),
        nn.Conv2d(16, 16, 1, groups=4, bias=False),
        nn.ChannelShuffle(4),
        nn.Conv2d(16, 16, 1, groups=4, bias=False),
        nn.ReLU(),
        nn.Conv2d(16, 256, 1, groups=16, bias=False),
    )


RIGHT = {
    "a 5×5 in a bottleneck": lambda: around(conv(5)),
    "two 3×3 in a bottleneck": lambda: around(conv(3), nn.ReLU(), conv(3)),
    "a residual block": lambda: Residual(around(conv(5))),
    "a ReLU at the end": lambda: nn.Sequential(around(conv(5)), nn.ReLU(inplace=True)),
    "a ReLU in place at the start": lambda: nn.Sequential(nn.ReLU(inplace=True), around(conv(5))),
    "depthwise and 1×1": lambda: nn.Sequential(
        depthwise(), nn.ReLU(), nn.Conv2d(256, 256, 1), nn.ReLU()
    ),
    "groups and a pool": of_groups,
    "groups, shuffled": of_shuffled_groups,
    "sixteen channels": lambda: around(conv(5, (16, 16)), width=16),
    "squeeze and excitation": lambda: Excited(around(conv(5))),
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
    "still reads 256 channels": Spread,
    "A norm over several channels mixes": lambda: nn.Sequential(depthwise(), nn.GroupNorm(1, 256), nn.ReLU()),
    "A mean over the channels mixes": ChannelAverage,
    "A softmax over the channels mixes": lambda: nn.Sequential(depthwise(), nn.Softmax(1)),
    "A response norm mixes": lambda: nn.Sequential(depthwise(), nn.LocalResponseNorm(511)),
    "Somewhere it is 15 channels wide": lambda: around(conv(5, (15, 15)), width=15),
    "Somewhere it is 1 channel wide": lambda: around(conv(5, (1, 1)), width=1),
    "does not depend on its input": lambda: Elsewhere(torch.zeros(4, 256, 28, 28)),
    "a tensor of shape (N, 256, 28, 28)": lambda: nn.Flatten(),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_block_of_any_make_is_right(name):
    torch.manual_seed(0)
    block = RIGHT[name]()
    before = {key: value.clone() for key, value in block.state_dict().items()}
    says = check("7.12", block)
    assert says.startswith(
        f"Right. Your block has {sum(map(torch.numel, block.parameters())):,} parameters. "
    )
    assert block.training
    for key, value in block.state_dict().items():
        assert torch.equal(value, before[key]), "the learner's block stays as it is"
    assert all(weight.grad is None for weight in block.parameters())


@pytest.mark.parametrize("hint", WRONG)
def test_block_hints(hint):
    torch.manual_seed(0)
    assert_hint(check("7.12", WRONG[hint]()), hint)
