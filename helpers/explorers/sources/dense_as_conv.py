"""How probable a photo's class is in every window of it: in one pass, and in a window cut out."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image
from torch import Tensor, nn

from helpers.explorers.numbers.dense_as_conv import STEP, WINDOW
from helpers.explorers.sources.photos import LivePhotos
from helpers.images.photos import EFFICIENTNET_LITE
from helpers.models import build
from helpers.models.efficientnet_lite import EfficientNetLite
from helpers.models.parts import dense_as_convolution
from helpers.running.classify import class_name
from helpers.running.feature_maps import run
from helpers.wording.refusals import shown


def sliding(network: EfficientNetLite) -> nn.Sequential:
    """Return EfficientNet-Lite0 with an average over 7×7 and a 1×1 convolution as its head.

    (N, 3, H, W) becomes scores (N, num_classes, H / 32 − 6, W / 32 − 6), one for each window of 224×224,
    every 32 pixels; sides are multiples of 32 from 224 on. The weights are shared with `network`.

    >>> import torch
    >>> with torch.device("meta"):
    ...     sliding(EfficientNetLite())(torch.empty(1, 3, 224, 288)).shape
    torch.Size([1, 1000, 1, 3])
    """
    classifier = dense_as_convolution(network.classifier, (network.classifier.in_features, 1, 1))
    average = nn.AvgPool2d(WINDOW // STEP, stride=1)
    layers = (network.stem, network.blocks, network.head, average, network.dropout, classifier)
    return nn.Sequential(*layers).train(network.training)


class LiveWindowScores:
    """The probabilities from 0 to 1 of a photo's class, that of the whole photo at 224×224.

    `network` is an EfficientNet-Lite0; None is the course's with its trained weights. A pass at each size and
    for each window cut out runs when it is first asked for, and is kept until another photo is asked about.
    Photos are their central squares. Raises ValueError for another network.
    """

    def __init__(self, network: EfficientNetLite | None, photos: LivePhotos) -> None:
        if network is None:
            # On the CPU: the sentence is the same everywhere, and an accelerator would save little.
            network = build("efficientnet_lite0", weights="imagenet", device="cpu")
        if not isinstance(network, EfficientNetLite):
            raise ValueError(f"The network is {shown(network)}; give build('efficientnet_lite0').")
        self._network, self._photos = sliding(network), photos
        self._image: Image.Image | None = None

    def name(self, photo: str) -> str:
        """The class that the whole photo is taken for."""
        self._look(photo)
        return class_name(self._index)

    def scores(self, photo: str, image_size: int) -> tuple[tuple[float, ...], ...]:
        """The probabilities of the windows in one pass, row by row, of the photo at `image_size` pixels."""
        self._look(photo)
        if image_size not in self._scores:
            of_class = self._probabilities(self._input(image_size))[self._index]
            self._scores[image_size] = tuple(map(tuple, of_class.tolist()))
        return self._scores[image_size]

    def apart(self, photo: str, image_size: int, row: int, column: int) -> float:
        """The probability when a window alone is the network's input."""
        self._look(photo)
        window = image_size, row, column
        if window not in self._apart:
            top, left = row * STEP, column * STEP
            cut = self._input(image_size)[..., top : top + WINDOW, left : left + WINDOW]
            self._apart[window] = self._probabilities(cut)[self._index, 0, 0].item()
        return self._apart[window]

    def _look(self, photo: str) -> None:
        """Turn to a photo; the same one again costs nothing."""
        image = self._photos.image(photo)
        if image is self._image:
            return
        whole = self._probabilities(_prepared(image, WINDOW))[:, 0, 0]
        self._index = int(whole.argmax())
        self._inputs: dict[int, Tensor] = {}
        self._scores: dict[int, tuple[tuple[float, ...], ...]] = {}
        self._apart: dict[tuple[int, int, int], float] = {}
        self._image = image

    def _input(self, image_size: int) -> Tensor:
        if image_size not in self._inputs:
            assert self._image is not None
            self._inputs[image_size] = _prepared(self._image, image_size)
        return self._inputs[image_size]

    def _probabilities(self, batch: Tensor) -> Tensor:
        return run(self._network, batch)[0].softmax(0)


def _prepared(image: Image.Image, size: int) -> Tensor:
    return replace(EFFICIENTNET_LITE, resize=size, crop=size)(image)
