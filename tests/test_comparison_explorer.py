"""`NetworkComparison` shows published and counted figures as they are, and names every network legibly."""

import itertools
from unittest.mock import Mock

import numpy as np
import pytest

from helpers.explorers import comparison as module
from helpers.explorers.comparison import NetworkComparison, key
from helpers.explorers.comparison_numbers import AXES, EDITIONS, FAMILIES, FIVE, TIME, comparison, members_of
from helpers.reading.counted import counted
from helpers.reading.published import published

NAMES = {name: label for family in FAMILIES.values() for name, label in family.items()}
TIMES = {name: 12.5 * 1.25**rank for rank, name in enumerate(NAMES)}
SWITCHES = {key(family): family for family in FAMILIES}


@pytest.fixture
def measured(monkeypatch):
    """Times that take none, and a list of what was measured."""
    asked = []

    def pretend(name, edition):
        asked.append((name, edition))
        return TIMES[name]

    monkeypatch.setattr(module, "milliseconds", pretend)
    return asked


def test_the_lesson_s_numbers():
    explorer = NetworkComparison()
    assert repr(explorer) == (
        "5 from the papers: 6.66 % top-5 error at 7.98 M parameters (DenseNet-121), "
        "18.2 % at 61.0 M (AlexNet)."
    )
    assert [point.label for point in explorer.numbers.points] == [
        "AlexNet", "VGG-16", "GoogLeNet", "ResNet-50", "DenseNet-121",
    ]  # fmt: skip
    assert explorer.numbers.pairs == (7, 10)


def test_the_points_are_what_is_published_and_counted():
    for edition in EDITIONS:
        numbers = comparison("parameters", "top-5 error", edition, FAMILIES, whole_families=True)
        for point, name in zip(numbers.points, NAMES, strict=True):
            assert point.label == NAMES[name]
            if edition == "torchvision" and name == "efficientnet_lite0":
                assert (point.x, point.y) == (None, None)
                continue
            assert point.x == counted(name, edition).parameters
            found = [
                each.value
                for each in published(name, "top-5 error" if point.y else None)
                if each.edition == edition
            ]
            assert point.y is None or point.y in found
    assert comparison("year", "depth").points[3].x == 2015
    assert [point.y for point in comparison("year", "depth").points] == [8, 16, 22, 50, 121]


def test_errors_of_one_edition_are_measured_alike():
    for edition, crops in (("paper", "10"), ("torchvision", "1")):
        for quantity in ("top-1 error", "top-5 error"):
            for point in comparison("depth", quantity, edition, FIVE, whole_families=True).shown:
                name = next(name for name, label in NAMES.items() if label == point.label)
                (figure,) = (
                    each
                    for each in published(name, quantity, edition=edition)
                    if (each.models, each.crops, each.variant) == (1, crops, "")
                )
                assert (figure.value, figure.data) == (point.y, "validation")


def test_what_is_not_published_is_not_shown_but_said():
    numbers = comparison("parameters", "top-1 error")
    assert numbers.missing == ("GoogLeNet",)
    assert len(numbers.shown) == 4
    explorer = NetworkComparison(y_axis="top-1 error")
    assert explorer._missing.text == "No figure for GoogLeNet"
    assert "GoogLeNet" not in {label.text for label in explorer._labels}
    explorer.set(**{switch: switch == "googlenet" for switch in SWITCHES})
    assert (
        repr(explorer) == "0 from the papers: of no network chosen both parameters and top-1 error are known."
    )
    assert explorer.status == ""


def test_pairs_are_counted_by_hand():
    numbers = comparison("parameters", "top-5 error", families=["AlexNet", "VGG", "ResNet"])
    # AlexNet 61 M and 18.2, VGG-16 138 M and 9.33, ResNet-50 26 M and 6.71: only the first two disagree.
    assert numbers.pairs == (2, 3)
    assert comparison("year", "depth", families=["VGG", "GoogLeNet"]).pairs == (0, 0)


def test_the_title_says_what_goes_with_what_in_most_pairs():
    explorer = NetworkComparison(x_axis="parameters", y_axis="top-5 error")
    assert explorer._title.text == "More parameters with more top-5 error in 7 of 10 pairs of networks"
    assert explorer._ends.text == "Top-5 error from 6.66 % (DenseNet-121) to 18.2 % (AlexNet)"
    for axis, trend in {
        "MACs": "More MACs with less top-5 error in 6 of 10 pairs of networks",
        "depth": "More layers with less top-5 error in 10 of 10 pairs of networks",
        "year": "A later year with less top-5 error in 9 of 9 pairs of networks",
        "receptive field": "A larger field with less top-5 error in 9 of 10 pairs of networks",
    }.items():
        explorer.x_axis.value = axis
        assert explorer._title.text == trend
    explorer.set(x_axis="year", y_axis="depth", alexnet=False, resnet=False, densenet=False)
    assert (explorer._title.text, explorer._ends.text) == ("Depth from 16 (VGG-16) to 22 (GoogLeNet)", "")


