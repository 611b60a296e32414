"""One file per architecture, and `build`, the one door to them."""

from collections.abc import Callable

import torch
from torch import nn

from helpers.arithmetic.checks import whole
from helpers.device import pick
from helpers.models.efficientnet_lite import EfficientNetLite
from helpers.names import unknown
from helpers.weights import state_dict

# A network's name, and what makes it from a number of classes.
_NETWORKS: dict[str, Callable[[int], nn.Module]] = {
    "efficientnet_lite0": EfficientNetLite,
}


def network_names() -> tuple[str, ...]:
    """Return the names that `build` knows.

    >>> network_names()
    ('efficientnet_lite0',)
    """
    return tuple(_NETWORKS)


def build(
    name: str,
    *,
    weights: str | None = None,
    device: str | torch.device | None = None,
    num_classes: int = 1000,
) -> nn.Module:
    """Return a network in eval mode, channels-last, on the best device or the one given.

    It takes images of shape (N, 3, H, W) and returns scores of shape (N, num_classes). `weights` names a
    trained set ("imagenet"); without it the weights are random. On the device "meta" nothing is allocated:
    shapes, parameters and MACs can be had, and values cannot.

    Raises ValueError for a network, weights or a device that are not there, for `num_classes` that is no
    whole number of at least 1, and for weights together with "meta" or with other than 1000 classes.

    >>> net = build("efficientnet_lite0", device="meta")
    >>> sum(weight.numel() for weight in net.parameters())
    4652008
    """
    if not isinstance(name, str) or name not in _NETWORKS:
        raise ValueError(unknown("network", name, _NETWORKS))
    classes, target = whole("num_classes", num_classes), pick(device)
    if weights is None:
        with target:
            network = _NETWORKS[name](classes)
    else:
        if classes != 1000 or target.type == "meta":
            given = f"num_classes={classes}" if classes != 1000 else "device='meta'"
            raise ValueError(f"Trained weights are for 1000 classes on a real device, not for {given}.")
        # Nothing is initialised only to be overwritten: the loaded tensors take the place of empty ones.
        with torch.device("meta"):
            network = _NETWORKS[name](classes)
        network.load_state_dict(state_dict(name, weights), strict=True, assign=True)
    return network.to(target, memory_format=torch.channels_last).eval()
