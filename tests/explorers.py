"""Every explorer of the course, and random values for its controls as code may set them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np

import helpers
from helpers.explorers.live import Explorer
from tests.learner import browsable

# What an explorer needs to be made; most need nothing.
NEEDS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "FeatureMapExplorer": lambda: (browsable(6, 70),),
    "ReceptiveFieldExplorer": lambda: (browsable(4, 6),),
}
EXPLORERS = sorted(name for name in helpers.__all__ if name.endswith(("Explorer", "Mixer", "Comparison")))


def made(name: str) -> Explorer:
    """A new explorer of that class, at its start values."""
    return getattr(helpers, name)(*NEEDS.get(name, tuple)())


def values(control: widgets.ValueWidget) -> list[Any]:
    """A list's options, a switch's two, or a slider's two ends, middle and next step; none of an upload."""
    if isinstance(control.value, bool):
        return [False, True]
    if hasattr(control, "options"):
        return list(control.options)
    if not hasattr(control, "min"):
        return []
    middle = control.min + (control.max - control.min) // (2 * control.step) * control.step
    return [control.min, control.max, middle, min(control.min + control.step, control.max)]


def shuffle(explorer: Explorer, rng: np.random.Generator) -> str:
    """Move one control, drawn at random, to one of its values, also drawn; the control's name."""
    name = str(rng.choice([each for each, control in explorer.controls.items() if values(control)]))
    control = explorer.controls[name]
    choices = values(control)
    control.value = choices[int(rng.integers(len(choices)))]
    return name
