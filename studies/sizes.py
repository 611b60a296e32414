"""Lesson 4: one size of kernel, or three side by side?

Every block hands on as many maps as the paper's at a quarter of its channels, and has as many weights. One of
a single size is a 1×1 to as many channels as these weights allow, and then the kernel. The three sizes come
with the paper's pool, and without it: its projection's maps are then made by the 1×1, at the same cost. A
single size gets the pool, too, as a branch beside it; and, since the pool comes with a 1×1 that reads all
channels, this 1×1 alone.
Batch norm follows each convolution: without it, some seeds of the narrow 1×1s don't learn at all.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from helpers.models.googlenet import Inception
from studies.parts import classifier, convolution, parameters, patches, width_for
from studies.reductions import BLOCKS
from studies.study import Study

WIDTH = 48
normed = partial(convolution, batch_norm=True)
with_pool = partial(Inception, batch_norm=True)


class SideBySide(nn.Module):
    """(N, channels, H, W) to the results of all branches, joined along the channels."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.branches], 1)


def reduced(channels: int, reduce: int, out: int, kernel: int) -> nn.Sequential:
    return nn.Sequential(*normed(channels, reduce, 1), *normed(reduce, out, kernel))


def three_sizes(
    channels: int, out_1x1: int, reduce_3x3: int, out_3x3: int, reduce_5x5: int, out_5x5: int, pool_proj: int
) -> nn.Module:
    return SideBySide(
        nn.Sequential(*normed(channels, out_1x1 + pool_proj, 1)),
        reduced(channels, reduce_3x3, out_3x3, 3),
        reduced(channels, reduce_5x5, out_5x5, 5),
    )


def one_size(
    kernel: int, channels: int, *plan: int, projection: bool = False, pool: bool = False
) -> nn.Module:
    """A 1×1 and the kernel, alone or beside the paper's projection, a 1×1, with its pool or without."""

    def make(reduce: int) -> nn.Module:
        if not projection:
            return reduced(channels, reduce, maps(plan), kernel)
        beside = [*([nn.MaxPool2d(3, stride=1, padding=1)] if pool else []), *normed(channels, plan[-1], 1)]
        return SideBySide(reduced(channels, reduce, maps(plan) - plan[-1], kernel), nn.Sequential(*beside))

    return make(width_for(make, parameters(partial(with_pool, channels, *plan))))


def maps(plan: tuple[int, ...]) -> int:
    """How many maps a block hands on."""
    out_1x1, _, out_3x3, _, out_5x5, pool_proj = plan
    return out_1x1 + out_3x3 + out_5x5 + pool_proj


def network(block: Callable[..., nn.Module]) -> nn.Sequential:
    """A stem and two blocks, each behind a pooling."""
    layers, channels = normed(1, WIDTH, 3), WIDTH
    for plan in BLOCKS:
        layers += [nn.MaxPool2d(2), block(channels, *plan)]
        channels = maps(plan)
    return classifier(layers, channels)


STUDY = Study(
    question="One size of kernel, or three side by side?",
    varied="the kernels of a block: 1×1, 3×3 or 5×5, or all three; beside them a pool, or a 1×1, or neither",
    fixed="weights, MACs, maps handed on, batch norm, stem, head, data, batches, epochs, schedule, rate",
    networks={f"only {kernel}×{kernel}": partial(network, partial(one_size, kernel)) for kernel in (1, 3, 5)}
    | {"three sizes": partial(network, three_sizes), "three sizes and a pool": partial(network, with_pool)}
    | {
        f"only {kernel}×{kernel} and a {branch}": partial(
            network, partial(one_size, kernel, projection=True, pool=branch == "pool")
        )
        for branch in ("pool", "1×1")
        for kernel in (1, 3, 5)
    },
    data=patches,
    epochs=12,
    rates=(0.05, 0.1, 0.2),
    one_rate=True,
)
