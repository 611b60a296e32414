"""Photos in still pictures: what a unit sees of one, and pictures side by side."""

import numpy as np
import torch

from helpers.arithmetic import ReceptiveField
from helpers.drawing.photo_figures import fields_on_photo, side_by_side
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


def test_pictures_side_by_side_are_as_wide_as_asked():
    pictures = {name: torch.ones(1, 4, 4) for name in ("a", "b")}
    small, large = (side_by_side(pictures, side=side).image for side in (100, 150))
    assert large.width - small.width == 2 * 2 * 50  # two pictures, at twice the shown size
    assert large.height - small.height == 2 * 50
