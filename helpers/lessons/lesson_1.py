"""The exercises of lesson 1, AlexNet."""

from __future__ import annotations

from typing import Any

from helpers.arithmetic import Convolution, Linear, Pooling
from helpers.lessons.checking import Exercise, Wrong, built, several, whole_number


def _pooled(answer: Any) -> None:
    side = Pooling(6, 2).output_size(55)[0]
    given = tuple(map(whole_number, several(answer, 2)))
    hints = {
        side + 1: "(55 − 6) / 2 is 24.5: a window that only partly fits is left out, so round down.",
        side - 1: "the first window comes before any step, so add 1 to the number of steps.",
        side**2: "that is how many numbers the new map has; give the length of a side.",
        Pooling(6, 6).output_size(55)[0]: "that is for windows that move by their own width; they move by 2.",
        Pooling(6, 1).output_size(55)[0]: "that is for windows that move by 1, and they move by 2.",
        Pooling(3, 2).output_size(55)[0]: "that is for windows of 3; set the slider to 6.",
    }
    plain = "how many steps of 2 can a window of 6 take on a side of 55? The first window needs none."
    if given[0] != side:
        raise Wrong(f"The side: {hints.get(given[0], plain)}")
    windows = {
        3: "that is in one direction; there are rows and columns.",
        6: "a pixel in three rows of windows and three columns is in more than six of them.",
        4: "that is so for windows of 3. How many windows of 6 that move by 2 reach one pixel of a row?",
        36: "windows that move by 2 begin at every second pixel only.",
    }
    plain = "at which places can a window of 6 begin, to reach a pixel? They are 2 apart."
    if given[1] != 9:
        raise Wrong(f"The side is right. The windows: {windows.get(given[1], plain)}")


def _larger_photo(answer: Any) -> None:
    linear = Linear(256 * 12 * 12, 4096, bias=False).weights
    conv = Convolution(384, 256, 3, groups=2, bias=False).weights
    work = 25 * 25 * conv
    given = tuple(map(whole_number, several(answer, 3)))
    if given[:2] == (conv, linear):
        raise Wrong("The first two are the other way round: first the linear layer, then conv5.")
    linear_hints = {
        linear // 4: "That is for maps of 6×6. How many numbers are in 256 maps of 12×12?",
        linear // 2: "A map of twice the side has four times as many numbers.",
        linear // 256: "That is for one map, and there are 256 of them.",
        linear + 4096: "That counts the biases; give the weights alone.",
        256 * 12 * 12: "That is how many numbers come in; each of them has a weight for each of 4,096 units.",
    }
    plain = "A linear layer has a weight for each number that comes in and each that goes out."
    if given[0] != linear:
        raise Wrong(f"The linear layer: {linear_hints.get(given[0], plain)}")
    conv_hints = {
        2 * conv: "its kernels read only their own group's 192 channels.",
        4 * conv: "a kernel doesn't grow with the map: the same weights are used at more places.",
        conv // 2: "there are 256 kernels, 128 in each group.",
        conv + 256: "that counts the biases; give the weights alone.",
        conv // 9: "each kernel is 3×3 in each channel that it reads.",
        work: "those are MACs; how many weights are there?",
    }
    plain = "count the weights of one kernel: 3×3 in each channel that it reads. There are 256 kernels."
    if given[1] != conv:
        raise Wrong(f"The first number is right. Conv5: {conv_hints.get(given[1], plain)}")
    work_hints = {
        conv: "that is each weight once, and each is used at every place of a map.",
        2 * work: "a multiplication and an addition are one MAC together.",
        4 * work: "a kernel reads only its own group's channels, and it is as large as before.",
        25 * conv: "a map of 25×25 has 625 places.",
        13 * 13 * conv: "that is for maps of 13×13, and these are 25×25.",
        12 * 12 * conv: "that is for maps of 12×12, as they are after the pooling.",
    }
    plain = "each weight costs one MAC at every place where it is used."
    if given[2] != work:
        raise Wrong(f"The weights are right. The MACs: {work_hints.get(given[2], plain)}")


def _two_layers(answer: Any) -> None:
    v, w, output, slope = map(whole_number, several(answer, 4))
    if {v, w} != {1, -1}:
        hints = {
            (1, 1): "for an input of −2 both ReLUs get −2, and both give 0.",
            (-1, -1): "for an input of 2 both ReLUs get −2, and both give 0.",
            (0, 1): "for an input of −2 that gives 0.",
            (-1, 0): "for an input of 2 that gives 0.",
            (-2, 2): "for an input of 2 that gives 4.",
        }
        plain = "one of the ReLUs should pass on a positive x, and the other one −x where x is negative."
        raise Wrong(f"v and w: {hints.get((min(v, w), max(v, w)), plain)}")
    if output != 4:
        hints = {
            0: "that is what the ReLU gives, or all of it without a ReLU. What does the second layer make of "
            "the ReLU's 0?",
            6: "the second layer gets 0 from the ReLU. What does it make of 0?",
        }
        raise Wrong(f"With the ReLU: {hints.get(output, 'what does it make of 3 · (−1) + 1?')}")
    if slope != 0:
        hints = {6: "that is the slope where the ReLU is on. Is it on at −1?"}
        plain = "move the input from −1 to −0.9. How much does the output change?"
        raise Wrong(f"The slope: {hints.get(slope, plain)}")


def _own_dropout(answer: Any) -> None:
    own, pytorch = map(whole_number, several(answer, 2))
    if (own, pytorch) == (24, 18):
        raise Wrong("You have both numbers; the other way round. Which of the two drops units at test time?")
    if own != 18:
        hints = {
            24: "It cannot know that the training is over, so it goes on dropping a quarter of the units.",
            6: "That is what is lost; p is the share of units that are dropped.",
            32: "It never divides by 1 − p.",
        }
        plain = "On average it keeps three quarters of 8 units of 3."
        raise Wrong(f"The function above: {hints.get(own, plain)}")
    if pytorch != 24:
        hints = {
            18: "At test time it drops nothing.",
            32: "It divides by 1 − p in training alone.",
        }
        raise Wrong(f"PyTorch's: {hints.get(pytorch, 'at test time it passes on all 8 units as they are.')}")


EXERCISES = {
    "1.1": Exercise(
        _pooled,
        "24 whole steps after the first window make 25 places; and 3 windows in each direction make 9.",
    ),
    "1.2": Exercise(
        _larger_photo,
        "Four times the weights in the linear layer. The convolution has as many as before, and more work.",
    ),
    "1.3": Exercise(
        _two_layers,
        "One ReLU is on for positive inputs and the other for negative ones: a bend, where lines have none.",
    ),
    "1.4": Exercise(
        _own_dropout,
        "It drops units at test time, too. PyTorch's drops them in training only, and makes up for it there.",
    ),
    "1.5": Exercise(
        built("first_stage"),
        "2,432 parameters; 32 pixels stayed 32 and then became 16, and neighbouring windows overlap.",
    ),
}
