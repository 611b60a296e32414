"""What looking at a network costs: `trace` beside running the network, `receptive_field` as depth grows."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.autograd.profiler import profile

from benchmarks.measurement import Goal, Measurement
from benchmarks.networks import NAMES, in_turn
from helpers import build, receptive_field, trace
from helpers.reading.table import Trace

ROUNDS = 5
DEPTHS = (18, 34, 50, 101, 152)
TRACE = Goal("VGG-16 traced in at most 1/20 of building it, hooking its layers and running it", 1 / 20)
FIELD = Goal("`receptive_field` in under half a second", 1)
GROWTH = Goal("`receptive_field` takes at most a quarter longer a layer as a network gets deeper", 1.25)


def _traced() -> Trace:
    return trace(build("vgg16", device="meta"))


def _hooked() -> list[torch.Size]:
    network = build("vgg16", device="cpu")
    shapes: list[torch.Size] = []

    def note(_layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        shapes.append(output.shape)

    for layer in network.modules():
        if not any(layer.children()):
            layer.register_forward_hook(note)
    with torch.inference_mode():
        network(torch.zeros(1, 3, 224, 224))
    return shapes


def allocated(run: Callable[[], object]) -> int:
    """Bytes that PyTorch's CPU allocator hands out meanwhile, freed ones too.

    >>> allocated(lambda: torch.zeros(1000)), allocated(lambda: torch.zeros(1000, device="meta"))
    (4000, 0)
    """
    with profile(profile_memory=True) as events:
        run()
    return sum(max(0, each.self_cpu_memory_usage) for each in events.key_averages())


def _tracing() -> Measurement:
    ours = allocated(_traced)
    weights = sum(weight.nbytes for weight in build("vgg16", device="meta").parameters())
    theirs = allocated(_hooked)
    if theirs < weights:
        raise RuntimeError(f"The allocator noticed {theirs:,} bytes of at least {weights:,}.")
    # The type of a result is found by a try on single numbers, of eight bytes at most.
    if ours > 8 * len(_traced()):
        raise RuntimeError(
            f"trace of a network on 'meta' took {ours:,} bytes; it should be a number a layer."
        )
    times = in_turn(_traced, _hooked, ROUNDS)
    return Measurement(
        f"trace of vgg16: {ours} bytes allocated", f"hooks, a run: {theirs / 1e6:.0f} MB", *times, goal=TRACE
    )


def _fields() -> list[Measurement]:
    deep = [f"resnet{depth}" for depth in DEPTHS]
    networks = {name: build(name, device="meta") for name in dict.fromkeys((*NAMES, *deep))}
    times: dict[str, list[float]] = {name: [] for name in networks}
    for turn in range(ROUNDS + 1):
        for name, network in networks.items():
            start = perf_counter()
            receptive_field(network)
            if turn:  # the first time warms up
                times[name].append(1000 * (perf_counter() - start))
    layers = {name: len(trace(networks[name])) for name in deep}
    # A hundred layers, since one takes too little for the table's digits.
    a_hundred = {name: [100 * each / layers[name] for each in times[name]] for name in deep}
    shallow, *deeper = deep
    return [
        *(
            Measurement(f"receptive_field: {name}", "half a second", found, [500], FIELD)
            for name, found in times.items()
        ),
        *(
            Measurement(
                f"receptive_field, per 100 layers: {name} of {layers[name]} layers",
                shallow,
                a_hundred[name],
                a_hundred[shallow],
                GROWTH,
            )
            for name in deeper
        ),
    ]


def measure() -> list[Measurement]:
    """Tracing VGG-16 against running it, and receptive fields of each family and of ever deeper ResNets.

    Raises RuntimeError where tracing allocates more than single numbers, or where the allocator's count
    cannot be trusted.
    """
    return [_tracing(), *_fields()]
