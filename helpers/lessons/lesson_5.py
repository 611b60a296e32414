"""The exercises of lesson 5, ResNet."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.arithmetic import Convolution
from helpers.lessons.checking import Exercise, Wrong, one_of, several, whole_number
from helpers.lessons.modules import maps, module_itself

IN, OUT, STRIDE = 64, 128, 2  # of the block to build


DIAGNOSES = ("overfitting", "degradation", "neither")


def _diagnoses(answer: Any) -> None:
    hints = {
        "a": "both fit their training pictures equally well, and new ones worse: what is that called?",
        "b": "look at the training error. An overfitted network does *well* on what it was trained on.",
        "c": "the deeper network is better in training and on new pictures. Is anything wrong with it?",
    }
    given = several(answer, len(DIAGNOSES))
    for (case, hint), right, said in zip(hints.items(), DIAGNOSES, given, strict=True):
        if one_of(said, DIAGNOSES) != right:
            raise Wrong(f"In case {case}, {hint}")


def _width(answer: Any) -> None:
    down, middle, up = (
        Convolution(*channels, kernel, bias=False).weights
        for channels, kernel in (((512, 128), 1), ((128, 128), 3), ((128, 512), 1))
    )
    weights = down + middle + up

    def of_two(taken: int) -> int:
        return round((taken / 18) ** 0.5)

    hints = {
        round((weights / 9) ** 0.5): "That is a single 3×3; a basic block has two of them.",
        of_two(middle): "That counts only the bottleneck's 3×3; its two 1×1 have weights, too.",
        of_two(down + middle): "A 1×1 is missing: there is one before the 3×3 and one after it.",
        of_two(down + up): "That counts only the two 1×1; the 3×3 between them has weights, too.",
        round((weights / 2) ** 0.5): "A 3×3 on c channels has 9 · c² weights, not c².",
        weights // 18: "That is c²; take its square root.",
        weights: "That is the number of weights. For how many channels c do two 3×3 have as many?",
        128: "A basic block on 128 channels has 294,912 weights, and the bottleneck has fewer.",
    }
    number = whole_number(answer)
    if number != of_two(weights):
        plain = (
            "Two 3×3 on c channels have 2 · 9 · c · c weights. Which c gives as many as the bottleneck has?"
        )
        raise Wrong(hints.get(number, plain))


def _option_c(answer: Any) -> None:
    block, projection = 2 * 256 * 64 + 9 * 64 * 64, 256 * 256
    percent = 100 * projection / block
    hints = {
        round(
            percent + 100
        ): "That is the whole block's weights afterwards; the question is by how much they rise.",
        round(
            100 * projection / (block + projection)
        ): "That is the projection's share of the new block; compare it with the old one.",
        projection: "That is the projection's weights. How many percent of the block's own are they?",
        round(10_000 * 64 * 64 / block)
        // 100: "The projection leads from 256 channels to 256: its input is the block's.",
    }
    number = whole_number(answer)
    if number not in (round(percent), int(percent)):
        raise Wrong(hints.get(number, "Divide the weights of a 1×1 from 256 to 256 by the block's 69,632."))


def _overwritten(answer: Any) -> None:
    faulty, right = map(whole_number, several(answer, 2))
    if (faulty, right) == (6, 6):
        raise Wrong("Look at the first line again: after it, x is no longer the block's input.")
    if (faulty, right) == (6, 3):
        raise Wrong("You have both numbers; the other way round. Which x does the faulty block add?")
    if faulty != 3:
        raise Wrong("The faulty block adds y and what x is *then*: the first line has put 2 into it.")
    if right != 6:
        raise Wrong("A residual block adds y and the block's own input, which was 5.")


def _block(answer: Any) -> None:
    module_itself(answer, "Block() with parentheses")
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


EXERCISES = {
    "5.1": Exercise(
        _diagnoses, "Only degradation shows in the training error; to see overfitting, you need both."
    ),
    "5.2": Exercise(
        _width, "18 · 124² is about 278,528: for the price of 124 channels, the bottleneck carries 512."
    ),
    "5.3": Exercise(
        _option_c, "65,536 on top of 69,632: the projection would cost as much as the block, so B it is."
    ),
    "5.4": Exercise(
        _overwritten, "It adds the first layer's output to the second's, so the input never gets around them."
    ),
    "5.5": Exercise(
        _block, "relu(F(x) + projection(x)): half the size, twice the channels, and a shortcut that fits."
    ),
}
