"""A kernel's interrupt, a real signal, ends a training cleanly wherever it comes; the next is as usual."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from copy import deepcopy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.images.patches import photo_patches
from helpers.running.training import fit

DATA = photo_patches(["hubble", "coins"], size=8, per_class=50, test_per_class=20)


class Interrupting(nn.Module):
    """Asks for an interrupt at one moment of the second epoch."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.BatchNorm2d(6), nn.Flatten())
        self.dropout, self.last = nn.Dropout(0.3), nn.Linear(54, 2)
        self.moment, self.calls = moment, {}

    def forward(self, x: Tensor) -> Tensor:
        x = self.dropout(self.layers(x))
        self.at("training" if self.training else "evaluating")
        if self.training and x.requires_grad:
            x.register_hook(lambda gradient: self.at("backward"))
        return self.last(x)

    def loss(self, scores: Tensor, labels: Tensor) -> Tensor:
        self.at("loss")
        return F.cross_entropy(scores, labels)

    def at(self, moment: str) -> None:
        self.calls[moment] = self.calls.get(moment, 0) + 1
        if (moment, self.calls[moment]) == (self.moment, 4):
            signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def _as_in_a_kernel() -> Iterator[None]:
    handler, threads = signal.signal(signal.SIGINT, signal.default_int_handler), torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, handler)


@pytest.mark.parametrize("moment", ["training", "loss", "backward", "evaluating"])
def test_an_interrupt_leaves_all_as_it_was_but_for_the_weights(moment: str) -> None:
    model, state = Interrupting(moment), torch.get_rng_state()
    history = fit(model, DATA, epochs=3, loss=model.loss)
    assert history.note == "Stopped by hand in epoch 2 of 3."
    assert history.epochs == 1
    assert torch.get_num_threads() == 2
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()
    assert not any(each.training for each in model.modules())
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in model.modules())
    assert all(each.grad is None for each in model.parameters())


def test_an_interrupted_network_trains_on_as_its_copy_does() -> None:
    model = Interrupting("backward")
    fit(model, DATA, epochs=3, loss=model.loss)
    copy = deepcopy(model)
    histories = [fit(each, DATA, epochs=2) for each in (model, copy)]
    assert histories[0] == histories[1]
    assert histories[0].epochs == 2
    assert histories[0].train_loss[-1] < 0.69  # what guessing costs
