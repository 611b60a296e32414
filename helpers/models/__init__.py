"""One file per architecture, and `build`, the one door to them."""

import inspect
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn

from helpers.arithmetic.checks import flag, whole
from helpers.models.alexnet import AlexNet, OneTowerAlexNet
from helpers.models.densenet import DenseNet
from helpers.models.device import OutOfMemory, enough_memory, pick
from helpers.models.efficientnet_lite import EfficientNetLite
from helpers.models.googlenet import GoogLeNet, TorchvisionGoogLeNet
from helpers.models.resnet import BasicBlock, Block, Bottleneck, ResNet
from helpers.models.small import SmallAlexNet, SmallDenseNet, SmallGoogLeNet, SmallResNet, SmallVGG
from helpers.models.vgg import VGG, TorchvisionVGG
from helpers.models.weights import CLASSES, PREPROCESSING, check, state_dict
from helpers.wording.refusals import known, shown

Factory = Callable[..., nn.Module]


def _same(factory: Factory) -> dict[str, Factory]:
    """The editions of a network that is the same in the paper and in torchvision."""
    return {"paper": factory, "torchvision": factory}


def _vgg(configuration: str) -> dict[str, Factory]:
    return {"paper": partial(VGG, configuration), "torchvision": partial(TorchvisionVGG, configuration)}


def _basic(*layers: int, shortcut: str = "B") -> Factory:
    return partial(ResNet, partial(BasicBlock, shortcut=shortcut), layers, (64, 128, 256, 512))


def _deep(*layers: int) -> dict[str, Factory]:
    def network(block: Block) -> Factory:
        return partial(ResNet, block, layers, (256, 512, 1024, 2048))

    return {"paper": network(Bottleneck), "torchvision": network(partial(Bottleneck, stride_in_3x3=True))}


_SMALL_DEPTHS = (8, 14, 20, 32, 44, 56, 110)

# A network's name, its editions, and what makes each from `num_classes` and the edition's own options.
_NETWORKS: dict[str, dict[str, Factory]] = {
    "alexnet": {"paper": AlexNet, "torchvision": OneTowerAlexNet},
    "vgg11": _vgg("A"),
    "vgg13": _vgg("B"),
    "vgg16": _vgg("D"),
    "vgg16_c": {"paper": partial(VGG, "C")},
    # Batch norm is later than the paper: there is torchvision's version only.
    "vgg16_bn": _same(partial(TorchvisionVGG, "D", batch_norm=True)),
    "vgg19": _vgg("E"),
    "googlenet": {"paper": GoogLeNet, "torchvision": TorchvisionGoogLeNet},
    # With the paper's option B, as torchvision has it; its table 2 has option A.
    "resnet18": _same(_basic(2, 2, 2, 2)),
    "resnet34": _same(_basic(3, 4, 6, 3)),
    "resnet50": _deep(3, 4, 6, 3),
    "resnet101": _deep(3, 4, 23, 3),
    "resnet152": _deep(3, 8, 36, 3),
    "plain18": {"paper": _basic(2, 2, 2, 2, shortcut="none")},
    "plain34": {"paper": _basic(3, 4, 6, 3, shortcut="none")},
    "densenet121": _same(partial(DenseNet, (6, 12, 24, 16), 32)),
    "densenet161": _same(partial(DenseNet, (6, 12, 36, 24), 48)),
    "densenet169": _same(partial(DenseNet, (6, 12, 32, 32), 32)),
    "densenet201": _same(partial(DenseNet, (6, 12, 48, 32), 32)),
    "efficientnet_lite0": _same(EfficientNetLite),
    "small_alexnet": {"paper": SmallAlexNet},
    "small_vgg": {"paper": SmallVGG},
    "small_googlenet": {"paper": SmallGoogLeNet},
    "small_densenet": {"paper": SmallDenseNet},
    **{f"resnet{depth}": {"paper": partial(SmallResNet, depth)} for depth in _SMALL_DEPTHS},
    **{f"plain{depth}": {"paper": partial(SmallResNet, depth, shortcut="none")} for depth in _SMALL_DEPTHS},
}


def network_names() -> tuple[str, ...]:
    """Return the names that `build` knows.

    >>> network_names()[:4]
    ('alexnet', 'vgg11', 'vgg13', 'vgg16')
    """
    return tuple(_NETWORKS)


