"""The stored errors of lesson 5's networks: what is in the file, and that the lesson's claim holds in all."""

import csv

import pytest

from helpers.seed_errors import FILE, seed_errors
from tools.train_seeds import NETWORKS, SEEDS


def test_every_network_was_trained_from_every_seed():
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["network"], int(row["seed"])) for row in rows] == [(n, s) for n in NETWORKS for s in SEEDS]
    assert {float(row["test error"]) for row in rows} == set(sum(seed_errors("test error").values(), ()))


@pytest.mark.parametrize("which", ["training error", "test error"])
def test_from_every_seed_the_deeper_plain_network_is_worse_and_the_shortcut_mends_it(which):
    errors = seed_errors(which)
    for shallow, deep, residual in zip(
        *(errors[n] for n in ("plain-14", "plain-44", "residual-44")), strict=True
    ):
        assert deep > shallow + 15
        assert residual < deep * 2 / 3


def test_another_error_is_refused():
    with pytest.raises(ValueError, match=r"There is no 'loss'; choose 'training error' or 'test error'"):
        seed_errors("loss")
