"""In a real kernel: from a control's change until its new picture has been sent, ours and theirs in turn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import ipywidgets as widgets
from IPython.display import display
from jupyter_client.manager import run_kernel

from benchmarks import baselines
from benchmarks.measurement import Goal, Measurement
from helpers import FeatureMapExplorer, PixelMixer, ReductionExplorer, build, feature_maps, photo

ROOT = Path(__file__).parents[1]
ROUNDS = 12
LAYER = "blocks.4.expand.conv"  # 240 maps of 28×28: three full pages and a part of one
VIEW = "application/vnd.jupyter.widget-view+json"
BASELINE = "interact + pyplot"
PICTURE = Goal("kernel: a picture in at most 1/6 of interact's time", 1 / 6)
NUMBERS = Goal("kernel: the numbers in at most 1/10 of interact's time", 1 / 10)
IN_KERNEL = "%matplotlib inline\nfrom benchmarks.explorers import time_in_kernel\ntime_in_kernel()"


@dataclass(frozen=True)
class Pair:
    """A control of an explorer and what moves the same in the baseline, and the values that both take."""

    name: str
    explorer: Any
    control: str
    baseline: widgets.interactive
    values: tuple[float, ...]

    @property
    def ours(self) -> widgets.ValueWidget:
        """The explorer's control."""
        return self.explorer.controls[self.control]

    @property
    def theirs(self) -> widgets.ValueWidget:
        """The baseline's control; `interact` describes each by its parameter's name."""
        return next(each for each in self.baseline.children if each.description == self.control)


def pairs() -> Iterator[Pair]:
    """Every explorer beside its baseline, both already shown."""
    network = build("efficientnet_lite0", weights="imagenet")
    kept = {name: maps.numpy() for name, maps in feature_maps(network, photo("chelsea"), [LAYER]).items()}
    reducing, mixing = ReductionExplorer(), PixelMixer("coffee")
    browsing = FeatureMapExplorer(network, photo="chelsea", layers=[LAYER])
    for explorer in (reducing, mixing, browsing):
        display(explorer)
    reduction, mixer = baselines.interact_reduction(), baselines.interact_mixer()
    maps = baselines.interact_maps(kept, LAYER, photo("chelsea"))
    channels = tuple(range(64, 512, 32))
    yield Pair("ReductionExplorer, in channels", reducing, "in_channels", reduction, channels)
    weights = tuple(place / 10 for place in range(1, 20))
    yield Pair("PixelMixer, a weight", mixing, "red_from_green", mixer, weights)
    # Rows inside the white cup: on a dark pixel the sentence would not move with the weight.
    yield Pair("PixelMixer, the pixel", mixing, "row", mixer, tuple(range(20, 62, 3)))
    yield Pair("FeatureMapExplorer, page", browsing, "page", maps, (2, 3))
    yield Pair("FeatureMapExplorer, channel", browsing, "channel", maps, tuple(range(1, 64, 3)))


def time_in_kernel() -> None:
    """Runs inside the kernel; prints, for each pair, milliseconds of ours, of our numbers, and of theirs."""
    found = {}
    compared = list(pairs())
    for turn in range(ROUNDS + 1):
        for pair in compared:
            value = pair.values[turn % len(pair.values)]
            said: list[float] = []
            sentence = pair.explorer._sentence
            note = lambda change, said=said: said.append(perf_counter())  # noqa: E731
            sentence.observe(note, "value")
            start = perf_counter()
            pair.ours.value = value
            ours = perf_counter() - start
            sentence.unobserve(note, "value")
            theirs = perf_counter()
            pair.theirs.value = value
            theirs = perf_counter() - theirs
            if turn:  # the first time warms up both
                times = (ours, said[-1] - start, theirs)
                found.setdefault(pair.name, []).append([1000 * each for each in times])
    print(json.dumps(found))


def measure() -> list[Measurement]:
    """A picture and its numbers in a real kernel with the inline backend, against interact and pyplot.

    Raises RuntimeError where a change has not sent its picture: then there is nothing to compare.
    """
    printed, pictures = "", {"ours": 0, "theirs": 0}

    def receive(message: dict[str, Any]) -> None:
        nonlocal printed
        content = message["content"]
        match message["msg_type"]:
            case "stream":
                printed += content["text"] if content["name"] == "stdout" else ""
            case "display_data":
                pictures["theirs"] += "image/png" in content["data"] and VIEW not in content["data"]
            case "comm_msg":
                pictures["ours"] += ["data"] in content["data"].get("buffer_paths", [])
            case "error":
                raise RuntimeError("\n".join(content["traceback"]))

    with run_kernel(kernel_name="python3", cwd=ROOT) as client:
        client.execute_interactive(IN_KERNEL, output_hook=receive, timeout=180)
    found = json.loads(printed)
    expected = (ROUNDS + 1) * len(found)
    if min(pictures.values()) < expected:
        raise RuntimeError(f"{expected} pictures were expected of each, and {pictures} came.")
    measurements = []
    for what, place, goal in (("picture", 0, PICTURE), ("numbers", 1, NUMBERS)):
        for name, times in found.items():
            ours, theirs = [each[place] for each in times], [each[2] for each in times]
            measurements.append(Measurement(f"kernel, {what}: {name}", BASELINE, ours, theirs, goal))
    return measurements
