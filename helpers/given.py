"""What the public functions ask of what they are given, each with one sentence for what cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from torch import Tensor, nn

from helpers.names import shown


def network(given: object) -> None:
    """Raise ValueError unless a network is given.

    >>> network("resnet18")
    Traceback (most recent call last):
    ValueError: The network is 'resnet18'; give the module itself, such as build('resnet18').
    """
    if not isinstance(given, nn.Module):
        raise ValueError(f"The network is {shown(given)}; give the module itself, such as build('resnet18').")


def several(what: str, given: str | Iterable[str]) -> list[str]:
    """Return names as a list, of which one alone may be given; raises ValueError where there are none.

    >>> several("layers", "conv1"), several("layers", ("conv1", "conv2"))
    (['conv1'], ['conv1', 'conv2'])
    """
    if isinstance(given, str):
        return [given]
    if not isinstance(given, Iterable) or isinstance(given, bytes | nn.Module):
        raise ValueError(f"The {what} are {shown(given)}; give a name or a list of names.")
    return list(given)


def named(what: str, given: object, kind: type, example: str, *, least: int = 1) -> None:
    """Raise ValueError unless a mapping is given of names to things of one kind, as in the example.

    >>> named("amounts", {"conv1": "many"}, float, "a number")
    Traceback (most recent call last):
    ValueError: The amounts have 'many' for 'conv1'; give a number by each name.
    """
    if not isinstance(given, Mapping) or len(given) < least:
        raise ValueError(f"The {what} are {shown(given)}; give {example} by name, in a dict.")
    for name, each in given.items():
        if not isinstance(each, kind) or isinstance(each, bool):
            raise ValueError(f"The {what} have {shown(each)} for {shown(name)}; give {example} by each name.")


def numbers(what: str, given: object, *, axes: int = 1, holes: bool = False) -> np.ndarray:
    """Return numbers as an array of floats of so many axes; only with `holes` some may be NaN.

    Raises ValueError for what holds no numbers, or infinite ones, and for another number of axes.

    >>> numbers("line 'a'", [])
    Traceback (most recent call last):
    ValueError: The line 'a' is []; give a list of finite numbers, one at least.
    """
    try:
        array = np.asarray(given.detach().cpu() if isinstance(given, Tensor) else given, dtype=float)
    except Exception:  # what was given may raise anything
        array = np.array(None, dtype=float)
    wrong = np.isinf(array) if holes else ~np.isfinite(array)
    if array.ndim != axes or not array.size or wrong.any():
        table = "a list" if axes == 1 else "a table"
        raise ValueError(f"The {what} is {shown(given)}; give {table} of finite numbers, one at least.")
    return array


def pixels(given: Any) -> None:
    """Raise ValueError unless an array of the shape (height, width, 3) is given."""
    if not isinstance(given, np.ndarray) or given.ndim != 3 or given.shape[2] != 3:
        found = f"have the shape {given.shape}" if isinstance(given, np.ndarray) else f"are {shown(given)}"
        raise ValueError(f"The pixels {found}; give an array of shape (height, width, 3).")


def maps(name: object, given: Tensor, channels: str = "channels") -> Tensor:
    """Return maps on the CPU without their batch of one; raises ValueError for another shape or no numbers.

    `channels` says how many there may be, such as "1 or 3".

    >>> maps("photo", Tensor(1, 3, 8, 8)).shape
    torch.Size([3, 8, 8])
    """
    counts = [int(count) for count in channels.split() if count.isdigit()]
    shape = tuple(given.shape[1:] if given.dim() == 4 and len(given) == 1 else given.shape)
    if given.is_meta or len(shape) != 3 or 0 in shape or (counts and shape[0] not in counts):
        where = " on 'meta'" if given.is_meta else ""
        raise ValueError(
            f"{shown(name)} has the shape {tuple(given.shape)}{where}; give ({channels}, height, width)."
        )
    return given.detach().cpu().reshape(shape)


def networks(given: nn.Module | Mapping[str, nn.Module], name: str) -> dict[str, nn.Module]:
    """Return networks by name, of which one alone may be given; raises ValueError for what is none.

    >>> networks(nn.ReLU(), "mine")
    {'mine': ReLU()}
    """
    if isinstance(given, nn.Module):
        return {name: given}
    named("networks", given, nn.Module, "a network", least=0)
    if not given:
        raise ValueError("There is no network; give at least one.")
    return dict(given)
