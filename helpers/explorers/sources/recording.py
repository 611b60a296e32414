"""What a source has answered, kept as JSON: a page without a kernel shows an explorer from that.

A source's methods take and give plain data: numbers, strings, tuples, dicts by strings, bytes and None.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any


class Recorder:
    """A live source that remembers what it was asked and what it answered.

    `packed` is done to the bytes among the answers before they are kept.

    >>> class Squares:
    ...     def of(self, number): return number**2, b"data"
    >>> recorder = Recorder(Squares())
    >>> recorder.of(3)
    (9, b'data')
    >>> Recorded(json.loads(recorder.json())).of(3)
    (9, b'data')
    """

    def __init__(self, source: Any, packed: Callable[[bytes], bytes] = bytes) -> None:
        self._source, self._packed, self._answers = source, packed, {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._source, name)
        if not callable(found):
            self._answers[name] = _plain(found, self._packed)
            return found

        def ask(*arguments: Any) -> Any:
            answer, key = found(*arguments), _key(name, arguments)
            if key not in self._answers:
                self._answers[key] = _plain(answer, self._packed)
            return answer

        return ask

    def json(self) -> str:
        """All that was answered so far."""
        return json.dumps(self._answers)  # in the order of the answers: menus are in the order of a dict


class Recorded:
    """A source that gives what a `Recorder` kept, and refuses everything else in a sentence.

    The same question gets the same object as answer.
    """

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers, self._given = answers, {}

    def __getattr__(self, name: str) -> Any:
        return self._answer(name) if name in self._answers else partial(self._ask, name)

    def _ask(self, name: str, *arguments: Any) -> Any:
        return self._answer(_key(name, arguments))

    def _answer(self, key: str) -> Any:
        if key not in self._answers:
            raise ValueError("This was not recorded for the page; run the lesson in Jupyter to see it.")
        if key not in self._given:
            self._given[key] = _lively(self._answers[key])
        return self._given[key]


def _key(name: str, arguments: tuple[Any, ...]) -> str:
    return json.dumps([name, _plain(arguments)])


def _plain(value: Any, packed: Callable[[bytes], bytes] = bytes) -> Any:
    if isinstance(value, bytes):
        return {"bytes": b64encode(packed(value)).decode("ascii")}
    if isinstance(value, tuple | list):
        return [_plain(each, packed) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each, packed) for key, each in value.items()}
    return value


def _lively(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_lively(each) for each in value)
    if isinstance(value, dict):
        return (
            b64decode(value["bytes"])
            if list(value) == ["bytes"]
            else {k: _lively(v) for k, v in value.items()}
        )
    return value
