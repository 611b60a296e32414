"""Every term of the field is explained, in bold, before a lesson's core uses it: in the order of reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
PARTS = {"Exercises · at home": "exercises", "Going further": "further"}

# What the core of each lesson explains.
TERMS = {
    "1": """top-5 error, top-1 error, ensemble, convolution, kernel, stride, padding, channels, map, unit,
        bias, parameters, MACs, gradient, nonlinearity, sigmoid, tanh, ReLU, pooling, training error,
        test error, overfitting, dropout, batch, learning rate""",
    "2": "receptive field, stack, stages, head, configuration, batch norm, epochs, seeds",
    "3": """pixel's vector, matrix, channel reduction, activations, mlpconv,
        global average pooling""",
    "4": "Inception block, branches, concatenated, naive, pool projection, class activation map",
    "5": "plain, degradation, identity, residual, shortcut, basic block, projection",
    "6": "dense block, growth rate, dense layer, transition, compression",
    "7": "depthwise convolution",
}
# Words of every day: an earlier core has them as such, or with their explanation beside them.
EVERYDAY = {
    "convolution",
    "map",
    "unit",
    "head",
    "matrix",
    "batch",
    "plain",
    "projection",
    "channels",
    "crop",
}


@dataclass(frozen=True)
class Place:
    """A cell of text: its lesson, its number there, the part of the lesson that it is in, and its prose."""

    lesson: str
    number: int
    part: str
    prose: str


def places() -> list[Place]:
    """All cells of text, in the order of reading, without code and addresses."""
    found = []
    for path in NOTEBOOKS:
        part = "title"
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
            if cell.cell_type == "markdown":
                if heading := re.match(r"## (.+)", cell.source):
                    part = PARTS.get(heading[1], "core")
                prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", cell.source, flags=re.S)
                found.append(Place(path.stem[0], number, part, prose))
    return found


PLACES = places()
ALL = [(lesson, term.strip()) for lesson, terms in TERMS.items() for term in terms.split(",")]


def explained(lesson: str, term: str) -> int:
    """The place of the first cell of the lesson's core that has the term in bold; -1 where there is none."""
    bold = re.compile(rf"\*\*[^*\n]*{re.escape(term)}[^*\n]*\*\*", re.I)
    for number, place in enumerate(PLACES):
        if place.lesson == lesson and place.part in ("title", "core") and bold.search(place.prose):
            return number
    return -1


@pytest.mark.parametrize(("lesson", "term"), ALL, ids=lambda each: each)
def test_a_term_is_explained_in_its_lesson_and_used_in_no_core_before(lesson: str, term: str) -> None:
    where = explained(lesson, term)
    assert where >= 0, "no bold word of the core explains it"
    if term in EVERYDAY:
        return
    # An inverted residual is another term than a residual.
    use = re.compile(rf"(?<![\w-])(?<!inverted ){re.escape(term.removesuffix('s'))}(?:s|es)?(?![\w-])", re.I)
    # The title says what will be learned, and what goes further is for those who come back.
    before = [each for each in PLACES[:where] if each.part in ("core", "exercises")]
    assert [(each.lesson, each.number) for each in before if use.search(each.prose)] == []
