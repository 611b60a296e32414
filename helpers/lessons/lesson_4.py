"""The exercises of lesson 4, GoogLeNet."""

from __future__ import annotations

from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, whole_number


def _naive_channels(answer: Any) -> None:
    hints = {
        128
        + 192
        + 96
        + 64: "That is the block as it is. Without its 1×1 the pool hands on all that it reads.",
        128 + 192 + 96: "The pool is a branch too: what comes out of it is joined to the rest.",
        256: "That is what the pool hands on. The other three branches are joined to it.",
        256 + 128 + 192 + 96 + 64: "The 64 come from the 1×1 after the pool, and the naive block has none.",
    }
    number = whole_number(answer)
    if number != 128 + 192 + 96 + 256:
        raise Wrong(
            hints.get(
                number, "Stack the channels of four branches: 1×1, 3×3, 5×5, and the pool's, all it reads."
            )
        )


def _branch_macs(answer: Any) -> None:
    squeeze = Convolution(832, 192, 1, bias=False).weights
    after = Convolution(192, 384, 3, padding=1, bias=False).weights
    direct = Convolution(832, 384, 3, padding=1, bias=False).weights
    pixels = 7 * 7
    hints = {
        squeeze
        + after: "Those are the weights. Each does one multiply–accumulate per pixel: how many pixels?",
        after * pixels: "That is the 3×3 alone; the 1×1 in front of it works too.",
        squeeze * pixels: "That is the 1×1 alone; the 3×3 after it works too.",
        direct
        * pixels: "That is a 3×3 on all 832 channels. In this branch it reads only the 192 of the 1×1.",
        direct: "Those are the weights of a 3×3 on all 832 channels. Here it reads 192, and at 49 pixels.",
        (squeeze + after) * 7: "A map of 7×7 has 49 pixels, not 7.",
        (squeeze + after) * 14 * 14: "That is on a map of 14×14; in block 5b it is 7×7.",
        (squeeze + 192 + after + 384) * pixels: "Biases are not multiplied: leave them out.",
        2
        * (squeeze + after)
        * pixels: "A multiply–accumulate is a multiply and an add together: count it once.",
        (squeeze + Convolution(192, 384, 1, bias=False).weights) * pixels: (
            "The second convolution is a 3×3: nine weights for each pair of channels."
        ),
    }
    number = whole_number(answer)
    if number != (squeeze + after) * pixels:
        plain = "Add up kernel height × kernel width × in × out for both convolutions; then times the pixels."
        raise Wrong(hints.get(number, plain))


EXERCISES = {
    "4.1": Exercise(
        _naive_channels,
        "128 + 192 + 96 + 256 = 672: the pool hands on all 256 that come in, so it only grows.",
    ),
    "4.2": Exercise(
        _branch_macs,
        "(159,744 + 663,552) · 49 = 40,341,504: of a 3×3 on all 832 channels it would be 3.5 times that.",
    ),
    "4.3": Exercise(
        built("inception_block"),
        "Three branches side by side, 16 + 32 + 16 = 64 channels: an Inception block in small.",
    ),
}
