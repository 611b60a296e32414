"""No weight, upload or text can run code: what the course's own code must not do, read off its syntax."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("helpers", "tools", "benchmarks")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))] + NOTEBOOKS

# Modules that make objects or code out of bytes or text.
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "code", "codeop"}
# Functions that do, by the last part of their name.
UNSAFE_CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "getoutput", "run_cell", "magic"}
LOADERS = {"torch.load", "torch.hub.load_state_dict_from_url"}
# What else is called so.
SAFE = {"torch.compile", "re.compile", "platform.system"}


def code_of(path: Path) -> str:
    """A module's text, or a notebook's code cells without the lines that are IPython's."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    cells = nbformat.reads(text, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def unsafe(code: str) -> Iterator[str]:
    """Every place in some code that could run what it is given, in words."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            inside = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names = [inside + alias.name for alias in node.names]
            yield from (f"imports {name}" for name in names if name.split(".")[0] in UNSAFE_MODULES)
            yield from (f"imports {name} under another name" for name in names if name in LOADERS)
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        last = called.rpartition(".")[2]
        keywords = {each.arg: ast.unparse(each.value) for each in node.keywords}
        method = isinstance(node.func, ast.Attribute) and not node.args and last == "eval"  # a network's mode
        if last in UNSAFE_CALLS and not method and called not in SAFE:
            yield f"calls {called}"
        if keywords.get("shell", "False") != "False":
            yield f"calls {called} with a shell"
        if keywords.get("allow_pickle", "False") != "False":
            yield f"calls {called} with pickles"
        if called in LOADERS:
            if keywords.get("weights_only") != "True":
                yield f"calls {called} without weights_only=True"
            if "url" in called and keywords.get("check_hash") != "True":
                yield f"calls {called} without check_hash=True"
        if called in ("torch.hub.load", "yaml.load", "urlopen", "urlretrieve", "urllib.request.urlopen"):
            yield f"calls {called}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_runs_what_it_is_given(path):
    code = code_of(path)
    assert list(unsafe(code)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_lesson_runs_no_shell_and_no_magic(path):
    lines = code_of(path).splitlines()
    assert [line for line in lines if re.match(r"\s*[!%]", line)] == []


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("eval(text)", "calls eval"),
        ("model.eval()", None),
        ("frame.eval(text)", "calls frame.eval"),
        ("builtins.exec(text)", "calls builtins.exec"),
        ("import os; os.system('ls')", "calls os.system"),
        ("platform.system()", None),
        ("import pickle", "imports pickle"),
        ("from pickle import loads", "imports pickle"),
        ("from torch import load", "imports torch.load under another name"),
        ("subprocess.run(command)", None),
        ("subprocess.run(command, shell=True)", "calls subprocess.run with a shell"),
        ("np.load(file)", None),
        ("np.load(file, allow_pickle=True)", "calls np.load with pickles"),
        ("torch.load(file, weights_only=True)", None),
        ("torch.load(file)", "calls torch.load without weights_only=True"),
        ("torch.load(file, weights_only=False)", "calls torch.load without weights_only=True"),
        ("torch.hub.load_state_dict_from_url(url, weights_only=True, check_hash=True)", None),
        ("torch.hub.load_state_dict_from_url(url, weights_only=True)", "without check_hash=True"),
        ("torch.hub.load('some/where', 'alexnet')", "calls torch.hub.load"),
    ],
)
def test_each_way_to_run_what_is_given_is_seen(code, says):
    found = list(unsafe(code))
    assert (says is None and not found) or (says is not None and says in found[0])
