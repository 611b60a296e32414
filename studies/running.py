"""Runs what is missing of studies, two trainings at once; what is done is kept, so it may be stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any

import torch
from tqdm.auto import tqdm

from helpers.models.device import best_device
from helpers.running.training import History
from studies.record import Record
from studies.study import load


def run(names: Iterable[str]) -> None:
    """Run the studies of these names as far as they are not done."""
    records = [Record(name, load(name)) for name in names]
    # On a GPU one training at a time has all of it.
    workers = 2 if best_device().type == "cpu" else 1
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for record in records:
            while choices := [(*choice, True) for choice in record.missing_choices()]:
                for (network, rate, seed, _), histories in _all(pool, record, choices, "rates"):
                    record.choose(network, rate, seed, histories[network])
            runs = [(network, record.rate(network), seed, False) for network, seed in record.missing_runs()]
            for (_, _, seed, _), histories in _all(pool, record, runs, "trainings"):
                record.add(seed, histories)


def _all(
    pool: Executor, record: Record, jobs: list[tuple[Any, ...]], what: str
) -> Iterator[tuple[tuple[Any, ...], dict[str, History]]]:
    """What comes of each training, as soon as it does."""
    waiting = {pool.submit(train, record.name, *job): job for job in jobs}
    try:
        for done in tqdm(as_completed(waiting), f"{record.name}: {what}", len(waiting), disable=not waiting):
            yield waiting[done], done.result()
    finally:
        for each in waiting:
            each.cancel()


def train(name: str, network: str, rate: float, seed: int, choosing: bool) -> dict[str, History]:
    """One training, in a process of its own."""
    torch.set_num_threads(1)
    return load(name).train(network, rate, seed, choosing=choosing)
