"""What dropout does to a layer, in training and in evaluation: `DropoutExplorer`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image

from helpers.drawing.live_figure import LiveFigure
from helpers.drawing.matplotlib_style import CSS_PIXELS_PER_INCH
from helpers.drawing.style import INK, SKY, VERMILION
from helpers.explorers.old_controls import Choice, FloatSlider, Slider
from helpers.explorers.old_live import Explorer

WIDTH, HEIGHT = 780, 452
SIDE, CELL, LEFT, TOP = 10, 35, 12, 58
TABLE, COLUMNS, LINE = 400, (664, 766), 28
POINTS_PER_PIXEL = 72 / CSS_PIXELS_PER_INCH
MASKS = 1000
MODES = ("train", "eval")
CONVENTIONS = ("PyTorch", "paper")
MOST_SUM, BIN = 900, 20
EDGES = np.arange(0, MOST_SUM + 2 * BIN, BIN) - BIN // 2  # a bar stands over the middle of its sums

# What a ReLU lets through: whole numbers from 0 to 8, ten of each and ten more 4s. They add up to 400.
ACTIVATIONS = np.random.default_rng(1).permutation(np.repeat([*range(9), 4], 10))
UNITS = ACTIVATIONS.size

# One random number for each unit of each mask. A unit is kept where p is not above its number, so that as p
# rises a mask only loses units.
NUMBERS = np.random.default_rng(0).random((MASKS, UNITS))


def train_scale(p: Fraction, convention: str) -> Fraction:
    """What a kept unit is multiplied by in training: 1 in the paper, 1 / (1 − p) in PyTorch's `nn.Dropout`.

    >>> train_scale(Fraction(1, 2), "paper"), train_scale(Fraction(1, 2), "PyTorch")
    (Fraction(1, 1), Fraction(2, 1))
    """
    return 1 / (1 - p) if convention == "PyTorch" else Fraction(1)


def eval_scale(p: Fraction, convention: str) -> Fraction:
    """What every unit is multiplied by in evaluation: 1 − p in the paper, 1 in PyTorch.

    The paper (section 4.2) has p = 0.5 and multiplies all outputs by 0.5.

    >>> eval_scale(Fraction(1, 5), "paper"), eval_scale(Fraction(1, 5), "PyTorch")
    (Fraction(4, 5), Fraction(1, 1))
    """
    return 1 - p if convention == "paper" else Fraction(1)


@dataclass(frozen=True)
class DropoutNumbers:
    """One mask of a layer, and all of them: how many units are kept, and what the next unit's sum becomes.

    `kept_sum` adds up the activations of the kept units, `full_sum` those of all; nothing is scaled in them.
    `mean_kept` is the mean of `kept_sum` over all masks. The rest follows from `p` and `convention`.
    """

    p: Fraction
    mode: str
    convention: str
    mask: int
    units: int
    kept: int
    kept_sum: int
    full_sum: int
    mean_kept: Fraction

    def train_sum(self, convention: str) -> Fraction:
        """What the next unit receives in training, with this mask."""
        return self.kept_sum * train_scale(self.p, convention)

    def mean_sum(self, convention: str) -> Fraction:
        """The mean of what it receives over the masks that were drawn."""
        return self.mean_kept * train_scale(self.p, convention)

    def eval_sum(self, convention: str) -> Fraction:
        """What it receives in evaluation: exactly the mean over all possible masks, by their probability."""
        return self.full_sum * eval_scale(self.p, convention)

    @property
    def received(self) -> Fraction:
        """What the next unit receives in the chosen mode and convention."""
        make = self.train_sum if self.mode == "train" else self.eval_sum
        return make(self.convention)

    @property
    def equation(self) -> str:
        """How the sum comes about."""
        keep = f"{float(1 - self.p):.2f}"
        if self.mode == "train":
            scaled = self.convention == "PyTorch"
            return f"{self.kept_sum} ÷ {keep} = {_shown(self.received)}" if scaled else f"{self.kept_sum}"
        scaled = self.convention == "paper"
        return f"{self.full_sum} × {keep} = {_shown(self.received)}" if scaled else f"{self.full_sum}"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        start = f"{self.convention}, p {float(self.p):.2f}, {self.mode}"
        mean = _shown(self.mean_sum(self.convention))
        if self.mode == "eval":
            return f"{start}: all {self.units} units, sum {self.equation}; in training {mean} on average."
        return (
            f"{start}: mask {self.mask:,} keeps {self.kept} of {self.units}, {self.equation}; "
            f"mean of masks {mean}, eval {_shown(self.eval_sum(self.convention))}."
        )


def _shown(value: Fraction) -> str:
    """With one decimal; halves are rounded up, exactly, so that it is the same on every machine."""
    tenths = int(value * 10 + Fraction(1, 2))
    return f"{tenths // 10:,}.{tenths % 10}"


def kept_units(p: float, mask: int) -> np.ndarray:
    """Which of the 100 units mask number `mask` of 1 to 1000 keeps; each is dropped with probability `p`.

    >>> int(kept_units(0.0, 1).sum()), int(kept_units(0.5, 1).sum())
    (100, 56)
    """
    return p <= NUMBERS[mask - 1]


def dropout(p: float, mode: str, convention: str, mask: int) -> DropoutNumbers:
    """Dropout with probability `p`, in hundredths below 1, on the activations; the next unit's weights are 1.

    >>> numbers = dropout(0.5, "train", "paper", mask=1)
    >>> numbers.kept, numbers.kept_sum, numbers.eval_sum("paper"), numbers.eval_sum("PyTorch")
    (56, 234, Fraction(200, 1), Fraction(400, 1))
    """
    kept = kept_units(p, mask)
    return DropoutNumbers(
        p=Fraction(round(100 * p), 100),
        mode=mode,
        convention=convention,
        mask=mask,
        units=kept.size,
        kept=int(kept.sum()),
        kept_sum=int(ACTIVATIONS[kept].sum()),
        full_sum=int(ACTIVATIONS.sum()),
        mean_kept=Fraction(int(all_sums(p).sum()), MASKS),
    )


def all_sums(p: float) -> np.ndarray:
    """The sum of the kept activations for each of the 1000 masks, not scaled.

    >>> all_sums(0.0).tolist() == [400] * 1000
    True
    """
    return (p <= NUMBERS) @ ACTIVATIONS


class DropoutExplorer(Explorer):
    """A layer of 100 activations, the units that a mask drops, and the sum that the next unit receives.

    `convention` is PyTorch's or that of AlexNet's paper: they differ by the same factor in training and in
    evaluation, so that in both the sum of evaluation is the mean sum of training.
    """

    numbers: DropoutNumbers

    def __init__(
        self, *, p: float = 0.5, mode: str = "train", mask: int = 1, convention: str = "PyTorch"
    ) -> None:
        self._build_figure()
        super().__init__(
            {
                # With p = 1 nothing would be kept, and nothing could be scaled up again.
                "p": FloatSlider("p", p, 0, 0.9, step=0.05),
                "mask": Slider("mask", mask, 1, MASKS),
                "mode": Choice("mode", MODES, mode),
                "convention": Choice("convention", CONVENTIONS, convention),
            },
            width=WIDTH,
            height=HEIGHT,
        )
        self.respond("mode")

    def respond(self, name: str) -> None:
        if name == "mode":  # evaluation has no mask
            self.controls["mask"].disabled = self.controls["mode"].value == "eval"

    def compute(self, **values: Any) -> DropoutNumbers:
        return dropout(**values)

    def _build_figure(self) -> None:
        self._figure = LiveFigure(WIDTH, HEIGHT)
        with self._figure.building():
            axes = self._figure.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(HEIGHT, 0))
            axes.set_axis_off()
            self._title = self._figure.text(axes, LEFT, 18, size=11, bold=True)
            self._build_layer(axes)
            self._build_table(axes)
            self._build_histogram()

    def _build_layer(self, axes: Axes) -> None:
        """The activations as a square of numbers; what covers and crosses out the dropped ones is live."""
        live, text = self._figure.live, self._figure.text
        across = LEFT + CELL * (np.arange(UNITS) % SIDE + 0.5)
        down = TOP + CELL * (np.arange(UNITS) // SIDE + 0.5)
        self._places = np.stack([across, down])
        size = (CELL - 4) * POINTS_PER_PIXEL
        axes.plot(across, down, "s", color=SKY, alpha=0.45, markersize=size, markeredgewidth=0)
        for x, y, activation in zip(across, down, ACTIVATIONS, strict=True):
            axes.text(x, y, str(activation), ha="center", va="center", weight="bold")
        cover = {"marker": "s", "color": "#F4F4F4", "alpha": 0.6, "markersize": size, "markeredgewidth": 0}
        cross = {"marker": "x", "color": VERMILION, "markersize": 0.8 * size, "markeredgewidth": 1.3}
        self._dropped = [live(axes.plot([], [], linestyle="", **look)[0]) for look in (cover, cross)]
        self._layer = text(axes, LEFT, TOP - 13)
        self._received = text(axes, LEFT, TOP + CELL * SIDE + 20, size=10.5, bold=True)

    def _build_table(self, axes: Axes) -> None:
        """What the next unit receives, in both conventions; a frame is around what is chosen."""
        top = TOP - 13
        axes.text(TABLE, top, "The next unit receives", va="center", weight="bold")
        for x, name in zip(COLUMNS, CONVENTIONS, strict=True):
            axes.text(x, top, name, va="center", ha="right", weight="bold")
        names = ("train, this mask", f"train, mean of {MASKS:,} masks", "eval, no mask")
        for row, name in enumerate(names):
            axes.text(TABLE, top + LINE * (row + 1), name, va="center")
        self._cells = [
            [self._figure.text(axes, x, top + LINE * (row + 1) - 1.5, anchor="rm", size=10) for x in COLUMNS]
            for row in range(3)
        ]
        frame = Rectangle((0, 0), 84, LINE - 3, fill=False, edgecolor=INK, linewidth=1.6)
        self._frame = self._figure.live(axes.add_patch(frame))

    def _build_histogram(self) -> None:
        """How the sum is spread over all masks, in the chosen convention."""
        live = self._figure.live
        place = (TABLE / WIDTH, 0.135, (WIDTH - 24 - TABLE) / WIDTH, 0.40)
        axes = self._figure.figure.add_axes(place, xlim=(0, MOST_SUM), ylim=(0, 1.16))
        axes.set_xticks(range(0, MOST_SUM + 1, 100))
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        self._axis = self._figure.text(axes, MOST_SUM / 2, -0.24, size=10, anchor="mm")
        axes.set_ylabel("how many masks")
        self._bars = live(axes.stairs(np.zeros(len(EDGES) - 1), EDGES, fill=True, color=SKY))
        self._tallest = self._figure.text(axes, 0, 1.08, anchor="mm")
        self._eval = live(axes.plot([], [], color=VERMILION, linestyle="--", label="eval")[0])
        look = {"color": INK, "linestyle": "", "clip_on": False, "zorder": 5}
        self._mean = live(axes.plot([], [], marker="^", markersize=9, label="mean of the masks", **look)[0])
        self._this = live(axes.plot([], [], marker="o", markersize=8, label="this mask", **look)[0])
        axes.legend(ncols=3, loc="lower right", bbox_to_anchor=(1.01, 0.99), fontsize=9, handletextpad=0.4)

    def draw(self, numbers: DropoutNumbers) -> Image.Image:
        train, convention = numbers.mode == "train", numbers.convention
        mean, evaluated = (_shown(make(convention)) for make in (numbers.mean_sum, numbers.eval_sum))
        if not numbers.p:
            self._title.text = f"With p = 0 nothing is ever dropped: train and eval both give {evaluated}"
        elif train:
            self._title.text = (
                f"In training the sum changes with the mask, around {mean}; eval gives {evaluated}"
            )
        else:
            self._title.text = (
                f"In eval nothing is dropped: the sum is {evaluated}, in training {mean} on average"
            )
        lost = numbers.units - numbers.kept if train else 0
        self._layer.text = f"a layer of {numbers.units} activations, {lost or 'none'} dropped"
        self._received.text = f"the next unit receives {numbers.equation}"
        p = float(numbers.p)
        dropped = self._places[:, ~kept_units(p, numbers.mask)] if train else np.empty((2, 0))
        for artist in self._dropped:
            artist.set_data(*dropped)
        for column, name in enumerate(CONVENTIONS):
            for row, make in zip(
                self._cells, (numbers.train_sum, numbers.mean_sum, numbers.eval_sum), strict=True
            ):
                row[column].text = _shown(make(name))
        cell = self._cells[0 if train else 2][CONVENTIONS.index(convention)]
        self._frame.set_xy((cell.x - 78, cell.y - LINE / 2 + 3))
        self._draw_histogram(numbers)
        return self._figure.image()

    def _draw_histogram(self, numbers: DropoutNumbers) -> None:
        scale = train_scale(numbers.p, numbers.convention)
        # In this order whole numbers stay whole, and none slips over the edge between two bars.
        sums = all_sums(float(numbers.p)) * scale.numerator / scale.denominator
        counts = np.histogram(sums, EDGES)[0]
        self._bars.set_data(counts / counts.max())
        self._axis.text = f"the sum in training, {numbers.convention}"
        self._tallest.text = f"{counts.max():,}"
        self._tallest.x = int(counts.argmax()) * BIN
        evaluated = float(numbers.eval_sum(numbers.convention))
        self._eval.set_data([evaluated, evaluated], [0, 1])
        self._mean.set_data([float(numbers.mean_sum(numbers.convention))], [0])
        this = [float(numbers.train_sum(numbers.convention))] if numbers.mode == "train" else []
        self._this.set_data(this, [0.5] * len(this))
