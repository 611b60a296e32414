"""A class on one server: pictures and failures of every learner are noticed, and their memory is counted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from benchmarks.classroom import GOAL_LEARNERS, ClassReport, Report, late, measure, seats, table
from benchmarks.learner import Answer, Page
from benchmarks.memory import Memory, megabytes, memory_of

SHOWN = "from helpers import ReductionExplorer\nReductionExplorer()"
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


def slider(**state: object) -> dict[str, object]:
    usual = {"_model_name": "IntSliderModel", "value": 3, "min": 1, "max": 4, "step": 1}
    return {"comm_id": "slider", "data": {"state": {**usual, **state}}}


def page(**state: object) -> Page:
    """A page with one explorer, in whose box there is one slider."""
    page = Page()
    page.take("comm_open", slider(**state))
    for name, child in {"explorer": "row", "row": "slider"}.items():
        page.take("comm_open", {"comm_id": name, "data": {"state": {"children": [f"IPY_MODEL_{child}"]}}})
    view = {"image/png": "", "application/vnd.jupyter.widget-view+json": {"model_id": "explorer"}}
    for _ in range(2):  # shown twice, it is still one explorer
        page.take("execute_result", {"data": view})
    return page


def test_the_page_finds_the_sliders_of_what_is_shown_and_steps_to_and_fro_within_bounds() -> None:
    shown = page()
    assert shown.controls() == ["slider"]
    assert [shown.step("slider") for _ in range(3)] == [4, 3, 4]
    update = {"method": "update", "state": {"max": 9}}
    shown.take("comm_msg", {"comm_id": "slider", "data": update})
    assert shown.step("slider") == 5


def test_where_there_is_no_slider_a_box_is_ticked_to_and_fro() -> None:
    shown = page(_model_name="CheckboxModel", value=True)
    assert shown.controls() == ["slider"]
    assert [shown.step("slider") for _ in range(2)] == [False, True]


@pytest.mark.parametrize("state", [{"max": 1}, {"disabled": True}, {"_model_name": "HTMLModel"}])
def test_what_cannot_be_moved_is_left_alone(state: dict[str, object]) -> None:
    assert page(**state).controls() == []


def test_an_answer_is_complete_when_reply_and_idle_have_come_and_knows_its_last_picture() -> None:
    answer = Answer(waits_for={"idle", "execute_reply"})
    answer.take("status", {"execution_state": "busy"})
    answer.take("execute_reply", {})
    answer.take("comm_msg", {"data": {"state": {"value": 3}}})
    assert answer.picture is None
    answer.take("comm_msg", {"data": {"state": {"content": {}}}})
    assert not answer.complete.is_set()
    answer.take("status", {"execution_state": "idle"})
    assert answer.complete.is_set()
    assert answer.picture >= answer.sent


def test_learners_are_spread_over_the_lessons() -> None:
    first, second = Path("1.ipynb"), Path("2.ipynb")
    assert seats([first, second], 3) == [first, second, first]


@pytest.mark.parametrize(("values", "expected"), [(range(1, 101), 95), ([7], 7), ([3, 1, 2], 3)])
def test_95_in_100_are_not_later(values: list[int], expected: int) -> None:
    assert late(values) == expected


def test_memory_is_read_by_the_name_of_its_line() -> None:
    assert megabytes("Rss:  9 kB\nPss:    2000 kB\nPss_Anon: 7 kB\n", "Pss") == pytest.approx(2.048)


@only_linux
def test_a_process_holds_what_it_was_given() -> None:
    # Another process: this one may put a new array into memory that an earlier test has left it.
    code = (
        "held = b''\nwhile True:\n    print(len(held), flush=True)\n    held = bytearray(b'x') * int(input())"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as process:
        assert process.stdout.readline() == "0\n"
        before = memory_of(process.pid)
        process.stdin.write("50000000\n")
        process.stdin.flush()
        assert process.stdout.readline() == "50000000\n"
        after = memory_of(process.pid)
        process.kill()
    assert 45 < after.share - before.share < 60
    assert after.peak >= after.share


def test_the_table_says_what_each_class_met_with_and_whether_the_goal_is_met() -> None:
    well = Report("1_x", 10.0, [20, 30], [40, 50], Memory(500, 700))
    full = ClassReport([well] * GOAL_LEARNERS, most=8000)
    text = table([full])
    row = " ".join(text.splitlines()[1].split())
    assert row == "16 500 500 700 700 8,000 10.0 10.0 25 30 45 50 0"
    assert "met      16 learners in 24 GB, none fails: 8,000 MB" in text.splitlines()
    poor = Report("2_y", failures=["the kernel died, or its connection ended"])
    text = table([ClassReport([well, poor], most=900), ClassReport([well] * 15 + [poor], most=900)])
    assert "2 learners: 2_y: the kernel died, or its connection ended" in text.splitlines()
    assert "NOT MET  16 learners in 24 GB, none fails: 900 MB" in text.splitlines()


@only_linux
def test_a_small_class_on_a_real_server(tmp_path: Path) -> None:
    lessons = {"well": SHOWN, "error": "1 / 0", "dead": "import os; os._exit(1)", "none": "2 + 2"}
    notebooks = [tmp_path / f"{name}.ipynb" for name in lessons]
    for notebook, code in zip(notebooks, lessons.values(), strict=True):
        cells = [nbformat.v4.new_code_cell("# first"), nbformat.v4.new_code_cell(code)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    report = measure(notebooks, learners=4, moves=3)
    well, *others = report.learners
    assert [each.failures for each in report.learners] == [
        [],
        ["ZeroDivisionError: division by zero"],
        ["the kernel died, or its connection ended"],
        ["nothing to move on the page"],
    ]
    assert (len(well.early), len(well.together)) == (3, 3)
    assert all(0 < each < 30_000 for each in well.early + well.together)
    assert 20 < well.memory.share <= well.memory.peak < 500
    assert report.most > well.memory.share
    assert all(each.memory is None for each in others)
