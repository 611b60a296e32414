"""A network layer by layer: shape, parameters, multiply-adds and receptive field of each."""

from torch import nn

from helpers.reading.forward import Reading, image_size, read, refused
from helpers.reading.layer_kinds import kind_of
from helpers.reading.table import Row, Trace


def trace(model: nn.Module, input_size: tuple[int, ...] | None = None) -> Trace:
    """Return a row per layer for one image of `input_size`, (channels, height, width) in pixels.

    None is the size that the network says it is for: the crop of its `preprocessing` (227 for the paper's
    AlexNet) or its `input_size` (32 for small networks); one that says nothing is shown 3×224×224.

    Layers are modules and functions in the order they run in eval mode. A MAC is a multiply and an add:
    those of convolutions and matrix products are counted; bias, norms, activations and pooling count 0. A
    parameter counts in the first row that uses it. Nothing is allocated, and the model is left as it is.

    Raises ValueError for what is no network, and for an input size that is not three whole numbers, or that
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
    size = image_size(model, input_size)
    reading = read(model, size)
    if reading.refusal is not None:
        raise refused(model, size, reading) from reading.refusal
    return _assembled(model, reading)


def _assembled(model: nn.Module, reading: Reading) -> Trace:
    lists = _lists_of_blocks(model)
    own = {id(parameter): parameter.numel() for parameter in model.parameters()}
    counted: set[int] = set()
    rows = []
    for layer in reading.layers:
        if layer.hands_on:
            continue
        new = layer.parameters.keys() & own.keys() - counted
        counted |= new
        sight = layer.sight
        followed = sight.is_map and not sight.problem
        rows.append(
            Row(
                layer.name,
                kind_of(layer),
                layer.output_shape,
                sum(own[each] for each in new),
                layer.macs,
                sight.field if followed and not sight.everything else None,
                sight.field.jump if followed else None,
                sight.everything,
                _block(layer.name, lists),
            )
        )
    listed = sum(row.parameters for row in rows), sum(row.macs for row in rows)
    return Trace(tuple(rows), sum(own.values()) - listed[0], reading.macs - listed[1])


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
