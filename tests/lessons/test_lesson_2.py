"""`check` on lesson 2: the right answers, and a hint for each way to go wrong."""

from itertools import combinations, pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional

from helpers import check, receptive_field, study
from tests.answers import assert_hint


def to_convolution(linear, *, kernel=7, bias=True, copy_bias=True, arrange=None, **options):
    channels = linear.in_features // kernel**2
    conv = nn.Conv2d(channels, linear.out_features, kernel, bias=bias, **options)
    weight = linear.weight.data.reshape(linear.out_features, channels, kernel, kernel)
    conv.weight.data = (weight if arrange is None else arrange(weight)).contiguous()
    if bias and copy_bias:
        conv.bias.data = linear.bias.data
    return conv


def by_pixels(weight):
    """The weights read as if a flattened map ran pixel by pixel, each with all its channels."""
    outputs, channels, height, width = weight.shape
    return weight.reshape(outputs, height, width, channels).permute(0, 3, 1, 2)


def wrong(**options):
    return lambda linear: to_convolution(linear, **options)


def test_exercise_1_is_what_pytorch_counts():
    for channels in (1, 5):
        stack = [nn.Conv2d(*pair, 3, bias=False) for pair in pairwise([channels, *[2 * channels] * 3])]
        large = nn.Conv2d(channels, 2 * channels, 7, bias=False)
        assert receptive_field(nn.Sequential(*stack)) == receptive_field(large)
        counts = sum(layer.weight.numel() for layer in stack), large.weight.numel()
        assert check("2.1", [count // channels**2 for count in counts]).startswith("Right. 9 · (2 + 4 + 4)")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([98, 90], "the other way round"),
        ([27, 49], "C channels throughout"),
        ([54, 98], "only the first layer reads C channels"),
        ([108, 98], "the first layer reads only C channels"),
        ([72, 98], "the second one reads 2C"),
        ([36, 98], "You widen in the last layer"),
        ([10, 98], "products of the channels"),
        ([1, 98], "add up the three"),
        ([90, 49], "The stack's is right"),
        (90, "is not a list of 2 answers"),
        ([90.5, 98], "90.5 is not a whole number"),
    ],
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("2.1", answer), hint)


def test_exercise_2_is_what_the_gradient_finds():
    layers = [nn.Conv2d(1, 1, 5), nn.Conv2d(1, 1, 3), nn.AvgPool2d(2), nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 3)]
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)
    picture = torch.zeros(1, 1, 48, 48, requires_grad=True)
    nn.Sequential(*layers)(picture)[0, 0, 5, 5].backward()
    side = (picture.grad[0, 0] > 0).any(0).sum()
    assert check("2.2", side).startswith("Right. 5, 7, 8, and then twice 2 · 2 more: 12, 16.")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (12, "The pool doubles the jump"),
        (11, "widens the field by 1, and it doubles"),
        (15, "The pool has a window, too"),
        (14, "both of them add 4"),
        (17, "The 2×2 pool adds 1 pixel"),
        (20, "only the pool doubles it"),
        (24, "a 3×3 doesn't change it"),
        (256, "give one side"),
        (1, "Start with 1 pixel"),
        (10**5000, "Start with 1 pixel"),
        (16.5, "16.5 is not a whole number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("2.2", answer), hint)


def test_exercise_3_is_what_the_lesson_s_code_counts():
    counts = []
    for row, column in ((0, 0), (4, 4)):
        three = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=1, bias=False) for _ in range(3)))
        for convolution in three:
            nn.init.ones_(convolution.weight)
        picture = torch.zeros(1, 1, 9, 9, requires_grad=True)
        three(picture)[0, 0, row, column].backward()
        counts.append((picture.grad > 0).sum())
    assert check("2.3", counts).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([49, 16], "the other way round"),
        ([4, 7], "Those are the sides"),
        ([16, 25], "Three 3×3 see 7×7"),
        ([49, 49], "Which unit is [0, 0, 0, 0]"),
        ([9, 49], "one pixel more to the right and below"),
        ([28, 49], "from −3 to 3"),
        ([16], "is not a list of 2 answers"),
        (16, "is not a list of 2 answers"),
        (["16", 49], "is not a number"),
    ],
)
def test_exercise_3_hints(answer, hint):
    assert_hint(check("2.3", answer), hint)


