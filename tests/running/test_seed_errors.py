"""The stored errors of lesson 5's networks: what is in the file, and that the lesson's claim holds in all."""

import ast
import csv
import inspect
from pathlib import Path

import nbformat
import pytest

from helpers.running.seed_errors import FILE, seed_errors
from tools.train_seeds import NETWORKS, RESIDUAL, SEEDS, train

LESSON = Path(__file__).parents[2] / "notebooks" / "5_resnet.ipynb"


@pytest.mark.parametrize("which", ["training error", "test error"])
def test_every_network_was_trained_from_every_seed_and_its_errors_are_read(which):
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["network"], int(row["seed"])) for row in rows] == [(n, s) for n in NETWORKS for s in SEEDS]
    for network, errors in seed_errors(which).items():
        assert list(errors) == [float(row[which]) for row in rows if row["network"] == network]


def test_they_were_trained_as_in_the_lesson():
    cells = nbformat.read(LESSON, as_version=4).cells
    lesson = ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
    [theirs] = (node for node in lesson.body if isinstance(node, ast.FunctionDef) and node.name == "train")
    [ours] = ast.parse(inspect.getsource(train)).body
    for name in ("build", "fit"):
        assert _given(ours, name) == _given(theirs, name)
    [start] = (each.value for each in lesson.body if isinstance(each, ast.Assign) and _is(each, "start"))
    assert ast.literal_eval(start) == RESIDUAL


def _is(assignment: ast.Assign, name: str) -> bool:
    return ast.unparse(assignment.targets[0]) == name


def _given(function: ast.FunctionDef, name: str) -> set[str]:
    """The keyword arguments of the one call of `name` in a function, as they are written."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    [call] = (call for call in calls if ast.unparse(call.func) == name)
    return {ast.unparse(each) for each in call.keywords}


@pytest.mark.parametrize("which", ["training error", "test error"])
def test_from_every_seed_the_deeper_plain_network_is_worse_and_the_shortcut_mends_it(which):
    errors = seed_errors(which)
    for shallow, deep, residual in zip(
        *(errors[n] for n in ("plain-14", "plain-44", "residual-44")), strict=True
    ):
        assert deep > shallow + 15
        assert residual < deep * 2 / 3


def test_another_error_is_refused():
    with pytest.raises(ValueError, match=r"There is no measured error 'loss'; choose 'training error' or"):
        seed_errors("loss")
