"""The exercises of lesson 1, AlexNet."""

from __future__ import annotations

from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, one_of, whole_number


def _keeps_its_slope(answer: Any) -> None:
    word = one_of(answer, ("relu", "sigmoid", "tanh"))
    if word == "sigmoid":
        raise Wrong("A sigmoid's slope is at most 1/4, at zero, and falls towards 0 on either side.")
    if word == "tanh":
        raise Wrong("The slope of tanh is 1 at zero only, and falls towards 0 on either side.")


def _grouped(answer: Any) -> None:
    right = Convolution(384, 256, 3, groups=4, bias=False).weights
    hints = {
        4 * right: "That is one group, where each kernel reads all 384 channels; with four it reads 96.",
        2 * right: "That is two groups, as in the paper; with four each kernel reads 96 channels.",
        right // 4: "That is one card only; there are four, with 64 kernels each.",
        right // 2: "You halved once too often: each of the 256 kernels reads 384 / 4 channels.",
        right + 256: "That counts biases; the exercise leaves them out.",
        right // 9: "You left out the kernel: each weight is there for each of its 3×3 pixels.",
    }
    number = whole_number(answer)
    if number != right:
        plain = (
            "Weights are kernel height × kernel width × the channels that one kernel reads × out channels."
        )
        raise Wrong(hints.get(number, plain))


EXERCISES = {
    "1.1": Exercise(
        _keeps_its_slope, "The slope of a ReLU is 1 for every positive input, and 0 for every negative one."
    ),
    "1.2": Exercise(_grouped, "3 · 3 · 96 · 256 = 221,184: four groups leave a quarter of one's 884,736."),
    "1.3": Exercise(
        built("first_stage"),
        "34,944 parameters; 227 pixels became 55 and then 27, and neighbouring windows overlap.",
    ),
}
