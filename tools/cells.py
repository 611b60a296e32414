"""What a lesson's cells need of each other: so that one of them can be run without all the others."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence


def names(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell's code reads, and those that it gives a value.

    >>> sorted(map(sorted, names("total = first + len(second)")))
    [['first', 'second'], ['total']]
    """
    nodes = list(ast.walk(ast.parse(source)))
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


def needed(sources: Sequence[str], place: int) -> list[int]:
    """The cells that must have run before one of them can, the first ones first, and that one.

    >>> needed(["a = 1", "b = 2", "a + 3"], 2)
    [0, 2]
    """
    missing, needs = names(sources[place])[0] - names(sources[place])[1], {place}
    for earlier in reversed(range(place)):
        given = names(sources[earlier])[1] & missing
        if given:
            needs |= set(needed(sources, earlier))
            missing -= given
    return sorted(needs)
