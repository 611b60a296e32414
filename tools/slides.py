"""Make a reveal.js deck of each lesson: `python -m tools.slides FOLDER NOTEBOOK …`.

A deck is made from the stored outputs: nothing runs. Explorers appear as their stored pictures.
"""

from __future__ import annotations

import sys
from pathlib import Path

from nbconvert.exporters import SlidesExporter

TEMPLATES = Path(__file__).with_name("nbconvert")

# nbconvert would take the live widget, which shows nothing where no kernel runs.
FIRST_CHOICE = ["image/png", "text/markdown", "text/html", "image/svg+xml", "text/plain"]


def make_deck(notebook: Path) -> str:
    """The deck of one lesson as a page of HTML."""
    exporter = SlidesExporter(extra_template_basedirs=[str(TEMPLATES)], template_name="lesson_slides")
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.config.NbConvertBase.display_data_priority = FIRST_CHOICE
    return exporter.from_filename(str(notebook))[0]


def main(folder: str, paths: list[str]) -> None:
    decks = Path(folder)
    decks.mkdir(parents=True, exist_ok=True)
    for path in map(Path, paths):
        deck = decks / f"{path.stem}.slides.html"
        deck.write_text(make_deck(path), encoding="utf-8")
        sys.stdout.write(f"{deck}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
