"""The effective receptive field: how much each pixel really moves a unit, measured by gradients."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import get_ident
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from helpers.arithmetic import ReceptiveField
from helpers.arithmetic.checks import pair
from helpers.models import given
from helpers.models.device import enough_memory
from helpers.models.passes import ONE_PASS, evaluating, taking, uncompiled
from helpers.reading.forward import read
from helpers.reading.receptive_field import receptive_field
from helpers.running.feature_maps import as_batch
from helpers.wording.refusals import known, shown

_MASS = 0.95


@dataclass(frozen=True)
class EffectiveField:
    """What one unit of a layer's map responds to.

    `map` is |d unit / d pixel|, a float32 tensor of shape (H, W) like the images, at most 1. `unit` is the
    (row, column) of the unit in the layer's map. `side` is the side in pixels of the smallest square around
    the centre of the receptive field that holds 95 % of the sum of `map`. `theoretical` is the larger side of
    the receptive field, padding included; None where it cannot be followed through the network, or where the
    unit sees everything.
    """

    map: Tensor
    unit: tuple[int, int]
    side: int
    theoretical: int | None

    @property
    def ratio(self) -> float | None:
        """The effective side as a share of the theoretical one; None where there is no theoretical one."""
        return None if self.theoretical is None else self.side / self.theoretical

    def __repr__(self) -> str:
        of = "" if self.ratio is None else f", {self.ratio:.0%} of {self.theoretical}"
        return f"Effective field of unit {self.unit}: {self.side} pixels wide{of}"


@torch.inference_mode(False)
def effective_receptive_field(
    model: nn.Module,
    layer: str,
    images: Image.Image | Tensor | Sequence[Image.Image | Tensor],
    *,
    unit: tuple[int, int] | None = None,
) -> EffectiveField:
    """Measure which pixels move a unit of a layer's map, on average over images.

    The unit is the sum of the layer's channels at the place `unit`, (row, column) of the map, its middle if
    not given; the absolute value of its gradient is averaged over the images and their channels (after Luo
    et al., 2016). `layer` is a module's name; where it runs more than once its first call counts. `images`
    are one or more, of one size: PIL images, which go through the network's own `preprocessing`, or float
    tensors ready for it, of shape (channels, H, W), or (images, channels, H, W) for all. Use images larger
    than the receptive field: what lies outside is not seen. The network runs in eval mode, one image at a
    time, and is left as it was.

    Raises ValueError for what is no network, an unknown layer, one that does not run or gives no map, unfit
    images, a unit that is not in the map, one that no pixel moves, as behind a ReLU that is off, and where
    memory runs out.

    >>> net = nn.Sequential(nn.Conv2d(1, 1, 3, bias=False), nn.Conv2d(1, 1, 3, bias=False))
    >>> for conv in net:
    ...     _ = nn.init.ones_(conv.weight)
    >>> field = effective_receptive_field(net, "1", torch.zeros(1, 9, 9))
    >>> (field.map[4] * 9).round().int().tolist(), field
    ([0, 0, 3, 6, 9, 6, 3, 0, 0], Effective field of unit (2, 2): 5 pixels wide, 100% of 5)
    """
    given.network(model)
    known("layer", layer, dict(model.named_modules()))
    batches = _batches(model, images)
    total = torch.zeros(batches[0].shape[2:], dtype=torch.float64)
    for batch in batches:
        gradient, unit, grid = unit_gradient(model, layer, batch, unit)
        total += gradient
    try:
        field, centre = receptive_field(model, layer, tuple(batches[0].shape[1:])), None
    except ValueError:
        field, centre = None, _middle(total)
    found = effective_field(total, unit, grid, field, centre)
    if found is None:
        raise ValueError(
            f"No pixel moves unit {unit} of layer {layer!r}; use other images, weights or another unit."
        )
    return found


def effective_field(
    total: Tensor,
    unit: tuple[int, int],
    grid: tuple[int, int],
    field: ReceptiveField | None,
    centre: tuple[float, float] | None = None,
) -> EffectiveField | None:
    """Read the effective field off a unit's gradient, (H, W) in float64; None where that is 0 everywhere.

    `grid` is the size of the layer's map, and `field` its receptive field, None where the unit sees
    everything or that is not known. Without a field `centre` is the pixel in the middle, that at the unit's
    place if not given.
    """
    largest = total.max().item()
    if not 0 < largest < float("inf"):
        return None
    if field is not None:
        top, left, bottom, right = field.box(unit)
        centre = (top + bottom) / 2, (left + right) / 2
    elif centre is None:
        centre = tuple(
            (at + 0.5) * side / count - 0.5 for at, side, count in zip(unit, total.shape, grid, strict=True)
        )
    side = _side(total, centre)
    return EffectiveField((total / largest).float(), unit, side, max(field.size) if field else None)


def _batches(model: nn.Module, images: Any) -> list[Tensor]:
    """The images one by one, each of shape (1, channels, H, W), on the network's device and of its type."""
    several = isinstance(images, list | tuple) or (isinstance(images, Tensor) and images.dim() == 4)
    batches = [as_batch(model, image) for image in (images if several else [images])]
    if not batches:
        raise ValueError("There are no images; give at least one.")
    sizes = list(dict.fromkeys(tuple(batch.shape[2:]) for batch in batches))
    if len(sizes) > 1:
        raise ValueError(f"The images are of sizes {sizes[0]} and {sizes[1]}; give images of one size.")
    return batches


