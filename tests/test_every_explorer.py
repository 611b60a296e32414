"""What each explorer of the course keeps to, at the ends of its controls and in any order."""

import numpy as np
import pytest
from PIL import Image

from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.picture import encode_live
from helpers.explorers import comparison
from helpers.explorers.live import Explorer
from tests.explorers import EXPLORERS, made, shuffle, values
from tests.learner import is_one_sentence, live_texts

MOVES = 40

every_explorer = pytest.mark.parametrize("name", EXPLORERS)


@pytest.fixture(autouse=True)
def _times_that_take_none(monkeypatch):
    """What `NetworkComparison` would measure on this machine differs from run to run."""
    monkeypatch.setattr(comparison, "milliseconds", lambda name, edition: 10.0 + len(name) + len(edition))


def states(name: str):
    """An explorer at its start, with each control at each of its values in turn, and after random moves."""
    explorer = made(name)
    yield explorer
    for control in explorer.controls.values():
        for value in values(control):
            control.value = value
            yield explorer
    rng = np.random.default_rng(1)
    for _ in range(MOVES):
        shuffle(explorer, rng)
        yield explorer


def computed(explorer: Explorer):
    return explorer.compute(**{name: control.value for name, control in explorer.controls.items()})


def test_all_are_found():
    assert len(EXPLORERS) == 16


@every_explorer
def test_numbers_and_sentence_follow_whatever_moves(name):
    for explorer in states(name):
        assert explorer.status == ""
        assert explorer.numbers == computed(explorer)
        assert repr(explorer) == explorer.numbers.sentence
        assert len(repr(explorer)) <= 110
        assert repr(explorer).endswith(".")
        assert "\n" not in repr(explorer)


@every_explorer
def test_every_control_moves_the_picture(name):
    for label in made(name).controls:
        explorer = made(name)
        start, control = explorer.picture.data, explorer.controls[label]
        others = [value for value in values(control) if value != control.value]
        moved = False
        for value in others:
            control.value = value
            moved = moved or explorer.picture.data != start
        assert moved or not others, f"{label} moves nothing"


@every_explorer
def test_what_is_stored_is_what_is_shown_also_where_explorers_take_turns(name):
    explorer, another = made(name), made(name)  # they draw on the same pixels in turn
    rng = np.random.default_rng(2)
    for _ in range(5):
        shuffle(explorer, rng)
        shuffle(another, rng)
        assert encode_live(explorer._image) == explorer.picture.data
        assert encode_live(another._image) == another.picture.data


@every_explorer
def test_no_text_that_changes_leaves_the_picture(name):
    for explorer in states(name):
        width, height = explorer.picture.width * DENSITY, explorer.picture.height * DENSITY
        assert explorer._image.size == (width, height)
        for text, (left, top, right, bottom) in live_texts(explorer):
            inside = left >= 0 and top >= 0 and right <= width and bottom <= height
            assert not text or inside, f"{text!r} in {explorer!r}"


@every_explorer
def test_the_picture_is_the_same_whatever_came_before(name):
    explorer, rng = made(name), np.random.default_rng(2)
    for _ in range(MOVES):
        shuffle(explorer, rng)
    fresh = made(name)
    fresh.set(**{each: control.value for each, control in explorer.controls.items() if values(control)})
    assert fresh.numbers == explorer.numbers
    assert np.array_equal(np.asarray(fresh._image), np.asarray(explorer._image))


@every_explorer
def test_nonsense_leaves_everything_as_it_was_and_says_why(name):
    explorer = made(name)
    before, sentence = explorer.picture.data, repr(explorer)
    for each, control in explorer.controls.items():
        if values(control):
            kept = control.value
            for nonsense in ("nonsense", None, float("nan"), [1], object()):
                control.value = nonsense
                assert is_one_sentence(explorer.status), (each, nonsense)
                assert control.value == kept
    assert (explorer.picture.data, repr(explorer)) == (before, sentence)


@every_explorer
def test_every_control_has_a_name_to_read_and_the_picture_has_words(name):
    explorer = made(name)
    for control in explorer.controls.values():
        assert len(control.description) > 0
    assert len(explorer.alt) > 20
    data, metadata = explorer._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == explorer.alt
    assert isinstance(explorer._image, Image.Image)
    assert "application/vnd.jupyter.widget-view+json" in data
