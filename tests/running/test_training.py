"""Training does what its docstring says, step by step, whatever interrupts it."""

from contextlib import nullcontext
from math import cos, pi

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.images.patches import photo_patches
from helpers.models.device import best_device
from helpers.running import training
from helpers.running.training import History, fit

DATA = photo_patches(["hubble", "coins", "tissue"], size=8, per_class=50, test_per_class=20)


def network(seed: int = 0, dropout: float = 0.0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(54, 3),
    )


def weights(model: nn.Module) -> Tensor:
    return torch.cat([value.flatten().float() for value in model.state_dict().values()])


def test_a_small_network_learns_which_photo_a_patch_is_from():
    model = network()
    history = fit(model, DATA, epochs=8)
    assert history.train_error[-1] < 35
    assert history.test_error[-1] < 40  # two in three are wrong by chance
    assert history.train_loss[-1] < history.train_loss[0]
    assert history.note == ""
    assert not any(module.training for module in model.modules())
    assert all(each.grad is None for each in model.parameters())


def test_the_steps_are_nesterov_s_with_one_cycle_of_the_learning_rate():
    model, by_hand = network(), network()
    fit(model, DATA, epochs=2, batch_size=40, learning_rate=0.05, momentum=0.8, weight_decay=0.01, seed=5)

    by_hand.train()
    orders, velocities = torch.Generator().manual_seed(5), [torch.zeros_like(p) for p in by_hand.parameters()]
    steps, step = 2 * 4, 0
    for _ in range(2):
        for chosen in torch.randperm(150, generator=orders).tensor_split(4):
            by_hand.zero_grad()
            F.cross_entropy(by_hand(DATA.train_images[chosen]), DATA.train_labels[chosen]).backward()
            peak = 0.3 * (steps + 1) - 1
            rising = step <= peak
            share = step / peak if rising else (step - peak) / (steps - peak)
            first, last = (0.05 / 25, 0.05) if rising else (0.05, 0.05 / 25e4)
            rate = last + (first - last) * (1 + cos(pi * share)) / 2
            with torch.no_grad():
                for parameter, velocity in zip(by_hand.parameters(), velocities, strict=True):
                    gradient = parameter.grad + 0.01 * parameter
                    velocity.mul_(0.8).add_(gradient)
                    parameter -= rate * (gradient + 0.8 * velocity)
            step += 1
    torch.testing.assert_close(weights(model), weights(by_hand), atol=1e-5, rtol=1e-4)


def test_the_history_is_of_the_network_in_eval_mode_at_the_end_of_each_epoch():
    model = network(dropout=0.6)
    history = fit(model, DATA, epochs=2)
    assert len(history.train_loss) == len(history.test_loss) == history.epochs == 2
    sets = (
        (DATA.train_images, DATA.train_labels, history.train_loss, history.train_error),
        (DATA.test_images, DATA.test_labels, history.test_loss, history.test_error),
    )
    for images, labels, losses, errors in sets:
        with torch.no_grad():
            scores = model(images)
        assert losses[-1] == pytest.approx(F.cross_entropy(scores, labels).item(), rel=1e-4)
        assert errors[-1] == pytest.approx(100 * (scores.argmax(1) != labels).float().mean().item(), abs=0.01)


def test_the_last_epoch_alone_is_the_same_training_measured_once():
    every, last = network(dropout=0.6), network(dropout=0.6)
    one = fit(every, DATA, epochs=4, stop_after=3)
    other = fit(last, DATA, epochs=4, stop_after=3, every_epoch=False)
    assert torch.equal(weights(every), weights(last))
    assert (other.epochs, other.train_loss, other.test_error) == (1, one.train_loss[-1:], one.test_error[-1:])


def test_each_epoch_takes_every_image_once_in_batches_equal_to_one():
    model, batches = network(), []
    model.register_forward_pre_hook(lambda net, inputs: batches.append(inputs[0]) if net.training else None)
    fit(model, DATA, epochs=2, batch_size=64)
    assert [len(batch) for batch in batches] == [50] * 6

    def all_of(images: Tensor) -> list[list[float]]:
        return sorted(images.flatten(1).tolist())

    first, second = torch.cat(batches[:3]), torch.cat(batches[3:])
    assert all_of(first) == all_of(second) == all_of(DATA.train_images)
    assert not torch.equal(first, second)


def test_the_same_seed_gives_the_same_network_and_another_does_not():
    def trained(seed: int, state: int) -> Tensor:
        model = network(dropout=0.5)
        torch.manual_seed(state)
        fit(model, DATA, epochs=1, seed=seed)
        return weights(model)

    assert torch.equal(trained(1, state=0), trained(1, state=9))
    assert not torch.equal(trained(1, state=0), trained(2, state=0))


def test_pytorch_s_generator_and_threads_are_left_as_they_were():
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    seen = []
    for count in (1, 2):
        model = network(dropout=0.5)
        model.register_forward_hook(lambda *_: seen.append(torch.get_num_threads()))
        torch.set_rng_state(before)
        fit(model, DATA, epochs=1, threads=count)
        assert set(seen[1:]) == {count}  # after the first, which finds out what the network returns
        seen.clear()
        assert torch.equal(torch.get_rng_state(), before)
        assert torch.get_num_threads() == threads


