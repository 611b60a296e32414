"""Sliders and choices that answer nonsense with a sentence instead of an exception, and keep their value.

An exception from `explorer.kernel_size.value = "three"` would stop a whole Run All. So a control refuses:
it stays as it was, and says why through `on_refusal`, which an explorer points at its status line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from numbers import Real
from operator import index
from typing import Any

import ipywidgets as widgets
import traitlets

from helpers.wording.refusals import known, shown, unknown

WIDE = {"width": "330px"}
LABEL = {"description_width": "118px"}


def _look(label: str) -> dict[str, Any]:
    return {"description": label, "layout": WIDE, "style": LABEL}


def _nobody_listens(sentence: str, kept: Any) -> None:
    """Where a refusal goes until an explorer listens."""


class _Refusing(traitlets.HasTraits):
    """Says why a value was not taken, and gives back the value that stays."""

    on_refusal: Callable[[str, Any], None] = staticmethod(_nobody_listens)
    # Not read from the trait: a message from the page is stored there first and checked afterwards.
    _kept: Any = None

    def keep(self, value: Any) -> Any:
        self._kept = value
        return value

    def refuse(self, sentence: str) -> Any:
        # Before the first value there is nothing to keep: a wrong start is the programmer's error.
        if self._kept is None:
            raise ValueError(sentence)
        self.on_refusal(sentence, self._kept)
        return self._kept


def _number(value: Any) -> Real:
    """A number, out of NumPy's or PyTorch's scalar where it is in one; what is none raises something."""
    number = value if isinstance(value, Real) else value.item()
    if isinstance(number, bool) or not isinstance(number, Real):
        raise TypeError
    return number


class _Whole(traitlets.Int):
    def validate(self, slider: Slider, value: Any) -> int:
        try:
            return index(_number(value))
        except Exception:  # what was given may raise anything
            return slider.refuse(f"{slider.cannot_be(value)}.")


class _Finite(traitlets.Float):
    def validate(self, slider: FloatSlider, value: Any) -> float:
        try:
            number = float(_number(value))
            if not math.isfinite(number):
                raise ValueError
        except Exception:
            return slider.refuse(f"{slider.cannot_be(value)}.")
        return number


class _Listed(traitlets.Any):
    allow_none = False

    def validate(self, choice: Choice, value: Any) -> str:
        if isinstance(value, str) and value in choice.options:
            return choice.keep(value)
        return choice.refuse(unknown(choice.description, value, choice.options))


class _Bounded(_Refusing):
    def cannot_be(self, value: Any) -> str:
        return f"{self.description} cannot be {shown(value)}: it takes {self.range_in_words()}"

    def _inside(self, value: float) -> float:
        nearest = min(max(value, self.min), self.max)
        if nearest != value:
            self.on_refusal(f"{self.cannot_be(value)}; {nearest} is used.", nearest)
        return nearest

    def _check_start(self, start: Any) -> None:
        """A start out of bounds would be moved in silence: nobody listens yet."""
        if self.value != start:
            raise ValueError(f"{self.cannot_be(start)}.")
        self.keep(self.value)


class Slider(widgets.IntSlider, _Bounded):
    """A slider over whole numbers from `low` to `high`; with `odd=True` over odd ones only.

    >>> kernel_size = Slider("kernel size", 3, 1, 11, odd=True)
    >>> kernel_size.on_refusal = lambda sentence, kept: print(sentence)
    >>> kernel_size.value = 4
    kernel size cannot be 4: it takes an odd number from 1 to 11.
    >>> kernel_size.value = "five"
    kernel size cannot be 'five': it takes an odd number from 1 to 11.
    >>> kernel_size.value = 99
    kernel size cannot be 99: it takes an odd number from 1 to 11; 11 is used.
    >>> kernel_size.value
    11
    """

    value = _Whole(0).tag(sync=True)

    def __init__(
        self, label: str, start: int, low: int, high: int, *, step: int = 1, odd: bool = False
    ) -> None:
        self.odd = odd
        step = 2 if odd else step
        super().__init__(value=start, min=low, max=high, step=step, **_look(label))
        self._check_start(start)

    def range_in_words(self) -> str:
        steps = f" in steps of {self.step}" if self.step > 1 and not self.odd else ""
        return f"{'an odd' if self.odd else 'a whole'} number from {self.min} to {self.max}{steps}"

    @traitlets.validate("value")
    def _validate_value(self, proposal: dict[str, Any]) -> int:
        value = self._inside(proposal["value"])
        if self.odd and value % 2 == 0:
            return self.refuse(f"{self.cannot_be(value)}.")
        # The page would move a value between two steps by itself, and send it back.
        on_a_step = min(self.min + round((value - self.min) / self.step) * self.step, self.max)
        if on_a_step != value:
            self.on_refusal(f"{self.cannot_be(value)}; {on_a_step} is used.", on_a_step)
        return self.keep(on_a_step)


def _decimal(value: float) -> float:
    """The number that was meant by one that arithmetic has spoilt in its last digits."""
    return round(value, 9)


def _to_page(value: float, slider: FloatSlider) -> float:
    """A slider's value in the page's own arithmetic: noUiSlider counts in percent of the range.

    The page sends a number back when its arithmetic makes another of it, even in the last digit. Sent late,
    that would overwrite what a cell has set since. So it is given the number that it would make.
    """
    width, step = slider.max - slider.min, slider.step
    percent = round((value - slider.min) * 100 / width / (step * 100 / width)) * (step * 100 / width)
    return percent * width / 100 + slider.min


def _from_page(value: float, slider: FloatSlider) -> float:
    return _decimal(value) if isinstance(value, float) else value


class FloatSlider(widgets.FloatSlider, _Bounded):
    """A slider over real numbers from `low` to `high`; a value set from code moves to the nearest step.

    >>> weight = FloatSlider("red from green", 0.0, -2, 2, step=0.05)
    >>> weight.on_refusal = lambda sentence, kept: print(sentence)
    >>> weight.value = float("nan")
    red from green cannot be nan: it takes a number from -2 to 2.
    >>> weight.value
    0.0
    """

    value = _Finite(0.0).tag(sync=True, to_json=_to_page, from_json=_from_page)

    def __init__(
        self, label: str, start: float, low: float, high: float, *, step: float, form: str = ".2f"
    ) -> None:
        super().__init__(value=start, min=low, max=high, step=step, readout_format=form, **_look(label))
        self._check_start(start)

    def range_in_words(self) -> str:
        return f"a number from {self.min:g} to {self.max:g}"

    @traitlets.validate("value")
    def _validate_value(self, proposal: dict[str, Any]) -> float:
        low, inside = self.min, self._inside(proposal["value"])
        step = low + round((inside - low) / self.step) * self.step
        return self.keep(_decimal(min(step, self.max)))


class Choice(widgets.Dropdown, _Refusing):
    """A drop-down list of names.

    >>> photo = Choice("photo", ["coffee", "chelsea"], "coffee")
    >>> photo.on_refusal = lambda sentence, kept: print(sentence)
    >>> photo.value = "chelsae"
    There is no photo 'chelsae'; the nearest is 'chelsea'.
    >>> photo.value
    'coffee'
    """

    value = _Listed(None)

    def __init__(self, label: str, options: Iterable[str], start: str) -> None:
        options = list(options)
        known(label, start, options)
        super().__init__(options=options, value=start, **_look(label))


class _ListedNumber(traitlets.Any):
    allow_none = False

    def validate(self, choice: NumberChoice, value: Any) -> int:
        try:
            number = index(_number(value))
        except Exception:  # what was given may raise anything
            number = None
        if number in choice.options:
            return choice.keep(number)
        *some, last = map(str, choice.options)
        taken = f"{', '.join(some)} or {last}" if some else f"only {last}"
        return choice.refuse(f"{choice.description} cannot be {shown(value)}: it takes {taken}.")


class NumberChoice(widgets.Dropdown, _Refusing):
    """A drop-down list of whole numbers in rising order, whose entries may follow another control.

    >>> groups = NumberChoice("groups", [1, 2, 4], 4)
    >>> groups.on_refusal = lambda sentence, kept: print(sentence)
    >>> groups.value = 3
    groups cannot be 3: it takes 1, 2 or 4.
    >>> groups.offer([1, 2, 3, 6])
    >>> groups.value
    3
    """

    value = _ListedNumber(None)

    def __init__(self, label: str, options: Iterable[int], start: int) -> None:
        super().__init__(options=tuple(options), **_look(label))
        self._kept = None  # so that a wrong start is refused, and the first number not taken in its place
        self.value = start

    def offer(self, options: Iterable[int]) -> None:
        """Replace the entries; a value that is no more among them moves to the next smaller, or the first."""
        options, kept = tuple(options), self.value
        with self.hold_sync():  # new entries select the first by themselves: the page need not see that
            self.options = options
            self.value = max((each for each in options if each <= kept), default=options[0])


class _OnOrOff(traitlets.Any):
    allow_none = False

    def validate(self, switch: Switch, value: Any) -> bool:
        if isinstance(value, bool):
            return switch.keep(value)
        return switch.refuse(f"{switch.description} cannot be {shown(value)}: it takes True or False.")


class Switch(widgets.Checkbox, _Refusing):
    """A box that is ticked or not.

    >>> alexnet = Switch("AlexNet", True)
    >>> alexnet.on_refusal = lambda sentence, kept: print(sentence)
    >>> alexnet.value = "off"
    AlexNet cannot be 'off': it takes True or False.
    >>> alexnet.value
    True
    """

    value = _OnOrOff(False).tag(sync=True)

    def __init__(self, label: str, start: bool) -> None:
        # ipywidgets puts an empty label in front of the box. Without `indent` it would be hidden; so it
        # stays, without width, and the name stands behind the box as always.
        super().__init__(
            description=label,
            indent=True,
            style={"description_width": "0px"},
            layout={"width": "auto", "margin": "2px 12px 2px -6px"},
        )
        self._kept = None  # so that a wrong start is refused, and not replaced
        self.value = start
