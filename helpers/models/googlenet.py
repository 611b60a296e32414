"""GoogLeNet: nine Inception blocks, whose 1×1 convolutions make each of their branches cheap.

Szegedy et al., "Going Deeper with Convolutions", 2014, https://arxiv.org/abs/1409.4842, table 1 and figure 3.
"""

from collections import OrderedDict
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers.arithmetic.blocks import INCEPTION_BLOCKS
from helpers.images.photos import IMAGENET
from helpers.models.parts import fill, he_normal, local_response_norm

TABLE = INCEPTION_BLOCKS


class Scores(NamedTuple):
    """What GoogLeNet with auxiliary heads returns in train mode: three times (N, num_classes).

    The paper's loss (section 5) is that of `logits` + 0.3 · (that of `aux_logits2` + that of `aux_logits1`).
    """

    logits: Tensor
    aux_logits2: Tensor
    aux_logits1: Tensor


class Inception(nn.Module):
    """The Inception block: branches of 1×1, 3×3, 5×5 and pooling side by side, concatenated.

    (N, in_channels, H, W) becomes (N, out_1x1 + out_3x3 + out_5x5 + pool_proj, H, W). The numbers are in the
    order of the paper's table 1. With None for `reduce_3x3`, `reduce_5x5` or `pool_proj` the branch has no
    1×1 convolution: all three make the naive block of figure 2a, whose pool hands on all in_channels.
    `kernel_size` is that of the third branch, and `batch_norm` comes after each convolution in place of a
    bias, both for torchvision's version.

    >>> Inception(192, 64, 96, 128, 16, 32, 32)(torch.zeros(1, 192, 28, 28)).shape
    torch.Size([1, 256, 28, 28])
    >>> Inception(192, 64, None, 128, None, 32, None)(torch.zeros(1, 192, 28, 28)).shape
    torch.Size([1, 416, 28, 28])
    """

    def __init__(
        self,
        in_channels: int,
        out_1x1: int,
        reduce_3x3: int | None,
        out_3x3: int,
        reduce_5x5: int | None,
        out_5x5: int,
        pool_proj: int | None,
        *,
        kernel_size: int = 5,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        conv = partial(conv_relu, batch_norm=batch_norm)

        def reduced(reduce: int | None, out_channels: int, size: int) -> nn.Sequential:
            last = partial(conv, out_channels=out_channels, kernel_size=size, padding=size // 2)
            if reduce is None:
                return nn.Sequential(last(in_channels))
            return nn.Sequential(conv(in_channels, reduce, 1), last(reduce))

        self.branch1 = conv(in_channels, out_1x1, 1)
        self.branch2 = reduced(reduce_3x3, out_3x3, 3)
        self.branch3 = reduced(reduce_5x5, out_5x5, kernel_size)
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1))
        if pool_proj is not None:
            self.branch4.append(conv(in_channels, pool_proj, 1))
        self.out_channels = out_1x1 + out_3x3 + out_5x5 + (in_channels if pool_proj is None else pool_proj)

    def forward(self, x: Tensor) -> Tensor:
        # N x in_channels x H x W
        branches = [
            self.branch1(x),  # N x out_1x1 x H x W
            self.branch2(x),  # N x out_3x3 x H x W
            self.branch3(x),  # N x out_5x5 x H x W
            self.branch4(x),  # N x pool_proj x H x W
        ]
        return torch.cat(branches, 1)
        # N x out_channels x H x W


class AuxiliaryHead(nn.Module):
    """A second classifier in the middle of the network, for training only (section 5).

    (N, in_channels, 14, 14) becomes (N, num_classes).

    >>> AuxiliaryHead(512, 10)(torch.zeros(2, 512, 14, 14)).shape
    torch.Size([2, 10])
    """

    def __init__(self, in_channels: int, num_classes: int, *, batch_norm: bool = False) -> None:
        super().__init__()
        # The paper's 5×5 windows of stride 3 make 4×4 of 14×14; torchvision's adaptive pool does of any size.
        self.pool = nn.AdaptiveAvgPool2d(4) if batch_norm else nn.AvgPool2d(5, stride=3)
        self.conv = conv_relu(in_channels, 128, 1, batch_norm=batch_norm)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = nn.Dropout(0.7)
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        # N x in_channels x 14 x 14
        x = self.conv(self.pool(x))
        # N x 128 x 4 x 4
        x = self.dropout(self.relu(self.fc1(self.flatten(x))))
        # N x 1024
        return self.fc2(x)
        # N x num_classes


