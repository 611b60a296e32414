"""Lesson 3: Network in Network, small: 1×1 layers behind each convolution, and one map for each class."""

from collections.abc import Callable
from functools import partial

from torch import nn

from helpers.models.parts import he_normal
from studies.parts import convolution, few_patches, parameters, width_for
from studies.study import Study

WIDTH = 16


def network(mlp: bool, pooled: bool, width: int = WIDTH) -> nn.Sequential:
    """Three stages; `mlp` puts two 1×1 behind each convolution, `pooled` averages one map for each class."""
    layers, channels = [], 1
    for stage, kernel in enumerate((5, 5, 3)):
        layers += convolution(channels, width, kernel)
        if mlp:
            layers += [*convolution(width, width, 1), *convolution(width, width, 1)]
        channels = width
        if stage < 2:
            layers.append(nn.MaxPool2d(2))
    if pooled:
        layers += [*convolution(channels, 10, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    else:
        layers += [nn.Flatten(), nn.Linear(16 * channels, 64), nn.ReLU(inplace=True), nn.Linear(64, 10)]
    built = nn.Sequential(*layers)
    he_normal(built)
    return built


def networks() -> dict[str, Callable[[], nn.Module]]:
    found: dict[str, Callable[[], nn.Module]] = {
        f"{'mlpconv' if mlp else 'convolution'}, {'pooled maps' if pooled else 'linear layers'}": partial(
            network, mlp, pooled
        )
        for mlp in (False, True)
        for pooled in (False, True)
    }
    for pooled, head in ((False, "linear layers"), (True, "pooled maps")):
        target = parameters(partial(network, True, pooled))
        width = width_for(lambda width, pooled=pooled: network(False, pooled, width), target)
        found[f"convolution as heavy as mlpconv, {head}"] = partial(network, False, pooled, width)
    return found


STUDY = Study(
    question="What do the 1×1 layers of Network in Network add, and what its average of one map per class?",
    varied="two 1×1 behind each convolution or none; the head; the width, where the weights are to be equal",
    fixed="three stages, kernels, pooling, data (a third of the images), batches, epochs, schedule",
    networks=networks(),
    data=few_patches,
    epochs=30,
    rates=(0.01, 0.02, 0.05, 0.1),
)
