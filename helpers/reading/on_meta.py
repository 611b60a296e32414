"""What an operation returns for tensors on "meta", which have shapes and no numbers.

PyTorch can say so itself, but for common operations loads its compiler first, which takes seconds. So the
result of those is worked out here; what is unusual, or does not fit, is left to PyTorch, errors too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload

from helpers.reading.operations import is_pointwise, is_reduction, plain_name, reduced_dimensions


class LooksAtValues(Exception):
    """The network asks for numbers, which tensors on "meta" don't have."""


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Every tensor of an operation's arguments or results, however they are nested."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from tensors_in(each)
    elif isinstance(value, Mapping):
        yield from tensors_in(list(value.values()))


@cache
def parameters_of(function: OpOverload) -> dict[str, Any]:
    """The names of an operation's parameters, with their defaults."""
    return {
        each.name: each.default_value if each.has_default_value() else None
        for each in function._schema.arguments
    }


def bound(function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """An operation's arguments by name, with its defaults for those that are not given."""
    names = parameters_of(function)
    return {**names, **dict(zip(names, args, strict=False)), **kwargs}


@cache
def writes_to(function: OpOverload) -> tuple[str, ...]:
    """The names of the arguments whose values an operation changes."""
    arguments = function._schema.arguments
    return tuple(each.name for each in arguments if each.alias_info is not None and each.alias_info.is_write)


def written(function: OpOverload, given: Mapping[str, Any]) -> Tensor | None:
    """The tensor that an operation works on in place, or writes its result to."""
    names = writes_to(function)
    returns = function._schema.returns
    if len(names) != 1 or not returns or returns[0].alias_info is None:
        return None
    return given[names[0]] if isinstance(given[names[0]], Tensor) else None


@cache
def is_view(function: OpOverload) -> bool:
    """Whether the result shares its values with the first argument."""
    returns = function._schema.returns
    return bool(returns) and returns[0].alias_info is not None and not writes_to(function)


def result_on_meta(function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """What an operation returns for tensors without numbers."""
    if torch.Tag.data_dependent_output in function.tags or _by_values(function, args):
        raise LooksAtValues("it looks at the values of its image, and a pass with numbers is too much")
    result = None
    if plain_name(function) == "native_batch_norm":
        result = _normalised(*args)
    elif plain_name(function) in ("mm", "addmm", "bmm"):
        result = _multiplied(*args[-2:])
    elif is_pointwise(function) and "memory_format" not in kwargs:
        result = _pointwise(function, args, kwargs)
    elif is_reduction(function):
        result = _reduced(function, args, kwargs)
    return function(*args, **kwargs) if result is None else result


def _by_values(function: OpOverload, args: tuple[Any, ...]) -> bool:
    """Whether the shape of the result follows from values."""
    if torch.Tag.dynamic_output_shape not in function.tags:
        return False
    masks = (torch.bool, torch.uint8)
    return plain_name(function) != "index" or any(each.dtype in masks for each in tensors_in(args[1]))


def _normalised(image: Tensor, *settings: Any) -> tuple[Tensor, Tensor, Tensor] | None:
    """A batch norm with the statistics that it keeps."""
    *vectors, training, _, _ = settings
    if training or any(each is not None and each.numel() != image.shape[1] for each in vectors):
        return None
    return torch.empty_like(image), image.new_empty(0), image.new_empty(0)


def _pointwise(function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Tensor | None:
    """What is pointwise has the type that a try on single numbers has."""
    tensors = list(tensors_in((args, kwargs)))
    try:
        shape = torch.broadcast_shapes(*(each.shape for each in tensors))
        single = function(*_single(args), **_single(dict(kwargs)))
    except Exception:
        return None  # for PyTorch to say what is the matter
    if not isinstance(single, Tensor):
        return None
    if writes_to(function) or is_view(function):
        return args[0] if writes_to(function) == ("self",) and args[0].shape == shape else None
    like = next((each for each in tensors if each.shape == shape and _is_dense(each)), None)
    if like is None:
        return torch.empty(shape, dtype=single.dtype, device="meta")
    return torch.empty_strided(shape, like.stride(), dtype=single.dtype, device="meta")


def _reduced(function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Tensor | None:
    given, image = bound(function, args, kwargs), args[0]
    try:
        single = function(*_single(args), **_single(dict(kwargs)))
    except Exception:
        return None
    if not isinstance(single, Tensor) or writes_to(function):
        return None
    reduced = reduced_dimensions(given.get("dim"), image.dim())
    keep = given.get("keepdim", False)
    shape = [1 if at in reduced else size for at, size in enumerate(image.shape) if keep or at not in reduced]
    return torch.empty(shape, dtype=single.dtype, device="meta")


def _multiplied(one: Tensor, other: Tensor) -> Tensor | None:
    if one.shape[-1] != other.shape[-2] or one.shape[:-2] != other.shape[:-2] or one.dtype != other.dtype:
        return None
    return one.new_empty((*one.shape[:-1], other.shape[-1]))


def _single(value: Any) -> Any:
    if isinstance(value, Tensor):
        return torch.ones([1] * value.dim(), dtype=value.dtype)
    if isinstance(value, torch.device):
        return torch.device("cpu")
    if isinstance(value, list | tuple):
        return type(value)(map(_single, value))
    return {key: _single(each) for key, each in value.items()} if isinstance(value, dict) else value


def _is_dense(tensor: Tensor) -> bool:
    """Whether its values lie in memory without gaps, in whatever order."""
    expected = 1
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size > 1:
            if stride != expected:
                return False
            expected *= size
    return True
