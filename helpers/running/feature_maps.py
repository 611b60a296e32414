"""What the layers of a network make of one picture: their feature maps, by layer name."""

import threading
from collections.abc import Iterable
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from helpers.models import given
from helpers.models.device import enough_memory
from helpers.models.passes import ONE_PASS, evaluating, taking, uncompiled
from helpers.reading.forward import read
from helpers.wording import arguments
from helpers.wording.refusals import known

_LISTS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)
_WINDOWS = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)


class _Enough(BaseException):
    """Ends a forward pass when all that was asked for is there; a network's own `except` lets it through."""


def feature_maps(
    model: nn.Module, image: Image.Image | Tensor, layers: str | Iterable[str] | None = None
) -> dict[str, Tensor]:
    """Return layers' feature maps of one picture, as float32 tensors (channels, height, width) on the CPU.

    `image` is a PIL image, which goes through the network's own `preprocessing`, or a float tensor of shape
    (channels, H, W) or (1, channels, H, W) that is ready for the network. `layers` are module names in any
    order; None takes those of `layer_names` that run and give maps. The network runs in eval mode, as far
    as the last layer asked for, and is left as it was. A layer that runs more than once shows its first call.
    Maps that a layer gives as (height, width, channels) are turned.

    Raises ValueError for what is no network, an unknown layer, one that does not run or gives no maps, and an
    unfit image.

    >>> net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
    >>> maps = feature_maps(net, torch.zeros(3, 12, 16), ["2", "0"])
    >>> {name: tuple(value.shape) for name, value in maps.items()}
    {'2': (8, 5, 7), '0': (8, 10, 14)}
    """
    given.network(model)
    modules = dict(model.named_modules())
    asked = arguments.several("layers", layer_names(model) if layers is None else layers)
    for name in asked:
        known("layer", name, modules)
    batch = as_batch(model, image)
    outputs = _outputs(model, batch, {name: modules[name] for name in asked})
    _turn_channels_to_the_front(model, batch, outputs)
    maps = {name: outputs[name] for name in asked if _is_map(outputs.get(name))}
    missing = [name for name in asked if name not in maps]
    if layers is not None and missing:
        reason = "gives no feature maps" if missing[0] in outputs else "does not run in eval mode"
        raise ValueError(f"Layer {missing[0]!r} of {type(model).__name__} {reason}; choose another.")
    return maps


def _turn_channels_to_the_front(model: nn.Module, batch: Tensor, outputs: dict[str, Tensor | None]) -> None:
    """Turn maps of (height, width, channels), as layers of Swin and ConvNeXt have them."""
    height, width = batch.shape[2:]

    def looks_like_map(rows: int, columns: int) -> bool:
        return abs(rows * width - columns * height) <= max(height, width)

    shapes = {name: output.shape for name, output in outputs.items() if _is_map(output)}
    unsure = [name for name, shape in shapes.items() if looks_like_map(*shape[:2])]
    read_outputs = read(model, tuple(batch.shape[1:])).outputs if unsure else {}
    for name in unsure:
        sight = read_outputs[name].sight if name in read_outputs else None
        if sight is not None and sight.is_map:
            last = (sight.place("y"), sight.place("x")) == (1, 2)
        else:
            last = not looks_like_map(*shapes[name][1:])
        if last:
            outputs[name] = outputs[name].permute(2, 0, 1).contiguous()


def layer_names(model: nn.Module) -> tuple[str, ...]:
    """Return the layers worth browsing: convolutions, pooling with a window, and blocks that join layers.

    Left out are what works on one value at a time (activations, norms), lists of layers, and what has no
    maps; `feature_maps` shows them by name too, as long as they give maps. Raises ValueError for what is no
    network.

    >>> layer_names(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)))
    ('0', '3')
    """
    given.network(model)
    return tuple(
        name
        for name, module in model.named_modules()
        if isinstance(module, _WINDOWS)
        or (name and any(module.children()) and not isinstance(module, _LISTS))
    )


def as_batch(model: nn.Module, image: Image.Image | Tensor) -> Tensor:
    """Return an image as a batch of one on the network's device, of the network's type.

    Raises ValueError where there is no network, where the image is neither a PIL image nor a float tensor of
    3 or 4 dimensions, where the network has no `preprocessing` for a PIL image, and where it or the image is
    on "meta".
    """
    given.network(model)
    first = next(model.parameters(), None)
    if first is not None and first.device.type == "meta":
        raise ValueError(
            f"The {type(model).__name__} on device 'meta' has no weights; build it on a real one."
        )
    if isinstance(image, Image.Image):
        preprocessing = getattr(model, "preprocessing", None)
        if preprocessing is None:
            raise ValueError(f"{type(model).__name__} has no preprocessing for a picture; give it a tensor.")
        image = preprocessing(image)
    if not isinstance(image, Tensor):
        raise ValueError(f"The image must be a PIL image or a tensor, not {type(image).__name__}.")
    if image.is_meta:
        raise ValueError("The image is on device 'meta', where there are no numbers; give one with numbers.")
    batch = image.unsqueeze(0) if image.dim() == 3 else image
    if batch.dim() != 4 or batch.shape[0] != 1 or not batch.is_floating_point():
        raise ValueError(
            f"The image must be floats of shape (channels, height, width), not {image.dtype} of shape "
            f"{tuple(image.shape)}."
        )
    return batch if first is None else batch.to(first.device, first.dtype)


def _is_map(output: Tensor | None) -> bool:
    return output is not None and output.dim() == 3


def run(model: nn.Module, batch: Tensor) -> Any:
    """Return what the network makes of a batch, in eval mode and without gradients.

    Raises ValueError where it does not accept the batch, and where memory runs out.
    """
    name, shape = type(model).__name__, tuple(batch.shape[1:])
    enough = enough_memory(batch.device, f"{name} and an image of shape {shape}")
    with ONE_PASS, evaluating(model), uncompiled(), enough, taking(model, shape):
        return model(batch)


def _outputs(model: nn.Module, batch: Tensor, watched: dict[str, nn.Module]) -> dict[str, Tensor | None]:
    """The outputs of the watched modules that run, without the batch; None for one that is no tensor."""
    outputs: dict[str, Tensor | None] = {}
    thread = threading.get_ident()

    def keep(name: str, output: Any) -> None:
        if threading.get_ident() != thread:
            return
        if name not in outputs:
            # A copy, because a ReLU that works in place would change it after this; and an ordinary tensor,
            # because one of inference mode cannot be changed in place or trained on later.
            with torch.inference_mode(False):
                is_one = isinstance(output, Tensor)
                outputs[name] = output[0].to("cpu", torch.float32, copy=True).contiguous() if is_one else None
        if len(outputs) == len(watched):
            raise _Enough

    def watch(name: str, module: nn.Module) -> torch.utils.hooks.RemovableHandle:
        return module.register_forward_hook(lambda _module, _inputs, output: keep(name, output))

    with ONE_PASS:
        handles = [watch(name, module) for name, module in watched.items()]
        try:
            run(model, batch)
        except _Enough:
            pass
        finally:
            for handle in handles:
                handle.remove()
    return outputs
