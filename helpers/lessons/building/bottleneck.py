"""Exercise 3: a bottleneck of three convolutions."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong


def bottleneck(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this is a bottleneck of three convolutions."""
    module_itself(answer)
    kernels = [layer.kernel_size for layer in answer.modules() if isinstance(layer, nn.Conv2d)]
    shape = (1, 256, 14, 14)
    with torch.inference_mode():
        out = answer(torch.zeros(shape))
    maps(out, "It should give a tensor of shape (N, 256, height, width), like its input.")
    if out.shape[2:] != shape[2:]:
        raise Wrong(
            f"14×14 pixels became {out.shape[2]}×{out.shape[3]}: does the 3×3 have padding=1 and stride 1?"
        )
    if out.shape[1] != shape[1]:
        raise Wrong(f"It gives {out.shape[1]} channels; the last 1×1 should bring them back to 256.")
    if sorted(kernels) != [(1, 1), (1, 1), (3, 3)]:
        raise Wrong("It should hold three convolutions: a 1×1, a 3×3 and a 1×1.")
    count = sum(weight.numel() for weight in answer.parameters())
    right = 256 * 64 + 3 * 3 * 64 * 64 + 64 * 256
    if count == right + 64 + 64 + 256:
        raise Wrong("It has biases: make each convolution with bias=False.")
    most = 3 * 3 * 256 * 256 // 8
    if count > most:
        raise Wrong(f"It has {count:,} weights, and an eighth of the 3×3's 589,824 is {most:,}.")
    if count != right:
        raise Wrong(
            f"It has {count:,} weights, and may have up to {most:,}: take more channels in the middle, the "
            "same number after the first 1×1 and after the 3×3."
        )
    _relus_where_they_belong(answer, shape)


def _relus_where_they_belong(answer: nn.Module, shape: tuple[int, ...]) -> None:
    """Raise Wrong unless the module computes what its three convolutions do with a ReLU after the first two.

    Seen from outside: the learner may have written F.relu, `clamp`, or a class of their own.
    """
    convolutions = [layer for layer in answer.modules() if isinstance(layer, nn.Conv2d)]
    first, second, third = (
        next(layer for layer in convolutions if (layer.kernel_size, layer.out_channels) == wanted)
        for wanted in (((1, 1), 64), ((3, 3), 64), ((1, 1), 256))
    )
    generator = torch.Generator().manual_seed(0)
    x = 20 * torch.randn(shape, generator=generator)
    with torch.inference_mode():
        out = answer(x.clone())  # a ReLU may work in place
        right = third(second(first(x).relu()).relu())
        linear = third(second(first(x)))
    same = {"right": right, "linear": linear, "after the last": right.relu()}
    found = next((name for name, each in same.items() if torch.allclose(out, each, rtol=1e-3, atol=1e-3)), "")
    if found == "linear":
        raise Wrong("There is no nn.ReLU between the convolutions, so the three are one linear map.")
    if found == "after the last":
        raise Wrong("There is a ReLU after the last 1×1 too: the exercise asks for one after the first two.")
    if found != "right":
        raise Wrong("Put one nn.ReLU after the first 1×1, one after the 3×3, and nothing else beside them.")
