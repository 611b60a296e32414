"""Every published figure has its source and stands beside a count, and `published` finds it."""

import csv

import pytest
import torch
from torch import nn

from helpers.models import build, network_names
from helpers.models.googlenet import TABLE
from helpers.models.small import SmallResNet
from helpers.reading.counted import counted, depth
from helpers.reading.published import FILE, Figure, published
from helpers.reading.trace import trace
from tests.families import LAYOUTS

QUANTITIES = {"year", "depth", "parameters", "MACs", "top-1 error", "top-5 error"}
OF_GOOGLENET = {"layer parameters", "layer MACs", "times fewer parameters", "top-1 gain"}
# What papers print of a network besides.
GAINS = {"alexnet": {"top-1 gain", "top-5 gain"}, "vgg13": {"top-1 gain"}}
BESIDES = {"googlenet": OF_GOOGLENET, "four_layer_cnn": {"times faster"}} | GAINS
ENSEMBLES = {"alexnet", "vgg", "googlenet", "resnet"}
SMALL_IMAGES = {"CIFAR-10 test", "CIFAR-10 training", "CIFAR-100 test", "SVHN test"}
# Networks that papers compare with and that cannot be built here: on ImageNet, and on small images.
OF_IMAGENET = {"vgg11_lrn", "prelu_net", "bn_inception", "fisher_vectors"}
OF_SMALL_IMAGES = {
    "four_layer_cnn", "conventional_cnn", "nin", "maxout", "dsn", "fitnet19", "highway19", "highway32",
    "resnet1202", "wide_resnet16", "wide_resnet28", "preact_resnet164", "preact_resnet1001",
    "densenet40", "densenet100", "densenet_bc100", "densenet_bc190", "densenet_bc250",
}  # fmt: skip
# Errors of several together of which the source does not say how many.
UNCOUNTED = {
    ("fisher_vectors", "several classifiers, second in ILSVRC-2012"),
    ("prelu_net", "ensemble"),
    ("bn_inception", "ensemble"),
}
# Where a paper rounds otherwise than to the digits it prints, or counts otherwise than this course.
ROUGH = {
    ("googlenet", "MACs"): 0.06,  # "a budget of 1.5 billion"
    ("vgg16", "MACs"): 0.012,  # the convolutions alone
    ("efficientnet_lite0", "MACs"): 0.06,
    ("alexnet", "parameters"): 0.02,
    ("resnet101", "parameters"): 0.12,  # "more than 40M"
}


def test_every_row_has_a_source_that_says_where():
    for figure in published():
        assert figure.source
        assert figure.where
        assert figure.url.startswith("https://"), figure
        quantities = QUANTITIES | BESIDES.get(figure.network, set())
        if figure.data in SMALL_IMAGES:
            quantities = {"classification error"}
        assert figure.quantity in quantities, figure
        assert figure.edition in ("paper", "torchvision")
        assert len(str(figure)) < 300


def test_a_row_is_of_a_network_that_can_be_built_or_of_several_together():
    for figure in published():
        together = figure.models is not None and figure.models > 1
        compared = OF_IMAGENET | OF_SMALL_IMAGES
        assert figure.network in (ENSEMBLES if together else compared.union(network_names())), figure
        if figure.network in compared:
            assert figure.edition == "paper"
            assert figure.quantity not in ("year", "depth", "MACs")
    assert not (OF_IMAGENET | OF_SMALL_IMAGES).intersection(network_names())


def test_errors_on_small_images_are_of_these_networks_alone():
    of_cifar_10 = {f"resnet{depth}" for depth in (20, 32, 44, 56, 110)}
    on_small, on_imagenet = set(), set()
    for figure in published():
        if figure.quantity.endswith("error"):
            (on_small if figure.data in SMALL_IMAGES else on_imagenet).add(figure.network)
    assert on_small == OF_SMALL_IMAGES | of_cifar_10
    assert on_imagenet > OF_IMAGENET
    assert not on_small & on_imagenet


def test_an_error_says_how_it_was_measured_and_a_count_does_not():
    for figure in published():
        if figure.quantity == "classification error":
            assert figure.data in SMALL_IMAGES
            assert (figure.models, figure.crops) == (1, "")
            assert 0 < figure.value < 50
        elif figure.quantity.endswith("error"):
            assert figure.data in ("validation", "test")
            if (figure.network, figure.variant) in UNCOUNTED:
                assert (figure.models, figure.crops) == (None, "")
            else:
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
        if "±" in figure.printed:
            assert float(figure.printed.split("±")[0]) == figure.value
        if figure.quantity.endswith("gain"):
            assert float(figure.printed.removesuffix("%").split()[-1]) == figure.value
        if figure.quantity == "parameters" and figure.printed.endswith("M"):
            assert float(figure.printed[:-1].split()[-1]) == pytest.approx(figure.value / 1e6)


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


