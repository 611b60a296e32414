"""A study's record: `NAME.csv` with the curves of every training, `NAME.toml` with how it was made."""

from __future__ import annotations

import csv
import json
import platform
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from pathlib import Path
from statistics import mean

import torch

from helpers.lessons.study import FOLDER, MEASURES
from helpers.running.training import History
from studies.study import CHOOSING_SEEDS, Study

COLUMNS = ("network", "seed", "measure")
NEAR = 3
"""How many points above the best a rate may end and still be tried from the other seeds, too."""


@dataclass
class Record:
    """What is known of a study so far, on disk as soon as it is known.

    `runs` has the curves of each training, by network and seed: a value an epoch for each of `MEASURES`;
    `tried` the error in percent on the data for choosing, by network, rate and seed; `rates` the learning
    rate of each network's runs; `minutes` the time that all trainings took together.
    """

    name: str
    study: Study
    folder: Path = FOLDER
    runs: dict[tuple[str, int], dict[str, list[str]]] = field(default_factory=dict)
    tried: dict[str, dict[float, dict[int, float]]] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    minutes: float = 0.0

    def __post_init__(self) -> None:
        table, notes = self.folder / f"{self.name}.csv", self.folder / f"{self.name}.toml"
        if table.exists():
            with table.open(encoding="utf-8", newline="") as file:
                for network, seed, measure, *curve in list(csv.reader(file))[1:]:
                    self.runs.setdefault((network, int(seed)), {})[measure] = [each for each in curve if each]
        if notes.exists():
            read = tomllib.loads(notes.read_text(encoding="utf-8"))
            self.minutes = read["minutes"]
            self.rates = read["rates"]
            self.tried = {
                network: {
                    float(rate): dict(zip(CHOOSING_SEEDS, found, strict=False))
                    for rate, found in rates.items()
                }
                for network, rates in read["tried"].items()
            }
        self._follow_rates()

    def rate(self, network: str) -> float | None:
        """The rate of the lowest error on the data for choosing, on average where it was tried several times.

        Of equally good rates it is the lowest, and with one for all networks that of their lowest mean error.
        None while one is to be tried.
        """
        sharing = self.study.networks if self.study.one_rate else [network]
        if any(self._missing(each) for each in sharing):
            return None
        return min(
            self.study.rates,
            key=lambda rate: mean(mean(self.tried[each][rate].values()) for each in sharing),
        )

    def missing_choices(self) -> list[tuple[str, float, int]]:
        """The networks, rates and seeds that are to be tried next."""
        return [(network, *choice) for network in self.study.networks for choice in self._missing(network)]

    def _missing(self, network: str) -> list[tuple[float, int]]:
        """Every rate from one seed; then, while several end near the best, these from the others, too."""
        first, *others = CHOOSING_SEEDS
        tried = self.tried.get(network, {})
        untried = [(rate, first) for rate in self.study.rates if first not in tried.get(rate, {})]
        near = [] if untried else self._near(network)
        return untried or [(rate, seed) for rate in near for seed in others if seed not in tried[rate]]

    def _near(self, network: str) -> list[float]:
        """The rates that end near the best, as far as is known, if there are several.

        With one rate for all networks there are none: then each rate has been tried once by every network.
        """
        means = {rate: mean(self.tried[network][rate].values()) for rate in self.study.rates}
        near = [rate for rate, error in means.items() if error <= min(means.values()) + NEAR]
        return near if len(near) > 1 and not self.study.one_rate else []

    def missing_runs(self) -> list[tuple[str, int]]:
        """The trainings that have not been done."""
        return [
            (network, seed)
            for network in self.study.networks
            for seed in self.study.seeds
            if (network, seed) not in self.runs
        ]

    def choose(self, network: str, rate: float, seed: int, history: History) -> None:
        """Note what a rate came to; one at which the loss was no longer finite is the worst there is."""
        error = 100 if history.note else history.test_error[-1]
        # As it is written, so that a record that is read again decides alike.
        self.tried.setdefault(network, {}).setdefault(rate, {})[seed] = round(error, 2)
        self._follow_rates()
        self._add(history)

    def _follow_rates(self) -> None:
        """Drop the runs of networks for which another rate than theirs was chosen, or whose rate is lost."""
        for network in self.study.networks:
            rate = self.rate(network)
            if rate is not None and self.rates.get(network) != rate:
                cut = self.study.cut if network == next(iter(self.study.networks)) else ()
                self.runs = {key: run for key, run in self.runs.items() if key[0] not in (network, *cut)}
                self.rates[network] = rate

    def add(self, seed: int, histories: Mapping[str, History]) -> None:
        """Note a training, and the errors that the network was then cut to."""
        for network, history in histories.items():
            curves = history.train_error, history.test_error, history.train_loss, history.test_loss
            self.runs[network, seed] = {
                measure: [f"{value:.{_digits(measure, value)}g}" for value in curve]
                for measure, curve in zip(MEASURES, curves, strict=True)
                if network in self.study.networks or "error" in measure
            }
        self._add(*histories.values())

    def _add(self, *histories: History) -> None:
        self.minutes += sum(history.seconds for history in histories) / 60
        self.write()

    def write(self) -> None:
        """Write both files, in the study's own order."""
        self.folder.mkdir(parents=True, exist_ok=True)
        study = self.study
        with (self.folder / f"{self.name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow([*COLUMNS, *range(1, max(study.lengths.values()) + 1)])
            for network in study.lengths:
                for seed in study.seeds:
                    for measure, curve in self.runs.get((network, seed), {}).items():
                        table.writerow([network, seed, measure, *curve])
        whose = "one for all networks" if study.one_rate else "of each network its own"
        lines = {
            "question": study.question,
            "varied": study.varied,
            "fixed": study.fixed,
            "rate": f"{whose}, that of the lowest {'mean ' * study.one_rate}error on images that are in no "
            f"test, out of {', '.join(f'{rate:g}' for rate in study.rates)}"
            + f", on average over three trainings where several came within {NEAR} points"
            * (not study.one_rate),
            "complete": not self.missing_choices() and not self.missing_runs(),
            "seeds": list(study.seeds),
            "epochs": study.epochs,
            "data": repr(study.data(False)),
            "data for choosing": repr(study.data(True)),
            "minutes": round(self.minutes, 1),
            "machine": f"{torch.get_num_threads()} threads, {platform.machine()}, {platform.system()}",
            "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
            "date": date.today().isoformat(),
        }
        # A string of JSON is one of TOML too.
        text = [f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}" for key, value in lines.items()]
        rates = [(network, self.rates[network]) for network in study.networks if network in self.rates]
        text += ["", "[rates]", *(f"{_key(network)} = {rate:g}" for network, rate in rates)]
        text += ["", "# Error in percent, by rate: one number a training."]
        for network in self.study.networks:
            text.append(f"[tried.{_key(network)}]")
            for rate, errors in sorted(self.tried.get(network, {}).items()):
                # In the seeds' order, as far as there is no gap: what stands behind one would be another's.
                known = takewhile(lambda error: error is not None, map(errors.get, CHOOSING_SEEDS))
                text.append(f'"{rate:g}" = [{", ".join(f"{error:g}" for error in known)}]')
        (self.folder / f"{self.name}.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)


def _digits(measure: str, value: float) -> int:
    """How many significant digits are written: errors to the image, losses to a hundredth or so."""
    return 4 if "error" in measure else 3 if value >= 1 else 2
