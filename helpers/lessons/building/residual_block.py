"""Exercise 5: a residual block with a projection."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong

IN, OUT, STRIDE = 64, 128, 2  # of the block to build


def residual_block(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this is a residual block with a projection."""
    module_itself(answer, "Downsampling() with parentheses")
    block = deepcopy(answer).eval()  # the learner's own stays as it is
    for norm in block.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.reset_parameters()
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
    norms = sum(isinstance(part, nn.BatchNorm2d) for part in block.modules())
    if norms < 2:
        raise Wrong(f"It has {norms} batch norms: put one after each 3×3 (after the 1×1, too, if you like).")
    with torch.inference_mode():
        _same(out, x, first, second, projection)


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


def _same(out: Tensor, x: Tensor, first: nn.Conv2d, second: nn.Conv2d, projection: nn.Conv2d) -> None:
    """Compare with relu(F(x) + projection(x)); batch norms are as at the start and hand on what they get."""

    def main(inner: Any) -> Tensor:
        y = F.conv2d(x, first.weight, stride=STRIDE, padding=1)
        return F.conv2d(inner(y), second.weight, padding=1)

    residual, shortcut = main(F.relu), F.conv2d(x, projection.weight, stride=STRIDE)
    if _close(out, F.relu(residual + shortcut)):
        return
    symptoms = {
        "The last ReLU is missing: it comes after the addition.": residual + shortcut,
        "The last ReLU comes too early: first add, then ReLU.": F.relu(residual) + shortcut,
        "Both paths go through a ReLU before they are added: first add, then one ReLU.": (
            F.relu(residual) + F.relu(shortcut)
        ),
        "The shortcut is not added: the output is the main path's alone.": F.relu(residual),
        "The output is the shortcut's alone: add what the two 3×3 make.": F.relu(shortcut),
        "There is no ReLU between the two 3×3.": F.relu(main(lambda y: y) + shortcut),
        "The paths are subtracted; a residual block adds them.": F.relu(residual - shortcut),
        "The paths are multiplied; a residual block adds them.": F.relu(residual * shortcut),
    }
    for hint, wrong in symptoms.items():
        if _close(out, wrong):
            raise Wrong(hint)
    raise Wrong("The numbers differ: conv, norm, ReLU, conv, norm; add the 1×1 of the input; then ReLU.")


def _close(out: Tensor, right: Tensor) -> bool:
    # Each untrained batch norm divides by √(1 + 10⁻⁵).
    return torch.allclose(out, right, atol=1e-3)
