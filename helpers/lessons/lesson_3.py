"""The exercises of lesson 3, the 1×1 convolution."""

from __future__ import annotations

from math import isfinite
from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, one_of, several, whole_number
from helpers.wording.refusals import shown

PIXEL = (2, 0, -1, 3)
KERNEL = ((1, 4, 2, 0.5), (-1, 5, 1, 0.5))
"""The weights of two output channels, a row for each."""
BIASES = (0.5, -0.5)


def _one_pixel(answer: Any) -> None:
    def channels(pixel: tuple[float, ...], biases: tuple[float, ...] = BIASES) -> tuple[float, ...]:
        return tuple(
            sum(weight * x for weight, x in zip(row, pixel, strict=True)) + bias
            for row, bias in zip(KERNEL, biases, strict=True)
        )

    def relu(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(max(value, 0) for value in values)

    before, without_bias = channels(PIXEL), channels(PIXEL, (0, 0))
    right = relu(before)
    *given, after = map(_real, several(answer, 3))
    found = tuple(given)
    hints = {
        before: "The ReLU behind the convolution makes 0 of every negative number.",
        without_bias: "Each channel has a bias as well, and behind it comes a ReLU.",
        relu(without_bias): "Each channel has a bias as well: add it to the sum of the products.",
        relu(
            channels(relu(PIXEL))
        ): "The ReLU comes behind the convolution: the pixel's own −1 counts as −1.",
        right[::-1]: "You have both channels; give the first one first.",
    }
    if found != right:
        wrong = "first" if found[0] != right[0] else "second"
        plain = f"In the {wrong} channel, add up the four products of a number and its weight, and the bias."
        raise Wrong(hints.get(found, plain))
    if after != right[0]:
        raise Wrong("The first two are right. For the third: how many of its neighbours does a 1×1 read?")


def _real(answer: Any) -> float:
    """The answer as a finite number, or Wrong with what to give instead."""
    try:
        number = float("nan") if isinstance(answer, str | bytes | bool) else float(answer)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        number = float("nan")
    if not isfinite(number):
        raise Wrong(f"{shown(answer)} is not a number; give numbers such as 1 or -0.5.")
    return number


def _two_1x1(answer: Any) -> None:
    hints = {
        127: "With 127 the two have 512 weights fewer than the one; look for as many weights.",
        115: "That is the break-even of the settings that the explorer began with.",
        64: "That is the break-even from 128 channels to 128; this exercise has 256.",
        230: "That is for a 3×3: set the kernel size to 1, for both are 1×1 here.",
        256: "With 256 in the middle the two have 131,072 weights, twice as many as the one.",
    }
    number = whole_number(answer)
    if number != 128:
        plain = (
            "With r channels in the middle the two have 256 · r + r · 256 weights, and the one has 65,536."
        )
        raise Wrong(hints.get(number, plain))


def _macs_of_nin(answer: Any) -> None:
    narrow = Convolution(192, 160, 1, bias=False), Convolution(160, 96, 1, bias=False)
    wide, direct = (Convolution(channels, 192, 5, padding=2, bias=False) for channels in (96, 192))
    cropping = Convolution(96, 192, 5, bias=False)
    of_narrow, of_wide = sum(each.macs(32) for each in narrow), wide.macs(16)
    weights = sum(each.weights for each in (*narrow, wide))
    hints = {
        weights: "That is the number of weights. Each is used once at every pixel of the map it makes.",
        of_narrow + wide.macs(32): "That is the 5×5 on 32×32 pixels; it comes behind the pooling.",
        weights * 16**2: "The two 1×1 stand before the pooling: they work on 32×32 pixels.",
        of_wide: "That is the 5×5 alone; the two 1×1 work as well.",
        of_narrow: "Those are the two 1×1; the 5×5 works as well.",
        narrow[0].macs(32) + of_wide: "There is a second 1×1, from 160 channels to 96.",
        narrow[1].macs(32) + of_wide: "There is another 1×1, from 192 channels to 160.",
        direct.macs(16): "That is a 5×5 from 192 channels to 192. How much do the three take instead of it?",
        of_narrow + cropping.macs(16): "The padding of 2 keeps the 5×5's map at 16×16 pixels.",
    }
    number = whole_number(answer)
    if number != of_narrow + of_wide:
        plain = "MACs are kernel height × kernel width × in channels × out channels × pixels of the new map."
        raise Wrong(hints.get(number, plain))


def _one_layer(answer: Any) -> None:
    missing, weights = several(answer, 2)
    word = one_of(missing, ("bias", "relu", "padding"))
    if word == "bias":
        raise Wrong("A bias shifts the sums, and the two layers stay linear. What would bend them?")
    if word == "padding":
        raise Wrong("A 1×1 needs no padding: it loses no pixel at the edge. What stands between two layers?")
    hints = {
        2 * 64 * 256: "That is what the two have together. How many does one from 64 channels to 64 have?",
        64 * 256: "That is one of the two. What comes in has 64 channels, and what goes out has 64.",
        256 * 256: "The 256 channels are in the middle: a single layer goes from 64 straight to 64.",
        64: "A 1×1 has a weight for each pair of an input and an output channel.",
        64 * 64 + 64: "That counts biases; the two layers have none.",
        9 * 64 * 64: "That is a 3×3; two 1×1 see one pixel, so a 1×1 is enough.",
    }
    number = whole_number(weights)
    if number != 64 * 64:
        plain = "64 channels come in and 64 go out: the product of the two matrices has 64 rows of 64."
        raise Wrong(hints.get(number, plain))


EXERCISES = {
    "3.1": Exercise(
        _one_pixel,
        "2 − 2 + 1.5 + 0.5 = 2, and −2 − 1 + 1.5 − 0.5 = −2 becomes 0; no neighbour changes that.",
    ),
    "3.2": Exercise(
        _two_1x1,
        "256 · 128 + 128 · 256 = 65,536: a 1×1 saves in front of a 1×1, too, but only below half.",
    ),
    "3.3": Exercise(
        _macs_of_nin,
        "47,185,920 + 117,964,800: with the 1×1 on the larger map, 30 % less work than a direct 5×5's 236 M.",
    ),
    "3.4": Exercise(
        _one_layer,
        "Without a ReLU the two matrices are one, of 64 · 64 weights: an eighth of the 32,768.",
    ),
    "3.5": Exercise(
        built("bottleneck"),
        "69,632 weights: this is the bottleneck that you will meet again in lesson 5, ResNet.",
    ),
}
