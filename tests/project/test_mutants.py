"""What `make mutants` breaks is there, leaves no explorer out, and is counted module by module."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import get_type_hints

import helpers
from tests.all_explorers import EXPLORERS
from tools.mutants import report

ROOT = Path(__file__).parents[2]


def test_every_plain_module_is_broken_and_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    for pattern in project["only_mutate"]:
        assert list(ROOT.glob(pattern))
    for place in project["pytest_add_cli_args_test_selection"]:
        assert list((ROOT / place).glob("*.py")) or (ROOT / place).is_file()
    for name in EXPLORERS:
        numbers = get_type_hints(getattr(helpers, name))["numbers"]
        file = "/".join(numbers.__module__.split(".")) + ".py"
        assert any(fnmatch(file, pattern) for pattern in project["only_mutate"])


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
