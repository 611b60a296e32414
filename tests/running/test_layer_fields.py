"""A network's fields are those of each layer, and a unit's gradient on a crop is that on the whole image."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from helpers.models import build
from helpers.models.small import SmallResNet
from helpers.reading.receptive_field import receptive_field
from helpers.running.effective_field import effective_receptive_field
from helpers.running.feature_maps import feature_maps, layer_names
from helpers.running.layer_fields import LayerFields
from tests.networks import Function, random_networks

SIZE = 48


def noise(*shape: int) -> Tensor:
    return torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))


def small(name: str, **options: object) -> nn.Module:
    torch.manual_seed(0)
    return build(name, device="cpu", **options)


def assert_same(fields: LayerFields, layer: str, image: Tensor, unit: tuple[int, int]) -> None:
    """Compare a unit's effective field with that of the same unit when the whole image goes through."""
    found = fields.effective(layer, image, unit)
    if found is None:
        with pytest.raises(ValueError, match=r"^No pixel moves"):
            effective_receptive_field(fields.model, layer, image, unit=unit)
        return
    expected = effective_receptive_field(fields.model, layer, image, unit=unit)
    torch.testing.assert_close(found.map, expected.map, atol=1e-4, rtol=1e-3)
    assert (found.unit, found.theoretical) == (unit, expected.theoretical)


@pytest.mark.parametrize("name", ["googlenet", "resnet18", "vgg16"])
def test_each_layer_has_the_field_that_it_has_alone(name):
    model = build(name, device="meta")
    fields = LayerFields(model).fields
    assert list(fields) == [layer for layer in layer_names(model) if layer in fields]
    for layer in list(fields)[:: len(fields) // 5]:
        assert fields[layer] == receptive_field(model, layer)


def test_layers_that_see_everything_or_do_not_run_are_left_out():
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(4, 4, 1))
    net = Function(
        lambda net, x: net.head(net.conv(x)), conv=nn.Conv2d(3, 4, 3), head=head, unused=nn.Conv2d(1, 1, 1)
    )
    assert list(LayerFields(net).fields) == ["conv"]
    assert list(LayerFields(net, ["head.1", "conv", "unused"]).fields) == ["conv"]
    with pytest.raises(ValueError, match=r"^There is no layer 'conv9'; the nearest is 'conv'\.$"):
        LayerFields(net, ["conv9"])


@pytest.mark.parametrize("name", ["small_alexnet", "small_googlenet", "small_densenet", "resnet14"])
def test_map_sizes_are_those_of_the_maps(name):
    model = small(name)
    fields = LayerFields(model)
    maps = feature_maps(model, noise(3, 30, 34), list(fields.fields))
    assert fields.map_sizes((3, 30, 34)) == {layer: tuple(each.shape[1:]) for layer, each in maps.items()}


def test_an_image_that_only_the_head_refuses_has_all_maps_and_one_refused_at_once_has_none():
    model = build("vgg16", device="meta")
    assert LayerFields(model).map_sizes((3, 64, 96))["pool5"] == (2, 3)
    assert "pool5" not in LayerFields(model).map_sizes((3, 24, 24))
    with pytest.raises(
        ValueError, match=r"^The network does not accept an image of 1×64×64 at layer 'conv1_1': .*\.$"
    ):
        LayerFields(model).map_sizes((1, 64, 64))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(deadline=None, derandomize=True, max_examples=40)
@given(model=random_networks(), data=st.data())
def test_any_unit_of_a_random_network_has_the_gradient_of_the_whole_image(model, data):
    fields = LayerFields(model)
    sizes = fields.map_sizes((3, SIZE, SIZE))
    layer = data.draw(st.sampled_from(list(sizes)))
    unit = tuple(data.draw(st.integers(0, count - 1)) for count in sizes[layer])
    assert_same(fields, layer, noise(3, SIZE, SIZE), unit)


