"""Lesson 6: DenseNet and ResNet, with equally many parameters, and with equally many multiply-adds."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from helpers.images.patches import PatchData, photo_patches
from helpers.models.small import SmallDenseNet, SmallResNet
from helpers.reading.trace import trace
from studies.parts import parameters, width_for
from studies.study import Study

SIZE = 8


def data(choosing: bool) -> PatchData:
    return photo_patches(size=SIZE, source_size=32, choosing=choosing)


def dense_net(layers: int = 4, growth_rate: int = 8) -> nn.Module:
    return SmallDenseNet(in_channels=1, growth_rate=growth_rate, layers=(layers,) * 3)


def res_net(width: int) -> nn.Module:
    return SmallResNet(14, in_channels=1, width=width, shortcut="A")


def macs(make: Callable[[], nn.Module]) -> int:
    """The multiply-adds of what a function makes, for one image of the study's."""
    with torch.device("meta"):
        return trace(make(), (1, SIZE, SIZE)).macs


WORK = macs(dense_net)
STUDY = Study(
    question="Is a DenseNet better than a ResNet with as many parameters, or with as much work?",
    varied="the kind of network; the ResNet's width, for equal parameters or equal multiply-adds",
    fixed="data, batches, epochs, weight decay, schedule, the usual start",
    networks={
        "DenseNet": dense_net,
        "ResNet, as many parameters": partial(res_net, width_for(res_net, parameters(dense_net))),
        "ResNet, as much work": partial(
            res_net, min(range(2, 33), key=lambda width: abs(macs(partial(res_net, width)) - WORK))
        ),
    },
    data=data,
    epochs=20,
)
