"""`Sheet`: a picture as SVG text, with the few things that the explorers' pictures are made of.

Lengths are CSS pixels, x to the right and y down. Beside what is seen, an element may carry what is told or
done when it is pointed at; the page (`helpers/explorers/picture.js`) reads these:

- `tip`: words that are shown while the pointer is over the element: a bar's exact number, a cell's, a point's
- `sets`: values of controls that a click on it sets, such as ``{"channel": 12}``
- `across`, `down`: a `Drag`, when a press or a drag sets a control by where it is
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape as escape_any
from math import log10
from typing import Any, Literal

from helpers.drawing.style import FAINT, GRID, INK
from helpers.drawing.text_width import text_width

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

FONT = "DejaVu Sans, Verdana, sans-serif"
MONO = "DejaVu Sans Mono, Consolas, monospace"
TEXT, TITLE = 12.5, 15
"""The sizes of plain texts and of titles, in pixels."""

OWN = "ID-"
"""What every id in a picture begins with. A page that shows several replaces it, so that no two are alike."""


@dataclass(frozen=True)
class Drag:
    """A control that is set by a place on the sheet: `low` at `start`, `high` at `end`, even between.

    `start` and `end` are pixels along x or y. Beyond them the control stays at its end.
    """

    control: str
    start: float
    end: float
    low: float
    high: float


def number(value: float) -> str:
    """A length as it stands in the SVG: two decimals at most.

    >>> number(3), number(2 / 3), number(-0.001)
    ('3', '0.67', '0')
    """
    if value == int(value):
        return str(int(value))
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def escape(text: str) -> str:
    """The text with what means something in SVG written out.

    >>> escape("a < b")
    'a &lt; b'
    """
    # Most texts have nothing to be written out, and looking is quicker than replacing.
    return escape_any(text) if _MARKUP(text) else text


_MARKUP = re.compile("[&<>\"']").search


@cache
def _written(name: str) -> str:
    """An attribute's name as it stands in the SVG."""
    return name.rstrip("_").replace("__", ":").replace("_", "-")


def tag(name: str, inside: str = "", /, **attributes: Any) -> str:
    """One element. In an attribute's name `_` stands for `-` and `__` for `:`; None leaves it out.

    >>> tag("rect", x=1 / 3, stroke_width=2, fill=None)
    '<rect x="0.33" stroke-width="2"/>'
    """
    written = "".join(
        [
            f' {_written(key)}="{escape(value) if isinstance(value, str) else number(value)}"'
            for key, value in attributes.items()
            if value is not None
        ]
    )
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def pointed(
    tip: str | None = None,
    sets: Mapping[str, Any] | None = None,
    across: Drag | None = None,
    down: Drag | None = None,
) -> dict[str, Any]:
    """The attributes of an element that can be pointed at; see this module's first lines."""
    drags = {
        name: None if drag is None else json.dumps([drag.control, drag.start, drag.end, drag.low, drag.high])
        for name, drag in (("data_across", across), ("data_down", down))
    }
    return {"data_tip": tip, "data_set": json.dumps(sets) if sets else None, **drags}


