"""What public functions ask of names and mappings, each with one sentence of refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from helpers.wording.refusals import shown


def several(what: str, given: str | Iterable[str]) -> list[str]:
    """Return names as a list, of which one alone may be given; raises ValueError where there are none.

    >>> several("layers", "conv1"), several("layers", ("conv1", "conv2"))
    (['conv1'], ['conv1', 'conv2'])
    """
    if isinstance(given, str):
        return [given]
    if not isinstance(given, Iterable) or isinstance(given, bytes) or callable(given):
        raise ValueError(f"The {what} are {shown(given)}; give a name or a list of names.")
    return list(given)


def named(what: str, given: object, kind: type, example: str, *, least: int = 1) -> None:
    """Raise ValueError unless a mapping is given of names to things of one kind, as in the example.

    >>> named("amounts", {"conv1": "many"}, float, "a number")
    Traceback (most recent call last):
    ValueError: The amounts have 'many' for 'conv1'; give a number by each name.
    """
    if not isinstance(given, Mapping) or len(given) < least:
        raise ValueError(f"The {what} are {shown(given)}; give {example} by name, in a dict.")
    for name, each in given.items():
        if not isinstance(each, kind) or isinstance(each, bool):
            raise ValueError(f"The {what} have {shown(each)} for {shown(name)}; give {example} by each name.")
