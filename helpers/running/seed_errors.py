"""Errors of lesson 5's networks from several seeds, trained beforehand: `data/degradation.csv`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from helpers.wording.refusals import known

FILE = Path(__file__).parents[2] / "data" / "degradation.csv"


def seed_errors(which: str = "training error") -> dict[str, tuple[float, ...]]:
    """Return errors in percent of plain-14, plain-44, residual-14 and residual-44, one for each seed from 0.

    `which` is "training error" or "test error". `tools/train_seeds.py` trained them, as the lesson does.

    Raises ValueError for another error.

    >>> list(seed_errors()), len(seed_errors()["plain-44"])
    (['plain-14', 'plain-44', 'residual-14', 'residual-44'], 5)
    """
    known("measured error", which, ("training error", "test error"))
    return _read(which)


@cache
def _read(which: str) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["network"]] = (*found.get(row["network"], ()), float(row[which]))
    return found
