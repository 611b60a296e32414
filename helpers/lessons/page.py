"""Questions in a page without a kernel: a guess and its answer, and the exercises that need no PyTorch."""

from __future__ import annotations

import re
from ast import literal_eval

from helpers.lessons.checking import check
from helpers.lessons.guesses import number, revealed


def answered(exercise: str, text: str) -> str:
    """What `check` says to an answer as it is typed: a number, a list, or a word with quotes or without.

    >>> answered("5.4", "[3, 6]")
    "Right. It adds the first layer's output to the second's, so the input never gets around them."
    >>> answered("5.4", "")
    'Exercise 5.4 is not answered yet: put your answer in place of the dots.'
    """
    if not (text := text.strip()):
        return str(check(exercise, ...))
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):  # figures in groups of three
        text = text.replace(",", "")
    parts = [_value(part) for part in text.strip("[]()").split(",")]
    return str(check(exercise, parts if len(parts) > 1 or text[0] in "[(" else parts[0]))


def _value(text: str) -> object:
    """A number or a word, with quotes or without."""
    try:
        return literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return text.strip(" \"'")


def guessed(text: str, answer: float, unit: str) -> str:
    """The answer beside the guess as it is typed, "" where there is none."""
    try:
        guess = number(text) if text.strip() else None
    except ValueError as error:
        return f"{error} {revealed(None, answer, unit)}"
    return revealed(guess, answer, unit)
