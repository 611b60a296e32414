"""A page of the site with what every study found: its question, what differed, every training a dot."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence
from html import escape
from pathlib import Path

import nbformat

from helpers.lessons.study import Study, recorded, study
from tools.lesson_page import LessonPage

OPENING = (
    "# What was measured\n\n"
    "The lessons conclude from these trainings and from the papers, not from what trains while you watch. In "
    "each study one thing differs. Every network was trained from several seeds, at the learning rate that "
    "suited it best; that rate was chosen on images of which none is in the test, by one training at each, "
    "and by three where several came close. Each dot is one training."
)


def studies_page(notebooks: Sequence[Path]) -> LessonPage:
    """All recorded studies, those first that the first of these lessons draw on, with links to them."""
    lessons = {path: _studies_of(path) for path in notebooks}
    order = [name for names in lessons.values() for name in names]
    parts, files = [OPENING], {}
    for name in [*dict.fromkeys(order), *(name for name in recorded() if name not in order)]:
        found = study(name)
        data, metadata = found.dots(title="After the last epoch")._repr_mimebundle_()
        about = metadata["image/png"]
        files[f"study-{name}.png"] = b64decode(data["image/png"])
        picture = (
            f'<img src="files/study-{name}.png" alt="{escape(about["alt"])}" '
            f'width="{about["width"]}" height="{about["height"]}" loading="lazy">'
        )
        links = [f"[{path.stem[0]}]({path.stem}.md)" for path, names in lessons.items() if name in names]
        parts += [f"## {found.question}", _told(found, links), f"~~~{{raw}} html\n{picture}\n~~~"]
    return LessonPage("\n\n".join(parts) + "\n", files)


def _told(found: Study, links: Sequence[str]) -> str:
    rates = "; ".join(f"{network}: {rate:g}" for network, rate in found.rates.items())
    lessons = f"\n- **Read more** in lesson {' and '.join(links)}" if links else ""
    return (
        f"- **What differs:** {found.varied}\n- **What doesn't:** {found.fixed}\n"
        f"- **The learning rates:** {rates}{lessons}"
    )


def _studies_of(notebook: Path) -> list[str]:
    """The names of the studies that a lesson draws on, in its order."""
    cells = nbformat.read(notebook, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return list(dict.fromkeys(re.findall(r'\bstudy\("(\w+)"\)', code)))
