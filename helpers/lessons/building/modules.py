"""What every exercise asks of a learner's module before it runs, and of the maps that come out of it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from helpers.lessons.checking import Wrong


def module_itself(answer: Any, example: str = "nn.Sequential(...)") -> None:
    """Raise Wrong, with what to give instead, unless the answer is a module whose weights are there."""
    if isinstance(answer, type) or not isinstance(answer, nn.Module):
        raise Wrong(f"Give the module itself, such as {example}, not a class, a function or a number.")
    with_numbers(answer)


def with_numbers(module: nn.Module) -> None:
    """Raise Wrong, with what they are, unless a module's weights are numbers as PyTorch makes them."""
    for weight in module.parameters():
        if is_lazy(weight):
            raise Wrong("It has a lazy layer, which does not know its channels yet: write them out.")
        if weight.device.type == "meta":
            raise Wrong("Its weights are on 'meta', where there are shapes and no numbers: build it anew.")
        if weight.device.type != "cpu" or weight.dtype != torch.float32:
            raise Wrong(
                f"Its weights are {weight.dtype} on {weight.device.type!r}: keep torch.float32 on 'cpu'."
            )


def maps(out: Any, otherwise: str) -> None:
    """Raise Wrong, with `otherwise`, unless a batch of maps came out, or with another hint if it has NaN."""
    if not isinstance(out, Tensor) or out.ndim != 4:
        raise Wrong(otherwise)
    if not torch.isfinite(out).all():
        raise Wrong("There is NaN or infinity in its output: look at its weights, and at what divides by 0.")
