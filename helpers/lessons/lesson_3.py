"""The exercises of lesson 3, the 1×1 convolution."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, one_of, several, whole_number
from helpers.lessons.sentence import Sentence
from helpers.wording.refusals import shown

PIXEL = (2, 0, -1, 3)
KERNEL = ((1, 4, 2, 0.5), (-1, 5, 1, 0.5))
"""The weights of two output channels, a row for each."""
BIASES = (0.5, -0.5)

SEEN = {
    "shuffled": "After the 1×1 the cup comes back, whole, in the tones of an old print; after the blur, an "
    "even brown.",
    "directions": "The best 2 keep the man's outline, the best 8 nearly all; of random 8, hardly a trace is "
    "left.",
    "muzzle": "All three are bright around the cat's muzzle, and channel 90 beside the eyes as well.",
}
"""What there is to see in a picture, for those who can't: kept here, as a lesson asks before it shows."""


def in_a_row(layers: Sequence[Convolution], channels: int = 128) -> Sentence:
    """The channels on the way through the layers and their weights, or what keeps them from being a way.

    >>> in_a_row([Convolution(128, 64, 3, bias=False), Convolution(64, 128, 1, bias=False)])
    128 → 64 → 128: 81,920 weights
    >>> in_a_row([Convolution(128, 64, 1), Convolution(128, 128, 3)])
    These layers don't fit together: layer 1 makes 64 channels, and layer 2 takes 128.
    """
    for place, (one, other) in enumerate(pairwise(layers), start=1):
        if one.out_channels != other.in_channels:
            return Sentence(
                f"These layers don't fit together: layer {place} makes {one.out_channels} channels, and "
                f"layer {place + 1} takes {other.in_channels}."
            )
    way = [layer.in_channels for layer in layers[:1]] + [layer.out_channels for layer in layers]
    if not any(layer.kernel_size == (3, 3) for layer in layers):
        return Sentence("There is no 3×3 in the list, so nothing looks around.")
    if (ones := sum(layer.kernel_size == (1, 1) for layer in layers)) > 1:
        return Sentence(f"Use a single 1×1; there are {ones} in the list.")
    if (way[0], way[-1]) != (channels, channels):
        return Sentence(
            f"{channels} channels come in and go out; here, {way[0]} come in and {way[-1]} go out."
        )
    return Sentence(f"{' → '.join(map(str, way))}: {sum(layer.weights for layer in layers):,} weights")


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
    *numbers, letters = several(answer, 3)
    found = tuple(map(_real, numbers))
    hints = {
        before: "The ReLU after the convolution makes 0 of every negative number.",
        without_bias: "Each channel has a bias as well, and after it comes a ReLU.",
        relu(without_bias): "Each channel has a bias as well: add it to the sum of the products.",
        relu(channels(relu(PIXEL))): "The ReLU comes after the convolution: the pixel's own −1 counts as −1.",
        right[::-1]: "You have both channels; give the first one first.",
    }
    if found != right:
        wrong = "first" if found[0] != right[0] else "second"
        plain = f"In the {wrong} channel, add up the four products of a number and its weight, and the bias."
        raise Wrong(hints.get(found, plain))
    _what_it_can(letters)


def _what_it_can(answer: Any) -> None:
    letters = _letters(answer, "abcde")
    hints = {
        "b": "Sharpening compares a pixel with its neighbours.",
        "d": "A mirror moves each colour to another place.",
        "e": "The largest of three numbers isn't a weighted sum of them.",
    }
    for letter in sorted(letters):
        if letter in hints:
            raise Wrong(f"The numbers are right. For {letter}: {hints[letter]}")
    for letter, weights in {"a": "1 − x", "c": "the same mix of red, green and blue"}.items():
        if letter not in letters:
            raise Wrong(f"The numbers are right. For {letter}: each new channel is {weights}.")


def _letters(answer: Any, choices: str) -> set[str]:
    """The answer as some of these letters, or Wrong with what to give instead."""
    letters = set(answer.casefold()) - set(" ,;") if isinstance(answer, str) else set()
    if not letters or letters - set(choices):
        raise Wrong(
            f"{shown(answer)} is not made of the letters a to {choices[-1]}; "
            f'give them in quotes, such as "{choices[0]}{choices[2]}".'
        )
    return letters


