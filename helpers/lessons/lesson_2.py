"""The exercises of lesson 2, VGGNet."""

from __future__ import annotations

from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, whole_number


def _layers(answer: Any) -> None:
    number = whole_number(answer)
    if number in (10, 11):
        raise Wrong("A 3×3 adds one pixel on either side, so each layer adds 2 to the side of the field.")
    if number < 1:
        raise Wrong("Without a layer a pixel sees itself only. How much does each layer add?")
    if number != 5:
        seen = f"{number} see {1 + 2 * number}×{1 + 2 * number}. " if number < 100 else ""
        raise Wrong(f"{seen}Start at one pixel; each layer adds one pixel on either side.")


def _saved(answer: Any) -> None:
    large = Convolution(256, 256, 7, bias=False)
    small = Convolution(256, 256, 3, bias=False)
    right = large.weights - 3 * small.weights
    hints = {
        large.weights: "That is the 7×7. Subtract what the three 3×3 hold together.",
        3 * small.weights: "That is what the three 3×3 hold together. How many fewer is it than the 7×7?",
        large.weights - small.weights: "You subtracted one 3×3 layer; there are three.",
        large.weights - 2 * small.weights: "You subtracted two 3×3 layers; there are three.",
        right - 2 * 256: "That counts biases; the exercise leaves them out.",
        right
        // 256**2: "That is for one pair of channels. How many pairs are there with 256 in and 256 out?",
        right // 256: "That counts one channel's pairs. There are 256 channels in and 256 channels out.",
    }
    number = whole_number(answer)
    if number != right:
        plain = "Weights are kernel height × kernel width × in channels × out channels, for each layer."
        raise Wrong(hints.get(number, plain))


EXERCISES = {
    "2.1": Exercise(_layers, "1 + 2 · 5 = 11: each layer adds one pixel on either side."),
    "2.2": Exercise(
        _saved, "(49 − 27) · 256 · 256 = 1,441,792: the three together hold 45 % less than the one."
    ),
    "2.3": Exercise(
        built("to_convolution"),
        "The same weights in another shape: on 9×8 maps the head now answers at 3×2 places.",
    ),
}
