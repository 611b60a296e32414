"""What dropout does to a layer, in training and in evaluation: `DropoutExplorer`."""

from __future__ import annotations

from helpers.explorers.controls import Choice, FloatSlider, Slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.numbers.dropout import CONVENTIONS, MASKS, MODES, DropoutNumbers, dropout
from helpers.explorers.pictures.dropout import draw_dropout


class DropoutExplorer(Explorer):
    """A layer of 100 activations, the units that a mask drops, and the sum that the next unit receives.

    `convention` is PyTorch's or that of AlexNet's paper: they differ by the same factor in training and in
    evaluation, so that in both the sum of evaluation is the mean sum of training. A click on a number in the
    table chooses mode and convention; one on a bar the next mask that gives such a sum.
    """

    numbers: DropoutNumbers
    compute = staticmethod(dropout)
    draw = staticmethod(draw_dropout)

    def __init__(
        self, *, p: float = 0.5, mode: str = "train", mask: int = 1, convention: str = "PyTorch"
    ) -> None:
        super().__init__(
            {
                # With p = 1 nothing would be kept, and nothing could be scaled up again.
                "p": FloatSlider("p", p, 0, 0.9, step=0.05),
                "mask": Slider("mask", mask, 1, MASKS),
                "mode": Choice("mode", MODES, mode),
                "convention": Choice("convention", CONVENTIONS, convention),
            }
        )
        self.follow("mode")

    def follow(self, name: str) -> None:
        if name == "mode":  # evaluation has no mask
            self.mask.hidden = self.mode.value == "eval"
