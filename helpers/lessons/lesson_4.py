"""The exercises of lesson 4, GoogLeNet."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, whole_number
from helpers.lessons.modules import maps, module_itself

IN = 64
SIDE = 9


def _naive_channels(answer: Any) -> None:
    hints = {
        128
        + 192
        + 96
        + 64: "That is the block as it is. Without its 1×1 the pool hands on all that it reads.",
        128 + 192 + 96: "The pool is a branch too: what comes out of it is joined to the rest.",
        256: "That is what the pool hands on. The other three branches are joined to it.",
        256 + 128 + 192 + 96 + 64: "The 64 come from the 1×1 after the pool, and the naive block has none.",
    }
    number = whole_number(answer)
    if number != 128 + 192 + 96 + 256:
        raise Wrong(
            hints.get(
                number, "Stack the channels of four branches: 1×1, 3×3, 5×5, and the pool's, all it reads."
            )
        )


def _branch_macs(answer: Any) -> None:
    squeeze = Convolution(832, 192, 1, bias=False).weights
    after = Convolution(192, 384, 3, padding=1, bias=False).weights
    direct = Convolution(832, 384, 3, padding=1, bias=False).weights
    pixels = 7 * 7
    hints = {
        squeeze
        + after: "Those are the weights. Each does one multiply–accumulate per pixel: how many pixels?",
        after * pixels: "That is the 3×3 alone; the 1×1 in front of it works too.",
        squeeze * pixels: "That is the 1×1 alone; the 3×3 after it works too.",
        direct
        * pixels: "That is a 3×3 on all 832 channels. In this branch it reads only the 192 of the 1×1.",
        direct: "Those are the weights of a 3×3 on all 832 channels. Here it reads 192, and at 49 pixels.",
        (squeeze + after) * 7: "A map of 7×7 has 49 pixels, not 7.",
        (squeeze + after) * 14 * 14: "That is on a map of 14×14; in block 5b it is 7×7.",
        (squeeze + 192 + after + 384) * pixels: "Biases are not multiplied: leave them out.",
        2
        * (squeeze + after)
        * pixels: "A multiply–accumulate is a multiply and an add together: count it once.",
        (squeeze + Convolution(192, 384, 1, bias=False).weights) * pixels: (
            "The second convolution is a 3×3: nine weights for each pair of channels."
        ),
    }
    number = whole_number(answer)
    if number != (squeeze + after) * pixels:
        plain = "Add up kernel height × kernel width × in × out for both convolutions; then times the pixels."
        raise Wrong(hints.get(number, plain))


def _block(answer: Any) -> None:
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
    (small,) = (read for layer, read in convs if layer.kernel_size == (3, 3))
    if small.min() < 0:
        raise Wrong("The 3×3 reads negative numbers: a ReLU is missing after the 1×1 in front of it.")
    _activations(convs, out, small)


def _activations(convs: list[tuple[nn.Conv2d, Tensor]], out: Tensor, small: Tensor) -> None:
    """Raise Wrong unless each convolution is followed by a ReLU, and the branches are joined as they are."""
    with torch.inference_mode():
        after = {layer: layer(read).relu() for layer, read in convs}
    (squeeze,) = (each for layer, each in after.items() if layer.out_channels == 8)
    branches = [each for layer, each in after.items() if layer.out_channels != 8]
    orders = (torch.cat(order, 1) for order in permutations(branches))
    if not torch.allclose(small, squeeze, atol=1e-5) or not any(
        torch.allclose(out, order, atol=1e-5) for order in orders
    ):
        raise Wrong(
            "The numbers are not those of a ReLU after each convolution, and nothing else: look there."
        )


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
    if kernels != [(1, 1), (1, 1), (1, 1), (3, 3)]:
        found = ", ".join(f"{height}×{width}" for height, width in kernels) or "none"
        raise Wrong(f"It should run three 1×1 convolutions and one 3×3; these run: {found}.")
    sizes = sorted((layer.in_channels, layer.out_channels) for layer, _ in convs)
    if sizes != [(8, 32), (IN, 8), (IN, 16), (IN, 16)]:
        found = ", ".join(f"{c_in} → {c_out}" for c_in, c_out in sizes)
        raise Wrong(f"The convolutions are {found}; there should be 8 → 32, 64 → 8 and twice 64 → 16.")
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


EXERCISES = {
    "4.1": Exercise(
        _naive_channels,
        "128 + 192 + 96 + 256 = 672: the pool hands on all 256 that come in, so it only grows.",
    ),
    "4.2": Exercise(
        _branch_macs,
        "(159,744 + 663,552) · 49 = 40,341,504: of a 3×3 on all 832 channels it would be 3.5 times that.",
    ),
    "4.3": Exercise(
        _block, "Three branches side by side, 16 + 32 + 16 = 64 channels: an Inception block in small."
    ),
}
