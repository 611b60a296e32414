"""A network that runs for a look at it: one pass at a time, in eval mode, and afterwards it is as it was."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterator, MutableMapping, MutableSequence, MutableSet
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import nn

from helpers.models.device import OutOfMemory, is_out_of_memory
from helpers.wording.refusals import first_line

_DEPTH = 3  # how far down containers that hold containers are looked into
_LARGEST = 10_000  # of what holds more, such as a list of all photos, the contents are not noted


# Widgets call from several threads: one forward pass must not change modes or hooks under another.
ONE_PASS = threading.RLock()


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Eval mode and no gradients inside the `with`; then each module's mode is what it was.

    >>> net = nn.Dropout()
    >>> with evaluating(net):
    ...     net.training
    False
    >>> net.training
    True
    """
    modes = [(module, module.training) for module in model.modules()]
    try:
        # Not inference mode: what a network keeps of its first pass must be fit to train with later.
        with torch.no_grad():
            model.eval()
            yield
    finally:
        for module, training in modes:
            module.training = training


def uncompiled() -> AbstractContextManager[Any]:
    """A compiled network runs as it was written; the compiler is loaded only if one is there."""
    if "torch._dynamo" not in sys.modules:
        return nullcontext()
    return torch.compiler.set_stance("force_eager")


@contextmanager
def taking(model: nn.Module, shape: tuple[int, ...]) -> Iterator[None]:
    """What a network raises on an image of (channels, height, width) inside the `with` is one sentence.

    It is a ValueError, whatever the network's own code raises; that memory has run out is left as it is.

    >>> with taking(nn.Linear(2, 3), (1, 8, 8)):
    ...     raise AssertionError("8 columns are too many.")
    Traceback (most recent call last):
    ValueError: Linear does not accept an image of shape (1, 8, 8): 8 columns are too many.
    """
    try:
        yield
    except OutOfMemory:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        does_not = "does not accept" if is_about_size(error) else "cannot be run on"
        name = type(model).__name__
        raise ValueError(f"{name} {does_not} an image of shape {shape}: {first_line(error)}.") from error


def is_about_size(error: Exception) -> bool:
    """Whether another image may mend what a network raises: not a mistake in its code.

    >>> is_about_size(RuntimeError("sizes differ")), is_about_size(TypeError("forward() needs 'y'"))
    (True, False)
    """
    return not isinstance(error, TypeError | AttributeError | NameError | NotImplementedError | ImportError)


@contextmanager
def undisturbed(model: nn.Module) -> Iterator[None]:
    """What a network keeps as it runs is gone after the `with`: attributes, caches, buffers, modes, hooks.

    >>> net = nn.ReLU()
    >>> with undisturbed(net):
    ...     net.kept = net.eval()
    >>> hasattr(net, "kept"), net.training
    (False, True)
    """
    notes: dict[int, tuple[Any, Any]] = {}
    for module in model.modules():
        _note(module.__dict__, notes, _DEPTH)
    try:
        yield
    finally:
        for container, contents in notes.values():
            _put_back(container, contents)


def _note(container: Any, notes: dict[int, tuple[Any, Any]], depth: int) -> None:
    """Note what a container holds, and what the containers in it hold."""
    if id(container) in notes or len(container) > _LARGEST:
        return
    mapping = isinstance(container, MutableMapping)
    contents = dict(container) if mapping else list(container)
    notes[id(container)] = container, contents
    if depth:
        for value in contents.values() if mapping else contents:
            if isinstance(value, MutableMapping | MutableSequence | MutableSet | deque):
                _note(value, notes, depth - 1)


def _put_back(container: Any, contents: Any) -> None:
    # Only where something differs: an entry that stays is not taken out for a moment, and may be in use.
    if isinstance(container, MutableMapping):
        if list(container) == list(contents) and all(container[key] is contents[key] for key in contents):
            return
        for key in [key for key in container if key not in contents]:
            del container[key]
        container.update(contents)
    elif len(container) != len(contents) or any(
        now is not then for now, then in zip(container, contents, strict=True)
    ):
        container.clear()
        add = container.update if isinstance(container, MutableSet) else container.extend
        add(contents)
