"""The exercises of lesson 6, DenseNet."""

from __future__ import annotations

from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, one_of, whole_number


def _growth(answer: Any) -> None:
    word = one_of(answer, ("linearly", "quadratically", "exponentially"))
    if word == "quadratically":
        raise Wrong("That is how the weights grow. Each layer adds the same number of channels to the last.")
    if word == "exponentially":
        raise Wrong(
            "Then each layer would multiply the channels. It reads them all, but adds only k new ones."
        )


def _transition(answer: Any) -> None:
    in_channels, layers, growth_rate = 384, 36, 48  # block 3 of DenseNet-161
    channels = in_channels + layers * growth_rate
    right = Convolution(channels, channels // 2, 1, bias=False).weights
    hints = {
        channels: "That is how many channels the block puts out. How many weights has a 1×1 to half of them?",
        channels // 2: "That is how many channels the transition puts out. How many weights does that take?",
        channels * channels: "That keeps all channels; compression 0.5 halves what comes out.",
        (channels // 2) ** 2: "The 1×1 reads all channels of the block, and puts out half as many.",
        right + channels // 2: "That counts biases; the exercise leaves them out.",
        right + 2 * channels: "That counts the batch norm as well; the exercise asks for the 1×1.",
        9 * right: "That is a 3×3. A 1×1 has one weight for each pair of channels.",
        (layers * growth_rate) ** 2
        // 2: "You left out the 384 channels that enter: they are still there at the end of the block.",
    }
    number = whole_number(answer)
    if number != right:
        plain = "The block puts out 384 + 36 · 48 channels; a 1×1 has in channels · out channels weights."
        raise Wrong(hints.get(number, plain))


EXERCISES = {
    "6.1": Exercise(_growth, "64, 96, 128, …: every layer reads more, and adds the same k."),
    "6.2": Exercise(
        _transition, "384 + 36 · 48 = 2,112 channels, halved to 1,056: 2,112 · 1,056 = 2,230,272 weights."
    ),
    "6.3": Exercise(
        built("dense_block"),
        "The input comes out untouched, and every layer has read all that was there before it.",
    ),
}
