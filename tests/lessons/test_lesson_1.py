"""`check` on lesson 1: the right answers, and a hint for each way to go wrong."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from helpers import PoolingExplorer, check
from helpers.models.parts import local_response_norm
from helpers.running.gradient_flow import gradient_flow
from tests.answers import Elsewhere, Failing, assert_hint

POOL = nn.MaxPool2d(3, 2, padding=1)


def conv(out=32, kernel=5, padding=2, **options):
    return nn.Conv2d(3, out, kernel, padding=padding, **options)


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


def test_exercise_1_is_what_the_explorer_shows():
    explorer = PoolingExplorer("chelsea", window=6, stride=2)
    side = explorer.numbers.output_size
    starts = range(0, 55 - 6 + 1, 2)
    reached = max(sum(start <= pixel < start + 6 for start in starts) for pixel in range(55))
    assert nn.MaxPool2d(6, 2)(torch.zeros(1, 1, 55, 55)).shape[2] == side == len(starts)
    assert check("1.1", [side, reached**2]).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([26, 9], "round down"),
        ([24, 9], "add 1 to the number of steps"),
        ([625, 9], "the length of a side"),
        ([9, 9], "by their own width"),
        ([50, 9], "windows that move by 1"),
        ([27, 9], "windows of 3"),
        ([19, 9], "how many steps of 2"),
        ([10**5000, 9], "how many steps of 2"),
        ([25, 3], "in one direction"),
        ([25, 6], "more than six of them"),
        ([25, 4], "that is so for windows of 3"),
        ([25, 36], "every second pixel only"),
        ([25, 2], "They are 2 apart"),
        ([24.5, 9], "24.5 is not a whole number"),
        (["25", 9], "'25' is not a number"),
        (25, "25 is not a list of 2 answers"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("1.1", answer), hint)


def test_exercise_2_is_what_pytorch_counts():
    with torch.device("meta"):
        layers = nn.Linear(256 * 12 * 12, 4096), nn.Conv2d(384, 256, 3, groups=2)
    linear, conv = (layer.weight.numel() for layer in layers)
    work = conv * 25 * 25
    assert nn.MaxPool2d(3, 2)(torch.zeros(1, 1, 25, 25)).shape[2] == 12
    assert check("1.2", [linear, conv, work]).startswith("Right. ")
    assert check("1.2", (float(linear), torch.tensor(conv), work)).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([442_368, 150_994_944, 276_480_000], "the other way round"),
        ([37_748_736, 442_368, 276_480_000], "That is for maps of 6×6"),
        ([75_497_472, 442_368, 276_480_000], "four times as many"),
        ([589_824, 442_368, 276_480_000], "there are 256 of them"),
        ([150_999_040, 442_368, 276_480_000], "The linear layer: That counts the biases"),
        ([36_864, 442_368, 276_480_000], "how many numbers come in"),
        ([1, 442_368, 276_480_000], "a weight for each number that comes in"),
        ([150_994_944, 884_736, 276_480_000], "their own group's 192"),
        ([150_994_944, 1_769_472, 276_480_000], "doesn't grow with the map"),
        ([150_994_944, 221_184, 276_480_000], "128 in each group"),
        ([150_994_944, 442_624, 276_480_000], "Conv5: that counts the biases"),
        ([150_994_944, 49_152, 276_480_000], "each kernel is 3×3"),
        ([150_994_944, 276_480_000, 276_480_000], "those are MACs"),
        ([150_994_944, 1, 276_480_000], "count the weights of one kernel"),
        ([150_994_944, 442_368, 442_368], "each weight once"),
        ([150_994_944, 442_368, 552_960_000], "one MAC together"),
        ([150_994_944, 442_368, 1_105_920_000], "own group's channels"),
        ([150_994_944, 442_368, 11_059_200], "625 places"),
        ([150_994_944, 442_368, 74_760_192], "for maps of 13×13"),
        ([150_994_944, 442_368, 63_700_992], "after the pooling"),
        ([150_994_944, 442_368, 1], "at every place where it is used"),
        ([150_994_944, 442_368], "is not a list of 3 answers"),
        (150_994_944, "is not a list of 3 answers"),
    ],
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("1.2", answer), hint)


def test_exercise_3_is_what_pytorch_computes():
    both = nn.Sequential(nn.Linear(1, 2, bias=False), nn.ReLU(), nn.Linear(2, 1, bias=False))
    first, second = nn.Linear(1, 1), nn.Linear(1, 1)
    with torch.no_grad():
        both[0].weight.copy_(torch.tensor([[1.0], [-1.0]]))
        both[2].weight.fill_(1)
        for layer, weight, bias in ((first, 3, 1), (second, 2, 4)):
            layer.weight.fill_(weight)
            layer.bias.fill_(bias)

    inputs = torch.tensor([[-2.0], [0.0], [2.0], [0.5]])
    assert torch.equal(both(inputs), inputs.abs())
    x = torch.tensor([-1.0], requires_grad=True)
    output = second(functional.relu(first(x)))
    output.backward()
    for v, w in ((1, -1), (-1, 1)):
        assert check("1.3", [v, w, output.item(), x.grad.item()]).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([1, 1, 4, 0], "both ReLUs get −2"),
        ([-1, -1, 4, 0], "for an input of 2 both"),
        ([1, 0, 4, 0], "for an input of −2 that gives 0"),
        ([0, -1, 4, 0], "for an input of 2 that gives 0"),
        ([2, -2, 4, 0], "that gives 4"),
        ([3, 5, 4, 0], "the other one −x where x is negative"),
        ([1, -1, 0, 0], "or all of it without a ReLU"),
        ([1, -1, 6, 0], "What does it make of 0?"),
        ([1, -1, 8, 0], "3 · (−1) + 1"),
        ([1, -1, 4, 6], "Is it on at −1?"),
        ([1, -1, 4, 1], "from −1 to −0.9"),
        ([1, -1, 4], "is not a list of 4 answers"),
        (["1", -1, 4, 0], "'1' is not a number"),
    ],
)
def test_exercise_3_hints(answer, hint):
    assert_hint(check("1.3", answer), hint)


def test_exercise_4_is_what_pytorch_does():
    torch.manual_seed(0)
    units = torch.full((8,), 3.0)
    kept = torch.rand(100_000, 8) > 0.25
    own = (units * kept).sum(1).mean().item()
    in_use = nn.Dropout(0.25).eval()(units).sum().item()
    assert abs(own - 18) < 0.05
    assert check("1.4", [round(own), in_use]).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([24, 18], "the other way round"),
        ([24, 24], "goes on dropping"),
        ([6, 24], "That is what is lost"),
        ([32, 24], "It never divides"),
        ([3, 24], "three quarters of 8 units"),
        ([18, 18], "At test time it drops nothing"),
        ([18, 32], "in training alone"),
        ([18, 3], "all 8 units as they are"),
        ([18], "is not a list of 2 answers"),
        (18, "is not a list of 2 answers"),
    ],
)
def test_exercise_4_hints(answer, hint):
    assert_hint(check("1.4", answer), hint)


@pytest.mark.parametrize(
    "make",
    [
        stage,
        lambda: stage(nn.ReLU(inplace=True), POOL).eval(),
        lambda: stage(nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True)),
        lambda: stage(POOL, nn.ReLU()),
        lambda: stage(nn.ReLU(), local_response_norm(), POOL),
        lambda: stage(nn.ReLU(), POOL, nn.LocalResponseNorm(5)),
        lambda: stage(nn.ReLU(), nn.LocalResponseNorm(5, alpha=0.1), POOL),
        lambda: stage(padding="same"),
        lambda: Functional(lambda maps: functional.max_pool2d(functional.relu(maps), 3, 2, padding=1)),
        as_the_paper_starts,
    ],
)
def test_exercise_5_right(make):
    for seed in range(3):
        torch.manual_seed(seed)
        assert check("1.5", make()).startswith("Right. 2,432 parameters")


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: nn.Sequential, "not a class"),
        (lambda: stage, "not a class, a function or a number"),
        (lambda: 2_432, "Give the module itself"),
        (lambda: stage(nn.ReLU(), POOL, nn.Flatten()), "a tensor of shape (N, 32, 16, 16)"),
        (lambda: Elsewhere(None), "a tensor of shape (N, 32, 16, 16)"),
        (lambda: Elsewhere(torch.zeros(1, 32, 16, 16)), "one nn.Conv2d, and it holds 0"),
        (lambda: stage(nn.ReLU(), POOL, nn.Conv2d(32, 32, 1)), "one nn.Conv2d, and it holds 2"),
        (lambda: stage(out=64), "64 channels"),
        (lambda: stage(kernel=3, padding=1), "The kernel is 3×3"),
        (lambda: stage(stride=2), "moves by 2 pixels"),
        (lambda: stage(padding=4, dilation=2), "leave out dilation"),
        (lambda: stage(padding=0), "makes 28×28 of 32×32"),
        (lambda: stage(padding=1), "makes 30×30 of 32×32"),
        (lambda: stage(padding=3), "makes 34×34 of 32×32"),
        (lambda: stage(nn.ReLU()), "became 32×32: the pooling is missing"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(3, 1)), "became 30×30: the pooling should move by 2"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(3, 1, 1)), "became 32×32: the pooling is missing, or it"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(3, 2)), "became 15×15: windows of 3 that move by 2 miss"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(3)), "became 10×10: nn.MaxPool2d(3) moves by its own width"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(3, padding=1)), "became 11×11: nn.MaxPool2d(3) moves by"),
        (lambda: stage(nn.ReLU(), POOL, POOL), "became 8×8: it is halved twice"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(4, 4, 1)), "became 8×8"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(5, 1)), "became 28×28: the convolution should keep 32×32"),
        (lambda: stage(bias=False), "It has no biases"),
        (lambda: stage(nn.BatchNorm2d(32), nn.ReLU(), POOL), "It has 2,496 parameters"),
        (lambda: stage(POOL), "values below zero"),
        (lambda: stage(nn.Tanh(), POOL), "values below zero"),
        (lambda: stage(nn.Sigmoid(), POOL), "never gives a zero"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(2)), "Windows of 2 give 16×16 as well, but do not overlap"),
        (lambda: stage(nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(2)), "do not overlap"),
        (lambda: stage(nn.ReLU(), nn.AvgPool2d(3, 2, padding=1)), "It averages each window"),
        (lambda: stage(nn.ReLU(), nn.AvgPool2d(3, 2, ceil_mode=True)), "It averages each window"),
        (lambda: stage(nn.ReLU(), nn.AvgPool2d(2)), "It averages windows of 2"),
        (lambda: Functional(lambda maps: maps.relu()[..., ::2, ::2]), "pools nothing"),
        (lambda: Functional(lambda maps: POOL(maps.relu())[:1]), "2 pictures became 1"),
        (lambda: nn.Sequential(nn.ReLU(inplace=True), *stage()), "the values are not those"),
        (lambda: stage(nn.ReLU(), nn.MaxPool2d(4, 2, padding=1)), "the values are not those"),
        (lambda: stage(nn.ReLU(), POOL, nn.Dropout()), "the values are not those"),
        (lambda: nn.Sequential(nn.Conv2d(4, 32, 5)), "Your answer raised RuntimeError: "),
        (Failing, "Your answer raised KeyError: 'conv1'"),
    ],
)  # fmt: skip
def test_exercise_5_hints(make, hint):
    torch.manual_seed(0)
    assert_hint(check("1.5", make()), hint)


def test_checking_leaves_the_learner_s_module_as_it_was():
    module = stage()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    check("1.5", module)
    assert module.training
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(weight.grad is None and weight.requires_grad for weight in module.parameters())


def test_the_numbers_beside_the_explorer_of_the_gradient_are_those_it_shows():
    arrives = {
        (name, scale): gradient_flow(name, 10, scale).gradients[0]
        for name in ("sigmoid", "ReLU")
        for scale in (1, 1.4, 4)
    }
    assert f"{arrives['sigmoid', 1]:.0e}" == "2e-06"
    assert (4**9, f"{4**-9:.0e}") == (262_144, "4e-06")
    assert (round(arrives["ReLU", 1], 2), round(arrives["ReLU", 1.4], 1)) == (0.05, 1.1)
    assert 0.5 < gradient_flow("ReLU", 30, 1.4).gradients[0] < 2, "it neither fades nor grows much"
    assert arrives["sigmoid", 4] < 0.1, "the slider ends here"
