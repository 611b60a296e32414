"""`predict` takes a guess before the answer is shown, and `reveal` sets the two side by side."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import predict

PLAIN = settings(deadline=None, derandomize=True, max_examples=150)


@pytest.mark.parametrize(
    ("typed", "answer", "says"),
    [
        (None, 40_960, "The answer is 40,960 weights."),
        ("40960", 40_960, "The answer is 40,960 weights; you said 40,960: exactly right."),
        ("40,960", 40_960, "The answer is 40,960 weights; you said 40,960: exactly right."),
        ("40_960", 40_960.0, "The answer is 40,960 weights; you said 40,960: exactly right."),
        (" 4.1e4 ", 40_960, "The answer is 40,960 weights; you said 41,000: close."),
        ("37300", 40_960, "The answer is 40,960 weights; you said 37,300: close."),
        ("37000", 40_960, "The answer is 40,960 weights; you said 37,000, 1.1 times too few."),
        ("20 480", 40_960, "The answer is 40,960 weights; you said 20,480, 2.0 times too few."),
        ("147456", 40_960, "The answer is 40,960 weights; you said 147,456, 3.6 times too many."),
        ("0", 40_960, "The answer is 40,960 weights; you said 0, too few."),
        ("5", 0, "The answer is 0 weights; you said 5, too many."),
        ("0", 0, "The answer is 0 weights; you said 0: exactly right."),
        ("1e300", 1, "The answer is 1 weights; you said 1e+300, "),
    ],
)
def test_the_answer_is_set_beside_the_guess(typed, answer, says):
    question = predict("How many weights?", unit="weights")
    if typed is not None:
        question.field.value = typed
    assert question.reveal(answer).startswith(says)
    assert question.reveal(answer).endswith(".")
    assert repr(question.reveal(answer)) == question.reveal(answer)


@pytest.mark.parametrize(
    "nonsense", ["many", "-5", "nan", "inf", "1e400", "1 or 2", "<b>3</b>", "0x10", "½", "٣؟", "." * 500]
)
def test_nonsense_is_answered_and_the_guess_before_it_stays(nonsense):
    question = predict("How many weights?", unit="weights")
    question.field.value = nonsense
    assert question.guess is None
    assert "is not a number from 0 up; write digits, such as 12,500." in question._answer.value
    assert "<b>" not in question._answer.value
    question.field.value = "36"
    assert "Noted: 36 weights. The answer comes later" in question._answer.value
    question.field.value = nonsense
    assert question.reveal(72) == "The answer is 72 weights; you said 36, 2.0 times too few."
    question.field.value = ""
    assert question._answer.value == ""


def test_a_question_without_a_unit_reads_well():
    question = predict("How large is the field?")
    question.field.value = "5"
    assert question._answer.value.startswith("Noted: 5. The answer")
    assert question.reveal(5) == "The answer is 5; you said 5: exactly right."


def test_a_guess_after_the_answer_is_answered_at_once():
    question = predict("How many weights?", unit="weights")
    assert question.reveal(72) == "The answer is 72 weights."
    question.field.value = "36"
    assert question._answer.value == "The answer is 72 weights; you said 36, 2.0 times too few."


def test_a_question_is_shown_as_text_and_its_html_is_escaped():
    question = predict("Is 3 < 5 & 5 > 3?", unit="<weights>")
    assert repr(question) == "Is 3 < 5 & 5 > 3?"
    assert question.children[0].value == "<b>Is 3 &lt; 5 &amp; 5 &gt; 3?</b>"
    question.field.value = "3"
    assert "&lt;weights&gt;" in question._answer.value
    data = question._repr_mimebundle_()
    assert data["text/plain"] == repr(question)


@PLAIN
@given(st.text(max_size=12), st.floats(0, 1e12) | st.integers(0, 10**12))
def test_whatever_is_typed_reveal_gives_one_line(typed, answer):
    question = predict("How many?", unit="weights")
    question.field.value = typed
    says = question.reveal(answer)
    assert says.startswith("The answer is ")
    assert says.endswith(".")
    assert "\n" not in says
