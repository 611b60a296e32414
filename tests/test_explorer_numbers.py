"""What explorers count, at settings where a slip would not show elsewhere."""

from dataclasses import replace

import pytest

from helpers.explorers.comparison_numbers import ComparisonNumbers, Point, comparison
from helpers.explorers.dense_block_numbers import dense_block
from helpers.explorers.dense_numbers import dense_as_conv
from helpers.explorers.group import grouped
from helpers.explorers.inception import TABLE, inception
from helpers.explorers.pixel_mixer import mix
from helpers.explorers.reduction import Cost, reduction
from helpers.explorers.shortcut import main_path, shortcut


def compared(*values: tuple[float, float]) -> ComparisonNumbers:
    points = tuple(Point(f"network {x}", "family", x, y) for x, y in values)
    return ComparisonNumbers("depth", "top-5 error", "paper", points)


def test_pairs_of_networks_that_differ_little_count_too():
    assert compared((1, 0.1), (2, 0.3)).pairs == (1, 1)
    assert compared((1, 0.3), (2, 0.1)).pairs == (0, 1)


def test_networks_that_are_alike_in_one_are_no_pair():
    numbers = compared((1, 1), (2, 2), (3, 2))
    assert numbers.pairs == (2, 2)
    assert numbers.trend == "more layers with more top-5 error in 2 of 2 pairs of networks"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("depht", "year"), r"^There is no axis 'depht'; .*'depth'"),
        (("depth", "yaer"), r"^There is no axis 'yaer'; .*'year'"),
        (("depth", "year", "papper"), r"^There is no edition 'papper'; .*'paper'"),
        (("depth", "year", "paper", ["VGGG"]), r"^There is no family 'VGGG'; .*'VGG'"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        comparison(*arguments)


def test_one_network_stands_for_its_family_unless_all_are_asked_for():
    (vgg16,) = comparison("year", "top-1 error", families=["VGG"]).points
    assert vgg16 == Point("VGG-16", "VGG", 2014, 28.07)
    assert len(comparison("year", "depth", families=["VGG"], whole_families=True).points) == 4
    (lite,) = comparison("year", "depth", "torchvision", ["EfficientNet-Lite0"]).points
    assert (lite.x, lite.y) == (None, None)
    (lite,) = comparison("year", "top-1 error", families=["EfficientNet-Lite0"]).points
    assert lite.is_shown


def test_a_kernel_that_does_not_fit_the_pixel_is_an_error():
    for weights, bias in (([(1, 0)], (0,)), ([(1, 0, 0, 0)], (0,)), ([(1, 0, 0)], (0, 0))):
        with pytest.raises(ValueError, match="zip"):
            _ = mix((0, 0), (0.1, 0.2, 0.3), weights, bias).after


def test_the_map_of_scores_is_what_the_last_layer_makes():
    shapes = ((512, 9, 9), (4096, 7, 7), (4096, 6, 6), (1000, 5, 5))
    numbers = replace(dense_as_conv(224, 0, 0), shapes=shapes)
    assert (numbers.map_size, numbers.windows, numbers.crops) == (5, 25, "25 crops")


def test_both_steps_of_a_reduction_are_added_up():
    assert reduction(3, 128, 32, 128, 28).reduced == Cost(40_960, 40_960 * 28**2, (32 + 128) * 28**2)


def test_two_channels_in_two_groups_are_depthwise():
    assert grouped(2, 4, 3, 2, 8).depthwise


def test_a_block_has_maps_of_28_pixels_unless_it_is_said():
    assert inception(192, *TABLE["3a"]).map_size == 28


def test_a_dense_block_keeps_what_it_was_made_of():
    numbers = dense_block(64, 2, 32, True, 4, 0.25, 28)
    assert numbers.compression == 0.25
    assert numbers.sentence.startswith("2 layers, 64→128→32 channels: ")


def test_a_projection_s_multiply_adds_are_the_block_s_too():
    numbers = shortcut("basic", in_channels=64, width=64, option="C")
    assert numbers.macs == (73_728 + 4_096) * 56**2
    strided = shortcut("basic", in_channels=64, width=64, stride=2)
    assert strided.macs == (73_728 + 4_096) * 28**2
    assert shortcut("basic", in_channels=64, width=64).macs == 73_728 * 56**2
    assert (strided.zero_channels, shortcut("basic", in_channels=32, width=64).zero_channels) == (0, 0)
    assert shortcut("basic", in_channels=64, width=64).projection is None


def test_a_basic_block_puts_out_its_width_whatever_the_expansion():
    numbers = shortcut("basic", in_channels=64, width=64, expansion=2)
    assert numbers.out_channels == 64
    assert numbers.ways[0][0] == "bottleneck 256-64-64-256"
    assert shortcut("bottleneck", in_channels=64, width=64).out_channels == 64


def test_the_convolutions_of_a_block_have_no_bias_and_stride_1_unless_it_is_said():
    for layer in (*main_path("basic", 8, 8, 8), *main_path("bottleneck", 8, 4, 8)):
        assert layer.parameters == layer.weights
        assert layer.stride == (1, 1)
