"""`ActivationExplorer` draws and says what `gradient_flow` finds, at every setting."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.activation import (
    HIGHEST,
    LABEL_GAP,
    LOWEST,
    ActivationExplorer,
    ActivationNumbers,
    _apart,
    activation_numbers,
    amount,
)
from helpers.running.gradient_flow import ACTIVATIONS, MOST_LAYERS, GradientFlow
from tests.learner import live_texts

PLAIN = settings(deadline=None, derandomize=True, max_examples=60)
SETTING = st.tuples(
    st.sampled_from(list(ACTIVATIONS)),
    st.integers(2, MOST_LAYERS),
    st.integers(25, 400).map(lambda n: n / 100),
)
EXTREMES = list(itertools.product(ACTIVATIONS, (2, 9, 10, 20, MOST_LAYERS), (0.25, 1.0, 1.41, 4.0)))
LESSON = list(itertools.product(ACTIVATIONS, (5, 10, 20, 30), (0.5, 1.0, 1.41, 2.0, 4.0)))


@pytest.fixture(scope="module")
def explorer():
    return ActivationExplorer()


def move(explorer, activation, depth, weight_scale):
    explorer.set(activation=activation, depth=depth, weight_scale=weight_scale)
    assert explorer.status == ""


def test_the_lesson_s_sentences():
    explorer = ActivationExplorer()
    assert repr(explorer) == (
        "ReLU, 10 layers, weight scale 1.00: layer 1 gets 0.053 of the last layer's gradient; "
        "48 % of units off."
    )
    explorer.activation.value = "sigmoid"
    assert repr(explorer) == (
        "sigmoid, 10 layers, weight scale 1.00: layer 1 gets 2·10⁻⁶ of the last layer's gradient; "
        "0 % saturated."
    )
    assert repr(ActivationExplorer(activation="tanh", depth=30, weight_scale=4)) == (
        "tanh, 30 layers, weight scale 4.00: layer 1 gets 2·10⁵ times the last layer's gradient; "
        "61 % saturated."
    )


def nudged(numbers: ActivationNumbers, by: float) -> str:
    """The sentence that a machine would write whose arithmetic is off by this share."""
    flow = numbers.flows[numbers.activation]
    other = GradientFlow(
        tuple(each * (1 + by) for each in flow.gradients), flow.saturated * (1 + by), flow.inputs
    )
    values = (numbers.activation, numbers.depth, numbers.weight_scale)
    return ActivationNumbers(*values, {numbers.activation: other}).sentence


@pytest.mark.parametrize("setting", LESSON)
def test_another_machine_s_last_digits_do_not_change_the_lesson_s_sentences(setting):
    numbers = activation_numbers(*setting)
    assert nudged(numbers, 1e-6) == nudged(numbers, -1e-6) == numbers.sentence


@PLAIN
@given(SETTING)
def test_the_sentence_fits_and_is_stable_anywhere(setting):
    numbers = activation_numbers(*setting)
    assert len(numbers.sentence) <= 110
    assert numbers.sentence.endswith(".")
    assert nudged(numbers, 1e-10) == numbers.sentence


def test_the_sentence_fits_at_every_extreme():
    lengths = [len(activation_numbers(*setting).sentence) for setting in EXTREMES]
    assert 90 < max(lengths) <= 110


@pytest.mark.parametrize(
    ("ratio", "words", "verdict"),
    [
        (0, "nothing of", "vanishes"),
        (9.6e-7, "1·10⁻⁶ of", "vanishes"),
        (0.00102, "0.001 of", "fades"),
        (0.001, "0.001 of", "fades"),
        (0.2, "0.2 of", "arrives"),
        (0.1, "0.1 of", "arrives"),
        (1.02, "all of", "arrives"),
        (1.5, "1.5 times", "arrives"),
        (10, "10 times", "grows"),
        (37.2, "37 times", "grows"),
        (1000, "1·10³ times", "explodes"),
        (123.4, "120 times", "grows"),
        (3e4, "3·10⁴ times", "explodes"),
    ],
)
def test_sizes_in_words(ratio, words, verdict):
    assert amount(ratio) == words
    flow = GradientFlow((ratio, 1.0), 0.0, ())
    assert ActivationNumbers("tanh", 2, 1.0, {"tanh": flow}).verdict == verdict


def test_a_gradient_of_exactly_zero_is_a_sentence_and_a_picture(explorer):
    numbers = activation_numbers("ReLU", 5, 0)
    assert "layer 1 gets nothing of the last layer's gradient; 100 % of units off." in numbers.sentence
    explorer.draw(numbers)
    assert explorer._labels["ReLU"].text == "ReLU 0 ↓"


def test_the_explorer_shows_the_pure_function_of_its_controls(explorer):
    rng = np.random.default_rng(0)
    for _ in range(25):
        setting = (
            str(rng.choice(list(ACTIVATIONS))),
            int(rng.integers(2, 31)),
            int(rng.integers(25, 401)) / 100,
        )
        move(explorer, *setting)
        numbers = explorer.numbers
        assert numbers == activation_numbers(*setting)
        _, powers = explorer._chosen.get_data()
        assert list(10**powers) == pytest.approx(numbers.gradients[::-1])
        for name, line in explorer._lines.items():
            assert line.get_ydata()[-1] == pytest.approx(np.log10(numbers.flows[name].gradients[0]))


def test_the_hatched_part_is_where_the_slope_is_under_a_tenth_of_the_steepest(explorer):
    for name, edges in {"ReLU": (0, 5), "sigmoid": (-3.637, 3.637), "tanh": (-1.818, 1.818)}.items():
        explorer.activation.value = name
        left, right = explorer._flat
        assert left.get_x() == -5
        assert left.get_x() + left.get_width() == pytest.approx(edges[0], abs=0.03)
        assert right.get_width() == pytest.approx(5 - edges[1], abs=0.03)
    explorer.activation.value = "linear"
    assert [part.get_width() for part in explorer._flat] == [0, 0]


def test_every_control_moves_sentence_and_picture_by_its_smallest_step(explorer):
    move(explorer, "sigmoid", 10, 1.0)
    for name, value in {"depth": 11, "weight_scale": 1.01, "activation": "tanh"}.items():
        sentence, picture = repr(explorer), explorer.picture.data
        explorer.controls[name].value = value
        assert repr(explorer) != sentence
        assert explorer.picture.data != picture


def test_values_out_of_range_are_one_sentence():
    explorer = ActivationExplorer()
    explorer.depth.value = 31
    assert explorer.status == "depth cannot be 31: it takes a whole number from 2 to 30; 30 is used."
    explorer.weight_scale.value = 5
    assert explorer.status == "weight scale cannot be 5.0: it takes a number from 0.25 to 4; 4.0 is used."
    explorer.activation.value = "relu"
    assert explorer.status == "There is no activation 'relu'; the nearest is 'ReLU'."
    assert explorer.numbers == activation_numbers("ReLU", 30, 4.0)
    with pytest.raises(ValueError, match="depth cannot be 1: it takes a whole number from 2 to 30"):
        ActivationExplorer(depth=1)


@pytest.mark.parametrize("setting", EXTREMES)
def test_no_text_is_cut_or_covered_by_another_at_the_extremes(explorer, setting):
    move(explorer, *setting)
    found = live_texts(explorer)
    still = [
        text.get_window_extent()
        for text in explorer._figure.figure.findobj(Text)
        if text.get_visible() and text.get_text()
    ]
    width, height = explorer.picture.width * DENSITY, explorer.picture.height * DENSITY
    boxes = [(box.x0, height - box.y1, box.x1, height - box.y0) for box in still]
    for box in boxes + [box for _, box in found]:
        assert box[0] >= 0, (setting, box)
        assert box[1] >= 0, (setting, box)
        assert box[2] <= width, (setting, box)
        assert box[3] <= height, (setting, box)
    for (one, a), b in itertools.chain(
        itertools.combinations(found, 2), itertools.product(found, [("", box) for box in boxes])
    ):
        apart = a[2] <= b[1][0] or b[1][2] <= a[0] or a[3] <= b[1][1] or b[1][3] <= a[1]
        assert apart, (setting, one, b)


@PLAIN
@given(st.lists(st.floats(-40, 20), min_size=4, max_size=4))
def test_labels_stay_apart_in_order_and_beside_the_axis(ends):
    places = _apart(dict(zip(ACTIVATIONS, ends, strict=True)))
    order = sorted(ACTIVATIONS, key=lambda name: places[name])
    heights = [places[name] for name in order]
    assert min(np.diff(heights)) >= LABEL_GAP - 1e-9
    assert heights[0] > LOWEST
    assert heights[-1] < HIGHEST
    assert [ends[list(ACTIVATIONS).index(name)] for name in order] == sorted(ends)
