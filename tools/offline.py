"""Run a command cut off from every network: `python -m tools.offline COMMAND …`."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

# From <sched.h>, <linux/sockios.h> and <net/if.h>.
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def leave_the_network() -> None:
    """Put this process into a network namespace of its own, in which 127.0.0.1 works and nothing else does.

    A user namespace in which everybody keeps their own number gives the right to it. What this process starts
    is in there too. Raises OSError where the system does not allow it; the process may be changed by then.
    """
    user, group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    process = Path("/proc/self")
    (process / "setgroups").write_text("deny")  # without it, no group may be named
    (process / "uid_map").write_text(f"{user} {user} 1")
    (process / "gid_map").write_text(f"{group} {group} 1")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def why_not() -> str:
    """Why this system cannot run a command without a network; empty where it can."""
    if sys.platform != "linux":
        return f"{sys.platform} has no network namespaces"
    child = os.fork()
    if not child:
        try:
            leave_the_network()
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return os.strerror(code) if code else ""


def main(command: list[str]) -> None:
    if not command:
        sys.exit("Say which command: python -m tools.offline COMMAND …")
    reason = why_not()
    if reason:
        sys.stderr.write(f"Not cut off from the network, since this system does not allow it: {reason}.\n")
    else:
        leave_the_network()
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
