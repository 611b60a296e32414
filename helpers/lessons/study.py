"""A recorded study: what it asked, how each training went from every seed, as a table and as a figure."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.arithmetic.checks import whole
from helpers.drawing.curves import LINES
from helpers.drawing.figures import Drawing
from helpers.drawing.study_figures import study_curves, study_dots, study_scale
from helpers.wording.refusals import known

FOLDER = Path(__file__).parents[2] / "data" / "studies"
MEASURES = ("training error", "test error", "training loss", "test loss")
SHOWN = ("training error", "test error")
COLOURS = ("blue", "orange", "green", "purple", "red")
"""What the looks of `LINES` are called, in their order."""

Curve = tuple[float, ...]


@dataclass(frozen=True)
class Study:
    """Trainings of several networks, each from every one of `seeds` and for as many `epochs`.

    `question`, `varied`, `fixed` and `data` are sentences or parts of them, and `rates` is the learning rate
    of each network that was trained. `runs` has, for each network and measure, one curve a seed: a value
    after each epoch, errors in percent and losses in nats.
    """

    question: str
    varied: str
    fixed: str
    data: str
    seeds: tuple[int, ...]
    epochs: int
    rates: dict[str, float]
    runs: dict[str, dict[str, tuple[Curve, ...]]]

    @property
    def networks(self) -> tuple[str, ...]:
        """The names of the networks, in the study's order."""
        return tuple(self.runs)

    @property
    def caption(self) -> str:
        """How many seeds, and how long; what is trained twice counts both times."""
        return self._caption(f"{self._longest} epochs each")

    @property
    def _longest(self) -> int:
        return max(len(curve) for network in self.runs.values() for curve in network[MEASURES[0]])

    def _caption(self, epochs: str) -> str:
        return f"{len(self.seeds)} seeds, {epochs}; {self.data.removeprefix('PatchData of ')}"

    def curves(self, network: str, measure: str = "training error") -> tuple[Curve, ...]:
        """One curve for each seed; raises ValueError for an unknown network or measure."""
        known("network", network, self.networks)
        known("measure", measure, MEASURES)
        return self.runs[network][measure]

    def last(self, network: str, measure: str = "test error") -> Curve:
        """What each seed ended with; raises ValueError as `curves` does."""
        return tuple(curve[-1] for curve in self.curves(network, measure))

    def figure(
        self,
        measure: str = "training error",
        networks: Iterable[str] | None = None,
        *,
        title: str = "",
        own: Mapping[str, Curve] | None = None,
        epochs: int | None = None,
        level: float | None = None,
        colours: Iterable[str] | None = None,
    ) -> Drawing:
        """Every seed as a thin line, and their mean as a thick one, of all networks or of these.

        A network looks the same in each figure, if the study is small enough. `epochs` are how many to draw,
        the first ones; all if not given.
        `own` are curves of the learner's own runs, by network, drawn over them. A dotted line is drawn at the
        value `level`. `colours` are those of the networks, in their order, out of "blue", "orange", "green",
        "purple" and "red", where other ones are wanted.
        Raises ValueError as `curves` does, for more networks than there are looks, for more epochs than there
        are, and for other colours or another number of them.
        """
        chosen = self.networks if networks is None else tuple(networks)
        curves = {network: self.curves(network, measure) for network in chosen}
        caption = self.caption
        if epochs is not None:
            whole("epochs", epochs, 1, self._longest)
            curves = {network: tuple(curve[:epochs] for curve in each) for network, each in curves.items()}
            caption = self._caption(f"the first {epochs} of {self._longest} epochs")
        title = title or f"{measure.capitalize()}, every seed"
        places = [self.networks.index(network) % len(LINES) for network in chosen]
        if colours is not None:
            named = tuple(colours)
            for colour in named:
                known("colour", colour, COLOURS)
            if len(named) != len(chosen):
                raise ValueError(f"There are {len(named)} colours and {len(chosen)} networks; give as many.")
            places = [COLOURS.index(colour) for colour in named]
        apart = len(set(places)) == len(places)
        looks = [LINES[place] for place in places] if apart else LINES
        return study_curves(title, measure, curves, caption, own, looks, level)

    def dots(
        self,
        networks: Iterable[str] | Mapping[str, str] | None = None,
        *,
        measures: Iterable[str] = SHOWN,
        title: str = "",
        own: Mapping[str, Mapping[str, float]] | None = None,
        level: str | None = None,
        joined: Mapping[str, str] | None = None,
        lowest: float = 0,
    ) -> Drawing:
        """What every seed ended with as a dot, a row for each of all networks or of these.

        `networks` may be a table of other names for the rows, by network. `own` are results of the learner's
        own runs, by measure and row. A dotted line through all rows is drawn at the mean of the row `level`,
        and a thin line for each seed between two rows that are `joined`. The errors are drawn from the
        `lowest` up.
        Raises ValueError as `curves` does.
        """
        chosen = self.networks if networks is None else networks
        names = chosen if isinstance(chosen, Mapping) else {name: name for name in chosen}
        ends = {
            measure: {row: self.last(network, measure) for network, row in names.items()}
            for measure in measures
        }
        return study_dots(title or self.question, ends, self.caption, own, level, joined, lowest)

    def scale(
        self,
        along: str,
        series: Mapping[str, Mapping[float, str]],
        *,
        measures: Iterable[str] = SHOWN,
        reference: str | None = None,
        lowest: float | Mapping[str, float] = 0,
        doubling: Iterable[str] = (),
        title: str = "",
    ) -> Drawing:
        """What every seed ended with as a dot over a number, which `along` names, on a log scale.

        `series` has for each line its networks by their number; the `reference` is a network without one,
        drawn level. The errors are drawn from the `lowest` up, which may differ by measure; the measures that
        are `doubling` have a log scale. Raises ValueError as `curves` does.
        """
        chosen = tuple(measures)
        ends = {
            measure: {
                name: {number: self.last(network, measure) for number, network in networks.items()}
                for name, networks in series.items()
            }
            for measure in chosen
        }
        levels = {measure: {reference: self.last(reference, measure)} for measure in chosen if reference}
        return study_scale(title or self.question, along, ends, self.caption, levels, lowest, tuple(doubling))

    def __repr__(self) -> str:
        wide = max(map(len, self.networks))
        lines = [" " * wide + "".join(f"  {measure + ', %':>24}" for measure in SHOWN) + "  rate"]
        for network in self.networks:
            cells = (_spread(self.last(network, measure)) for measure in SHOWN)
            lines.append(
                f"{network:{wide}}"
                + "".join(f"  {cell:>24}" for cell in cells)
                + (f"  {self.rates[network]:g}" if network in self.rates else "")
            )
        return "\n".join([self.question, *lines, f"Mean (least to most) of {self.caption}."])


