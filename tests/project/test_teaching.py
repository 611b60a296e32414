"""The teacher's page says the minutes that stand in the lessons."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")


def minutes_of(notebook: Path) -> list[tuple[str, int]]:
    """The sections of a lesson that are for the class, each with its minutes."""
    cells = nbformat.read(notebook, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return [(name, int(number)) for name, number in re.findall(r"^## (.+) · (\d+) minutes$", text, re.M)]


@pytest.mark.parametrize("notebook", LESSONS, ids=lambda path: path.stem)
def test_the_minutes_are_those_of_the_lesson_and_fit_into_a_class(notebook):
    number = notebook.stem[0]
    [line] = re.findall(rf"^## Lesson {number} · .+\n\n(.+)\n", PAGE, re.M)
    sections = minutes_of(notebook)
    assert line == " · ".join(f"{name} {minutes}" for name, minutes in sections)
    # The second edition leaves five of 45 minutes free.
    further = "## Going further" in notebook.read_text(encoding="utf-8")
    least, most = (35, 40) if further else (45, 50)
    assert least <= sum(minutes for _, minutes in sections) <= most
