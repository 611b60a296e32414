"""Whether a block of the learner's own has the shape, the field and the price that an exercise asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d
from torch.utils._python_dispatch import TorchDispatchMode

from helpers.lessons.building.modules import maps, module_itself
from helpers.lessons.checking import Wrong

CHANNELS, SIDE, FIELD, MOST, NARROWEST = 256, 28, 5, 100_000, 16


def own_block(answer: Any) -> str:
    """Say how many parameters a module of 256 → 256 channels at 28×28 has, or raise Wrong.

    It must see 5×5 pixels and all channels, and be nowhere narrower than 16 channels; only convolutions and
    linear layers may mix channels. What it sees is found by gradient, so it may be built in any way.
    """
    module_itself(answer)
    training = answer.training
    answer.eval()
    try:
        with _Operations() as operations:
            reach, has_gaps, channels = _seen(answer)
        linear = _is_linear(answer)
        mixed = _mixed_without_weights(answer)
    finally:
        answer.train(training)
    if operations.least < NARROWEST:
        raise Wrong(
            f"Somewhere it is {operations.least} channel{'s' * (operations.least > 1)} wide: no more than "
            "that gets through at a pixel. Keep 16 or more."
        )
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
    if mixed > 1:
        raise Wrong(
            f"With all its weights at zero, an output channel still reads {mixed} channels: mixing has to be "
            "learned."
        )
    if operations.mixer:
        raise Wrong(
            f"A {operations.mixer} mixes channels in it; here only a convolution or a linear layer may. "
            "(An nn.BatchNorm2d looks at each channel alone.)"
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
    return f"Your block has {count:,} parameters."


_OVER_DIMENSIONS = {
    "mean": ("mean", 1),
    "sum": ("sum", 1),
    "_softmax": ("softmax", 1),
    "_log_softmax": ("softmax", 1),
    "amax": ("maximum", 1),
    "amin": ("minimum", 1),
    "linalg_vector_norm": ("norm", 2),
}
"""What else mixes channels if these are among its dimensions: its word, and the place of that argument."""


class _Operations(TorchDispatchMode):
    """The fewest channels that a convolution, or a linear layer at every pixel, puts out.

    And what else mixes channels: a norm or an average over several of them, if there is one.
    """

    least = CHANNELS
    mixer = ""

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        name = function.overloadpacket.__name__
        # What has one pixel, as in squeeze-and-excitation, is not what gets through.
        if (name == "convolution" and result.shape[2:].numel() > 1) or (
            name in ("mm", "addmm") and len(result) >= SIDE * SIDE
        ):
            self.least = min(self.least, result.shape[1])
        if name == "native_layer_norm" or (name == "native_group_norm" and args[6] < args[4]):
            self.mixer = "norm over several channels"
        if name == "avg_pool3d":  # what nn.LocalResponseNorm averages by
            self.mixer = "response norm"
        word, place = _OVER_DIMENSIONS.get(name, ("", 0))
        # On the way back a sum is only the gradient of what was repeated for all channels.
        if word and args[0].ndim == 4 and torch.is_grad_enabled():
            over = args[place] if len(args) > place else None
            if {1, -3} & set([over] if isinstance(over, int) else over or (1,)):
                self.mixer = f"{word} over the channels"
        return result


def _mixed_without_weights(module: nn.Module) -> int:
    """How many channels an output channel reads when all weights are zero: one at most, over a shortcut."""
    weights = list(module.parameters())
    kept = [weight.detach().clone() for weight in weights]
    given = torch.randn(1, CHANNELS, SIDE, SIDE, generator=torch.Generator().manual_seed(2))
    given.requires_grad_(True)
    try:
        with torch.no_grad():
            for weight in weights:
                weight.zero_()
        out = module(given.clone())
        if not isinstance(out, Tensor) or not out.requires_grad:
            return 0
        [gradient] = torch.autograd.grad(out[:, 0].sum(), given, allow_unused=True)
    finally:
        with torch.no_grad():
            for weight, before in zip(weights, kept, strict=True):
                weight.copy_(before)
    return 0 if gradient is None else int((gradient[0] != 0).any(2).any(1).sum())


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
