"""What kind of layer it is, in the few words of a table: "conv 3×3 s2", "batch norm", "add"."""

import re

from helpers.reading.forward import Layer

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


def kind_of(layer: Layer) -> str:
    """Return the kind of a layer: what it does, and for a window its size, stride, dilation and groups.

    A stride of 1, a dilation of 1 and one group are left out.

    >>> from helpers.reading.operations import Window
    >>> kind_of(Layer("conv", "conv2d", window=Window((1, 7), (2, 2), (1, 1), 8, depthwise=True)))
    'depthwise 1×7 s2'
    """
    operation, window = layer.operation, layer.window
    size = "×".join(map(str, layer.output_shape[-2:])) if layer.output_shape else ""
    if operation in _POOLS and layer.covering and size == "1×1":
        return f"global {_POOLS[operation]}"
    if window is not None and (operation == "conv2d" or operation in _POOLS):
        name = _POOLS.get(operation) or ("depthwise" if window.depthwise else "conv")
        height, width = window.kernel_size
        marks = [_mark("s", window.stride), _mark("d", window.dilation)]
        if window.groups > 1 and not window.depthwise:
            marks.append(f"g{window.groups}")
        return " ".join([f"{name} {height}×{width}", *filter(None, marks)])
    if operation in _ADAPTIVE:
        name = _ADAPTIVE[operation]
        return f"global {name}" if size == "1×1" else f"adaptive {name} {size}"
    if operation == "mean" and _averages_image(layer):
        return "global avg-pool"
    plain = re.sub(r"[123]d$", "", operation)
    return "pad" if plain.endswith("pad") else _WORDS.get(plain, plain)


def _mark(letter: str, size: tuple[int, int]) -> str:
    if size == (1, 1):
        return ""
    return f"{letter}{size[0]}" if size[0] == size[1] else f"{letter}{size[0]}×{size[1]}"


def _averages_image(layer: Layer) -> bool:
    given = layer.argument(1, "dim")
    return isinstance(given, tuple | list) and {axis % 4 for axis in given} == {2, 3}
