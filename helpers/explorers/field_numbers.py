"""What `ReceptiveFieldExplorer` shows of one unit, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.arithmetic import ReceptiveField

Box = tuple[int, int, int, int]

LONGEST = 110
"""The characters that a sentence may have."""
PHOTO, SEEN = 224, 320
"""The CSS pixels along a side of the photo on the left, and of the gradient on the right."""


@dataclass(frozen=True)
class ReceptiveFieldNumbers:
    """What a unit (row, column) of a layer's map of size `grid` sees of a photo `image_size` pixels wide.

    `side` is that of the square around the field's centre that holds 95 % of the unit's gradient, in pixels;
    None where no pixel moves the unit. `network` is empty where there is one only.

    >>> pool = ReceptiveField().through(3, padding=1).through(2, stride=2)
    >>> numbers = ReceptiveFieldNumbers("", "pool1", (0, 0), (16, 16), pool, 32, 4)
    >>> numbers.box, numbers.on_photo
    ((-1, -1, 2, 2), (3, 3))
    >>> numbers.sentence
    'pool1, unit (0, 0) of 16×16: field 4×4, 95 % of its gradient within 4×4.'
    """

    network: str
    layer: str
    unit: tuple[int, int]
    grid: tuple[int, int]
    field: ReceptiveField
    image_size: int
    side: int | None

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The first and last pixels of the field: top, left, bottom, right; beyond the photo is padding."""
        return self.field.box(self.unit)

    @property
    def on_photo(self) -> tuple[int, int]:
        """How much of the field, (height, width) in pixels, lies on the photo."""
        top, left, bottom, right = self.box
        height, width = (
            max(min(last + 1, self.image_size) - max(first, 0), 0)
            for first, last in ((top, bottom), (left, right))
        )
        return height, width

    @property
    def enlarged(self) -> float:
        """How many times larger the gradient is drawn than the photo on the left."""
        return SEEN * self.image_size / (PHOTO * view_of(self.box, self.image_size)[2])

    @property
    def sentence(self) -> str:
        """The unit, its field and its effective field."""
        found = (
            "no pixel moves it" if self.side is None else f"95 % of its gradient within {times(self.side)}"
        )
        rest = f", unit {self.unit} of {times(*self.grid)}: field {times(*self.field.size)}, {found}."
        return shortened(f"{self.network} {self.layer}".strip(), LONGEST - len(rest)) + rest

    @property
    def words(self) -> tuple[str, str, str, str, str]:
        """The texts of the picture: its two titles, the two lines below, the name beside the layer's map."""
        if self.side is None:
            moves = "no pixel moves it on this photo"
        else:
            moves = f"95 % of what moves it: {times(self.side)}"
        if self.on_photo == self.field.size:
            edge = "All of the field lies on the photo."
        elif self.on_photo == (self.image_size, self.image_size):
            edge = "The whole photo lies in the field; hatched: padding."
        else:
            edge = f"{times(*self.on_photo)} of its pixels lie on the photo; hatched: padding."
        units = f": {times(*self.grid)} units"
        return (
            f"unit {self.unit} can see {times(*self.field.size)} pixels",
            moves,
            edge,
            f"Drawn {self.enlarged:.1f} times as large as on the left.",
            shortened(self.layer, 29 - len(units)) + units,
        )


def times(height: int, width: int | None = None) -> str:
    """A size as it is read: "7×7"."""
    return f"{height}×{height if width is None else width}"


def shortened(name: str, most: int) -> str:
    """A layer's name without its beginning, where it is longer than `most` characters."""
    return name if len(name) <= most else f"…{name[1 - most :].lstrip('.')}"


def view_of(box: Box, size: int) -> tuple[int, int, int]:
    """The part of a photo that is enlarged: first row, first column, side in pixels.

    It is a square around the field and a little more, moved so that it lies on the photo, or all of it.

    >>> view_of((-3, 100, 6, 109), 224)
    (0, 98, 14)
    """
    top, left, bottom, right = box
    longest = max(bottom - top, right - left) + 1
    side = min(longest + 2 * (longest // 12 + 2), size)
    y, x = ((first + last + 1 - side) // 2 for first, last in ((top, bottom), (left, right)))
    return min(max(y, 0), size - side), min(max(x, 0), size - side), side
