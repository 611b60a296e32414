"""The windows of convolution and pooling layers, read from modules and from function calls alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, fx

from helpers.arithmetic.checks import pair
from helpers.reading.graph import Step

# The arguments of the functions after the image, in order; modules have attributes of the same names.
_ARGUMENTS = {
    "conv2d": ("weight", "bias", "stride", "padding", "dilation", "groups"),
    "maxpool2d": ("kernel_size", "stride", "padding", "dilation"),
    "avgpool2d": ("kernel_size", "stride", "padding"),
    "lppool2d": ("norm_type", "kernel_size", "stride"),
}


@dataclass(frozen=True)
class Window:
    """The window of a 2-D layer, each size as (height, width); `padding` is at the top and left.

    A depthwise convolution has one group per input channel; pooling layers have one group.
    """

    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    groups: int
    depthwise: bool


def window(step: Step, tensors: Mapping[fx.Node, Tensor]) -> Window | None:
    """Return the window of a 2-D convolution or pooling step.

    It is None for other steps, and where the network computes the size or the weights as it runs; `tensors`
    is that of the step's `Graph`.

    >>> from torch import nn
    >>> from helpers.reading.graph import network_graph
    >>> graph = network_graph(nn.MaxPool2d(3, stride=2))
    >>> [window(step, graph.tensors).stride for step in graph.steps.values()]
    [(2, 2)]
    """
    if step.operation not in _ARGUMENTS:
        return None
    given = _given(step)
    weight = given.get("weight")
    if isinstance(weight, fx.Node):
        weight = tensors.get(weight)
    groups = given.get("groups") or 1
    kernel = given.get("kernel_size") or (None if weight is None else tuple(weight.shape[-2:]))
    stride = given.get("stride") or (1 if step.operation == "conv2d" else kernel)
    dilation, padding = given.get("dilation") or 1, given.get("padding") or 0
    sizes = (kernel, stride, dilation, padding, groups)
    if kernel is None or any(isinstance(part, fx.Node) for size in sizes for part in _parts(size)):
        return None
    kernel, stride, dilation = pair("kernel_size", kernel), pair("stride", stride), pair("dilation", dilation)
    depthwise = groups > 1 and weight is not None and weight.shape[1] == 1
    return Window(kernel, stride, _before(padding, kernel, dilation), dilation, groups, depthwise)


def _given(step: Step) -> dict[str, Any]:
    names = _ARGUMENTS[step.operation]
    if step.module is not None:
        return {name: getattr(step.module, name) for name in names}
    return {name: step.argument(position, name) for position, name in enumerate(names, start=1)}


def _parts(size: Any) -> tuple[Any, ...]:
    return tuple(size) if isinstance(size, tuple | list) else (size,)


def _before(padding: Any, kernel: tuple[int, int], dilation: tuple[int, int]) -> tuple[int, int]:
    """The padding at the top and left; "same" puts the odd pixel at the bottom and right."""
    if padding == "valid":
        return 0, 0
    if padding == "same":
        return dilation[0] * (kernel[0] - 1) // 2, dilation[1] * (kernel[1] - 1) // 2
    return pair("padding", padding)
