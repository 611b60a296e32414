"""Lesson 1: the parts of a small AlexNet, taken out one at a time.

The paper's response norm has α = 0.0001, for inputs of up to 255. These patches are about 1 in size, so there
it is little more than a constant factor; with α = 1 it does what it was made for. One tower has a third more
parameters than two, so it is tried a second time, as narrow as gives it about as many.
"""

from collections.abc import Callable
from functools import partial

from torch import nn

from helpers.models.parts import he_normal, local_response_norm
from helpers.models.small import SmallAlexNet
from studies.parts import few_patches, parameters, width_for
from studies.study import Study


def replaced(layers: dict[str, Callable[[], nn.Module]], **settings: int) -> nn.Sequential:
    """The network with new layers in the places of these names."""
    network = SmallAlexNet(in_channels=1, **settings)
    names = list(dict(network.named_children()))
    for name, make in layers.items():
        network[names.index(name)] = make()
    return network


def without(*names: str, **settings: int) -> nn.Sequential:
    """The network with these layers replaced by nothing."""
    return replaced(dict.fromkeys(names, nn.Identity), **settings)


def wide(*names: str) -> nn.Sequential:
    """The same with 512 units in place of 96 in each of the two linear layers that dropout follows."""
    linear = {"fc6": (1024, 512), "fc7": (512, 512), "fc8": (512, 10)}
    network = replaced(
        {name: partial(nn.Linear, *shape) for name, shape in linear.items()}
        | dict.fromkeys(names, nn.Identity)
    )
    he_normal(network)
    return network


one_tower = partial(without, groups=1)
WHOLE = parameters(without)

NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "whole": without,
    "no response norm": partial(without, "norm1", "norm2"),
    "strong response norm": partial(
        replaced, dict.fromkeys(("norm1", "norm2"), partial(local_response_norm, alpha=1.0))
    ),
    "no overlap": partial(replaced, dict.fromkeys(("pool1", "pool2", "pool5"), partial(nn.MaxPool2d, 2))),
    "no dropout": partial(without, "drop6", "drop7"),
    "no conv 4": partial(without, "conv4", "relu4"),
    "one tower": one_tower,
    "one tower, as heavy": partial(
        one_tower, width=width_for(lambda width: one_tower(width=width), WHOLE, range(3, 60, 3))
    ),
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