class Sheet:
    """A picture of `width` × `height` CSS pixels on white, made from back to front.

    Every drawing method takes `look`: SVG attributes such as ``stroke_width=2`` or ``opacity=0.5``, and
    `tip`, `sets`, `across` and `down` (see `pointed`).

    >>> sheet = Sheet(100, 40)
    >>> sheet.bar(10, 10, 50, 20, INK, tip="50 weights")
    >>> sheet.text(12, 20, "50")
    >>> "50 weights" in sheet.svg("A bar of fifty.")
    True
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []
        self._defs: dict[str, str] = {}

    def add(self, name: str, inside: str = "", /, **look: Any) -> None:
        """An element of any kind."""
        hand = {key: look.pop(key) for key in ("tip", "sets", "across", "down") if key in look}
        self._parts.append(tag(name, inside, **look, **(pointed(**hand) if hand else {})))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = TEXT,
        bold: bool = False,
        mono: bool = False,
        anchor: Anchor = "start",
        color: str = INK,
        **look: Any,
    ) -> None:
        """One line of text, its capitals centred on `y`; `anchor` says which part of it is at `x`."""
        if words:
            self.add(
                "text",
                escape(words),
                x=x,
                y=y + 0.36 * size,
                font_size=size,
                font_weight="bold" if bold else None,
                font_family=MONO if mono else None,
                text_anchor=None if anchor == "start" else anchor,
                fill=None if color == INK else color,
                xml__space="preserve" if "  " in words else None,
                **look,
            )

    def title(self, x: float, y: float, words: str, **look: Any) -> None:
        """The heading of a picture or of a part of it."""
        self.text(x, y, words, **{"size": TITLE, "bold": True, **look})

    def bar(self, x: float, y: float, width: float, height: float, fill: str, **look: Any) -> None:
        """A rectangle; one of no width is left out, unless it has an outline. `fill` may be a `hatch`."""
        if (width > 0 and height > 0) or "stroke" in look:
            self.add("rect", x=x, y=y, width=max(width, 0), height=max(height, 0), fill=fill, **look)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, color: str = INK, width: float = 1.5, **look: Any
    ) -> None:
        """A straight line."""
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=color, stroke_width=width, **look)

    def path(
        self,
        points: Sequence[Point],
        color: str = INK,
        width: float = 2,
        *,
        closed: bool = False,
        **look: Any,
    ) -> None:
        """A line through points, or a shape's outline; `fill` fills it."""
        if points:
            steps = " ".join(f"{number(x)},{number(y)}" for x, y in points)
            look = {"fill": "none", "stroke_linejoin": "round", **look}
            self.add(
                "polygon" if closed else "polyline", points=steps, stroke=color, stroke_width=width, **look
            )

    def dot(self, x: float, y: float, radius: float, fill: str, **look: Any) -> None:
        """A disc."""
        self.add("circle", cx=x, cy=y, r=radius, fill=fill, **look)

    def arrow(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        color: str = INK,
        width: float = 1.5,
        head: float = 7,
    ) -> None:
        """A line that ends in an arrowhead at (x2, y2)."""
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1
        across, down = (x2 - x1) / length, (y2 - y1) / length
        back_x, back_y = x2 - head * across, y2 - head * down
        self.line(x1, y1, back_x, back_y, color, width)
        sides = [(back_x - s * down * head / 2, back_y + s * across * head / 2) for s in (1, -1)]
        self.path([(x2, y2), *sides], "none", closed=True, fill=color)

    def image(
        self,
        name: str,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        pixels: bool = True,
        **look: Any,
    ) -> None:
        """An image whose bytes come apart, by name, stretched to this size; with `pixels` it stays sharp."""
        sharp = {"image_rendering": "optimizeSpeed", "style": "image-rendering:pixelated"} if pixels else {}
        self.add(
            "image",
            href=f"image:{name}",
            x=x,
            y=y,
            width=width,
            height=height,
            preserveAspectRatio="none",
            **sharp,
            **look,
        )

    def pad(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """An invisible rectangle that can be pointed at."""
        self.add("rect", x=x, y=y, width=width, height=height, fill="transparent", **look)

    def hatch(self, color: str, stripes: str = "white", *, gap: float = 6, width: float = 2) -> str:
        """A fill of slanted stripes, so that it is told from a plain one without its colour."""
        name = f"hatch-{color}-{stripes}-{number(gap)}-{number(width)}".replace("#", "").replace(".", "_")
        lines = tag("rect", width=gap, height=gap, fill=color)
        lines += tag("line", x1=0, y1=0, x2=0, y2=gap, stroke=stripes, stroke_width=2 * width)
        return self.define(
            "pattern",
            name,
            lines,
            width=gap,
            height=gap,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        )

    def define(self, kind: str, name: str, inside: str, **attributes: Any) -> str:
        """A pattern, a filter or the like; the reference to it, for `fill=` or `filter=`."""
        self._defs[name] = tag(kind, inside, id=f"{OWN}{name}", **attributes)
        return f"url(#{OWN}{name})"

    @contextmanager
    def inside(self, x: float, y: float, width: float, height: float) -> Iterator[None]:
        """What is drawn meanwhile is cut off outside this rectangle; coordinates stay the sheet's."""
        box = " ".join(map(number, (x, y, width, height)))
        self._parts.append(
            tag("svg", "|", x=x, y=y, width=width, height=height, viewBox=box).partition("|")[0]
        )
        yield
        self._parts.append("</svg>")

    @contextmanager
    def group(self, **look: Any) -> Iterator[None]:
        """What is drawn meanwhile has these attributes in common, such as ``opacity=0.4``."""
        self._parts.append(tag("g", "|", **look).partition("|")[0])
        yield
        self._parts.append("</g>")

    def axes(self, left: float, top: float, width: float, height: float, *, x: Scale, y: Scale) -> Axes:
        """Axes whose data area is this rectangle."""
        return Axes(self, left, top, width, height, x, y)

    def svg(self, sentence: str) -> str:
        """The picture as SVG text, named by a sentence for those who do not see it."""
        # An empty title inside keeps the browser from showing the whole sentence as a tip everywhere.
        body = "".join(self._parts)
        look = {"font_family": FONT, "font_size": TEXT, "fill": INK}
        return tag(
            "svg",
            tag("title", escape(sentence))
            + (tag("defs", "".join(self._defs.values())) if self._defs else "")
            + f"<g{tag('g', **look)[2:-2]}><title></title>"
            + tag("rect", width=self.width, height=self.height, fill="white", rx=6)
            + body
            + "</g>",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width} {self.height}",
            width=self.width,
            height=self.height,
            role="img",
            aria_label=sentence,
        )


