"""What public functions ask of arrays of numbers, pixels and maps, each with one sentence of refusal."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from helpers.wording.refusals import shown


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
