"""How AlexNet's local response normalisation lets loud channels damp their neighbours: `LRNExplorer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from PIL import Image

from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.style import BLUE, FAINT, GRID, INK, VERMILION, YELLOW
from helpers.explorers.old_controls import FloatSlider, Slider
from helpers.explorers.old_live import Explorer

RESPONSES = (0, 0, 42, 17, 44, 29, 16, 99, 2, 0, 41, 112, 0, 0, 0, 51, 0, 7, 14, 63, 66, 190, 29, 0)
"""The 24 channels of small AlexNet's `relu1` at one pixel of the cat photo, 64 times as large and rounded.

Its pixels have a deviation of 1; those of AlexNet, from 0 to 255 less their mean, one of about 64. In its own
small numbers the paper's α does nothing, and the normalisation only divides by about 2^0.75 = 1.68.
"""

FORMULA = "after = before / (k + α · Σ before²)^β"
SOURCE = "before: 64 × conv1 and ReLU, one pixel of the cat photo"

WIDTH, HEIGHT = 780, 440
LOUDEST = 200
LEFT, RIGHT = 62, 764
BRACKET, TOP = 212, 236
HEARD = tuple(j for j, response in enumerate(RESPONSES) if response)


@dataclass(frozen=True)
class LRNNumbers:
    """One pixel's channels, the constants of the normalisation, and the channel that is looked at."""

    responses: tuple[int, ...]
    channel: int
    n: int
    k: float
    alpha_exponent: int
    beta: float

    @property
    def window(self) -> range:
        """The channels whose squares count for `channel`: n around it, fewer at either end."""
        return self._window(self.channel)

    def _window(self, channel: int) -> range:
        reach = self.n // 2
        return range(max(0, channel - reach), min(len(self.responses), channel + reach + 1))

    @property
    def sum_of_squares(self) -> int:
        """The squares of the window's responses, added up."""
        return sum(self.responses[j] ** 2 for j in self.window)

    def base(self, sum_of_squares: int) -> float:
        """k + α · sum."""
        # Divided by a whole number, which unlike 0.0001 is exact.
        return self.k + sum_of_squares / 10**-self.alpha_exponent

    def normalised(self, channel: int) -> float:
        """A channel's response after the normalisation."""
        squares = sum(self.responses[j] ** 2 for j in self._window(channel))
        return self.responses[channel] / self.base(squares) ** self.beta

    def unnoticed(self, channel: int) -> float:
        """The same if all its neighbours were silent: only its own square counts."""
        return self.responses[channel] / self.base(self.responses[channel] ** 2) ** self.beta

    @property
    def before(self) -> int:
        """The response of `channel`."""
        return self.responses[self.channel]

    @property
    def after(self) -> float:
        """What the normalisation makes of it."""
        return self.normalised(self.channel)

    @property
    def alone(self) -> float:
        """What it would make of it if the neighbours were silent."""
        return self.unnoticed(self.channel)

    @property
    def inside(self) -> str:
        """k + α · sum with its numbers."""
        alpha = f"{10.0**self.alpha_exponent:.{-self.alpha_exponent}f}"
        return f"{self.k:g} + {alpha} · {self.sum_of_squares:,}"

    @property
    def finding(self) -> str:
        """How much of its response the channel keeps, in words."""
        if not self.before:
            return f"Channel {self.channel} is silent, and stays silent"
        kept, alone = (f"{100 * value / self.before:.0f} %" for value in (self.after, self.alone))
        whole = f"Channel {self.channel} keeps {kept} of its response"
        return whole if kept == alone else f"{whole}, {alone} with silent neighbours"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        first, last = self.window[0], self.window[-1]
        over = f"channels {first} to {last}" if first < last else f"channel {first} alone"
        equation = f"{self.before} / ({self.inside})^{self.beta:g} = {brief(self.after)}"
        without = f"; {brief(self.alone)} with silent neighbours" if self.before and first < last else ""
        return f"Channel {self.channel}: {equation} ({over}){without}."


