"""The receptive field of any unit of a network, found by walking the network's torch.fx graph."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from torch import fx, nn

from helpers.arithmetic import ReceptiveField, Span
from helpers.reading.graph import Graph, Step, network_graph
from helpers.reading.windows import window
from helpers.wording.refusals import known

# What gives numbers or constants, not something seen in the image.
_NUMBERS = {"size", "dim", "len", "numel", "zeroslike", "oneslike", "newzeros", "newones"}
_ATTRIBUTES = {"shape", "dtype", "device", "ndim"}

# What makes each pixel of the output from the pixel at the same place, in any number of inputs and channels.
_POINTWISE = set(
    """
    add sub mul truediv div pow neg abs sqrt rsqrt exp log square sign maximum minimum where lerp
    clamp clampmin clampmax gt lt ge le eq ne
    relu relu6 leakyrelu prelu rrelu elu selu celu gelu silu mish sigmoid logsigmoid tanh hardtanh hardswish
    hardsigmoid hardshrink softshrink tanhshrink softplus softsign threshold softmax2d
    batchnorm batchnorm2d syncbatchnorm localresponsenorm crossmaplrn2d
    dropout dropout1d dropout2d alphadropout featurealphadropout
    identity contiguous clone detach float half double to typeas channelshuffle
    """.split()  # noqa: SIM905 - seventy quoted words would hide what is in the list
)
# What gives several tensors, of which getitem then takes one.
_SEVERAL = {"chunk", "split", "tensorsplit", "maxpool2d", "max", "min"}


@dataclass(frozen=True)
class Sight:
    """What the units of one tensor see of the image.

    `field` is the receptive field through windows alone, and None where no map is left (after a global pool
    or a flatten). `everything` says that each unit sees the whole image, as after a global pool or
    squeeze-and-excitation. `problem` is a sentence that says where the field could not be followed, or empty.
    """

    field: ReceptiveField | None
    everything: bool = False
    problem: str = ""

    @property
    def is_map(self) -> bool:
        return self.field is not None


_NO_MAP = Sight(None, everything=True)


def receptive_field(model: nn.Module, layer: str | None = None) -> ReceptiveField | None:
    """Return what one unit of a layer sees of the image, in pixels, or None if it sees all of any image.

    `layer` is a module's name (of a block too; its first call counts) or a name in the table of `trace`;
    None is the last layer whose output is still a map. Convolutions, pooling, padding and slices widen or
    shift the field; branches that are added or concatenated have the field of both; what works pixel by pixel
    passes it on, and so does batch norm, as in eval mode. A unit sees everything after a global or adaptive
    pool, a flatten, or a norm with statistics of the image itself (group, layer and instance norm). Padding
    is counted in, so the field may reach beyond an image. No weights are read and nothing runs.

    The recurrence is that of `helpers.arithmetic.Span.through`.

    Raises ValueError for an unknown layer, what is no network or one that torch.fx cannot follow, branches
    that join with unequal jumps, and layers that are not followed (upsampling and transposed convolutions,
    for example).

    >>> net = nn.Sequential(nn.Conv2d(3, 8, 5, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten())
    >>> receptive_field(net).size, receptive_field(net).jump
    ((9, 9), (4, 4))
    >>> receptive_field(net, "0").box(unit=(0, 10))
    (0, 20, 4, 24)
    >>> print(receptive_field(net, "3"))
    None
    """
    graph = network_graph(model)
    sights = walk(graph)
    if layer is None:
        # The image itself is a map, so that there is a last one.
        *_, sight = (sight for sight in sights.values() if sight.is_map or sight.problem)
    else:
        nodes = {step.name: node for node, step in graph.steps.items()} | graph.outputs
        known("layer", layer, nodes)
        if nodes[layer] not in sights:
            raise ValueError(f"The output of layer {layer!r} does not depend on the image.")
        sight = sights[nodes[layer]]
    if sight.problem:
        raise ValueError(sight.problem)
    return None if sight.everything else sight.field


def walk(graph: Graph) -> dict[fx.Node, Sight]:
    """Return what the units of each tensor see, in the order of the forward pass.

    Parameters, numbers and shapes are left out: they see nothing of the image.
    """
    sights: dict[fx.Node, Sight] = {}
    for node in graph.nodes.nodes:
        if node.op == "placeholder":
            sights[node] = Sight(ReceptiveField())
        elif node in graph.steps:
            sight = _follow(graph, graph.steps[node], sights)
            if sight is not None:
                sights[node] = sight
    return sights


def _follow(graph: Graph, step: Step, sights: dict[fx.Node, Sight]) -> Sight | None:
    inputs = [sights[node] for node in step.node.all_input_nodes if node in sights]
    if not inputs or step.operation in _NUMBERS or _fetches_number(step):
        return None
    problems = [sight for sight in inputs if sight.problem]
    if problems:
        return problems[0]
    if not any(sight.is_map for sight in inputs):
        return _NO_MAP
    rule = _RULES.get(step.operation)
    joined = _join(step, inputs)
    if joined.problem or step.operation in _POINTWISE:
        return joined
    return rule(graph, step, joined) if rule else _problem(step)


def _fetches_number(step: Step) -> bool:
    return step.operation == "getattr" and step.node.args[1] in _ATTRIBUTES


def _problem(step: Step, reason: str = "") -> Sight:
    what = f"layer {step.name!r}" if step.module is None else f"layer {step.name!r} ({step.operation})"
    return Sight(None, problem=f"The receptive field cannot be followed through {what}{reason}.")


def _join(step: Step, inputs: Iterable[Sight]) -> Sight:
    """What a unit sees whose value is made of the units at the same place in several tensors."""
    maps = [sight.field for sight in inputs if sight.field is not None]
    jumps = list(dict.fromkeys(field.jump for field in maps))
    if len(jumps) > 1:
        return _problem(step, f", which joins maps of unequal jumps {jumps[0]} and {jumps[1]}")
    field = maps[0]
    for other in maps[1:]:
        field = field.merge(other)
    return Sight(field, any(sight.everything for sight in inputs))


def _follow_window(graph: Graph, step: Step, sight: Sight) -> Sight:
    found = window(step, graph.tensors)
    if found is None:
        # Older networks pool globally with a window as large as the map: F.avg_pool2d(x, x.shape[2:]).
        return _problem(step, ", whose weights are computed") if step.operation == "conv2d" else _NO_MAP
    through = sight.field.through(found.kernel_size, found.stride, found.padding, found.dilation)
    return replace(sight, field=through)


def _follow_padding(graph: Graph, step: Step, sight: Sight) -> Sight:
    amounts = step.argument(1, "pad") if step.module is None else step.module.padding
    if not all(isinstance(amount, int) for amount in amounts):
        return _problem(step, ", whose size is computed")
    left, _, top, _ = (*amounts, 0, 0)[:4]
    return replace(sight, field=_moved(sight.field, (-top, -left)))


def _follow_index(graph: Graph, step: Step, sight: Sight) -> Sight:
    source, index = step.node.args
    if isinstance(index, int) and source in graph.steps and graph.steps[source].operation in _SEVERAL:
        return sight
    index = index if isinstance(index, tuple) else (index,)
    if Ellipsis in index:
        cut = index.index(Ellipsis)
        rest = index[cut + 1 :]
        index = index[:cut] + (slice(None),) * (4 - cut - len(rest)) + rest
    rows, columns = (*index, *(slice(None),) * 4)[2:4]
    steps, starts = zip(*map(_step_and_start, (rows, columns)), strict=True)
    if not all(isinstance(part, slice) for part in index) or None in starts:
        return _problem(step)
    moved = _moved(sight.field, starts)
    return replace(sight, field=moved.through(1, stride=steps))


def _step_and_start(part: Any) -> tuple[int, int | None]:
    """The step and the start of a slice; the start is None where it depends on the size of the image."""
    start, step = (getattr(part, "start", None) or 0), (getattr(part, "step", None) or 1)
    if not isinstance(start, int) or not isinstance(step, int) or start < 0:
        return 1, None
    return step, start


def _moved(field: ReceptiveField, pixels: tuple[int, int]) -> ReceptiveField:
    """The field of units that are counted from `pixels` (down, across) of the map on."""
    y, x = (
        Span(span.jump, span.lo + count * span.jump, span.hi + count * span.jump)
        for span, count in zip((field.y, field.x), pixels, strict=True)
    )
    return ReceptiveField(y, x)


def _follow_channels(graph: Graph, step: Step, sight: Sight) -> Sight:
    """What works along one dimension, which must not be one of the image's."""
    position = 2 if step.operation in _SEVERAL else 1
    default = 0 if step.module is None else getattr(step.module, "dim", None)
    dimension = step.argument(position, "dim", default)
    return sight if dimension in (0, 1, -3, -4) else _problem(step, f" along dimension {dimension}")


def _follow_reduction(graph: Graph, step: Step, sight: Sight) -> Sight:
    if len(step.node.all_input_nodes) > 1:  # the larger of two tensors
        return sight
    given = step.argument(1, "dim")
    axes = range(4) if given is None else given if isinstance(given, tuple | list) else (given,)
    reduced = {axis % 4 for axis in axes}
    if {2, 3} <= reduced:
        return _NO_MAP
    if reduced & {2, 3} or not step.argument(2, "keepdim", False):
        return _problem(step, f" over dimension {given}")
    return sight


def _follow_flatten(graph: Graph, step: Step, sight: Sight) -> Sight:
    if step.module is not None:
        start, end = step.module.start_dim, step.module.end_dim
    else:
        start, end = step.argument(1, "start_dim", 0), step.argument(2, "end_dim", -1)
    return _NO_MAP if start in (0, 1, -3, -4) and end in (3, -1) else _problem(step)


def _follow_reshape(graph: Graph, step: Step, sight: Sight) -> Sight:
    sizes: Any = step.node.args[1:]
    if len(sizes) == 1 and isinstance(sizes[0], tuple | list):
        sizes = sizes[0]
    return _NO_MAP if len(sizes) == 2 else _problem(step)


def _follow_adaptive_pool(graph: Graph, step: Step, sight: Sight) -> Sight:
    size = step.argument(1, "output_size") if step.module is None else step.module.output_size
    one_axis = isinstance(size, tuple | list) and None in size
    return _problem(step, ", which pools one axis only") if one_axis else _NO_MAP


def _follow_statistics(graph: Graph, step: Step, sight: Sight) -> Sight:
    kept = getattr(step.module, "track_running_stats", False)  # instance norm that uses them in eval mode
    return sight if kept else replace(sight, everything=True)


_RULES: dict[str, Callable[[Graph, Step, Sight], Sight]] = {
    **dict.fromkeys(("conv2d", "maxpool2d", "avgpool2d", "lppool2d"), _follow_window),
    **dict.fromkeys(
        ("pad", "zeropad2d", "constantpad2d", "reflectionpad2d", "replicationpad2d", "circularpad2d"),
        _follow_padding,
    ),
    "getitem": _follow_index,
    **dict.fromkeys(("cat", "softmax", "logsoftmax", "chunk", "split", "tensorsplit"), _follow_channels),
    **dict.fromkeys(("mean", "sum", "amax", "amin", "max", "min", "logsumexp"), _follow_reduction),
    "flatten": _follow_flatten,
    **dict.fromkeys(("view", "reshape"), _follow_reshape),
    **dict.fromkeys(("adaptiveavgpool2d", "adaptivemaxpool2d"), _follow_adaptive_pool),
    **dict.fromkeys(("groupnorm", "instancenorm", "instancenorm2d", "layernorm"), _follow_statistics),
}


WITHOUT_PRODUCTS = (_POINTWISE | _RULES.keys()) - {"conv2d"}
"""Operations that are followed and multiply by no weights."""
