"""The receptive field of any unit of a network, found as one forward pass is read."""

from torch import nn

from helpers.arithmetic import ReceptiveField
from helpers.reading.forward import Reading, image_size, read, refused
from helpers.reading.sights import Sight
from helpers.wording.refusals import known


def receptive_field(
    model: nn.Module, layer: str | None = None, input_size: tuple[int, ...] | None = None
) -> ReceptiveField | None:
    """Return what one unit of a layer sees of the image, in pixels, or None if it sees all of any image.

    `layer` is a module's name (of a block too; its first call counts) or a name in the table of `trace`;
    None is the last layer whose output is still a map. `input_size` is the image's (channels, height, width)
    in pixels, that of `trace` if not given; a field depends on it only where a layer's window or slice does,
    as an adaptive pool's.

    Convolutions, pooling, padding and slices widen or shift the field; branches that are added or
    concatenated have the field of both; what works pixel by pixel passes it on, and so does batch norm, as in
    eval mode. A unit sees everything after a global pool, a flatten, or a norm with statistics of the image
    itself. Padding is counted in, so the field may reach beyond an image. One forward pass is read without
    numbers, in eval mode, and the network is left as it is.

    The recurrence is that of `helpers.arithmetic.Span.through`.

    Raises ValueError for an unknown layer, what is no network or does not accept the image, branches that
    join with unequal jumps, and layers that are not followed (upsampling, transposed convolutions and
    attention, for example).

    >>> net = nn.Sequential(nn.Conv2d(3, 8, 5, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten())
    >>> receptive_field(net).size, receptive_field(net).jump
    ((9, 9), (4, 4))
    >>> receptive_field(net, "0").box(unit=(0, 10))
    (0, 20, 4, 24)
    >>> print(receptive_field(net, "3"))
    None
    """
    size = image_size(model, input_size)
    reading = read(model, size)
    sights = sights_of(reading)
    if layer is not None:
        ran_so_far = isinstance(layer, str) and layer in sights
        if reading.refusal is not None and not ran_so_far:
            raise refused(model, size, reading) from reading.refusal
        known("layer", layer, sights)
        sight = sights[layer]
        if sight is None:
            raise ValueError(f"The output of layer {layer!r} does not depend on the image.")
    else:
        if reading.refusal is not None and not reading.past_maps:
            raise refused(model, size, reading) from reading.refusal
        # The image itself is a map, so that there is a last one.
        if not reading.layers and reading.refusal is None and reading.outputs[""].sight is None:
            raise ValueError(f"The output of {type(model).__name__} does not depend on the image.")
        sight = Sight.of_image(*size)
        returned = [reading.outputs[""].sight] if "" in reading.outputs else []
        for each in (*(each.sight for each in reading.layers), *returned):
            if each is not None and (each.is_map or (each.problem and not each.everything)):
                sight = each
    if sight.everything:
        return None
    if sight.problem:
        raise ValueError(sight.problem)
    if not sight.is_map:
        raise ValueError(
            f"The receptive field cannot be followed through layer {layer!r}, whose output has no rows and "
            "columns of its own."
        )
    return sight.field


def sights_of(reading: Reading) -> dict[str, Sight | None]:
    """What the units of each layer and of each module see; None where that is nothing of the image."""
    layers = {layer.name: layer.sight for layer in reading.layers}
    return {name: output.sight for name, output in reading.outputs.items()} | layers
