"""Which activation function lets a gradient through a deep stack: `ActivationExplorer`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helpers.explorers.controls import Choice, FloatSlider, Slider
from helpers.explorers.explorer import Explorer
from helpers.explorers.numbers.activation import FUNCTIONS, MOST_LAYERS, ActivationNumbers
from helpers.explorers.numbers.activation import activation as numbers_of
from helpers.explorers.pictures.activation import draw_activation


class ActivationExplorer(Explorer):
    """Activation, depth and weight scale; the function, its slope and the gradient at each layer follow.

    The gradients are those of a real backward pass through fully connected layers of 64 units. The dot at
    layer 1 can be dragged: it sets the depth. A click on another activation's name chooses it.
    `source` is where the passes come from instead, as in a page without a kernel.
    """

    numbers: ActivationNumbers
    draw = staticmethod(draw_activation)

    def __init__(
        self,
        *,
        activation: str = "ReLU",
        depth: int = 10,
        weight_scale: float = 1.0,
        source: Any = None,
    ) -> None:
        self.source = source or _live()
        super().__init__(
            {
                "activation": Choice("activation", FUNCTIONS, activation),
                "depth": Slider("depth", depth, 2, MOST_LAYERS),
                "weight_scale": FloatSlider("weight scale", weight_scale, 0.25, 4, step=0.01),
            }
        )

    def tour(self) -> Iterator[dict[str, Any]]:
        for depth in range(2, MOST_LAYERS + 1):
            for quarters in range(1, 17):
                yield {"depth": depth, "weight_scale": quarters / 4}

    def compute(self, *, activation: str, depth: int, weight_scale: float) -> ActivationNumbers:
        flows = {name: self.source.flow(name, depth, weight_scale) for name in FUNCTIONS}
        return numbers_of(activation, depth, weight_scale, flows)


def _live() -> Any:
    from helpers.explorers.sources.activation import LiveFlows  # needs NumPy, which a page does not have

    return LiveFlows()
