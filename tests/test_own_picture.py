"""A learner's own picture takes a photo's place in an explorer, and a broken one changes nothing."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.pixel_mixer import LEFT, PIXELS, TOP, ZOOM, PixelMixer
from helpers.images.photos import ImageError
from tests.learner import is_one_sentence, upload

MY_PIXELS = np.random.default_rng(0).integers(0, 256, (PIXELS, PIXELS, 3), dtype=np.uint8)
MY_PICTURE = Image.fromarray(MY_PIXELS)

# The pixel chosen at the start, (29, 67), has a frame around it.
UNMARKED = slice(40, None)


@pytest.fixture
def mixer() -> PixelMixer:
    return PixelMixer()


def drawn(mixer: PixelMixer) -> np.ndarray:
    """The photo on the left as it is drawn, from 0 to 255, below the marked pixel."""
    row, column = TOP * DENSITY + ZOOM // 2, LEFT * DENSITY + ZOOM // 2
    return np.asarray(mixer._image)[row::ZOOM, column::ZOOM][:PIXELS, :PIXELS][UNMARKED]


def encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("form", ["picture", "array", "path", "name of a file", "bytes", "upload"])
def test_a_picture_of_ones_own_is_mixed(form, tmp_path):
    path = tmp_path / "mine.png"
    path.write_bytes(encoded(MY_PICTURE))
    if form == "upload":
        mixer = PixelMixer()
        upload(mixer, encoded(MY_PICTURE))
    else:
        sources = {"picture": MY_PICTURE, "array": MY_PIXELS, "path": path, "name of a file": str(path)}
        mixer = PixelMixer(sources.get(form, encoded(MY_PICTURE)))
    assert mixer.photo.value == "your own"
    assert mixer.status == ""
    assert np.array_equal(drawn(mixer), MY_PIXELS[UNMARKED])
    assert mixer.numbers.before == pytest.approx(MY_PIXELS[mixer.numbers.pixel] / 255)
    mine = mixer.picture.data
    mixer.photo.value = "coffee"
    assert mixer.picture.data == PixelMixer("coffee").picture.data
    mixer.photo.value = "your own"
    assert mixer.picture.data == mine


def test_a_second_upload_replaces_the_first(mixer):
    upload(mixer, encoded(MY_PICTURE))
    upload(mixer, encoded(Image.fromarray(255 - MY_PIXELS)), "second.png")
    assert np.array_equal(drawn(mixer), 255 - MY_PIXELS[UNMARKED])
    assert mixer.photo.options.count("your own") == 1


@pytest.mark.parametrize("content", [b"", b"not a picture", encoded(MY_PICTURE)[:1000]])
@pytest.mark.parametrize("had_one", [False, True])
def test_a_broken_upload_leaves_the_picture_and_says_why(content, had_one, mixer):
    if had_one:
        upload(mixer, encoded(MY_PICTURE))
    before = mixer.numbers, mixer.picture.data, mixer.photo.value, mixer.photo.options
    upload(mixer, content, "broken.png")
    assert (mixer.numbers, mixer.picture.data, mixer.photo.value, mixer.photo.options) == before
    assert mixer.status.startswith("The upload 'broken.png' ")
    assert is_one_sentence(mixer.status)
    mixer.row.value = 5
    assert mixer.status == ""
    upload(mixer, encoded(MY_PICTURE))
    assert (mixer.status, mixer.photo.value) == ("", "your own")


def test_an_upload_that_is_none_is_a_sentence_and_the_rest_of_the_set_is_drawn(mixer):
    mixer.set(upload="mine.png", preset="grey")
    assert "FileUpload" in mixer.status
    assert mixer.picture.data == PixelMixer(preset="grey").picture.data


@pytest.mark.parametrize("wrong", [b"no picture", np.zeros((2, 2, 7)), 5, ["coffee"]])
def test_a_wrong_picture_at_the_start_is_an_error_in_one_sentence(wrong):
    with pytest.raises(ImageError, match=r"^\S.*\.$"):
        PixelMixer(wrong)
