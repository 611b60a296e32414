"""A network as torch.fx sees it: which module or function runs after which, each step with a name."""

import copy
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn.parameter import is_lazy

from helpers.models import given
from helpers.wording.refusals import first_line

# Names of functions that do the same.
_SAME = {
    **{f"i{name}": name for name in ("add", "sub", "mul", "truediv", "pow")},
    "concat": "cat",
    "concatenate": "cat",
    "maxpool2dwithindices": "maxpool2d",
}

# torch.fx changes nn.Module for every thread while it follows a network, and widgets call from several.
_FOLLOWING = threading.RLock()


class Untraceable(ValueError):
    """A network whose forward pass torch.fx cannot follow, because it depends on the values of its input."""


@dataclass(frozen=True)
class Step:
    """One module, function or method that runs in a forward pass.

    `name` is unique: a module's own, with " (2)" at its second call, or "block.add" for a function.
    `operation` is what runs, in lower case and without underscores, alike for the module, the function and
    the method: "conv2d", "relu", "flatten". `module` is None for functions and methods, whose arguments are
    in `node`.
    """

    name: str
    operation: str
    module: nn.Module | None
    node: fx.Node | None = None

    def argument(self, position: int, name: str, default: Any = None) -> Any:
        """The argument of a function or method, given by position or by name."""
        if len(self.node.args) > position:
            return self.node.args[position]
        return self.node.kwargs.get(name, default)


@dataclass(frozen=True)
class Graph:
    """The forward pass of a network on one image.

    `root` is a copy on the device "meta" that takes the image alone, and `nodes` runs it; `steps` are in
    order; `outputs` has the node that each module's first call returns; `repeated` are the modules that are
    called again; `tensors` has what is fetched from modules, such as a block's own parameter.
    """

    root: nn.Module
    nodes: fx.Graph
    steps: dict[fx.Node, Step]
    outputs: dict[str, fx.Node]
    repeated: set[str]
    tensors: dict[fx.Node, Tensor]


def on_meta(model: nn.Module) -> nn.Module:
    """A copy of a network in eval mode on the device "meta"; the model's own tensors are not copied.

    Raises ValueError for what is no network, and for one with lazy layers that have not run yet.

    >>> copied = on_meta(nn.Linear(2, 3))
    >>> copied.weight.device.type, copied.training
    ('meta', False)
    """
    given.network(model)
    # deepcopy takes what is in its memo for what it would have copied: tensors without numbers, no hooks.
    memo: dict[int, Any] = {}
    for name, module in model.named_modules():
        for held in (module._parameters, module._buffers, module.__dict__):
            for value in held.values():
                if is_lazy(value):
                    raise ValueError(f"Layer {name!r} has no shape yet; run the network on an image first.")
                if isinstance(value, Tensor) and id(value) not in memo:
                    memo[id(value)] = _emptied(value)
        for hooks in (module._forward_hooks, module._forward_pre_hooks):
            memo[id(hooks)] = OrderedDict()
    return copy.deepcopy(model, memo).eval()


def _emptied(tensor: Tensor) -> Tensor:
    empty = tensor.detach().to("meta")
    return nn.Parameter(empty, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else empty


def network_graph(model: nn.Module) -> Graph:
    """The graph of a network's forward pass in eval mode; the model itself is left as it is.

    Raises Untraceable where torch.fx cannot follow it.

    >>> [step.name for step in network_graph(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())).steps.values()]
    ['0', '1']
    """
    root = _OneImage(on_meta(model))
    tracer = _Tracer()
    try:
        with _FOLLOWING, _modules_restored(), torch.device("meta"), torch.no_grad():
            graph = tracer.trace(root)
    except Exception as error:  # the model's own code runs here on stand-ins, and may raise anything
        reason = first_line(error)
        raise Untraceable(f"torch.fx cannot follow {type(model).__name__}: {reason}.") from error
    steps = _named_steps(root, graph, tracer.scopes)
    fetched = {node: _fetch(root, node) for node in graph.nodes if node.op == "get_attr"}
    return Graph(root, graph, steps, tracer.outputs, tracer.repeated, fetched)


@contextmanager
def _modules_restored() -> Iterator[None]:
    """Networks run as before after the `with`; torch.fx, when interrupted, may leave nn.Module changed."""
    before = {name: getattr(nn.Module, name) for name in ("__call__", "__getattr__")}
    try:
        yield
    finally:
        for name, method in before.items():
            if getattr(nn.Module, name) is not method:
                setattr(nn.Module, name, method)


def short_name(module: nn.Module) -> str:
    """The name of a module's class in torch.nn, which may be a base of its own class.

    >>> short_name(nn.Conv2d(1, 1, 1))
    'Conv2d'
    """
    classes = (each for each in type(module).__mro__ if each.__module__.startswith("torch.nn.modules."))
    found = next(classes)  # nn.Module itself at last
    return (type(module) if found is nn.Module else found).__name__


class _OneImage(nn.Module):
    """Calls a network with one image, so that its further arguments keep their defaults."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> Any:
        return self.model(image)


class _Tracer(fx.Tracer):
    """Notes which module each node belongs to, and what each module returns."""

    def __init__(self) -> None:
        super().__init__()
        self.outputs: dict[str, fx.Node] = {}
        self.repeated: set[str] = set()
        self.scopes: dict[fx.Node, str] = {}
        self._path = [""]
        self._thread = threading.get_ident()

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if threading.get_ident() != self._thread:  # a network at work there, which is nothing to be followed
            return forward(*args, **kwargs)
        name = _without_root(self.path_of_module(m))
        self._path.append(name)
        try:
            output = super().call_module(m, forward, args, kwargs)
        finally:
            self._path.pop()
        if name in self.outputs:
            self.repeated.add(name)
        if isinstance(output, fx.Proxy):
            self.outputs.setdefault(name, output.node)
        return output

    def create_node(self, *args: Any, **kwargs: Any) -> fx.Node:
        node = super().create_node(*args, **kwargs)
        self.scopes[node] = self._path[-1]
        return node


def _named_steps(root: nn.Module, graph: fx.Graph, scopes: dict[fx.Node, str]) -> dict[fx.Node, Step]:
    modules = dict(root.named_modules())
    calls: Counter[str] = Counter()
    steps = {}
    for node in graph.nodes:
        if node.op not in ("call_module", "call_function", "call_method"):
            continue
        module = modules[node.target] if node.op == "call_module" else None
        if module is not None:
            operation = _operation(short_name(module))
            name = _without_root(node.target) or operation
        else:
            called = node.target if isinstance(node.target, str) else node.target.__name__
            operation = _operation(called)
            name = f"{scopes[node]}.{_SAME.get(called, called.strip('_'))}".lstrip(".")
        calls[name] += 1
        unique = name if calls[name] == 1 else f"{name} ({calls[name]})"
        steps[node] = Step(unique, operation, module, node)
    return steps


def _fetch(root: nn.Module, node: fx.Node) -> Tensor:
    value: Any = root
    for part in node.target.split("."):
        value = getattr(value, part)
    return value


def _operation(name: str) -> str:
    name = name.lower().replace("_", "")
    return _SAME.get(name, name)


def _without_root(name: str) -> str:
    return "" if name == "model" else name.removeprefix("model.")
