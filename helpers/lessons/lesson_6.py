"""The exercises of lesson 6, DenseNet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.explorers.numbers.dense_block import dense_block
from helpers.lessons.checking import Exercise, Wrong, any_number, built, several, whole_number
from helpers.wording.refusals import shown


def _from_layers(width: int) -> int:
    """From how many layers on DenseNet-121's first block saves weights, if its 1×1 make `width` · k maps."""
    return dense_block(64, 6, 32, True, width, 0.5, 56).pays_from or 0


def _narrower(answer: Any) -> None:
    layer, layers = map(whole_number, several(answer, 2))
    first = dense_block(64, 6, 32, True, 2, 0.5, 56).pays_from
    if (layer, layers) == (first, 2):
        raise Wrong("You have both numbers; the other way round.")
    hints = {
        first: "Layer 2 reads 96 channels, and that is enough for itself; the *block* saves later.",
        1: "Layer 1 reads 64 channels; are that more than $18k / 7$?",
        83: "So many channels a layer must read. Which layer is the first to read that many?",
        96: "So many channels that layer reads. Which layer is it?",
        8: "That is with 4k maps, where more than 230 channels must be read. Here they are 2k.",
    }
    if layer != 2:
        plain = "It saves if $9ck > 2ck + 18k^2$. The layers read 64, 96, 128, … channels."
        raise Wrong(hints.get(layer, plain))
    hints = {
        _from_layers(4): "That is with 4k maps: set *bottleneck width* to 2.",
        2: "With 2 layers the 1×1 still costs a little. A *block* saves if its layers do so on average.",
        1: "Layer 1 alone reads 64 channels, and there the 1×1 costs.",
    }
    if layers != first:
        plain = (
            "The layer is right. Set *bottleneck width* to 2, with 64 in channels and growth rate 32: what "
            "do the words in red above the curves say?"
        )
        raise Wrong(hints.get(layers, plain))


READERS = range(1, 8)
PAIRS = [(source, reader) for reader in READERS for source in range(reader)]
"""The 28 connections of a block of six layers; the seventh reader is what follows it."""


def _stay(keeps: Callable[[int, int], Any]) -> list[tuple[int, int]]:
    return [pair for pair in PAIRS if keeps(*pair)]


WINDOW = _stay(lambda source, reader: source >= reader - 3)
OTHERS = {
    "That keeps only the source just before; keep three.": lambda source, reader: source == reader - 1,
    "That keeps two sources; keep three.": lambda source, reader: source > reader - 3,
    "That keeps four sources; keep three.": lambda source, reader: source >= reader - 4,
    "That keeps only the third source before the reader; keep those after it, too.": (
        lambda source, reader: source == reader - 3
    ),
    "That keeps the three *first* sources; keep those just before the reader.": (
        lambda source, reader: source < 3
    ),
    "That is the other way round: it keeps what should be cut.": (lambda source, reader: source < reader - 3),
    "That keeps the block's input for every reader; here it is a source like any other.": (
        lambda source, reader: source == 0 or source >= reader - 3
    ),
    "That leaves nothing to reader 1, which has no other source than the input.": (
        lambda source, reader: source > 0 and source >= reader - 3
    ),
    "That keeps everything.": lambda source, reader: True,
    "That keeps nothing.": lambda source, reader: False,
}


def _window(answer: Any) -> None:
    keeps, number = several(answer, 2)
    if not callable(keeps):
        raise Wrong(
            f"The first answer is {shown(keeps)}; give the function itself: window, without brackets."
        )
    for pair in PAIRS:
        if (says := keeps(*pair)) not in (True, False):
            raise Wrong(f"window{pair} gives {shown(says)}; return True or False.")
    stays = _stay(keeps)
    if stays != WINDOW:
        for hint, other in OTHERS.items():
            if stays == _stay(other):
                raise Wrong(hint)
        source, reader = next(pair for pair in PAIRS if (pair in stays) != (pair in WINDOW))
        last = ", ".join(str(each) for each in range(max(0, reader - 3), reader))
        raise Wrong(
            f"window({source}, {reader}) gives {(source, reader) in stays}; reader {reader} should keep only "
            f"the sources {last}."
        )
    if number is ...:
        raise Wrong("The function is right. How many connections stay?")
    hints = {
        len(PAIRS) - len(WINDOW): "The function is right; so many are *cut*. How many stay?",
        21: "The function is right; but readers 1 and 2 have fewer than three sources.",
        15: "The function is right; but what follows the block reads, too: the seventh reader.",
        36: "That counts both blocks; give the number for one.",
    }
    if (said := whole_number(number)) != len(WINDOW):
        plain = "The function is right. Readers 1 and 2 keep 1 and 2 sources; how many do the five others?"
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
    zero_map, zero_weight = map(any_number, several(answer, 2))
    if (zero_map, zero_weight) == (0, 3):
        raise Wrong("You have both numbers; the other way round.")
    hints = {
        0: "The map is 0, but batch norm still subtracts its old mean: 0 − (−3).",
        -3: "0 − (−3) is +3, and a ReLU lets nothing below 0 pass.",
        1.5: "Don't forget the weight: the ReLU gives 1.5, and the weight is 2.",
        -1.5: "0 − (−3) is +3: mind the sign.",
        6: "Batch norm divides by the standard deviation, 2, as well.",
        2: "(0 − (−3)) / 2, then the ReLU, then times the weight.",
    }
    if zero_map != 3:
        plain = "Batch norm makes (0 − (−3)) / 2 of a pixel that is 0; then come the ReLU and the weight."
        raise Wrong(hints.get(zero_map, plain))
    if zero_weight != 0:
        raise Wrong("With weight 0 a map adds nothing, whatever batch norm and ReLU make of it.")


EXERCISES = {
    "6.1": Exercise(
        _narrower,
        "Layer 2 saves, but it must first make up for layer 1. So the block saves from 3 layers on, instead "
        "of 12: the fewer maps the 1×1 makes, the sooner it saves; but the less it hands on.",
    ),
    "6.2": Exercise(
        _window, "1 + 2 + 5 · 3 = 18 connections stay; most of those to the block's input are cut."
    ),
    "6.3": Exercise(
        _kept, "2 · (16 + 24 + 32 + 40) = 224 maps against 16 + 3 · 8 = 40: a sum of sums against a sum."
    ),
    "6.4": Exercise(
        _zero_before_norm,
        "A map of zeros becomes 1.5 at every pixel and adds 3, which no training put there. Only the weight "
        "really cuts.",
    ),
    "6.5": Exercise(
        built("local_block"),
        "Each layer reads the input and the layer just before it, and what comes out is ready for a fourth "
        "layer.",
    ),
}
