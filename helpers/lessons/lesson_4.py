"""The exercises of lesson 4, GoogLeNet."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import exp
from typing import Any

from helpers.arithmetic import Convolution
from helpers.arithmetic.blocks import INCEPTION_BLOCKS
from helpers.lessons.checking import Exercise, Wrong, built, several, whole_number


def _shares(answer: Any) -> None:
    given = [whole_number(each) for each in several(answer, 2)]
    blocks = {"the block with the largest share": "4d", "the block with the smallest share": "5b"}
    for (place, name), said in zip(blocks.items(), given, strict=True):
        out_1x1, _, out_3x3, _, out_5x5, pool_proj = INCEPTION_BLOCKS[name]
        channels = out_1x1 + out_3x3 + out_5x5 + pool_proj

        def percent(part: int, whole: int = channels) -> set[int]:
            """To the nearest whole number; what lies in the middle may be either."""
            return {int(100 * part / whole + 0.5), round(100 * part / whole)}

        hints = {
            out_3x3: "that is the 3×3's share alone; add the 5×5's channels.",
            out_5x5: "that is the 5×5's share alone; add the 3×3's channels.",
            out_1x1 + pool_proj: "that is the share of the other two branches.",
        }
        if said in percent(out_3x3 + out_5x5):
            continue
        if said == int(100 * (out_3x3 + out_5x5) / channels):
            raise Wrong(f"For {place}, round to the nearest whole percent.")
        if said == out_3x3 + out_5x5:
            raise Wrong(
                f"For {place}, that is the number of channels; give percent of the block's {channels}."
            )
        for part, hint in hints.items():
            if said in percent(part):
                raise Wrong(f"For {place}, {hint}")
        if name == "4d" and 50 <= said < 67:
            raise Wrong("There is a block in which the share is larger; go through all nine.")
        raise Wrong(
            f"For {place}, take the channels that come out of 3×3 and 5×5, in percent of all that come out."
        )


def _wider_3b(answer: Any) -> None:
    out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj = INCEPTION_BLOCKS["3b"]

    def weights(c_in: int, c_out: int, kernel: int) -> int:
        return Convolution(c_in, c_out, kernel, padding=kernel // 2, bias=False).weights

    def reading(channels: int) -> int:
        ones = weights(channels, out_1x1 + reduce_3x3 + reduce_5x5 + pool_proj, 1)
        return ones + weights(reduce_3x3, out_3x3, 3) + weights(reduce_5x5, out_5x5, 5)

    right, channels = reading(416), 416
    direct = weights(channels, out_3x3, 3) + weights(channels, out_5x5, 5)
    hints = {
        416: "That is how many channels 3b reads now. How many weights does it have?",
        reading(256): "That is 3b as it is. How many channels come out of 3a when its projection is missing?",
        reading(224): "The pool of 3a is still there: it hands on the 192 channels that it reads.",
        reading(192): "192 channels go into 3a. How many come out of it now, and go into 3b?",
        reading(448): "The 32 channels of the projection are gone; the pool's 192 take their place.",
        right - weights(channels, pool_proj, 1): "3b keeps its own projection, to 64 channels.",
        weights(channels, out_1x1, 1) + direct: "Only 3a's projection is missing; 3b keeps its reductions.",
        weights(channels, out_1x1 + pool_proj, 1) + direct: "3b keeps its reductions, to 128 and to 32.",
        right - reading(256): "That is by how much 3b grows. How many weights does it have then?",
        right + sum(INCEPTION_BLOCKS["3b"]): "Leave the biases out: count weights only.",
    }
    number = whole_number(answer)
    if number != right:
        plain = "Find how many channels 3a hands on now; each of 3b's four 1×1s reads them all."
        raise Wrong(hints.get(number, plain))


def _two_averages(answer: Any) -> None:
    places = ((10, 0), (0, 4), (0, 4))

    def cup(scores: tuple[float, float]) -> float:
        """The probability of the first of two classes."""
        return exp(scores[0]) / (exp(scores[0]) + exp(scores[1]))

    cups, ladles = (sum(each) for each in zip(*places, strict=True))
    network = round(100 * cup((cups / 3, ladles / 3)))
    code = round(100 * sum(map(cup, places)) / 3)
    first, second = (whole_number(each) for each in several(answer, 2))
    if (first, second) == (code, network):
        raise Wrong("You have both numbers, the other way round: the network averages the scores first.")
    if first == second == network:
        raise Wrong(
            "The network's is right; the code takes the softmax at each place, and averages after it."
        )
    if first != network:
        added = round(100 * cup((cups, ladles)))
        shares = round(100 * cups / (cups + ladles))
        hints = {
            added: "The network averages the three places; it doesn't add them up.",
            code: "That is the code's number. The network averages the scores first, then takes the softmax.",
            shares: "That is a share of the scores; take the softmax of the two averages.",
        }
        plain = (
            "For the network, average the three scores of each class first, and take the softmax of the two."
        )
        raise Wrong(hints.get(first, plain))
    if second != code:
        hints = {
            33: "Nearly: where the scores are (0, 4), the softmax still gives “cup” about 2 percent.",
            34: "Round to the nearest whole number: it is a little over 34.5.",
        }
        raise Wrong(
            hints.get(second, "For the code, take the softmax at each place, then average the three.")
        )


def _chance(answer: Any) -> None:
    three_sizes, and_a_pool = (191, 189, 193, 175, 181), (188, 179, 151, 174, 162)
    sums = [sum(five) for five in combinations(three_sizes + and_a_pool, 5)]
    least, most = sum(and_a_pool), sum(three_sizes)

    def count(wanted: Callable[[int], bool]) -> int:
        return sum(wanted(each) for each in sums)

    right = count(lambda each: each <= least)
    hints = {
        len(
            sums
        ): "That is how many choices there are. In how many is the sum as small as that of `and_a_pool`?",
        count(
            lambda each: each < least
        ): "Count the sums that are equal, too: the real choice is among them.",
        count(lambda each: each <= least or each >= most): (
            "That counts both directions, lower and higher; here only the lower one is asked for."
        ),
        count(lambda each: each > least): "That is in how many the sum is larger.",
        count(lambda each: each >= least): "That is in how many the sum is as large, or larger.",
        round(100 * right / len(sums)): "That is a percentage; give how many of the 252 choices.",
    }
    number = whole_number(answer)
    if number != right:
        plain = "Go through `combinations(three_sizes + and_a_pool, 5)`; count sums up to `and_a_pool`'s."
        raise Wrong(hints.get(number, plain))


EXERCISES = {
    "4.1": Exercise(
        _shares,
        "It rises from 50 percent in 4a to 66.7 in 4d, and nowhere else; in 5b it is back at 50.",
    ),
    "4.2": Exercise(
        _wider_3b,
        "416 · 352 + 221,184 + 76,800: one projection left out, and the *next* block has 15 % more weights.",
    ),
    "4.3": Exercise(
        _two_averages,
        "An average may change places with a linear layer, not with a softmax: here even the winner changes.",
    ),
    "4.4": Exercise(
        _chance,
        "8 of 252, about 3 percent, are as low by chance alone; and the other three pairs fall, too.",
    ),
    "4.5": Exercise(
        built("inception_block"),
        "16 + 32 + 16 = 64 channels, and the field of a 5×5: so the next blocks were built, in 2015.",
    ),
}
