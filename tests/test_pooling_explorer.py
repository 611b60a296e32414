"""`PoolingExplorer` pools as PyTorch does, and says what it pools, at every setting."""

import itertools
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from helpers.explorers.pooling import PoolingExplorer
from helpers.explorers.pooling_numbers import SIZE, PoolingNumbers, pooled, pooling
from helpers.images.photos import photo, square
from tests.learner import upload

PLAIN = settings(deadline=None, derandomize=True, max_examples=150)
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


def by_pytorch(pixels: np.ndarray, window: int, stride: int, kind: str) -> torch.Tensor:
    """The pooled map, by PyTorch."""
    image = torch.from_numpy(pixels.astype(np.float64))[None, None]
    pool = functional.max_pool2d if kind == "max" else functional.avg_pool2d
    return pool(image, window, stride)[0, 0]


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.asarray(square(photo("chelsea"), SIZE).convert("L"))


@pytest.fixture(scope="module")
def explorer() -> PoolingExplorer:
    return PoolingExplorer()


def test_the_lesson_s_numbers():
    fresh = PoolingExplorer()
    assert repr(fresh) == (
        "Max of 3×3 every 2: 55×55 become 27×27; neighbouring windows share 1 column; "
        "window (13, 8) gives 160."
    )
    assert fresh.numbers.results == (160, 160), "the pixel that they share is the largest of both"
    fresh.window.value = 2
    assert repr(fresh) == (
        "Max of 2×2 every 2: 55×55 become 27×27; neighbouring windows share nothing; "
        "window (13, 8) gives 143."
    )


@PLAIN
@given(SETTING)
def test_the_map_and_both_windows_are_those_of_pytorch(pixels, setting):
    numbers = pooling(pixels, **setting)
    window, stride, kind, row = (setting[name] for name in ("window", "stride", "kind", "row"))
    expected = by_pytorch(pixels, window, stride, kind)
    assert tuple(expected.shape) == (numbers.output_size, numbers.output_size)
    assert np.allclose(pooled(pixels, window, stride, kind), expected)
    for column, result in zip(numbers.columns, numbers.results, strict=True):
        assert result == pytest.approx(expected[row, column].item())
    assert numbers.columns[0] == setting["column"]
    assert abs(numbers.columns[1] - numbers.columns[0]) == 1


