"""A real Jupyter server on loopback with folders of its own, and copies of notebooks for it to serve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

START_S, STOP_S = 90, 20
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

# What differs from JupyterLab's defaults, and why.
SETTINGS: dict[str, dict[str, Any]] = {
    # Cells that are scrolled out of sight are painted too, so that all of them can be looked at.
    "notebook-extension/tracker": {"windowingMode": "none"},
    # No request leaves this computer, and no question about news lies over the page.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@dataclass(frozen=True)
class Server:
    """A running Jupyter server; its address ends with a slash."""

    address: str
    token: str
    log: Path
    pid: int


@contextmanager
def running_server(home: Path, options: Sequence[str] = ("--ServerApp.ip=127.0.0.1",)) -> Iterator[Server]:
    """JupyterLab's server over `home`/notebooks with folders of its own there; it is stopped at the end."""
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    for plugin, settings in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += [f"--ServerApp.root_dir={home / 'notebooks'}", "--ServerApp.port=0", *options]
    command += ["--allow-root"] if AS_ROOT else []
    environment = {**os.environ, **{name: str(home / each) for name, each in folders.items()}}
    log = home / "server.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield Server(*_address(server, home / "runtime", log), log, server.pid)
        finally:
            server.terminate()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()  # the kernels stop by themselves when their parent is gone
                server.wait()


def _address(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> tuple[str, str]:
    """The server's address and token, once it answers."""
    deadline = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < deadline:
        for file in runtime.glob("jpserver-*.json"):
            try:
                about = json.loads(file.read_text(encoding="utf-8"))
            except json.JSONDecodeError:  # half written
                continue
            return about["url"], about["token"]
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start in {START_S} s.\n{tail(log)}")


def copy_without_outputs(notebook: Path, folder: Path) -> None:
    """A copy of a notebook in a folder, as before it was ever run."""
    content = nbformat.read(notebook, as_version=4)
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    folder.mkdir(exist_ok=True)
    nbformat.write(content, folder / notebook.name)


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
