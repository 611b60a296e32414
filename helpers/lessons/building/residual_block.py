"""Exercise 5: a residual block with a projection."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import permutations
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong

IN, OUT, STRIDE = 64, 128, 2  # of the block to build
Norms = list[nn.BatchNorm2d]


def residual_block(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this is a residual block with a projection."""
    module_itself(answer, "Downsampling() with parentheses")
    block = deepcopy(answer).eval()  # the learner's own stays as it is
    norms = [part for part in block.modules() if isinstance(part, nn.BatchNorm2d)]
    _make_unlike(norms)
    x = torch.empty(2, IN, 8, 6).uniform_(0, 1, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        out = block(x)
    maps(out, f"It should give a tensor of shape (N, {OUT}, height, width): does forward return it?")
    if out.shape[1] == 2 * OUT:
        raise Wrong("It gives 256 channels: the two paths are put side by side, not added.")
    if out.shape[1] != OUT:
        raise Wrong(f"It gives {out.shape[1]} channels; both paths should end with {OUT}.")
    if out.shape[2:] != (4, 3):
        height, width = out.shape[2:]
        raise Wrong(f"Maps of 8×6 became {height}×{width}, not 4×3: stride 2 once on each path, and padding.")
    first, second, projection = _convolutions(block)
    if len(norms) not in (2, 3):
        count = f"{len(norms)} batch norm{'s' * (len(norms) != 1)}"
        raise Wrong(f"It has {count}: put one after each 3×3 (and one after the 1×1, too, if you like).")
    if any(norm.num_features != OUT for norm in norms):
        raise Wrong("Each batch norm comes after a convolution to 128 channels, so it has 128, too.")
    with torch.inference_mode():
        _same(out, x, _Layers(first, second, projection, norms))


def _make_unlike(norms: Norms) -> None:
    """Give each batch norm numbers of its own, so that the output tells which ones were called, and where."""
    draw = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for norm in norms:
            for numbers in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
                if numbers is not None:
                    numbers.uniform_(0.5, 1.5, generator=draw)


def _convolutions(block: nn.Module) -> tuple[nn.Conv2d, nn.Conv2d, nn.Conv2d]:
    """The first 3×3, the second one and the 1×1, by their shapes: names are the learner's own."""
    found = [part for part in block.modules() if isinstance(part, nn.Conv2d)]
    shapes = sorted((part.kernel_size, part.in_channels, part.out_channels) for part in found)
    if shapes == [((3, 3), IN, OUT), ((3, 3), OUT, OUT)]:
        raise Wrong(
            "There is no 1×1 on the shortcut: without it 64 channels cannot be added to 128. Use a nn.Conv2d."
        )
    if shapes != [((1, 1), IN, OUT), ((3, 3), IN, OUT), ((3, 3), OUT, OUT)]:
        raise Wrong("It should hold a 3×3 from 64 to 128, a 3×3 from 128 to 128 and a 1×1 from 64 to 128.")
    if any(part.bias is not None for part in found):
        raise Wrong("A convolution has a bias: make each with bias=False, as batch norm has its own.")
    projection, first, second = sorted(found, key=lambda part: (part.kernel_size, part.in_channels))
    if first.stride != (STRIDE, STRIDE):
        raise Wrong("Stride 2 belongs to the first 3×3 and to the 1×1.")
    return first, second, projection


class _Layers(NamedTuple):
    first: nn.Conv2d
    second: nn.Conv2d
    projection: nn.Conv2d
    norms: Norms

    def main(self, x: Tensor, *, norms: Norms, inner: Any = F.relu) -> Tensor:
        """What the two 3×3 make of x: F(x)."""
        y = F.conv2d(x, self.first.weight, stride=STRIDE, padding=1)
        return norms[1](F.conv2d(inner(norms[0](y)), self.second.weight, padding=1))

    def shortcut(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.projection.weight, stride=STRIDE)


class _Places(NamedTuple):
    """Which batch norm stands where: its number, or None. The right block has the first two or three."""

    first: int | None = None  # after the first 3×3
    second: int | None = None  # after the second 3×3
    shortcut: int | None = None  # after the 1×1
    after_relu: int | None = None  # between the two 3×3, but after the ReLU
    after_sum: int | None = None  # after the addition


def _same(out: Tensor, x: Tensor, layers: _Layers) -> None:
    """Compare with relu(F(x) + projection(x))."""
    for places, wrong in _placed(x, layers):
        if _close(out, wrong):
            _judge(places, len(layers.norms))
            return
    for order in permutations(layers.norms):
        norm = order[2] if len(order) == 3 else nn.Identity()
        for hint, wrong in _symptoms(x, layers, list(order), norm):
            if _close(out, wrong):
                raise Wrong(hint)
    raise Wrong("The numbers differ: conv, norm, ReLU, conv, norm; add the 1×1 of the input; then ReLU.")


def _placed(x: Tensor, layers: _Layers) -> Iterator[tuple[_Places, Tensor]]:
    """The block's output for every way to place its batch norms."""
    which = [None, *range(len(layers.norms))]

    def normed(y: Tensor, place: int | None) -> Tensor:
        return y if place is None else layers.norms[place](y)

    y = F.conv2d(x, layers.first.weight, stride=STRIDE, padding=1)
    between = [(each, None, F.relu(normed(y, each))) for each in which]
    between += [(None, each, normed(F.relu(y), each)) for each in which[1:]]
    for first, after_relu, inner in between:
        residual = F.conv2d(inner, layers.second.weight, padding=1)
        for second in which:
            for shortcut in which:
                total = normed(residual, second) + normed(layers.shortcut(x), shortcut)
                for after_sum in which:
                    places = _Places(first, second, shortcut, after_relu, after_sum)
                    yield places, F.relu(normed(total, after_sum))
                    if after_sum is not None:
                        yield places, normed(F.relu(total), after_sum)


def _judge(places: _Places, count: int) -> None:
    """Raise Wrong unless each of so many batch norms has its right place."""
    called = [place for place in places if place is not None]
    if not called:
        raise Wrong("Its batch norms are made, but never called: forward has to use them.")
    if places.after_sum is not None:
        raise Wrong(
            "A batch norm stands after the addition, and changes the shortcut, too. It belongs before: "
            "conv, norm, then add."
        )
    if places.after_relu is not None:
        raise Wrong("A batch norm comes after the ReLU. The order is 3×3, batch norm, ReLU.")
    if len(set(called)) < len(called):
        raise Wrong("A batch norm is called twice. It keeps one layer's means and scales: give each its own.")
    for name in ("first", "second"):
        if getattr(places, name) is None:
            raise Wrong(f"No batch norm follows the {name} 3×3; there should be one after each.")
    if len(called) < count:
        raise Wrong("A batch norm is made, but never called: leave it out, or use it after the 1×1.")


def _symptoms(x: Tensor, layers: _Layers, norms: Norms, third: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """What else goes wrong in a block with its batch norms in place, and the output that it leads to."""
    residual, shortcut = layers.main(x, norms=norms), third(layers.shortcut(x))
    linear = layers.main(x, norms=norms, inner=lambda y: y)
    yield "The last ReLU is missing: it comes after the addition.", residual + shortcut
    yield "The last ReLU comes too early: first add, then ReLU.", F.relu(residual) + shortcut
    yield (
        "Both paths go through a ReLU before they are added: first add, then one ReLU.",
        F.relu(residual) + F.relu(shortcut),
    )
    yield "The shortcut is not added: the output is the main path's alone.", F.relu(residual)
    yield "The output is the shortcut's alone: add what the two 3×3 make.", F.relu(shortcut)
    yield "There is no ReLU between the two 3×3.", F.relu(linear + shortcut)
    yield "The paths are subtracted; a residual block adds them.", F.relu(residual - shortcut)
    yield "The paths are multiplied; a residual block adds them.", F.relu(residual * shortcut)


def _close(out: Tensor, right: Tensor) -> bool:
    return torch.allclose(out, right, atol=1e-4)
