"""`check` on lesson 3: the right answers, and a hint for each way to go wrong."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from helpers import Convolution, check, trace
from helpers.lessons.lesson_3 import in_a_row
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


@pytest.mark.parametrize(
    "answer",
    [[2, 0, "ac"], (2.0, 0.0, "ca"), [torch.tensor(2.0), np.float32(0), " A, C "], [Fraction(2), 0, "a;c"]],
)
def test_exercise_1_right(answer):
    assert check("3.1", answer).startswith("Right. 2 − 2 + 1.5 + 0.5 = 2")


def test_exercise_1_is_what_pytorch_computes():
    layer = nn.Conv2d(4, 2, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 4, 2, 0.5], [-1, 5, 1, 0.5]])[:, :, None, None])
        layer.bias.copy_(torch.tensor([0.5, -0.5]))
        values = functional.relu(layer(torch.tensor([2.0, 0, -1, 3]).reshape(4, 1, 1))).flatten().tolist()
    assert check("3.1", [*values, "ac"]).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([2, -2, "ac"], "makes 0 of every negative number"),
        ([1.5, -1.5, "ac"], "has a bias as well, and after it"),
        ([1.5, 0, "ac"], "add it to the sum"),
        ([4, 0, "ac"], "comes after the convolution"),
        ([0, 2, "ac"], "give the first one first"),
        ([3, 0, "ac"], "In the first channel"),
        ([2, 1, "ac"], "In the second channel"),
        ([2, 0, "abc"], "For b: Sharpening compares"),
        ([2, 0, "acd"], "For d: A mirror moves"),
        ([2, 0, "ace"], "For e: The largest of three"),
        ([2, 0, "c"], "For a: each new channel is 1 − x."),
        ([2, 0, "a"], "For c: each new channel is the same mix"),
        ([2, 0, "f"], "'f' is not made of the letters a to e"),
        ([2, 0, ""], "is not made of the letters a to e"),
        ([2, 0, 2], "2 is not made of the letters a to e"),
        ([2, 0, ["a", "c"]], "is not made of the letters a to e"),
        ([2, 0], "is not a list of 3 answers"),
        (2, "is not a list of 3 answers"),
        (["2", 0, "ac"], "'2' is not a number; give numbers such as 1 or -0.5."),
        ([2, True, "ac"], "True is not a number"),
        ([2, float("nan"), "ac"], "nan is not a number"),
        ([2, 10**400, "ac"], "is not a number"),
        ([2, 1j, "ac"], "is not a number"),
        ([2, torch.zeros(3), "ac"], "is not a number"),
        ([2, torch.empty((), device="meta"), "ac"], "is not a number"),
    ],
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("3.1", answer), hint)


@pytest.mark.parametrize("answer", ["bd", "D, B", " b;d "])
def test_exercise_2_right(answer):
    assert check("3.2", answer).startswith("Right. A 1×1 alone doesn't help")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("abd", "For a: The best seed of *direct*"),
        ("bcd", "For c: Compare *direct* with via 64 and no ReLU"),
        ("ac", "For a: "),
        ("b", "What you have is right. For d: Compare *direct* with via 32 and no ReLU"),
        ("d", "What you have is right. For b: Compare the two rows of via 64"),
        ("e", "'e' is not made of the letters a to d"),
        ("", "is not made of the letters a to d"),
        (2, "2 is not made of the letters a to d"),
        (["b", "d"], "is not made of the letters a to d"),
    ],
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("3.2", answer), hint)


def test_in_a_row_says_the_way_and_the_weights():
    first, second = Convolution(128, 32, 1, bias=False), Convolution(32, 128, 3, padding=1, bias=False)
    assert in_a_row([first, second]) == "128 → 32 → 128: 40,960 weights"
    narrowest = [Convolution(128, 1, 1, bias=False), Convolution(1, 128, 3, padding=1, bias=False)]
    assert in_a_row(narrowest) == "128 → 1 → 128: 1,280 weights"
    assert in_a_row([Convolution(128, 128, 3, bias=False)]) == "128 → 128: 147,456 weights"


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        (
            [Convolution(128, 32, 1), Convolution(128, 128, 3)],
            "layer 1 makes 32 channels, and layer 2 takes 128.",
        ),
        ([], "no 3×3"),
        ([Convolution(128, 128, 1)], "no 3×3"),
        ([Convolution(128, 32, 1), Convolution(32, 64, 3)], "128 come in and 64 go out"),
        (
            [Convolution(128, 1, 1), Convolution(1, 1, 3), Convolution(1, 128, 1)],
            "Use a single 1×1; there are 2",
        ),
        ([Convolution(64, 128, 3)], "64 come in and 128 go out"),
    ],
)
def test_in_a_row_says_what_does_not_fit(layers, says):
    assert says in in_a_row(layers)


@pytest.mark.parametrize(
    "answer",
    [
        [165_150_720, 30, 311_296],
        (165_150_720.0, 30.0, 311_296.0),
        [np.int64(165_150_720), np.float32(30), np.int32(311_296)],
        [torch.tensor(165_150_720), Fraction(30), torch.tensor(311_296)],
        [165_150_720, 29.999999, 311_296],
    ],
)
def test_exercise_3_right(answer):
    assert check("3.3", answer).startswith("Right. 30 percent of the work saved")


@pytest.mark.parametrize(
    ("saved", "hint"),
    [
        (70, "how many do they save"),
        (0.3, "give it in percent"),
        (42.86, "Compare with the single 5×5"),
        (50, "The first is right"),
        (-30, "The first is right"),
        ("30", "'30' is not a number"),
    ],
)
def test_exercise_3_hints_on_what_is_saved(saved, hint):
    assert_hint(check("3.3", [165_150_720, saved, 311_296]), hint)


@pytest.mark.parametrize(
    ("activations", "hint"),
    [
        (262_144, "lacks the 5×5's own"),
        (49_152, "the two 1×1s make maps, too"),
        (212_992, "lacks the 96 maps"),
        (147_456, "lacks the 160 maps"),
        (458_752, "come after the pooling"),
        (114_688, "stand before the pooling"),
        (448, "how many numbers in each"),
        (507_904, "made by no layer of the three"),
        (335_872, "Leave out what the pooling makes"),
        (1, "channels × pixels"),
        ("311296", "is not a number"),
        (0.5, "0.5 is not a whole number"),
    ],
)
def test_exercise_3_hints_on_the_activations(activations, hint):
    assert_hint(check("3.3", [165_150_720, 30, activations]), hint)


@pytest.mark.parametrize("answer", [165_150_720, [165_150_720, 30], [165_150_720, 30, 311_296, 0]])
def test_exercise_3_asks_for_three_numbers(answer):
    assert_hint(check("3.3", answer), "is not a list of 3 answers")


def test_exercise_3_is_what_the_trace_counts():
    layers = conv(192, 160), conv(160, 96), nn.MaxPool2d(3, 2, 1), conv(96, 192, 5)
    three = trace(nn.Sequential(*layers), (192, 32, 32)).macs
    direct = trace(nn.Sequential(conv(192, 192, 5)), (192, 16, 16)).macs
    maps, made = torch.zeros(1, 192, 32, 32), 0
    for layer in layers:
        maps = layer(maps)
        made += maps.numel() * isinstance(layer, nn.Conv2d)
    assert check("3.3", [three, 100 * (direct - three) / direct, made]).startswith("Right. ")
    assert direct == 235_929_600


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (506_880, "the number of weights"),
        (519_045_120, "it comes after the pooling"),
        (129_761_280, "stand before the pooling"),
        (117_964_800, "the 5×5 alone"),
        (47_185_920, "Those are the two 1×1s"),
        (149_422_080, "a second 1×1"),
        (133_693_440, "another 1×1, from 192"),
        (235_929_600, "a 5×5 from 192 channels to 192"),
        (113_541_120, "The padding of 2"),
        (1, "pixels of the new map"),
        (10**5000, "pixels of the new map"),
        (0.5, "0.5 is not a whole number"),
        ("165150720", "is not a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_3_hints(answer, hint):
    assert_hint(check("3.3", [answer, 30, 311_296]), hint)


@pytest.mark.parametrize("answer", [["yes", 4_160], ("YES", 4_160.0), [" Yes ", torch.tensor(4_160)]])
def test_exercise_4_right(answer):
    assert check("3.4", answer).startswith("Right. In use a batch norm is linear, too")


def test_exercise_4_s_single_layer_computes_the_same():
    torch.manual_seed(0)
    wide, norm, narrow = conv(64, 256), nn.BatchNorm2d(256), conv(256, 64)
    single, x = conv(64, 64, bias=True), torch.randn(2, 64, 5, 5)
    for values in (norm.weight, norm.bias):
        nn.init.normal_(values)
    three = nn.Sequential(wide, norm, narrow)
    three(x)
    three.eval()
    with torch.no_grad():
        factor = norm.weight / (norm.running_var + norm.eps).sqrt()
        second = narrow.weight[:, :, 0, 0]
        single.weight.copy_((second @ (factor[:, None] * wide.weight[:, :, 0, 0]))[:, :, None, None])
        single.bias.copy_(second @ (norm.bias - factor * norm.running_mean))
        torch.testing.assert_close(single(x), three(x), atol=1e-5, rtol=1e-4)
    assert check("3.4", ["yes", sum(each.numel() for each in single.parameters())]).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (["no", 0], "bends nothing"),
        (["no", 4_160], "bends nothing"),
        (["perhaps", 4_160], "'perhaps' is not among the choices"),
        (["yes", 4_096], "Those are its weights"),
        (["yes", 4_352], "which has 64 new ones"),
        (["yes", 32_768], "what the two 1×1s have"),
        (["yes", 33_280], "what the three have"),
        (["yes", 16_384], "one of the two"),
        (["yes", 65_536], "are in the middle"),
        (["yes", 4_224], "Multiplying changes the weights"),
        (["yes", 36_864], "That is a 3×3"),
        (["yes", 1], "something to add"),
        (["yes"], "is not a list of 2 answers"),
        (4_160, "is not a list of 2 answers"),
    ],
)
def test_exercise_4_hints(answer, hint):
    assert_hint(check("3.4", answer), hint)


@pytest.mark.parametrize(
    "answer", [[122_890, 1_930, "average"], (122_890.0, torch.tensor(1_930), " AVERAGE ")]
)
def test_exercise_6_right(answer):
    assert check("3.6", answer).startswith("Right. 192 · 8 · 8 · 10 + 10")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([122_880, 1_930, "average"], "those are the weights"),
        ([12_288, 1_930, "average"], "there are ten classes"),
        ([1_930, 122_890, "average"], "for each of the 192"),
        ([1, 1_930, "average"], "The linear layer has a weight for each number"),
        ([122_890, 1_920, "average"], "For the 1×1, those are the weights"),
        ([122_890, 192, "average"], "that is one class"),
        ([122_890, 122_890, "average"], "the same weights at every pixel"),
        ([122_890, 1, "average"], "each of 192 channels"),
        ([122_890, 1_930, "linear"], "weights for 8 · 8 places"),
        ([122_890, 1_930, "both"], "'both' is not among the choices"),
        ([122_890, 1_930], "is not a list of 3 answers"),
        (1_930, "is not a list of 3 answers"),
    ],
)
def test_exercise_6_hints(answer, hint):
    assert_hint(check("3.6", answer), hint)


def test_exercise_6_s_average_takes_larger_maps():
    end = nn.Sequential(conv(192, 10, bias=True), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    assert end(torch.zeros(1, 192, 8, 8)).shape == end(torch.zeros(1, 192, 12, 12)).shape == (1, 10)
    counts = [sum(each.numel() for each in part.parameters()) for part in (nn.Linear(192 * 64, 10), end)]
    assert check("3.6", [*counts, "average"]).startswith("Right. ")


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
def test_exercise_5_right(make):
    for seed in range(5):
        torch.manual_seed(seed)
        assert check("3.5", make()).startswith("Right. 69,632 weights, 12 percent")


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
        (bottleneck(middle=32), "It has 25,600 weights, and may have up to 73,728"),
        (bottleneck(middle=80), "It has 98,560 weights, and an eighth"),
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
def test_exercise_5_hints(answer, hint):
    assert_hint(check("3.5", answer), hint)


def test_checking_leaves_the_learner_s_module_as_it_was():
    block = bottleneck()
    before = {name: value.clone() for name, value in block.state_dict().items()}
    check("3.5", block)
    assert block.training
    assert all(torch.equal(value, before[name]) for name, value in block.state_dict().items())
    assert all(weight.grad is None and weight.requires_grad for weight in block.parameters())
    block(torch.zeros(1, 256, 4, 4)).sum().backward()
