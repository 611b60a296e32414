"""The rules of PyTorch's operations: what the units of a result see, from what those of the inputs see.

The operations are those that reach the dispatcher (`aten`), so that modules, functions, methods, operators
and in-place forms of one thing have one rule. What PyTorch itself tags as pointwise needs none of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload

from helpers.arithmetic import Span
from helpers.reading.sights import AXES, Dim, Sight, joined


@dataclass(frozen=True)
class Window:
    """The window that a 2-D layer slides: each size as (height, width)."""

    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    groups: int = 1
    depthwise: bool = False


@dataclass(frozen=True)
class Call:
    """One operation: its arguments by name, the shapes of its results, and what its inputs see.

    `sights` has an entry for each argument that depends on the image; for a list of tensors it has a list,
    with None for those that don't. `image` is the (height, width) of the image. `covering` says that a
    pooling window was made as large as the map by a computation.
    """

    function: OpOverload
    given: Mapping[str, Any]
    shapes: tuple[tuple[int, ...], ...]
    sights: Mapping[str, Any]
    image: tuple[int, int]
    covering: bool = False

    @property
    def name(self) -> str:
        """The operation's name; that which works in place has the name of the one that doesn't."""
        return plain_name(self.function)

    @property
    def inputs(self) -> list[Sight]:
        """What all tensors that depend on the image see."""
        found: list[Sight] = []
        for each in self.sights.values():
            found += [each] if isinstance(each, Sight) else [one for one in each if one is not None]
        return found

    @property
    def main(self) -> Sight:
        """What the first of them sees."""
        return self.inputs[0]

    def dimension(self, of: Any, sight: Sight) -> int:
        """A dimension counted from the start."""
        return of % max(len(sight.groups), 1)


Rule = Callable[[Call], "Sight | Sequence[Sight | None] | None"]


def followed(call: Call) -> list[Sight | None]:
    """What the units of each result of an operation see; None for what doesn't depend on the image."""
    if not call.inputs or not call.shapes or _makes_anew(call.name):
        return [None] * len(call.shapes)
    try:
        found = _rule(call.function)(call)
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError):
        # A form of the operation that its rule was not written for: the shapes and totals are still right.
        found = _unknown(call)
    several = found if isinstance(found, list) else [found] * len(call.shapes)
    depth = max(each.depth for each in call.inputs) + is_product(call)
    return [
        # A second result, such as the places of the largest values, may have another shape.
        replace(each if each.shape == shape else each.unknown(shape), depth=depth)
        for each, shape in zip(several, call.shapes, strict=True)
    ]


def is_product(call: Call) -> bool:
    """Whether it multiplies what depends on the image by weights: a convolution or a linear layer."""
    return _rule(call.function) in (_convolution, _matrix_product) and len(call.inputs) == 1


def window_of(call: Call) -> Window | None:
    """The window that an operation slides over a map, if it does."""
    if call.name not in ("convolution", "_convolution", "max_pool2d_with_indices", "avg_pool2d"):
        return None
    kernel, stride, _, dilation = _sizes(call)
    if len(kernel) != 2:
        return None
    groups = call.given.get("groups", 1)
    depthwise = groups > 1 and call.given["weight"].shape[1] == 1
    return Window(kernel, stride, dilation, groups, depthwise)


@cache
def plain_name(function: OpOverload) -> str:
    """The name of an operation without its overload, or the underscore of one that works in place."""
    return function._overloadpacket.__name__.rstrip("_")


@cache
def _rule(function: OpOverload) -> Rule:
    name = plain_name(function)
    if name in _RULES:
        return _RULES[name]
    tags = set(function.tags)
    counterpart = getattr(torch.ops.aten, name, None)  # of what works in place, that which does not
    if function._overloadname in getattr(counterpart, "overloads", list)():
        tags |= set(getattr(counterpart, function._overloadname).tags)
    if torch.Tag.pointwise in tags or name in _POINTWISE:
        return _pointwise
    return _reduction if name in _REDUCING else _unknown


