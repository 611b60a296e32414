"""What a list of names may be, and how another value is refused."""

from enum import Enum

import pytest

from helpers.wording.arguments import several
from helpers.wording.ratios import three_digits


@pytest.mark.parametrize(
    ("given", "names"),
    [("a", ("a",)), (["a", "b"], ("a", "b")), (iter("ab"), ("a", "b")), ({"a": 1}, ("a",))],
)
def test_one_name_or_several_are_a_list_of_names(given, names):
    assert tuple(several("layers", given)) == names


@pytest.mark.parametrize("given", [3, None, b"ab", list, type("Both", (bytes,), {"__call__": len})(b"x")])
def test_another_value_is_refused_in_one_sentence(given):
    with pytest.raises(ValueError, match=r"^The layers are .*; give a name or a list of names\.$"):
        several("layers", given)


class Layers(Enum):
    """A class of which one can make a list: it is refused all the same."""

    FIRST = "conv1"


@pytest.mark.parametrize(("given", "quoted"), [(3, "3"), (Layers, "<enum 'Layers'>")])
def test_what_is_refused_is_quoted(given, quoted):
    with pytest.raises(ValueError, match=f"^The layers are {quoted}; give a name or a list of names"):
        several("layers", given)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.5, "0.500"),
        (1, "1.00"),
        (9.99, "9.99"),
        (10, "10.0"),
        (99.94, "99.9"),
        (100, "100"),
        (100.4, "100"),
    ],
)
def test_three_digits_are_written(value, words):
    assert three_digits(value) == words
