"""A unit's receptive field is where its gradient is not zero, in random networks and in published ones."""

import copy

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from torch import Tensor, nn

from helpers.arithmetic import ReceptiveField
from helpers.models import build
from helpers.reading.receptive_field import receptive_field
from tests.networks import Function, box_by_gradient, made_linear, random_networks


def assert_gradient_agrees(model: nn.Module, layer: str | None = None) -> None:
    """Compare the field of a unit that sees no padding with its gradient."""
    field = receptive_field(model, layer)
    # The first unit whose box begins inside the image, and an image that ends well after its box.
    unit = tuple(max(0, -(span.lo // span.jump)) + 1 for span in (field.y, field.x))
    top, left, bottom, right = field.box(unit)
    assert top >= 0
    assert left >= 0
    size = (bottom + 2 * field.y.size + 40, right + 2 * field.x.size + 40)
    # A part that is cut off, such as the second half of a map, begins elsewhere on an image of another size.
    top, left, bottom, right = receptive_field(model, layer, (3, *size)).box(unit)
    linear = made_linear(copy.deepcopy(model))
    assert box_by_gradient(linear, unit, size, layer or "") == (top, left, bottom, right)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(deadline=None, derandomize=True, max_examples=100)
@given(model=random_networks())
def test_random_branched_networks_agree_with_the_gradient(model):
    assert_gradient_agrees(model)


@pytest.mark.parametrize("layer", ["stem", "blocks.3.depthwise.conv", "blocks.8", "head"])
def test_efficientnet_lite0_agrees_with_the_gradient(layer):
    assert_gradient_agrees(build("efficientnet_lite0", device="cpu"), layer)


def doubled(x: Tensor) -> Tensor:
    return torch.cat([x, 2 * x], 1)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: F.avg_pool2d(x, 3, 2, 1),
        lambda x: F.avg_pool2d(x, (2, 3)),
        lambda x: F.lp_pool2d(x, 1.0, 2, 1),
        lambda x: F.pad(x, (1, 2, 3, 4))[:, :, ::2, 1::3],
        lambda x: F.avg_pool2d(F.pad(x, (-2, -1)), 2),
        lambda x: F.avg_pool2d(F.pad(x, (1, 0, 2, 0), mode="reflect"), (1, 4)),
        lambda x: F.avg_pool2d(x[..., 3:, ::2], 2),
        lambda x: F.avg_pool2d(x, 2)[:, 1:],
        lambda x: F.avg_pool2d(x, 3, 1, 1) + x[:, :1],
        lambda x: x - F.avg_pool2d(x, (1, 3), 1, (0, 1)) / 2,
        lambda x: doubled(F.avg_pool2d(x, 3)).chunk(2, 1)[1],
        lambda x: F.avg_pool2d(x, 3).chunk(2, 3)[1],
        lambda x: F.avg_pool2d(x, 3).split(5, dim=2)[1],
        lambda x: F.avg_pool2d(x, 3).permute(0, 2, 3, 1).sin().permute(0, 3, 1, 2),
        lambda x: F.avg_pool2d(x[:, 0].unsqueeze(1), 2),
        lambda x: torch.stack([x, F.avg_pool2d(x, 3, 1, 1)]).sum(0),
        lambda x: F.avg_pool2d(x, 2).sum(1, keepdim=True).clamp(min=0),
        lambda x: F.avg_pool2d(x, 2).mean(1, True) + F.avg_pool2d(x, 2).amax(dim=1, keepdim=True),
        lambda x: torch.max(F.avg_pool2d(x, 3, 1, 1), 0 * x),
        lambda x: F.avg_pool2d(F.relu(F.avg_pool2d(x, 2)), 5),
        lambda x: F.channel_shuffle(F.avg_pool2d(x, 2), 3).contiguous() * (x.new_ones(1) * 3),
        # ResNet's option A: every second pixel, and zeros for the channels that are missing.
        lambda x: F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 1, 2)) + F.avg_pool2d(doubled(x), 3, 2, 1),
    ],
)
def test_functions_and_slices_agree_with_the_gradient(function):
    assert_gradient_agrees(Function(function))


def test_functions_have_the_field_of_their_modules():
    conv = nn.Conv2d(3, 3, (3, 5), stride=(2, 1), padding=(1, 2), dilation=2)
    by_function = Function(
        lambda net, x: F.conv2d(x, net.weight, None, (2, 1), padding=(1, 2), dilation=2), weight=conv.weight
    )
    assert receptive_field(by_function) == receptive_field(conv)
    pool = nn.MaxPool2d(3, 2, padding=1, dilation=2, ceil_mode=True)
    for function in (
        lambda x: F.max_pool2d(x, 3, 2, 1, 2),
        lambda x: torch.max_pool2d(x, 3, stride=2, padding=1, dilation=2),
        lambda x: F.max_pool2d(x, 3, 2, 1, 2, return_indices=True)[0],
    ):
        assert receptive_field(Function(function)) == receptive_field(pool)


