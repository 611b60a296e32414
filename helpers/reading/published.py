"""What papers and torchvision say of their networks: `published` reads `data/published.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.wording.refusals import known

FILE = Path(__file__).parents[2] / "data" / "published.csv"


@dataclass(frozen=True)
class Figure:
    """One published number, with where it stands.

    `network` is a name that `build` knows, or a family ("vgg", "resnet") where several networks voted, or one
    that cannot be built here and that a paper compares with, such as "nin" or "resnet1202". `value` is in
    percent for errors, in percentage points for gains, and a count for the rest; `printed` is how the source
    has it. `data`, `models` and `crops` say how an error was measured: on which images (of ImageNet where
    only "validation" or "test" stands), by how many networks together, on how many cut-outs of each image;
    each is empty where the source does not say or it does not apply. `variant` says what else is special,
    such as "option A". In `where`, "second-hand" marks a figure that was looked up in one text about the
    paper, not in the paper.
    """

    network: str
    edition: str
    quantity: str
    value: float
    printed: str
    data: str
    models: int | None
    crops: str
    variant: str
    source: str
    where: str
    url: str

    def __str__(self) -> str:
        networks = f"{self.models} network{'s' * (self.models != 1)}" if self.models else ""
        crops = f"{self.crops} crop{'s' * (self.crops != '1')}" if self.crops.isdigit() else self.crops
        how = ", ".join(filter(None, (self.data, networks, crops, self.variant)))
        number = f"{self.value:g} %" if self.quantity.endswith("error") else self.printed
        what = f"{self.network}, {self.quantity}: {number}" + (f" ({how})" if how else "")
        return f"{what} [{self.source}, {self.where}]"


def published(
    network: str | None = None, quantity: str | None = None, *, edition: str | None = None
) -> tuple[Figure, ...]:
    """Return the published figures of a network, of a quantity and of an edition, or of all for None.

    Quantities are "year", "depth", "parameters", "MACs", "top-1 error" and "top-5 error" on ImageNet, and
    "classification error" on the small images of CIFAR-10, CIFAR-100 and SVHN. What a part of a network is
    worth, as its paper says, is a "top-1 gain" or a "top-5 gain" in points, of AlexNet, VGG-13 and GoogLeNet.
    GoogLeNet has "layer parameters" and "layer MACs" (the columns of its table 1) and "times fewer
    parameters" besides, and AlexNet's four-layer network has "times faster". An edition is "paper", or
    "torchvision" for that library's trained weights. Nothing here is counted: `trace` counts.

    Raises ValueError for a network, a quantity or an edition that has no figure.

    >>> for figure in published("googlenet", "top-5 error", edition="paper")[1:2]:
    ...     print(figure.value, figure.data, figure.models, figure.crops, figure.where)
    9.15 validation 1 10 table 3
    >>> for figure in published("resnet56", "classification error"):
    ...     print(figure.value, figure.data, figure.variant)
    6.97 CIFAR-10 test with augmentation
    """
    figures = _all()
    for name, asked in (("network", network), ("quantity", quantity), ("edition", edition)):
        if asked is not None:
            known(f"published {name}", asked, dict.fromkeys(getattr(figure, name) for figure in _all()))
            figures = tuple(figure for figure in figures if getattr(figure, name) == asked)
    return figures


@cache
def _all() -> tuple[Figure, ...]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Figure(**row | {"value": float(row["value"]), "models": int(row["models"] or 0) or None})
            for row in csv.DictReader(lines)
        )
