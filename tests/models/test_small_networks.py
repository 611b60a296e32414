"""The small networks are alike in size, take pictures of up to 32×32, and learn."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers.models import build
from helpers.models.small import SmallAlexNet, SmallVGG
from helpers.reading.trace import trace
from tests.families import assert_the_gradient_has_the_field, parameters

FAMILIES = ["small_alexnet", "small_vgg", "small_googlenet", "resnet20", "plain20", "small_densenet"]


@pytest.mark.parametrize("name", FAMILIES)
def test_each_has_about_the_parameters_of_the_others(name):
    assert 0.245e6 < parameters(build(name, device="meta")) < 0.27e6 + 1


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize(("channels", "size"), [(3, 32), (1, 16), (3, 8)])
def test_each_takes_small_pictures_grey_or_in_colour(name, channels, size):
    net = build(name, in_channels=channels, num_classes=4, device="cpu")
    with torch.inference_mode():
        scores = net(torch.rand(3, channels, size, size))
    assert scores.shape == (3, 4)
    assert scores.isfinite().all()


def test_a_pool_that_lets_smaller_pictures_pass_changes_nothing_at_32():
    for name in ("small_alexnet", "small_vgg"):
        before = trace(build(name, device="meta"), (3, 32, 32))
        names = [row.name for row in before]
        assert before.rows[names.index("avgpool") - 1].output_shape[1:] == (4, 4)


@pytest.mark.parametrize(
    ("name", "options", "wider"),
    [
        ("small_alexnet", {"width": 48}, 3.9),
        ("small_vgg", {"width": 32}, 3.9),
        ("small_googlenet", {"width": 26}, 3.9),
        ("resnet20", {"width": 32}, 3.9),
        ("small_densenet", {"growth_rate": 24}, 3.9),
    ],
)
def test_twice_the_width_is_about_four_times_the_parameters(name, options, wider):
    ratio = parameters(build(name, device="meta", **options)) / parameters(build(name, device="meta"))
    assert ratio == pytest.approx(wider, abs=0.15)


@pytest.mark.parametrize(
    ("name", "layer", "size"),
    [
        ("small_alexnet", "pool5", 51),
        ("small_vgg", "pool3", 44),
        ("small_googlenet", "blocks.inception5b", 89),
        ("small_densenet", "relu4", 118),
    ],
)
def test_its_receptive_field_is_that_of_its_gradient(name, layer, size):
    assert_the_gradient_has_the_field(build(name, device="meta"), layer, size)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_parameter_learns(name):
    torch.manual_seed(0)
    net = build(name, in_channels=1, device="cpu").train()
    images, labels = torch.randn(16, 1, 16, 16), torch.arange(16) % 4
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    before = copy.deepcopy(net.state_dict())
    losses = []
    for _ in range(12):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert min(losses[-3:]) < losses[0] - 0.3
    still = [key for key, weight in net.named_parameters() if torch.equal(weight, before[key])]
    assert still == []


def test_the_degradation_pair_has_the_lesson_s_size():
    """Depth 14 and 44 at width 8 on grey patches: the shortcut of option A has no parameters of its own."""
    for depth in (14, 44):
        options = {"in_channels": 1, "width": 8, "device": "meta"}
        residual = build(f"resnet{depth}", zero_init_residual=True, **options)
        plain = build(f"plain{depth}", **options)
        assert residual.state_dict().keys() == plain.state_dict().keys()
        assert parameters(residual) == {14: 43_490, 44: 165_570}[depth]


def test_shortcuts_of_projections_can_be_had_by_name():
    counts = [parameters(build("resnet20", shortcut=each, device="meta")) for each in "ABC"]
    assert counts[1] - counts[0] == 16 * 32 + 64 + 32 * 64 + 128
    assert counts[0] < counts[1] < counts[2]


def test_the_small_googlenet_can_do_without_batch_norm_and_the_small_vgg_with_it():
    for name, has in [("small_googlenet", True), ("small_vgg", False)]:
        for given, expected in [({}, has), ({"batch_norm": not has}, not has)]:
            net = build(name, device="meta", **given)
            assert any(isinstance(m, nn.BatchNorm2d) for m in net.modules()) == expected


def test_the_small_alexnet_has_two_towers_or_as_many_as_it_is_given():
    convolutions = {
        groups: [m for m in SmallAlexNet(groups=groups).modules() if isinstance(m, nn.Conv2d)]
        for groups in (1, 2, 4)
    }
    assert [[m.groups for m in found] for found in convolutions.values()] == [
        [1, 1, 1, 1, 1],
        [1, 2, 1, 2, 2],
        [1, 4, 1, 4, 4],
    ]
    weights = {groups: [m.weight.numel() for m in found] for groups, found in convolutions.items()}
    assert all(one == 2 * two for one, two in list(zip(weights[1], weights[2], strict=True))[1::2])
    assert build("small_alexnet", device="meta").conv2.groups == 2


@pytest.mark.parametrize(("width", "groups", "multiple"), [(10, 2, 6), (24, 3, 9), (10, 1, 3)])
def test_a_width_that_the_towers_cannot_share_is_refused(width, groups, multiple):
    sentence = rf"^width must be a multiple of {multiple} for groups={groups}, got {width}$"
    with pytest.raises(ValueError, match=sentence):
        SmallAlexNet(width=width, groups=groups)


@pytest.mark.parametrize("family", [SmallAlexNet, SmallVGG])
def test_the_linear_layers_read_as_many_places_as_are_pooled(family):
    one, sixteen = (family(in_channels=1, pooled=side) for side in (1, 4))
    assert one.fc6.in_features * 16 == sixteen.fc6.in_features
    # Patches of 8×8 leave a single pixel, so the sixteen are copies of it.
    patches = torch.randn(2, 1, 8, 8)
    assert one.eval()(patches).shape == (2, 10)
    places = list(dict(sixteen.named_children())).index("flatten")
    maps = nn.Sequential(*list(sixteen.eval().children())[:places])(patches)
    assert torch.equal(maps, maps[:, :, :1, :1].expand_as(maps))
