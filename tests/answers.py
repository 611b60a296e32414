"""Answers that learners may give to `check`, and what a hint must look like."""

from torch import nn


def assert_hint(says: str, hint: str) -> None:
    """The hint is given as such, and not as an error of the learner's."""
    assert hint in says
    assert says.startswith("Not yet. ")
    assert ("raised" in says) == ("raised" in hint)


class Failing(nn.Module):
    def __init__(self, error=None):
        super().__init__()
        self.error = error or KeyError("conv1")

    def forward(self, x):
        raise self.error


class Elsewhere(nn.Module):
    def __init__(self, result):
        super().__init__()
        self.result = result

    def forward(self, x):
        return self.result
