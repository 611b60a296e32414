"""What the figures were measured on, in one line: the machine and the versions of what they depend on."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import torch

PACKAGES = ("torch", "matplotlib", "jupyterlab", "ipykernel", "ipywidgets")


def processor(about: str) -> str:
    """The processor's model from the text of /proc/cpuinfo, or the platform's name for it without one.

    >>> processor("processor : 0\\nmodel name\\t: Example CPU @ 2 GHz\\n")
    'Example CPU @ 2 GHz'
    """
    found = re.search(r"^model name\s*: (.+)$", about, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()


def _read(path: str) -> str:
    file = Path(path)
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _memory() -> str:
    found = re.search(r"^MemTotal:\s+(\d+) kB$", _read("/proc/meminfo"), re.MULTILINE)
    return f"{int(found[1]) * 1024 / 1e9:.0f} GB" if found else "memory unknown"


def _cores() -> str:
    # Those that this process may run on, where the system tells.
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{count} core{'' if count == 1 else 's'}"


def description() -> str:
    """Processor, memory, system, Python and packages: nothing that names the computer or its user."""
    vectors = torch.backends.cpu.get_cpu_capability()  # which of PyTorch's kernels run
    hardware = (processor(_read("/proc/cpuinfo")), vectors, _cores(), _memory())
    software = (f"Python {platform.python_version()}", *(f"{each} {version(each)}" for each in PACKAGES))
    return f"{', '.join(hardware)}; {platform.system()}; {', '.join(software)}"
