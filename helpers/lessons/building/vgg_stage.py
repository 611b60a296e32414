"""Exercise 4: a function that makes a stage like VGG's, of any kernel size, as deep as its field asks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.lessons.building.modules import maps, with_numbers
from helpers.lessons.checking import Wrong
from helpers.wording.refusals import shown

CASES = ((3, 8, 5, 3), (4, 6, 7, 3), (2, 5, 9, 5), (3, 4, 7, 7))
"""Channels in, channels out, field and kernel size of the stages that are asked for."""


def vgg_stage(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this makes stages of k×k convolutions, ReLUs and a pool."""
    if isinstance(answer, nn.Module) or not callable(answer):
        raise Wrong("Give the function itself, stage without parentheses.")
    for case in CASES:
        # What the layers draw as they are made is not taken from the learner's own random numbers.
        with torch.random.fork_rng([]):
            torch.manual_seed(0)
            made = answer(*case)
            _one(made, *case)


def _one(made: Any, c_in: int, c_out: int, field: int, k: int) -> None:
    call = f"stage({c_in}, {c_out}, {field}, {k})"
    if made is None or made is ...:
        raise Wrong("The function gives nothing back yet: end it with return and the layers.")
    if isinstance(made, list | tuple):
        raise Wrong("The function gives back a list: make a network of it, nn.Sequential(*layers).")
    if isinstance(made, type) or not isinstance(made, nn.Module):
        raise Wrong(f"The function should give a network such as nn.Sequential(...), not {shown(made)}.")
    with_numbers(made)
    convolutions = _convolutions(made, call, (c_in, c_out), field, k)
    x = torch.empty(2, c_in, 12, 8).uniform_(-1, 1, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        out = made(x.clone())  # a ReLU may work in place
        maps(out, f"{call} should make maps of shape (N, {c_out}, height, width).")
        if out.shape[2:] != (6, 4):
            raise Wrong(f"{call} made {_size(out)} of maps of 12×8, not 6×4: {_reason(out, k)}.")
        right = _through(convolutions, x)
        if out.shape != right.shape or not torch.allclose(out, right, atol=1e-5):
            raise Wrong(_symptom(convolutions, x, out))


def _convolutions(made: nn.Module, call: str, widths: tuple[int, int], field: int, k: int) -> list[nn.Conv2d]:
    """The convolutions, first to last, if they are those that were asked for."""
    found = [layer for layer in made.modules() if isinstance(layer, nn.Conv2d)]
    if other := [layer for layer in found if layer.kernel_size != (k, k)]:
        height, width = other[0].kernel_size
        raise Wrong(f"{call} has a kernel of {height}×{width}: use nothing but {k}×{k}.")
    depth = (field - 1) // (k - 1)
    if len(found) != depth:
        raise Wrong(
            f"{call} has {len(found)} convolution{'s' * (len(found) != 1)}, and {depth} of {k}×{k} see"
            f" {field}×{field}: each adds {k - 1} to the side of the field."
        )
    c_in, c_out = widths
    channels = [c_in] + [c_out] * depth
    for number, (layer, pair) in enumerate(zip(found, pairwise(channels), strict=True), 1):
        if (layer.in_channels, layer.out_channels) != pair:
            raise Wrong(
                f"In {call} convolution {number} leads from {layer.in_channels} to {layer.out_channels}"
                f" channels, not from {pair[0]} to {pair[1]}."
            )
        if (layer.stride, layer.dilation, layer.groups) != ((1, 1), (1, 1), 1):
            raise Wrong("Leave stride, dilation and groups as they are: a VGG's convolutions have all at 1.")
    weights = {id(each) for layer in found for each in layer.parameters()}
    if any(id(each) not in weights for each in made.parameters()):
        raise Wrong(f"{call} has weights beside those of its convolutions: ReLU and pool need none.")
    return found


def _size(maps: Tensor) -> str:
    return "×".join(map(str, maps.shape[2:]))


def _reason(out: Tensor, k: int) -> str:
    if out.shape[2:] == (12, 8):
        return "the 2×2 max-pool at the end is missing"
    if out.shape[2:] == (11, 7):
        return "the pool should move by 2; nn.MaxPool2d(2) does, if you don't give it a stride"
    if out.shape[2] in (3, 1):
        return "there should be one pool, at the end of the stage"
    return f"a {k}×{k} keeps the size if it has padding={k // 2}, and the pool halves it"


def _through(
    convolutions: list[nn.Conv2d],
    x: Tensor,
    *,
    inner: bool = True,
    last: bool = True,
    pool: Any = F.max_pool2d,
) -> Tensor:
    """The stage, with or without the ReLUs between the convolutions and the one after the last."""
    for layer in convolutions:
        x = layer(x)
        if last if layer is convolutions[-1] else inner:
            x = F.relu(x)
    return pool(x, 2)


def _symptom(convolutions: list[nn.Conv2d], x: Tensor, out: Tensor) -> str:
    def every_second(maps: Tensor, step: int) -> Tensor:
        return maps[..., ::step, ::step]

    hints = {
        "There is no ReLU after the last convolution.": {"last": False},
        "There is no ReLU between the convolutions: put one after each.": {"inner": False},
        "There is no ReLU at all: put one after each convolution.": {"inner": False, "last": False},
        "It averages the 2×2 cells; VGG takes the largest of them.": {"pool": F.avg_pool2d},
        "It takes every second cell; VGG takes the largest of each 2×2.": {"pool": every_second},
    }
    for hint, options in hints.items():
        wrong = _through(convolutions, x, **options)
        if out.shape == wrong.shape and torch.allclose(out, wrong, atol=1e-5):
            return hint
    return "The shapes are right, and the numbers are not: convolution, ReLU, and so on, then one max-pool."
