"""`ReceptiveFieldExplorer` shows the field and the gradient of the very unit that is chosen."""

import io
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from helpers.arithmetic import ReceptiveField, Span
from helpers.explorers import receptive_field as module
from helpers.explorers.field_numbers import ReceptiveFieldNumbers
from helpers.explorers.receptive_field import ReceptiveFieldExplorer
from helpers.images.photos import photo, photo_names
from helpers.models import build
from helpers.reading.receptive_field import receptive_field
from helpers.running.effective_field import effective_receptive_field
from helpers.running.feature_maps import layer_names
from tests.learner import is_one_sentence, upload
from tests.networks import browsable

SIZE = 24
SMALL = browsable(8, 5)
NETWORKS = {"small": SMALL, "other": browsable(4, 7, 6)}


@pytest.fixture
def fields() -> ReceptiveFieldExplorer:
    return ReceptiveFieldExplorer(SMALL)


def state(explorer: ReceptiveFieldExplorer) -> tuple[object, ...]:
    return explorer.numbers, repr(explorer), explorer.picture.data, explorer.picture.alt


SPANS = st.builds(
    lambda jump, lo, size: Span(jump, -lo, size - lo - 1),
    st.integers(1, 64),
    st.integers(0, 2000),
    st.integers(1, 4000),
)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.data(), st.text("abc.123", max_size=60), st.text("abc.123", min_size=1, max_size=60), SPANS, SPANS)
def test_the_sentence_fits_at_any_setting(data, network, layer, y, x):
    grid = data.draw(st.tuples(st.integers(1, 512), st.integers(1, 512)))
    unit = tuple(data.draw(st.integers(0, count - 1)) for count in grid)
    side = data.draw(st.one_of(st.none(), st.integers(1, 4000)))
    numbers = ReceptiveFieldNumbers(network, layer, unit, grid, ReceptiveField(y, x), 224, side)
    assert len(numbers.sentence) <= 110
    assert numbers.sentence.endswith(".")
    assert f", unit {unit} of {grid[0]}×{grid[1]}: field {y.size}×{x.size}, " in numbers.sentence
    assert (f"within {side}×{side}." in numbers.sentence) == (side is not None)
    inside = [
        sum(0 <= at < 224 for at in range(lo, hi + 1)) for lo, hi in (y.covers(unit[0]), x.covers(unit[1]))
    ]
    assert numbers.on_photo == tuple(inside)


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "googlenet", "efficientnet_lite0"])
def test_a_layer_s_name_is_whole_in_the_sentence(name):
    for layer in layer_names(build(name, device="meta")):
        field = ReceptiveField(Span(1, 0, 999), Span(1, 0, 999))
        numbers = ReceptiveFieldNumbers("", layer, (99, 99), (112, 112), field, 224, 224)
        assert numbers.sentence.startswith(f"{layer}, unit (99, 99)")


def test_it_shows_the_field_and_the_gradient_of_the_chosen_unit_at_random_settings():
    explorer, draw = ReceptiveFieldExplorer(NETWORKS, photo="coffee"), random.Random(0)
    for _ in range(25):
        network = draw.choice(list(NETWORKS))
        explorer.set(network=network, photo=draw.choice(photo_names()))
        explorer.set(layer=draw.choice(explorer.layer.options))
        unit = draw.randint(0, explorer.row.max), draw.randint(0, explorer.column.max)
        explorer.set(row=unit[0], column=unit[1])
        assert explorer.status == ""
        layer, model = explorer.layer.value, NETWORKS[network]
        try:
            side = effective_receptive_field(model, layer, photo(explorer.photo.value), unit=unit).side
        except ValueError:
            side = None
        grid = explorer.row.max + 1, explorer.column.max + 1
        expected = ReceptiveFieldNumbers(
            network, layer, unit, grid, receptive_field(model, layer), SIZE, side
        )
        assert explorer.numbers == expected
        assert repr(explorer) == expected.sentence


def test_rows_and_columns_are_those_of_the_layer_s_map(fields):
    assert fields.layer.options == layer_names(SMALL)
    for layer, count in zip(fields.layer.options, (24, 12, 12, 6), strict=True):
        fields.layer.value = layer
        assert (fields.row.min, fields.row.max, fields.column.max) == (0, count - 1, count - 1)
        fields.row.value = count
        assert fields.row.value == count - 1
        assert (
            fields.status
            == f"row cannot be {count}: it takes a whole number from 0 to {count - 1}; {count - 1} is used."
        )


def test_it_starts_in_the_middle_of_the_layer_with_the_largest_field_on_the_photo(fields):
    assert (fields.numbers.layer, fields.numbers.field.size) == ("5", (10, 10))
    centre = [
        (first + last) / 2
        for first, last in (
            span.covers(at)
            for span, at in zip(
                (fields.numbers.field.y, fields.numbers.field.x), fields.numbers.unit, strict=True
            )
        )
    ]
    assert all(abs(at - (SIZE - 1) / 2) <= fields.numbers.field.jump[0] / 2 for at in centre)
    resnet = ReceptiveFieldExplorer(
        build("resnet20", device="cpu"), image_size=32, layers=["layer3", "layer2.0"]
    )
    assert resnet.numbers.layer == "layer2.0"
    largest = ReceptiveFieldExplorer(build("resnet20", device="cpu"), image_size=32, layers=["layer3.1"])
    assert max(largest.numbers.field.size) > 32


def test_another_layer_keeps_the_place_and_coming_back_is_the_same_unit(fields):
    fields.set(layer="0", row=3, column=20)
    before = state(fields)
    fields.layer.value = "5"
    assert fields.numbers.unit == (0, 5)
    fields.layer.value = "0"
    assert state(fields) == before


