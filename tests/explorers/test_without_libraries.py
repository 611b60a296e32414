"""A page has plain Python and nothing else: every explorer works there as it does in Jupyter."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import helpers
from helpers.explorers.sources.recording import Recorder
from tests.all_explorers import EXPLORERS, made

ROOT = Path(helpers.__file__).parent
MISSING = ["numpy", "torch", "matplotlib", "PIL", "skimage", "scipy", "ipywidgets", "traitlets", "anywidget"]
PURE = ("arithmetic", "wording", "explorers/numbers", "explorers/pictures")

# Run in a Python of its own. What it is given and what it prints is JSON.
PAGE = """
import importlib, json, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in given["missing"]:
            raise ModuleNotFoundError(f"A page has no {name}.")

given = json.load(sys.stdin)
sys.meta_path.insert(0, Missing())
for module in given["modules"]:
    importlib.import_module(module)
import helpers
from helpers.explorers.sources.recording import Recorded

shown = {}
for name, sources in given["explorers"].items():
    explorer = getattr(helpers, name)(**{each: Recorded(json.loads(text)) for each, text in sources.items()})
    shown[name] = [explorer.numbers.sentence, explorer.svg, explorer.status]
print(json.dumps(shown))
"""


def modules() -> list[str]:
    files = [file for room in PURE for file in sorted((ROOT / room).glob("*.py"))]
    return [".".join(("helpers", *file.relative_to(ROOT).with_suffix("").parts)) for file in files]


def recorded(name: str) -> tuple[dict[str, str], list[str]]:
    """What an explorer's sources answer at its start, and what it then shows."""
    live = made(name)
    sources = {
        each: Recorder(getattr(live, each))
        for each in ("source", "photos")
        if each in inspect.signature(type(live)).parameters
    }
    explorer = type(live)(**sources)
    return {each: recorder.json() for each, recorder in sources.items()}, [
        explorer.numbers.sentence,
        explorer.svg,
        explorer.status,
    ]


@pytest.fixture(scope="module")
def both() -> tuple[dict, dict]:
    """What every explorer shows at its start in Jupyter, and in a page."""
    found = {name: recorded(name) for name in EXPLORERS}
    given = {
        "missing": MISSING,
        "modules": modules(),
        "explorers": {name: sources for name, (sources, _) in found.items()},
    }
    done = subprocess.run(
        [sys.executable, "-c", PAGE], input=json.dumps(given), capture_output=True, text=True, cwd=ROOT.parent
    )
    assert done.returncode == 0, done.stderr
    return {name: shown for name, (_, shown) in found.items()}, json.loads(done.stdout)


def test_there_are_modules_to_try():
    assert "helpers.explorers.numbers.reduction" in modules()
    assert len(modules()) > 20


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_page_shows_what_jupyter_shows(name, both):
    in_jupyter, in_page = both
    assert in_page[name] == in_jupyter[name]
    assert in_page[name][2] == ""
