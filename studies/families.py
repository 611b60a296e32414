"""Lesson 7: the five families on the same patches, with as many parameters each, and with as much work."""

from collections.abc import Callable, Iterable
from functools import partial

from torch import nn

from helpers.models.small import SmallAlexNet, SmallDenseNet, SmallGoogLeNet, SmallResNet, SmallVGG
from studies.dense import data, macs
from studies.study import Study

# At their default widths they have 0.24 to 0.27 million parameters each.
FAMILIES: dict[str, Callable[..., nn.Module]] = {
    "AlexNet": partial(SmallAlexNet, in_channels=1),
    "VGG": partial(SmallVGG, in_channels=1),
    "VGG, batch norm": partial(SmallVGG, in_channels=1, batch_norm=True),
    "GoogLeNet": partial(SmallGoogLeNet, in_channels=1),
    "ResNet": partial(SmallResNet, 20, in_channels=1),
    "DenseNet": partial(SmallDenseNet, in_channels=1),
}
WIDTHS: dict[str, tuple[str, Iterable[int]]] = {
    "AlexNet": ("width", range(6, 96, 6)),
    "VGG, batch norm": ("width", range(4, 64)),
    "GoogLeNet": ("width", range(4, 32)),
    "DenseNet": ("growth_rate", range(4, 32)),
}
"""The setting that makes a family wider or narrower, and what it may be."""


def as_much_work(family: str, target: int) -> Callable[[], nn.Module]:
    """The family at the width at which its multiply-adds are nearest to the target."""
    setting, widths = WIDTHS[family]
    makes = [partial(FAMILIES[family], **{setting: width}) for width in widths]
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
