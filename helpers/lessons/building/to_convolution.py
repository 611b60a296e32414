"""A function that makes a convolution of a fully connected layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from helpers.lessons.building.modules import with_numbers
from helpers.lessons.checking import Wrong
from helpers.wording.refusals import shown

FIELD = 7  # the side of the maps that VGG's head reads


def to_convolution(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this is a function from nn.Linear to nn.Conv2d."""
    if isinstance(answer, type | nn.Module) or not callable(answer):
        raise Wrong("Give the function itself, to_convolution without parentheses.")
    # Two layers, so that no number of the first one can be written into the answer.
    for channels, outputs in ((4, 10), (3, 5)):
        linear = _head(channels, outputs)
        _same(answer(linear), _head(channels, outputs), channels)


def _head(channels: int, outputs: int) -> nn.Linear:
    """A layer like VGG's fc6, small; made without touching the random numbers of the learner's own."""
    linear = nn.utils.skip_init(nn.Linear, channels * FIELD * FIELD, outputs)
    generator = torch.Generator().manual_seed(channels)
    for parameter in linear.parameters():
        parameter.data.uniform_(-1, 1, generator=generator)
    return linear


def _same(conv: Any, linear: nn.Linear, channels: int) -> None:
    if conv is None or conv is ...:
        raise Wrong("The function gives nothing back yet: end it with return and the convolution.")
    if not isinstance(conv, nn.Conv2d):
        raise Wrong(f"The function should give an nn.Conv2d, not {shown(conv)}.")
    with_numbers(conv)
    if conv.kernel_size != (FIELD, FIELD):
        height, width = conv.kernel_size
        raise Wrong(f"The kernel is {height}×{width}; to see a whole 7×7 map at once it must be 7×7.")
    if (conv.in_channels, conv.out_channels) != (channels, linear.out_features):
        raise Wrong(
            f"nn.Linear({linear.in_features}, {linear.out_features}) became {conv.in_channels} →"
            f" {conv.out_channels} channels; {linear.in_features} / 49 = {channels}, so it should be"
            f" {channels} → {linear.out_features}."
        )
    maps = torch.empty(2, channels, 9, 8).uniform_(-1, 1, generator=torch.Generator().manual_seed(0))
    windows = maps.unfold(2, FIELD, 1).unfold(3, FIELD, 1).permute(0, 2, 3, 1, 4, 5)
    with torch.inference_mode():
        right = linear(windows.flatten(3)).permute(0, 3, 1, 2)
        out = conv(maps)
    if out.shape != right.shape:
        height, width = out.shape[2:]
        raise Wrong(f"Maps of 9×8 became {height}×{width}, not 3×2: the kernel moves by 1, without padding.")
    if not torch.allclose(out, right, atol=1e-4):
        raise Wrong(_symptom(conv, linear, out - right))


def _symptom(conv: nn.Conv2d, linear: nn.Linear, error: Tensor) -> str:
    """Why the outputs differ: the biases, the order of the weights, or no copy at all."""
    outputs, channels = conv.out_channels, conv.in_channels
    weight = linear.weight.detach()
    ordered = weight.reshape(outputs, channels, FIELD, FIELD)
    orders = {
        "The weights run channel by channel, then row by row: reshape them to (outputs, C, 7, 7).": (
            weight.reshape(outputs, FIELD, FIELD, channels).permute(0, 3, 1, 2)
        ),
        "Rows and columns are swapped: a plain reshape to (outputs, C, 7, 7) keeps them.": ordered.mT,
        "The kernel is turned round; PyTorch's convolution does not turn it, so leave it as it is.": (
            ordered.flip(2, 3)
        ),
    }
    for hint, order in orders.items():
        if torch.equal(conv.weight, order):
            return hint
    if not torch.equal(conv.weight, ordered):
        return "The outputs differ: conv.weight does not hold the values of linear.weight in their order."
    if conv.bias is None:
        return "The outputs are off by the biases: leave out bias=False and copy linear.bias."
    return "The outputs are off by the biases: copy linear.bias to conv.bias too."