@dataclass(frozen=True)
class Scale:
    """From `low` to `high` along an axis, evenly or, with `log`, by factors.

    >>> Scale(1, 100, log=True).share(10)
    0.5
    """

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """How far along the axis a value is: 0 at `low`, 1 at `high`."""
        if self.log:
            return log10(value / self.low) / log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def within(self, value: float) -> float:
        """The value, or the end of the axis that it is beyond."""
        return min(max(value, min(self.low, self.high)), max(self.low, self.high))


class Axes:
    """A rectangle of a sheet with a scale along each side: y runs up, unless its scale is turned."""

    def __init__(
        self, sheet: Sheet, left: float, top: float, width: float, height: float, x: Scale, y: Scale
    ) -> None:
        self.sheet, self.left, self.top, self.width, self.height = sheet, left, top, width, height
        self.right, self.bottom = left + width, top + height
        self.x_scale, self.y_scale = x, y

    def x(self, value: float) -> float:
        """Where a value is across the sheet, in pixels."""
        return self.left + self.width * self.x_scale.share(value)

    def y(self, value: float) -> float:
        """Where a value is down the sheet, in pixels."""
        return self.bottom - self.height * self.y_scale.share(value)

    def points(self, xs: Sequence[float], ys: Sequence[float]) -> list[Point]:
        """Places on the sheet of points given in data."""
        return [(self.x(x), self.y(y)) for x, y in zip(xs, ys, strict=True)]

    def frame(self, *, left: bool = True, bottom: bool = True) -> None:
        """The lines of the axes."""
        if left:
            self.sheet.line(self.left, self.top, self.left, self.bottom, FAINT, 1)
        if bottom:
            self.sheet.line(self.left, self.bottom, self.right, self.bottom, FAINT, 1)

    def x_ticks(
        self,
        values: Sequence[float],
        labels: Sequence[str] | None = None,
        *,
        grid: bool = False,
        name: str = "",
    ) -> None:
        """Ticks below, with their values or `labels`, and the axis's name in the middle under them."""
        for value, label in zip(values, labels or [f"{value:g}" for value in values], strict=True):
            place = self.x(value)
            if grid:
                self.sheet.line(place, self.top, place, self.bottom, GRID, 1)
            self.sheet.line(place, self.bottom, place, self.bottom + 4, FAINT, 1)
            self.sheet.text(place, self.bottom + 14, label, anchor="middle", size=12)
        self.sheet.text(self.left + self.width / 2, self.bottom + 34, name, anchor="middle", size=13)

    def y_ticks(
        self,
        values: Sequence[float],
        labels: Sequence[str] | None = None,
        *,
        grid: bool = True,
        name: str = "",
        name_at: float = 40,
    ) -> None:
        """Ticks on the left, with a faint line across; `name` is turned, `name_at` pixels from the axis."""
        for value, label in zip(values, labels or [f"{value:g}" for value in values], strict=True):
            place = self.y(value)
            if grid:
                self.sheet.line(self.left, place, self.right, place, GRID, 1)
            self.sheet.line(self.left - 4, place, self.left, place, FAINT, 1)
            self.sheet.text(self.left - 7, place, label, anchor="end", size=12)
        if name:
            x, y = self.left - name_at, self.top + self.height / 2
            turn = f"rotate(-90 {number(x)} {number(y)})"
            self.sheet.text(x, y, name, anchor="middle", size=13, transform=turn)

    def across(self, control: str, low: float | None = None, high: float | None = None) -> Drag:
        """A drag along x that sets a control to the value there; `low` and `high` are those at the ends."""
        scale = self.x_scale
        return Drag(
            control,
            self.left,
            self.right,
            scale.low if low is None else low,
            scale.high if high is None else high,
        )


def legend(sheet: Sheet, x: float, y: float, entries: Sequence[tuple[str, str]], *, gap: float = 18) -> None:
    """Coloured squares with their names in a row; `entries` are (fill, name)."""
    for fill, name in entries:
        sheet.bar(x, y - 6, 20, 12, fill)
        sheet.text(x + 26, y, name, size=12)
        x += 26 + text_width(name, 12) + gap
