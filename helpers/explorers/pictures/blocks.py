"""What the pictures of GoogLeNet's and ResNet's blocks have in common: boxes for layers, and rows of bars."""

from __future__ import annotations

from typing import Any

from helpers.drawing.style import BLUE, GREEN, INK, ORANGE, PURPLE
from helpers.drawing.svg import Sheet

BAND = "#C9CED3"
"""The colour of what flows between layers."""
BOX = 42
"""The height of a box."""

# Of each kind of layer: the box's fill and edge.
_BOXES = {
    "1×1": ("#D6EAF8", BLUE),
    "larger": ("#FBE7BF", ORANGE),
    "projection": ("#D5F0E7", GREEN),
    "pool": ("#F6E1EC", PURPLE),
    "nothing": ("white", INK),
}


def kind_fill(sheet: Sheet, kind: str) -> str:
    """The fill of a bar of a kind of layer: "1×1", "larger" or "projection"."""
    edge = _BOXES[kind][1]
    return edge if kind == "larger" else sheet.hatch(edge)


def box(
    sheet: Sheet, x: float, y: float, width: float, kind: str, words: tuple[str, str], **look: Any
) -> None:
    """A layer: a box with its middle at (x, y) and two lines of words in it.

    `kind` is that of `kind_fill`, or "pool", or "nothing" for what is no layer. What has a 1×1 kernel is
    marked as its bars are.
    """
    fill, edge = _BOXES[kind]
    left, top = x - width / 2, y - BOX / 2
    hatched = kind in ("1×1", "projection")
    dashes = "5 3" if kind == "nothing" else None
    sheet.bar(left, top, width, BOX, fill, stroke=edge, stroke_width=1.5, stroke_dasharray=dashes, **look)
    if hatched:
        sheet.bar(left, top, 9, BOX, kind_fill(sheet, kind), pointer_events="none")
    for line, (each, shift) in enumerate(zip(words, (-8.5, 9), strict=True)):
        middle = x + 4 * hatched
        sheet.text(middle, y + shift, each, bold=not line, anchor="middle", pointer_events="none")