def alexnet() -> nn.Sequential:
    return nn.Sequential(
        *(nn.Conv2d(3, 96, 11, 4), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(96, 256, 5, padding=2, groups=2), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)),
        *(
            nn.Conv2d(256, 384, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(384, 384, 3, padding=1, groups=2),
            nn.ReLU(),
        ),
        *(nn.Conv2d(384, 256, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Flatten(), nn.Dropout(), nn.Linear(9216, 4096), nn.ReLU(), nn.Linear(4096, 1000)),
    )


def vgg16() -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = 3
    for width in [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0]:
        if width:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
        else:
            layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(25088, 10))


@pytest.mark.parametrize(
    ("make", "ladder"),
    [
        (alexnet, {0: 11, 3: 19, 4: 51, 7: 67, 8: 99, 10: 131, 12: 163, 14: 195}),
        (vgg16, {0: 3, 4: 6, 5: 10, 9: 16, 10: 24, 16: 44, 17: 60, 23: 100, 24: 132, 30: 212}),
    ],
)
def test_the_published_ladders(make, ladder):
    with torch.device("meta"):
        model = make()
    assert {i: receptive_field(model, str(i)).size for i in ladder} == {i: (n, n) for i, n in ladder.items()}
    # Without a layer: the last map, not the classifier behind it.
    assert receptive_field(model) == receptive_field(model, str(max(ladder)))


class Bottleneck(nn.Module):
    """ResNet's, with the stride in the 1×1 (the paper) or in the 3×3 (torchvision); ReLU is shared."""

    def __init__(self, stride: int, project: bool, in_the_1x1: bool) -> None:
        super().__init__()
        first, second = (stride, 1) if in_the_1x1 else (1, stride)
        self.conv1 = nn.Conv2d(4, 2, 1, first, bias=False)
        self.conv2 = nn.Conv2d(2, 2, 3, second, padding=1, bias=False)
        self.conv3 = nn.Conv2d(2, 4, 1, bias=False)
        self.bn = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = nn.Conv2d(4, 4, 1, stride, bias=False) if project else None

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.conv2(self.relu(self.conv1(x))))
        y = self.bn(self.conv3(y))
        y += identity
        return self.relu(y)


def resnet50(in_the_1x1: bool) -> nn.Sequential:
    """At a few channels, which the field does not depend on."""
    blocks = [
        Bottleneck(2 if stage and not block else 1, not block, in_the_1x1)
        for stage, count in enumerate((3, 4, 6, 3))
        for block in range(count)
    ]
    stem = [nn.Conv2d(3, 4, 7, 2, padding=3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(4, 2))


@pytest.mark.parametrize(("in_the_1x1", "size"), [(True, 483), (False, 427)])
def test_resnet_50_in_both_editions(in_the_1x1, size):
    assert receptive_field(resnet50(in_the_1x1)).size == (size, size)


def test_where_a_unit_sees_everything():
    conv = nn.Conv2d(3, 4, 3)
    for ending in (
        nn.AdaptiveAvgPool2d(1),
        nn.AdaptiveMaxPool2d((1, 1)),
        nn.BatchNorm2d(4, track_running_stats=False),
        nn.Flatten(),
        nn.GroupNorm(2, 4),
        nn.InstanceNorm2d(4),
        Function(lambda x: F.adaptive_avg_pool2d(x, 1)),
        Function(lambda x: x.mean()),
        Function(lambda x: x.mean((2, 3))),
        Function(lambda x: x.mean(dim=(-1, -2), keepdim=True)),
        Function(lambda x: torch.flatten(x, 1)),
        Function(lambda x: x.view(x.size(0), -1)),
        Function(lambda x: x.reshape((x.shape[0], -1))),
        Function(lambda x: x.view(-1)),
        Function(lambda x: F.avg_pool2d(x, x.shape[-2:])),
        Function(lambda x: x * torch.sigmoid(x.mean((2, 3), keepdim=True))),
    ):
        assert receptive_field(nn.Sequential(conv, ending), "1") is None
        assert receptive_field(nn.Sequential(conv, ending), "0").size == (3, 3)
    unflattened = nn.Sequential(
        *(conv, nn.Flatten(), nn.Linear(16, 8), nn.Unflatten(1, (2, 2, 2)), nn.Upsample(scale_factor=2))
    )
    for layer in ("1", "2", "3", "4"):
        assert receptive_field(unflattened, layer, (3, 4, 4)) is None


def test_the_last_map_of_a_network_that_pools_globally_on_the_way_sees_everything():
    excited = Function(lambda x: x * torch.sigmoid(x.mean((2, 3), keepdim=True)))
    model = nn.Sequential(nn.Conv2d(3, 4, 3), excited, nn.Conv2d(4, 4, 3, 2), nn.Flatten())
    assert receptive_field(model) is None


def test_norms_with_stored_statistics_pass_the_field_on():
    kept = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.InstanceNorm2d(4, track_running_stats=True)
    )
    assert receptive_field(kept).size == (3, 3)


