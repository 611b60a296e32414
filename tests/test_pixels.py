"""Pictures that nobody has looked at for a while are packed, and come back as they were."""

import numpy as np
import pytest
from PIL import Image

from helpers.drawing.pixels import UNPACKED, Pixels
from helpers.explorers.reduction import ReductionExplorer
from tests.test_picture import bar_figure, farthest

NOISE = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)


def use_others() -> None:
    """What a learner does elsewhere in the lesson, until every earlier picture is packed."""
    for _ in range(UNPACKED):
        Pixels().keep(np.zeros((1, 1), np.uint8))


@pytest.mark.parametrize("picture", [NOISE, Image.fromarray(NOISE), NOISE[:, ::-1, 0]])
def test_a_picture_comes_back_with_every_pixel(picture):
    room = Pixels()
    room.keep(picture)
    assert room.get() is picture
    use_others()
    assert room.get() is not picture
    assert np.array_equal(room.get(), np.asarray(picture))


def test_the_picture_used_longest_ago_is_packed_and_no_other():
    rooms = [Pixels() for _ in range(UNPACKED + 1)]
    for room in rooms:
        room.keep(NOISE)
        rooms[0].get()
    assert [room._packed is not None for room in rooms] == [False, True] + [False] * (UNPACKED - 1)


def test_a_lesson_s_explorers_hold_less_than_a_third_of_what_their_pictures_are():
    explorers = [ReductionExplorer() for _ in range(20)]
    rooms = [room for each in explorers for room in (each._last_image, each._figure._background)]
    held = sum(len(room._packed[0]) if room._packed else np.asarray(room._picture).nbytes for room in rooms)
    full = sum(np.asarray(room.get()).nbytes for room in rooms)
    assert held < full / 3


def test_a_drawing_takes_a_twentieth_of_its_room_once_packed():
    explorer = ReductionExplorer()
    use_others()
    for room in (explorer._last_image, explorer._figure._background):
        packed, shape = room._packed
        assert len(packed) * 20 < np.prod(shape)


def test_a_figure_that_was_packed_goes_on_as_if_it_had_not():
    figure, bar, _ = bar_figure()
    figure.image()
    use_others()
    bar.set_width(7)
    another, same_bar, _ = bar_figure()
    same_bar.set_width(7)
    assert farthest(figure.image(), another.image()) == 0


def test_what_others_keep_is_packed_when_the_picture_has_been_sent(monkeypatch):
    explorer, order = ReductionExplorer(), []
    use_others()
    monkeypatch.setattr(explorer.picture, "show", lambda data, alt: order.append("sent"))
    monkeypatch.setattr(Pixels, "_pack", lambda room: order.append("packed"))
    explorer.in_channels.value += 8
    assert order == ["sent", "packed", "packed"]


def test_a_room_can_be_emptied():
    room = Pixels()
    room.keep(NOISE)
    use_others()
    room.keep(None)
    assert room.get() is None
