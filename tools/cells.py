"""What a lesson's cells need of each other: so that one of them can be run without all the others."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence


def names(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell's code reads from other cells, and those that it gives a value.

    >>> sorted(map(sorted, names("total = first + len(second)")))
    [['first', 'second'], ['total']]
    >>> names("total = total or 0")
    ({'total'}, {'total'})
    """
    read: set[str] = set()
    given: set[str] = set()
    for statement in ast.parse(source).body:
        loaded, inside = _used(statement)
        stored = set(inside)
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            # What is assigned is read first: only the value's own names, as of a comprehension, are its own.
            inside = _used(statement.value)[1] if statement.value else set()
        if isinstance(statement, ast.AugAssign):
            loaded |= _used(statement.target)[1]
        read |= loaded - inside - given
        given |= stored
    return read - set(dir(builtins)), given


def _used(tree: ast.AST) -> tuple[set[str], set[str]]:
    """The names that a piece of code loads, and those that it stores, defines or imports."""
    nodes = list(ast.walk(tree))
    used = [node for node in nodes if isinstance(node, ast.Name)]
    stored = {node.id for node in used if isinstance(node.ctx, ast.Store)}
    stored |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    stored |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    stored |= {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return {node.id for node in used if isinstance(node.ctx, ast.Load)}, stored


def needed(sources: Sequence[str], place: int) -> list[int]:
    """The cells that must have run before one of them can, the first ones first, and that one.

    >>> needed(["a = 1", "b = 2", "a + 3"], 2)
    [0, 2]
    """
    missing, needs = names(sources[place])[0], {place}
    for earlier in reversed(range(place)):
        given = names(sources[earlier])[1] & missing
        if given:
            needs |= set(needed(sources, earlier))
            missing -= given
    return sorted(needs)
