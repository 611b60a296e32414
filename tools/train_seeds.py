"""Train lesson 5's networks from several seeds, and store their errors: `python -m tools.train_seeds`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import torch

from helpers.images.patches import photo_patches
from helpers.models import build
from helpers.running.training import History, fit

FILE = Path(__file__).parents[1] / "data" / "degradation.csv"
RESIDUAL = {"shortcut": "B", "zero_init_residual": True}
NETWORKS = {
    "plain-14": ("plain14", {}),
    "plain-44": ("plain44", {}),
    "residual-14": ("resnet14", RESIDUAL),
    "residual-44": ("resnet44", RESIDUAL),
}
SEEDS = range(5)


def train(network: str, seed: int) -> History:
    """One of the four, as in the lesson: from `seed`, for three epochs."""
    torch.manual_seed(seed)
    name, options = NETWORKS[network]
    net = build(name, in_channels=1, width=8, device="cpu", **options)
    return fit(net, photo_patches(), epochs=3, seed=seed)


def main() -> None:
    with FILE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("network", "seed", "training error", "test error"))
        for network in NETWORKS:
            for seed in SEEDS:
                history = train(network, seed)
                errors = (f"{each[-1]:.1f}" for each in (history.train_error, history.test_error))
                table.writerow((network, seed, *errors))
                sys.stdout.write(f"{network}, seed {seed}: {history}\n")


if __name__ == "__main__":
    main()
