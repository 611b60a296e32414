"""What importing costs in a fresh process: ours beside the libraries that a lesson would import anyway."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.explorers import ROOT
from benchmarks.measurement import Goal, Measurement

ROUNDS = 5
QUICK = Goal("`import helpers` in under two seconds", 1)
OURS, EVERYTHING = "import helpers", "from helpers import *"
LIBRARIES = "import torch, matplotlib.pyplot, ipywidgets"


def _milliseconds(statement: str) -> float:
    code = f"from time import perf_counter as now; start = now(); {statement}; print(1000 * (now() - start))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(result.stdout)


def measure() -> list[Measurement]:
    """Importing the package, and all that it offers: a name is loaded when it is first used."""
    times = {statement: [] for statement in (OURS, EVERYTHING, LIBRARIES)}
    for _ in range(ROUNDS):
        for statement, found in times.items():
            found.append(_milliseconds(statement))
    return [
        Measurement(OURS, "two seconds", times[OURS], [2000], QUICK),
        Measurement(OURS, LIBRARIES, times[OURS], times[LIBRARIES]),
        Measurement(EVERYTHING, LIBRARIES, times[EVERYTHING], times[LIBRARIES]),
    ]
