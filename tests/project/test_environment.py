"""The three lists of packages, for pip, for conda and for Binder, say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Where conda-forge calls a package by another name; matplotlib-base is matplotlib without a desktop's Qt.
CONDA_NAMES = {"matplotlib": "matplotlib-base", "torch": "pytorch"}
# What a learner's environment needs beside the dependencies to compare stored outputs.
ALSO = {"nbval", "pytest"}


def split(requirement: str) -> tuple[str, str]:
    name, bounds = re.fullmatch(r"([A-Za-z0-9_.-]+)(.*)", requirement.strip()).groups()
    return name, bounds


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def wanted() -> dict[str, str]:
    test = dict(map(split, project()["optional-dependencies"]["test"]))
    return dict(map(split, project()["dependencies"])) | {name: test[name] for name in ALSO}


def installed_by_pip() -> dict[str, str]:
    return wanted() | dict(map(split, project()["optional-dependencies"]["slides"]))


def conda_lines() -> list[str]:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    return re.findall(r"^ +- (.+?)(?: +#.*)?$", text.split("dependencies:")[1], re.MULTILINE)


def test_conda_and_pip_ask_for_the_same_bounds() -> None:
    listed = dict(split(line) for line in conda_lines() if re.match(r"[\w.-]+[<>=]", line))
    assert listed.pop("python") == project()["requires-python"]
    assert listed == {CONDA_NAMES.get(name, name): bounds for name, bounds in wanted().items()}


def test_conda_takes_one_channel_only() -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    channels = text.split("channels:")[1].split("dependencies:")[0]
    assert re.findall(r"- (\S+)", channels) == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("name", sorted(installed_by_pip()))
def test_the_recorded_version_is_within_the_bounds(name: str) -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = re.search(rf"^{name.replace('-', '[-_]')}==(\S+)$", text, re.MULTILINE | re.IGNORECASE).group(1)
    for sign, bound in re.findall(r"(>=|<)([\d.]+)", installed_by_pip()[name]):
        if sign == ">=":
            assert numbers(pinned) >= numbers(bound)
        else:
            assert numbers(pinned) < numbers(bound)


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))[:3]
