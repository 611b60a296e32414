"""`check` on lesson 4: the right answers, and a hint for each way to go wrong."""

from itertools import combinations, product
from statistics import mean

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import check, study
from helpers.explorers.numbers.inception import PRESETS, inception
from helpers.models.googlenet import TABLE, Inception
from tests.answers import Elsewhere, Failing, assert_hint


def shares(*blocks):
    """What comes out of 3×3 and 5×5, in percent of all that comes out."""
    for name in blocks:
        block = inception(**PRESETS[name])
        _, three, five, _ = block.branches
        yield 100 * (three.channels + five.channels) / block.channels


def test_exercise_1_is_what_the_explorer_counts():
    exact = list(shares("4d", "5b"))
    assert exact == [pytest.approx(66.7, abs=0.05), 50]
    for answer in ([67, 50], (67.0, 50)):
        assert check("4.1", answer).startswith("Right. It rises from 50 percent in 4a to 66.7 in 4d")


def test_exercise_1_says_how_the_share_goes_on():
    stage = list(shares("4a", "4b", "4c", "4d"))
    assert stage == sorted(stage)
    assert [stage[0], round(stage[-1], 1)] == [50, 66.7]
    assert all(each < stage[-1] for each in shares("4e", "5a", "5b"))
    row = list(shares(*TABLE))
    rises = [
        name for name, before, share in zip(list(TABLE)[1:], row, row[1:], strict=False) if share > before
    ]
    assert rises == ["4b", "4c", "4d"]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([55, 50], "For the block with the largest share, that is the 3×3's share alone"),
        ([67, 38], "For the block with the smallest share, that is the 3×3's share alone"),
        ([12, 50], "For the block with the largest share, that is the 5×5's share alone"),
        ([67, 13], "For the block with the smallest share, that is the 5×5's share alone"),
        ([33, 50], "For the block with the largest share, that is the share of the other two branches"),
        ([352, 512], "For the block with the largest share, that is the number of channels; give percent of"),
        ([62, 50], "There is a block in which the share is larger"),
        ([66, 50], "For the block with the largest share, round to the nearest whole percent"),
        ([1, 50], "For the block with the largest share, take the channels"),
        ([67, 44], "For the block with the smallest share, take the channels"),
        ([67], "is not a list of 2 answers"),
        (67, "is not a list of 2 answers"),
        ([66.7, 50], "66.7 is not a whole number"),
    ],
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("4.1", answer), hint)


def three_b(channels):
    return inception(**PRESETS["3b"] | {"in_channels": channels})


def test_exercise_2_is_what_two_blocks_in_a_row_have():
    out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, _ = TABLE["3a"]
    first = Inception(192, out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, None)
    second = Inception(first.out_channels, *TABLE["3b"])
    weights = sum(weight.numel() for weight in second.parameters() if weight.dim() > 1)
    assert weights == three_b(416).weights
    says = check("4.2", weights)
    assert says.startswith("Right. ")
    assert f"{round(100 * (weights / three_b(256).weights - 1))} % more" == "15 % more"
    assert "15 % more" in says


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (416, "how many channels 3b reads now"),
        (three_b(256).weights, "That is 3b as it is"),
        (three_b(224).weights, "The pool of 3a is still there"),
        (three_b(192).weights, "How many come out of it now"),
        (three_b(448).weights, "the pool's 192 take their place"),
        (three_b(416).weights - 416 * 64, "keeps its own projection"),
        (three_b(416).naive_weights, "3b keeps its reductions."),
        (three_b(416).naive_weights + 416 * 64, "keeps its reductions, to 128"),
        (three_b(416).weights - three_b(256).weights, "by how much 3b grows"),
        (three_b(416).weights + sum(TABLE["3b"]), "Leave the biases out"),
        (1, "each of 3b's four 1×1s"),
        (0.5, "0.5 is not a whole number"),
        ("many", "'many' is not a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("4.2", answer), hint)


def test_exercise_3_is_what_pytorch_makes_of_the_two_ways():
    votes = torch.tensor([[10.0, 0, 0], [0, 4, 4]])  # classes × places
    network = votes.mean(1).softmax(0)[0].item()
    code = votes.softmax(0).mean(1)[0].item()
    assert network > 0.5 > code, "the winner changes"
    assert check("4.3", [round(100 * network), round(100 * code)]).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([35, 66], "the other way round"),
        ([66, 66], "The network's is right; the code takes"),
        ([35, 35], "That is the code's number"),
        ([88, 35], "it doesn't add them up"),
        ([56, 35], "a share of the scores"),
        ([50, 35], "For the network, average"),
        ([66, 33], "still gives “cup” about 2 percent"),
        ([66, 34], "Round to the nearest"),
        ([66, 50], "For the code, take the softmax"),
        ([66], "is not a list of 2 answers"),
        ([0.66, 0.35], "0.66 is not a whole number"),
    ],
)
def test_exercise_3_hints(answer, hint):
    assert_hint(check("4.3", answer), hint)


THREE, AND_A_POOL = [191, 189, 193, 175, 181], [188, 179, 151, 174, 162]


def test_exercise_4_asks_about_the_recorded_seeds():
    sizes = study("sizes")
    for name, wrong in (("three sizes", THREE), ("three sizes and a pool", AND_A_POOL)):
        assert [round(10 * error) for error in sizes.last(name, "test error")] == wrong
    assert mean(THREE) - mean(AND_A_POOL) == 15


