"""Each explorer through 2,000 random settings, set from code in any order: `make soak`."""

import gc
import os
from collections import Counter
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest
import torch
from PIL import Image

from tests.all_explorers import EXPLORERS, made, movable, shuffle

SETTINGS, WARM_UP = 2000, 1000
NONSENSE = ("nonsense", None, float("nan"), -1, 10**30, [], object())
MOST_GROWTH = 12 * 2**20
"""Bytes that a process may gain in 1,000 settings, its caches filled."""

STATM = Path("/proc/self/statm")
pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not STATM.exists(), reason="A process's memory is read from Linux's /proc."),
]


def living() -> Counter[str]:
    """How many there are of what an explorer could leave behind: widgets, tensors, images."""
    gc.collect()
    kinds = (widgets.Widget, torch.Tensor, Image.Image)
    # By type: isinstance would ask each object for its class, which some compute, with a warning.
    return Counter(
        kind.__name__ for each in gc.get_objects() for kind in kinds if issubclass(type(each), kind)
    )


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def begin_again(explorer, start) -> None:
    """Back to the first settings, by way of another photo: what is kept of one goes with it."""
    if "photo" in start:
        explorer.photo.value = "moon" if explorer.photo.value != "moon" else "rocket"
    explorer.set(**start)


@pytest.mark.parametrize("name", EXPLORERS)
def test_any_settings_in_any_order_leave_nothing_behind(name):
    explorer, rng = made(name), np.random.default_rng(0)
    explorer._repr_mimebundle_()  # as in a notebook, with its widgets
    start = {each: explorer.controls[each].value for each in movable(explorer)}
    settings = {}
    for turn in range(SETTINGS):
        if turn == WARM_UP:
            begin_again(explorer, start)
            before, memory = living(), resident()
        control = explorer.controls[shuffle(explorer, rng)]
        nonsense = turn % 10 == 0
        if nonsense:
            kept = control.value
            control.value = NONSENSE[turn // 10 % len(NONSENSE)]
            assert control.value == kept or control.min <= control.value <= control.max, control.label
        last, settings = settings, {each: control.value for each, control in explorer.controls.items()}
        # What was said of nonsense stands until something moves.
        assert nonsense or explorer.status == "" or settings == last, settings
        assert explorer.numbers == explorer.compute(**settings), settings
        assert explorer.view.picture.content["svg"] == explorer.svg
    begin_again(explorer, start)
    assert living() == before
    assert resident() - memory < MOST_GROWTH
