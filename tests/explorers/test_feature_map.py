"""`FeatureMapExplorer` shows the maps that the network makes, and finds its way through them."""

from collections import OrderedDict

import matplotlib
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor, nn

from helpers import FeatureMapExplorer
from helpers.drawing.png import rendered
from helpers.drawing.style import ORANGE
from helpers.explorers.explorer import OWN
from helpers.explorers.numbers.feature_map import FeatureMapNumbers, feature_map, page_of
from helpers.images.photos import photo, square
from helpers.models import build
from helpers.running.feature_maps import feature_maps, layer_names
from tests.networks import browsable
from tests.seen import Seen, number

SMALL = browsable(150, 5)
NETWORKS = {"small": SMALL, "other": browsable(1, 70, 200)}
DENSITY = 2


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


def numbers_of(channels: int, channel: int, layer: str = "layer", size: int = 9) -> FeatureMapNumbers:
    ends = {"smallest": [0.0] * channels, "largest": [1.0] * channels, "limit": 1.0}
    return feature_map(layer, channel, shape=(channels, size, size), **ends)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.integers(1, 2048), st.data())
def test_pages_hold_every_channel_once_and_the_chosen_one(channels, data):
    channel = data.draw(st.integers(0, channels - 1))
    numbers = numbers_of(channels, channel)
    assert channel in numbers.shown
    assert numbers.page == page_of(channel)
    assert len(numbers.shown) <= numbers.columns**2 <= 64
    assert (numbers.columns - 1) ** 2 < min(channels, 64)
    pages = [numbers_of(channels, 64 * page).shown for page in range(numbers.pages)]
    assert [each for page in pages for each in page] == list(range(channels))


def test_the_sentence_fits_for_long_names_of_layers():
    for layer in (*layer_names(build("densenet121", device="meta")), "inception." * 20):
        sentence = numbers_of(1920, 1919, layer, 224).sentence
        assert len(sentence) <= 110
        name, rest = sentence.split(": ")
        assert rest == "1920 maps of 224×224; page 30 of 30, channel 1919 enlarged."
        assert name == layer or (name[0] == "…" and layer.endswith(name[1:]) and len(name) == 40 < len(layer))


def test_without_a_network_it_shows_the_course_s_own():
    maps = FeatureMapExplorer(layers=["stem", "head"], layer="head", channel=11)
    assert repr(maps) == "head: 1280 maps of 7×7; page 1 of 20, channel 11 enlarged."
    assert (maps.network.value, maps.network.hidden) == ("EfficientNetLite", True)
    # Trained: ReLU6 cuts at 6, and most of what the head looks for is not in this photo.
    assert maps.numbers.range_of(11) == "0 to 6"
    assert sum(largest < 0.5 for largest in maps.numbers.largest) > 300


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
    maps.set(channel=140, layer="0")
    assert (maps.numbers.layer, maps.numbers.channel, maps.page.value) == ("0", 140, 3)
    assert maps.status == ""


def test_another_network_brings_its_own_layers_and_bounds():
    maps = FeatureMapExplorer(NETWORKS, channel=100)
    assert not maps.network.hidden
    maps.network.value = "other"
    assert maps.layer.options == layer_names(NETWORKS["other"])
    assert (maps.channel.max, maps.channel.value, maps.page.max) == (0, 0, 1)
    maps.layer.value = "6"
    assert (maps.channel.max, maps.page.max) == (199, 4)
    maps.network.value = "small"
    assert maps.numbers == FeatureMapExplorer(SMALL).numbers
    assert maps.status == ""


def test_browsing_runs_the_network_once_for_each_photo():
    runs, net = [], browsable(100, 5)
    # It may also be read, without numbers, to tell which dimensions are rows and columns.
    net[0].register_forward_hook(lambda _m, _i, output: None if output.is_meta else runs.append(1))
    maps = FeatureMapExplorer(net)
    for layer in layer_names(net):
        maps.set(layer=layer, channel=3)
    assert len(runs) == 1
    maps.photo.value = "coffee"
    maps.layer.value = "0"
    assert len(runs) == 2


def test_heads_that_run_in_training_only_are_no_choice():
    heads = build("googlenet", aux_heads=True, num_classes=5, device="cpu")
    left_out = set(layer_names(heads)) - set(FeatureMapExplorer(heads).layer.options)
    assert left_out == {name for name in layer_names(heads) if name.startswith("aux")}
    assert len(left_out) == 6  # each head, its pool's window and its convolution
    with pytest.raises(ValueError, match=r"^Layer 'aux1' of GoogLeNet does not run in eval mode; choose"):
        FeatureMapExplorer(heads, layers=["conv1", "aux1"])


