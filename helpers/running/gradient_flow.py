"""How much of a gradient reaches each layer of a deep stack, for the classic activation functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from helpers.arithmetic.checks import whole
from helpers.wording.refusals import known, shown

WIDTH, BATCH, MOST_LAYERS, LARGEST_SCALE = 64, 32, 30, 1000
BIN_EDGES = np.linspace(-5, 5, 41)
SATURATED_BELOW = 0.1
"""A unit is saturated where its slope is under a tenth of the function's steepest."""

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Activation:
    """A function, its slope in terms of its input, and the steepest slope it has."""

    function: Function
    slope: Function
    steepest: float


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


ACTIVATIONS = {
    "ReLU": Activation(lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(float), 1),
    "sigmoid": Activation(_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x), 0.25),
    "tanh": Activation(np.tanh, lambda x: 1 - np.tanh(x) ** 2, 1),
    "linear": Activation(lambda x: x, np.ones_like, 1),
}


@dataclass(frozen=True)
class GradientFlow:
    """One backward pass: what reaches each layer, and where the units' inputs lie on the function.

    `gradients` are norms over the batch, layer 1 first, relative to the last layer's: its last entry is 1.
    `saturated` is a share of all units and pictures. `inputs` counts the inputs of all units between
    `BIN_EDGES`, the first and last bin with all that lies beyond.
    """

    gradients: tuple[float, ...]
    saturated: float
    inputs: tuple[int, ...]


@lru_cache(maxsize=512)
def gradient_flow(activation: str, depth: int, weight_scale: float = 1.0) -> GradientFlow:
    """Send a gradient back through `depth` fully connected layers of 64 units, for a batch of 32 vectors.

    Forward ``h_l = W_l·a_(l-1)``, ``a_l = f(h_l)``; backward ``g_(l-1) = W_lᵀ·(f'(h_l)·g_l)``, where g_l is
    the gradient for a_l and the last one is drawn at random. No bias; the weights' deviation is
    ``weight_scale/√64``: 1 keeps a linear layer's gradient (Glorot and Bengio 2010), √2 a ReLU's (He et al.
    2015, equation 14). Activations are the keys of `ACTIVATIONS`; the draws are the same in every call.
    Raises ValueError for an unknown activation, a depth outside 2 to 30 or a scale outside 0 to 1000.

    >>> ten = {name: gradient_flow(name, 10).gradients[0] for name in ("sigmoid", "ReLU")}
    >>> f"sigmoid {ten['sigmoid']:.0e}, ReLU {ten['ReLU']:.2f}"
    'sigmoid 2e-06, ReLU 0.05'
    """
    known("activation", activation, ACTIVATIONS)
    whole("depth", depth, 2, MOST_LAYERS)
    if not 0 <= weight_scale <= LARGEST_SCALE:
        raise ValueError(f"weight_scale must be from 0 to {LARGEST_SCALE}, got {shown(weight_scale)}")
    chosen, (x, weights, gradient) = ACTIVATIONS[activation], _draws()
    slopes, inputs, norms = [], [], [np.linalg.norm(gradient)]
    with np.errstate(over="ignore", under="ignore"):  # a sigmoid far out is 0 or 1, and its slope 0
        for weight in weights[:depth]:
            h = weight_scale * (x @ weight.T)
            inputs.append(h)
            slopes.append(chosen.slope(h))
            x = chosen.function(h)
        for weight, slope in zip(weights[depth - 1 : 0 : -1], slopes[:0:-1], strict=True):
            gradient = weight_scale * ((slope * gradient) @ weight)
            norms.append(np.linalg.norm(gradient))
    saturated = np.mean(np.asarray(slopes) < SATURATED_BELOW * chosen.steepest)
    relative = tuple(float(norm / norms[0]) for norm in reversed(norms))
    return GradientFlow(relative, float(saturated), _counts(np.asarray(inputs)))


@cache
def _draws() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The batch, every layer's weights (out, in) at scale 1, and the gradient for the last layer's output."""
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((MOST_LAYERS, WIDTH, WIDTH)) / np.sqrt(WIDTH)
    return rng.standard_normal((BATCH, WIDTH)), weights, rng.standard_normal((BATCH, WIDTH))


def _counts(inputs: np.ndarray) -> tuple[int, ...]:
    # The bins are equal, and counting them so takes a tenth of np.histogram's time.
    bins, low, high = len(BIN_EDGES) - 1, BIN_EDGES[0], BIN_EDGES[-1]
    places = (np.clip(inputs, low, high) - low) * (bins / (high - low))
    return tuple(np.bincount(np.minimum(places.astype(np.int64), bins - 1).ravel(), minlength=bins).tolist())
