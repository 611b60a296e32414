"""In real JupyterLab: from a key press or a choice to the decoded new picture, ours and theirs in turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from benchmarks.explorers import BASELINE, ROOT, ROUNDS
from benchmarks.measurement import Goal, Measurement
from benchmarks.pairs import PAGES
from tests.browser.explorer_view import PictureBox
from tests.browser.lab import NotebookView, running_lab

SHOWN = Goal("browser: from key press to picture in at most 1/3 of interact's time, every explorer", 1 / 3)
SET_UP = f"%matplotlib inline\nimport sys\nsys.path.insert(0, {str(ROOT)!r})"
SHOW = "from benchmarks.pairs import pairs\ncompared = list(pairs({page!r}))"
# For each pair: its name, which explorer and which interact on the page it belongs to, the labels of both
# controls, and what is chosen from where they are lists.
WHICH = """
import json
explorers = list({id(pair.explorer): None for pair in compared})
print(json.dumps([
    (
        pair.name,
        explorers.index(id(pair.explorer)),
        pair.ours.description,
        pair.theirs.description,
        list(pair.values) if hasattr(pair.ours, "options") else [],
    )
    for pair in compared
]))
"""

Move = Callable[[int], float]
"""Moves a control, given which turn it is; milliseconds until the new picture is decoded."""


def _notebook(page: str) -> nbformat.NotebookNode:
    v4 = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code) for code in (SET_UP, SHOW.format(page=page))])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def _mover(box: PictureBox, label: str, options: Sequence[str]) -> Move:
    if options:
        select = box.select(label)
        return lambda turn: box.choose(select, options[turn % len(options)])
    slider = box.slider(label)
    return lambda turn: box.slide(slider.handle, slider.key())


def _time(view: NotebookView) -> dict[str, list[list[float]]]:
    """For each pair of an open page, milliseconds of ours and of theirs."""
    view.run_all()
    if view.errors():
        raise RuntimeError("; ".join(view.errors()))
    times: dict[str, list[list[float]]] = {}
    for name, place, our_label, their_label, options in json.loads(view.execute(WHICH)):
        ours, theirs = view.explorers()[place], view.interactive_plots()[place]
        theirs.picture.wait_for()
        moves = [_mover(ours, our_label, options), _mover(theirs, their_label, options)]
        rounds = [[move(turn) for move in moves] for turn in range(ROUNDS + 1)]
        times[name] = rounds[1:]  # the first warms up both
    return times


def measure() -> list[Measurement]:
    """Every explorer and its baseline, a page for each lesson or a few, moved by keyboard."""
    times: dict[str, list[list[float]]] = {}
    with TemporaryDirectory() as folder:
        files = {page: Path(folder) / f"{page}.ipynb" for page in PAGES}
        for page, file in files.items():
            nbformat.write(_notebook(page), file)
        with running_lab(*files.values()) as lab:
            for file in files.values():
                with lab.open(file.name) as view:
                    times |= _time(view)
    return [
        Measurement(f"browser, picture: {name}", BASELINE, *zip(*pairs, strict=True), goal=SHOWN)
        for name, pairs in times.items()
    ]
