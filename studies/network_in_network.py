"""Lesson 3: Network in Network, small: 1×1 layers behind each convolution, and one map for each class."""

from collections.abc import Callable
from functools import partial

from torch import nn

from helpers.models.parts import he_normal
from studies.parts import convolution, parameters, patches, width_for
from studies.study import Study

WIDTH = 16


def network(mlp: bool, pooled: bool = True, batch_norm: bool = True, width: int = WIDTH) -> nn.Sequential:
    """Three stages; `mlp` puts two 1×1 behind each convolution, `pooled` averages one map for each class."""
    layers, channels = [], 1
    for stage, kernel in enumerate((5, 5, 3)):
        layers += convolution(channels, width, kernel, batch_norm=batch_norm)
        for _ in range(2 * mlp):
            layers += convolution(width, width, 1, batch_norm=batch_norm)
        channels = width
        if stage < 2:
            layers.append(nn.MaxPool2d(2))
    if pooled:
        layers += [nn.Conv2d(channels, 10, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    else:
        layers += [nn.Flatten(), nn.Linear(16 * channels, 64), nn.ReLU(inplace=True), nn.Linear(64, 10)]
    built = nn.Sequential(*layers)
    he_normal(built)
    return built


def networks() -> dict[str, Callable[[], nn.Module]]:
    found: dict[str, Callable[[], nn.Module]] = {}
    for ending, settings in (
        ("", {}),
        (", linear head", {"pooled": False}),
        (", no batch norm", {"batch_norm": False}),
    ):
        found[f"convolutions{ending}"] = partial(network, False, **settings)
        found[f"mlpconv{ending}"] = partial(network, True, **settings)
        wider = partial(network, False, **settings)
        width = width_for(
            lambda width, make=wider: make(width=width), parameters(partial(network, True, **settings))
        )
        found[f"wider convolutions{ending}"] = partial(wider, width=width)
    return found


STUDY = Study(
    question="What do the 1×1s of Network in Network add, and what does averaging one map per class add?",
    varied="two 1×1 behind each convolution, or as many weights in wider convolutions; the head; batch norm",
    fixed="three stages, kernels, pooling, data, batches, epochs, weight decay, schedule",
    networks=networks(),
    data=patches,
    epochs=20,
    rates=(0.02, 0.05, 0.1),
)
