"""What any unit of any of a network's layers sees: the network is followed once, for all of them."""

from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache, partial
from threading import get_ident
from typing import Any

import torch
from torch import Tensor, nn

from helpers.arithmetic import ReceptiveField, Span
from helpers.models.passes import ONE_PASS
from helpers.reading.forward import image_size, read, refused
from helpers.running.effective_field import EffectiveField, effective_field, unit_gradient
from helpers.running.feature_maps import layer_names
from helpers.wording.refusals import known


class LayerFields:
    """The receptive field of each layer of a network, and the effective one of any unit.

    `fields` has the `ReceptiveField` of each layer by name, in order; left out are layers that do not run,
    and those whose units see all rows or columns of any image or cannot be followed. `layers` are modules'
    names, those of `layer_names` if not given.

    Raises ValueError for an unknown layer, and for a network none of whose layers can be read.

    >>> net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1))
    >>> LayerFields(net).fields["1"].size
    (4, 4)
    """

    def __init__(self, model: nn.Module, layers: Iterable[str] | None = None) -> None:
        self.model = model
        size, modules = image_size(model), dict(model.named_modules())
        self._reading = read(model, size)
        self.fields: dict[str, ReceptiveField] = {}
        for layer in layer_names(model) if layers is None else layers:
            known("layer", layer, modules)
            output = self._reading.outputs.get(layer)
            sight = output and output.sight
            if sight and sight.is_map and not sight.whole and not sight.problem:
                self.fields[layer] = sight.field
        if not self.fields and self._reading.refusal is not None:
            raise refused(model, size, self._reading) from self._reading.refusal
        self._needed, self._waists = cache(self._find_needed), cache(self._find_waists)

    def map_sizes(self, image: tuple[int, int, int]) -> dict[str, tuple[int, int]]:
        """Each layer's map as (height, width), for an image of (channels, height, width); nothing runs.

        Layers that the network does not reach, because an earlier one refuses the image, are left out.
        Raises ValueError where none is left.

        >>> LayerFields(nn.Sequential(nn.Conv2d(3, 8, 3), nn.MaxPool2d(2))).map_sizes((3, 12, 16))
        {'0': (10, 14), '1': (5, 7)}
        """
        reading = read(self.model, image)
        sizes = {
            layer: reading.outputs[layer].shape[-2:] for layer in self.fields if layer in reading.outputs
        }
        if not sizes and reading.refusal is not None:
            raise refused(self.model, image, reading) from reading.refusal
        return sizes

    def effective(self, layer: str, batch: Tensor, unit: tuple[int, int]) -> EffectiveField | None:
        """The effective field of one unit on one image, as `effective_receptive_field` measures it.

        `batch` is the image, (1, channels, H, W). Only the part of it that the unit sees goes through the
        network, and of each map on the way only what the unit sees of that; the gradient is the same. None
        where no pixel moves the unit.
        """
        field, size = self.fields[layer], tuple(batch.shape[2:])
        starts, stops = (0, 0), size
        crops = not self._needed(layer) & self._reading.moving
        if crops:
            starts, stops = zip(*map(_seen, (field.y, field.x), unit, size), strict=True)
        if any(start >= stop for start, stop in zip(starts, stops, strict=True)):
            return None  # it sees nothing but padding
        try:
            total, grid = self._gradient(layer, batch, unit, starts, stops, crops=crops)
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

    def _find_needed(self, layer: str) -> set[int]:
        """The steps that a layer's map is made by, from the image on."""
        target = self._reading.outputs[layer].step
        needed = {target}
        for step in range(target, -1, -1):
            if step in needed:
                needed |= self._reading.needs[step]
        return needed

    def _find_waists(self, layer: str) -> list[tuple[str, ReceptiveField]]:
        """The modules that all that a layer sees of the image comes through, in order, with their fields."""
        reading, needed = self._reading, self._needed(layer)
        needs, target = reading.needs, reading.outputs[layer].step
        last_use = {made: step for step in sorted(needed) for made in needs[step]}
        made_by = {output.step: name for name, output in reversed(reading.outputs.items())}
        found, reach = [], 0
        for step in sorted(needed - {target}):
            name = made_by.get(step)
            if name is not None and name not in reading.repeated and reach <= step:
                sight = reading.outputs[name].sight
                if sight and sight.is_map and not sight.whole:
                    found.append((name, sight.field))
            reach = max(reach, last_use[step])
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