def is_pointwise(function: OpOverload) -> bool:
    """Whether each value of the result is made of the values at the same place."""
    return _rule(function) is _pointwise


def is_reduction(function: OpOverload) -> bool:
    """Whether it makes one value of those along some dimensions, or of all."""
    return _rule(function) is _reduction


# What is pointwise without being tagged so.
_POINTWISE = {
    *("hardswish", "log_sigmoid_forward", "_prelu_kernel", "rrelu_with_noise", "native_dropout", "bernoulli"),
    *(
        "alias",
        "detach",
        "fill",
        "_to_copy",
        "lift_fresh",
        "lift",
        "clone",
        "copy",
        "dropout",
        "celu",
        "hardtanh",
    ),
    *("where", "real", "imag", "view_as_real", "complex", "nan_to_num", "feature_dropout", "lerp", "addcmul"),
}
_FOLDED = "rows and columns that are one dimension"
_REDUCING = {
    *("mean", "sum", "prod", "amax", "amin", "max", "min", "argmax", "argmin", "all", "any", "aminmax"),
    *("var", "std", "var_mean", "std_mean", "norm", "linalg_vector_norm", "logsumexp", "nansum"),
    *("median", "nanmedian", "mode", "kthvalue", "count_nonzero"),
}


def _makes_anew(name: str) -> bool:
    """Whether only the shape and the type of what is given matter."""
    return name.startswith("new_") or name.endswith("_like") or name in ("zero", "uniform", "normal")


def _pointwise(call: Call) -> Sight:
    return joined(call.inputs, call.shapes[0], call.image)


def _unknown(call: Call, reason: str = "") -> Sight:
    """What is not followed; a unit that sees everything in any case still does."""
    seen = call.main
    for each in call.inputs[1:]:
        seen = seen.sees(each.whole)
    reasons = (reason for start, reason in _REASONS.items() if call.name.startswith(start))
    reason = reason or next(reasons, f", which runs {call.name.strip('_')}")
    return seen.unknown(call.shapes[0]).trouble(reason)


_REASONS = {
    "upsample": ", which makes other rows and columns than those of its map",
    "pixel": ", which makes rows and columns of channels, or channels of them",
    "flip": ", which changes the order of rows or columns",
    "roll": ", which changes the order of rows or columns",
    "cum": ", which adds up along rows or columns",
    "im2col": ", which makes channels of rows and columns",
    "unfold": ", which makes channels of rows and columns",
    "grid_sampler": ", which looks up places that are computed",
    "_scaled_dot_product": ", which is attention",
    "rot90": ", which changes the order of rows or columns",
    "gather": ", which picks rows or columns by a list",
    "index_put": ", which writes to rows or columns by a list",
    "index": ", which picks rows or columns by a list",
    "scatter": ", which puts rows or columns where a list says",
}


def _reduction(call: Call) -> Sight:
    sight = call.main
    dimensions = reduced_dimensions(call.given.get("dim"), len(sight.groups))
    return sight.without(dimensions, keep=call.given.get("keepdim", False))


def reduced_dimensions(given: Any, count: int) -> set[int]:
    """The dimensions, counted from the start, that a reduction works on: all, if it is told none."""
    several = range(count) if given is None or given == [] else _several(given)
    return {at % max(count, 1) for at in several}


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _sizes(call: Call) -> tuple[tuple[int, ...], ...]:
    """The kernel size, stride, padding and dilation of a window, for each dimension that it slides along."""
    if _rule(call.function) is _convolution:
        kernel = tuple(call.given["weight"].shape[2:])
        rest = [call.given[each] for each in ("stride", "padding", "dilation")]
    else:
        count = int(call.name.partition("pool")[2][0])
        kernel = tuple(_several(call.given["kernel_size"])) * count
        kernel = kernel[:count]
        rest = [call.given["stride"] or kernel, call.given["padding"], call.given.get("dilation", 1)]
    return (kernel, *((tuple(_several(each)) * len(kernel))[: len(kernel)] for each in rest))


