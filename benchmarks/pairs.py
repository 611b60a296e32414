"""Every explorer beside its baseline, page by page: the controls moved on both, and through which values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
from IPython.display import display
from torch import nn

import helpers
from benchmarks import (
    baselines,
    baselines_blocks,
    baselines_counting,
    baselines_curves,
    baselines_networks,
    baselines_photos,
)
from helpers import build, feature_maps, photo
from helpers.explorers.old_live import Explorer
from helpers.models.vgg import CHANNELS, CONFIGURATIONS, glorot, stages

LAYER = "blocks.4.expand.conv"  # 240 maps of 28×28: three full pages and a part of one


@dataclass(frozen=True)
class Pair:
    """A control of an explorer and the one of the same name of its baseline, and the values that both take.

    Each value changes picture and sentence: it differs from the one before, the first from the start.
    """

    explorer: Explorer
    baseline: widgets.interactive
    control: str
    values: Sequence[Any]

    @property
    def name(self) -> str:
        """The explorer's class and the control's label."""
        return f"{type(self.explorer).__name__}, {self.ours.description}"

    @property
    def ours(self) -> widgets.ValueWidget:
        """The explorer's control."""
        return self.explorer.controls[self.control]

    @property
    def theirs(self) -> widgets.ValueWidget:
        """The baseline's control; `interact` describes each by its parameter's name."""
        return next(each for each in self.baseline.children if each.description == self.control)


Both = tuple[Explorer, widgets.interactive]
Moves = Mapping[str, Sequence[Any]]


def _receptive_field() -> Both:
    layers = nn.Sequential(OrderedDict(stages(CONFIGURATIONS["D"], CHANNELS))).eval()
    glorot(layers)
    return (
        helpers.ReceptiveFieldExplorer(layers, layers=["pool3"]),
        baselines_networks.interact_receptive_field(layers, "pool3", photo("chelsea")),
    )


def _dense_as_conv() -> Both:
    network = build("efficientnet_lite0", weights="imagenet", device="cpu")
    return (
        helpers.DenseAsConvExplorer(network=network),
        baselines_networks.interact_dense_as_conv(network),
    )


def _feature_maps() -> Both:
    network = build("efficientnet_lite0", weights="imagenet")
    kept = {name: maps.numpy() for name, maps in feature_maps(network, photo("chelsea"), [LAYER]).items()}
    return (
        helpers.FeatureMapExplorer(network, layers=[LAYER]),
        baselines_networks.interact_maps(kept, LAYER, photo("chelsea")),
    )


def _tenths(low: int, high: int, parts: int = 1) -> list[float]:
    return [place / (10 * parts) for place in range(low, high)]


# By page and explorer: what makes both sides, and the values for each control that is moved.
# Not all are on one page, which would be as slow as no lesson is.
PAGES: dict[str, dict[str, tuple[Callable[[], Both], Moves]]] = {
    "lesson_1": {
        "ActivationExplorer": (
            lambda: (helpers.ActivationExplorer(), baselines_curves.interact_activation()),
            {"depth": range(11, 20), "weight_scale": _tenths(21, 40, parts=2)},
        ),
        "GroupExplorer": (
            lambda: (helpers.GroupExplorer(), baselines_counting.interact_groups()),
            {"in_channels": range(112, 512, 32), "map_size": range(28, 56)},
        ),
        "LRNExplorer": (
            lambda: (helpers.LRNExplorer(), baselines.interact_response_norm()),
            {"channel": range(2, 20), "beta": _tenths(16, 30, parts=2)},
        ),
        "PoolingExplorer": (
            lambda: (helpers.PoolingExplorer(), baselines_photos.interact_pooling()),
            {"row": range(1, 20), "window": [4, 5, 6, 7, 8, 3, 2]},
        ),
        "AugmentationExplorer": (
            lambda: (helpers.AugmentationExplorer(), baselines_photos.interact_augmentation()),
            {"row": range(17, 32), "alpha_1": _tenths(1, 30, parts=10)},
        ),
        "DropoutExplorer": (
            lambda: (helpers.DropoutExplorer(), baselines_curves.interact_dropout()),
            {"p": [*_tenths(11, 19, parts=2), 0.3], "mask": range(2, 20)},
        ),
    },
    "lesson_2": {
        "KernelStackExplorer": (
            lambda: (helpers.KernelStackExplorer(), baselines_counting.interact_kernel_stack()),
            {"depth": [3, 4, 5, 1, 2], "channels": range(144, 512, 16)},
        ),
        "ReceptiveFieldExplorer": (_receptive_field, {"row": range(8, 28)}),
        # Maps of at least 6×6, so that there is always a window in those rows.
        "DenseAsConvExplorer": (_dense_as_conv, {"image_size": [416, 384, 448], "row": range(6)}),
    },
    "lesson_3": {
        "ReductionExplorer": (
            lambda: (helpers.ReductionExplorer(), baselines.interact_reduction()),
            {"in_channels": range(64, 512, 32)},
        ),
        "PixelMixer": (
            lambda: (helpers.PixelMixer(), baselines_photos.interact_mixer()),
            # Rows inside the white cup: on a dark pixel the sentence would not move with the weight.
            {"red_from_green": _tenths(1, 20), "row": range(20, 62, 3)},
        ),
        "FeatureMapExplorer": (_feature_maps, {"page": (2, 3), "channel": range(1, 64, 3)}),
    },
    "lessons_4_to_7": {
        "InceptionExplorer": (
            lambda: (helpers.InceptionExplorer(), baselines_blocks.interact_inception()),
            {"out_3x3": range(136, 256, 8), "map_size": range(29, 56)},
        ),
        "ShortcutExplorer": (
            lambda: (helpers.ShortcutExplorer(), baselines_blocks.interact_shortcut()),
            {"width": range(72, 160, 8), "map_size": range(57, 80)},
        ),
        "DenseBlockExplorer": (
            lambda: (helpers.DenseBlockExplorer(), baselines_counting.interact_dense_block()),
            {"layers": range(7, 24), "growth_rate": [36, 40, 44, 48, 28, 24, 20, 16, 12]},
        ),
        "NetworkComparison": (
            lambda: (helpers.NetworkComparison(), baselines_curves.interact_comparison()),
            # No value is on both lists: the axes would change places.
            {"x_axis": ["MACs", "year", "parameters"], "y_axis": ["top-1 error", "top-5 error"]},
        ),
    },
}


def pairs(page: str) -> Iterator[Pair]:
    """The pairs of a page, each explorer and its baseline already shown."""
    for both, moves in PAGES[page].values():
        explorer, baseline = both()  # `interact` shows its own
        display(explorer)
        for control, values in moves.items():
            yield Pair(explorer, baseline, control, values)
