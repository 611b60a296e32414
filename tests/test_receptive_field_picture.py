"""`ReceptiveFieldExplorer` draws each thing where it is, and a click finds it again."""

import random

import matplotlib
import numpy as np
import pytest
from torch import nn

from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import BLUE, VERMILION
from helpers.explorers.field_numbers import PHOTO, SEEN, view_of
from helpers.explorers.field_picture import HEIGHT, LEFT, MAP, MAP_TOP, OUTER, RIGHT, ROOM, TOP, WIDTH
from helpers.explorers.receptive_field import ReceptiveFieldExplorer
from helpers.images.photos import photo
from helpers.models import build
from helpers.running.effective_field import effective_receptive_field
from tests.learner import click, live_texts
from tests.networks import browsable

SMALL = browsable(8, 5, 7)
SIZE = 24
UNITS = [("2", (5, 5)), ("3", (11, 0)), ("5", (2, 3)), ("8", (0, 2)), ("0", (0, 0))]


def middles(explorer: ReceptiveFieldExplorer, left: float, top: float, side: float, count: int) -> np.ndarray:
    """The colours in the middle of each of count × count cells of a square of the picture."""
    picture = np.asarray(explorer._image).astype(int)
    at = (np.arange(count) + 0.5) * side * DENSITY / count
    rows, columns = (top * DENSITY + at).astype(int), (left * DENSITY + at).astype(int)
    return picture[rows[:, None], columns]


def network_s_photo(name: str) -> np.ndarray:
    """What the small network is fed, as pixels."""
    return np.rint(127.5 * (SMALL.preprocessing(photo(name))[0].permute(1, 2, 0).numpy() + 1)).astype(int)


def box_in(explorer: ReceptiveFieldExplorer) -> tuple[slice, slice]:
    top, left, bottom, right = explorer.numbers.box
    return slice(max(top, 0), bottom + 1), slice(max(left, 0), right + 1)


@pytest.mark.parametrize(("layer", "unit"), UNITS)
def test_the_photo_is_as_it_was_inside_the_field_and_faded_outside(layer, unit):
    explorer = ReceptiveFieldExplorer(SMALL, photo="coffee", layer=layer, unit=unit)
    expected = network_s_photo("coffee")
    faded = expected // 4 + 190
    rows, columns = box_in(explorer)
    faded[rows, columns] = expected[rows, columns]
    top, left, bottom, right = explorer.numbers.box
    seen = np.ones((SIZE, SIZE), bool)  # all but the pixels that the frame runs over, just outside
    seen[max(top - 1, 0) : bottom + 2, max(left - 1, 0) : right + 2] = False
    seen[rows, columns] = True
    assert np.array_equal(middles(explorer, LEFT + ROOM, TOP + ROOM, PHOTO, SIZE)[seen], faded[seen])


@pytest.mark.parametrize(("layer", "unit"), UNITS)
def test_the_gradient_is_brightest_where_it_is_largest(layer, unit):
    explorer = ReceptiveFieldExplorer(SMALL, photo="coffee", layer=layer, unit=unit)
    gradient = effective_receptive_field(SMALL, layer, photo("coffee"), unit=unit).map.numpy()
    scaled = np.sqrt(gradient / np.quantile(gradient[gradient > 0], 0.99)).clip(0, 1)
    colours = 255 * matplotlib.colormaps["viridis"](np.rint(255 * scaled).astype(int))[..., :3]
    expected = 0.8 * colours + 0.2 * network_s_photo("coffee").mean(axis=2, keepdims=True)
    row, column, side = view_of(explorer.numbers.box, SIZE)
    seen = expected[row : row + side, column : column + side]
    drawn = middles(explorer, RIGHT, TOP, SEEN, side)
    near = np.abs(drawn - seen).max(axis=2) <= 2
    assert near.mean() > 0.6  # the frames cover the others


