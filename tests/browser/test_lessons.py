"""Every lesson in real JupyterLab: it runs, and whatever can be moved moves picture and sentence."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.explorer_view import ExplorerView, SliderView
from tests.browser.lab import Lab, NotebookView, running_lab

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

# Sliders that move the picture alone: a label, and why the sentence rightly stays as it is.
SILENT = {"map size (pixels)": "the sentence counts weights, and those do not depend on the map"}
# The choice that stands for the learner's own picture or kernel; there is none here.
OWN = "your own"
MOST_KEYS = 6
AHEAD = 2
"""How many lessons' cells run while one is looked at."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with running_lab(*LESSONS) as lab:
        yield lab


class Ahead:
    """Opens a lesson and has its cells run; while it is looked at, those of the next ones run."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._begun: dict[Path, tuple[NotebookView, ExitStack]] = {}

    @contextmanager
    def run(self, path: Path) -> Iterator[NotebookView]:
        """The lesson when all its cells have run; as many more are begun as there are cores."""
        place = LESSONS.index(path)
        for following in LESSONS[place : place + 1 + AHEAD]:
            self._begin(following)
        view, closing = self._begun[path]
        view.wait_until_finished()
        with closing:
            yield view
        del self._begun[path]

    def close(self) -> None:
        """Close what was begun for nothing."""
        for _, closing in self._begun.values():
            closing.close()

    def _begin(self, path: Path) -> None:
        if path not in self._begun:
            closing = ExitStack()
            view = closing.enter_context(self._lab.open(path.name))
            view.begin()
            self._begun[path] = view, closing


@pytest.fixture(scope="module")
def ahead(lab: Lab) -> Iterator[Ahead]:
    ahead = Ahead(lab)
    yield ahead
    ahead.close()


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def lesson(ahead: Ahead, request: pytest.FixtureRequest) -> Iterator[NotebookView]:
    with ahead.run(request.param) as view:
        yield view


@pytest.fixture(autouse=True)
def _logs(lab: Lab, lesson: NotebookView) -> Iterator[None]:
    yield
    sys.stderr.write(lab.about(lesson))  # pytest shows it where the test has failed


def test_every_cell_runs_without_an_error(lesson: NotebookView) -> None:
    assert lesson.errors() == []


def test_every_explorer_is_as_its_last_cell_left_it(lesson: NotebookView) -> None:
    # Runs before anything is moved. A slider that rounds a cell's value and sends it back arrives late, and
    # would overwrite what the next cell has set.
    assert lesson.updates() == []
    assert [explorer.sentence for explorer in lesson.explorers()] == lesson.left_by_cells()


def test_every_explorer_shows_its_picture_at_its_size(lesson: NotebookView) -> None:
    explorers = lesson.explorers()
    assert explorers
    for explorer in explorers:
        width, height = explorer.declared_size
        assert min(width, height) > 100
        assert explorer.size == (width, height)
        assert explorer.broken_images == []


def test_no_control_is_hidden_or_cut_off(lesson: NotebookView) -> None:
    for explorer in lesson.explorers():
        assert explorer.cut_off() == []


def test_every_explorer_says_its_picture_in_words(lesson: NotebookView) -> None:
    for explorer in lesson.explorers():
        assert re.search(r"\d", explorer.sentence)
        assert explorer.name == explorer.sentence
        assert explorer.status == ""


def test_every_slider_moves_picture_and_sentence_by_keyboard(lesson: NotebookView) -> None:
    for explorer in lesson.explorers():
        for slider in filter(lambda slider: slider.can_move, explorer.sliders()):
            _check_slider(explorer, slider)


def _check_slider(explorer: ExplorerView, slider: SliderView) -> None:
    sentence, value, place = explorer.sentence, slider.value, explorer.place
    for step in range(MOST_KEYS):
        # One step may be too small for the sentence's two decimals; the picture changes all the same.
        explorer.slide(slider.handle, slider.key(far=step > 0))
        assert slider.value != value
        if explorer.sentence != sentence or slider.label in SILENT:
            break
    assert (explorer.sentence == sentence) == (slider.label in SILENT), slider.label
    assert explorer.status == ""
    assert explorer.place == place, f"the picture jumped when {slider.label} moved"


def test_every_choice_changes_the_picture(lesson: NotebookView) -> None:
    for explorer in lesson.explorers():
        for select in explorer.selects():
            chosen = select.input_value()
            names = select.evaluate("select => [...select.options].map(option => option.value)")
            other = next((name for name in names if name not in (chosen, OWN)), None)
            if other:
                explorer.choose(select, other)
                # A slow explorer may still be telling how it was before.
                expect(select).to_have_value(other)
                explorer.wait_until_done()


def test_the_console_stays_clean(lesson: NotebookView) -> None:
    assert lesson.console == []
