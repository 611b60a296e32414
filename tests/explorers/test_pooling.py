"""`PoolingExplorer` pools as PyTorch does, and its picture shows what it pools, at every setting."""

import io
import json
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch.nn import functional

from helpers import PoolingExplorer
from helpers.drawing.png import rendered
from helpers.drawing.style import BLUE, VERMILION
from helpers.explorers.numbers.pooling import COLUMNS, ROWS, SIZE, PoolingNumbers, pooling
from helpers.explorers.pictures.pooling import CELL
from helpers.explorers.sources.recording import Recorded, Recorder
from helpers.images.photos import photo, square
from tests.seen import Seen, number

PLAIN = settings(deadline=None, derandomize=True, max_examples=40)
SETTING = st.tuples(
    st.integers(1, 8),
    st.integers(1, 8),
    st.sampled_from(("max", "average")),
    st.floats(0, 1),
    st.floats(0, 1),
).map(lambda setting: as_setting(*setting))


def as_setting(window: int, stride: int, kind: str, row: float, column: float) -> dict[str, int | str]:
    """A setting of which row and column are given as parts of the way to the last."""
    last = (SIZE - window) // stride
    places = {"row": round(row * last), "column": round(column * last)}
    return {"window": window, "stride": stride, "kind": kind, **places}


def by_pytorch(pixels: np.ndarray, window: int, stride: int, kind: str) -> np.ndarray:
    """The pooled map, by PyTorch."""
    image = torch.from_numpy(pixels.astype(np.float64))[None, None]
    pool = functional.max_pool2d if kind == "max" else functional.avg_pool2d
    return pool(image, window, stride)[0, 0].numpy()


def levels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png))).astype(int)


def area(element) -> list[float]:
    return [number(element, name) for name in ("x", "y", "width", "height")]


def frames(seen: Seen, color: str) -> list[list[float]]:
    """The frames of that colour: on the photo, on the map, among the enlarged pixels, around the result."""
    return [area(each) for each in seen.elements("rect") if each.get("stroke") == color]


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.asarray(square(photo("chelsea"), SIZE).convert("L"))


@pytest.fixture(scope="module")
def shared() -> PoolingExplorer:
    """One for settings that are set whole, to be quick."""
    return PoolingExplorer()


@pytest.fixture
def explorer() -> PoolingExplorer:
    return PoolingExplorer()


def test_the_lesson_s_numbers(explorer):
    assert repr(explorer) == (
        "3×3 max pooling, stride 2: 55×55 becomes 27×27; neighbours share 1 column; window (13, 8) gives 160."
    )
    assert explorer.numbers.results == (160, 160), "the pixel that they share is the largest of both"
    explorer.window.value = 2
    assert repr(explorer) == (
        "2×2 max pooling, stride 2: 55×55 becomes 27×27; neighbours share nothing; window (13, 8) gives 143."
    )


@PLAIN
@given(SETTING)
def test_the_map_and_both_windows_are_those_of_pytorch(shared, pixels, setting):
    explorer = shared
    explorer.set(**setting)
    numbers = explorer.numbers
    window, stride, kind, row = (setting[name] for name in ("window", "stride", "kind", "row"))
    expected = by_pytorch(pixels, window, stride, kind)
    assert expected.shape == (numbers.output_size, numbers.output_size)
    assert np.abs(levels(explorer.shown_images["map"]) - expected).max() <= 0.5
    for column, result in zip(numbers.columns, numbers.results, strict=True):
        assert result == pytest.approx(expected[row, column])
    last = expected.shape[1] - 1
    assert numbers.columns == (
        setting["column"],
        setting["column"] + (-1 if setting["column"] == last else 1),
    )
    said = re.fullmatch(r".* window \((\d+), (\d+)\) gives ([\d.]+)\.", numbers.sentence)
    assert (int(said[1]), int(said[2])) == (row, setting["column"])
    assert float(said[3]) == pytest.approx(numbers.results[0], abs=0.0501)


