"""Every form that the explorers' sentences take, word for word."""

import pytest
from helpers.explorers.comparison_numbers import AXES, TIME, comparison

from helpers.explorers.pixel_mixer import mix
from helpers.explorers.reduction import reduction
from helpers.wording.counts import brief, compared


def test_counts_in_words():
    counts = (999_999, 1_000_000, 9_994_000, 10_000_000, 99_940_000, 100_000_000, 999_000_000, 1_000_000_000)
    assert [brief(count) for count in counts] == [
        *("999,999", "1.00 M", "9.99 M", "10.0 M", "99.9 M", "100 M", "999 M", "1.00 G"),
    ]
    assert [compared(a, b) for a, b in ((7, 7), (7, 14), (14, 7), (3_000_000, 2))] == [
        *("about as many", "2.00 times fewer", "2.00 times more", "1,500,000.00 times more"),
    ]


@pytest.mark.parametrize(
    ("axes", "families", "sentence"),
    [
        (("year", "depth"), ["ResNet"], "1 from the papers: 50 layers at year 2015 (ResNet-50)."),
        (
            ("depth", "year"),
            ["AlexNet", "DenseNet"],
            "2 from the papers: year 2012 at 8 layers (AlexNet), 2016 at 121 (DenseNet-121).",
        ),
        (
            ("share of 1×1", "receptive field"),
            ["AlexNet", "DenseNet"],
            "2 from the papers: 195 pixels seen at 0.0 % 1×1 share (AlexNet), 2071 at 52.0 % (DenseNet-121).",
        ),
        (
            ("MACs", "top-1 error", "torchvision"),
            ["AlexNet", "GoogLeNet"],
            "2 from torchvision: 30.22 % top-1 error at 1.50 G MACs (GoogLeNet), 43.48 % at 714 M (AlexNet).",
        ),
        (
            (TIME, "year"),
            ["VGG", "ResNet"],
            "2 from the papers: measured time against year, 2014 (VGG-16) to 2015 (ResNet-50).",
        ),
        (
            ("depth", TIME),
            ["VGG", "ResNet"],
            "2 from the papers: measured time against depth, 16 (VGG-16) to 50 (ResNet-50).",
        ),
        (("depth", TIME), ["VGG"], "1 from the papers: measured time against depth, 16 (VGG-16)."),
    ],
)
def test_comparisons(axes, families, sentence):
    numbers = comparison(*axes, families=families, times={"vgg16": 3.14, "resnet50": 2})
    assert numbers.sentence == sentence


def test_comparisons_of_two_networks():
    times = {"vgg16": 3.14, "resnet50": 2}
    assert comparison("year", TIME, families=["VGG", "ResNet"], times=times).trend == (
        "a later year with less time in 1 of 1 pair of networks"
    )
    assert comparison("year", TIME, families=["VGG", "ResNet"]).missing == ("VGG-16", "ResNet-50")
    assert [AXES[name].phrase(value) for name, value in ((TIME, 3.14159), ("top-5 error", 10.0))] == [
        *("3.1 ms for an image", "10 % top-5 error"),
    ]


def test_mixed_pixels():
    numbers = mix((3, 4), (0.1, 0.2, 0.3), [(1, 0, 0), (0, -1, 0), (0.5, 0.5, 0)], (0, 0.25, 1))
    assert numbers.sentence == "Pixel (3, 4): red, green, blue 0.10, 0.20, 0.30 become 0.10, 0.05, 1.15."


def test_reductions():
    assert reduction(1, 64, 8, 16, 7).sentence == (
        "1×1, 64→16: 1,024 weights; via 8: 512 + 128 = 640, 1.60 times fewer."
    )
    assert reduction(3, 128, 128, 128, 28).sentence == (
        "3×3, 128→128: 147,456 weights; via 128: 16,384 + 147,456 = 163,840, 1.11 times more."
    )
