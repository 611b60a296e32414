"""The graph of a network, and the windows in it, have what PyTorch would run."""

import pytest

from helpers.graph import first_line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("  Sizes of tensors must match.\nExpected 3 but got 4."), "Sizes of tensors must match"),
        (RuntimeError("... no kernel for X: "), "... no kernel for X"),
        (KeyError(), "KeyError"),
    ],
)
def test_what_an_error_says_is_one_line_without_a_full_stop(error, line):
    assert first_line(error) == line