def test_solution_4_says_what_the_training_errors_would_give():
    last = study("sizes").last
    three, pool = last("three sizes", "training error"), last("three sizes and a pool", "training error")
    assert sum(sum(five) <= sum(pool) + 1e-9 for five in combinations(three + pool, 5)) == 1


def test_exercise_4_is_what_a_count_finds():
    places = [each for each in product((False, True), repeat=10) if sum(each) == 5]
    assert len(places) == 252
    ten = THREE + AND_A_POOL
    sums = [sum(number for number, chosen in zip(ten, each, strict=True) if chosen) for each in places]
    right = sum(each <= sum(AND_A_POOL) for each in sums)
    assert check("4.4", right).startswith("Right. ")
    assert f"{right} of 252, about {round(100 * right / 252)} percent" in check("4.4", right)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (252, "how many choices there are"),
        (7, "Count the sums that are equal"),
        (16, "both directions"),
        (244, "the sum is larger"),
        (245, "as large, or larger"),
        (3, "That is a percentage"),
        (1, "Go through `combinations"),
        (0.1, "0.1 is not a whole number"),
        ("few", "'few' is not a number"),
    ],
)
def test_exercise_4_hints(answer, hint):
    assert_hint(check("4.4", answer), hint)


class Block(nn.Module):
    """The right answer, and what can be wrong with it."""

    def __init__(
        self, *, single=16, reduce=8, out=32, proj=16, kernel=3, padding=1, pool=None, join=None, **how
    ):
        super().__init__()
        self.single, self.reduce = nn.Conv2d(64, single, 1), nn.Conv2d(64, reduce, 1)
        middle = how.get("middle", 32)
        self.first = nn.Conv2d(reduce, middle, kernel, padding=padding)
        self.second = nn.Conv2d(middle, out, kernel, padding=padding)
        self.proj = nn.Conv2d(64, proj, 1)
        self.pool = pool or nn.MaxPool2d(3, stride=1, padding=1)
        self.join = join or (lambda parts: torch.cat(parts, 1))
        self.relu = how.get("relu", torch.relu)
        self.first_relu = how.get("first_relu", torch.relu)
        self.second_relu = how.get("second_relu", torch.relu)

    def larger(self, x):
        return self.second(self.second_relu(self.first(x)))

    def forward(self, x):
        larger = self.larger(self.first_relu(self.reduce(x)))
        return self.join([self.relu(part) for part in (self.single(x), larger, self.proj(self.pool(x)))])


class Joined(Block):
    """ReLUs in place, one for all branches, and the pool as a function."""

    def forward(self, x):
        parts = [self.proj(F.max_pool2d(x, 3, 1, 1)), self.larger(self.reduce(x).relu_()), self.single(x)]
        return torch.cat(parts, 1).relu_()


class One(Block):
    """A single 3×3, as before the two took the place of a 5×5."""

    def larger(self, x):
        return self.first(x)


class Unreduced(Block):
    """A 3×3 on all channels, and the 1×1 to 8 behind it."""

    def __init__(self):
        super().__init__()
        self.reduce, self.first = nn.Conv2d(64, 8, 3, padding=1), nn.Conv2d(8, 32, 1)


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
def test_exercise_5_right(answer):
    assert check("4.5", answer).startswith("Right. 16 + 32 + 16")


def test_exercise_5_leaves_the_module_as_it_is():
    block = Block()
    check("4.5", block)
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
        (One(), "1×1, 1×1, 1×1, 3×3."),
        (Block(kernel=5, padding=2), "1×1, 1×1, 1×1, 5×5, 5×5"),
        (Block(reduce=16), "64 → 16, 64 → 16, 64 → 16"),
        (Block(out=16, proj=32), "32 → 16"),
        (Block(middle=8), "8 → 8, 8 → 32"),
        (Unreduced(), "What reads the 64 channels should be a 1×1"),
        (Block(pool=nn.Identity()), "All three 1×1 read the input itself"),
        (PoolAfter(), "All three 1×1 read the input itself"),
        (InARow(), "stand side by side"),
        (WrongOneOnThePool(), "The 1×1 to 8 reads the pool"),
        (Block(pool=nn.AvgPool2d(3, stride=1, padding=1)), "no 3×3 max-pool"),
        (Block(pool=nn.MaxPool2d(5, stride=1, padding=2)), "no 3×3 max-pool"),
        (Block(join=lambda parts: torch.cat(parts[:2], 1)), "It gives 48 channels"),
        (Block(relu=lambda x: x), "negative numbers in the output"),
        (Block(first_relu=lambda x: x), "The first 3×3 reads negative numbers"),
        (Block(second_relu=lambda x: x), "missing between the two 3×3"),
        (Block(relu=torch.sigmoid), "not those of a ReLU after each convolution"),
        (Block(second_relu=torch.sigmoid), "not those of a ReLU after each convolution"),
        (Block(first_relu=torch.sigmoid), "not those of a ReLU after each convolution"),
        (Block(relu=F.relu6, first_relu=F.softplus), "not those of a ReLU after each convolution"),
        (Block(join=lambda parts: 2 * torch.cat(parts, 1)), "not those of a ReLU after each convolution"),
    ],
)  # fmt: skip
def test_exercise_5_hints(answer, hint):
    assert_hint(check("4.5", answer), hint)
