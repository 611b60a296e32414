"""How a sentence quotes what it refuses, and what it offers instead."""

import pytest

from helpers.wording.refusals import first_line, unknown


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("x" * 200), "x" * 200),
        (ValueError("x" * 201), "x" * 199 + "…"),
        (ValueError("Broken . :\nand more"), "Broken"),
        (ValueError("X-ray of X"), "X-ray of X"),
        (Mute(), "Mute"),
    ],
)
def test_an_error_says_one_line_of_200_characters_at_most(error, says):
    assert first_line(error) == says


def test_three_near_names_are_offered_and_no_more():
    names = ["layer1", "layer2", "layer3", "layer4", "layer5"]
    assert unknown("layer", "Layer", names) == (
        "There is no layer 'Layer'; the nearest are 'layer5', 'layer4' and 'layer3'."
    )


def test_what_is_not_text_is_compared_by_what_is_quoted():
    assert unknown("layer", 12345678, ["123456789"]) == (
        "There is no layer 12345678; the nearest is '123456789'."
    )
    assert unknown("layer", ["a"], []) == "There is no layer ['a'], nor any other."


def listed(count: int, length: int) -> str:
    """What is offered of names of that length, none of which is near."""
    return unknown("layer", [0], [f"{number:02}".ljust(length, "z") for number in range(count)])


def test_a_dozen_names_at_most_are_listed_and_the_rest_counted():
    names = [f"{number:02}" for number in range(15)]
    quoted = ", ".join(f"'{each}'" for each in names[:12])
    assert unknown("layer", "zzzzzz", names) == (
        f"There is no layer 'zzzzzz'; choose {quoted} or one of 3 more."
    )


@pytest.mark.parametrize(
    # With quotes and a comma each name takes four characters more; 200 are filled to the last.
    ("count", "length", "shown"),
    [(4, 46, 4), (4, 47, 3), (5, 36, 5), (5, 37, 4), (2, 96, 2), (2, 97, 1), (3, 300, 1), (1, 300, 1)],
)
def test_long_names_are_listed_as_far_as_200_characters_go(count, length, shown):
    sentence = listed(count, length)
    assert sentence.count("zz") >= 1
    assert sentence.count("'") == 2 * shown
    assert sentence.endswith(f"or one of {count - shown} more." if shown < count else "'.")
