"""How a claim looks into a record."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from statistics import mean

from helpers.lessons.study import FOLDER, Study, study
from helpers.lessons.times import recorded_times
from helpers.reading.counted import counted
from helpers.reading.published import published

TRAINING, TEST = "training error", "test error"
Claim = Callable[..., bool]
Concluded = tuple[str, str, Claim]
"""The name of a record, a sentence of the lesson, and whether it is so: a function of the record."""


def record(name: str) -> object:
    """The recorded "times", what is "published" or "counted" (as functions), or the study of that name."""
    known = {"times": recorded_times, "published": lambda: published, "counted": lambda: counted}
    return known[name]() if name in known else study(name)


def apart(found: Study, lower: str, higher: str, measure: str, by: float = 0) -> bool:
    """Whether every seed of the one is lower than every seed of the other, by so many points."""
    return max(found.last(lower, measure)) + by < min(found.last(higher, measure))


def level(found: Study, one: str, other: str, measure: str) -> bool:
    """Whether the seeds of the two overlap."""
    return not apart(found, one, other, measure) and not apart(found, other, one, measure)


def average(found: Study, network: str, measure: str) -> float:
    return mean(found.last(network, measure))


def trainings(name: str, network: str, rate: float) -> list[float]:
    """The errors of the trainings by which a network's learning rate was chosen, at one rate."""
    return _tried(name)[network][f"{rate:g}"]


def tried(name: str) -> dict[str, dict[str, float]]:
    """The errors by which each network's learning rate was chosen, by network and rate, on average."""
    return {
        network: {rate: mean(errors) for rate, errors in each.items()}
        for network, each in _tried(name).items()
    }


def _tried(name: str) -> dict[str, dict[str, list[float]]]:
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)["tried"]
