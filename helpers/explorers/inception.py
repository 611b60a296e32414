"""What the 1×1 convolutions save in an Inception block, branch by branch: `InceptionExplorer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import ipywidgets as widgets
from PIL import Image

from helpers.arithmetic import Convolution, same_padding
from helpers.explorers.inception_picture import HEIGHT, WIDTH, InceptionPicture
from helpers.explorers.old_controls import Choice, Slider
from helpers.explorers.old_live import Explorer, in_rows
from helpers.models.googlenet import TABLE
from helpers.wording.counts import brief, compared

MINE = "your own"
FILTERS = ("out_1x1", "reduce_3x3", "out_3x3", "reduce_5x5", "out_5x5", "pool_proj")
"""The six numbers of the paper's table 1, in its order and by the names that `Inception` takes them by."""

MAP_SIZES = {"3": 28, "4": 14, "5": 7}
"""The height and width of a stage's maps, in pixels, when the network sees 224×224."""


@dataclass(frozen=True)
class Branch:
    """One branch with its 1×1 convolution and without (naive): channels that come out, and weights (no bias).

    `between` is what its first layer hands on to its second one, None where it has one layer only.
    """

    between: int | None
    channels: int
    naive_channels: int
    one_by_one: int
    larger: int
    naive: int

    @property
    def weights(self) -> int:
        """The weights of the branch with its 1×1 convolution."""
        return self.one_by_one + self.larger


@dataclass(frozen=True)
class InceptionNumbers:
    """An Inception block with 1×1 reductions (figure 2b of the paper) against the naive one (figure 2a).

    `branches` are those of 1×1, 3×3, 5×5 and pooling; `map_size` is in pixels.
    """

    block: str
    in_channels: int
    map_size: int
    branches: tuple[Branch, Branch, Branch, Branch]

    @property
    def weights(self) -> int:
        """All weights of the block with reductions."""
        return sum(branch.weights for branch in self.branches)

    @property
    def naive_weights(self) -> int:
        """All weights of the naive block."""
        return sum(branch.naive for branch in self.branches)

    @property
    def channels(self) -> int:
        """The output channels of the block with reductions."""
        return sum(branch.channels for branch in self.branches)

    @property
    def naive_channels(self) -> int:
        """The output channels of the naive block."""
        return sum(branch.naive_channels for branch in self.branches)

    @property
    def macs(self) -> int:
        """The MACs of the block with reductions: each weight is used once per pixel, at stride 1."""
        return self.weights * self.map_size**2

    @property
    def naive_macs(self) -> int:
        """The MACs of the naive block."""
        return self.naive_weights * self.map_size**2

    @property
    def finding(self) -> str:
        """How the block with reductions compares with the naive one in weights, in words."""
        return compared(self.weights, self.naive_weights)

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        return (
            f"{self.block[0].upper()}{self.block[1:]}: {self.weights:,} weights and {brief(self.macs)} MACs "
            f"make {self.channels} channels; naive, {self.naive_weights:,} and {brief(self.naive_macs)} "
            f"make {self.naive_channels}."
        )


def inception(
    in_channels: int,
    out_1x1: int,
    reduce_3x3: int,
    out_3x3: int,
    reduce_5x5: int,
    out_5x5: int,
    pool_proj: int,
    *,
    map_size: int = 28,
    block: str = MINE,
) -> InceptionNumbers:
    """Count an Inception block with its 1×1 reductions and without (stride 1, same padding, no bias).

    The naive block has no `reduce_3x3`, `reduce_5x5` and `pool_proj`: its larger convolutions read all
    in_channels, and its pool branch hands all of them on. `map_size` is in pixels; `block` is a name only.

    >>> numbers = inception(192, *TABLE["3a"])
    >>> numbers.weights, numbers.naive_weights
    (163328, 387072)
    >>> numbers.channels, numbers.naive_channels
    (256, 416)
    """

    def weights(c_in: int, c_out: int, kernel: int) -> int:
        return Convolution(c_in, c_out, kernel, padding=same_padding(kernel), bias=False).weights

    def reduced(reduce: int, out: int, kernel: int) -> Branch:
        naive = weights(in_channels, out, kernel)
        return Branch(reduce, out, out, weights(in_channels, reduce, 1), weights(reduce, out, kernel), naive)

    single, projection = weights(in_channels, out_1x1, 1), weights(in_channels, pool_proj, 1)
    branches = (
        Branch(None, out_1x1, out_1x1, single, 0, single),
        reduced(reduce_3x3, out_3x3, 3),
        reduced(reduce_5x5, out_5x5, 5),
        Branch(in_channels, pool_proj, in_channels, projection, 0, 0),
    )
    return InceptionNumbers(block, in_channels, map_size, branches)


