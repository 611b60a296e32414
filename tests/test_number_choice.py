"""A choice of numbers takes those on offer, and keeps its value against all else with one sentence."""

import numpy as np
import pytest
import torch

from helpers.explorers.controls import NumberChoice
from tests.learner import is_one_sentence
from tests.test_controls import NO_NUMBER, listening


def groups() -> NumberChoice:
    return NumberChoice("groups", [1, 2, 4, 8], 4)


@pytest.mark.parametrize(
    "wrong", [*NO_NUMBER, 3, 0, -1, 10**5000, 2.0], ids=lambda value: type(value).__name__
)
def test_the_value_stays_against_what_is_not_on_offer(wrong):
    choice = groups()
    heard = listening(choice)
    choice.value = wrong
    assert choice.value == 4
    [(sentence, kept)] = heard
    assert kept == 4
    assert is_one_sentence(sentence)
    assert sentence.startswith("groups cannot be ")
    assert sentence.endswith(": it takes 1, 2, 4 or 8.")


@pytest.mark.parametrize("two", [2, np.int64(2), torch.tensor(2)])
def test_a_number_from_any_library_is_taken_as_an_int(two):
    choice = NumberChoice("groups", [1, 2, 4, 8], two)
    choice.value = 1
    choice.value = two
    assert (choice.value, type(choice.value)) == (2, int)
    choice.set_state({"index": 3})  # how the page chooses
    assert (choice.value, type(choice.value)) == (8, int)


@pytest.mark.parametrize("start", [3, "2", 2.0, None, True])
def test_a_wrong_start_is_a_value_error_because_no_status_line_is_there_yet(start):
    with pytest.raises(ValueError, match=rf"^groups cannot be {start!r}: it takes 1 or 2\.$"):
        NumberChoice("groups", [1, 2], start)


@pytest.mark.parametrize(
    ("offered", "value"),
    [((1, 2, 4), 4), ((1, 3), 3), ((1, 5), 1), ((1,), 1), ((5, 6), 5), ((1, 2, 3, 4, 6), 4)],
)
def test_new_numbers_leave_the_value_or_move_it_to_the_next_smaller(offered, value):
    choice = groups()
    choice.offer(offered)
    assert (choice.options, choice.value) == (offered, value)
    assert offered[choice.index] == value
    heard = listening(choice)
    choice.value = "all"
    assert heard[0][1] == value


def test_a_single_number_on_offer_is_said_so():
    choice = NumberChoice("groups", [1], 1)
    heard = listening(choice)
    choice.value = 2
    assert heard == [("groups cannot be 2: it takes only 1.", 1)]
