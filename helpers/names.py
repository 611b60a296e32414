"""One sentence for a name that is not known, with the names it may have been meant for."""

from collections.abc import Iterable
from difflib import get_close_matches

_LISTED = 12


def unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """The sentence for a `name` that is not among the `known` names of that `kind`, to raise as a ValueError.

    It offers up to three near names (case does not count), or the first dozen where none is near.

    >>> unknown("photo", "chelsae", ["chelsea", "coffee"])
    "There is no photo 'chelsae'; the nearest is 'chelsea'."
    >>> unknown("network", "ResNet", ["resnet18", "resnet34", "vgg16"])
    "There is no network 'ResNet'; the nearest are 'resnet34' and 'resnet18'."
    >>> unknown("layer", "zzz", ["conv1", "pool1", "fc"])
    "There is no layer 'zzz'; choose 'conv1', 'pool1' or 'fc'."
    """
    names = list(known)
    folded = {each.casefold(): each for each in names}
    near = [folded[each] for each in get_close_matches(str(name).casefold(), folded, n=3)]
    if near:
        return f"There is no {kind} {name!r}; the nearest {'are' if near[1:] else 'is'} {_join(near, 'and')}."
    if not names:
        return f"There is no {kind} {name!r}, nor any other."
    if len(names) > _LISTED:
        listed = ", ".join(map(repr, names[:_LISTED]))
        return f"There is no {kind} {name!r}; choose {listed} or one of {len(names) - _LISTED} more."
    return f"There is no {kind} {name!r}; choose {_join(names, 'or')}."


def _join(names: list[str], word: str) -> str:
    *first, last = map(repr, names)
    return f"{', '.join(first)} {word} {last}" if first else last