def preset_settings() -> dict[str, dict[str, int]]:
    """The settings of the paper's blocks by their names, with what each gets from the one before it.

    >>> list(preset_settings()["4e"].values())
    [528, 256, 160, 320, 32, 128, 128, 14]
    """
    settings, channels = {}, 192
    for name, filters in TABLE.items():
        settings[name] = {
            "in_channels": channels,
            **dict(zip(FILTERS, filters, strict=True)),
            "map_size": MAP_SIZES[name[0]],
        }
        channels = sum(settings[name][out] for out in ("out_1x1", "out_3x3", "out_5x5", "pool_proj"))
    return settings


PRESETS = preset_settings()


class InceptionExplorer(Explorer):
    """The block's six filter numbers and its input as sliders, from any block of GoogLeNet on.

    `block` is one of "3a" … "5b", or "your own", which starts as 3a; a number that is given takes the place
    of the block's own. Left the block with its channels as bands, right the weights of each branch beside
    those of the naive one. The preset's map size may change: the block stays what it is.
    """

    numbers: InceptionNumbers

    def __init__(
        self,
        block: str = "3a",
        *,
        in_channels: int | None = None,
        out_1x1: int | None = None,
        reduce_3x3: int | None = None,
        out_3x3: int | None = None,
        reduce_5x5: int | None = None,
        out_5x5: int | None = None,
        pool_proj: int | None = None,
        map_size: int | None = None,
    ) -> None:
        choice = Choice("block", [*PRESETS, MINE], block)
        asked = (in_channels, out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj, map_size)
        preset = PRESETS["3a" if block == MINE else block]
        start = {
            name: value if given is None else given
            for (name, value), given in zip(preset.items(), asked, strict=True)
        }
        if block != MINE:
            # What is no number is refused below, by its own slider.
            choice.value = _block_of(
                {name: each for name, each in start.items() if isinstance(each, Integral)}
            )
        self._picture = InceptionPicture()
        self._figure = self._picture.figure
        super().__init__(
            {
                "block": choice,
                "in_channels": Slider("in channels", start["in_channels"], 8, 1024, step=8),
                **{name: _filter_slider(name, start) for name in FILTERS},
                "map_size": Slider("map size", start["map_size"], 1, 56),
            },
            width=WIDTH,
            height=HEIGHT,
            arrange=_arrange,
        )

    def compute(self, **values: Any) -> InceptionNumbers:
        return inception(**values)

    def draw(self, numbers: InceptionNumbers) -> Image.Image:
        return self._picture.draw(numbers)

    def respond(self, name: str) -> None:
        controls = self.controls
        block = controls["block"]
        if name == "block" and block.value != MINE:
            settings = PRESETS[block.value]
            self._bound(settings["in_channels"])
            for control, value in settings.items():
                controls[control].value = value
        elif name == "in_channels":
            self._bound(controls["in_channels"].value)
        if name in ("in_channels", *FILTERS):
            block.value = _block_of({each: controls[each].value for each in ("in_channels", *FILTERS)})

    def _bound(self, in_channels: int) -> None:
        """A reduction to more channels than come in would be none."""
        for name in FILTERS:
            if _reduces(name):
                self.controls[name].max = in_channels


def _reduces(name: str) -> bool:
    return not name.startswith("out")


def _filter_slider(name: str, start: Mapping[str, int]) -> Slider:
    high = start["in_channels"] if _reduces(name) else 512
    return Slider(name.replace("_", " ").replace("x", "×"), start[name], 8, high, step=8)


def _block_of(values: Mapping[str, int]) -> str:
    """The paper's block with these input channels and filter numbers; its map size does not matter."""
    for block, settings in PRESETS.items():
        if all(values.get(name) == settings[name] for name in ("in_channels", *FILTERS)):
            return block
    return MINE


def _arrange(controls: Sequence[widgets.Widget]) -> widgets.Widget:
    """Three to a line: the block and its input, then the branches in the paper's order."""
    block, in_channels, *filters, map_size = controls
    for control in controls:
        control.layout, control.style.description_width = widgets.Layout(width="252px"), "86px"
    lines = ([block, in_channels, map_size], filters[:3], filters[3:])
    return widgets.VBox([in_rows(line) for line in lines])
