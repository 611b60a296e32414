"""A switch is on or off, and keeps its value against anything else."""

import pytest

from helpers.explorers.controls import Switch
from tests.learner import Rude, is_one_sentence, listening


@pytest.mark.parametrize("wrong", ["on", "", 1, 0, None, float("nan"), [True], {}, Rude(), bool])
def test_a_switch_takes_true_and_false_alone(wrong):
    switch = Switch("AlexNet", True)
    heard = listening(switch)
    switch.value = wrong
    ((sentence, kept),) = heard
    assert switch.value is kept is True
    assert is_one_sentence(sentence)
    assert sentence.startswith("AlexNet cannot be ")
    assert sentence.endswith(": it takes True or False.")


def test_a_switch_is_turned_from_code_and_from_the_page():
    switch = Switch("AlexNet", False)
    assert switch.value is False
    heard, changes = listening(switch), []
    switch.observe(lambda change: changes.append(change["new"]), names="value")
    switch.value = True
    switch.set_state({"value": False})
    assert changes == [True, False]
    assert heard == []
    with pytest.raises(ValueError, match=r"AlexNet cannot be 1: it takes True or False\."):
        Switch("AlexNet", 1)


def test_the_empty_label_in_front_of_the_box_takes_no_width_and_is_not_hidden():
    # Without indent ipywidgets hides it, and a hidden label is what the browser test takes for a mistake.
    switch = Switch("AlexNet", True)
    assert (switch.description, switch.indent) == ("AlexNet", True)
    assert switch.style.description_width == "0px"