def _real(answer: Any) -> float:
    """The answer as a finite number, or Wrong with what to give instead."""
    try:
        number = float("nan") if isinstance(answer, str | bytes | bool) else float(answer)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        number = float("nan")
    if not isfinite(number):
        raise Wrong(f"{shown(answer)} is not a number; give numbers such as 1 or -0.5.")
    return number


def _borne_out(answer: Any) -> None:
    letters = _letters(answer, "abcd")
    hints = {
        "a": "The best seed of *direct* has 18.3, and the worst via 32 has 19.3: five seeds don't decide it.",
        "c": "Compare *direct* with via 64 and no ReLU. Which has the lower mean, and do the ranges overlap?",
    }
    for letter in sorted(letters & set(hints)):
        raise Wrong(f"For {letter}: {hints[letter]}")
    missing = {
        "b": "Compare the two rows of via 64, and then the two of via 32. Do their training errors overlap?",
        "d": "Compare *direct* with via 32 and no ReLU. Do their training errors overlap?",
    }
    for letter in sorted(set(missing) - letters):
        raise Wrong(f"What you have is right. For {letter}: {missing[letter]}")


def _macs_of_nin(answer: Any) -> None:
    macs, saved, activations = several(answer, 3)
    _three_convolutions(macs)
    percent = _real(saved)
    hints = {
        70: "That is how many percent of the single 5×5's work they do; how many do they save?",
        0.3: "That is the share; give it in percent.",
        43: "Compare with the single 5×5: of its 235,929,600 MACs, how many are saved?",
    }
    near = next((hint for wrong, hint in hints.items() if abs(percent - wrong) < wrong / 50), None)
    if near or abs(percent - 30) > 0.5:
        plain = "The first is right. The single 5×5 has 5 · 5 · 192 · 192 weights, each used 16 · 16 times."
        raise Wrong(near or plain)
    _activations_of_three(activations)


def _activations_of_three(answer: Any) -> None:
    of_narrow, of_wide = (160 + 96) * 32**2, 192 * 16**2
    hints = {
        of_narrow: "The first two are right. The third lacks the 5×5's own 192 maps.",
        of_wide: "The first two are right. For the third, the two 1×1s make maps, too.",
        160 * 32**2 + of_wide: "The first two are right. The third lacks the 96 maps of the second 1×1.",
        96 * 32**2 + of_wide: "The first two are right. The third lacks the 160 maps of the first 1×1.",
        (160 + 96 + 192)
        * 32**2: "The first two are right. The 192 maps come after the pooling: 16×16 pixels.",
        (160 + 96 + 192)
        * 16**2: "The first two are right. The 1×1s stand before the pooling: 32×32 pixels a map.",
        160 + 96 + 192: "The first two are right. That is how many maps there are; how many numbers in each?",
        192 * 32**2
        + of_narrow
        + of_wide: "The first two are right. The 192 maps that come in are made by no layer of the three.",
        of_narrow
        + 96 * 16**2
        + of_wide: "The first two are right. Leave out what the pooling makes: count the convolutions' maps.",
    }
    number = whole_number(answer)
    if number != of_narrow + of_wide:
        plain = "The first two are right. For the third, add up channels × pixels of the three layers' maps."
        raise Wrong(hints.get(number, plain))


