"""The exercises of lesson 6, DenseNet."""

from __future__ import annotations

from typing import Any

from helpers.explorers.numbers.dense_block import dense_block
from helpers.lessons.checking import Exercise, Wrong, built, several, whole_number


def _from_layers(width: int) -> int:
    """From how many layers on DenseNet-121's first block saves weights, if its 1×1 make `width` · k maps."""
    return dense_block(64, 6, 32, True, width, 0.5, 56).pays_from or 0


def _narrower(answer: Any) -> None:
    hints = {
        _from_layers(4): "That is with 4k maps: set *bottleneck width* to 2.",
        2: "With 2 layers the 1×1 still costs a little. Read the line in red: from how many layers on?",
        83: "So many channels a layer must read. How many layers must the *block* have?",
        32: "That is the growth rate, which stays as it is.",
        64: "That is what comes in, or what the 1×1 makes. How many layers must the block have?",
    }
    number = whole_number(answer)
    if number != _from_layers(2):
        plain = (
            "Set *bottleneck width* to 2, with 64 in channels and growth rate 32, and read the line in red."
        )
        raise Wrong(hints.get(number, plain))


LAYERS_161, GROWTH_161 = (6, 12, 36, 24), 48


def _ladder(answer: Any) -> None:
    right, channels = [], 2 * GROWTH_161
    for layers in LAYERS_161:
        channels += layers * GROWTH_161
        right.append(channels)
        channels //= 2
    given = [whole_number(each) for each in several(answer, len(right))]
    for place, (said, wanted, layers) in enumerate(zip(given, right, LAYERS_161, strict=True)):
        if said == wanted:
            continue
        block, new = f"Block {place + 1}", layers * GROWTH_161
        entering = wanted - new
        hints = {
            wanted // 2: f"{wanted // 2:,} channels are left *behind* the transition; what comes out of the "
            "block itself?",
            entering: f"So many channels come *into* block {place + 1}. How many come out of it?",
            entering + layers * 32: f"{block}: the growth rate is 48 here.",
            new: f"{block} gives its own {new} new maps and what came in: nothing is lost inside a block.",
        }
        if place:
            hints[2 * entering + new] = (
                f"{block} gets half of what came out of the one before: remember the transition."
            )
        plain = f"{block} has {layers} layers, and each adds 48 channels to what came in."
        raise Wrong(hints.get(said, plain))


def _kept(answer: Any) -> None:
    plainly, thriftily = map(whole_number, several(answer, 2))
    if (plainly, thriftily) == (40, 224):
        raise Wrong("You have both numbers; the other way round.")
    hints = {
        112: "That counts what each layer reads once; it is kept again after BN and ReLU.",
        40: "That is each map once. Every layer keeps all that *it* reads, joined anew.",
        48: "That is what comes out. How many maps do the four layers read, together?",
        224 + 2 * 4 * 32: "That counts a 1×1 in each layer; here there is none.",
        224 + 48: "What comes out in the end is kept by whoever reads it, not by this block.",
    }
    if plainly != 224:
        plain = (
            "The layers read 16, 24, 32 and 40 maps, and each keeps what it reads before and after BN–ReLU."
        )
        raise Wrong(hints.get(plainly, plain))
    hints = {
        48: "The fourth layer's maps are kept by whoever reads them, so leave them out.",
        24: "The block's input is kept, too.",
        32: "The block's input is kept, too; and leave out the fourth layer's maps.",
        112: "Thriftily each map is kept once, however many layers read it.",
    }
    if thriftily != 40:
        raise Wrong(hints.get(thriftily, "Thriftily: the input's 16 maps, and 8 of each layer but the last."))


def _zero_before_norm(answer: Any) -> None:
    theirs, proper = map(whole_number, several(answer, 2))
    if (theirs, proper) == (0, 3):
        raise Wrong("You have both numbers; the other way round.")
    hints = {
        0: "The map is 0, but batch norm still subtracts its old mean: 0 − (−3).",
        -3: "0 − (−3) is +3, and a ReLU lets nothing below 0 pass.",
        6: "Batch norm divides by the standard deviation, 2, as well.",
        1: "Don't forget the weight: the ReLU gives 1.5, and the weight is 2.",
        2: "(0 − (−3)) / 2, then the ReLU, then times the weight.",
    }
    if theirs != 3:
        plain = "Batch norm makes (0 − (−3)) / 2 of a pixel that is 0; then come the ReLU and the weight."
        raise Wrong(hints.get(theirs, plain))
    if proper != 0:
        raise Wrong("A map that is cut should add nothing: with weight 0, whatever it is.")


EXERCISES = {
    "6.1": Exercise(
        _narrower,
        "From 3 layers on instead of 12: the fewer maps the 1×1 makes, the sooner it saves; and the less it "
        "hands on.",
    ),
    "6.2": Exercise(
        _ladder, "Up by 48 a layer and down by half: 96 → 384, 192 → 768, 384 → 2,112, 1,056 → 2,208."
    ),
    "6.3": Exercise(
        _kept, "2 · (16 + 24 + 32 + 40) = 224 maps against 16 + 3 · 8 = 40: a sum of sums against a sum."
    ),
    "6.4": Exercise(
        _zero_before_norm,
        "A map of zeros becomes 1.5 at every pixel: their cut adds something that no training put there.",
    ),
    "6.5": Exercise(
        built("local_block"),
        "Each layer reads the input and the layer just before it, and what comes out is for a fourth.",
    ),
}