def normalise(
    responses: Sequence[int],
    channel: int,
    n: int = 5,
    k: float = 2.0,
    alpha_exponent: int = -4,
    beta: float = 0.75,
) -> LRNNumbers:
    """AlexNet's local response normalisation, b_i = a_i / (k + α · Σ a_j²)^β with α = 10^`alpha_exponent`.

    j runs over the `n` channels around i (odd: as many on either side), at the same pixel, and stops at the
    first and last channel: Krizhevsky et al., 2012, section 3.3, whose constants are the defaults.
    `nn.LocalResponseNorm` divides its `alpha` by n, so that it takes n·α for the paper's α:
    `helpers.models.parts.local_response_norm` does.

    >>> norm = normalise((0, 63, 66, 190, 29), channel=2)
    >>> norm.sum_of_squares, round(norm.after, 2), round(norm.alone, 2)
    (45266, 16.16, 33.85)
    """
    return LRNNumbers(tuple(responses), channel, n, k, alpha_exponent, beta)


class LRNExplorer(Explorer):
    """Sliders for the constants of local response normalisation, on the 24 channels of one real pixel.

    Grey bars are the responses before, coloured ones those after; a dash stands where a channel would be if
    its neighbours were silent. The working for `channel` is written below: click a bar to choose another.
    α is 10 to the power of the control `alpha_exponent`; the paper's 0.0001 is −4.
    """

    numbers: LRNNumbers

    def __init__(
        self, *, channel: int = 20, n: int = 5, k: float = 2.0, alpha_exponent: int = -4, beta: float = 0.75
    ) -> None:
        self._build_figure()
        super().__init__(
            {
                "channel": Slider("channel", channel, 0, len(RESPONSES) - 1),
                "n": Slider("n", n, 1, 11, odd=True),
                # From 1 on, nothing is divided by less than 1: k = 0 would divide silence by nothing.
                "k": FloatSlider("k", k, 1, 10, step=0.5, form=".1f"),
                "alpha_exponent": Slider("alpha exponent", alpha_exponent, -6, 0),
                "beta": FloatSlider("beta", beta, 0, 1.5, step=0.05),
            },
            width=WIDTH,
            height=HEIGHT,
        )
        self.picture.clickable = True
        self.picture.observe(self._clicked, names="clicked")

    def compute(self, **values: Any) -> LRNNumbers:
        return normalise(RESPONSES, **values)

    def _clicked(self, change: Mapping[str, Any]) -> None:
        across = (change["new"][0] * WIDTH - LEFT) / (RIGHT - LEFT)
        if 0 <= across < 1:
            self.set(channel=int(across * len(RESPONSES)))

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        live, text = self._figure.live, self._figure.text
        channels = range(len(RESPONSES))
        with self._figure.building():
            axes = self._figure.figure.add_axes(
                (LEFT / WIDTH, 0.315, (RIGHT - LEFT) / WIDTH, 0.555),
                xlim=(-0.5, len(RESPONSES) - 0.5),
                ylim=(0, TOP),
            )
            self._window = live(axes.axvspan(0, 1, color=YELLOW, alpha=0.3, linewidth=0, zorder=0))
            # Over the shading, and so drawn anew with it: in one piece and without a hatch, which is slow.
            outlines = [
                [(j - 0.4, 0), (j - 0.4, RESPONSES[j]), (j + 0.4, RESPONSES[j]), (j + 0.4, 0)] for j in HEARD
            ]
            live(axes.add_collection(PolyCollection(outlines, facecolor=GRID, edgecolor=FAINT)))
            axes.set_xticks(channels)
            axes.set_yticks(range(0, LOUDEST + 1, 50))
            axes.set_xlabel("channel", labelpad=2)
            axes.set_ylabel("response")
            self._bars = [live(bar) for bar in axes.bar(HEARD, 0, 0.8)]
            self._dashes = [live(axes.plot([j - 0.4, j + 0.4], [0, 0], color=INK)[0]) for j in HEARD]
            self._here = live(axes.plot([0], [0], "v", color=VERMILION, markeredgecolor=INK, markersize=8)[0])
            self._bracket = live(axes.plot([], [], color=INK, linewidth=1.5)[0])
            self._over = text(axes, 0, BRACKET + 5, anchor="mb", bold=True)
            self._title = text(axes, 0, 1.115, size=11, bold=True, anchor="lb", relative=True)
            axes.legend(
                handles=[
                    Patch(facecolor=GRID, edgecolor=FAINT, label="before"),
                    Patch(color=BLUE, label="after"),
                    Patch(color=VERMILION, label="after, this channel"),
                    Line2D([], [], color=INK, label="if its neighbours were silent"),
                ],
                ncols=4,
                loc="lower left",
                bbox_to_anchor=(-0.012, 0.985),
                fontsize=9,
            )
            for y, words in (
                (-0.34, FORMULA),
                (-0.43, "Σ is taken over the n channels around it"),
                (-0.52, SOURCE),
            ):
                axes.text(1, y, words, size=9, ha="right", va="center", transform=axes.transAxes)
            self._lines = [
                text(axes, 0, y, size=9, mono=True, relative=True) for y in (-0.25, -0.34, -0.43, -0.52)
            ]

    def draw(self, numbers: LRNNumbers) -> Image.Image:
        first, last = numbers.window[0] - 0.5, numbers.window[-1] + 0.5
        self._window.set_x(first)
        self._window.set_width(last - first)
        self._bracket.set_data(
            [first + 0.1, first + 0.1, last - 0.1, last - 0.1],
            [BRACKET - 6, BRACKET, BRACKET, BRACKET - 6],
        )
        count = len(numbers.window)
        self._over.x = min(max((first + last) / 2, 1.0), len(RESPONSES) - 1.6)
        self._over.text = "1 channel" if count == 1 else f"{count} channels"
        self._here.set_data([numbers.channel], [numbers.before + 8])
        for channel, bar, dash in zip(HEARD, self._bars, self._dashes, strict=True):
            bar.set_height(numbers.normalised(channel))
            bar.set_color(VERMILION if channel == numbers.channel else BLUE)
            dash.set_ydata([numbers.unnoticed(channel)] * 2)
        self._title.text = numbers.finding
        for line, words in zip(self._lines, working(numbers), strict=True):
            line.text = words
        return self._figure.image()


