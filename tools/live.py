"""The explorers of a lesson as they stand after their cells: for a page, where they are to move."""

from __future__ import annotations

import inspect
import io
import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image, UnidentifiedImageError

from helpers.explorers.controls import Upload
from helpers.explorers.explorer import Explorer
from helpers.explorers.sources.plain_photos import PlainPhotos
from helpers.explorers.sources.recording import Recorder
from tools.cells import needed

WIDGET = "application/vnd.jupyter.widget-view+json"


ROOT = Path(__file__).parents[1]
TELL = "from tools.live import told; print(told(_))"
"""What the kernel runs behind a cell: `_` is what the cell showed."""
PHOTOS = 3
"""Photos of a page's own, at most, the one that is shown among them."""


@dataclass(frozen=True)
class Live:
    """An explorer that a cell shows: its class and what its controls are set to there.

    `recordings` are what its sources answered, as JSON, by the parameter of the class that takes them;
    `tour` are the settings that they are for, none where they serve all.
    """

    kind: type[Explorer]
    settings: dict[str, Any]
    recordings: dict[str, str]
    tour: list[dict[str, Any]]


def explorers_of(notebook: Path) -> dict[int, Live]:
    """The explorers that a lesson's cells show, by the place of the cell among all cells.

    Runs those cells, and the cells that these need, in a kernel.
    """
    cells = nbformat.read(notebook, as_version=4).cells
    places = [place for place, cell in enumerate(cells) if cell.cell_type == "code"]
    sources = [cells[place].source for place in places]
    shows = [number for number, place in enumerate(places) if _shows_explorer(cells[place])]
    wanted = sorted({each for number in shows for each in needed(sources, number)})
    running = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in (*sources, TELL)]
    )
    client = NotebookClient(running, timeout=300, resources={"metadata": {"path": str(ROOT)}})
    found = {}
    with client.setup_kernel():
        for number in wanted:
            client.execute_cell(running.cells[number], number)
            if number in shows:
                told = client.execute_cell(running.cells[-1], len(sources))
                found[places[number]] = _read("".join(output.text for output in told.outputs))
    return found


def recorded(shown: Explorer) -> Live:
    """What a page needs of an explorer: its settings, and what its sources answer to these and on its tour.

    Where photos are all that it needs, their pixels are kept, of which a page makes the rest.
    """
    settings = settings_of(shown)
    asked = [each for each in inspect.signature(type(shown)).parameters if each in ("source", "photos")]
    sources = {parameter: Recorder(getattr(shown, parameter), as_webp) for parameter in asked}
    asking = type(shown)(**({"photos": PlainPhotos(sources["photos"])} if asked == ["photos"] else sources))
    asking.set(**settings)
    tour = [settings_of(asking)] if sources else []
    for step in asking.tour():
        asking.set(**step)
        tour.append(settings_of(asking))
    if asked == ["photos"]:  # all but the photo itself is computed in the page
        others = [name for name in asking.photos.names() if name != settings["photo"]]
        tour = [{"photo": name} for name in (settings["photo"], *others[: PHOTOS - 1])]
        for step in tour:
            asking.set(**step)
    return Live(
        type(shown),
        settings,
        {name: source.json() for name, source in sources.items()},
        [] if type(shown).tour_is_all else tour,
    )


def as_webp(data: bytes) -> bytes:
    """An image as WebP, which is smaller; what is not an image stays as it is."""
    try:
        image = Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        return data
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "WEBP", lossless=image.mode == "P", quality=82, method=2)
    return buffer.getvalue()


def settings_of(explorer: Explorer) -> dict[str, Any]:
    """The values of the controls, but for a learner's own picture."""
    controls = explorer.controls.items()
    return {name: control.value for name, control in controls if not isinstance(control, Upload)}


def told(shown: Explorer) -> str:
    """What `recorded` finds, as a line of JSON for another process."""
    live = recorded(shown)
    return json.dumps([live.kind.__module__, live.kind.__name__, live.settings, live.recordings, live.tour])


def _read(line: str) -> Live:
    module, name, *rest = json.loads(line)
    return Live(getattr(import_module(module), name), *rest)


def _shows_explorer(cell: nbformat.NotebookNode) -> bool:
    return any({WIDGET, "image/png"} <= set(output.get("data", {})) for output in cell.outputs)
