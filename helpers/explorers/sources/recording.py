"""What a source has answered, kept as JSON: a page without a kernel shows an explorer from that.

A source's methods take and give plain data: numbers, strings, tuples, dicts by strings, bytes and None.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any


class Recorder:
    """A live source that remembers what it was asked and what it answered.

    >>> class Squares:
    ...     def of(self, number): return number**2, b"data"
    >>> recorder = Recorder(Squares())
    >>> recorder.of(3)
    (9, b'data')
    >>> Recorded(recorder.json()).of(3)
    (9, b'data')
    """

    def __init__(self, source: Any) -> None:
        self._source, self._answers = source, {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._source, name)
        if not callable(found):
            self._answers[name] = _plain(found)
            return found

        def ask(*arguments: Any) -> Any:
            answer = found(*arguments)
            self._answers[_key(name, arguments)] = _plain(answer)
            return answer

        return ask

    def json(self) -> str:
        """All that was answered so far."""
        return json.dumps(self._answers)


class Recorded:
    """A source that gives what a `Recorder` kept, and refuses everything else in a sentence."""

    def __init__(self, recording: str) -> None:
        self._answers = {key: _lively(answer) for key, answer in json.loads(recording).items()}

    def __getattr__(self, name: str) -> Any:
        if name in self._answers:
            return self._answers[name]

        def ask(*arguments: Any) -> Any:
            key = _key(name, arguments)
            if key not in self._answers:
                raise ValueError("This was not recorded for the page; run the lesson in Jupyter to see it.")
            return self._answers[key]

        return ask


def _key(name: str, arguments: tuple[Any, ...]) -> str:
    return json.dumps([name, _plain(arguments)])


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": b64encode(value).decode("ascii")}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
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
