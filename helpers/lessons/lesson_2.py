"""The exercises of lesson 2, VGGNet."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, several, whole_number


def _third_stage(answer: Any) -> None:
    def weights(kernel: int, *channels: int) -> int:
        return sum(Convolution(*pair, kernel, bias=False).weights for pair in pairwise(channels))

    stack, large = weights(3, 128, 256, 256, 256, 256), weights(9, 128, 256)
    right = large - stack
    hints = {
        stack: "That is what the four 3×3 have. How many fewer is it than the 9×9 has?",
        large: "That is what the 9×9 has. How many fewer do the four 3×3 have together?",
        -right: "The size is right, and the sign isn't: it is the stack that has fewer.",
        45 * 128 * 128: "That is for 128 channels throughout; from the first layer on there are 256.",
        45 * 256 * 256: "That is for 256 channels throughout; the first layer reads 128.",
        45 * 128 * 256: "You let each 3×3 lead from 128 to 256; the other three read 256.",
        large - weights(3, 128, 128, 128, 128, 256): (
            "You widen in the last 3×3; VGG does it in the first, so that the other three read 256."
        ),
        right - 3 * 256: "That counts biases; the exercise leaves them out.",
        round(100 * right / large): "That is the percentage. How many weights is it?",
        56: "That is the percentage for equal channels. Here the first layer reads 128 and gives 256.",
    }
    number = whole_number(answer)
    if number != right:
        plain = "A k×k layer has k · k · (channels in) · (channels out) weights; add up the four 3×3."
        raise Wrong(hints.get(number, plain))


def _mixed(answer: Any) -> None:
    hints = {
        12: "The pool doubles the jump: each 3×3 after it adds 2 · 2 pixels, not 2.",
        11: "The pool widens the field by 1, and it doubles the jump for the layers after it.",
        15: "The pool has a window, too: its 2×2 widens the field by 1.",
        14: "The jump stays 2 for both 3×3 after the pool, so both of them add 4.",
        17: "The 2×2 pool adds 1 pixel: the 2 of its window, less 1, times a jump that is still 1.",
        20: "The jump is 2 after the pool, and stays 2: only the pool doubles it.",
        24: "The jump is 2 after the pool, and a 3×3 doesn't change it: both add 2 · 2.",
        256: "That is the number of pixels; give one side of the field.",
    }
    number = whole_number(answer)
    if number != 16:
        plain = (
            "Start with 1 pixel and jump 1. Each layer adds (k − 1) jumps; the pool then doubles the jump."
        )
        raise Wrong(hints.get(number, plain))


def _corner(answer: Any) -> None:
    found, right = map(whole_number, several(answer, 2))
    if (found, right) == (49, 16):
        raise Wrong("You have both numbers; the other way round. What does the code as it stands count?")
    if (found, right) == (4, 7):
        raise Wrong("Those are the sides; the code counts pixels, so give their squares.")
    if right != 49:
        raise Wrong(
            "Three 3×3 see 7×7 pixels, if nothing of that lies outside the picture: how many is that?"
        )
    if found == 49:
        raise Wrong("Which unit is [0, 0, 0, 0]? Its field begins outside the picture, in the padding.")
    if found == 9:
        raise Wrong("Each of the three layers lets the corner see one pixel more to the right and below.")
    if found != 16:
        raise Wrong(
            "The field of unit (0, 0) goes from −3 to 3, down and across. How many of these are there?"
        )


EXERCISES = {
    "2.1": Exercise(
        built("vgg"), "Your two gaps make all the convolutions of A and of D, and of any other VGG."
    ),
    "2.2": Exercise(
        _third_stage, "2,654,208 − 2,064,384 = 589,824: 22 % less, where equal channels would save 56 %."
    ),
    "2.3": Exercise(_mixed, "5, 7, 8, and then twice 2 · 2 more: 12, 16."),
    "2.4": Exercise(
        _corner,
        "A unit in the corner has most of its field outside the picture; measure one in the middle.",
    ),
    "2.5": Exercise(
        built("vgg_stage"),
        "(field − 1) / (k − 1) convolutions and a pool; with k = 3, a network of such stages is a VGG.",
    ),
    "2.6": Exercise(
        built("to_convolution"),
        "The same weights in another shape: on 9×8 maps the head now answers at 3×2 places.",
    ),
}
