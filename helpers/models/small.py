"""The five families for pictures of up to 32×32, built of the same blocks, of about equal parameters.

At their default widths, for ten classes, AlexNet, VGG, GoogLeNet, DenseNet and ResNet-20 have 0.25 to 0.27 M
parameters each. The residual networks are the ResNet paper's own for CIFAR-10; the others follow the plan of
the large ones.
"""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from torch import Tensor, nn

from helpers.arithmetic.checks import whole
from helpers.models.densenet import dense_blocks
from helpers.models.googlenet import TABLE, Inception, conv_relu
from helpers.models.parts import Chain, he_normal, local_response_norm
from helpers.models.resnet import BasicBlock, conv, stage
from helpers.models.vgg import head, stages
from helpers.wording.refusals import shown


class SmallAlexNet(Chain):
    """AlexNet for pictures of up to 32×32: (N, in_channels, H, W) becomes (N, num_classes).

    It keeps the paper's plan of response norms, overlapping pooling, two towers and dropout, at `width` maps
    in conv 1 and 8/3, 4, 4 and 8/3 times as many in the others. `groups` is the number of towers in conv 2, 4
    and 5, as in `AlexNet`. The first linear layer reads maps of `pooled` × `pooled`, and smaller ones are
    repeated. At the default width it has about as many parameters as the other small networks.
    Raises ValueError for a width that is no multiple of 3 · groups.

    >>> import torch
    >>> SmallAlexNet(in_channels=1)(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self,
        num_classes: int = 10,
        *,
        in_channels: int = 3,
        width: int = 24,
        groups: int = 2,
        pooled: int = 4,
    ) -> None:
        width, in_channels = whole("width", width), whole("in_channels", in_channels)
        if width % (3 * whole("groups", groups)):
            raise ValueError(
                f"width must be a multiple of {shown(3 * groups)} for groups={shown(groups)}, "
                f"got {shown(width)}"
            )
        wide, widest = width * 8 // 3, width * 4
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        # N x in_channels x 32 x 32
        layers["conv1"] = nn.Conv2d(in_channels, width, 5, padding=2)  # 11×11 with stride 4 would be too much
        layers["relu1"] = nn.ReLU(inplace=True)
        layers["norm1"] = local_response_norm()
        layers["pool1"] = nn.MaxPool2d(3, stride=2, padding=1)  # padded, so that 32 halves to 16, 8 and 4
        # N x width x 16 x 16
        layers["conv2"] = nn.Conv2d(width, wide, 5, padding=2, groups=groups)
        layers["relu2"] = nn.ReLU(inplace=True)
        layers["norm2"] = local_response_norm()
        layers["pool2"] = nn.MaxPool2d(3, stride=2, padding=1)
        # N x 8 / 3 * width x 8 x 8
        layers["conv3"] = nn.Conv2d(wide, widest, 3, padding=1)
        layers["relu3"] = nn.ReLU(inplace=True)
        layers["conv4"] = nn.Conv2d(widest, widest, 3, padding=1, groups=groups)
        layers["relu4"] = nn.ReLU(inplace=True)
        # N x 4 * width x 8 x 8
        layers["conv5"] = nn.Conv2d(widest, wide, 3, padding=1, groups=groups)
        layers["relu5"] = nn.ReLU(inplace=True)
        layers["pool5"] = nn.MaxPool2d(3, stride=2, padding=1)
        layers["avgpool"] = nn.AdaptiveAvgPool2d(whole("pooled", pooled))  # 4 changes nothing at 32×32
        # N x 8 / 3 * width x 4 x 4
        layers["flatten"] = nn.Flatten()
        layers["fc6"] = nn.Linear(wide * pooled * pooled, widest)
        layers["relu6"] = nn.ReLU(inplace=True)
        layers["drop6"] = nn.Dropout(0.5)
        layers["fc7"] = nn.Linear(widest, widest)
        layers["relu7"] = nn.ReLU(inplace=True)
        layers["drop7"] = nn.Dropout(0.5)
        # N x 4 * width
        layers["fc8"] = nn.Linear(widest, num_classes)
        # N x num_classes
        super().__init__(layers)
        self.input_size = (in_channels, 32, 32)
        he_normal(self)  # a deviation of 0.01 would let the signal fade in layers as narrow as these


class SmallVGG(Chain):
    """VGG for pictures of up to 32×32: (N, in_channels, H, W) becomes (N, num_classes).

    Three stages of the paper's plan, with `width`, 2 · `width` and 4 · `width` maps. Sizes from 8 on work.
    The first linear layer reads maps of `pooled` × `pooled`, and smaller ones are repeated. At the default
    width it has about as many parameters as the other small networks.

    >>> import torch
    >>> SmallVGG(in_channels=1)(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self,
        num_classes: int = 10,
        *,
        in_channels: int = 3,
        width: int = 16,
        batch_norm: bool = False,
        pooled: int = 4,
    ) -> None:
        width, in_channels = whole("width", width), whole("in_channels", in_channels)
        channels = (width, 2 * width, 4 * width)
        layers = stages(((3, 3), (3, 3), (3, 3, 3)), channels, in_channels, batch_norm)
        layers.append(
            ("avgpool", nn.AdaptiveAvgPool2d(whole("pooled", pooled)))
        )  # 4 changes nothing at 32×32
        # N x 4 * width x 4 x 4
        layers.append(("flatten", nn.Flatten()))
        layers += head(4 * width * pooled * pooled, 8 * width, num_classes)
        # N x num_classes
        super().__init__(OrderedDict(layers))
        self.input_size = (in_channels, 32, 32)
        he_normal(self)


