"""Exercise 1: the first stage of a small AlexNet: a convolution, a ReLU and a pool."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from helpers.arithmetic import Convolution
from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong

IN, OUT, SIDE = 3, 32, 32  # channels of the photo and of the maps, and the photo's pixels
KERNEL, POOLED = 5, 16


def first_stage(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this is the convolution, the ReLU and the pool of the exercise."""
    module_itself(answer)
    photo = torch.empty(2, IN, SIDE, SIDE).uniform_(-2, 2, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        out = answer(photo.clone())  # a ReLU may work in place
    maps(out, f"It should give a tensor of shape (N, {OUT}, {POOLED}, {POOLED}).")
    conv = _only_convolution(answer)
    if out.shape[1] != OUT:
        raise Wrong(f"It gives {out.shape[1]} channels; the convolution should have {OUT} kernels.")
    if out.shape[2:] != (POOLED, POOLED):
        height, width = out.shape[2:]
        hint = _SIZES.get(
            height, "the convolution should keep 32×32, and the pooling should make 16×16 of it"
        )
        raise Wrong(f"32×32 pixels became {height}×{width}: {hint}.")
    if len(out) != len(photo):
        raise Wrong(f"{len(photo)} pictures became {len(out)}: the stage should keep them apart.")
    _parameters(answer)
    _relu(answer)
    _pooling(conv, photo, out)


_SIZES = {
    32: "the pooling is missing, or it doesn't move by 2",
    30: "the pooling should move by 2; give it stride=2",
    15: "windows of 3 that move by 2 miss the last row and column; give the pooling padding, too",
    11: "nn.MaxPool2d(3) moves by its own width unless you give it stride=2",
    10: "nn.MaxPool2d(3) moves by its own width unless you give it stride=2",
    8: "it is halved twice",
}


def _only_convolution(module: nn.Module) -> nn.Conv2d:
    convolutions = [layer for layer in module.modules() if isinstance(layer, nn.Conv2d)]
    if len(convolutions) != 1:
        raise Wrong(f"It should hold one nn.Conv2d, and it holds {len(convolutions)}.")
    conv = convolutions[0]
    if conv.kernel_size != (KERNEL, KERNEL):
        raise Wrong(f"The kernel is {conv.kernel_size[0]}×{conv.kernel_size[1]}; it should be 5×5.")
    if conv.stride != (1, 1):
        raise Wrong(f"The convolution moves by {conv.stride[0]} pixels; it should move by 1.")
    if conv.dilation != (1, 1) or conv.groups != 1:
        raise Wrong("It is a plain convolution: leave out dilation and groups.")
    with torch.inference_mode():
        height, width = conv(torch.zeros(1, conv.in_channels, SIDE, SIDE)).shape[2:]
    if (height, width) != (SIDE, SIDE):
        raise Wrong(
            f"The convolution makes {height}×{width} of 32×32: how many zeros does a 5×5 need on each side?"
        )
    return conv


def _parameters(module: nn.Module) -> None:
    right = Convolution(IN, OUT, KERNEL)
    count = sum(weight.numel() for weight in module.parameters())
    if count == right.weights:
        raise Wrong("It has no biases: leave out bias=False.")
    if count != right.parameters:
        raise Wrong(
            f"It has {count:,} parameters; 32 kernels of 3×5×5 and 32 biases have {right.parameters:,}."
        )


def _relu(module: nn.Module) -> None:
    """A ReLU seen from outside: on two opposite flat pictures no value is below zero, and some are zero."""
    flat = torch.stack([torch.full((IN, SIDE, SIDE), value) for value in (-3.0, 3.0)])
    with torch.inference_mode():
        lowest = module(flat).min()
    if lowest < 0:
        raise Wrong("It gives values below zero, so there is no ReLU between the convolution and its end.")
    if lowest > 0:
        raise Wrong("It never gives a zero, so its activation is not a ReLU, or something follows it.")


def _pooling(conv: nn.Conv2d, photo: Tensor, out: Tensor) -> None:
    """Which pooling comes nearest to `out` in direction: normalisation changes lengths, and that little."""
    with torch.inference_mode():
        made = functional.relu(conv(photo))
        right = (
            functional.max_pool2d(made, 3, 2, padding=1),
            functional.max_pool2d(made, 3, 2, ceil_mode=True),
        )
        wrong = {
            "Windows of 2 give 16×16 as well, but do not overlap; the windows should be 3 pixels wide.": (
                functional.max_pool2d(made, 2)
            ),
            "It averages each window; take the maximum.": functional.avg_pool2d(made, 3, 2, padding=1),
            "It averages each window; take its maximum.": functional.avg_pool2d(made, 3, 2, ceil_mode=True),
            "It averages windows of 2; take the maximum of windows of 3.": functional.avg_pool2d(made, 2),
            "It takes every second pixel and pools nothing: use nn.MaxPool2d.": made[..., ::2, ::2],
        }
        nearest, hint = max(
            (_likeness(pooled, out), hint)
            for hint, pooled in [*wrong.items(), *(("", pooled) for pooled in right)]
        )
    # The paper's normalisation leaves 1.0000, and one 10,000 times as strong 0.99.
    if nearest < 0.98:
        hint = (
            "The shapes are right, but the values are not those of the convolution, a ReLU and the pooling."
        )
    if hint:
        raise Wrong(hint)


def _likeness(one: Tensor, other: Tensor) -> float:
    return float(functional.cosine_similarity(one.ravel(), other.ravel(), 0))
