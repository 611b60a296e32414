"""`predict`: a question with a number in it, asked before the lesson shows the answer."""

from __future__ import annotations

import html

import ipywidgets as widgets

from helpers.lessons.guesses import number, revealed
from helpers.lessons.sentence import Sentence


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
            guess = number(text)
        except ValueError as error:
            says = str(error) if text else ""
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
        return Sentence(revealed(self.guess, answer, self.unit))

    def __repr__(self) -> str:
        return self.question


def predict(question: str, *, unit: str = "") -> Prediction:
    """Ask for a number before anything is shown; `unit` is what is counted, in the plural.

    Show what it returns in a cell, and call its `reveal(answer)` where the lesson has computed the answer.
    """
    return Prediction(question, unit)
