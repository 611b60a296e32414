"""What only a real page can show: dragging, tips, uploads, a dark theme, and JupyterLab's own thread."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator

import nbformat
import pytest
from PIL import Image

from helpers.explorers.numbers.pixel_mixer import PIXELS
from tests.browser.explorer_view import ExplorerView
from tests.browser.lab import Lab, NotebookView, running_lab
from tests.seen import Seen, number

CELLS = [
    "from helpers import PixelMixer, ReductionExplorer",
    "reducing = ReductionExplorer()\nreducing",
    "mixing = PixelMixer()\nmixing",
]
NOTE_THREADS = """
import threading
threads = []
reducing.view.picture.observe(lambda change: threads.append(threading.current_thread().name), "content")
"""
KEEP_PICTURES = """
seen = {}
reducing.view.picture.observe(lambda change: seen.update({reducing.numbers: change["new"]["svg"]}), "content")
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
spoilt = sum(ReductionExplorer.draw(numbers).svg(numbers.sentence) != svg for numbers, svg in seen.items())
print(len(seen), spoilt)
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


def in_kernel(notebook: NotebookView, expression: str) -> str:
    return notebook.execute(f"print({expression})").strip()


def test_the_page_shows_what_the_kernel_drew(notebook: NotebookView) -> None:
    for explorer, name in zip(notebook.explorers(), ("reducing", "mixing"), strict=True):
        drawn = Seen(in_kernel(notebook, f"{name}.svg"))
        texts = explorer.picture.locator("text").all_text_contents()
        assert texts == drawn.words
        assert explorer.sentence == explorer.name == in_kernel(notebook, name)


def test_two_pictures_share_no_names_of_patterns_and_filters(notebook: NotebookView) -> None:
    names = notebook.page.evaluate(
        "[...document.querySelectorAll('.explorer-picture [id]')].map(each => each.id)"
    )
    assert names
    assert len(set(names)) == len(names)
    for explorer in notebook.explorers():
        assert "ID-" not in explorer.svg
        used = set(
            explorer.picture.evaluate("box => box.innerHTML.match(/url\\(&quot;#[^)]*|url\\(#[^)]*/g)")
        )
        assert {each.partition("#")[2] for each in used} <= set(names)


