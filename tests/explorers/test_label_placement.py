"""Labels in a scatter plot stand in the room, beside their points, and cover nothing."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.explorers.pictures.label_placement import (
    AIR,
    NEAR,
    _holds,
    _outside,
    _runs_through,
    leader,
    place_labels,
)

ROOM = (0, 0, 700, 320)
POINTS = st.lists(st.tuples(st.floats(20, 680), st.floats(20, 300)), min_size=1, max_size=6)


def shared(a, b):
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


def distance(box, point):
    x, y = min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3])
    return ((x - point[0]) ** 2 + (y - point[1]) ** 2) ** 0.5


@settings(deadline=None, derandomize=True, max_examples=200)
@given(POINTS)
def test_six_labels_cover_neither_each_other_nor_a_point_nor_the_edge(points):
    boxes = place_labels(points, [(70, 14)] * len(points), ROOM)
    for one, other in combinations(boxes, 2):
        assert shared(one, other) == 0
    for at, box in zip(points, boxes, strict=True):
        assert shared(box, ROOM) > 70 * 14 - 1e-6
        for x, y in points:
            if (x, y) != at:
                assert shared(box, (x - 7, y - 7, x + 7, y + 7)) == 0


def test_a_label_alone_is_right_of_its_point_and_left_of_one_at_the_right_edge():
    for x, side in ((100, 1), (690, -1)):
        ((left, top, right, bottom),) = place_labels([(x, 100)], [(70, 14)], ROOM)
        assert (left - x if side > 0 else x - right) == NEAR
        assert (top + bottom) / 2 == 100


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.tuples(st.floats(100, 600), st.floats(60, 260)), st.tuples(st.floats(20, 680), st.floats(20, 300)))
def test_a_label_keeps_off_a_line_that_begins_at_its_point(start, end):
    (box,) = place_labels([start], [(70, 14)], ROOM, lines=[(start, end)])
    assert not _runs_through((start, end), box)
    assert distance(box, start) <= 2 * NEAR


def test_a_label_stays_near_its_point_where_there_is_room():
    points = [(100 * column, 80 * row) for column in range(1, 7) for row in range(1, 4)]
    for at, box in zip(points, place_labels(points, [(50, 14)] * len(points), ROOM), strict=True):
        assert distance(box, at) <= NEAR


def test_many_points_in_one_place_have_all_their_labels():
    boxes = place_labels([(350, 160)] * 20, [(70, 14)] * 20, ROOM)
    assert len(boxes) == 20
    assert len(set(boxes)) == 20


def runs_through(line, box):
    """Whether a line is inside a box somewhere, as found step by step."""
    (x1, y1), (x2, y2) = line
    steps = [step / 400 for step in range(401)]
    return any(
        box[0] < x1 + share * (x2 - x1) < box[2] and box[1] < y1 + share * (y2 - y1) < box[3]
        for share in steps
    )


@pytest.mark.parametrize("others", [[(400, 150), (280, 150)], [(310, 110), (360, 130)]])
def test_lines_to_labels_run_neither_through_labels_nor_over_other_points(others):
    points = [*[(340, 150)] * 5, *others]
    boxes = place_labels(points, [(70, 14)] * len(points), ROOM)
    leaders = [line for at, box in zip(points, boxes, strict=True) if (line := leader(at, box))]
    assert len(leaders) >= 3
    for line in leaders:
        assert not any(runs_through(line, box) for box in boxes)
        for x, y in points[5:]:
            assert line[0] == (x, y) or not runs_through(line, (x - 7, y - 7, x + 7, y + 7))


def test_labels_in_one_line_have_air_between_them():
    points = [(350, 160), (350, 160), (350, 160), (360, 170), (380, 160), (400, 150)]
    for one, other in combinations(place_labels(points, [(60, 14)] * len(points), ROOM), 2):
        assert shared((one[0] - AIR, one[1], one[2] + AIR, one[3]), other) == 0


def test_the_places_in_their_order():
    """Right, left, above, below; then farther, with a line."""
    boxes = place_labels([(100, 100)] * 7, [(40, 10)] * 7, (0, 0, 200, 200), marker=0)
    assert boxes == [
        *((111, 95, 151, 105), (49, 95, 89, 105), (80, 79, 120, 89), (80, 111, 120, 121)),
        *((80, 58, 120, 68), (80, 132, 120, 142), (132, pytest.approx(64.4), 172, pytest.approx(74.4))),
    ]
    assert [leader((100, 100), box) for box in boxes[:5]] == [None] * 4 + [((100, 100), (100, 68))]


def test_what_only_touches_is_not_inside():
    box = (0, 0, 10, 10)
    assert _holds(box, (5, 5))
    assert not any(_holds(box, at) for at in ((0, 5), (10, 5), (5, 0), (5, 10)))
    # A line that passes by a corner, on either side of the box.
    assert not _runs_through(((0, 10), (10, 0)), (5, 5, 10, 10))
    assert not _runs_through(((0, 10), (10, 0)), (0, 0, 5, 5))
    assert _runs_through(((0, 0.2), (1, 0.2)), (0.2, 0, 0.8, 0.5))


def test_what_is_outside_the_room_counts_and_what_rounding_makes_of_it_does_not():
    assert _outside((0, 0, 1, 0.5), (5, 5, 9, 9)) == 0.5
    assert _outside((0, 0, 1, 0.5), (0, 0, 1, 0.5 - 1e-7)) == 0
    assert _outside((0, 0, 1, 0.5), (0, 0, 9, 9)) == 0


def test_each_point_has_its_own_label():
    for points, sizes in (([(1, 1)], []), ([], [(70, 14)])):
        with pytest.raises(ValueError, match="argument 2 is"):
            place_labels(points, sizes, ROOM)
