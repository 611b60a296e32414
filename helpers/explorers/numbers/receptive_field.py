"""What one unit of a network can see of a photo, and how much of that really moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers.arithmetic import ReceptiveField, Span

Unit = tuple[int, int]
"""Row and column in a layer's map."""
Place = tuple[float, float]
"""How far down and across the photo, as shares of its side: in its middle (0.5, 0.5)."""
Box = tuple[int, int, int, int]
"""The first and the last row and column of pixels: top, left, bottom, right; below 0 is padding."""

LONGEST = 110
"""The characters that a sentence may have."""
PHOTO, SEEN = 224, 320
"""The CSS pixels along a side of the photo on the left, and of the gradient on the right."""


@dataclass(frozen=True)
class Layer:
    """A layer's map of `grid`, (rows, columns) of units, and what each of them sees."""

    grid: tuple[int, int]
    field: ReceptiveField

    def place(self, unit: Unit, image_size: int) -> Place:
        """The centre of what a unit sees on a photo of that many pixels on a side."""
        row, column = unit
        return self.field.y.centre(row) / image_size, self.field.x.centre(column) / image_size

    def nearest(self, place: Place, image_size: int) -> Unit:
        """The unit that sees what is around a place, or the nearest one that there is.

        >>> layer = Layer((7, 7), ReceptiveField().through(32, stride=32))
        >>> layer.nearest((0.5, 1.0), 224), layer.place((3, 6), 224)
        ((3, 6), (0.5, 0.9285714285714286))
        """
        row, column = (
            min(max(span.nearest(share * image_size), 0), count - 1)
            for span, share, count in zip((self.field.y, self.field.x), place, self.grid, strict=True)
        )
        return row, column


def layers_of(answer: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, Layer]:
    """Layers by name as a source tells of them: the map's size, and jump, lo and hi down and across.

    >>> layers_of({"conv": ((24, 24), (1, -1, 1), (1, -2, 2))})["conv"].field.size
    (3, 5)
    """
    return {
        name: Layer((rows, columns), ReceptiveField(Span(*down), Span(*across)))
        for name, ((rows, columns), down, across) in answer.items()
    }


def largest_that_fits(layers: Mapping[str, Layer], image_size: int) -> str:
    """The layer with the largest field that is no larger than the photo, or the first where none is.

    >>> fields = {"conv": (3, 1), "pool": (4, 2), "last": (300, 4)}
    >>> layers = {name: Layer((9, 9), ReceptiveField().through(*window)) for name, window in fields.items()}
    >>> largest_that_fits(layers, 224), largest_that_fits(layers, 2)
    ('pool', 'conv')
    """
    sizes = {name: max(layer.field.size) for name, layer in layers.items()}
    fitting = [name for name in sizes if sizes[name] <= image_size]
    return max(fitting, key=sizes.__getitem__, default=next(iter(sizes)))


@dataclass(frozen=True)
class ReceptiveFieldNumbers:
    """What a unit (row, column) of a layer's map of size `grid` sees of a photo `image_size` pixels wide.

    `side` is that of the square around the field's centre that holds 95 % of the unit's gradient, in pixels;
    None where no pixel moves the unit. `network` is empty where there is one only.
    """

    network: str
    layer: str
    unit: Unit
    grid: tuple[int, int]
    field: ReceptiveField
    image_size: int
    side: int | None

    @property
    def box(self) -> Box:
        """The pixels of the field, padding included."""
        return self.field.box(self.unit)

    @property
    def visible(self) -> Box | None:
        """The pixels of the field that lie on the photo; None where none does."""
        top, left, bottom, right = self.box
        top, left = max(top, 0), max(left, 0)
        bottom, right = min(bottom, self.image_size - 1), min(right, self.image_size - 1)
        return (top, left, bottom, right) if top <= bottom and left <= right else None

    @property
    def on_photo(self) -> tuple[int, int]:
        """How much of the field, (height, width) in pixels, lies on the photo."""
        if self.visible is None:
            return 0, 0
        top, left, bottom, right = self.visible
        return bottom + 1 - top, right + 1 - left

    @property
    def holding(self) -> tuple[float, float, float] | None:
        """Where the square that holds 95 % begins, down and across in pixels, and its side."""
        if self.side is None:
            return None
        row, column = self.unit
        half = self.side / 2
        return self.field.y.centre(row) - half, self.field.x.centre(column) - half, self.side

    @property
    def view(self) -> tuple[int, int, int]:
        """The part of the photo that is enlarged: first row, first column, side in pixels."""
        return view_of(self.box, self.image_size)

    @property
    def sentence(self) -> str:
        """The unit, its field and its effective field."""
        found = (
            "no pixel moves it" if self.side is None else f"95 % of its gradient within {times(self.side)}"
        )
        rest = f", unit {self.unit} of {times(*self.grid)}: field {times(*self.field.size)}, {found}."
        return shortened(f"{self.network} {self.layer}".strip(), LONGEST - len(rest)) + rest

    @property
    def sees(self) -> str:
        """What the unit can see, as the title of the photo."""
        return f"unit {self.unit} can see {times(*self.field.size)} pixels"

    @property
    def moves(self) -> str:
        """What moves the unit, as the title of the gradient."""
        if self.side is None:
            return "no pixel moves it on this photo"
        return f"95 % of what moves it: {times(self.side)}"

    @property
    def edge(self) -> str:
        """Where the field lies, as the line below the photo."""
        if self.on_photo == self.field.size:
            return "All of the field lies on the photo."
        if self.on_photo == (self.image_size, self.image_size):
            return "The whole photo lies in the field; hatched: padding."
        return f"{times(*self.on_photo)} of its pixels lie on the photo; hatched: padding."

    @property
    def enlarged(self) -> str:
        """How much larger the gradient is drawn than the photo, as the line below it."""
        scale = SEEN * self.image_size / (PHOTO * self.view[2])
        return f"Drawn {scale:.1f} times as large as on the left."


def receptive_field(
    network: str, layer: str, unit: Unit, described: Layer, image_size: int, side: int | None
) -> ReceptiveFieldNumbers:
    """What a unit of that layer sees of a photo; `side` was measured.

    >>> pool = Layer((16, 16), ReceptiveField().through(3, padding=1).through(2, stride=2))
    >>> numbers = receptive_field("", "pool1", (0, 0), pool, 32, 4)
    >>> numbers.box, numbers.on_photo
    ((-1, -1, 2, 2), (3, 3))
    >>> numbers.sentence
    'pool1, unit (0, 0) of 16×16: field 4×4, 95 % of its gradient within 4×4.'
    """
    return ReceptiveFieldNumbers(network, layer, unit, described.grid, described.field, image_size, side)


def times(height: int, width: int | None = None) -> str:
    """A size as it is read: "7×7"."""
    return f"{height}×{height if width is None else width}"


def shortened(name: str, most: int) -> str:
    """A layer's name without its beginning, where it is longer than `most` characters.

    >>> [shortened("block.conv", most) for most in (10, 9, 6, 5)]
    ['block.conv', '…ock.conv', '…conv', '…conv']
    """
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
