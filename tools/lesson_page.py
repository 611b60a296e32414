"""A lesson as a page of the site: its text, its code, its stored outputs, and its explorers alive."""

from __future__ import annotations

import json
import re
import tomllib
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.lessons.checking import LESSONS, built
from tools.live import WIDGET, Live, explorers_of
from tools.markup import to_html

ROOT = Path(__file__).parents[1]
FURTHER = "## Going further"


@dataclass(frozen=True)
class LessonPage:
    """The page as MyST Markdown, and the files that it loads by name: pictures, and explorers' recordings."""

    markdown: str
    files: dict[str, bytes]


def lesson_page(notebook: Path) -> LessonPage:
    """Make the page of a lesson; runs the cells that show explorers, and those that these need."""
    cells = nbformat.read(notebook, as_version=4).cells
    found = explorers_of(notebook)
    files = _merged(found.values(), notebook.stem)
    parts, counts, further = [], Counter[str](), False
    for place, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            parts += _folded(cell.source) if further else [cell.source]
            if cell.source.startswith(FURTHER):
                further = True
                parts.append(_raw("<details hidden>"))  # what the first piece closes
            continue
        pictures = {}
        for number, output in enumerate(cell.outputs):
            if "image/png" in output.get("data", {}):
                name = f"{notebook.stem}-{place}-{number}.png"
                files[name] = b64decode(output.data["image/png"])
                pictures[number] = _picture(output.metadata["image/png"], name)
        shown = [_output(output, pictures.get(number)) for number, output in enumerate(cell.outputs)]
        if live := found.get(place):
            kind = live.kind.__name__
            counts[kind] += 1
            file = f"{notebook.stem}-{kind}.json" if live.recordings else ""
            [picture] = pictures.values()
            shown = [_explorer(live, f"{kind}-{counts[kind]}", file, picture)]
        if question := _question(cell):
            shown = [question]
        elif cell.metadata.get("jupyter", {}).get("outputs_hidden") and shown:
            # What answers a question of the text is folded here, as it is in the notebook until it is run.
            shown = [
                '<details class="answer"><summary>Show what comes out</summary>',
                *shown,
                "</details>",
            ]
        parts += [_code(cell), *map(_raw, shown)]
    parts += [_raw("</details>")] * further
    parts[0] = parts[0].replace("\n", f"\n\n{_raw(_ways(notebook))}\n", 1)
    return LessonPage("\n\n".join(parts) + "\n", files)


def _folded(source: str) -> list[str]:
    """The text of a cell of *Going further*; each piece, from its heading to the next, is folded."""
    heading, _, rest = source.partition("\n")
    if not heading.startswith("### "):
        return [source]
    title = escape(heading.removeprefix("### "))
    return [_raw(f'</details><details class="further"><summary>{title}</summary>'), rest]


