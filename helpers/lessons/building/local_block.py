"""Exercise 6: a block whose layers read its input and the layer just before them, and nothing else."""

from __future__ import annotations

from copy import deepcopy
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong

IN_CHANNELS, MADE, LAYERS = 16, 8, 3  # of the block to build
OUT_CHANNELS, ALL = IN_CHANNELS + MADE, IN_CHANNELS + LAYERS * MADE  # with all layers' maps: a dense block's
READS = [IN_CHANNELS, *[OUT_CHANNELS] * (LAYERS - 1)]


def local_block(answer: Any) -> None:
    """Raise Wrong, with a hint, unless each layer reads the block's input and the layer just before it."""
    module_itself(answer, "LocalBlock()")
    block = deepcopy(answer).eval()  # the learner's own stays as it is
    generator = torch.Generator().manual_seed(0)
    for norm in block.modules():
        if isinstance(norm, nn.BatchNorm2d):  # or norm and ReLU, or two norms, could change places unseen
            nn.init.uniform_(norm.weight, 0.5, 1.5, generator=generator)
            nn.init.uniform_(norm.bias, 0.2, 0.6, generator=generator)
    given = torch.empty(2, IN_CHANNELS, 9, 8).uniform_(-1, 1, generator=generator)
    passes = _noted(block)
    with torch.inference_mode():
        try:
            out = block(given.clone())
        except RuntimeError as error:
            if "Sizes of tensors must match" not in str(error):
                raise
            raise Wrong("torch.cat joins maps of one size: does every 3×3 have padding=1?") from None
        _right_shape(out)
        _right_layers(block)
        _right_maps(block, given, out, passes)


def _noted(block: nn.Module) -> list[tuple[nn.Module, Tensor, Tensor]]:
    """A list that gets each convolution of a block, with what it reads and makes, as they run."""
    passes: list[tuple[nn.Module, Tensor, Tensor]] = []

    def note(layer: nn.Module, inputs: tuple[Tensor, ...], made: Tensor) -> None:
        passes.append((layer, inputs[0].clone(), made.clone()))

    for layer in block.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(note)
    return passes


def _right_shape(out: Any) -> None:
    if out is None or out is ...:
        raise Wrong("Its forward gives nothing back yet: end it with return and the 24 channels.")
    maps(out, f"It should give a tensor of shape (N, {OUT_CHANNELS}, height, width).")
    if out.shape[2:] != (9, 8):
        height, width = out.shape[2:]
        raise Wrong(f"9×8 pixels became {height}×{width}: does every 3×3 have padding=1 and stride 1?")
    hints = {
        MADE: "It gives the last layer's 8 maps alone: torch.cat them to the block's input.",
        IN_CHANNELS: "It gives 16 channels, as an addition would: torch.cat([x, new], dim=1) keeps both.",
        ALL: "It gives 40 channels: that is the whole dense block. Here only the last layer's maps stand "
        "behind the input.",
        ALL - MADE: "It gives 32 channels: the input's 16 and the last layer's 8 are 24.",
    }
    if out.shape[1] != OUT_CHANNELS:
        plain = f"It gives {out.shape[1]} channels; the input's 16 and the last layer's 8 are 24."
        raise Wrong(hints.get(out.shape[1], plain))


def _right_layers(block: nn.Module) -> None:
    convolutions = [layer for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    if [conv.kernel_size for conv in convolutions] != [(3, 3)] * LAYERS:
        raise Wrong(f"It holds {len(convolutions)} convolutions that nn.Module knows of; make it three 3×3.")
    reads = sorted(conv.in_channels for conv in convolutions)
    hints = {
        (16, 24, 32): "that is a dense block, where the third layer reads the first one, too",
        (8, 8, 16): "that is a plain stack, where no layer but the first reads the input",
        (16, 16, 16): "so each reads as much as the input has, and never the layer just before it as well",
    }
    if reads != READS:
        words = f"Its convolutions read {', '.join(map(str, reads))} channels"
        plain = "the first reads the input's 16, and the others these and the 8 of the layer just before"
        raise Wrong(f"{words}: {hints.get(tuple(reads), plain)}.")
    if any(conv.bias is not None for conv in convolutions):
        raise Wrong("It has biases: make each convolution with bias=False.")
    normed = sorted(layer.num_features for layer in block.modules() if isinstance(layer, nn.BatchNorm2d))
    if normed != READS:
        what = f"of {', '.join(map(str, normed))} channels" if normed else "nowhere"
        raise Wrong(f"Batch norm is {what}; each layer begins with one of its own, on all that it reads.")


def _right_maps(
    block: nn.Module, given: Tensor, out: Tensor, passes: list[tuple[nn.Module, Tensor, Tensor]]
) -> None:
    """What each layer reads, in the order in which they run, and what comes out."""
    if not torch.equal(out[:, :IN_CHANNELS], given):
        if torch.equal(out[:, -IN_CHANNELS:], given):
            raise Wrong("The new maps stand before the input; put it first: torch.cat([x, new], dim=1).")
        raise Wrong("The first 16 channels should be the input, unchanged. Does a ReLU work on it in place?")
    if len({layer for layer, _, _ in passes}) != LAYERS or len(passes) != LAYERS:
        raise Wrong("Each of the three convolutions should run once.")
    norms = [layer for layer in block.modules() if isinstance(layer, nn.BatchNorm2d)]
    made = [each for _, _, each in passes]
    for number, (layer, read, _) in enumerate(passes, 1):
        norms.remove(_norm_of(number, read, given, made[: number - 1], norms))
        if layer.in_channels != READS[number - 1]:
            raise Wrong("The layer that runs first should read the input alone.")
    if not torch.equal(out[:, IN_CHANNELS:], made[-1]):
        raise Wrong("Behind the input should stand the maps of the last layer, as its 3×3 makes them.")


def _norm_of(
    number: int, read: Tensor, given: Tensor, made: list[Tensor], norms: list[nn.BatchNorm2d]
) -> nn.BatchNorm2d:
    """The batch norm in front of a layer that reads as it should; Wrong, with what differs, if none is."""
    for source in reversed(range(len(made) + 1)):
        joined = _joined(given, made, source)
        for norm, maps_read in product(norms, joined):
            if norm.num_features != maps_read.shape[1]:
                continue
            if torch.allclose(read, F.relu(norm(maps_read)), atol=1e-5):
                if source < len(made):
                    raise Wrong(
                        f"Layer {number} reads the maps of layer {source}, not of layer {number - 1}."
                    )
                return norm
            if torch.allclose(read, norm(maps_read), atol=1e-5):
                raise Wrong(f"Layer {number} has no ReLU between its batch norm and its 3×3.")
    raise Wrong(
        f"Layer {number} should read BN–ReLU of the input"
        + (f" and of layer {number - 1}, side by side." if number > 1 else ".")
    )


def _joined(given: Tensor, made: list[Tensor], source: int) -> list[Tensor]:
    """The input beside one layer's maps, in either order; for source 0 the input alone."""
    if source == 0:
        return [given]
    return [torch.cat(pair, 1) for pair in ((given, made[source - 1]), (made[source - 1], given))]
