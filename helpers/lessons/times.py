"""Recorded times: what layers, blocks and networks compute and move, and how long one machine took."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.drawing.figures import Drawing
from helpers.drawing.time_figures import Dot, roofline
from helpers.wording.refusals import known

FOLDER = Path(__file__).parents[2] / "data"
COLUMNS = ("name", "form", "images", "MACs", "inputs", "weights", "outputs", "milliseconds")
BYTES = 4
"""Of a 32-bit number."""


@dataclass(frozen=True)
class Timed:
    """One forward pass: its multiply-adds, the numbers that it reads and writes, and its time.

    `inputs` and `weights` are the numbers that its operations read, and `outputs` those that they write, for
    all `images` together.
    """

    name: str
    form: str
    images: int
    macs: int
    inputs: int
    weights: int
    outputs: int
    milliseconds: float

    @property
    def bytes(self) -> int:
        """What is moved: four bytes for each number that is read or written."""
        return BYTES * (self.inputs + self.weights + self.outputs)

    @property
    def macs_per_byte(self) -> float:
        """The arithmetic intensity: multiply-adds for each byte that is moved."""
        return self.macs / self.bytes

    @property
    def macs_per_second(self) -> float:
        return 1000 * self.macs / self.milliseconds

    @property
    def bytes_per_second(self) -> float:
        return 1000 * self.bytes / self.milliseconds

    @property
    def milliseconds_per_image(self) -> float:
        return self.milliseconds / self.images


@dataclass(frozen=True)
class Times:
    """The passes that were timed, and on what: `machine`, `versions`, `date`."""

    passes: tuple[Timed, ...]
    machine: str
    versions: str
    date: str

    @property
    def names(self) -> tuple[str, ...]:
        """What was timed: single layers first, then blocks, then networks."""
        return tuple(dict.fromkeys(each.name for each in self.passes))

    def of(self, name: str, images: int = 1, form: str = "whole") -> Timed:
        """One pass; raises ValueError where there is none.

        `images` is 1 or 16. Of a block there are three forms: "bare" convolutions, "whole" with batch norm,
        ReLU, sum or concatenation, and "folded" with the batch norms folded into the convolutions. Of a
        network there are two: "whole" as its paper has it, and "torchvision" as that library does.

        >>> recorded_times().of("AlexNet fc6").macs
        37748736
        """
        known("recorded time", name, self.names)
        found = [each for each in self.passes if each.name == name]
        known("form", form, dict.fromkeys(each.form for each in found))
        batches = {each.images: each for each in found if each.form == form}
        if images not in batches:
            raise ValueError(f"There is no time for {images!r} images at once; choose 1 or 16.")
        return batches[images]

    def roofline(
        self,
        kinds: Mapping[str, Iterable[str]],
        *,
        images: int | Iterable[int] = 1,
        form: str = "whole",
        title: str = "How fast are they, and why?",
        own: Mapping[str, float] | None = None,
    ) -> Drawing:
        """Multiply-adds a second against multiply-adds for each byte moved, below this machine's roof.

        `kinds` are names by kind: a kind has one colour. `images` may be several batches. `own` are the
        learner's own milliseconds for a single image, by name. Raises ValueError as `of` does, and for a name
        of `own` that is in no kind.
        """
        batches = (images,) if isinstance(images, int) else tuple(images)
        kind_of = {name: kind for kind, names in kinds.items() for name in names}
        dots = []
        for batch in batches:
            for name, kind in kind_of.items():
                timed = self.of(name, batch, form)
                dots.append(Dot(name, kind, batch, timed.macs_per_byte, timed.macs_per_second))
        for name, milliseconds in (own or {}).items():
            known("name", name, kind_of)
            timed = self.of(name, 1, form)
            speed = 1000 * timed.macs / milliseconds
            dots.append(Dot(name, kind_of[name], 1, timed.macs_per_byte, speed, own=True))
        peak = max(each.macs_per_second for each in self.passes)
        bandwidth = max(each.bytes_per_second for each in self.passes)
        return roofline(title, dots, peak=peak, bandwidth=bandwidth, caption=self.caption)

    @property
    def caption(self) -> str:
        """On what, and when."""
        return f"measured on {self.machine}, {self.date}"


@cache
def recorded_times() -> Times:
    """Return the recorded times, which `make times` measures anew.

    >>> times = recorded_times()
    >>> times.of("bottleneck", form="bare").macs, times.of("bottleneck", 16).images
    (13647872, 16)
    """
    return read(FOLDER)


def read(folder: Path) -> Times:
    """Read what `tools/record_times.py` has written."""
    notes = tomllib.loads((folder / "times.toml").read_text(encoding="utf-8"))
    with (folder / "times.csv").open(encoding="utf-8", newline="") as file:
        passes = tuple(
            Timed(row[0], row[1], *map(int, row[2:7]), float(row[7])) for row in list(csv.reader(file))[1:]
        )
    return Times(passes, notes["machine"], notes["versions"], notes["date"])
