"""`FeatureMapExplorer` draws each map where it belongs, in its colours, and a click finds it again."""

import base64
import io

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.feature_map import (
    GAP,
    GRID,
    HEIGHT,
    LEFT,
    MAPS_LEFT,
    SIDE,
    TOP,
    WIDTH,
    FeatureMapExplorer,
)
from helpers.images.photos import photo
from helpers.models import build
from helpers.running.feature_maps import feature_maps, layer_names
from tests.learner import click, live_texts
from tests.networks import browsable

SMALL = browsable(150, 5)


@pytest.fixture
def maps() -> FeatureMapExplorer:
    return FeatureMapExplorer(SMALL)


def expected_colours(values: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """Colours of values by one scale for the whole layer: around 0 where it is signed, from 0 otherwise."""
    limit = np.percentile(np.abs(layer), 99.5)
    if layer.min() < 0:
        scale, name = (values / limit + 1) / 2, "RdBu_r"
    else:
        scale, name = values / limit, "viridis"
    return 255 * matplotlib.colormaps[name](scale.clip(0, 1))[..., :3]


def middles(length: int, count: int) -> np.ndarray:
    """The pixels in the middle of each of `count` cells along `length` pixels."""
    return ((np.arange(count) + 0.5) * length / count).astype(int)


@pytest.mark.parametrize("layer", layer_names(SMALL))
@pytest.mark.parametrize("channel", [0, 4, 149])
def test_every_map_on_the_page_is_drawn_in_its_place_and_the_chosen_one_large(layer, channel):
    truth = {name: value.numpy() for name, value in feature_maps(SMALL, photo("coffee")).items()}[layer]
    channel = min(channel, len(truth) - 1)
    explorer = FeatureMapExplorer(SMALL, photo="coffee", layer=layer, channel=channel)
    picture, numbers = np.asarray(explorer._image).astype(float), explorer.numbers
    height, width = truth.shape[1:]
    step = GRID // numbers.columns
    tile = (step - GAP) * DENSITY
    for place, shown in enumerate(numbers.shown):
        row, column = divmod(place, numbers.columns)
        y, x = (TOP + row * step) * DENSITY, (MAPS_LEFT + column * step) * DENSITY
        cells = picture[y : y + tile, x : x + tile][np.ix_(middles(tile, height), middles(tile, width))]
        assert np.abs(cells - expected_colours(truth[shown], truth)).max() < 5, shown
    top, side = (TOP + SIDE + 24) * DENSITY, SIDE * DENSITY
    large = picture[top : top + side, LEFT * DENSITY :][:, :side]
    cells = large[np.ix_(middles(side, height), middles(side, width))]
    assert np.abs(cells - expected_colours(truth[channel], truth)).max() < 5


@pytest.mark.parametrize("setting", [{"layer": "0", "page": 1}, {"layer": "0", "page": 3}, {"layer": "3"}])
def test_a_click_enlarges_the_map_under_it(maps, setting):
    maps.set(**setting)
    numbers = maps.numbers
    step = GRID // numbers.columns
    for place in {*range(0, len(numbers.shown), 9), numbers.columns - 1, len(numbers.shown) - 1}:
        channel, (row, column) = numbers.shown[place], divmod(place, numbers.columns)
        for inset in (0.5, step - GAP - 0.5):
            click(maps, MAPS_LEFT + column * step + inset, TOP + row * step + inset)
            assert maps.numbers.channel == channel
    assert maps.numbers.shown == numbers.shown


def test_a_click_beside_the_maps_is_ignored(maps):
    maps.set(page=3)
    before = (maps.numbers, maps.picture.data)
    step = GRID // maps.numbers.columns
    beside = [(LEFT + 50, TOP + 50), (LEFT + 50, TOP + 300), (0, 0), (MAPS_LEFT + 20, TOP - 2), (-9, -9)]
    below_the_last_map = (MAPS_LEFT + 1, TOP + 3 * step + 1)
    for x, y in [
        *beside,
        below_the_last_map,
        (MAPS_LEFT + 7 * step, TOP + 2 * step + 1),
        (WIDTH + 9, TOP + 1),
    ]:
        click(maps, x, y)
        assert (maps.numbers, maps.picture.data) == before, (x, y)


def test_what_is_stored_is_small_and_has_alt_text():
    explorer = FeatureMapExplorer(build("efficientnet_lite0", weights="imagenet"), photo="chelsea")
    data, metadata = explorer._repr_mimebundle_()
    png = base64.b64decode(data["image/png"])
    assert Image.open(io.BytesIO(png)).size == (WIDTH, HEIGHT)
    assert len(png) < 200_000
    assert metadata["image/png"]["alt"] == data["text/plain"] == explorer.numbers.sentence


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1.2345e7])
def test_no_text_is_cut_or_covered_by_a_map(scale):
    net = browsable(150)
    with torch.no_grad():
        net[0].weight.mul_(scale)
        net[0].bias.mul_(scale)
    explorer = FeatureMapExplorer(net, layer="0")
    for text, box in live_texts(explorer):
        assert 0 <= box[0] < box[2] <= WIDTH * DENSITY, text
        assert 0 <= box[1] < box[3] <= HEIGHT * DENSITY, text
        above = box[3] <= TOP * DENSITY
        beside = box[2] <= MAPS_LEFT * DENSITY and box[0] >= (LEFT + SIDE + 9) * DENSITY
        between = box[1] >= (TOP + SIDE) * DENSITY and box[3] <= (TOP + SIDE + 24) * DENSITY
        assert above or beside or between, text