def test_a_trend_is_that_of_more_than_half_of_the_pairs():
    for x, y, edition, families, whole in combinations_of_settings():
        numbers = comparison(x, y, edition, families, whole_families=whole, times=TIMES)
        together, pairs = numbers.pairs
        if 2 * together == pairs:
            assert numbers.trend == ""
        else:
            assert f" in {max(together, pairs - together)} of {pairs} pairs" in numbers.trend
            assert (AXES[y].more in numbers.trend) == (2 * together > pairs)


def test_where_as_many_pairs_go_either_way_no_trend_is_named():
    explorer = NetworkComparison(x_axis="parameters", y_axis="year", families=["VGG", "GoogLeNet", "AlexNet"])
    assert explorer.numbers.pairs == (1, 2)
    assert explorer._title.text == "Year from 2012 (AlexNet) to 2014 (VGG-16)"


def combinations_of_settings():
    for x, y in itertools.permutations(AXES, 2):
        for edition, whole, families in itertools.product(EDITIONS, (False, True), (tuple(FAMILIES), FIVE)):
            yield x, y, edition, families, whole


def test_the_sentence_fits_and_ends_in_a_full_stop_at_every_setting():
    lengths = set()
    for x, y, edition, families, whole in combinations_of_settings():
        numbers = comparison(x, y, edition, families, whole_families=whole, times=TIMES)
        lengths.add(len(numbers.sentence))
        assert numbers.sentence.endswith(".")
        low, high = numbers.ends("y")
        if TIME not in (x, y):
            assert low.label in numbers.sentence
            assert high.label in numbers.sentence
    assert 90 < max(lengths) <= 110


def test_a_measured_time_is_not_in_the_sentence():
    for x, y in ((TIME, "MACs"), ("MACs", TIME)):
        one, other = (
            comparison(x, y, times={name: factor * time for name, time in TIMES.items()})
            for factor in (1, 3.7)
        )
        assert one != other
        assert one.sentence == other.sentence
        assert one.sentence == (
            "5 from the papers: measured time against MACs, 724 M (AlexNet) to 15.5 G (VGG-16)."
        )


def test_every_value_is_inside_the_axes():
    for x, y, edition, families, whole in combinations_of_settings():
        for point in comparison(x, y, edition, families, whole_families=whole, times=TIMES).shown:
            for name, value in ((x, point.x), (y, point.y)):
                ticks = AXES[name].ticks or module._time_ticks(list(TIMES.values()))
                assert 0 <= module._place(AXES[name], ticks, value) <= 1, (name, point)


def test_the_explorer_shows_the_pure_function_of_its_controls(measured):
    explorer, rng = NetworkComparison(), np.random.default_rng(0)
    for _ in range(25):
        x, y = rng.choice(list(AXES), 2, replace=False)
        edition, whole = str(rng.choice(EDITIONS)), bool(rng.integers(2))
        shown = {switch: bool(rng.integers(2)) for switch in SWITCHES} | {"densenet": True}
        members = "whole families" if whole else "one of each"
        explorer.set(x_axis=str(x), y_axis=str(y), edition=edition, members=members, **shown)
        assert explorer.status == ""
        families = [family for switch, family in SWITCHES.items() if shown[switch]]
        names = members_of(families, whole)
        times = {name: TIMES[name] for name in names} if TIME in (x, y) else {}
        axes = explorer.x_axis.value, explorer.y_axis.value
        assert explorer.numbers == comparison(*axes, edition, families, whole_families=whole, times=times)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x_axis", "depth"), ("y_axis", "MACs"), ("edition", "torchvision"), ("members", "whole families"),
        ("alexnet", False), ("resnet", False), ("efficientnet_lite0", True),
    ],
)  # fmt: skip
def test_every_control_moves_the_picture(name, value):
    explorer = NetworkComparison()
    sentence, picture = repr(explorer), explorer._image.tobytes()
    explorer.controls[name].value = value
    assert explorer._image.tobytes() != picture
    # A network that has no error of its edition leaves the sentence as it was.
    assert (repr(explorer) != sentence) == (name != "efficientnet_lite0")
    assert explorer.status == ""


