"""`cut_connections` cuts a trained DenseNet as masks would, and leaves the one that it is given alone."""

import re
from copy import deepcopy

import pytest
import torch
from torch import nn

from helpers import cut_connections
from helpers.images.patches import photo_patches
from helpers.models.densenet import DenseBlock
from helpers.models.small import SmallDenseNet, SmallResNet
from studies import reuse

DATA = photo_patches(["brick", "coins"], size=8, per_class=8, test_per_class=4)


@pytest.fixture
def network():
    torch.manual_seed(0)
    network = SmallDenseNet(2, in_channels=1, growth_rate=8, layers=(6, 6))
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.uniform_(norm.bias, -0.5, 0.5)
    return network.eval()


@pytest.mark.parametrize("name", reuse.CUTS)
def test_it_cuts_as_masks_on_the_maps_do(network, name):
    kept = reuse.CUTS[name]
    cut = cut_connections(network, DATA, kept)
    theirs = reuse.masked(deepcopy(network), kept).train()
    for norm in theirs.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.reset_running_stats()
            norm.momentum = None
    with torch.no_grad():
        theirs(DATA.train_images)
    theirs.eval()
    torch.testing.assert_close(cut(DATA.test_images), theirs(DATA.test_images), rtol=1e-4, atol=1e-5)


def test_the_network_stays_as_it_is_and_the_copy_can_train_on(network):
    before = deepcopy(network.state_dict())
    cut = cut_connections(network, DATA, lambda source, reader: source == 0)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not network.training
    assert not cut.training
    assert {each.momentum for each in cut.modules() if isinstance(each, nn.BatchNorm2d)} == {0.1}


def test_every_connection_is_asked_for(network):
    asked = []

    def kept(source, reader):
        asked.append((source, reader))
        return True

    cut_connections(network, DATA, kept)
    pairs = [(source, reader) for reader in range(1, 8) for source in range(reader)]
    assert asked == 2 * pairs
    assert len(pairs) == 28


def test_cut_weights_are_zero_and_no_others(network):
    cut = cut_connections(network, DATA, lambda source, reader: source != 2)
    weight = cut.denseblock1.denselayer5.conv1.weight
    zero = (weight == 0).all(dim=3).all(dim=2).all(dim=0)
    assert zero.tolist() == [False] * 24 + [True] * 8 + [False] * 16
    assert torch.equal(weight[:, :24], network.denseblock1.denselayer5.conv1.weight[:, :24])


@pytest.mark.parametrize(("block", "zeros"), [(None, [8, 8]), (1, [8, 0]), (2, [0, 8])])
def test_one_block_can_be_cut_alone(network, block, zeros):
    cut = cut_connections(network, DATA, lambda source, reader: source != 2, only_block=block)
    weights = [cut.get_submodule(f"denseblock{place}.denselayer5.conv1").weight for place in (1, 2)]
    assert [int((weight == 0).all(dim=3).all(dim=2).all(dim=0).sum()) for weight in weights] == zeros


@pytest.mark.parametrize("name", reuse.IN_BLOCK_1)
def test_the_cuts_of_the_first_block_take_96_maps_each(name):
    kept, sizes = reuse.IN_BLOCK_1[name], [16, *[8] * 6]
    taken = [sizes[source] for reader in range(1, 8) for source in range(reader) if not kept(source, reader)]
    assert sum(taken) == 96


@pytest.mark.parametrize("block", [0, 3, "1"])
def test_a_block_that_there_is_not_is_refused(network, block):
    says = f"^only_block is {re.escape(repr(block))}; the SmallDenseNet has blocks 1 to 2"
    with pytest.raises(ValueError, match=says):
        cut_connections(network, DATA, lambda source, reader: True, only_block=block)


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (lambda source, reader: None, r"^kept\(0, 1\) gives None; return True or False\.$"),
        (lambda source: True, r"^kept\(0, 1\) raised TypeError: "),
        ("source == 0", r"^kept\(0, 1\) raised TypeError: "),
    ],
)
def test_a_kept_that_does_not_say_is_refused(network, kept, says):
    with pytest.raises(ValueError, match=says):
        cut_connections(network, DATA, kept)


def test_what_has_no_dense_block_or_nothing_behind_it_is_refused():
    with pytest.raises(ValueError, match=r"^The SmallResNet has no dense block; give a DenseNet\.$"):
        cut_connections(SmallResNet(8, in_channels=1), DATA, lambda source, reader: True)
    with pytest.raises(ValueError, match=r"^Behind a dense block of 9 channels stands nothing"):
        cut_connections(DenseBlock(1, layers=2, growth_rate=4), DATA, lambda source, reader: True)