def _convolution(call: Call) -> Sight:
    sight = call.sights.get("input")
    if sight is None or "weight" in call.sights:
        return _unknown(call, ", whose weights are computed from the image")
    kernel, stride, padding, dilation = _sizes(call)
    channels = len(sight.groups) - len(kernel) - 1
    mixed = sight.mixed([channels]).replaced(channels, call.shapes[0][channels])
    if call.given["transposed"]:
        return mixed.unknown(call.shapes[0]).trouble(", a transposed convolution")
    return _slid_along_all(mixed, (kernel, stride, padding, dilation), call.shapes[0])


def _pooling(call: Call) -> Sight:
    sight, sizes = call.main, _sizes(call)
    result = _slid_along_all(sight, sizes, call.shapes[0])
    if call.covering:
        covered = {
            axis
            for at, kernel in enumerate(sizes[0], start=len(sight.groups) - len(sizes[0]))
            for axis in sight.axes_in([at])
            if kernel == sight.shape[at]
        }
        result = result.sees(covered)
    return result


def _slid(sight: Sight, at: int, window: Sequence[int], count: int) -> Sight:
    """A window of some size, stride, padding and dilation slides along a dimension, to so many places."""
    axis, axes = _axis(sight, at), _axes_at(sight, at)
    if axis:
        sight = replace(sight, **{axis: getattr(sight, axis).through(*window)})
    elif axes and tuple(window[:3]) != (1, 1, 0):
        sight = sight.trouble(f", whose window slides over {_FOLDED}")
    return sight.sized(at, count)


def _slid_along_all(sight: Sight, sizes: Sequence[Sequence[int]], shape: Sequence[int]) -> Sight:
    """The same along the last dimensions, whose sizes, strides, paddings and dilations are given."""
    for at, *window in zip(range(len(shape) - len(sizes[0]), len(shape)), *sizes, strict=True):
        sight = _slid(sight, at, window, shape[at])
    return sight


def _axis(sight: Sight, at: int) -> str | None:
    """The axis that a dimension is, if it is one alone."""
    axes = _axes_at(sight, at)
    return axes[0] if len(axes) == 1 and sight.size(axes[0]) == sight.shape[at] else None


def _axes_at(sight: Sight, at: int) -> list[str]:
    return [dim.role for dim in sight.groups[at] if dim.role in AXES]


