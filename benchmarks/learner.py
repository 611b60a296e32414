"""One learner: a kernel of a Jupyter server, sent what JupyterLab sends for Run All and for a slider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from uuid import uuid4

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.browser.server import Server

START_S, RUN_S, MOVE_S = 120, 1800, 60  # to notice what hangs; a slow machine is no failure
PROTOCOL = "v1.kernel.websocket.jupyter.org"
VIEW = "application/vnd.jupyter.widget-view+json"
SLIDERS, BOXES = {"IntSliderModel", "FloatSliderModel"}, {"CheckboxModel"}
GONE = {"restarting", "autorestarting", "dead"}


class Failure(RuntimeError):
    """What a learner would complain about: an error in a cell, a dead kernel, or waiting in vain."""


@dataclass
class Answer:
    """What the kernel sent because of one message."""

    sent: float = field(default_factory=perf_counter)
    contents: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    picture: float | None = None
    """When the last new picture arrived."""
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    waits_for: set[str] = field(default_factory=lambda: {"idle"})

    def take(self, kind: str, content: dict[str, Any]) -> None:
        """Note one message; the answer is complete when all it waits for has come."""
        self.contents.append((kind, content))
        if kind == "comm_msg" and "content" in content["data"].get("state", {}):
            self.picture = perf_counter()
        self.waits_for.discard(content.get("execution_state", "") if kind == "status" else kind)
        if not self.waits_for:
            self.complete.set()


@dataclass
class Page:
    """The widgets that a page shows, by what the kernel has said about them."""

    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)

    def take(self, kind: str, content: dict[str, Any]) -> None:
        """Keep a widget's state, and which ones a cell has put on the page."""
        if kind == "comm_open":
            self.models[content["comm_id"]] = dict(content["data"].get("state", {}))
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            self.models.setdefault(content["comm_id"], {}).update(content["data"]["state"])
        elif kind in ("execute_result", "display_data") and "image/png" in content["data"]:
            view = content["data"].get(VIEW)
            if view and view["model_id"] not in self.shown:
                self.shown.append(view["model_id"])

    def controls(self) -> list[str]:
        """The sliders of all explorers on the page, in order; where there is none, the first box to tick."""
        inside = [each for explorer in self.shown for each in self._inside(explorer)]
        sliders = [each for each in inside if self._is(each, SLIDERS) and _has_room(self.models[each])]
        return sliders or [each for each in inside if self._is(each, BOXES)][:1]

    def _is(self, model: str, kinds: Collection[str]) -> bool:
        return self.models[model].get("_model_name") in kinds

    def _inside(self, model: str) -> Iterator[str]:
        for child in self.models[model].get("children", ()):
            name = child.removeprefix("IPY_MODEL_")
            yield name
            yield from self._inside(name)

    def step(self, control: str) -> float | bool:
        """The value after one key press: a step up, or down at the upper end, or the other state of a box.

        The page has it then.
        """
        state = self.models[control]
        value = state["value"]
        if self._is(control, BOXES):
            state["value"] = not value
        else:
            up = value + state["step"]
            state["value"] = up if up <= state["max"] else value - state["step"]
        return state["value"]


def _has_room(slider: Mapping[str, Any]) -> bool:
    return not slider.get("disabled") and slider["max"] - slider["min"] >= slider["step"]


