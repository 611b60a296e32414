"""ResNet: blocks that add their input to what they make of it; and the same networks without that, as plain.

He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015,
https://arxiv.org/abs/1512.03385, table 1 and figures 2, 3 and 5.
"""

from collections.abc import Callable, Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from helpers.arithmetic.blocks import SHORTCUTS
from helpers.arithmetic.checks import whole
from helpers.images.photos import IMAGENET
from helpers.models.parts import he_normal
from helpers.wording.refusals import known

# What makes a block of its in_channels, out_channels and stride.
Block = Callable[[int, int, int], "BasicBlock | Bottleneck"]


class BasicBlock(nn.Module):
    """Two 3×3 convolutions, and the shortcut: figure 2.

    (N, in_channels, H, W) becomes (N, out_channels, H / stride, W / stride). `shortcut` is the paper's option
    "A", "B" or "C" (section 4.1), or "none"; `zero_init` starts the last batch norm at zero, so that an
    untrained block hands on its shortcut alone.
    Raises ValueError for an unknown shortcut, and for "A" with fewer channels out than in.

    >>> import torch
    >>> BasicBlock(64, 128, stride=2)(torch.zeros(1, 64, 56, 56)).shape
    torch.Size([1, 128, 28, 28])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        *,
        shortcut: str = "B",
        zero_init: bool = False,
    ) -> None:
        super().__init__()
        self.conv1 = conv(in_channels, out_channels, 3, stride)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv2 = conv(out_channels, out_channels, 3)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = make_shortcut(in_channels, out_channels, stride, shortcut)
        self.adds = shortcut != "none"
        self.relu2 = nn.ReLU(inplace=True)
        if zero_init:
            nn.init.zeros_(self.bn2.weight)

    def forward(self, x: Tensor) -> Tensor:
        # N x in_channels x H x W
        y = self.relu1(self.bn1(self.conv1(x)))
        # N x out_channels x H / stride x W / stride
        y = self.bn2(self.conv2(y))
        if self.adds:
            y = y + (x if self.downsample is None else self.downsample(x))
        return self.relu2(y)
        # N x out_channels x H / stride x W / stride


class Bottleneck(nn.Module):
    """1×1 to few channels, 3×3, 1×1 back to many, and the shortcut: figure 5, right.

    (N, in_channels, H, W) becomes (N, out_channels, H / stride, W / stride), and the 3×3 convolution has
    out_channels / expansion channels. The paper (v1) has the stride in the first 1×1 convolution, which
    throws away three pixels in four unseen; with `stride_in_3x3` it is where torchvision (v1.5) has it.
    `groups` splits the 3×3 convolution, which makes the block of a ResNeXt (Xie et al., 2016,
    https://arxiv.org/abs/1611.05431, figure 3c). `shortcut` and `zero_init` are as in `BasicBlock`.
    Raises ValueError as `BasicBlock` does, for an expansion that does not divide out_channels, and for groups
    that do not divide what the 3×3 convolution has.

    >>> import torch
    >>> Bottleneck(256, 512, stride=2)(torch.zeros(1, 256, 56, 56)).shape
    torch.Size([1, 512, 28, 28])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        *,
        expansion: int = 4,
        groups: int = 1,
        stride_in_3x3: bool = False,
        shortcut: str = "B",
        zero_init: bool = False,
    ) -> None:
        super().__init__()
        if out_channels % whole("expansion", expansion):
            raise ValueError(f"expansion must divide out_channels={out_channels}, got {expansion}")
        width = out_channels // expansion
        if width % whole("groups", groups):
            raise ValueError(f"groups must divide the {width} channels of the 3×3 convolution, got {groups}")
        first, second = (1, stride) if stride_in_3x3 else (stride, 1)
        self.conv1 = conv(in_channels, width, 1, first)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv2 = conv(width, width, 3, second, groups)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv3 = conv(width, out_channels, 1)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.downsample = make_shortcut(in_channels, out_channels, stride, shortcut)
        self.adds = shortcut != "none"
        self.relu3 = nn.ReLU(inplace=True)
        if zero_init:
            nn.init.zeros_(self.bn3.weight)

    def forward(self, x: Tensor) -> Tensor:
        # N x in_channels x H x W
        y = self.relu1(self.bn1(self.conv1(x)))
        # N x out_channels / expansion x H or H / stride x W or W / stride
        y = self.relu2(self.bn2(self.conv2(y)))
        # N x out_channels / expansion x H / stride x W / stride
        y = self.bn3(self.conv3(y))
        if self.adds:
            y = y + (x if self.downsample is None else self.downsample(x))
        return self.relu3(y)
        # N x out_channels x H / stride x W / stride


