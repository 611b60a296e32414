"""Lesson 7: the five families on the same patches, with as many parameters each, and with as much work.

The patches leave AlexNet and VGG maps of a single pixel, and their linear layers read just that. Two more
networks tell the 1×1 from what came with it: a ResNet with bottlenecks, and a DenseNet without them.
"""

from collections.abc import Callable, Iterable
from functools import partial

from torch import nn

from helpers.models.parts import he_normal
from helpers.models.resnet import Bottleneck, stage
from helpers.models.small import SmallAlexNet, SmallDenseNet, SmallGoogLeNet, SmallResNet, SmallVGG
from studies.dense import data, macs
from studies.parts import convolution
from studies.study import Study


def bottleneck_resnet(width: int) -> nn.Module:
    """Nine residual blocks as in ResNet-20, of a 1×1, a 3×3 and a 1×1: (N, 1, H, W) to (N, 10)."""
    network = nn.Sequential(
        *convolution(1, width, 3, batch_norm=True),
        stage(Bottleneck, 3, width, 4 * width),
        stage(Bottleneck, 3, 4 * width, 8 * width, stride=2),
        stage(Bottleneck, 3, 8 * width, 16 * width, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16 * width, 10),
    )
    he_normal(network, mode="fan_out")
    return network


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
    "ResNet with bottlenecks": bottleneck_resnet,
    "DenseNet without bottlenecks": partial(SmallDenseNet, in_channels=1, bottleneck=None),
}
WIDTHS: dict[str, tuple[str, Iterable[int]]] = {
    "AlexNet": ("width", range(6, 96, 6)),
    "VGG, batch norm": ("width", range(4, 64)),
    "GoogLeNet": ("width", range(4, 32)),
    "DenseNet": ("growth_rate", range(4, 32)),
    "ResNet with bottlenecks": ("width", range(4, 32)),
    "DenseNet without bottlenecks": ("growth_rate", range(4, 32)),
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
