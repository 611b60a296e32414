"""How AlexNet's local response normalisation lets loud channels damp their neighbours: `LRNExplorer`."""

from __future__ import annotations

from typing import Any

from helpers.explorers.controls import FloatSlider, Slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.numbers.response_norm import MOST_CHANNELS, RESPONSES, LRNNumbers, response_norm
from helpers.explorers.pictures.response_norm import draw_response_norm


class LRNExplorer(Explorer):
    """Sliders for the constants of local response normalisation, on the 24 channels of one real pixel.

    Grey bars are the responses before, coloured ones those after; a dash stands where a channel would be if
    its neighbours were silent. The working for `channel` is written below: click a bar to choose another.
    An end of the bracket can be dragged: it sets n. α is 10 to the power of the control `alpha_exponent`; the
    paper's 0.0001 is −4.
    """

    numbers: LRNNumbers
    draw = staticmethod(draw_response_norm)

    def __init__(
        self, *, channel: int = 20, n: int = 5, k: float = 2.0, alpha_exponent: int = -4, beta: float = 0.75
    ) -> None:
        super().__init__(
            {
                "channel": Slider("channel", channel, 0, len(RESPONSES) - 1),
                "n": Slider("n", n, 1, MOST_CHANNELS, odd=True),
                # From 1 on, nothing is divided by less than 1: k = 0 would divide silence by nothing.
                "k": FloatSlider("k", k, 1, 10, step=0.5, form=".1f"),
                "alpha_exponent": Slider("alpha exponent", alpha_exponent, -6, 0),
                "beta": FloatSlider("beta", beta, 0, 1.5, step=0.05),
            }
        )

    def compute(self, **values: Any) -> LRNNumbers:
        return response_norm(RESPONSES, **values)
