"""Every published figure has its source and stands beside a count, and `published` finds it."""

import csv

import pytest
from torch import nn

from helpers.models import build, network_names
from helpers.models.googlenet import TABLE
from helpers.reading.counted import counted, depth
from helpers.reading.published import FILE, Figure, published
from helpers.reading.trace import trace
from tests.families import LAYOUTS

QUANTITIES = {"year", "depth", "parameters", "MACs", "top-1 error", "top-5 error"}
OF_GOOGLENET = {"layer parameters", "layer MACs", "times fewer parameters", "top-1 gain"}
ENSEMBLES = {"alexnet", "vgg", "googlenet", "resnet"}
# Where a paper rounds otherwise than to the digits it prints, or counts otherwise than this course.
ROUGH = {
    ("googlenet", "MACs"): 0.06,  # "a budget of 1.5 billion"
    ("vgg16", "MACs"): 0.012,  # the convolutions alone
    ("efficientnet_lite0", "MACs"): 0.06,
    ("alexnet", "parameters"): 0.02,
}


def test_every_row_has_a_source_that_says_where():
    for figure in published():
        assert figure.source
        assert figure.where
        assert figure.url.startswith("https://"), figure
        assert figure.quantity in QUANTITIES | (OF_GOOGLENET if figure.network == "googlenet" else set())
        assert figure.edition in ("paper", "torchvision")
        assert len(str(figure)) < 300


def test_a_row_is_of_a_network_that_can_be_built_or_of_several_together():
    for figure in published():
        together = figure.models is not None and figure.models > 1
        assert figure.network in (ENSEMBLES if together else network_names()), figure


def test_an_error_says_how_it_was_measured_and_a_count_does_not():
    for figure in published():
        if figure.quantity.endswith("error"):
            assert figure.data in ("validation", "test")
            assert figure.models >= 1
            assert 0 < figure.value < 50
        else:
            assert (figure.data, figure.models, figure.crops) == ("", None, "")


def test_no_count_is_in_the_file():
    # What is counted has all its digits; what is printed has at most four.
    for figure in published():
        if figure.quantity in ("parameters", "MACs"):
            assert len(f"{figure.value:.0f}".rstrip("0")) <= 4, figure


def test_no_figure_is_there_twice():
    seen = set()
    for figure in published():
        key = (
            figure.network, figure.edition, figure.quantity, figure.data, figure.models, figure.crops,
            figure.variant,
        )  # fmt: skip
        assert key not in seen, figure
        seen.add(key)


def test_what_is_printed_is_the_value():
    for figure in published():
        if figure.printed.endswith(" %"):
            assert float(figure.printed.removesuffix(" %")) == figure.value
        if figure.printed.startswith("acc@"):
            assert figure.value == pytest.approx(100 - float(figure.printed.split()[1]))


@pytest.mark.parametrize(
    ("network", "quantity", "how", "value"),
    [
        ("alexnet", "top-5 error", ("test", 7, "10"), 15.3),
        ("alexnet", "top-5 error", ("validation", 1, "10"), 18.2),
        ("vgg", "top-5 error", ("test", 7, "dense"), 7.3),
        ("googlenet", "top-5 error", ("test", 7, "144"), 6.67),
        ("googlenet", "top-5 error", ("validation", 1, "1"), 10.07),
        ("resnet", "top-5 error", ("test", 6, "multi-scale"), 3.57),
        ("plain18", "top-1 error", ("validation", 1, "10"), 27.94),
        ("plain34", "top-1 error", ("validation", 1, "10"), 28.54),
        ("resnet18", "top-1 error", ("validation", 1, "10"), 27.88),
        ("densenet121", "top-5 error", ("validation", 1, "10"), 6.66),
    ],
)
def test_the_lessons_figures(network, quantity, how, value):
    found = published(network, quantity, edition="paper")
    assert [each.value for each in found if (each.data, each.models, each.crops) == how] == [value]


def test_resnet_34_has_the_errors_of_its_three_shortcuts():
    found = [each for each in published("resnet34", "top-1 error", edition="paper") if each.crops == "10"]
    assert {each.variant: each.value for each in found} == {"": 24.52, "option A": 25.03, "option C": 24.19}


def test_vgg_s_five_configurations_are_compared_in_one_way():
    networks = ("vgg11", "vgg13", "vgg16_c", "vgg16", "vgg19")
    (found,) = zip(
        *(
            [each for each in published(name, "top-1 error", edition="paper") if each.crops == "dense"]
            for name in networks
        ),
        strict=True,
    )
    assert [each.value for each in found] == [29.6, 28.7, 28.1, 27.0, 27.3]
    assert {(each.data, each.models, each.variant, each.where) for each in found} == {
        ("validation", 1, "smaller side 256", "table 3")
    }


