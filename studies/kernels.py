"""Lesson 2: one large kernel, or a stack of 3×3 with the same field?

At equal width the stack has fewer weights; so it is asked a second time at equal weights, where the large
kernel gets narrower. Both with and without batch norm, and long enough for the curves to be flat.
"""

from collections.abc import Callable
from functools import partial

from torch import nn

from studies.parts import classifier, convolution, parameters, patches, width_for
from studies.study import Study

WIDTH = 12
FIELDS = {"5×5": (5, 1), "two 3×3": (3, 2), "7×7": (7, 1), "three 3×3": (3, 3)}
PAIRS = {"5×5": "two 3×3", "7×7": "three 3×3"}


def network(kernel: int, depth: int, batch_norm: bool, width: int = WIDTH) -> nn.Sequential:
    """Two stages of two units each; a unit is `depth` convolutions, and the second stage is twice as wide."""
    layers, channels = convolution(1, width, 3, batch_norm=batch_norm), width
    for stage_width in (width, 2 * width):
        for _ in range(2 * depth):
            layers += convolution(channels, stage_width, kernel, batch_norm=batch_norm)
            channels = stage_width
        layers.append(nn.MaxPool2d(2))
    return classifier(layers, channels)


def networks() -> dict[str, Callable[[], nn.Module]]:
    found: dict[str, Callable[[], nn.Module]] = {}
    for batch_norm in (False, True):
        ending = ", batch norm" * batch_norm
        for name, (kernel, depth) in FIELDS.items():
            found[name + ending] = partial(network, kernel, depth, batch_norm)
        for large, stack in PAIRS.items():
            make = partial(network, *FIELDS[large], batch_norm)
            target = parameters(partial(network, *FIELDS[stack], batch_norm))
            width = width_for(lambda width, make=make: make(width=width), target)
            found[f"{large} as light as {stack}{ending}"] = partial(make, width)
    return found


STUDY = Study(
    question="Is a stack of 3×3 as good as one kernel with the same field?",
    varied="the kernels of a unit; the width, where the weights are to be equal; batch norm or none",
    fixed="the field, units, pooling, head, data, batches, epochs, weight decay, schedule",
    networks=networks(),
    data=patches,
    epochs=20,
    rates=(0.01, 0.03, 0.1),
)
