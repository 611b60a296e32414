"""The accelerator is picked where there is one, and asking for one that is absent is explained."""

from types import SimpleNamespace

import pytest
import torch

from helpers.models import device
from helpers.models.device import best_device, device_report, pick


@pytest.fixture(params=["cuda", "mps", "xpu"])
def accelerator(request, monkeypatch):
    """A computer with two accelerators of one type."""
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device(request.param))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 2)
    return request.param


@pytest.fixture
def no_accelerator(monkeypatch):
    # A build of PyTorch for CUDA names an accelerator even where the computer has none.
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("cuda"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 0)


def test_the_accelerator_is_the_best_device(accelerator):
    assert best_device() == pick() == pick(None) == torch.device(accelerator)


def test_without_an_accelerator_the_cpu_is_the_best_device(no_accelerator):
    assert best_device() == pick() == torch.device("cpu")


def test_a_device_that_is_there_is_picked_by_name_number_or_object(accelerator):
    assert pick(accelerator) == torch.device(accelerator)
    assert pick(f"{accelerator}:1") == torch.device(accelerator, 1)
    assert pick(torch.device(accelerator, 0)) == torch.device(accelerator, 0)
    assert pick("cpu") == torch.device("cpu")
    assert pick("meta") == torch.device("meta")


@pytest.mark.parametrize("wanted", ["gpu", "", "cuda:x", "opengl", 3.5, "cpu:1"])
def test_a_device_that_pytorch_does_not_know_is_refused(no_accelerator, wanted):
    with pytest.raises(
        ValueError, match=rf"^There is no device '{wanted}' here; use 'cpu', or None for"
    ) as e:
        pick(wanted)
    assert str(e.value).count(".") == 1 + str(wanted).count(".")


@pytest.mark.parametrize("wanted", ["cuda", "cuda:0", "mps", "xpu"])
def test_a_device_that_is_not_in_this_computer_is_refused(no_accelerator, wanted):
    with pytest.raises(ValueError, match=rf"^There is no device '{wanted}' here; use 'cpu', or None"):
        pick(wanted)


def test_an_accelerator_of_another_type_or_number_is_refused_and_the_right_one_offered(accelerator):
    other = "xpu" if accelerator == "cuda" else "cuda"
    for wanted in (other, f"{accelerator}:2"):
        with pytest.raises(ValueError, match=rf"no device '{wanted}' here; use 'cpu' or '{accelerator}', or"):
            pick(wanted)


def test_the_report_is_one_line_that_names_what_the_networks_run_on(no_accelerator, monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert device_report() == "Networks run on the CPU with 2 threads; there is no accelerator."
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    assert device_report() == "Networks run on the CPU with 1 thread; there is no accelerator."


def test_the_report_names_the_accelerator_and_its_memory(monkeypatch, accelerator):
    properties = SimpleNamespace(name="Some GPU", total_memory=80 * 2**30)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _device: properties)
    model = ", Some GPU with 80 GiB" if accelerator == "cuda" else ""
    assert device_report() == f"Networks run on the accelerator '{accelerator}'{model}; PyTorch finds 2."


@pytest.mark.gpu
def test_a_tensor_lives_on_the_best_device():
    assert torch.ones(2, device=device.best_device()).sum().item() == 2
