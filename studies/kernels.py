"""Lesson 2: one large kernel, or a stack of 3×3 with the same field?

At equal width the stack has fewer weights; so it is asked a second time at equal weights, where the large
kernel gets narrower. Without the ReLUs inside of it, a stack has the same field and weights: is it the ReLUs?
With batch norm, which is younger than VGG; `kernels_without_norm` has it as it was.
"""

from collections.abc import Callable
from functools import partial

from torch import nn

from studies.parts import classifier, convolution, parameters, patches, width_for
from studies.study import Study

WIDTH = 12
FIELDS = {"5×5": (5, 1), "two 3×3": (3, 2), "7×7": (7, 1), "three 3×3": (3, 3)}
PAIRS = {"5×5": "two 3×3", "7×7": "three 3×3"}


def network(
    kernel: int, depth: int, batch_norm: bool = True, width: int = WIDTH, inner_relu: bool = True
) -> nn.Sequential:
    """Two stages of two units each; a unit is `depth` convolutions, and the second stage is twice as wide.

    Without `inner_relu` only the last convolution of a unit has a ReLU behind it.
    """
    layers, channels = convolution(1, width, 3, batch_norm=batch_norm), width
    for stage_width in (width, 2 * width):
        for place in range(1, 2 * depth + 1):
            layer = convolution(channels, stage_width, kernel, batch_norm=batch_norm)
            layers += layer if inner_relu or place % depth == 0 else layer[:-1]
            channels = stage_width
        layers.append(nn.MaxPool2d(2))
    return classifier(layers, channels)


def as_light(large: str, stack: str) -> Callable[[], nn.Module]:
    """The network of large kernels, as wide as gives it the weights of the stacks."""
    make = partial(network, *FIELDS[large])
    return partial(
        make,
        width=width_for(lambda width: make(width=width), parameters(partial(network, *FIELDS[stack]))),
    )


STUDY = Study(
    question="Is a stack of 3×3 as good as one kernel with the same field?",
    varied="the kernels of a unit; the width, where the weights are to be equal; the ReLUs inside of a stack",
    fixed="the field, units, batch norm, pooling, head, data, batches, epochs, weight decay, schedule, rate",
    networks={name: partial(network, *unit) for name, unit in FIELDS.items()}
    | {f"{large} as light as {stack}": as_light(large, stack) for large, stack in PAIRS.items()}
    | {
        f"{stack}, no ReLU between": partial(network, *FIELDS[stack], inner_relu=False)
        for stack in PAIRS.values()
    },
    data=patches,
    epochs=20,
    rates=(0.03, 0.1, 0.2),
    one_rate=True,
)