@pytest.mark.parametrize(
    "name", ["small_alexnet", "small_googlenet", "small_densenet", "small_vgg", "resnet14"]
)
def test_units_in_the_middle_and_in_all_corners_of_real_blocks_have_it_too(name):
    fields = LayerFields(small(name))
    sizes = fields.map_sizes((3, SIZE, SIZE))
    for layer in list(sizes)[1::5]:
        rows, columns = sizes[layer]
        for unit in ((0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1), (rows // 2, 1)):
            assert_same(fields, layer, noise(3, SIZE, SIZE), unit)


def fed_sizes(model: nn.Module, first: nn.Module, layer: str, unit: tuple[int, int]) -> tuple[int, ...]:
    """The height and width of what goes into the first layer when a unit is measured."""
    seen = []
    fields = LayerFields(model, [layer])
    handle = first.register_forward_pre_hook(lambda _module, inputs: seen.append(tuple(inputs[0].shape[2:])))
    fields.effective(layer, noise(3, SIZE, SIZE), unit)
    handle.remove()
    assert len(seen) == 1
    return seen[0]


def test_only_what_the_unit_sees_goes_through_the_network():
    model = small("small_vgg")
    first = next(each for each in model.modules() if isinstance(each, nn.Conv2d))
    # pool1 has a field of 6 pixels and a jump of 2: unit (5, 0) sees rows 8 to 13 and columns -2 to 3.
    assert fed_sizes(model, first, "pool1", (5, 0)) == (6, 4)


def test_of_the_maps_on_the_way_only_what_the_unit_sees_goes_on():
    model = nn.Sequential(*(nn.Conv2d(3, 3, 3, padding=1) for _ in range(4)))
    # Unit (20, 0) sees rows 16 to 24 of the image, but of the map before its own rows 19 to 21 alone.
    assert fed_sizes(model, model[0], "3", (20, 0)) == (9, 5)
    assert fed_sizes(model, model[3], "3", (20, 0)) == (3, 2)


def test_a_network_that_runs_in_another_thread_meanwhile_is_not_disturbed():
    torch.manual_seed(0)
    model, image, found = (
        nn.Sequential(*(nn.Conv2d(3, 3, 3, padding=1) for _ in range(4))),
        noise(3, 9, 9),
        [],
    )
    expected = model(image)

    def run_elsewhere(_module: nn.Module, _inputs: tuple[Tensor, ...]) -> None:
        handle.remove()
        with ThreadPoolExecutor() as pool:
            found.append(pool.submit(model, image).result())

    fields = LayerFields(model, ["2"])
    handle = model[0].register_forward_pre_hook(run_elsewhere)
    assert_same(fields, "2", noise(3, SIZE, SIZE), (20, 0))
    assert torch.equal(*found, expected)


def twice(net: nn.Module, x: Tensor) -> Tensor:
    return net.last(net.conv(net.conv(x)))


def past(net: nn.Module, x: Tensor) -> Tensor:
    return net.last(net.conv(x) + x)


@pytest.mark.parametrize("function", [twice, past])
def test_no_map_is_cropped_that_is_not_all_the_unit_sees_of_the_image(function):
    torch.manual_seed(0)
    convs = {name: nn.Conv2d(3, 3, 3, padding=1) for name in ("conv", "last")}
    assert_same(LayerFields(Function(function, **convs), ["last"]), "last", noise(3, SIZE, SIZE), (20, 1))


@pytest.mark.parametrize("row", [48, 49])
def test_a_unit_that_sees_too_little_for_a_window_is_measured_on_the_whole_image(row):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 1, padding=3))
    # The first map has 46 rows. A 47th, of which unit 49 would be made, sees two rows of the image.
    assert_same(LayerFields(model, ["1"]), "1", noise(3, SIZE, SIZE), (row, 10))


def test_a_unit_of_which_nothing_is_left_on_the_way_is_measured_on_the_whole_image():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 5), nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 5, padding=7))
    fields = LayerFields(model, ["2"])
    for row in (*range(8), *range(46, fields.map_sizes((3, SIZE, SIZE))["2"][0])):
        assert_same(fields, "2", noise(3, SIZE, SIZE), (row, 10))


def shifted(net: nn.Module, x: Tensor) -> Tensor:
    return net.conv2(net.conv1(x)[:, :, 5:, 3:])


def cut(net: nn.Module, x: Tensor) -> Tensor:
    return net.conv2(nn.functional.pad(net.conv1(x), (-3, 0, -5, 0)))


@pytest.mark.parametrize(
    "make",
    [
        partial(Function, shifted),
        partial(Function, cut),
        lambda **convs: nn.Sequential(convs["conv1"], nn.ZeroPad2d((-3, 0, -5, 0)), convs["conv2"]),
    ],
    ids=["slice", "pad", "module"],
)
def test_where_a_map_is_moved_the_whole_image_goes_through(make):
    torch.manual_seed(0)
    convs = {"conv1": nn.Conv2d(3, 4, 3, padding=1), "conv2": nn.Conv2d(4, 4, 5, stride=2, padding=2)}
    model = make(**convs)
    layer = next(name for name, each in model.named_modules() if each is convs["conv2"])
    assert fed_sizes(model, convs["conv1"], layer, (6, 6)) == (SIZE, SIZE)
    assert_same(LayerFields(model, [layer]), layer, noise(3, SIZE, SIZE), (6, 6))


def test_where_a_window_depends_on_the_size_of_the_map_the_whole_image_goes_through():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.AdaptiveAvgPool2d(12), nn.Conv2d(3, 3, 1))
    model.input_size = (3, SIZE, SIZE)
    assert fed_sizes(model, model[0], "2", (6, 6)) == (SIZE, SIZE)
    assert_same(LayerFields(model, ["2"]), "2", noise(3, SIZE, SIZE), (6, 6))


def test_a_shortcut_that_is_added_in_place_is_not_cropped_away():
    def forward(net: nn.Module, x: Tensor) -> Tensor:
        x = net.conv(x)
        x.add_(net.second(x.clone()))
        return net.last(x)

    torch.manual_seed(0)
    convs = {name: nn.Conv2d(3, 3, 3, padding=1) for name in ("conv", "second", "last")}
    fields = LayerFields(Function(forward, **convs), ["last"])
    assert fields.fields["last"].size == (7, 7)
    assert_same(fields, "last", noise(3, SIZE, SIZE), (20, 1))


def test_circular_padding_sees_the_other_side():
    model = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular"))
    found = LayerFields(model).effective("0", noise(3, SIZE, SIZE), (0, 9))
    assert found.map[-1].any()


def test_the_shortcut_that_skips_pixels_is_followed():
    torch.manual_seed(0)
    fields = LayerFields(SmallResNet(14, shortcut="A").eval())
    layer = list(fields.map_sizes((3, SIZE, SIZE)))[-1]
    assert_same(fields, layer, noise(3, SIZE, SIZE), (3, 8))


def test_a_unit_that_sees_nothing_but_padding_is_moved_by_no_pixel():
    model = nn.Sequential(nn.Conv2d(3, 4, 1, padding=2))
    fields = LayerFields(model)
    assert fields.effective("0", noise(3, 8, 8), (0, 5)) is None
    assert fields.effective("0", noise(3, 8, 8), (5, 11)) is None
    assert fields.effective("0", noise(3, 8, 8), (2, 5)).side == 1
