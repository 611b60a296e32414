"""A picture is named as ImageNet names it, and printed the same on every machine."""

import pytest
import torch
from torch import nn

from helpers.images.photos import photo
from helpers.models import build
from helpers.running.classify import Prediction, Predictions, classify
from tests.networks import Function


@pytest.fixture(scope="module")
def trained() -> nn.Module:
    return build("efficientnet_lite0", weights="imagenet", device="cpu")


def scores(**given: float) -> nn.Module:
    """A network whose scores are 0 but for those given, whatever it sees."""
    fixed = torch.zeros(1, 1000)
    for index, score in given.items():
        fixed[0, int(index.removeprefix("_"))] = score
    return Function(lambda x: fixed)


def test_the_photos_are_named(trained):
    assert [each.name for each in classify(trained, photo("chelsea"), k=3)] == [
        "tiger cat",
        "Egyptian cat",
        "tabby",
    ]
    best = {name: classify(trained, photo(name), k=1)[0] for name in ("coffee", "motorcycle", "rocket")}
    assert {name: (each.name, each.index) for name, each in best.items()} == {
        "coffee": ("espresso", 967),
        "motorcycle": ("moped", 665),
        "rocket": ("missile", 657),
    }
    assert best["coffee"].probability == pytest.approx(0.951, abs=0.008)


def test_probabilities_are_a_softmax_in_falling_order():
    found = classify(scores(_3=7.0, _999=6.0), torch.zeros(3, 4, 4), k=1000)
    total = 998 + torch.tensor([7.0, 6.0]).exp().sum().item()
    assert [each.index for each in found[:2]] == [3, 999]
    assert found[0].probability == pytest.approx(torch.tensor(7.0).exp().item() / total, rel=1e-4)
    assert sum(each.probability for each in found) == pytest.approx(1, rel=1e-4)
    assert found[1].name == "toilet tissue"
    assert sorted(each.index for each in found) == list(range(1000))


def test_a_network_in_training_mode_answers_as_in_eval_mode_and_stays_in_it(trained):
    expected = classify(trained, photo("coffee"))
    trained.train()
    try:
        assert classify(trained, photo("coffee")) == expected
        assert all(module.training for module in trained.modules())
    finally:
        trained.eval()


def test_predictions_print_as_aligned_rows_of_whole_per_cent():
    found = Predictions([Prediction("tiger cat", 0.99499, 282), Prediction("tench", 0.0051, 0)])
    assert repr(found) == "tiger cat   99 %\ntench        1 %"
    assert repr(Predictions([Prediction("tench", 1.0, 0)])) == "tench  100 %"
    assert repr(Predictions()) == ""


def test_five_are_shown_unless_said_otherwise(trained):
    assert len(classify(trained, photo("rocket"))) == 5


@pytest.mark.parametrize(
    ("k", "sentence"),
    [
        (0, "k must be a whole number from 1 to 1000, got 0"),
        (2.5, r"k must be a whole number from 1 to 1000, got 2\.5"),
        (1001, r"k must be a whole number from 1 to 1000, got 1001"),
    ],
)
def test_an_impossible_k_is_refused(k, sentence):
    with pytest.raises(ValueError, match=sentence):
        classify(scores(), torch.zeros(3, 4, 4), k)


def test_a_network_with_other_classes_is_refused():
    net = build("efficientnet_lite0", num_classes=10, device="cpu")
    with pytest.raises(
        ValueError, match=r"^Names are known for the 1000 classes .* scores of shape \(1, 10\)\.$"
    ):
        classify(net, photo("coffee"))
