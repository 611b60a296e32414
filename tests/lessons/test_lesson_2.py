"""`check` on lesson 2: the right answers, and a hint for each way to go wrong."""

import pytest
import torch
from torch import nn

from helpers import check, receptive_field
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


def test_exercise_1_is_the_depth_of_the_stack_that_sees_11():
    stack = nn.Sequential(*(nn.Conv2d(1, 1, 3) for _ in range(5)))
    assert receptive_field(stack).size == (11, 11)
    assert check("2.1", len(stack)).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (4, "4 see 9×9"),
        (6, "6 see 13×13"),
        (3, "3 see 7×7"),
        (10, "each layer adds 2"),
        (11, "each layer adds 2"),
        (0, "Without a layer"),
        (-5, "Without a layer"),
        (10**5000, "Start at one pixel"),
        (5.5, "5.5 is not a whole number"),
        ("five", "'five' is not a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_1_hints(answer, hint):
    assert_hint(check("2.1", answer), hint)


def test_exercise_2_is_what_pytorch_counts():
    large, small = (nn.Conv2d(256, 256, side, bias=False).weight.numel() for side in (7, 3))
    assert check("2.2", large - 3 * small).startswith("Right. ")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (49 * 256 * 256, "That is the 7×7"),
        (27 * 256 * 256, "what the three 3×3 hold together"),
        (40 * 256 * 256, "subtracted one 3×3"),
        (31 * 256 * 256, "subtracted two 3×3"),
        (22 * 256 * 256 + 256 - 3 * 256, "counts biases"),
        (22, "one pair of channels"),
        (22 * 256, "256 channels in and 256 channels out"),
        (1, "kernel height"),
        (-22 * 256 * 256, "kernel height"),
        (10**5000, "kernel height"),
        (0.45, "0.45 is not a whole number"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_exercise_2_hints(answer, hint):
    assert_hint(check("2.2", answer), hint)


def copying_into(linear):
    conv = nn.Conv2d(linear.in_features // 49, linear.out_features, 7)
    with torch.no_grad():
        conv.weight.copy_(linear.weight.view_as(conv.weight))
        conv.bias.copy_(linear.bias)
    return conv


@pytest.mark.parametrize("answer", [to_convolution, copying_into, wrong()])
def test_exercise_3_right(answer):
    assert check("2.3", answer).startswith("Right. The same weights in another shape")


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
def test_exercise_3_hints(answer, hint):
    assert_hint(check("2.3", answer), hint)


def test_an_answer_with_one_layer_s_numbers_written_in_is_not_right():
    def fixed(linear):
        conv = nn.Conv2d(4, 10, 7)
        conv.weight.data = linear.weight.data.reshape(10, 4, 7, 7)
        conv.bias.data = linear.bias.data
        return conv

    assert check("2.3", fixed).startswith("Not yet. Your answer raised RuntimeError: ")
