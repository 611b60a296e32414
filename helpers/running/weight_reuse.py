"""Which of the maps before it a dense layer really uses, read off its weights: `weight_reuse`."""

from __future__ import annotations

import numpy as np
from torch import Tensor, nn

from helpers.models.densenet import DenseBlock
from helpers.wording.refusals import shown


def weight_reuse(block: DenseBlock, *after: nn.Conv2d | nn.Linear) -> np.ndarray:
    """Return how much each reader in a dense block uses each source: shape (layers + 1, readers).

    Sources are the block's input and its layers in order, one row each. Readers, one column each, are the
    layers of the block, by their first convolution, and what reads the whole block, given as `after`: the
    transition's 1×1, or the classifier. An entry is the mean absolute weight between a source's channels and
    a reader (Huang et al., 2016, https://arxiv.org/abs/1608.06993, figure 5), divided by that of all the
    reader's weights: 1 says "as much as the average map". The paper does not divide; but He's first weights
    are smaller where more maps are read, and batch norm undoes any factor that all weights of a reader share.
    NaN stands for a source that a reader does not have.

    Raises ValueError for what is no dense block, and for a reader of more or fewer channels than come out of
    it.

    >>> block = DenseBlock(8, layers=2, growth_rate=4)
    >>> for layer in block.children():
    ...     _ = nn.init.ones_(layer.conv1.weight)
    >>> weight_reuse(block).tolist()
    [[1.0, 1.0], [nan, 1.0], [nan, nan]]
    """
    if not isinstance(block, DenseBlock):
        raise ValueError(f"The block is {shown(block)}; give a dense block, such as features.denseblock1.")
    firsts = [_first_convolution(layer) for layer in block.children()]
    ends = [*(conv.in_channels for conv in firsts), block.out_channels]
    for reader in after:
        if reader.weight.shape[1] != block.out_channels:
            raise ValueError(
                f"The {type(reader).__name__} reads {reader.weight.shape[1]} channels; "
                f"{block.out_channels} come out of the block."
            )
    return np.column_stack([_by_source(reader.weight, ends) for reader in (*firsts, *after)])


def _first_convolution(layer: nn.Module) -> nn.Conv2d:
    return next(each for each in layer.modules() if isinstance(each, nn.Conv2d))


def _by_source(weight: Tensor, ends: list[int]) -> np.ndarray:
    """The mean of each source's part of a reader's absolute weights, relative to that of all of them."""
    weight = weight.detach().abs().cpu()  # (out, in, k, k) or (out, in)
    starts = [0, *ends[:-1]]
    parts = (weight[:, start:end] for start, end in zip(starts, ends, strict=True))
    mean = weight.mean()
    return np.array([float(part.mean() / mean) if part.numel() else np.nan for part in parts])
