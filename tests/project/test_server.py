"""The server's extension: no packet to the page waits for the one before it."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jupyter_core.paths import ENV_CONFIG_PATH
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from helpers import server


class Connection:
    """What Jupyter's own connections have in common."""

    def __init__(self, handler: WebSocketHandler) -> None:
        self.websocket_handler = handler

    async def connect(self) -> str:
        return "connected"


def connected(connection: type) -> list[Any]:
    """What `connect` returned to a page's handler, and TCP_NODELAY on the server's end from then on."""
    seen: list[Any] = []

    class Handler(WebSocketHandler):
        async def open(self) -> None:
            seen.append(await connection(self).connect())
            end = self.ws_connection.stream.socket
            seen.append(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            self.close()

    async def visit() -> None:
        listening, port = bind_unused_port()
        web = HTTPServer(Application([("/", Handler)]))
        web.add_socket(listening)
        page = await websocket_connect(f"ws://127.0.0.1:{port}/")
        assert await page.read_message() is None  # closed by the server
        page.close()
        web.stop()
        await web.close_all_connections()

    asyncio.run(visit())
    return seen


def test_no_packet_waits_once_the_extension_is_loaded():
    settings = {"kernel_websocket_connection_class": Connection}
    assert connected(Connection) == ["connected", 0]
    server._load_jupyter_server_extension(SimpleNamespace(web_app=SimpleNamespace(settings=settings)))
    prompt = settings["kernel_websocket_connection_class"]
    assert issubclass(prompt, Connection)
    assert connected(prompt) == ["connected", 1]


def test_installing_the_package_tells_the_server_of_it():
    file = Path(ENV_CONFIG_PATH[0]) / "jupyter_server_config.d" / "classic-cnn-lessons.json"
    enabled = json.loads(file.read_text(encoding="utf-8"))["ServerApp"]["jpserver_extensions"]
    assert enabled == {server.__name__: True}
    assert server._jupyter_server_extension_points() == [{"module": server.__name__}]
