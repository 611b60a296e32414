"""What any unit of any of a network's layers sees: the network is followed once, for all of them."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from helpers.arithmetic import ReceptiveField, Span
from helpers.effective_field import EffectiveField, effective_field, unit_gradient
from helpers.feature_maps import layer_names
from helpers.graph import Graph, network_graph
from helpers.names import first_line, known
from helpers.receptive_field import walk

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
        sights, modules = walk(self._graph), dict(model.named_modules())
        self.fields: dict[str, ReceptiveField] = {}
        for layer in layer_names(model) if layers is None else layers:
            known("layer", layer, modules)
            sight = sights.get(self._graph.outputs.get(layer))
            if sight and sight.is_map and not sight.everything:
                self.fields[layer] = sight.field
        self._crops = _can_be_cropped(self._graph)

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
        network, which gives the same gradient. None where no pixel moves the unit.
        """
        field, size = self.fields[layer], batch.shape[2:]
        starts, stops = (0, 0), tuple(size)
        if self._crops:
            starts, stops = zip(*map(_seen, (field.y, field.x), unit, size), strict=True)
        if any(start >= stop for start, stop in zip(starts, stops, strict=True)):
            return None  # it sees nothing but padding
        rows, columns = map(slice, starts, stops)
        inside = tuple(at - start // jump for at, start, jump in zip(unit, starts, field.jump, strict=True))
        gradient, _, grid = unit_gradient(self.model, layer, batch[:, :, rows, columns], inside)
        total = torch.zeros(tuple(size), dtype=torch.float64)
        total[rows, columns] = gradient
        return effective_field(total, unit, grid, field)


def _seen(span: Span, unit: int, size: int) -> tuple[int, int]:
    """The first pixel, and that after the last, of the part of an axis that a unit sees.

    It begins at a whole number of jumps, so that the strides of all layers fall as in the whole image. What
    a layer pads lies beyond the image's edge as before, or beside what the unit sees.
    """
    first, last = span.covers(unit)
    return max(first // span.jump, 0) * span.jump, min(last + 1, size)


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
