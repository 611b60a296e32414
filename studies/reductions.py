"""Lesson 4: what do the 1×1 reductions of an Inception block cost, and what its pool projection?

Two things differ between the naive block and the paper's: the 1×1 before the 3×3 and 5×5, and the 1×1 behind
the pool, which also narrows what the block hands on. So each is varied on its own, and the naive block that
hands on more is followed by as wide a stem as the others: its output is brought to their width by a 1×1.
"""

from collections.abc import Callable
from functools import partial

from torch import nn

from helpers.models.googlenet import Inception
from studies.parts import classifier, convolution, parameters, patches, width_for
from studies.study import Study

# A quarter of the channels of the paper's blocks 3a and 3b.
BLOCKS = ((16, 24, 32, 4, 8, 8), (32, 32, 48, 8, 24, 16))


def network(reduced: bool, projected: bool, matched: bool = False, width: int = 48) -> nn.Sequential:
    """A stem and two blocks; `matched` brings each block's output to the paper's width by a 1×1."""
    layers, channels = [*convolution(1, width, 3), nn.MaxPool2d(2)], width
    for out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj in BLOCKS:
        block = Inception(
            channels,
            out_1x1,
            reduce_3x3 if reduced else None,
            out_3x3,
            reduce_5x5 if reduced else None,
            out_5x5,
            pool_proj if projected else None,
        )
        layers.append(block)
        channels = out_1x1 + out_3x3 + out_5x5 + pool_proj
        if matched:
            layers += convolution(block.out_channels, channels, 1)
        else:
            channels = block.out_channels
    return classifier(layers, channels)


def networks() -> dict[str, Callable[[], nn.Module]]:
    found: dict[str, Callable[[], nn.Module]] = {}
    for reduced in (False, True):
        for projected in (False, True):
            name = f"{'reduced' if reduced else 'direct'}, {'projected' if projected else 'whole'} pool"
            found[name] = partial(network, reduced, projected)
            found[f"{name}, output matched"] = partial(network, reduced, projected, True)
    target = parameters(found["reduced, projected pool"])
    light = width_for(lambda width: network(False, False, width=width), target)
    if parameters(partial(network, False, False, width=light)) < 1.2 * target:
        found["direct, whole pool, as light"] = partial(network, False, False, width=light)
    return found


STUDY = Study(
    question="What do the reductions of an Inception block cost in error, and what does its pool projection?",
    varied="1×1 before the 3×3 and 5×5 or none, 1×1 behind the pool or none, and the block's output matched",
    fixed="the blocks' outputs per branch, stem, head, data, batches, epochs, weight decay, schedule, rate",
    networks=networks(),
    data=patches,
    epochs=12,
    rates=(0.02, 0.05, 0.1),
    one_rate=True,
)
