"""mutmut, made to break properties and cached functions too, and to try a mutant on its own tests first."""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from fnmatch import fnmatch
from typing import Any

import libcst as cst
from hypothesis import Phase, settings
from mutmut.__main__ import _run
from mutmut.mutation import file_mutation
from mutmut.mutation.data import SourceFileMutationData
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

# What mutmut does by itself, and what is done here around it. These are its own parts and may change with it:
# hence the narrow bounds on its version in pyproject.toml.
_skips = file_mutation.MutationVisitor._skip_node_and_children
_arrange = file_mutation.function_trampoline_arrangement
_run_tests, _warm_up = PytestRunner.run_tests, PytestRunner.warm_up


def run(patterns: tuple[str, ...], children: int | None = None) -> None:
    """Break what the names match, in as many processes as there are cores or as `children` says."""
    file_mutation.MutationVisitor._skip_node_and_children = _skips_less
    file_mutation.function_trampoline_arrangement = _arrange_bare
    PytestRunner.run_tests, PytestRunner.warm_up = _run_own_tests, _warm_up_more
    # One example that fails is enough: no search for the smallest.
    settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate])
    settings.load_profile("mutants")
    _run(patterns, children)


def results(patterns: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """What became of each mutant that was tried, in mutmut's words, by module."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            if code is not None and (not patterns or any(fnmatch(name, pattern) for pattern in patterns)):
                found[re.split(r"\.x[_ǁ]", name)[0]][name] = status_by_exit_code[code]
    return found


def _is_open(node: cst.CSTNode) -> bool:
    """Half of the explorers' numbers are properties, and mutmut leaves alone whatever is decorated."""
    return isinstance(node, cst.FunctionDef) and any(
        isinstance(each.decorator, cst.Name) and each.decorator.value in ("property", "cache")
        for each in node.decorators
    )


def _skips_less(visitor: Any, node: cst.CSTNode) -> bool:
    return not _is_open(node) and _skips(visitor, node)


def _arrange_bare(function: cst.FunctionDef, mutants: Any, class_name: str | None) -> tuple[Any, ...]:
    """The function that chooses a mutant keeps the decorator; the original and the mutants go without it."""
    if not _is_open(function):
        return _arrange(function, mutants, class_name)
    bare = function.with_changes(decorators=[])
    declared, (chooser, *copies), assigned, names = _arrange(bare, mutants, class_name)
    chooser = chooser.with_changes(decorators=[*function.decorators, *chooser.decorators])
    return declared, [chooser, *copies], assigned, names


def _warm_up_more(runner: Any) -> None:
    """Load what PyTorch loads at its first run on "meta" now, or each mutant waits a second for it."""
    _warm_up(runner)
    importlib.import_module("torch._dynamo")


def _run_own_tests(runner: Any, *, mutant_name: str | None, tests: Any) -> int:
    """The quickest first: a mutant is mostly noticed by one of them."""
    seconds = state().duration_by_test
    return _run_tests(runner, mutant_name=mutant_name, tests=sorted(tests, key=lambda each: seconds[each]))
