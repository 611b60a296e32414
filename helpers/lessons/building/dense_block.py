"""Exercise 6: a dense block."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong

IN_CHANNELS, GROWTH_RATE, LAYERS = 16, 8, 3  # of the block to build
READS = [IN_CHANNELS + number * GROWTH_RATE for number in range(LAYERS)]
OUT_CHANNELS = IN_CHANNELS + LAYERS * GROWTH_RATE


def dense_block(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this is a dense block."""
    module_itself(answer, "MyBlock()")
    block = deepcopy(answer).eval()  # the learner's own stays as it is
    for norm in block.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.constant_(norm.bias, 0.3)  # or batch norm and ReLU could change places unseen
    given = torch.empty(2, IN_CHANNELS, 9, 8).uniform_(-1, 1, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        try:
            out = block(given.clone())
        except RuntimeError as error:
            if "Sizes of tensors must match" not in str(error):
                raise
            raise Wrong("torch.cat joins maps of one size: does every 3×3 have padding=1?") from None
        _right_shape(out)
        _right_layers(block)
        _right_maps(block, given, out)


def _right_shape(out: Any) -> None:
    if out is None or out is ...:
        raise Wrong("Its forward gives nothing back yet: end it with return and the 40 channels.")
    maps(out, f"It should give a tensor of shape (N, {OUT_CHANNELS}, height, width).")
    if out.shape[2:] != (9, 8):
        height, width = out.shape[2:]
        raise Wrong(f"9×8 pixels became {height}×{width}: does every 3×3 have padding=1 and stride 1?")
    hints = {
        GROWTH_RATE: "It gives the last layer's 8 maps alone: torch.cat them to all maps before them.",
        IN_CHANNELS: "It gives 16 channels, as an addition would: torch.cat([x, new], 1) keeps both.",
        LAYERS * GROWTH_RATE: "It gives the 24 new maps; the 16 of the input should come out as well.",
    }
    if out.shape[1] != OUT_CHANNELS:
        plain = f"It gives {out.shape[1]} channels; 16 and three times 8 more are {OUT_CHANNELS}."
        raise Wrong(hints.get(out.shape[1], plain))


def _right_layers(block: nn.Module) -> None:
    convolutions = [layer for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    if [conv.kernel_size for conv in convolutions] != [(3, 3)] * LAYERS:
        raise Wrong(f"It holds {len(convolutions)} convolutions that nn.Module knows of; make it three 3×3.")
    reads = sorted(conv.in_channels for conv in convolutions)
    if reads != READS:
        raise Wrong(
            f"Its convolutions read {', '.join(map(str, reads))} channels; each reads all maps so far: "
            f"{', '.join(map(str, READS))}."
        )
    if any(conv.bias is not None for conv in convolutions):
        raise Wrong("It has biases: make each convolution with bias=False.")
    normed = sorted(layer.num_features for layer in block.modules() if isinstance(layer, nn.BatchNorm2d))
    if normed != READS:
        what = f"of {', '.join(map(str, normed))} channels" if normed else "nowhere"
        raise Wrong(f"Batch norm is {what}; it stands first in each layer, on all the maps that are read.")


def _right_maps(block: nn.Module, given: Tensor, out: Tensor) -> None:
    """The input first, then for each layer what BN–ReLU–3×3 makes of all that stands before its maps."""
    if not torch.equal(out[:, :IN_CHANNELS], given):
        if torch.equal(out[:, -IN_CHANNELS:], given):
            raise Wrong("The new maps stand before the old ones; put the old first: torch.cat([x, new], 1).")
        raise Wrong("The first 16 channels should be the input, unchanged. Does a ReLU work on it in place?")
    convolutions = {layer.in_channels: layer for layer in block.modules() if isinstance(layer, nn.Conv2d)}
    norms = {layer.num_features: layer for layer in block.modules() if isinstance(layer, nn.BatchNorm2d)}
    for number, read in enumerate(READS, 1):
        new = out[:, read : read + GROWTH_RATE]
        normed = norms[read](out[:, :read])
        if torch.allclose(new, convolutions[read](normed), atol=1e-5):
            raise Wrong(f"Layer {number} has no ReLU between its batch norm and its 3×3.")
        if not torch.allclose(new, convolutions[read](functional.relu(normed)), atol=1e-5):
            raise Wrong(
                f"The maps of layer {number} are not those of BN–ReLU–3×3 on the {read} maps before them, in "
                "the order that they come out in."
            )
