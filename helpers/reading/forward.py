"""One forward pass of a network, read as it runs: every operation, and the layer that it belongs to.

What is read is what runs: Python's choices, hooks, in-place operations and views need no case of their own.
PyTorch's dispatcher hands each operation to a mode of ours, which runs it on "meta", where tensors have
shapes and no numbers; the network's own tensors are represented there by twins, so that none is copied or
touched.
"""

from __future__ import annotations

import re
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from math import prod
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch._ops import OpOverload
from torch.autograd.grad_mode import _unsafe_preserve_version_counter
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from helpers.arithmetic.checks import whole
from helpers.models import given
from helpers.models.passes import ONE_PASS, is_about_size, uncompiled, undisturbed
from helpers.reading.on_meta import (
    LooksAtValues,
    bound,
    is_view,
    parameters_of,
    result_on_meta,
    tensors_in,
    writes_to,
    written,
)
from helpers.reading.operations import (
    Call,
    Window,
    followed,
    moves_places,
    padded,
    plain_name,
    pool_covering_its_map,
    window_of,
    written_through,
)
from helpers.reading.products import macs
from helpers.reading.sights import Sight
from helpers.wording.refusals import first_line, shown

# Operators, in-place forms and second names of one function, as a table calls them.
_SAME = {
    **{f"{letter}{name}": name for letter in "ir" for name in ("add", "sub", "mul", "truediv", "pow")},
    "rdiv": "truediv",
    "concat": "cat",
    "concatenate": "cat",
    "maxpool2dwithindices": "maxpool2d",
}
# What makes no layer: it only hands on what it is given.
_HANDED_ON = {"getitem", "contiguous", "clone", "detach", "to", "float", "half", "double"}

_MOST_OPERATIONS = 20_000
_MOST_VALUES, _MOST_MACS = 2**28, 5 * 10**10  # of a pass with numbers: a gigabyte, and seconds


@dataclass
class Layer:
    """One module or function of a forward pass.

    `name` is unique: a module's own, with " (2)" at its second call, or "block.add" for a function.
    `operation` is what runs, in lower case and without underscores, alike for the module, the function and
    the method: "conv2d", "relu", "flatten". `module` is None for functions and methods, whose `arguments` are
    kept. `window` is what it slides over a map; `covering` says that a pooling window is as large as the map.
    `output_shape` is that for one image, None where the result is no tensor; `sight` is what the result's
    units see, None where nothing of the image. `macs`, and `parameters` by number of the tensor, are those of
    what ran in it, and of arithmetic on weights that ran just before.
    """

    name: str
    operation: str
    module: nn.Module | None = None
    arguments: tuple[tuple[Any, ...], Mapping[str, Any]] = ((), {})
    window: Window | None = None
    covering: bool = False
    output_shape: tuple[int, ...] | None = None
    sight: Sight | None = None
    macs: int = 0
    parameters: dict[int, int] = field(default_factory=dict)

    @property
    def hands_on(self) -> bool:
        """Whether it only hands on what it is given, such as a slice or a copy."""
        return self.module is None and self.operation in _HANDED_ON

    def argument(self, position: int, name: str, default: Any = None) -> Any:
        """The argument of a function or method, given by position or by name."""
        args, kwargs = self.arguments
        return args[position] if len(args) > position else kwargs.get(name, default)


@dataclass(frozen=True)
class Output:
    """What a module returned: its shape for one image, what its units see, and the step that made it."""

    shape: tuple[int, ...]
    sight: Sight | None
    step: int


@dataclass
class Reading:
    """What one forward pass of a network computed, for one image.

    `layers` are in order; those whose result is not made of the image are left out. `outputs` has what each
    module returned at its first call; `repeated` are the modules that ran again. `macs` are all
    multiply-adds, and `depth` is the most layers with weights on a way from the image. `needs` has, for each
    step, the steps whose results it uses; `moving` are the steps whose values depend on where in the whole
    map they are, and not only on what lies around. `refusal` is what the network raised, which ended the
    reading, `place` says where, `operation` in what layer, and `past_maps` that no map was left by then.
    """

    layers: list[Layer] = field(default_factory=list)
    outputs: dict[str, Output] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    macs: int = 0
    depth: int = 0
    needs: list[set[int]] = field(default_factory=lambda: [set()])
    moving: set[int] = field(default_factory=set)
    refusal: Exception | None = None
    place: str = ""
    operation: str = ""
    past_maps: bool = False


