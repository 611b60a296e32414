"""What explorers count, at settings where a slip would not show elsewhere."""

import pytest

from helpers.explorers.comparison_numbers import ComparisonNumbers, Point, comparison
from helpers.explorers.pixel_mixer import mix
from helpers.explorers.reduction import Cost, reduction


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


def test_both_steps_of_a_reduction_are_added_up():
    assert reduction(3, 128, 32, 128, 28).reduced == Cost(40_960, 40_960 * 28**2, (32 + 128) * 28**2)
