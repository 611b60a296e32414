"""What any unit of any of a network's layers sees: the network is followed once, for all of them."""

from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache, partial
from threading import get_ident
from typing import Any

import torch
from torch import Tensor, fx, nn

from helpers.arithmetic import ReceptiveField, Span
from helpers.reading.graph import Graph, network_graph
from helpers.reading.receptive_field import walk
from helpers.running.effective_field import EffectiveField, effective_field, unit_gradient
from helpers.running.feature_maps import ONE_PASS, layer_names
from helpers.wording.refusals import first_line, known

# What can move a map against the image, so that a crop of it would not do what the whole does.
_MOVING = {"getitem", "pad", "circularpad2d"}


class LayerFields:
    """The receptive field of each layer of a network, and the effective one of any unit.

    `fields` has the `ReceptiveField` of each layer by name, in order; left out are layers that do not run,
    and those whose units see all of any image or cannot be followed. `layers` are modules' names, those of
    `layer_names` if not given.

    Raises ValueError for an unknown layer, and a network that torch.fx cannot follow.

    >>> net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1))
    >>> LayerFields(net).fields["1"].size
    (4, 4)
    """

    def __init__(self, model: nn.Module, layers: Iterable[str] | None = None) -> None:
        self.model = model
        self._graph = network_graph(model)
        self._sights, modules = walk(self._graph), dict(model.named_modules())
        self.fields: dict[str, ReceptiveField] = {}
        for layer in layer_names(model) if layers is None else layers:
            known("layer", layer, modules)
            sight = self._sights.get(self._graph.outputs.get(layer))
            if sight and sight.is_map and not sight.everything:
                self.fields[layer] = sight.field
        self._crops = _can_be_cropped(self._graph)
        self._waists = cache(self._find_waists)

    def map_sizes(self, image: tuple[int, int, int]) -> dict[str, tuple[int, int]]:
        """Each layer's map as (height, width), for an image of (channels, height, width); nothing runs.

        Layers that the network does not reach, because an earlier one refuses the image, are left out.
        Raises ValueError where none is left.

        >>> LayerFields(nn.Sequential(nn.Conv2d(3, 8, 3), nn.MaxPool2d(2))).map_sizes((3, 12, 16))
        {'0': (10, 14), '1': (5, 7)}
        """
        model, sizes = self._graph.root.model, {}

        def note(layer: str, output: Tensor) -> None:
            sizes.setdefault(layer, tuple(output.shape[2:]))

        handles = [
            model.get_submodule(layer).register_forward_hook(
                lambda _m, _i, out, layer=layer: note(layer, out)
            )
            for layer in self.fields
        ]
        dtype = next((each.dtype for each in model.parameters()), None)
        try:
            with torch.inference_mode():
                model(torch.empty((1, *image), device="meta", dtype=dtype))
        except RuntimeError as error:  # PyTorch's, where shapes do not fit
            if not sizes:
                name, shape = type(self.model).__name__, "×".join(map(str, image))
                raise ValueError(
                    f"{name} does not accept an image of {shape}: {first_line(error)}."
                ) from error
        finally:
            for handle in handles:
                handle.remove()
        return {layer: sizes[layer] for layer in self.fields if layer in sizes}

    def effective(self, layer: str, batch: Tensor, unit: tuple[int, int]) -> EffectiveField | None:
        """The effective field of one unit on one image, as `effective_receptive_field` measures it.

        `batch` is the image, (1, channels, H, W). Only the part of it that the unit sees goes through the
        network, and of each map on the way only what the unit sees of that; the gradient is the same. None
        where no pixel moves the unit.
        """
        field, size = self.fields[layer], tuple(batch.shape[2:])
        starts, stops = (0, 0), size
        if self._crops:
            starts, stops = zip(*map(_seen, (field.y, field.x), unit, size), strict=True)
        if any(start >= stop for start, stop in zip(starts, stops, strict=True)):
            return None  # it sees nothing but padding
        try:
            total, grid = self._gradient(layer, batch, unit, starts, stops, crops=self._crops)
        except ValueError:
            # What it sees is smaller than a window that never reaches it, or the image does not fit at all.
            total, grid = self._gradient(layer, batch, unit, (0, 0), size, crops=False)
        return effective_field(total, unit, grid, field)

    def _gradient(
        self,
        layer: str,
        batch: Tensor,
        unit: tuple[int, int],
        start: tuple[int, int],
        stop: tuple[int, int],
        *,
        crops: bool,
    ) -> tuple[Tensor, tuple[int, int]]:
        """The gradient on the whole image, (H, W), of its pixels from start to stop; the size of the map."""
        rows, columns = map(slice, start, stop)
        waists = self._waists(layer) if crops else ()
        field = self.fields[layer]
        with ONE_PASS, ExitStack() as hooks:
            for name, inner in waists:
                parts, start = zip(
                    *map(_part, (inner.y, inner.x), (field.y, field.x), unit, start), strict=True
                )
                hook = partial(_cropped, parts, get_ident())
                hooks.callback(self.model.get_submodule(name).register_forward_hook(hook).remove)
            jumps = field.jump
            inside = tuple(at - first // jump for at, first, jump in zip(unit, start, jumps, strict=True))
            gradient, _, grid = unit_gradient(self.model, layer, batch[:, :, rows, columns], inside)
        total = torch.zeros(batch.shape[2:], dtype=torch.float64)
        total[rows, columns] = gradient
        return total, grid

    def _find_waists(self, layer: str) -> list[tuple[str, ReceptiveField]]:
        """The modules that all that a layer sees of the image comes through, in order, with their fields."""
        graph, target = self._graph, self._graph.outputs[layer]
        order = {node: place for place, node in enumerate(graph.nodes.nodes)}
        needed = {target}
        for node in reversed(order):
            if node in needed:
                needed.update(node.all_input_nodes)
        names: dict[fx.Node, str] = {}
        for name, node in graph.outputs.items():
            if name not in graph.repeated:
                names.setdefault(node, name)
        found, reach = [], 0
        for node, place in order.items():
            if node is target:
                break
            if node in needed and node not in graph.tensors:
                sight = self._sights.get(node)
                if node in names and reach <= place and sight and sight.is_map and not sight.everything:
                    found.append((names[node], sight.field))
                reach = max(reach, *(order[user] for user in node.users if user in needed))
        return found


def _seen(span: Span, unit: int, size: int) -> tuple[int, int]:
    """The first pixel, and that after the last, of the part of an axis that a unit sees.

    It begins at a whole number of jumps, so that the strides of all layers fall as in the whole image. What
    a layer pads lies beyond the image's edge as before, or beside what the unit sees.
    """
    first, last = span.covers(unit)
    return max(first // span.jump, 0) * span.jump, min(last + 1, size)


def _part(inner: Span, outer: Span, unit: int, start: int) -> tuple[slice, int]:
    """The part of an axis of a map that a unit sees, and the pixel at which it begins.

    `inner` is the span of the map's units, `outer` that of the unit, and `start` the pixel at which what is
    there of the map begins. As in `_seen` the part begins at a whole number of the unit's jumps.
    """
    first, last = outer.covers(unit)
    begin = max((first - inner.lo) // outer.jump * outer.jump, start)
    stop = (last - inner.hi - start) // inner.jump + 1
    return slice((begin - start) // inner.jump, max(stop, 0)), begin


def _cropped(
    parts: tuple[slice, slice], thread: int, _module: nn.Module, _inputs: Any, output: Tensor
) -> Tensor | None:
    """A forward hook that passes on a part of a map, in that thread: a cell may run the network meanwhile."""
    if get_ident() != thread:
        return None
    if all(part.start == 0 and part.stop >= side for part, side in zip(parts, output.shape[2:], strict=True)):
        return None
    return output[:, :, *parts].clone()  # what follows may work in place


def _can_be_cropped(graph: Graph) -> bool:
    for step in graph.steps.values():
        padding = getattr(step.module, "padding", 0)
        amounts = padding if isinstance(padding, tuple) else (padding,)
        if (
            step.operation in _MOVING
            or getattr(step.module, "padding_mode", "zeros") == "circular"
            or any(isinstance(amount, int) and amount < 0 for amount in amounts)
        ):
            return False
    return True