def _adaptive_pooling(call: Call) -> Sight:
    sight, shape = call.main, call.shapes[0]
    for at in (len(shape) - 2, len(shape) - 1):
        size, count = sight.shape[at], shape[at]
        if count == 1:
            sight = sight.without([at], keep=True)
        elif size % count == 0:
            sight = _slid(sight, at, (size // count, size // count), count)
        else:
            sight = sight.trouble(f", whose windows are of unequal sizes: it makes {count} places of {size}")
            sight = sight.sized(at, count)
    return sight


def _padding(call: Call) -> Sight:
    return padded(call.main, call.given["pad" if "pad" in call.given else "padding"], call.shapes[0])


def padded(sight: Sight, amounts: Sequence[int], shape: Sequence[int]) -> Sight:
    """More places, or fewer where an amount is negative: before and after, from the last dimension on."""
    for at, before, after in zip(range(len(shape) - 1, -1, -1), amounts[::2], amounts[1::2], strict=False):
        axis = _axis(sight, at)
        if axis:
            sight = sight.moved(axis, start=-before)
        elif _axes_at(sight, at) and (before or after):
            sight = sight.trouble(f", which pads {_FOLDED}")
        sight = sight.sized(at, shape[at])
    return sight


def _concatenation(call: Call) -> Sight:
    shape, dimension = call.shapes[0], call.given["dim"]
    at = dimension % len(shape)
    if all(each.everything for each in call.inputs):
        return call.main.sees(AXES).unknown(shape)
    if any(_axes_at(each, at) for each in call.inputs):
        seen = replace(call.main, whole=frozenset.intersection(*(each.whole for each in call.inputs)))
        return seen.unknown(shape).trouble(f" along dimension {dimension}")
    return joined([each.replaced(at, 1) for each in call.inputs], _with_one(shape, at), call.image).replaced(
        at, shape[at]
    )


def _with_one(shape: Sequence[int], at: int) -> list[int]:
    return [*shape[:at], 1, *shape[at + 1 :]]


def _stack(call: Call) -> Sight:
    shape = call.shapes[0]
    at = call.given["dim"] % len(shape)
    return joined(call.inputs, [*shape[:at], *shape[at + 1 :]], call.image).with_one_more(at, shape[at])


def _slice(call: Call) -> Sight:
    sight = call.main
    at = call.dimension(call.given["dim"], sight)
    start, step = _start(call.given.get("start"), sight.shape[at]), call.given["step"]
    return _cut(sight, at, start, step, call.shapes[0][at])


def _start(start: int | None, size: int) -> int:
    start = start or 0
    return max(start + size, 0) if start < 0 else min(start, size)


def _cut(sight: Sight, at: int, start: int, step: int, count: int) -> Sight:
    """Some places of a dimension, from one on."""
    if sight.everything:
        return sight.sees(AXES).sized(at, count)
    axis = _axis(sight, at)
    if axis:
        sight = sight.moved(axis, start=start, step=step)
    elif _axes_at(sight, at) and count != sight.shape[at]:
        sight = sight.trouble(f", which takes some of {_FOLDED}")
    return sight.sized(at, count)


def _select(call: Call) -> Sight:
    sight = call.main
    at = call.dimension(call.given["dim"], sight)
    if sight.axes_in([at]) - sight.whole:
        sight = sight.trouble(", which takes one row or column")
    return sight.with_one_less(at)


def _split(call: Call) -> list[Sight]:
    sight, sights, start = call.main, [], 0
    at = call.dimension(call.given["dim"], sight)
    for shape in call.shapes:
        sights.append(_cut(sight, at, start, 1, shape[at]))
        start += shape[at]
    return sights


def _unbind(call: Call) -> list[Sight]:
    return [_select(call)] * len(call.shapes)


def _index(call: Call) -> Sight:
    sight = call.sights.get("self")
    lists = call.given["indices"]
    if sight is None or "indices" in call.sights:
        return _unknown(call, ", which picks places that are computed from the image")
    chosen = [at for at, index in enumerate(lists) if index is not None]
    if sight.axes_in(chosen) - sight.whole:
        return _unknown(call)
    new = len(call.shapes[0]) - len(sight.groups) + len(chosen)
    together = chosen == list(range(chosen[0], chosen[-1] + 1))
    place = chosen[0] if together else 0
    rest = [group for at, group in enumerate(sight.groups) if at not in chosen]
    made = tuple((Dim(size),) for size in call.shapes[0][place : place + new])
    return replace(sight, groups=(*rest[:place], *made, *rest[place:]))


def _put(call: Call) -> Sight:
    """What writes values to a list of places."""
    shape, lists = call.shapes[0], call.given["indices"]
    chosen = [at for at, index in enumerate(lists) if index is not None]
    if "indices" in call.sights or len(chosen) != 1:
        return _unknown(call)
    inputs = []
    for each in call.inputs:  # broadcast from the last dimension on
        at = chosen[0] - len(shape) + len(each.groups)
        if at >= 0 and _axes_at(each, at):
            return _unknown(call)
        inputs.append(each.replaced(at, 1) if at >= 0 else each)
    return joined(inputs, _with_one(shape, chosen[0]), call.image).replaced(chosen[0], shape[chosen[0]])


def _along(call: Call) -> Sight:
    """What takes or puts values along one dimension, at places that are given."""
    shape = call.shapes[0]
    at = call.given["dim"] % max(len(shape), 1)
    if any(_axes_at(each, at) and len(each.whole) < len(AXES) for each in call.inputs):
        return _unknown(call)
    whole = joined([each.replaced(at, 1) for each in call.inputs], _with_one(shape, at), call.image)
    return whole.replaced(at, shape[at])


def _order(call: Call) -> Sight:
    """What goes through the places of some dimensions in another order, or adds them up one by one."""
    sight, given = call.main, call.given
    dimensions = given["dims"] if "dims" in given else [given["dim"]]
    along = {call.dimension(at, sight) for at in dimensions} or set(range(len(sight.groups)))
    return _unknown(call) if sight.axes_in(along) - sight.whole else sight


def _mixing(call: Call) -> Sight:
    """What makes each value of all along a dimension, and keeps its place: softmax, a sort."""
    sight = call.main
    at = call.dimension(call.given["dim"], sight)
    mixed = sight.mixed([at])
    return mixed if call.shapes[0] == mixed.shape else mixed.sized(at, call.shapes[0][at])


def _layer_norm(call: Call) -> Sight:
    sight, count = call.main, len(call.given["normalized_shape"])
    return _with_settings(call, sight.mixed(range(len(sight.groups) - count, len(sight.groups))))


def _group_norm(call: Call) -> Sight:
    sight = call.main
    return _with_settings(call, sight.mixed(range(1, len(sight.groups))))


def _batch_norm(call: Call) -> Sight:
    """With the statistics that are kept it is pointwise; with those of the image itself it sees all of it."""
    sight = call.main
    own = (
        call.given.get("training", False)
        or call.function._overloadname == "no_stats"
        or "with_update" in call.name
    )
    if own:
        sight = sight.mixed(at for at in range(len(sight.groups)) if at != 1)
    return _with_settings(call, sight)


def _with_settings(call: Call, sight: Sight) -> Sight:
    """A norm whose scale or shift may be computed from the image."""
    for each in call.inputs[1:]:
        if len(each.whole) < len(AXES):
            return sight.trouble(", whose scale is computed from the image")
        sight = sight.sees(each.whole)
    return sight


def _matrix_product(call: Call) -> Sight:
    """The products of `torch.mm`, `bmm`, `mv` and `dot`, also with a third tensor that is added."""
    names = [name for name in call.given if isinstance(call.given[name], Tensor)]
    added = call.sights.get(names[0]) if len(names) == 3 else None
    left, right = (call.sights.get(name) for name in names[-2:])
    shape = call.shapes[0]
    result = added and added.unknown(shape)
    if left is not None or right is not None:
        result = _product(left, right, call.given[names[-1]].dim(), shape)
        if added is not None:
            result = joined([result, added], shape, call.image)
    return result


def _product(left: Sight | None, right: Sight | None, right_dims: int, shape: Sequence[int]) -> Sight:
    if left is not None and right is not None:
        seen = left.sees(right.whole)
        # What was made from a pooled map is weights as any others: each unit sees everything through them.
        if right.place("y") is None and len(right.whole) == len(AXES):
            return _product(left, None, right_dims, shape).sees(AXES)
        if left.place("y") is None and len(left.whole) == len(AXES):
            return _product(None, right, right_dims, shape).sees(AXES)
        return seen.unknown(shape).trouble(", whose weights are computed from the image, as in attention")
    mixed, at, size = (left, -1, -1) if left is not None else (right, max(right_dims - 2, 0), -2)
    result = mixed.without([at % len(mixed.groups)])
    if len(result.groups) == len(shape):
        return result
    place = max(len(shape) + size, 0)
    return result.with_one_more(place, shape[place])


def _permutation(call: Call) -> Sight:
    return call.main.in_order(_permutation_order(call, len(call.main.groups)))


def _permutation_order(call: Call, count: int) -> list[int]:
    given, order = call.given, list(range(count))
    if "dims" in given:
        return [at % count for at in given["dims"]]
    if "dim0" in given:
        one, other = given["dim0"] % count, given["dim1"] % count
        order[one], order[other] = order[other], order[one]
        return order
    return order[::-1]


def _reshape(call: Call) -> Sight:
    return call.main.reshaped(call.shapes[0])


def _unsqueeze(call: Call) -> Sight:
    at = call.given["dim"] % (len(call.main.groups) + 1)
    return call.main.with_one_more(at)


def _expansion(call: Call) -> Sight:
    return joined(call.inputs, call.shapes[0], call.image)


def _repetition(call: Call) -> Sight:
    sight, shape = call.main, call.shapes[0]
    for _ in range(len(shape) - len(sight.groups)):
        sight = sight.with_one_more(0)
    for at, size in enumerate(shape):
        if size != sight.shape[at] and set(_axes_at(sight, at)) - sight.whole:
            sight = sight.trouble(", which repeats rows or columns")
        sight = sight.sized(at, size)
    return sight


def _halves(call: Call) -> Sight:
    """A gated linear unit: the one half of a dimension times the sigmoid of the other."""
    sight = call.main
    at = call.dimension(call.given["dim"], sight)
    return _unknown(call) if _axes_at(sight, at) else sight.sized(at, call.shapes[0][at])


def _unchanged(call: Call) -> Sight:
    return call.main


_RULES: dict[str, Rule] = {
    **dict.fromkeys(("convolution", "_convolution"), _convolution),  # the second is what a script runs
    **dict.fromkeys(
        ("max_pool2d_with_indices", "avg_pool2d", "max_pool3d_with_indices", "avg_pool3d", "avg_pool1d"),
        _pooling,
    ),
    **dict.fromkeys(("_adaptive_avg_pool2d", "adaptive_max_pool2d"), _adaptive_pooling),
    **dict.fromkeys(
        (
            "constant_pad_nd",
            *(f"{kind}_pad{count}d" for kind in ("reflection", "replication") for count in (1, 2, 3)),
        ),
        _padding,
    ),
    "cat": _concatenation,
    "stack": _stack,
    "slice": _slice,
    "select": _select,
    **dict.fromkeys(("split", "split_with_sizes", "unsafe_split", "unsafe_split_with_sizes"), _split),
    "unbind": _unbind,
    "index": _index,
    "index_put": _put,
    **dict.fromkeys(
        (
            *("index_select", "index_add", "index_copy", "index_fill", "gather"),
            *("scatter", "scatter_add", "scatter_reduce"),
        ),
        _along,
    ),
    **dict.fromkeys(("_softmax", "_log_softmax", "sort", "topk"), _mixing),
    **dict.fromkeys(("native_layer_norm", "_fused_rms_norm"), _layer_norm),
    "native_group_norm": _group_norm,
    **dict.fromkeys(
        (
            *("native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training"),
            *("cudnn_batch_norm", "miopen_batch_norm", "_batch_norm_with_update", "_batch_norm_no_update"),
        ),
        _batch_norm,
    ),
    **dict.fromkeys(("mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "dot"), _matrix_product),
    **dict.fromkeys(("permute", "transpose", "t"), _permutation),
    **dict.fromkeys(("view", "_unsafe_view", "squeeze", "_reshape_alias"), _reshape),
    "unsqueeze": _unsqueeze,
    "expand": _expansion,
    "repeat": _repetition,
    "glu": _halves,
    **dict.fromkeys(("flip", "roll", "cumsum", "cumprod", "logcumsumexp", "cummax", "cummin"), _order),
    **dict.fromkeys(("channel_shuffle", "native_channel_shuffle"), _unchanged),
}


def written_through(call: Call, result: int, new: Sight, before: Sight | None) -> Sight:
    """What the units of a tensor see after its view was written to.

    `call` made the view, as that one of its results; `new` is what the view's units see now, and `before`
    what those of the tensor saw, None where that was nothing of the image.
    """
    shape = tuple(call.given["self"].shape)
    found = _UNDOING.get(call.name, _not_undone)(call, result, new, shape)
    if prod(call.shapes[result]) == prod(shape):
        return found
    if before is None:  # zeros, around what is written or between
        between = (
            call.name == "slice" and call.given["step"] > 1 and _axis(new, call.given["dim"] % len(shape))
        )
        return found.trouble(", which writes to every other row or column") if between else found
    if any(new.size(axis) != before.size(axis) for axis in AXES):  # some rows or columns alone
        same = (found.y, found.x, found.whole) == (before.y, before.x, before.whole)
        return before if same else before.trouble(", which changes some of the rows or columns")
    return joined([found, before], shape, call.image)


def _not_undone(call: Call, result: int, new: Sight, shape: tuple[int, ...]) -> Sight:
    return new.unknown(shape).trouble(f", which writes through {call.name}")


def _undone_slice(call: Call, result: int, new: Sight, shape: tuple[int, ...]) -> Sight:
    at, step = call.given["dim"] % len(shape), call.given.get("step", 1)
    if call.name == "slice":
        start = _start(call.given.get("start"), shape[at])
    else:
        start = sum(each[at] for each in call.shapes[:result])
    axis = _axis(new, at)
    if axis:
        span = getattr(new, axis)
        if step > 1 and span.jump % step:
            return new.sized(at, shape[at]).trouble(", which writes to every other row or column")
        jump = span.jump // step
        new = replace(new, **{axis: Span(jump, span.lo - start * jump, span.hi - start * jump)})
    return new.sized(at, shape[at])


def _undone_select(call: Call, result: int, new: Sight, shape: tuple[int, ...]) -> Sight:
    at = call.given["dim"] % len(shape)
    return new.with_one_more(at, shape[at])


def _undone_permutation(call: Call, result: int, new: Sight, shape: tuple[int, ...]) -> Sight:
    order = _permutation_order(call, len(shape))
    return new.in_order([order.index(at) for at in range(len(shape))])


def _undone_reshape(call: Call, result: int, new: Sight, shape: tuple[int, ...]) -> Sight:
    return new.reshaped(shape)


def _undone_nothing(call: Call, result: int, new: Sight, shape: tuple[int, ...]) -> Sight:
    return new


_UNDOING: dict[str, Callable[[Call, int, Sight, tuple[int, ...]], Sight]] = {
    **dict.fromkeys(("slice", "split", "split_with_sizes"), _undone_slice),
    **dict.fromkeys(("select", "unbind"), _undone_select),
    **dict.fromkeys(("permute", "transpose", "t"), _undone_permutation),
    **dict.fromkeys(("view", "_reshape_alias", "squeeze", "unsqueeze"), _undone_reshape),
    **dict.fromkeys(("alias", "detach", "lift_fresh"), _undone_nothing),
}


def moves_places(call: Call) -> bool:
    """Whether a value depends on where in the whole map it is, and not only on what lies around it."""
    before, shape = call.main, call.shapes[0]
    if call.name in ("slice", "split", "split_with_sizes", "unbind", "narrow"):
        at = call.dimension(call.given["dim"], before)
        count = -(-before.shape[at] // call.given.get("step", 1))
        return bool(_axes_at(before, at)) and shape[at] != count
    if call.name == "constant_pad_nd":
        return any(amount < 0 for amount in call.given["pad"])
    if call.name in ("_adaptive_avg_pool2d", "adaptive_max_pool2d"):
        return shape[-2:] != (1, 1)
    return call.covering


def pool_covering_its_map(call: Call) -> tuple[int, ...]:
    """The window of a pooling that is as large as its map, along one axis at least; or nothing."""
    if call.name not in ("max_pool2d_with_indices", "avg_pool2d"):
        return ()
    kernel, shape = _sizes(call)[0], tuple(call.given["self"].shape[-2:])
    return kernel if any(size == side > 1 for size, side in zip(kernel, shape, strict=True)) else ()
