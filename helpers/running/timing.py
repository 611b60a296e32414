"""How long a network takes for one image on this machine, and several modules beside each other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from time import perf_counter, thread_time

import torch
from torch import Tensor, nn

from helpers.arithmetic.checks import whole
from helpers.models import build
from helpers.models.device import best_device
from helpers.models.passes import taking
from helpers.wording import arguments
from helpers.wording.refusals import shown

SECONDS = 0.3
LEAST_RUNS, MOST_RUNS = 3, 30
MOST_ROUNDS = 1000


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
    image = _noise((1, 3, side, side), device)
    times: list[float] = []
    with torch.inference_mode():
        network(image)
        end = perf_counter() + SECONDS
        while len(times) < LEAST_RUNS or (len(times) < MOST_RUNS and perf_counter() < end):
            times.append(_run(network, image, device))
    return min(times)


def time_side_by_side(
    modules: Mapping[str, nn.Module],
    shape: tuple[int, ...] | Mapping[str, tuple[int, ...]],
    *,
    rounds: int = 30,
) -> dict[str, float]:
    """Return the time of one forward pass of each module on an input of `shape`, in milliseconds, by name.

    `shape` is one for all modules, or a mapping from each module's name to its own. The modules are moved to
    the best device, channels-last, in eval mode. They take turns, so that whatever else the machine does
    meets all of them: the shortest of `rounds` runs each counts. A CPU works on one thread, and only the time
    counts in which it does: where several programs share it, long runs are interrupted more often than short
    ones.

    Raises ValueError for rounds outside 1 to 1000, no modules, a shape that is missing or not four whole
    numbers, and a module that does not take such an input.

    >>> times = time_side_by_side({"1×1": nn.Conv2d(64, 64, 1), "5×5": nn.Conv2d(64, 64, 5)}, (1, 64, 28, 28))
    >>> times["1×1"] < times["5×5"]
    True
    """
    whole("rounds", rounds, 1, MOST_ROUNDS)
    arguments.named("modules", modules, nn.Module, "a module")
    device = best_device()
    inputs = {name: _noise(each, device) for name, each in _shapes(shape, modules).items()}
    shortest = dict.fromkeys(modules, float("inf"))
    # Windows counts a thread's own time in steps of 16 ms.
    clock = thread_time if device.type == "cpu" and sys.platform != "win32" else perf_counter
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        # Not in inference mode: what a module keeps of its first pass must be fit to train with later.
        with torch.no_grad():
            for name, module in modules.items():
                with taking(module, tuple(inputs[name].shape[1:])):
                    module.to(device, memory_format=torch.channels_last).eval()(inputs[name].clone())
        with torch.inference_mode():
            for _ in range(rounds):
                for name, module in modules.items():
                    # A first ReLU may work in place, and would change what the next module is given.
                    shortest[name] = min(shortest[name], _run(module, inputs[name].clone(), device, clock))
    finally:
        torch.set_num_threads(threads)
    return shortest


def _shapes(shape: object, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The shape of each module's input; raises ValueError for one that is not four whole numbers."""
    found = {}
    for name in names:
        own = shape.get(name) if isinstance(shape, Mapping) else shape
        if not isinstance(own, tuple | list) or len(own) != 4:
            raise ValueError(f"The shape is {shown(own)}; give (images, channels, height, width).")
        found[name] = tuple(whole("shape", side) for side in own)
    return found


def _noise(shape: tuple[int, ...], device: torch.device) -> Tensor:
    """Random numbers, the same on every device, in the order of channels that `build` uses."""
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    return noise.to(device, memory_format=torch.channels_last)


def _run(
    module: nn.Module, inputs: Tensor, device: torch.device, clock: Callable[[], float] = perf_counter
) -> float:
    """Milliseconds of one forward pass."""
    _wait(device)
    start = clock()
    module(inputs)
    _wait(device)
    return 1000 * (clock() - start)


def _wait(device: torch.device) -> None:
    """Until the accelerator has done what it was given: it works on while Python goes ahead."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
