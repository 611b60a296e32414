"""A forward pass is read as it runs: names and windows of its layers, and the network stays as it was."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.reading.forward import Reading, read, short_name
from helpers.reading.operations import Window
from helpers.wording.refusals import first_line
from tests.networks import Function

SIZE = (4, 60, 60)


def read_through(model: nn.Module, size: tuple[int, int, int] = SIZE) -> Reading:
    reading = read(model, size)
    assert reading.refusal is None, reading.refusal
    return reading


def the_window(network: nn.Module) -> Window | None:
    return read_through(network).layers[-1].window


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (
            nn.Conv2d(4, 8, (3, 5), (2, 1), padding="valid", dilation=(1, 2)),
            Window((3, 5), (2, 1), (1, 2), 1, False),
        ),
        (
            nn.Conv2d(4, 8, (4, 6), padding="same", dilation=(5, 3)),
            Window((4, 6), (1, 1), (5, 3), 1, False),
        ),
        (nn.Conv2d(4, 8, 3, padding=(1, 2), groups=4), Window((3, 3), (1, 1), (1, 1), 4, True)),
        (nn.Conv2d(4, 8, 3, groups=2), Window((3, 3), (1, 1), (1, 1), 2, False)),
        (nn.MaxPool2d(3), Window((3, 3), (3, 3), (1, 1), 1, False)),
        (nn.MaxPool2d((3, 4), 2, 1, 2), Window((3, 4), (2, 2), (2, 2), 1, False)),
        (nn.AvgPool2d((2, 4), padding=(1, 2)), Window((2, 4), (2, 4), (1, 1), 1, False)),
        (nn.AvgPool2d((2,)), Window((2, 2), (2, 2), (1, 1), 1, False)),
        (nn.LPPool2d(2, (3, 2)), Window((3, 2), (3, 2), (1, 1), 1, False)),
        (nn.ReLU(), None),
        (nn.AdaptiveAvgPool2d(2), None),
    ],
)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_the_windows_of_modules(layer: nn.Module, expected: Window | None) -> None:
    assert the_window(layer) == expected


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (
            lambda net, x: F.conv2d(x, net.weight, None, (2, 1), (1, 2), 2, 4),
            Window((3, 5), (2, 1), (2, 2), 4, True),
        ),
        (
            lambda net, x: F.conv2d(x, weight=net.weight, groups=4, dilation=2, padding=1, stride=2),
            Window((3, 5), (2, 2), (2, 2), 4, True),
        ),
        (lambda net, x: F.conv2d(x[:, :1], net.weight), Window((3, 5), (1, 1), (1, 1), 1, False)),
        (lambda net, x: F.conv2d(x[:, :1], net.weight * 2), Window((3, 5), (1, 1), (1, 1), 1, False)),
        (lambda net, x: F.max_pool2d(x, 3, padding=1), Window((3, 3), (3, 3), (1, 1), 1, False)),
        (
            lambda net, x: F.avg_pool2d(x, kernel_size=[2, 3], stride=1),
            Window((2, 3), (1, 1), (1, 1), 1, False),
        ),
        (lambda net, x: F.lp_pool2d(x, 2.0, 3, 2), Window((3, 3), (2, 2), (1, 1), 1, False)),
        (lambda net, x: F.avg_pool2d(x, (x.size(2) // 2, 1)), Window((30, 1), (30, 1), (1, 1), 1, False)),
    ],
)
def test_the_windows_of_functions(function: Callable[..., Tensor], expected: Window) -> None:
    assert the_window(Function(function, weight=nn.Parameter(torch.ones(8, 1, 3, 5)))) == expected


class Convolution(nn.Conv2d):
    """A class of one's own."""


def test_a_class_of_one_s_own_is_called_what_pytorch_calls_its_base() -> None:
    assert short_name(Convolution(1, 1, 1)) == "Conv2d"
    assert short_name(Function(torch.relu)) == "Function"


def names(function: Callable[[Tensor], Any]) -> list[str]:
    return [layer.name for layer in read_through(Function(function)).layers]


def test_what_works_in_place_has_the_name_of_what_does_not() -> None:
    def forward(x: Tensor) -> Tensor:
        y = x.relu_()
        y += x
        y -= 1
        y *= 1 - x
        return torch.concatenate([y, x / 2])

    assert names(forward) == ["relu", "add", "sub", "sub (2)", "mul", "div", "cat"]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("  Sizes of tensors must match.\nExpected 3 but got 4."), "Sizes of tensors must match"),
        (RuntimeError("... no kernel for X: "), "... no kernel for X"),
        (KeyError(), "KeyError"),
    ],
)
def test_what_an_error_says_is_one_line_without_a_full_stop(error: Exception, line: str) -> None:
    assert first_line(error) == line


