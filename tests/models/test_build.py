"""`build` makes a network where it is to run, draws each weight once, and a table of it follows in a line."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from helpers.models import build, network_names
from tests.families import parameters


class Devices(TorchDispatchMode):
    """Notes where the tensors of more than one number are that PyTorch makes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.numel() > 1:
            self.seen.add(result.device.type)
        return result


class Draws(TorchDispatchMode):
    """Counts the numbers that are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (torch.ops.aten.uniform_.default, torch.ops.aten.normal_.default):
            self.count += args[0].numel()
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", network_names())
def test_a_network_is_made_on_its_device_with_no_copy_on_the_cpu(name):
    with Devices() as devices:
        build(name, device="meta")
    assert devices.seen == {"meta"}


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("alexnet", 60_965_224),
        ("vgg16", 138_357_544),
        ("vgg16_c", 133_638_952),
        ("googlenet", 6_998_552),
        ("resnet50", 25_557_032),
        ("densenet121", 7_978_856),
    ],
)
def test_the_counted_parameters_are_there_for_real_and_all_are_filled(name, count):
    assert parameters(build(name, device="meta")) == count
    with Draws() as draws:
        net = build(name, device="cpu")
    assert parameters(net) == count
    if name in ("alexnet", "vgg16", "vgg16_c"):  # half a second for each 100 M numbers, so no more of them
        assert draws.count == sum(weight.numel() for weight in net.parameters() if weight.dim() > 1)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            assert 0.005 < layer.weight.std().item() < 0.5
            assert layer.bias is None or layer.bias.abs().max().item() <= 1


@pytest.mark.parametrize("edition", ["paper", "torchvision"])
def test_the_weights_follow_pytorch_s_seed(edition):
    nets = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        nets.append(build("alexnet", edition=edition, device="cpu").state_dict())
    first, again, other = nets
    assert all(torch.equal(first[name], again[name]) for name in first)
    weights = [name for name in first if name.endswith("weight")]
    assert not any(torch.equal(first[name], other[name]) for name in weights)


def test_a_table_of_resnet_50_follows_in_one_line():
    """As it stands in the project's plan, in an interpreter of its own."""
    code = "from helpers import build, trace; print(trace(build('resnet50', device='meta'), (3, 224, 224)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *_, last = found.stdout.splitlines()
    assert last.split() == ["total", "25,557,032", "3,857,973,248"]
    assert found.stderr == ""


@pytest.mark.parametrize("name", ["alexnet", "vgg11"])
def test_a_slice_of_a_network_is_its_layers_in_a_row(name):
    network = build(name, device="meta")
    part = network[:4]
    assert type(part) is nn.Sequential
    assert list(part.named_children()) == list(network.named_children())[:4]
