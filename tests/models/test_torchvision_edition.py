"""The torchvision edition takes the official checkpoints, and computes with them what torchvision does."""

import re

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.models import build
from helpers.reading.trace import trace
from tests.families import LAYOUTS, parameters, with_random_numbers

State = dict[str, Tensor]


def built(name: str, device: str) -> nn.Module:
    options = {"aux_heads": True} if name == "googlenet" else {}  # the checkpoint has them
    return build(name, edition="torchvision", device=device, **options)


@pytest.mark.parametrize("name", LAYOUTS)
def test_names_shapes_and_order_are_the_checkpoint_s(name):
    net = built(name, "meta")
    state = [(key, list(tensor.shape)) for key, tensor in net.state_dict().items()]
    assert state == list(LAYOUTS[name]["state_dict"].items())
    assert parameters(net) == LAYOUTS[name]["parameters"]


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_multiply_adds_at_224_are_torchvision_s(name):
    assert trace(built(name, "meta")).macs == LAYOUTS[name]["macs_224"]


# What torchvision computes, written out from the names in a state dict alone: nothing of `helpers` runs.


def conv(s: State, name: str, x: Tensor, stride: int = 1, padding: int | None = None) -> Tensor:
    weight = s[f"{name}.weight"]
    padding = weight.shape[-1] // 2 if padding is None else padding
    return F.conv2d(x, weight, s.get(f"{name}.bias"), stride, padding)


def norm(s: State, name: str, x: Tensor, eps: float = 1e-5) -> Tensor:
    mean, var, scale, shift = (
        s[f"{name}.{each}"].view(1, -1, 1, 1) for each in ("running_mean", "running_var", "weight", "bias")
    )
    return (x - mean) / (var + eps).sqrt() * scale + shift


def linear(s: State, name: str, x: Tensor) -> Tensor:
    return x @ s[f"{name}.weight"].T + s[f"{name}.bias"]


def alexnet(s: State, x: Tensor) -> Tensor:
    x = F.max_pool2d(conv(s, "features.0", x, stride=4, padding=2).relu(), 3, 2)
    x = F.max_pool2d(conv(s, "features.3", x).relu(), 3, 2)
    x = conv(s, "features.8", conv(s, "features.6", x).relu()).relu()
    x = F.max_pool2d(conv(s, "features.10", x).relu(), 3, 2)
    x = F.adaptive_avg_pool2d(x, 6).reshape(len(x), -1)
    x = linear(s, "classifier.4", linear(s, "classifier.1", x).relu()).relu()
    return linear(s, "classifier.6", x)


def vgg16_bn(s: State, x: Tensor) -> Tensor:
    place = 0
    for convolutions in (2, 2, 3, 3, 3):
        for _ in range(convolutions):
            x = norm(s, f"features.{place + 1}", conv(s, f"features.{place}", x)).relu()
            place += 3
        x = F.max_pool2d(x, 2)
        place += 1
    x = F.adaptive_avg_pool2d(x, 7).reshape(len(x), -1)
    x = linear(s, "classifier.3", linear(s, "classifier.0", x).relu()).relu()
    return linear(s, "classifier.6", x)


def googlenet(s: State, x: Tensor) -> Tensor:
    def unit(name: str, x: Tensor, stride: int = 1) -> Tensor:
        return norm(s, f"{name}.bn", conv(s, f"{name}.conv", x, stride), eps=0.001).relu()

    def block(name: str, x: Tensor) -> Tensor:
        pooled = F.max_pool2d(x, 3, 1, 1, ceil_mode=True)
        branches = [unit(f"{name}.branch1", x), x, x, unit(f"{name}.branch4.1", pooled)]
        for branch in (2, 3):
            for layer in (0, 1):
                branches[branch - 1] = unit(f"{name}.branch{branch}.{layer}", branches[branch - 1])
        return torch.cat(branches, 1)

    x = F.max_pool2d(unit("conv1", x, 2), 3, 2, ceil_mode=True)
    x = F.max_pool2d(unit("conv3", unit("conv2", x)), 3, 2, ceil_mode=True)
    x = F.max_pool2d(block("inception3b", block("inception3a", x)), 3, 2, ceil_mode=True)
    for letter in "abcde":
        x = block(f"inception4{letter}", x)
    x = block("inception5b", block("inception5a", F.max_pool2d(x, 2, 2, ceil_mode=True)))
    return linear(s, "fc", x.mean((2, 3)))


