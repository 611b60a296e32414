"""Measure layers, blocks and networks: `python -m tools.record_times` writes `data/times.csv`.

What each computes and moves is counted beside its time, so that a figure can say who is fast, and why.
"""

from __future__ import annotations

import csv
import json
import platform
import sys
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.utils._python_dispatch import TorchDispatchMode

from helpers.lessons.times import COLUMNS, FOLDER
from helpers.models import build
from helpers.models.densenet import DenseLayer
from helpers.models.device import best_device
from helpers.models.googlenet import TABLE, Inception
from helpers.models.resnet import Bottleneck
from helpers.reading.on_meta import is_view
from helpers.reading.trace import trace
from helpers.running.timing import time_side_by_side

BATCHES = (1, 16)
# Networks take seconds for 16 images, single layers and blocks far less: two lists, and rounds by the batch.
ROUNDS = {"layers": {1: 60, 16: 6}, "blocks": {1: 200, 16: 40}, "networks": {1: 30, 16: 3}}

NETWORKS = {
    "AlexNet": "alexnet",
    "VGG-16": "vgg16",
    "GoogLeNet": "googlenet",
    "ResNet-34": "resnet34",
    "ResNet-50": "resnet50",
    "DenseNet-121": "densenet121",
    "EfficientNet-Lite0": "efficientnet_lite0",
}
LAYERS = {
    "AlexNet": ("conv1", "norm1", "conv2", "norm2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"),
    "VGG-16": ("conv1_2", "conv2_2", "conv3_2", "conv4_2", "conv5_2", "fc6", "fc7", "fc8"),
}


class Entry(NamedTuple):
    """What is measured: a module, in one of its forms, and the shape of one image or map that it takes."""

    name: str
    form: str
    module: nn.Module
    shape: tuple[int, ...]


class Beside(nn.Module):
    """Branches that read the same maps, without the concatenation that follows."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> list[Tensor]:
        return [branch(x) for branch in self.branches]


def layers() -> list[Entry]:
    """Single layers: of four stages' shapes, and of two networks."""
    found = []
    for channels, side in ((64, 56), (128, 28), (256, 14), (512, 7)):
        three = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        found.append(Entry(f"3×3, {channels} channels", "whole", three, (channels, side, side)))
        one = nn.Conv2d(channels, 4 * channels, 1, bias=False)
        found.append(Entry(f"1×1, {channels} to {4 * channels}", "whole", one, (channels, side, side)))
        deep = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        found.append(Entry(f"depthwise 3×3, {channels} channels", "whole", deep, (channels, side, side)))
    for network, names in LAYERS.items():
        built = build(NETWORKS[network], device="cpu")
        shapes = _input_shapes(built, names)
        for name in names:
            layer = built.get_submodule(name)
            # What a linear layer reads is flattened from a map of one pixel.
            module = nn.Sequential(nn.Flatten(), layer) if isinstance(layer, nn.Linear) else layer
            found.append(Entry(f"{network} {name}", "whole", module, shapes[name]))
    return found


def blocks() -> list[Entry]:
    """Blocks on 256 maps of 14×14: their bare convolutions, all of them, and with batch norm folded away.

    A whole block has batch norm and ReLU at each convolution, whether its paper has or not, so that all are
    alike in that.
    """
    conv = partial(nn.Conv2d, bias=False)
    c1, r3, c3, r5, c5, pool = TABLE["3a"]
    bare = {
        "one 3×3": conv(256, 256, 3, padding=1),
        "two 3×3": nn.Sequential(conv(256, 256, 3, padding=1), conv(256, 256, 3, padding=1)),
        "Inception": Beside(
            conv(256, c1, 1),
            nn.Sequential(conv(256, r3, 1), conv(r3, c3, 3, padding=1)),
            nn.Sequential(conv(256, r5, 1), conv(r5, c5, 5, padding=2)),
            conv(256, pool, 1),
        ),
        "bottleneck": nn.Sequential(conv(256, 64, 1), conv(64, 64, 3, padding=1), conv(64, 256, 1)),
        "dense layer": nn.Sequential(conv(256, 128, 1), conv(128, 32, 3, padding=1)),
    }
    whole, folded = (
        {
            "one 3×3": nn.Sequential(*_three(batch_norm)),
            "two 3×3": nn.Sequential(*_three(batch_norm), *_three(batch_norm)),
            "Inception": Inception(256, *TABLE["3a"], batch_norm=batch_norm),
            "bottleneck": Bottleneck(256, 256),
            "dense layer": _Concatenating(DenseLayer(256)),
        }
        for batch_norm in (True, False)
    )
    for number in (1, 2, 3):
        _fold(folded["bottleneck"], f"conv{number}", f"bn{number}")
    # Its first norm comes before its first convolution, with a ReLU between, and stays.
    _fold(folded["dense layer"].layer, "conv1", "norm2")
    return [
        Entry(name, form, module, (256, 14, 14))
        for name in bare
        for form, module in (("bare", bare[name]), ("whole", whole[name]), ("folded", folded[name]))
    ]