def blue_along(explorer: ReceptiveFieldExplorer, x: float, y: float) -> bool:
    """Whether a line of the field's colour runs within two CSS pixels of a place."""
    rgb = tuple(round(255 * share) for share in matplotlib.colors.to_rgb(BLUE))
    image = np.asarray(explorer._image).astype(int)
    x, y, reach = round(x * DENSITY), round(y * DENSITY), 3 * DENSITY
    around = image[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
    return bool((np.abs(around - rgb).max(axis=2) <= 8).any())


@pytest.mark.parametrize(("layer", "unit"), [("2", (5, 5)), ("5", (3, 2)), ("5", (0, 5)), ("3", (11, 6))])
def test_the_frame_stands_around_the_field_beyond_the_photo_too(layer, unit):
    explorer = ReceptiveFieldExplorer(SMALL, layer=layer, unit=unit)
    top, left, bottom, right = explorer.numbers.box
    x0, x1 = (LEFT + ROOM + edge * PHOTO / SIZE for edge in (left, right + 1))
    y0, y1 = (TOP + ROOM + edge * PHOTO / SIZE for edge in (top, bottom + 1))
    # Dashes have gaps: somewhere along each side there is one.
    shares = np.linspace(0.1, 0.9, 9)
    for y in (y0, y1):
        assert any(blue_along(explorer, x0 + share * (x1 - x0), y) for share in shares)
    for x in (x0, x1):
        assert any(blue_along(explorer, x, y0 + share * (y1 - y0)) for share in shares)
    beside = y0 - 12 if y0 - 12 > TOP else y1 + 12
    assert not blue_along(explorer, (x0 + x1) / 2, beside)


def places_of(explorer: ReceptiveFieldExplorer, color: str) -> np.ndarray:
    """Where on the right a colour is, as rows and columns in CSS pixels from that picture's top left."""
    rgb = 255 * np.array(matplotlib.colors.to_rgb(color))
    picture = np.asarray(explorer._image)[DENSITY * TOP : DENSITY * (TOP + SEEN), DENSITY * RIGHT :]
    return np.argwhere((np.abs(picture - rgb) <= 8).all(axis=2)) / DENSITY


@pytest.mark.parametrize("unit", [(11, 12), (2, 20), (23, 0)])
def test_the_dotted_frame_holds_95_percent_around_the_centre(unit):
    averages = nn.Sequential(*(nn.Conv2d(channels, 1, 3, padding=1) for channels in (3, 1, 1, 1, 1, 1)))
    for layer in averages:
        nn.init.constant_(layer.weight, 0.1)
    explorer = ReceptiveFieldExplorer(averages, layer="5", unit=unit, image_size=SIZE)
    row, column, view = view_of(explorer.numbers.box, SIZE)
    top, left, bottom, right = explorer.numbers.box
    side = explorer.numbers.side
    assert side < explorer.numbers.field.size[0] == 13
    found = places_of(explorer, VERMILION)
    for axis, middle in enumerate(((top + bottom + 1) / 2 - row, (left + right + 1) / 2 - column)):
        edges = [(middle + sign * side / 2) * SEEN / view for sign in (-1, 1)]
        drawn = found[:, axis].min(), found[:, axis].max()
        assert all(abs(at - edge) < 5 or not 0 < edge < SEEN for at, edge in zip(drawn, edges, strict=True))


def test_where_no_pixel_moves_a_unit_there_is_no_dotted_frame_and_no_light():
    net = browsable(8, 5)
    explorer = ReceptiveFieldExplorer(net, layer="3")
    assert len(places_of(explorer, VERMILION))
    nn.init.constant_(net[3].weight, 0.0)
    explorer.row.value = 0
    assert explorer.numbers.side is None
    assert not len(places_of(explorer, VERMILION))
    assert "no pixel moves it on this photo" in [text for text, _ in live_texts(explorer)]
    grey = np.asarray(explorer._image)[DENSITY * (TOP + 4) : DENSITY * (TOP + SEEN), DENSITY * RIGHT : -40]
    assert np.median(grey[..., 1]) < 60


def test_the_room_beyond_the_photo_is_hatched_only_where_the_field_goes():
    def lines(explorer: ReceptiveFieldExplorer, x: int, y: int) -> int:
        part = np.asarray(explorer._image)[DENSITY * y : DENSITY * (y + 60), DENSITY * x : DENSITY * (x + 60)]
        return len(np.unique(part))

    corners = [(LEFT + 5, TOP + 5), (LEFT + OUTER - 65, TOP + OUTER - 65)]
    inside = ReceptiveFieldExplorer(SMALL, layer="5", unit=(3, 3))
    assert [lines(inside, *corner) for corner in corners] == [1, 1]
    wide = ReceptiveFieldExplorer(SMALL, layer="8", unit=(0, 0))
    assert wide.numbers.box[0] < -3
    around = LEFT + ROOM - 40, TOP + ROOM - 40
    assert lines(wide, *around) > 5
    assert lines(wide, *corners[1]) == 1


@pytest.mark.parametrize(("layer", "unit"), UNITS)
def test_the_unit_is_black_in_the_map(layer, unit):
    explorer = ReceptiveFieldExplorer(SMALL, layer=layer, unit=unit)
    count = explorer.numbers.grid[0]
    cells = middles(explorer, RIGHT, MAP_TOP, MAP, count).max(axis=2)
    assert cells[unit] < 40
    # In a map of many units the mark is wider than its unit.
    far = [
        (row, column)
        for row, column in np.ndindex(cells.shape)
        if max(abs(row - unit[0]), abs(column - unit[1])) > 2
    ]
    assert all(cells[place] > 200 for place in far)


def nearest_units(explorer: ReceptiveFieldExplorer, row: float, column: float) -> set[tuple[int, int]]:
    """The units whose centres are nearest to a place on the photo, in pixels, found by trying all."""
    field, found = explorer.numbers.field, []
    for span, at, count in ((field.y, row, explorer.row.max + 1), (field.x, column, explorer.column.max + 1)):
        far = [abs((first + last + 1) / 2 - at) for first, last in map(span.covers, range(count))]
        found.append([unit for unit in range(count) if far[unit] <= min(far) + 1e-6])
    return {(each, other) for each in found[0] for other in found[1]}


def test_a_click_on_either_picture_chooses_the_unit_whose_centre_is_nearest():
    explorer, draw = ReceptiveFieldExplorer(SMALL), random.Random(0)
    for layer in explorer.layer.options:
        for _ in range(8):
            explorer.layer.value = layer
            down, across = draw.random(), draw.random()
            expected = nearest_units(explorer, down * SIZE, across * SIZE)
            click(explorer, LEFT + ROOM + across * PHOTO, TOP + ROOM + down * PHOTO)
            assert explorer.numbers.unit in expected
            row, column, side = view_of(explorer.numbers.box, SIZE)
            down, across = draw.random(), draw.random()
            expected = nearest_units(explorer, row + down * side, column + across * side)
            click(explorer, RIGHT + across * SEEN, TOP + down * SEEN)
            assert explorer.numbers.unit in expected
            assert explorer.status == ""


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (LEFT + ROOM - 1, TOP + ROOM + 9),
        (LEFT + ROOM + PHOTO + 1, TOP + ROOM + 9),
        (LEFT + ROOM + 9, TOP + ROOM + PHOTO + 1),
        (RIGHT + 9, TOP + SEEN + 1),
        (RIGHT - 1, TOP + 9),
        (0, 0),
        (WIDTH, HEIGHT),
        (-50, 5 * HEIGHT),
    ],
)
def test_a_click_beside_the_photos_is_ignored(x, y):
    explorer = ReceptiveFieldExplorer(SMALL)
    before = explorer.numbers, explorer.picture.data
    click(explorer, x, y)
    assert (explorer.numbers, explorer.picture.data) == before


