"""How long a network takes for one image on this machine."""

from __future__ import annotations

from functools import cache
from time import perf_counter

import torch

from helpers.device import best_device
from helpers.models import build

SECONDS = 0.3
LEAST_RUNS, MOST_RUNS = 3, 30


@cache
def milliseconds(name: str, edition: str = "paper") -> float:
    """Return the time of one forward pass with batch 1 on the best device, in milliseconds, measured once.

    The network is really built and really run, with random weights: the shortest of 3 to 30 runs in about
    0.3 seconds, after one that is not counted. What else the machine does can only make a run longer.

    Raises ValueError as `build` does.

    >>> milliseconds("resnet8") > 0
    True
    """
    network = build(name, edition=edition)
    device = best_device()
    side = network.preprocessing.crop if hasattr(network, "preprocessing") else 32
    image = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    image = image.to(device, memory_format=torch.channels_last)
    times: list[float] = []
    with torch.inference_mode():
        network(image)
        end = perf_counter() + SECONDS
        while len(times) < LEAST_RUNS or (len(times) < MOST_RUNS and perf_counter() < end):
            _wait(device)
            start = perf_counter()
            network(image)
            _wait(device)
            times.append(1000 * (perf_counter() - start))
    return min(times)


def _wait(device: torch.device) -> None:
    """Until the accelerator has done what it was given: it works on while Python goes ahead."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
