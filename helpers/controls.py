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

from helpers.names import unknown

WIDE = widgets.Layout(width="330px")
LABEL = {"description_width": "118px"}


def _nobody_listens(sentence: str, kept: Any) -> None:
    """Where a refusal goes until an explorer listens."""


class _Refusing(traitlets.HasTraits):
    """Says why a value was not taken, and gives back the value that stays."""

    on_refusal: Callable[[str, Any], None] = staticmethod(_nobody_listens)

    def refuse(self, sentence: str) -> Any:
        # Before the first value there is nothing to keep: a wrong start is the programmer's error.
        if "value" not in self._trait_values:
            raise traitlets.TraitError(sentence)
        self.on_refusal(sentence, self._trait_values["value"])
        return self._trait_values["value"]


class _Whole(traitlets.Int):
    def validate(self, slider: Slider, value: Any) -> int:
        try:
            if isinstance(value, bool):
                raise TypeError
            return index(value)
        except TypeError:
            return slider.refuse(
                f"{slider.description} cannot be {value!r}: it takes {slider.range_in_words()}."
            )


class _Finite(traitlets.Float):
    def validate(self, slider: FloatSlider, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
            return slider.refuse(
                f"{slider.description} cannot be {value!r}: it takes {slider.range_in_words()}."
            )
        return float(value)


class _Bounded(_Refusing):
    def _inside(self, value: float) -> float:
        nearest = min(max(value, self.min), self.max)
        if nearest != value:
            sentence = f"{self.description} cannot be {value}: it takes {self.range_in_words()}"
            self.on_refusal(f"{sentence}; {nearest} is used.", nearest)
        return nearest


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
        super().__init__(
            value=start,
            min=low,
            max=high,
            step=step,
            description=label,
            layout=WIDE,
            style=LABEL,
            readout=True,
        )

    def range_in_words(self) -> str:
        return f"{'an odd' if self.odd else 'a whole'} number from {self.min} to {self.max}"

    @traitlets.validate("value")
    def _validate_value(self, proposal: dict[str, Any]) -> int:
        value = self._inside(proposal["value"])
        if self.odd and value % 2 == 0:
            return self.refuse(f"{self.description} cannot be {value}: it takes {self.range_in_words()}.")
        return value


class FloatSlider(widgets.FloatSlider, _Bounded):
    """A slider over real numbers from `low` to `high`.

    >>> weight = FloatSlider("red from green", 0.0, -2, 2, step=0.05)
    >>> weight.on_refusal = lambda sentence, kept: print(sentence)
    >>> weight.value = float("nan")
    red from green cannot be nan: it takes a number from -2 to 2.
    >>> weight.value
    0.0
    """

    value = _Finite(0.0).tag(sync=True)

    def __init__(
        self, label: str, start: float, low: float, high: float, *, step: float, form: str = ".2f"
    ) -> None:
        super().__init__(
            value=start,
            min=low,
            max=high,
            step=step,
            description=label,
            layout=WIDE,
            style=LABEL,
            readout=True,
            readout_format=form,
        )

    def range_in_words(self) -> str:
        return f"a number from {self.min:g} to {self.max:g}"

    @traitlets.validate("value")
    def _validate_value(self, proposal: dict[str, Any]) -> float:
        return self._inside(proposal["value"])


class Choice(widgets.Dropdown, _Refusing):
    """A drop-down list of names.

    >>> photo = Choice("photo", ["coffee", "chelsea"], "coffee")
    >>> photo.on_refusal = lambda sentence, kept: print(sentence)
    >>> photo.value = "chelsae"
    There is no photo 'chelsae'; the nearest is 'chelsea'.
    >>> photo.value
    'coffee'
    """

    def __init__(self, label: str, options: Iterable[str], start: str) -> None:
        options = list(options)
        if start not in options:
            raise ValueError(unknown(label, start, options))
        super().__init__(options=options, value=start, description=label, layout=WIDE, style=LABEL)

    @traitlets.validate("value")
    def _validate_value(self, proposal: dict[str, Any]) -> str:
        value = proposal["value"]
        if value in self.options:
            return value
        return self.refuse(unknown(self.description, value, self.options))
