"""Feature maps are what the layers really put out, and taking them leaves the network as it was."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from helpers.images.photos import photo
from helpers.models import build
from helpers.running.feature_maps import feature_maps, layer_names
from tests.networks import Branches, Function


@pytest.fixture
def model() -> nn.Sequential:
    generator = torch.Generator().manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        Branches([nn.Conv2d(6, 4, 1), nn.Conv2d(6, 2, 3, padding=1)], add=False),
        nn.BatchNorm2d(6),
        nn.Dropout(0.9),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 3),
    )
    for parameter in model.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return model.eval()


@pytest.fixture
def image() -> Tensor:
    return torch.randn(3, 12, 10, generator=torch.Generator().manual_seed(1))


def hooks(model: nn.Module) -> int:
    return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules())


def test_maps_are_the_outputs_of_the_layers(model, image):
    maps = feature_maps(model, image, ["3", "0", "3.branches.1", "4"])
    assert list(maps) == ["3", "0", "3.branches.1", "4"]
    with torch.no_grad():
        first = model[0](image[None])
        torch.testing.assert_close(maps["0"], first[0].clone())
        pooled = model[2](first.relu())
        torch.testing.assert_close(maps["3"], model[3](pooled)[0])
        torch.testing.assert_close(maps["3.branches.1"], model[3].branches[1](pooled)[0])
        torch.testing.assert_close(maps["4"], model[4](model[3](pooled))[0])


def test_a_relu_that_works_in_place_does_not_change_the_maps_before_it(model, image):
    maps = feature_maps(model, image, ["0", "1", "2"])
    assert maps["0"].min() < 0
    assert torch.equal(maps["0"].relu(), maps["1"])


def test_maps_are_ordinary_float_tensors_on_the_cpu(model, image):
    maps = feature_maps(model.half(), image, "0")
    assert list(maps) == ["0"]
    assert (maps["0"].shape, maps["0"].dtype, maps["0"].device.type) == ((6, 12, 10), torch.float32, "cpu")
    assert maps["0"].is_contiguous()
    assert not maps["0"].requires_grad
    maps["0"] += 1  # which a tensor of inference mode does not allow here
    with torch.inference_mode():
        assert not feature_maps(model, image, "0")["0"].is_inference()


def test_an_image_is_taken_with_and_without_a_batch(model, image):
    for layer in ("0", "4"):
        alone, batched = (feature_maps(model, each, layer)[layer] for each in (image, image[None]))
        assert torch.equal(alone, batched)


def test_a_photo_goes_through_the_network_s_own_preprocessing():
    net = build("efficientnet_lite0", device="cpu")
    maps = feature_maps(net, photo("chelsea"), ["stem", "blocks.15"])
    with torch.inference_mode():
        stem = net.stem(net.preprocessing(photo("chelsea")))
    torch.testing.assert_close(maps["stem"], stem[0].clone())
    assert maps["blocks.15"].shape == (320, 7, 7)


def test_without_a_list_the_layers_worth_browsing_are_taken(model, image):
    assert layer_names(model) == ("0", "2", "3", "3.branches.0", "3.branches.1")
    assert tuple(feature_maps(model, image)) == layer_names(model)


class Auxiliary(nn.Module):
    """A part that runs in training only, one that returns two tensors, and one that runs twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1, bias=False)
        self.pair = Function(lambda x: (x, x))
        self.auxiliary = nn.Conv2d(3, 3, 1)
        self.fc = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            x = self.auxiliary(x)
        x = self.conv(self.conv(x))
        return self.fc(self.pair(x)[0].mean((2, 3)))


def test_a_layer_that_does_not_run_is_left_out_or_refused(image):
    assert tuple(feature_maps(Auxiliary(), image)) == ("conv",)
    with pytest.raises(
        ValueError, match=r"^Layer 'auxiliary' of Auxiliary does not run in eval mode; choose"
    ):
        feature_maps(Auxiliary(), image, ["conv", "auxiliary"])


@pytest.mark.parametrize("layer", ["fc", "pair"])
def test_a_layer_without_maps_is_refused(image, layer):
    with pytest.raises(
        ValueError, match=rf"^Layer '{layer}' of Auxiliary gives no feature maps; choose another\.$"
    ):
        feature_maps(Auxiliary(), image, layer)


def test_a_layer_that_runs_twice_shows_its_first_call(image):
    net = Auxiliary()
    expected = net.conv(image[None])[0]
    torch.testing.assert_close(feature_maps(net, image, "conv")["conv"], expected.detach())
    torch.testing.assert_close(feature_maps(net, image)["conv"], expected.detach())


def test_the_network_runs_only_as_far_as_it_must(model, image):
    ran = []
    # Where a map's shape leaves in doubt which dimension is which, the network is also read, without numbers.
    model[4].register_forward_hook(lambda _m, _i, output: None if output.is_meta else ran.append("late"))
    feature_maps(model, image, ["3", "2"])
    assert ran == []
    feature_maps(model, image, ["3", "5"])
    assert ran == ["late"]


def test_the_network_is_left_as_it_was(model, image):
    model.train()
    model[5].eval()
    modes = [module.training for module in model.modules()]
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    feature_maps(model, image)
    feature_maps(model, image, ["0"])
    assert hooks(model) == 0
    assert modes == [module.training for module in model.modules()]
    # In training mode the batch norm's running mean would have moved, and the dropout would show.
    assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())
    assert torch.equal(feature_maps(model, image, "5")["5"], feature_maps(model, image, "4")["4"])


