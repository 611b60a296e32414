"""Make a deck of slides of each lesson, one file each: `python -m tools.slides FOLDER NOTEBOOK …`.

A deck is made from the stored outputs: nothing runs. Explorers appear as their stored pictures. To show it
takes no network.
"""

from __future__ import annotations

import sys
from importlib.metadata import distribution
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pygments.formatters import HtmlFormatter

from tools.pages import stacks_of

DECK = Path(__file__).with_name("deck")
# Found without importing it: a deck needs this package's copy of reveal.js, not Sphinx.
REVEAL = "sphinx_revealjs/_static/revealjs"


def make_deck(notebook: Path) -> str:
    """The deck of one lesson as a page of HTML with everything in it: scripts, styles and pictures."""
    stacks = stacks_of(nbformat.read(notebook, as_version=4).cells)
    environment = Environment(
        loader=FileSystemLoader(DECK),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("deck.html.j2").render(
        lesson=stacks[0][0].section,
        stacks=stacks,
        styles=[_reveal("dist/reset.css"), _reveal("dist/reveal.css"), _colours(), _own("deck.css")],
        scripts=[_reveal("dist/reveal.js"), _reveal("plugin/notes/notes.js"), _own("deck.js")],
    )


def _reveal(name: str) -> str:
    file = Path(distribution("sphinx-revealjs").locate_file(f"{REVEAL}/{name}"))
    # The line that points to a map of the source would make a browser's debugger look for that file.
    return file.read_text(encoding="utf-8").split("//# sourceMappingURL")[0]


def _own(name: str) -> str:
    return (DECK / name).read_text(encoding="utf-8")


def _colours() -> str:
    return HtmlFormatter(style="default").get_style_defs(".highlight")


def main(folder: str, paths: list[str]) -> None:
    decks = Path(folder)
    decks.mkdir(parents=True, exist_ok=True)
    for path in map(Path, paths):
        deck = decks / f"{path.stem}.slides.html"
        deck.write_text(make_deck(path), encoding="utf-8")
        sys.stdout.write(f"{deck}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