class Keeping(nn.Module):
    """Keeps what it sees in every way that networks do, and changes its own settings as it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.kept: dict[str, Any] = {"before": [1]}
        self.several: list[Tensor] = []
        self.register_buffer("count", torch.zeros((), dtype=torch.long))
        self.register_buffer("window", None)

    def forward(self, x: Tensor) -> Tensor:
        self.last = x
        self.kept["map"] = x
        self.kept["before"].append(x)
        self.several.append(x)
        self.count += 1
        self.count.add_(1)
        self.window = torch.hann_window(5)
        self.added = nn.ReLU()
        with torch.no_grad():
            self.conv.weight.clamp_(max=0)
        return self.norm(self.conv(x))


@pytest.mark.parametrize("looks", [False, True])
def test_the_network_is_left_as_it_is_whatever_it_keeps(looks: bool) -> None:
    keeping = Keeping().train()
    parts = Function(
        lambda net, x: net.keeping(x) if not looks or x.sum() >= 0 else x, keeping=keeping
    ).train()
    handle = keeping.conv.register_forward_hook(lambda _m, _i, output: output * 2)
    before = {name: tensor.clone() for name, tensor in parts.state_dict().items()}
    versions = [each._version for each in (*parts.parameters(), *parts.buffers())]
    pointers = [each.data_ptr() for each in parts.parameters()]
    read_through(parts)
    assert parts.training
    assert all(module.training for module in parts.modules())
    assert set(parts.state_dict()) == set(before)
    assert all(torch.equal(before[name], tensor) for name, tensor in parts.state_dict().items())
    assert [each.data_ptr() for each in parts.parameters()] == pointers
    assert [each._version for each in (*parts.parameters(), *parts.buffers())] == versions
    assert keeping.kept == {"before": [1]}
    assert keeping.several == []
    assert keeping.window is None
    assert not hasattr(keeping, "last")
    assert list(dict(keeping.named_children())) == ["conv", "norm"]
    assert list(keeping.conv._forward_hooks) == [handle.id]
    assert not parts._forward_hooks
    assert not parts._forward_pre_hooks


def test_a_network_that_refuses_keeps_its_counters() -> None:
    def forward(x: Tensor) -> Tensor:
        model.norm(model.conv(x))
        raise AssertionError("not today")

    model = Keeping().train()
    model.forward = forward
    for _ in range(2):
        assert str(read(model, SIZE).refusal) == "not today"
    assert model.norm.num_batches_tracked == 0
    assert torch.equal(model.norm.running_mean, torch.zeros(4))
    assert model.norm.training


def test_a_network_whose_first_pass_was_read_can_be_trained() -> None:
    class Caches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.window = nn.Conv2d(4, 4, 3), None

        def forward(self, x: Tensor) -> Tensor:
            if self.window is None:
                self.window = torch.ones_like(x)
            return self.conv(x * self.window)

    model = Caches()
    with torch.inference_mode():
        read_through(model)
    model(torch.ones(1, *SIZE)).sum().backward()
    assert model.conv.weight.grad is not None


def network() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(4, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16, 2),
    ).eval()


class Slow(nn.Module):
    """Is read until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.started, self.go_on = threading.Event(), threading.Event()

    def forward(self, x: Tensor) -> Tensor:
        self.started.set()
        self.go_on.wait(10)
        return x + 1


def test_a_network_works_in_one_thread_while_it_is_read_in_another() -> None:
    slow = Slow()
    net, image = network(), torch.ones(1, *SIZE)
    expected = net(image)
    both = nn.Sequential(slow, net)
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(read, both, SIZE)
        assert slow.started.wait(10)
        try:
            assert torch.equal(net(image), expected)
            assert net[0].weight.requires_grad
        finally:
            slow.go_on.set()
    assert [layer.name for layer in reading.result().layers][:3] == ["0.add", "1.0", "1.1"]


def test_two_threads_read_networks_one_after_the_other() -> None:
    first, second = Slow(), Slow()
    with ThreadPoolExecutor() as pool:
        for slow in (first, second):
            pool.submit(read, slow, SIZE)
            slow.started.wait(1)  # the second begins only when the first has ended
        assert not second.started.is_set()
        first.go_on.set()
        assert second.started.wait(10)
        second.go_on.set()
    assert len(read_through(network()).layers) == 6


def test_an_interruption_leaves_the_network_as_it_was() -> None:
    def interrupted(net: Function, x: Tensor) -> Tensor:
        net.kept = x
        raise KeyboardInterrupt

    model = Function(interrupted, conv=nn.Conv2d(4, 4, 3)).train()
    with pytest.raises(KeyboardInterrupt):
        read(model, SIZE)
    assert not hasattr(model, "kept")
    assert model.training
    assert not model.conv._forward_hooks
    assert torch.ones(2).sum().item() == 2  # and no mode of PyTorch's is left on