def interrupt_at(model: nn.Module, call: int) -> None:
    calls = []

    def stop(net: nn.Module, *_: object) -> None:
        calls.append(net.training)
        if sum(calls) == call:
            raise KeyboardInterrupt

    model.register_forward_pre_hook(stop)


@pytest.mark.parametrize(
    ("device", "forked"), [("cpu", ([], "cuda")), ("cuda", (["cuda"], "cuda")), ("xpu", (["xpu"], "xpu"))]
)
def test_the_generator_of_the_accelerator_is_forked_too(monkeypatch, device, forked):
    calls = []

    def fork_rng(devices: list[torch.device], *, device_type: str) -> nullcontext:
        calls.append(([each.type for each in devices], device_type))
        return nullcontext()

    monkeypatch.setattr(torch.random, "fork_rng", fork_rng)
    monkeypatch.setattr(torch, "manual_seed", lambda seed: calls.append(seed))
    with training._own_randomness(torch.device(device), seed=7):
        assert calls == [forked, 7]


def test_an_interrupted_training_keeps_the_epochs_that_are_complete():
    threads = torch.get_num_threads()
    model, whole = network(), fit(network(), DATA, epochs=4)
    interrupt_at(model, call=8)
    history = fit(model, DATA, epochs=4)
    assert history.note == "Stopped by hand in epoch 3 of 4."
    assert history.epochs == 2
    assert history.train_error == whole.train_error[:2]
    assert not model.training
    assert torch.get_num_threads() == threads
    assert repr(history).endswith(" %. Stopped by hand in epoch 3 of 4.")


def test_an_interruption_in_the_first_epoch_gives_an_empty_history():
    model = network()
    interrupt_at(model, call=2)
    history = fit(model, DATA)
    assert (history.epochs, history.test_loss) == (0, ())
    assert repr(history) == "Stopped by hand in epoch 1 of 3."


def test_a_loss_that_is_no_longer_finite_ends_the_training_with_a_sentence():
    layers = [layer for _ in range(6) for layer in (nn.Linear(64, 64), nn.ReLU())]
    model = nn.Sequential(nn.Flatten(), *layers, nn.Linear(64, 3))
    history = fit(model, DATA, epochs=30, learning_rate=1e9)
    assert history.epochs < 30
    epoch = history.epochs + 1
    sentence = f"Stopped in epoch {epoch}: the loss is no longer finite; use a learning rate below 1e+09."
    assert history.note == sentence
    assert not model.training


class WithAuxiliary(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten())
        self.main, self.auxiliary = nn.Linear(144, 3), nn.Linear(144, 3)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        x = self.stem(x)
        return (self.main(x), self.auxiliary(x)) if self.training else self.main(x)


def test_a_loss_of_one_s_own_trains_auxiliary_heads():
    model = WithAuxiliary()
    before = model.auxiliary.weight.clone()

    def loss(outputs: tuple[Tensor, Tensor], labels: Tensor) -> Tensor:
        return F.cross_entropy(outputs[0], labels) + 0.3 * F.cross_entropy(outputs[1], labels)

    history = fit(model, DATA, learning_rate=0.03, loss=loss)
    assert not torch.equal(model.auxiliary.weight, before)
    assert history.train_error[-1] < 50
    assert model.eval()(DATA.test_images).shape == (60, 3)


def test_a_network_in_eval_mode_is_trained_in_training_mode_in_every_epoch():
    first, second = network(), network().eval()
    fit(first, DATA, epochs=2)
    fit(second, DATA, epochs=2)
    assert torch.equal(weights(first), weights(second))
    assert not torch.equal(first[1].running_mean, torch.zeros(6))


def test_frozen_parameters_stay_as_they_are():
    model = network()
    model[0].weight.requires_grad_(False)
    before = model[0].weight.clone()
    fit(model, DATA, epochs=1)
    assert torch.equal(model[0].weight, before)


def test_a_history_is_one_sentence_and_two_of_the_same_numbers_are_equal():
    history = History((1.0,), (25.26,), (1.1,), (40.0,), seconds=2.0)
    assert repr(history) == "1 epoch: training error 25.3 %, test error 40.0 %."
    assert history == History((1.0,), (25.26,), (1.1,), (40.0,), seconds=3.0)
    assert history != History((1.0,), (25.0,), (1.1,), (40.0,), seconds=2.0)


@pytest.mark.gpu
def test_an_accelerator_trains_on_the_same_batches():
    cpu, gpu = network(), network()
    on_cpu, on_gpu = (
        fit(cpu, DATA, learning_rate=0.01),
        fit(gpu, DATA, learning_rate=0.01, device=best_device()),
    )
    assert next(gpu.parameters()).device.type == best_device().type != "cpu"
    assert on_gpu.train_loss == pytest.approx(on_cpu.train_loss, rel=0.05)
    assert fit(gpu, DATA, epochs=1).epochs == 1  # it stays where it is
