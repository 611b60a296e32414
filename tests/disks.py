"""Disks on which nothing can be kept, for commands of tests: full ones, and some that can only be read."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Options of tmpfs, and what a program that wants to write is told.
DISKS = {
    "full": ("size=16k", "No space left on device"),
    "full of files": ("nr_inodes=1", "No space left on device"),
    "read only": ("ro", "Read-only file system"),
}
# A mount namespace of their own, so that nothing stays; what it takes is the right to make a user namespace.
OWN_MOUNTS = ["unshare", "--user", "--map-root-user", "--mount"]


def allowed(*command: str) -> bool:
    """Whether this system has a command, and lets it do what it is to do."""
    return bool(shutil.which(command[0])) and not subprocess.run(command, capture_output=True).returncode


only_with_mounts = pytest.mark.skipif(
    not allowed(*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", "/mnt"), reason="no disk can be mounted here"
)


def on_disk(disk: str, folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command for which `folder` is one of DISKS, as it is found: 16 kB are free on the full one."""
    mount = f'mount -t tmpfs -o {DISKS[disk][0]} tmpfs "$0" && exec "$@"'
    return subprocess.run(
        [*OWN_MOUNTS, "sh", "-c", mount, str(folder), *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
