"""What processes hold in memory, by Linux's own count of shared pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Memory:
    """A process in MB: `share` counts each page by the number of processes that share it (PSS).

    `peak` is the most that it ever held (VmHWM), shared pages in full: an upper bound.
    """

    share: float
    peak: float


def megabytes(text: str, name: str) -> float:
    """The value of one line of /proc/PID/smaps_rollup or status, in MB of a million bytes.

    >>> megabytes("Rss:  9 kB\\nPss:    2000 kB\\nPss_Anon: 7 kB\\n", "Pss")
    2.048
    """
    return int(re.search(rf"^{name}:\s+(\d+) kB$", text, re.MULTILINE)[1]) * 1024 / 1e6


def memory_of(process: int) -> Memory:
    """What a running process holds now, and has held at most."""
    folder = Path("/proc", str(process))
    return Memory(
        megabytes((folder / "smaps_rollup").read_text(), "Pss"),
        megabytes((folder / "status").read_text(), "VmHWM"),
    )


class Watch:
    """The most that processes have held together, looked at every second while `watch` runs."""

    most = 0.0

    async def watch(self, processes: Iterable[int]) -> None:
        """Look until cancelled; MB, each shared page once."""
        processes = list(processes)
        while True:
            self.most = max(self.most, await asyncio.to_thread(_together, processes))
            await asyncio.sleep(1)


def _together(processes: Iterable[int]) -> float:
    total = 0.0
    for process in processes:
        try:
            total += memory_of(process).share
        except (OSError, TypeError):  # it has ended
            continue
    return total
