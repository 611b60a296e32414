"""A network layer by layer: shape, parameters, multiply-adds and receptive field of each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.utils.flop_counter import FlopCounterMode

from helpers.arithmetic.checks import whole
from helpers.models import given
from helpers.reading.graph import Graph, Step, Untraceable, network_graph, on_meta, short_name
from helpers.reading.layer_kinds import kind_of
from helpers.reading.receptive_field import WITHOUT_PRODUCTS, Sight, walk
from helpers.reading.shapes import known_result
from helpers.reading.table import Row, Trace
from helpers.wording.refusals import first_line, shown

# What makes no layer: it only hands on what it is given.
_HANDED_ON = {"getitem", "contiguous", "clone", "detach", "to", "float", "half", "double"}


def trace(model: nn.Module, input_size: tuple[int, ...] | None = None) -> Trace:
    """Return a row per layer for one image of `input_size`, (channels, height, width) in pixels.

    None is the size that the network says it is for: the crop of its `preprocessing` (227 for the paper's
    AlexNet) or its `input_size` (32 for small networks); one that says nothing is shown 3×224×224.

    Layers are modules and functions in the order they run in eval mode. A MAC is a multiply and an add:
    those of convolutions and matrix products are counted; bias, norms, activations and pooling count 0. A
    parameter counts in the first row that uses it. Nothing is allocated, and the model is left as it is.

    A network that torch.fx cannot follow is shown with its modules alone and no receptive field.
    Raises ValueError for what is no network, and for an input size that is no three whole numbers, or that
    the network does not accept.

    >>> net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    >>> trace(net, (3, 32, 32))
    layer  kind             output   parameters     MACs  field  jump
    ─────────────────────────────────────────────────────────────────
    0      conv 3×3         8×32×32         224  221,184      3     1
    1      relu             8×32×32           0        0      3     1
    2      global avg-pool  8×1×1             0        0    all
    3      flatten          8                 0        0    all
    ─────────────────────────────────────────────────────────────────
    total                                   224  221,184
    """
    given.network(model)
    size = _own_size(model) if input_size is None else _checked_size(input_size)
    try:
        graph = network_graph(model)
    except Untraceable as reason:
        empty = on_meta(model)
        return _assembled(empty, *_run_modules(empty, size), f"No receptive fields: {reason}")
    return _assembled(graph.root.model, *_run_graph(graph, size), "")


@dataclass(frozen=True)
class _Layer:
    """What is known of one layer before the parameters are shared out among the layers that use them."""

    step: Step
    kind: str
    output_shape: tuple[int, ...]
    macs: int
    sight: Sight | None
    parameters: list[Tensor]


class _Interpreter(fx.Interpreter):
    """Runs a graph, and notes the shape that each node returns and the multiply-adds it takes."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph.root, graph=graph.nodes)
        self.extra_traceback = False
        self.network = graph
        self.measured: dict[fx.Node, tuple[tuple[int, ...] | None, int]] = {}

    def run_node(self, n: fx.Node) -> Any:
        self.measured[n] = None, 0  # the last one noted is the one that failed
        step = self.network.steps.get(n)
        if step is None:
            return super().run_node(n)

        def run() -> Any:
            known = known_result(step, self.fetch_args_kwargs_from_env(n)[0])
            return super(_Interpreter, self).run_node(n) if known is None else known

        result, macs = _counted(step, self.network.tensors, run)
        self.measured[n] = _shape(result), macs
        return result


def _counted(step: Step, tensors: Mapping[fx.Node, Tensor], run: Callable[[], Any]) -> tuple[Any, int]:
    """What a step returns, and its multiply-adds."""
    if step.operation in WITHOUT_PRODUCTS:
        return run(), 0
    if step.operation in ("conv2d", "linear"):
        weight = step.module.weight if step.module else tensors.get(step.argument(1, "weight"))
        if weight is not None:
            result = run()
            # Every weight is used once for each place: a pixel of the output, or a row of features.
            return result, result.numel() // weight.shape[0] * weight.numel()
    # PyTorch's own counter takes seconds to load, so that it is left to what is rare in these networks.
    with FlopCounterMode(display=False) as counter:
        result = run()
    return result, counter.get_total_flops() // 2


def _run_graph(graph: Graph, size: tuple[int, ...]) -> tuple[list[_Layer], int]:
    """The layers of a network, and all its multiply-adds."""
    sights = walk(graph)
    interpreter = _Interpreter(graph)
    try:
        with torch.no_grad():
            interpreter.run(_image(graph.root, size))
    except Exception as error:  # whatever PyTorch raises where shapes do not fit
        failed = next(reversed(interpreter.measured), None)
        step = graph.steps.get(failed)
        raise _refusal(size, f" at layer {step.name!r}" if step else "", error) from error
    layers: list[_Layer] = []
    # What runs without being a layer, such as arithmetic on the weights, belongs to the next layer.
    macs, parameters = 0, []
    for node, step in graph.steps.items():
        shape, its_macs = interpreter.measured[node]
        macs += its_macs
        parameters += [] if step.module is None else step.module.parameters()
        parameters += [graph.tensors[used] for used in node.all_input_nodes if used in graph.tensors]
        if shape is None or node not in sights or step.operation in _HANDED_ON:
            continue
        kind = kind_of(step, graph.tensors)
        layers.append(_Layer(step, kind, shape, macs, sights[node], parameters))
        macs, parameters = 0, []
    return layers, sum(macs for _, macs in interpreter.measured.values())


