"""Small networks for tests: random ones with branches, and any network made linear to read its gradient."""

import copy
from collections.abc import Callable, Iterable
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from helpers.images.photos import Preprocessing

Box = tuple[int, int, int, int]


class Function(nn.Module):
    """A network that is one function of the image."""

    def __init__(self, function: Callable[..., Any], **parts: nn.Module | nn.Parameter) -> None:
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self.function = function

    def forward(self, x: Tensor) -> Any:
        return (
            self.function(self, x) if list(self.children()) or list(self.parameters()) else self.function(x)
        )


class Branches(nn.Module):
    """Branches that see the same input, and whose outputs are added or concatenated."""

    def __init__(self, branches: Iterable[nn.Module], add: bool) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)
        self.add = add

    def forward(self, x: Tensor) -> Tensor:
        outputs = [branch(x) for branch in self.branches]
        if self.add:
            total = outputs[0]
            for output in outputs[1:]:
                total = total + output
            return total
        return torch.cat(outputs, 1)


@st.composite
def random_networks(draw: st.DrawFn) -> nn.Sequential:
    """Networks of 3 input channels and 1 to 5 layers, whose inputs may be any size from 40 pixels on."""
    layers, channels = [], 3
    for _ in range(draw(st.integers(1, 5))):
        layer, channels = draw(st.one_of(convolutions(channels), poolings(channels), branches(channels)))
        layers += [layer, *draw(st.sampled_from([[], [nn.ReLU()], [nn.BatchNorm2d(channels), nn.ReLU6()]]))]
    return nn.Sequential(*layers).eval()


@st.composite
def convolutions(draw: st.DrawFn, channels: int) -> tuple[nn.Module, int]:
    """Of any shape: rectangular, strided, dilated, grouped, padded by themselves or by a layer before."""
    groups = draw(st.sampled_from([divisor for divisor in range(1, channels + 1) if channels % divisor == 0]))
    out_channels = groups * draw(st.integers(1, 3))
    kernel, stride, dilation = (
        (draw(st.integers(1, most)), draw(st.integers(1, most))) for most in (4, 2, 2)
    )
    padding = draw(st.sampled_from([0, (1, 0), 2, "valid", "same"]))
    stride = (1, 1) if padding == "same" else stride
    bias = draw(st.booleans())
    conv = nn.Conv2d(channels, out_channels, kernel, stride, padding, dilation, groups, bias)
    if draw(st.booleans()):
        return nn.Sequential(
            nn.ZeroPad2d(tuple(draw(st.integers(0, 3)) for _ in range(4))), conv
        ), out_channels
    return conv, out_channels


@st.composite
def poolings(draw: st.DrawFn, channels: int) -> tuple[nn.Module, int]:
    kernel = (draw(st.integers(2, 3)), draw(st.integers(2, 3)))
    stride = draw(st.sampled_from([None, 1, 2, (2, 1)]))
    ceil_mode = draw(st.booleans())
    if draw(st.booleans()):
        return nn.MaxPool2d(
            kernel, stride, padding=1, dilation=draw(st.integers(1, 2)), ceil_mode=ceil_mode
        ), channels
    return nn.AvgPool2d(kernel, stride, padding=(1, 0), ceil_mode=ceil_mode), channels


@st.composite
def branches(draw: st.DrawFn, channels: int) -> tuple[nn.Module, int]:
    """Two or three branches of equal stride and output size, some of them two layers deep."""
    stride = draw(st.integers(1, 2))
    add = draw(st.booleans())
    made, width = [], 0
    for _ in range(draw(st.integers(2, 3))):
        outs = channels if add else draw(st.integers(1, 4))
        size, dilation = draw(st.sampled_from([1, 3, 5])), draw(st.integers(1, 2))
        padding = dilation * (size - 1) // 2
        layers: list[nn.Module] = [nn.Conv2d(channels, outs, size, stride, padding, dilation)]
        if draw(st.booleans()):
            layers += [nn.ReLU(), nn.Conv2d(outs, outs, (1, 3), padding=(0, 1))]
        if draw(st.booleans()):
            layers.insert(0, nn.MaxPool2d(3, 1, padding=1))
        made.append(nn.Sequential(*layers))
        width += outs
    if stride == 1 and add and draw(st.booleans()):
        made[0] = nn.Identity()
    return Branches(made, add), channels if add else width


