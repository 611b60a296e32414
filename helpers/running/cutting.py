"""A trained network without some of the connections of its dense blocks: `cut_connections`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy

import torch
from torch import nn

from helpers.images.patches import PatchData
from helpers.models import given
from helpers.models.device import enough_memory
from helpers.models.parts import convolutions_of
from helpers.models.passes import taking
from helpers.wording.refusals import first_line, shown

Kept = Callable[[int, int], bool]
"""Whether a reader has a source. Source 0 is the block's input; the last reader is what follows the block."""
Readers = list[nn.Conv2d | nn.Linear]

_AT_ONCE = 500  # images, of which batch norm takes the plain mean over all batches


def cut_connections(
    network: nn.Module, data: PatchData, kept: Kept, only_block: int | None = None
) -> nn.Module:
    """Return a copy of a network in which the readers of its dense blocks no longer get some sources.

    `kept(source, reader)` says whether a connection stays. In each block source 0 is the block's input, and
    sources 1, 2, … are its layers; readers 1, 2, … are its layers, too, and the last one is what follows the
    block, a transition or the classifier. With `only_block` the other blocks keep all; the first is 1. A
    connection is cut by weights of 0, in the reader's first convolution or linear layer. Nothing is trained;
    but batch norm measures its means and variances anew on the training images, so that the error tells what
    a connection carries, and not what a wrong mean does. The copy is in eval mode, and `network` stays as it
    is.

    Raises ValueError for what is no network or no data, for a network without a dense block or with nothing
    behind it, for a block that it doesn't have, for images that the network does not accept, and for a `kept`
    that can't be called or doesn't say True or False.

    >>> from helpers.images.patches import photo_patches
    >>> from helpers.models.densenet import DenseBlock
    >>> data = photo_patches(["brick", "coins"], size=8, per_class=4, test_per_class=2)
    >>> network = nn.Sequential(DenseBlock(1, layers=2, growth_rate=4), nn.Conv2d(9, 2, 1))
    >>> cut = cut_connections(network, data, lambda source, reader: source == reader - 1)
    >>> cut[1].weight[0].flatten().eq(0).tolist()
    [True, True, True, True, True, False, False, False, False]
    """
    given.network(network)
    if not isinstance(data, PatchData):
        raise ValueError(f"The data are {shown(data)}; give those of photo_patches.")
    network = deepcopy(network)
    blocks = list(_blocks(network))
    if not blocks:
        raise ValueError(f"The {type(network).__name__} has no dense block; give a DenseNet.")
    if only_block is not None:
        if only_block not in range(1, len(blocks) + 1):
            has = f"the {type(network).__name__} has blocks 1 to {len(blocks)}"
            raise ValueError(f"only_block is {shown(only_block)}; {has}.")
        blocks = [blocks[only_block - 1]]
    with torch.no_grad():
        for sizes, readers in blocks:
            for reader, layer in enumerate(readers, 1):
                parts = layer.weight.split(sizes[:reader], dim=1)
                for source, part in enumerate(parts):
                    if not _stays(kept, source, reader):
                        part.zero_()
    _measure_again(network, data)
    return network.eval()


def _stays(kept: Kept, source: int, reader: int) -> bool:
    try:
        stays = kept(source, reader)
    except Exception as error:
        kind = type(error).__name__
        raise ValueError(f"kept({source}, {reader}) raised {kind}: {first_line(error)}.") from error
    if not isinstance(stays, bool):
        raise ValueError(f"kept({source}, {reader}) gives {shown(stays)}; return True or False.")
    return stays


def _blocks(network: nn.Module) -> Iterator[tuple[list[int], Readers]]:
    """The channels of the sources of each dense block, and what reads them."""
    parts = list(network.modules())
    for place, block in enumerate(parts):
        layers = [convolutions_of(layer) for layer in block.children()]
        if len(layers) < 2 or not all(layers):
            continue
        sizes = [layers[0][0].in_channels, *(convolutions[-1].out_channels for convolutions in layers)]
        if any(each[0].in_channels != sum(sizes[:number]) for number, each in enumerate(layers, 1)):
            continue
        behind = parts[place + len(list(block.modules())) :]
        after = next((part for part in behind if isinstance(part, nn.Conv2d | nn.Linear)), None)
        if after is None or after.weight.shape[1] != sum(sizes):
            raise ValueError(
                f"Behind a dense block of {sum(sizes)} channels stands nothing that reads as many; give the "
                "whole network."
            )
        yield sizes, [*(convolutions[0] for convolutions in layers), after]


def _measure_again(network: nn.Module, data: PatchData) -> None:
    """Batch norm's means and variances anew, from the training images."""
    norms = [each for each in network.modules() if isinstance(each, nn.BatchNorm2d)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over all batches
    network.train()
    where = next(network.parameters()).device
    with enough_memory(where, f"measuring {type(network).__name__} again"), torch.no_grad():
        for images in data.train_images.split(_AT_ONCE):
            with taking(network, tuple(images.shape[1:])):
                network(images.to(where))
    for norm, momentum in zip(norms, before, strict=True):
        norm.momentum = momentum
