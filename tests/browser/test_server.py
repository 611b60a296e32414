"""`make lab` opens the lessons to this computer alone, and to nobody without the token."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from socket import create_connection, getaddrinfo, gethostname
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

import pytest

from tests.browser.server import running_server

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here"),
]


def lab_options() -> list[str]:
    """The options that `make lab` gives to Jupyter."""
    done = subprocess.run(["make", "-n", "lab"], cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = (line for line in done.stdout.splitlines() if "jupyter lab " in line)
    return [word for word in shlex.split(line) if word.startswith("-")]


class Stay(HTTPRedirectHandler):
    """Follows no redirection: a page without the token leads to the one that asks for it."""

    def redirect_request(self, *_: object) -> None:
        return None


def status(address: str) -> int:
    try:
        with build_opener(ProxyHandler({}), Stay).open(address, timeout=30) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


def answers(address: str, port: int) -> bool:
    try:
        create_connection((address, port), timeout=5).close()
    except OSError:
        return False
    return True


def test_make_lab_changes_nothing_that_keeps_others_out():
    assert set(lab_options()) <= {"--allow-root", "--ServerApp.ip=127.0.0.1"}


def test_what_make_installs_does_not_ask_whether_news_are_wanted():
    config = Path(sys.prefix) / "etc" / "jupyter" / "labconfig" / "page_config.json"
    if not (ROOT / ".venv" / "ready").exists() or Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("another environment than that of `make`")
    disabled = json.loads(config.read_text(encoding="utf-8"))["disabledExtensions"]
    assert disabled["@jupyterlab/apputils-extension:announcements"] is True


def test_make_lab_listens_on_loopback_and_wants_the_token(tmp_path):
    (tmp_path / "notebooks").mkdir()
    with running_server(tmp_path, lab_options()) as server:
        port = urlsplit(server.address).port
        assert answers("127.0.0.1", port)
        # A server for all addresses would answer at each of these.
        others = {"127.0.0.2", "::1", *(each[4][0] for each in getaddrinfo(gethostname(), port))}
        assert [each for each in others - {"127.0.0.1"} if answers(each, port)] == []
        assert len(server.token) >= 32
        pages = {"api/contents": 403, "api/kernels": 403, "api/sessions": 403, "lab": 302, "files/a": 302}
        for page, refused in pages.items():
            assert status(f"{server.address}{page}") == refused, page
            assert status(f"{server.address}{page}?token={'0' * len(server.token)}") == refused, page
        assert status(f"{server.address}api/contents?token={server.token}") == 200
        assert status(f"{server.address}lab?token={server.token}") == 200
        assert "helpers.server | extension was successfully loaded" in server.log.read_text(encoding="utf-8")
