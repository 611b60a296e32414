"""The graph of a network names its steps, and its windows are those that PyTorch would run."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.reading.graph import Untraceable, first_line, network_graph, on_meta, short_name
from helpers.reading.windows import Window, window
from tests.networks import Function


def the_window(network: nn.Module) -> Window | None:
    graph = network_graph(network)
    *_, step = graph.steps.values()
    return window(step, graph.tensors)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (
            nn.Conv2d(4, 8, (3, 5), (2, 1), padding="valid", dilation=(1, 2)),
            Window((3, 5), (2, 1), (0, 0), (1, 2), 1, False),
        ),
        (
            nn.Conv2d(4, 8, (4, 6), padding="same", dilation=(5, 3)),
            Window((4, 6), (1, 1), (7, 7), (5, 3), 1, False),
        ),
        (
            nn.Conv2d(4, 8, 3, padding=(1, 2), groups=4),
            Window((3, 3), (1, 1), (1, 2), (1, 1), 4, True),
        ),
        (nn.Conv2d(4, 8, 3, groups=2), Window((3, 3), (1, 1), (0, 0), (1, 1), 2, False)),
        (nn.Conv2d(1, 8, 3), Window((3, 3), (1, 1), (0, 0), (1, 1), 1, False)),
        (nn.MaxPool2d(3), Window((3, 3), (3, 3), (0, 0), (1, 1), 1, False)),
        (nn.MaxPool2d((3, 4), 2, 1, 2), Window((3, 4), (2, 2), (1, 1), (2, 2), 1, False)),
        (nn.AvgPool2d((2, 4), padding=(1, 2)), Window((2, 4), (2, 4), (1, 2), (1, 1), 1, False)),
        (nn.LPPool2d(2, (3, 2)), Window((3, 2), (3, 2), (0, 0), (1, 1), 1, False)),
        (nn.ReLU(), None),
        (nn.AdaptiveAvgPool2d(2), None),
    ],
)
def test_the_windows_of_modules(layer, expected):
    assert the_window(layer) == expected


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (
            lambda net, x: F.conv2d(x, net.weight, None, (2, 1), (1, 2), 2, 4),
            Window((3, 5), (2, 1), (1, 2), (2, 2), 4, True),
        ),
        (
            lambda net, x: F.conv2d(x, weight=net.weight, groups=4, dilation=2, padding=1, stride=2),
            Window((3, 5), (2, 2), (1, 1), (2, 2), 4, True),
        ),
        (lambda net, x: F.conv2d(x, net.weight), Window((3, 5), (1, 1), (0, 0), (1, 1), 1, False)),
        (lambda net, x: F.conv2d(x, net.weight * 2), None),
        (
            lambda net, x: F.max_pool2d(x, 3, padding=1),
            Window((3, 3), (3, 3), (1, 1), (1, 1), 1, False),
        ),
        (
            lambda net, x: F.avg_pool2d(x, kernel_size=[2, 3], stride=1),
            Window((2, 3), (1, 1), (0, 0), (1, 1), 1, False),
        ),
        (lambda net, x: F.lp_pool2d(x, 2.0, 3, 2), Window((3, 3), (2, 2), (0, 0), (1, 1), 1, False)),
        (lambda net, x: F.avg_pool2d(x, x.shape[2:]), None),
        (lambda net, x: F.avg_pool2d(x, (x.size(2), 1)), None),
        (lambda net, x: F.avg_pool2d(x, 3, [1, x.size(2)]), None),
    ],
)
def test_the_windows_of_functions(function, expected):
    assert the_window(Function(function, weight=nn.Parameter(torch.ones(8, 1, 3, 5)))) == expected


@pytest.mark.parametrize(
    ("arguments", "name"), [((2.5,), "kernel_size"), ((2, 1.5), "stride"), ((2, 1, 0, 1.5), "dilation")]
)
def test_a_size_that_is_no_whole_number_is_named(arguments, name):
    with pytest.raises(ValueError, match=rf"^{name} must be a whole number of at least 1, got \d\.5$"):
        the_window(Function(lambda x: F.max_pool2d(x, *arguments)))


class Convolution(nn.Conv2d):
    """A class of one's own."""


def test_a_class_of_one_s_own_is_called_what_pytorch_calls_its_base():
    assert short_name(Convolution(1, 1, 1)) == "Conv2d"
    assert short_name(Function(torch.relu)) == "Function"


def test_why_a_network_cannot_be_followed_is_said():
    with pytest.raises(
        Untraceable, match=r"^torch\.fx cannot follow Function: symbolically traced .*[^.]\.$"
    ):
        network_graph(Function(lambda x: x if x.sum() > 0 else -x))


def test_what_changes_its_input_has_the_name_of_what_does_not():
    def forward(x: Tensor) -> Tensor:
        y = x.relu_()
        y += x
        return torch.concatenate([y, x])

    assert [step.name for step in network_graph(Function(forward)).steps.values()] == ["relu", "add", "cat"]


def test_the_copy_on_meta_is_trained_as_the_network_is():
    copied = on_meta(nn.Linear(2, 3).requires_grad_(False))
    assert not any(parameter.requires_grad for parameter in copied.parameters())
    assert all(parameter.requires_grad for parameter in on_meta(nn.Linear(2, 3)).parameters())


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("  Sizes of tensors must match.\nExpected 3 but got 4."), "Sizes of tensors must match"),
        (RuntimeError("... no kernel for X: "), "... no kernel for X"),
        (KeyError(), "KeyError"),
    ],
)
def test_what_an_error_says_is_one_line_without_a_full_stop(error, line):
    assert first_line(error) == line