class _Unreadable(Exception):
    """What no other image would mend: a pass that would take too long or never end, quantised layers."""


class _Scripted(nn.Module):
    """Stands in for a scripted module, which takes no hooks."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)


def read(model: nn.Module, size: tuple[int, ...]) -> Reading:
    """Read a network's forward pass in eval mode on one image of (channels, height, width).

    The network is left as it is, with all that it keeps as it runs; its hooks run. Where it looks at the
    values of its image, it is run once for real on zeros, if that is affordable. Raises ValueError for what
    is no network, and for one with lazy layers that have not run yet; what the network itself raises is the
    reading's `refusal`.

    >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())
    >>> [(layer.name, layer.output_shape, layer.macs) for layer in read(net, (3, 6, 6)).layers]
    [('0', (8, 4, 4), 3456), ('1', (8, 4, 4), 0)]
    """
    given.network(model)
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        if is_lazy(tensor):
            layer = name.rpartition(".")[0]
            raise ValueError(f"Layer {layer!r} has no shape yet; run the network on an image first.")
    found = _Pass(model, size).run()
    if found.wants_numbers and _affordable(model, size):
        found = _Pass(model, size, real=True).run()
    if found.covering:
        # A pooling window as large as its map: where it is another one on a larger image, it is computed.
        channels, height, width = size
        larger = _Pass(model, (channels, 2 * height, 2 * width)).run().covering
        computed = {step for step, window in found.covering.items() if larger.get(step) != window}
        if computed:
            found = _Pass(model, size, real=found.real, computed=computed).run()
    return found.reading


def image_size(model: nn.Module, input_size: Any = None) -> tuple[int, ...]:
    """The (channels, height, width) that is asked for, or if None is, that which the network says it is for.

    It says so by the crop of its `preprocessing` or by its `input_size`. One that says nothing is shown
    224×224 pixels, of as many channels as its first convolution takes. Raises ValueError for what is no
    network, and for a size that is not three whole numbers of at least 1.
    """
    given.network(model)
    if input_size is None:
        own = getattr(model, "input_size", None)
        if isinstance(own, tuple) and len(own) == 3:
            return own
        crop = getattr(getattr(model, "preprocessing", None), "crop", 224)
        first = next((each for each in model.modules() if isinstance(each, nn.Conv2d)), None)
        return 3 if first is None else first.in_channels, crop, crop
    if not isinstance(input_size, tuple | list) or len(input_size) != 3:
        raise ValueError(f"input_size must be (channels, height, width), not {shown(input_size)}.")
    return tuple(whole("input_size", side) for side in input_size)


def refused(model: nn.Module, size: tuple[int, ...], reading: Reading) -> ValueError:
    """What ended a reading, in a sentence."""
    error, name, reason = reading.refusal, type(model).__name__, first_line(reading.refusal)
    if isinstance(error, LooksAtValues | _Unreadable):
        return ValueError(f"{name} cannot be read{reading.place}: {reason}.")
    dimensions = re.search(r"([13])d$", reading.operation)
    if dimensions:
        takes = "one dimension" if dimensions[1] == "1" else "three dimensions"
        return ValueError(
            f"{name} cannot be run on an image{reading.place}: that is for {takes}, and an image has two."
        )
    if not is_about_size(error):
        return ValueError(f"{name} cannot be run on one image{reading.place}: {reason}.")
    image = "×".join(map(str, size))
    return ValueError(
        f"The network does not accept an image of {image}{reading.place}: {reason}; use another input_size."
    )


def short_name(module: nn.Module) -> str:
    """The name of a module's class in torch.nn, which may be a base of its own class.

    >>> short_name(nn.Conv2d(1, 1, 1))
    'Conv2d'
    """
    classes = (each for each in type(module).__mro__ if each.__module__.startswith("torch.nn.modules."))
    found = next(classes, nn.Module)  # nn.Module itself at last
    return (type(module) if found is nn.Module else found).__name__


def _affordable(model: nn.Module, size: tuple[int, ...]) -> bool:
    parameters = list(model.parameters())
    values = 64 * prod(size) + sum(each.numel() for each in parameters)
    return values <= _MOST_VALUES and not any(each.is_meta for each in parameters)


@dataclass
class _Tensor:
    """What is known of one tensor: what its units see, the step that made it, and what it is a view of.

    `root` is the number of the tensor that owns the values, and `written` how often they had been written to
    when `sight` was found.
    """

    sight: Sight | None
    made: int
    root: int
    view: tuple[int, Call, int] | None = None
    written: int = 0


class _Pass:
    """One forward pass as it runs: on "meta", or with `real` numbers.

    `computed` are the steps whose pooling windows are computed from the size of their maps. `covering` has
    the windows, by step, that are as large as their maps; `wants_numbers` says that what was raised may be
    for want of numbers.
    """

    def __init__(
        self, model: nn.Module, size: tuple[int, ...], *, real: bool = False, computed: Collection[int] = ()
    ) -> None:
        self.model, self.size, self.real, self._computed = model, size, real, computed
        self.reading = Reading()
        self.covering: dict[int, tuple[int, ...]] = {}
        self.wants_numbers = False
        self._thread = threading.get_ident()
        self._parameters = {
            each.untyped_storage()._cdata: (id(each), each.numel()) for each in model.parameters()
        }
        self._path: list[str] = [""]
        self._layer: Layer | None = None
        self._depth = 0  # of the path where the layer began
        self._calls: Counter[str] = Counter()
        self._macs = 0
        self._used: dict[int, int] = {}
        self._busy = False
        self._raised: tuple[BaseException | None, Layer | None, bool] = (None, None, False)
        # By the number of the tensor's Python object; all are kept alive, so that no number is used twice.
        self._tensors: dict[int, _Tensor] = {}
        self._alive: list[Any] = []
        self._twins: dict[int, Tensor] = {}
        self._writes: Counter[int] = Counter()
        self._last_write: dict[int, int] = {}
        self._overwritten: dict[int, tuple[Tensor, Tensor]] = {}

    def run(self) -> _Pass:
        """Run it; whatever the network raises ends it and is kept."""
        reading, model = self.reading, self.model
        with ONE_PASS, undisturbed(self.model), ExitStack() as stack:
            model.eval()
            model = _with_stand_ins(model)
            for name, module in model.named_modules():
                self._watch(module, name)
            stack.enter_context(warnings.catch_warnings(action="ignore"))
            stack.enter_context(torch.random.fork_rng([]))
            for own in (*self.model.parameters(), *self.model.buffers()):
                stack.enter_context(_unsafe_preserve_version_counter(own))
            stack.callback(self._put_back)
            stack.enter_context(torch.inference_mode(False))
            stack.enter_context(torch.no_grad())
            stack.enter_context(uncompiled())
            stack.enter_context(_Functions(self))
            stack.enter_context(_Operations(self))
            try:
                model(self._image())
            except Exception as error:  # the network's own code runs here, and may raise anything
                reading.refusal = error
                raised, layer, by_shapes = self._raised
                layer, by_shapes = (layer, by_shapes) if raised is error else (None, False)
                last = reading.layers[-1:]
                after = f" after layer {last[0].name!r}" if last else ""
                reading.place = f" at layer {layer.name!r}" if layer else after
                reading.operation = layer.operation if layer else ""
                # Shapes that do not fit are as true without numbers; all else may be for want of them.
                self.wants_numbers = not self.real and not by_shapes
        reading.needs.append(set())
        return self

    def _image(self) -> Tensor:
        first = next((each for each in self.model.parameters() if each.is_floating_point()), None)
        dtype, device = (None, "cpu") if first is None else (first.dtype, first.device)
        image = torch.zeros((1, *self.size), dtype=dtype, device=device if self.real else "meta")
        self._alive.append(image)
        self._tensors[id(image)] = _Tensor(Sight.of_image(*self.size), 0, id(image))
        return image

    # Layers

    def _watch(self, module: nn.Module, name: str) -> None:
        if isinstance(module, torch.jit.ScriptModule):
            return
        if isinstance(module, nn.DataParallel):
            module.device_ids = []  # one image needs one device
        module.register_forward_pre_hook(partial(self._enter, name), prepend=True)
        module.register_forward_hook(partial(self._leave, name), always_call=True)

    def _enter(self, name: str, module: nn.Module, _inputs: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        if self._layer is None and _is_layer(module):
            operation = "scripted" if isinstance(module, _Scripted) else _operation(short_name(module))
            self._open(Layer(self._unique(name or operation), operation, module))
        self._path.append(name)

    def _leave(self, name: str, module: nn.Module, _inputs: Any, output: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        self._path.pop()
        if output is None and sys.exc_info()[1] is not None:  # it raised, and gave nothing
            if self._is_open(module):
                self._give_up()
            return
        first = _first_tensor(output)
        if name in self.reading.outputs:
            self.reading.repeated.add(name)
        elif first is not None:
            known = self._known(first)
            self.reading.outputs[name] = Output(self._shape(first), self._sight(known), self._made_by(known))
        if self._is_open(module):
            self._used |= {id(each): each.numel() for each in module.parameters()}
            self._close(first)

    def _is_open(self, module: nn.Module) -> bool:
        """Whether a module that ends is the layer that is open."""
        layer = self._layer
        return layer is not None and layer.module is module and len(self._path) == self._depth

    def _give_up(self) -> None:
        """Note where it was that what is being raised was raised first; the network may yet catch it."""
        error = sys.exc_info()[1]
        if self._raised[0] is not error:
            by_shapes = self._busy and not isinstance(error, LooksAtValues | NotImplementedError)
            self._raised = error, self._layer, by_shapes
        self._layer, self._busy = None, False

    def function(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Run a function of PyTorch's that the network calls."""
        name = getattr(function, "__name__", "")
        if self._busy or threading.get_ident() != self._thread or name == "__get__":
            return function(*args, **kwargs)
        if not self.real:  # some look for one device before they reach the dispatcher
            args, kwargs = self._on_meta(args), self._on_meta(kwargs)
        if self._layer is not None:
            result = function(*args, **kwargs)
        else:
            own = name.strip("_")
            within = f"{self._path[-1]}.{_SAME.get(own, own)}".lstrip(".")
            self._open(
                Layer(
                    self._unique(within),
                    _operation(name),
                    arguments=(_without_tensors(args), _without_tensors(dict(kwargs))),
                )
            )
            try:
                result = function(*args, **kwargs)
            except Exception:
                self._give_up()
                raise
            self._close(_first_tensor(result))
        if function is F.pad and (args[2] if len(args) > 2 else kwargs.get("mode")) == "circular":
            self._padded_in_a_circle(args[0], args[1] if len(args) > 1 else kwargs["pad"], result)
        return result

    def _padded_in_a_circle(self, image: Tensor, amounts: Sequence[int], result: Tensor) -> None:
        """What is copied to the border from the other side is padding, as any other."""
        sight, made = self._sight(self._known(image)), self._known(result)
        if sight is not None:
            made.sight = padded(sight, amounts, tuple(result.shape))
            self.reading.moving.add(self._made_by(made))

    def _unique(self, name: str) -> str:
        self._calls[name] += 1
        return name if self._calls[name] == 1 else f"{name} ({self._calls[name]})"

    def _open(self, layer: Layer) -> None:
        self._layer, self._depth = layer, len(self._path)

    def _close(self, output: Tensor | None) -> None:
        layer, self._layer = self._layer, None
        sight = None if output is None else self._sight(self._known(output))
        if sight is None:
            return
        layer.output_shape, layer.sight = self._shape(output), sight
        if not layer.hands_on:
            # What runs without being a layer, such as arithmetic on weights, belongs to the next one.
            layer.macs, layer.parameters = self._macs, self._used
            self._macs, self._used = 0, {}
        self.reading.layers.append(layer)

    def _shape(self, tensor: Tensor) -> tuple[int, ...]:
        """The shape for one image."""
        sight = self._sight(self._known(tensor))
        return tuple(tensor.shape[1:]) if sight is None else sight.without_batch(tuple(tensor.shape))

    # Operations

    def operation(self, function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Run an operation that has reached the dispatcher, and note what it does."""
        try:
            return self._operation(function, args, kwargs)
        except Exception:
            if self._layer is None:
                self._give_up()
            raise

    def _operation(self, function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        if len(self.reading.needs) > _MOST_OPERATIONS:
            raise _Unreadable(f"it runs more than {_MOST_OPERATIONS:,} operations on one image")
        self._busy = True
        for each in tensors_in((args, kwargs)):
            used = self._parameters.get(each.untyped_storage()._cdata)
            if used is not None:
                self._used[used[0]] = used[1]
        if function.namespace == "quantized" or plain_name(function).startswith("quantize_per"):
            raise _Unreadable(
                "it is quantised, and its weights are packed; give the network as it was before"
            )
        if self.real:
            self._keep_what_is_overwritten(function, args, kwargs)
        elif _only_real(function, args):
            result = function(*args, **kwargs)  # it looks at what the network holds, and not at the image
            self._busy = False
            return result
        else:
            args, kwargs = self._on_meta(args), self._on_meta(kwargs)
            if "device" in parameters_of(function):
                kwargs = {**kwargs, "device": torch.device("meta")}
                kwargs.pop("pin_memory", None)
        try:
            result = function(*args, **kwargs) if self.real else result_on_meta(function, args, kwargs)
        except Exception:
            seen = [self._sight(self._known(each)) for each in tensors_in((args, kwargs))]
            self.reading.past_maps = all(
                each is None or (each.everything and not each.is_map) for each in seen
            )
            raise
        products = macs(function, args, kwargs, result)
        self.reading.macs += products
        self._macs += products
        if self.real and self.reading.macs > _MOST_MACS:
            raise _Unreadable("a pass with numbers, which it needs, would take too long")
        self._note(function, args, kwargs, result)
        self._busy = False
        return result

    def _on_meta(self, value: Any) -> Any:
        """The same arguments with twins for the network's own tensors."""
        if isinstance(value, Tensor):
            if value.is_meta:
                return value
            if id(value) not in self._twins:
                twin = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")
                self._alive.append(value)
                self._twins[id(value)] = twin
                used = self._parameters.get(value.untyped_storage()._cdata)
                if used is not None:
                    self._parameters[twin.untyped_storage()._cdata] = used
            return self._twins[id(value)]
        if isinstance(value, list | tuple):
            return type(value)(map(self._on_meta, value))
        return {key: self._on_meta(each) for key, each in value.items()} if isinstance(value, dict) else value

    def _note(
        self, function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: Any
    ) -> None:
        """Note what the units of an operation's results see."""
        results = list(tensors_in(result))
        self._alive += results
        step = len(self.reading.needs)
        given = bound(function, args, kwargs)
        sights, needs = {}, set()
        target = written(function, given)
        for name, value in given.items():
            if value is target is not None and plain_name(function) in ("copy", "fill", "zero"):
                continue
            seen = [self._seen(each, needs) for each in tensors_in(value)]
            if any(each is not None for each in seen):
                sights[name] = seen[0] if isinstance(value, Tensor) else seen
        call = Call(
            function,
            given,
            tuple(tuple(each.shape) for each in results),
            sights,
            self.size[1:],
            step in self._computed,
        )
        self.reading.needs.append(needs)
        found = [self._told(each, call) for each in followed(call)]
        if sights and results:
            self._note_window(call, step)
            if moves_places(call):
                self.reading.moving.add(step)
            self.reading.depth = max([self.reading.depth, *(each.depth for each in found if each)])
        if target is not None:
            self._write(target, found[0] if found else None, step)
            return
        made_view = is_view(function)
        for index, (tensor, sight) in enumerate(zip(results, found, strict=True)):
            if made_view and tensor is not given["self"]:
                source = self._known(given["self"])
                self._tensors[id(tensor)] = _Tensor(
                    sight, step, source.root, (id(given["self"]), call, index), self._writes[source.root]
                )
            elif id(tensor) not in self._tensors:
                self._tensors[id(tensor)] = _Tensor(sight, step, id(tensor))

    def _note_window(self, call: Call, step: int) -> None:
        covering = pool_covering_its_map(call)
        if covering:
            self.covering[step] = covering
        if self._layer is not None and self._layer.window is None:
            self._layer.window = window_of(call)
            self._layer.covering = call.covering

    def _told(self, sight: Sight | None, call: Call) -> Sight | None:
        """A sight whose problem, if it is a new one, is made a sentence that names the layer."""
        if sight is None or not sight.problem or sight.problem.endswith("."):
            return sight
        layer, why = self._layer, sight.problem
        if layer is not None and layer.operation in ("lstm", "gru", "rnn"):
            why = ", which goes from one place to the next"
        if layer is None:
            what = f"layer {f'{self._path[-1]}.{call.name}'.lstrip('.')!r}"
        else:
            what = f"layer {layer.name!r}" + (f" ({layer.operation})" if layer.module is not None else "")
        problem = f"The receptive field cannot be followed through {what}{why}."
        return replace(sight, problem=problem)

    def _seen(self, tensor: Tensor, needs: set[int]) -> Sight | None:
        known = self._known(tensor)
        sight = self._sight(known)
        if sight is not None:
            needs.add(self._made_by(known))
        return sight

    def _known(self, tensor: Tensor) -> _Tensor:
        if not self.real:
            tensor = self._on_meta(tensor)
        if id(tensor) not in self._tensors:
            self._alive.append(tensor)
            self._tensors[id(tensor)] = _Tensor(None, 0, id(tensor))
        return self._tensors[id(tensor)]

    def _made_by(self, known: _Tensor) -> int:
        """The step that made a tensor's values what they are."""
        return max(known.made, self._last_write.get(known.root, 0))

    def _sight(self, known: _Tensor) -> Sight | None:
        """What a tensor's units see by now: what it is a view of may have been written to."""
        if known.view is not None and known.written != self._writes[known.root]:
            source, call, index = known.view
            sight = self._sight(self._tensors[source])
            again = replace(call, sights={} if sight is None else {"self": sight})
            known.sight = self._told(followed(again)[index], call)
            known.written = self._writes[known.root]
        return known.sight

    def _write(self, tensor: Tensor, sight: Sight | None, step: int) -> None:
        """A tensor was written to, and so was all that it is a view of."""
        known = self._known(tensor)
        chain, known.sight = [known], sight
        while known.view is not None:
            source, call, index = known.view
            known = self._tensors[source]
            before = self._sight(known)
            if sight is not None:
                sight = self._told(written_through(call, index, sight, before), call)
            else:
                sight = before
            known.sight = sight
            chain.append(known)
        if self._last_write.get(known.root, known.made):
            self.reading.needs[step].add(self._made_by(known))
        self._writes[known.root] += 1
        self._last_write[known.root] = step
        for each in chain:
            each.written = self._writes[known.root]

    # A pass with numbers

    def _keep_what_is_overwritten(
        self, function: OpOverload, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        given = bound(function, args, kwargs)
        written = [given[name] for name in writes_to(function)]
        if "batch_norm" in plain_name(function):
            written += [given.get("running_mean"), given.get("running_var")]
        owners = {
            each.untyped_storage()._cdata: each for each in (*self.model.parameters(), *self.model.buffers())
        }
        for each in tensors_in(written):
            owner = owners.get(each.untyped_storage()._cdata)
            if owner is not None and id(owner) not in self._overwritten:
                self._overwritten[id(owner)] = owner, owner.detach().clone()

    def _put_back(self) -> None:
        for owner, values in self._overwritten.values():
            owner.detach().copy_(values)


class _Operations(TorchDispatchMode):
    """Hands each operation to the pass."""

    def __init__(self, the_pass: _Pass) -> None:
        super().__init__()
        self.the_pass = the_pass

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # which would load PyTorch's compiler, for seconds

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self.the_pass.operation(func, args, kwargs or {})


class _Functions(TorchFunctionMode):
    """Hands each function and method that the network calls to the pass."""

    def __init__(self, the_pass: _Pass) -> None:
        super().__init__()
        self.the_pass = the_pass

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return self.the_pass.function(func, args, kwargs or {})


def _is_layer(module: nn.Module) -> bool:
    """Whether a module is one layer of a table: PyTorch's own, but for what only holds or spreads others."""
    if isinstance(module, _Scripted):
        return True
    if isinstance(module, nn.Sequential | nn.DataParallel | nn.parallel.DistributedDataParallel):
        return False
    classes = (each for each in type(module).__mro__ if each.__module__ != "torch.nn.utils.parametrize")
    return next(classes).__module__.startswith(("torch.nn.", "torch.ao.nn."))


def _with_stand_ins(model: nn.Module) -> nn.Module:
    """The network with stand-ins for its scripted modules; `undisturbed` puts those back."""
    if isinstance(model, torch.jit.ScriptModule):
        return _Scripted(model)
    for module in list(model.modules()):
        for name, child in module._modules.items():
            if isinstance(child, torch.jit.ScriptModule) and not isinstance(module, torch.jit.ScriptModule):
                module._modules[name] = _Scripted(child)
    return model


def _without_tensors(value: Any) -> Any:
    """The same arguments with None for tensors, which need not be kept."""
    if isinstance(value, list | tuple):
        return type(value)(map(_without_tensors, value))
    if isinstance(value, dict):
        return {key: _without_tensors(each) for key, each in value.items()}
    return None if isinstance(value, Tensor) else value


def _operation(name: str) -> str:
    name = name.lower().replace("_", "")
    return _SAME.get(name, name)


def _first_tensor(value: Any) -> Tensor | None:
    """A tensor, or the first of several."""
    if isinstance(value, tuple | list) and value:
        value = value[0]
    return value if isinstance(value, Tensor) else None


def _only_real(function: OpOverload, args: tuple[Any, ...]) -> bool:
    """Whether it looks at numbers, and all that it is given has some."""
    return torch.Tag.data_dependent_output in function.tags and not any(
        each.is_meta for each in tensors_in(args)
    )
