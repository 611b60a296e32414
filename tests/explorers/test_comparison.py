"""`NetworkComparison` shows published and counted figures as they are, and names every network."""

import itertools
import json
from functools import cache
from unittest.mock import Mock

import pytest

from helpers import NetworkComparison
from helpers.explorers.comparison import SWITCHES
from helpers.explorers.numbers.comparison import (
    AXES,
    EDITIONS,
    FAMILIES,
    FIVE,
    MEMBERS,
    NETWORKS,
    TIME,
    ComparisonNumbers,
    Point,
    comparison,
    members_of,
)
from helpers.explorers.pictures.comparison import draw_comparison
from helpers.explorers.sources.comparison import LiveFigures
from helpers.explorers.sources.recording import Recorded, Recorder
from helpers.reading.counted import counted
from helpers.reading.published import published
from tests.seen import Seen, number

TIMES = {name: 12.5 * 1.25**rank for rank, name in enumerate(NETWORKS)}
FIGURES = LiveFigures(clock=lambda name, edition: TIMES[name])


def compared(x, y, edition="paper", families=FIVE, members=MEMBERS[0]) -> ComparisonNumbers:
    """The comparison with the course's figures, and times that take none to measure."""
    figures = {
        name: tuple(TIMES[name] if axis == TIME else FIGURES.figure(axis, name, edition) for axis in (x, y))
        for name in members_of(families, members)
    }
    return comparison(x, y, edition, figures)


def points(*values: tuple[float, float], axes=("depth", "top-5 error")) -> ComparisonNumbers:
    return ComparisonNumbers(*axes, "paper", tuple(Point(f"network {x}", "VGG", x, y) for x, y in values))


def with_clock(clock, **asked) -> NetworkComparison:
    return NetworkComparison(source=LiveFigures(clock=clock), **asked)


@cache
def every_setting() -> list[ComparisonNumbers]:
    """All axes, with all networks or one of each; torchvision's counts are taken to be the papers'."""

    def figure(axis: str, name: str, edition: str) -> float | None:
        counts = edition == "torchvision" and not axis.endswith("error") and name != "efficientnet_lite0"
        return TIMES[name] if axis == TIME else FIGURES.figure(axis, name, "paper" if counts else edition)

    return [
        comparison(
            *(x, y, edition),
            {
                name: (figure(x, name, edition), figure(y, name, edition))
                for name in members_of(FAMILIES, members)
            },
        )
        for x, y in itertools.permutations(AXES, 2)
        for edition, members in itertools.product(EDITIONS, MEMBERS)
    ]


def test_the_lesson_s_numbers():
    explorer = NetworkComparison()
    assert repr(explorer) == (
        "5 from the papers: 6.66 % top-5 error at 7.98 M parameters (DenseNet-121), "
        "18.2 % at 61.0 M (AlexNet)."
    )
    assert explorer.numbers.pairs == (7, 10)
    words = Seen(explorer.svg).words
    assert words[0] == "More parameters with more top-5 error in 7 of 10 pairs of networks"
    for axis, trend in {
        "MACs": "more MACs with less top-5 error in 6 of 10 pairs of networks",
        "depth": "more layers with less top-5 error in 10 of 10 pairs of networks",
        "year": "a later year with less top-5 error in 9 of 9 pairs of networks",
        "receptive field": "a larger field with less top-5 error in 9 of 10 pairs of networks",
    }.items():
        explorer.x_axis.value = axis
        assert explorer.numbers.trend == trend
    resnets = NetworkComparison(families=["ResNet"], members="whole families")
    assert resnets.numbers.trend == "more parameters with less top-5 error in 6 of 6 pairs of networks"


# ---- the source: what is published and counted ----


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_figures_are_what_is_published_and_counted(edition):
    for name in ("alexnet", "vgg11", "googlenet", "resnet18", "densenet121", "efficientnet_lite0"):
        figures = {axis: FIGURES.figure(axis, name, edition) for axis in AXES if axis != TIME}
        if (name, edition) == ("efficientnet_lite0", "torchvision"):
            assert set(figures.values()) == {None}
            continue
        counts = counted(name, edition)
        assert (figures["parameters"], figures["MACs"]) == (counts.parameters, counts.macs)
        assert (figures["depth"], figures["receptive field"]) == (counts.depth, counts.field)
        assert figures["share of 1×1"] == counts.one_by_one_share
        assert figures["year"] == published(name, "year")[0].value


