"""Training refuses what it cannot train, on or with, in one sentence."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.running.training import fit
from tests.running.test_training import DATA, network


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"epochs": 0}, r"epochs is 0; use a whole number from 1 to 10,000\."),
        ({"batch_size": 2.0}, r"batch_size is 2\.0; use a whole number of at least 1\."),
        ({"epochs": True}, r"epochs is True; use a whole number from 1 to 10,000\."),
        ({"threads": 0}, r"threads is 0; use a whole number from 1 to 1,024\."),
        ({"threads": 10**6}, r"threads is 1000000; use a whole number from 1 to 1,024\."),
        ({"seed": -1}, r"seed is -1; use a whole number from 0 to 4,294,967,295\."),
        ({"seed": 10**5000}, r"seed is this int; use a whole number from 0 to 4,294,967,295\."),
        ({"learning_rate": 0}, r"learning_rate is 0; use a number above 0, such as 0\.1\."),
        ({"learning_rate": float("nan")}, r"learning_rate is nan; use a number above 0, such as 0\.1\."),
        ({"learning_rate": 10**400}, r"learning_rate is 1000*…; use a number above 0, such as 0\.1\."),
        ({"learning_rate": "0.1"}, r"learning_rate is '0\.1'; use a number above 0, such as 0\.1\."),
        (
            {"learning_rate": torch.ones(2)},
            r"learning_rate is tensor\(\[1\., 1\.\]\); use a number above 0, .*",
        ),
        ({"momentum": None}, r"momentum is None; use a number from 0 to below 1, such as 0\.9\."),
        ({"momentum": 1}, r"momentum is 1; use a number from 0 to below 1, such as 0\.9\."),
        ({"weight_decay": True}, r"weight_decay is True; use a number of at least 0, such as 0\.0005\."),
        (
            {"weight_decay": float("inf")},
            r"weight_decay is inf; use a number of at least 0, such as 0\.0005\.",
        ),
        ({"weight_decay": -1}, r"weight_decay is -1; use a number of at least 0, such as 0\.0005\."),
        ({"device": "gpu"}, r"There is no device 'gpu' here; .*"),
    ],
)
def test_settings_out_of_range_are_refused_in_one_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        fit(network(), DATA, **arguments)


@pytest.mark.parametrize(
    ("model", "data", "sentence"),
    [
        (
            "resnet8",
            DATA,
            r"The network is 'resnet8'; give the module itself, such as build\('resnet18'\)\.",
        ),
        (nn.Linear, DATA, r"The network is <class .*; give the module itself, .*"),
        (
            nn.Linear(64, 3),
            ["brick", "coins"],
            r"The data are \['brick', 'coins'\]; give those of photo_patches\.",
        ),
    ],
)
def test_what_is_no_network_and_what_are_no_data_are_refused_in_one_sentence(model, data, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        fit(model, data)


class Pair(nn.Linear):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (nn.Flatten(), r"The Flatten has nothing to train; use a network with weights\."),
        (nn.Conv2d(3, 3, 1), r"Conv2d does not accept an image of shape \(1, 8, 8\): .*"),
        (
            nn.Conv2d(1, 3, 1),
            r"The Conv2d returns scores of shape \(2, 3, 8, 8\) for two images; use \(2, 3\), .*",
        ),
        (
            nn.Sequential(nn.Flatten(), nn.Linear(64, 2)),
            r"The Sequential returns scores of shape \(2, 2\) for two images; use \(2, 3\), .*",
        ),
        (nn.Linear(8, 8, device="meta"), r"A network on 'meta' has no weights to train; .*"),
        (Pair(8, 8), r"The Pair returns a tuple in eval mode; return scores alone\."),
    ],
)
def test_a_network_that_cannot_be_trained_on_these_images_is_refused_in_one_sentence(model, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        fit(model, DATA)


class Auxiliary(nn.Module):
    """Gives its scores twice, in training alone."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(64, 3)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        scores = self.linear(x.flatten(1))
        return (scores, scores) if self.training else scores


def test_a_network_that_gives_more_than_scores_in_training_needs_a_loss():
    sentence = (
        r"^The Auxiliary returns a tuple in training mode; give `loss`, a function of that and the labels\.$"
    )
    with pytest.raises(ValueError, match=sentence):
        fit(Auxiliary(), DATA, epochs=1)
    both = fit(Auxiliary(), DATA, epochs=1, loss=lambda scores, labels: F.cross_entropy(scores[0], labels))
    assert both.epochs == 1


def test_what_a_network_raises_in_training_alone_is_one_sentence():
    class Asserting(Auxiliary):
        def forward(self, x: Tensor) -> Tensor:
            assert not self.training, "not made to be trained"
            return self.linear(x.flatten(1))

    sentence = r"^Asserting does not accept an image of shape \(1, 8, 8\): not made to be trained\.$"
    with pytest.raises(ValueError, match=sentence):
        fit(Asserting(), DATA)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"train_labels": DATA.train_labels.int()},
            r"train_labels are of type torch\.int32; use torch\.int64, as by labels\.long\(\)\.",
        ),
        (
            {"train_labels": DATA.train_labels + 1},
            r"train_labels are from 1 to 3; for 3 classes use 0 to 2\.",
        ),
        ({"test_labels": DATA.test_labels - 1}, r"test_labels are from -1 to 1; for 3 classes use 0 to 2\."),
    ],
)
def test_labels_of_another_type_or_out_of_range_are_refused(change, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        fit(Auxiliary(), replace(DATA, **change))