@pytest.mark.parametrize("window", range(1, 9))
@pytest.mark.parametrize("stride", range(1, 9))
def test_the_pixels_read_twice_and_never_are_those_that_pytorch_s_windows_cover(window, stride):
    ones = torch.ones(1, window**2, ((SIZE - window) // stride + 1) ** 2)
    times = functional.fold(ones, SIZE, window, stride=stride)
    numbers = PoolingNumbers("max", window, stride, 0, 0, b"")
    never, again = int((times == 0).sum()), int((times > 1).sum())
    assert (numbers.never_read, numbers.read_again) == (never, again)
    assert numbers.counts == f"Of 3,025 pixels, {again:,} are in more than one window, {never:,} in none."
    first, second = (set(range(start, start + window)) for start in (0, stride))
    assert max(numbers.overlap, 0) == len(first & second)
    assert max(-numbers.overlap, 0) == len(set(range(stride)) - first)


@pytest.mark.parametrize(
    ("window", "stride", "words", "sum_"),
    [
        (3, 2, "neighbours share 1 column", "Overlap: 3 − 2 = 1."),
        (8, 1, "neighbours share 7 columns", "Overlap: 8 − 1 = 7."),
        (2, 2, "neighbours share nothing", "Overlap: 2 − 2 = 0."),
        (1, 2, "1 column between them unread", "Overlap: 1 − 2 = −1, a gap of 1."),
        (1, 8, "7 columns between them unread", "Overlap: 1 − 8 = −7, a gap of 7."),
    ],
)
def test_overlap_and_gap_in_words(explorer, window, stride, words, sum_):
    explorer.set(window=window, stride=stride)
    size = explorer.numbers.output_size
    title, seen = (
        f"{window}×{window} max pooling, stride {stride}: 55×55 becomes {size}×{size}; {words}",
        explorer.svg,
    )
    assert explorer.numbers.sentence.startswith(f"{title}; window (")
    assert Seen(seen).words[0] == title
    assert f"Size: ⌊(55 − {window}) / {stride}⌋ + 1 = {size}. {sum_}" in Seen(seen).words
    assert explorer.numbers.counts in Seen(seen).words


def test_how_a_value_comes_about_in_words():
    photo = bytes([1, 2, 9, *[0] * 52, 3, 5, 4, *[0] * 52]) + bytes(SIZE**2)
    largest = PoolingNumbers("max", 2, 1, 0, 0, photo)
    assert largest.workings == ("the largest of its 4 numbers is 5", "the largest of its 4 numbers is 9")
    mean = PoolingNumbers("average", 2, 1, 0, 0, photo)
    assert mean.workings == (
        "its 4 numbers sum to 11, and 11 / 4 = 2.8",
        "its 4 numbers sum to 20, and 20 / 4 = 5",
    )
    for kind in ("max", "average"):
        one = PoolingNumbers(kind, 1, 1, 0, 1, photo)
        assert one.workings == ("its one number is 2", "its one number is 9")


def test_there_are_as_many_windows_to_choose_as_the_map_has_places():
    explorer = PoolingExplorer(row=26, column=26)
    for window, stride in ((1, 1), (8, 8), (3, 1), (8, 2), (1, 8)):
        explorer.set(window=window, stride=stride)
        last = explorer.numbers.output_size - 1
        assert explorer.row.max == explorer.column.max == last
        assert explorer.row.value <= last
        assert explorer.status == ""
    explorer.set(window=3, stride=2, row=0)
    explorer.row.value = 27
    assert explorer.status == "row cannot be 27: it takes a whole number from 0 to 26; 26 is used."


def test_the_window_stays_over_the_same_part_of_the_photo_when_the_stride_moves():
    explorer = PoolingExplorer(row=12, column=20)
    for stride in (4, 8, 1, 3, 2):
        explorer.stride.value = stride
        assert abs(explorer.numbers.row * stride - 24) <= 4
        assert abs(explorer.numbers.column * stride - 40) <= 4
    explorer.window.value = 4
    assert (explorer.numbers.row, explorer.numbers.column) == (explorer.row.value, explorer.column.value)
    assert explorer.numbers.column == 20


@PLAIN
@given(SETTING)
def test_both_windows_are_framed_on_the_photo_on_the_map_and_among_the_enlarged_pixels(
    shared, pixels, setting
):
    explorer = shared
    explorer.set(**setting)
    numbers, seen = explorer.numbers, Seen(explorer.svg)
    images = [area(each) for each in seen.elements("image")]
    photo_at, map_at, enlarged = images
    assert [enlarged[2], enlarged[3]] == [SIZE * CELL, SIZE * CELL]
    clip = area(next(each for each in seen.elements("svg") if each is not seen.root))
    assert clip[2:] == [COLUMNS * CELL, ROWS * CELL]
    # What is enlarged lies on the photo's own pixels, and A and B are wholly among them.
    left, top = (clip[0] - enlarged[0]) / CELL, (clip[1] - enlarged[1]) / CELL
    assert left in range(SIZE - COLUMNS + 1)
    assert top in range(SIZE - ROWS + 1)
    for at, (color, letter) in enumerate(((BLUE, "A"), (VERMILION, "B"))):
        row, column = numbers.row * numbers.stride, numbers.columns[at] * numbers.stride
        wanted = [
            (photo_at, SIZE, (column, row, numbers.window)),
            (map_at, numbers.output_size, (numbers.columns[at], numbers.row, 1)),
            (enlarged, SIZE, (column, row, numbers.window)),
        ]
        for (x, y, side, _), count, (across, down, size) in wanted:
            found = frames(seen, color)[[photo_at, map_at, enlarged].index([x, y, side, side])]
            pixel, margin = side / count, (found[2] - side / count * size) / 2
            assert -2 < margin < 4
            assert found[2] == found[3]
            assert found[0] + margin == pytest.approx(x + across * pixel, abs=0.02)
            assert found[1] + margin == pytest.approx(y + down * pixel, abs=0.02)
        assert clip[0] <= enlarged[0] + column * CELL <= clip[0] + clip[2] - numbers.window * CELL
        assert clip[1] <= enlarged[1] + row * CELL <= clip[1] + clip[3] - numbers.window * CELL
        [name] = [text for text in seen.texts if text.words == letter]
        assert name.color == color
        middle = (name.box[0] + name.box[2]) / 2
        assert middle == pytest.approx(enlarged[0] + (column + numbers.window / 2) * CELL, abs=1)
        assert number(seen.tip(f"{letter} gives "), "y") > name.box[3], "the results are below the letters"


@pytest.mark.parametrize(("window", "stride"), [(3, 2), (2, 2), (1, 3), (5, 1)])
def test_the_windows_are_in_the_middle_of_the_enlarged_pixels_where_the_photo_reaches_so_far(
    explorer, window, stride
):
    explorer.set(window=window, stride=stride, row=24 // stride, column=24 // stride)
    top, left = explorer.numbers.enlarged_from
    (row, a), (_, b) = explorer.numbers.corners
    assert abs((a + b + window) / 2 - (left + COLUMNS / 2)) <= 0.5
    assert abs(row + window / 2 - (top + ROWS / 2)) <= 0.5


@pytest.mark.parametrize(
    "setting",
    [
        (3, 2, "max", 0.5, 0.3),
        (2, 5, "average", 0, 1),
        (8, 8, "max", 1, 0),
        (8, 1, "max", 0.7, 1),
        (1, 8, "max", 1, 1),
    ],
)
def test_every_enlarged_pixel_has_its_value_and_its_grey_and_is_pale_where_it_is_not_read(
    explorer, pixels, setting
):
    explorer.set(**as_setting(*setting))
    numbers, seen = explorer.numbers, Seen(explorer.svg)
    picture = np.asarray(rendered(explorer.svg, explorer.shown_images, 1))
    clip_x, clip_y, _, _ = area(next(each for each in seen.elements("svg") if each is not seen.root))
    top, left = numbers.enlarged_from
    texts = {}
    for group in seen.elements("g"):
        for each in group.findall("{*}text"):
            place = (number(each, "y") - clip_y) // CELL, (number(each, "x") - clip_x) // CELL
            texts[place] = each.text, group.get("fill")
    read = np.zeros((SIZE, SIZE), bool)
    for row, column in numbers.corners:
        read[row : row + numbers.window, column : column + numbers.window] = True
    for row in range(ROWS):
        for column in range(COLUMNS):
            level = int(pixels[top + row, left + column])
            words, ink = texts[row, column]
            assert words == str(level)
            # Above the digits, and away from frames and marks.
            y, x = int(clip_y + row * CELL + 8), int(clip_x + column * CELL)
            for shown in picture[y, [x + 6, x + 26]].astype(int):
                if read[top + row, left + column]:
                    assert shown.tolist() == [level] * 3
                    assert ink == ("black" if level > 127 else "white")
                else:
                    assert np.abs(shown - (204 + level / 5)).max() <= 2
                    assert ink == "#646464"
    for text in seen.texts:
        x, y = (text.box[0] + text.box[2]) / 2 - clip_x, (text.box[1] + text.box[3]) / 2 - clip_y
        if text.words.isdigit():
            assert (x % CELL, y % CELL) == pytest.approx((CELL / 2, CELL / 2), abs=1)


def triangles(seen: Seen) -> list[tuple[str, np.ndarray]]:
    """The marks, first those among the enlarged pixels: colour, and corners with the right angle first."""
    found = seen.elements("polygon")
    return [
        (each.get("fill"), np.array([p.split(",") for p in each.get("points").split()], float))
        for each in found
    ]


def test_the_mark_is_in_the_pixel_that_pytorch_chooses(explorer, pixels):
    image = torch.from_numpy(pixels.astype(np.float32))[None, None]
    for window, stride in ((3, 2), (2, 2), (8, 5), (4, 8)):
        _, chosen = functional.max_pool2d(image, window, stride, return_indices=True)
        out = chosen.shape[-1]
        for row, column in ((0, 0), (out // 2, 2), (3, out // 2), (out - 1, out - 1)):
            explorer.set(window=window, stride=stride, kind="max", row=row, column=column)
            seen, numbers = Seen(explorer.svg), explorer.numbers
            x, y, _, _ = area(seen.elements("image")[2])
            marks = triangles(seen)
            assert [color for color, _ in marks] == [BLUE, VERMILION, BLUE, VERMILION]
            for (_, corners), at, slant in zip(marks[:2], numbers.columns, (1, -1), strict=True):
                middle = corners.mean(0)
                place = int((middle[1] - y) // CELL), int((middle[0] - x) // CELL)
                assert place == divmod(int(chosen[0, 0, row, at]), SIZE)
                # The right angle is in the upper left for A, in the lower right for B.
                assert (np.sign(corners[1:].mean(0) - corners[0]) == slant).all()


@pytest.mark.parametrize(("kind", "window", "marks"), [("max", 2, 4), ("max", 1, 0), ("average", 2, 0)])
def test_the_largest_pixel_is_marked_where_there_is_one(explorer, kind, window, marks):
    explorer.set(kind=kind, window=window)
    seen = Seen(explorer.svg)
    assert len(triangles(seen)) == marks
    results = [text for text in seen.texts if text.words.startswith(("A: ", "B: "))]
    assert [text.words.endswith(", marked") for text in results] == [marks > 0] * 2
    for text, (_, corners) in zip(results, triangles(seen)[2:], strict=bool(marks)):
        assert 4 < corners[:, 0].min() - text.box[2] < 16, "the mark stands behind the words"
        assert text.box[1] - 2 < corners[:, 1].min() < corners[:, 1].max() < text.box[3] + 2


def test_the_results_are_shown_as_greys_and_in_words(explorer):
    explorer.set(kind="average", window=3, row=2, column=8)
    seen, numbers = Seen(explorer.svg), explorer.numbers
    for at, letter in enumerate("AB"):
        swatch = seen.tip(f"{letter} gives {numbers.results[at]:.1f}")
        assert swatch.get("fill") == f"rgb({', '.join([str(round(numbers.results[at]))] * 3)})".replace(
            " ", ""
        )
        [words] = [text for text in seen.texts if text.words.startswith(f"{letter}: ")]
        assert words.words == f"{letter}: {numbers.workings[at]}"
        x, y, width, height = area(swatch)
        assert words.box[0] > x + width
        assert y < (words.box[1] + words.box[3]) / 2 < y + height
        assert seen.tip(f"{letter}: window (2, {8 + at}) gives {numbers.results[at]:.1f}") is not None


def dragged(explorer: PoolingExplorer, image: int, across: float, down: float) -> tuple[int, int]:
    """Press the photo (0) or the map (1) at a share of its width and height; the window that is chosen."""
    seen = Seen(explorer.svg)
    x, y, width, height = area(seen.elements("image")[image])
    at = {"column": x + across * width, "row": y + down * height}
    places = {}
    for pad, control, start, end, low, high in seen.drags():
        if area(pad) == [x, y, width, height]:
            places[control] = low + (at[control] - start) / (end - start) * (high - low)
    explorer.point(places)
    assert explorer.status == ""
    return explorer.numbers.row, explorer.numbers.column


@pytest.mark.parametrize(("window", "stride"), [(3, 2), (8, 8), (2, 5), (1, 1)])
def test_a_press_on_the_photo_chooses_the_window_with_that_pixel_nearest_its_middle(explorer, window, stride):
    explorer.set(window=window, stride=stride)
    middles = np.arange(explorer.numbers.output_size) * stride + (window - 1) / 2
    for row, column in ((0, 0), (0, 54), (54, 0), (30, 17), (9, 41)):
        found = dragged(explorer, 0, (column + 0.5) / SIZE, (row + 0.5) / SIZE)
        for chosen, pixel in zip(found, (row, column), strict=True):
            assert abs(middles[chosen] - pixel) == abs(middles - pixel).min()


def test_a_press_on_the_map_chooses_the_window_that_gives_it(explorer):
    for row, column in ((0, 0), (13, 8), (26, 26)):
        for inside in (0.02, 0.5, 0.98):
            assert dragged(explorer, 1, (column + inside) / 27, (row + inside) / 27) == (row, column)


def test_a_is_the_handle_and_b_is_in_no_hand_s_way(explorer):
    seen = Seen(explorer.svg)
    handles = [each for each in seen.root.iter() if each.get("class") == "handle"]
    assert [each.get("data-tip") for each in handles] == ["A: window (13, 8) gives 160"] * 2
    for each, frame in zip(handles, frames(seen, BLUE)[:2], strict=True):
        x, y, width, _ = area(each)
        assert frame == pytest.approx([x - 1, y - 1, width + 2, width + 2], abs=0.02)
        assert {drag[1] for drag in seen.drags() if drag[0] is each} == {"row", "column"}


@pytest.mark.parametrize(
    "setting", [(3, 2, 0.5, 0.3), (2, 5, 0, 1), (1, 1, 1, 0), (8, 8, 1, 1), (3, 8, 0.5, 0.5)]
)
def test_a_click_on_an_enlarged_pixel_chooses_the_window_nearest_to_it(explorer, setting):
    window, stride, row, column = setting
    explorer.set(**as_setting(window, stride, "max", row, column))
    seen = Seen(explorer.svg)
    middles = np.arange(explorer.numbers.output_size) * stride + (window - 1) / 2
    x0, y0, _, _ = area(seen.elements("image")[2])
    covered = 0
    for pad, values in seen.sets():
        x, y, width, height = area(pad)
        covered += width * height / CELL**2
        for start, length, place in (
            ((x - x0) / CELL, width, values["column"]),
            ((y - y0) / CELL, height, values["row"]),
        ):
            for pixel in np.arange(start, start + length / CELL):
                assert abs(middles[place] - pixel) == abs(middles - pixel).min()
    assert covered == ROWS * COLUMNS


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"window": 9}, "window cannot be 9: it takes a whole number from 1 to 8."),
        ({"stride": 0}, "stride cannot be 0: it takes a whole number from 1 to 8."),
        ({"kind": "mean"}, "There is no kind 'mean'; choose 'max' or 'average'."),
        ({"row": 27}, "row cannot be 27: it takes a whole number from 0 to 26."),
        ({"photo": "cofee"}, "There is no photo 'cofee'; the nearest is 'coffee'."),
    ],
)
def test_a_wrong_start_is_an_error_in_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        PoolingExplorer(**wrong)


def test_a_picture_of_ones_own_is_pooled_and_another_one_takes_its_place(explorer, tmp_path):
    for name in ("moon", "coins"):
        file = tmp_path / "mine.png"
        photo(name).save(file)
        explorer.upload.value = file.read_bytes()
        mine = np.asarray(square(photo(name), SIZE).convert("L"))
        expected = pooling(mine.tobytes(), window=3, stride=2, kind="max", row=13, column=8)
        assert explorer.numbers == expected
        assert np.array_equal(levels(explorer.shown_images["photo"]), mine)
        assert np.array_equal(levels(explorer.shown_images["map"]), by_pytorch(mine, 3, 2, "max"))


def test_a_page_shows_the_same_from_a_recording(explorer):
    recorder = Recorder(explorer.photos)
    live = PoolingExplorer(photos=recorder)
    replayed = PoolingExplorer(photos=Recorded(json.loads(recorder.json())))
    assert replayed.svg == live.svg
    assert replayed.shown_images == live.shown_images
    replayed.window.value = 5
    assert replayed.status.startswith("This was not recorded")