def study(name: str) -> Study:
    """Return a recorded study; raises ValueError for one of which there is no complete record.

    >>> degradation = study("degradation")
    >>> degradation.networks[:2], len(degradation.curves("plain-44"))
    (('plain-14', 'plain-44'), 5)
    """
    known("study", name, recorded())
    return read(FOLDER, name)


@cache
def recorded() -> tuple[str, ...]:
    """The names of the studies whose record is complete."""
    notes = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")}
    return tuple(sorted(name for name, each in notes.items() if each.get("complete")))


@cache
def read(folder: Path, name: str) -> Study:
    """Read a study from its two files."""
    notes = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, list[Curve]]] = {}
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for network, _, measure, *curve in list(csv.reader(file))[1:]:
            runs = found.setdefault(network, {each: [] for each in MEASURES})
            runs[measure].append(tuple(float(value) for value in curve if value))
    return Study(
        notes["question"],
        notes["varied"],
        notes["fixed"],
        notes["data"],
        tuple(notes["seeds"]),
        notes["epochs"],
        notes["rates"],
        {
            network: {measure: tuple(curves) for measure, curves in runs.items()}
            for network, runs in found.items()
        },
    )


def _spread(values: Curve) -> str:
    mean = sum(values) / len(values)
    return f"{mean:.1f} ({min(values):.1f} to {max(values):.1f})"
