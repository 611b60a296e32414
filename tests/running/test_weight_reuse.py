"""`weight_reuse` reads each source's share of a reader's weights, and nothing else."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers import weight_reuse
from helpers.models.densenet import DenseBlock


@pytest.fixture(params=[4, None], ids=["with 1×1", "without"])
def block(request):
    torch.manual_seed(0)
    return DenseBlock(12, layers=3, growth_rate=4, bottleneck=request.param)


def test_an_entry_is_the_mean_weight_of_a_source_over_that_of_all(block):
    weight = block.denselayer3.conv1.weight.detach()
    assert weight.shape[1] == 12 + 4 + 4
    means = [weight[:, part].abs().mean() for part in (slice(0, 12), slice(12, 16), slice(16, 20))]
    expected = [float(mean / weight.abs().mean()) for mean in means]
    np.testing.assert_allclose(weight_reuse(block)[:3, 2], expected, rtol=1e-5)


def test_a_reader_has_the_sources_before_it(block):
    reuse = weight_reuse(block, nn.Conv2d(24, 12, 1), nn.Linear(24, 10))
    assert reuse.shape == (4, 5)
    assert (~np.isnan(reuse)).sum(0).tolist() == [1, 2, 3, 4, 4]
    assert np.isnan(reuse[2, 1])


def test_a_source_that_is_not_used_is_zero_and_one_used_twice_as_much_is_twice_the_other(block):
    reader = nn.Linear(24, 10)
    with torch.no_grad():
        reader.weight.fill_(-1)
        reader.weight[:, 12:16] = 0
        reader.weight[:, 20:24] = 2
    column = weight_reuse(block, reader)[:, -1]
    assert column[1] == 0
    assert column[3] == pytest.approx(2 * column[0])
    assert column[2] == pytest.approx(column[0])


def test_a_factor_that_a_reader_s_weights_share_changes_nothing(block):
    before = weight_reuse(block)
    with torch.no_grad():
        block.denselayer2.conv1.weight.mul_(7)
    np.testing.assert_allclose(weight_reuse(block), before, rtol=1e-5)


def test_a_reader_of_something_else_is_refused(block):
    for reader in (nn.Conv2d(23, 12, 1), nn.Conv2d(20, 12, 1)):
        with pytest.raises(ValueError, match="24 come out of the block"):
            weight_reuse(block, reader)


def test_a_block_may_be_any_dense_layers_in_their_order(block):
    assert np.array_equal(weight_reuse(nn.Sequential(*block.children())), weight_reuse(block), equal_nan=True)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (nn.Sequential(nn.Conv2d(8, 4, 1), nn.Conv2d(8, 4, 1)), "reads 8 channels, and 12 are there"),
        (nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU()), "give a dense block"),
        (nn.Sequential(), "give a dense block"),
        (nn.ReLU(), "give a dense block"),
    ],
)
def test_what_is_no_dense_block_is_refused(wrong, hint):
    with pytest.raises(ValueError, match=hint):
        weight_reuse(wrong)