class Twice(nn.Module):
    """Runs one convolution twice, and takes an argument that it does not need."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3)
        self.inner = nn.Sequential(nn.Conv2d(3, 3, 3), nn.ReLU())

    def forward(self, x: Tensor, again: bool = True) -> Tensor:
        y = self.conv(x)
        if again:
            y = self.conv(y)
        return F.relu(self.inner(y))


def test_layers_are_named_as_modules_blocks_and_calls():
    model = Twice()
    assert receptive_field(model, "conv").size == (3, 3)
    assert receptive_field(model, "conv (2)").size == (5, 5)
    assert receptive_field(model, "inner.0").size == receptive_field(model, "inner").size == (7, 7)
    assert receptive_field(model, "relu") == receptive_field(model) == receptive_field(model, "inner")


def test_one_layer_alone_is_a_network():
    field = ReceptiveField().through(5, stride=2, padding=1)
    assert receptive_field(nn.Conv2d(3, 4, 5, 2, padding=1)) == field
    assert receptive_field(nn.Conv2d(3, 4, 5, 2, padding=1), "conv2d") == field


def forks(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 2) + x[:, :, :112, :112]


@pytest.mark.parametrize(
    ("model", "layer", "sentence"),
    [
        (Twice(), "iner", r"^There is no layer 'iner'; the nearest are 'inner', 'inner.1' and 'inner.0'\.$"),
        (
            nn.Upsample(scale_factor=2),
            None,
            r"layer 'upsample' \(upsample\), which makes other rows and columns than those of its map\.$",
        ),
        (
            nn.ConvTranspose2d(3, 3, 2),
            None,
            r"through layer 'convtranspose2d' \(convtranspose2d\), a transposed convolution\.$",
        ),
        (nn.Linear(224, 8), "linear", r"layer 'linear', whose output has no rows and columns of its own\.$"),
        (nn.Linear(8, 8), None, r"^The network does not accept an image of 3×224×224 at layer 'linear': "),
        (Function(forks), None, r"layer 'add', which joins maps of unequal jumps 2 and 1\.$"),
        (
            Function(lambda x: F.interpolate(x, scale_factor=2)),
            None,
            r"layer 'interpolate', which makes other rows and columns than those of its map\.$",
        ),
        (Function(lambda x: x[:, :, 0]), None, r"through layer 'getitem', which takes one row or column\.$"),
        (
            Function(lambda x: x.mean(3)),
            "mean",
            r"'mean', whose output has no rows and columns of its own\.$",
        ),
        (Function(lambda x: x.flatten(2)), "flatten", r"'flatten', whose output has no rows and columns"),
        (Function(lambda x: x.view(1, 3, 4, -1)), None, r"layer 'view', which mixes rows and columns\.$"),
        (Function(lambda x: torch.cat([x, x], 3)), None, r"through layer 'cat' along dimension 3\.$"),
        (Function(lambda x: torch.cat([x, x], dim=-1)), None, r"through layer 'cat' along dimension -1\.$"),
        (
            nn.AdaptiveAvgPool2d((None, 9)),
            None,
            r"\(adaptiveavgpool2d\), whose windows are of unequal sizes: it makes 9 places of 224\.$",
        ),
        (
            Function(lambda x: F.conv2d(x, x[:, :, :3, :3])),
            None,
            r"layer 'conv2d', whose weights are computed from the image\.$",
        ),
        (Function(lambda x: x.flip(3)), None, r"layer 'flip', which changes the order of rows or columns\.$"),
        (Function(lambda x: x.roll(2, 2)), None, r"'roll', which changes the order of rows or columns\.$"),
        (Function(lambda x: x + x.mT), None, r"layer 'add', which joins rows with columns\.$"),
        (
            Function(lambda x: x @ x.mT),
            None,
            r"layer 'matmul', whose weights are computed from the image, as in attention\.$",
        ),
        (Function(lambda x: x[:, :, [2, 1]]), None, r"'getitem', which picks rows or columns by a list\.$"),
        (nn.LazyConv2d(3, 3), None, r"^Layer '' has no shape yet; run the network on an image first\.$"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_a_sentence_that_names_it(model, layer, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        receptive_field(model, layer)
    assert "\n" not in str(caught.value)


def test_what_comes_before_a_layer_that_cannot_be_followed_has_its_field():
    model = nn.Sequential(nn.Conv2d(3, 3, 3), nn.Upsample(scale_factor=2), nn.Conv2d(3, 3, 3), nn.ReLU())
    assert receptive_field(model, "0").size == (3, 3)
    with pytest.raises(ValueError, match="'1' "):
        receptive_field(model, "3")


def test_the_network_is_left_as_it_is():
    model = build("efficientnet_lite0", device="cpu").train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    ids = [id(module) for module in model.modules()]
    receptive_field(model)
    assert all(module.training for module in model.modules())
    assert ids == [id(module) for module in model.modules()]
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