def test_errors_of_one_edition_are_measured_alike():
    found = 0
    for (edition, crops), quantity in itertools.product(
        (("paper", "10"), ("torchvision", "1")), ("top-1 error", "top-5 error")
    ):
        for name in members_of(FIVE, "whole families"):
            value = FIGURES.figure(quantity, name, edition)
            alike = [
                each for each in published(name)
                if (each.quantity, each.edition, each.models, each.crops, each.variant)
                == (quantity, edition, 1, crops, "")
            ]  # fmt: skip
            assert [each.value for each in alike] == ([] if value is None else [value])
            assert all(each.data == "validation" for each in alike)
            found += len(alike)
    assert found == 49
    assert FIGURES.figure("top-1 error", "efficientnet_lite0", "paper") == 24.9


# ---- the numbers ----


def test_one_network_stands_for_its_family_unless_all_are_asked_for():
    assert members_of(["VGG", "AlexNet"], "one of each") == ("alexnet", "vgg16")
    assert members_of(["VGG"], "whole families") == ("vgg16", "vgg11", "vgg13", "vgg19")
    assert len(members_of(FAMILIES, "whole families")) == 16


def test_a_network_without_a_figure_is_missing_and_one_without_a_time_not_measured_yet():
    figures = {"vgg16": (1e9, None), "resnet50": (None, 24.0), "alexnet": (2e9, 18.0)}
    numbers = comparison("MACs", "top-5 error", "paper", figures)
    assert numbers.points == (Point("AlexNet", "AlexNet", 2e9, 18.0),)
    assert numbers.missing == ("VGG-16", "ResNet-50")
    numbers = comparison("MACs", TIME, "paper", figures)
    assert ([point.label for point in numbers.points], numbers.missing) == (["AlexNet"], ("ResNet-50",))
    assert comparison(TIME, "year", "paper", {"vgg16": (None, 2014)}).missing == ()
    assert comparison(TIME, "year", "paper", {"vgg16": (None, None)}).missing == ("VGG-16",)


def test_pairs_are_counted_by_hand():
    # AlexNet 61 M and 18.2, VGG-16 138 M and 9.33, ResNet-50 26 M and 6.71: only the first two disagree.
    assert compared("parameters", "top-5 error", families=["AlexNet", "VGG", "ResNet"]).pairs == (2, 3)
    assert points((1, 0.1), (2, 0.3)).pairs == (1, 1)
    assert points((1, 0.3), (2, 0.1)).pairs == (0, 1)
    assert points((1, 1), (2, 2), (3, 2)).pairs == (2, 2)  # alike in one they are no pair
    assert points((1, 1), (1, 2)).pairs == (0, 0)


def test_a_trend_is_that_of_more_than_half_of_the_pairs():
    assert points((1, 1), (2, 2), (3, 2)).trend == (
        "more layers with more top-5 error in 2 of 2 pairs of networks"
    )
    assert points((1, 2), (2, 1)).trend == "more layers with less top-5 error in 1 of 1 pair of networks"
    assert points((1, 2), (2, 1), (3, 1.5)).trend.endswith("less top-5 error in 2 of 3 pairs of networks")
    assert points((1, 1), (1, 2)).trend == ""
    # One pair either way: none has most.
    numbers = compared("parameters", "year", families=["VGG", "GoogLeNet", "AlexNet"])
    assert (numbers.pairs, numbers.trend) == ((1, 2), "")
    assert (numbers.title, numbers.subtitle) == ("Year from 2012 (AlexNet) to 2014 (VGG-16)", "")
    more = {name: (axis.more, axis.less) for name, axis in AXES.items()}
    for numbers in every_setting():
        together, pairs = numbers.pairs
        if 2 * together != pairs:
            x, y = more[numbers.x_axis][0], more[numbers.y_axis][2 * together < pairs]
            most = max(together, pairs - together)
            assert numbers.trend == f"{x} with {y} in {most} of {pairs} pairs of networks"


