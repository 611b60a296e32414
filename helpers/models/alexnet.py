"""AlexNet: five convolutions and three fully connected layers, which won ImageNet's contest of 2012.

Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012,
https://papers.nips.cc/paper/4824, figure 2 and section 3. torchvision's is a port of a later network:
Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014,
https://arxiv.org/abs/1404.5997.
"""

from collections import OrderedDict
from dataclasses import replace
from functools import partial

from torch import Tensor, nn

from helpers.arithmetic.checks import whole
from helpers.images.photos import IMAGENET
from helpers.models.parts import Chain, Undrawn, fill, local_response_norm
from helpers.wording.refusals import shown


class AlexNet(Chain):
    """The paper's AlexNet: (N, 3, 227, 227) becomes (N, num_classes), scores before the softmax.

    `groups` is the number of towers, one on each of the paper's two GPUs: in conv 2, 4 and 5 a kernel sees
    only the maps of its own tower. With 1 all see all, at 62.4 M parameters in place of 61.0 M.
    Raises ValueError for groups that do not divide the channels (96, 256 and 384).

    >>> import torch
    >>> with torch.device("meta"):
    ...     net = AlexNet()
    >>> sum(weight.numel() for weight in net.parameters())
    60965224
    """

    # The paper subtracts the mean picture and does not divide by the deviation (section 2). It says 224×224
    # (section 3.5), from which no 11×11 window of stride 4 makes its 55×55 maps; 227×227 does.
    preprocessing = replace(IMAGENET, crop=227)

    def __init__(self, num_classes: int = 1000, *, groups: int = 2) -> None:
        groups = whole("groups", groups)
        if 32 % groups:
            raise ValueError(f"groups must divide 96, 256 and 384, got {shown(groups)}")
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        with Undrawn():
            # N x 3 x 227 x 227
            layers["conv1"] = nn.Conv2d(3, 96, 11, stride=4)
            layers["relu1"] = nn.ReLU(inplace=True)
            layers["norm1"] = local_response_norm()
            # N x 96 x 55 x 55
            layers["pool1"] = nn.MaxPool2d(3, stride=2)
            # N x 96 x 27 x 27
            layers["conv2"] = nn.Conv2d(96, 256, 5, padding=2, groups=groups)
            layers["relu2"] = nn.ReLU(inplace=True)
            layers["norm2"] = local_response_norm()
            # N x 256 x 27 x 27
            layers["pool2"] = nn.MaxPool2d(3, stride=2)
            # N x 256 x 13 x 13
            layers["conv3"] = nn.Conv2d(256, 384, 3, padding=1)  # here the towers see each other
            layers["relu3"] = nn.ReLU(inplace=True)
            # N x 384 x 13 x 13
            layers["conv4"] = nn.Conv2d(384, 384, 3, padding=1, groups=groups)
            layers["relu4"] = nn.ReLU(inplace=True)
            # N x 384 x 13 x 13
            layers["conv5"] = nn.Conv2d(384, 256, 3, padding=1, groups=groups)
            layers["relu5"] = nn.ReLU(inplace=True)
            # N x 256 x 13 x 13
            layers["pool5"] = nn.MaxPool2d(3, stride=2)
            # N x 256 x 6 x 6
            layers["flatten"] = nn.Flatten()
            # N x 9216
            layers["fc6"] = nn.Linear(256 * 6 * 6, 4096)
            layers["relu6"] = nn.ReLU(inplace=True)
            layers["drop6"] = nn.Dropout(0.5)
            # N x 4096
            layers["fc7"] = nn.Linear(4096, 4096)
            layers["relu7"] = nn.ReLU(inplace=True)
            layers["drop7"] = nn.Dropout(0.5)
            # N x 4096
            layers["fc8"] = nn.Linear(4096, num_classes)
            # N x num_classes
        super().__init__(layers)
        # Section 5: weights of deviation 0.01, and biases of 1 where that hands the ReLUs positive inputs.
        for name in ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"):
            bias = 0 if name in ("conv1", "conv3", "fc8") else 1
            fill(layers[name], partial(nn.init.normal_, std=0.01), bias)


class OneTowerAlexNet(nn.Module):
    """torchvision's AlexNet: one tower of 64-192-384-256-256 maps, no response norm, 224×224 pixels.

    (N, 3, 224, 224) becomes (N, num_classes). Other sizes from 63 on work too: the maps are averaged to 6×6.
    The names in `state_dict` are those of the official checkpoint.

    >>> import torch
    >>> with torch.device("meta"):
    ...     OneTowerAlexNet()(torch.empty(2, 3, 224, 224)).shape
    torch.Size([2, 1000])
    """

    preprocessing = IMAGENET

    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__()
        self.features = nn.Sequential(
            # N x 3 x 224 x 224
            nn.Conv2d(3, 64, 11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            # N x 64 x 27 x 27
            nn.Conv2d(64, 192, 5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            # N x 192 x 13 x 13
            nn.Conv2d(192, 384, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            # N x 256 x 6 x 6
        )
        self.avgpool = nn.AdaptiveAvgPool2d(6)  # changes nothing at 224×224
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),  # before the layers; the paper drops what they return
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        # N x 3 x 224 x 224
        x = self.avgpool(self.features(x))
        # N x 256 x 6 x 6
        return self.classifier(self.flatten(x))
        # N x num_classes
