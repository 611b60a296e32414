"""The effective field is the gradient of a real unit, with the shape and the shrinking ratio known of it."""

from contextlib import suppress
from math import sqrt

import pytest
import torch
from hypothesis import assume, given, settings
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from helpers.images.photos import photo
from helpers.models import build
from helpers.reading.receptive_field import receptive_field
from helpers.running.effective_field import EffectiveField, effective_receptive_field
from tests.networks import Function, random_networks


def box_filters(depth: int) -> nn.Sequential:
    """A linear stack of 3×3 filters that average."""
    layers = [nn.Conv2d(1, 1, 3, padding=1, bias=False) for _ in range(depth)]
    for layer in layers:
        nn.init.constant_(layer.weight, 1 / 9)
    return nn.Sequential(*layers)


def trinomial(depth: int) -> list[int]:
    """The coefficients of (1 + x + x²) to the power of the depth."""
    row = [1]
    for _ in range(depth):
        row = [sum(row[max(0, at - 2) : at + 1]) for at in range(len(row) + 2)]
    return row


@pytest.mark.parametrize("depth", [1, 2, 5, 12])
def test_a_stack_of_box_filters_sees_the_product_of_two_trinomials(depth):
    size = 2 * depth + 5
    field = effective_receptive_field(box_filters(depth), str(depth - 1), torch.zeros(1, size, size))
    row = torch.tensor(trinomial(depth), dtype=torch.float64)
    expected = torch.zeros(size, size, dtype=torch.float64)
    expected[2:-2, 2:-2] = torch.outer(row, row) / row.max() ** 2
    torch.testing.assert_close(field.map.double(), expected, atol=1e-5, rtol=1e-4)
    assert (field.unit, field.theoretical) == ((size // 2, size // 2), 2 * depth + 1)
    middle = size // 2
    shares = [
        expected[middle - half : middle + half + 1, middle - half : middle + half + 1].sum() / expected.sum()
        for half in range(middle)
    ]
    assert field.side == 2 * next(half for half, share in enumerate(shares) if share >= 0.95) + 1
    assert field.ratio == field.side / (2 * depth + 1)


def test_an_even_field_has_its_centre_between_pixels():
    conv = nn.Conv2d(1, 1, 4, bias=False)
    nn.init.ones_(conv.weight)
    field = effective_receptive_field(nn.Sequential(conv), "0", torch.zeros(1, 11, 11))
    assert (field.side, field.theoretical, field.ratio) == (4, 4, 1.0)


def test_the_ratio_of_random_networks_falls_as_one_over_the_root_of_the_depth():
    """The variance of a random 3×3 layer's gradient spreads by 2/3 of a pixel² each way, and its size, the
    root of a bell curve, by twice that; a square of ±2.24 deviations holds 95 % of a round bell.
    """
    torch.manual_seed(0)
    images = torch.randn(4, 1, 53, 53)
    for depth in (9, 16, 25):
        layers: list[nn.Module] = []
        for at in range(depth):
            conv = nn.Conv2d(8 if at else 1, 8, 3, padding=1, bias=False)
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            layers += [conv, nn.ReLU(inplace=True)]
        ratio = effective_receptive_field(nn.Sequential(*layers), str(2 * depth - 2), images).ratio
        assert ratio * sqrt(depth) == pytest.approx(2.24 * sqrt(4 / 3), rel=0.12)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(deadline=None, derandomize=True, max_examples=12)
@given(model=random_networks())
def test_nothing_outside_the_theoretical_field_moves_the_unit(model):
    last = str(len(model) - 1)
    images = torch.rand(2, 3, 60, 60, generator=torch.Generator().manual_seed(0))
    found = None
    with suppress(ValueError):  # where a ReLU is off
        found = effective_receptive_field(model, last, images)
    assume(found is not None)
    top, left, bottom, right = receptive_field(model, last).box(found.unit)
    inside = torch.zeros_like(found.map, dtype=torch.bool)
    inside[max(0, top) : bottom + 1, max(0, left) : right + 1] = True
    assert found.map[~inside].eq(0).all()
    assert found.map.max() == 1
    assert 1 <= found.side <= found.theoretical + 1


@pytest.fixture
def model() -> nn.Sequential:
    torch.manual_seed(1)
    conv = nn.Conv2d(3, 4, 3, bias=False)
    return nn.Sequential(conv, nn.ReLU(inplace=True), nn.BatchNorm2d(4), nn.Dropout(0.5), nn.Conv2d(4, 2, 3))


def by_hand(model: nn.Module, images: Tensor) -> Tensor:
    images = images.clone().requires_grad_()
    output = model.eval()(images)
    middle = output[:, :, output.shape[2] // 2, output.shape[3] // 2]
    (gradient,) = torch.autograd.grad(middle.sum(), images)
    mean = gradient.abs().mean((0, 1))
    return mean / mean.max()


def test_it_is_the_mean_over_images_and_channels_of_the_absolute_gradient(model):
    images = torch.randn(5, 3, 11, 9)
    field = effective_receptive_field(model, "4", images)
    torch.testing.assert_close(field.map, by_hand(model, images))
    alone = [effective_receptive_field(model, "4", image).map for image in images]
    assert not torch.allclose(alone[0], field.map)
    same = effective_receptive_field(model, "4", list(images))
    assert torch.equal(same.map, field.map)


def test_a_relu_that_works_in_place_does_not_stand_in_front_of_the_layer(model):
    images = -torch.ones(1, 3, 11, 11)
    nn.init.ones_(model[0].weight)  # everything is negative, and the ReLU after the layer is off
    assert effective_receptive_field(model, "0", images).side == 3
    with pytest.raises(
        ValueError, match=r"^No pixel moves unit \(4, 4\) of layer '1'; use other images, weights or"
    ):
        effective_receptive_field(model, "1", images)


def test_the_network_is_left_as_it_was(model):
    model.train()
    model[2].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    effective_receptive_field(model, "4", torch.randn(2, 3, 11, 11))
    with pytest.raises(ValueError, match="does not accept"):
        effective_receptive_field(model, "4", torch.randn(1, 5, 11, 11))
    assert [module.training for module in model] == [True, True, False, True, True]
    assert all(not module._forward_hooks for module in model.modules())
    assert all(each.grad is None and each.requires_grad for each in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_it_works_where_gradients_are_off_and_in_training_mode_gives_the_same(model):
    images = torch.randn(1, 3, 11, 11)
    expected = effective_receptive_field(model.eval(), "4", images).map
    with torch.inference_mode():
        inside = effective_receptive_field(model.train(), "4", images.clone()).map
    assert torch.equal(inside, expected)
    assert not inside.is_inference()


def test_a_network_that_cannot_be_followed_has_a_side_but_no_theoretical_one():
    turned = Function(lambda net, x: net.conv(x.flip(3)), conv=nn.Conv2d(1, 2, 3))
    field = effective_receptive_field(turned, "conv", torch.zeros(1, 9, 9), unit=(3, 1))
    assert (field.side, field.theoretical, field.ratio) == (3, None, None)
    assert field.map.nonzero().amin(0).tolist() == [3, 5]  # columns 1 to 3, counted from the other side
    assert repr(field) == "Effective field of unit (3, 1): 3 pixels wide"


def test_without_a_field_to_go_by_the_centre_is_that_of_what_moves_the_unit():
    # After a stride of 2 unit (3, 3) sees five rows, whose middle is not where the unit is in its map.
    turned = Function(
        lambda net, x: net.second(net.first(x.flip(2)).relu()),
        first=nn.Conv2d(3, 4, 3),
        second=nn.Conv2d(4, 4, 3, 2),
    )
    torch.manual_seed(0)
    nn.init.uniform_(turned.first.weight)
    nn.init.ones_(turned.second.weight)
    field = effective_receptive_field(turned, "second", torch.ones(3, 16, 16), unit=(3, 3))
    assert (field.side, field.theoretical) == (5, None)


def test_a_network_that_looks_at_values_is_followed_all_the_same():
    def branch(net: nn.Module, x: Tensor) -> Tensor:
        return net.conv(x) if x.mean() > -9 else x

    field = effective_receptive_field(Function(branch, conv=nn.Conv2d(1, 2, 3)), "conv", torch.zeros(1, 9, 9))
    assert (field.side, field.theoretical, field.ratio) == (3, 3, 1.0)


def test_a_layer_that_is_computed_without_gradients_is_not_said_to_see_nothing():
    def forward(net: nn.Module, x: Tensor) -> Tensor:
        with torch.no_grad():
            return net.conv(x)

    frozen = Function(forward, conv=nn.Conv2d(1, 2, 3))
    with pytest.raises(
        ValueError, match=r"^Layer 'conv' of Function is computed without gradients, as under"
    ):
        effective_receptive_field(frozen, "conv", torch.zeros(1, 9, 9))


def test_a_unit_that_sees_everything_has_no_theoretical_side():
    field = effective_receptive_field(nn.Sequential(nn.AdaptiveAvgPool2d(1)), "0", torch.zeros(3, 8, 8))
    assert isinstance(field, EffectiveField)
    assert (field.side, field.theoretical) == (8, None)
    assert torch.equal(field.map, torch.ones(8, 8))


def test_a_real_network_sees_much_less_of_a_photo_than_it_could():
    net = build("efficientnet_lite0", device="cpu")
    field = effective_receptive_field(net, "blocks.4", [photo("chelsea"), photo("coffee")])
    assert field.map.shape == (224, 224)
    assert 1 < field.side < 0.9 * field.theoretical


def test_numbers_leave_the_device_before_they_are_doubled():
    """Apple's accelerator (MPS) has no numbers of 64 bits."""
    calls = []

    class Noted(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            calls.append(func)
            return func(*args, **(kwargs or {}))

    with Noted():
        effective_receptive_field(nn.Conv2d(3, 3, 3), "", torch.zeros(3, 9, 9))
    assert Tensor.cpu in calls[: calls.index(Tensor.double)]


@pytest.mark.parametrize(
    ("layer", "images", "sentence"),
    [
        ("7", torch.zeros(3, 9, 9), r"There is no layer '7'; .*"),
        ("4", [], r"There are no images; give at least one\."),
        (
            "4",
            [torch.zeros(3, 9, 9), torch.zeros(3, 8, 9)],
            r"The images are of sizes \(9, 9\) and \(8, 9\); .*",
        ),
        ("4", torch.zeros(9, 9), r"The image must be floats of shape \(channels, height, width\), not .*"),
        ("4", torch.zeros(3, 2, 2), r"Sequential does not accept an image of shape \(3, 2, 2\): .*"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_sentence(model, layer, images, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        effective_receptive_field(model, layer, images)


def test_a_layer_without_a_map_or_without_the_image_is_refused():
    flat = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    with pytest.raises(
        ValueError, match=r"^Layer '1' of Sequential gives no feature maps; choose another\.$"
    ):
        effective_receptive_field(flat, "1", torch.zeros(1, 2, 2))
    blind = Function(lambda net, x: x + net.conv(torch.ones(1, 1, 3, 3)).mean(), conv=nn.Conv2d(1, 1, 1))
    with pytest.raises(ValueError, match=r"^Layer 'conv' does not depend on the image; choose another\.$"):
        effective_receptive_field(blind, "conv", torch.zeros(1, 9, 9))


@pytest.mark.parametrize("unit", [(0, 0), (2, 4), (6, 1)])
def test_any_unit_of_the_map_can_be_asked_for(model, unit):
    image = torch.randn(1, 3, 11, 9)
    field = effective_receptive_field(model, "4", image, unit=unit)
    pixels = image.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model.eval()(pixels)[0, :, unit[0], unit[1]].sum(), pixels)
    expected = gradient[0].abs().mean(0)
    torch.testing.assert_close(field.map, expected / expected.max())
    assert field.unit == unit


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        (
            (7, 0),
            r"The unit is \(7, 0\); use a row from 0 to 6 and a column from 0 to 4, which .* layer '4' has\.",
        ),
        (
            (0, 5),
            r"The unit is \(0, 5\); use a row from 0 to 6 and a column from 0 to 4, which .* layer '4' has\.",
        ),
        ((-1, 0), r"unit must be a whole number of at least 0, got -1"),
        ("middle", r"unit must be a whole number of at least 0, got 'middle'"),
    ],
)
def test_a_unit_that_is_not_in_the_map_is_refused_in_one_sentence(model, unit, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        effective_receptive_field(model, "4", torch.randn(1, 3, 11, 9), unit=unit)
