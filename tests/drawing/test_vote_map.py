"""The picture of votes on a photo: each number stands in its square, and light is where the votes are."""

from importlib import import_module

import numpy as np
import pytest
import torch

vote_map = import_module("helpers.drawing.vote_map")
GREY = torch.full((3, 8, 8), 0.6)
VOTES = torch.tensor([[0.0, 1.0], [2.0, -0.4]])


@pytest.fixture
def drawn(monkeypatch):
    """Draws votes; gives the figure and the drawing."""
    kept = []
    new_figure = vote_map.new_figure

    def keep(*size):
        kept.append(new_figure(*size))
        return kept[-1]

    monkeypatch.setattr(vote_map, "new_figure", keep)
    return lambda *given, **how: (vote_map.votes_on_photo(*given, **how), kept[-1])


def test_each_number_stands_in_its_square(drawn):
    _, figure = drawn("Votes", GREY, VOTES)
    told = {text.get_position(): text.get_text() for text in figure.axes[1].texts}
    assert told == {(0.5, 0.5): "0", (1.5, 0.5): "1", (0.5, 1.5): "2", (1.5, 1.5): "0"}


def test_it_is_brightest_where_the_highest_vote_is(drawn):
    drawing, figure = drawn("Votes", GREY, VOTES)
    left, lit = (np.asarray(axes.images[0].get_array())[..., 0] for axes in figure.axes)
    assert (left == np.float32(0.6)).all()
    assert lit[7, 0] == pytest.approx(0.6)  # the lower left, A2
    assert lit[7, 7] == pytest.approx(0.6 * vote_map._DARKEST)
    assert repr(drawing) == "Votes. The highest vote is in A2."
    assert "from -0.4 to 2.0" in drawing.alt


def test_on_one_scale_equal_votes_are_equally_bright(drawn):
    for votes in (torch.tensor([[0.0, 1.0], [2.0, 5.0]]), torch.tensor([[4.0, 4.0], [2.0, 3.0]])):
        _, figure = drawn("Votes", GREY, votes, scale=(1, 3))
        lit = np.asarray(figure.axes[1].images[0].get_array())[..., 0]
        assert lit[7, 0] == pytest.approx(0.6 * (1 + vote_map._DARKEST) / 2)  # A2's 2 lies half-way
        assert lit[7, 7] == pytest.approx(0.6)  # B2 is as bright as the brightest, or brighter


@pytest.mark.parametrize("scale", [(1, 1), (2, 0), (1,), (0, 1, 2), "ab", 3])
def test_other_scales_are_refused(scale):
    with pytest.raises(ValueError, match=r"The scale is .*; give"):
        vote_map.votes_on_photo("Votes", GREY, VOTES, scale=scale)


def test_without_votes_the_photo_is_drawn_alone(drawn):
    drawing, figure = drawn("Where?", GREY, squares=2)
    assert len(figure.axes) == 1
    assert not figure.axes[0].texts
    assert drawing.alt == "Where? A photo in 2×2 squares."


@pytest.mark.parametrize("votes", [VOTES, None])
def test_words_tell_what_is_where(votes):
    drawing = vote_map.votes_on_photo("Votes", GREY, votes, words="A cup is in B2.")
    assert drawing.alt.endswith(". A cup is in B2.")


def test_squares_are_named_by_column_and_row(drawn):
    _, figure = drawn("Votes", GREY, torch.zeros(3, 4))
    named, second = figure.axes
    assert [label.get_text() for label in named.get_xticklabels()] == list("ABCD")
    assert [label.get_text() for label in named.get_yticklabels()] == list("123")
    assert not any(label.get_text() for label in second.get_yticklabels())


@pytest.mark.parametrize("votes", [VOTES, None])
def test_it_fits_into_a_lesson(votes):
    image = vote_map.votes_on_photo("Votes", GREY, votes).image
    assert image.width <= 2 * 800


@pytest.mark.parametrize(
    ("photo", "votes", "says"),
    [
        (torch.zeros(1, 8, 8), VOTES, "The photo has the shape (1, 8, 8)"),
        ([1, 2], VOTES, "The photo is [1, 2]"),
        (GREY, torch.zeros(3), "The table of votes is"),
        (GREY, torch.zeros(2, 17), "2×17 votes; give at most 16"),
    ],
)
def test_other_shapes_are_refused(photo, votes, says):
    with pytest.raises(ValueError, match="give") as error:
        vote_map.votes_on_photo("Votes", photo, votes)
    assert says in str(error.value)
