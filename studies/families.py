"""Lesson 7: the five families on the same patches, with as many parameters each, and with as much work.

The patches leave AlexNet and VGG maps of a single pixel, and their linear layers read just that. Five more
networks tell the 1×1 from what came with it: a DenseNet without bottlenecks, and a ResNet with bottlenecks,
one as deep as that without any 1×1, one with DenseNet's average pools in place of its strides, and one with
bottlenecks and pools.
"""

from collections.abc import Callable, Iterable
from functools import partial

from torch import nn

from helpers.models.parts import he_normal
from helpers.models.resnet import BasicBlock, Bottleneck, stage
from helpers.models.small import SmallAlexNet, SmallDenseNet, SmallGoogLeNet, SmallResNet, SmallVGG
from studies.dense import data, macs
from studies.parts import convolution
from studies.study import Study


def residual(block: Callable[..., nn.Module], start: int, widths: Iterable[int], pools: bool) -> nn.Module:
    """Nine blocks as in ResNet-20, in stages of these widths: (N, 1, H, W) to (N, 10).

    From stage to stage the maps are halved by the next block's stride, or by an average pool.
    """
    layers, channels = convolution(1, start, 3, batch_norm=True), start
    for number, width in enumerate(widths):
        layers += [nn.AvgPool2d(2)] if number and pools else []
        layers.append(stage(block, 3, channels, width, stride=2 if number and not pools else 1))
        channels = width
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))
    he_normal(network, mode="fan_out")
    return network


def basic(width: int, pools: bool) -> nn.Module:
    return residual(partial(BasicBlock, shortcut="A"), width, (width, 2 * width, 4 * width), pools)


def bottlenecks(width: int, pools: bool) -> nn.Module:
    return residual(Bottleneck, width, (4 * width, 8 * width, 16 * width), pools)


# At these widths they have 0.24 to 0.27 million parameters each.
FAMILIES: dict[str, Callable[..., nn.Module]] = {
    "AlexNet": partial(SmallAlexNet, in_channels=1, width=30, pooled=1),
    "VGG": partial(SmallVGG, in_channels=1, width=22, pooled=1),
    "VGG, batch norm": partial(SmallVGG, in_channels=1, width=22, pooled=1, batch_norm=True),
    "GoogLeNet": partial(SmallGoogLeNet, in_channels=1),
    "ResNet": partial(SmallResNet, 20, in_channels=1),
    "DenseNet": partial(SmallDenseNet, in_channels=1),
}
CONTROLS: dict[str, Callable[..., nn.Module]] = {
    "ResNet with bottlenecks": partial(bottlenecks, pools=False),
    "deeper ResNet": partial(SmallResNet, 32, in_channels=1),
    "DenseNet without bottlenecks": partial(SmallDenseNet, in_channels=1, bottleneck=None),
    "ResNet with pools": partial(basic, pools=True),
    "ResNet with bottlenecks and pools": partial(bottlenecks, pools=True),
}
WIDTHS: dict[str, tuple[str, Iterable[int]]] = {
    "AlexNet": ("width", range(6, 96, 6)),
    "VGG, batch norm": ("width", range(4, 64)),
    "GoogLeNet": ("width", range(4, 32)),
    "DenseNet": ("growth_rate", range(4, 32)),
    "ResNet with bottlenecks": ("width", range(4, 32)),
    "deeper ResNet": ("width", range(4, 32)),
    "DenseNet without bottlenecks": ("growth_rate", range(4, 32)),
    "ResNet with pools": ("width", range(4, 32)),
    "ResNet with bottlenecks and pools": ("width", range(4, 32)),
}
"""The setting that makes a family wider or narrower, and what it may be."""


def as_much_work(family: str, target: int) -> Callable[[], nn.Module]:
    """The family at the width at which its multiply-adds are nearest to the target."""
    setting, widths = WIDTHS[family]
    makes = [partial((FAMILIES | CONTROLS)[family], **{setting: width}) for width in widths]
    return min(makes, key=lambda make: abs(macs(make) - target))


WORK = macs(FAMILIES["ResNet"])
STUDY = Study(
    question="Which family does best with a quarter of a million parameters, and which with as much work?",
    varied="the family, each with its own layers: response norms and dropout, batch norm, or neither",
    fixed="0.24 to 0.27 million parameters or 2.5 million multiply-adds, data, batches, epochs, schedule",
    networks=FAMILIES | {f"{family}, as much work": as_much_work(family, WORK) for family in WIDTHS},
    data=data,
    epochs=12,
    rates=(0.01, 0.02, 0.05, 0.1),
)
