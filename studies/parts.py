"""What several studies build their networks of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import nn

from helpers.images.patches import PatchData, photo_patches
from helpers.models.parts import he_normal


def patches(choosing: bool) -> PatchData:
    """The course's ten photos, in grey patches of 16×16 pixels: 3,000 to train on, 1,000 to test."""
    return photo_patches(choosing=choosing)


def few_patches(choosing: bool) -> PatchData:
    """The same with a third of the images to train on, so that more can be learned by heart."""
    return photo_patches(per_class=100, choosing=choosing)


def convolution(c_in: int, c_out: int, kernel: int, *, batch_norm: bool = False) -> list[nn.Module]:
    """A convolution that keeps the size, a batch norm if asked for, and a ReLU."""
    layers: list[nn.Module] = [nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=not batch_norm)]
    return [*layers, *([nn.BatchNorm2d(c_out)] if batch_norm else []), nn.ReLU(inplace=True)]


def classifier(layers: Iterable[nn.Module], channels: int, classes: int = 10) -> nn.Sequential:
    """Layers, then the average of each map and one linear layer; started as He et al. do."""
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]
    network = nn.Sequential(*layers, *head)
    he_normal(network)
    return network


def parameters(make: Callable[[], nn.Module]) -> int:
    """The parameters of what a function makes; nothing is allocated."""
    with torch.device("meta"):
        return sum(each.numel() for each in make().parameters())


def width_for(make: Callable[[int], nn.Module], target: int, widths: Iterable[int] = range(2, 200)) -> int:
    """The width at which a network has the number of parameters nearest to the target.

    >>> width_for(lambda width: nn.Linear(width, width, bias=False), 150)
    12
    """
    return min(widths, key=lambda width: abs(parameters(lambda: make(width)) - target))
