"""Every study builds its networks, its record is whole, and its start can be done again."""

import pytest
import torch

from helpers.lessons.study import FOLDER, recorded, study
from studies.record import NEAR, Record
from studies.study import CHOOSING_SEEDS, load, names


@pytest.mark.parametrize("name", names())
def test_a_study_s_networks_take_its_images(name: str) -> None:
    plan = load(name)
    data = plan.data(False)
    assert len(plan.seeds) >= 5
    assert len(plan.rates) >= 3
    for network, make in plan.networks.items():
        built = make().eval()
        with torch.inference_mode():
            assert built(data.test_images[:2]).shape == (2, data.classes), network


@pytest.mark.parametrize("name", recorded())
def test_a_record_is_that_of_its_script(name: str) -> None:
    plan = load(name)
    record = Record(name, plan)
    assert record.missing_choices() == []
    assert record.missing_runs() == []
    found = study(name)
    assert (found.question, found.varied, found.fixed) == (plan.question, plan.varied, plan.fixed)
    assert (found.networks, found.seeds, found.epochs) == (tuple(plan.lengths), plan.seeds, plan.epochs)
    assert found.data == repr(plan.data(False))
    assert found.rates == {network: record.rate(network) for network in plan.networks}
    for network, length in plan.lengths.items():
        assert {len(curve) for curve in found.curves(network)} == {length}


@pytest.mark.parametrize("name", recorded())
def test_the_start_of_a_study_is_as_recorded(name: str) -> None:
    plan, found = load(name), study(name)
    network = found.networks[0]
    start = plan.train(network, found.rates[network], plan.seeds[0], stop_after=1)[network]
    # Another machine rounds otherwise, which an epoch makes little of.
    recorded = found.curves(network, "training loss")[0][0]
    assert start.train_loss[0] == pytest.approx(recorded, rel=0.1)


def test_what_is_said_of_choosing_rates_is_so() -> None:
    records = [Record(name, plan) for name in recorded() if not (plan := load(name)).one_rate]
    own = [(record, network) for record in records for network in record.study.networks]
    others = 0
    for record, network in own:
        first = {rate: errors[CHOOSING_SEEDS[0]] for rate, errors in record.tried[network].items()}
        others += record.rate(network) != min(record.study.rates, key=first.__getitem__)
    text = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert f"within {NEAR} points of the best" in text
    assert f"{others} of the {len(own)} networks with a rate of their own would have got another one" in text


def test_all_records_together_are_small_enough_to_read() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*")) < 300_000
