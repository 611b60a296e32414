"""`saved_for_backward` counts what autograd keeps: every storage once, and nothing of the network's own."""

import gc
import weakref

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from helpers import effective_receptive_field, feature_maps, saved_for_backward
from helpers.explorers.numbers.dense_block import dense_block
from helpers.models.densenet import DenseBlock

MAP = 4 * 10 * 10  # bytes of one map of 10×10 numbers


def kept(*layers: nn.Module, channels: int = 3, images: int = 1) -> int:
    return saved_for_backward(nn.Sequential(*layers), torch.zeros(images, channels, 10, 10))


def test_a_convolution_keeps_what_it_reads_for_every_image() -> None:
    assert kept(nn.Conv2d(3, 8, 1)) == 3 * MAP
    assert kept(nn.Conv2d(3, 8, 1), images=5) == 5 * 3 * MAP


def test_what_two_operations_keep_is_counted_once() -> None:
    # Its own result, which the next convolution reads.
    assert kept(nn.Conv2d(3, 8, 1), nn.ReLU(), nn.Conv2d(8, 2, 1)) == (3 + 8) * MAP


def test_of_a_part_the_whole_is_counted_for_all_of_it_stays_in_memory() -> None:
    class First(nn.Module):
        def forward(self, x):
            return x[:, :1]

    assert kept(nn.Conv2d(3, 8, 1), First(), nn.Conv2d(1, 2, 1)) == (3 + 8) * MAP


def test_a_network_in_eval_mode_is_measured_as_it_trains() -> None:
    layers = nn.Conv2d(3, 8, 1), nn.BatchNorm2d(8), nn.Dropout(0.5)
    assert kept(*layers) == kept(*(layer.eval() for layer in layers)) > (3 + 8) * MAP


def test_nothing_of_what_was_kept_stays_in_memory_afterwards() -> None:
    outputs = []
    # A ReLU keeps its own result: what is noted of it must not hold the operation that made it.
    layers = nn.Sequential(nn.Conv2d(3, 8, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 2, 1))
    for layer in layers:
        layer.register_forward_hook(lambda layer, inputs, output: outputs.append(weakref.ref(output)))
    saved_for_backward(layers, torch.zeros(1, 3, 10, 10))
    gc.collect()
    assert len(outputs) == 4
    assert all(output() is None for output in outputs)


def test_where_nothing_is_learned_nothing_is_kept() -> None:
    assert kept(nn.Conv2d(3, 8, 1).requires_grad_(False)) == 0


def test_batch_norm_keeps_its_input_and_each_channel_s_mean_and_deviation() -> None:
    assert kept(nn.Conv2d(3, 8, 1), nn.BatchNorm2d(8)) == (3 + 8) * MAP + 2 * 4 * 8


@pytest.mark.parametrize("bottleneck", [4, 2, None])
def test_a_dense_block_keeps_the_maps_that_its_explorer_counts(bottleneck) -> None:
    block = DenseBlock(16, layers=5, growth_rate=8, bottleneck=bottleneck)
    numbers = dense_block(16, 5, 8, bottleneck is not None, bottleneck or 4, 0.5, map_size=10)
    statistics = sum(
        2 * 4 * norm.num_features for norm in block.modules() if isinstance(norm, nn.BatchNorm2d)
    )
    assert saved_for_backward(block, torch.zeros(1, 16, 10, 10)) == 4 * numbers.kept_values + statistics


def test_of_a_checkpoint_only_what_goes_in_is_kept() -> None:
    class Saving(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(nn.Conv2d(3, 8, 1), nn.ReLU(), nn.Conv2d(8, 8, 1))

        def forward(self, x):
            return checkpoint(self.layers, x, use_reentrant=False)

    assert saved_for_backward(Saving(), torch.zeros(1, 3, 10, 10)) == 3 * MAP


def test_the_network_is_left_as_it_was() -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, 1), nn.BatchNorm2d(8), nn.Dropout(0.5)).eval()
    net[2].train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    random = torch.get_rng_state()
    with torch.inference_mode():  # as in a cell that only looks
        inside = saved_for_backward(net, torch.ones(2, 3, 10, 10))
    assert inside == saved_for_backward(net, torch.ones(2, 3, 10, 10)) > 0
    assert [layer.training for layer in net] == [False, False, True]
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(weight.grad is None for weight in net.parameters())
    assert torch.equal(torch.get_rng_state(), random)


def test_what_a_network_asserts_is_one_sentence() -> None:
    class Asserting(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            assert x.shape[-1] == 7, "made for 7 columns"
            return x

    sentence = r"^Asserting does not accept an image of shape \(3, 8, 8\): made for 7 columns\.$"
    for look in (
        lambda net: saved_for_backward(net, torch.zeros(1, 3, 8, 8)),
        lambda net: feature_maps(net, torch.zeros(3, 8, 8), [""]),
        lambda net: effective_receptive_field(net, "", torch.zeros(3, 8, 8)),
    ):
        with pytest.raises(ValueError, match=sentence):
            look(Asserting())


def test_a_network_that_was_looked_at_first_can_still_be_trained() -> None:
    class Keeps(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.window = nn.Conv2d(3, 2, 3), None

        def forward(self, x: Tensor) -> Tensor:
            if self.window is None:
                self.window = torch.ones_like(x) / 2
            return self.conv(x * self.window)

    net = Keeps()
    feature_maps(net, torch.zeros(3, 8, 8), ["conv"])
    net(torch.ones(1, 3, 8, 8)).sum().backward()
    assert net.conv.weight.grad.abs().sum() > 0
