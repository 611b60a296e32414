"""`python -m tools.offline` cuts a command off from all but this computer itself, or says why it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.disks import allowed

ROOT = Path(__file__).parents[2]
only_cut_off = pytest.mark.skipif(
    not allowed("unshare", "--net", "--map-root-user", "true"), reason="no network namespaces here"
)

# 192.0.2.1 is in a range that nobody has (RFC 5737): with a network, the answer would be long in coming.
REACH = """
import errno, os, socket
with socket.socket() as far:
    far.settimeout(3)
    print(errno.errorcode.get(far.connect_ex(("192.0.2.1", 80))))
with socket.socket() as here, socket.socket() as there:
    here.bind(("127.0.0.1", 0))
    here.listen()
    there.connect(here.getsockname())
    here.accept()[0].send(b"from here")
    print(there.recv(9).decode())
print(os.geteuid(), os.getegid())
"""
FORBIDDEN = """
import errno, sys
from tools import offline
def leave_the_network():
    raise PermissionError(errno.EPERM, "no")
offline.leave_the_network = leave_the_network
offline.main([sys.executable, "-c", "print('ran')"])
"""


def offline(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.offline", *command], cwd=ROOT, capture_output=True, text=True
    )


@only_cut_off
def test_no_network_can_be_reached_but_this_computer_s_own_by_the_same_user() -> None:
    done = offline(sys.executable, "-c", REACH)
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["ENETUNREACH", "from here", f"{os.geteuid()} {os.getegid()}"]


@only_cut_off
def test_a_command_that_is_cut_off_already_can_be_cut_off_again() -> None:
    again = [sys.executable, "-m", "tools.offline", sys.executable, "-c", REACH]
    assert offline(*again).stdout.startswith("ENETUNREACH\nfrom here\n")


def test_the_exit_status_is_the_command_s_own() -> None:
    assert offline(sys.executable, "-c", "raise SystemExit(7)").returncode == 7


@pytest.mark.skipif(sys.platform != "linux", reason="another sentence is said there")
def test_where_the_system_forbids_it_the_command_runs_all_the_same_after_one_line() -> None:
    done = subprocess.run([sys.executable, "-c", FORBIDDEN], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "ran\n"
    assert done.stderr == (
        "Not cut off from the network, since this system does not allow it: Operation not permitted.\n"
    )


def test_without_a_command_it_says_how_to_use_it() -> None:
    done = offline()
    assert done.returncode == 1
    assert done.stderr == "Say which command: python -m tools.offline COMMAND …\n"
