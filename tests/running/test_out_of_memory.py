"""Where a device's memory runs out, a sentence says what to do, and the CPU goes on."""

import weakref
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from helpers import models
from helpers.images.patches import photo_patches
from helpers.models import build
from helpers.models.device import OutOfMemory, best_device, enough_memory
from helpers.running.classify import classify
from helpers.running.effective_field import effective_receptive_field
from helpers.running.feature_maps import feature_maps
from helpers.running.training import fit

CUDA = torch.OutOfMemoryError(
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of …"
)
MPS = RuntimeError("MPS backend out of memory (MPS allocated: 17.9 GB, other allocations: 1.2 GB).")
LARGE = RuntimeError("Invalid buffer size: 32.00 GiB")  # MPS too, for a single tensor
IMAGE = torch.zeros(3, 8, 8)


class Greedy(nn.Module):
    """A network that wants more memory than there is, until it is told otherwise."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 3)
        self.error: Exception | None = error

    def forward(self, x: Tensor) -> Tensor:
        if self.error is not None:
            raise self.error
        return self.conv(x).mean((2, 3))


@pytest.fixture
def emptied(monkeypatch) -> list[str]:
    """The accelerators whose unused memory was given back."""
    given: list[str] = []
    for name in ("cuda", "mps", "xpu"):
        monkeypatch.setattr(getattr(torch, name), "empty_cache", lambda name=name: given.append(name))
    return given


@pytest.mark.parametrize("device", ["cuda", "mps", "xpu"])
@pytest.mark.parametrize("error", [CUDA, MPS, LARGE])
def test_an_accelerator_s_error_becomes_one_sentence_and_its_memory_is_given_back(emptied, device, error):
    with pytest.raises(OutOfMemory) as caught, enough_memory(torch.device(device), "a VGG"):
        raise error
    assert str(caught.value) == (
        f"'{device}' has too little free memory for a VGG; build with device='cpu', or use something smaller."
    )
    assert emptied == [device]


def too_large() -> None:
    torch.empty(2**55, dtype=torch.uint8)


def too_large_for_python() -> None:
    raise MemoryError


@pytest.mark.parametrize("work", [too_large, too_large_for_python])
def test_the_cpu_s_own_error_becomes_a_sentence_too(work):
    sentence = (
        r"^'cpu' has too little free memory for a VGG; close other programs, or use something smaller\.$"
    )
    with pytest.raises(OutOfMemory, match=sentence), enough_memory(torch.device("cpu"), "a VGG"):
        work()


def test_other_errors_stay_as_they_are(emptied):
    with pytest.raises(RuntimeError, match=r"^mat1 and mat2"), enough_memory(torch.device("cuda"), "a VGG"):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    assert emptied == []


def test_what_the_failed_work_held_is_free_while_the_sentence_is_still_known():
    held = []

    def work() -> None:
        tensor = torch.zeros(9)
        held.append(weakref.ref(tensor))
        raise CUDA

    with pytest.raises(OutOfMemory) as caught, enough_memory(torch.device("cpu"), "a VGG"):
        work()
    assert held[0]() is None
    assert caught.value is not None


USES: dict[str, tuple[Callable[[nn.Module], object], str]] = {
    "feature_maps": (
        lambda net: feature_maps(net, IMAGE, "conv"),
        r"Greedy and an image of shape \(3, 8, 8\)",
    ),
    "classify": (lambda net: classify(net, IMAGE), r"Greedy and an image of shape \(3, 8, 8\)"),
    "effective field": (
        lambda net: effective_receptive_field(net, "conv", IMAGE),
        r"Greedy and the gradients of an image of shape \(3, 8, 8\)",
    ),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("error", [CUDA, MPS])
def test_an_instrument_says_what_was_too_much_and_works_when_there_is_room(use, error):
    run, what = USES[use]
    net = Greedy(error).train()
    with pytest.raises(OutOfMemory, match=rf"^'cpu' has too little free memory for {what}; [^.]*\.$"):
        run(net)
    assert net.training
    assert not net.conv._forward_hooks
    net.error = None
    if use == "classify":
        with pytest.raises(ValueError, match="1000 classes"):
            run(net)
    else:
        assert run(net) is not None


def test_a_training_says_so_and_can_be_begun_again_on_the_cpu():
    data = photo_patches(["hubble", "coins"], size=8, per_class=20, test_per_class=10, grey=False)
    net = Greedy(CUDA)
    net.error = None

    def fill_up(network: Greedy, *_: object) -> None:
        network.error = CUDA if network.training else None

    handle = net.register_forward_pre_hook(fill_up)
    with pytest.raises(OutOfMemory, match=r"'cpu' has .* for training Greedy with batch_size=10; close"):
        fit(net, data, batch_size=10)
    assert not net.training
    handle.remove()
    net.error = None
    assert fit(net, data, epochs=1, batch_size=10, device="cpu").epochs == 1


@pytest.fixture
def full(monkeypatch, emptied) -> list[str]:
    """A computer whose accelerator is full: what is built first runs out of memory, and the next is fine."""
    made: list[str] = []

    def factory(*, num_classes: int = 10) -> nn.Module:
        made.append("once more")
        if len(made) == 1:
            raise CUDA
        return nn.Linear(3, num_classes)

    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("cuda"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 1)
    monkeypatch.setitem(models._NETWORKS, "resnet14", {"paper": factory})
    return made


def test_where_the_best_device_is_full_the_network_is_built_on_the_cpu_with_a_warning(full):
    sentence = r"^'cuda' has too little free memory for the network 'resnet14', so it is built on the CPU\.$"
    with pytest.warns(UserWarning, match=sentence) as warned:
        net = build("resnet14", num_classes=4)
    assert [each.filename for each in warned] == [__file__]
    assert (net.weight.device.type, net.out_features, net.training) == ("cpu", 4, False)


def test_a_full_device_that_was_asked_for_is_an_error_in_one_sentence(full, emptied):
    sentence = (
        r"^'cuda' has .* for the network 'resnet14'; build with device='cpu', or use something smaller\.$"
    )
    with pytest.raises(OutOfMemory, match=sentence):
        build("resnet14", device="cuda")
    assert (len(full), emptied) == (1, ["cuda"])
    assert build("resnet14", device="cpu").weight.device.type == "cpu"


@pytest.mark.gpu
def test_a_real_accelerator_that_is_asked_for_too_much_says_so_and_goes_on():
    device = best_device()
    with pytest.raises(OutOfMemory, match="too little free memory"), enough_memory(device, "a VGG"):
        torch.empty(2**48, dtype=torch.uint8, device=device)
    assert torch.ones(3, device=device).sum().item() == 3
