"""mutmut, made to break properties and cached functions too, and to collect the tests only once."""

from __future__ import annotations

import importlib
import re
import sys
from collections import defaultdict
from fnmatch import fnmatch
from functools import _lru_cache_wrapper
from typing import Any

import libcst as cst
import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings
from mutmut.__main__ import _run
from mutmut.configuration import config
from mutmut.mutation import file_mutation
from mutmut.mutation.data import SourceFileMutationData
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import change_cwd, walk_mutatable_files

# What mutmut does by itself, and what is done here around it. These are its own parts and may change with it:
# hence the narrow bounds on its version in pyproject.toml.
_skips = file_mutation.MutationVisitor._skip_node_and_children
_arrange = file_mutation.function_trampoline_arrangement
_run_tests, _execute = PytestRunner.run_tests, PytestRunner.execute_pytest
_collected: dict[str, pytest.Item] = {}


def run(patterns: tuple[str, ...], children: int | None = None) -> None:
    """Break what the names match, in as many processes as there are cores or as `children` says."""
    file_mutation.MutationVisitor._skip_node_and_children = _skips_less
    file_mutation.function_trampoline_arrangement = _arrange_bare
    PytestRunner.run_tests, PytestRunner.warm_up = _run_collected, _collect_once
    PytestRunner.execute_pytest = _execute_forgetting
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


def _forget() -> None:
    """Empty the caches of what is broken: nothing in them is from before, by the code as it is."""
    for name, module in list(sys.modules.items()):
        if re.match(r"helpers\.(arithmetic|wording|drawing\.svg|explorers\.(numbers|pictures))\b", name):
            for each in vars(module).values():
                if type(each) is _lru_cache_wrapper:
                    each.cache_clear()


class _Forgetting:
    """A test that asks what is cached runs the function itself, and is known to."""

    def pytest_runtest_setup(self) -> None:
        _forget()


def _execute_forgetting(runner: Any, params: list[str], plugins: Any = (), **more: Any) -> int:
    return _execute(runner, params, plugins=[*plugins, _Forgetting()], **more)


def _collect_once(runner: Any) -> None:
    """Collect all tests in the process that every mutant's is forked from.

    Collecting hundreds of tests by name takes pytest seconds, and running those that notice a mutant a tenth
    of one. What PyTorch loads at its first run on "meta" is loaded here too.
    """
    importlib.import_module("torch._dynamo")
    with change_cwd("mutants"):
        arguments = ["--rootdir=.", "--tb=native", "-q", *config().pytest_add_cli_args_test_selection]
        session = pytest.Session.from_config(_prepareconfig([*arguments, *config().pytest_add_cli_args]))
        session.config._do_configure()
        session.config.hook.pytest_sessionstart(session=session)
        _collected.update({item.nodeid: item for item in session.perform_collect()})
        # What networks hold is counted once: it takes seconds, and is not what is broken.
        comparison = importlib.import_module("helpers.explorers.comparison")
        for edition in comparison.EDITIONS:
            comparison.NetworkComparison(
                members=comparison.MEMBERS[1], families=comparison.FAMILIES, edition=edition
            )
    _forget()


def _run_collected(runner: Any, *, mutant_name: str | None, tests: Any) -> int:
    """1 if a test fails, else 0; the quickest first, since a mutant is mostly noticed by one of them.

    One of a picture is mostly noticed by the test that compares whole pictures.
    """
    if mutant_name is None:
        return _run_tests(runner, mutant_name=mutant_name, tests=tests)
    seconds = state().duration_by_test
    first = "looked_at" if re.search(r"\.(pictures|svg)\.", mutant_name) else ""
    names = sorted(tests, key=lambda name: (first not in name, seconds[name]))
    items = [_collected[name] for name in names]
    with change_cwd("mutants"):
        for item, following in zip(items, [*items[1:], None], strict=True):
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                return 1
    return 0
