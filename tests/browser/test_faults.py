"""Lessons in a real page whose kernel is restarted in the middle, and two lessons at once; `make faults`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import nbformat
import pytest

from tests.browser.lab import Lab, NotebookView, running_lab
from tests.notebooks.test_lessons import NOTEBOOKS, WIDGET, outputs

# Two that train little.
LESSONS = [path for path in NOTEBOOKS if path.name[0] in "37"]

pytestmark = [pytest.mark.browser, pytest.mark.faults]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with running_lab(*LESSONS) as lab:
        yield lab


def assert_as_recorded(lab: Lab, view: NotebookView) -> None:
    """Every cell has run well, and every explorer says what it says in the stored notebook."""
    sys.stderr.write(lab.about(view))  # pytest shows it where the test has failed
    assert view.errors() == []
    assert view.console == []
    stored = nbformat.read(next(path for path in LESSONS if path.name == view.name), as_version=4)
    shown = [each.data for each in outputs(stored) if {WIDGET, "image/png"} <= set(each.get("data", {}))]
    assert view.left_by_cells() == [data["text/plain"] for data in shown]
    assert len(view.explorers()) == len(shown) > 0


@pytest.mark.parametrize("name", [path.name for path in LESSONS])
def test_a_kernel_restarted_in_the_middle_leaves_a_page_that_runs_from_the_top(lab: Lab, name: str) -> None:
    with lab.open(name) as view:
        view.run_half()
        old = view.explorers()
        assert old
        view.restart()
        for explorer in old:
            slider = next((each for each in explorer.sliders() if each.can_move), None)
            if slider:
                slider.handle.focus()
                slider.handle.press(slider.key())
        assert view.console == []
        view.run_all()
        assert_as_recorded(lab, view)


def test_two_lessons_at_once_do_not_disturb_each_other(lab: Lab) -> None:
    first, second = (path.name for path in LESSONS)
    with lab.open(first) as one, lab.open(second) as other:
        for view in (one, other):
            view.begin()
        for view in (one, other):
            view.wait_until_finished()
        for view in (one, other):
            assert_as_recorded(lab, view)