def test_hooks_are_removed_after_an_error_too(model):
    model.train()
    with pytest.raises(ValueError, match=r"^Sequential does not accept an image of shape \(5, 8, 8\): .*\.$"):
        feature_maps(model, torch.zeros(5, 8, 8), ["4"])
    broken = nn.Sequential(nn.Conv2d(3, 2, 1), Function(lambda x: {}["no key"]))
    with pytest.raises(
        ValueError, match=r"^Sequential does not accept an image of shape \(3, 8, 8\): 'no key'\.$"
    ):
        feature_maps(broken, torch.zeros(3, 8, 8), ["0", "1"])
    assert hooks(model) == hooks(broken) == 0
    assert all(module.training for module in model.modules())


class ChannelsLast(nn.Module):
    """As Swin's and ConvNeXt's layers have them: the channels are the last dimension."""

    def __init__(self, channels: int, cut: bool) -> None:
        super().__init__()
        self.conv, self.linear, self.cut = nn.Conv2d(3, channels, 2, 2), nn.Linear(channels, channels), cut

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x).permute(0, 2, 3, 1)
        if self.cut:  # into windows and together again, where no field can be followed
            batch, rows, columns, channels = x.shape
            x = x.reshape(batch, rows // 2, 2, columns // 2, 2, channels).reshape(x.shape)
        return self.linear(x)


@pytest.mark.parametrize(
    ("channels", "size", "cut"),
    [
        (5, (12, 16), False),
        (6, (12, 12), False),  # a map of 6×6×6, which only the way to it tells apart
        (6, (12, 16), False),
        (5, (12, 16), True),
        (6, (12, 16), True),
        (96, (12, 12), True),
    ],
)
def test_maps_with_channels_last_are_turned(channels, size, cut):
    torch.manual_seed(0)
    model, image = ChannelsLast(channels, cut), torch.rand(3, *size)
    maps = feature_maps(model, image, ["conv", "linear"])
    assert maps["conv"].shape == maps["linear"].shape == (channels, size[0] // 2, size[1] // 2)
    expected = (
        torch.einsum("oc,chw->ohw", model.linear.weight, maps["conv"]) + model.linear.bias[:, None, None]
    )
    torch.testing.assert_close(maps["linear"], expected.detach())


def test_stripes_of_as_many_channels_are_not_taken_for_them():
    striped = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.AdaptiveAvgPool2d((6, 1)))
    assert feature_maps(striped, torch.rand(3, 12, 12), "1")["1"].shape == (6, 6, 1)


def test_threads_do_not_get_each_other_s_maps(model, image):
    model.train()
    images = [image * scale for scale in range(1, 7)]
    expected = [feature_maps(model, each) for each in images]
    with ThreadPoolExecutor(6) as pool:
        for _ in range(10):
            for maps, right in zip(
                pool.map(lambda each: feature_maps(model, each), images), expected, strict=True
            ):
                assert all(torch.equal(maps[name], right[name]) for name in right)
    assert all(module.training for module in model.modules())


def test_a_forward_pass_on_another_thread_is_not_disturbed(model, image):
    answers = []

    def other(*_):
        with ThreadPoolExecutor(1) as pool, torch.no_grad():
            answers.append(pool.submit(lambda: tuple(model[0](image[None] * 2).shape)).result(timeout=10))

    maps = feature_maps(nn.Sequential(Function(lambda x: (other(), x)[1]), *model), image, ["1"])
    assert answers == [(1, 6, 12, 10)]
    assert torch.equal(maps["1"], feature_maps(model, image, "0")["0"])


def test_no_layers_give_no_maps(model, image):
    assert feature_maps(model, image, []) == {}


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (
            torch.zeros(2, 3, 8, 8),
            r"^The image must be floats of shape .*, not torch.float32 of shape \(2, 3, 8, 8\)",
        ),
        (torch.zeros(8, 8), r"^The image must be floats of shape .*, not torch.float32 of shape \(8, 8\)\.$"),
        (
            torch.zeros(3, 8, 8).byte(),
            r"^The image must be floats .*, not torch.uint8 of shape \(3, 8, 8\)\.$",
        ),
        ("chelsea", r"^The image must be a PIL image or a tensor, not str\.$"),
        (photo("chelsea"), r"^Sequential has no preprocessing for a picture; give it a tensor\.$"),
    ],
)
def test_an_unfit_image_is_refused_in_a_sentence(model, image, sentence):
    with pytest.raises(ValueError, match=sentence):
        feature_maps(model, image)


def test_an_unknown_layer_is_refused_with_the_nearest(model, image):
    with pytest.raises(
        ValueError, match=r"^There is no layer '3\.branch\.1'; the nearest are '3\.branches\.1'"
    ):
        feature_maps(model, image, ["3.branch.1"])


def test_a_network_without_weights_is_refused():
    net = build("efficientnet_lite0", device="meta")
    with pytest.raises(
        ValueError, match=r"^The EfficientNetLite on device 'meta' has no weights; build it on"
    ):
        feature_maps(net, photo("chelsea"))


@pytest.mark.gpu
def test_maps_come_from_the_accelerator_to_the_cpu():
    maps = feature_maps(build("efficientnet_lite0"), photo("chelsea"), "stem")
    assert maps["stem"].device.type == "cpu"
