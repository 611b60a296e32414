"""What a study is: networks that differ in one thing, trained from several seeds, each at its best rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import torch
from torch import nn

from helpers.images.patches import PatchData
from helpers.models.device import best_device
from helpers.running.training import History, fit, loss_and_error

CHOOSING_SEEDS = (1000, 1001, 1002)
"""The seeds of the trainings that a learning rate is chosen by; no other training has one of them."""

_NOT_STUDIES = ("__main__", "parts", "record", "running", "study")

Change = Callable[[nn.Module, PatchData], nn.Module]
"""What a trained network is turned into; it may be changed in place."""


@dataclass(frozen=True)
class Study:
    """A question, and the trainings that answer it.

    `networks` make a network each, by name, from the state of PyTorch's generator. `data(choosing)` gives the
    data: with `choosing` those that the learning rate is chosen by, which have no image of the test. `rates`
    are the learning rates that each network may choose from, or all of them together with `one_rate`; every
    training takes `epochs`, and is done from every one of `seeds`. `options` are further settings of `fit`.
    `varied` and `fixed` say what differs and what doesn't, in words.

    A network named in `grown` is turned into another after its training, and that one trained as long again.
    `cut` are changes to the first network, as trained, whose error is measured; they are not trained.
    """

    question: str
    varied: str
    fixed: str
    networks: Mapping[str, Callable[[], nn.Module]]
    data: Callable[[bool], PatchData]
    epochs: int
    rates: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2)
    one_rate: bool = False
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    options: Mapping[str, Any] = field(default_factory=dict)
    grown: Mapping[str, Change] = field(default_factory=dict)
    cut: Mapping[str, Change] = field(default_factory=dict)

    @property
    def lengths(self) -> dict[str, int]:
        """How many epochs of each network are recorded, also of those that are cut."""
        trained = {name: self.epochs * (1 + (name in self.grown)) for name in self.networks}
        return trained | dict.fromkeys(self.cut, 1)

    def train(
        self, network: str, rate: float, seed: int, *, choosing: bool = False, stop_after: int | None = None
    ) -> dict[str, History]:
        """Train one of the networks from a seed, which its weights, batches and dropout follow.

        Return how it went, and what the error is after each cut. `stop_after` ends the training after so many
        epochs, at the same rates as the whole; nothing is grown or cut then.
        """
        data = _kept(self.data, choosing)
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            model = _laid_out(self.networks[network]())
        settings = {"epochs": self.epochs, "learning_rate": rate, "seed": seed, **self.options}
        settings |= {"progress": False, "device": best_device(), "every_epoch": not choosing}
        history = fit(model, data, stop_after=stop_after, **settings)
        if stop_after is not None or history.note:
            return {network: history}
        if network in self.grown:
            model = _laid_out(self.grown[network](model, data))
            history = _joined(history, fit(model, data, **settings))
        if choosing or network != next(iter(self.networks)):
            return {network: history}
        cut = {name: change(deepcopy(model), data) for name, change in self.cut.items()}
        return {network: history} | {name: _measured(each, data) for name, each in cut.items()}


def _laid_out(model: nn.Module) -> nn.Module:
    """The network with its channels last in memory: the same numbers but for rounding, sooner on a CPU."""
    return model.to(memory_format=torch.channels_last)


def _joined(first: History, second: History) -> History:
    """One training after another, as one."""
    curves = ("train_loss", "train_error", "test_loss", "test_error")
    joined = (getattr(first, each) + getattr(second, each) for each in curves)
    return History(*joined, second.note, first.seconds + second.seconds)


def _measured(model: nn.Module, data: PatchData) -> History:
    """The losses and errors of a network as it is, as of one epoch."""
    where = next(model.parameters()).device
    train = loss_and_error(model, data.train_images.to(where), data.train_labels.to(where))
    test = loss_and_error(model, data.test_images.to(where), data.test_labels.to(where))
    return History(*((value,) for value in (*train, *test)))


@cache
def _kept(data: Callable[[bool], PatchData], choosing: bool) -> PatchData:
    return data(choosing)


def names() -> tuple[str, ...]:
    """The names of all studies: those of their scripts.

    >>> "degradation" in names()
    True
    """
    found = (module.name for module in iter_modules([str(Path(__file__).parent)]))
    return tuple(sorted(name for name in found if name not in _NOT_STUDIES))


def load(name: str) -> Study:
    """The study that a script defines."""
    return import_module(f"studies.{name}").STUDY
