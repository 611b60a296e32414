"""Every explorer of the course, found by its class, and random values for its controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

import helpers
from helpers.explorers.explorer import Explorer
from helpers.explorers.sources.comparison import LiveFigures
from tests.networks import MadeUpScores, browsable

# Most are made as they are. Here something smaller serves the tests as well, and is quicker.
SMALLER: dict[str, Callable[[], Explorer]] = {
    "DenseAsConvExplorer": lambda: helpers.DenseAsConvExplorer(source=MadeUpScores()),
    "FeatureMapExplorer": lambda: helpers.FeatureMapExplorer(browsable(6, 70)),
    "NetworkComparison": lambda: helpers.NetworkComparison(source=LiveFigures(clock=_no_clock)),
    "ReceptiveFieldExplorer": lambda: helpers.ReceptiveFieldExplorer(browsable(4, 6)),
}
MOVES = 40


def _no_clock(name: str, edition: str) -> float:
    """A time, in milliseconds, that takes none to measure."""
    return 10.0 + len(name) + len(edition)


def _is_explorer(name: str) -> bool:
    found = getattr(helpers, name)
    return isinstance(found, type) and issubclass(found, Explorer)


EXPLORERS = sorted(filter(_is_explorer, helpers.__all__))


def made(name: str) -> Explorer:
    """A new explorer of that class, at its start values."""
    return SMALLER.get(name, getattr(helpers, name))()


def movable(explorer: Explorer) -> list[str]:
    """The controls that have values to choose from."""
    return [name for name, control in explorer.controls.items() if len(control.examples()) > 1]


def shuffle(explorer: Explorer, rng: np.random.Generator) -> str:
    """Move one control, drawn at random, to one of its values, also drawn; the control's name."""
    name = str(rng.choice(movable(explorer)))
    choices = explorer.controls[name].examples()
    explorer.controls[name].value = choices[int(rng.integers(len(choices)))]
    return name


def states(explorer: Explorer) -> Iterator[None]:
    """Take an explorer through its start, each control's values in turn, and random moves."""
    yield
    for control in explorer.controls.values():
        for value in control.examples():
            control.value = value
            yield
    rng = np.random.default_rng(1)
    for _ in range(MOVES):
        shuffle(explorer, rng)
        yield
