"""`FeatureMapExplorer` shows the maps that the network makes, and finds its way through them."""

import io
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor, nn

from helpers.explorers.feature_map import (
    FeatureMapExplorer,
    page_of_maps,
)
from helpers.images.photos import photo
from helpers.models import build
from helpers.running.feature_maps import feature_maps, layer_names
from tests.learner import is_one_sentence, upload
from tests.networks import browsable

PLAIN = settings(deadline=None, derandomize=True, max_examples=200)
SMALL = browsable(150, 5)
NETWORKS = {"small": SMALL, "other": browsable(1, 70, 200)}


class Idle(nn.Module):
    """A network whose one layer never runs."""

    preprocessing = SMALL.preprocessing

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x


@pytest.fixture
def maps() -> FeatureMapExplorer:
    return FeatureMapExplorer(SMALL)


def state(explorer: FeatureMapExplorer) -> tuple[object, ...]:
    return (
        explorer.numbers,
        repr(explorer),
        explorer.picture.data,
        explorer.picture.alt,
        explorer._image.tobytes(),
    )


@PLAIN
@given(st.integers(1, 2048), st.integers(1, 512), st.data())
def test_pages_hold_every_channel_once_and_the_chosen_one(channels, size, data):
    channel = data.draw(st.integers(0, channels - 1))
    numbers = page_of_maps("layer", (channels, size, size), channel)
    assert channel in numbers.shown
    assert len(numbers.shown) <= numbers.columns**2 <= 64
    pages = {page_of_maps("layer", (channels, 1, 1), each).shown for each in range(channels)}
    assert sorted(each for page in pages for each in page) == list(range(channels))
    assert numbers.pages == len(pages)
    assert 1 <= numbers.page <= numbers.pages


def test_the_sentence_fits_for_every_layer_of_the_network_in_the_lesson():
    for name in layer_names(build("efficientnet_lite0", device="meta")):
        sentence = page_of_maps(name, (1280, 112, 112), 1279).sentence
        assert len(sentence) <= 110
        assert sentence.startswith(f"{name}: 1280 maps of 112×112; page 20 of 20, channel 1279")


def test_page_and_channel_lead_each_other(maps):
    assert (maps.page.max, maps.channel.max) == (3, 149)
    maps.page.value = 3
    assert (maps.channel.value, maps.numbers.shown) == (128, range(128, 150))
    maps.channel.value = 70
    assert (maps.page.value, maps.numbers.shown) == (2, range(64, 128))
    maps.page.value = 2
    assert maps.channel.value == 70, "the page is shown already"
    maps.layer.value = layer_names(SMALL)[-1]
    assert (maps.page.max, maps.page.value, maps.channel.max, maps.channel.value) == (1, 1, 4, 4)
    assert maps.status == ""
    maps.channel.value = 5
    assert maps.status == "channel cannot be 5: it takes a whole number from 0 to 4; 4 is used."


def test_set_takes_a_channel_of_the_layer_that_it_sets(maps):
    maps.set(layer="3")
    maps.set(channel=140, layer="0")
    assert (maps.numbers.layer, maps.numbers.channel, maps.page.value) == ("0", 140, 3)
    assert maps.status == ""


def test_another_network_brings_its_own_layers_and_bounds():
    maps = FeatureMapExplorer(NETWORKS, channel=100)
    maps.network.value = "other"
    assert maps.layer.options == layer_names(NETWORKS["other"])
    assert (maps.channel.max, maps.channel.value, maps.page.max) == (0, 0, 1)
    maps.layer.value = "6"
    assert (maps.channel.max, maps.page.max) == (199, 4)
    maps.network.value = "small"
    assert maps.numbers == FeatureMapExplorer(SMALL).numbers
    assert maps.status == ""


def test_browsing_runs_the_network_once_for_each_photo():
    runs = []
    net = browsable(100, 5)
    net[0].register_forward_hook(lambda *_: runs.append(1))
    maps = FeatureMapExplorer(net)
    for layer in layer_names(net):
        maps.layer.value = layer
        maps.channel.value = 3
    maps.page.value = 1
    assert len(runs) == 1
    maps.photo.value = "coffee"
    maps.layer.value = "0"
    assert len(runs) == 2


