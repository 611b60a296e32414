"""Pictures: photos that need no network, a learner's own, and the tensor that a network is fed."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from helpers.images.decoding import MAX_PIXELS, ImageError, Source, open_image
from helpers.wording.refusals import known, shown

__all__ = [
    "EFFICIENTNET_LITE",
    "IMAGENET",
    "PHOTOS",
    "ImageError",
    "Photo",
    "Preprocessing",
    "open_image",
    "photo",
    "photo_names",
    "square",
    "to_tensor",
]


@dataclass(frozen=True)
class Photo:
    """A photo's file in `skimage.data`, and what is seen in it, for use as alt text."""

    file: str
    caption: str


# Only files inside the scikit-image wheel: its other pictures are downloaded.
PHOTOS: dict[str, Photo] = {
    "astronaut": Photo("astronaut.png", "Astronaut Eileen Collins in an orange space suit, smiling"),
    "brick": Photo("brick.png", "Pavement of long dark bricks with light joints, in grey"),
    "camera": Photo("camera.png", "Man in a dark coat at a camera on a tripod, on a lawn, in grey"),
    "chelsea": Photo("chelsea.png", "Face of a ginger tabby cat, close up"),
    "coffee": Photo("coffee.png", "Espresso in a red cup on a red saucer with a spoon, on a wooden table"),
    "coins": Photo("coins.png", "Four rows of ancient coins on a dark ground, in grey"),
    "colorwheel": Photo("color.png", "Wheel of all hues, white at its centre, on black"),
    "grass": Photo("grass.png", "Blades of grass and small leaves from above, in grey"),
    "gravel": Photo("gravel.png", "Gravel from above, in grey"),
    "hubble": Photo("hubble_deep_field.jpg", "Hundreds of small coloured galaxies on a black sky"),
    "moon": Photo("moon.png", "Surface of the moon with a few craters, in grey and of low contrast"),
    "motorcycle": Photo("motorcycle_left.png", "Red motorcycle parked in a garage full of boxes"),
    "page": Photo("page.png", "Part of a printed page of text, unevenly lit, in grey"),
    "retina": Photo("retina.jpg", "Human retina: an orange disc with branching red vessels, on black"),
    "rocket": Photo("rocket.jpg", "Rocket on a lit launch pad between lattice masts, at dusk"),
    "tissue": Photo("ihc.png", "Tissue under a microscope: brown glands among blue cell nuclei"),
}


def photo_names() -> tuple[str, ...]:
    """The names that `photo` knows, in alphabetical order.

    >>> photo_names()[:3]
    ('astronaut', 'brick', 'camera')
    """
    return tuple(PHOTOS)


def photo(name: str, size: int | None = None) -> Image.Image:
    """A photo in RGB, as it is or as its central square of `size` × `size` pixels, with no network.

    The photos ship inside scikit-image. Grey ones have three equal channels.
    Raises ValueError for an unknown name or a size below 1.

    >>> photo("chelsea", 64).size
    (64, 64)
    """
    known("photo", name, PHOTOS)
    image = _decoded_photo(name)
    return image.copy() if size is None else square(image, size)


@cache
def _decoded_photo(name: str) -> Image.Image:
    # Not through the skimage.data functions: those may turn to the network where a file is missing.
    return open_image(Path(str(files("skimage.data") / PHOTOS[name].file)))


def square(image: Source, size: int) -> Image.Image:
    """The central square of a picture, resized with antialiasing to `size` × `size` pixels, in RGB.

    Raises ValueError for a size below 1 or a result over `MAX_PIXELS`.

    >>> square(photo("coffee"), 32).size
    (32, 32)
    """
    whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
    if not whole or not 1 <= size <= MAX_PIXELS**0.5:
        raise ValueError(f"The size is {shown(size)}; use a whole number from 1 to {int(MAX_PIXELS**0.5)}.")
    rgb = open_image(image)
    side = min(rgb.size)
    return _centre(rgb, side, side).resize((size, size), Image.Resampling.BICUBIC)


def to_tensor(image: Source) -> Tensor:
    """A picture as a float32 tensor of shape (3, H, W), red, green, blue, between 0 and 1.

    >>> to_tensor(photo("chelsea")).shape
    torch.Size([3, 300, 451])
    """
    pixels = torch.from_numpy(np.array(open_image(image)))
    return pixels.permute(2, 0, 1).contiguous().to(torch.float32) / 255


@dataclass(frozen=True)
class Preprocessing:
    """How a network wants its input: shorter side to `resize`, central `crop`, (x − mean) / std per channel.

    `resize` and `crop` are in pixels, `mean` and `std` in units where white is 1.
    Raises ValueError for a crop larger than the resized picture.

    >>> IMAGENET(photo("coffee")).shape
    torch.Size([1, 3, 224, 224])
    """

    resize: int
    crop: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: Literal["bilinear", "bicubic"]

    def __post_init__(self) -> None:
        if not 1 <= self.crop <= self.resize:
            raise ValueError(f"The crop is {self.crop}; use 1 to {self.resize}, the side after resizing.")

    def __call__(self, image: Source) -> Tensor:
        """The picture as the network wants it, a float32 tensor of shape (1, 3, crop, crop)."""
        rgb = open_image(image)
        # The ends of a long strip are cropped away below, and resizing them first could fill the memory.
        longest = 4 * min(rgb.size)
        rgb = _centre(rgb, min(rgb.width, longest), min(rgb.height, longest))
        width, height = (self.resize * side // min(rgb.size) for side in rgb.size)
        rgb = rgb.resize((width, height), Image.Resampling[self.interpolation.upper()])
        pixels = to_tensor(_centre(rgb, self.crop, self.crop))
        mean, std = (pixels.new_tensor(each).view(3, 1, 1) for each in (self.mean, self.std))
        return ((pixels - mean) / std).unsqueeze(0)


# The mean and deviation of ImageNet's training pictures, used by torchvision's checkpoints.
IMAGENET = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), "bilinear")
# EfficientNet-Lite was trained on (x − 127) / 128 with x from 0 to 255.
EFFICIENTNET_LITE = Preprocessing(256, 224, (127 / 255,) * 3, (128 / 255,) * 3, "bicubic")


def _centre(image: Image.Image, width: int, height: int) -> Image.Image:
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))
