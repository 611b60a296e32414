"""How probable a photo's class is in every window of it: in one pass, and in a window cut out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image
from torch import Tensor, nn

from helpers.images.photos import EFFICIENTNET_LITE
from helpers.models.efficientnet_lite import EfficientNetLite
from helpers.models.parts import dense_as_convolution
from helpers.running.classify import class_name
from helpers.running.feature_maps import run

WINDOW, STEP = 224, 32


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


class WindowScores:
    """The probabilities from 0 to 1 of one photo's class, that of the whole photo at 224×224.

    A pass at each size and for each window cut out runs when it is first asked for, and is kept until
    another photo is looked at. Photos are their central squares.
    """

    def __init__(self, network: EfficientNetLite) -> None:
        self._network = sliding(network)
        self._image: Image.Image | None = None

    def look(self, image: Image.Image) -> None:
        """Turn to a photo; the same object again costs nothing."""
        if image is self._image:
            return
        self._inputs: dict[int, Tensor] = {}
        self._maps: dict[int, np.ndarray] = {}
        self._apart: dict[tuple[int, int, int], float] = {}
        whole = self._probabilities(_prepared(image, WINDOW))[:, 0, 0]
        self._index = int(whole.argmax())
        self._image = image

    @property
    def name(self) -> str:
        """The class that the whole photo is taken for."""
        return class_name(self._index)

    def in_one_pass(self, image_size: int) -> np.ndarray:
        """The map of probabilities of the windows, (rows, columns), for the photo at `image_size` pixels."""
        if image_size not in self._maps:
            self._maps[image_size] = self._probabilities(self._input(image_size))[self._index]
        return self._maps[image_size]

    def apart(self, image_size: int, row: int, column: int) -> float:
        """The probability when the window alone is the network's input."""
        window = image_size, row, column
        if window not in self._apart:
            top, left = row * STEP, column * STEP
            cut = self._input(image_size)[..., top : top + WINDOW, left : left + WINDOW]
            self._apart[window] = float(self._probabilities(cut)[self._index, 0, 0])
        return self._apart[window]

    def _input(self, image_size: int) -> Tensor:
        if image_size not in self._inputs:
            self._inputs[image_size] = _prepared(self._image, image_size)
        return self._inputs[image_size]

    def _probabilities(self, batch: Tensor) -> np.ndarray:
        return run(self._network, batch)[0].softmax(0).numpy()


def _prepared(image: Image.Image, size: int) -> Tensor:
    return replace(EFFICIENTNET_LITE, resize=size, crop=size)(image)
