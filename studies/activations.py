"""Lesson 1: how soon does a network learn with ReLU, tanh or the sigmoid, each with its best start?

After the paper's figure 1: a plain network of six convolutions, without batch norm. Each function starts with
weights of several sizes, and each of these finds its own learning rate.
"""

from collections.abc import Callable
from functools import partial

from torch import nn

from studies.parts import patches
from studies.study import Study

WIDTH = 24
GAINS = {"ReLU": (1.0, 1.4), "tanh": (1.0, 1.7), "sigmoid": (1.0, 4.0, 7.0)}
LAYERS = {"ReLU": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def network(function: Callable[[], nn.Module], gain: float) -> nn.Sequential:
    """Six convolutions in three stages; weights start with a deviation of gain / √(inputs of a unit)."""
    layers: list[nn.Module] = []
    channels = 1
    for width in (WIDTH, WIDTH, 0, 2 * WIDTH, 2 * WIDTH, 0, 2 * WIDTH, 2 * WIDTH):
        if width:
            convolution = nn.Conv2d(channels, width, 3, padding=1)
            nn.init.normal_(convolution.weight, 0, gain / (9 * channels) ** 0.5)
            nn.init.zeros_(convolution.bias)
            layers += [convolution, function()]
            channels = width
        else:
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


STUDY = Study(
    question="How soon does a network learn with ReLU, with tanh and with the sigmoid?",
    varied="the activation function, and the size of the first weights",
    fixed="six convolutions, width 24, data, batches, epochs, weight decay, schedule",
    networks={
        f"{name} ×{gain:g}": partial(network, LAYERS[name], gain)
        for name, gains in GAINS.items()
        for gain in gains
    },
    data=patches,
    epochs=20,
    rates=(0.01, 0.02, 0.06, 0.2, 0.5, 1.0),
)
