"""Augmentation does what AlexNet's paper describes: crops, mirror images, and colour along the components."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.images.augmentation import (
    COLOUR_PHOTOS,
    CROP,
    CROPS,
    LAST,
    RESIZED,
    Augmentation,
    augment,
    colour_components,
    colour_shift,
    course_components,
    crop,
    draw_augmentation,
    flip,
    pca_colour,
)
from helpers.images.photos import photo, photo_names, square

PLAIN = settings(deadline=None, derandomize=True, max_examples=60)
ALPHA = st.floats(-0.3, 0.3)
ALPHAS = st.tuples(ALPHA, ALPHA, ALPHA)


@pytest.fixture(scope="module")
def chelsea() -> np.ndarray:
    return np.asarray(square(photo("chelsea"), RESIZED))


def test_every_place_and_mirror_image_is_a_crop_of_its_own():
    numbered = np.arange(RESIZED * RESIZED * 3).reshape(RESIZED, RESIZED, 3)
    seen = set()
    for row in range(LAST + 1):
        for column in range(LAST + 1):
            cropped = crop(numbered, row, column)
            assert cropped.shape == (CROP, CROP, 3)
            seen |= {(int(each[0, 0, 0]), int(each[0, 1, 0])) for each in (cropped, flip(cropped))}
    assert len(seen) == CROPS == 2178


@pytest.mark.parametrize(("row", "column"), [(33, 0), (0, 33), (-1, 0), (0, -1)])
def test_a_crop_that_leaves_the_photo_is_refused_in_one_sentence(row, column):
    sentence = (
        rf"A crop of 224×224 at \({row}, {column}\) leaves the photo of 256×256 pixels; "
        "use rows up to 32 and columns up to 32."
    )
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        crop(np.zeros((256, 256, 3)), row, column)


def test_cropping_and_mirroring_are_slicing_and_flipping_in_pytorch(chelsea):
    expected = torch.from_numpy(chelsea.copy())[5 : 5 + 224, 32:256].flip(1).double()
    assert np.array_equal(augment(chelsea, Augmentation(5, 32, True, (0, 0, 0))), expected)


def test_the_components_are_those_of_a_singular_value_decomposition():
    pixels = np.random.default_rng(0).normal(0, (9, 4, 1), (500, 3)) @ np.array(
        [[1, 1, 1], [1, 0, -1], [1, -2, 1]]
    )
    found = colour_components(pixels)
    _, values, rows = torch.linalg.svd(torch.from_numpy(pixels - pixels.mean(0)), full_matrices=False)
    assert np.allclose(found.deviations, values / 499**0.5)
    assert np.allclose(np.abs(found.vectors.T @ rows.T.numpy()), np.eye(3))
    assert np.allclose(found.vectors.T @ found.vectors, np.eye(3))
    assert (np.abs(found.vectors).max(0) == found.vectors.max(0)).all()


def test_the_course_s_components_are_brightness_then_red_against_blue_then_green_against_magenta():
    first, second, third = course_components().vectors.T
    assert (first > 0.4).all()
    assert second[0] > 0.5 > 0 > second[2]
    assert third[1] > 0.5 > 0 > max(third[0], third[2])


def test_all_photos_in_colour_but_the_drawn_wheel_make_the_components():
    coloured = [name for name in photo_names() if np.ptp(np.asarray(photo(name), int), axis=2).any()]
    assert sorted(COLOUR_PHOTOS) == sorted(set(coloured) - {"colorwheel"})


@PLAIN
@given(ALPHAS)
def test_the_shift_is_the_sum_of_alpha_times_deviation_times_direction(alphas):
    components = course_components()
    expected = np.zeros(3)
    for place in range(3):
        for channel in range(3):
            expected[channel] += (
                alphas[place] * components.deviations[place] * components.vectors[channel, place]
            )
    assert np.allclose(colour_shift(alphas, components), expected)


def test_with_alpha_normal_the_shift_spreads_as_the_pixels_do_a_tenth_as_far():
    # What adding αᵢ σᵢ pᵢ is for: noise of the pixels' own covariance, in whatever unit they are.
    pixels = np.concatenate([np.asarray(square(photo(name), 64)).reshape(-1, 3) for name in COLOUR_PHOTOS])
    components = course_components()
    matrix = components.vectors * components.deviations * 0.1
    assert np.allclose(matrix @ matrix.T, 0.01 * np.cov(pixels.T))


def test_a_shift_is_the_same_in_levels_and_in_units_of_white_and_an_eigenvalue_would_not_be():
    pixels = np.asarray(square(photo("coffee"), 64)).reshape(-1, 3).astype(float)
    levels, whites = colour_components(pixels), colour_components(pixels / 255)
    alphas = (0.1, -0.2, 0.05)
    assert np.allclose(colour_shift(alphas, levels), 255 * colour_shift(alphas, whites))
    # The paper's formula to the letter: black to white and beyond in one unit, hardly anything in the other.
    largest = 0.1 * course_components().deviations[0] ** 2
    assert largest > 1000
    assert 4 < largest / 255 < 5


def test_one_colour_is_added_to_every_pixel_and_nothing_is_clipped(chelsea):
    alphas = (0.3, 0.3, -0.3)
    difference = pca_colour(chelsea, alphas) - chelsea
    assert np.allclose(difference, colour_shift(alphas, course_components()))
    assert pca_colour(np.full((1, 1, 3), 255), alphas).max() > 255
    assert np.array_equal(pca_colour(chelsea, (0, 0, 0)), chelsea)


def test_draws_are_even_over_places_and_mirrors_and_normal_in_alpha():
    draws = [draw_augmentation(seed) for seed in range(1, 4001)]
    for places in ([each.row for each in draws], [each.column for each in draws]):
        assert set(places) == set(range(LAST + 1))
        assert np.mean(places) == pytest.approx(16, abs=0.5)
    assert np.mean([each.flip for each in draws]) == pytest.approx(0.5, abs=0.03)
    alphas = np.array([each.alphas for each in draws])
    assert np.allclose(alphas.mean(0), 0, atol=0.006)
    assert np.allclose(alphas.std(0), 0.1, atol=0.004)
    assert np.abs(alphas).max() == 0.3
    assert np.array_equal(alphas, alphas.round(2))
    assert draw_augmentation(7) == draw_augmentation(7) != draw_augmentation(8)


@pytest.mark.parametrize("change", [lambda pixels: crop(pixels, 0, 0, 4), flip])
def test_pixels_without_three_colours_are_refused_in_one_sentence(change):
    with pytest.raises(
        ValueError, match=r"^The pixels have the shape \(8, 8, 4\); give an array of shape .*3\)\.$"
    ):
        change(np.zeros((8, 8, 4)))