def _run_modules(model: nn.Module, size: tuple[int, ...]) -> tuple[list[_Layer], int]:
    """The same for a network that has no graph: its innermost modules, in the order they run."""
    counter = FlopCounterMode(display=False)
    layers: list[_Layer] = []

    def watch(module: nn.Module, name: str) -> None:
        started = [0]

        def before(*_: Any) -> None:
            started[0] = counter.get_total_flops()

        def after(_module: nn.Module, _inputs: Any, result: Any) -> None:
            calls = sum(layer.step.module is module for layer in layers)
            called = f"{name} ({calls + 1})" if calls else name
            step = Step(called, short_name(module).lower(), module)
            macs, shape = (counter.get_total_flops() - started[0]) // 2, _shape(result)
            if shape is not None:
                layers.append(_Layer(step, kind_of(step, {}), shape, macs, None, list(module.parameters())))

        module.register_forward_pre_hook(before)
        module.register_forward_hook(after)

    for name, module in _innermost(model):
        watch(module, name or short_name(module).lower())
    try:
        with torch.device("meta"), torch.no_grad(), counter:
            model(_image(model, size))
    except Exception as error:
        raise _refusal(size, f" after layer {layers[-1].step.name!r}" if layers else "", error) from error
    return layers, counter.get_total_flops() // 2


def _innermost(module: nn.Module, name: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The modules that count as one layer: those without children, and those of PyTorch's own."""
    children = dict(module.named_children())
    if not children or fx.Tracer().is_leaf_module(module, name):
        yield name, module
        return
    for child_name, child in children.items():
        yield from _innermost(child, f"{name}.{child_name}".lstrip("."))


def _assembled(model: nn.Module, layers: list[_Layer], macs: int, note: str) -> Trace:
    lists = _lists_of_blocks(model)
    counted: set[int] = set()
    rows = []
    for layer in layers:
        new = {id(tensor): tensor for tensor in layer.parameters if isinstance(tensor, nn.Parameter)}
        parameters = sum(new[key].numel() for key in new.keys() - counted)
        counted |= new.keys()
        sight = layer.sight or Sight(None)
        rows.append(
            Row(
                layer.step.name,
                layer.kind,
                layer.output_shape,
                parameters,
                layer.macs,
                None if sight.everything else sight.field,
                None if sight.field is None else sight.field.jump,
                sight.everything,
                _block(layer.step.name, lists),
            )
        )
    listed = sum(row.parameters for row in rows), sum(row.macs for row in rows)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return Trace(tuple(rows), parameters - listed[0], macs - listed[1], note)


def _lists_of_blocks(model: nn.Module) -> set[str]:
    """The names of modules that only hold blocks in a row, where a block is what has parts of its own."""
    return {
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Sequential | nn.ModuleList | nn.ModuleDict)
        and any(len(list(child.children())) for child in module.children())
    }


def _block(name: str, lists: set[str]) -> str:
    parts = name.split(".")
    prefixes = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return next((prefix for prefix in prefixes if prefix not in lists), name)


def _own_size(model: nn.Module) -> tuple[int, ...]:
    size = getattr(model, "input_size", None)
    if isinstance(size, tuple) and len(size) == 3:
        return size
    crop = getattr(getattr(model, "preprocessing", None), "crop", 224)
    return 3, crop, crop


def _checked_size(input_size: Any) -> tuple[int, ...]:
    if not isinstance(input_size, tuple | list) or len(input_size) != 3:
        raise ValueError(f"input_size must be (channels, height, width), not {shown(input_size)}.")
    return tuple(whole("input_size", side) for side in input_size)


def _image(model: nn.Module, size: tuple[int, ...]) -> Tensor:
    dtypes = (parameter.dtype for parameter in model.parameters() if parameter.is_floating_point())
    return torch.empty((1, *size), dtype=next(dtypes, None), device="meta")


def _shape(result: Any) -> tuple[int, ...] | None:
    """The shape of a tensor, or of the first of several, without the batch."""
    first = result[0] if isinstance(result, tuple | list) and result else result
    return tuple(first.shape[1:]) if isinstance(first, Tensor) else None


def _refusal(size: tuple[int, ...], place: str, error: Exception) -> ValueError:
    image = "×".join(map(str, size))
    reason = f"{first_line(error)}; use another input_size"
    return ValueError(f"The network does not accept an image of {image}{place}: {reason}.")
