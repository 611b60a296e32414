"""A real data set with no download: each class is one photo, each sample a small patch of it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers.arithmetic.checks import flag
from helpers.images.photos import photo, to_tensor
from helpers.wording import arguments
from helpers.wording.refusals import shown

# Textures and scenes whose two sides look alike, so that what is learned on the one holds on the other.
TEN_PHOTOS = (
    "astronaut",
    "brick",
    "chelsea",
    "coins",
    "grass",
    "gravel",
    "hubble",
    "moon",
    "motorcycle",
    "tissue",
)
_TEST_SHARE = 3  # one third of each photo's width is kept for the test
_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, what Pillow makes a grey picture with


@dataclass(frozen=True)
class PatchData:
    """Images with labels to train on, and others to test on.

    Images are float32 tensors of shape (samples, channels, size, size), less `mean` and divided by `std`, so
    that the training images have mean 0 and deviation 1 in each channel: `images * std + mean` is a picture
    between 0 and 1. Labels are int64 tensors of shape (samples,), each the index of a class name. `mean` and
    `std` have the shape (channels, 1, 1). All are on the CPU.
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    class_names: tuple[str, ...]
    mean: Tensor
    std: Tensor

    @property
    def classes(self) -> int:
        """How many classes there are: a classifier needs as many outputs."""
        return len(self.class_names)

    def __repr__(self) -> str:
        train, test = len(self.train_labels), len(self.test_labels)
        shape = "×".join(map(str, self.train_images.shape[1:]))
        return (
            f"PatchData of {self.classes} classes: {train:,} images of {shape} to train on, {test:,} to test"
        )


def photo_patches(
    names: Iterable[str] | None = None,
    *,
    size: int = 16,
    grey: bool = True,
    per_class: int = 300,
    test_per_class: int = 100,
    source_size: int | None = None,
    seed: int = 0,
    choosing: bool = False,
) -> PatchData:
    """Return patches of photos as a data set, one class per photo: which photo is a patch from?

    `names` are photos (of `photo_names`), by default ten of them. A patch is `source_size` × `source_size`
    pixels of its photo (by default twice the `size`), averaged down to `size` × `size`; patches of one class
    may overlap, but no two are from the same place. The right third of each photo is kept for the test, and
    training patches end at least one patch before it, so that no pixel is in both and none has a neighbour in
    the other. The patches are in random order, the same for the same `seed`. `grey` gives one channel,
    otherwise there are three. With `choosing` the left side alone is shared out in the same way, for choosing
    settings by images that are in no test.

    Raises ValueError for unknown photos, fewer than two of them, numbers that a photo has no room for, and a
    `grey` or `choosing` that is not True or False.

    >>> data = photo_patches(["brick", "coins", "grass"], size=8, per_class=20, test_per_class=5)
    >>> data
    PatchData of 3 classes: 60 images of 1×8×8 to train on, 15 to test
    >>> data.class_names[data.train_labels[0]], data.classes
    ('coins', 3)
    """
    names = TEN_PHOTOS if names is None else tuple(arguments.several("names", names))
    if len(set(map(shown, names))) < max(2, len(names)):
        raise ValueError(f"The names are {shown(names)}; use at least two photos, each once.")
    source = 2 * size if source_size is None and _whole(size, 1) else source_size
    counts = {"size": size, "source_size": source, "per_class": per_class, "test_per_class": test_per_class}
    for name, value in counts.items():
        if not _whole(value, 1):
            raise ValueError(f"{name} is {shown(value)}; use a whole number of at least 1.")
    if source < size:
        raise ValueError(f"source_size is {source}; use at least the size of a patch, {shown(size)}.")
    if not _whole(seed, 0):
        raise ValueError(f"The seed is {shown(seed)}; use a whole number of at least 0.")

    flag("grey", grey)
    flag("choosing", choosing)
    rng = np.random.default_rng(seed)
    train, test = [], []
    for name in names:
        pixels = to_tensor(photo(name))
        if grey:
            pixels = (pixels * pixels.new_tensor(_LUMA).view(3, 1, 1)).sum(0, keepdim=True)
        if choosing:
            pixels = pixels[:, :, sides(pixels.shape[2], source)[0]]
        left, right = sides(pixels.shape[2], source)
        train.append(_cut(name, pixels[:, :, left], size, source, per_class, rng))
        test.append(_cut(name, pixels[:, :, right], size, source, test_per_class, rng))
    train_images, train_labels = _shuffled(train, rng)
    test_images, test_labels = _shuffled(test, rng)
    std, mean = (each.view(-1, 1, 1) for each in torch.std_mean(train_images, (0, 2, 3)))
    std = std.clamp(min=1e-3)  # photos of one colour must not divide by zero
    return PatchData(
        (train_images - mean) / std, train_labels, (test_images - mean) / std, test_labels, names, mean, std
    )


def sides(width: int, gap: int) -> tuple[slice, slice]:
    """The columns of a photo to train on and to test on, `gap` columns apart; either may have none.

    >>> sides(90, 10)
    (slice(0, 50, None), slice(60, 90, None))
    """
    start = width - width // _TEST_SHARE
    return slice(0, max(0, start - gap)), slice(start, width)


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least


def _cut(name: str, pixels: Tensor, size: int, source: int, count: int, rng: np.random.Generator) -> Tensor:
    """Different patches at random places of one side of a photo, of shape (count, channels, size, size)."""
    rows, columns = (max(0, side - source + 1) for side in pixels.shape[1:])
    if rows * columns < count:
        raise ValueError(
            f"One side of {name!r} has room for {rows * columns} different patches of {shown(source)} × "
            f"{shown(source)} pixels, not {shown(count)}; use smaller or fewer ones."
        )
    places = rng.choice(rows * columns, count, replace=False)
    top, left = (torch.from_numpy(each) for each in np.divmod(places, columns))
    windows = pixels.unfold(1, source, 1).unfold(2, source, 1)
    return F.interpolate(windows[:, top, left].transpose(0, 1), (size, size), mode="area")


def _shuffled(classes: list[Tensor], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    labels = torch.arange(len(classes)).repeat_interleave(torch.tensor([len(each) for each in classes]))
    order = torch.from_numpy(rng.permutation(len(labels)))
    return torch.cat(classes)[order].contiguous(), labels[order]