def test_titles_of_few_points():
    assert points((8, 18.2)).title == "Top-5 error 18.2 % (network 8)"
    assert points((8, 18.2)).range == "top-5 error 18.2 % (network 8)"
    assert points().title == "No network chosen has both depth and top-5 error"
    assert (points().range, points().subtitle) == ("", "")
    assert points((8, 18.2), (16, 9.33)).subtitle == (
        "Top-5 error from 9.33 % (network 16) to 18.2 % (network 8)"
    )


@pytest.mark.parametrize(
    ("axes", "edition", "families", "note"),
    [
        (("depth", "MACs"), "paper", FAMILIES, "The papers' networks"),
        (("depth", "MACs"), "torchvision", FAMILIES, "torchvision's networks"),
        (("top-5 error", "depth"), "paper", FIVE, "The papers' networks; errors of one network on 10 crops"),
        (
            ("depth", "top-1 error"), "torchvision", FAMILIES,
            "torchvision's networks; errors of one network on 1 crop",
        ),
        (
            ("depth", "top-1 error"), "paper", FAMILIES,
            "The papers' networks; errors of one network on 10 crops (EfficientNet-Lite0: not said)",
        ),
    ],
)  # fmt: skip
def test_the_note_says_whose_networks_these_are_and_how_errors_were_measured(axes, edition, families, note):
    assert compared(*axes, edition, families).note == note


@pytest.mark.parametrize(
    ("axes", "families", "sentence"),
    [
        (("year", "depth"), ["ResNet"], "1 from the papers: 50 layers at year 2015 (ResNet-50)."),
        (
            ("depth", "year"), ["AlexNet", "DenseNet"],
            "2 from the papers: year 2012 at 8 layers (AlexNet), 2016 at 121 (DenseNet-121).",
        ),
        (
            ("share of 1×1", "receptive field"), ["AlexNet", "DenseNet"],
            "2 from the papers: 195 pixels seen at 0.0 % 1×1 share (AlexNet), 2071 at 52.0 % (DenseNet-121).",
        ),
        (
            ("MACs", "top-1 error", "torchvision"), ["AlexNet", "GoogLeNet"],
            "2 from torchvision: 30.22 % top-1 error at 1.50 G MACs (GoogLeNet), 43.48 % at 714 M (AlexNet).",
        ),
        (
            ("MACs", TIME), FIVE,
            "5 from the papers: measured time against MACs, 724 M (AlexNet) to 15.5 G (VGG-16).",
        ),
        (
            (TIME, "year"), ["VGG", "ResNet"],
            "2 from the papers: measured time against year, 2014 (VGG-16) to 2015 (ResNet-50).",
        ),
        (("depth", TIME), ["VGG"], "1 from the papers: measured time against depth, 16 (VGG-16)."),
        (
            ("parameters", "top-1 error"), ["GoogLeNet"],
            "0 from the papers: of no network chosen both parameters and top-1 error are known.",
        ),
    ],
)  # fmt: skip
def test_sentences(axes, families, sentence):
    assert compared(*axes, families=families).sentence == sentence


def test_the_sentence_fits_at_every_setting_and_every_value_is_between_the_ends_of_its_axis():
    for numbers in every_setting():
        assert len(numbers.sentence) <= 110
        for place, ticks in zip("xy", numbers.ticks, strict=True):
            assert 2 <= len(ticks) <= 9
            assert ticks == tuple(sorted(ticks))
            for point in numbers.points:
                assert ticks[0] <= getattr(point, place) <= ticks[-1], (numbers.x_axis, numbers.y_axis, point)


@pytest.mark.parametrize(
    ("times", "ticks"),
    [
        ((), (1, 10)),
        ((26.4, 177), (20, 50, 100, 200)),
        ((10,), (10, 20)),
        ((0.3, 0.3), (0.2, 0.5)),
        ((1, 990), (1, 10, 100, 1000)),
        ((2, 990), (2, 5, 10, 20, 50, 100, 200, 500, 1000)),
    ],
)
def test_ticks_of_times_are_round_numbers_around_them(times, ticks):
    numbers = points(*((time, 1) for time in times), axes=(TIME, "depth"))
    assert numbers.ticks[0] == pytest.approx(ticks)
    numbers = points(*((1, time) for time in times), axes=("depth", TIME))
    assert numbers.ticks[1] == pytest.approx(ticks)


