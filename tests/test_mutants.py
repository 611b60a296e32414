"""What `make mutants` breaks is there, leaves no explorer out, and is counted module by module."""

from fnmatch import fnmatch
from importlib import import_module
from types import ModuleType
from typing import get_type_hints

import pytest

import helpers
from tests.explorers import EXPLORERS as EXPLORER_CLASSES
from tools.mutants import CORE, EXPLORERS, PURE, report


def test_what_is_named_is_there():
    for module in CORE:
        import_module(f"helpers.{module}")
    for module, names in EXPLORERS.items():
        found = import_module(f"helpers.explorers.{module}")
        for name in names:
            assert name == "*" or getattr(found, name).__module__ == found.__name__


def is_broken(module: ModuleType, mutant: str) -> bool:
    return any(fnmatch(f"{module.__name__}.{mutant}__mutmut_1", pattern) for pattern in PURE)


@pytest.mark.parametrize("name", EXPLORER_CLASSES)
def test_every_explorer_s_numbers_are_broken_and_what_makes_them(name):
    numbers = get_type_hints(getattr(helpers, name))["numbers"]
    module = import_module(numbers.__module__)
    assert is_broken(module, f"xǁ{numbers.__name__}ǁsentence")
    makers = [
        each
        for each, made in vars(module).items()
        if getattr(made, "__annotations__", {}).get("return") == numbers.__name__
    ]
    assert all(is_broken(module, f"x_{maker}") for maker in makers)
    assert makers or name == "ReceptiveFieldExplorer"  # whose numbers are measured


def mutants(module: str, killed: int, survived: int) -> dict[str, dict[str, str]]:
    was = ["killed"] * killed + ["survived"] * survived
    return {module: {f"{module}.x_f__mutmut_{number}": each for number, each in enumerate(was, start=1)}}


def test_survivors_are_named_and_each_module_has_to_meet_the_goal():
    assert report(
        mutants("helpers.reading.trace", 9, 1) | mutants("helpers.reading.graph", 90, 0)
    ).splitlines() == [
        "survived  helpers.reading.trace.x_f__mutmut_10",
        "",
        "module                 killed  all  percent",
        "helpers.reading.graph      90   90      100",
        "helpers.reading.trace       9   10       90",
        "",
        "met      at least 90 % of each module's mutants killed",
    ]
    short = report(mutants("helpers.reading.trace", 8, 1) | mutants("helpers.reading.graph", 90, 0))
    assert short.endswith("NOT MET  at least 90 % of each module's mutants killed: helpers.reading.trace")


def test_what_no_test_runs_is_not_killed_and_what_never_ends_is():
    found = {"helpers.reading.trace": {"a": "timeout", "b": "no tests", "c": "suspicious"}}
    assert report(found).splitlines()[:5] == [
        "no tests  b",
        "suspicious  c",
        "",
        "module                 killed  all  percent",
        "helpers.reading.trace       1    3       33",
    ]
