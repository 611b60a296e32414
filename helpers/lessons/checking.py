"""`check`: an answer to an exercise, and a sentence that says what it shows or what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from math import inf, isfinite
from numbers import Real
from operator import index
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from helpers.lessons.sentence import Sentence
from helpers.wording.refusals import first_line, shown, unknown

LESSONS = {
    name.removeprefix("lesson_"): f"helpers.lessons.{name}"
    for name in sorted(module.name for module in iter_modules([str(Path(__file__).parent)]))
    if name.startswith("lesson_")
}
"""The module of each lesson's exercises, by the lesson's number."""


class Wrong(Exception):
    """An answer that is not right; the message is the hint, named by the symptom."""


@dataclass(frozen=True)
class built:
    """The check of what a learner builds: the function of that name in `helpers.lessons.building`.

    It is loaded when there is an answer, as it needs PyTorch, which a page without a kernel does not have.
    """

    name: str

    def __call__(self, answer: Any) -> str | None:
        return getattr(import_module(f"helpers.lessons.building.{self.name}"), self.name)(answer)


@dataclass(frozen=True)
class Exercise:
    """`test(answer)` returns for a right answer and raises Wrong with a hint for another.

    What it returns, if anything, is said of this answer before what is said of every right one.
    """

    test: Callable[[Any], str | None]
    right: str


def check(name: str, answer: Any) -> Sentence:
    """Whether `answer` solves exercise `name` (such as "3.1"), with a hint when it does not. Never raises.

    >>> check("3.3", [165_150_720, 70, 311_296])
    Not yet. That is how many percent of the single 5×5's work they do; how many do they save?
    >>> check("3.1", ...)
    Exercise 3.1 is not answered yet: put your answer in place of the dots.
    >>> check("3.9", 1)
    There is no exercise '3.9'; the nearest are '3.6', '3.5' and '3.4'.
    """
    asked = name if isinstance(name, str) else shown(name)
    exercises = _exercises(asked)
    exercise = exercises.get(asked)
    if exercise is None:
        return Sentence(unknown("exercise", name, exercises))
    if answer is None or answer is ...:
        return Sentence(f"Exercise {asked} is not answered yet: put your answer in place of the dots.")
    try:
        about = exercise.test(answer)
    except Wrong as hint:
        return Sentence(f"Not yet. {hint}")
    except (Exception, SystemExit) as error:
        # The learner's own code may do anything; what it raised is the best hint there is.
        kind, says = type(error).__name__, first_line(error)
        return Sentence(f"Not yet. Your answer raised {kind}{'' if says == kind else f': {says}'}.")
    return Sentence(" ".join(filter(None, ("Right.", about, exercise.right))))


def _exercises(name: str) -> dict[str, Exercise]:
    """The exercises of the lesson that `name` begins with, or of all where there is no such lesson."""
    lesson = name.partition(".")[0]
    modules = [LESSONS[lesson]] if lesson in LESSONS else LESSONS.values()
    return {
        each: exercise for module in modules for each, exercise in import_module(module).EXERCISES.items()
    }


def whole_number(answer: Any) -> int:
    """The answer as a whole number, or Wrong with what to give instead."""
    try:
        # PyTorch's whole numbers are no Real, but can stand for one.
        number = answer if isinstance(answer, Real) else index(answer)
        whole = int(number)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # NaN and infinity among them
        number = None
    if number is None or isinstance(answer, bool):
        raise Wrong(f"{shown(answer)} is not a number; give the count itself, such as 12_500.")
    if number != whole:
        raise Wrong(f"{shown(answer)} is not a whole number; give the count itself, such as 12_500.")
    return whole


def any_number(answer: Any) -> float:
    """The answer as a number, which may have a fraction, or Wrong with what to give instead."""
    if isinstance(answer, Real) and not isinstance(answer, bool):
        try:
            number = float(answer)
        except OverflowError:
            number = inf
        if isfinite(number):
            return number
    else:
        return whole_number(answer)
    raise Wrong(f"{shown(answer)} is not a number to count with; give one such as 2.5.")


def one_of(answer: Any, words: tuple[str, ...]) -> str:
    """The answer as one of these words, or Wrong with the list."""
    word = answer.strip().casefold() if isinstance(answer, str) else None
    if word not in words:
        raise Wrong(f"{shown(answer)} is not among the choices: {', '.join(map(repr, words))}.")
    return word


def several(answer: Any, count: int) -> tuple[Any, ...]:
    """The answers in a list of so many, or Wrong with what to give instead."""
    if not isinstance(answer, list | tuple) or len(answer) != count:
        example = ", ".join("..." for _ in range(count))
        raise Wrong(f"{shown(answer)} is not a list of {count} answers; write [{example}].")
    return tuple(answer)
