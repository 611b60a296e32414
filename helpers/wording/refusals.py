"""How a sentence quotes values and errors, and says that a name is not known."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

__all__ = ["first_line", "known", "shown", "unknown"]

_LISTED = 12
_SAID = 200
_QUOTED = 40


def shown(value: object) -> str:
    """A value as a sentence quotes it: its repr on one line, cut to 40 characters; never raises.

    >>> shown("coffee"), shown([0] * 1000)
    ("'coffee'", '[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,…')
    """
    try:
        text = " ".join(repr(value).split())
    except Exception:
        # A whole number of over 4300 digits cannot be printed, nor can a class with a mistake in its repr.
        return f"this {type(value).__name__}"
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"


def first_line(error: BaseException) -> str:
    """What an error says, in one line without a full stop, cut to 200 characters; never raises.

    >>> first_line(RuntimeError("shapes differ.")), first_line(KeyError())
    ('shapes differ', 'KeyError')
    """
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # a class of the learner's own may fail even here
        lines = []
    line = (lines or [type(error).__name__])[0].rstrip(" .:")
    return line if len(line) <= _SAID else f"{line[: _SAID - 1]}…"


def unknown(kind: str, name: object, names: Iterable[str]) -> str:
    """The sentence for a `name` that is not among the `names` of that `kind`.

    It offers up to three near names (case does not count), or where none is near the first, a dozen at most.

    >>> unknown("photo", "chelsae", ["chelsea", "coffee"])
    "There is no photo 'chelsae'; the nearest is 'chelsea'."
    >>> unknown("network", "ResNet", ["resnet18", "resnet34", "vgg16"])
    "There is no network 'ResNet'; the nearest are 'resnet34' and 'resnet18'."
    >>> unknown("layer", "zzz", ["conv1", "pool1", "fc"])
    "There is no layer 'zzz'; choose 'conv1', 'pool1' or 'fc'."
    """
    names = list(names)
    folded = {each.casefold(): each for each in names}
    asked = name.casefold() if isinstance(name, str) else shown(name)
    near = [folded[each] for each in get_close_matches(asked, folded, n=3)]
    if near:
        verb = "are" if near[1:] else "is"
        return f"There is no {kind} {shown(name)}; the nearest {verb} {_join(near, 'and')}."
    if not names:
        return f"There is no {kind} {shown(name)}, nor any other."
    few = names[:_LISTED]
    while len(few) > 1 and sum(len(each) + 4 for each in few) > _SAID:
        few.pop()
    if len(names) > len(few):
        listed = ", ".join(map(repr, few))
        return f"There is no {kind} {shown(name)}; choose {listed} or one of {len(names) - len(few)} more."
    return f"There is no {kind} {shown(name)}; choose {_join(names, 'or')}."


def known(kind: str, name: object, names: Collection[str]) -> None:
    """Raise ValueError, with the sentence of `unknown`, unless a name is among these.

    >>> known("layer", 3, ["conv1", "pool1"])
    Traceback (most recent call last):
    ValueError: There is no layer 3; choose 'conv1' or 'pool1'.
    """
    if not isinstance(name, str) or name not in names:
        raise ValueError(unknown(kind, name, filter(None, names)))


def _join(names: list[str], word: str) -> str:
    *first, last = map(repr, names)
    return f"{', '.join(first)} {word} {last}" if first else last
