"""EfficientNet-Lite0: a network of 2020 whose 1×1 convolutions do most of the work.

At 224×224 its convolutions take 383.9 M multiply-adds, 88.2 % of them in 1×1; the classifier adds 1.28 M.
EfficientNet: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019,
https://arxiv.org/abs/1905.11946, table 1. The Lite variant, made for phones, has no squeeze-and-excitation,
ReLU6 in place of swish, and a stem and head that do not grow with the network.
"""

from collections import OrderedDict

from torch import Tensor, nn

from helpers.images.photos import EFFICIENTNET_LITE

# Stages 2 to 8 of the paper's table 1: (expansion, out_channels, layers, stride, kernel_size).
# Its stages 1 and 9 are the stem and the head.
STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)


class MBConv(nn.Module):
    """An inverted bottleneck: 1×1 to more channels, k×k within each channel, 1×1 to few channels.

    (N, in_channels, H, W) becomes (N, out_channels, H / stride, W / stride). Where that changes nothing, the
    input is added to the output. From Sandler et al., "MobileNetV2", 2018, https://arxiv.org/abs/1801.04381.

    >>> import torch
    >>> MBConv(16, 24, expansion=6, kernel_size=3, stride=2)(torch.zeros(1, 16, 8, 8)).shape
    torch.Size([1, 24, 4, 4])
    """

    def __init__(
        self, in_channels: int, out_channels: int, expansion: int, kernel_size: int, stride: int
    ) -> None:
        super().__init__()
        width = in_channels * expansion
        # The first stage expands by 1: it needs no 1×1 convolution to do so.
        self.expand = nn.Identity() if expansion == 1 else _conv_norm(in_channels, width, 1)
        self.depthwise = _conv_norm(width, width, kernel_size, stride, groups=width)
        # No ReLU6 after it: on few channels it would lose what they carry (MobileNetV2, section 3.2).
        self.project = _conv_norm(width, out_channels, 1, activation=False)
        self.adds = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        # N x in_channels x H x W
        y = self.expand(x)
        # N x in_channels * expansion x H x W
        y = self.depthwise(y)
        # N x in_channels * expansion x H / stride x W / stride
        y = self.project(y)
        # N x out_channels x H / stride x W / stride
        return x + y if self.adds else y


class EfficientNetLite(nn.Module):
    """EfficientNet-Lite0: (N, 3, 224, 224) becomes (N, num_classes), scores before the softmax.

    Any side that is a multiple of 32 works as it did in training; see `_conv_norm` for others.
    """

    preprocessing = EFFICIENTNET_LITE

    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__()
        self.stem = _conv_norm(3, 32, 3, stride=2)
        blocks: list[nn.Module] = []
        in_channels = 32
        for expansion, out_channels, layers, stride, kernel_size in STAGES:
            for layer in range(layers):
                first_stride = stride if layer == 0 else 1
                blocks.append(MBConv(in_channels, out_channels, expansion, kernel_size, first_stride))
                in_channels = out_channels
        self.blocks = nn.Sequential(*blocks)
        self.head = _conv_norm(in_channels, 1280, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(1280, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        # N x 3 x 224 x 224
        x = self.stem(x)
        # N x 32 x 112 x 112
        x = self.blocks(x)
        # N x 320 x 7 x 7
        x = self.head(x)
        # N x 1280 x 7 x 7
        x = self.pool(x)
        # N x 1280 x 1 x 1
        x = self.dropout(self.flatten(x))
        # N x 1280
        return self.classifier(x)
        # N x num_classes


def _conv_norm(
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    stride: int = 1,
    groups: int = 1,
    activation: bool = True,
) -> nn.Sequential:
    """Convolution and batch norm, then ReLU6; the size stays at stride 1 and is halved at stride 2.

    The weights were trained with TensorFlow's "same" padding. At stride 2 and even sizes it pads one pixel
    less at the top and left than at the bottom and right, which no `padding` of `nn.Conv2d` does.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    padding = (kernel_size - 1) // 2
    if stride == 2:
        layers["pad"] = nn.ZeroPad2d((padding - 1, padding, padding - 1, padding))
        padding = 0
    layers["conv"] = nn.Conv2d(
        in_channels, out_channels, kernel_size, stride, padding, groups=groups, bias=False
    )
    layers["norm"] = nn.BatchNorm2d(out_channels, eps=1e-3, momentum=0.01)
    if activation:
        layers["relu6"] = nn.ReLU6(inplace=True)
    return nn.Sequential(layers)