def test_the_page_takes_a_cells_value_as_it_is_and_sends_nothing_back(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    before = len(notebook.updates())
    for value in ("0.59", "1.86", "0.11"):
        code = f"mixing.red_from_green.value = {value}"
        mixing.after(lambda code=code: notebook.execute(code))
        assert mixing.slider("red from green").value == value
    assert notebook.updates()[before:] == []
    assert in_kernel(notebook, "mixing.red_from_green.value") == "0.11"


def test_callbacks_run_beside_the_cells_thread_and_the_page_shows_what_a_cell_would(
    notebook: NotebookView,
) -> None:
    reducing = notebook.explorers()[0]
    _move_all(reducing, "ArrowRight")
    # JupyterLab's default is a thread for widgets. A control's first message may still reach the cells' one:
    # ipykernel 7.4 takes it to where the control last spoke to the page from, and that was a cell.
    notebook.execute(NOTE_THREADS)
    _move_all(reducing, "ArrowRight")
    threads = in_kernel(notebook, "*threads").split()
    assert len(threads) == len(reducing.sliders())
    assert "MainThread" not in threads
    assert reducing.sentence.startswith("7×7, 144→144: 1,016,064 weights; via 34: ")
    assert reducing.sentence == in_kernel(notebook, "reducing")


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
    _wait_until(lambda: in_kernel(notebook, "reducing.kernel_size.value") == kernel_size.value, "it arrived")
    threads = in_kernel(notebook, "*threads").split()
    first = next(place for place, name in enumerate(threads) if name != "MainThread")
    assert "MainThread" in threads[first:], "the slider had to wait for the cell"
    kept, spoilt = map(int, notebook.execute(SPOILT).split())
    assert kept > 20
    assert spoilt == 0
    _wait_until(lambda: reducing.sentence == in_kernel(notebook, "reducing"), "the last picture is shown")
    assert reducing.status == ""


def _on_page(explorer: ExplorerView, x: float, y: float) -> tuple[float, float]:
    """A place in the picture, in its own pixels, as a place on the page."""
    explorer.picture.scroll_into_view_if_needed()
    box = explorer.picture.locator("svg").bounding_box()
    scale = box["width"] / explorer.declared_size[0]
    return box["x"] + x * scale, box["y"] + y * scale


@pytest.mark.parametrize(("photo", "row", "column"), [(0, 20, 30), (1, 199, 0), (0, 0, 199)])
def test_a_click_on_either_photo_chooses_that_pixel(
    notebook: NotebookView, photo: int, row: int, column: int
) -> None:
    mixing = notebook.explorers()[1]
    image = Seen(in_kernel(notebook, "mixing.svg")).elements("image")[photo]
    side = number(image, "width") / PIXELS
    place = number(image, "x") + (column + 0.5) * side, number(image, "y") + (row + 0.5) * side
    mixing.after(lambda: notebook.page.mouse.click(*_on_page(mixing, *place)))
    assert (mixing.slider("row").value, mixing.slider("column").value) == (str(row), str(column))
    assert mixing.sentence.startswith(f"Pixel ({row}, {column}): ")


def test_a_click_beside_the_photos_changes_nothing(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    before, told = mixing.svg, len(notebook.updates())
    notebook.page.mouse.click(*_on_page(mixing, 10, 40))
    assert len(notebook.updates()) == told
    assert mixing.svg == before


def test_the_dot_on_the_line_follows_the_hand_and_its_tip_says_where_it_is(notebook: NotebookView) -> None:
    reducing, mouse = notebook.explorers()[0], notebook.page.mouse
    notebook.execute("reducing.set(kernel_size=3, in_channels=128, reduced_channels=32, out_channels=128)")
    _wait_until(lambda: "via 32:" in reducing.sentence, "the cell's setting is shown")
    dot = Seen(in_kernel(notebook, "reducing.svg")).tip("32 channels in the middle: ")
    x, y = _on_page(reducing, number(dot, "cx"), number(dot, "cy"))
    mouse.move(x, y)
    assert reducing.tip == "32 channels in the middle: 27.8 % of the weights"
    mouse.down()
    mouse.move(x + 60, y - 40, steps=6)
    mouse.move(x + 500, y, steps=3)  # beyond the axes it stays at their end
    mouse.up()
    _wait_until(lambda: "via 128:" in reducing.sentence, "the dot was dragged to the end")
    assert reducing.slider("middle channels").value == "128"
    mouse.move(x, y)  # the hand has let go
    assert in_kernel(notebook, "reducing.reduced_channels.value") == "128"
    assert reducing.tip == ""


def test_an_image_that_was_decoded_stays_when_the_picture_changes(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    mixing.picture.evaluate(
        "box => { box.querySelectorAll('image').forEach((each, at) => { each.mark = at; }); }"
    )
    mixing.slide(mixing.slider("red bias").handle, "ArrowRight")
    marks = "box => [...box.querySelectorAll('image')].map(each => each.mark)"
    assert mixing.picture.evaluate(marks) == [0, 1]
    mixing.choose(mixing.select("photo"), "chelsea")
    assert mixing.picture.evaluate(marks) == [None, None]
    assert mixing.broken_images == []


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
    sentence = mixing.sentence
    upload("broken.png", b"no picture at all")
    _wait_until(lambda: mixing.status.startswith("Note: "), "the broken file is explained")
    assert mixing.sentence == sentence


def test_what_a_learner_typed_is_shown_as_text_and_nothing_else(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    notebook.execute("mixing.photo.value = '<img src=x onerror=alert(1)>'")
    _wait_until(lambda: "<img src=x" in mixing.status, "the status line quotes it")
    assert mixing.box.locator("img").count() == 0


def test_in_a_narrow_place_the_picture_shrinks_and_a_click_still_hits(notebook: NotebookView) -> None:
    mixing = notebook.explorers()[1]
    mixing.box.evaluate("box => { box.style.width = '420px'; }")
    width, height = mixing.size
    across, down = mixing.declared_size
    assert width < 421 < across
    assert width / height == pytest.approx(across / down, rel=0.02)
    image = Seen(in_kernel(notebook, "mixing.svg")).elements("image")[0]
    side = number(image, "width") / PIXELS
    place = number(image, "x") + 50.5 * side, number(image, "y") + 80.5 * side
    mixing.after(lambda: notebook.page.mouse.click(*_on_page(mixing, *place)))
    assert int(mixing.slider("row").value) == pytest.approx(80, abs=1)
    assert int(mixing.slider("column").value) == pytest.approx(50, abs=1)
    mixing.box.evaluate("box => { box.style.width = ''; }")


def test_in_jupyterlab_s_dark_theme_the_picture_is_a_light_card_and_the_sentence_is_light(
    notebook: NotebookView,
) -> None:
    reducing = notebook.explorers()[0]

    def shade() -> int:
        """How light the sentence's letters are, from 0 to 255."""
        look = "each => getComputedStyle(each).color.match(/[0-9]+/)[0]"
        return int(reducing.box.locator(".explorer-sentence").evaluate(look))

    assert shade() < 100
    dark = "window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    notebook.page.evaluate(dark)
    _wait_until(lambda: shade() > 200, "the sentence takes the theme's colour")
    card = reducing.picture.locator("svg > g > rect").first
    assert card.evaluate("each => getComputedStyle(each).fill") == "rgb(255, 255, 255)"


def test_what_a_restarted_kernel_has_left_harms_nothing_and_runs_again(notebook: NotebookView) -> None:
    # The last test, for it begins the notebook again.
    pictures = [explorer.svg for explorer in notebook.explorers()]
    notebook.restart()
    for explorer in notebook.explorers():
        slider = explorer.sliders()[0]
        slider.handle.focus()
        slider.handle.press(slider.key())
    notebook.page.mouse.click(*_on_page(notebook.explorers()[1], 100, 100))
    assert in_kernel(notebook, "'reducing' in globals()") == "False"
    assert [each.svg for each in notebook.explorers()] == pictures
    notebook.run_all()
    assert notebook.errors() == []
    assert [each.sentence for each in notebook.explorers()] == notebook.left_by_cells()
    reducing = notebook.explorers()[0]
    reducing.slide(reducing.slider("kernel size").handle, "ArrowRight")
    assert reducing.sentence == in_kernel(notebook, "reducing")


def _move_all(explorer: ExplorerView, key: str) -> None:
    for slider in explorer.sliders():
        explorer.slide(slider.handle, key)


def _wait_until(true: Callable[[], bool], what: str) -> None:
    """A slider's messages and a cell's go different ways, so that neither waits for the other."""
    for _ in range(100):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"It did not come true that {what}.")