def _three_convolutions(answer: Any) -> None:
    narrow = Convolution(192, 160, 1, bias=False), Convolution(160, 96, 1, bias=False)
    wide, direct = (Convolution(channels, 192, 5, padding=2, bias=False) for channels in (96, 192))
    cropping = Convolution(96, 192, 5, bias=False)
    of_narrow, of_wide = sum(each.macs(32) for each in narrow), wide.macs(16)
    weights = sum(each.weights for each in (*narrow, wide))
    hints = {
        weights: "That is the number of weights. Each is used once at every pixel of the map it makes.",
        of_narrow + wide.macs(32): "That is the 5×5 on 32×32 pixels; it comes after the pooling.",
        weights * 16**2: "The two 1×1s stand before the pooling: they work on 32×32 pixels.",
        of_wide: "That is the 5×5 alone; the two 1×1s work as well.",
        of_narrow: "Those are the two 1×1s; the 5×5 works as well.",
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
    same, parameters = several(answer, 2)
    if one_of(same, ("yes", "no")) == "no":
        raise Wrong("Multiplying by a fixed number and adding another bends nothing. What would bend it?")
    hints = {
        64 * 64: "Those are its weights. What the batch norm adds goes through the second 1×1, and where to?",
        64 * 64
        + 256: "What is added to the 256 channels goes through the second 1×1, which has 64 new ones.",
        2 * 64 * 256: "That is what the two 1×1s have. How many has one from 64 channels to 64?",
        2 * 64 * 256 + 2 * 256: "That is what the three have. How many has one 1×1 from 64 channels to 64?",
        64 * 256: "That is one of the two. What comes in has 64 channels, and what goes out has 64.",
        256 * 256: "The 256 channels are in the middle: a single layer goes from 64 straight to 64.",
        64 * 64 + 2 * 64: "Multiplying changes the weights, and needs no number of its own. Adding does.",
        9 * 64 * 64: "That is a 3×3; two 1×1s see one pixel, so a 1×1 is enough.",
    }
    number = whole_number(parameters)
    if number != 64 * 64 + 64:
        plain = "64 channels come in and 64 go out: a matrix of 64 rows of 64, and something to add."
        raise Wrong(hints.get(number, plain))


def _two_ends(answer: Any) -> None:
    linear, pooled, takes = several(answer, 3)
    hints = {
        192 * 8 * 8 * 10: "For the linear layer, those are the weights; add a bias for each class.",
        192
        * 8
        * 8: "For the linear layer, that is the count of numbers that come in; there are ten classes.",
        192 * 10 + 10: "The linear layer has a weight for each of the 192 · 8 · 8 numbers and each class.",
    }
    number = whole_number(linear)
    if number != 192 * 8 * 8 * 10 + 10:
        plain = "The linear layer has a weight for each number that comes in and each class, and ten biases."
        raise Wrong(hints.get(number, plain))
    hints = {
        192 * 10: "For the 1×1, those are the weights; add a bias for each class.",
        192: "For the 1×1, that is one class; there are ten, each with a bias.",
        number: "A 1×1 uses the same weights at every pixel, so 8 · 8 isn't in their number.",
    }
    found = whole_number(pooled)
    if found != 192 * 10 + 10:
        plain = "The 1×1 has a weight for each of 192 channels and each class, and ten biases."
        raise Wrong(hints.get(found, plain))
    if one_of(takes, ("linear", "average")) == "linear":
        raise Wrong("The linear layer has weights for 8 · 8 places. What would those of 12 · 12 be given?")


EXERCISES = {
    "3.1": Exercise(
        _one_pixel,
        "2 − 2 + 1.5 + 0.5 = 2, and −2 − 1 + 1.5 − 0.5 = −2 becomes 0. A negative and a grey photo only mix "
        "the colours of each pixel.",
    ),
    "3.2": Exercise(
        _borne_out,
        "A 1×1 alone doesn't help, and one to 32 channels does harm; with a ReLU after it, via 32 is level "
        "with *direct*. So on the training patches it's the ReLU that makes up for the narrowing; on new "
        "ones, five seeds decide nothing.",
    ),
    "3.3": Exercise(
        _macs_of_nin,
        "30 percent of the work saved, for 311,296 activations against 49,152: over six times as many. The "
        "two 1×1s also bring two ReLUs, which the single 5×5 lacks.",
    ),
    "3.4": Exercise(
        _one_layer,
        "In use a batch norm is linear, too: 64 · 64 weights and 64 biases do it all. A ReLU would bend it.",
    ),
    "3.5": Exercise(
        built("bottleneck"),
        "69,632 weights, 12 percent of the 3×3's: the bottleneck that you'll meet again in lesson 5, ResNet.",
    ),
    "3.6": Exercise(
        _two_ends,
        "192 · 8 · 8 · 10 + 10 against 192 · 10 + 10: a 64th, and an average can be taken over any size.",
    ),
}