def test_a_network_that_fails_on_a_new_photo_keeps_the_last_picture(maps, monkeypatch):
    before = maps.svg, maps.shown_images
    with monkeypatch.context() as broken:
        broken.setattr(SMALL[3], "forward", lambda x: 1 / 0)
        maps.photo.value = "coffee"
        sentence = "Sequential does not accept an image of shape (3, 24, 24): division by zero."
        assert maps.status == sentence
        assert (maps.svg, maps.shown_images) == before
    maps.layer.value = "3"
    assert maps.status == ""
    assert maps.shown_images == FeatureMapExplorer(SMALL, photo="coffee", layer="3").shown_images


def test_an_upload_goes_through_the_network(maps, png_of):
    for colour in ("red", "blue"):
        maps.upload.value = png_of(colour)
        assert (maps.photo.value, maps.status) == (OWN, "")
        fresh = FeatureMapExplorer(SMALL, photo=Image.new("RGB", (40, 30), colour))
        assert (maps.svg, maps.shown_images) == (fresh.svg, fresh.shown_images)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"layer": "conv9"}, "There is no layer 'conv9'; choose '0', '2', '3' or '5'."),
        ({"layers": ["conv9"]}, "There is no layer 'conv9'"),
        ({"channel": -1}, "channel cannot be -1: it takes a whole number from 0 to 149."),
        ({"channel": 150}, "channel cannot be 150"),
        ({"channel": "last"}, "channel cannot be 'last'"),
        ({"photo": "cofee"}, "There is no photo 'cofee'; the nearest is 'coffee'."),
        ({"networks": nn.Sequential(nn.Flatten(), nn.Linear(4, 2))}, "Sequential has no layer with feature"),
        ({"networks": {"mine": SMALL, "idle": nn.ReLU()}}, "idle has no layer with feature maps; use a "),
        ({"networks": Idle()}, "Idle has no layer with feature maps"),
        ({"networks": "resnet18"}, "The networks are 'resnet18'"),
    ],
)
def test_a_wrong_start_is_an_error_in_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        FeatureMapExplorer(**{"networks": SMALL, **wrong})


