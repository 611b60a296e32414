"""Lesson 1: the parts of a small AlexNet, taken out one at a time."""

from collections.abc import Callable
from functools import partial

from torch import nn

from helpers.models.parts import he_normal
from helpers.models.small import SmallAlexNet
from studies.parts import few_patches
from studies.study import Study


def without(*names: str) -> nn.Module:
    """The network with these layers replaced by nothing."""
    network = SmallAlexNet(in_channels=1)
    for name in names:
        network[list(dict(network.named_children())).index(name)] = nn.Identity()
    return network


def wide(*names: str) -> nn.Module:
    """The same with 512 units in place of 96 in each of the two linear layers that dropout follows."""
    network = without(*names)
    linear = {"fc6": nn.Linear(1024, 512), "fc7": nn.Linear(512, 512), "fc8": nn.Linear(512, 10)}
    for name, layer in linear.items():
        network[list(dict(network.named_children())).index(name)] = layer
    he_normal(network)
    return network


def plain_pooling() -> nn.Module:
    """The network with windows of 2×2, which don't overlap."""
    network = SmallAlexNet(in_channels=1)
    for name in ("pool1", "pool2", "pool5"):
        network[list(dict(network.named_children())).index(name)] = nn.MaxPool2d(2)
    return network


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "whole": without,
    "no response norm": partial(without, "norm1", "norm2"),
    "no overlap": plain_pooling,
    "no dropout": partial(without, "drop6", "drop7"),
    "no conv 4": partial(without, "conv4", "relu4"),
    "one tower": partial(SmallAlexNet, in_channels=1, groups=1),
    "wide linear layers": wide,
    "wide, no dropout": partial(wide, "drop6", "drop7"),
}
STUDY = Study(
    question="What does each part of AlexNet add?",
    varied="response norm, overlapping pooling, dropout, conv 4, two towers, the width of linear layers",
    fixed="all other layers, data (a third of the images), batches, epochs, weight decay, schedule",
    networks=NETWORKS,
    data=few_patches,
    epochs=24,
    rates=(0.01, 0.03, 0.1),
)
