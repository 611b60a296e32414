"""The exercises of lesson 7, the summary: one on each lesson before it, five on this one, two more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite, nan
from typing import Any

from helpers.arithmetic import Convolution, Linear
from helpers.lessons.checking import Exercise, Wrong, built, one_of, several, whole_number
from helpers.wording.refusals import shown


def _number(right: int, hints: Mapping[int, str], plain: str) -> Callable[[Any], None]:
    """A test of a count, with a hint for each number that a mistake leads to, and a plain one for others."""

    def test(answer: Any) -> None:
        number = whole_number(answer)
        if number != right:
            raise Wrong(hints.get(number, plain))

    return test


def _weights(in_channels: int, out_channels: int, kernel: int, groups: int = 1) -> int:
    return Convolution(in_channels, out_channels, kernel, groups=groups, bias=False).weights


WEIGHTS = "Weights are kernel height × kernel width × in channels × out channels, for each convolution."

_conv3, _in_groups = _weights(256, 384, 3), _weights(256, 384, 3, groups=2)
_towers = _number(
    _conv3 - _in_groups,
    {
        _conv3: "That is what it has now. What would it have if each kernel read one tower's 128 channels?",
        (_conv3 - _in_groups) // 9: "Each kernel is 3×3 in each channel that it reads.",
        3 * _conv3 // 4: "With two groups there are still 384 kernels, each half as deep: half is saved.",
        _conv3 // 4: "With two groups there are still 384 kernels, each half as deep: half is saved.",
        0: "Two towers of 192 kernels each, and each kernel reads 128 channels in place of 256.",
    },
    WEIGHTS,
)

_five = _weights(64, 64, 5)
_most = (_five - 1) // (2 * _weights(64, 1, 3))
_hidden = _number(
    _most,
    {
        _most + 1: "With 89 the pair has 102,528 weights, and the 5×5 has 102,400.",
        64: "With 64 the pair has 73,728 weights, well below the 5×5's 102,400. How far can it widen?",
        _five // _weights(64, 1, 3): "There are two 3×3s: one from 64 to h, and one from h to 64.",
        2 * _most: "There are two 3×3s: one from 64 to h, and one from h to 64.",
        _five: "That is how many weights the 5×5 has. For which h do the two 3×3s have fewer?",
        2 * _weights(64, 1, 3): "That is what the two 3×3s have for each channel between them.",
    },
    "The two 3×3s have 9 · 64 · h + 9 · h · 64 weights, and the 5×5 has 25 · 64 · 64.",
)

_three, _each = _weights(64, 96, 3), _weights(64, 1, 1) + _weights(1, 96, 3)
_widest = (_three - 1) // _each
_narrowed = _number(
    _widest,
    {
        _widest + 1: "With 60 the two have 55,680 weights, and the 3×3 alone has 55,296.",
        63: "With 63 the 3×3 becomes smaller, but the 1×1 has weights, too: count both.",
        64: "With 64 the 3×3 stays as it was, and the 1×1 is added. How far must it narrow?",
        32: "Half of the channels pay, but so do more. Up to which r are there fewer weights?",
        (_three - 1) // (_weights(64, 1, 3) + _weights(1, 96, 1)): "The 1×1 comes first: it leads from 64 "
        "channels to r, and the 3×3 from r to 96.",
        _three: "That is how many weights the 3×3 has. With which r do the two have fewer?",
        _each: "That is what the two have for each of the r channels between them.",
    },
    "The two have 64 · r + 9 · r · 96 weights, and the 3×3 alone has 9 · 64 · 96.",
)

_linear = Linear(1024, 1000).weights
_averaged = _number(
    _linear,
    {
        100 * _linear: "That is for flattened maps. What does the average leave of a map of 10×10?",
        49 * _linear: "That is for flattened maps of 7×7. What does the average leave of a map?",
        1024: "That is how many numbers come in. Each has a weight for each of the 1,000 classes.",
        _linear + 1000: "That counts the biases; give the weights alone.",
        51 * _linear: "The maps grow, but what is left of each after the average?",
    },
    "The average makes one number of each map, whatever its size. How many come in, and how many go out?",
)

_ones, _full, _depthwise = 2 * _weights(256, 64, 1), _weights(64, 64, 3), _weights(64, 64, 3, groups=64)
SHARES = (round(100 * _ones / (_ones + _full)), round(100 * _ones / (_ones + _depthwise)))


def _shares(answer: Any) -> None:
    ordinary, depthwise = map(whole_number, several(answer, 2))
    hints = {
        (SHARES[1], SHARES[0]): "You have both; give the ordinary 3×3 first.",
        (SHARES[0], SHARES[0]): "A depthwise kernel reads one channel, and an ordinary one all 64.",
        (100 - SHARES[0], 100 - SHARES[1]): "That is the 3×3's share.",
        (31, 97): "There are two 1×1s: one narrows, the other widens.",
        (67, 67): "Two of three convolutions are 1×1s, but they don't do equal work.",
    }
    if (ordinary, depthwise) != SHARES:
        plain = (
            "At each pixel a weight does one MAC: compare the weights of the 1×1s with those of all three."
        )
        raise Wrong(hints.get((ordinary, depthwise), plain))


_growth = _number(
    (360 - 64) // 12,
    {
        25: "With 25 the block hands on 364 channels, and 182 leave the transition.",
        (180 - 64) // 12: "The transition halves. So how many channels may the block hand to it?",
        360 // 12: "The 64 that came in are handed on as well: they are among the 360.",
        180 // 12: "The transition halves, and the 64 that came in are handed on as well.",
        (360 - 64) // 11: "There are twelve layers. The last one's maps count, too.",
        (360 - 64) // 13: "There are twelve layers. The 64 that came in are no thirteenth.",
        360: "That is what the block may hand to the transition. How much of it may each layer add?",
        360 - 64: "That is what all twelve layers may add together. And each?",
        (64 + 12 * 24) // 2: "That is how many leave then. With which growth rate?",
    },
    "How many channels may leave the block, before the halving? 64 came in; twelve layers add the others.",
)

CHANGES = ("training", "machine", "nothing")
KINDS = ("nothing", "training", "machine", "nothing", "machine")


def _what_changes_it(answer: Any) -> None:
    hints = {
        "a": "MACs follow from the layers and the size of the photo alone.",
        "b": "the same layers with other weights make other mistakes. Does the machine matter?",
        "c": "another processor needs another time for the same work.",
        "d": "fc6 has so many weights, wherever it runs and however it was trained.",
        "e": "it is a ratio, but a ratio of two measured times. Is it the same on every machine?",
    }
    given = several(answer, len(KINDS))
    for (case, hint), right, said in zip(hints.items(), KINDS, given, strict=True):
        if one_of(said, CHANGES) != right:
            raise Wrong(f"In case {case}, {hint}")


_pairs = _number(
    4,
    {
        6: "That would be all of them. Look at DenseNet-161: it is wider than the other three.",
        2: "In two pairs it is the other way round. In how many do more layers come with a lower error?",
        3: "Are all four DenseNets shown? The papers have no figure for DenseNet-161: choose torchvision's.",
        10: "That is the count of pairs of five networks. Leave only DenseNet ticked.",
    },
    "Choose depth, top-5 error, torchvision and whole families, leave only DenseNet, and read the title.",
)


_layer, _maps = Convolution(512, 512, 1, bias=False), 512 * 14 * 14
_macs = _layer.macs(14)


LIMITS = ("memory", "arithmetic")


def _intensities(answer: Any) -> None:
    *numbers, first, second = several(answer, 4)
    one, many = map(whole_number, numbers)
    limits = one_of(first, LIMITS), one_of(second, LIMITS)
    right = tuple(round(images * _macs / (4 * (2 * images * _maps + _layer.weights))) for images in (1, 16))
    if (one, many) == right[::-1]:
        raise Wrong("You have both numbers; the other way round: first one photo, then sixteen.")
    hints = {
        round(_macs / (2 * _maps + _layer.weights)): "that is for each number. A number has four bytes.",
        round(_macs / (4 * (_maps + _layer.weights))): "the maps that come out are moved, too.",
        round(_macs / (4 * 2 * _maps)): "the weights are moved, too.",
        round(_macs / (4 * _layer.weights)): "the maps are moved, too, both in and out.",
    }
    if one != right[0]:
        plain = "MACs are 512 · 512 · 14 · 14; bytes are 4 · (maps in + weights + maps out)."
        raise Wrong(f"One photo: {hints.get(one, plain)}")
    hints = {
        right[0]: "MACs and maps grow sixteenfold, but are the weights read sixteen times?",
        16 * right[0]: "the MACs grow sixteenfold, and so do the maps.",
    }
    if many != right[1]:
        plain = "sixteen times the MACs and the maps, and the weights once."
        raise Wrong(f"The first is right. Sixteen photos: {hints.get(many, plain)}")
    if limits != LIMITS:
        raise Wrong(
            "Both numbers are right. In a second come 2.5 billion bytes. With so many MACs for each, how "
            "many could be done, and are they more than 100 billion?"
        )


USES = (1, 14 * 14, 7 * 7)
_ONCE = "the depthwise layer's nine weights of a map are each used at every pixel that comes out: 7×7."
_MISUSED = (
    {4096: "in a linear layer, how many products does one weight take part in, for one photo?"},
    {
        1: "a 1×1 works at every pixel: a weight is used once for each pixel that comes out.",
        512: "how often does one weight, from one map to one map, multiply? Count the pixels.",
        196 * 512: "a weight leads from one map to one map. How many pixels does it work at?",
        196 * 512 * 512: "that is how many MACs the layer does. How often is one weight used?",
    },
    {
        1: _ONCE,
        196: "with stride 2 there are fewer places: count the pixels that come out.",
        9 * 49: "there are nine weights for each map. How often is one of them used?",
        49 * 512: "each map has nine weights of its own. How often is one of them used?",
        9: _ONCE,
    },
)


def _uses(answer: Any) -> None:
    given = [whole_number(each) for each in several(answer, 6)]
    names = ("Linear", "1×1", "Depthwise")
    for name, right, said, hints in zip(names, USES, given, _MISUSED, strict=False):
        if said != right:
            plain = "count the places at which one weight works, for one photo."
            raise Wrong(f"{name}: {hints.get(said, plain)}")
    if given[3:] != [16 * right for right in USES]:
        raise Wrong("One photo is right. And 16 at once: the same weights work on all of them.")


ROWS = ("AlexNet", "VGG-16", "GoogLeNet", "ResNet-50", "DenseNet-121")
OTHERS = {"alexnet", "googlenet"}
BEHIND = 9.15 - 6.71
_MISCOMPARED = (
    (-BEHIND, "It is the other way round: GoogLeNet's error is higher, so give a number above 0."),
    (0.04, "That is with 6.67, which is the error of several networks. What does one alone have?"),
    (-0.04, "That is with 6.67, which is the error of several networks. What does one alone have?"),
    (10.07 - 6.71, "That is GoogLeNet on one crop. The rest are single networks on ten crops."),
    (7.89 - 6.71, "That is GoogLeNet on 144 crops. The rest are single networks on ten crops."),
    (10.470 - 7.138, "That is torchvision's edition, on one crop. The rest are the papers', on ten."),
    (9.15, "That is GoogLeNet's own error. How far is it from ResNet-50's 6.71?"),
)


def _odd_rows(answer: Any) -> None:
    if not isinstance(answer, list | tuple) or len(answer) < 2:
        raise Wrong(f'{shown(answer)} is not a list of names and a number; write ["...", "...", 0.0].')
    *names, difference = answer
    given = {one_of(each, tuple(name.casefold() for name in ROWS)) for each in names}
    for name, hint in {
        "vgg-16": "VGG-16's 9.33 is a single network's on ten crops, measured by ResNet's authors.",
        "resnet-50": "ResNet-50's 6.71 is a single network's on ten crops.",
        "densenet-121": "DenseNet-121's 6.66 is a single network's on ten crops.",
    }.items():
        if name in given:
            raise Wrong(f"{hint} Compare the table with the plot of this lesson.")
    if given != OTHERS:
        raise Wrong("There is more than one. Which errors in the table aren't those of a single network?")
    points = _points(difference)
    if abs(points - BEHIND) > 0.0051:
        plain = "Take GoogLeNet's error from the plot (papers, top-5 error) and subtract ResNet-50's."
        hints = [hint for wrong, hint in _MISCOMPARED if abs(points - wrong) < 0.0051]
        raise Wrong(f"The names are right. {hints[0] if hints else plain}")


def _points(answer: Any) -> float:
    """Percentage points, or Wrong with what to give instead."""
    try:
        number = nan if isinstance(answer, str | bytes | bool) else float(answer)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        number = nan
    if not isfinite(number):
        raise Wrong(f"The names are right. {shown(answer)} is not a number, such as 1.5.")
    return number


# What each network has: 1×1 convolutions, concatenation, batch norm, and twice the work.
_HAVE = {"a": "b", "b": "1b", "c": "1cb", "d": "c", "e": "1cbw"}
_DIFFERENCES = {
    "1": "the 1×1",
    "c": "concatenating",
    "b": "batch norm",
    "w": "the work",
}
_DECIDING = (("the 1×1", "ab"), ("concatenating", "bc"))


def _experiments(answer: Any) -> None:
    letters = [one_of(each, tuple(_HAVE)) for each in several(answer, 4)]
    pairs = letters[:2], letters[2:]
    if ["".join(sorted(pair)) for pair in pairs] == [right for _, right in reversed(_DECIDING)]:
        raise Wrong("Both are right; the other way round: first the two for the 1×1, then for concatenating.")
    for (what, right), (one, other) in zip(_DECIDING, pairs, strict=True):
        if "".join(sorted((one, other))) == right:
            continue
        differ = [name for key, name in _DIFFERENCES.items() if (key in _HAVE[one]) != (key in _HAVE[other])]
        if not differ:
            raise Wrong(f"For {what}, give two different networks.")
        also = " and in ".join(differ)
        raise Wrong(f"For {what}: {one} and {other} differ in {also}. Which two differ in {what} alone?")


EXERCISES = {
    "7.1": Exercise(
        _towers,
        "Half of 884,736: with two groups each kernel reads half of the channels, as in conv 2, 4, 5.",
    ),
    "7.2": Exercise(
        _hidden, "With 88 channels the pair has 101,376 weights, and the 5×5 has 102,400. And it has a ReLU."
    ),
    "7.3": Exercise(
        _narrowed,
        "The two have 54,752 weights, the 3×3 has 55,296. With 63 the 1×1 costs more than it saves.",
    ),
    "7.4": Exercise(
        _averaged, "1,024 · 1,000, as before: the average leaves one number of each map. AlexNet's fc6 grows."
    ),
    "7.5": Exercise(
        _shares, "32,768 of 69,632 MACs at each pixel, and 32,768 of 33,344: with depthwise 3×3s, nearly all."
    ),
    "7.6": Exercise(
        _growth, "64 + 12 · 24 = 352 leave the block, and 176 the transition. With 25 it would be 182."
    ),
    "7.7": Exercise(
        _what_changes_it,
        "Counted numbers stay; published ones come from a training; measured ones from a machine.",
    ),
    "7.8": Exercise(
        _pairs, "DenseNet-161 has 161 layers and growth rate 48; it beats the deeper, narrower 169 and 201."
    ),
    "7.9": Exercise(
        _uses, "A fetched weight of the linear layer works least: it gains most from photos at once."
    ),
    "7.10": Exercise(
        _odd_rows,
        "15.3 and 6.67 are of seven networks each. Alone, on ten crops, it's 18.2 and 9.15: far behind.",
    ),
    "7.11": Exercise(
        _experiments,
        "One thing at a time: d also has no batch norm, and e does twice the work.",
    ),
    "7.12": Exercise(built("own_block"), "It keeps the shape, sees 5×5, and mixes all channels."),
    "7.13": Exercise(
        _intensities,
        "28 · 2.5 is 70 billion MACs, below the 100 billion; 59 · 2.5 is above, where the roof is level.",
    ),
}