def test_another_network_keeps_layer_and_place_where_it_has_them():
    explorer = ReceptiveFieldExplorer(NETWORKS, layer="2", unit=(10, 2))
    explorer.network.value = "other"
    assert (explorer.numbers.layer, explorer.numbers.unit) == ("2", (10, 2))
    explorer.layer.value = "8"
    assert (explorer.row.max, explorer.numbers.unit) == (2, (2, 0))
    explorer.network.value = "small"
    assert explorer.layer.options == layer_names(SMALL)
    assert (explorer.numbers.layer, explorer.status) == ("5", "")


def test_a_unit_is_measured_once():
    runs, net = [], browsable(8, 5)
    net[0].register_forward_hook(lambda *_: runs.append(1))
    explorer = ReceptiveFieldExplorer(net)
    for row in (0, 1, 0, 1, explorer.row.max):
        explorer.row.value = row
    assert len(runs) == 4
    explorer.photo.value = "coffee"
    explorer.photo.value = "chelsea"
    assert len(runs) == 5


@pytest.mark.parametrize(("most", "live"), [(-1.0, False), (60.0, True)])
def test_sliders_wait_until_they_are_let_go_where_a_unit_takes_long(monkeypatch, most, live):
    monkeypatch.setattr(module, "SLOW", most)
    explorer = ReceptiveFieldExplorer(SMALL)
    assert (explorer.row.continuous_update, explorer.column.continuous_update) == (live, live)


def test_a_unit_that_no_pixel_moves_is_shown_with_its_field():
    net = browsable(8, 5)
    nn.init.constant_(net[3].bias, -99.0)  # the second ReLU is off everywhere
    explorer = ReceptiveFieldExplorer(net, layer="5")
    assert repr(explorer) == "5, unit (3, 3) of 6×6: field 10×10, no pixel moves it."
    assert explorer.numbers.side is None
    explorer.layer.value = "2"
    assert explorer.numbers.side in range(1, 5)
    assert explorer.status == ""


def test_each_control_changes_the_picture():
    explorer = ReceptiveFieldExplorer(NETWORKS)
    for name, value in {"row": 0, "column": 5, "photo": "coffee", "layer": "0", "network": "other"}.items():
        before = explorer.picture.data
        explorer.controls[name].value = value
        assert explorer.picture.data != before, name
        assert explorer.status == ""


def test_100_settings_leave_no_trace_in_the_next_picture():
    draw, explorer = random.Random(0), ReceptiveFieldExplorer(NETWORKS)
    controls = {name: control for name, control in explorer.controls.items() if name != "upload"}
    artists = len(explorer._figure.figure.findobj())
    for number in range(100):
        control = draw.choice(list(controls.values()))
        control.value = (
            draw.choice(control.options)
            if hasattr(control, "options")
            else draw.randint(control.min, control.max)
        )
        assert explorer.status == ""
        if number % 25 == 24:
            assert len(explorer._figure.figure.findobj()) == artists
            now = {name: control.value for name, control in controls.items()}
            fresh = ReceptiveFieldExplorer(
                {now["network"]: NETWORKS[now["network"]]},
                photo=now["photo"],
                layer=now["layer"],
                unit=(now["row"], now["column"]),
            )
            assert state(explorer) == state(fresh), now


@pytest.mark.parametrize("nonsense", ["three", None, float("nan"), 2.5, True, [], torch.tensor([1, 2])])
def test_nonsense_is_one_sentence_and_changes_nothing(fields, nonsense):
    before = state(fields)
    for name, control in fields.controls.items():
        if name != "upload":
            control.value = nonsense
            assert state(fields) == before, name
            assert is_one_sentence(fields.status)


def test_an_upload_goes_through_the_network(fields):
    for seed in (0, 1):
        pixels = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        upload(fields, file.getvalue())
        assert fields.photo.value == "your own"
        assert state(fields) == state(ReceptiveFieldExplorer(SMALL, photo=pixels))


def test_a_part_of_a_network_without_preprocessing_is_fed_at_any_size():
    part = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    assert ReceptiveFieldExplorer(part).numbers.image_size == 224
    explorer = ReceptiveFieldExplorer(part, image_size=50)
    assert (explorer.numbers.image_size, explorer.row.max) == (50, 24)


def test_layers_are_those_that_a_network_has():
    explorer = ReceptiveFieldExplorer(NETWORKS, layers=["8", "2", "6"])
    assert explorer.layer.options == ("2",)
    explorer.network.value = "other"
    assert explorer.layer.options == ("8", "2", "6")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"networks": {}}, r"There is no network; give at least one\."),
        ({"layer": "conv9"}, r"There is no layer 'conv9'; choose '0', '2', '3' or '5'\."),
        ({"layers": ["conv9"]}, r"There is no layer 'conv9'; choose .*\."),
        ({"layer": "5", "unit": (6, 0)}, r"row cannot be 6: it takes a whole number from 0 to 5\."),
        ({"unit": (0, -1)}, r"unit must be a whole number of at least 0, got -1"),
        ({"photo": "cofee"}, r"There is no photo 'cofee'; the nearest is 'coffee'\."),
        ({"image_size": 0}, r"image_size must be a whole number from 1 to 4096, got 0"),
        (
            {"networks": nn.Sequential(nn.AdaptiveAvgPool2d(1))},
            r"Sequential has no layer whose units see a part .*\.",
        ),
        ({"networks": nn.Conv2d(1, 4, 3)}, r"Conv2d does not accept an image of 3×224×224: .*\."),
        ({"networks": build("vgg11", device="meta")}, r"The VGG on device 'meta' has no weights; .*\."),
    ],
)
def test_a_wrong_start_is_an_error_in_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        ReceptiveFieldExplorer(**{"networks": SMALL, **wrong})