@pytest.mark.parametrize("window", range(1, 9))
@pytest.mark.parametrize("stride", range(1, 9))
def test_the_pixels_read_twice_and_never_are_those_that_pytorch_s_windows_cover(window, stride, pixels):
    ones = torch.ones(1, window**2, ((SIZE - window) // stride + 1) ** 2)
    times = functional.fold(ones, SIZE, window, stride=stride)
    numbers = pooling(pixels, window=window, stride=stride, kind="max", row=0, column=0)
    assert numbers.never_read == int((times == 0).sum())
    assert numbers.read_again == int((times > 1).sum())
    first, second = (set(range(start, start + window)) for start in (0, stride))
    assert max(numbers.overlap, 0) == len(first & second)
    assert max(-numbers.overlap, 0) == len(set(range(stride)) - first)


@PLAIN
@given(SETTING)
def test_the_sentence_fits_and_holds_the_numbers(pixels, setting):
    numbers = pooling(pixels, **setting)
    sentence = numbers.sentence
    assert len(sentence) <= 110
    assert sentence.endswith(".")
    kind, window, stride, out, row, column, result = re.fullmatch(
        r"(\w+) of (\d)×\2 every (\d): 55×55 become (\d+)×\4; [^;]+; "
        r"window \((\d+), (\d+)\) gives ([\d.]+)\.",
        sentence,
    ).groups()
    assert kind.lower() == setting["kind"]
    assert (int(window), int(stride)) == (setting["window"], setting["stride"])
    assert (int(out), int(row), int(column)) == (numbers.output_size, setting["row"], setting["column"])
    assert float(result) == pytest.approx(numbers.results[0], abs=0.0501)


def test_the_sentence_fits_at_every_extreme():
    noisy = np.full((SIZE, SIZE), 254)
    noisy[::2] = 255
    noisy[:, ::3] = 253
    sentences = [
        pooling(noisy, **as_setting(window, stride, kind, 1, 1)).sentence
        for window, stride, kind in itertools.product(range(1, 9), range(1, 9), ("max", "average"))
    ]
    assert 105 < max(map(len, sentences)) <= 110


@pytest.mark.parametrize(
    ("window", "stride", "words", "sum_"),
    [
        (3, 2, "neighbouring windows share 1 column", "Overlap: 3 − 2 = 1."),
        (8, 1, "neighbouring windows share 7 columns", "Overlap: 8 − 1 = 7."),
        (2, 2, "neighbouring windows share nothing", "Overlap: 2 − 2 = 0."),
        (1, 2, "1 column between windows unread", "Overlap: 1 − 2 = −1, a gap of 1."),
        (1, 8, "7 columns between windows unread", "Overlap: 1 − 8 = −7, a gap of 7."),
    ],
)
def test_overlap_and_gap_in_words(pixels, window, stride, words, sum_):
    numbers = pooling(pixels, window=window, stride=stride, kind="max", row=0, column=0)
    assert words in numbers.sentence
    size = f"Size: ⌊(55 − {window}) / {stride}⌋ + 1 = {numbers.output_size}."
    assert numbers.arithmetic == f"{size} {sum_}"


@pytest.mark.parametrize(
    ("kind", "window", "marked"), [("max", 2, True), ("max", 1, False), ("average", 2, False)]
)
def test_the_largest_pixel_is_marked_where_there_is_one(kind, window, marked, pixels):
    numbers = pooling(pixels, window=window, stride=2, kind=kind, row=0, column=0)
    assert numbers.marks_largest == marked


@pytest.mark.parametrize(("column", "other"), [(0, 1), (25, 26), (26, 25)])
def test_the_other_window_is_the_next_one_or_at_the_end_the_one_before(column, other, pixels):
    numbers = pooling(pixels, window=3, stride=2, kind="max", row=0, column=column)
    assert numbers.columns == (column, other)


def test_how_often_the_pixels_are_read_in_words(pixels):
    numbers = pooling(pixels, window=3, stride=2, kind="max", row=0, column=0)
    assert numbers.counts == "Of 3,025 pixels, 2,184 are in more than one window, 0 in none."


def test_what_is_written_below_the_enlarged_pixels():
    values = ((1, 2), (3, 5)), ((2, 9), (5, 4))
    numbers = PoolingNumbers("max", 2, 1, 0, 0, values)
    assert [numbers.working(each) for each in values] == [
        "the largest of its 4 numbers is 5",
        "the largest of its 4 numbers is 9",
    ]
    numbers = PoolingNumbers("average", 2, 1, 0, 0, values)
    assert [numbers.working(each) for each in values] == [
        "its 4 numbers sum to 11, and 11 / 4 = 2.8",
        "its 4 numbers sum to 20, and 20 / 4 = 5",
    ]
    assert PoolingNumbers("max", 1, 1, 0, 0, (((7,),), ((8,),))).working(((7,),)) == "its one number is 7"


def test_the_explorer_shows_the_pure_function_of_its_controls(explorer, pixels):
    rng = np.random.default_rng(0)
    for _ in range(40):
        window, stride = int(rng.integers(1, 9)), int(rng.integers(1, 9))
        setting = as_setting(window, stride, str(rng.choice(("max", "average"))), rng.random(), rng.random())
        explorer.set(photo="chelsea", **setting)
        assert explorer.status == ""
        assert explorer.numbers == pooling(pixels, **setting)


@pytest.mark.parametrize(
    ("control", "value"),
    [("window", 2), ("stride", 3), ("kind", "average"), ("row", 12), ("column", 9), ("photo", "coffee")],
)
def test_each_control_moves_sentence_and_picture(control, value):
    explorer = PoolingExplorer()
    sentence, picture = repr(explorer), explorer.picture.data
    explorer.controls[control].value = value
    assert repr(explorer) != sentence
    assert explorer.picture.data != picture
    assert explorer.status == ""


def test_there_are_as_many_windows_to_choose_as_the_map_has_places():
    explorer = PoolingExplorer(row=26, column=26)
    for window, stride in itertools.product((1, 3, 8), (1, 2, 8)):
        explorer.set(window=window, stride=stride)
        last = explorer.numbers.output_size - 1
        assert explorer.row.max == explorer.column.max == last
        assert 0 <= explorer.row.value <= last
        assert explorer.status == ""
    explorer.set(window=3, stride=2, row=0)
    explorer.row.value = 27
    assert explorer.numbers.row == 26
    assert explorer.status == "row cannot be 27: it takes a whole number from 0 to 26; 26 is used."


def test_the_window_stays_over_the_same_part_of_the_photo_when_the_stride_moves():
    explorer = PoolingExplorer(row=12, column=20)
    for stride in (4, 8, 1, 3, 2):
        explorer.stride.value = stride
        assert abs(explorer.numbers.row * stride - 24) <= 4
        assert abs(explorer.numbers.column * stride - 40) <= 4


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


def test_an_upload_is_pooled_and_what_is_no_picture_is_refused(tmp_path):
    explorer = PoolingExplorer()
    file = tmp_path / "mine.png"
    photo("moon").save(file)
    upload(explorer, file.read_bytes())
    moon = np.asarray(square(photo("moon"), SIZE).convert("L"))
    assert explorer.numbers == pooling(moon, window=3, stride=2, kind="max", row=13, column=8)
    upload(explorer, b"no picture")
    assert explorer.status
    assert explorer.numbers == pooling(moon, window=3, stride=2, kind="max", row=13, column=8)
