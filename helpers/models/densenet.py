"""DenseNet: each layer sees the maps of all layers before it in its block, concatenated.

Huang, Liu, van der Maaten and Weinberger, "Densely Connected Convolutional Networks", 2016,
https://arxiv.org/abs/1608.06993, section 3, table 1 and figure 2.
"""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from helpers.arithmetic import compressed
from helpers.arithmetic.checks import whole
from helpers.images.photos import IMAGENET
from helpers.models.parts import Chain, he_normal


class DenseLayer(Chain):
    """What a layer adds: BN–ReLU–1×1 to bottleneck · growth_rate maps, BN–ReLU–3×3 to growth_rate maps.

    (N, in_channels, H, W) becomes (N, growth_rate, H, W): the new maps alone. With None for `bottleneck`
    there is no 1×1 convolution.

    >>> DenseLayer(64, growth_rate=32)(torch.zeros(1, 64, 56, 56)).shape
    torch.Size([1, 32, 56, 56])
    """

    def __init__(self, in_channels: int, growth_rate: int = 32, *, bottleneck: int | None = 4) -> None:
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        channels = in_channels
        layers["norm1"] = nn.BatchNorm2d(channels)
        layers["relu1"] = nn.ReLU(inplace=True)
        if bottleneck is not None:
            width = whole("bottleneck", bottleneck) * growth_rate
            layers["conv1"] = nn.Conv2d(channels, width, 1, bias=False)
            layers["norm2"] = nn.BatchNorm2d(width)
            layers["relu2"] = nn.ReLU(inplace=True)
            channels = width
        name = "conv1" if bottleneck is None else "conv2"
        layers[name] = nn.Conv2d(channels, growth_rate, 3, padding=1, bias=False)
        super().__init__(layers)


class DenseBlock(nn.Module):
    """Layers that each add growth_rate maps to all that is there: figure 1.

    (N, in_channels, H, W) becomes (N, in_channels + layers · growth_rate, H, W).

    >>> DenseBlock(64, layers=6, growth_rate=32)(torch.zeros(1, 64, 56, 56)).shape
    torch.Size([1, 256, 56, 56])
    """

    def __init__(
        self, in_channels: int, layers: int, growth_rate: int = 32, *, bottleneck: int | None = 4
    ) -> None:
        super().__init__()
        growth_rate = whole("growth_rate", growth_rate)
        self.out_channels = in_channels + whole("layers", layers) * growth_rate
        for number in range(layers):
            channels = in_channels + number * growth_rate
            layer = DenseLayer(channels, growth_rate, bottleneck=bottleneck)
            self.add_module(f"denselayer{number + 1}", layer)

    def forward(self, x: Tensor) -> Tensor:
        # N x in_channels x H x W
        for layer in self.children():
            x = torch.cat([x, layer(x)], 1)
        return x
        # N x in_channels + layers * growth_rate x H x W


class Transition(Chain):
    """Between two blocks: BN–ReLU, 1×1 to compression · in_channels maps, 2×2 average pool.

    (N, in_channels, H, W) becomes (N, compression · in_channels, H / 2, W / 2), rounded down.
    Raises ValueError as `compressed` does.

    >>> Transition(256)(torch.zeros(1, 256, 56, 56)).shape
    torch.Size([1, 128, 28, 28])
    """

    def __init__(self, in_channels: int, compression: float = 0.5) -> None:
        out_channels = compressed(in_channels, compression)
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["norm"] = nn.BatchNorm2d(in_channels)
        layers["relu"] = nn.ReLU(inplace=True)
        layers["conv"] = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        layers["pool"] = nn.AvgPool2d(2, stride=2)
        super().__init__(layers)
        self.out_channels = out_channels


class DenseNet(nn.Module):
    """DenseNet-BC for ImageNet: (N, 3, 224, 224) becomes (N, num_classes), scores before the softmax.

    `layers` are the numbers of layers in the blocks of table 1. Other sizes of image work too. The paper's
    network and torchvision's are the same, and the names in `state_dict` are torchvision's.

    >>> with torch.device("meta"):
    ...     net = DenseNet((6, 12, 24, 16), growth_rate=32)
    >>> sum(weight.numel() for weight in net.parameters())
    7978856
    """

    preprocessing = IMAGENET

    def __init__(
        self,
        layers: Sequence[int],
        growth_rate: int,
        num_classes: int = 1000,
        *,
        bottleneck: int | None = 4,
        compression: float = 0.5,
    ) -> None:
        super().__init__()
        stem: OrderedDict[str, nn.Module] = OrderedDict()
        # N x 3 x 224 x 224
        stem["conv0"] = nn.Conv2d(3, 2 * growth_rate, 7, stride=2, padding=3, bias=False)
        stem["norm0"] = nn.BatchNorm2d(2 * growth_rate)
        stem["relu0"] = nn.ReLU(inplace=True)
        stem["pool0"] = nn.MaxPool2d(3, stride=2, padding=1)
        # N x 2 * growth_rate x 56 x 56
        blocks, channels = dense_blocks(2 * growth_rate, layers, growth_rate, bottleneck, compression)
        # N x channels x 7 x 7
        self.features = nn.Sequential(stem | blocks)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(channels, num_classes)
        he_normal(self)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, x: Tensor) -> Tensor:
        # N x 3 x 224 x 224
        x = self.features(x)
        # N x channels x 7 x 7
        return self.classifier(self.flatten(self.avgpool(x)))
        # N x num_classes


def dense_blocks(
    in_channels: int,
    layers: Sequence[int],
    growth_rate: int,
    bottleneck: int | None = 4,
    compression: float = 0.5,
) -> tuple[OrderedDict[str, nn.Module], int]:
    """Return dense blocks with transitions between them and BN–ReLU at the end, and the channels then.

    Each transition halves the size.

    >>> blocks, channels = dense_blocks(16, (2, 2), growth_rate=8)
    >>> list(blocks), channels
    (['denseblock1', 'transition1', 'denseblock2', 'norm3', 'relu3'], 32)
    """
    blocks: OrderedDict[str, nn.Module] = OrderedDict()
    channels = in_channels
    for number, count in enumerate(layers, 1):
        block = DenseBlock(channels, count, growth_rate, bottleneck=bottleneck)
        blocks[f"denseblock{number}"], channels = block, block.out_channels
        if number < len(layers):
            transition = Transition(channels, compression)
            blocks[f"transition{number}"], channels = transition, transition.out_channels
    blocks[f"norm{len(layers) + 1}"] = nn.BatchNorm2d(channels)
    blocks[f"relu{len(layers) + 1}"] = nn.ReLU(inplace=True)
    return blocks, channels
