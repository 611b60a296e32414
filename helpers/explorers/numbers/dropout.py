"""What dropout does to a layer's activations, and what the next unit then receives."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, compress
from random import Random

UNITS, MASKS = 100, 1000
MODES = ("train", "eval")
CONVENTIONS = ("PyTorch", "paper")
BIN = 20
"""The sums of the masks are counted in steps of this."""

# Python keeps what `random()` gives for a seed from version to version, unlike `shuffle` or `choice`. With
# this one the first mask's sum is well apart from the mean, and no sum reaches 900 at any p of the explorer.
_DRAW = Random(114)

# What a ReLU lets through: whole numbers from 0 to 8, ten of each and ten more 4s. They add up to 400.
ACTIVATIONS = tuple(sorted([*range(9), 4] * (UNITS // 10), key=lambda _: _DRAW.random()))

# One random number for each unit of each mask. A unit is kept where p is not above its number, so that as p
# rises a mask only loses units.
DRAWN = tuple(tuple(_DRAW.random() for _ in range(UNITS)) for _ in range(MASKS))


def _losses(drawn: tuple[float, ...]) -> tuple[list[float], list[int]]:
    """A mask's numbers in order, and what the sum loses when the first 0, 1, 2, … units of them drop out."""
    order = sorted(zip(drawn, ACTIVATIONS, strict=True))
    return [number for number, _ in order], [*accumulate((lost for _, lost in order), initial=0)]


_LOSSES = tuple(map(_losses, DRAWN))


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


def tenths(value: Fraction) -> str:
    """With one decimal; halves are rounded up, exactly, so that it is the same on every machine.

    >>> tenths(Fraction(149, 1000)), tenths(Fraction(19, 20)), tenths(Fraction(24_691, 2))
    ('0.1', '1.0', '12,345.5')
    """
    whole, tenth = divmod(int(value * 10 + Fraction(1, 2)), 10)
    return f"{whole:,}.{tenth}"


@dataclass(frozen=True)
class DropoutNumbers:
    """One mask of a layer, and all of them: which units are kept, and what the next unit's sum becomes.

    `keeps` says for each of the `activations` whether the mask keeps it. `sums` are the sums of what each of
    the masks keeps, from the first on; nothing is scaled in them. The next unit's weights are 1.
    """

    p: Fraction
    mode: str
    convention: str
    mask: int
    activations: tuple[int, ...]
    keeps: tuple[bool, ...]
    sums: tuple[int, ...]

    @property
    def kept(self) -> int:
        """How many units the mask keeps."""
        return sum(self.keeps)

    @property
    def dropped(self) -> int:
        """How many units are dropped in the chosen mode."""
        return len(self.keeps) - self.kept if self.mode == "train" else 0

    @property
    def kept_sum(self) -> int:
        """The sum of the activations that the mask keeps."""
        return sum(compress(self.activations, self.keeps))

    @property
    def full_sum(self) -> int:
        """The sum of all activations."""
        return sum(self.activations)

    def train_sum(self, convention: str) -> Fraction:
        """What the next unit receives in training, with this mask."""
        return self.kept_sum * train_scale(self.p, convention)

    def mean_sum(self, convention: str) -> Fraction:
        """The mean of what it receives over the masks that were drawn."""
        return Fraction(sum(self.sums), len(self.sums)) * train_scale(self.p, convention)

    def eval_sum(self, convention: str) -> Fraction:
        """What it receives in evaluation: exactly the mean over all possible masks, by their probability."""
        return self.full_sum * eval_scale(self.p, convention)

    @property
    def received(self) -> Fraction:
        """What the next unit receives in the chosen mode and convention."""
        make = self.train_sum if self.mode == "train" else self.eval_sum
        return make(self.convention)

    @property
    def masks_by_sum(self) -> dict[int, list[int]]:
        """The masks by the sum that they give in training, to the nearest multiple of `BIN`, in order."""
        scale = train_scale(self.p, self.convention)
        alike: dict[int, list[int]] = {}
        for mask, kept_sum in enumerate(self.sums, 1):
            alike.setdefault(kept_sum, []).append(mask)
        # In whole numbers, so that no sum slips over the edge between two bins; halfway, the higher one.
        double, step = 2 * scale.numerator, 2 * BIN * scale.denominator
        found: dict[int, list[int]] = {}
        for kept_sum in sorted(alike):
            found.setdefault((kept_sum * double + step // 2) // step * BIN, []).extend(alike[kept_sum])
        return {total: sorted(masks) for total, masks in found.items()}

    def scaled(self, amount: int) -> str:
        """What becomes of an activation that is not dropped, or of a sum of some, as an equation."""
        keep = f"{float(1 - self.p):.2f}"
        if self.mode == "train" and self.convention == "PyTorch":
            return f"{amount} ÷ {keep} = {tenths(amount * train_scale(self.p, self.convention))}"
        if self.mode == "eval" and self.convention == "paper":
            return f"{amount} × {keep} = {tenths(amount * eval_scale(self.p, self.convention))}"
        return f"{amount}"

    @property
    def equation(self) -> str:
        """How the sum comes about."""
        return self.scaled(self.kept_sum if self.mode == "train" else self.full_sum)

    @property
    def finding(self) -> str:
        """How training and evaluation compare, in words."""
        mean, evaluated = tenths(self.mean_sum(self.convention)), tenths(self.eval_sum(self.convention))
        if not self.p:
            return f"With p = 0 nothing is ever dropped: train and eval both give {evaluated}"
        if self.mode == "train":
            return f"In training the sum changes with the mask, around {mean}; eval gives {evaluated}"
        return f"In eval nothing is dropped: the sum is {evaluated}, in training {mean} on average"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        start, units = f"{self.convention}, p {float(self.p):.2f}, {self.mode}", len(self.activations)
        mean = tenths(self.mean_sum(self.convention))
        if self.mode == "eval":
            return f"{start}: all {units} units, sum {self.equation}; in training {mean} on average."
        return (
            f"{start}: mask {self.mask:,} keeps {self.kept} of {units}, {self.equation}; "
            f"mean of masks {mean}, eval {tenths(self.eval_sum(self.convention))}."
        )


def dropout(p: float, mode: str, convention: str, mask: int) -> DropoutNumbers:
    """Dropout of `ACTIVATIONS` with probability `p`, in hundredths below 1; masks are numbered 1 to 1000.

    Hinton et al., 2012, https://arxiv.org/abs/1207.0580; in AlexNet's paper section 4.2.

    >>> numbers = dropout(0.5, "train", "paper", mask=1)
    >>> numbers.kept, numbers.kept_sum, numbers.eval_sum("paper"), numbers.eval_sum("PyTorch")
    (52, 225, Fraction(200, 1), Fraction(400, 1))
    """
    keeps = tuple(p <= number for number in DRAWN[mask - 1])
    return DropoutNumbers(
        Fraction(round(100 * p), 100), mode, convention, mask, ACTIVATIONS, keeps, all_sums(p)
    )


@lru_cache(32)
def all_sums(p: float) -> tuple[int, ...]:
    """The sum of the kept activations for each of the 1000 masks, not scaled.

    >>> all_sums(0.0) == (400,) * 1000
    True
    """
    full = sum(ACTIVATIONS)
    return tuple(full - losses[bisect_left(numbers, p)] for numbers, losses in _LOSSES)
