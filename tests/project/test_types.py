"""Editors and mypy know every public name."""

import ast
from pathlib import Path

from mypy import api

import helpers

ROOT = Path(__file__).parents[2]
STUB = Path(helpers.__file__).with_suffix(".pyi")


def test_mypy_knows_every_public_name():
    script = "\n".join(["import helpers", *(f"helpers.{name}" for name in helpers.__all__)])
    says, errors, status = api.run(["--config-file", str(ROOT / "pyproject.toml"), "-c", script])
    assert (status, errors) == (0, ""), says


def test_the_stub_exports_what_it_names():
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    named = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    [exported] = [ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)]
    assert sorted(named) == sorted(exported) == sorted(helpers.__all__)
