"""Explorers' pictures as they were last looked at and found good, kept in `tests/pictures` as SVG.

A change is seen in the pictures themselves. Look at the new one, then keep it: `KEEP_PICTURES=1 pytest …`.
"""

from __future__ import annotations

import os
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
