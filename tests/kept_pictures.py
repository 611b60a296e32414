"""Explorers' pictures as they were last looked at and found good, kept in `tests/pictures` as SVG.

A change is seen in the pictures themselves. Look at the new one, then keep it: `KEEP_PICTURES=1 pytest …`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

KEPT = Path(__file__).parent / "pictures"


def is_as_kept(name: str, svg: str) -> bool:
    """Whether a picture is the one that is kept under this name, element by element."""
    path, lines = KEPT / f"{name}.svg", svg.replace("><", ">\n<") + "\n"
    if os.environ.get("KEEP_PICTURES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(lines, encoding="utf-8")
    assert lines.splitlines() == path.read_text(encoding="utf-8").splitlines()  # pytest says where
    return True


def are_as_kept(name: str, pictures: Iterable[tuple[object, str]]) -> bool:
    """Whether an explorer's pictures, each with the settings that made it, are those that are kept by mark.

    A mark is a few letters for each picture: too many are looked at for all of them to be kept.
    """
    path, settings, marks = KEPT / f"{name}.txt", [], []
    for setting, svg in pictures:
        settings.append(setting)
        marks.append(sha256(svg.encode()).hexdigest()[:6])
    if os.environ.get("KEEP_PICTURES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(" ".join(line) for line in batched(marks, 16)) + "\n", encoding="utf-8")
    kept = path.read_text(encoding="utf-8").split()
    others = [setting for setting, mark, was in zip(settings, marks, kept, strict=True) if mark != was]
    assert not others, f"{len(others)} pictures of {name} are others now; the first is that of {others[0]}"
    return True


def batched(values: list[str], count: int) -> Iterator[list[str]]:
    for start in range(0, len(values), count):
        yield values[start : start + count]
