"""Exercise 1: the function that makes a VGG, with its gap filled in."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from helpers.lessons.checking import Wrong
from helpers.models.vgg import CHANNELS, CONFIGURATIONS, VGG
from helpers.wording.refusals import shown


def vgg(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this makes the paper's configurations A and D."""
    if isinstance(answer, nn.Module) or not callable(answer):
        raise Wrong("Give the function itself, vgg without parentheses.")
    for letter in ("A", "D"):
        depths = tuple(map(len, CONFIGURATIONS[letter]))
        with torch.device("meta"):  # shapes only
            _one(_made(answer, depths), letter, depths)


def _made(answer: Any, depths: tuple[int, ...]) -> nn.Module:
    try:
        made = answer(depths)
    except TypeError as error:
        if "ellipsis" in str(error).lower():
            raise Wrong(
                "A gap is still open: the convolution needs its kernel's size and a padding."
            ) from None
        raise
    if isinstance(made, type) or not isinstance(made, nn.Module):
        raise Wrong(f"The function should give a network such as nn.Sequential(...), not {shown(made)}.")
    return made


def _one(made: nn.Module, letter: str, depths: tuple[int, ...]) -> None:
    found = [layer for layer in made.modules() if isinstance(layer, nn.Conv2d)]
    if len(found) != sum(depths):
        count = len(found)
        raise Wrong(f"vgg({depths}) has {count} convolution{'s' * (count != 1)}, not {sum(depths)}.")
    widths = [3, *(width for width, depth in zip(CHANNELS, depths, strict=True) for _ in range(depth))]
    for layer, pair in zip(found, pairwise(widths), strict=True):
        _convolution(layer, *pair)
    if sum(map(torch.numel, made.parameters())) != sum(map(torch.numel, VGG(letter).parameters())):
        raise Wrong("Something else than the gap has changed: the number of parameters is another.")
    _kinds(_leaves(made), _leaves(VGG(letter)))
    scores = made(torch.empty(1, 3, 224, 224))
    if scores.shape != (1, 1000):
        raise Wrong(f"A picture of 224×224 becomes {tuple(scores.shape)}, not 1,000 scores.")


def _leaves(network: nn.Module) -> list[type[nn.Module]]:
    """The kinds of a network's layers in their order."""
    return [type(layer) for layer in network.modules() if not list(layer.children())]


def _kinds(found: list[type[nn.Module]], expected: list[type[nn.Module]]) -> None:
    """Raise Wrong unless the layers besides the convolutions are those of the lesson, too."""
    have, need = Counter(found), Counter(expected)
    where = {
        nn.ReLU: "one after each convolution, and after each linear layer but the last",
        nn.MaxPool2d: "one at the end of each stage",
        nn.Dropout: "one after each ReLU of the head",
        nn.Flatten: "one before the first linear layer",
    }
    for kind, place in where.items():
        if have[kind] != need[kind]:
            raise Wrong(
                f"Something else than the gap has changed: there are {have[kind]} layers nn.{kind.__name__},"
                f" not {need[kind]}: {place}."
            )
    if found != expected:
        raise Wrong("Something else than the gap has changed: the layers are others, or in another order.")


def _convolution(layer: nn.Conv2d, c_in: int, c_out: int) -> None:
    if layer.kernel_size != (3, 3):
        raise Wrong(f"A kernel is {'×'.join(map(str, layer.kernel_size))}: use nothing but 3×3.")
    if (layer.in_channels, layer.out_channels) != (c_in, c_out):
        raise Wrong(
            f"A convolution leads from {layer.in_channels} to {layer.out_channels} channels, not from {c_in}"
            f" to {c_out}: it reads what the one before it gives, `channels`, and gives `width`."
        )
    if (layer.stride, layer.dilation, layer.groups) != ((1, 1), (1, 1), 1):
        raise Wrong("Leave stride, dilation and groups as they are: a VGG's convolutions have all at 1.")
    if layer.padding not in ((1, 1), "same"):
        raise Wrong("The maps change their size: a 3×3 keeps it with padding=1.")
    if layer.bias is None:
        raise Wrong("A VGG's convolutions have biases: leave out bias=False.")
