"""`python -m benchmarks.classroom`: N learners at once on one Jupyter server, in different lessons.

All press Run All at the same moment. Who is done moves sliders while others still run; when all are done,
all move sliders at once. Each slider is moved by a message, as JupyterLab's page sends it.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

import nbformat

from benchmarks.learner import Failure, Learner, learner
from benchmarks.measurement import aligned
from benchmarks.memory import Memory, Watch, memory_of
from tests.browser.server import Server, copy_without_outputs, running_server

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
SIZES, MOVES = (1, 4, 8, 16), 40
GOAL_LEARNERS, GOAL_GB = 16, 24
HEADINGS = (
    "learners",
    "MB each",
    "highest",
    "peak each",
    "highest",
    "all, peak",
    "Run All, s",
    "slowest",
    "slider, ms",
    "95 %",
    "all sliders",
    "95 %",
    "failures",
)
LEGEND = """
MB each: what a kernel holds at the end, each page divided by those that share it (PSS): mean, highest.
peak each: the most that a kernel ever held, shared pages in full (VmHWM), an upper bound: mean, highest.
all, peak: the most that all kernels and the server held at one moment (PSS, looked at every second).
slider: from the message to its new picture, for those who are done while others still run: median, 95 %.
all sliders: the same while all learners move theirs without a pause."""


@dataclass
class Report:
    """What one learner met with."""

    lesson: str
    run_all: float | None = None
    early: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    memory: Memory | None = None
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ClassReport:
    """What a class met with, and the most memory in MB that it took at one moment."""

    learners: Sequence[Report]
    most: float

    @property
    def failures(self) -> list[str]:
        """Each failure with its lesson."""
        return [f"{each.lesson}: {failure}" for each in self.learners for failure in each.failures]

    def cells(self) -> tuple[str, ...]:
        """The numbers under HEADINGS."""
        memory = [each.memory for each in self.learners if each.memory]
        shares, peaks = [each.share for each in memory], [each.peak for each in memory]
        times = [each.run_all for each in self.learners if each.run_all is not None]
        early = [each for report in self.learners for each in report.early]
        together = [each for report in self.learners for each in report.together]
        return (
            str(len(self.learners)),
            *(_number(summary, values) for values in (shares, peaks) for summary in (mean, max)),
            f"{self.most:,.0f}",
            *(_number(summary, times, 1) for summary in (median, max)),
            *(_number(summary, values) for values in (early, together) for summary in (median, late)),
            str(len(self.failures)),
        )


def _number(summary, values: Sequence[float], digits: int = 0) -> str:
    return f"{summary(values):,.{digits}f}" if values else "–"


def late(values: Sequence[float]) -> float:
    """The value that 95 in 100 do not exceed.

    >>> late(range(1, 101)), late([7])
    (95, 7)
    """
    return sorted(values)[ceil(0.95 * len(values)) - 1]


def code_of(notebook: Path) -> list[str]:
    """The code cells of a notebook that hold anything."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code" and cell.source.strip()]


def seats(notebooks: Sequence[Path], learners: int) -> list[Path]:
    """Which lesson each learner is in: all lessons in turn.

    >>> [path.stem for path in seats([Path("1.ipynb"), Path("2.ipynb")], 3)]
    ['1', '2', '1']
    """
    return [notebooks[number % len(notebooks)] for number in range(learners)]


async def _move(one: Learner, times: list[float], moves: int, failures: list[str]) -> None:
    """Move the controls of the page in turn; a failure is noted, and ends it."""
    try:
        for number in range(moves):
            controls = one.page.controls()  # a control can leave another no room, and give it back
            if not controls:
                raise Failure("nothing to move on the page")
            times.append(await one.move(controls[number % len(controls)]))
    except Failure as failure:
        failures.append(str(failure))


async def _first_part(one: Learner, cells: Sequence[str], moves: int, report: Report) -> None:
    try:
        report.run_all = await one.run_all(cells)
    except Failure as failure:
        report.failures.append(str(failure))
        return
    await _move(one, report.early, moves, report.failures)


async def hold_class(server: Server, notebooks: Sequence[Path], moves: int) -> ClassReport:
    """One learner for each of these notebooks, all at once; raises Failure where a kernel does not start."""
    reports = [Report(notebook.stem) for notebook in notebooks]
    cells = {notebook: code_of(notebook) for notebook in set(notebooks)}
    async with AsyncExitStack() as stack:
        opening = [
            stack.enter_async_context(learner(server, notebook.name, number))
            for number, notebook in enumerate(notebooks)
        ]
        learners = await asyncio.gather(*opening)
        watch = Watch()
        watching = asyncio.create_task(watch.watch([server.pid, *(one.pid for one in learners)]))
        seated = list(zip(learners, notebooks, reports, strict=True))
        await asyncio.gather(*(_first_part(one, cells[of], moves, report) for one, of, report in seated))
        well = [(one, report) for one, _, report in seated if not report.failures]
        await asyncio.gather(*(_move(one, report.together, moves, report.failures) for one, report in well))
        await asyncio.sleep(1.1)
        watching.cancel()
        for one, report in well:
            report.memory = memory_of(one.pid)
        return ClassReport(reports, watch.most)


def measure(notebooks: Sequence[Path], learners: int, moves: int = MOVES) -> ClassReport:
    """Start a server, hold a class of so many learners, and stop all."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        for notebook in notebooks:
            copy_without_outputs(notebook, home / "notebooks")
        with running_server(home) as server:
            return asyncio.run(hold_class(server, seats(notebooks, learners), moves))


def table(classes: Sequence[ClassReport]) -> str:
    """A row for each class, what the columns mean, every failure, and whether the goal is met."""
    lines = [aligned([HEADINGS, *(each.cells() for each in classes)], words=0), LEGEND, ""]
    for each in classes:
        lines += [f"{len(each.learners)} learners: {failure}" for failure in each.failures]
        if len(each.learners) == GOAL_LEARNERS:
            met = "met    " if each.most <= 1000 * GOAL_GB and not each.failures else "NOT MET"
            lines.append(f"{met}  {GOAL_LEARNERS} learners in {GOAL_GB} GB, none fails: {each.most:,.0f} MB")
    return "\n".join(lines)


def by_lesson(report: ClassReport) -> str:
    """A class lesson by lesson; what all hold together at one moment is not known by lesson."""
    lessons = {each.lesson: [] for each in report.learners}
    for each in report.learners:
        lessons[each.lesson].append(each)
    rows = [("", *HEADINGS)]
    rows += [(lesson, *ClassReport(found, 0).cells()) for lesson, found in lessons.items()]
    return aligned([row[:6] + row[7:] for row in rows], words=1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Learners at once on one Jupyter server: memory and times.")
    parser.add_argument("learners", nargs="*", type=int, default=SIZES, help="how many; several are measured")
    parser.add_argument("--lesson", help="how the one notebook's name begins that all are in, such as 3")
    parser.add_argument("--moves", type=int, default=MOVES, help="slider steps of each learner, twice")
    given = parser.parse_args()
    notebooks = [each for each in NOTEBOOKS if each.name.startswith(given.lesson or "")]
    if not notebooks:
        parser.error(f"no lesson's name begins with {given.lesson}")
    classes = []
    for size in given.learners:
        classes.append(measure(notebooks, size, given.moves))
        print(f"{size} learners by lesson:\n{by_lesson(classes[-1])}\n", flush=True)
    print(table(classes))


if __name__ == "__main__":
    main()
