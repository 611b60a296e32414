"""Editors and mypy know every public name."""

import ast
from pathlib import Path

import helpers

SCRIPT = Path(__file__).parents[1] / "typed" / "every_name.py"
STUB = Path(helpers.__file__).with_suffix(".pyi")


def test_the_script_that_mypy_checks_uses_every_public_name():
    used = {
        node.attr
        for node in ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "helpers"
    }
    assert used == set(helpers.__all__)


def test_the_stub_exports_what_it_names():
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    named = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    [exported] = [ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)]
    assert sorted(named) == sorted(exported) == sorted(helpers.__all__)
