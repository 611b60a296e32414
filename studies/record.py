"""A study's record: `NAME.csv` with the curves of every training, `NAME.toml` with how it was made."""

from __future__ import annotations

import csv
import json
import platform
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import mean

import torch

from helpers.lessons.study import FOLDER, MEASURES
from helpers.running.training import History
from studies.study import Study

COLUMNS = ("network", "seed", "measure")


@dataclass
class Record:
    """What is known of a study so far, on disk as soon as it is known.

    `runs` has the curves of each training, by network and seed: a value an epoch for each of `MEASURES`;
    `tried` the error and the loss, on the data for
    choosing, of each network at each rate; `minutes` the time that all trainings took together.
    """

    name: str
    study: Study
    folder: Path = FOLDER
    runs: dict[tuple[str, int], dict[str, list[str]]] = field(default_factory=dict)
    tried: dict[str, dict[float, tuple[float, float]]] = field(default_factory=dict)
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
            self.tried = {
                network: {float(rate): tuple(found) for rate, found in rates.items()}
                for network, rates in read["tried"].items()
            }

    def rate(self, network: str) -> float | None:
        """The rate of the lowest error on the data for choosing, of two the one of the lower loss.

        With one rate for all networks it is that of their lowest mean error. None while one is to be tried.
        A rate that the study gives isn't chosen.
        """
        if network in self.study.given_rates:
            return self.study.given_rates[network]
        sharing = self._choosing() if self.study.one_rate else [network]
        tried = [self.tried.get(each, {}) for each in sharing]
        if any(set(found) != set(self.study.rates) for found in tried):
            return None
        return min(
            self.study.rates, key=lambda rate: [mean(found[rate][each] for found in tried) for each in (0, 1)]
        )

    def _choosing(self) -> list[str]:
        """The networks whose rate is chosen, not given."""
        return [network for network in self.study.networks if network not in self.study.given_rates]

    def missing_choices(self) -> list[tuple[str, float]]:
        """The networks and rates that have not been tried."""
        return [
            (network, rate)
            for network in self._choosing()
            for rate in self.study.rates
            if rate not in self.tried.get(network, {})
        ]

    def missing_runs(self) -> list[tuple[str, int]]:
        """The trainings that have not been done."""
        return [
            (network, seed)
            for network in self.study.networks
            for seed in self.study.seeds
            if (network, seed) not in self.runs
        ]

    def choose(self, network: str, rate: float, history: History) -> None:
        """Note what a rate came to; one at which the loss was no longer finite is the worst there is."""
        error, loss = (100, 1e9) if history.note else (history.test_error[-1], history.test_loss[-1])
        # As it is written, so that a record that is read again decides alike.
        self.tried.setdefault(network, {})[rate] = (round(error, 2), float(f"{loss:.4g}"))
        self._add(history)

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
            f"test, out of {', '.join(f'{rate:g}' for rate in study.rates)}",
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
        rates = {network: self.rate(network) for network in study.networks}
        text += ["", "[rates]", *(f"{_key(name)} = {rate:g}" for name, rate in rates.items() if rate)]
        text += ["", "# Error in percent and loss, by rate."]
        for network in self._choosing():
            found = self.tried.get(network, {})
            ends = (f'"{rate:g}" = [{error:g}, {loss:.4g}]' for rate, (error, loss) in sorted(found.items()))
            text += [f"[tried.{_key(network)}]", *ends]
        (self.folder / f"{self.name}.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)


def _digits(measure: str, value: float) -> int:
    """How many significant digits are written: errors to the image, losses to a hundredth or so."""
    return 4 if "error" in measure else 3 if value >= 1 else 2
