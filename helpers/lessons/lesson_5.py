"""The exercises of lesson 5, ResNet."""

from __future__ import annotations

from typing import Any

from helpers.lessons.checking import Exercise, Wrong, any_number, built, one_of, several, whole_number

WORDS = ("overfitting", "degradation", "neither", "unknown")
CHANGES, WANTED = (0.2, 0.0, -2.0), (5.2, 0.0, 0.0)
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


def _changes(answer: Any) -> None:
    # 5.2 - 5 is not quite 0.2, and right all the same.
    given = tuple(round(any_number(each), 9) for each in several(answer, len(CHANGES)))
    hints = {
        WANTED: "That is what the block gives; F(x) is what its layers add to the input.",
        tuple(
            -change for change in CHANGES
        ): "F(x) is the output minus the input, and not the other way round.",
        (0.2, 0.0, 0.0): "At the third place 2 comes in. What must be added, if nothing is to be left?",
    }
    if given != CHANGES:
        least = "F(x) + x goes through a ReLU. Which F(x) gives the wanted number? Of several, take the "
        raise Wrong(hints.get(given, f"{least}one nearest to 0."))


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
        _changes,
        "Where nothing is to change, F(x) is 0. The −2 is why the second 3×3 has no ReLU of its own before "
        "the sum: layers that only add could never take anything away.",
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
