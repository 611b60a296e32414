"""Which of the maps before it a dense layer really uses, read off its weights: `weight_reuse`."""

from __future__ import annotations

import numpy as np
from torch import Tensor, nn

from helpers.models.parts import convolutions_of
from helpers.wording.refusals import shown


def weight_reuse(block: nn.Module, *after: nn.Conv2d | nn.Linear) -> np.ndarray:
    """Return how much each reader in a dense block uses each source: shape (layers + 1, readers).

    `block` is a `DenseBlock`, or any module whose parts are dense layers in their order. Sources are the
    block's input and its layers, one row each. Readers, one column each, are the layers of the block, by
    their first convolution, and what reads the whole block, given as `after`: the transition's 1×1, or the
    classifier. An entry is the mean absolute weight between a source's channels and
    a reader (Huang et al., 2016, https://arxiv.org/abs/1608.06993, figure 5), divided by that of all the
    reader's weights: 1 says "as much as the average map". The paper does not divide; but He's initial weights
    are smaller where more maps are read, and batch norm undoes any factor that all weights of a reader share.
    NaN stands for a source that a reader does not have.

    Raises ValueError for what is no dense block, and for a reader of more or fewer channels than come out of
    it.

    >>> from helpers.models.densenet import DenseBlock
    >>> block = DenseBlock(8, layers=2, growth_rate=4)
    >>> for layer in block.children():
    ...     _ = nn.init.ones_(layer.conv1.weight)
    >>> weight_reuse(block).tolist()
    [[1.0, 1.0], [nan, 1.0], [nan, nan]]
    """
    layers = block.children() if isinstance(block, nn.Module) else ()
    convolutions = [convolutions_of(layer) for layer in layers]
    if not convolutions or not all(convolutions):
        raise ValueError(f"The block is {shown(block)}; give a dense block, such as features.denseblock1.")
    firsts = [each[0] for each in convolutions]
    ends = [firsts[0].in_channels]
    for first, last in ((each[0], each[-1]) for each in convolutions):
        if first.in_channels != ends[-1]:
            raise ValueError(
                f"A layer of the block reads {first.in_channels} channels, and {ends[-1]} are there before "
                "it; give a dense block."
            )
        ends.append(ends[-1] + last.out_channels)
    for reader in after:
        if reader.weight.shape[1] != ends[-1]:
            raise ValueError(
                f"The {type(reader).__name__} reads {reader.weight.shape[1]} channels; "
                f"{ends[-1]} come out of the block."
            )
    return np.column_stack([_by_source(reader.weight, ends) for reader in (*firsts, *after)])


def _by_source(weight: Tensor, ends: list[int]) -> np.ndarray:
    """The mean of each source's part of a reader's absolute weights, relative to that of all of them."""
    weight = weight.detach().abs().cpu()  # (out, in, k, k) or (out, in)
    starts = [0, *ends[:-1]]
    parts = (weight[:, start:end] for start, end in zip(starts, ends, strict=True))
    mean = weight.mean()
    return np.array([float(part.mean() / mean) if part.numel() else np.nan for part in parts])