VGGS = ("vgg11", "vgg11_lrn", "vgg13", "vgg16_c", "vgg16", "vgg19")


def both_errors(networks, crops, variant):
    """Top-1 and top-5 error of each of these networks that is measured so, in a paper, by itself."""
    found = {}
    for name in networks:
        errors = [
            figure
            for figure in published(name, edition="paper")
            if (figure.data, figure.models, figure.crops, figure.variant) == ("validation", 1, crops, variant)
        ]
        if errors:
            assert {figure.quantity for figure in errors} == {"top-1 error", "top-5 error"}
            found[name] = tuple(figure.value for figure in sorted(errors, key=lambda each: each.quantity))
    return found


@pytest.mark.parametrize(
    ("crops", "variant", "errors"),
    [
        ("dense", "smaller side 256", [(29.6, 10.4), (29.7, 10.5), (28.7, 9.9),
                                       (28.1, 9.4), (27.0, 8.8), (27.3, 9.0)]),
        ("dense at Q = 384", "S = 384", [(28.1, 9.3), (26.8, 8.7), (26.9, 8.7)]),
        ("dense at Q = 384", "S from 256 to 512", [(27.3, 8.8), (25.6, 8.1), (25.5, 8.0)]),
        ("dense at Q = 224, 256, 288", "S = 256", [(28.2, 9.6), (27.7, 9.2), (26.6, 8.6), (26.9, 8.7)]),
        ("dense at Q = 352, 384, 416", "S = 384", [(27.8, 9.2), (26.5, 8.6), (26.7, 8.6)]),
        ("dense at Q = 256, 384, 512", "S from 256 to 512", [(26.3, 8.2), (24.8, 7.5), (24.8, 7.5)]),
        ("multi-crop", "", [(24.6, 7.5), (24.6, 7.4)]),
        ("multi-crop and dense", "", [(24.4, 7.2), (24.4, 7.1)]),
    ],
)  # fmt: skip
def test_vgg_s_tables_3_4_and_5(crops, variant, errors):
    assert both_errors(VGGS, crops, variant) == dict(zip(VGGS[-len(errors) :], errors, strict=True))


def test_googlenet_s_table_3():
    found = {
        (each.models, each.crops): each.value
        for each in published("googlenet", "top-5 error", edition="paper")
        if each.where == "table 3"
    }
    assert found == {
        (1, "1"): 10.07, (1, "10"): 9.15, (1, "144"): 7.89,
        (7, "1"): 8.09, (7, "10"): 7.62, (7, "144"): 6.67,
    }  # fmt: skip


def test_the_residual_networks_tables_2_to_5():
    by_ten = {name: both_errors([name], "10", "")[name] for name in ("prelu_net", "plain34", "resnet34")}
    assert by_ten == {"prelu_net": (24.27, 7.38), "plain34": (28.54, 10.02), "resnet34": (24.52, 7.46)}
    assert both_errors(["resnet34"], "10", "option A") == {"resnet34": (25.03, 7.76)}
    assert both_errors(["resnet34"], "10", "option C") == {"resnet34": (24.19, 7.40)}
    names = ("resnet34", "resnet50", "resnet101", "resnet152")
    errors = [(21.84, 5.71), (20.74, 5.25), (19.87, 4.60), (19.38, 4.49)]
    assert both_errors(names, "multi-scale", "") == dict(zip(names, errors, strict=True))
    assert both_errors(["resnet34"], "multi-scale", "option C") == {"resnet34": (21.53, 5.60)}
    others = {"prelu_net": (21.59, 5.71), "bn_inception": (21.99, 5.81)}
    assert both_errors(others, "", "") == others
    together = {
        figure.network: figure.value
        for figure in published(quantity="top-5 error")
        if (figure.where, figure.data) == ("table 5", "test")
    }
    assert together == {"resnet": 3.57, "prelu_net": 4.94, "bn_inception": 4.82}
    assert len(published("resnet")) == 1


def on_small_images(network, data="CIFAR-10 test"):
    """A network's errors on the images of one set, by what is special about each."""
    return {
        figure.variant: figure.value
        for figure in published(network, "classification error")
        if figure.data == data
    }


