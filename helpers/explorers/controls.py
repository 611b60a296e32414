"""The controls of an explorer as plain data: sliders, choices, switches and an upload.

Each takes a value or refuses it with one sentence, keeping what it has: an exception from
`explorer.kernel_size.value = "three"` would stop a whole Run All. Whether a control is shown as a widget in
Jupyter or as an input in a page is no concern of this file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from operator import index
from typing import Any

from helpers.wording.refusals import shown, unknown


class Control:
    """A named value. `value` may be set; `take` does the same and returns what is said of it, "" if nothing.

    A `hidden` control is not shown, as where there is nothing to choose. Where `live` is False a slider's
    value counts once the slider is let go, because the picture takes long.
    """

    def __init__(self, label: str, start: Any) -> None:
        self.label = label
        self.hidden = False
        self.live = True
        self.change: Callable[[Any], None] | None = None
        self._value: Any = None
        taken, sentence = self.read(start)
        if sentence:
            # Before the first value there is nothing to keep: a wrong start is the programmer's error.
            raise ValueError(sentence)
        self._value = taken

    def read(self, asked: Any) -> tuple[Any, str]:
        """The value that is taken where this one is asked for, and what is said of it, "" if nothing."""
        raise NotImplementedError

    def near(self, place: float) -> Any:
        """The value that a place on a picture stands for."""
        return place

    def examples(self) -> list[Any]:
        """Some of the values, its ends among them, for whoever tries an explorer out."""
        raise NotImplementedError

    @property
    def value(self) -> Any:
        """The value as it is now."""
        return self._value

    @value.setter
    def value(self, asked: Any) -> None:
        if self.change is not None:
            self.change(asked)
        elif sentence := self.take(asked):
            raise ValueError(sentence)

    def take(self, asked: Any) -> str:
        """Take a value, the nearest one, or none; what is said of it, "" if it is taken as it is."""
        self._value, sentence = self.read(asked)
        return sentence


class _Ranged(Control):
    min: Any
    max: Any
    step: Any

    def _cannot_be(self, asked: Any) -> str:
        return f"{self.label} cannot be {shown(asked)}: it takes {self.range_in_words()}"

    def range_in_words(self) -> str:
        """What the slider takes, to end a sentence with."""
        raise NotImplementedError

    def limit(self, low: Any = None, high: Any = None) -> None:
        """Other bounds; a value beyond them moves to the nearest. For an explorer's `follow`."""
        self.min = self.min if low is None else low
        self.max = self.max if high is None else high
        self._value = self.near(self._value)

    def examples(self) -> list[Any]:
        steps = int((self.max - self.min) / self.step + 1e-9)
        return [
            self.near(self.min + each * self.step)
            for each in dict.fromkeys((0, steps, steps // 2, min(1, steps)))
        ]


class Slider(_Ranged):
    """A slider over whole numbers from `low` to `high`; with `odd=True` over odd ones only.

    >>> kernel_size = Slider("kernel size", 3, 1, 11, odd=True)
    >>> kernel_size.take(4)
    'kernel size cannot be 4: it takes an odd number from 1 to 11.'
    >>> kernel_size.take("five")
    "kernel size cannot be 'five': it takes an odd number from 1 to 11."
    >>> kernel_size.take(99), kernel_size.value
    ('kernel size cannot be 99: it takes an odd number from 1 to 11; 11 is used.', 11)
    """

    def __init__(
        self, label: str, start: int, low: int, high: int, *, step: int = 1, odd: bool = False
    ) -> None:
        self.min, self.max, self.step, self.odd = low, high, 2 if odd else step, odd
        super().__init__(label, start)

    def range_in_words(self) -> str:
        steps = f" in steps of {self.step}" if self.step > 1 and not self.odd else ""
        return f"{'an odd' if self.odd else 'a whole'} number from {self.min} to {self.max}{steps}"

    def near(self, place: float) -> int:
        """The nearest value that the slider takes; halfway, the higher one."""
        inside = min(max(place, self.min), self.max)
        return min(self.min + math.floor((inside - self.min) / self.step + 0.5) * self.step, self.max)

    def read(self, asked: Any) -> tuple[int, str]:
        number = _whole(asked)
        if number is None:
            return self._value, f"{self._cannot_be(asked)}."
        inside = min(max(number, self.min), self.max)
        if self._value is None and number != inside:
            return None, f"{self._cannot_be(asked)}."
        if self.odd and inside % 2 == 0:
            return self._value, f"{self._cannot_be(asked)}."
        taken = self.near(inside)
        if taken == number:
            return taken, ""
        return taken, f"{self._cannot_be(asked)}" + (
            f"; {taken} is used." if self._value is not None else "."
        )


class FloatSlider(_Ranged):
    """A slider over real numbers from `low` to `high`; a value between two steps moves to the nearest.

    >>> weight = FloatSlider("red from green", 0.0, -2, 2, step=0.05)
    >>> weight.take(float("nan")), weight.value
    ('red from green cannot be nan: it takes a number from -2 to 2.', 0.0)
    >>> weight.take(0.52), weight.value
    ('', 0.5)
    """

    def __init__(
        self, label: str, start: float, low: float, high: float, *, step: float, form: str = ".2f"
    ) -> None:
        self.min, self.max, self.step, self.form = low, high, step, form
        super().__init__(label, start)

    def range_in_words(self) -> str:
        return f"a number from {self.min:g} to {self.max:g}"

    def near(self, place: float) -> float:
        """The nearest step, without what arithmetic spoils in its last digits."""
        inside = min(max(place, self.min), self.max)
        return round(float(min(self.min + round((inside - self.min) / self.step) * self.step, self.max)), 9)

    def read(self, asked: Any) -> tuple[float, str]:
        number = _real(asked)
        if number is None or (self._value is None and not self.min <= number <= self.max):
            return self._value, f"{self._cannot_be(asked)}."
        if self.min <= number <= self.max:
            return self.near(number), ""
        taken = self.near(number)
        return taken, f"{self._cannot_be(asked)}; {taken:g} is used."


class Choice(Control):
    """A list of names, or of whole numbers, to choose one from; `offer` exchanges the list.

    >>> photo = Choice("photo", ["coffee", "chelsea"], "coffee")
    >>> photo.take("chelsae"), photo.value
    ("There is no photo 'chelsae'; the nearest is 'chelsea'.", 'coffee')
    >>> groups = Choice("groups", [1, 2, 4], 4)
    >>> groups.take(3)
    'groups cannot be 3: it takes 1, 2 or 4.'
    >>> groups.offer([1, 2, 3, 6])
    >>> groups.value
    3
    """

    def __init__(self, label: str, options: Iterable[Any], start: Any) -> None:
        self.options: tuple[Any, ...] = tuple(options)
        super().__init__(label, start)

    def offer(self, options: Iterable[Any]) -> None:
        """Other entries; a value not among them moves to the next smaller number, or to the first entry."""
        self.options = tuple(options)
        if self._value not in self.options:
            lower = [each for each in self.options if not isinstance(each, str) and each <= self._value]
            self._value = max(lower, default=self.options[0])

    def near(self, place: float) -> Any:
        """The entry itself, or the nearest number."""
        if isinstance(place, str):
            return place
        return min(self.options, key=lambda each: abs(each - place))

    def examples(self) -> list[Any]:
        return list(self.options)

    def read(self, asked: Any) -> tuple[Any, str]:
        if self.options and isinstance(self.options[0], str):
            if isinstance(asked, str) and asked in self.options:
                return asked, ""
            return self._value, unknown(self.label, asked, self.options)
        number = _whole(asked)
        if number in self.options:
            return number, ""
        *some, last = map(str, self.options)
        taken = f"{', '.join(some)} or {last}" if some else f"only {last}"
        return self._value, f"{self.label} cannot be {shown(asked)}: it takes {taken}."


class Switch(Control):
    """A box to tick.

    >>> alexnet = Switch("AlexNet", True)
    >>> alexnet.take("off"), alexnet.value
    ("AlexNet cannot be 'off': it takes True or False.", True)
    """

    def read(self, asked: Any) -> tuple[bool, str]:
        if isinstance(asked, bool):
            return asked, ""
        return self._value, f"{self.label} cannot be {shown(asked)}: it takes True or False."

    def examples(self) -> list[Any]:
        return [False, True]


class Upload(Control):
    """A learner's own picture: the bytes of the file that was uploaded last, None before the first."""

    def __init__(self, label: str) -> None:
        super().__init__(label, None)

    def read(self, asked: Any) -> tuple[Any, str]:
        return asked, ""

    def examples(self) -> list[Any]:
        return []


def _whole(asked: Any) -> int | None:
    """A whole number, out of NumPy's or PyTorch's scalar where it is in one; None for anything else."""
    number = _number(asked)
    try:
        return None if number is None else index(number)
    except Exception:  # what was given may raise anything
        return None


def _real(asked: Any) -> float | None:
    """A finite number; None for anything else."""
    number = _number(asked)
    try:
        return float(number) if number is not None and math.isfinite(number) else None
    except Exception:  # what was given may raise anything
        return None


def _number(asked: Any) -> Any:
    if not isinstance(asked, int | float) and hasattr(asked, "item"):
        try:
            asked = asked.item()
        except Exception:  # an array of several, or a tensor without numbers
            return None
    return None if isinstance(asked, bool | str | bytes | Sequence) else asked
