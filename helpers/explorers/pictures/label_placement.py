"""Where the names of points in a scatter plot go so that they cover neither each other nor a point."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import ceil, hypot, inf

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""
Line = tuple[Point, Point]

# Beside the point first, then above and below, then aslant; the same farther away, where a line leads to it.
_SIDES = (
    *((1, 0), (-1, 0), (0, -1), (0, 1)),
    *((1, -1), (-1, -1), (1, 1), (-1, 1), (1, -0.4), (-1, -0.4), (1, 0.4), (-1, 0.4)),
)
_DISTANCES = (11, 20, 32, 46, 62, 80)
NEAR = _DISTANCES[0]
"""How far a label is from its point where there is room."""
APART = 8
"""How far, across, it is from another point besides: else it seems to be the other's."""
AIR = 5
"""How far, across, labels are from each other."""
_CROSSED = 0.1
"""What a line through a label costs, beside a pixel that is covered: two names in one place are worse."""


def place_labels(
    points: Sequence[Point],
    sizes: Sequence[tuple[float, float]],
    room: Box,
    *,
    marker: float = 7,
    lines: Sequence[Line] = (),
) -> list[Box]:
    """Return the box of each point's label, all lengths in pixels with y running down.

    `sizes` are the labels' (width, height), `room` is where they may be, and `marker` is how far a point
    reaches; a label keeps some distance from points that are not its own, from other labels and from `lines`,
    which only a `leader` may cross. Each label in turn takes the first of its places that covers nothing,
    neither itself nor by its leader, or the one that covers least.

    >>> place_labels([(50, 50), (60, 50)], [(30, 12), (30, 12)], room=(0, 0, 120, 100))
    [(9.0, 44.0, 39.0, 56.0), (71.0, 44.0, 101.0, 56.0)]
    """
    across, down = marker + APART, marker
    markers = [(x - across, y - down, x + across, y + down) for x, y in points]
    along = [(x - AIR, y - AIR, x + AIR, y + AIR) for line in lines for x, y in _points(line)]
    boxes: list[Box] = []
    named: list[Box] = []  # the same with the air beside them
    leaders: list[Line] = []
    for index, (point, size) in enumerate(zip(points, sizes, strict=True)):
        taken = [*markers[:index], *markers[index + 1 :], *along, *named]
        # No leader is to run over another point; where it stands on this one, none can help it.
        in_the_way = [*boxes, *(each for each in markers if not _holds(each, point))]
        least = inf
        for distance, side in product(_DISTANCES, _SIDES):
            box = _beside(point, size, side, distance)
            cost = _covered(box, taken) + 10 * _outside(box, room)
            if cost < least:
                cost += _CROSSED * _crossings(point, box, in_the_way, leaders)
            if cost < least:
                least, best = cost, box
            if not cost:
                break
        boxes.append(best)
        named.append((best[0] - AIR, best[1], best[2] + AIR, best[3]))
        line = leader(point, best)
        leaders += [line] if line else []
    return boxes


def leader(point: Point, box: Box) -> Line | None:
    """The line from a point to its label, None where the label is near enough to be seen as its own.

    >>> leader((0, 0), (30, -6, 60, 6)), leader((0, 0), (11, -6, 41, 6))
    (((0, 0), (30, 0)), None)
    """
    end = min(max(point[0], box[0]), box[2]), min(max(point[1], box[1]), box[3])
    return (point, end) if hypot(end[0] - point[0], end[1] - point[1]) > 1.5 * NEAR else None


def _points(line: Line) -> list[Point]:
    """Points on a line, so close to each other that no label fits between them."""
    (x1, y1), (x2, y2) = line
    steps = ceil(hypot(x2 - x1, y2 - y1) / AIR) or 1
    return [(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in range(steps + 1)]


def _beside(point: Point, size: tuple[float, float], side: tuple[float, float], far: float) -> Box:
    """The label's box on one side of a point: (1, 0) is right of it, (0, -1) above."""
    (x, y), (width, height), (across, down) = point, size, side
    left = x + across * far + width * (across - 1) / 2
    top = y + down * (far if not across else far * 0.8) + height * (down - 1) / 2
    return left, top, left + width, top + height


def _holds(box: Box, point: Point) -> bool:
    return box[0] < point[0] < box[2] and box[1] < point[1] < box[3]


def _covered(box: Box, others: Sequence[Box]) -> float:
    """The area that a box shares with others."""
    left, top, right, bottom = box
    return sum(
        (min(right, other[2]) - max(left, other[0])) * (min(bottom, other[3]) - max(top, other[1]))
        for other in others
        if top < other[3] and other[1] < bottom and left < other[2] and other[0] < right
    )


def _outside(box: Box, room: Box) -> float:
    """The area of a box that is not in the room."""
    beyond = (box[2] - box[0]) * (box[3] - box[1]) - _covered(box, [room])
    return beyond if beyond > 1e-6 else 0.0  # rounding is no way out


def _crossings(point: Point, box: Box, in_the_way: Sequence[Box], leaders: Sequence[Line]) -> int:
    """How much the leader to a box would run through, and how many leaders run through the box."""
    line = leader(point, box)
    over = sum(_runs_through(line, other) for other in in_the_way) if line else 0
    return over + sum(_runs_through(other, box) for other in leaders)


def _runs_through(line: Line, box: Box) -> bool:
    """Whether part of a line is inside a box."""
    (x1, y1), (x2, y2) = line
    left, top, right, bottom = box
    if x1 <= left >= x2 or x1 >= right <= x2 or y1 <= top >= y2 or y1 >= bottom <= y2:
        return False
    # Corners on both sides of it.
    sides = [(x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) for x in (left, right) for y in (top, bottom)]
    return min(sides) < 0 < max(sides)
