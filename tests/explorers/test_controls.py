"""A control takes what is right, keeps its value against what is not, and says why in one sentence."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.explorers.controls import Choice, FloatSlider, Slider, Switch
from tests.learner import Rude, is_one_sentence

PLAIN = settings(deadline=None, derandomize=True, max_examples=100)

NO_NUMBER = [
    "three", "5", "", b"5", "x" * 10_000, np.str_("1.5"), None, True, np.True_, torch.tensor(True),
    float("nan"), float("inf"), -float("inf"), np.float32("nan"), torch.tensor(float("nan")), 1j,
    [3], (3,), {}, int, Rude(), np.array([3, 5]), np.zeros((2, 2)), torch.tensor([3, 5]),
    torch.empty((), dtype=torch.int64, device="meta"),
]  # fmt: skip
NO_NAME = [*NO_NUMBER, 0, 1, 2.5, 10**5000, np.array(["coffee"]), "coffe", "COFFEE", ["coffee"]]


def kernel_size() -> Slider:
    return Slider("kernel size", 3, 1, 11, odd=True)


def weight() -> FloatSlider:
    return FloatSlider("red from green", 0.5, -2, 2, step=0.01)


def photo() -> Choice:
    return Choice("photo", ["chelsea", "coffee"], "coffee")


def groups() -> Choice:
    return Choice("groups", [1, 2, 4, 8], 4)


@pytest.mark.parametrize("wrong", NO_NUMBER, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("make", [kernel_size, weight, groups])
def test_what_takes_numbers_keeps_its_value_against_what_is_no_number(make, wrong):
    control = make()
    before = control.value
    said = control.take(wrong)
    assert control.value == before
    assert type(control.value) is type(before)
    assert is_one_sentence(said)
    assert said.startswith(f"{control.label} cannot be ")


@pytest.mark.parametrize("wrong", NO_NAME, ids=lambda value: type(value).__name__)
def test_a_choice_keeps_its_name_against_what_it_does_not_offer(wrong):
    choice = photo()
    said = choice.take(wrong)
    assert choice.value == "coffee"
    assert is_one_sentence(said)
    assert "'coffee'" in said


@pytest.mark.parametrize("whole", [4, 0, 12, np.int64(6), torch.tensor(8)])
def test_an_odd_slider_refuses_even_numbers_instead_of_rounding_them(whole):
    slider = Slider("kernel size", 3, -1, 13, odd=True)
    assert slider.take(whole) == f"kernel size cannot be {whole!r}: it takes an odd number from -1 to 13."
    assert slider.value == 3


@pytest.mark.parametrize(
    ("beyond", "nearest"),
    [(12, 11), (99, 11), (0, 1), (-7, 1), (10**400, 11), (-(10**5000), 1), (np.int64(2**62), 11)],
    ids=lambda number: type(number).__name__,
)
def test_a_whole_number_out_of_bounds_becomes_the_nearest_and_says_so(beyond, nearest):
    slider = kernel_size()
    said = slider.take(beyond)
    assert slider.value == nearest
    assert is_one_sentence(said)
    assert said.endswith(f"it takes an odd number from 1 to 11; {nearest} is used.")


@pytest.mark.parametrize(("beyond", "nearest"), [(2.01, 2), (-1e308, -2), (10**100, 2), (np.float32(9), 2)])
def test_a_real_number_out_of_bounds_becomes_the_nearest_and_says_so(beyond, nearest):
    slider = weight()
    said = slider.take(beyond)
    assert slider.value == nearest
    assert is_one_sentence(said)
    assert said.endswith(f"it takes a number from -2 to 2; {nearest} is used.")


@pytest.mark.parametrize(
    "huge", [10**400, -(10**5000), Fraction(10**400, 3)], ids=["large", "low", "fraction"]
)
def test_a_number_too_large_for_a_float_is_refused(huge):
    slider = weight()
    assert is_one_sentence(slider.take(huge))
    assert slider.value == 0.5


@pytest.mark.parametrize(
    "five", [5, np.int8(5), np.uint64(5), torch.tensor(5), torch.tensor(5, dtype=torch.uint8)]
)
def test_a_slider_takes_whole_numbers_of_numpy_and_pytorch(five):
    slider = kernel_size()
    assert slider.take(five) == ""
    assert slider.value == 5
    assert type(slider.value) is int


@pytest.mark.parametrize(
    "half",
    [
        -0.5,
        np.float32(-0.5),
        np.float64(-0.5),
        torch.tensor(-0.5),
        torch.tensor(-0.5).half(),
        Fraction(-1, 2),
    ],
)
def test_a_slider_takes_real_numbers_of_numpy_and_pytorch(half):
    slider = weight()
    assert slider.take(half) == ""
    assert slider.value == -0.5
    assert type(slider.value) is float


@PLAIN
@given(st.floats(-2, 2))
def test_a_real_number_moves_to_the_nearest_step_and_stays_in_bounds(value):
    for low, high, step in ((-2, 2, 0.01), (-2, 2, 0.05), (0, 1, 0.3)):
        slider = FloatSlider("weight", low, low, high, step=step)
        said = slider.take(value)
        assert low <= slider.value <= high
        assert bool(said) == (not low <= value <= high)
        if not said:
            assert abs(slider.value - value) <= step / 2 + 1e-9
            # A tenth stays a tenth: no 0.30000000000000004.
            assert slider.value == round(slider.value, 9)


@pytest.mark.parametrize(
    "start",
    [
        lambda: Slider("kernel size", 4, 1, 11, odd=True),
        lambda: Slider("kernel size", 12, 1, 11),
        lambda: Slider("kernel size", 0, 1, 11),
        lambda: Slider("kernel size", "3", 1, 11),
        lambda: Slider("kernel size", 3.0, 1, 11),
        lambda: Slider("channels", 9, 8, 64, step=8),
        lambda: Slider("kernel size", 10**5000, 1, 11),
        lambda: FloatSlider("weight", float("nan"), -2, 2, step=0.1),
        lambda: FloatSlider("weight", -3, -2, 2, step=0.1),
        lambda: Choice("photo", ["coffee"], "tea"),
        lambda: Choice("photo", ["coffee"], None),
        lambda: Choice("groups", [1, 2], 3),
        lambda: Switch("AlexNet", "on"),
    ],
)
def test_a_wrong_start_is_a_value_error_because_no_status_line_is_there_yet(start):
    with pytest.raises(ValueError, match=r"\.$") as raised:
        start()
    assert is_one_sentence(str(raised.value))
    assert "is used" not in str(raised.value)


def test_outside_an_explorer_a_refusal_is_a_value_error():
    slider = kernel_size()
    slider.value = 5
    with pytest.raises(ValueError, match="kernel size cannot be 4: it takes an odd number from 1 to 11"):
        slider.value = 4
    assert slider.value == 5


def test_other_bounds_take_the_value_along():
    slider = Slider("channel", 60, 0, 63)
    slider.limit(high=20)
    assert (slider.min, slider.max, slider.value) == (0, 20, 20)
    assert slider.take("all") == "channel cannot be 'all': it takes a whole number from 0 to 20."
    slider.limit(low=30, high=40)
    assert slider.value == 30


def test_other_entries_are_the_ones_that_a_choice_then_takes():
    choice = photo()
    choice.offer(("moon", "page"))
    assert choice.value == "moon"
    assert choice.take("coffee") == "There is no photo 'coffee'; choose 'moon' or 'page'."
    choice.offer(("page", "moon"))
    assert choice.value == "moon"


def test_a_number_that_is_offered_no_more_moves_to_the_next_smaller_or_the_first():
    choice = groups()
    choice.offer([1, 3, 9])
    assert choice.value == 3
    choice.offer([5, 6])
    assert choice.value == 5


def test_a_choice_of_one_says_so():
    assert Choice("groups", [1], 1).take(2) == "groups cannot be 2: it takes only 1."


@pytest.mark.parametrize(
    ("control", "place", "value"),
    [
        (kernel_size(), 5.9, 5), (kernel_size(), 6.0, 7), (kernel_size(), -4, 1), (kernel_size(), 40, 11),
        (Slider("channels", 8, 8, 64, step=8), 21, 24), (Slider("channels", 1, 1, 10, step=4), 10, 9),
        (weight(), 0.333, 0.33), (weight(), 3, 2), (groups(), 5, 4), (photo(), "chelsea", "chelsea"),
    ],
)  # fmt: skip
def test_a_place_in_a_picture_stands_for_the_nearest_value(control, place, value):
    assert control.near(place) == value


@pytest.mark.parametrize(
    ("control", "values"),
    [
        (kernel_size(), {1, 3, 5, 11}), (Slider("channel", 4, 4, 4), {4}), (photo(), {"chelsea", "coffee"}),
        (FloatSlider("weight", 0, 0, 1, step=0.1), {0, 0.1, 0.5, 1}),
        (Switch("AlexNet", True), {False, True}),
    ],
)  # fmt: skip
def test_examples_are_values_with_the_ends_among_them(control, values):
    assert set(control.examples()) == values
    assert all(control.take(value) == "" for value in values)


@PLAIN
@given(st.lists(st.integers() | st.floats() | st.text(max_size=4) | st.none() | st.booleans(), max_size=12))
def test_no_sequence_of_settings_leaves_the_range_or_an_even_number(sequence):
    slider = kernel_size()
    for value in sequence:
        before = slider.value
        said = slider.take(value)
        assert slider.value in (1, 3, 5, 7, 9, 11)
        fits = type(value) is int and 1 <= value <= 11 and value % 2 == 1
        assert bool(said) != fits
        assert slider.value == value if fits else True
        if type(value) is not int:
            assert slider.value == before


def test_a_value_between_two_steps_moves_to_the_nearest_and_says_so():
    # A page would move it by itself, send it back, and so overwrite what a cell has set since.
    channels = Slider("in channels", 128, 8, 512, step=8)
    assert channels.take(101) == (
        "in channels cannot be 101: it takes a whole number from 8 to 512 in steps of 8; 104 is used."
    )
    assert channels.value == 104
