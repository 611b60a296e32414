"""What `ReceptiveFieldExplorer` says of a unit, and which part of the photo it enlarges."""

import random

import pytest

from helpers.arithmetic import ReceptiveField, Span
from helpers.explorers.field_numbers import ReceptiveFieldNumbers, shortened, times, view_of

FIELD = ReceptiveField(Span(8, -7, 43), Span(8, -7, 43))


def numbers(
    unit: tuple[int, int], image_size: int = 224, side: int | None = 31, layer: str = "features.3"
) -> ReceptiveFieldNumbers:
    return ReceptiveFieldNumbers("", layer, unit, (27, 28), FIELD, image_size, side)


def test_the_words_beside_a_field_on_the_photo():
    assert numbers((2, 4)).words == (
        "unit (2, 4) can see 51×51 pixels",
        "95 % of what moves it: 31×31",
        "All of the field lies on the photo.",
        "Drawn 5.1 times as large as on the left.",
        "features.3: 27×28 units",
    )


def test_the_words_beside_a_field_that_goes_beyond_the_photo():
    assert numbers((0, 4)).words[2] == "44×51 of its pixels lie on the photo; hatched: padding."
    assert numbers((4, 27)).words[2] == "51×15 of its pixels lie on the photo; hatched: padding."
    assert numbers((0, 0), image_size=44).words[2] == "The whole photo lies in the field; hatched: padding."
    assert numbers((0, 0), image_size=44).words[3] == "Drawn 1.4 times as large as on the left."


def test_the_words_where_no_pixel_counts_and_where_the_layer_s_name_is_long():
    assert numbers((2, 4), side=None).words[1] == "no pixel moves it on this photo"
    long = numbers((2, 4), layer="features.denseblock4.conv").words[4]
    assert long == "…enseblock4.conv: 27×28 units"


def test_the_sentence_names_network_layer_unit_and_both_fields():
    field = ReceptiveField(Span(1, 0, 2), Span(1, 0, 4))
    seen = ReceptiveFieldNumbers("small", "conv", (1, 2), (9, 7), field, 11, 3)
    assert seen.sentence == "small conv, unit (1, 2) of 9×7: field 3×5, 95 % of its gradient within 3×3."
    assert seen.box == (1, 2, 3, 6)
    dark = ReceptiveFieldNumbers("small", "conv", (1, 2), (9, 7), field, 11, None)
    assert dark.sentence == "small conv, unit (1, 2) of 9×7: field 3×5, no pixel moves it."


def test_a_field_beside_the_photo_has_no_pixel_on_it():
    field = ReceptiveField(Span(1, -9, -5), Span(1, 20, 24))
    beside = ReceptiveFieldNumbers("", "conv", (0, 0), (9, 9), field, 11, None)
    assert beside.on_photo == (0, 0)


@pytest.mark.parametrize(
    ("box", "view"),
    [
        ((10, 20, 10, 20), (8, 18, 5)),
        ((100, 50, 103, 109), (65, 43, 74)),
        ((50, 100, 109, 103), (43, 65, 74)),
        ((100, 50, 102, 53), (97, 48, 8)),
        ((200, 0, 223, 5), (192, 0, 32)),
        ((0, 200, 5, 223), (0, 192, 32)),
        ((-100, -100, 300, 300), (0, 0, 224)),
    ],
)
def test_what_is_enlarged_is_a_square_around_the_field(box, view):
    assert view_of(box, 224) == view


@pytest.mark.parametrize("size", [24, 32, 224])
def test_what_is_enlarged_is_on_the_photo_and_holds_all_of_the_field_that_is_on_it(size):
    draw = random.Random(0)
    for _ in range(2000):
        height, width = draw.randint(1, 2 * size), draw.randint(1, 2 * size)
        top, left = draw.randint(1 - height, size - 1), draw.randint(1 - width, size - 1)
        bottom, right = top + height - 1, left + width - 1
        row, column, side = view_of((top, left, bottom, right), size)
        assert 0 <= row <= row + side <= size
        assert 0 <= column <= column + side <= size
        assert row <= max(top, 0) <= min(bottom, size - 1) < row + side
        assert column <= max(left, 0) <= min(right, size - 1) < column + side


def test_sizes_and_names_are_written_short():
    assert (times(7), times(3, 5)) == ("7×7", "3×5")
    assert [shortened("block.conv", most) for most in (10, 9, 6, 5)] == [
        "block.conv",
        "…ock.conv",
        "…conv",
        "…conv",
    ]