def test_values_are_written_as_their_readers_write_them():
    written = {name: (axis.in_full(1234567.5), axis.tick(1234567.5)) for name, axis in AXES.items()}
    assert written["parameters"] == ("1,234,568 parameters", "1.23 M")
    assert AXES["MACs"].in_full(724_406_816) == "724,406,816 MACs"
    assert AXES["year"].in_full(2014) == "year 2014"
    assert AXES["share of 1×1"].in_full(23.34) == "23.3 % 1×1 share"
    assert AXES[TIME].in_full(3.14159) == "3.1 ms for an image"
    assert AXES["top-5 error"].in_full(10.0) == "10 % top-5 error"
    ticks = [
        [AXES[name].tick(value) for value in values]
        for name, values in {
            "MACs": (2e8, 1e9, 50e9), "top-1 error": (10, 50), "share of 1×1": (0, 100),
            TIME: (0.5, 20.0), "year": (2011,),
        }.items()
    ]  # fmt: skip
    assert ticks == [["200 M", "1 G", "50 G"], ["10", "50"], ["0", "100"], ["0.5", "20"], ["2011"]]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("depht", "year", "paper", {}), r"^There is no axis 'depht'; .*'depth'"),
        (("depth", "yaer", "paper", {}), r"^There is no axis 'yaer'; .*'year'"),
        (("depth", "year", "papper", {}), r"^There is no edition 'papper'; .*'paper'"),
        (("depth", "year", "paper", {"vgg17": (1, 2)}), r"^There is no network 'vgg17'; .*'vgg16'"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        comparison(*asked)


# ---- the picture ----


def middle(marker) -> tuple[float, float]:
    """Where a point is drawn: a disc, or the mean of a shape's corners."""
    if marker.get("cx"):
        return number(marker, "cx"), number(marker, "cy")
    corners = [tuple(map(float, corner.split(","))) for corner in marker.get("points").split()]
    xs, ys = zip(*corners, strict=True)
    return sum(xs) / len(xs), sum(ys) / len(ys)


def test_each_network_is_a_point_where_its_values_are_and_tells_them():
    seen = Seen(NetworkComparison().svg)
    # From 2 to 200 million on a log axis, from 0 to 25 percent on an even one.
    boxes = {text.words: text.box for text in seen.texts}
    left, right = ((boxes[words][0] + boxes[words][2]) / 2 for words in ("2 M", "200 M"))
    bottom, top = ((boxes[words][1] + boxes[words][3]) / 2 for words in ("0", "25"))
    for name, x, y in (
        ("AlexNet: 60,965,224 parameters, 18.2 % top-5 error", 0.742, 0.728),
        ("VGG-16: 138,357,544 parameters, 9.33 % top-5 error", 0.920, 0.3732),
        ("GoogLeNet: 6,998,552 parameters, 9.15 % top-5 error", 0.272, 0.366),
        ("ResNet-50: 25,557,032 parameters, 6.71 % top-5 error", 0.5532, 0.2684),
        ("DenseNet-121: 7,978,856 parameters, 6.66 % top-5 error", 0.3004, 0.2664),
    ):
        marker, label = seen.tips[name]
        at = middle(marker)
        assert at == pytest.approx((left + x * (right - left), bottom + y * (top - bottom)), abs=0.8)
        assert label.text == name.partition(":")[0]
        box = boxes[label.text]  # beside its point, and to its left where it would leave the plot
        beside = box[2] + 11 if name.startswith("VGG") else box[0] - 11
        assert (beside, (box[1] + box[3]) / 2) == pytest.approx(at, abs=1.5)
        assert box[2] < right
    assert len(seen.tips) == 5


def test_a_family_has_a_colour_and_a_shape_of_its_own():
    figures = {name: (10 + 9 * rank, 2015) for rank, name in enumerate(NETWORKS)}
    seen = Seen(draw_comparison(comparison("depth", "year", "paper", figures)).svg(""))
    looks = {family: set() for family in FAMILIES}
    for label, family in NETWORKS.values():
        marker = seen.tip(f"{label}: ")[0]
        corners = marker.get("points", "").split()
        places = {corner.partition(",")[0] for corner in corners}  # a square has two, a diamond three
        looks[family].add((marker.get("fill"), (len(corners), len(places))))
    colours, shapes = zip(*itertools.chain(*looks.values()), strict=True)
    assert len(colours) == len(set(colours)) == len(set(shapes)) == len(FAMILIES)


def test_what_stands_around_the_points():
    assert Seen(NetworkComparison(y_axis="top-1 error").svg).words == [
        "More parameters with more top-1 error in 4 of 6 pairs of networks",
        "Top-1 error from 22.85 % (ResNet-50) to 40.7 % (AlexNet)",
        "↑ top-1 error, percent of validation images",
        *("2 M", "5 M", "10 M", "20 M", "50 M", "100 M", "200 M"),
        *("10", "20", "30", "40", "50"),
        "parameters (log scale) →",
        "The papers' networks; errors of one network on 10 crops",
        "No figure for GoogLeNet",
        *("AlexNet", "VGG-16", "ResNet-50", "DenseNet-121"),
    ]
    words = Seen(NetworkComparison(x_axis="year", y_axis="MACs").svg).words
    assert "↑ MACs for one image (log scale)" in words
    assert "year of the paper →" in words
    assert not any("No figure" in text for text in words)


def test_a_name_that_has_to_stand_far_from_its_point_is_led_to():
    axes = {"x_axis": "year", "y_axis": "share of 1×1"}
    seen = Seen(NetworkComparison(**axes, families=["VGG"], members="whole families").svg)
    at = pytest.approx(middle(seen.tip("VGG-16")[0]), abs=0.02)
    lines = [[number(line, end) for end in ("x1", "y1", "x2", "y2")] for line in seen.elements("line")]
    ends = [line[2:] for line in lines if line[:2] == at]
    assert len(ends) == 3  # four networks in one place; the first has its name beside it
    boxes = [text.box for text in seen.texts if text.words.startswith("VGG")]
    for x, y in ends:
        assert any(box[0] - 3 <= x <= box[2] + 3 and box[1] - 5 <= y <= box[3] + 5 for box in boxes)


def test_no_name_is_over_another_in_the_fullest_pictures():
    for numbers in every_setting():
        if len(numbers.points) > 8:
            assert Seen(draw_comparison(numbers).svg("")).in_the_way() == [], (numbers.x_axis, numbers.y_axis)


# ---- the explorer ----


def test_axes_that_would_be_alike_change_places():
    explorer = NetworkComparison(x_axis="MACs", y_axis="depth")
    explorer.y_axis.value = "MACs"
    assert (explorer.x_axis.value, explorer.y_axis.value) == ("depth", "MACs")
    explorer.x_axis.value = "year"
    explorer.x_axis.value = "MACs"
    assert (explorer.x_axis.value, explorer.y_axis.value) == ("MACs", "year")
    assert explorer.numbers == compared("MACs", "year")


def test_the_last_network_stays():
    explorer = NetworkComparison(families=["VGG"])
    explorer.vgg.value = False
    assert (explorer.vgg.value, explorer.status) == (True, "VGG stays: at least one network is shown.")
    assert explorer.numbers == compared("parameters", "top-5 error", families=["VGG"])
    explorer.alexnet.value = True
    assert explorer.status == ""
    explorer.vgg.value = False
    assert (explorer.vgg.value, explorer.status) == (False, "")


def test_a_time_is_measured_once_and_only_when_it_is_shown():
    clock = Mock(side_effect=lambda name, edition: TIMES[name])
    explorer = with_clock(clock, families=["AlexNet", "GoogLeNet"])
    clock.assert_not_called()
    explorer.y_axis.value = TIME
    assert [call.args for call in clock.call_args_list] == [("alexnet", "paper"), ("googlenet", "paper")]
    assert [point.y for point in explorer.numbers.points] == [TIMES["alexnet"], TIMES["googlenet"]]
    explorer.x_axis.value = "depth"
    explorer.vgg.value = True
    assert [call.args for call in clock.call_args_list][2:] == [("vgg16", "paper")]
    explorer.edition.value = "torchvision"
    assert clock.call_count == 6
    assert explorer.status == ""
    # GoogLeNet's paper has no top-1 error, and torchvision no EfficientNet-Lite: there is no point to time.
    clock.reset_mock()
    explorer = with_clock(clock, families=["GoogLeNet", "AlexNet"], x_axis="top-1 error", y_axis=TIME)
    assert explorer.numbers.missing == ("GoogLeNet",)
    explorer.set(x_axis="depth", edition="torchvision", efficientnet_lite0=True, googlenet=False)
    assert [call.args for call in clock.call_args_list] == [("alexnet", "paper"), ("alexnet", "torchvision")]
    assert explorer.numbers.missing == ("EfficientNet-Lite0",)


def test_each_point_is_shown_as_soon_as_it_is_measured():
    seen = []

    def clock(name, edition):
        seen.append((explorer.status, [point.label for point in explorer.numbers.points], explorer.svg))
        return TIMES[name]

    explorer = with_clock(clock, families=["AlexNet", "GoogLeNet", "VGG"])
    explorer.y_axis.value = TIME
    assert [each[:2] for each in seen] == [
        ("Measuring AlexNet, 1 of 3 …", ["AlexNet", "VGG-16", "GoogLeNet"]),
        ("Measuring VGG-16, 2 of 3 …", ["AlexNet"]),
        ("Measuring GoogLeNet, 3 of 3 …", ["AlexNet", "VGG-16"]),
    ]
    assert len({svg for *_, svg in seen} | {explorer.svg}) == 4
    assert (len(explorer.numbers.points), explorer.status) == (3, "")


def test_stopped_while_it_measures_it_says_so_and_goes_on_later():
    clock = Mock(side_effect=[TIMES["alexnet"], KeyboardInterrupt(), TIMES["googlenet"]])
    explorer = with_clock(clock, families=["AlexNet", "GoogLeNet"])
    with pytest.raises(KeyboardInterrupt):
        explorer.y_axis.value = TIME
    assert explorer.status == "The measuring was stopped; move a control, and it goes on where it was."
    assert [point.label for point in explorer.numbers.points] == ["AlexNet"]
    assert explorer.numbers.missing == ()
    explorer.x_axis.value = "depth"
    assert clock.call_args.args == ("googlenet", "paper")
    assert (len(explorer.numbers.points), explorer.status) == (2, "")


def test_a_page_without_a_kernel_shows_what_was_recorded():
    recorder = Recorder(FIGURES)
    live = NetworkComparison(x_axis="MACs", y_axis=TIME, source=recorder)
    page = NetworkComparison(x_axis="MACs", y_axis=TIME, source=Recorded(json.loads(recorder.json())))
    assert (page.numbers, page.svg) == (live.numbers, live.svg)
    page.members.value = "whole families"
    assert page.status == "This was not recorded for the page; run the lesson in Jupyter to see it."
    assert page.svg == live.svg


def test_a_switch_shows_its_family():
    explorer = NetworkComparison(x_axis="year", y_axis="top-5 error", edition="torchvision", families=["VGG"])
    for switch, family in [*SWITCHES.items()][:5]:
        explorer.set(**{each: each == switch for each in SWITCHES})  # those before it go off at once
        assert ({point.family for point in explorer.numbers.points}, explorer.status) == ({family}, "")
    with pytest.raises(ValueError, match="There is no control 'vggg'"):
        explorer.set(vgg=True, vggg=True)
    assert explorer.vgg.value is False


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"x_axis": "accuracy"}, "There is no x axis 'accuracy'"),
        ({"y_axis": "accuracy"}, "There is no y axis 'accuracy'"),
        ({"families": ["Inception"]}, "There is no family 'Inception'"),
        ({"families": []}, "at least one family; no family is given."),
        ({"x_axis": "MACs", "y_axis": "MACs"}, "two different axes .* both axes are 'MACs'."),
        ({"edition": "keras"}, "There is no edition 'keras'"),
    ],
)
def test_a_wrong_start_is_answered_with_a_sentence(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        NetworkComparison(**given)
