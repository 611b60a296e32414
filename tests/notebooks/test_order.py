"""Lessons as learners run them: cells twice in a row, explorers from the last to the first; `make faults`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.notebooks.test_lessons import NOTEBOOKS, WIDGET, code_cells
from tools.cells import needed

# What nbval compares of the kinds that lessons have.
COMPARED = ("text/plain", "text/html", "text/markdown", "image/svg+xml")
Cell = nbformat.NotebookNode

pytestmark = pytest.mark.faults


class Lesson:
    """A lesson's code cells and a kernel that runs them in any order."""

    def __init__(self, path: Path) -> None:
        notebook = nbformat.read(path, as_version=4)
        self.cells = code_cells(notebook)
        self._places = {id(cell): place for place, cell in enumerate(notebook.cells)}
        self._client = NotebookClient(
            notebook,
            timeout=120,
            store_widget_state=False,
            resources={"metadata": {"path": str(path.parent)}},
        )
        self.kernel = self._client.setup_kernel()

    def run(self, cell: Cell) -> list[Any]:
        """What a cell prints and shows, as far as it is compared; raises where it fails."""
        self._client.execute_cell(cell, self._places[id(cell)])
        return shown(cell)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> Iterator[Lesson]:
    lesson = Lesson(request.param)
    with lesson.kernel:
        yield lesson


def shown(cell: Cell) -> list[Any]:
    """All that a cell printed, in however many pieces, and its outputs as far as they are compared."""
    printed = [(output.name, output.text) for output in cell.outputs if output.output_type == "stream"]
    data = [output.data for output in cell.outputs if "data" in output]
    texts = ["".join(text for of, text in printed if of == name) for name in ("stdout", "stderr")]
    return [*texts, *({kind: each[kind] for kind in COMPARED if kind in each} for each in data)]


def is_compared(cell: Cell) -> bool:
    """Whether another run must give the same; what trains or takes the time need not."""
    return "nbval-ignore-output" not in cell.metadata.get("tags", [])


# What trains is run once: it takes most of the time, and its outputs are not compared.
def test_a_cell_that_is_run_twice_shows_the_same(lesson: Lesson) -> None:
    changed = {}
    for number, cell in enumerate(lesson.cells, start=1):
        first = lesson.run(cell)
        if is_compared(cell):
            second = lesson.run(cell)
            if first != second:
                changed[number] = first, second
    assert changed == {}


def test_explorers_can_be_shown_from_the_last_to_the_first(lesson: Lesson) -> None:
    explorers = [
        place
        for place, cell in enumerate(lesson.cells)
        if any({WIDGET, "image/png"} <= set(output.get("data", {})) for output in cell.outputs)
    ]
    assert explorers
    stored = {place: shown(lesson.cells[place]) for place in explorers}
    ran: set[int] = set()
    for place in reversed(explorers):
        for each in needed([cell.source for cell in lesson.cells], place):
            if each == place or each not in ran:
                lesson.run(lesson.cells[each])
                ran.add(each)
        assert shown(lesson.cells[place]) == stored[place]
