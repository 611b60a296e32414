"""Lesson 5: a trained residual network of 14 layers becomes one of 44 by blocks that add nothing.

After Net2Net (Chen et al., 2015, https://arxiv.org/abs/1511.05641). A block whose last batch norm has a scale
of zero hands on what it gets, so the grown network starts with the errors of the trained one.
"""

from functools import partial

import torch
from torch import nn

from helpers.images.patches import PatchData
from helpers.models.small import SmallResNet
from studies.parts import patches
from studies.study import Study

small = partial(SmallResNet, in_channels=1, width=8, shortcut="A")


def deeper(trained: nn.Module, data: PatchData) -> nn.Module:
    """A network of 44 layers that computes what the one of 14 does: five new blocks behind each two."""
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        grown = small(44, zero_init_residual=True)
    grown.load_state_dict(trained.state_dict(), strict=False)
    return grown.to(next(trained.parameters()).device).eval()


def as_it_is(trained: nn.Module, data: PatchData) -> nn.Module:
    return trained


STUDY = Study(
    question="Can a trained network be made deeper without getting worse, and does it gain by it?",
    varied="what the second half trains: the 14 layers, these grown to 44, or 44 that were always there",
    fixed="width 8, option A, data, batches, two schedules of 15 epochs one after the other, weight decay",
    networks={
        "14 layers, trained on": partial(small, 14),
        "14 layers, grown to 44": partial(small, 14),
        "44 layers from the start": partial(small, 44),
    },
    data=patches,
    epochs=15,
    rates=(0.05, 0.1, 0.2),
    grown={
        "14 layers, trained on": as_it_is,
        "14 layers, grown to 44": deeper,
        "44 layers from the start": as_it_is,
    },
)
