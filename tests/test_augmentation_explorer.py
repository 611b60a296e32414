"""`AugmentationExplorer` shows and says what its pure function makes of the controls, at every setting."""

import io
import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from PIL import Image

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.augmentation import (
    ALPHAS,
    LEFT,
    MOST_SEED,
    MOST_SHIFT,
    RIGHT,
    SETTING,
    TOP,
    AugmentationExplorer,
    augmentation,
)
from helpers.images.augmentation import CROP, LAST, RESIZED, Augmentation, augment, draw_augmentation
from helpers.images.photos import photo, square
from tests.learner import live_texts, upload

PLAIN = settings(deadline=None, derandomize=True, max_examples=60)
PLACE = st.integers(0, LAST)
ALPHA = st.integers(-30, 30).map(lambda hundredths: hundredths / 100)
CHOICE = st.builds(Augmentation, PLACE, PLACE, st.booleans(), st.tuples(ALPHA, ALPHA, ALPHA))
BLACK = np.zeros((RESIZED, RESIZED, 3), np.uint8)


@pytest.fixture(scope="module")
def chelsea() -> np.ndarray:
    return np.asarray(square(photo("chelsea"), RESIZED))


@pytest.fixture
def explorer() -> AugmentationExplorer:
    return AugmentationExplorer()


def setting(choice: Augmentation) -> dict:
    return dict(
        zip(SETTING, (choice.row, choice.column, ("no", "yes")[choice.flip], *choice.alphas), strict=True)
    )


def shown(explorer: AugmentationExplorer, left: int, side: int) -> np.ndarray:
    """The photo drawn at `left`, a value for each of its pixels."""
    x, y = left * DENSITY, TOP * DENSITY
    return np.asarray(explorer._image)[y : y + side * DENSITY : DENSITY, x : x + side * DENSITY : DENSITY]


def test_at_the_start_the_network_is_shown_the_plain_central_crop(explorer, chelsea):
    assert explorer.numbers.change == 0
    assert repr(explorer) == "Your own: crop at (16, 16); α 0, 0, 0 add red 0, green 0, blue 0."
    assert np.array_equal(shown(explorer, RIGHT, CROP), chelsea[16:240, 16:240])


@PLAIN
@given(CHOICE, st.integers(0, MOST_SEED))
def test_the_sentence_fits_and_says_every_setting(choice, seed):
    sentence = augmentation(BLACK, choice, seed).sentence
    assert len(sentence) <= 110
    assert sentence.endswith(".")
    assert "-" not in sentence
    assert f"({choice.row}, {choice.column})" in sentence
    assert ("mirrored" in sentence) == choice.flip
    assert ("Your own" in sentence) == (seed == 0)


def test_the_longest_sentences_fit():
    for alphas in itertools.product((-0.3, 0.3), repeat=3):
        numbers = augmentation(BLACK, Augmentation(32, 32, True, alphas), MOST_SEED)
        assert len(numbers.sentence) <= 110
        assert max(map(abs, numbers.shift)) < MOST_SHIFT


@PLAIN
@given(CHOICE)
def test_the_numbers_are_those_of_the_augmented_pixels(choice):
    pixels = np.random.default_rng(0).integers(0, 256, (RESIZED, RESIZED, 3))
    numbers = augmentation(pixels, choice)
    result = augment(pixels, choice)
    corner = pixels[choice.row, choice.column + (CROP - 1) * choice.flip]
    assert np.allclose(result[0, 0] - corner, numbers.shift, atol=0.051)
    assert numbers.change == round(np.abs(result - pixels[16:240, 16:240]).mean())
    assert numbers.crops == 2178


def test_the_explorer_shows_the_pure_function_of_its_controls(explorer, chelsea):
    draw = random.Random(0)
    for _ in range(20):
        alphas = tuple(draw.randint(-30, 30) / 100 for _ in range(3))
        choice = Augmentation(draw.randint(0, LAST), draw.randint(0, LAST), draw.random() < 0.5, alphas)
        explorer.set(**setting(choice))
        assert explorer.numbers == augmentation(chelsea, choice)
        assert explorer.status == ""
        levels = augment(chelsea, choice).clip(0, 255)
        assert np.abs(shown(explorer, RIGHT, CROP) - levels).max() <= 0.51


def test_the_crop_is_as_it_was_in_the_photo_and_the_rest_is_faded(explorer, chelsea):
    explorer.set(row=0, column=32)
    left = shown(explorer, LEFT, RESIZED)
    assert np.array_equal(left[4 : CROP - 4, 36:-4], chelsea[4 : CROP - 4, 36:-4])
    assert left[CROP:].min() >= 190
    assert left[:, :32].min() >= 190