def build(
    name: str,
    *,
    edition: str = "paper",
    weights: str | None = None,
    device: str | torch.device | None = None,
    num_classes: int | None = None,
    **options: Any,
) -> nn.Module:
    """Return a network in eval mode, channels-last, on the best device or the one given.

    It takes images of shape (N, 3, H, W) and returns scores of shape (N, num_classes), for 1000 classes if
    not said otherwise. `edition` is "paper" for what the paper describes or "torchvision" for that library's
    version. `weights` names a trained set: "imagenet", or "photo_patches" of small_alexnet, which ships with
    this course and tells 8 photos apart. Without it the weights are random. On the device "meta" nothing is
    allocated: shapes, parameters and MACs can be had, and values cannot.

    The small networks ("small_…", and ResNets and plain ones of depth 8, 14, 20, 32, 44, 56 and 110) are for
    images of up to 32×32 and 10 classes. `options` are those of the network's class, such as `in_channels`
    and `width` of small ones, `shortcut` and `zero_init_residual` of small ResNets, `aux_heads` of GoogLeNet.

    Raises ValueError for a network, an edition, an option, weights or a device that are not there, for
    `num_classes` that is no whole number of at least 1, for sizes that no computer holds, for weights
    together with "meta", with other than their own number of classes or with an edition or options that they
    do not fit, where weights cannot be downloaded, and where the device that is given has too little memory.
    Where the best device has too little, a warning says so, and the network is built on the CPU.

    >>> net = build("resnet50", device="meta")
    >>> sum(weight.numel() for weight in net.parameters())
    25557032
    >>> build("resnet14", in_channels=1, width=8, device="cpu")(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 10])
    """
    known("network", name, _NETWORKS)
    editions = _NETWORKS[name]
    known(f"edition of {name}", edition, editions)
    factory = editions[edition]
    defaults = _options(factory)
    for option, value in options.items():
        known(f"option of {name}", option, defaults)
        if isinstance(defaults[option], bool):
            flag(option, value)
    if num_classes is not None:
        options["num_classes"] = whole("num_classes", num_classes)

    def on(target: torch.device) -> nn.Module:
        with enough_memory(target, f"the network {name!r}"):
            if weights is None:
                with target:  # the weights are drawn there, with no copy on the CPU first
                    network = factory(**options)
            else:
                network = _trained(name, edition, weights, target, options)
            return network.to(target, memory_format=torch.channels_last).eval()

    target = pick(device)
    try:
        return on(target)
    except (RuntimeError, TypeError) as error:
        if "verflow" not in str(error):
            raise
        raise ValueError(
            f"No computer holds the network {name!r} at that size; use smaller numbers."
        ) from error
    except OutOfMemory as reason:
        if device is not None or target.type == "cpu":
            raise
        sentence = str(reason).partition(";")[0]
    warnings.warn(f"{sentence}, so it is built on the CPU.", stacklevel=2)
    return on(torch.device("cpu"))


def _options(factory: Factory) -> dict[str, Any]:
    """The keywords that a network's maker takes and their defaults, without those that its name has fixed."""
    fixed = factory.keywords if isinstance(factory, partial) else {}
    parameters = inspect.signature(factory).parameters.values()
    return {
        each.name: each.default
        for each in parameters
        if each.kind is each.KEYWORD_ONLY and each.name not in fixed
    }


def _trained(
    name: str, edition: str, weights: str, target: torch.device, options: dict[str, Any]
) -> nn.Module:
    """A network on the CPU with trained weights."""
    check(name, weights)
    trained = CLASSES[weights]
    classes = options.setdefault("num_classes", trained)
    if classes != trained or target.type == "meta":
        given = f"num_classes={shown(classes)}" if classes != trained else "device='meta'"
        raise ValueError(f"Trained weights are for {trained} classes on a real device, not for {given}.")
    editions = _NETWORKS[name]
    if editions[edition] is not editions.get("torchvision", editions[edition]):
        raise ValueError(f"Trained weights of {name} are for edition='torchvision', not for {edition!r}.")
    if name == "googlenet":  # trained on inputs of another normalisation
        options.setdefault("transform_input", True)
    # Nothing is initialised only to be overwritten: the loaded tensors take the place of empty ones.
    with torch.device("meta"):
        network = editions[edition](**options)
    try:
        network.load_state_dict(state_dict(name, weights), strict=True, assign=True)
    except RuntimeError as error:
        changed = " and ".join(
            f"{key}={shown(options[key])}" for key in ("in_channels", "width", "groups") if key in options
        )
        if not changed:
            raise
        raise ValueError(f"Trained weights of {name} do not fit {changed}; leave that out.") from error
    if weights in PREPROCESSING:
        network.preprocessing = PREPROCESSING[weights]
    return network