class PaddedShortcut(nn.Module):
    """Option A: every `stride`-th pixel, then zeros for the channels that are missing; no parameters.

    >>> import torch
    >>> PaddedShortcut(2, 5, stride=2)(torch.ones(1, 2, 4, 4)).sum((0, 2, 3)).tolist()
    [4.0, 4.0, 0.0, 0.0, 0.0]
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        if out_channels < in_channels:
            raise ValueError(
                f"Shortcut 'A' pads with zeros and cannot take {in_channels} channels to {out_channels}."
            )
        self.missing, self.stride = out_channels - in_channels, stride

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.missing))


class ResNet(nn.Module):
    """A ResNet for ImageNet: (N, 3, 224, 224) becomes (N, num_classes), scores before the softmax.

    `block` makes each block from its in_channels, out_channels and stride; `layers` are the numbers of blocks
    in the four stages of table 1, and `channels` what those return. Other sizes of image work too. The names
    in `state_dict` are those of torchvision's checkpoints.

    >>> import torch
    >>> with torch.device("meta"):
    ...     net = ResNet(Bottleneck, (3, 4, 6, 3), (256, 512, 1024, 2048))
    >>> sum(weight.numel() for weight in net.parameters())
    25557032
    """

    # The paper subtracts the mean of each pixel and does not divide by the deviation (section 3.4).
    preprocessing = IMAGENET

    def __init__(
        self, block: Block, layers: Sequence[int], channels: Sequence[int], num_classes: int = 1000
    ) -> None:
        super().__init__()
        self.conv1 = conv(3, 64, 7, stride=2)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = stage(block, layers[0], 64, channels[0])
        self.layer2 = stage(block, layers[1], channels[0], channels[1], stride=2)
        self.layer3 = stage(block, layers[2], channels[1], channels[2], stride=2)
        self.layer4 = stage(block, layers[3], channels[2], channels[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(channels[3], num_classes)
        # Section 3.4 takes over He et al., 2015, where either fan will do.
        he_normal(self, mode="fan_out")

    def forward(self, x: Tensor) -> Tensor:
        # N x 3 x 224 x 224
        x = self.relu(self.bn1(self.conv1(x)))
        # N x 64 x 112 x 112
        x = self.layer1(self.maxpool(x))
        # N x channels[0] x 56 x 56
        x = self.layer2(x)
        # N x channels[1] x 28 x 28
        x = self.layer3(x)
        # N x channels[2] x 14 x 14
        x = self.layer4(x)
        # N x channels[3] x 7 x 7
        return self.fc(self.flatten(self.avgpool(x)))
        # N x num_classes


def stage(block: Block, layers: int, in_channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    """Return blocks in a row, of which the first has the stride and changes the number of channels.

    >>> len(stage(BasicBlock, 3, 64, 128, stride=2))
    3
    """
    first = block(in_channels, out_channels, stride)
    return nn.Sequential(first, *(block(out_channels, out_channels, 1) for _ in range(layers - 1)))


def make_shortcut(in_channels: int, out_channels: int, stride: int, shortcut: str) -> nn.Module | None:
    """Return what a block's input goes through before it is added, or None for nothing.

    `shortcut` is one of the paper's options of section 4.1, see `SHORTCUTS`.
    Raises ValueError for another one.

    >>> make_shortcut(64, 64, 1, "B") is None
    True
    >>> make_shortcut(64, 128, 2, "D")
    Traceback (most recent call last):
    ValueError: There is no shortcut 'D'; choose 'A', 'B', 'C' or 'none'.
    """
    known("shortcut", shortcut, SHORTCUTS)
    changes = stride != 1 or in_channels != out_channels
    if shortcut == "A" and changes:
        return PaddedShortcut(in_channels, out_channels, stride)
    if shortcut == "C" or (shortcut == "B" and changes):
        return nn.Sequential(conv(in_channels, out_channels, 1, stride), nn.BatchNorm2d(out_channels))
    return None


def conv(
    in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, groups: int = 1
) -> nn.Conv2d:
    """Return a convolution that keeps the size at stride 1, and has no bias, since batch norm follows."""
    padding = kernel_size // 2
    return nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, groups=groups, bias=False)
