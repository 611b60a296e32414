"""JupyterLab runs widget callbacks on a thread of their own: every picture is whole whoever moves a control.

A picture is compared, pixel by pixel, with the one that a single thread draws for the same values.
"""

import sys
import threading

import matplotlib
import pytest

from helpers.explorers.live import Explorer
from helpers.explorers.pixel_mixer import PixelMixer
from helpers.explorers.reduction import ReductionExplorer

ROUNDS = 200


def recorder(kind: type[Explorer]) -> Explorer:
    """An explorer that keeps each picture together with the values that it was computed from."""

    class Recorder(kind):
        def compute(self, **values):
            values.pop("upload", None)
            self.computed = values
            return super().compute(**values)

    explorer = Recorder()
    explorer.seen = []
    explorer.picture.observe(
        lambda change: explorer.seen.append((explorer.computed, explorer.numbers, change["new"])),
        names="data",
    )
    return explorer


@pytest.fixture
def frequent_switches():
    """Threads take turns every few microseconds, so that what can be torn is torn."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


def run_at_once(*moves, rounds=ROUNDS):
    """Call each `move(round)` for all rounds in a thread of its own; none may raise."""
    ready, errors = threading.Barrier(len(moves)), []

    def work(move):
        ready.wait()
        try:
            for number in range(rounds):
                move(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(move,)) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def page_moves(explorer: Explorer, name: str, values: list[object]):
    """Moves of a slider in the page, which come in as messages."""
    return lambda number: explorer.controls[name].set_state({"value": values[number % len(values)]})


def cell_moves(explorer: Explorer, name: str, values: list[object]):
    """Moves of a control by code in a cell."""

    def move(number):
        explorer.controls[name].value = values[number % len(values)]

    return move


def assert_whole(explorer: Explorer, least: int) -> None:
    """Every picture seen is the one that one thread draws for the same values, and the last one is shown."""
    kind = type(explorer).__mro__[1]
    single, drawn = kind(), {}
    assert len(explorer.seen) >= least
    for values, numbers, data in explorer.seen:
        key = tuple(values.items())
        if key not in drawn:
            single.set(**values)
            drawn[key] = single.numbers, single.picture.data
        assert (numbers, data) == drawn[key]
    assert len(drawn) > 3, "the threads did take turns"
    now = {name: control.value for name, control in explorer.controls.items() if name != "upload"}
    single.set(**now)
    assert (explorer.numbers, explorer.picture.data) == (single.numbers, single.picture.data)
    assert explorer.status == ""


@pytest.mark.usefixtures("frequent_switches")
def test_two_threads_on_one_drawing_get_whole_pictures():
    explorer = recorder(ReductionExplorer)
    run_at_once(
        page_moves(explorer, "out_channels", [64, 128, 512]), cell_moves(explorer, "kernel_size", [1, 3, 5])
    )
    assert_whole(explorer, least=ROUNDS)


@pytest.mark.usefixtures("frequent_switches")
def test_two_threads_on_one_photo_get_whole_pictures():
    explorer = recorder(PixelMixer)
    run_at_once(
        page_moves(explorer, "red_from_green", [0.5, -1, 2]),
        cell_moves(explorer, "photo", ["chelsea", "coffee"]),
    )
    assert_whole(explorer, least=ROUNDS)


@pytest.mark.usefixtures("frequent_switches")
def test_two_explorers_in_two_threads_get_whole_pictures():
    drawing, photo = recorder(ReductionExplorer), recorder(PixelMixer)
    run_at_once(
        page_moves(drawing, "in_channels", [64, 128, 200, 256, 512]),
        cell_moves(photo, "row", [0, 60, 120, 199]),
        rounds=80,
    )
    assert_whole(drawing, least=80)
    assert_whole(photo, least=80)


@pytest.mark.usefixtures("frequent_switches")
def test_explorers_made_in_two_threads_are_alike_and_leave_matplotlib_as_it_was():
    usual, expected = dict(matplotlib.rcParams), ReductionExplorer().picture.data
    made = []

    def make(_number):
        made.append(ReductionExplorer().picture.data)

    run_at_once(make, make, rounds=10)
    assert made == [expected] * 20
    assert dict(matplotlib.rcParams) == usual
