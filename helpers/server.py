"""A Jupyter server extension: what the kernel sends goes to the page at once.

By default TCP holds a small packet back until the one before it is acknowledged (Nagle's algorithm,
RFC 896), and the browser takes 40 ms or more to do so (delayed acknowledgment, RFC 1122, section 4.2.3.2).
An explorer's answer is several small packets: half of its time would be spent waiting. Installing the package
switches this extension on, by the file in `jupyter_server_config.d`; where it cannot be loaded, the server's
log says so and pictures come later.
"""

from __future__ import annotations

from typing import Any

CONNECTION = "kernel_websocket_connection_class"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    settings = server.web_app.settings
    settings[CONNECTION] = prompt(settings[CONNECTION])


def prompt(connection: type) -> type:
    """A subclass of the server's class for a page's connection to its kernel: no packet waits for another."""

    class PromptConnection(connection):
        async def connect(self) -> Any:
            self.websocket_handler.set_nodelay(True)
            return await super().connect()

    return PromptConnection
