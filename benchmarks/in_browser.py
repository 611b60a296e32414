"""In real JupyterLab: from a key press on a slider to the decoded new picture, ours and theirs in turn."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from benchmarks.explorers import BASELINE, ROOT
from benchmarks.measurement import Goal, Measurement
from tests.browser.lab import running_lab

ROUNDS = 12
SHOWN = Goal("browser: key press to picture in at most 1/3 of interact's time", 1 / 3)
CELLS = (
    f"%matplotlib inline\nimport sys\nsys.path.insert(0, {str(ROOT)!r})",
    "from benchmarks.explorers import pairs\ncompared = list(pairs())",
)
# For each pair: its name, its control, and which explorer and which interact on the page it belongs to.
WHICH = """
import json
explorers = list({id(pair.explorer): None for pair in compared})
print(json.dumps([(pair.name, pair.control, explorers.index(id(pair.explorer))) for pair in compared]))
"""


def measure() -> list[Measurement]:
    """Every explorer and its baseline on one page, moved by keyboard."""
    v4 = nbformat.v4
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code) for code in CELLS])
    notebook.metadata["kernelspec"] = kernel
    with TemporaryDirectory() as folder:
        file = Path(folder) / "benchmark.ipynb"
        nbformat.write(notebook, file)
        with running_lab(file) as lab, lab.open(file.name) as view:
            view.run_all()
            if view.errors():
                raise RuntimeError("; ".join(view.errors()))
            sliders = []
            for name, control, place in json.loads(view.execute(WHICH)):
                ours, theirs = view.explorers()[place], view.interactive_plots()[place]
                theirs.picture.wait_for()
                both = ((ours, ours.slider(control.replace("_", " "))), (theirs, theirs.slider(control)))
                sliders.append((name, both))
            times: dict[str, list[list[float]]] = {name: [] for name, _ in sliders}
            for turn in range(ROUNDS + 1):
                for name, both in sliders:
                    pair = [box.slide(slider.handle, slider.key()) for box, slider in both]
                    if turn:  # the first time warms up both
                        times[name].append(pair)
    return [
        Measurement(f"browser, picture: {name}", BASELINE, *zip(*pairs, strict=True), goal=SHOWN)
        for name, pairs in times.items()
    ]
