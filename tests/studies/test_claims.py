"""What the lessons conclude stands in the records: each sentence has a function that looks it up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import mean

import nbformat
import pytest

from helpers.lessons.study import Study, study

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

TRAINING, TEST = "training error", "test error"
Claim = Callable[[Study], bool]


def text(lesson: str) -> str:
    """All that a lesson says, on one line."""
    cells = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4).cells
    return " ".join(" ".join(cell.source for cell in cells if cell.cell_type == "markdown").split())


def apart(found: Study, lower: str, higher: str, measure: str, by: float = 0) -> bool:
    """Whether every seed of the one is lower than every seed of the other, by so many points."""
    return max(found.last(lower, measure)) + by < min(found.last(higher, measure))


def level(found: Study, one: str, other: str, measure: str) -> bool:
    """Whether the seeds of the two overlap."""
    return not apart(found, one, other, measure) and not apart(found, other, one, measure)


def average(found: Study, network: str, measure: str) -> float:
    return mean(found.last(network, measure))


def plain_44_is_far_behind(found: Study) -> bool:
    return apart(found, "plain-14", "plain-44", TRAINING, by=20)


def plain_44_is_bad_on_both(found: Study) -> bool:
    return plain_44_is_far_behind(found) and apart(found, "plain-14", "plain-44", TEST, by=10)


def plain_14_ends_at_12_percent(found: Study) -> bool:
    return round(average(found, "plain-14", TRAINING)) == 12


def the_shortcut_ends_the_degradation(found: Study) -> bool:
    return apart(found, "residual-44", "residual-14", TRAINING)


def plain_44_ends_at_45_percent(found: Study) -> bool:
    return round(average(found, "plain-44", TRAINING)) == 45


def the_residual_networks_are_level_on_new_patches(found: Study) -> bool:
    return level(found, "residual-44", "residual-14", TEST)


def residual_44_is_slower_at_first(found: Study) -> bool:
    def third(network: str) -> float:
        return mean(curve[2] for curve in found.curves(network, TRAINING))

    return third("residual-44") > third("residual-14")


def without_a_zero_start_they_fit_better(found: Study) -> bool:
    return all(apart(found, name, f"{name}, zero start", TRAINING) for name in ("residual-14", "residual-44"))


def all_four_are_level_on_new_patches(found: Study) -> bool:
    names = found.networks[2:]
    return all(level(found, one, other, TEST) for one in names for other in names)


CLAIMS: list[tuple[str, str, str, Claim]] = [
    (
        "5_resnet",
        "degradation",
        "After 15 rounds through the training patches (15 **epochs**) it still gets 12 percent of them wrong",
        plain_14_ends_at_12_percent,
    ),
    (
        "5_resnet",
        "degradation",
        "All five deep networks end far behind all five shallow ones.",
        plain_44_is_far_behind,
    ),
    ("5_resnet", "degradation", "This one is bad on both.", plain_44_is_bad_on_both),
    (
        "5_resnet",
        "degradation",
        "With it, 44 layers fit their training patches better than 14 do",
        the_shortcut_ends_the_degradation,
    ),
    (
        "5_resnet",
        "degradation",
        "without it, they end with 45 percent wrong.",
        plain_44_ends_at_45_percent,
    ),
    (
        "5_resnet",
        "degradation",
        "On *new* patches the two residual networks are level: their seeds overlap.",
        the_residual_networks_are_level_on_new_patches,
    ),
    (
        "5_resnet",
        "degradation",
        "in the first epochs residual-44 is the slower one: stop after three",
        residual_44_is_slower_at_first,
    ),
    (
        "5_resnet",
        "degradation",
        "After 15 epochs the networks without it fit their training patches better",
        without_a_zero_start_they_fit_better,
    ),
    ("5_resnet", "degradation", "on new patches all four are level.", all_four_are_level_on_new_patches),
]


@pytest.mark.parametrize(
    ("lesson", "name", "sentence", "claim"), CLAIMS, ids=lambda each: getattr(each, "__name__", "")
)
def test_what_a_lesson_concludes_is_in_the_record(
    lesson: str, name: str, sentence: str, claim: Claim
) -> None:
    assert sentence in text(lesson)
    assert claim(study(name))
