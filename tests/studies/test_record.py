"""A study's record is kept as it grows, goes on where it was, and says how it was made."""

import csv
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers.images.patches import PatchData, photo_patches
from helpers.lessons.study import MEASURES, read
from helpers.running.training import History
from studies.record import NEAR, Record
from studies.study import CHOOSING_SEEDS, Study


def data(choosing: bool) -> PatchData:
    return photo_patches(["brick", "coins"], size=8, per_class=32, test_per_class=16, choosing=choosing)


def linear() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 2))


FIRST, *OTHERS = CHOOSING_SEEDS
STUDY = Study(
    question="Does a line tell bricks from coins?",
    varied="a layer",
    fixed="all else",
    networks={"one": linear, "two, “wide”": lambda: nn.Sequential(*linear(), nn.ReLU(), nn.Linear(2, 2))},
    data=data,
    epochs=2,
    rates=(0.01, 0.1),
    seeds=(0, 1),
)


def history(*errors: float, note: str = "") -> History:
    return History(errors, errors, tuple(each / 10 for each in errors), errors, note, seconds=60.0)


def test_a_training_follows_its_seed_and_ends_where_it_is_told_to() -> None:
    before = torch.random.get_rng_state()
    whole, again, other = (STUDY.train("one", 0.1, seed)["one"] for seed in (0, 0, 1))
    assert whole == again != other
    start = STUDY.train("one", 0.1, 0, stop_after=1)["one"]
    assert start.train_loss == whole.train_loss[:1]
    assert torch.equal(torch.random.get_rng_state(), before)


def turned_off(model: nn.Module, data: PatchData) -> nn.Module:
    """All scores are 0, and the first class is said."""
    nn.init.zeros_(model[1].weight)
    nn.init.zeros_(model[1].bias)
    return model


def test_what_is_grown_is_trained_again_and_what_is_cut_is_not() -> None:
    grown = replace(STUDY, grown={"one": lambda model, data: model}, cut={"off": turned_off})
    assert grown.lengths == {"one": 4, "two, “wide”": 2, "off": 1}
    half, both = STUDY.train("one", 0.1, 0)["one"], grown.train("one", 0.1, 0)
    assert both["one"].train_loss[:2] == half.train_loss
    assert both["one"].epochs == 4
    assert both["one"].train_loss[3] < half.train_loss[1]
    assert both["off"].test_error == (50.0,)  # half of the images are of each class
    assert both["off"].train_loss == pytest.approx([0.6931], abs=1e-3)  # ln 2
    assert grown.train("one", 0.1, 0, choosing=True).keys() == {"one"}
    # The cut is made to a copy: what comes after it is cut on its own.
    twice = replace(STUDY, cut={"off": turned_off, "as it is": lambda model, data: model})
    found = twice.train("one", 0.1, 0)
    assert found["as it is"].test_loss[0] == found["one"].test_loss[-1]


def test_what_a_rate_is_chosen_by_is_in_no_test() -> None:
    choosing, real = data(True), data(False)
    assert len(choosing.test_labels) == len(real.test_labels)
    tested = {
        tuple(image.flatten().round(decimals=3).tolist()) for image in real.test_images * real.std + real.mean
    }
    for images in (choosing.train_images, choosing.test_images):
        seen = {
            tuple(image.flatten().round(decimals=3).tolist())
            for image in images * choosing.std + choosing.mean
        }
        assert not seen & tested
    assert not set(CHOOSING_SEEDS) & set(STUDY.seeds)


