"""torch.fx changes all of PyTorch's modules to follow one: no other thread notices, and nothing stays."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor, fx, nn

from helpers.reading.graph import network_graph

METHODS = nn.Module.__call__, nn.Module.__getattr__


def assert_as_before() -> None:
    assert (nn.Module.__call__, nn.Module.__getattr__) == METHODS
    assert network()(torch.ones(1, 3, 4, 4)).shape == (1, 2)
    assert len(network_graph(network()).steps) == 5


def network() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 2)
    ).eval()


class Slow(nn.Module):
    """Is followed until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.started, self.go_on = threading.Event(), threading.Event()

    def __deepcopy__(self, memo: dict[int, Any]) -> nn.Module:
        return self

    def forward(self, x: Tensor) -> Tensor:
        self.started.set()
        self.go_on.wait(10)
        return x + 1


def test_a_network_works_in_one_thread_while_another_is_followed() -> None:
    net, image, slow = network(), torch.ones(1, 3, 4, 4), Slow()
    expected = net(image)
    with ThreadPoolExecutor() as pool:
        following = pool.submit(network_graph, nn.Sequential(slow, nn.ReLU()))
        assert slow.started.wait(10)
        try:
            assert torch.equal(net(image), expected)
            assert net[0].weight.requires_grad
        finally:
            slow.go_on.set()
    assert [step.name for step in following.result().steps.values()] == ["0.add", "1"]


def test_two_threads_follow_networks_one_after_the_other() -> None:
    first, second = Slow(), Slow()
    with ThreadPoolExecutor() as pool:
        for slow in (first, second):
            pool.submit(network_graph, slow)
            slow.started.wait(1)  # the second begins only when the first has ended
        first.go_on.set()
        assert second.started.wait(10)
        second.go_on.set()
    assert_as_before()


@pytest.mark.parametrize("moment", ["patch", "revert"])
def test_an_interruption_leaves_every_network_as_usable_as_before(
    monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    change = fx._symbolic_trace._PatchedFnSetAttr
    real = getattr(change, moment)

    def interrupted(self: Any) -> None:
        real(self)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(change, moment, interrupted)
        with pytest.raises(KeyboardInterrupt):
            network_graph(network())
    assert_as_before()
