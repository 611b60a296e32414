"""Exercise 4.5: an Inception block whose 5×5 is two 3×3."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong

IN = 64
SIDE = 9


def inception_block(answer: Any) -> None:
    """Raise Wrong, with a hint, unless this is an Inception block."""
    module_itself(answer, "Block()")
    x = torch.empty(2, IN, SIDE, SIDE).uniform_(-1, 1, generator=torch.Generator().manual_seed(0))
    convs, out = _observed(answer, x)
    if out is None or out is ...:
        raise Wrong("The block gives nothing back yet: end its forward with return and the joined branches.")
    maps(out, "It should give one tensor of shape (N, channels, height, width): join with torch.cat.")
    if out.shape[0] != 2:
        raise Wrong(f"A batch of 2 became one of {out.shape[0]}: join along the channels, torch.cat(…, 1).")
    if out.shape[2:] != x.shape[2:]:
        height, width = out.shape[2:]
        raise Wrong(
            f"9×9 pixels became {height}×{width}: pad 3×3 and pool by 1 at stride 1, join along dimension 1."
        )
    _convolutions(convs, x)
    if out.shape[1] != 64:
        raise Wrong(f"It gives {out.shape[1]} channels; 16 + 32 + 16 joined are 64.")
    if out.min() < 0:
        raise Wrong("There are negative numbers in the output: each branch should end with a ReLU.")
    _activations(convs, out)


def _activations(convs: list[tuple[nn.Conv2d, Tensor]], out: Tensor) -> None:
    """Raise Wrong unless each convolution is followed by a ReLU, and the branches are joined as they are."""
    reads = {(layer.in_channels, layer.out_channels): read for layer, read in convs}
    if reads[8, 32].min() < 0:
        raise Wrong("The first 3×3 reads negative numbers: a ReLU is missing after the 1×1 in front of it.")
    if reads[32, 32].min() < 0:
        raise Wrong("The second 3×3 reads negative numbers: a ReLU is missing between the two 3×3.")
    made: dict[tuple[int, int], list[Tensor]] = {}
    with torch.inference_mode():
        for layer, read in convs:
            made.setdefault((layer.in_channels, layer.out_channels), []).append(layer(read).relu())
    [squeeze], [first], [second], singles = made[IN, 8], made[8, 32], made[32, 32], made[IN, 16]
    in_a_row = _close(reads[8, 32], squeeze) and _close(reads[32, 32], first)
    if not in_a_row or not any(_close(out, torch.cat(each, 1)) for each in permutations([*singles, second])):
        raise Wrong(
            "The numbers are not those of a ReLU after each convolution, and nothing else: look there."
        )


def _close(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one, other, atol=1e-5)


def _observed(module: nn.Module, x: Tensor) -> tuple[list[tuple[nn.Conv2d, Tensor]], Any]:
    """Each convolution that runs, with what it reads, and what the module gives."""
    convs: list[tuple[nn.Conv2d, Tensor]] = []

    def watch(layer: nn.Conv2d, inputs: tuple[Tensor]) -> None:
        convs.append((layer, inputs[0].clone()))  # a ReLU in place may change it later

    hooks = [
        layer.register_forward_pre_hook(watch) for layer in module.modules() if isinstance(layer, nn.Conv2d)
    ]
    try:
        with torch.inference_mode():
            return convs, module(x.clone())
    finally:
        for hook in hooks:
            hook.remove()


def _convolutions(convs: list[tuple[nn.Conv2d, Tensor]], x: Tensor) -> None:
    kernels = sorted(layer.kernel_size for layer, _ in convs)
    if kernels != [(1, 1), (1, 1), (1, 1), (3, 3), (3, 3)]:
        found = ", ".join(f"{height}×{width}" for height, width in kernels) or "none"
        raise Wrong(f"It should run three 1×1 convolutions and two 3×3; these run: {found}.")
    sizes = sorted((layer.in_channels, layer.out_channels) for layer, _ in convs)
    if sizes != [(8, 32), (32, 32), (IN, 8), (IN, 16), (IN, 16)]:
        found = ", ".join(f"{c_in} → {c_out}" for c_in, c_out in sizes)
        raise Wrong(
            f"The convolutions are {found}; there should be 64 → 8, 8 → 32, 32 → 32 and twice 64 → 16."
        )
    if any(layer.kernel_size != (1, 1) for layer, _ in convs if layer.in_channels == IN):
        raise Wrong("What reads the 64 channels should be a 1×1: the two 3×3 stand behind the 1×1 to 8.")
    pooled = functional.max_pool2d(x, 3, stride=1, padding=1)
    reads = [read for layer, read in convs if layer.in_channels == IN]
    if sum(torch.equal(read, x) for read in reads) == 3:
        raise Wrong("All three 1×1 read the input itself; one of them should read what the max-pool gives.")
    if sum(torch.equal(read, x) for read in reads) < 2:
        raise Wrong("Two of the 1×1 should read the block's input itself: the branches stand side by side.")
    (last,) = (layer for layer, read in convs if layer.in_channels == IN and not torch.equal(read, x))
    if last.out_channels != 16:
        raise Wrong("The 1×1 to 8 reads the pool; that is the job of one of the two 1×1 to 16.")
    if not any(torch.equal(read, pooled) for read in reads):
        raise Wrong("What the third branch's 1×1 reads is no 3×3 max-pool of the input, stride 1, padding 1.")