def test_a_record_goes_on_where_it_was(tmp_path: Path) -> None:
    record = Record("mine", STUDY, tmp_path)
    assert record.missing_choices() == [
        (network, rate, FIRST) for network in STUDY.networks for rate in STUDY.rates
    ]
    record.choose("one", 0.1, FIRST, history(50.0, 30.0))
    assert record.rate("one") is None
    record.choose("one", 0.01, FIRST, history(50.0, 40.0))
    assert (record.rate("one"), record.rate("two, “wide”")) == (0.1, None)
    record.add(1, {"one": history(48.0, 1 / 3)})

    again = Record("mine", STUDY, tmp_path)
    assert again.rate("one") == 0.1
    assert again.missing_choices() == [("two, “wide”", 0.01, FIRST), ("two, “wide”", 0.1, FIRST)]
    assert again.missing_runs() == [("one", 0), ("two, “wide”", 0), ("two, “wide”", 1)]
    assert again.minutes == 3
    again.add(0, {"one": history(49.0, 2.0)})
    with (tmp_path / "mine.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["network", "seed", "measure", "1", "2"]
    assert [row[:3] for row in rows[1:]] == [["one", seed, measure] for seed in "01" for measure in MEASURES]
    assert rows[5] == ["one", "1", "training error", "48", "0.3333"]
    assert rows[8] == ["one", "1", "test loss", "4.8", "0.033"]

    (tmp_path / "mine.csv").unlink()
    anew = Record("mine", STUDY, tmp_path)
    assert anew.rate("one") == 0.1, "a rate that was chosen stays"
    assert {("one", 0), ("one", 1)} < set(anew.missing_runs())


def test_rates_that_end_near_each_other_are_tried_from_more_seeds(tmp_path: Path) -> None:
    study = replace(STUDY, networks={"one": linear}, rates=(0.01, 0.1, 1))
    record = Record("mine", study, tmp_path)
    for rate, error in ((0.01, 30 + NEAR), (0.1, 30), (1, 31 + NEAR)):
        record.choose("one", rate, FIRST, history(50.0, error))
    assert record.rate("one") is None
    assert record.missing_choices() == [("one", rate, seed) for rate in (0.01, 0.1) for seed in OTHERS]
    record.choose("one", 0.1, OTHERS[0], history(50.0, 41.0))
    record.choose("one", 0.1, OTHERS[1], history(50.0, 40.0))
    # A training that is noted behind a gap is done again after a stop, or its error would be another seed's.
    record.choose("one", 0.01, OTHERS[1], history(50.0, 34.0))
    again = Record("mine", study, tmp_path)
    # 0.1 has proved worse, so that 1 is near the best now.
    assert again.missing_choices() == [("one", rate, seed) for rate in (0.01, 1) for seed in OTHERS]
    for seed in OTHERS:
        again.choose("one", 0.01, seed, history(50.0, 34.0))
        again.choose("one", 1, seed, history(50.0, 35.0))
    assert again.missing_choices() == []
    assert again.rate("one") == 0.01
    notes = tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))
    assert notes["tried"]["one"] == {
        "0.01": [30 + NEAR, 34, 34],
        "0.1": [30, 41, 40],
        "1": [31 + NEAR, 35, 35],
    }


def test_the_runs_at_a_rate_that_is_no_longer_the_best_are_to_be_done_again(tmp_path: Path) -> None:
    study = replace(STUDY, cut={"off": turned_off})
    record = Record("mine", study, tmp_path)
    for network in study.networks:
        record.choose(network, 0.01, FIRST, history(50.0, 30.0))
        record.choose(network, 0.1, FIRST, history(50.0, 40.0))
        record.add(0, {network: history(50.0, 20.0)})
    record.add(1, {"one": history(50.0, 20.0), "off": history(50.0)})
    assert record.missing_runs() == [("two, “wide”", 1)]

    # One more rate is tried, and is the best: on the way it is not known which.
    wider = replace(study, rates=(0.01, 0.1, 1))
    Record("mine", wider, tmp_path).choose("one", 1, FIRST, history(50.0, 10.0))
    again = Record("mine", wider, tmp_path)
    assert again.rates == {"one": 1, "two, “wide”": 0.01}
    assert set(again.runs) == {("two, “wide”", 0)}
    assert again.missing_runs() == [("one", 0), ("one", 1), ("two, “wide”", 1)]
    again.choose("two, “wide”", 1, FIRST, history(50.0, 50.0))
    assert set(Record("mine", wider, tmp_path).runs) == {("two, “wide”", 0)}

    # Nor do they stay where the notes name another rate than the one that would be chosen now.
    notes = tmp_path / "mine.toml"
    text = notes.read_text(encoding="utf-8")
    notes.write_text(text.replace('"two, “wide”" = 0.01', '"two, “wide”" = 0.1'), encoding="utf-8")
    assert Record("mine", wider, tmp_path).runs == {}

    # Without the notes nobody knows at which rate they were made.
    notes.unlink()
    lost = Record("mine", study, tmp_path)
    assert set(lost.runs) == {("two, “wide”", 0)}, "until a rate is chosen"
    lost.choose("two, “wide”", 0.01, FIRST, history(50.0, 30.0))
    lost.choose("two, “wide”", 0.1, FIRST, history(50.0, 40.0))
    assert lost.runs == {}


