"""The exercises of lesson 6, DenseNet."""

from __future__ import annotations

from typing import Any

from helpers.explorers.numbers.dense_block import dense_block
from helpers.lessons.checking import Exercise, Wrong, any_number, built, several, whole_number


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
        7: "That is with 4k maps, where more than 230 channels must be read. Here they are 2k.",
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


def _second_block(answer: Any) -> None:
    taken, most = map(whole_number, several(answer, 2))
    if (taken, most) == (168, 192):
        raise Wrong("You have both numbers; the other way round.")
    hints = {
        96: "That is in the first block, where 16 maps come in. Here they are 32.",
        224: "**b** leaves the input to its next reader, layer 1. How many readers lose it?",
        160: "What follows the block reads the input, too, and loses it.",
        288: "That is in both blocks; give the second alone.",
        32: "Count these maps again for each reader that loses them.",
        6: "So many readers lose the input; and how many maps each?",
        48: "The input has 32 maps here; 8 are what a layer makes.",
    }
    if taken != 192:
        plain = "32 maps come in, and six readers lose them: layers 2 to 6, and what follows the block."
        raise Wrong(hints.get(taken, plain))
    hints = {
        48: "Count a layer's maps again for each reader: layer 1 has six.",
        21: "So many connections are cut; and a layer's connection has 8 maps.",
        120: "Layer 1 has six readers, and layer 6 has one: what follows the block is a reader, too.",
        288: "Layer 1 has six readers, but layer 6 has only one. Add them up.",
        336: "That is in both blocks; give the second alone.",
        360: "That cuts the input, too; cut only the layers.",
        192: "Layer 1 has six readers, layer 2 five, and so on to layer 6. Add them up.",
        224: "Layers 1 to 6 have 6, 5, 4, 3, 2 and 1 readers; the seventh source is the input.",
    }
    if most != 168:
        plain = "Layers 1 to 6 have 6, 5, 4, 3, 2 and 1 readers, and each reader loses 8 maps of each."
        raise Wrong(hints.get(most, plain))


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
        _second_block,
        "6 · 32 = 192 maps, and 21 · 8 = 168: no cut of layers is as large, so in this block the input has "
        "no fair partner. You could cut only half of its maps, 96 again.",
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
