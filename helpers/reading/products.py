"""The multiply-adds of an operation: as PyTorch's counter has them, and of what that has no formula for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from torch._ops import OpOverload
from torch.utils.flop_counter import flop_registry


def macs(function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: Any) -> int:
    """Return the multiply-adds of an operation of PyTorch's on tensors, which may be on "meta".

    >>> import torch
    >>> matrix, vector = torch.ones(3, 4), torch.ones(4)
    >>> macs(torch.ops.aten.mv.default, (matrix, vector), {}, matrix @ vector)
    12
    """
    packet = function._overloadpacket
    if packet in flop_registry:
        return flop_registry[packet](*args, **kwargs, out_val=result) // 2
    formula = _FORMULAS.get(packet.__name__.rstrip("_"))
    return formula(*args) if formula else 0


def _attention(query: Any, key: Any, value: Any, *_: Any) -> int:
    """Each query times each key, and then each value times its weight."""
    return query.numel() * key.shape[-2] + prod(query.shape[:-1]) * value.shape[-2] * value.shape[-1]


def _recurrence(image: Any, from_input: Any, from_state: Any, *_: Any) -> int:
    """Each step multiplies what comes in and the state by their weights."""
    return image.numel() // image.shape[-1] * (from_input.numel() + from_state.numel())


_FORMULAS: dict[str, Callable[..., int]] = {
    "mv": lambda matrix, _vector: matrix.numel(),
    "addmv": lambda _added, matrix, _vector: matrix.numel(),
    "dot": lambda one, _other: one.numel(),
    "vdot": lambda one, _other: one.numel(),
    "addr": lambda _added, one, other: one.numel() * other.numel(),
    "addbmm": lambda _added, one, other: one.numel() * other.shape[-1],
    "mkldnn_rnn_layer": _recurrence,
    "_scaled_dot_product_flash_attention_for_cpu": _attention,
    # The products of each pair of features with a weight, as in nn.Bilinear; their sum with the other
    # feature is a multiply-add too, of which PyTorch's way makes one for each of the first.
    "_trilinear": lambda one, weight, other, *_: one.shape[0] * weight.numel() if weight.dim() == 3 else 0,
}
