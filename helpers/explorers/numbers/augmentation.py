"""What AlexNet's augmentation does to one training photo: crop, mirror, colour shift."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from operator import sub

RESIZED, CROP = 256, 224
"""A photo is resized to 256 pixels; a network is shown a square of 224 of them (the paper, section 4.1)."""

LAST = RESIZED - CROP
"""The last row and column at which a crop may start; the first is 0."""

CROPS = (LAST + 1) ** 2 * 2
"""The different crops of one photo, mirrored ones included."""

MOST_ALPHA = 0.3
"""The largest α: three of its deviations."""

COLOURS = ("red", "green", "blue")
STEP = 3
"""The photo's change is taken at every third pixel across and down: within a level or two of the whole's."""

Component = tuple[float, tuple[float, float, float]]
"""A principal component of the colours: its deviation, in levels, and its direction, of length 1."""


@dataclass(frozen=True)
class AugmentationNumbers:
    """One augmentation of a photo, drawn with `seed` or, where that is 0, by hand.

    The crop starts at (`row`, `column`), and there is an α for each of the colours' `components`. `change` is
    by how many levels of 255 a value of what the network is shown differs, on average, from the value at the
    same place of the plain central crop.
    """

    seed: int
    row: int
    column: int
    flip: bool
    alphas: tuple[float, ...]
    components: tuple[Component, ...]
    change: int

    @property
    def shift(self) -> tuple[float, ...]:
        """What red, green and blue gain, in levels of 255."""
        return colour_shift(self.alphas, self.components)

    @property
    def finding(self) -> str:
        """How far the network is from seeing the plain central crop, in words."""
        if not self.change:
            return "Values hardly different from those of the plain central crop"
        levels = f"{self.change} level{'' if self.change == 1 else 's'}"
        return f"Same label, but pixel values differ from the central crop's by about {levels} on average"

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        mirrored = ", mirrored" if self.flip else ""
        alphas = ", ".join(signed(alpha, 2) for alpha in self.alphas)
        shift = ", ".join(f"{name} {signed(gain)}" for name, gain in zip(COLOURS, self.shift, strict=True))
        who = f"Seed {self.seed}" if self.seed else "Your own"
        return f"{who}: crop at ({self.row}, {self.column}){mirrored}; α {alphas} add {shift}."


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign and so many decimals; what is rounded to zero has neither.

    >>> signed(0.25, 2), signed(-4.81), signed(-0.04)
    ('+0.25', '−4.8', '0')
    """
    rounded = round(value, digits)
    return f"{rounded:+.{digits}f}".replace("-", "−") if rounded else "0"


def colour_shift(alphas: tuple[float, ...], components: tuple[Component, ...]) -> tuple[float, ...]:
    """What is added to every pixel's red, green and blue: Σ αᵢ · σᵢ · pᵢ, in the deviations' unit.

    σ is the deviation and not, as the paper writes, its square; see `helpers.images.augmentation`.

    >>> colour_shift((0.1, 0.5), ((100, (0.6, 0.8, 0)), (4, (0, 0, 1))))
    (6.0, 8.0, 2.0)
    """
    scaled = [alpha * deviation for alpha, (deviation, _) in zip(alphas, components, strict=True)]
    directions = zip(*(direction for _, direction in components), strict=True)
    return tuple(sum(a * p for a, p in zip(scaled, channel, strict=True)) for channel in directions)


def augmentation(
    rgb: bytes,
    components: tuple[Component, ...],
    *,
    row: int,
    column: int,
    flip: bool,
    alphas: tuple[float, ...],
    seed: int = 0,
) -> AugmentationNumbers:
    """Augment a photo: `rgb` are its pixels row by row, a byte a colour, `RESIZED` on a side.

    A black photo is black wherever it is cropped, and only the shift is seen:

    >>> black, grey = bytes(3 * 256 * 256), (10.0, (0.6, 0.6, 0.5))
    >>> numbers = augmentation(black, (grey,), row=0, column=32, flip=True, alphas=(0.3,))
    >>> numbers.change, numbers.sentence
    (2, 'Your own: crop at (0, 32), mirrored; α +0.30 add red +1.8, green +1.8, blue +1.5.')
    """
    shift = colour_shift(alphas, components)
    total = count = 0.0
    for differences, gain in zip(_differences(rgb, row, column, flip), shift, strict=True):
        total += sum(times * abs(difference + gain) for difference, times in differences.items())
        count += differences.total()
    return AugmentationNumbers(seed, row, column, flip, alphas, components, round(total / count))


@lru_cache(8)  # the sliders for α leave this as it is
def _differences(rgb: bytes, row: int, column: int, flip: bool) -> tuple[Counter[int], ...]:
    """For red, green and blue, how often a crop differs by how many levels from the central crop."""
    middle = LAST // 2
    shown, plain = _seen(rgb, row, column, flip), _seen(rgb, middle, middle, False)
    return tuple(Counter(map(sub, one, other)) for one, other in zip(shown, plain, strict=True))


def _seen(rgb: bytes, row: int, column: int, flip: bool) -> tuple[bytearray, ...]:
    """The red, green and blue levels of a crop, at every `STEP`-th pixel across and down."""
    channels = bytearray(), bytearray(), bytearray()
    for line in range(row + STEP // 2, row + CROP, STEP):
        start = 3 * (line * RESIZED + column)
        pixels = rgb[start : start + 3 * CROP]
        for channel, levels in enumerate(channels):
            across = pixels[channel::3]
            levels += (across[::-1] if flip else across)[STEP // 2 :: STEP]
    return channels
