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

from helpers import check
from helpers.lessons.checking import LESSONS
from tests.answers import Elsewhere, Failing, assert_hint
from tests.learner import Rude
from tests.lessons import test_lesson_1 as lesson_1
from tests.lessons import test_lesson_2 as lesson_2
from tests.lessons import test_lesson_3 as lesson_3
from tests.lessons import test_lesson_4 as lesson_4
from tests.lessons import test_lesson_5 as lesson_5
from tests.lessons import test_lesson_6 as lesson_6
from tests.lessons import test_lesson_7 as lesson_7

PLAIN = settings(deadline=None, derandomize=True, max_examples=150)

NUMBERS_AND_WORDS = {
    "2.2": 16, "3.2": "bd",
    "7.1": 442_368, "7.2": 88, "7.3": 59, "7.4": 1_024_000, "7.6": 24, "7.8": 4,
}  # fmt: skip
NAMES = [name for module in LESSONS.values() for name in import_module(module).EXERCISES]


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no text")


RAISED = [
    ValueError(), ValueError("one line\nand another"), RecursionError("x" * 1000), SystemExit(),
    Unprintable(),
]  # fmt: skip
NUMPY = [
    np.bool_(True), np.float64("nan"), np.float32("inf"), np.complex128(1j), np.datetime64("NaT"),
    np.str_("x"), np.array([]), np.array(float("nan")), np.zeros((3, 3)), np.zeros((1000, 1000)),
    np.array(["channels"]), np.array([None, 1], object), np,
]  # fmt: skip
TENSORS = [
    torch.tensor([]), torch.zeros(3), torch.tensor(float("nan")), torch.tensor(True),
    torch.zeros(3, 3).to_sparse(), torch.empty((), dtype=torch.int64, device="meta"),
    torch.empty(10**6, 10**6, device="meta"), nn.Parameter(torch.zeros(3)),
]  # fmt: skip
MODULES = [
    nn.Sequential(), nn.Identity(), nn.Linear(3, 4), nn.ModuleList(), nn.LazyConv2d(3, 3),
    nn.Conv2d(64, 64, 1, device="meta"), nn.Conv2d(64, 64, 1).double(), Elsewhere(None), Elsewhere("text"),
    Elsewhere(torch.zeros(3)), Elsewhere(torch.zeros(0, 0, 0, 0)), Elsewhere((torch.zeros(2, 64, 9, 9),)),
    Elsewhere(torch.full((2, 64, 9, 9), float("nan"))), Failing(), *map(Failing, RAISED),
]  # fmt: skip
FUNCTIONS = [
    int, nn.Conv2d, nn.Sequential, len, print, Failing.forward, lambda: 1, lambda *_: None,
    lambda *_: torch.zeros(3), lambda linear: linear,
]  # fmt: skip
NONSENSE = [
    "", "x", "137728", "a\nb", "\0", "x" * 10_000, 0, -1, True, 1.5, float("nan"), float("inf"),
    -float("inf"), 10**400, 10**5000, 1j, Fraction(10**400, 3), Decimal("NaN"), Decimal(137728), [], [137728],
    (), {}, set(), b"channels", range(3), object(), ValueError("x"), NotImplemented, Rude(),
    *NUMPY, *TENSORS, *MODULES, *FUNCTIONS,
]  # fmt: skip


def is_one_sentence_or_two(text: str) -> bool:
    """ "Not yet." or "Right." and what follows, on one line, of a readable length, up to its full stop."""
    return len(text) <= 250 and bool(re.fullmatch(r"(Not yet|Right)\. \S.*[.?)]", text))


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


RIGHT_MODULES = {
    "1.5": lesson_1.stage,
    "3.5": lesson_3.bottleneck,
    "4.5": lesson_4.Block,
    "5.5": lesson_5.Block,
    "6.5": lesson_6.Block,
    "7.12": lesson_7.RIGHT["a residual block"],
}


def of_one(value):
    """Gives one weight of a module's first convolution this value."""

    def spoil(module):
        conv = next(part for part in module.modules() if isinstance(part, nn.Conv2d))
        conv.weight.data[0, 0, 0, 0] = value
        return module

    return spoil


SPOILT = {
    "NaN or infinity in its output": [of_one(float("nan")), of_one(float("inf"))],
    "Its weights are on 'meta', where there are shapes and no numbers": [lambda module: module.to("meta")],
    "Its weights are torch.float64 on 'cpu'": [nn.Module.double],
    "Its weights are torch.bfloat16 on 'cpu'": [nn.Module.bfloat16],
}


@pytest.mark.parametrize("exercise", RIGHT_MODULES)
def test_a_module_of_the_right_layers_is_not_right_without_right_numbers_in_them(exercise):
    assert check(exercise, RIGHT_MODULES[exercise]()).startswith("Right. ")
    for hint, ways in SPOILT.items():
        for spoil in ways:
            assert_hint(check(exercise, spoil(RIGHT_MODULES[exercise]())), hint)


@pytest.mark.parametrize("hint", list(SPOILT)[1:])
def test_a_function_s_convolution_needs_right_numbers_too(hint):
    assert check("2.6", lesson_2.to_convolution).startswith("Right. ")
    for spoil in SPOILT[hint]:
        assert_hint(check("2.6", lambda linear, spoil=spoil: spoil(lesson_2.to_convolution(linear))), hint)


def test_a_lazy_layer_is_to_be_written_out():
    for exercise in RIGHT_MODULES:
        assert_hint(check(exercise, nn.Sequential(nn.LazyConv2d(96, 11, 4))), "It has a lazy layer")


def test_the_stop_button_stops_a_check():
    with pytest.raises(KeyboardInterrupt):
        check("1.5", Failing(KeyboardInterrupt()))


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
    counts = {"1": 5, "2": 6, "3": 6, "4": 5, "5": 5, "6": 5, "7": 13}  # the last lesson has a quiz
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
    assert re.search(r"'\d\.\d'", says)
    assert says.endswith(".")


def test_a_number_for_a_name_is_understood():
    assert check(3.1, [2, 0, "ac"]).startswith("Right. ")
    assert check(3.2, ...).startswith("Exercise 3.2 is not answered yet")
