"""The exercises of lesson 2, VGGNet."""

from __future__ import annotations

from typing import Any

from helpers.lessons.checking import Exercise, Wrong, built, several, whole_number

WAYS = 46
"""In how many ways of sharing out the ten errors the means are at least as far apart as in the record."""


def _three_or_one(answer: Any) -> None:
    stack, large = map(whole_number, several(answer, 2))
    if (stack, large) == (98, 90):
        raise Wrong("You have both numbers; the other way round. The stack's comes first.")
    if (stack, large) == (27, 49):
        raise Wrong("That is for C channels throughout. Here the first layer gives 2C, and so does the 7×7.")
    hints = {
        54: "That is three times 9 · 2: only the first layer reads C channels, the other two read 2C.",
        108: "That is three times 9 · 4: the first layer reads only C channels.",
        72: "Only the first layer reads C channels: the second one reads 2C, and the third one too.",
        36: "You widen in the last layer; here the first one does it, so that the other two read 2C.",
        10: "Those are the products of the channels, 2 + 4 + 4; a 3×3 has 9 weights for each of them.",
    }
    if stack != 90:
        plain = "A 3×3 has 9 · (channels in) · (channels out) weights; add up the three, in units of C²."
        raise Wrong(hints.get(stack, plain))
    if large != 98:
        raise Wrong("The stack's is right. The 7×7 has 7 · 7 numbers for each of C · 2C pairs of channels.")


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


def _by_chance(answer: Any) -> None:
    as_far, apart = map(whole_number, several(answer, 2))
    if (as_far, apart) == (2, WAYS):
        raise Wrong("You have both numbers; the other way round. The first one is what the code prints.")
    if as_far != WAYS:
        raise Wrong("The first number is what the code prints, as it stands above.")
    if apart == 1:
        raise Wrong("There is a second one: all five of the 7×7 could lie below the five stacks.")
    if apart != 2:
        raise Wrong(
            "If the groups don't overlap, any exchange brings their sums nearer to each other, but for one: "
            "which other way of sharing out gives the same two groups?"
        )


EXERCISES = {
    "2.1": Exercise(
        _three_or_one, "9 · (2 + 4 + 4) = 90, against 49 · 2 = 98: three save even where the channels double."
    ),
    "2.2": Exercise(_mixed, "5, 7, 8, and then twice 2 · 2 more: 12, 16."),
    "2.3": Exercise(
        _corner,
        "A unit in the corner has most of its field outside the picture; measure one in the middle.",
    ),
    "2.4": Exercise(
        built("vgg_stage"),
        "(field − 1) / (k − 1) convolutions and a pool; with k = 3, a network of such stages is a VGG.",
    ),
    "2.5": Exercise(
        _by_chance,
        "Chance alone does as much in 46 of 252 ways, or 18 %, so the race can't tell. Had the dots not "
        "overlapped, it would have been 2 of 252: five seeds can show a difference, if it is clear enough.",
    ),
    "2.6": Exercise(
        built("to_convolution"),
        "The same weights in another shape: on 9×8 maps the head now answers at 3×2 places.",
    ),
}