def resnet(s: State, x: Tensor) -> Tensor:
    x = F.max_pool2d(norm(s, "bn1", conv(s, "conv1", x, 2)).relu(), 3, 2, 1)
    for stage in (1, 2, 3, 4):
        block = 0
        while f"layer{stage}.{block}.conv1.weight" in s:
            name = f"layer{stage}.{block}"
            stride = 2 if stage > 1 and block == 0 else 1
            deep = f"{name}.conv3.weight" in s
            shortcut = x
            if f"{name}.downsample.0.weight" in s:
                shortcut = norm(s, f"{name}.downsample.1", conv(s, f"{name}.downsample.0", x, stride))
            x = norm(s, f"{name}.bn1", conv(s, f"{name}.conv1", x, 1 if deep else stride)).relu()
            x = norm(s, f"{name}.bn2", conv(s, f"{name}.conv2", x, stride if deep else 1))
            if deep:
                x = norm(s, f"{name}.bn3", conv(s, f"{name}.conv3", x.relu()))
            x = (x + shortcut).relu()
            block += 1
    return linear(s, "fc", x.mean((2, 3)))


def densenet(s: State, x: Tensor) -> Tensor:
    x = F.max_pool2d(norm(s, "features.norm0", conv(s, "features.conv0", x, 2)).relu(), 3, 2, 1)
    for block in (1, 2, 3, 4):
        seen, layer = [x], 1
        while f"features.denseblock{block}.denselayer{layer}.norm1.weight" in s:
            name = f"features.denseblock{block}.denselayer{layer}"
            y = conv(s, f"{name}.conv1", norm(s, f"{name}.norm1", torch.cat(seen, 1)).relu())
            seen.append(conv(s, f"{name}.conv2", norm(s, f"{name}.norm2", y).relu()))
            layer += 1
        x = torch.cat(seen, 1)
        if block < 4:
            name = f"features.transition{block}"
            x = F.avg_pool2d(conv(s, f"{name}.conv", norm(s, f"{name}.norm", x).relu()), 2)
    return linear(s, "classifier", norm(s, "features.norm5", x).relu().mean((2, 3)))


REFERENCES = [
    ("alexnet", alexnet),
    ("vgg16_bn", vgg16_bn),
    ("googlenet", googlenet),
    ("resnet18", resnet),
    ("resnet50", resnet),
    ("densenet121", densenet),
]


@pytest.mark.parametrize(("name", "reference"), REFERENCES)
def test_it_computes_what_torchvision_does(name, reference):
    torch.manual_seed(0)
    net = with_random_numbers(built(name, "cpu"))
    image = torch.randn(2, 3, 95, 127)  # odd sizes tell how pooling rounds
    image[1] *= 5
    with torch.inference_mode():
        scores, expected = net(image), reference(net.state_dict(), image)
    # Two images get scores that differ, or a mistake in the layers could go unseen.
    assert (scores[0] - scores[1]).std() > 0.05 * scores.std()
    torch.testing.assert_close(scores, expected, rtol=1e-3, atol=1e-4 * expected.std().item())


def test_the_plain_vggs_are_the_one_with_batch_norm_without_it():
    with_norm = [repr(layer) for layer in build("vgg16_bn", device="meta").features]
    without = [repr(layer) for layer in build("vgg16", edition="torchvision", device="meta").features]
    assert [layer for layer in with_norm if not re.match("BatchNorm", layer)] == without
