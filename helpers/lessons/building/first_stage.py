"""Exercise 1: AlexNet's first stage: a convolution, a ReLU and a pool."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from helpers.arithmetic import Convolution
from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong


def first_stage(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this is AlexNet's convolution, ReLU and pool."""
    module_itself(answer)
    photo = torch.empty(2, 3, 227, 227).uniform_(-2, 2, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        out = answer(photo.clone())  # a ReLU may work in place
    maps(out, "It should give a tensor of shape (N, 96, 27, 27).")
    if out.shape[1] != 96:
        raise Wrong(f"It gives {out.shape[1]} channels; the convolution should have 96 kernels.")
    conv = _only_convolution(answer)
    if out.shape[2:] != (27, 27):
        height, width = out.shape[2:]
        hint = _SIZES.get(
            height, "the convolution should give 55×55, and windows of 3 that move by 2 then 27×27"
        )
        raise Wrong(f"227×227 pixels became {height}×{width}: {hint}.")
    if len(out) != len(photo):
        raise Wrong(f"{len(photo)} pictures became {len(out)}: the stage should keep them apart.")
    _parameters(answer)
    _relu(answer)
    _pooling(conv, photo, out)


_SIZES = {
    55: "that is the convolution's map, so the pooling is missing",
    54: "the pooling should move by 2, with windows of 3",
    53: "the pooling should move by 2; give it stride=2",
    28: "the pooling should have no padding, and ceil_mode=False",
    26: "the pooling's windows should be 3 pixels wide",
    18: "nn.MaxPool2d(3) moves by its own width unless you give it stride=2",
}


def _only_convolution(module: nn.Module) -> nn.Conv2d:
    convolutions = [layer for layer in module.modules() if isinstance(layer, nn.Conv2d)]
    if len(convolutions) != 1:
        raise Wrong(f"It should hold one nn.Conv2d, and it holds {len(convolutions)}.")
    conv = convolutions[0]
    if conv.kernel_size != (11, 11):
        raise Wrong(f"The kernel is {conv.kernel_size[0]}×{conv.kernel_size[1]}; it should be 11×11.")
    if conv.stride != (4, 4):
        raise Wrong(f"The convolution moves by {conv.stride[0]} pixels; it should have stride=4.")
    if conv.padding not in ((0, 0), "valid"):
        raise Wrong("The convolution has padding; on 227×227 pixels it needs none, so leave it out.")
    return conv


def _parameters(module: nn.Module) -> None:
    right = Convolution(3, 96, 11, 4)
    count = sum(weight.numel() for weight in module.parameters())
    if count == right.weights:
        raise Wrong("It has no biases: leave out bias=False.")
    if count != right.parameters:
        raise Wrong(
            f"It has {count:,} parameters; 96 kernels of 3×11×11 and 96 biases have {right.parameters:,}."
        )


def _relu(module: nn.Module) -> None:
    """A ReLU seen from outside: on two opposite flat pictures no value is below zero, and some are zero."""
    flat = torch.stack([torch.full((3, 227, 227), value) for value in (-3.0, 3.0)])
    with torch.inference_mode():
        lowest = module(flat).min()
    if lowest < 0:
        raise Wrong("It gives values below zero, so there is no ReLU between the convolution and its end.")
    if lowest > 0:
        raise Wrong("It never gives a zero, so its activation is not a ReLU, or something follows it.")


def _pooling(conv: nn.Conv2d, photo: Tensor, out: Tensor) -> None:
    """Which pooling comes nearest to `out` in direction: normalisation changes lengths, and that little."""
    with torch.inference_mode():
        maps = functional.relu(conv(photo))
        hints = {
            "": functional.max_pool2d(maps, 3, 2),
            "Windows of 2 give 27×27 as well, but do not overlap; the windows should be 3 pixels wide.": (
                functional.max_pool2d(maps, 2)
            ),
            "It averages each window; AlexNet takes the maximum.": functional.avg_pool2d(maps, 3, 2),
            "It averages windows of 2; AlexNet takes the maximum of windows of 3.": (
                functional.avg_pool2d(maps, 2)
            ),
            "It takes every second pixel and pools nothing: use nn.MaxPool2d.": maps[..., :-1:2, :-1:2],
        }
        likeness = {
            hint: float(functional.cosine_similarity(pooled.ravel(), out.ravel(), 0))
            for hint, pooled in hints.items()
        }
    nearest = max(likeness, key=likeness.__getitem__)
    # The paper's normalisation leaves 1.0000, one 10,000 times as strong 0.99; windows of 4 give 0.96.
    if likeness[nearest] < 0.98:
        nearest = (
            "The shapes are right, but the values are not those of the convolution, a ReLU and the pooling."
        )
    if nearest:
        raise Wrong(nearest)