def expected_colours(values: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """Colours of values by one scale for the whole layer: around 0 where it is signed, from 0 otherwise."""
    limit = np.percentile(np.abs(layer), 99.5)
    signed = layer.min() < 0
    scale = (values / limit + 1) / 2 if signed else values / limit
    return 255 * matplotlib.colormaps["RdBu_r" if signed else "viridis"](scale.clip(0, 1))[..., :3]


def cells(picture: np.ndarray, where: list[float], rows: int, columns: int) -> np.ndarray:
    """The colours in the middle of each of rows × columns cells of a box: x, y, width and height."""
    x, y, width, height = (DENSITY * each for each in where)
    down = (y + (np.arange(rows) + 0.5) * height / rows).astype(int)
    right = (x + (np.arange(columns) + 0.5) * width / columns).astype(int)
    return picture[np.ix_(down, right)]


def box(element) -> list[float]:
    return [number(element, name) for name in ("x", "y", "width", "height")]


@pytest.mark.parametrize(("layer", "channel"), [("0", 4), ("0", 149), ("2", 70), ("3", 0), ("5", 4)])
def test_every_map_is_drawn_where_it_is_clicked_and_the_chosen_one_large(layer, channel):
    truth = feature_maps(SMALL, photo("coffee"), layer)[layer].numpy()
    explorer = FeatureMapExplorer(SMALL, photo="coffee", layer=layer, channel=channel)
    picture = np.asarray(rendered(explorer.svg, explorer.shown_images, DENSITY)).astype(float)
    seen, size = Seen(explorer.svg), truth.shape[1:]
    tiles = {values["channel"]: element for element, values in seen.sets()}
    assert list(tiles) == list(explorer.numbers.shown)
    for each, tile in tiles.items():
        drawn = cells(picture, box(tile), *size)
        assert np.abs(drawn - expected_colours(truth[each], truth)).max() < 8, each
        low, high = truth[each].min(), truth[each].max()
        said = tile.get("data-tip").removeprefix(f"channel {each}: ").replace("−", "-").split(" to ")
        assert [float(end) for end in said] == pytest.approx([low, high], rel=0.006, abs=1e-9)
    photo_shown, _, large, scale = seen.elements("image")
    drawn = cells(picture, box(large), *size)
    assert np.abs(drawn - expected_colours(truth[channel], truth)).max() < 8
    # The scale runs from the highest colour down to the lowest.
    limit = np.percentile(np.abs(truth), 99.5)
    ends = np.array([limit, -limit if truth.min() < 0 else 0])
    drawn = cells(picture, box(scale), 100, 1)[[0, -1], 0]
    assert np.abs(drawn - expected_colours(ends, truth)).max() < 8
    assert seen.words[-2:] == [f"{end:.3g}".replace("-", "−") for end in ends]
    drawn = cells(picture, box(photo_shown), 50, 50)
    assert np.abs(drawn - cells(np.asarray(square(photo("coffee"), 424)), [0, 0, 212, 212], 50, 50)).max() < 3
    [frame] = [each for each in seen.elements("rect") if each.get("stroke") == ORANGE]
    x, y, width, height = box(tiles[channel])
    assert box(frame) == [x - 1.5, y - 1.5, width + 3, height + 3]


@pytest.mark.parametrize(
    ("channels", "channel", "shown"), [(1, 0, 1), (2, 0, 2), (3, 0, 3), (5, 0, 5), (150, 0, 64), (66, 65, 2)]
)
def test_maps_stand_in_rows_with_a_gap_between(channels, channel, shown):
    explorer = FeatureMapExplorer(browsable(channels), layer="0", channel=channel)
    boxes = [box(element) for element, _ in Seen(explorer.svg).sets()]
    columns = explorer.numbers.columns
    assert len(boxes) == shown
    sheet = Seen(explorer.svg).elements("image")[1]
    left, top, *_ = box(sheet)
    side = boxes[0][2]
    for place, (x, y, width, height) in enumerate(boxes):
        assert (width, height) == (side, side)
        assert (x, y) == (left + place % columns * (side + 4), top + place // columns * (side + 4))
    right, bottom = max(x for x, *_ in boxes) + side, max(y for _, y, *_ in boxes) + side
    assert box(sheet) == [left, top, right - left, bottom - top]
    assert 456 - columns < columns * (side + 4) - 4 <= 456


def test_the_words_say_what_is_shown():
    explorer = FeatureMapExplorer(SMALL, layer="0", channel=70)
    assert Seen(explorer.svg).words[:4] == [
        "the photo",
        "0",
        "channels 64 to 127 of 150, 24×24 pixels",
        "channel 70",
    ]
    explorer = FeatureMapExplorer(browsable(65), layer="0", channel=64)
    assert "channel 64 of 65, 24×24 pixels" in Seen(explorer.svg).words


def test_each_pixel_of_a_small_map_tells_its_value():
    net = browsable(4, 70, 2)
    explorer = FeatureMapExplorer(net, layer="6", channel=1)
    truth = feature_maps(net, photo("chelsea"), "6")["6"][1]
    assert truth.shape == (6, 6)
    seen = Seen(explorer.svg)
    left, top, side, _ = box(seen.elements("image")[2])
    for row, column in ((0, 0), (2, 5), (5, 3)):
        cell = seen.tip(f"row {row}, column {column}: {truth[row, column]:.3g}".replace("-", "−"))
        expected = [left + column * side / 6, top + row * side / 6, side / 6, side / 6]
        assert box(cell) == pytest.approx(expected, abs=0.01)
    explorer.layer.value = "3"
    assert not any(tip.startswith("row ") for tip in Seen(explorer.svg).tips), "12×12 are too many"


@pytest.mark.parametrize("scale", [0, 1e-9, 1, 1.2345e7])
def test_no_text_is_cut_for_any_values_or_names(scale):
    with torch.no_grad():
        net = nn.Sequential(OrderedDict({"m" * 60: nn.Conv2d(3, 1280, 3)}))
        net[0].weight.mul_(scale)
        net[0].bias.mul_(scale)
    net.preprocessing = SMALL.preprocessing
    explorer = FeatureMapExplorer(net, channel=1279)
    seen = Seen(explorer.svg)
    assert seen.in_the_way() == []
    [title] = [text for text in seen.texts if text.words.startswith("…m")]
    assert 430 < title.box[2] - title.box[0] <= 456
    maps_left = box(seen.elements("image")[1])[0]
    texts = {text.words: text.box for text in seen.texts}
    assert texts[explorer.numbers.range_of(1279)][2] < maps_left
    assert all(texts[words][2] < maps_left for words in seen.words[-2:])
    assert (explorer.numbers.range_of(1279) == "0 everywhere") == (scale == 0)
