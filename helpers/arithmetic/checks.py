"""Checks of the numbers that describe a layer, each with one sentence for what cannot be."""

import math
import operator
from dataclasses import fields

from helpers.wording.refusals import shown

Size = int | tuple[int, int]
"""One whole number for both axes, or a pair with the vertical one first: (height, width)."""


def whole(name: str, value: object, least: int | None = 1, most: int | None = None) -> int:
    """Return a whole number as an int.

    Raises ValueError for any other value (True and 3.0 too), for numbers below `least` and above `most`.

    >>> whole("stride", 0)
    Traceback (most recent call last):
    ValueError: stride must be a whole number of at least 1, got 0
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except Exception:  # what was given may raise anything
        number = None
    low, high = least if least is not None else -math.inf, most if most is not None else math.inf
    if number is None or not low <= number <= high:
        above = f" of at least {least}" if most is None else f" from {least} to {most}"
        bound = "" if least is None else above
        raise ValueError(f"{name} must be a whole number{bound}, got {shown(value)}")
    return number


def pair(name: str, value: object, least: int | None = None) -> tuple[int, int]:
    """Return a size as (height, width), where one number stands for both.

    Both are at least `least`, which is 0 for "padding" and 1 for other names if not given.
    Raises ValueError as `whole` does, and for lists and tuples of another length.
    """
    if least is None:
        least = 0 if name == "padding" else 1
    if not isinstance(value, tuple | list):
        number = whole(name, value, least)
        return number, number
    if len(value) != 2:
        raise ValueError(
            f"{name} must be one whole number or a pair of them, vertical first, got {shown(value)}"
        )
    return whole(name, value[0], least), whole(name, value[1], least)


def pairs(**sizes: object) -> list[tuple[int, int]]:
    """Return each size as `pair` does, in the order given."""
    return [pair(name, value) for name, value in sizes.items()]


def flag(name: str, value: object) -> bool:
    """Return True or False; raises ValueError for any other value."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {shown(value)}")
    return value


class Checked:
    """A frozen dataclass whose fields are checked by their type, and stored as int, pair or bool."""

    def __post_init__(self) -> None:
        checks = {int: whole, bool: flag, Size: pair, Size | None: pair}
        for field in fields(self):
            self._store(field.name, checks[field.type](field.name, getattr(self, field.name)))

    def _store(self, name: str, value: object) -> None:
        """Set a field of the frozen instance, which only its own `__post_init__` may do."""
        object.__setattr__(self, name, value)
