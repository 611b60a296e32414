"""A 1×1 convolution from three colours to three, at every pixel of a photo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CHANNELS = ("red", "green", "blue")
PIXELS = 200
"""Height and width of the photo that is mixed: coarse enough to see that the work is done pixel by pixel."""

Row = tuple[float, float, float, float]

# Each row makes one output channel: its weights for red, green and blue, then its bias.
PRESETS: dict[str, tuple[Row, Row, Row]] = {
    "identity": ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)),
    "swap red and blue": ((0, 0, 1, 0), (0, 1, 0, 0), (1, 0, 0, 0)),
    # Rec. 601's luma weights: the eye is most sensitive to green.
    "grey": ((0.3, 0.59, 0.11, 0),) * 3,
    "sepia": ((0.39, 0.77, 0.19, 0), (0.35, 0.69, 0.17, 0), (0.27, 0.53, 0.13, 0)),
    "negative": ((-1, 0, 0, 1), (0, -1, 0, 1), (0, 0, -1, 1)),
    # Brightness, red against green, blue against yellow: half is added where a difference may be negative.
    "opponent colours": ((0.33, 0.34, 0.33, 0), (0.5, -0.5, 0, 0.5), (-0.25, -0.25, 0.5, 0.5)),
}


def slider_values(preset: str) -> dict[str, float]:
    """A preset's weights and biases by the name of their control: `red_from_green`, `red_bias`."""
    inputs = (*(f"from_{source}" for source in CHANNELS), "bias")
    return {
        f"{out}_{source}": float(value)
        for out, row in zip(CHANNELS, PRESETS[preset], strict=True)
        for source, value in zip(inputs, row, strict=True)
    }


@dataclass(frozen=True)
class MixNumbers:
    """One pixel's vector, the kernel, and the vector that comes out; colours from 0 to 1."""

    pixel: tuple[int, int]
    before: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]

    @property
    def after(self) -> tuple[float, ...]:
        """A dot product for each output channel, not clipped."""
        return tuple(
            sum(w * x for w, x in zip(row, self.before, strict=True)) + b
            for row, b in zip(self.weights, self.bias, strict=True)
        )

    @property
    def sentence(self) -> str:
        """The finding in one sentence, numbers included."""
        before, after = (
            ", ".join(f"{value:.2f}" for value in vector) for vector in (self.before, self.after)
        )
        row, column = self.pixel
        return f"Pixel ({row}, {column}): red, green, blue {before} become {after}."


def mix(
    pixel: tuple[int, int],
    before: Sequence[float],
    weights: Sequence[Sequence[float]],
    bias: Sequence[float],
) -> MixNumbers:
    """A 1×1 convolution at one pixel: `weights` (out, in) times the pixel's vector, plus `bias`.

    >>> mix((0, 0), (0.5, 0.25, 1.0), [(1, 0, 0), (0, 1, 0), (0.5, 0.5, 0)], (0, 0, 0)).after
    (0.5, 0.25, 0.375)
    """
    return MixNumbers(pixel, tuple(before), tuple(map(tuple, weights)), tuple(bias))


def pixel_mixer(rgb: bytes, row: int, column: int, values: Mapping[str, float]) -> MixNumbers:
    """The mix at one pixel of a photo: `rgb` are its pixels row by row, a byte a colour, `PIXELS` on a side.

    `values` are the weights and biases by the name of their control.
    """
    start = 3 * (row * PIXELS + column)
    return mix(
        (row, column),
        [level / 255 for level in rgb[start : start + 3]],
        [[values[f"{out}_from_{source}"] for source in CHANNELS] for out in CHANNELS],
        [values[f"{out}_bias"] for out in CHANNELS],
    )
