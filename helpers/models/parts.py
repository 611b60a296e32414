"""What several architectures share: AlexNet's normalisation, dense layers as convolutions, first weights."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


def local_response_norm(
    size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2.0
) -> nn.LocalResponseNorm:
    """Return AlexNet's b_i = a_i / (k + alpha · Σ a_j²)^beta, where j runs over `size` neighbouring channels.

    Krizhevsky et al., 2012, section 3.3, with the paper's constants; shapes stay as they are.

    >>> import torch
    >>> lonely = local_response_norm()(torch.full((1, 1, 1, 1), 100.0))
    >>> round(lonely.item(), 3) == round(100 / (2 + 1e-4 * 100**2) ** 0.75, 3)
    True
    """
    # nn.LocalResponseNorm takes the mean of the squares where the paper takes their sum.
    return nn.LocalResponseNorm(size, alpha * size, beta, k)


class Chain(nn.Sequential):
    """Layers in a row whose constructor takes what it likes: a part of it is a plain nn.Sequential.

    >>> part = Chain(nn.Flatten(), nn.Linear(4, 2), nn.ReLU())[:2]
    >>> type(part).__name__, len(part)
    ('Sequential', 2)
    """

    def __getitem__(self, index: slice | int) -> Any:
        if isinstance(index, slice):
            return nn.Sequential(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)


class Undrawn(TorchFunctionMode):
    """Inside the `with`, new layers get no numbers: for a network that fills all of its layers afterwards.

    PyTorch draws every weight as a layer is made. Of VGG's 138 M that takes as long as the paper's own draw.

    >>> with Undrawn():
    ...     layer = nn.Linear(4096, 4096)
    >>> fill(layer, nn.init.ones_)
    >>> layer.weight.mean().item(), layer.bias.mean().item()
    (1.0, 0.0)
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        skipped = func in (nn.init.kaiming_uniform_, nn.init.uniform_)  # of weights, and of biases
        return given["tensor"] if skipped else func(*args, **given)


def convolutions_of(module: nn.Module) -> list[nn.Conv2d]:
    """The convolutions in a module, in the order in which they were put there.

    >>> [layer.kernel_size for layer in convolutions_of(nn.Sequential(nn.Conv2d(3, 8, 1), nn.ReLU()))]
    [(1, 1)]
    """
    return [each for each in module.modules() if isinstance(each, nn.Conv2d)]


def dense_as_convolution(linear: nn.Linear, shape: tuple[int, int, int]) -> nn.Conv2d:
    """Return a fully connected layer on flattened maps of `shape` (channels, height, width) as a convolution.

    Its kernel is as large as the maps, so that on them it makes one pixel, (N, out_features, 1, 1), of the
    same numbers. On larger maps it slides: (N, channels, H, W) becomes (N, out_features, H − height + 1,
    W − width + 1). The weights are shared, not copied. Sermanet et al., "OverFeat", 2013,
    https://arxiv.org/abs/1312.6229, section 3.5.

    Raises ValueError where maps of that shape are not as many numbers as the layer takes.

    >>> linear = nn.Linear(8 * 2 * 2, 10)
    >>> convolution = dense_as_convolution(linear, (8, 2, 2))
    >>> maps = torch.randn(1, 8, 2, 2)
    >>> torch.allclose(convolution(maps).flatten(1), linear(maps.flatten(1)), atol=1e-6)
    True
    >>> convolution(torch.randn(1, 8, 5, 4)).shape
    torch.Size([1, 10, 4, 3])
    """
    channels, height, width = shape
    if channels * height * width != linear.in_features:
        raise ValueError(
            f"The layer takes {linear.in_features} numbers, but maps of {channels}×{height}×{width} "
            f"are {channels * height * width}."
        )
    with torch.device("meta"):  # its own weights are not needed
        convolution = nn.Conv2d(channels, linear.out_features, (height, width), bias=False)
    # A flattened map is its rows one after the other, channel by channel: the order of a kernel's weights.
    kernel = linear.weight.detach().view(linear.out_features, *shape)
    convolution.weight = nn.Parameter(kernel, requires_grad=linear.weight.requires_grad)
    convolution.bias = linear.bias
    return convolution


def fill(layer: nn.Conv2d | nn.Linear, weight: Callable[[Tensor], Any], bias: float = 0.0) -> None:
    """Fill a layer's weight with a function of `torch.nn.init`, and its bias, if it has one, with a number.

    >>> conv = nn.Conv2d(3, 8, 3)
    >>> fill(conv, nn.init.ones_, bias=1)
    >>> conv.weight.sum().item(), conv.bias.sum().item()
    (216.0, 8.0)
    """
    if layer.weight.is_meta:  # there are no numbers, and drawing none makes PyTorch load its compiler
        return
    weight(layer.weight)
    if layer.bias is not None:
        nn.init.constant_(layer.bias, bias)


def he_normal(network: nn.Module, mode: str = "fan_in") -> None:
    """Fill the convolutions from a normal distribution of variance 2 / fan, and their biases with 0.

    `mode` says which fan: "fan_in" keeps the size of the signal through layers of ReLU, and "fan_out" that
    of the gradient. He et al., "Delving Deep into Rectifiers", 2015, https://arxiv.org/abs/1502.01852,
    equations 10 and 14.

    >>> net = nn.Sequential(nn.Conv2d(50, 100, 10), nn.ReLU())
    >>> he_normal(net)
    >>> 0.99 < net[0].weight.var().item() / (2 / (50 * 10 * 10)) < 1.01
    True
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            fill(layer, lambda weight: nn.init.kaiming_normal_(weight, mode=mode, nonlinearity="relu"))
