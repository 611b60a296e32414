"""The classic activation functions, their slopes, and what a deep stack of them leaves of a gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import atanh, exp, log10, sqrt, tanh

from helpers.wording.ratios import amount, percent

UNITS, MOST_LAYERS = 64, 30
"""Units in each layer of the stack, and how many layers it has at most."""

REACH = 5.0
"""Functions are drawn, and their inputs counted, from −5 to 5; what lies beyond counts at the ends."""

SATURATED_BELOW = 0.1
"""A unit is saturated where its slope is under a tenth of the function's steepest."""

SMALLEST = 1e-300
"""What stands in for a gradient of exactly 0, which has no logarithm."""

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Function:
    """An activation function of one number, its slope, and the steepest slope it has.

    `curve` and `slopes` are points (x, y) of both between −5 and 5, corners included. `flat` are the parts,
    from where to where, on which a unit is saturated.
    """

    value: Callable[[float], float]
    slope: Callable[[float], float]
    steepest: float
    curve: Points
    slopes: Points
    flat: Points = ()

    @property
    def samples(self) -> tuple[tuple[float, float, float], ...]:
        """x, the function and its slope, at every half."""
        halves = [each / 2 for each in range(round(-2 * REACH), round(2 * REACH) + 1)]
        return tuple((x, self.value(x), self.slope(x)) for x in halves)


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def _bend(value: Callable[[float], float], slope: Callable[[float], float], edge: float) -> Function:
    """A function with a bend on either side, flat from `edge` on; it is steepest at 0."""
    places = [each / 5 for each in range(round(-5 * REACH), round(5 * REACH) + 1)]
    curve, slopes = (tuple((x, line(x)) for x in places) for line in (value, slope))
    return Function(value, slope, slope(0), curve, slopes, ((-REACH, -edge), (edge, REACH)))


# tanh's slope is 1 − tanh², and the sigmoid's is a quarter of that at half the input.
_EDGE = atanh(sqrt(1 - SATURATED_BELOW))

FUNCTIONS = ("ReLU", "sigmoid", "tanh", "linear")


def function(name: str) -> Function:
    """The activation function of that name, which is one of `FUNCTIONS`.

    >>> function("tanh").steepest, function("linear").value(-2.0)
    (1.0, -2.0)
    """
    if name == "sigmoid":
        return _bend(_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x), 2 * _EDGE)
    if name == "tanh":
        return _bend(tanh, lambda x: 1 - tanh(x) ** 2, _EDGE)
    ends = ((-REACH, 1.0), (REACH, 1.0))
    if name == "linear":
        return Function(lambda x: x, lambda x: 1.0, 1.0, ((-REACH, -REACH), (REACH, REACH)), ends)
    return Function(
        lambda x: max(x, 0.0),
        lambda x: float(x > 0),
        1.0,
        ((-REACH, 0.0), (0.0, 0.0), (REACH, REACH)),
        ((-REACH, 0.0), (0.0, 0.0), (0.0, 1.0), (REACH, 1.0)),
        ((-REACH, 0.0),),
    )


@dataclass(frozen=True)
class Flow:
    """One backward pass with one activation function.

    `gradients` are norms, layer 1 first, relative to the last layer's. `saturated` is a share of all units
    and pictures. `inputs` counts the units' inputs in equal bins from −5 to 5, with what lies beyond at the
    ends.
    """

    gradients: tuple[float, ...]
    saturated: float
    inputs: tuple[int, ...]

    @property
    def powers(self) -> tuple[float, ...]:
        """The gradients' powers of ten on the way back, the last layer's first."""
        return tuple(log10(max(gradient, SMALLEST)) for gradient in reversed(self.gradients))

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of all inputs that is in each bin."""
        total = sum(self.inputs)
        return tuple(count / total for count in self.inputs)


@dataclass(frozen=True)
class ActivationNumbers:
    """What reaches each layer with the chosen activation, and with the others at the same setting."""

    activation: str
    depth: int
    weight_scale: float
    flows: Mapping[str, Flow]

    @cached_property
    def function(self) -> Function:
        """The chosen activation's function."""
        return function(self.activation)

    @property
    def flow(self) -> Flow:
        """The chosen activation's backward pass."""
        return self.flows[self.activation]

    @property
    def gradients(self) -> tuple[float, ...]:
        """What reaches each layer, layer 1 first, relative to the last."""
        return self.flow.gradients

    @property
    def saturated(self) -> float:
        """The share of units whose slope is under a tenth of the function's steepest, over the batch."""
        return self.flow.saturated

    @property
    def verdict(self) -> str:
        """What becomes of the gradient on its way to layer 1, in a word or two."""
        first = self.gradients[0]
        for bound, words in ((1e-3, "vanishes"), (0.1, "fades"), (10, "arrives"), (1e3, "grows")):
            if first < bound:
                return words
        return "explodes"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        setting = f"{self.activation}, {self.depth} layers, weight scale {self.weight_scale:.2f}"
        state = "of units off" if self.activation == "ReLU" else "saturated"
        return (
            f"{setting}: layer 1 gets {amount(self.gradients[0])} the last layer's gradient; "
            f"{percent(self.saturated)} {state}."
        )


def activation(
    chosen: str,
    depth: int,
    weight_scale: float,
    flows: Mapping[str, tuple[tuple[float, ...], float, tuple[int, ...]]],
) -> ActivationNumbers:
    """Compare the activation functions in a stack of `depth` layers; `flows` are their passes, as in `Flow`.

    >>> numbers = activation("tanh", 2, 1.0, {"tanh": ((0.5, 1.0), 0.0, (1, 3))})
    >>> numbers.verdict, numbers.flow.shares
    ('arrives', (0.25, 0.75))
    """
    return ActivationNumbers(
        chosen, depth, weight_scale, {name: Flow(*passed) for name, passed in flows.items()}
    )
