"""What kind of layer a step is, in the few words of a table: "conv 3×3 s2", "batch norm", "add"."""

import re
from collections.abc import Mapping

from torch import Tensor, fx

from helpers.reading.graph import Step
from helpers.reading.windows import window

_WORDS = {
    "mul": "multiply",
    "sub": "subtract",
    "truediv": "divide",
    "div": "divide",
    "cat": "concat",
    "localresponsenorm": "local response norm",
    "batchnorm": "batch norm",
    "groupnorm": "group norm",
    "instancenorm": "instance norm",
    "layernorm": "layer norm",
    "multiheadattention": "attention",
    "scaleddotproductattention": "attention",
    "leakyrelu": "leaky relu",
    "pixelshuffle": "pixel shuffle",
    "convtranspose": "transposed conv",
}
_POOLS = {"maxpool2d": "max-pool", "avgpool2d": "avg-pool", "lppool2d": "Lp-pool"}
_ADAPTIVE = {"adaptiveavgpool2d": "avg-pool", "adaptivemaxpool2d": "max-pool"}


def kind_of(step: Step, tensors: Mapping[fx.Node, Tensor]) -> str:
    """Return the kind of a step: what it does, and for a window its size, stride, dilation and groups.

    A stride of 1, a dilation of 1 and one group are left out; `tensors` is that of the step's `Graph`.

    >>> from torch import nn
    >>> kind_of(Step("conv", "conv2d", nn.Conv2d(8, 8, (1, 7), stride=2, groups=8)), {})
    'depthwise 1×7 s2'
    """
    operation = step.operation
    found = window(step, tensors)
    if found is not None:
        name = _POOLS.get(operation) or ("depthwise" if found.depthwise else "conv")
        height, width = found.kernel_size
        marks = [_mark("s", found.stride), _mark("d", found.dilation)]
        if found.groups > 1 and not found.depthwise:
            marks.append(f"g{found.groups}")
        return " ".join([f"{name} {height}×{width}", *filter(None, marks)])
    if operation in _POOLS:  # as large as the map, which is known only as the network runs
        return f"global {_POOLS[operation]}"
    if operation in _ADAPTIVE:
        size = step.module.output_size if step.module is not None else step.argument(1, "output_size")
        sides = size if isinstance(size, tuple | list) else (size, size)
        if tuple(sides) == (1, 1):
            return f"global {_ADAPTIVE[operation]}"
        known = all(isinstance(side, int) for side in sides)
        return f"adaptive {_ADAPTIVE[operation]}" + (f" {sides[0]}×{sides[1]}" if known else "")
    if operation == "mean" and _averages_image(step):
        return "global avg-pool"
    plain = re.sub(r"[123]d$", "", operation)
    return "pad" if plain.endswith("pad") else _WORDS.get(plain, plain)


def _mark(letter: str, size: tuple[int, int]) -> str:
    if size == (1, 1):
        return ""
    return f"{letter}{size[0]}" if size[0] == size[1] else f"{letter}{size[0]}×{size[1]}"


def _averages_image(step: Step) -> bool:
    given = step.argument(1, "dim")
    return isinstance(given, tuple | list) and {axis % 4 for axis in given} == {2, 3}
