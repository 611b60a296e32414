"""A sentence that a cell shows without quotation marks."""


class Sentence(str):
    """A string whose `repr` is itself.

    >>> Sentence("Right.")
    Right.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
