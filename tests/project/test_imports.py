"""The package loads quickly, imports run one way, and each kind of library stays where it belongs."""

import ast
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

import helpers

ROOT = Path(helpers.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# From the bottom up; a module may import from its own floor and from those below. It stands on the first one
# that has a pattern for it, and each has to stand on one.
FLOORS = (
    ("wording/*", "server.py"),
    ("arithmetic/*",),
    ("drawing/style.py", "drawing/svg.py", "drawing/text_width.py"),
    ("explorers/numbers/*",),
    ("explorers/pictures/*",),
    ("images/*",),
    ("models/*",),
    ("reading/*",),
    ("running/*",),
    ("drawing/*",),
    ("explorers/*",),
    ("lessons/*",),
    ("__init__.py",),
)
# The lowest floors, which need the standard library alone.
PURE = tuple(pattern for floor in FLOORS[:5] for pattern in floor)
HAS_MATPLOTLIB = ("drawing/*",)
HAS_WIDGETS = ("explorers/jupyter.py", "lessons/*")


def place(path: Path) -> str:
    """A file below `helpers`, as the patterns have it."""
    return path.relative_to(ROOT).as_posix()


def stands_in(path: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(place(path), pattern) for pattern in patterns)


def floor(path: Path) -> int:
    """The floor that a module stands on, counted from the bottom."""
    found = [number for number, patterns in enumerate(FLOORS) if stands_in(path, patterns)]
    assert found, f"{place(path)} stands on no floor; name one for it in FLOORS"
    return found[0]


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


def file_of(name: str) -> Path:
    """The file of a module of the package, or of a name that is imported from one.

    A name that a lesson imports from the package itself is found in the topmost file.
    """
    parts = name.split(".")[1:]
    while parts:
        module = ROOT.joinpath(*parts)
        for path in (module.with_suffix(".py"), module / "__init__.py"):
            if path.is_file():
                return path
        parts.pop()
    return ROOT / "__init__.py"


def users_of(*libraries: str) -> list[Path]:
    """The files of the package that import one of these libraries."""
    return [path for path in FILES if any(name.split(".")[0] in libraries for name in imported(path))]


@pytest.mark.parametrize("path", FILES, ids=place)
def test_a_module_stands_on_a_floor_and_imports_nothing_from_above(path):
    here = floor(path)
    for name in imported(path):
        if name.split(".")[0] == "helpers":
            there = file_of(name)
            assert floor(there) <= here, f"{place(path)} imports {name} from above"


def test_an_import_is_followed_to_the_file_it_comes_from():
    assert len(FILES) > 20
    assert place(file_of("helpers.wording.refusals.shown")) == "wording/refusals.py"
    assert place(file_of("helpers.wording.arguments")) == "wording/arguments.py"
    assert place(file_of("helpers.arithmetic.Span")) == "arithmetic/__init__.py"
    assert place(file_of("helpers.trace")) == "__init__.py"


def test_the_package_opens_on_a_few_rooms():
    inside = [path for path in ROOT.iterdir() if path.name != "__pycache__"]
    assert len([path for path in inside if path.is_file()]) <= 4
    assert len([path for path in inside if path.is_dir()]) <= 10


@pytest.mark.parametrize("path", [path for path in FILES if stands_in(path, PURE)], ids=place)
def test_the_lowest_floors_need_the_standard_library_alone(path):
    tops = {name.split(".")[0] for name in imported(path)}
    assert tops <= {*sys.stdlib_module_names, "helpers"}


def test_arithmetic_imports_the_standard_library_only():
    code = (
        "import sys, helpers; before = set(sys.modules); import helpers.arithmetic; "
        "print({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "{'helpers'}"


def test_only_what_draws_imports_matplotlib():
    assert [place(path) for path in users_of("matplotlib") if not stands_in(path, HAS_MATPLOTLIB)] == []


def test_only_what_jupyter_shows_imports_widgets():
    users = users_of("ipywidgets", "anywidget", "traitlets")
    assert [place(path) for path in users if not stands_in(path, HAS_WIDGETS)] == []


def test_nothing_imports_pyplot():
    for path in FILES:
        assert not any("pyplot" in name or "pylab" in name for name in imported(path)), place(path)


@pytest.mark.parametrize("path", FILES, ids=place)
def test_a_file_says_first_what_it_is_for(path):
    assert path.read_text(encoding="utf-8").startswith('"""'), "the first line is a docstring"


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
        "import helpers.wording.arguments, helpers.wording.counts, helpers.wording.refusals",
        "import helpers.drawing.style",
        "from helpers import Convolution; Convolution(3, 8, 3).weights",
        "from helpers import ReductionExplorer; ReductionExplorer().kernel_size.value = 5",
    ],
)
def test_what_needs_no_library_loads_none(code):
    heavy = {"torch", "numpy", "matplotlib", "PIL", "ipywidgets", "IPython", "skimage"}
    assert not heavy & modules_after(code)


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