def networks() -> list[Entry]:
    """Whole networks: as their papers have them, and as torchvision does, whose errors are of those."""
    found = []
    for form, edition in (("whole", "paper"), ("torchvision", "torchvision")):
        for name, known in NETWORKS.items():
            network = build(known, edition=edition, device="cpu")
            side = network.preprocessing.crop
            found.append(Entry(name, form, network, (3, side, side)))
    return found


def counts(entry: Entry, images: int) -> tuple[int, int, int, int]:
    """The MACs of a pass, and the numbers that it reads of maps and of weights, and writes."""
    macs = images * trace(entry.module, entry.shape).macs
    mode = _Moved(entry.module)
    maps = torch.zeros((images, *entry.shape), device="meta")
    with torch.no_grad(), mode:
        entry.module.eval()(maps)
    return macs, mode.inputs, mode.weights, mode.outputs


class _Moved(TorchDispatchMode):
    """Counts the numbers that the operations of a pass on "meta" read and write."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        own = (*module.parameters(), *module.buffers())
        self._own = {each.untyped_storage()._cdata for each in own}
        self.inputs = self.weights = self.outputs = 0

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if not is_view(function):
            for each in _tensors(args):
                if each.untyped_storage()._cdata in self._own:
                    self.weights += each.numel()
                else:
                    self.inputs += each.numel()
            # Of several results, as those of a max-pool, the first is what the next layer reads.
            self.outputs += _tensors([result])[0].numel()
        return result


class _Concatenating(nn.Module):
    """A dense layer with the concatenation of what it adds to what it reads."""

    def __init__(self, layer: DenseLayer) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.layer(x)], 1)


def _three(batch_norm: bool) -> list[nn.Module]:
    conv = nn.Conv2d(256, 256, 3, padding=1, bias=not batch_norm)
    return [conv, nn.BatchNorm2d(256), nn.ReLU(inplace=True)] if batch_norm else [conv, nn.ReLU(inplace=True)]


def _fold(block: nn.Module, conv: str, norm: str) -> None:
    """Fold a batch norm into the convolution before it: the same results in eval mode, a layer fewer."""
    block.eval()
    setattr(block, conv, fuse_conv_bn_eval(getattr(block, conv), getattr(block, norm)))
    setattr(block, norm, nn.Identity())


def _tensors(given: Any) -> list[Tensor]:
    if isinstance(given, Tensor):
        return [given]
    return [tensor for each in given for tensor in _tensors(each)] if isinstance(given, tuple | list) else []


def _input_shapes(network: nn.Module, names: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """The shape of what each layer reads of one image; of a linear layer, that of a map of one pixel."""
    shapes: dict[str, tuple[int, ...]] = {}

    def note(name: str, inputs: tuple[Tensor, ...]) -> None:
        shape = tuple(inputs[0].shape[1:])
        shapes[name] = shape if len(shape) == 3 else (*shape, 1, 1)

    for name in names:
        network.get_submodule(name).register_forward_pre_hook(lambda _, inputs, name=name: note(name, inputs))
    side = network.preprocessing.crop
    with torch.inference_mode():
        network.eval()(torch.zeros(1, 3, side, side))
    return shapes


def measure(entries: list[Entry], rounds: Mapping[int, int]) -> list[tuple[Any, ...]]:
    """A row for each entry and batch, in the order of `COLUMNS`."""
    modules = {f"{entry.name}, {entry.form}": entry.module for entry in entries}
    times = {}
    for images in BATCHES:
        shapes = {f"{entry.name}, {entry.form}": (images, *entry.shape) for entry in entries}
        times[images] = time_side_by_side(modules, shapes, rounds=rounds[images])
    for module in modules.values():
        module.to("meta")  # its numbers are not needed any more
    return [
        (entry.name, entry.form, images, *counts(entry, images), f"{time:.4g}")
        for images in BATCHES
        for entry, time in zip(entries, times[images].values(), strict=True)
    ]


def notes(minutes: float) -> dict[str, str | float]:
    """On what machine, and how."""
    device = best_device()
    return {
        "machine": processor() + ", one thread" * (device.type == "cpu"),
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
        "date": date.today().isoformat(),
        "how": "eval mode, channels last, 32 bits; the shortest of many rounds in which they take turns",
        "minutes": round(minutes, 1),
    }


def processor() -> str:
    """What the processor or the GPU calls itself."""
    if best_device().type == "cuda":
        return torch.cuda.get_device_name()
    lines = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (lines.read_text(encoding="utf-8").splitlines() if lines.exists() else [])
        if line.startswith("model name")
    ]
    return (names or [platform.processor() or platform.machine()])[0].replace("(R)", "")


def main(folder: Path = FOLDER) -> None:
    start = perf_counter()
    rows = []
    for what, entries in (("layers", layers()), ("blocks", blocks()), ("networks", networks())):
        sys.stdout.write(f"{what} …\n")
        rows += measure(entries, ROUNDS[what])
    with (folder / "times.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    # A string of JSON is one of TOML too.
    made = notes((perf_counter() - start) / 60)
    text = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in made.items())
    (folder / "times.toml").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{made['minutes']} minutes\n")


if __name__ == "__main__":
    main()
