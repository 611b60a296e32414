"""What only a real page can show: clicks, uploads, and callbacks on JupyterLab's own thread."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

import nbformat
import pytest
from PIL import Image

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.pixel_mixer import LEFT, PIXELS, RIGHT, SHOWN, TOP
from tests.browser.explorer_view import ExplorerView
from tests.browser.lab import VIEWPORT, Lab, NotebookView, running_lab

CELLS = [
    "from helpers.explorers.pixel_mixer import PixelMixer\n"
    "from helpers.explorers.reduction import ReductionExplorer",
    "reducing = ReductionExplorer()\nreducing",
    "mixing = PixelMixer()\nmixing",
]
# The picture in the page and the picture in the kernel, as numbers that agree where their bytes agree.
IN_PAGE = """async image => {
    const bytes = await (await fetch(image.src)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest].map(byte => byte.toString(16).padStart(2, "0")).join("");
}"""
IN_KERNEL = "import hashlib; print(hashlib.sha256({}.picture.data).hexdigest())"
AS_NEW = """
import hashlib
fresh = ReductionExplorer()
fresh.picture.dense = reducing.picture.dense
fresh.set(**{name: control.value for name, control in reducing.controls.items()})
print(hashlib.sha256(fresh.picture.data).hexdigest())
"""
NOTE_THREADS = """
import threading
threads = []
reducing.picture.observe(lambda change: threads.append(threading.current_thread().name), "data")
"""

KEEP_PICTURES = """
seen = {}
reducing.picture.observe(lambda change: seen.update({reducing.numbers: change["new"]}), "data")
"""
# Three seconds, or more on a busy machine: until the slider was answered between two of the cell's pictures.
BUSY = """
import time
from itertools import pairwise
begin, turns = time.monotonic(), 0
while (spent := time.monotonic() - begin) < 3 or spent < 60 and (len(seen) < 30 or turns < 2):
    turns = sum(one != other for one, other in pairwise(threads))
    for channels in range(64, 264, 8):
        reducing.in_channels.value = channels
"""
# How many pictures were kept, and how many are not what one thread alone makes of the same numbers.
SPOILT = """
from dataclasses import asdict
alone = ReductionExplorer(image_size=reducing.image_size.value)
alone.picture.dense = reducing.picture.dense
def right(numbers, data):
    settings = {name: value for name, value in asdict(numbers).items() if name in alone.controls}
    alone.set(**settings)
    return alone.picture.data == data
print(len(seen), sum(not right(*each) for each in list(seen.items())))
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    v4 = nbformat.v4
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(
        cells=[v4.new_code_cell(code) for code in CELLS], metadata={"kernelspec": kernel}
    )
    file = tmp_path_factory.mktemp("lab") / "live.ipynb"
    nbformat.write(notebook, file)
    with running_lab(file) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(lab: Lab) -> Iterator[NotebookView]:
    with lab.open("live.ipynb") as view:
        view.run_all()
        yield view


@pytest.fixture(autouse=True)
def _clean_console(lab: Lab, notebook: NotebookView) -> Iterator[None]:
    yield
    sys.stderr.write(lab.about(notebook))  # pytest shows it where the test has failed
    assert notebook.console == []


