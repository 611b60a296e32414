"""What each explorer of the course keeps to, at the ends of its controls and in any order."""

from functools import partial

import numpy as np
import pytest

import helpers
from helpers.explorers.explorer import Explorer
from tests.all_explorers import EXPLORERS, MOVES, made, movable, shuffle, states
from tests.kept_pictures import are_as_kept
from tests.learner import is_one_sentence
from tests.networks import MadeUpFields, MadeUpFlows, MadeUpMaps
from tests.seen import Seen

# What the others show is arithmetic, or whole numbers of a photo: the same on every machine.
SAME_EVERYWHERE = {
    "ActivationExplorer": lambda: helpers.ActivationExplorer(source=MadeUpFlows()),
    "FeatureMapExplorer": lambda: helpers.FeatureMapExplorer(source=MadeUpMaps()),
    "ReceptiveFieldExplorer": lambda: helpers.ReceptiveFieldExplorer(source=MadeUpFields()),
}
every_explorer = pytest.mark.parametrize("name", EXPLORERS)


def settings(explorer: Explorer) -> dict:
    return {name: control.value for name, control in explorer.controls.items()}


@every_explorer
def test_numbers_sentence_and_picture_follow_whatever_moves(name):
    explorer = made(name)
    seen = {}
    for _ in states(explorer):
        assert explorer.status == ""
        assert explorer.numbers == explorer.compute(**settings(explorer))
        sentence = explorer.numbers.sentence
        assert repr(explorer) == sentence
        assert len(sentence) <= 110
        assert sentence.endswith(".")
        assert "\n" not in sentence
        if explorer.svg in seen:
            continue
        seen[explorer.svg] = sentence
        picture = Seen(explorer.svg)
        assert picture.in_the_way() == [], sentence
        assert picture.root.get("aria-label") == sentence
        assert picture.root[0].text == sentence
        assert (picture.width, picture.height) == explorer.size
        images = {each.get("href").removeprefix("image:") for each in picture.elements("image")}
        assert images == set(explorer.shown_images), "each image is shown, and each that is shown is there"


@every_explorer
def test_every_picture_is_the_one_that_was_looked_at(name):
    explorer = SAME_EVERYWHERE.get(name, partial(made, name))()
    assert are_as_kept(name, ((settings(explorer), explorer.svg) for _ in states(explorer)))


@every_explorer
def test_what_is_pointed_at_sets_controls_that_are_there(name):
    explorer = made(name)
    for _ in states(explorer):
        picture = Seen(explorer.svg)
        for _, control, start, end, low, high in picture.drags():
            assert control in explorer.controls
            assert start != end
            assert low <= high
        for _, values in picture.sets():
            for control, value in values.items():
                assert explorer.controls[control].read(value) == (value, "")


@every_explorer
def test_something_tells_its_exact_number_or_is_drawn_in_words(name):
    assert Seen(made(name).svg).tips


@every_explorer
def test_every_control_moves_something(name):
    for label in movable(made(name)):
        explorer = made(name)
        start = explorer.svg, dict(explorer.shown_images)
        control = explorer.controls[label]
        moved = False
        for value in control.examples():
            control.value = value
            moved = moved or (explorer.svg, dict(explorer.shown_images)) != start
        assert moved, f"{label} moves nothing"


@every_explorer
def test_the_picture_is_the_same_whatever_came_before(name):
    explorer, rng = made(name), np.random.default_rng(2)
    for _ in range(MOVES):
        shuffle(explorer, rng)
    fresh = made(name)
    fresh.set(**{each: explorer.controls[each].value for each in movable(explorer)})
    assert fresh.numbers == explorer.numbers
    assert fresh.svg == explorer.svg
    assert fresh.shown_images == explorer.shown_images


@every_explorer
def test_nonsense_leaves_everything_as_it_was_and_says_why(name):
    explorer = made(name)
    before, sentence = explorer.svg, repr(explorer)
    for each in movable(explorer):
        control = explorer.controls[each]
        kept = control.value
        for nonsense in ("nonsense", None, float("nan"), [1], object()):
            control.value = nonsense
            assert is_one_sentence(explorer.status), (each, nonsense)
            assert control.value == kept
    assert (explorer.svg, repr(explorer)) == (before, sentence)


@every_explorer
def test_every_control_has_a_name_to_read_and_the_picture_has_words(name):
    explorer = made(name)
    for control in explorer.controls.values():
        assert control.label
    assert len(explorer.alt) > 20
    data, metadata = explorer._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == explorer.alt
    assert data["text/plain"] == repr(explorer)
    assert "application/vnd.jupyter.widget-view+json" in data
