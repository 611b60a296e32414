"""VGG: nothing but 3×3 convolutions, 2×2 pooling and a large head; configurations A to E.

Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014,
https://arxiv.org/abs/1409.1556, table 1.
"""

from collections import OrderedDict
from functools import partial

from torch import Tensor, nn

from helpers.arithmetic.checks import whole
from helpers.images.photos import IMAGENET
from helpers.models.parts import Chain, Undrawn, dense_as_convolution, fill, he_normal
from helpers.wording.refusals import known

Kernels = tuple[tuple[int, ...], ...]

# Table 1: the kernel sizes of each stage's convolutions, where a 2×2 max-pool ends each stage.
CONFIGURATIONS: dict[str, Kernels] = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3), (3, 3), (3, 3), (3, 3), (3, 3)),
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
}
CHANNELS = (64, 128, 256, 512, 512)

Named = list[tuple[str, nn.Module]]


class VGG(Chain):
    """The paper's VGG: (N, 3, 224, 224) becomes (N, num_classes), scores before the softmax.

    `configuration` is a column of the paper's table 1: "A", "B", "C", "D" or "E". `head_width` is how many
    units fc6 and fc7 have each; with fewer, a network for trying out is built in a fraction of the memory.
    Raises ValueError for another configuration, and for a width that is no whole number of at least 1.

    >>> import torch
    >>> with torch.device("meta"):
    ...     net = VGG("D")
    >>> sum(weight.numel() for weight in net.parameters())
    138357544
    """

    # The paper subtracts the mean colour of the training set and does not divide by the deviation (2.1).
    preprocessing = IMAGENET

    def __init__(self, configuration: str = "D", num_classes: int = 1000, *, head_width: int = 4096) -> None:
        head_width = whole("head_width", head_width)
        with Undrawn():
            layers = stages(_kernels(configuration), CHANNELS)
            # N x 512 x 7 x 7
            layers.append(("flatten", nn.Flatten()))
            # N x 25088
            layers += head(512 * 7 * 7, head_width, num_classes)
            # N x num_classes
        super().__init__(OrderedDict(layers))
        glorot(self)


class TorchvisionVGG(nn.Module):
    """torchvision's VGG: the paper's layers under the names of the official checkpoints.

    (N, 3, 224, 224) becomes (N, num_classes). Other sizes from 32 on work too: the maps are averaged to 7×7.
    Raises ValueError for an unknown configuration.

    >>> import torch
    >>> with torch.device("meta"):
    ...     TorchvisionVGG("A")(torch.empty(1, 3, 256, 320)).shape
    torch.Size([1, 1000])
    """

    preprocessing = IMAGENET

    def __init__(
        self, configuration: str = "D", num_classes: int = 1000, *, batch_norm: bool = False
    ) -> None:
        super().__init__()
        with Undrawn():
            layers = stages(_kernels(configuration), CHANNELS, batch_norm=batch_norm)
            classifier = head(512 * 7 * 7, 4096, num_classes)
        self.features = nn.Sequential(*(layer for _, layer in layers))
        # N x 512 x 7 x 7
        self.avgpool = nn.AdaptiveAvgPool2d(7)  # changes nothing at 224×224
        self.flatten = nn.Flatten()
        # N x 25088
        self.classifier = nn.Sequential(*(layer for _, layer in classifier))
        # N x num_classes
        he_normal(self, mode="fan_out")
        for layer in self.classifier:
            if isinstance(layer, nn.Linear):
                fill(layer, partial(nn.init.normal_, std=0.01))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.flatten(self.avgpool(self.features(x))))


def fully_convolutional(network: VGG) -> nn.Sequential:
    """Return the paper's VGG with its head as convolutions, one 7×7 and two 1×1, for pictures of any size.

    (N, 3, H, W) becomes a map of scores (N, num_classes, H // 32 − 6, W // 32 − 6), 224 pixels and more a
    side: one every 32 pixels. It is for tests, as in the paper's section 3.2, and all weights are those of
    `network`, shared.

    At 224×224 the scores are those of `network`. On a larger picture they are not those of windows of 224×224
    cut out and run apart: a cut-out is padded with zeros at its edges, where the larger picture has
    neighbours. A score of configuration D sees 404×404 pixels.

    >>> import torch
    >>> with torch.device("meta"):
    ...     fully_convolutional(VGG("D"))(torch.empty(1, 3, 224, 320)).shape
    torch.Size([1, 1000, 1, 4])
    """
    layers = OrderedDict(network.named_children())
    del layers["flatten"]
    layers["fc6"] = dense_as_convolution(layers["fc6"], (512, 7, 7))
    for name in ("fc7", "fc8"):
        layers[name] = dense_as_convolution(layers[name], (layers[name].in_features, 1, 1))
    return nn.Sequential(layers).train(network.training)


def stages(
    kernels: Kernels, channels: tuple[int, ...], in_channels: int = 3, batch_norm: bool = False
) -> Named:
    """Return the named layers of stages that keep the size and end in a pool that halves it.

    `kernels` has the kernel sizes of each stage, and `channels` how many maps each has:
    (N, in_channels, H, W) becomes (N, channels[-1], H / 2^stages, W / 2^stages).

    >>> [name for name, _ in stages(((3, 1),), (8,))]
    ['conv1_1', 'relu1_1', 'conv1_2', 'relu1_2', 'pool1']
    """
    layers: Named = []
    for stage, (sizes, out_channels) in enumerate(zip(kernels, channels, strict=True), 1):
        for number, kernel_size in enumerate(sizes, 1):
            place = f"{stage}_{number}"
            conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2)
            layers.append((f"conv{place}", conv))
            if batch_norm:  # not in the paper, which is older
                layers.append((f"norm{place}", nn.BatchNorm2d(out_channels)))
            layers.append((f"relu{place}", nn.ReLU(inplace=True)))
            in_channels = out_channels
        layers.append((f"pool{stage}", nn.MaxPool2d(2, stride=2)))
    return layers


def head(in_features: int, width: int, num_classes: int) -> Named:
    """Return the named layers of the paper's head: (N, in_features) becomes (N, num_classes).

    Two layers of `width` units with ReLU and dropout 0.5, and one of scores.

    >>> [name for name, _ in head(8, 4, 2)]
    ['fc6', 'relu6', 'drop6', 'fc7', 'relu7', 'drop7', 'fc8']
    """
    return [
        ("fc6", nn.Linear(in_features, width)),
        ("relu6", nn.ReLU(inplace=True)),
        ("drop6", nn.Dropout(0.5)),
        ("fc7", nn.Linear(width, width)),
        ("relu7", nn.ReLU(inplace=True)),
        ("drop7", nn.Dropout(0.5)),
        ("fc8", nn.Linear(width, num_classes)),
    ]


def glorot(network: nn.Module) -> None:
    """Fill convolutions and linear layers as section 3.1 says: after Glorot and Bengio, 2010, biases 0.

    The paper began deep networks from a trained A, and found after submission that this does without.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            fill(layer, nn.init.xavier_uniform_)


def _kernels(configuration: str) -> Kernels:
    known("configuration of VGG", configuration, CONFIGURATIONS)
    return CONFIGURATIONS[configuration]
