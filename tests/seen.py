"""What a reader sees in an explorer's picture: texts, where they stand, bars and dots, and what they tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib
from PIL import ImageFont

from helpers.drawing.svg import TEXT

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in CSS pixels."""

_NAMESPACE = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Text:
    """One line of text, and the box around its letters."""

    words: str
    box: Box
    color: str
    bold: bool


class Seen:
    """A picture as its reader sees it. `texts` are in the order in which they are drawn."""

    def __init__(self, svg: str) -> None:
        self.root = ET.fromstring(svg)
        self.width, self.height = float(self.root.get("width")), float(self.root.get("height"))

    @property
    def texts(self) -> list[Text]:
        """Every text with its box; a turned one's box is turned too."""
        return [_text(element) for element in self.elements("text")]

    @property
    def words(self) -> list[str]:
        """Every text's words."""
        return [text.words for text in self.texts]

    def elements(self, kind: str) -> list[ET.Element]:
        """All elements of a kind: rect, circle, line, image … Those in definitions are left out."""
        inside_defs = {each for defs in self.root.iter(f"{_NAMESPACE}defs") for each in defs.iter()}
        return [each for each in self.root.iter(f"{_NAMESPACE}{kind}") if each not in inside_defs]

    @property
    def lines(self) -> dict[int, str]:
        """The words that stand side by side, from left to right, by how far down the picture they are."""
        found: dict[int, list[tuple[float, str]]] = {}
        for element, text in zip(self.elements("text"), self.texts, strict=True):
            if element.get("transform") is None:
                middle = number(element, "y") - 0.36 * float(element.get("font-size", TEXT))
                found.setdefault(round(middle), []).append((text.box[0], text.words))
        return {line: " | ".join(words for _, words in sorted(found[line])) for line in sorted(found)}

    @property
    def tips(self) -> dict[str, ET.Element]:
        """The elements that tell something when pointed at, by what they tell."""
        return {each.get("data-tip"): each for each in self.root.iter() if each.get("data-tip")}

    def tip(self, begins: str) -> ET.Element:
        """The one element whose tip begins so. Raises LookupError."""
        found = [element for words, element in self.tips.items() if words.startswith(begins)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} tips begin with {begins!r}; there are {list(self.tips)}.")
        return found[0]

    def drags(self) -> Iterator[tuple[ET.Element, str, float, float, float, float]]:
        """Each element that sets a control by its place: the element, control, start, end, low and high."""
        for element in self.root.iter():
            for side in ("data-across", "data-down"):
                if element.get(side):
                    yield element, *json.loads(element.get(side))

    def sets(self) -> Iterator[tuple[ET.Element, dict]]:
        """Each element that sets controls with a click, and what it sets."""
        for element in self.root.iter():
            if element.get("data-set"):
                yield element, json.loads(element.get("data-set"))

    def in_the_way(self) -> list[str]:
        """What cannot be read: texts that the picture cuts, or that lie over each other."""
        texts = self.texts
        cut = [
            f"{text.words!r} is cut at {tuple(map(round, text.box))}"
            for text in texts
            if text.box[0] < 0 or text.box[1] < 0 or text.box[2] > self.width or text.box[3] > self.height
        ]
        covered = [
            f"{one.words!r} is over {other.words!r}"
            for one, other in combinations(texts, 2)
            # A pixel of air belongs to each.
            if one.box[0] + 1 < other.box[2]
            and other.box[0] + 1 < one.box[2]
            and one.box[1] + 1 < other.box[3]
            and other.box[1] + 1 < one.box[3]
        ]
        return cut + covered


def number(element: ET.Element, name: str) -> float:
    """An attribute that is a length."""
    return float(element.get(name))


def _text(element: ET.Element) -> Text:
    words = unescape("".join(element.itertext()))
    size = float(element.get("font-size", TEXT))
    bold, mono = element.get("font-weight") == "bold", "Mono" in element.get("font-family", "")
    left, top, right, bottom = _font(bold, mono).getbbox(words, anchor="ls")
    scale = size / 100
    width = _font(bold, mono).getlength(words) * scale
    x = (
        float(element.get("x"))
        - {"start": 0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
    )
    y = float(element.get("y"))
    box = x + left * scale, y + top * scale, x + right * scale, y + bottom * scale
    turn = re.match(r"rotate\((\S+) (\S+) (\S+)\)", element.get("transform", ""))
    if turn:
        angle, across, down = map(float, turn.groups())
        assert angle == -90, "texts are upright or turned to be read from the right"
        box = (
            across + (box[1] - down),
            down - (box[2] - across),
            across + (box[3] - down),
            down - (box[0] - across),
        )
    return Text(words, box, element.get("fill", ""), bold)


@cache
def _font(bold: bool, mono: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSansMono" if mono else "DejaVuSans-Bold" if bold else "DejaVuSans"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"), 100)
