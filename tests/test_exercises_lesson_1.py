"""`check` on lesson 1: the right answers, and a hint for each way to go wrong."""

import pytest
import torch
from torch import nn

from helpers.exercises import check
from helpers.models.parts import local_response_norm
from tests.learner import Rude


def stage(*, window=3, relu=True, norm=False, channels=96, padding=0, stride=4, kernel=11):
    layers = [nn.Conv2d(3, channels, kernel, stride, padding)]
    layers += [nn.ReLU()] * relu + [local_response_norm()] * norm + [nn.MaxPool2d(window, 2)]
    return nn.Sequential(*layers)


@pytest.mark.parametrize(
    ("name", "answer"),
    [("1.1", "relu"), ("1.1", " ReLU "), ("1.2", 307_200), ("1.3", stage()), ("1.3", stage(norm=True))],
)
def test_a_right_answer_is_right(name, answer):
    assert check(name, answer).startswith("Right.")


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("1.1", "sigmoid", "flattens on both sides"),
        ("1.1", "tanh", "cannot go above 1"),
        ("1.1", "gelu", "not among the choices"),
        ("1.2", 614_400, "with one group"),
        ("1.2", 153_600, "one tower; there are two"),
        ("1.2", 307_456, "256 biases"),
        ("1.2", 5, "How many is that?"),
        ("1.3", nn.Conv2d, "the module itself"),
        ("1.3", stage(channels=64), "64 channels"),
        ("1.3", stage(stride=2), "check strides and paddings"),
        ("1.3", stage(kernel=9, padding=0), "parameters"),
        ("1.3", stage(padding=1), "no padding"),
        ("1.3", stage(window=2), "do not overlap"),
        ("1.3", stage(relu=False), "nn.ReLU is missing"),
        ("1.3", nn.Flatten(), "It should give a tensor"),
    ],
)
def test_a_wrong_answer_gets_its_hint(name, answer, hint):
    said = check(name, answer)
    assert said.startswith("Not yet.")
    assert hint in said


@pytest.mark.parametrize("name", ["1.1", "1.2", "1.3"])
@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), "", [], Rude(), 10**400, torch.zeros(3)])
def test_nonsense_gets_a_sentence(name, nonsense):
    assert check(name, nonsense).startswith("Not yet.")
