"""The exercises of lesson 1, AlexNet."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from helpers.arithmetic import Convolution
from helpers.exercises.checking import Exercise, Wrong, one_of, whole_number
from helpers.models.parts import local_response_norm


def _keeps(answer: Any) -> None:
    word = one_of(answer, ("relu", "sigmoid", "tanh"))
    if word == "sigmoid":
        raise Wrong("The sigmoid flattens on both sides: for large inputs its slope is nearly 0.")
    if word == "tanh":
        raise Wrong("tanh flattens too: it cannot go above 1, so its slope falls to 0 for large inputs.")


def _conv2(answer: Any) -> None:
    right = Convolution(96, 256, 5, groups=2, bias=False).weights
    hints = {
        2 * right: "That is with one group. With two, each kernel reads only its own tower's 48 channels.",
        right // 2: "That is one tower; there are two.",
        right + 256: "That counts the 256 biases; the exercise leaves them out.",
    }
    number = whole_number(answer)
    if number != right:
        plain = "Each of the 256 kernels has 5 · 5 weights for each channel that it reads. How many is that?"
        raise Wrong(hints.get(number, plain))


def _first_stage(answer: Any) -> None:
    if isinstance(answer, type) or not isinstance(answer, nn.Module):
        raise Wrong(
            "Give the module itself, such as nn.Sequential(...), not a class, a function or a number."
        )
    x = torch.rand(1, 3, 227, 227, generator=torch.Generator().manual_seed(0)) - 0.5
    with torch.inference_mode():
        out = answer(x)
    if not isinstance(out, torch.Tensor) or out.ndim != 4:
        raise Wrong("It should give a tensor of shape (N, 96, 27, 27).")
    if out.shape[1] != 96:
        raise Wrong(f"It gives {out.shape[1]} channels; the convolution should make 96.")
    if out.shape[2:] != (27, 27):
        raise Wrong(
            f"227×227 pixels became {out.shape[2]}×{out.shape[3]}, not 27×27: check strides and paddings."
        )
    count = sum(weight.numel() for weight in answer.parameters())
    right = Convolution(3, 96, 11).parameters
    convolutions = [layer for layer in answer.modules() if isinstance(layer, nn.Conv2d)]
    if count != right or len(convolutions) != 1:
        raise Wrong(f"It has {count:,} parameters; one 11×11 convolution of 3 to 96 has {right:,}.")
    with torch.inference_mode():
        maps = convolutions[0](x)
        if maps.shape[2:] != (55, 55):
            size = "×".join(map(str, maps.shape[2:]))
            raise Wrong(f"Its convolution gives {size} pixels, not 55×55: take stride 4 and no padding.")
        weight, bias = convolutions[0].weight, convolutions[0].bias
        if weight.shape[2:] == (11, 11) and not torch.allclose(
            maps, functional.conv2d(x, weight, bias, stride=4), atol=1e-4
        ):
            raise Wrong("Its convolution pads the picture: take stride 4 and no padding.")
        rectified = maps.relu()
        for before_pooling in (rectified, local_response_norm()(rectified)):
            if torch.allclose(out, functional.max_pool2d(before_pooling, 3, 2), atol=1e-5):
                return
        if torch.allclose(out, functional.max_pool2d(rectified, 2), atol=1e-5):
            raise Wrong("Its pooling windows do not overlap: take windows of 3×3 with stride 2.")
        if torch.allclose(out, functional.max_pool2d(maps, 3, 2), atol=1e-5):
            raise Wrong("Negative values come through: the nn.ReLU is missing.")
    raise Wrong("The shapes are right, but the values are not those of a convolution, a ReLU and a max-pool.")


EXERCISES = {
    "1.1": Exercise(_keeps, "For positive inputs a ReLU's slope is 1, however large they are."),
    "1.2": Exercise(_conv2, "5 · 5 · 48 · 256 = 307,200: half of the 614,400 of one tower."),
    "1.3": Exercise(_first_stage, "34,944 parameters, and 96×27×27 values: this is AlexNet's first stage."),
}