def assert_texts_fit(explorer: ReceptiveFieldExplorer) -> None:
    texts = live_texts(explorer)
    assert len(texts) == 5
    for text, (left, top, right, bottom) in texts:
        assert 0 <= left < right <= explorer._image.width - 8, text
        assert 0 <= top < bottom <= explorer._image.height, text
        for other, (left_2, top_2, right_2, bottom_2) in texts:
            apart = right < left_2 or right_2 < left or bottom < top_2 or bottom_2 < top
            assert apart or text == other, (text, other)


def test_no_text_is_cut_or_covers_another_with_the_longest_name_and_the_largest_numbers():
    name = "denseblock4denselayer16convolution2wide"
    part = nn.Sequential()
    part.add_module(name, nn.Conv2d(3, 2, 3, dilation=500, padding=500))
    explorer = ReceptiveFieldExplorer(part, layer=name, unit=(223, 223))
    assert_texts_fit(explorer)
    assert len(explorer.numbers.sentence) <= 110
    explorer.set(row=0, column=100)
    assert_texts_fit(explorer)


def test_no_text_is_cut_in_the_networks_of_the_lessons():
    for name in ("resnet20", "small_googlenet", "small_densenet"):
        explorer = ReceptiveFieldExplorer(build(name, device="cpu"), image_size=32)
        for layer in explorer.layer.options[::4]:
            explorer.layer.value = layer
            assert_texts_fit(explorer)
            explorer.set(row=0, column=0)
            assert_texts_fit(explorer)


def test_the_stored_picture_is_small():
    explorer = ReceptiveFieldExplorer(
        build("efficientnet_lite0", device="cpu"), photo="gravel", layer="blocks.8"
    )
    data, metadata = explorer._repr_mimebundle_()
    assert len(data["image/png"]) * 3 / 4 < 150_000
    assert metadata["image/png"]["alt"] == explorer.alt
    assert explorer.alt.startswith(explorer.numbers.sentence)
