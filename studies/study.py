"""What a study is: networks that differ in one thing, trained from several seeds, each at its best rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from helpers.running.training import History, fit

CHOOSING_SEED = 1000
"""The seed of the trainings that a learning rate is chosen by; no other training has it."""

_NOT_STUDIES = ("__main__", "parts", "record", "running", "study")


@dataclass(frozen=True)
class Study:
    """A question, and the trainings that answer it.

    `networks` make a network each, by name, from the state of PyTorch's generator. `data(choosing)` gives the
    data: with `choosing` those that the learning rate is chosen by, which have no image of the test. `rates`
    are the learning rates that each network may choose from; every training takes `epochs`, and is done from
    every one of `seeds`. `options` are further settings of `fit`. `varied` and `fixed` say what differs and
    what doesn't, in words.
    """

    question: str
    varied: str
    fixed: str
    networks: Mapping[str, Callable[[], nn.Module]]
    data: Callable[[bool], PatchData]
    epochs: int
    rates: tuple[float, ...] = (0.02, 0.05, 0.1, 0.2)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    options: Mapping[str, Any] = field(default_factory=dict)

    def train(
        self, network: str, rate: float, seed: int, *, choosing: bool = False, stop_after: int | None = None
    ) -> History:
        """Train one of the networks from a seed, which its weights, batches and dropout follow.

        `stop_after` ends it after so many epochs, at the same rates as the whole.
        """
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            model = self.networks[network]()
        return fit(
            model,
            _kept(self.data, choosing),
            epochs=self.epochs,
            learning_rate=rate,
            seed=seed,
            stop_after=stop_after,
            progress=False,
            device=best_device(),
            **self.options,
        )


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