def test_heads_that_run_in_training_only_are_no_choice():
    heads = build("googlenet", aux_heads=True, num_classes=5, device="cpu")
    maps = FeatureMapExplorer({"small": SMALL, "with heads": heads})
    maps.network.value = "with heads"
    assert maps.status == ""
    assert maps.layer.options == tuple(feature_maps(heads, photo("chelsea")))
    left_out = set(layer_names(heads)) - set(maps.layer.options)
    assert left_out == {name for name in layer_names(heads) if name.startswith("aux")}
    assert len(left_out) == 6  # each head, its pool's window and its convolution
    assert FeatureMapExplorer(heads).layer.options == maps.layer.options
    with pytest.raises(ValueError, match=r"^Layer 'aux1' of GoogLeNet does not run in eval mode; choose"):
        FeatureMapExplorer(heads, layers=["conv1", "aux1"])


def any_value(control, draw: random.Random):
    return (
        draw.choice(control.options)
        if hasattr(control, "options")
        else draw.randint(control.min, control.max)
    )


def test_300_settings_leave_no_trace_in_the_next_picture():
    draw, explorer = random.Random(0), FeatureMapExplorer(NETWORKS)
    controls = {name: control for name, control in explorer.controls.items() if name != "upload"}
    explorer.photo.options = ("chelsea", "coffee", "moon")

    def size() -> tuple[int, ...]:
        listeners = sum(len(each) for c in controls.values() for each in c._trait_notifiers.values())
        return len(explorer._figure.figure.findobj()), len(explorer._figure._texts), listeners

    before = size()
    for number in range(300):
        control = draw.choice(list(controls.values()))
        control.value = any_value(control, draw)
        assert explorer.status == ""
        assert len(repr(explorer)) <= 110
        if number % 50 == 49:
            assert size() == before
            now = {name: control.value for name, control in controls.items()}
            chosen = {now["network"]: NETWORKS[now["network"]]}
            fresh = FeatureMapExplorer(chosen, photo=now["photo"], layer=now["layer"], channel=now["channel"])
            assert state(explorer) == state(fresh), now


@pytest.mark.parametrize(
    "nonsense", ["three", None, float("nan"), 2.5, True, [], torch.tensor([1, 2]), np.zeros(3)]
)
def test_nonsense_is_one_sentence_and_changes_nothing(maps, nonsense):
    maps.set(page=2)
    before = state(maps)
    for name, control in maps.controls.items():
        if name == "upload":
            continue
        control.value = nonsense
        assert state(maps) == before, name
        assert is_one_sentence(maps.status)
    maps.channel.value = 1
    assert maps.status == ""
    assert maps.numbers.channel == 1


def test_a_network_that_fails_on_a_new_photo_keeps_the_last_picture(maps, monkeypatch):
    before = state(maps)
    with monkeypatch.context() as broken:
        broken.setattr(SMALL[3], "forward", lambda x: 1 / 0)
        maps.photo.value = "coffee"
        assert maps.status == "ZeroDivisionError: division by zero"
        assert state(maps) == before
    maps.layer.value = "3"
    assert maps.status == ""
    assert state(maps) == state(FeatureMapExplorer(SMALL, photo="coffee", layer="3"))


def test_an_upload_goes_through_the_network(maps):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    upload(maps, file.getvalue())
    assert maps.photo.value == "your own"
    assert state(maps) == state(FeatureMapExplorer(SMALL, photo=pixels))
    before = state(maps)
    upload(maps, b"no picture", "bad.png")
    assert maps.status.startswith("The upload 'bad.png' ")
    assert state(maps) == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"layer": "conv9"}, "There is no layer 'conv9'; choose '0', '2', '3' or '5'."),
        ({"layers": ["conv9"]}, "There is no layer 'conv9'"),
        ({"channel": -1}, "channel cannot be -1|page cannot be 0"),
        ({"channel": 150}, "channel cannot be 150|page cannot be"),
        ({"photo": "cofee"}, "There is no photo 'cofee'; the nearest is 'coffee'."),
        (
            {"networks": nn.Sequential(nn.Flatten(), nn.Linear(4, 2))},
            "Sequential has no layer with feature maps",
        ),
        ({"networks": Idle()}, "Idle has no layer with feature maps"),
    ],
)
def test_a_wrong_start_is_an_error_in_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=f"^({sentence})"):
        FeatureMapExplorer(**{"networks": SMALL, **wrong})
