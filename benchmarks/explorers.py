"""In a real kernel: from a control's change until its new picture has been sent, ours and theirs in turn."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import Any

from jupyter_client.manager import run_kernel

from benchmarks.measurement import Goal, Measurement
from benchmarks.pairs import PAGES, pairs

ROOT = Path(__file__).parents[1]
ROUNDS = 8
VIEW = "application/vnd.jupyter.widget-view+json"
BASELINE = "interact + pyplot"
# Goals of the three explorers that came first; for all of them it counts what a learner sees: `in_browser`.
FIRST = ("ReductionExplorer", "PixelMixer", "FeatureMapExplorer")
PICTURE = Goal("kernel: a picture in at most 1/6 of interact's time, the first three explorers", 1 / 6)
NUMBERS = Goal("kernel: the numbers in at most 1/10 of interact's time, the first three explorers", 1 / 10)
IN_KERNEL = "%matplotlib inline\nfrom benchmarks.explorers import time_in_kernel\ntime_in_kernel()"


def time_in_kernel() -> None:
    """Runs inside the kernel; prints, for each pair, milliseconds of ours, of our numbers, and of theirs."""
    found = {}
    compared = [pair for page in PAGES for pair in pairs(page)]
    for pair in compared:
        # One after the other, as a slider is moved several times: an explorer's first move after another's
        # also packs a picture, and theirs would wait for it.
        for turn in range(ROUNDS + 1):
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
        client.execute_interactive(IN_KERNEL, output_hook=receive, timeout=600)
    found = json.loads(printed)
    expected = (ROUNDS + 1) * len(found)
    if min(pictures.values()) < expected:
        raise RuntimeError(f"{expected} pictures were expected of each, and {pictures} came.")
    measurements = []
    for what, place, goal in (("picture", 0, PICTURE), ("numbers", 1, NUMBERS)):
        for name, times in found.items():
            ours, theirs = [each[place] for each in times], [each[2] for each in times]
            wanted = goal if name.startswith(FIRST) else None
            measurements.append(Measurement(f"kernel, {what}: {name}", BASELINE, ours, theirs, wanted))
    return measurements
