"""AlexNet's augmentation: what is done to a training photo before the network is shown it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from helpers.arithmetic.checks import whole
from helpers.images import arrays
from helpers.images.photos import photo, square
from helpers.wording.refusals import shown

RESIZED, CROP = 256, 224
"""A photo is resized to 256 pixels; a network is shown a square of 224 of them (the paper, section 4.1)."""

LAST = RESIZED - CROP
"""The last row and column at which a crop may start; the first is 0, so there are 33 of each."""

# The paper says 2048, which is 32 × 32 × 2; a crop that starts at 0, 1, … 32 has one more place each way.
CROPS = (LAST + 1) ** 2 * 2

ALPHA_DEVIATION, MOST_ALPHA = 0.1, 0.3

# Grey photos know one direction only, and the colour wheel is a drawing.
COLOUR_PHOTOS = ("astronaut", "chelsea", "coffee", "hubble", "motorcycle", "retina", "rocket", "tissue")


@dataclass(frozen=True)
class Augmentation:
    """What is done to one photo: where the crop starts, whether it is mirrored, and α for each component."""

    row: int
    column: int
    flip: bool
    alphas: tuple[float, float, float]


def draw_augmentation(seed: int) -> Augmentation:
    """One random augmentation: every crop is as likely, half are mirrored, α is normal with deviation 0.1.

    α is rounded to hundredths and kept within three deviations, which cuts one in 370. Raises ValueError for
    a seed that is no whole number of at least 0.

    >>> draw_augmentation(1)
    Augmentation(row=15, column=16, flip=True, alphas=(0.03, -0.13, 0.09))
    """
    generator = np.random.default_rng(whole("seed", seed, 0))
    row, column = (int(generator.integers(LAST + 1)) for _ in range(2))
    flip = bool(generator.integers(2))
    alphas = generator.normal(0, ALPHA_DEVIATION, 3).clip(-MOST_ALPHA, MOST_ALPHA)
    return Augmentation(row, column, flip, tuple(round(float(alpha), 2) for alpha in alphas))


def crop(pixels: np.ndarray, row: int, column: int, size: int = CROP) -> np.ndarray:
    """The square of `size` × `size` pixels that starts at (`row`, `column`), of (height, width, 3) pixels.

    Raises ValueError for what are no such pixels, and where the square does not lie inside.

    >>> crop(np.zeros((256, 256, 3)), 32, 0).shape
    (224, 224, 3)
    """
    arrays.pixels(pixels)
    height, width = pixels.shape[:2]
    whole("size", size, 1, min(height, width))
    row, column = (whole(name, value, None) for name, value in (("row", row), ("column", column)))
    if not (0 <= row <= height - size and 0 <= column <= width - size):
        raise ValueError(
            f"A crop of {size}×{size} at {shown((row, column))} leaves the photo of {height}×{width} pixels; "
            f"use rows up to {height - size} and columns up to {width - size}."
        )
    return pixels[row : row + size, column : column + size]


def flip(pixels: np.ndarray) -> np.ndarray:
    """Pixels (height, width, 3) mirrored left to right; raises ValueError for other shapes.

    >>> flip(np.array([[[1, 1, 1], [2, 2, 2]]]))[0, :, 0]
    array([2, 1])
    """
    arrays.pixels(pixels)
    return pixels[:, ::-1]


@dataclass(frozen=True, eq=False)
class ColourComponents:
    """The principal components of RGB values: `vectors[:, i]` has length 1, `deviations[i]` is along it.

    The largest comes first. Deviations are in the unit of the pixels that they were computed from.
    """

    vectors: np.ndarray
    deviations: np.ndarray


def colour_components(pixels: np.ndarray) -> ColourComponents:
    """The eigenvectors of the covariance of RGB values (n, 3), and the square roots of its eigenvalues.

    Each vector's sign is such that its largest entry is positive. Here red and green rise together, by as
    much, and blue never moves:

    >>> found = colour_components(np.array([[0.0, 0, 9], [50, 50, 9], [100, 100, 9]]))
    >>> found.vectors[:, 0].round(2), found.deviations.round(1)
    (array([0.71, 0.71, 0.  ]), array([70.7,  0. ,  0. ]))
    """
    variances, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    variances, vectors = variances[::-1].clip(0), vectors[:, ::-1]
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(0, keepdims=True), 0)
    return ColourComponents(vectors * np.sign(largest), np.sqrt(variances))


@cache
def course_components() -> ColourComponents:
    """The components of the course's colour photos, in levels from 0 to 255.

    The paper's are those of all ImageNet; they are much alike: brightness first, then red against blue,
    then green against magenta.

    >>> course_components().deviations.round()
    array([105.,  44.,  10.])
    """
    pixels = [np.asarray(square(photo(name), 64)).reshape(-1, 3) for name in COLOUR_PHOTOS]
    return colour_components(np.concatenate(pixels))


def colour_shift(alphas: Sequence[float], components: ColourComponents) -> np.ndarray:
    """What is added to every pixel's red, green and blue: Σ αᵢ · σᵢ · pᵢ, in the components' unit.

    >>> colour_shift((0.1, 0, 0), course_components()).round(1)
    array([6.9, 5.9, 5.3])
    """
    # The paper writes λᵢ, the eigenvalue, for σᵢ, its square root. That is a variance: of values from 0 to
    # 255 it would add over a thousand levels at α = 0.1, of values from 0 to 1 about four. Krizhevsky's own
    # code of 2014 (cuda-convnet2, convdata.py, pca_stdevs) takes the deviation: the same in every unit.
    return components.vectors @ (np.asarray(alphas) * components.deviations)


def pca_colour(
    pixels: np.ndarray, alphas: Sequence[float], components: ColourComponents | None = None
) -> np.ndarray:
    """Pixels (height, width, 3) with one and the same `colour_shift` added to each, as floats.

    Pixels are in levels from 0 to 255 unless `components` are in another unit. Nothing is clipped: a network
    may be shown values below black or above white. Raises ValueError for other shapes, and for α that are not
    three finite numbers.

    >>> pca_colour(np.zeros((1, 1, 3)), (0, 0.1, 0)).round(1)
    array([[[ 3.2, -1.2, -2.8]]])
    """
    arrays.pixels(pixels)
    if len(arrays.numbers("list of α", alphas)) != 3:
        raise ValueError(f"The list of α is {shown(alphas)}; give three, one for each component.")
    return pixels + colour_shift(alphas, components or course_components())


def augment(pixels: np.ndarray, choice: Augmentation) -> np.ndarray:
    """A photo (256, 256, 3), levels from 0 to 255, as training shows it: cropped, mirrored, recoloured.

    Raises ValueError for what is no choice of `draw_augmentation`'s kind, and as `crop` does.

    >>> augment(np.zeros((256, 256, 3)), draw_augmentation(1)).shape
    (224, 224, 3)
    """
    if not isinstance(choice, Augmentation):
        raise ValueError(f"The choice is {shown(choice)}; give one of draw_augmentation(seed).")
    cropped = crop(pixels, choice.row, choice.column)
    return pca_colour(flip(cropped) if choice.flip else cropped, choice.alphas)
