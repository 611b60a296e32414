"""Build the course as a site: `python -m tools.site FOLDER NOTEBOOK …`.

A page for each lesson, with its explorers alive, a start page, how to run and to teach the lessons, and what
the helpers do, made from their docstrings. Needs npm, for the Python that runs in a browser.
"""

from __future__ import annotations

import gzip
import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.metadata import distribution
from multiprocessing import get_context
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import helpers
from helpers.drawing.png import png_of_svg
from tools.lesson_page import lesson_page, repository
from tools.slides import make_deck
from tools.studies_page import studies_page

ROOT = Path(__file__).parents[1]
SITE = ROOT / "site"
PACKAGE = ROOT / "helpers"
EXAMPLE = "https://github.com/your-name/your-course"
"""The address of a repository in the texts, for which the course's own stands where it is known."""
LESSON = re.compile(r"^\| \d \| \[(.+?)\]\(notebooks/(\w+)\.ipynb\) \| (.+?) \| (\d+) \|$", re.MULTILINE)
"""A lesson's row in the README's table: its name, its file, what one moves and sees, and its minutes."""
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
ROOMS = (
    "arithmetic",
    "wording",
    "drawing",
    "explorers",
    "explorers/numbers",
    "explorers/pictures",
    "explorers/sources",
    "lessons",
)
"""The rooms of the package that a page may need; what they have of NumPy or PyTorch is not loaded there."""


def build(folder: Path, notebooks: Iterable[Path]) -> None:
    """Write the site of these lessons into a folder; ends with a sentence where npm is missing."""
    source = folder.with_name(f"{folder.name}-source")
    for each in (source, folder):
        shutil.rmtree(each, ignore_errors=True)
    (source / "static").mkdir(parents=True)
    files = folder / "files"
    shutil.copy(SITE / "conf.py", source)
    notebooks = tuple(notebooks)
    (source / "index.md").write_text(start(notebooks), encoding="utf-8")
    (source / "running.md").write_text(running(), encoding="utf-8")
    for name in ("explorers.js", "site.css", "icon.svg"):
        shutil.copy(SITE / name, source / "static")
    for name in ("picture.js", "picture.css"):
        shutil.copy(PACKAGE / "explorers" / name, source / "static")
    for name in ("teaching.md", "jupyterhub_config.py"):
        shutil.copy(ROOT / "docs" / name, source)
    (source / "reference.md").write_text(reference(), encoding="utf-8")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:  # each runs a kernel of its own
        made = dict(zip((path.stem for path in notebooks), pool.map(lesson_page, notebooks), strict=True))
    pages = made | {"studies": studies_page(notebooks)}
    for name, page in pages.items():
        (source / f"{name}.md").write_text(page.markdown, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", source, folder], check=True
    )
    files.mkdir()
    for page in pages.values():
        for name, data in page.files.items():
            if name.endswith(".json"):
                (files / f"{name}.gz").write_bytes(gzip.compress(data, mtime=0))
            else:
                (files / name).write_bytes(data)
    (files / "start.png").write_bytes(png_of_svg(helpers.ReductionExplorer().svg, {}))
    (folder / ".nojekyll").touch()  # GitHub would leave out what begins with an underscore
    (folder / "slides").mkdir()
    for path in notebooks:
        shutil.copy(path, files)
        (folder / "slides" / f"{path.stem}.slides.html").write_text(make_deck(path), encoding="utf-8")
    _python(folder / "_static")


def start(notebooks: Sequence[Path]) -> str:
    """The start page, with the README's rows of these lessons as a list: each leads to its page."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = {row[2]: row for row in LESSON.finditer(readme)}
    lessons = []
    for path in notebooks:
        name, file, shows, minutes = rows[path.stem].groups()
        lessons.append(f"- [Lesson {path.stem[0]} · {name}]({file}.md): {shows} *({minutes} minutes)*")
    return (SITE / "index.md").read_text(encoding="utf-8").replace("LESSONS", "\n".join(lessons))


def running() -> str:
    """How to run the notebooks, with the address of the course's repository where it is known."""
    text = (SITE / "running.md").read_text(encoding="utf-8")
    return text.replace(EXAMPLE, repository() or EXAMPLE)


def reference() -> str:
    """A page with all names that a lesson imports, each with its signature and its docstring."""
    parts = ["# The helpers", "What the lessons import from `helpers`, name by name."]
    for name in sorted(helpers.__all__, key=str.casefold):
        found = getattr(helpers, name)
        signature = str(inspect.signature(found)).replace("helpers.", "")
        parts += [f"## {name}", f"```python\n{name}{signature}\n```", _markdown(inspect.getdoc(found) or "")]
    return "\n\n".join(parts) + "\n"


def _markdown(docstring: str) -> str:
    """A docstring's paragraphs, of which those that begin with >>> are what a person types at Python."""
    return "\n\n".join(
        f"```pycon\n{part}\n```" if part.startswith(">>>") else part for part in docstring.split("\n\n")
    )


def _python(static: Path) -> None:
    """Put Python for browsers beside the pages, and the plain part of the course's code."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit(
            "The site needs npm, which brings the Python that runs in a browser; install Node.js 18 or newer."
        )
    # The lock file has the hash of what is installed, and npm compares it.
    subprocess.run([npm, "ci", "--silent", "--ignore-scripts", "--no-audit"], cwd=SITE, check=True)
    (static / "pyodide").mkdir()
    for name in PYODIDE:
        shutil.copy(SITE / "node_modules" / "pyodide" / name, static / "pyodide")
    with ZipFile(static / "helpers.zip", "w", ZIP_DEFLATED) as archive:
        for file in _plain_files():
            # A fixed date: what changes nothing leaves no difference.
            archive.writestr(ZipInfo(file.relative_to(ROOT).as_posix()), file.read_bytes(), ZIP_DEFLATED)
        lazy = Path(import_module("lazy_loader").__file__)
        archive.writestr(ZipInfo("lazy_loader/__init__.py"), lazy.read_bytes(), ZIP_DEFLATED)
        licence = next(each for each in distribution("lazy-loader").files if each.name.startswith("LICENSE"))
        archive.writestr(ZipInfo("lazy_loader/LICENSE"), licence.read_binary(), ZIP_DEFLATED)


def _plain_files() -> list[Path]:
    rooms = [PACKAGE, *(PACKAGE / room for room in ROOMS)]
    return [file for room in rooms for file in sorted(room.glob("*.py*")) if file.is_file()]


def main(folder: str, paths: list[str]) -> None:
    build(Path(folder).resolve(), [Path(path) for path in paths])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
