"""Where the names of points in a scatter plot go so that they cover neither each other nor a point."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import inf

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

# Beside the point first, then above and below, then aslant; the same farther away, where a line leads to it.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
_DISTANCES = (11, 20, 32, 46, 62, 80)
NEAR = _DISTANCES[0]
"""How far a label is from its point where there is room."""
APART = 8
"""How far, across, it is from another point besides: else it seems to be the other's."""


def place_labels(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    room: Box,
    *,
    marker: float = 7,
) -> list[Box]:
    """Return the box of each point's label, all lengths in pixels with y running down.

    `sizes` are the labels' (width, height), `room` is where they may be, and `marker` is how far a point
    reaches; a label keeps some distance from those that are not its own. Each label in turn takes the first
    of its places that covers nothing, or the one that covers least.

    >>> place_labels([(50, 50), (60, 50)], [(30, 12), (30, 12)], room=(0, 0, 120, 100))
    [(9.0, 44.0, 39.0, 56.0), (71.0, 44.0, 101.0, 56.0)]
    """
    across, down = marker + APART, marker
    markers = [(x - across, y - down, x + across, y + down) for x, y in points]
    boxes: list[Box] = []
    for index in range(len(points)):
        taken = [*markers[:index], *markers[index + 1 :], *boxes]
        least = inf
        for distance, side in product(_DISTANCES, _SIDES):
            box = _beside(points[index], sizes[index], side, distance)
            cost = sum(_shared(box, other) for other in taken) + 10 * _outside(box, room)
            if cost < least:
                least, best = cost, box
            if not cost:
                break
        boxes.append(best)
    return boxes


def _beside(point: tuple[float, float], size: tuple[float, float], side: tuple[int, int], far: float) -> Box:
    """The label's box on one side of a point: (1, 0) is right of it, (0, -1) above."""
    (x, y), (width, height), (across, down) = point, size, side
    left = x + across * far + width * (across - 1) / 2
    top = y + down * (far if not across else far * 0.8) + height * (down - 1) / 2
    return left, top, left + width, top + height


def _shared(a: Box, b: Box) -> float:
    """The area that two boxes share."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(across, 0) * max(down, 0)


def _outside(box: Box, room: Box) -> float:
    """The area of a box that is not in the room."""
    beyond = (box[2] - box[0]) * (box[3] - box[1]) - _shared(box, room)
    return beyond if beyond > 1e-6 else 0.0  # rounding is no way out
