"""`show_source`: the helper's own code in a lesson, so that nothing is written twice."""

from __future__ import annotations

import inspect
import textwrap
from pathlib import Path
from typing import Any

from IPython.display import Markdown

from helpers.wording.refusals import shown

PACKAGE = Path(__file__).resolve().parents[1]


def show_source(thing: Any) -> Markdown:
    """The code of a function, method or class, highlighted, below the name of its file.

    Raises ValueError for what has no Python code to show.

    >>> print(show_source(show_source).data.splitlines()[0])
    `helpers/lessons/source.py`
    """
    try:
        written = inspect.unwrap(thing)  # the function itself, where a cache or the like is around it
        code = textwrap.dedent(inspect.getsource(written))
        path = Path(inspect.getfile(written)).resolve()
    except (TypeError, OSError):
        raise ValueError(
            f"{shown(thing)} has no Python code to show; give a function, a method or a class."
        ) from None
    # A library's path differs from computer to computer, and must not get into a stored output.
    name = path.relative_to(PACKAGE.parent).as_posix() if path.is_relative_to(PACKAGE) else path.name
    return Markdown(f"`{name}`\n\n```python\n{code.rstrip()}\n```")