@pytest.mark.parametrize(
    ("network", "million", "error"),
    [
        ("maxout", None, 9.38),
        ("nin", None, 8.81),
        ("dsn", None, 8.22),
        ("fitnet19", 2.5, 8.39),
        ("highway32", 1.25, 8.80),
        ("resnet20", 0.27, 8.75),
        ("resnet32", 0.46, 7.51),
        ("resnet44", 0.66, 7.17),
        ("resnet56", 0.85, 6.97),
        ("resnet1202", 19.4, 7.93),
    ],
)
def test_the_residual_networks_table_6(network, million, error):
    assert on_small_images(network)["with augmentation"] == error
    counts = [figure.value for figure in published(network) if figure.quantity == "parameters"]
    assert counts == ([] if million is None else [pytest.approx(million * 1e6)])


def test_what_ran_several_times_has_its_best_and_its_mean():
    highway, resnet = on_small_images("highway19"), on_small_images("resnet110")
    assert highway == {"with augmentation, best run": 7.54, "with augmentation, mean of runs": 7.72}
    assert resnet["with augmentation, best of 5 runs"] == 6.43
    assert resnet["with augmentation, mean of 5 runs"] == 6.61


def test_1202_layers_fit_the_training_images():
    (figure,) = (each for each in published(quantity="classification error") if "training" in each.data)
    assert (figure.network, figure.value, figure.printed) == ("resnet1202", 0.1, "<0.1%")
    assert "upper bound" in figure.variant


# C10, C10+, C100, C100+ and SVHN: "+" is with augmentation.
TABLE_2 = {
    ("resnet110", "as in the stochastic depth paper", ""): (13.63, 6.41, 44.74, 27.22, 2.01),
    ("resnet110", "stochastic depth", ""): (11.66, 5.23, 37.80, 24.58, 1.75),
    ("resnet1202", "stochastic depth", ""): (None, 4.91, None, None, None),
    ("wide_resnet16", "", "with dropout"): (None, 4.81, None, 22.07, 1.64),
    ("wide_resnet28", "", ""): (None, 4.17, None, 20.50, None),
    ("preact_resnet164", "", ""): (11.26, 5.46, 35.58, 24.33, None),
    ("preact_resnet1001", "", ""): (10.56, 4.62, 33.47, 22.71, None),
    ("densenet40", "k = 12", "with dropout"): (7.00, 5.24, 27.55, 24.42, 1.79),
    ("densenet100", "k = 12", "with dropout"): (5.77, 4.10, 23.79, 20.20, 1.67),
    ("densenet100", "k = 24", "with dropout"): (5.83, 3.74, 23.42, 19.25, 1.59),
    ("densenet_bc100", "k = 12", "with dropout"): (5.92, 4.51, 24.15, 22.27, 1.76),
    ("densenet_bc250", "k = 24", "with dropout"): (5.19, 3.62, 19.64, 17.60, 1.74),
    ("densenet_bc190", "k = 40", "with dropout"): (None, 3.46, None, 17.18, None),
}


def test_densenet_s_table_2():
    found = {}
    for network, special, plain in TABLE_2:
        variants = [", ".join(filter(None, (special, each))) for each in (plain, "with augmentation")]
        errors = [
            on_small_images(network, f"{data} test").get(variant)
            for data in ("CIFAR-10", "CIFAR-100")
            for variant in variants
        ]
        errors.append(on_small_images(network, "SVHN test").get(variants[0]))
        found[network, special, plain] = tuple(errors)
    assert found == TABLE_2
    rows = [figure for figure in published(quantity="classification error") if "Huang" in figure.source]
    assert {figure.where for figure in rows} == {"table 2"}
    assert len(rows) == sum(value is not None for errors in TABLE_2.values() for value in errors)


def test_network_in_network_s_tables_and_its_ablation():
    assert on_small_images("nin") == {
        "": 10.41,
        "with augmentation": 8.81,
        "fully connected layer in place of global average pooling": 11.59,
        "dropout and fully connected layer in place of global average pooling": 10.88,
    }
    assert on_small_images("nin", "CIFAR-100 test") == {"": 35.68}
    assert on_small_images("maxout") == {"": 11.68, "with augmentation": 9.38}
    assert on_small_images("maxout", "CIFAR-100 test") == {"": 38.57}
    assert on_small_images("conventional_cnn") == {
        "fully connected layer": 17.56,
        "dropout and fully connected layer": 15.99,
        "global average pooling": 16.46,
    }


def test_what_is_second_hand_says_so():
    second_hand = [(each.network, each.value) for each in published() if "second-hand" in each.where]
    assert second_hand == [("nin", 11.59), ("nin", 10.88), ("maxout", 38.57)]


