"""What `PoolingExplorer` draws: photo and map, enlarged pixels, marks and texts; and its clicks."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from matplotlib.text import Text
from torch.nn import functional

from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import BLUE, VERMILION
from helpers.explorers.pixel_cells import CELL, cells
from helpers.explorers.pooling import (
    BELOW,
    COLUMNS,
    GRID,
    GRID_WIDTH,
    HEIGHT,
    LEFT,
    ROWS,
    SHOWN,
    TOP,
    WIDTH,
    ZOOM,
    PoolingExplorer,
)
from helpers.explorers.pooling_numbers import SIZE
from helpers.images.photos import photo, square
from tests.learner import click, live_texts
from tests.test_pooling_explorer import PLAIN, SETTING, as_setting, by_pytorch

EXTREMES = [
    (window, stride, kind, row, column)
    for window, stride in itertools.product((1, 2, 3, 8), (1, 2, 8))
    for kind in ("max", "average")
    for row, column in ((0, 0), (1, 1))
]


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.asarray(square(photo("chelsea"), SIZE).convert("L"))


@pytest.fixture(scope="module")
def explorer() -> PoolingExplorer:
    return PoolingExplorer()


def levels(explorer: PoolingExplorer, top: int, cells: int) -> np.ndarray:
    """The picture at `top` on the left, read from the middle of each of its cells."""
    side = round(SHOWN * DENSITY)
    middles = ((np.arange(cells) + 0.5) * side / cells).astype(int)
    picture = np.asarray(explorer._image)[top * DENSITY :, LEFT * DENSITY :, 0]
    return picture[np.ix_(middles, middles)].astype(int)


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize(("window", "stride"), [(3, 2), (2, 2), (8, 8), (5, 7), (1, 1)])
def test_photo_and_map_are_drawn(explorer, pixels, kind, window, stride):
    setting = as_setting(window, stride, kind, 0, 0)
    explorer.set(photo="chelsea", **setting)
    out = explorer.numbers.output_size
    # Where the two windows are framed, other colours are drawn over it.
    clear = slice(10, None)
    assert np.array_equal(levels(explorer, TOP, SIZE)[clear], pixels[clear])
    expected = by_pytorch(pixels, window, stride, kind).numpy()
    clear = slice(1 if out < 20 else 4, None)
    assert np.abs(levels(explorer, BELOW, out)[clear] - expected[clear]).max() <= 0.51


@PLAIN
@given(SETTING)
def test_both_windows_are_wholly_among_the_enlarged_pixels(pixels, explorer, setting):
    explorer.set(photo="chelsea", **setting)
    numbers, picture = explorer.numbers, np.asarray(explorer._image)
    window, stride = numbers.window, numbers.stride
    for letter, column in zip(explorer._letters, numbers.columns, strict=True):
        # The letter is below the middle of its window.
        assert GRID + window / 2 * 32 <= letter.x <= GRID + GRID_WIDTH - window / 2 * 32
        left = round((letter.x - GRID) * DENSITY / CELL - window / 2)
        first = column * stride - left
        assert 0 <= first <= SIZE - COLUMNS
        # The values beside the digits are the pixels' own: read a little below the top of each cell.
        rows = {top for top in range(ROWS - window + 1) if 0 <= numbers.row * stride - top <= SIZE - ROWS}
        grid = picture[TOP * DENSITY + 12 :: CELL, GRID * DENSITY + CELL // 2 :: CELL, 0][:ROWS, :COLUMNS]
        wanted = pixels[numbers.row * stride :, column * stride :][:window, :window]
        assert any(np.array_equal(grid[top:, left:][:window, :window], wanted) for top in rows)


@pytest.mark.parametrize("value", [0, 90, 127, 128, 200, 255])
def test_a_value_stands_out_from_its_pixel_s_grey_and_pale_ones_are_paler(value):
    read, pale = (np.asarray(cells(np.array([[value]]), np.array([[seen]]))).astype(int) for seen in (1, 0))
    assert read[0, 0] == value
    assert abs(read - value).max() >= 126
    assert pale[0, 0] > 200
    assert abs(pale - pale[0, 0]).max() >= 100


def test_the_windows_are_in_the_middle_of_the_enlarged_pixels_where_the_photo_reaches_so_far(explorer):
    for window, stride in ((3, 2), (2, 2), (1, 3), (5, 1)):
        explorer.set(window=window, stride=stride, row=6, column=24 // stride)
        between = sum(letter.x for letter in explorer._letters) / 2
        assert abs(between - (GRID + GRID_WIDTH / 2)) <= CELL / DENSITY / 2


def test_the_mark_is_in_the_pixel_that_pytorch_chooses(explorer, pixels):
    image = torch.from_numpy(pixels.astype(np.float32))[None, None]
    for window, stride in ((3, 2), (2, 2), (8, 5), (4, 8)):
        _, chosen = functional.max_pool2d(image, window, stride, return_indices=True)
        out = chosen.shape[-1]
        for row, column in ((0, 0), (out // 2, 2), (3, out // 2), (out - 1, out - 1)):
            explorer.set(photo="chelsea", window=window, stride=stride, kind="max", row=row, column=column)
            numbers, picture = explorer.numbers, np.asarray(explorer._image)
            middle = numbers.columns[0] * stride + window / 2
            left = round(middle - (explorer._letters[0].x - GRID) * DENSITY / CELL)
            found = []
            for colour, corner in ((BLUE, (8, 8)), (VERMILION, (CELL - 9, CELL - 9))):
                rgb = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
                corners = picture[TOP * DENSITY + corner[1] :: CELL, GRID * DENSITY + corner[0] :: CELL]
                found.append(np.argwhere((corners[:ROWS, :COLUMNS] == rgb).all(-1)))
            assert [len(each) for each in found] == [1, 1]
            tops = set()
            for ((down, across),), at in zip(found, numbers.columns, strict=True):
                pixel_row, pixel_column = divmod(int(chosen[0, 0, row, at]), SIZE)
                assert across + left == pixel_column
                tops.add(pixel_row - down)
            assert len(tops) == 1


def test_a_click_on_the_map_chooses_the_window_that_gives_it(explorer):
    explorer.set(window=3, stride=2, kind="max")
    for row, column in ((0, 0), (13, 8), (26, 26)):
        click(explorer, LEFT + (column + 0.5) * SHOWN / 27, BELOW + (row + 0.5) * SHOWN / 27)
        assert (explorer.row.value, explorer.column.value) == (row, column)


@pytest.mark.parametrize(("window", "stride"), [(3, 2), (8, 8), (2, 5), (1, 1)])
def test_a_click_on_the_photo_chooses_the_window_with_that_pixel_nearest_its_middle(explorer, window, stride):
    explorer.set(window=window, stride=stride)
    middles = np.arange(explorer.numbers.output_size) * stride + (window - 1) / 2
    for row, column in ((0, 0), (0, 54), (54, 0), (30, 17), (9, 41)):
        click(explorer, LEFT + (column + 0.5) * ZOOM / DENSITY, TOP + (row + 0.5) * ZOOM / DENSITY)
        for chosen, pixel in ((explorer.row.value, row), (explorer.column.value, column)):
            assert abs(middles[chosen] - pixel) == abs(middles - pixel).min()


def test_a_click_on_an_enlarged_pixel_chooses_the_window_around_it(explorer):
    explorer.set(window=3, stride=2, row=13, column=8)
    # Pixel (27, 17) is in the middle of the window; three windows on and one down is pixel (29, 23).
    middle = explorer._letters[0].x
    click(explorer, middle + 6 * CELL / DENSITY, TOP + 5.5 * CELL / DENSITY)
    assert (explorer.row.value, explorer.column.value) == (14, 11)


@pytest.mark.parametrize("place", [(0, 0), (LEFT + SHOWN + 2, TOP + 9), (GRID - 2, 60), (300, 360), (-9, -9)])
def test_a_click_beside_the_pictures_is_ignored(explorer, place):
    before = explorer.numbers
    click(explorer, *place)
    assert explorer.numbers == before
    assert explorer.status == ""


def test_no_text_is_cut_or_covered_by_another_at_the_extremes(explorer):
    figure = explorer._figure.figure
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    still = [(box.x0, HEIGHT * DENSITY - box.y1, box.x1, HEIGHT * DENSITY - box.y0) for box in boxes]
    enlarged = (GRID * DENSITY, TOP * DENSITY, (GRID + GRID_WIDTH) * DENSITY, TOP * DENSITY + ROWS * CELL)
    side = SHOWN * DENSITY
    small = [
        (LEFT * DENSITY, top * DENSITY, LEFT * DENSITY + side, top * DENSITY + side) for top in (TOP, BELOW)
    ]
    fixed = [*(("still", box) for box in still), *(("picture", box) for box in (enlarged, *small))]
    for setting in EXTREMES:
        explorer.set(**as_setting(*setting))
        assert explorer.status == ""
        found = live_texts(explorer)
        for text, (left, top, right, bottom) in [*found, *fixed]:
            assert 0 <= left <= right <= WIDTH * DENSITY - 4, (setting, text)
            assert 0 <= top <= bottom <= HEIGHT * DENSITY, (setting, text)
        for (one, a), (other, b) in itertools.chain(
            itertools.combinations(found, 2), itertools.product(found, fixed)
        ):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (setting, one, other)


@pytest.mark.parametrize("name", ["chelsea", "gravel"])
def test_a_stored_picture_is_small(name):
    data, _ = PoolingExplorer(name)._repr_mimebundle_()
    assert len(data["image/png"]) * 3 / 4 < 90_000