class SmallGoogLeNet(nn.Module):
    """GoogLeNet for pictures of up to 32×32: (N, in_channels, H, W) becomes (N, num_classes).

    The paper's nine blocks at `width` / 64 of their channels, after one 3×3 convolution as a stem, with batch
    norm or without. At the default width it has about as many parameters as the other small networks.

    >>> import torch
    >>> SmallGoogLeNet(in_channels=1)(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self, num_classes: int = 10, *, in_channels: int = 3, width: int = 13, batch_norm: bool = True
    ) -> None:
        super().__init__()
        width, in_channels = whole("width", width), whole("in_channels", in_channels)
        self.input_size = (in_channels, 32, 32)
        self.stem = conv_relu(in_channels, 3 * width, 3, padding=1, batch_norm=batch_norm)
        blocks: OrderedDict[str, nn.Module] = OrderedDict()
        channels = 3 * width
        for name, numbers in TABLE.items():
            if name in ("4a", "5a"):  # the size halves between the three groups
                blocks[f"maxpool{int(name[0]) - 1}"] = nn.MaxPool2d(3, stride=2, padding=1)
            scaled = (max(1, round(number * width / 64)) for number in numbers)
            block = Inception(channels, *scaled, batch_norm=batch_norm)
            blocks[f"inception{name}"], channels = block, block.out_channels
        self.blocks = nn.Sequential(blocks)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.4)
        self.fc = nn.Linear(channels, num_classes)
        he_normal(self)

    def forward(self, x: Tensor) -> Tensor:
        # N x in_channels x 32 x 32
        x = self.blocks(self.stem(x))
        # N x 16 * width x 8 x 8
        x = self.dropout(self.flatten(self.avgpool(x)))
        # N x 16 * width
        return self.fc(x)
        # N x num_classes


class SmallResNet(nn.Module):
    """The ResNet paper's network for CIFAR-10: (N, in_channels, H, W) becomes (N, num_classes).

    One 3×3 convolution, and three stages of (depth − 2) / 6 basic blocks with `width`, 2 · `width` and
    4 · `width` channels: He et al., 2015, section 4.2. `shortcut` is the paper's option "A", "B" or "C", and
    "none" makes the plain network of the same layers. `zero_init_residual` starts each block as its shortcut
    alone, which is no part of the paper (Goyal et al., 2017, https://arxiv.org/abs/1706.02677, section 5.1).
    Raises ValueError for a depth that is not 6 · n + 2, an unknown shortcut, or a zero start of plain layers.

    >>> import torch
    >>> with torch.device("meta"):
    ...     nets = SmallResNet(20), SmallResNet(44, in_channels=1, width=8, shortcut="none")
    >>> [sum(weight.numel() for weight in net.parameters()) for net in nets]
    [269722, 165570]
    """

    def __init__(
        self,
        depth: int,
        num_classes: int = 10,
        *,
        in_channels: int = 3,
        width: int = 16,
        shortcut: str = "A",
        zero_init_residual: bool = False,
    ) -> None:
        super().__init__()
        width, in_channels = whole("width", width), whole("in_channels", in_channels)
        blocks, rest = divmod(whole("depth", depth, least=8) - 2, 6)
        if rest:
            raise ValueError(f"depth must be 6 · n + 2, such as 14 or 20, got {depth}")
        if zero_init_residual and shortcut == "none":
            raise ValueError("zero_init_residual needs a shortcut: plain layers of zeros would return zeros.")
        block = partial(BasicBlock, shortcut=shortcut, zero_init=zero_init_residual)
        self.input_size = (in_channels, 32, 32)
        self.conv1 = conv(in_channels, width, 3)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = stage(block, blocks, width, width)
        self.layer2 = stage(block, blocks, width, 2 * width, stride=2)
        self.layer3 = stage(block, blocks, 2 * width, 4 * width, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(4 * width, num_classes)
        he_normal(self, mode="fan_out")

    def forward(self, x: Tensor) -> Tensor:
        # N x in_channels x 32 x 32
        x = self.layer1(self.relu(self.bn1(self.conv1(x))))
        # N x width x 32 x 32
        x = self.layer2(x)
        # N x 2 * width x 16 x 16
        x = self.layer3(x)
        # N x 4 * width x 8 x 8
        return self.fc(self.flatten(self.avgpool(x)))
        # N x num_classes


class SmallDenseNet(Chain):
    """DenseNet-BC for pictures of up to 32×32: (N, in_channels, H, W) becomes (N, num_classes).

    The paper's plan for CIFAR (section 3, "Implementation Details"): one 3×3 convolution to 2 · growth_rate
    maps, dense blocks of `layers` layers with transitions between them, and a global average pool.

    >>> import torch
    >>> SmallDenseNet(in_channels=1)(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 10])
    """

    def __init__(
        self,
        num_classes: int = 10,
        *,
        in_channels: int = 3,
        growth_rate: int = 12,
        layers: Sequence[int] = (8, 8, 8),
        bottleneck: int | None = 4,
        compression: float = 0.5,
    ) -> None:
        growth_rate, in_channels = whole("growth_rate", growth_rate), whole("in_channels", in_channels)
        parts: OrderedDict[str, nn.Module] = OrderedDict()
        # N x in_channels x 32 x 32
        parts["conv0"] = conv(in_channels, 2 * growth_rate, 3)
        # N x 2 * growth_rate x 32 x 32
        blocks, channels = dense_blocks(2 * growth_rate, layers, growth_rate, bottleneck, compression)
        parts |= blocks
        # N x channels x 8 x 8
        parts["avgpool"] = nn.AdaptiveAvgPool2d(1)
        parts["flatten"] = nn.Flatten()
        parts["classifier"] = nn.Linear(channels, num_classes)
        # N x num_classes
        super().__init__(parts)
        self.input_size = (in_channels, 32, 32)
        he_normal(self)
        nn.init.zeros_(self.classifier.bias)