def test_alexnet_s_and_vgg_s_ablations():
    gains = {}
    for network, quantities in GAINS.items():
        for quantity in sorted(quantities):
            for figure in published(network, quantity):
                gains.setdefault((network, figure.where, figure.variant.split()[0]), []).append(figure.value)
    assert gains == {
        ("alexnet", "section 3.2", "two"): [1.7, 1.2],
        ("alexnet", "section 3.3", "response"): [1.4, 1.2],
        ("alexnet", "section 3.4", "overlapping"): [0.4, 0.3],
        ("alexnet", "section 4.1", "PCA"): [1],
        ("alexnet", "section 6, footnote 5", "ten"): [1.5, 1.3],
        ("alexnet", "section 7", "any"): [2],
        ("vgg13", "section 4.1", "pairs"): [7],
    }
    assert on_small_images("four_layer_cnn") == {
        "without response normalisation": 13,
        "with response normalisation": 11,
    }
    assert [each.value for each in published("four_layer_cnn", "times faster")] == [6]
    assert [each.value for each in published("fisher_vectors", "top-5 error")] == [26.2]


@pytest.mark.parametrize(
    ("network", "top_1"),
    [("alexnet", 56.5), ("vgg16", 71.6), ("googlenet", 69.8), ("resnet50", 76.1), ("densenet121", 74.4)],
)
def test_torchvision_s_accuracies(network, top_1):
    figure = published(network, "top-1 error", edition="torchvision")[0]
    assert not figure.variant
    assert round(100 - figure.value, 1) == top_1
    assert (figure.models, figure.crops) == (1, "1")
    assert network in figure.url


def test_what_is_printed_is_near_what_is_counted():
    compared = 0
    for figure in published():
        if figure.quantity in ("depth", "parameters", "MACs") and figure.network not in OF_SMALL_IMAGES:
            counts = counted(figure.network)
            count = {"depth": counts.depth, "parameters": counts.parameters, "MACs": counts.macs}
            off = abs(count[figure.quantity] / figure.value - 1)
            if figure.quantity == "depth":
                assert count["depth"] == figure.value, figure
            else:
                assert off <= ROUGH.get((figure.network, figure.quantity), 0.02), figure
            compared += 1
    assert compared > 36


def dense_parameters(depth, growth, bottleneck_and_compression, classes=10):
    """The parameters of a DenseNet for small images, counted by hand: three blocks of equally many layers."""
    channels = 2 * growth if bottleneck_and_compression else 16
    count = 3 * 9 * channels
    for block in range(3):
        for _ in range((depth - 4) // (6 if bottleneck_and_compression else 3)):
            if bottleneck_and_compression:
                width = 4 * growth
                count += 2 * channels + channels * width + 2 * width + 9 * width * growth
            else:
                count += 2 * channels + 9 * channels * growth
            channels += growth
        if block < 2:
            fewer = channels // 2 if bottleneck_and_compression else channels
            count += 2 * channels + channels * fewer
            channels = fewer
    return count + 2 * channels + channels * classes + classes


def test_the_parameters_of_networks_for_small_images_are_counted_but_for_those_of_others():
    with torch.device("meta"):
        layers = SmallResNet(1202)
    counts = {("resnet1202", ""): sum(weight.numel() for weight in layers.parameters())}
    for name in ("densenet40", "densenet100", "densenet_bc100", "densenet_bc190", "densenet_bc250"):
        for figure in published(name, "parameters"):
            depth = int(name.removeprefix("densenet").removeprefix("_bc"))
            growth = int(figure.variant.removeprefix("k = "))
            counts[name, figure.variant] = dense_parameters(depth, growth, "_bc" in name)
    others = {}
    for figure in published(quantity="parameters"):
        if figure.network in OF_SMALL_IMAGES:
            if (count := counts.get((figure.network, figure.variant))) is not None:
                assert round(count / 1e6, 1) == figure.value / 1e6, figure
            else:
                others.setdefault(figure.network, []).append(figure.printed)
    assert len(counts) == 7
    assert others == {
        "fitnet19": ["2.5M"], "highway19": ["2.3M"], "highway32": ["1.25M"],
        "wide_resnet16": ["11.0M", "2.7M"], "wide_resnet28": ["36.5M"],
        "preact_resnet164": ["1.7M"], "preact_resnet1001": ["10.2M"],
    }  # fmt: skip


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
    assert len(published()) == len(rows) > 330
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
