"""What explorers count, at settings where a slip would not show elsewhere."""

import pytest

from helpers.explorers.numbers.pixel_mixer import mix
from helpers.explorers.numbers.reduction import Cost, reduction


def test_a_kernel_that_does_not_fit_the_pixel_is_an_error():
    for weights, bias in (([(1, 0)], (0,)), ([(1, 0, 0, 0)], (0,)), ([(1, 0, 0)], (0, 0))):
        with pytest.raises(ValueError, match="zip"):
            _ = mix((0, 0), (0.1, 0.2, 0.3), weights, bias).after


def test_both_steps_of_a_reduction_are_added_up():
    assert reduction(3, 128, 32, 128, 28).reduced == Cost(40_960, 40_960 * 28**2, (32 + 128) * 28**2)
