"""Photos in still pictures: what a unit sees of one, and pictures side by side."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.arithmetic import ReceptiveField
from helpers.drawing.photo_figures import _lines, fields_on_photo, side_by_side
from helpers.images.photos import photo, square


def test_what_a_unit_does_not_see_is_faded_and_what_it_sees_is_as_it_was():
    field = ReceptiveField().through(31, 4, 15)  # units at 0, 4, 8 …, each covers 15 pixels either way
    drawing = fields_on_photo(photo("coffee"), {"pool": field}, size=100)
    assert drawing.alt == "What one unit sees of a photo of 100×100 pixels. pool: 31×31."
    # Unit 12 lies at pixel 48 and covers 33 to 63. A pixel of the photo is 3.36 pixels of the picture.
    photo_in_it = np.asarray(drawing.image)[60 : 60 + 336, 28 : 28 + 336]
    original = np.asarray(square(photo("coffee"), 100)).astype(int)
    shown = photo_in_it[(np.arange(100) * 3.36 + 1.68).astype(int)][
        :, (np.arange(100) * 3.36 + 1.68).astype(int)
    ]
    same = (shown == original).all(axis=2)
    rows, columns = np.nonzero(same)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (33, 63, 33, 63)
    assert same[33:64, 33:64].all()


def test_a_field_larger_than_the_photo_leaves_all_of_it_in_sight():
    field = ReceptiveField().through(301, 1, 150)
    drawing = fields_on_photo(photo("coffee"), {"last": field}, size=100)
    assert np.asarray(drawing.image)[60 : 60 + 336, 28 : 28 + 336].min() < 60


def test_pictures_side_by_side_show_their_values_grey_or_in_colour():
    half = torch.full((1, 1, 4, 4), 0.5)
    red = torch.tensor([2.0, -1.0, 0.0]).reshape(3, 1, 1).expand(3, 4, 4)
    drawing = side_by_side({"half": half, "red": red})
    assert drawing.image.getpixel((28 + 100, 60 + 100)) == (128, 128, 128)
    assert drawing.image.getpixel((28 + 364 + 100, 60 + 100)) == (255, 0, 0)


def test_what_is_seen_follows_the_names_in_the_alt_text_and_is_not_compared():
    half = {"half": torch.full((1, 4, 4), 0.5)}
    drawing = side_by_side(half, seen="An even grey.")
    assert (drawing.alt, drawing.finding) == (
        "Pictures side by side: half. An even grey.",
        "Pictures side by side: half.",
    )
    assert side_by_side(half).alt == drawing.finding


def test_pictures_about_colours_keep_every_one():
    colours = torch.rand(3, 16, 16, generator=torch.Generator().manual_seed(0))

    def stored(**options):
        data, _ = side_by_side({"all": colours}, side=16, **options)._repr_mimebundle_()
        pixels = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")
        return len(set(pixels.crop((14, 30, 30, 46)).get_flattened_data()))

    assert stored() <= 128
    assert stored(every_colour=True) == 256


def test_pictures_side_by_side_are_as_wide_as_asked():
    pictures = {name: torch.ones(1, 4, 4) for name in ("a", "b")}
    small, large = (side_by_side(pictures, side=side).image for side in (100, 150))
    assert large.width - small.width == 2 * 2 * 50  # two pictures, at twice the shown size
    assert large.height - small.height == 2 * 50


def black(*names):
    return {name: torch.zeros(1, 4, 4) for name in names}


def dark(drawing):
    """The rows and columns, in CSS pixels, at which a picture of black tiles has more dark than letters."""
    pixels = np.asarray(drawing.image.convert("L"))[::2, ::2] < 8
    return pixels.sum(axis=1) > 50, pixels.sum(axis=0) > 50


def test_pictures_go_on_in_a_new_row_after_so_many_columns():
    drawing = side_by_side(black("a", "b", "c", "d", "e"), side=60, columns=2)
    rows, columns = dark(drawing)
    assert drawing.image.size == (2 * (14 + 2 * 74), 2 * (3 * 90 + 14))
    assert [int(rows[y : y + 90].sum()) for y in (0, 90, 180)] == [60, 60, 60]
    assert columns[14:74].all()
    assert not columns[74:88].any()
    assert columns[88:148].all()


def test_fewer_pictures_than_columns_leave_no_room_for_others():
    wide, narrow = side_by_side(black("a", "b"), side=60, columns=9), side_by_side(black("a", "b"), side=60)
    assert wide.image.size == narrow.image.size
    assert np.array_equal(np.asarray(wide.image), np.asarray(narrow.image))


def test_the_second_line_of_a_name_makes_room_above_the_pictures():
    one, two = (side_by_side(black("a", name), side=60) for name in ("b", "b\nerror 0.108"))
    assert two.image.height - one.image.height == 2 * 16
    assert two.alt == "Pictures side by side: a; b, error 0.108."
    rows, _ = dark(two)
    assert rows[46:106].all()


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("1×1", ["1×1"]),
        ("1×1\nerror 0.108", ["1×1", "error 0.108"]),
        ("colourfulness\nuntouched: 0.15 wrong", ["colourfulness", "…uched: 0.15 wrong"]),
        ("1×1\nuntouched: error .1", ["1×1", "untouched: error .1"]),  # in bold it wouldn't fit
        ("untouched: error 0.146", ["untouched: error", "0.146"]),
        ("untouched 0.1", ["untouched 0.1"]),
        ("folder/a-long-name/picture.jpg", ["…name/picture.jpg"]),
        ("see folder/a-long-name/picture.jpg", ["see", "…name/picture.jpg"]),
    ],
)
def test_a_name_that_does_not_fit_has_two_lines_and_what_is_longer_is_cut_at_its_front(name, lines):
    assert _lines(name, 136) == lines


def test_a_tile_too_narrow_for_a_letter_has_a_name_all_the_same():
    assert _lines("mm", 8) == ["…"]