def test_axes_that_would_be_alike_change_places():
    explorer = NetworkComparison(x_axis="MACs", y_axis="depth")
    explorer.y_axis.value = "MACs"
    assert (explorer.x_axis.value, explorer.y_axis.value) == ("depth", "MACs")
    explorer.x_axis.value = "year"
    explorer.x_axis.value = "MACs"
    assert (explorer.x_axis.value, explorer.y_axis.value) == ("MACs", "year")


def test_the_last_network_stays():
    explorer = NetworkComparison(families=["VGG"])
    explorer.vgg.value = False
    assert explorer.vgg.value is True
    assert explorer.status == "VGG stays: at least one network is shown."
    assert explorer.numbers == comparison("parameters", "top-5 error", families=["VGG"])
    explorer.alexnet.value = True
    assert explorer.status == ""


def test_a_time_is_measured_once_and_only_when_it_is_asked_for(measured):
    explorer = NetworkComparison(families=["AlexNet", "GoogLeNet"])
    assert measured == []
    explorer.y_axis.value = TIME
    assert measured == [("alexnet", "paper"), ("googlenet", "paper")]
    assert [point.y for point in explorer.numbers.points] == [TIMES["alexnet"], TIMES["googlenet"]]
    explorer.x_axis.value = "depth"
    explorer.vgg.value = True
    assert measured[2:] == [("vgg16", "paper")]
    explorer.edition.value = "torchvision"
    assert len(measured) == 6
    assert explorer.status == ""


def test_what_is_being_measured_stands_in_the_status_line(monkeypatch):
    lines = []
    explorer = NetworkComparison(families=["AlexNet", "GoogLeNet"])
    monkeypatch.setattr(module, "milliseconds", lambda *_: lines.append(explorer.status) or 20.0)
    explorer.y_axis.value = TIME
    assert lines == ["Measuring AlexNet, 1 of 2 …", "Measuring GoogLeNet, 2 of 2 …"]
    assert explorer.status == ""


def test_each_point_is_drawn_as_soon_as_it_is_measured(monkeypatch):
    explorer = NetworkComparison(families=["AlexNet", "GoogLeNet", "VGG"])
    pictures, shown = [], []

    def measure(name, edition):
        pictures.append(explorer.picture.data)
        shown.append([point.label for point in explorer.numbers.shown])
        return TIMES[name]

    monkeypatch.setattr(module, "milliseconds", measure)
    explorer.y_axis.value = TIME
    pictures.append(explorer.picture.data)
    assert shown == [["AlexNet", "VGG-16", "GoogLeNet"], ["AlexNet"], ["AlexNet", "VGG-16"]]
    assert len(set(pictures)) == 4
    assert len(explorer.numbers.shown) == 3


def test_stopped_while_it_measures_it_says_so_and_goes_on_later(monkeypatch):
    times = iter([TIMES["alexnet"], KeyboardInterrupt(), TIMES["googlenet"]])
    measure = Mock(side_effect=times)
    monkeypatch.setattr(module, "milliseconds", measure)
    explorer = NetworkComparison(families=["AlexNet", "GoogLeNet"])
    with pytest.raises(KeyboardInterrupt):
        explorer.y_axis.value = TIME
    assert explorer.status == "The measuring was stopped; move a control, and it goes on where it was."
    assert [point.label for point in explorer.numbers.shown] == ["AlexNet"]
    explorer.x_axis.value = "depth"
    assert measure.call_args.args == ("googlenet", "paper")
    assert len(explorer.numbers.shown) == 2
    assert explorer.status == ""


def test_a_network_without_a_torchvision_edition_is_not_measured_in_vain(measured):
    explorer = NetworkComparison(families=["EfficientNet-Lite0", "AlexNet"], edition="torchvision")
    explorer.y_axis.value = TIME
    assert measured == [("alexnet", "torchvision")]
    assert explorer.status == ""
    assert explorer.numbers.missing == ("EfficientNet-Lite0",)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"x_axis": "accuracy"}, "There is no x axis 'accuracy'"),
        ({"families": ["Inception"]}, "There is no family 'Inception'"),
        ({"families": []}, "at least one family; no family is given."),
        ({"x_axis": "MACs", "y_axis": "MACs"}, "two different axes .* both axes are 'MACs'."),
        ({"edition": "keras"}, "There is no edition 'keras'"),
    ],
)
def test_a_wrong_start_is_answered_with_a_sentence(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        NetworkComparison(**given)