def repository() -> str:
    """The address of the course's repository as `pyproject.toml` has it, "" where it has none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository", "").rstrip("/")


def _ways(notebook: Path) -> str:
    """Links to the same lesson as slides and as a notebook, and to where it runs, if that is known."""
    links = {
        "Slides": f"slides/{notebook.stem}.slides.html",
        "Download the notebook": f"files/{notebook.name}",
    }
    if address := repository():
        name = address.removeprefix("https://github.com/")
        links["Run on Binder"] = f"https://mybinder.org/v2/gh/{name}/HEAD?labpath=notebooks/{notebook.name}"
        links["Run in Colab"] = (
            f"https://colab.research.google.com/github/{name}/blob/main/notebooks/{notebook.name}"
        )
    return '<p class="ways">' + " ".join(f'<a href="{to}">{text}</a>' for text, to in links.items()) + "</p>"


def _merged(lives: Iterable[Live], lesson: str) -> dict[str, bytes]:
    """One file for all explorers of a class: they ask the same sources."""
    files: dict[str, dict[str, Any]] = {}
    for live in lives:
        if live.recordings:
            file = files.setdefault(f"{lesson}-{live.kind.__name__}.json", {"sources": {}, "tour": []})
            for parameter, text in live.recordings.items():
                file["sources"].setdefault(parameter, {}).update(json.loads(text))
            file["tour"] += [setting for setting in live.tour if setting not in file["tour"]]
    return {name: json.dumps(file, separators=(",", ":")).encode() for name, file in files.items()}


def _code(cell: NotebookNode) -> str:
    """The code of a cell; what is folded has the comment it begins with as its title."""
    block = f"```{{code-block}} python\n{cell.source}\n```"
    if not cell.metadata.get("jupyter", {}).get("source_hidden"):
        return block
    first = cell.source.partition("\n")[0]
    title = first.removeprefix("# ") if first.startswith("# ") else "Show the code"
    return "\n\n".join(
        (
            _raw(f'<details class="solution"><summary>{escape(title)}</summary>'),
            block,
            _raw("</details>"),
        )
    )


def _question(cell: NotebookNode) -> str:
    """What a page asks in place of a cell's output: a guess, its answer, an exercise; "" for other cells."""
    said = "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
    if asked := re.match(r"(\w+) = predict\(", cell.source):
        return (
            f'<form class="guess" data-name="{asked[1]}"><label>{escape(said)} '
            '<input inputmode="decimal" autocomplete="off" placeholder="a number"></label></form>'
        )
    if (asked := re.search(r"(\w+)\.reveal\(", cell.source)) and (
        answer := re.search(r"The answer is ([\d,.]*\d) ?([^.]*)\.", said)
    ):
        number, unit = answer[1].replace(",", ""), escape(answer[2])
        return (
            f'<form class="reveal" data-name="{asked[1]}" data-answer="{number}" data-unit="{unit}">'
            '<button>Show the answer</button> <output role="status"></output></form>'
        )
    asked = re.search(r'^check\("([\d.]+)", ', cell.source, re.MULTILINE)
    if not asked or "solution" in cell.metadata.get("tags", []):
        return ""
    if isinstance(import_module(LESSONS[asked[1][0]]).EXERCISES[asked[1]].test, built):
        return '<p class="note">This one takes code of yours: run the lesson as a notebook to answer it.</p>'
    return (
        f'<form class="exercise" data-name="{asked[1]}"><label>Your answer to {asked[1]} '
        '<input autocomplete="off"></label> <button>Check</button> <output role="status"></output></form>'
    )


def _output(output: NotebookNode, picture: str | None) -> str:
    """What a cell has put out, as HTML."""
    if picture:
        return f"<figure>{picture}</figure>"
    if output.output_type == "stream":
        return _printed(output.text)
    if source := output.data.get("text/markdown"):
        return to_html(source)
    text = output.data["text/plain"]
    return f'<p class="question">{escape(text)}</p>' if WIDGET in output.data else _printed(text)


def _printed(text: str) -> str:
    return f'<pre class="printed" tabindex="0">{escape(text)}</pre>'


def _picture(about: Mapping[str, Any], name: str) -> str:
    size = f'width="{about["width"]}" height="{about["height"]}"'
    return f'<img alt="{escape(about["alt"])}" {size} loading="lazy" src="files/{name}">'


def _explorer(live: Live, name: str, recordings: str, picture: str) -> str:
    """Its stored picture until it is alive; `site/explorers.js` does the rest."""
    settings = escape(json.dumps(live.settings, ensure_ascii=False))
    return (
        f'<figure class="explorer" id="{name}" data-module="{live.kind.__module__}"'
        f' data-explorer="{live.kind.__name__}" data-settings="{settings}" data-recordings="{recordings}">'
        f"{picture}</figure>"
    )


def _raw(html: str) -> str:
    """HTML that Sphinx leaves alone; its fence is longer than any in it."""
    return f"~~~~{{raw}} html\n{html}\n~~~~"