class _OneChannel(nn.Module):
    """A window that sums all channels and has positive weights, so that no gradient is lost."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        stride = layer.kernel_size if layer.stride is None else layer.stride
        dilation = getattr(layer, "dilation", 1)
        self.conv = nn.Conv2d(1, 1, layer.kernel_size, stride, layer.padding, dilation, bias=False)
        nn.init.constant_(self.conv.weight, 1 / self.conv.weight.numel())

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.sum(1, keepdim=True))


def made_linear(model: nn.Module) -> nn.Module:
    """Change a network so that each unit's gradient is positive at all pixels it sees, and return it."""
    for name, child in list(model.named_children()):
        if isinstance(child, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            setattr(model, name, _OneChannel(child))
        elif isinstance(child, nn.BatchNorm2d | nn.ReLU | nn.ReLU6 | nn.LocalResponseNorm | nn.Linear):
            setattr(model, name, nn.Identity())
        else:
            made_linear(child)
    return model.double()


def box_by_gradient(model: nn.Module, unit: tuple[int, int], size: tuple[int, int], layer: str = "") -> Box:
    """The (top, left, bottom, right) of the pixels to which one unit of a linear network's layer responds."""
    image = torch.ones(1, 3, *size, dtype=torch.float64, requires_grad=True)
    outputs = []
    handle = model.get_submodule(layer).register_forward_hook(lambda _m, _i, output: outputs.append(output))
    model(image)
    handle.remove()
    (gradient,) = torch.autograd.grad(outputs[0][0, :, unit[0], unit[1]].sum(), image)
    rows, columns = gradient[0].abs().sum(0).nonzero(as_tuple=True)
    return tuple(int(each) for each in (rows.min(), columns.min(), rows.max(), columns.max()))


def seen_by_gradient(
    model: nn.Module, unit: tuple[int, int], size: tuple[int, ...], layer: str = "", draws: int = 12
) -> Box:
    """The (top, left, bottom, right) of the pixels that move one unit of a layer's map, (1, channels, H, W).

    The weights and images are drawn several times, since a ReLU may be off and a maximum elsewhere.
    """
    generator = torch.Generator().manual_seed(0)
    model = copy.deepcopy(model).double().eval().requires_grad_(False)
    total = torch.zeros(size[1:], dtype=torch.float64)
    outputs: list[Tensor] = []
    handle = model.get_submodule(layer).register_forward_hook(lambda _m, _i, output: outputs.append(output))
    for _ in range(draws):
        for parameter in model.parameters():
            parameter.copy_(torch.rand(parameter.shape, generator=generator, dtype=torch.float64) - 0.3)
        image = torch.rand((1, *size), generator=generator, dtype=torch.float64).requires_grad_()
        outputs.clear()
        # Copies are kept for the backward pass: what it needs may be overwritten as the network runs.
        with torch.autograd.graph.saved_tensors_hooks(Tensor.clone, lambda kept: kept):
            model(image * 1)
        if outputs[0].requires_grad:
            values = outputs[0][0, :, unit[0], unit[1]]
            # Weighted, since the sum of some, as of a softmax, is always the same.
            (values * torch.arange(1, len(values) + 1)).sum().backward()
            total += image.grad[0].abs().sum(0)
    handle.remove()
    rows, columns = total.nonzero(as_tuple=True)
    return tuple(int(each) for each in (rows.min(), columns.min(), rows.max(), columns.max()))


def browsable(*channels: int) -> nn.Sequential:
    """A small network of convolutions of these output channels, each before a ReLU and a pooling."""
    torch.manual_seed(len(channels))
    layers, c_in = [], 3
    for c_out in channels:
        layers += [nn.Conv2d(c_in, c_out, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        c_in = c_out
    network = nn.Sequential(*layers).eval()
    network.preprocessing = Preprocessing(24, 24, (0.5,) * 3, (0.5,) * 3, "bilinear")
    return network


class MadeUpFlows:
    """What `LiveFlows` answers, without a backward pass: plain numbers, which every machine rounds alike."""

    def flow(
        self, activation: str, depth: int, weight_scale: float
    ) -> tuple[tuple[float, ...], float, tuple[int, ...]]:
        shrinks = (len(activation) * weight_scale) % 2 / 8
        gradients = tuple(2.0 ** -(shrinks * (depth - layer)) for layer in range(1, depth + 1))
        return gradients, len(activation) / 16, tuple(1 + (bin * len(activation)) % 7 for bin in range(40))


class MadeUpFields:
    """What `LiveFields` answers of two networks, without one."""

    start = "chelsea"

    def names(self) -> tuple[str, ...]:
        return "chelsea", "coffee"

    def networks(self) -> tuple[str, ...]:
        return "narrow", "wide"

    def image_size(self, network: str) -> int:
        return 96 if network == "narrow" else 128

    def layers(self, network: str) -> dict[str, tuple[tuple[int, ...], ...]]:
        far = 1 if network == "narrow" else 3
        return {
            "conv1": ((48, 48), (2, -far, far + 2), (2, -far, far + 2)),
            "pool1": ((24, 24), (4, -far, far + 6), (4, -far, far + 6)),
            "conv2": ((12, 24), (8, -9 * far, 9 * far + 4), (4, -3 * far, 3 * far + 8)),
        }

    def measured(
        self, network: str, layer: str, row: int, column: int, photo: str
    ) -> tuple[int | None, float]:
        return (None if row == column else 1 + (row + 2 * column + len(photo)) % 9), 0.01

    def fed(self, network: str, photo: str) -> bytes:
        return f"{network} {photo}".encode()

    def grey(self, network: str, photo: str, view: tuple[int, int, int]) -> bytes:
        return f"{network} {photo} {view}".encode()

    def gradient(
        self, network: str, layer: str, unit: tuple[int, int], photo: str, view: tuple[int, int, int]
    ) -> bytes:
        return f"{network} {layer} {unit} {photo} {view}".encode()


class MadeUpMaps:
    """What `LiveFeatureMaps` answers of two networks, without one: numbers that are the same everywhere."""

    def networks(self) -> tuple[str, ...]:
        return "narrow", "wide"

    def layers(self, network: str, photo: str) -> tuple[str, ...]:
        return "conv1", "relu1", "features.block.with_a_long_name.and_a_longer_one", "head"

    def layer(self, network: str, photo: str, layer: str) -> dict[str, Any]:
        channels, height, width = {
            "conv1": (6, 24, 32), "relu1": (70, 12, 12), "head": (150 if network == "wide" else 1, 7, 7),
        }.get(layer, (9, 8, 8))  # fmt: skip
        smallest = tuple(0.0 if layer == "relu1" else -(channel % 7) / 4 for channel in range(channels))
        largest = tuple((channel * 3 + len(photo)) % 8 / 2 for channel in range(channels))
        return {
            "shape": (channels, height, width),
            "smallest": smallest,
            "largest": largest,
            "limit": 0.25 if layer == "head" else 3.0,
        }

    def values(self, network: str, photo: str, layer: str, channel: int) -> tuple[tuple[float, ...], ...]:
        _, height, width = self.layer(network, photo, layer)["shape"]
        if height * width > 64:
            return ()
        return tuple(
            tuple((row + 2 * column + channel) % 9 / 4 - 1 for column in range(width))
            for row in range(height)
        )

    def page(self, network: str, photo: str, layer: str, page: int) -> bytes:
        return f"{network} {photo} {layer} {page}".encode()

    def map(self, network: str, photo: str, layer: str, channel: int) -> bytes:
        return f"{network} {photo} {layer} {channel}".encode()

    def scale(self, network: str, photo: str, layer: str) -> bytes:
        return f"{network} {photo} {layer}".encode()


class MadeUpScores:
    """What `LiveWindowScores` answers, without a network; windows, sizes and photos differ."""

    def name(self, photo: str) -> str:
        return f"W{'W' * len(photo)}, a class with a wide name"

    def scores(self, photo: str, image_size: int) -> tuple[tuple[float, ...], ...]:
        places = range(image_size // 32 - 6)
        return tuple(tuple((1 + row + 9 * column + len(photo)) / 99 for column in places) for row in places)

    def apart(self, photo: str, image_size: int, row: int, column: int) -> float:
        return 1 - (row + 2 * column + len(photo)) / 99
