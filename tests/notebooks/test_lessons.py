"""What every lesson keeps to, read off the stored notebooks; that their outputs are right is nbval's work."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

from helpers.lessons.checking import LESSONS
from tools.cells import names

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(lesson: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in lesson.cells if cell.cell_type == "code"]


def outputs(lesson: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in code_cells(lesson) for output in cell.outputs]


def test_there_is_a_lesson() -> None:
    assert NOTEBOOKS


def test_every_code_cell_was_run_once_from_top_to_bottom(lesson: nbformat.NotebookNode) -> None:
    counts = [cell.execution_count for cell in code_cells(lesson)]
    assert counts == list(range(1, len(counts) + 1))


def test_at_most_one_code_cell_in_ten_is_not_compared(lesson: nbformat.NotebookNode) -> None:
    cells = code_cells(lesson)
    ignored = [
        cell
        for cell in cells
        if "nbval-ignore-output" in cell.metadata.get("tags", []) or "NBVAL_IGNORE_OUTPUT" in cell.source
    ]
    skipped = [cell for cell in cells if "nbval-skip" in str(cell.metadata) or "NBVAL_SKIP" in cell.source]
    assert len(ignored) * 10 <= len(cells)
    assert not skipped


def test_no_stored_error_and_nothing_on_stderr(lesson: nbformat.NotebookNode) -> None:
    assert not [output for output in outputs(lesson) if output.output_type == "error"]
    assert not [output for output in outputs(lesson) if output.get("name") == "stderr"]


def test_no_widget_state_is_stored(lesson: nbformat.NotebookNode) -> None:
    assert set(lesson.metadata) == {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_is_under_a_megabyte(path: Path) -> None:
    assert path.stat().st_size < 1_000_000


def test_every_picture_has_alt_text_and_a_size(lesson: nbformat.NotebookNode) -> None:
    pictures = [output for output in outputs(lesson) if "image/png" in output.get("data", {})]
    assert pictures
    for picture in pictures:
        described = picture.metadata["image/png"]
        assert len(described["alt"]) > 20
        assert described["width"] <= 800


def test_every_widget_can_be_read_without_a_kernel(lesson: nbformat.NotebookNode) -> None:
    for output in outputs(lesson):
        if WIDGET in output.get("data", {}):
            sentence = output.data["text/plain"]
            assert len(sentence) <= 110
            assert "model_id" not in sentence
            assert "image/png" in output.data or sentence.endswith("?")


def test_every_cell_has_its_place_in_the_slides(lesson: nbformat.NotebookNode) -> None:
    kinds = {"slide", "subslide", "fragment", "skip", "notes", "-"}
    for cell in lesson.cells:
        assert cell.metadata.get("slideshow", {}).get("slide_type") in kinds, cell.source[:60]


def test_code_cells_are_short(lesson: nbformat.NotebookNode) -> None:
    for cell in code_cells(lesson):
        assert len(cell.source.splitlines()) <= 20, cell.source[:60]


def test_a_lesson_uses_no_pyplot_no_interact_and_no_download(lesson: nbformat.NotebookNode) -> None:
    names = {
        name
        for cell in code_cells(lesson)
        for node in ast.walk(ast.parse(cell.source))
        for name in (getattr(node, "attr", None), getattr(node, "id", None), getattr(node, "module", None))
    }
    assert not names & {"pyplot", "plt", "interact", "interactive_output", "Output", "urlopen", "hub"}
    assert not any("http" in cell.source for cell in code_cells(lesson))


def test_solutions_are_folded_and_kept_out_of_the_slides(lesson: nbformat.NotebookNode) -> None:
    solutions = [cell for cell in lesson.cells if "solution" in cell.metadata.get("tags", [])]
    solved: list[str] = []
    for cell in solutions:
        assert cell.metadata["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
        # JupyterLab opens hidden outputs when a cell runs; and the first line stays in sight.
        assert not cell.outputs
        names = re.findall(r'check\("(\d\.\d+)"', cell.source)
        solved += names
        title = f"# Solution {names[0]}" if len(names) == 1 else f"# Solutions {names[0]} to {names[-1]}"
        assert cell.source.splitlines()[0] == title
        assert cell.metadata["slideshow"]["slide_type"] == "skip"
    assert solved == list(import_module(LESSONS[solved[0][0]]).EXERCISES)


def heading(cell: nbformat.NotebookNode) -> str:
    return cell.source.splitlines()[0] if cell.cell_type == "markdown" and cell.source else ""


def core(lesson: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """What is for the class: all before the exercises, and the recap."""
    parts: list[list[nbformat.NotebookNode]] = [[]]
    for cell in lesson.cells:
        if heading(cell).startswith("## "):
            parts.append([])
        parts[-1].append(cell)
    names = [heading(part[0]) for part in parts if part]
    place = next(number for number, name in enumerate(names) if name.startswith("## Exercises"))
    return [cell for part in [*parts[:place], parts[names.index("## Recap")]] for cell in part]


def prose(cells: list[nbformat.NotebookNode]) -> int:
    """The words of the text, without headings, formulas and addresses."""
    text = "\n".join(
        line
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if not line.startswith("#")
    )
    text = re.sub(r"<[^>]+>|\$[^$]*\$|\(https?:[^)]*\)", "", text)
    return sum(bool(re.search("[A-Za-z]", word)) for word in text.split())


def test_an_answer_does_not_become_a_numbered_list(lesson: nbformat.NotebookNode) -> None:
    """A line such as "21. Windows overlap" is item 21 of a list in Markdown."""
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"^\d{2,}\. ", cell.source, re.MULTILINE), heading(cell)


def test_the_core_of_a_lesson_fits_into_a_class(lesson: nbformat.NotebookNode) -> None:
    cells = core(lesson)
    minutes = [re.search(r" · (\d+) minutes$", heading(cell)) for cell in cells]
    assert len(cells) <= 30
    assert prose(cells) <= 1200
    assert sum(bool(each) for each in minutes) <= 8
    assert sum(int(each[1]) for each in minutes if each) <= 40
    explorers = [
        output
        for cell in cells
        for output in cell.get("outputs", [])
        if {WIDGET, "image/png"} <= set(output.get("data", {}))
    ]
    assert len(explorers) <= 3


def test_what_goes_further_is_folded_and_comes_last(lesson: nbformat.NotebookNode) -> None:
    headings = [heading(cell) for cell in lesson.cells]
    place = headings.index("## Going further")
    assert lesson.cells[place].metadata["jp-MarkdownHeadingCollapsed"] is True
    assert not any(re.match("##? ", name) for name in headings[place + 1 :])
    assert "**The next question:**" in lesson.cells[headings.index("## Recap")].source


def pieces(lesson: nbformat.NotebookNode) -> dict[str, str]:
    """The code of each piece of *Going further*, by its heading."""
    place = [heading(cell) for cell in lesson.cells].index("## Going further")
    found, name = {}, ""
    for cell in lesson.cells[place + 1 :]:
        name = heading(cell) if heading(cell).startswith("### ") else name
        if cell.cell_type == "code":
            found[name] = f"{found.get(name, '')}\n{cell.source}"
    return found


def test_each_piece_that_goes_further_stands_alone(lesson: nbformat.NotebookNode) -> None:
    """It runs behind the core, in whatever order the pieces are run, and again."""
    given = {name for cell in core(lesson) if cell.cell_type == "code" for name in names(cell.source)[1]}
    needs = {piece: names(code)[0] for piece, code in pieces(lesson).items()}
    assert {piece: sorted(read - given) for piece, read in needs.items() if read - given} == {}
    for piece, code in pieces(lesson).items():
        spoilt = {other: sorted(read & names(code)[1]) for other, read in needs.items()}
        assert {other: read for other, read in spoilt.items() if read} == {}, piece
