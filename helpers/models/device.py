"""The accelerator: pick it, report it, and do without it."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from helpers.wording.refusals import shown


class OutOfMemory(ValueError):
    """A device has too little free memory for what was asked; the sentence says what to do."""


def best_device() -> torch.device:
    """Return this computer's accelerator (CUDA, MPS, XPU, …), or the CPU where PyTorch finds none.

    >>> best_device().type in ("cpu", "cuda", "mps", "xpu")
    True
    """
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return accelerator or torch.device("cpu")


def pick(device: str | torch.device | None = None) -> torch.device:
    """Return the device that is asked for, or the best one for None.

    "meta" holds shapes and no numbers, so it is always there. Raises ValueError where PyTorch does not know
    the device, or this computer does not have it.

    >>> pick("cpu")
    device(type='cpu')
    >>> pick("gpu")
    Traceback (most recent call last):
    ValueError: There is no device 'gpu' here; use 'cpu', or None for the best one.
    """
    if device is None:
        return best_device()
    try:
        wanted = torch.device(device)
    except Exception:  # what was given may raise anything
        wanted = None
    if wanted is None or not _is_here(wanted):
        names = dict.fromkeys(["cpu", best_device().type])
        choices = " or ".join(map(repr, names))
        name = str(device) if isinstance(device, str | torch.device) else shown(device)
        raise ValueError(f"There is no device {shown(name)} here; use {choices}, or None for the best one.")
    return wanted


def device_report() -> str:
    """Return one line that says what the networks run on.

    >>> device_report().startswith("Networks run on the ")
    True
    """
    device = best_device()
    if device.type == "cpu":
        threads = torch.get_num_threads()
        return (
            f"Networks run on the CPU with {threads} thread{'s' * (threads != 1)}; there is no accelerator."
        )
    model = ""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        model = f", {properties.name} with {properties.total_memory / 2**30:.0f} GiB"
    return f"Networks run on the accelerator {device.type!r}{model}; PyTorch finds {_count()}."


@contextmanager
def enough_memory(device: torch.device, what: str) -> Iterator[None]:
    """Raise OutOfMemory, a sentence, where the device has too little memory for `what` inside the `with`.

    What had been taken until then is given back, so that the next try finds it free.

    >>> try:
    ...     with enough_memory(torch.device("cpu"), "VGG"):
    ...         raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried …")
    ... except OutOfMemory as reason:
    ...     print(reason)
    'cpu' has too little free memory for VGG; close other programs, or use something smaller.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        traceback.clear_frames(error.__traceback__)  # their tensors would live as long as the error does
        if device.type not in ("cpu", "meta"):
            _give_back(device)
        instead = "close other programs" if device.type == "cpu" else "build with device='cpu'"
        raise OutOfMemory(
            f"{device.type!r} has too little free memory for {what}; {instead}, or use something smaller."
        ) from None


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error of PyTorch's says that a device's memory has run out.

    >>> is_out_of_memory(RuntimeError("MPS backend out of memory")), is_out_of_memory(RuntimeError("shape"))
    (True, False)
    """
    # CUDA and XPU have a class of their own; MPS and the CPU's allocator say it in words.
    words = "out of memory", "not enough memory", "can't allocate memory", "Invalid buffer size"
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        each in str(error) for each in words
    )


def _give_back(device: torch.device) -> None:
    # By the device's own module, because torch.accelerator has it only in newer versions than ours may be.
    module = getattr(torch, device.type, None)
    if module is not None:
        module.empty_cache()


def _count() -> int:
    return torch.accelerator.device_count()


def _is_here(device: torch.device) -> bool:
    if device.type in ("cpu", "meta"):
        return not device.index
    return device.type == best_device().type and (device.index or 0) < _count()
