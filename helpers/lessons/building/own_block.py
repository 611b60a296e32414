"""Whether a block of the learner's own has the shape, the field and the price that an exercise asks for."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import avg_pool2d

from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong

CHANNELS, SIDE, FIELD, MOST = 256, 28, 5, 100_000


def own_block(answer: Any) -> None:
    """Raise Wrong unless the answer is a module of 256 → 256 channels at 28×28 that sees 5×5 for 100,000.

    What it sees is found by gradient, so it may be built in any way.
    """
    module_itself(answer)
    training = answer.training
    answer.eval()
    try:
        reach, has_gaps, channels = _seen(answer)
        linear = _is_linear(answer)
    finally:
        answer.train(training)
    if reach < FIELD:
        raise Wrong(f"An output sees {reach}×{reach} pixels: 5×5 takes two 3×3, or one 5×5, on few channels.")
    if has_gaps:
        raise Wrong(
            "An output does not see all pixels of a 5×5: a dilation leaves gaps, and another 3×3 fills them."
        )
    if channels < CHANNELS:
        raise Wrong(
            f"An output channel reads {channels} of the 256 channels: groups do not mix them, a 1×1 does."
        )
    count = sum(weight.numel() for weight in answer.parameters())
    if count >= MOST:
        raise Wrong(
            f"It has {count:,} parameters; stay below 100,000: reduce the channels first, with a 1×1."
        )
    if linear:
        raise Wrong(
            "There is no nonlinearity in it, so it is a single linear map: put an nn.ReLU in between."
        )


def _seen(module: nn.Module) -> tuple[int, bool, int]:
    """What an output sees, by gradient on random maps: the side, whether it has gaps, and the channels."""
    generator = torch.Generator().manual_seed(0)
    given = torch.randn(4, CHANNELS, SIDE, SIDE, generator=generator, requires_grad=True)
    out = module(given.clone())  # a ReLU may work in place
    maps(out, "It should give a tensor of shape (N, 256, 28, 28), like its input.")
    if out.shape[2:] != given.shape[2:]:
        height, width = out.shape[2:]
        raise Wrong(f"28×28 pixels became {height}×{width}: a 3×3 needs padding=1, a 5×5 padding=2.")
    if out.shape[1] != CHANNELS:
        raise Wrong(f"It gives {out.shape[1]} channels; the last layer should bring them back to 256.")
    if not out.requires_grad:
        raise Wrong("Its output does not depend on its input.")
    # A ReLU may silence a value in one map, so several are looked at: for the field all channels of one
    # pixel, and for the channels all pixels of one channel.
    middle = SIDE // 2
    at_pixel, of_channel = (
        torch.autograd.grad(part.sum(), given, retain_graph=True)[0].abs().sum(0) > 0
        for part in (out[:, :, middle, middle], out[:, 0])
    )
    if not at_pixel.any():
        raise Wrong("Its output does not depend on its input.")
    height, width = (
        int(places[-1] - places[0]) + 1
        for places in (at_pixel.any(0).any(side).nonzero().flatten() for side in (1, 0))
    )
    full = avg_pool2d(at_pixel.any(0, keepdim=True).float(), FIELD, stride=1).max() == 1
    return min(height, width), not full, int(of_channel.any(2).any(1).sum())


def _is_linear(module: nn.Module) -> bool:
    """Whether f(x) + f(−x) = 2 f(0), seen from outside: the learner may have written F.relu or another."""
    x = torch.randn(1, CHANNELS, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        plus, minus, zero = module(x.clone()), module(-x), module(torch.zeros_like(x))
    return torch.allclose(plus + minus, 2 * zero, atol=1e-4 * float(plus.abs().max()))
