"""Networks are really run; modules take turns, each on a copy of one input; the shortest run counts."""

import sys
import time

import pytest
import torch
from torch import nn

from helpers import time_side_by_side
from helpers.running import timing


class Noting(nn.Module):
    def __init__(self, name, runs):
        super().__init__()
        self.name, self.runs = name, runs

    def forward(self, x):
        modes = self.training, torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        self.runs.append((self.name, x.sum().item(), *modes))
        return x.relu_()


def test_the_modules_take_turns_on_the_same_input():
    runs = []
    times = time_side_by_side({name: Noting(name, runs) for name in "ab"}, (1, 3, 4, 4), rounds=3)
    assert [name for name, *_ in runs] == list("ab" * 4)
    assert len({total for _, total, *_ in runs}) == 1, (
        "the ReLU in place has not changed the next one's input"
    )
    assert not any(training or gradients for *_, training, gradients, _ in runs)
    assert [inference for *_, inference in runs] == [False] * 2 + [True] * 6  # the first are not timed
    assert list(times) == ["a", "b"]
    assert all(0 < each < 1000 for each in times.values())


def test_each_module_may_have_an_input_of_its_own():
    modules = {"wide": nn.Conv2d(8, 4, 1), "narrow": nn.Conv2d(2, 4, 1)}
    shapes = {"wide": (1, 8, 4, 4), "narrow": (2, 2, 6, 6)}
    assert list(time_side_by_side(modules, shapes, rounds=1)) == ["wide", "narrow"]
    with pytest.raises(ValueError, match=r"^The shape is None; give \(images, channels, height, width\)\.$"):
        time_side_by_side(modules, {"wide": (1, 8, 4, 4)})


def test_the_shortest_run_counts(monkeypatch):
    pretended = iter([5.0, 7.0, 3.0, 9.0, 4.0, 8.0])
    monkeypatch.setattr(timing, "_run", lambda *_: next(pretended))
    modules = {"a": nn.Identity(), "b": nn.Identity()}
    assert time_side_by_side(modules, (1, 3, 4, 4), rounds=3) == {"a": 3.0, "b": 7.0}


def test_ten_times_the_work_takes_longer():
    modules = {"little": nn.Conv2d(64, 32, 1), "much": nn.Conv2d(64, 64, 5, padding=2)}
    times = time_side_by_side(modules, (1, 64, 28, 28))
    assert times["much"] > 2 * times["little"]


def test_no_round_is_refused():
    with pytest.raises(ValueError, match=r"^rounds must be a whole number from 1 to 1000, got 0$"):
        time_side_by_side({}, (1, 3, 4, 4), rounds=0)


class Failing(nn.Module):
    def forward(self, x):
        raise RuntimeError(f"on {torch.get_num_threads()} thread")


def test_the_cpu_works_on_one_thread_meanwhile_and_on_as_many_as_before_afterwards():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        time_side_by_side({"a": nn.Identity()}, (1, 3, 4, 4))
        assert torch.get_num_threads() == 2
        with pytest.raises(
            ValueError, match=r"^Failing does not accept an image of .* \(3, 4, 4\): on 1 thread\.$"
        ):
            time_side_by_side({"a": Failing()}, (1, 3, 4, 4))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


class Sleeping(nn.Module):
    def forward(self, x):
        time.sleep(0.05)
        return x


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts a thread's own time in steps of 16 ms")
def test_time_that_other_programs_take_is_not_counted(monkeypatch):
    monkeypatch.setattr(timing, "best_device", lambda: torch.device("cpu"))
    assert time_side_by_side({"a": Sleeping()}, (1, 3, 4, 4), rounds=2)["a"] < 40


def test_a_real_time_is_that_of_a_real_forward_pass(monkeypatch):
    sizes = []
    build = timing.build

    def built(name, **options):
        network = build(name, **options)
        network.register_forward_hook(lambda module, inputs, output: sizes.append(output.shape))
        return network

    monkeypatch.setattr(timing, "build", built)
    timing.milliseconds.cache_clear()
    assert 0 < timing.milliseconds("small_vgg") < 10_000
    assert 1 + timing.LEAST_RUNS <= len(sizes) <= 1 + timing.MOST_RUNS
    assert set(sizes) == {(1, 10)}
    runs = len(sizes)
    timing.milliseconds("small_vgg")
    assert len(sizes) == runs
