"""`predict`: a question with a number in it, asked before the lesson shows the answer."""

from __future__ import annotations

import html
import math

import ipywidgets as widgets

from helpers.lessons.sentence import Sentence

CLOSE = 1.1
"""A guess within this factor of the answer is called close."""


class Prediction(widgets.VBox):
    """A question, a field for the learner's number, and `reveal` for later in the lesson."""

    def __init__(self, question: str, unit: str = "") -> None:
        super().__init__()
        self.question, self.unit = question, unit
        self.guess: float | None = None
        self.answer: float | None = None
        self.field = widgets.Text(
            placeholder="a number, then Enter", description="I guess", continuous_update=False
        )
        self._answer = widgets.HTML()
        self.field.observe(self._guessed, names="value")
        self.children = (widgets.HTML(f"<b>{html.escape(question)}</b>"), self.field, self._answer)

    def _guessed(self, change: dict[str, object]) -> None:
        text = self.field.value.strip()
        try:
            guess = float(text.replace(",", "").replace("_", "").replace(" ", ""))
            if not math.isfinite(guess) or guess < 0:
                raise ValueError
        except ValueError:
            says = f"“{text}” is not a number from 0 up; write digits, such as 12,500." if text else ""
        else:
            self.guess = guess
            noted = f"Noted: {guess:,.15g} {self.unit}".rstrip()
            # A guess that comes after the answer, because all cells were run at once, is answered here.
            later = self.answer is None
            says = f"{noted}. The answer comes later in this lesson." if later else self.reveal(self.answer)
        self._answer.value = html.escape(says)

    def reveal(self, answer: float) -> Sentence:
        """The answer beside the guess, in a sentence.

        >>> question = predict("How many weights has a 3×3 convolution from 2 to 4 channels?", unit="weights")
        >>> question.reveal(72)
        The answer is 72 weights.
        >>> question.field.value = "36"
        >>> question.reveal(72)
        The answer is 72 weights; you said 36, 2.0 times too few.
        """
        self.answer = answer
        says = f"The answer is {answer:,.15g} {self.unit}".rstrip()
        if self.guess is None:
            return Sentence(f"{says}.")
        says += f"; you said {self.guess:,.15g}"
        if self.guess == answer:
            return Sentence(f"{says}: exactly right.")
        low, high = sorted((self.guess, answer))
        if low > 0 and high / low <= CLOSE:
            return Sentence(f"{says}: close.")
        direction = "few" if self.guess < answer else "many"
        times = f"{high / low:,.1f} times " if low > 0 else ""
        return Sentence(f"{says}, {times}too {direction}.")

    def __repr__(self) -> str:
        return self.question


def predict(question: str, *, unit: str = "") -> Prediction:
    """Ask for a number before anything is shown; `unit` is what is counted, in the plural.

    Show what it returns in a cell, and call its `reveal(answer)` where the lesson has computed the answer.
    """
    return Prediction(question, unit)
