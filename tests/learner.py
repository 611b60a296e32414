"""What tests ask of sentences, and a learner's class with every mistake in it."""

import re


class Rude:
    """What a learner's class with mistakes in it may be: whatever is asked of it is an error."""

    def __repr__(self):
        raise RuntimeError("no repr")

    def __index__(self):
        raise RuntimeError("no index")

    def __float__(self):
        raise RuntimeError("no float")

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None


def is_one_sentence(text: str) -> bool:
    """Whether it is on one line, of a readable length, and ends with its only full stop."""
    return bool(re.fullmatch(r"\S[^\n]{8,300}\.", text)) and not re.search(r"[.!?] [A-Z]", text)
