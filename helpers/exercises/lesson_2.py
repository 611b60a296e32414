"""The exercises of lesson 2, VGGNet."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from helpers.arithmetic import Convolution
from helpers.exercises.checking import Exercise, Wrong, whole_number

KERNEL, CHANNELS, CLASSES = 7, 4, 10


def _layers(answer: Any) -> None:
    hints = {
        4: "Four see 9×9: the first sees 3×3, and each one after it adds 2.",
        6: "Six see 13×13: the first sees 3×3 already, and each one after it adds 2.",
        11: "Each layer adds 2 pixels across, not 1.",
        9: "You counted the window too large: 3 + 2 · (layers − 1) should be 11.",
    }
    number = whole_number(answer)
    if number != 5:
        raise Wrong(hints.get(number, "A stack sees 3 + 2 · (layers − 1) pixels across."))


def _saved(answer: Any) -> None:
    single = Convolution(256, 256, 7, bias=False).weights
    layer = Convolution(256, 256, 3, bias=False).weights
    hints = {
        single: "That is the one 7×7. Subtract what the three 3×3 hold together.",
        3 * layer: "That is what the three 3×3 hold together. How many fewer is it than the one 7×7?",
        single - layer: "You subtracted one 3×3 layer; there are three.",
        single - 2 * layer: "You subtracted two 3×3 layers, which see 5×5; for 7×7 it takes three.",
        single - 3 * layer - 2 * 256: "That counts biases; the exercise leaves them out.",
        (single - 3 * layer) // 256: "You multiplied by the channels once; each output reads all the inputs.",
    }
    number = whole_number(answer)
    if number != single - 3 * layer:
        plain = "Weights are kernel height × kernel width × in channels × out channels, for each layer."
        raise Wrong(hints.get(number, plain))


def _convolution(answer: Any) -> None:
    if isinstance(answer, nn.Module) or not callable(answer):
        raise Wrong("Give the function itself, without calling it: check('2.3', to_convolution).")
    torch.manual_seed(0)
    linear = nn.Linear(CHANNELS * KERNEL * KERNEL, CLASSES)
    made = answer(linear)
    if made is None:
        raise Wrong("The function returns nothing yet; return the nn.Conv2d.")
    if not isinstance(made, nn.Conv2d):
        raise Wrong(f"It returns a {type(made).__name__}; return the nn.Conv2d.")
    if made.kernel_size != (KERNEL, KERNEL) or made.in_channels != CHANNELS:
        raise Wrong(
            f"Its kernel is {made.kernel_size[0]}×{made.kernel_size[1]} over {made.in_channels} channels; "
            f"the layer reads {CHANNELS} maps of 7×7, so in_features is channels × 7 × 7."
        )
    maps = torch.randn(2, CHANNELS, KERNEL, KERNEL)
    with torch.inference_mode():
        right, got = linear(maps.flatten(1)), made(maps)
        wider = made(torch.randn(1, CHANNELS, 9, 8))
    if got.shape != (2, CLASSES, 1, 1):
        raise Wrong(
            f"On 7×7 maps it gives {tuple(got.shape)}; it should be (2, {CLASSES}, 1, 1): is there padding?"
        )
    if wider.shape != (1, CLASSES, 3, 2):
        raise Wrong(f"On 9×8 maps it gives {tuple(wider.shape)}, not (1, {CLASSES}, 3, 2): is the stride 1?")
    apart = (got.flatten(1) - right).abs().max()
    if torch.allclose(got.flatten(1) + linear.bias, right, atol=1e-4):
        raise Wrong("The outputs differ by the bias: copy linear.bias too.")
    if not torch.allclose(got.flatten(1), right, atol=1e-4):
        raise Wrong(
            f"The outputs differ by up to {apart:.2f}: is the weight viewed as (out, channels, 7, 7), in "
            "that order, and the bias copied?"
        )


EXERCISES = {
    "2.1": Exercise(_layers, "3 + 2 · 4 = 11: the first layer sees 3×3, and each further one adds 2."),
    "2.2": Exercise(
        _saved, "3,211,264 − 1,769,472 = 1,441,792: 45 % of the weights are gone, and the field is the same."
    ),
    "2.3": Exercise(
        _convolution, "On 7×7 maps the two agree; on larger ones the convolution slides and the other cannot."
    ),
}
