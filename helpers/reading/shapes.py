"""The shapes that common layers return, known without running them.

Running them on the device "meta" gives the same, but makes PyTorch load its compiler first, which takes
seconds. Whatever is unusual is left to PyTorch, errors too.
"""

from typing import Any

import torch
from torch import Tensor

from helpers.reading.graph import Step

_UNCHANGED = {
    *("relu", "relu6", "leakyrelu", "elu", "selu", "gelu", "silu", "mish", "sigmoid", "tanh", "hardtanh"),
    *("hardswish", "hardsigmoid", "softplus", "dropout", "dropout2d", "identity", "localresponsenorm"),
}


def known_result(step: Step, args: tuple[Any, ...]) -> Tensor | None:
    """Return an empty tensor of the shape that a step gives for its arguments, or None if it has to run.

    >>> from torch import nn
    >>> step = Step("fc", "linear", nn.Linear(8, 2))
    >>> known_result(step, (torch.empty(1, 8, device="meta"),)).shape
    torch.Size([1, 2])
    """
    image = args[0] if args else None
    if step.operation == "cat":
        return _concatenated(*args) if len(args) == 2 else None
    if not isinstance(image, Tensor):
        return None
    if step.operation in _UNCHANGED:
        return image
    shape = tuple(image.shape)
    if step.operation in ("add", "mul") and len(args) == 2:
        return _broadcast(*args)
    if step.operation == "batchnorm2d" and len(shape) == 4 and shape[1] == step.module.num_features:
        return image
    if step.operation == "linear" and step.module and shape[-1] == step.module.in_features:
        return image.new_empty((*shape[:-1], step.module.out_features))
    if step.operation == "adaptiveavgpool2d" and len(shape) == 4:
        size = step.module.output_size if step.module else (*args, None)[1]
        sides = (size, size) if isinstance(size, int) else size
        return image.new_empty((*shape[:2], *sides)) if _is_size(sides) else None
    return None


def _is_size(value: Any) -> bool:
    return (
        isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(side, int) for side in value)
    )


def _broadcast(one: Tensor, other: Any) -> Tensor | None:
    if isinstance(other, int | float):
        return one
    try:
        return one.new_empty(torch.broadcast_shapes(one.shape, other.shape))
    except (RuntimeError, AttributeError):
        return None


def _concatenated(tensors: Any, dimension: Any) -> Tensor | None:
    if dimension != 1 or not all(isinstance(tensor, Tensor) and tensor.dim() == 4 for tensor in tensors):
        return None
    if len({(tensor.shape[0], tensor.shape[2:]) for tensor in tensors}) != 1:
        return None
    shape = tensors[0].shape
    return tensors[0].new_empty((shape[0], sum(tensor.shape[1] for tensor in tensors), *shape[2:]))