def test_one_rate_for_all_is_that_of_their_lowest_mean_error(tmp_path: Path) -> None:
    each, shared = (Record("mine", replace(STUDY, one_rate=one), tmp_path) for one in (False, True))
    one, two = STUDY.networks
    for record in (each, shared):
        record.choose(one, 0.01, FIRST, history(50.0, 20.0))
        record.choose(one, 0.1, FIRST, history(50.0, 30.0))
        record.choose(two, 0.01, FIRST, history(50.0, 45.0))
        assert shared.rate(one) is None  # not all have been tried
        record.choose(two, 0.1, FIRST, history(50.0, 25.0))
    assert [each.rate(one), each.rate(two)] == [0.01, 0.1]
    assert [shared.rate(one), shared.rate(two)] == [0.1, 0.1]  # 27.5 against 32.5
    notes = tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))
    assert notes["rates"] == {one: 0.1, two: 0.1}
    assert notes["rate"].startswith("one for all networks, that of the lowest mean error")


def test_a_rate_at_which_the_loss_was_no_longer_finite_is_the_worst(tmp_path: Path) -> None:
    record = Record("mine", STUDY, tmp_path)
    record.choose("one", 0.1, FIRST, history(note="Stopped in epoch 1: the loss is no longer finite."))
    record.choose("one", 0.01, FIRST, history(50.0, 49.0))
    assert Record("mine", STUDY, tmp_path).rate("one") == 0.01


def test_the_notes_say_how_it_was_made(tmp_path: Path) -> None:
    record = Record("mine", STUDY, tmp_path)
    record.choose("one", 0.1, FIRST, history(50.0))
    notes = tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))
    assert (notes["question"], notes["varied"], notes["fixed"]) == (STUDY.question, STUDY.varied, STUDY.fixed)
    assert (notes["seeds"], notes["epochs"]) == ([0, 1], 2)
    assert notes["data"] == "PatchData of 2 classes: 64 images of 1×8×8 to train on, 32 to test"
    assert {"machine", "versions", "date", "minutes", "data for choosing"} <= set(notes)


def test_a_record_is_read_as_curves_with_their_spread(tmp_path: Path) -> None:
    record = Record("mine", replace(STUDY, networks={"one": linear}), tmp_path)
    for rate in STUDY.rates:
        record.choose("one", rate, FIRST, history(50.0, 600 * rate))
    for seed in (1, 0):
        record.add(seed, {"one": history(50.0, 10.0 + seed)})
    found = read(tmp_path, "mine")
    assert found.networks == ("one",)
    assert found.rates == {"one": 0.01}
    assert found.curves("one", "test error") == ((50.0, 10.0), (50.0, 11.0))
    assert found.last("one", "test loss") == (1.0, 1.1)
    assert found.dots(measures=["test error"], title="A title").finding == (
        "A title. test error: one 10.5 (10.0 to 11.0). "
        "2 seeds, 2 epochs each; 2 classes: 64 images of 1×8×8 to train on, 32 to test."
    )
    assert found.dots({"one": "a line"}, measures=["test error"], title="A title").finding.startswith(
        "A title. test error: a line 10.5 (10.0 to 11.0). "
    )
    assert repr(found) == (
        "Does a line tell bricks from coins?\n"
        "            training error, %             test error, %  rate\n"
        "one       10.5 (10.0 to 11.0)       10.5 (10.0 to 11.0)  0.01\n"
        "Mean (least to most) of 2 seeds, 2 epochs each; "
        "2 classes: 64 images of 1×8×8 to train on, 32 to test."
    )
    drawing = found.figure("test error", own={"one": (52.0,)})
    assert "one: test error 10.5 (10.0 to 11.0)" in repr(drawing)
    [axes] = drawing.figure.axes if hasattr(drawing, "figure") else [None]
    assert axes is None or len(axes.lines) >= 4  # two seeds, their mean, and the learner's own
    start = found.figure("test error", epochs=1)
    assert start.finding == (
        "Test error, every seed. one: test error 50.0 (50.0 to 50.0). "
        "2 seeds, the first 1 of 2 epochs; 2 classes: 64 images of 1×8×8 to train on, 32 to test."
    )
    for epochs in (0, 3):
        with pytest.raises(ValueError, match=r"^epochs must be a whole number from 1 to 2"):
            found.figure(epochs=epochs)
    assert found.figure(colours=["green"]).finding == found.figure().finding
    with pytest.raises(ValueError, match=r"^There is no colour 'pink'"):
        found.figure(colours=["pink"])
    with pytest.raises(ValueError, match=r"^There are 2 colours and 1 networks; give as many\.$"):
        found.figure(colours=["blue", "red"])
    with pytest.raises(ValueError, match=r"^There is no network 'three'; choose 'one'\.$"):
        found.curves("three")
    with pytest.raises(ValueError, match=r"^There is no measure 'error'; the nearest is 'test error'"):
        found.curves("one", "error")
