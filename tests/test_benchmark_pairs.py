"""The bench is fair: each explorer is beside a baseline that starts alike, and one control moves both."""

import math
from collections.abc import Iterator
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pytest

from benchmarks.explorers import ROUNDS
from benchmarks.pairs import PAGES, Both, Pair
from tests.explorers import EXPLORERS
from tests.learner import listening

COMPARED = {name: row for page in PAGES.values() for name, row in page.items()}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[np.ndarray]]:
    """The pictures that pyplot has shown."""
    pictures: list[np.ndarray] = []

    def show() -> None:
        figure = plt.gcf()
        figure.canvas.draw()
        pictures.append(np.array(figure.canvas.buffer_rgba()))
        plt.close(figure)

    monkeypatch.setattr(plt, "show", show)
    yield pictures
    plt.close("all")  # what one that failed has left


def test_every_explorer_is_compared_once():
    assert sorted(name for page in PAGES.values() for name in page) == EXPLORERS
    assert all(moves for _, moves in COMPARED.values())


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_control_moves_an_explorer_and_its_baseline(name, drawn):
    make, moves = COMPARED[name]
    both = explorer, _ = make()
    assert type(explorer).__name__ == name
    assert same_start(both)
    assert drawn[-1].shape[:2] == (explorer.picture.height, explorer.picture.width)
    compared = [Pair(*both, control, values) for control, values in moves.items()]
    refused = [said for pair in compared for said in [listening(pair.ours)]]
    # As the bench moves them, so that what one control bounds does not forbid another's values.
    for pair in compared:
        for turn in range(ROUNDS + 1):
            value, sentence, shown = pair.values[turn % len(pair.values)], repr(explorer), len(drawn)
            pair.ours.value = value
            assert pair.ours.value == value
            assert repr(explorer) != sentence
            assert takes(pair.theirs, value)
            if not turn:  # one is enough: the baselines are slow
                pair.theirs.value = value
                assert len(drawn) == shown + 1
                assert not np.array_equal(*drawn[-2:])
    assert not any(refused)
    assert explorer.status == ""


def takes(control: widgets.ValueWidget, value: Any) -> bool:
    """Whether a list has the value, or a slider a step there."""
    if hasattr(control, "options"):
        return value in control.options
    steps = (value - control.min) / control.step
    return control.min <= value <= control.max and math.isclose(steps, round(steps), abs_tol=1e-9)


def same_start(both: Both) -> bool:
    """Whether each control that both have has the same value, and there is one."""
    explorer, baseline = both
    theirs = {each.description: each.value for each in baseline.kwargs_widgets}
    shared = theirs.keys() & explorer.controls.keys()
    return shared == theirs.keys() and all(explorer.controls[each].value == theirs[each] for each in shared)