def test_the_page_takes_a_cells_value_as_it_is_and_sends_nothing_back(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    before = len(notebook.updates())
    for value in ("0.59", "1.86", "0.11"):
        code = f"mixing.red_from_green.value = {value}"
        mixing.after(lambda code=code: notebook.execute(code))
        assert mixing.slider("red from green").value == value
    assert notebook.updates()[before:] == []
    assert notebook.execute("print(mixing.red_from_green.value)").strip() == "0.11"


def test_callbacks_run_beside_the_cells_thread_and_the_page_shows_what_a_cell_would(
    notebook: NotebookView,
) -> None:
    reducing = notebook.explorers()[0]
    _move_all(reducing, "ArrowRight")
    # JupyterLab's default is a thread for widgets. A control's first message may still reach the cells' one:
    # ipykernel 7.4 takes it to where the control last spoke to the page from, and that was a cell.
    notebook.execute(NOTE_THREADS)
    _move_all(reducing, "ArrowRight")
    threads = notebook.execute("print(*threads)").split()
    assert len(threads) == len(reducing.sliders())
    assert "MainThread" not in threads
    assert reducing.sentence.startswith("7×7, 144→144: 1,016,064 weights; via 34: ")
    in_page = reducing.picture.evaluate(IN_PAGE)
    assert in_page == notebook.execute(IN_KERNEL.format("reducing")).strip()
    assert in_page == notebook.execute(AS_NEW).strip()


def test_a_slider_answers_while_a_cell_draws_and_neither_spoils_the_picture(notebook: NotebookView) -> None:
    reducing = notebook.explorers()[0]
    kernel_size = reducing.slider("kernel size")
    reducing.slide(kernel_size.handle, "ArrowLeft")  # from now on it answers beside the cells' thread
    notebook.execute(NOTE_THREADS + KEEP_PICTURES)
    busy = notebook.start(BUSY)
    for key in ("Home", *["ArrowRight"] * 4, *["ArrowLeft"] * 3):
        reducing.slide(kernel_size.handle, key)
        time.sleep(0.1)
    busy()
    _wait_for_kernel(notebook, "reducing.kernel_size.value", kernel_size.value)
    threads = notebook.execute("print(*threads)").split()
    first = next(place for place, name in enumerate(threads) if name != "MainThread")
    assert "MainThread" in threads[first:], "the slider had to wait for the cell"
    kept, spoilt = map(int, notebook.execute(SPOILT).split())
    assert kept > 20
    assert spoilt == 0
    _wait_for_page(notebook, reducing, "reducing")
    assert reducing.picture.evaluate(IN_PAGE) == notebook.execute(AS_NEW).strip()
    assert reducing.status == ""


@pytest.mark.parametrize(("left", "row", "column"), [(LEFT, 20, 30), (RIGHT, 199, 0), (LEFT, 0, 199)])
def test_a_click_on_the_photo_chooses_that_pixel(
    notebook: NotebookView, left: int, row: int, column: int
) -> None:
    mixing = notebook.explorers()[1]
    mixing.picture.scroll_into_view_if_needed()
    box, side = mixing.picture.bounding_box(), SHOWN / PIXELS
    # A mouse reports whole CSS pixels: the first one that lies within the photo's pixel.
    x, y = ceil(box["x"] + left + column * side), ceil(box["y"] + TOP + row * side)
    mixing.after(lambda: notebook.page.mouse.click(x, y))
    assert (mixing.slider("row").value, mixing.slider("column").value) == (str(row), str(column))
    assert mixing.sentence.startswith(f"Pixel ({row}, {column}): ")


def test_a_click_beside_the_photos_changes_nothing(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    before = mixing.picture.get_attribute("src")
    mixing.picture.click(position={"x": LEFT / 2, "y": TOP + 10})
    _wait_for_kernel(notebook, "mixing.picture.clicked[0] < 0.1", "True")
    assert mixing.picture.get_attribute("src") == before


def test_an_uploaded_picture_is_shown_and_a_broken_file_is_explained(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (255, 0, 51)).save(buffer, "PNG")
    button = mixing.box.get_by_role("button", name="your own picture")

    def upload(name: str, content: bytes) -> None:
        with notebook.page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": content})

    mixing.after(lambda: upload("mine.png", buffer.getvalue()))
    assert "red, green, blue 1.00, 0.00, 0.20 become" in mixing.sentence
    shown = mixing.picture.get_attribute("src")
    upload("broken.png", b"no picture at all")
    mixing.box.locator("[role=status]").wait_for()
    assert mixing.status.startswith("Note: ")
    assert mixing.picture.get_attribute("src") == shown


def test_a_screen_gets_as_many_pixels_as_it_has_and_at_once_where_it_has_more(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    bias = mixing.slider("red bias")
    mixing.slide(bias.handle, "ArrowRight")
    assert mixing.decoded_size == mixing.declared_size
    twice = tuple(DENSITY * side for side in mixing.declared_size)
    with _zoomed(notebook) as zoom:
        mixing.after(zoom)
        assert (mixing.size, mixing.decoded_size) == (mixing.declared_size, twice)
    mixing.slide(bias.handle, "ArrowRight")
    assert mixing.decoded_size == twice


def test_on_a_display_of_half_the_height_every_slider_still_moves_the_picture(notebook: NotebookView) -> None:
    notebook.page.set_viewport_size({**VIEWPORT, "height": VIEWPORT["height"] // 2})
    for explorer in notebook.explorers():
        for slider in filter(lambda each: each.can_move, explorer.sliders()):
            explorer.slide(slider.handle, slider.key())
            assert explorer.size == explorer.declared_size
        assert explorer.cut_off() == []
        assert explorer.status == ""
    notebook.page.set_viewport_size(VIEWPORT)


def test_what_a_restarted_kernel_has_left_harms_nothing_and_runs_again(notebook: NotebookView) -> None:
    # The last test, for it begins the notebook again.
    pictures = [explorer.picture.get_attribute("src") for explorer in notebook.explorers()]
    notebook.restart()
    for explorer in notebook.explorers():
        slider = explorer.sliders()[0]
        slider.handle.focus()
        slider.handle.press(slider.key())
    with _zoomed(notebook) as zoom:
        zoom()  # there is no kernel to tell; the console stays clean
        assert notebook.execute("print('reducing' in globals())").strip() == "False"
    assert [each.picture.get_attribute("src") for each in notebook.explorers()] == pictures
    notebook.run_all()
    assert notebook.errors() == []
    assert [each.sentence for each in notebook.explorers()] == notebook.left_by_cells()
    reducing = notebook.explorers()[0]
    reducing.slide(reducing.slider("kernel size").handle, "ArrowRight")
    assert reducing.picture.evaluate(IN_PAGE) == notebook.execute(IN_KERNEL.format("reducing")).strip()


@contextmanager
def _zoomed(notebook: NotebookView) -> Iterator[Callable[[], object]]:
    """What zooms the page to twice its size: half as many CSS pixels, of two by two each; then undone."""
    screen = notebook.page.context.new_cdp_session(notebook.page)
    halved = {name: side // 2 for name, side in VIEWPORT.items()}
    dense = {**halved, "deviceScaleFactor": 2, "mobile": False}
    yield lambda: screen.send("Emulation.setDeviceMetricsOverride", dense)
    screen.send("Emulation.clearDeviceMetricsOverride")


def _move_all(explorer: ExplorerView, key: str) -> None:
    for slider in explorer.sliders():
        explorer.slide(slider.handle, key)


def _wait_for_kernel(notebook: NotebookView, expression: str, value: str) -> None:
    _wait_until(lambda: notebook.execute(f"print({expression})").strip() == value, f"{expression} is {value}")


def _wait_for_page(notebook: NotebookView, explorer: ExplorerView, name: str) -> None:
    kept = IN_KERNEL.format(name)
    _wait_until(
        lambda: explorer.picture.evaluate(IN_PAGE) == notebook.execute(kept).strip(),
        "the page shows the kernel's last picture",
    )


def _wait_until(true: Callable[[], bool], what: str) -> None:
    """A slider's messages and a cell's go different ways, so that neither waits for the other."""
    for _ in range(100):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"It did not come true that {what}.")
