"""`check` answers whatever a learner gives to any exercise: a sentence, and never an error."""

import re
from decimal import Decimal
from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers.exercises import check
from helpers.exercises.checking import LESSONS
from tests.answers import Elsewhere, Failing
from tests.learner import Rude

PLAIN = settings(deadline=None, derandomize=True, max_examples=150)

NUMBERS_AND_WORDS = {
    "1.1": "relu", "1.2": 307_200, "2.1": 5, "2.2": 1_441_792, "3.1": "channels", "3.2": 137_728,
}  # fmt: skip
NAMES = [name for module in LESSONS.values() for name in import_module(module).EXERCISES]


NONSENSE = [
    "", "x", "137728", 0, -1, True, 1.5, float("nan"), float("inf"), -float("inf"), 10**400, 10**5000, 1j,
    Fraction(10**400, 3), Decimal("NaN"), Decimal(137728), [], [137728], (), {}, set(), b"channels", object(),
    int, nn.Conv2d, nn.Sequential, len, Rude(), np.array([]), np.zeros((3, 3)), np.array(["channels"]),
    torch.tensor([]), torch.zeros(3), torch.tensor(float("nan")), nn.Sequential(), nn.Linear(3, 4),
    Failing(), Elsewhere(None), Elsewhere("text"), Elsewhere(torch.zeros(3)),
    torch.empty((), dtype=torch.int64, device="meta"),
]  # fmt: skip


def is_one_sentence_or_two(text: str) -> bool:
    """ "Not yet." or "Right." and what follows, on one line, of a readable length."""
    return len(text) <= 250 and "\n" not in text and bool(re.match(r"(Not yet|Right)\. \S", text))


@pytest.mark.parametrize("exercise", NAMES)
def test_nonsense_gets_a_hint_and_never_an_exception(exercise):
    for answer in NONSENSE:
        says = check(exercise, answer)
        assert is_one_sentence_or_two(says), (exercise, says)
        assert says.startswith("Not yet. "), says
        assert repr(says) == says
    assert re.fullmatch(
        rf"Exercise {exercise} is not answered yet: put your answer .*\.", check(exercise, ...)
    )
    assert check(exercise, None) == check(exercise, ...)


@PLAIN
@given(
    st.integers() | st.floats() | st.text(max_size=9) | st.fractions() | st.lists(st.integers(), max_size=3)
)
def test_no_number_or_text_is_right_by_chance(answer):
    for exercise in NAMES:
        if answer != NUMBERS_AND_WORDS.get(exercise):
            says = check(exercise, answer)
            assert says.startswith("Not yet. ")
            assert "raised" not in says


@pytest.mark.parametrize(("exercise", "answer"), NUMBERS_AND_WORDS.items())
def test_the_right_number_or_word_is_right_in_every_form(exercise, answer):
    if isinstance(answer, str):
        forms = [answer, answer.upper(), f" {answer.title()} "]
    else:
        forms = [answer, float(answer), np.int32(answer), np.float64(answer), Fraction(answer)]
        forms += [torch.tensor(answer), np.array(answer)[()]]
    for form in forms:
        says = check(exercise, form)
        assert is_one_sentence_or_two(says)
        assert says.startswith("Right. ")


def test_every_exercise_is_named_after_its_lesson():
    counts = {"7": 12}  # the last lesson has a quiz
    assert [
        f"{lesson}.{exercise}" for lesson in LESSONS for exercise in range(1, 1 + counts.get(lesson, 3))
    ] == NAMES


@pytest.mark.parametrize("exercise", NAMES)
def test_checking_leaves_the_learner_s_random_numbers_alone(exercise):
    answers = [1, "relu", nn.Sequential(nn.Conv2d(3, 96, 11, 4), nn.MaxPool2d(3, 2)), lambda linear: None]
    before = torch.random.get_rng_state()
    for answer in answers:
        check(exercise, answer)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize(
    "name",
    ["3.9", "", "lesson three", "99.1", None, 3, 3.15, 10**5000, Rude(), [], float("nan")],
    ids=lambda name: type(name).__name__,
)
def test_an_unknown_exercise_is_a_sentence_with_the_names_there_are(name):
    says = check(name, 1)
    assert says.startswith("There is no exercise ")
    assert "'3.1'" in says
    assert says.endswith(".")


def test_a_number_for_a_name_is_understood():
    assert check(3.1, "channels").startswith("Right. ")
    assert check(3.2, ...).startswith("Exercise 3.2 is not answered yet")