class Learner:
    """A kernel and the connection to it; use `learner`."""

    def __init__(self, connection: WebSocketClientConnection, session: str) -> None:
        self.page = Page()
        self.pid = 0
        self._connection, self._session = connection, session
        self._answers: dict[str, Answer] = {}
        self._subshell: str | None = None
        self._gone = ""

    async def listen(self) -> None:
        """Sort what the kernel sends until the connection ends."""
        while isinstance(data := await self._connection.read_message(), bytes):
            _, (header, parent, _, content, *_) = deserialize_msg_from_ws_v1(data)
            kind, about = json.loads(header)["msg_type"], json.loads(content)
            self.page.take(kind, about)
            if kind == "status" and about["execution_state"] in GONE:
                break
            if answer := self._answers.get(json.loads(parent).get("msg_id", "")):
                answer.take(kind, about)
        self._gone = "the kernel died, or its connection ended"
        for answer in self._answers.values():
            answer.complete.set()

    async def start(self) -> None:
        """Wait until the kernel answers, and ask for a thread for widgets, as JupyterLab does."""
        info = await self._wait(
            await self._send("kernel_info_request", {}, reply="kernel_info_reply"), START_S
        )
        reply = dict(info.contents)["kernel_info_reply"]
        code = {"silent": True, "user_expressions": {"pid": "__import__('os').getpid()"}}
        answer = await self._wait(await self._execute("", **code), START_S)
        self.pid = int(
            dict(answer.contents)["execute_reply"]["user_expressions"]["pid"]["data"]["text/plain"]
        )
        if "kernel subshells" in reply.get("supported_features", ()):
            kind = "create_subshell"
            sent = await self._send(f"{kind}_request", {}, reply=f"{kind}_reply", channel="control")
            answer = await self._wait(sent, START_S)
            self._subshell = dict(answer.contents)[f"{kind}_reply"]["subshell_id"]

    async def run_all(self, cells: Sequence[str]) -> float:
        """Send every cell at once, as Run All does; the seconds until the last is done."""
        start = perf_counter()
        answers = [await self._execute(cell) for cell in cells]
        for answer in answers:
            await self._wait(answer, RUN_S - (perf_counter() - start))
            for kind, content in answer.contents:
                if kind == "error":
                    raise Failure(f"{content['ename']}: {content['evalue']}")
        return perf_counter() - start

    async def move(self, control: str) -> float:
        """Move a control by one step; milliseconds until the new picture is there."""
        update = {"method": "update", "state": {"value": self.page.step(control)}, "buffer_paths": []}
        content = {"comm_id": control, "data": update}
        answer = await self._wait(
            await self._send("comm_msg", content, reply=None, subshell=self._subshell), MOVE_S
        )
        if answer.picture is None:
            label = self.page.models[control]["description"]
            raise Failure(f"no new picture for {label} = {update['state']['value']}")
        return 1000 * (answer.picture - answer.sent)

    async def _execute(self, code: str, **options: Any) -> Answer:
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": True, **options}
        return await self._send("execute_request", content, reply="execute_reply")

    async def _send(
        self,
        kind: str,
        content: dict[str, Any],
        *,
        reply: str | None,
        channel: str = "shell",
        subshell: str | None = None,
    ) -> Answer:
        header = {"msg_id": uuid4().hex, "msg_type": kind, "session": self._session, "username": "learner"}
        header |= {"version": "5.4", "date": "2000-01-01T00:00:00Z"}
        if subshell:
            header["subshell_id"] = subshell
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        answer = self._answers[header["msg_id"]] = Answer()
        if reply:
            answer.waits_for.add(reply)
        await self._connection.write_message(
            serialize_msg_to_ws_v1(message, channel, pack=lambda part: json.dumps(part).encode()), binary=True
        )
        return answer

    async def _wait(self, answer: Answer, seconds: float) -> Answer:
        try:
            await asyncio.wait_for(answer.complete.wait(), seconds)
        except TimeoutError:
            raise Failure(f"no answer in {seconds:.0f} s") from None
        if answer.waits_for:
            raise Failure(self._gone)
        return answer


@asynccontextmanager
async def learner(server: Server, notebook: str, number: int) -> AsyncIterator[Learner]:
    """A learner with a started kernel of their own for a notebook; the kernel is stopped at the end."""
    client, session = AsyncHTTPClient(), uuid4().hex
    token = {"Authorization": f"token {server.token}"}
    # A path of their own, since the server gives one kernel to one path.
    wanted = {
        "path": f"{number}-{notebook}",
        "name": notebook,
        "type": "notebook",
        "kernel": {"name": "python3"},
    }
    made = await client.fetch(
        HTTPRequest(
            f"{server.address}api/sessions", "POST", token, json.dumps(wanted), request_timeout=START_S
        )
    )
    about = json.loads(made.body)
    address = f"ws{server.address.removeprefix('http')}api/kernels/{about['kernel']['id']}/channels"
    connection = await websocket_connect(
        HTTPRequest(f"{address}?session_id={session}", headers=token),
        subprotocols=[PROTOCOL],
        max_message_size=2**30,
    )
    one = Learner(connection, session)
    listening = asyncio.create_task(one.listen())
    try:
        await one.start()
        yield one
    finally:
        listening.cancel()
        connection.close()
        with suppress(OSError):
            await client.fetch(HTTPRequest(f"{server.address}api/sessions/{about['id']}", "DELETE", token))
