"""The weights that ship with the course fit their network, do what their card says, and need no download."""

import re

import pytest
import torch

from helpers.models import build, weights
from helpers.models.weights import state_dict
from helpers.running.feature_maps import run
from tools import train_small

FILE = train_small.FOLDER / "small_alexnet.safetensors"
CARD = (train_small.FOLDER / "small_alexnet.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def net():
    return build("small_alexnet", weights="photo_patches", device="cpu")


@pytest.fixture(scope="module")
def data():
    return train_small.patches()


def on_card(line: str) -> str:
    return re.search(rf"^\| {line} \| (.+) \|$", CARD, re.MULTILINE).group(1)


def percent(line: str) -> float:
    return float(on_card(line).removesuffix(" %"))


def error(net, images, labels) -> float:
    return 100 * (run(net, images).argmax(1) != labels).double().mean().item()


def smoothness(kernels: torch.Tensor) -> float:
    """How alike neighbours in a 5×5 kernel are, on average: 0.8 where all are equal, about 0 for noise."""
    beside = (kernels[..., 1:] * kernels[..., :-1]).sum((1, 2, 3))
    return (beside / kernels.square().sum((1, 2, 3))).mean().item()


def test_the_network_is_the_file_name_for_name(net):
    loaded, state = state_dict("small_alexnet", "photo_patches"), net.state_dict()
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], state[name]) for name in state)
    assert not net.training
    assert FILE.stat().st_size < 2_000_000


def test_a_photo_is_fed_as_the_patches_of_the_card_were(net, data):
    given = (
        (net.preprocessing.mean, "mean of red, green, blue"),
        (net.preprocessing.std, "deviation of red, green, blue"),
    )
    for values, line in given:
        assert list(values) == [float(value) for value in on_card(line).split(", ")]
    assert torch.allclose(torch.tensor(net.preprocessing.mean), data.mean.flatten(), atol=1e-4)
    assert torch.allclose(torch.tensor(net.preprocessing.std), data.std.flatten(), atol=1e-4)
    # A patch is 64 pixels halved to 32, and the cat photo's shorter side is 300.
    assert net.preprocessing.resize == 300 * 32 // 64
    assert not hasattr(build("small_alexnet", device="cpu"), "preprocessing")


def test_it_does_as_well_as_its_card_says(net, data):
    test = error(net, data.test_images, data.test_labels)
    assert test < percent("test error") + 2
    # Another computer rounds differently, which may turn a few patches of 1,600.
    assert test == pytest.approx(percent("test error"), abs=0.3)
    varied = train_small.varied_patches(data)
    training = error(net, varied.train_images, varied.train_labels)
    assert training == pytest.approx(percent("training error, as varied"), abs=0.3)


def test_the_card_names_the_classes_and_numbers_of_the_data(data):
    assert on_card("classes, in order").split(", ") == list(data.class_names)
    assert data.classes == weights.CLASSES["photo_patches"]
    for line, values in (("mean", data.mean), ("deviation", data.std)):
        numbers = on_card(f"{line} of red, green, blue").split(", ")
        assert list(map(float, numbers)) == pytest.approx(values.flatten().tolist(), abs=1e-3)


def test_the_card_tells_how_the_tool_trains():
    assert on_card("epochs") == str(train_small.EPOCHS)
    assert on_card("batch size") == str(train_small.BATCH_SIZE)
    assert float(on_card("highest learning rate")) == train_small.LEARNING_RATE
    assert float(on_card("weight decay")) == train_small.WEIGHT_DECAY
    assert on_card("seed") == str(train_small.SEED)


def test_its_first_kernels_are_no_noise(net):
    assert net.conv1.weight.shape == (24, 3, 5, 5)
    assert smoothness(net.conv1.weight.detach()) > 0.4
    untrained = build("small_alexnet", device="cpu").conv1.weight.detach()
    assert abs(smoothness(untrained)) < 0.1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            {"num_classes": 10},
            r"^Trained weights are for 8 classes on a real device, not for num_classes=10\.$",
        ),
        (
            {"device": "meta"},
            r"^Trained weights are for 8 classes on a real device, not for device='meta'\.$",
        ),
        ({"groups": 1}, r"^Trained weights of small_alexnet do not fit groups=1; leave that out\.$"),
        ({"width": 48}, r"^Trained weights of small_alexnet do not fit width=48; leave that out\.$"),
        (
            {"in_channels": 1, "width": 48},
            r"^Trained weights of small_alexnet do not fit in_channels=1 and width=48; leave that out\.$",
        ),
        (
            {"weights": "imagenet"},
            r"^There is no set of weights for small_alexnet 'imagenet'; choose 'photo_patches'\.$",
        ),
        ({"weights": 3}, r"^There is no set of weights for small_alexnet 3; choose 'photo_patches'\.$"),
    ],
)
def test_what_the_weights_do_not_fit_is_refused_in_a_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        build("small_alexnet", **{"weights": "photo_patches", "device": "cpu"} | arguments)


def test_a_missing_file_is_said_to_be_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "_SHIPPED", tmp_path)
    with pytest.raises(
        ValueError, match=rf"^The weights {tmp_path}/small_alexnet.safetensors are missing; take"
    ):
        state_dict("small_alexnet", "photo_patches")