def test_a_seed_sets_every_control_and_is_what_training_draws(explorer, chelsea):
    for seed in (1, 2, MOST_SEED):
        explorer.seed.value = seed
        choice = draw_augmentation(seed)
        assert {name: explorer.controls[name].value for name in SETTING} == setting(choice)
        assert explorer.numbers == augmentation(chelsea, choice, seed)
        assert explorer.picture.data == AugmentationExplorer(seed=seed).picture.data


def test_no_draw_within_reach_is_cut_to_the_sliders_range():
    for seed in range(1, MOST_SEED + 1):
        assert max(map(abs, draw_augmentation(seed).alphas)) < 0.3


@pytest.mark.parametrize("name", SETTING)
def test_moving_a_control_makes_the_setting_your_own_and_keeps_the_rest(name):
    explorer = AugmentationExplorer(seed=3)
    before = {each: explorer.controls[each].value for each in SETTING}
    other = {"flip": {"yes": "no", "no": "yes"}[before["flip"]], "row": 1, "column": 1}.get(name, 0.25)
    explorer.controls[name].value = other
    assert explorer.seed.value == explorer.numbers.seed == 0
    assert {each: explorer.controls[each].value for each in SETTING} == {**before, name: other}
    explorer.seed.value = 3
    assert {each: explorer.controls[each].value for each in SETTING} == before


def test_a_value_that_the_page_sends_back_changed_in_its_last_digit_keeps_the_seed():
    explorer = AugmentationExplorer(seed=3)
    explorer.alpha_1.value += 1e-12
    assert explorer.seed.value == 3


def test_a_seed_and_a_slider_in_one_set_give_the_draw_with_that_slider_changed(explorer):
    explorer.set(row=5, seed=4)
    assert {name: explorer.controls[name].value for name in SETTING} == {
        **setting(draw_augmentation(4)),
        "row": 5,
    }
    assert explorer.seed.value == 0


def test_every_control_changes_picture_and_sentence(explorer):
    for name in ("seed", *SETTING):
        before = explorer.picture.data, repr(explorer)
        control = explorer.controls[name]
        control.value = (
            {"yes": "no", "no": "yes"}[control.value] if name == "flip" else control.value + control.step
        )
        assert explorer.picture.data != before[0], name
        assert repr(explorer) != before[1], name


def test_another_photo_keeps_the_setting_and_changes_the_picture():
    explorer = AugmentationExplorer(seed=5)
    before, data = repr(explorer), explorer.picture.data
    explorer.photo.value = "coffee"
    assert repr(explorer) == before
    assert explorer.picture.data != data


def test_a_learner_s_own_picture_is_augmented(explorer):
    file = io.BytesIO()
    Image.new("RGB", (300, 200), (10, 20, 30)).save(file, "PNG")
    upload(explorer, file.getvalue())
    assert explorer.photo.value == "your own"
    assert (shown(explorer, RIGHT, CROP) == (10, 20, 30)).all()


def test_a_wrong_start_is_an_error_in_one_sentence():
    with pytest.raises(ValueError, match=r"^row cannot be 33: it takes a whole number from 0 to 32\.$"):
        AugmentationExplorer(row=33)
    with pytest.raises(ValueError, match=r"^alpha 1 cannot be 0.5: it takes a number from -0.3 to 0.3\.$"):
        AugmentationExplorer(alpha_1=0.5)


def test_no_text_is_cut_or_covered_by_another_at_the_extremes():
    explorer = AugmentationExplorer()
    still = [
        (text.get_text(), text.get_window_extent())
        for text in explorer._figure.figure.findobj(Text)
        if text.get_visible() and text.get_text()
    ]
    height = explorer._image.height
    fixed = [(name, (box.x0, height - box.y1, box.x1, height - box.y0)) for name, box in still]
    photos = [
        ("photo", tuple(DENSITY * side for side in (x, TOP, x + size, TOP + size)))
        for x, size in ((LEFT, RESIZED), (RIGHT, CROP))
    ]
    for row, flip, *alphas in itertools.product((0, 32), ("no", "yes"), *[(-0.3, 0, 0.3)] * 3):
        explorer.set(row=row, flip=flip, **dict(zip(ALPHAS, alphas, strict=True)))
        moving = live_texts(explorer)
        for name, (left, top, right, bottom) in [*fixed, *moving]:
            assert left >= 0, name
            assert top >= 0, name
            assert right <= explorer._image.width, name
            assert bottom <= height, name
        for (one, a), (other, b) in itertools.combinations([*fixed, *photos, *moving], 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (one, other)


@pytest.mark.parametrize(("name", "most"), [("chelsea", 130_000), ("gravel", 200_000)])
def test_a_stored_photo_is_small(name, most):
    data, _ = AugmentationExplorer(name)._repr_mimebundle_()
    assert len(data["image/png"]) * 3 / 4 < most
