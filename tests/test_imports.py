"""The package loads quickly, imports run one way, and each kind of library stays where it belongs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import helpers

ROOT = Path(helpers.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# From the bottom up; a module may import from its own layer and from those below. What is not named is in
# the second: networks and what is read off them.
NAMED = {
    "arithmetic": 0,
    "names": 0,
    "style": 2,
    "picture": 2,
    "controls": 2,
    "live": 2,
    "live_figure": 2,
    "pixels": 2,
    "figures": 2,
    "bar_panels": 2,
    "curves": 2,
    "towers": 2,
    "photo_figures": 2,
    "exercises": 2,
    "explorers": 3,
}
DRAWS = {"style", "bar_panels", "figures", "curves", "towers", "photo_figures", "live_figure", "explorers"}
HAS_WIDGETS = {"controls", "picture", "live", "explorers", "exercises"}


def layer(part: str) -> int:
    return NAMED.get(part, 1)


def part_of(path: Path) -> str:
    """The module or folder right below `helpers` that a file belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> list[str]:
    """Every module that a file imports, at its top or inside a function, by its full name."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def users_of(*libraries: str) -> set[str]:
    """The parts of the package that import one of these libraries."""
    return {part_of(path) for path in FILES for name in imported(path) if name.split(".")[0] in libraries}


def test_imports_run_one_way():
    assert len(FILES) > 20
    for path in FILES:
        here = part_of(path)
        if here == "__init__":
            continue
        for name in imported(path):
            if name.startswith("helpers."):
                there = name.split(".")[1]
                assert layer(there) <= layer(here), f"{path.relative_to(ROOT)} imports {name}"


def test_the_arithmetic_needs_the_standard_library_alone():
    for path in (ROOT / "arithmetic").glob("*.py"):
        for name in imported(path):
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names or name.startswith("helpers.arithmetic"), (
                f"{path.name}: {name}"
            )


def test_only_what_draws_imports_matplotlib():
    assert users_of("matplotlib") <= DRAWS


def test_only_what_is_live_imports_widgets():
    assert users_of("ipywidgets", "anywidget", "traitlets") <= HAS_WIDGETS


def test_nothing_imports_pyplot():
    for path in FILES:
        assert not any("pyplot" in name or "pylab" in name for name in imported(path)), path.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_and_says_first_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""'), "the first line is a docstring"
    assert text.count("\n") <= 300


def modules_after(code: str) -> set[str]:
    """The modules that are loaded in a fresh Python after running this code."""
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import helpers",
        "import helpers.arithmetic",
        "import helpers.names",
        "from helpers import Convolution; Convolution(3, 8, 3).weights",
    ],
)
def test_what_needs_no_library_loads_none(code):
    heavy = {"torch", "numpy", "matplotlib", "PIL", "ipywidgets", "IPython", "skimage"}
    assert not heavy & modules_after(code)


def test_what_draws_without_a_network_loads_no_pyplot():
    loaded = modules_after("from helpers.explorers.reduction import ReductionExplorer; ReductionExplorer()")
    assert "matplotlib.figure" in loaded
    assert "matplotlib.pyplot" not in loaded
    assert "torch" not in loaded


def test_every_name_that_a_lesson_imports_is_the_function_or_class_whatever_was_loaded_before():
    modules = [".".join(path.relative_to(ROOT.parent).with_suffix("").parts) for path in FILES]
    modules = [name.removesuffix(".__init__") for name in modules]
    names = sorted(helpers.__all__)
    hidden = modules_after(
        f"import {', '.join(modules)}\n"
        f"from helpers import {', '.join(names)}\n"
        f"print(*[name for name in {names} if not callable(globals()[name])], 'end of names')"
    )
    assert not hidden & set(names), "importing the module of the same name hides the function"
