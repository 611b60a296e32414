"""The exercises of lesson 3, the 1×1 convolution."""

from __future__ import annotations

from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, one_of, whole_number


def _mixes(answer: Any) -> None:
    word = one_of(answer, ("channels", "neighbours", "both"))
    if word == "neighbours":
        raise Wrong("A 1×1 kernel covers one pixel: move a pixel's neighbour and its result does not change.")
    if word == "both":
        raise Wrong("That is what a 3×3 convolution does. How many pixels does a 1×1 kernel cover?")


def _saved(answer: Any) -> None:
    direct = Convolution(192, 32, 5, bias=False).weights
    squeeze = Convolution(192, 16, 1, bias=False).weights
    after = Convolution(16, 32, 5, bias=False).weights
    hints = {
        squeeze + after: "That is what the two steps hold together. How many fewer is it than 5×5 directly?",
        direct: "That is the direct 5×5. Subtract what the two steps hold together.",
        direct - after: "You left out the 1×1 step: it has weights too, one for each pair of channels.",
        direct - squeeze: "You left out the 5×5 step that follows the reduction.",
        direct + 32 - (squeeze + 16 + after + 32): "That counts biases; the exercise leaves them out.",
    }
    number = whole_number(answer)
    if number != direct - squeeze - after:
        plain = "Weights are kernel height × kernel width × in channels × out channels, for each convolution."
        raise Wrong(hints.get(number, plain))


EXERCISES = {
    "3.1": Exercise(_mixes, "A 1×1 convolution mixes the channels of one pixel and looks at no neighbour."),
    "3.2": Exercise(
        _saved,
        "153,600 − (3,072 + 12,800) = 137,728: nine weights in ten are gone, and the shapes are the same.",
    ),
    "3.3": Exercise(
        built("bottleneck"),
        "69,632 weights: this is the bottleneck that you will meet again in lesson 5, ResNet.",
    ),
}
