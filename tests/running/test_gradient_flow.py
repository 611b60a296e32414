"""`gradient_flow` is a real backward pass: what it says is what PyTorch's autograd says."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.running import gradient_flow as module
from helpers.running.gradient_flow import ACTIVATIONS, BIN_EDGES, MOST_LAYERS, gradient_flow

PLAIN = settings(deadline=None, derandomize=True, max_examples=60)
IN_TORCH = {"ReLU": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "linear": lambda x: x}
SETTING = st.tuples(
    st.sampled_from(list(ACTIVATIONS)),
    st.integers(2, MOST_LAYERS),
    st.integers(25, 400).map(lambda n: n / 100),
)


def autograd(activation, depth, weight_scale):
    """The same stack in PyTorch: each layer's gradient norm, and every layer's inputs and their slopes."""
    x, weights, last = (torch.from_numpy(each) for each in module._draws())
    layers, inputs = [], []
    for weight in weights[:depth]:
        h = (x @ (weight_scale * weight).T).requires_grad_()
        h.retain_grad()
        x = IN_TORCH[activation](h)
        x.retain_grad()
        layers.append(x)
        inputs.append(h)
    x.backward(last)
    # f'(h) where the gradient divides out: d loss/d h = f'(h) · d loss/d a.
    slopes = torch.stack([h.grad / a.grad for h, a in zip(inputs, layers, strict=True)])
    return [float(a.grad.norm()) for a in layers], torch.stack(inputs).detach(), slopes


@PLAIN
@given(SETTING)
def test_the_gradients_are_those_of_autograd(setting):
    norms, _, _ = autograd(*setting)
    flow = gradient_flow(*setting)
    assert len(flow.gradients) == setting[1]
    assert flow.gradients == pytest.approx([norm / norms[-1] for norm in norms], rel=1e-8, abs=0)
    assert flow.gradients[-1] == 1


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("weight_scale", [0.5, 1, 4])
def test_saturated_units_have_less_than_a_tenth_of_the_steepest_slope(activation, weight_scale):
    _, inputs, slopes = autograd(activation, 8, weight_scale)
    steepest = {"sigmoid": 0.25}.get(activation, 1)
    flow = gradient_flow(activation, 8, weight_scale)
    assert flow.saturated == pytest.approx(float((slopes < steepest / 10).double().mean()), abs=1e-4)
    edges = BIN_EDGES.copy()
    edges[[0, -1]] = -np.inf, np.inf
    counts = np.histogram(inputs.numpy(), edges)[0]
    assert np.abs(np.subtract(flow.inputs, counts)).max() <= 2  # a value on an edge may fall either way
    assert sum(flow.inputs) == inputs.numel()


@pytest.mark.parametrize(("name", "activation"), ACTIVATIONS.items())
def test_the_slope_is_the_derivative_of_the_function_and_no_steeper_than_said(name, activation):
    x = torch.linspace(-9, 9, 1000, dtype=torch.float64, requires_grad=True)
    y = IN_TORCH[name](x)
    y.sum().backward()
    inside = x.detach().numpy()
    np.testing.assert_allclose(activation.function(inside), y.detach().numpy(), atol=1e-14)
    np.testing.assert_allclose(activation.slope(inside), x.grad.numpy(), atol=1e-14)
    assert activation.slope(inside).max() <= activation.steepest
    assert activation.slope(inside).max() == pytest.approx(activation.steepest, rel=1e-3)


def test_what_the_lesson_says_about_the_four():
    first = {name: gradient_flow(name, 10).gradients[0] for name in ACTIVATIONS}
    assert first["sigmoid"] < 1e-5 < 0.01 < first["ReLU"] < first["tanh"] < first["linear"] < 1
    deep = gradient_flow("ReLU", MOST_LAYERS, 1.41).gradients
    assert 0.3 < min(deep) <= max(deep) < 3
    # A slope of at most 1/4 is lost at every scale of the explorer's slider.
    for scale in np.arange(0.25, 4.01, 0.25):
        assert gradient_flow("sigmoid", MOST_LAYERS, float(scale)).gradients[0] < 1e-5


def test_a_linear_stack_multiplies_by_the_scale_at_each_layer():
    one, two = (gradient_flow("linear", 20, scale).gradients for scale in (1.0, 2.0))
    assert [b / a for a, b in zip(one, two, strict=True)] == pytest.approx(
        [2.0**n for n in range(19, -1, -1)]
    )


def test_weights_of_zero_let_nothing_through_and_huge_ones_do_not_overflow():
    assert gradient_flow("ReLU", 5, 0).gradients == (0, 0, 0, 0, 1)
    for name in ACTIVATIONS:
        gradients = gradient_flow(name, MOST_LAYERS, 1000).gradients
        assert np.isfinite(gradients).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("relu", 10), "There is no activation 'relu'; the nearest is 'ReLU'."),
        (("tanh", 1), "depth must be a whole number from 2 to 30, got 1"),
        (("tanh", 31), "depth must be a whole number from 2 to 30, got 31"),
        (("tanh", 10, -1), "weight_scale must be from 0 to 1000, got -1"),
        (("tanh", 10, float("nan")), "weight_scale must be from 0 to 1000, got nan"),
    ],
)
def test_what_cannot_be_is_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        gradient_flow(*arguments)
