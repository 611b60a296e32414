"""What a 1×1 convolution in front of a larger one saves: `ReductionExplorer`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from PIL import Image

from helpers.arithmetic import Convolution, break_even, same_padding
from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.style import BLUE, FAINT, GRID, INK, ORANGE, VERMILION
from helpers.explorers.controls import Slider
from helpers.explorers.live import Explorer
from helpers.wording.counts import compared

WIDTH, HEIGHT = 780, 350
MOST_PERCENT = 200
QUANTITIES = ("weights", "MACs", "activations")


@dataclass(frozen=True)
class Cost:
    """What one convolution costs: weights (no bias), MACs and output activations of one picture."""

    weights: int
    macs: int
    activations: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.weights + other.weights, self.macs + other.macs, self.activations + other.activations
        )


@dataclass(frozen=True)
class ReductionNumbers:
    """A k×k convolution against a 1×1 reduction followed by the same k×k convolution."""

    kernel_size: int
    in_channels: int
    reduced_channels: int
    out_channels: int
    direct: Cost
    one_by_one: Cost
    after: Cost
    break_even: Fraction

    @property
    def reduced(self) -> Cost:
        """Both steps of the reduced way together."""
        return self.one_by_one + self.after

    @property
    def finding(self) -> str:
        """How the two ways compare in weights, in words."""
        return compared(self.reduced.weights, self.direct.weights)

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        kernel = f"{self.kernel_size}×{self.kernel_size}"
        steps = f"{self.one_by_one.weights:,} + {self.after.weights:,} = {self.reduced.weights:,}"
        return (
            f"{kernel}, {self.in_channels}→{self.out_channels}: {self.direct.weights:,} weights; "
            f"via {self.reduced_channels}: {steps}, {self.finding}."
        )


def reduction(
    kernel_size: int, in_channels: int, reduced_channels: int, out_channels: int, image_size: int
) -> ReductionNumbers:
    """Count in→out by k×k against in→reduced by 1×1 and reduced→out by k×k (stride 1, same padding, no bias).

    `image_size` is the height and width of the square map, in pixels.

    >>> numbers = reduction(3, 128, 32, 128, image_size=28)
    >>> numbers.direct.weights, numbers.one_by_one.weights, numbers.after.weights, numbers.reduced.weights
    (147456, 4096, 36864, 40960)
    >>> float(numbers.break_even)
    115.2
    """

    def cost(channels: tuple[int, int], kernel: int) -> Cost:
        layer = Convolution(*channels, kernel, padding=same_padding(kernel), bias=False)
        return Cost(layer.weights, layer.macs(image_size), layer.activations(image_size))

    return ReductionNumbers(
        kernel_size,
        in_channels,
        reduced_channels,
        out_channels,
        direct=cost((in_channels, out_channels), kernel_size),
        one_by_one=cost((in_channels, reduced_channels), 1),
        after=cost((reduced_channels, out_channels), kernel_size),
        break_even=break_even(kernel_size, in_channels, out_channels),
    )


class ReductionExplorer(Explorer):
    """Sliders for kernel, channels and map size; bars and the break-even line follow.

    Bars are in percent of the direct convolution, so that one fixed axis serves every setting.
    """

    numbers: ReductionNumbers

    def __init__(
        self,
        *,
        kernel_size: int = 3,
        in_channels: int = 128,
        reduced_channels: int = 32,
        out_channels: int = 128,
        image_size: int = 28,
    ) -> None:
        self._build_figure()
        super().__init__(
            {
                "kernel_size": Slider("kernel size", kernel_size, 1, 11, odd=True),
                "in_channels": Slider("in channels", in_channels, 8, 512, step=8),
                "reduced_channels": Slider("reduced channels", reduced_channels, 1, in_channels),
                "out_channels": Slider("out channels", out_channels, 8, 512, step=8),
                "image_size": Slider("map size (pixels)", image_size, 1, 224),
            },
            width=WIDTH,
            height=HEIGHT,
        )

    def compute(self, **values: Any) -> ReductionNumbers:
        return reduction(**values)

    def respond(self, name: str) -> None:
        if name == "in_channels":  # to more channels than came in would be no reduction
            self.controls["reduced_channels"].max = self.controls["in_channels"].value

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        with self._figure.building():
            self._build_bars()
            self._build_line()

    def _build_bars(self) -> None:
        live, text = self._figure.live, self._figure.text
        axes = self._figure.figure.add_axes(
            (0.115, 0.16, 0.475, 0.68), xlim=(0, MOST_PERCENT), ylim=(9.2, -0.6)
        )
        axes.set_xlabel("percent of the direct convolution")
        axes.set_xticks([0, 50, 100, 150, 200])
        axes.set_yticks([0.5, 3.75, 7], QUANTITIES)
        axes.tick_params(left=False)
        axes.spines["left"].set_visible(False)
        axes.axvline(100, color=FAINT, linewidth=1, linestyle="--", zorder=0)
        self._title = text(axes, 0, 1.13, bold=True, size=11, anchor="lb", relative=True)
        self._bars, self._labels = [], []
        for row in (0, 3.25, 6.5):
            axes.barh(row, 100, height=0.86, color=FAINT)
            first = live(axes.barh(row + 1, 0, height=0.86, color=BLUE, hatch="////", edgecolor="white")[0])
            second = live(axes.barh(row + 1, 0, height=0.86, color=ORANGE)[0])
            self._bars.append((first, second))
            direct = text(axes, 2, row, bold=True, color="white")
            self._labels.append((direct, text(axes, 1, row + 1.85, bold=True)))
        legend = {"direct": {"color": FAINT}, "1×1": {"color": BLUE, "hatch": "////", "edgecolor": "white"}}
        handles = [axes.barh(-9, 1, label=label, **look) for label, look in legend.items()]
        handles.append(axes.barh(-9, 1, color=ORANGE, label="k×k after it"))
        axes.legend(handles=handles, ncols=3, loc="lower left", bbox_to_anchor=(-0.02, 0.965), fontsize=9)

    def _build_line(self) -> None:
        live, text = self._figure.live, self._figure.text
        axes = self._figure.figure.add_axes((0.69, 0.16, 0.285, 0.68), xlim=(0, 1), ylim=(0, MOST_PERCENT))
        axes.text(
            0, 1.13, "Where it stops paying", weight="bold", size=11, va="bottom", transform=axes.transAxes
        )
        axes.set_xlabel("reduced channels", labelpad=16)
        axes.set_ylabel("weights, percent of direct")
        axes.set_yticks([0, 50, 100, 150, 200])
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], [])
        axes.grid(axis="y", color=GRID)
        axes.axhline(100, color=FAINT, linewidth=1, linestyle="--")
        self._ticks = [text(axes, quarter / 4, -9, anchor="mt") for quarter in range(5)]
        self._line = live(axes.plot([0, 1], [0, 1], color=BLUE)[0])
        self._stop = live(axes.plot([0, 0], [0, 100], color=VERMILION, linestyle=":")[0])
        self._stop_label = text(axes, 0, 116, color=VERMILION, anchor="rb", bold=True)
        self._here = live(
            axes.plot([0], [0], "o", color=ORANGE, markeredgecolor=INK, markersize=10, clip_on=False)[0]
        )

    def draw(self, numbers: ReductionNumbers) -> Image.Image:
        self._title.text = f"1×1 first: {numbers.finding} weights"
        for (first, second), labels, name in zip(self._bars, self._labels, QUANTITIES, strict=True):
            direct, squeeze, after = (
                getattr(cost, name.lower()) for cost in (numbers.direct, numbers.one_by_one, numbers.after)
            )
            split = min(100 * squeeze / direct, MOST_PERCENT)
            percent = 100 * (squeeze + after) / direct
            first.set_width(split)
            second.set_x(split)
            second.set_width(min(percent, MOST_PERCENT) - split)
            beyond = ", beyond the axis" if percent > MOST_PERCENT else ""
            labels[0].text = f"{direct:,}"
            labels[1].text = f"{squeeze + after:,}  ({percent:,.0f} %{beyond})"
        self._draw_line(numbers)
        return self._figure.image()

    def _draw_line(self, numbers: ReductionNumbers) -> None:
        for quarter, tick in enumerate(self._ticks):
            tick.text = f"{numbers.in_channels * quarter / 4:g}"
        stop = float(numbers.break_even / numbers.in_channels)
        self._line.set_data([0, 1], [0, 100 / stop])
        self._stop.set_data([stop, stop], [0, 100])
        self._stop_label.text = f"break-even {float(numbers.break_even):.1f}"
        self._stop_label.x = max(stop, 0.62)
        here = numbers.reduced_channels / numbers.in_channels
        self._here.set_data([here], [min(100 * here / stop, MOST_PERCENT)])