def working(numbers: LRNNumbers) -> tuple[str, str, str, str]:
    """The calculation for the chosen channel, line by line.

    >>> for line in working(normalise((0, 63, 66, 190, 29), channel=2)):
    ...     print(line)
    sum of squares  0² + 63² + 66² + 190² + 29² = 45,266
    k + α · sum     2 + 0.0001 · 45,266 = 6.527
    divided by      6.527^0.75 = 4.083
    channel 2       66 / 4.083 = 16.2
    """
    value = numbers.base(numbers.sum_of_squares)
    base, divisor = (f"{each:,.{3 if each < 1000 else 1}f}" for each in (value, value**numbers.beta))
    squares = " + ".join(f"{numbers.responses[j]}²" for j in numbers.window)
    return (
        f"sum of squares  {squares} = {numbers.sum_of_squares:,}",
        f"k + α · sum     {numbers.inside} = {base}",
        f"divided by      {base}^{numbers.beta:g} = {divisor}",
        f"{f'channel {numbers.channel}':<16}{numbers.before} / {divisor} = {brief(numbers.after)}",
    )


def brief(value: float) -> str:
    """A number of at least 0 with about three digits, as a reader wants it.

    >>> [brief(value) for value in (0, 0.0123, 1.684, 45.27, 3114.2)]
    ['0', '0.012', '1.68', '45.3', '3,114']
    """
    if value == 0:
        return "0"
    decimals = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{decimals}f}"
