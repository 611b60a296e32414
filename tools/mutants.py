"""Are the tests any good? `python -m tools.mutants [MUTANTS …]` breaks the code and counts what they miss."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from benchmarks.measurement import aligned

GOAL = 0.9
"""The least share of a module's mutants that its tests must kill."""


def report(found: Mapping[str, Mapping[str, str]]) -> str:
    """The survivors by name, a row for each module, and whether the goal is met; from what became of each.

    A mutant that never ends is killed too: the tests do not pass.

    >>> was = {"helpers.a.x_f__mutmut_1": "survived", "helpers.a.x_f__mutmut_2": "killed"}
    >>> print(report({"helpers.a": was}))
    survived  helpers.a.x_f__mutmut_1
    <BLANKLINE>
    module     killed  all  percent
    helpers.a       1    2       50
    <BLANKLINE>
    NOT MET  at least 90 % of each module's mutants killed: helpers.a
    """
    lines, rows, short = [], [("module", "killed", "all", "percent")], []
    for module, mutants in sorted(found.items()):
        alive = {name: was for name, was in mutants.items() if was not in ("killed", "timeout")}
        lines += [f"{was}  {name}" for name, was in alive.items()]
        killed, total = len(mutants) - len(alive), len(mutants)
        rows.append((module, str(killed), str(total), f"{100 * killed / total:.0f}"))
        if killed < GOAL * total:
            short.append(module)
    goal = f"at least {100 * GOAL:.0f} % of each module's mutants killed"
    verdict = f"NOT MET  {goal}: {', '.join(short)}" if short else f"met      {goal}"
    return "\n".join([*lines, "", aligned(rows, words=1), "", verdict])


def main(patterns: tuple[str, ...], children: int | None = None) -> None:
    from tools.mutation import results, run  # here, so that the table is there without mutmut

    run(patterns, children)
    sys.stdout.write(report(results(patterns)) + "\n")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