class _Enough(BaseException):
    """Ends a forward pass at the layer, before a ReLU that works in place changes what it put out."""


def unit_gradient(
    model: nn.Module, layer: str, batch: Tensor, unit: tuple[int, int] | None
) -> tuple[Tensor, tuple[int, int], tuple[int, int]]:
    """The gradient's absolute value, (H, W) in float64; the unit; and the size of the layer's map.

    `batch` has one image, (1, channels, H, W); the unit is the middle one where it is None.
    """
    outputs: list[Any] = []
    thread = get_ident()

    def keep(_module: nn.Module, _inputs: Any, output: Any) -> None:
        if get_ident() != thread:
            return
        outputs.append(output)
        raise _Enough

    name, shape = type(model).__name__, tuple(batch.shape[1:])
    enough = enough_memory(batch.device, f"{name} and the gradients of an image of shape {shape}")
    with enough, ONE_PASS, evaluating(model), uncompiled(), torch.inference_mode(False), torch.enable_grad():
        pixels = batch.detach().clone().requires_grad_()
        handle = model.get_submodule(layer).register_forward_hook(keep)
        try:
            with taking(model, shape):
                model(pixels * 1)  # a network whose first step works in place cannot change a leaf
        except _Enough:
            pass
        finally:
            handle.remove()
        output = outputs[0] if outputs else None
        if not (isinstance(output, Tensor) and output.dim() == 4):
            reason = "gives no feature maps" if outputs else "does not run in eval mode"
            raise ValueError(f"Layer {layer!r} of {type(model).__name__} {reason}; choose another.")
        grid = output.shape[2], output.shape[3]
        row, column = (grid[0] // 2, grid[1] // 2) if unit is None else pair("unit", unit, least=0)
        if row >= grid[0] or column >= grid[1]:
            raise ValueError(
                f"The unit is {shown((row, column))}; use a row from 0 to {grid[0] - 1} and a column from 0 "
                f"to {grid[1] - 1}, which the map of layer {layer!r} has."
            )
        gradient = None
        if output.requires_grad:
            summed = output[:, :, row, column].sum()
            (gradient,) = torch.autograd.grad(summed, pixels, allow_unused=True)
    if gradient is None:
        seen = read(model, shape).outputs.get(layer)
        if seen is not None and seen.sight is not None:
            raise ValueError(
                f"Layer {layer!r} of {name} is computed without gradients, as under torch.no_grad; let it be "
                "computed with them to see what moves it."
            )
        raise ValueError(f"Layer {layer!r} does not depend on the image; choose another.")
    return gradient[0].abs().mean(0).cpu().double(), (row, column), grid


def _middle(mass: Tensor) -> tuple[float, float]:
    """The middle of the smallest rectangle that holds all of the mass; that of the image if there is none."""
    places = mass.nonzero()
    if not len(places):
        return (mass.shape[0] - 1) / 2, (mass.shape[1] - 1) / 2
    (top, left), (bottom, right) = places.amin(0).tolist(), places.amax(0).tolist()
    return (top + bottom) / 2, (left + right) / 2


def _side(mass: Tensor, centre: tuple[float, float]) -> int:
    """The side of the smallest square around the centre that holds 95 % of the mass."""
    rows, columns = (
        torch.arange(side, dtype=torch.float64) - at for side, at in zip(mass.shape, centre, strict=True)
    )
    some = mass > 0  # of a large photo a unit sees a small part: the rest need not be sorted
    reach = torch.maximum(rows.abs()[:, None], columns.abs()[None, :])[some]
    order = reach.argsort()
    held = mass[some][order].cumsum(0)
    # The last one is the whole; a rounding error there must not leave the search without an answer.
    first = int((held < _MASS * held[-1]).sum())
    return round(2 * reach[order[first]].item()) + 1