class GoogLeNet(nn.Module):
    """The paper's GoogLeNet: (N, 3, 224, 224) becomes (N, num_classes), scores before the softmax.

    With `aux_heads` it has the two auxiliary heads, and returns `Scores` in train mode. `batch_norm` makes
    torchvision's variant of the layers, see `TorchvisionGoogLeNet`. Their names are torchvision's in both.
    Sizes other than 224 work too, in train mode only without the heads.

    >>> with torch.device("meta"):
    ...     plain, with_heads = GoogLeNet(), GoogLeNet(aux_heads=True)
    >>> [sum(weight.numel() for weight in net.parameters()) for net in (plain, with_heads)]
    [6998552, 13378280]
    """

    # The paper subtracts the mean and does not divide by the deviation (section 5).
    preprocessing = IMAGENET

    def __init__(self, num_classes: int = 1000, *, aux_heads: bool = False, batch_norm: bool = False) -> None:
        super().__init__()
        conv = partial(conv_relu, batch_norm=batch_norm)
        block = partial(Inception, batch_norm=batch_norm, kernel_size=3 if batch_norm else 5)
        # Sizes are rounded up, which makes the paper's 56, 28, 14 and 7 of 112.
        pool = partial(nn.MaxPool2d, stride=2, ceil_mode=True)
        # Figure 3 has two response norms without their numbers: these are AlexNet's.
        norm = nn.Sequential if batch_norm else local_response_norm  # a sequence of nothing is no layer
        self.conv1 = conv(3, 64, 7, stride=2, padding=3)
        self.maxpool1 = pool(3)
        self.norm1 = norm()
        self.conv2 = conv(64, 64, 1)
        self.conv3 = conv(64, 192, 3, padding=1)
        self.norm2 = norm()
        self.maxpool2 = pool(3)
        self.inception3a = block(192, *TABLE["3a"])
        self.inception3b = block(256, *TABLE["3b"])
        self.maxpool3 = pool(3)
        self.inception4a = block(480, *TABLE["4a"])
        self.inception4b = block(512, *TABLE["4b"])
        self.inception4c = block(512, *TABLE["4c"])
        self.inception4d = block(512, *TABLE["4d"])
        self.inception4e = block(528, *TABLE["4e"])
        self.maxpool4 = pool(2 if batch_norm else 3)
        self.inception5a = block(832, *TABLE["5a"])
        self.inception5b = block(832, *TABLE["5b"])
        self.aux1 = AuxiliaryHead(512, num_classes, batch_norm=batch_norm) if aux_heads else None
        self.aux2 = AuxiliaryHead(528, num_classes, batch_norm=batch_norm) if aux_heads else None
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.2 if batch_norm else 0.4)
        self.fc = nn.Linear(1024, num_classes)
        # The paper says nothing of the initialisation: this one lets 22 layers of ReLU train.
        he_normal(self)

    def forward(self, x: Tensor) -> Tensor | Scores:
        # N x 3 x 224 x 224
        x = self.norm1(self.maxpool1(self.conv1(x)))
        # N x 64 x 56 x 56
        x = self.conv3(self.conv2(x))
        # N x 192 x 56 x 56
        x = self.maxpool2(self.norm2(x))
        # N x 192 x 28 x 28
        x = self.inception3b(self.inception3a(x))
        # N x 480 x 28 x 28
        x = self.inception4a(self.maxpool3(x))
        # N x 512 x 14 x 14
        aux1 = self.aux1(x) if self.training and self.aux1 is not None else None
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        # N x 528 x 14 x 14
        aux2 = self.aux2(x) if self.training and self.aux2 is not None else None
        x = self.maxpool4(self.inception4e(x))
        # N x 832 x 7 x 7
        x = self.inception5b(self.inception5a(x))
        # N x 1024 x 7 x 7
        x = self.dropout(self.flatten(self.avgpool(x)))
        # N x 1024
        x = self.fc(x)
        # N x num_classes
        return x if aux1 is None else Scores(x, aux2, aux1)


class TorchvisionGoogLeNet(GoogLeNet):
    """torchvision's GoogLeNet, under the names of the official checkpoint; (N, 3, 224, 224) as the paper's.

    Each convolution has batch norm in place of a bias, and there is no response norm; the third branch of the
    blocks has 3×3 where the paper has 5×5; the last max-pool is 2×2, not 3×3; dropout is 0.2, not 0.4.
    With `transform_input` it turns what is normalised for ImageNet into what is normalised with mean and
    deviation 0.5, which the official weights were trained with. Without `aux_heads` it passes over the
    heads' weights in a state dict.

    >>> with torch.device("meta"):
    ...     net = TorchvisionGoogLeNet()
    >>> sum(weight.numel() for weight in net.parameters())
    6624904
    """

    def __init__(
        self, num_classes: int = 1000, *, aux_heads: bool = False, transform_input: bool = False
    ) -> None:
        super().__init__(num_classes, aux_heads=aux_heads, batch_norm=True)
        self.transform_input = transform_input
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                fill(layer, partial(nn.init.normal_, std=0.01))
        if not aux_heads:
            self.register_load_state_dict_pre_hook(_without_aux_heads)

    def forward(self, x: Tensor) -> Tensor | Scores:
        return super().forward(_half_and_half(x) if self.transform_input else x)


def conv_relu(
    in_channels: int, out_channels: int, kernel_size: int, *, batch_norm: bool = False, **conv: int
) -> nn.Sequential:
    """Return a convolution and its ReLU, with batch norm in place of the bias or without.

    `conv` is handed on to `nn.Conv2d`: `stride` and `padding`.

    >>> conv_relu(3, 8, 3, stride=2, padding=1, batch_norm=True)(torch.zeros(1, 3, 8, 8)).shape
    torch.Size([1, 8, 4, 4])
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    layers["conv"] = nn.Conv2d(in_channels, out_channels, kernel_size, bias=not batch_norm, **conv)
    if batch_norm:
        layers["bn"] = nn.BatchNorm2d(out_channels, eps=0.001)
    layers["relu"] = nn.ReLU(inplace=True)
    return nn.Sequential(layers)


def _half_and_half(x: Tensor) -> Tensor:
    """What is normalised for ImageNet, normalised with mean and deviation 0.5 in place of it."""
    channels = [
        x[:, channel : channel + 1] * (std / 0.5) + (mean - 0.5) / 0.5
        for channel, (mean, std) in enumerate(zip(IMAGENET.mean, IMAGENET.std, strict=True))
    ]
    return torch.cat(channels, 1)


def _without_aux_heads(_network: nn.Module, state: dict[str, Tensor], *_: object) -> None:
    for name in [name for name in state if name.startswith(("aux1.", "aux2."))]:
        del state[name]
