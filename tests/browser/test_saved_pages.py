"""Each lesson as a saved page, without a kernel or a network: every explorer is there as a picture."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import sync_playwright

from tests.browser.lab import AS_ROOT, CHROMIUM, VIEW

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
# What a reader sees, and whose bytes it is.
SEEN = """() => [...document.querySelectorAll(".jp-OutputArea-output img")]
    .filter(image => image.checkVisibility() && image.complete && image.naturalWidth > 100)
    .map(image => [image.src.split(",")[1], image.clientWidth])"""


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_saved_page_shows_a_picture_for_every_explorer(notebook: Path, tmp_path: Path) -> None:
    page = tmp_path / "lesson.html"
    page.write_text(HTMLExporter().from_filename(notebook)[0], encoding="utf-8")  # nbconvert's own settings
    outputs = [
        output
        for cell in nbformat.read(notebook, as_version=4).cells
        for output in cell.get("outputs", [])
        if VIEW in output.get("data", {}) and "image/png" in output.data
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=not AS_ROOT)
        view = browser.new_page()
        view.route("http*://**", lambda route: route.abort())
        view.goto(page.as_uri())
        seen = dict(view.evaluate(SEEN))
        browser.close()
    assert outputs
    for output in outputs:
        assert seen["".join(output.data["image/png"].split())] == output.metadata["image/png"]["width"]
