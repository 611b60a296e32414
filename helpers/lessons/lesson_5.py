"""The exercises of lesson 5, ResNet."""

from __future__ import annotations

from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, one_of, several, whole_number

WORDS = ("overfitting", "degradation", "neither", "unknown")
DIAGNOSES = ("degradation", "overfitting", "neither", "unknown")


def _diagnoses(answer: Any) -> None:
    hints = {
        "a": "look at the training error. An overfitted network does *well* on what it was trained on.",
        "b": "the deeper network fits its training examples better, and does worse on new ones.",
        "c": "the deeper network is better in training and on new pictures. Is anything wrong with it?",
        "d": "the training error could have risen or fallen. Can you tell the two failures apart without it?",
    }
    given = several(answer, len(DIAGNOSES))
    for (case, hint), right, said in zip(hints.items(), DIAGNOSES, given, strict=True):
        if one_of(said, WORDS) != right:
            raise Wrong(f"In case {case}, {hint}")


def _width(answer: Any) -> None:
    down, middle, up = (
        Convolution(*channels, kernel, bias=False).weights
        for channels, kernel in (((512, 128), 1), ((128, 128), 3), ((128, 512), 1))
    )
    weights = down + middle + up

    def of_two(taken: int) -> int:
        return round((taken / 18) ** 0.5)

    hints = {
        round((weights / 9) ** 0.5): "That is a single 3×3; a basic block has two of them.",
        of_two(middle): "That counts only the bottleneck's 3×3; its two 1×1 have weights, too.",
        of_two(down + middle): "A 1×1 is missing: there is one before the 3×3 and one after it.",
        of_two(down + up): "That counts only the two 1×1; the 3×3 between them has weights, too.",
        round((weights / 2) ** 0.5): "A 3×3 on c channels has 9 · c² weights, not c².",
        weights // 18: "That is c²; take its square root.",
        weights: "That is the number of weights. For how many channels c do two 3×3 have as many?",
        128: "A basic block on 128 channels has 294,912 weights, and the bottleneck has fewer.",
    }
    number = whole_number(answer)
    if number != of_two(weights):
        plain = (
            "Two 3×3 on c channels have 2 · 9 · c · c weights. Which c gives as many as the bottleneck has?"
        )
        raise Wrong(hints.get(number, plain))


def _option_c(answer: Any) -> None:
    block, projection = 2 * 256 * 64 + 9 * 64 * 64, 256 * 256
    percent = 100 * projection / block
    hints = {
        round(
            percent + 100
        ): "That is the whole block's weights afterwards; the question is by how much they rise.",
        round(
            100 * projection / (block + projection)
        ): "That is the projection's share of the new block; compare it with the old one.",
        projection: "That is the projection's weights. How many percent of the block's own are they?",
        round(10_000 * 64 * 64 / block)
        // 100: "The projection leads from 256 channels to 256: its input is the block's.",
    }
    number = whole_number(answer)
    if number not in (round(percent), int(percent)):
        raise Wrong(hints.get(number, "Divide the weights of a 1×1 from 256 to 256 by the block's 69,632."))


def _overwritten(answer: Any) -> None:
    faulty, right = map(whole_number, several(answer, 2))
    if (faulty, right) == (6, 6):
        raise Wrong("Look at the first line again: after it, x is no longer the block's input.")
    if (faulty, right) == (6, 3):
        raise Wrong("You have both numbers; the other way round. Which x does the faulty block add?")
    if faulty != 3:
        raise Wrong("The faulty block adds y and whatever x holds by then; the first line has put 2 into it.")
    if right != 6:
        raise Wrong("A residual block adds y and the block's own input, which was 5.")


EXERCISES = {
    "5.1": Exercise(
        _diagnoses, "A test error that rises is a symptom of both; only the training error tells them apart."
    ),
    "5.2": Exercise(
        _width, "18 · 124² is about 278,528: for the price of 124 channels, the bottleneck carries 512."
    ),
    "5.3": Exercise(
        _option_c, "65,536 on top of 69,632: a projection everywhere would nearly double such blocks."
    ),
    "5.4": Exercise(
        _overwritten, "It adds the first layer's output to the second's, so the input never gets around them."
    ),
    "5.5": Exercise(
        built("residual_block"),
        "relu(F(x) + projection(x)): half the size, twice the channels, and a shortcut that fits.",
    ),
}
