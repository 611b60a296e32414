"""The networks as `build` makes them beside the same in PyTorch's default layout, and training small ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from math import prod
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.measurement import Goal, Measurement
from helpers import build, study
from studies.study import load

NAMES = ("alexnet", "vgg16", "googlenet", "resnet50", "densenet121")
BATCH, SIZE = 4, 224
ROUNDS = 6  # even: either goes first as often
DEFAULT = "default layout"
INFERENCE = Goal("inference channels-last in at most 0.85 of the time, on average", 0.85)
TRAINING = Goal("a training step channels-last in at most 0.95 of the time, on average", 0.95)
DEPTHS = (14, 44)
DEGRADATION = Goal("the degradation experiment, four trainings, in under a minute", 1)


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> list[list[float]]:
    """Milliseconds of ours and of theirs; either goes first in every other round, the first warms up both.

    >>> [len(times) for times in in_turn(list, list, rounds=3)]
    [3, 3]
    """
    runs = [(ours, []), (theirs, [])]
    for turn in range(rounds + 1):
        for run, times in runs if turn % 2 else reversed(runs):
            start = perf_counter()
            run()
            if turn:
                times.append(1000 * (perf_counter() - start))
    return [times for _, times in runs]


def average(measurements: Sequence[Measurement], name: str, goal: Goal) -> Measurement:
    """The geometric means of the median times, whose ratio is the geometric mean of the ratios.

    >>> each = [Measurement("a", "b", [1], [2]), Measurement("a", "b", [16], [8])]
    >>> average(each, "mean", Goal("as quick", 1)).ratio
    1.0
    """
    means = (
        [prod(median(times) for times in side) ** (1 / len(measurements))]
        for side in ([each.ours for each in measurements], [each.theirs for each in measurements])
    )
    return Measurement(name, measurements[0].against, *means, goal=goal)


def _inference(network: nn.Module, images: Tensor) -> Callable[[], object]:
    network.eval()

    def run() -> None:
        with torch.inference_mode():
            network(images)

    return run


def _training(network: nn.Module, images: Tensor) -> Callable[[], object]:
    network.train()
    labels = torch.arange(len(images))
    optimizer = torch.optim.SGD(network.parameters(), 1e-4)

    def run() -> None:
        optimizer.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()

    return run


def _layouts() -> list[Measurement]:
    # One tensor for both, in the layout that a photo comes in: what turning it costs counts against ours.
    images = torch.randn(BATCH, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    inference, training = [], []
    for name in NAMES:
        ours = build(name, edition="torchvision", device="cpu")
        theirs = deepcopy(ours).to(memory_format=torch.contiguous_format)
        for what, work, found in (
            ("inference", _inference, inference),
            ("training step", _training, training),
        ):
            times = in_turn(work(ours, images), work(theirs, images), ROUNDS)
            found.append(Measurement(f"{what}: {name}", DEFAULT, *times))
    return [
        *inference,
        average(inference, "inference: geometric mean", INFERENCE),
        *training,
        average(training, "training step: geometric mean", TRAINING),
    ]


def _degradation() -> list[Measurement]:
    plan, recorded = load("degradation"), study("degradation")
    found, total = [], 0.0
    for depth in DEPTHS:
        ours, theirs = (
            plan.train(name, recorded.rates[name], seed=0, stop_after=3)[name]
            for name in (f"residual-{depth}", f"plain-{depth}")
        )
        errors = f"training error {ours.train_error[-1]:.1f} % residual, {theirs.train_error[-1]:.1f} % plain"
        times = ([1000 * each.seconds] for each in (ours, theirs))
        found.append(Measurement(f"fit, depth {depth}: {errors}", "plain", *times))
        total += ours.seconds + theirs.seconds
    whole = Measurement("the degradation experiment", "a minute", [1000 * total], [60_000], DEGRADATION)
    return [*found, whole]


def measure() -> list[Measurement]:
    """Both layouts of five networks, and plain and residual networks of two depths trained on patches."""
    return [*_layouts(), *_degradation()]
