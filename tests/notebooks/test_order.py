"""Lessons as learners run them: cells twice in a row, explorers from the last to the first; `make faults`."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.notebooks.test_lessons import NOTEBOOKS, WIDGET, code_cells

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


def names(cell: Cell) -> tuple[set[str], set[str]]:
    """The names that a cell reads, and those that it gives a value."""
    nodes = list(ast.walk(ast.parse(cell.source)))
    used = [node for node in nodes if isinstance(node, ast.Name)]
    given = {node.id for node in used if isinstance(node.ctx, ast.Store)}
    given |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    given |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    given |= {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return {node.id for node in used if isinstance(node.ctx, ast.Load)} - set(dir(builtins)), given


def needed(cells: list[Cell], place: int) -> list[int]:
    """The cells that must have run before one of them can, the first ones first, and that one."""
    missing, needs = names(cells[place])[0] - names(cells[place])[1], {place}
    for earlier in reversed(range(place)):
        given = names(cells[earlier])[1] & missing
        if given:
            needs |= set(needed(cells, earlier))
            missing -= given
    return sorted(needs)


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
        for each in needed(lesson.cells, place):
            if each == place or each not in ran:
                lesson.run(lesson.cells[each])
                ran.add(each)
        assert shown(lesson.cells[place]) == stored[place]
