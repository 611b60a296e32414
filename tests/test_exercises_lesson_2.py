"""`check` on lesson 2: the right answers, and a hint for each way to go wrong."""

import pytest
import torch
from torch import nn

from helpers.exercises import check
from tests.learner import Rude


def to_convolution(linear, *, kernel=7, bias=True, order=None, **options):
    channels = linear.in_features // kernel**2
    conv = nn.Conv2d(channels, linear.out_features, kernel, bias=bias, **options)
    weight = linear.weight.detach().view(linear.out_features, channels, kernel, kernel)
    conv.weight.data = weight if order is None else weight.permute(order).contiguous()
    if bias:
        conv.bias.data = linear.bias.data
    return conv


@pytest.mark.parametrize(
    ("name", "answer"),
    [("2.1", 5), ("2.1", 5.0), ("2.1", torch.tensor(5)), ("2.2", 1_441_792), ("2.3", to_convolution)],
)
def test_a_right_answer_is_right(name, answer):
    assert check(name, answer).startswith("Right.")


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("2.1", 4, "Four see 9×9"),
        ("2.1", 6, "13×13"),
        ("2.1", 7, "3 + 2"),
        ("2.2", 49 * 256 * 256, "one 7×7. Subtract"),
        ("2.2", 27 * 256 * 256, "what the three 3×3 hold"),
        ("2.2", 40 * 256 * 256, "there are three"),
        ("2.2", 31 * 256 * 256, "which see 5×5"),
        ("2.2", 22 * 256, "once"),
        ("2.2", 1, "kernel height"),
        ("2.3", nn.Linear(196, 10), "the function itself"),
        ("2.3", 3, "the function itself"),
        ("2.3", lambda linear: linear, "return the nn.Conv2d"),
        ("2.3", lambda linear: to_convolution(linear, kernel=1), "in_features is"),
        ("2.3", lambda linear: to_convolution(linear, padding=3), "padding"),
        ("2.3", lambda linear: to_convolution(linear, stride=7), "stride"),
        ("2.3", lambda linear: to_convolution(linear, bias=False), "the bias"),
        ("2.3", lambda linear: to_convolution(linear, order=(0, 1, 3, 2)), "in that order"),
        ("2.3", lambda linear: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_wrong_answer_gets_its_hint(name, answer, hint):
    said = check(name, answer)
    assert said.startswith("Not yet.")
    assert hint in said


@pytest.mark.parametrize("name", ["2.1", "2.2", "2.3"])
@pytest.mark.parametrize(
    "nonsense", [float("nan"), float("inf"), "", [], {}, Rude(), 10**400, torch.zeros(3), -1, True]
)
def test_nonsense_gets_a_sentence(name, nonsense):
    assert check(name, nonsense).startswith("Not yet.")
