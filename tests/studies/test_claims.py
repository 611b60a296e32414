"""What the lessons conclude stands in the records: each sentence has a function that looks it up."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import nbformat
import pytest

from tests.studies import claims
from tests.studies.claims.looking import Claim, record

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
FOUND = [
    (module.name[-1], *claim)
    for module in iter_modules(claims.__path__)
    if module.name.startswith("lesson_")
    for claim in import_module(f"{claims.__name__}.{module.name}").CLAIMS
]


def text(lesson: str) -> str:
    """All that a lesson says, on one line."""
    [path] = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    return " ".join(" ".join(cell.source for cell in cells if cell.cell_type == "markdown").split())


@pytest.mark.parametrize(
    ("lesson", "name", "sentence", "claim"), FOUND, ids=lambda each: getattr(each, "__name__", "")
)
def test_what_a_lesson_concludes_is_in_the_record(
    lesson: str, name: str, sentence: str, claim: Claim
) -> None:
    assert sentence in text(lesson)
    assert claim(record(name))