def stage(
    c_in, c_out, field, k, *, relu=(True, True), pool=nn.MaxPool2d, early=False, last=None, more=(), **options
):
    """The exercise's stage, with every way to get it wrong as an option."""
    options = {"kernel_size": k, "padding": k // 2, **options}
    layers, depth = [], (field - 1) // (k - 1)
    for number in range(depth):
        end = number == depth - 1
        out = last if end and last else c_out
        layers += [nn.Conv2d(c_in, out, **options), *[nn.ReLU(inplace=True)] * relu[end]]
        layers += [nn.MaxPool2d(2)] * (early and not end)
        c_in = out
    return nn.Sequential(*layers, *more, *([pool(2)] if pool else []))


class Stage(nn.Module):
    """The same as a class of its own, with the ReLU after the pool, where it does no harm."""

    def __init__(self, c_in, c_out, field, k):
        super().__init__()
        channels = [c_in] + [c_out] * ((field - 1) // (k - 1))
        self.layers = nn.ModuleList(nn.Conv2d(*pair, k, padding="same") for pair in pairwise(channels))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = functional.relu(layer(x))
        return functional.relu(functional.max_pool2d(self.layers[-1](x), 2))


def made(**options):
    return lambda *case: stage(*case, **options)


@pytest.mark.parametrize("answer", [stage, Stage, made(bias=False), lambda *case: stage(*case).eval()])
def test_exercise_4_right(answer):
    assert check("2.4", answer).startswith("Right. (field − 1) / (k − 1) convolutions")


def test_exercise_4_leaves_the_learner_s_random_numbers_alone():
    before = torch.random.get_rng_state()
    check("2.4", stage)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (3, "the function itself"),
        (stage(3, 8, 5, 3), "the function itself"),
        (lambda *case: None, "nothing back yet"),
        (lambda *case: ..., "nothing back yet"),
        (lambda *case: list(stage(*case)), "nn.Sequential(*layers)"),
        (lambda *case: nn.Sequential, "should give a network"),
        (lambda *case: torch.zeros(3), "should give a network"),
        (lambda *case: stage(*case).double(), "torch.float64"),
        (made(kernel_size=5, padding=2), "a kernel of 5×5"),
        (lambda c_in, c_out, field, k: stage(c_in, c_out, 2 * field + 1, k), "5 convolutions, and 2 of 3×3"),
        (lambda c_in, c_out, field, k: stage(c_in, c_out, 3, k), "has 1 convolution, and 2 of 3×3"),
        (lambda c_in, c_out, field, k: stage(c_in, c_out, 5, k), "(4, 6, 7, 3) has 2 convolutions, and 3"),
        (lambda c_in, c_out, field, k: stage(c_in, c_out, field, 3), "stage(2, 5, 9, 5) has a kernel of 3×3"),
        (lambda *case: stage(*case, padding=1), "4×2 of maps of 12×8, not 6×4: a 5×5 keeps the size"),
        (
            lambda c_in, c_out, field, k: stage(c_in, c_out, 1 + (field - 1) // 2 * (k - 1), k),
            "stage(2, 5, 9, 5) has 4 convolutions, and 2 of 5×5 see 9×9: each adds 4",
        ),
        (lambda c_in, c_out, field, k: stage(c_out, c_out, field, k), "convolution 1 leads from 8 to 8"),
        (made(last=5), "convolution 2 leads from 8 to 5"),
        (made(dilation=2, padding=2), "Leave stride, dilation"),
        (made(stride=2), "Leave stride, dilation"),
        (made(more=[nn.BatchNorm2d(8)]), "has weights beside"),
        (made(pool=None), "12×8 of maps of 12×8, not 6×4: the 2×2 max-pool at the end is missing"),
        (made(pool=lambda _: nn.MaxPool2d(2, stride=1)), "11×7 of maps of 12×8, not 6×4: the pool should"),
        (made(early=True), "3×2 of maps of 12×8, not 6×4: there should be one pool"),
        (made(padding=0), "4×2 of maps of 12×8, not 6×4: a 3×3 keeps the size"),
        (made(relu=(True, False)), "no ReLU after the last"),
        (made(relu=(False, True)), "no ReLU between"),
        (made(relu=(False, False)), "no ReLU at all"),
        (made(pool=nn.AvgPool2d), "It averages"),
        (made(pool=lambda _: nn.MaxPool2d(1, stride=2)), "every second cell"),
        (made(more=[nn.Tanh()]), "the numbers are not"),
        (made(more=[nn.Flatten()], pool=None), "should make maps of shape (N, 8"),
        (lambda *case: 1 / 0, "Your answer raised ZeroDivisionError"),
        (lambda c_in, c_out, field: stage(c_in, c_out, field, 3), "Your answer raised TypeError"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_exercise_4_hints(answer, hint):
    assert_hint(check("2.4", answer), hint)


def as_far_apart(large, stack):
    """In how many of the 252 ways of sharing out ten errors the sums are at least as far apart."""
    errors, recorded = [*large, *stack], abs(sum(large) - sum(stack))
    gaps = [abs(2 * sum(five) - sum(errors)) for five in combinations(errors, 5)]
    assert len(gaps) == 252
    return sum(gap >= recorded for gap in gaps)


def test_exercise_5_is_what_the_record_gives():
    race = study("kernels")
    large, stack = ([round(10 * error) for error in race.last(name)] for name in ("7×7", "three 3×3"))
    found, without_overlap = as_far_apart(large, stack), as_far_apart((15, 16, 18, 19, 20), (1, 2, 5, 6, 9))
    says = check("2.5", [found, without_overlap])
    assert says.startswith(f"Right. Chance alone does as much in {found} of 252 ways, or 18 %")
    assert f"it would have been {without_overlap} of 252" in says
    assert round(100 * found / 252) == 18


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ([2, 46], "the other way round"),
        ([23, 2], "what the code prints"),
        ([46, 1], "There is a second one"),
        ([46, 0], "which other way of sharing out"),
        (46, "is not a list of 2 answers"),
    ],
)
def test_exercise_5_hints(answer, hint):
    assert_hint(check("2.5", answer), hint)


def copying_into(linear):
    conv = nn.Conv2d(linear.in_features // 49, linear.out_features, 7)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight))
        conv.bias.copy_(linear.bias)
    return conv


@pytest.mark.parametrize("answer", [to_convolution, copying_into, wrong()])
def test_exercise_6_right(answer):
    assert check("2.6", answer).startswith("Right. The same weights in another shape")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (3, "the function itself"),
        (nn.Conv2d, "the function itself"),
        (nn.Conv2d(4, 10, 7), "the function itself"),
        (lambda linear: None, "nothing back yet"),
        (lambda linear: ..., "nothing back yet"),
        (lambda linear: linear, "not Linear(in_features=196"),
        (lambda linear: nn.Conv2d, "an nn.Conv2d, not <class"),
        (wrong(kernel=1), "The kernel is 1×1"),
        (lambda linear: nn.Conv2d(linear.in_features, linear.out_features, 7), "196 → 10 channels; 196 / 49"),
        (wrong(padding=3), "9×8 became 9×8, not 3×2"),
        (wrong(stride=7), "9×8 became 1×1, not 3×2"),
        (wrong(arrange=by_pixels), "channel by channel"),
        (wrong(arrange=lambda weight: weight.mT), "Rows and columns are swapped"),
        (wrong(arrange=lambda weight: weight.flip(2, 3)), "turned round"),
        (wrong(arrange=lambda weight: weight.flip(1)), "does not hold the values of linear.weight"),
        (lambda linear: nn.Conv2d(linear.in_features // 49, linear.out_features, 7), "does not hold"),
        (wrong(bias=False), "leave out bias=False"),
        (wrong(copy_bias=False), "copy linear.bias to conv.bias"),
        (lambda linear: 1 / 0, "Your answer raised ZeroDivisionError"),
        (lambda: None, "Your answer raised TypeError"),
    ],
)  # fmt: skip
def test_exercise_6_hints(answer, hint):
    assert_hint(check("2.6", answer), hint)


def test_an_answer_with_one_layer_s_numbers_written_in_is_not_right():
    def fixed(linear):
        conv = nn.Conv2d(4, 10, 7)
        conv.weight.data = linear.weight.data.reshape(10, 4, 7, 7)
        conv.bias.data = linear.bias.data
        return conv

    assert check("2.6", fixed).startswith("Not yet. Your answer raised RuntimeError: ")
