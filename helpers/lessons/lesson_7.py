"""The quiz of lesson 7 over all lessons, and its last exercise, a block of the learner's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, built, one_of, whole_number


def _choice(right: str, hints: Mapping[str, str]) -> Callable[[Any], None]:
    """A test of an answer by letter, with a hint for each of the others."""

    def test(answer: Any) -> None:
        letter = one_of(answer, tuple(sorted((right, *hints))))
        if letter != right:
            raise Wrong(hints[letter])

    return test


def _number(right: int, hints: Mapping[int, str], plain: str) -> Callable[[Any], None]:
    """A test of a count, with a hint for each number that a mistake leads to, and a plain one for others."""

    def test(answer: Any) -> None:
        number = whole_number(answer)
        if number != right:
            raise Wrong(hints.get(number, plain))

    return test


_WEIGHTS = "Weights are kernel height × kernel width × in channels × out channels, for each convolution."

_direct = Convolution(64, 64, 3, bias=False).weights
_squeeze, _after = Convolution(64, 60, 1, bias=False).weights, Convolution(60, 64, 3, bias=False).weights
_more = _number(
    _squeeze + _after - _direct,
    {
        _squeeze + _after: "That is what the two hold together. How many more is it than the one 3×3?",
        _direct: "That is the one 3×3. Count the two that replace it, and subtract.",
        _direct
        - _squeeze
        - _after: "It is the other way round: the two hold more. Reducing 64 channels to 60 does not pay.",
        _direct - _after: "You left out the 1×1: the 3×3 alone became smaller, and the 1×1 has weights too.",
        _after - _direct: "You left out the 1×1: it has weights too.",
        _squeeze: "That is the 1×1. But the 3×3 behind it reads 60 channels now, not 64.",
        0: "It is not the same, and a 1×1 does not save by itself: count the 1×1 and the 3×3 behind it.",
    },
    _WEIGHTS,
)

_projection = Convolution(256, 512, 1, stride=2, bias=False).weights
_shortcut = _number(
    _projection,
    {
        9
        * _projection: "That is a 3×3. The projection is a 1×1: it changes channels, and sees no neighbour.",
        _projection // 4: "The stride leaves out pixels, not weights: each pair of channels has its weight.",
        _projection * 4: "The stride does not add weights: each pair of channels has one.",
        256 * 256: "It leads from 256 channels to 512, for the sum needs equal shapes.",
        512 * 512: "It reads the 256 channels that come into the block.",
        0: "An identity has none, but it cannot be added here: 256 channels do not fit 512.",
        _projection + 512: "That counts biases; batch norm follows, so there are none.",
        256
        + 512: "Each of the 512 output channels has a weight for each of the 256 input channels: multiply.",
    },
    _WEIGHTS,
)

_growth = _number(
    64 + 6 * 32,
    {
        6 * 32: "Those are the new maps. The 64 that came in are handed on as well.",
        64 + 5 * 32: "That is what the sixth layer reads. It adds 32 more.",
        64 + 7 * 32: "That would be seven layers.",
        64 * 2**6: "Nothing is doubled: every layer adds 32 maps, however many it reads.",
        32 * 2**6: "Nothing is doubled: every layer adds 32 maps, however many it reads.",
        64 * 6 * 32: "Nothing is multiplied: every layer adds 32 maps.",
        64: "That would be an addition, as in ResNet. DenseNet concatenates.",
        32: "That is what one layer adds.",
        128: "That is what a transition leaves: half of them. What does the block hand it?",
    },
    "Begin with 64, and let each layer put its 32 maps beside what is there.",
)

_naive = _number(
    64 + 128 + 32 + 192,
    {
        256: "That is with the 1×1 reductions. Without its 1×1 the pool branch hands on all it gets.",
        64 + 128 + 32: "You left out the pool branch: it hands on all 192 channels.",
        192: "That is the pool branch alone. The four branches are put beside each other.",
        64 + 128 + 32 + 4 * 192: "Only the pool hands on its input; the others give what their kernels make.",
        64
        + 96
        + 128
        + 16
        + 32
        + 32: "The 96 and the 16 are reductions: they lie before the 3×3 and the 5×5.",
        128 + 32 + 192: "The 1×1 branch stays: it reduces for nobody. It gives 64.",
    },
    "Add the channels of the four branches: 1×1, 3×3, 5×5 and the pool, which keeps those it is given.",
)

_field = _number(
    7,
    {
        9: "The 1×1 adds nothing: it sees no neighbour.",
        8: "The 1×1 adds nothing, and a field grows on both sides at once: it is odd.",
        5: "Two of the 3×3 see 5×5. There is a third.",
        3: "That is a single 3×3. Each further one reads one pixel more on either side.",
        49: "That is how many pixels it covers. What is its side?",
        10: "Kernels are not added up: neighbouring windows overlap, so each k×k adds k − 1.",
        12: "Kernels are not added up: neighbouring windows overlap, so each k×k adds k − 1.",
        27: "Kernels are not multiplied: neighbouring windows overlap, so each k×k adds k − 1.",
    },
    "Begin with one pixel. Each k×k with stride 1 adds k − 1.",
)

EXERCISES = {
    "7.1": Exercise(
        _choice(
            "c",
            {
                "a": "That is without groups. In the paper conv 2, 4 and 5 are split over two GPUs.",
                "b": "That is torchvision's: one tower, with fewer kernels.",
                "d": "Five million is an old rumour about GoogLeNet, and it is not even right there.",
            },
        ),
        "60,965,224: with conv 2, 4 and 5 in two groups, each kernel there reads half of the channels.",
    ),
    "7.2": Exercise(
        _choice(
            "b",
            {
                "a": "Then a photo would be named differently each time. Dropping is for training only.",
                "c": "In training half of the units are missing; with all of them the sums double already.",
                "d": "A fixed half would be a smaller network. All units are there at test time.",
            },
        ),
        "All units work, times 1 − p, so that the next layer gets the sums that it is used to. "
        "(PyTorch divides by 1 − p in training instead.)",
    ),
    "7.3": Exercise(_field, "1 + 2 + 2 + 0 + 2 = 7: each 3×3 adds 2, the 1×1 adds a layer and no pixel."),
    "7.4": Exercise(
        _choice(
            "d",
            {
                "a": "With a ReLU between them they compute what no single convolution can.",
                "b": "A 5×5 has 25 weights to choose, two 3×3 have 18: most 5×5 cannot be made of them.",
                "c": "That holds without a ReLU only. With one, −x does not give minus the output.",
            },
        ),
        "Both see 5×5 pixels, and neither can compute all that the other can.",
    ),
    "7.5": Exercise(
        _more, "3,840 + 34,560 − 36,864 = 1,536 more: 60 channels are above the break-even of 57.6."
    ),
    "7.6": Exercise(
        _naive, "64 + 128 + 32 + 192 = 416: without its 1×1 the pool branch hands on all 192 channels."
    ),
    "7.7": Exercise(
        _choice(
            "b",
            {
                "a": "That is said everywhere, since the paper says “12 times fewer”. Count them.",
                "c": "That is with both auxiliary heads, which only training needs.",
                "d": "That is torchvision's: it has 3×3 where the paper has 5×5.",
            },
        ),
        "6,998,552, which is 8.7 times fewer than AlexNet.",
    ),
    "7.8": Exercise(
        _choice(
            "a",
            {
                "b": "It would be in both cases. What does an overfitted network do on the training data?",
                "c": "It has more, so it could overfit. That is why one looks at its training error.",
                "d": "The authors think that unlikely: batch norm keeps the signals healthy.",
            },
        ),
        "Overfitting is a low training error with a high test error. Here the training error is high.",
    ),
    "7.9": Exercise(_shortcut, "256 · 512 = 131,072: a 1×1, which steps over three pixels in four."),
    "7.10": Exercise(_growth, "64 + 6 · 32 = 256: channels grow linearly, and the weights quadratically."),
    "7.11": Exercise(
        _choice(
            "c",
            {
                "a": "The maps are kept for the backward pass as well, and there are many of them.",
                "b": "There are more layers, but their number alone says nothing: count the maps.",
                "d": "A 1×1 adds a map of its own, to be kept like any other.",
            },
        ),
        "Parameters and kept maps are two counts. A naive framework keeps every concatenation, too.",
    ),
    "7.12": Exercise(
        built("own_block"),
        "Your block keeps the shape, sees 5×5, mixes all channels, and is cheap.",
    ),
}
