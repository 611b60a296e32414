"""How long an explorer takes: in the kernel from control to picture, in JupyterLab from key to paint.

In JupyterLab the floor is what any widget takes: a slider on the same page whose callback only sets a text.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import nbformat

import helpers
from benchmarks.measurement import Goal, Measurement
from helpers.explorers.explorer import Explorer
from tests.browser.explorer_view import PictureBox
from tests.browser.lab import NotebookView, running_lab

ROOT = Path(__file__).parents[1]
MOVES, PRESSES = 200, 25
KERNEL = Goal("kernel: from control to SVG in at most 2 ms where the numbers are arithmetic", 1)
FLOOR = Goal("JupyterLab: from key to paint in at most 1.3 times a bare slider, every explorer", 1.3)
PYPLOT = Goal("JupyterLab: from key to paint in at most 1/6 of interact and pyplot, three explorers", 1 / 6)
BARE = "bare slider"
TWINS = {
    "ReductionExplorer": "baselines.interact_reduction()",
    "PixelMixer": "baselines.interact_mixer()",
    "FeatureMapExplorer": (
        "baselines.interact_maps({layer: maps.numpy() for layer, maps in "
        "helpers.feature_maps(network, helpers.photo('chelsea'), [layer]).items()}, layer, "
        "helpers.photo('chelsea'))"
    ),
}
"""The three that have a twin made with `interact` and pyplot, and what makes it."""

SET_UP = f"""%matplotlib inline
import sys
sys.path.insert(0, {str(ROOT)!r})
import ipywidgets as widgets
import helpers
from IPython.display import display
from benchmarks import baselines
network = helpers.build("efficientnet_lite0", weights="imagenet")
layer = "blocks.4.expand.conv"
"""
SHOW = """display(helpers.{name}())
slider, text = widgets.IntSlider(50), widgets.HTML("50")
slider.observe(lambda change: setattr(text, "value", str(change["new"])), "value")
display(widgets.VBox([slider, text]))
"""


def explorers() -> list[str]:
    """The course's explorers, by name."""
    found = {name: getattr(helpers, name) for name in helpers.__all__}
    return [name for name, each in found.items() if inspect.isclass(each) and issubclass(each, Explorer)]


def measure() -> list[Measurement]:
    """Every explorer in the kernel and in JupyterLab, and three of them beside interact and pyplot."""
    return [*_in_kernel(), *_in_browser()]


def _in_kernel() -> Iterator[Measurement]:
    for name in explorers():
        explorer = getattr(helpers, name)()
        times = []
        for control in explorer.controls.values():
            values = control.examples()
            for turn in range(MOVES // len(explorer.controls) if len(values) > 1 else 0):
                value = values[turn % len(values)]
                if value == control.value:
                    continue
                start = perf_counter()
                control.value = value
                times.append(1000 * (perf_counter() - start))
        arithmetic = explorer.photos is None and not hasattr(explorer, "source")
        yield Measurement(f"kernel: {name}", "two milliseconds", times, [2], KERNEL if arithmetic else None)


def _in_browser() -> Iterator[Measurement]:
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{name}.ipynb" for name in explorers()]
        for file in files:
            nbformat.write(_page(file.stem), file)
        with running_lab(*files) as lab:
            for file in files:
                with lab.open(file.name) as view:
                    yield from _on_page(view, file.stem)


def _page(name: str) -> nbformat.NotebookNode:
    v4 = nbformat.v4
    code = [SET_UP, SHOW.format(name=name), f"{TWINS[name]};" if name in TWINS else ""]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(each) for each in code if each])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def _on_page(view: NotebookView, name: str) -> Iterator[Measurement]:
    """The explorer's first control that moves, a key at a time, in turn with the bare slider's."""
    view.run_all()
    if view.errors():
        raise RuntimeError("; ".join(view.errors()))
    [explorer] = view.explorers()
    bare = PictureBox(
        view.page, view.page.locator(".widget-vbox:not(:has(.explorer)):has(> .widget-html)"), ".widget-html"
    )
    boxes = {"ours": explorer, "bare": bare}
    if name in TWINS:
        [boxes["pyplot"]] = view.interactive_plots()
    times: dict[str, list[float]] = {each: [] for each in boxes}
    for turn in range(PRESSES + 2):
        for each, box in boxes.items():
            took = _press(box, turn)
            if turn > 1:  # the first ones warm up
                times[each].append(took)
    yield Measurement(f"JupyterLab: {name}", BARE, times["ours"], times["bare"], FLOOR)
    if name in TWINS:
        yield Measurement(f"JupyterLab: {name}", "interact + pyplot", times["ours"], times["pyplot"], PYPLOT)


def _press(box: PictureBox, turn: int) -> float:
    """A step of the first slider that can move; where there is none, another entry of a list."""
    sliders = [slider for slider in box.sliders() if slider.can_move]
    if sliders:
        return box.slide(sliders[0].handle, sliders[0].key())
    select = box.selects()[0]
    options = select.evaluate("select => [...select.options].map(option => option.value)")
    return box.choose(select, options[turn % 2])
