"""Labels in a scatter plot stand in the room, beside their points, and cover nothing."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.explorers.pictures.label_placement import NEAR, place_labels

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


def test_a_label_stays_near_its_point_where_there_is_room():
    points = [(100 * column, 80 * row) for column in range(1, 7) for row in range(1, 4)]
    for at, box in zip(points, place_labels(points, [(50, 14)] * len(points), ROOM), strict=True):
        assert distance(box, at) <= NEAR


def test_many_points_in_one_place_have_all_their_labels():
    boxes = place_labels([(350, 160)] * 20, [(70, 14)] * 20, ROOM)
    assert len(boxes) == 20
    assert len(set(boxes)) == 20