@pytest.mark.parametrize(
    ("network", "top_1"),
    [("alexnet", 56.5), ("vgg16", 71.6), ("googlenet", 69.8), ("resnet50", 76.1), ("densenet121", 74.4)],
)
def test_torchvision_s_accuracies(network, top_1):
    (figure,) = published(network, "top-1 error", edition="torchvision")
    assert round(100 - figure.value, 1) == top_1
    assert (figure.models, figure.crops) == (1, "1")
    assert network in figure.url


def test_what_is_printed_is_near_what_is_counted():
    compared = 0
    for figure in published():
        if figure.quantity in ("depth", "parameters", "MACs"):
            counts = counted(figure.network)
            count = {"depth": counts.depth, "parameters": counts.parameters, "MACs": counts.macs}
            off = abs(count[figure.quantity] / figure.value - 1)
            if figure.quantity == "depth":
                assert count["depth"] == figure.value, figure
            else:
                assert off <= ROUGH.get((figure.network, figure.quantity), 0.02), figure
            compared += 1
    assert compared > 30


def printed_column(quantity):
    """A column of GoogLeNet's table 1 as numbers, K and M as they are printed."""
    return [
        float(each.printed[:-1])
        for each in published("googlenet", quantity)
        if each.value == pytest.approx(float(each.printed[:-1]) * {"K": 1e3, "M": 1e6}[each.printed[-1]])
    ]


def test_googlenet_s_table_is_what_is_counted_but_for_three_rows():
    network = build("googlenet", device="meta")
    layers = trace(network).summary()
    names = ["conv1", "conv2 conv3", *(f"inception{block}" for block in TABLE), "fc"]
    parts = [[getattr(network, name) for name in row.split()] for row in names]
    weights = [
        sum(each.numel() for part in row for each in part.parameters() if each.dim() > 1) / 1024  # no biases
        for row in parts
    ]
    macs = [sum(layers[name].macs for name in row.split()) / 1e6 for row in names]
    off = [
        abs(count / figure - 1)
        for count, figure in zip(weights, printed_column("layer parameters"), strict=True)
    ]
    assert [row for row, each in enumerate(off) if each > 0.02] == [0, 6, 9], "the stem, 4c and 5a"
    off = [abs(count / figure - 1) for count, figure in zip(macs, printed_column("layer MACs"), strict=True)]
    assert [row for row, each in enumerate(off) if each > 0.03] == [0, 9], "the stem and 5a"
    assert (sum(printed_column("layer parameters")), sum(printed_column("layer MACs"))) == (6797.7, 1502)


def test_the_counts_are_those_of_the_trace():
    for name in ("alexnet", "vgg16", "googlenet", "resnet50", "densenet121"):
        for edition in ("paper", "torchvision"):
            network = build(name, edition=edition, device="meta")
            side = 227 if (name, edition) == ("alexnet", "paper") else 224
            table, counts = trace(network, (3, side, side)), counted(name, edition)
            assert (counts.parameters, counts.macs) == (table.parameters, table.macs)
            assert counts.depth == depth(network)
            if edition == "torchvision":
                assert counts.macs == LAYOUTS[name]["macs_224"]


def test_the_counts_that_the_lessons_name():
    assert counted("alexnet").parameters == 60_965_224
    assert counted("googlenet").parameters == 6_998_552
    assert counted("resnet50").macs == 3_857_973_248
    assert (counted("resnet50").field, counted("resnet50", "torchvision").field) == (483, 427)
    assert counted("efficientnet_lite0").one_by_one_share == pytest.approx(88.2, abs=0.04)
    assert counted("vgg16").one_by_one_share == 0


@pytest.mark.parametrize("name", ["vgg16_c", "googlenet", "resnet50", "densenet121", "efficientnet_lite0"])
def test_the_convolutions_and_the_1x1_among_them_are_those_of_pytorch(name):
    counts, network = counted(name), build(name, device="meta")
    convolutions = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    one_by_one = [layer for layer in convolutions if layer.kernel_size == (1, 1)]
    for part, layers in ((counts.convolutions, convolutions), (counts.one_by_one, one_by_one)):
        assert part.layers == len(layers)
        assert part.parameters == sum(weight.numel() for layer in layers for weight in layer.parameters())
    share = counts.one_by_one.share(counts.convolutions)
    assert share["layers"] == 100 * len(one_by_one) / len(convolutions)
    assert share["MACs"] == counts.one_by_one_share


def test_the_reader_reads_all_rows():
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(published()) == len(rows) > 100
    assert list(rows[0]) == list(Figure.__dataclass_fields__)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"network": "resnet5"}, "There is no published network 'resnet5'; the nearest"),
        ({"quantity": "error"}, "There is no published quantity 'error'"),
        ({"edition": "keras"}, "There is no published edition 'keras'; choose 'paper' or 'torchvision'."),
        ({"network": ["alexnet"]}, "There is no published network"),
    ],
)
def test_what_is_not_published_is_answered_with_a_sentence(asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        published(**asked)
