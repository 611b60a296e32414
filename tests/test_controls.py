"""A control takes what is right, keeps its value against what is not, and says why in one sentence."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.explorers.controls import Choice, FloatSlider, Slider
from tests.learner import Rude, is_one_sentence, listening

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


@pytest.mark.parametrize("wrong", NO_NUMBER, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("make", [kernel_size, weight])
def test_a_slider_keeps_its_value_against_what_is_no_number(make, wrong):
    slider = make()
    before, heard = slider.value, listening(slider)
    slider.value = wrong
    assert slider.value == before
    assert type(slider.value) is type(before)
    [(sentence, kept)] = heard
    assert kept == before
    assert is_one_sentence(sentence)
    assert slider.description in sentence
    assert str(slider.max) in sentence or f"{slider.max:g}" in sentence


@pytest.mark.parametrize("wrong", NO_NAME, ids=lambda value: type(value).__name__)
def test_a_choice_keeps_its_name_against_what_it_does_not_offer(wrong):
    choice = photo()
    heard = listening(choice)
    choice.value = wrong
    assert (choice.value, choice.index, choice.label) == ("coffee", 1, "coffee")
    [(sentence, kept)] = heard
    assert kept == "coffee"
    assert is_one_sentence(sentence)
    assert "'coffee'" in sentence


def test_a_misspelt_name_is_told_the_nearest():
    choice = photo()
    heard = listening(choice)
    choice.value = "chelsae"
    assert heard == [("There is no photo 'chelsae'; the nearest is 'chelsea'.", "coffee")]


@pytest.mark.parametrize("whole", [4, 0, 12, np.int64(6), torch.tensor(8)])
def test_an_odd_slider_refuses_even_numbers_instead_of_rounding_them(whole):
    slider = Slider("kernel size", 3, -1, 13, odd=True)
    heard = listening(slider)
    slider.value = whole
    assert slider.value == 3
    assert [kept for _, kept in heard] == [3]


def test_an_even_number_typed_in_the_page_is_refused_like_one_from_code():
    slider = kernel_size()
    heard, changes = listening(slider), []
    slider.observe(changes.append, names="value")
    slider.set_state({"value": 4})  # how a message from the page comes in: stored first, checked afterwards
    assert slider.value == 3
    assert [kept for _, kept in heard] == [3]
    assert all(change["new"] == 3 for change in changes)
    slider.set_state({"value": 5})
    assert slider.value == 5
    assert len(heard) == 1


@pytest.mark.parametrize("wrong", ["five", None, [], {}, True])
def test_nonsense_from_the_page_is_refused_like_nonsense_from_code(wrong):
    slider = kernel_size()
    heard = listening(slider)
    slider.set_state({"value": wrong})
    assert slider.value == 3
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("beyond", "nearest"),
    [(12, 11), (99, 11), (0, 1), (-7, 1), (10**400, 11), (-(10**5000), 1), (np.int64(2**62), 11)],
    ids=lambda number: type(number).__name__,
)
def test_a_whole_number_out_of_bounds_becomes_the_nearest_and_says_so(beyond, nearest):
    slider = kernel_size()
    heard = listening(slider)
    slider.value = beyond
    assert slider.value == nearest
    [(sentence, kept)] = heard
    assert kept == nearest
    assert is_one_sentence(sentence)
    assert sentence.endswith(f"it takes an odd number from 1 to 11; {nearest} is used.")


@pytest.mark.parametrize(
    ("beyond", "nearest"), [(2.01, 2.0), (-1e308, -2.0), (10**100, 2.0), (np.float32(9), 2.0)]
)
def test_a_real_number_out_of_bounds_becomes_the_nearest_and_says_so(beyond, nearest):
    slider = weight()
    heard = listening(slider)
    slider.value = beyond
    assert slider.value == nearest
    [(sentence, kept)] = heard
    assert kept == nearest
    assert is_one_sentence(sentence)


def test_a_number_too_large_for_a_float_is_refused():
    slider = weight()
    heard = listening(slider)
    for huge in (10**400, -(10**5000), Fraction(10**400, 3)):
        slider.value = huge
        assert slider.value == 0.5
    assert all(is_one_sentence(sentence) for sentence, _ in heard)
    assert len(heard) == 3


@pytest.mark.parametrize(
    "five", [5, np.int8(5), np.uint64(5), torch.tensor(5), torch.tensor(5, dtype=torch.uint8)]
)
def test_a_slider_takes_whole_numbers_of_numpy_and_pytorch(five):
    slider = kernel_size()
    heard = listening(slider)
    slider.value = five
    assert slider.value == 5
    assert type(slider.value) is int
    assert not heard


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
    heard = listening(slider)
    slider.value = half
    assert slider.value == -0.5
    assert type(slider.value) is float
    assert not heard


@PLAIN
@given(st.floats(-2, 2))
def test_a_real_number_moves_to_the_nearest_step_and_stays_in_bounds(value):
    for low, high, step in ((-2, 2, 0.01), (-2, 2, 0.05), (0, 1, 0.3)):
        slider = FloatSlider("weight", low, low, high, step=step)
        heard = listening(slider)
        slider.value = value
        assert low <= slider.value <= high
        if low <= value <= high:
            assert not heard
            assert abs(slider.value - value) <= step / 2 + 1e-9
            # A tenth stays a tenth: no 0.30000000000000004.
            assert slider.value == round(slider.value, 9)


def test_a_step_comes_back_from_the_page_as_it_was_sent():
    slider = FloatSlider("weight", 0.0, -2, 2, step=0.01)
    for hundredths in range(-200, 201):
        slider.value = hundredths / 100
        sent = slider.get_state("value")["value"]
        # The page's slider keeps a value as percent of its range, moves it to a step, and sends what differs.
        percent = (sent + 2) * 100 / 4
        step = 0.01 * 100 / 4
        assert round(percent / step) * step * 4 / 100 - 2 == sent
        slider.set_state({"value": sent})
        assert slider.value == hundredths / 100


@pytest.mark.parametrize(
    "start",
    [
        lambda: Slider("kernel size", 4, 1, 11, odd=True),
        lambda: Slider("kernel size", 12, 1, 11),
        lambda: Slider("kernel size", 0, 1, 11),
        lambda: Slider("kernel size", "3", 1, 11),
        lambda: Slider("kernel size", 3.0, 1, 11),
        lambda: Slider("kernel size", 10**5000, 1, 11),
        lambda: FloatSlider("weight", float("nan"), -2, 2, step=0.1),
        lambda: FloatSlider("weight", -3, -2, 2, step=0.1),
        lambda: Choice("photo", ["coffee"], "tea"),
        lambda: Choice("photo", ["coffee"], None),
    ],
)
def test_a_wrong_start_is_a_value_error_because_no_status_line_is_there_yet(start):
    with pytest.raises(ValueError, match=r"\.$") as raised:
        start()
    assert is_one_sentence(str(raised.value))


@pytest.mark.parametrize("start", [0, 1, 100])
def test_a_start_on_a_bound_is_kept_and_the_first_nonsense_is_refused(start):
    slider = Slider("channel", start, start, 100)
    heard = listening(slider)
    slider.value = "all"
    assert slider.value == start
    assert heard[0][1] == start


def test_a_lowered_bound_takes_the_value_along_and_is_what_the_next_refusal_keeps():
    slider = Slider("channel", 60, 0, 63)
    slider.max = 20
    assert slider.value == 20
    heard = listening(slider)
    slider.value = "all"
    assert heard == [("channel cannot be 'all': it takes a whole number from 0 to 20.", 20)]


def test_new_options_are_the_ones_that_a_choice_then_checks_against():
    choice = photo()
    choice.options = ("moon", "page")
    assert choice.value == "moon"
    heard = listening(choice)
    choice.value = "coffee"
    assert choice.value == "moon"
    assert heard == [("There is no photo 'coffee'; choose 'moon' or 'page'.", "moon")]
    choice.set_state({"index": 1})  # how the page chooses
    assert choice.value == "page"


@PLAIN
@given(
    st.lists(st.integers() | st.floats() | st.text(max_size=4) | st.none() | st.booleans(), max_size=12),
    st.booleans(),
)
def test_no_sequence_of_settings_leaves_the_range_or_an_even_number(sequence, from_page):
    slider, heard = kernel_size(), []
    slider.on_refusal = lambda sentence, kept: heard.append(sentence)
    for value in sequence:
        before, said = slider.value, len(heard)
        if from_page:
            slider.set_state({"value": value})
        else:
            slider.value = value
        fits = type(value) is int and 1 <= value <= 11 and value % 2 == 1
        assert slider.value in (1, 3, 5, 7, 9, 11)
        assert slider.value == value if fits else len(heard) == said + 1
        if type(value) is not int:
            assert slider.value == before


def test_a_value_between_two_steps_moves_to_the_nearest_and_says_so():
    # The page would move it by itself, send it back, and so overwrite what a cell has set since.
    said = []
    channels = Slider("in channels", 128, 8, 512, step=8)
    channels.on_refusal = lambda sentence, kept: said.append((sentence, kept))
    channels.value = 101
    assert channels.value == 104
    assert said == [
        ("in channels cannot be 101: it takes a whole number from 8 to 512 in steps of 8; 104 is used.", 104)
    ]
