"""The accelerator: pick it, report it, and do without it."""

import torch


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
    except (RuntimeError, TypeError):
        wanted = None
    if wanted is None or not _is_here(wanted):
        names = dict.fromkeys(["cpu", best_device().type])
        choices = " or ".join(map(repr, names))
        raise ValueError(f"There is no device {str(device)!r} here; use {choices}, or None for the best one.")
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


def _count() -> int:
    return torch.accelerator.device_count()


def _is_here(device: torch.device) -> bool:
    if device.type in ("cpu", "meta"):
        return not device.index
    return device.type == best_device().type and (device.index or 0) < _count()
