"""Lay a lesson's cells on the pages of a deck, as their `slideshow` metadata says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from tools.markup import to_html

COLUMNS = re.compile(r"\S {2,}\S|[·│─]  ")
HEADING = re.compile(r"(#{1,3}) +(.+?)(?: · (\d+ minutes?.*|to read))?\n+")


@dataclass(frozen=True)
class Block:
    """What stands together on a page: some text, code, a picture, printed lines or a table."""

    kind: str
    html: str
    step: int | None
    """When it appears: None with the page, then 0, 1, … one press after the other."""


@dataclass
class Page:
    """One page of a deck."""

    section: str
    """The section of the lesson that it belongs to."""
    heading: str = ""
    """The heading it begins with; "" where it goes on under the last one."""
    minutes: str = ""
    blocks: list[Block] = field(default_factory=list)
    notes: str = ""


def stacks_of(cells: list[NotebookNode]) -> list[list[Page]]:
    """The pages of a lesson: a stack for each slide, with the slide and its subslides.

    A fragment appears on its page one step later, with all that the cell has. Cells to be skipped are left
    out. Raises ValueError for a cell that comes before any slide, or has no place in the slides.
    """
    stacks: list[list[Page]] = []
    section, step = "", None
    for number, cell in enumerate(cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind == "skip":
            continue
        if kind not in {"slide", "subslide", "fragment", "-", "notes"} or (kind != "slide" and not stacks):
            raise ValueError(
                f"Cell {number} is {kind!r}: the first is a slide, each one after it has a slide type."
            )
        source = cell.source + "\n"
        heading = HEADING.match(source) if cell.cell_type == "markdown" else None
        if kind in {"slide", "subslide"}:
            step = None
            if heading and len(heading[1]) < 3:
                section = heading[2]
            stacks += [[]] if kind == "slide" else []
            stacks[-1].append(Page(section))
            if heading:
                stacks[-1][-1].heading = to_html(heading[2]).removeprefix("<p>").removesuffix("</p>\n")
                stacks[-1][-1].minutes = heading[3] or ""
                source = source[heading.end() :]
        elif kind == "fragment":
            step = 0 if step is None else step + 1
        page = stacks[-1][-1]
        if kind == "notes":
            page.notes += to_html(source)
        elif cell.cell_type == "markdown":
            page.blocks += [Block("text", to_html(source), step)] if source.strip() else []
        else:
            page.blocks += [Block(*each, step) for each in _code(cell)]
    return stacks


def _code(cell: NotebookNode) -> list[tuple[str, str]]:
    """A code cell and what it has put out."""
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    shown = [_shown(output) for output in cell.outputs if output.output_type != "stream"]
    kinds = {kind for kind, _ in shown}
    if "question" in kinds or ("code source" in kinds and "\n" not in cell.source):
        return shown  # the code only asks for it
    code = highlight(cell.source, PythonLexer(), HtmlFormatter(linespans="line"))
    return [("code", code), *([_printed(printed)] if printed else []), *shown]


def _shown(output: NotebookNode) -> tuple[str, str]:
    """One output; a widget, which is nothing without a kernel, as its picture or else its sentence."""
    data = output.data
    if "image/png" in data:
        about = output.metadata["image/png"]
        size = f'width="{about["width"]}" height="{about["height"]}" style="--width: {about["width"]}px"'
        source = "data:image/png;base64," + "".join(data["image/png"].split())
        return "picture", f'<img alt="{escape(about["alt"])}" {size} src="{source}">'
    if "text/markdown" in data:
        return "code source", to_html(data["text/markdown"])
    text = data["text/plain"]
    if any(kind.startswith("application/vnd.jupyter.widget") for kind in data):
        return "question", f"<p>{escape(text)}</p>"
    return _printed(text)


def _printed(text: str) -> tuple[str, str]:
    """Printed lines: sentences may be broken to fit a column, what is set in columns of its own may not."""
    lines = text.rstrip().split("\n")
    in_columns = any(map(COLUMNS.search, lines))
    html = "".join(
        f'<div class="{"row" if in_columns and not _is_source(line) else "sentence"}">{escape(line)}</div>'
        for line in lines
    )
    return "printed", f"<pre>{html}</pre>"


def _is_source(line: str) -> bool:
    """Whether a line under a table is a sentence that says where its figures are from."""
    return len(line) > 80 and not COLUMNS.search(line)
