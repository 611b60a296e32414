"""What `NetworkComparison` asks of networks: what is published and counted, and their times as measured."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from helpers.reading.counted import counted
from helpers.reading.published import published
from helpers.running.timing import milliseconds


class LiveFigures:
    """Figures read from the course's table and counted on the networks; `clock` measures their times."""

    def __init__(self, clock: Callable[[str, str], float] = milliseconds) -> None:
        self.milliseconds = clock

    def figure(self, quantity: str, network: str, edition: str) -> float | None:
        """One quantity of a network that `build` knows; None where an edition does not have it.

        Errors are published ones of one network, in percent: the papers' on ten crops (and of
        EfficientNet-Lite0 what its makers say), or those of torchvision's weights on one crop, so that each
        edition is measured in one way. The year is published; the rest is counted.
        """
        return _figure(quantity, network, edition)


@cache
def _figure(quantity: str, network: str, edition: str) -> float | None:
    if network == "efficientnet_lite0" and edition == "torchvision":
        return None  # torchvision has no EfficientNet-Lite
    if quantity == "year":
        return published(network, "year")[0].value
    if quantity.endswith("error"):
        return _error(quantity, network, edition)
    counts = counted(network, edition)
    return {
        "parameters": counts.parameters,
        "MACs": counts.macs,
        "depth": counts.depth,
        "share of 1×1": counts.one_by_one_share,
        "receptive field": counts.field,
    }[quantity]


def _error(quantity: str, network: str, edition: str) -> float | None:
    """The published error of one network by itself, on the crops that this edition's networks share."""
    crops = ("10", "") if edition == "paper" else ("1",)
    found = (
        figure.value
        for figure in published(network)
        if (figure.quantity, figure.edition, figure.models) == (quantity, edition, 1)
        and figure.crops in crops
        and not figure.variant
    )
    return next(found, None)
