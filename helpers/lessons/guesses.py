"""A guess before the answer, and what is said of it afterwards."""

from __future__ import annotations

import math

CLOSE = 1.1
"""A guess within this factor of the answer is called close."""


def number(text: str) -> float:
    """The number that a learner writes; a ValueError says in a sentence what it should be.

    >>> number("12,500")
    12500.0
    """
    try:
        guess = float(text.replace(",", "").replace("_", "").replace(" ", ""))
    except ValueError:
        guess = math.nan
    if not math.isfinite(guess) or guess < 0:
        raise ValueError(f"“{text}” is not a number from 0 up; write digits, such as 12,500.")
    return guess


def revealed(guess: float | None, answer: float, unit: str) -> str:
    """The answer beside the guess, if there was one, in a sentence.

    >>> revealed(36, 72, "weights")
    'The answer is 72 weights; you said 36, 2.0 times too few.'
    """
    says = f"The answer is {answer:,.15g} {unit}".rstrip()
    if guess is None:
        return f"{says}."
    says += f"; you said {guess:,.15g}"
    if guess == answer:
        return f"{says}: exactly right."
    low, high = sorted((guess, answer))
    if low > 0 and high / low <= CLOSE:
        return f"{says}: close."
    direction = "few" if guess < answer else "many"
    times = f"{high / low:,.1f} times " if low > 0 else ""
    return f"{says}, {times}too {direction}."
