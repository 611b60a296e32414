"""`AugmentationExplorer` does to a photo what training does, says it, and shows it as the network sees it."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import AugmentationExplorer, draw_augmentation
from helpers.drawing.png import rendered
from helpers.drawing.style import BLUE, GREEN, VERMILION
from helpers.explorers.augmentation import ALPHAS, MOST_SEED, SETTING
from helpers.explorers.numbers import augmentation as own
from helpers.explorers.numbers.augmentation import CROP, LAST, RESIZED, STEP, augmentation
from helpers.explorers.pictures.augmentation import MOST_SHIFT
from helpers.explorers.sources.augmentation import AugmentationPhotos
from helpers.explorers.sources.recording import Recorded, Recorder
from helpers.images import augmentation as images
from helpers.images.augmentation import Augmentation, augment, colour_shift, course_components
from helpers.images.photos import photo, square
from tests.seen import Seen, number

PLACE = st.integers(0, LAST)
ALPHA = st.integers(-30, 30).map(lambda hundredths: hundredths / 100)
CHOICE = st.builds(Augmentation, PLACE, PLACE, st.booleans(), st.tuples(ALPHA, ALPHA, ALPHA))
BLACK = bytes(3 * RESIZED**2)
EXTREMES = [
    Augmentation(0, 32, True, (0.3, 0.3, -0.3)),
    Augmentation(32, 0, False, (-0.3, -0.3, 0.3)),
    Augmentation(7, 29, True, (0, 0, 0)),
]


@pytest.fixture(scope="module")
def chelsea() -> np.ndarray:
    return np.asarray(square(photo("chelsea"), RESIZED))


@pytest.fixture(scope="module")
def components() -> tuple:
    return AugmentationPhotos("chelsea").components()


@pytest.fixture
def explorer() -> AugmentationExplorer:
    return AugmentationExplorer()


def setting(choice: Augmentation) -> dict:
    values = choice.row, choice.column, ("no", "yes")[choice.flip], *choice.alphas
    return dict(zip(SETTING, values, strict=True))


def values(explorer: AugmentationExplorer) -> dict:
    return {name: explorer.controls[name].value for name in SETTING}


def photos(explorer: AugmentationExplorer) -> tuple[np.ndarray, np.ndarray]:
    """The photo with the crop, and what the network is shown, as they are drawn."""
    picture = np.asarray(rendered(explorer.svg, explorer.shown_images, 1)).astype(int)
    whole, seen = Seen(explorer.svg).elements("image")[0], Seen(explorer.svg).elements("svg")[1]
    return tuple(
        picture[int(number(each, "y")) :, int(number(each, "x")) :][:side, :side]
        for each, side in ((whole, RESIZED), (seen, CROP))
    )


def test_sizes_and_counts_are_those_that_a_lesson_uses():
    for name in ("RESIZED", "CROP", "LAST", "CROPS", "MOST_ALPHA"):
        assert getattr(own, name) == getattr(images, name)


def test_at_the_start_the_network_is_shown_the_plain_central_crop(explorer, chelsea):
    assert explorer.numbers.change == 0
    assert repr(explorer) == "Your own: crop at (16, 16); α 0, 0, 0 add red 0, green 0, blue 0."
    assert Seen(explorer.svg).words[0] == "Values hardly different from those of the plain central crop"
    assert np.array_equal(photos(explorer)[1], chelsea[16:240, 16:240])


@pytest.mark.parametrize(
    ("choice", "seed", "sentence"),
    [
        (
            Augmentation(1, 2, True, (0.1, -0.25, 0.05)),
            7,
            "Seed 7: crop at (1, 2), mirrored; α +0.10, −0.25, +0.05 add red −1.2, green +9.4, blue +12.0.",
        ),
        (
            Augmentation(0, 32, False, (-0.1, 0.0, 0.3)),
            0,
            "Your own: crop at (0, 32); α −0.10, 0, +0.30 add red −7.6, green −3.5, blue −7.1.",
        ),
    ],
)
def test_the_sentence_word_for_word(components, choice, seed, sentence):
    numbers = augmentation(BLACK, components, **vars(choice), seed=seed)
    assert numbers.sentence == sentence


def test_the_longest_sentences_fit_and_the_bars_stay_on_their_axis(components):
    for alphas in itertools.product((-0.3, 0.3), repeat=3):
        numbers = augmentation(BLACK, components, row=32, column=32, flip=True, alphas=alphas, seed=MOST_SEED)
        assert len(numbers.sentence) <= 110
        assert max(map(abs, numbers.shift)) < MOST_SHIFT


@settings(deadline=None, derandomize=True, max_examples=40)
@given(CHOICE)
def test_the_numbers_are_those_of_the_augmented_pixels(chelsea, components, choice):
    numbers = augmentation(chelsea.tobytes(), components, **vars(choice))
    assert numbers.shift == pytest.approx(colour_shift(choice.alphas, course_components()))
    differences = np.abs(augment(chelsea, choice) - chelsea[16:240, 16:240])
    assert numbers.change == round(differences[STEP // 2 :: STEP, STEP // 2 :: STEP].mean())
    assert numbers.change == pytest.approx(differences.mean(), abs=1.5)


@pytest.mark.parametrize(
    ("alpha", "words"),
    [
        (0.005, "Values hardly different from those of the plain central crop"),
        (0.015, "Same label, but pixel values differ from the central crop's by about 1 level on average"),
        (0.1, "Same label, but pixel values differ from the central crop's by about 6 levels on average"),
    ],
)
def test_how_far_away_the_values_are_in_words(components, alpha, words):
    numbers = augmentation(BLACK, components, row=16, column=16, flip=False, alphas=(alpha, 0, 0))
    assert numbers.finding == words


@pytest.mark.parametrize("choice", EXTREMES)
def test_the_browser_shows_what_training_would(explorer, chelsea, choice):
    explorer.set(**setting(choice))
    whole, seen = photos(explorer)
    assert np.abs(seen - augment(chelsea, choice).clip(0, 255)).max() <= 1.01
    # In the photo the crop is as it was, inside its frame and corners; the rest is pale.
    inside = np.zeros((RESIZED, RESIZED), bool)
    inside[choice.row : choice.row + CROP, choice.column : choice.column + CROP] = True
    frame = np.zeros((RESIZED, RESIZED), bool)
    for edge in (choice.row, choice.row + CROP):
        frame[max(edge - 8, 0) : edge + 8] = True
    for edge in (choice.column, choice.column + CROP):
        frame[:, max(edge - 8, 0) : edge + 8] = True
    assert np.array_equal(whole[inside & ~frame], chelsea[inside & ~frame])
    pale = 0.25 * chelsea + 0.75 * 255
    assert np.abs(whole - pale)[~inside & ~frame].max() <= 2
    assert Seen(explorer.svg).words.count("mirrored left to right") == choice.flip
    assert Seen(explorer.svg).words.count("not mirrored") == (not choice.flip)


@pytest.mark.parametrize("choice", EXTREMES)
def test_the_frame_is_around_the_crop_and_its_corners_can_be_dragged(explorer, choice):
    explorer.set(**setting(choice))
    seen = Seen(explorer.svg)
    left, top = (number(seen.elements("image")[0], side) for side in ("x", "y"))
    x, y = left + choice.column, top + choice.row
    frames = [each for each in seen.elements("rect") if each.get("stroke") in ("black", "white")][:2]
    for frame, margin in zip(frames, (0.5, 1.5), strict=True):
        assert [number(frame, name) for name in ("x", "y")] == [x + margin, y + margin]
        assert [number(frame, name) for name in ("width", "height")] == [CROP - 2 * margin] * 2
    corners = [each for each in seen.elements("circle") if each.get("class") == "handle"]
    places = {(number(each, "cx"), number(each, "cy")) for each in corners}
    assert places == {(x, y), (x + CROP, y), (x, y + CROP), (x + CROP, y + CROP)}
    for corner, control, start, end, low, high in seen.drags():
        if corner in corners:
            # A pixel of the hand is a pixel of the crop, and the corner stays under it.
            at, value = {"column": ("cx", choice.column), "row": ("cy", choice.row)}[control]
            assert (end - start, low, high) == (LAST, 0, LAST)
            assert number(corner, at) - start == value
    assert {each.get("data-tip") for each in corners} == {f"crop at ({choice.row}, {choice.column})"}


def test_a_press_on_the_photo_moves_the_crop_there(explorer):
    seen = Seen(explorer.svg)
    image = seen.elements("image")[0]
    drags = [each for each in seen.drags() if each[0].get("fill") == "transparent"]
    assert {(control, low, high) for _, control, _, _, low, high in drags} == {
        ("column", 0, LAST),
        ("row", 0, LAST),
    }
    for _, control, start, end, _, _ in drags:
        assert start == number(image, {"column": "x", "row": "y"}[control])
        assert end - start == RESIZED
    explorer.point({"column": 31.6, "row": 0.4})
    assert (explorer.numbers.row, explorer.numbers.column) == (0, 32)


def test_a_click_on_what_the_network_is_shown_mirrors_it_and_back(explorer):
    for flip, tip in (("yes", "click to mirror it"), ("no", "click to mirror it back")):
        [(pad, sets)] = Seen(explorer.svg).sets()
        assert pad.get("data-tip") == tip
        assert sets == {"flip": flip}
        assert (number(pad, "width"), number(pad, "height")) == (CROP, CROP)
        explorer.point(sets)
        assert explorer.numbers.flip == (flip == "yes")


def test_a_pin_stands_at_its_alpha_and_can_be_dragged_there(explorer):
    alphas = -0.3, 0.1, 0.25
    explorer.set(**dict(zip(ALPHAS, alphas, strict=True)))
    seen = Seen(explorer.svg)
    tips = ("α₁ −0.30: −31.6 levels", "α₂ +0.10: +4.4 levels", "α₃ +0.25: +2.6 levels")
    titles = ("α₁ −0.30, σ 105", "α₂ +0.10, σ 44", "α₃ +0.25, σ 10")
    ends = (("darker", "brighter"), ("bluer", "redder"), ("magenta", "greener"))
    texts = {text.words: text.box for text in seen.texts}
    pins = [each for each in seen.drags() if each[0].get("class") == "handle" and each[0].get("rx")]
    strips = [each for each in seen.drags() if each[0].get("fill", "").startswith("url")]
    for place, ((pin, *drag), (strip, *same)) in enumerate(zip(pins, strips, strict=True)):
        assert drag == same
        control, start, end, low, high = drag
        assert (control, low, high) == (ALPHAS[place], -0.3, 0.3)
        assert (number(strip, "x"), number(strip, "width")) == (start, end - start)
        middle = number(pin, "x") + number(pin, "width") / 2
        assert middle == pytest.approx(start + (end - start) * (alphas[place] + 0.3) / 0.6, abs=0.02)
        assert pin.get("data-tip") == f"{tips[place]} along this colour"
        assert number(pin, "y") < number(strip, "y")
        left, title, right = (texts[words] for words in (ends[place][0], titles[place], ends[place][1]))
        assert start - 1 < left[0] < left[2] < title[0] < title[2] < right[0] < right[2] < end + 1
        assert 0 < number(strip, "y") - title[3] < 12


def test_a_strip_runs_along_its_component(explorer):
    picture = np.asarray(rendered(explorer.svg, explorer.shown_images, 1)).astype(float)
    strips = [each[0] for each in Seen(explorer.svg).drags() if each[0].get("fill", "").startswith("url")]
    for strip, direction in zip(strips, course_components().vectors.T, strict=True):
        row = picture[int(number(strip, "y")) + 6, int(number(strip, "x")) :][: int(number(strip, "width"))]
        low, high = row[0], row[-1]
        assert low == pytest.approx(128 - direction * 120 / np.abs(direction).max(), abs=2)
        assert high == pytest.approx(128 + direction * 120 / np.abs(direction).max(), abs=2)
        quarter = row[len(row) // 4]
        assert quarter == pytest.approx(0.75 * low + 0.25 * high, abs=2), "evenly in between"


@pytest.mark.parametrize("choice", [Augmentation(0, 0, False, (0.2, -0.3, 0.1)), EXTREMES[1]])
def test_the_bars_are_as_long_as_the_levels_added(explorer, choice):
    explorer.set(**setting(choice))
    seen = Seen(explorer.svg)
    texts = {text.words: (text.box[0] + text.box[2]) / 2 for text in seen.texts}
    zero, level = texts["0"], (texts["30"] - texts["0"]) / 30
    for name, color, gain in zip(
        ("red", "green", "blue"), (VERMILION, GREEN, BLUE), explorer.numbers.shift, strict=True
    ):
        words = f"{gain:+.1f}".replace("-", "−")
        bar = seen.tip(f"{name}: {words} levels")
        assert bar.get("fill") == color
        assert number(bar, "width") == pytest.approx(abs(gain) * level, abs=0.5)
        assert number(bar, "x") == pytest.approx(zero + min(gain, 0) * level, abs=0.7)
        assert (texts[words] - zero) * gain < 0, "its number is on the other side of zero"
        [label] = [text for text in seen.texts if text.words == name]
        middle = number(bar, "y") + number(bar, "height") / 2
        assert (label.box[1] + label.box[3]) / 2 == pytest.approx(middle, abs=3)


def test_a_seed_sets_every_control_and_is_what_training_draws(explorer):
    for seed in (1, 2, MOST_SEED):
        explorer.seed.value = seed
        assert values(explorer) == setting(draw_augmentation(seed))
        assert explorer.numbers.seed == seed
        assert explorer.svg == AugmentationExplorer(seed=seed).svg


def test_no_draw_within_reach_is_cut_to_the_sliders_range():
    for seed in range(1, MOST_SEED + 1):
        assert max(map(abs, draw_augmentation(seed).alphas)) < 0.3


@pytest.mark.parametrize("name", SETTING)
def test_moving_a_control_makes_the_setting_your_own_and_keeps_the_rest(name):
    explorer = AugmentationExplorer(seed=3)
    before = values(explorer)
    other = {"flip": {"yes": "no", "no": "yes"}[before["flip"]], "row": 1, "column": 1}.get(name, 0.25)
    explorer.controls[name].value = other
    assert explorer.seed.value == explorer.numbers.seed == 0
    assert values(explorer) == {**before, name: other}
    explorer.seed.value = 3
    assert values(explorer) == before
    explorer.seed.value = 0
    assert values(explorer) == before


def test_another_photo_or_a_digit_that_the_page_spoils_keeps_the_seed():
    explorer = AugmentationExplorer(seed=3)
    explorer.alpha_1.value += 1e-12
    explorer.photo.value = "coffee"
    assert explorer.seed.value == explorer.numbers.seed == 3


def test_a_seed_and_a_slider_in_one_set_give_the_draw_with_that_slider_changed(explorer):
    explorer.set(row=5, seed=4)
    assert values(explorer) == {**setting(draw_augmentation(4)), "row": 5}
    assert explorer.seed.value == 0


def test_a_picture_of_ones_own_is_augmented(explorer, png_of):
    explorer.upload.value = png_of("rgb(10,20,30)")
    assert explorer.photo.value == "your own"
    assert (photos(explorer)[1] == (10, 20, 30)).all()


def test_a_wrong_start_is_an_error_in_one_sentence():
    with pytest.raises(ValueError, match=r"^row cannot be 33: it takes a whole number from 0 to 32\.$"):
        AugmentationExplorer(row=33)
    with pytest.raises(ValueError, match=r"^alpha 1 cannot be 0.5: it takes a number from -0.3 to 0.3\.$"):
        AugmentationExplorer(alpha_1=0.5)


def test_a_page_shows_the_same_from_a_recording():
    recorder = Recorder(AugmentationPhotos("chelsea"))
    live = AugmentationExplorer(seed=2, photos=recorder)
    replayed = AugmentationExplorer(seed=2, photos=Recorded(json.loads(recorder.json())))
    assert (replayed.svg, replayed.shown_images) == (live.svg, live.shown_images)
    # Whatever the sliders are set to needs nothing more.
    for each in (live, replayed):
        each.set(row=3, column=30, flip="no", alpha_2=0.2)
        assert each.status == ""
    assert replayed.svg == live.svg


@pytest.mark.parametrize("alphas", [(0.1, 0.2), (0.1, 0.2, 0.3, 0.4)])
def test_each_component_has_its_own_alpha(alphas):
    components = ((100.0, (0.6, 0.8, 0.0)), (4.0, (0.0, 0.0, 1.0)), (1.0, (1.0, 0.0, 0.0)))
    with pytest.raises(ValueError, match="argument 2 is"):
        own.colour_shift(alphas, components)
    with pytest.raises(ValueError, match="argument 2 is"):
        own.colour_shift((0.1, 0.2), ((1.0, (1.0, 0.0, 0.0)), (1.0, (1.0, 0.0))))
