"""What lesson 7 concludes from the recorded times, from what is published and from what is counted.

What it says of times holds with room to spare, so that it holds on another machine, too.
"""

from collections.abc import Callable
from itertools import combinations, permutations
from math import prod

from torch import nn

from helpers import NetworkComparison, build, counted, published, trace
from helpers.lessons.study import Study
from helpers.lessons.times import Times
from helpers.models.googlenet import TABLE
from helpers.reading.counted import Counted
from helpers.reading.published import Figure
from helpers.reading.table import Trace
from studies.study import load
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level, tried

Published = Callable[..., tuple[Figure, ...]]
Count = Callable[..., Counted]
CONVOLUTIONS = [f"AlexNet conv{number}" for number in range(1, 6)]
LINEAR = [f"AlexNet fc{number}" for number in (6, 7, 8)]
NORMS = ["AlexNet norm1", "AlexNet norm2"]
FIVE = {
    "AlexNet": "alexnet",
    "VGG-16": "vgg16",
    "GoogLeNet": "googlenet",
    "ResNet-50": "resnet50",
    "DenseNet-121": "densenet121",
}


def together(times: Times, names: list[str], images: int = 1) -> float:
    """Milliseconds of several layers, for each image."""
    return sum(times.of(name, images).milliseconds_per_image for name in names)


# Times


def most_of_the_time_goes_where_few_macs_are(times: Times) -> bool:
    alexnet, vgg16 = times.of("AlexNet"), times.of("VGG-16")
    few = vgg16.macs / alexnet.macs > 1.5 * vgg16.milliseconds / alexnet.milliseconds
    work = sum(times.of(name).macs for name in CONVOLUTIONS) / alexnet.macs
    ratios = round(vgg16.macs / alexnet.macs), round(vgg16.milliseconds / alexnet.milliseconds)
    return (
        few
        and ratios == (21, 6)
        and work > 0.9
        and together(times, CONVOLUTIONS) < 0.45 * alexnet.milliseconds
    )


def the_linear_layers_do_8_percent_and_take_several_times_that(times: Times) -> bool:
    alexnet = times.of("AlexNet")
    work = sum(times.of(name).macs for name in LINEAR) / alexnet.macs
    return round(100 * work) == 8 and together(times, LINEAR) > 3 * work * alexnet.milliseconds


def together_they_need_a_fifth(times: Times) -> bool:
    """Of the three kinds they alone gain much."""
    gains = [together(times, kind, 16) / together(times, kind) for kind in (LINEAR, CONVOLUTIONS, NORMS)]
    return 0.15 < gains[0] < 0.25 and gains[2] > gains[1] > 0.5 and gains[2] > 1


def fc6_s_own_bound(times: Times) -> bool:
    """Memory limits it for one photo; with 16 it is a few times as fast, well under the roof."""
    peak = max(each.macs_per_second for each in times.passes)
    bandwidth = max(each.bytes_per_second for each in times.passes)
    one, many = times.of("AlexNet fc6"), times.of("AlexNet fc6", 16)
    limited = one.bytes_per_second > 0.6 * bandwidth and one.macs_per_second < 0.2 * peak
    more, faster = (many.macs_per_byte / one.macs_per_byte, many.macs_per_second / one.macs_per_second)
    below = many.macs_per_second < 0.6 * min(peak, many.macs_per_byte * bandwidth)
    return limited and 14 < more < 16 and 2.5 < faster < 10 and below


def conv5_2_does_45_macs_for_each_byte(times: Times) -> bool:
    return round(times.of("VGG-16 conv5_2").macs_per_byte) == 45


def memory_allows_conv5_2_seven_times_the_level_line(times: Times) -> bool:
    peak = max(each.macs_per_second for each in times.passes)
    bandwidth = max(each.bytes_per_second for each in times.passes)
    intensity = times.of("VGG-16 conv5_2").macs_per_byte
    factors = round(intensity), round(bandwidth / 1e9, 1)
    return factors == (45, 16.8) and round(prod(factors)) == 756 and round(intensity * bandwidth / peak) == 7


def without_response_norms_alexnet_takes_less_time(times: Times) -> bool:
    return times.of("AlexNet", form="torchvision").milliseconds < times.of("AlexNet").milliseconds


def the_roof_is_drawn_from_two_layers_of_vgg_16(times: Times) -> bool:
    peak = max(times.passes, key=lambda each: each.macs_per_second)
    widest = max(times.passes, key=lambda each: each.bytes_per_second)
    return (widest.name, peak.name) == ("VGG-16 fc6", "VGG-16 conv3_2")


def the_bottleneck_takes_more_than_an_eighth(times: Times) -> bool:
    share = times.of("bottleneck").macs / times.of("one 3×3").macs
    return round(1 / share) == 8 and all(
        times.of("bottleneck", images).milliseconds > 1.2 * share * times.of("one 3×3", images).milliseconds
        for images in (1, 16)
    )


def bare_is_quicker_than_folded_and_folded_than_whole(times: Times) -> bool:
    return all(
        times.of(name, images, "bare").milliseconds
        < times.of(name, images, "folded").milliseconds
        < times.of(name, images).milliseconds
        for name in ("bottleneck", "dense layer")
        for images in (1, 16)
    )


def the_bare_convolutions_take_more_than_their_share(times: Times) -> bool:
    share = times.of("bottleneck").macs / times.of("one 3×3").macs
    yardstick = times.of("one 3×3", 1, "bare").milliseconds
    return all(
        times.of(name, 1, "bare").milliseconds > share * yardstick for name in ("bottleneck", "dense layer")
    )


def the_last_stage_is_the_slowest_of_the_3x3(times: Times) -> bool:
    sides = {64: 56, 128: 28, 256: 14, 512: 7}
    layers = {channels: times.of(f"3×3, {channels} channels") for channels in sides}
    as_many = {layer.macs for layer in layers.values()} == {115_605_504}
    slowest = layers.pop(512).milliseconds
    others = [layer.milliseconds for layer in layers.values()]
    twice = slowest / max(others) > 1.8 and slowest / min(others) < 2.4
    return as_many and twice and max(others) < 1.15 * min(others) and sides[512] ** 2 == 49


def gain(times: Times, name: str) -> float:
    """How many times as fast a photo is with 16 at once."""
    return times.of(name).milliseconds / times.of(name, 16).milliseconds_per_image


def with_16_photos_it_catches_up_and_late_layers_gain_more(times: Times) -> bool:
    three = [f"3×3, {channels} channels" for channels in (64, 512)]
    deep = [f"depthwise 3×3, {channels} channels" for channels in (64, 512)]
    catches_up = gain(times, three[1]) > 1.18 * gain(times, three[0])
    return catches_up and all(gain(times, late) > gain(times, early) for early, late in (three, deep))


DEPTHWISE = [f"depthwise 3×3, {channels} channels" for channels in (64, 128, 256, 512)]


def depthwise_layers_do_about_one_mac_for_each_byte(times: Times) -> bool:
    found = [times.of(name, images).macs_per_byte for name in DEPTHWISE for images in (1, 16)]
    return 0.9 < min(found) <= max(found) < 1.2


def the_late_depthwise_layer_lies_far_below_the_slope(times: Times) -> bool:
    bandwidth = max(each.bytes_per_second for each in times.passes)
    return times.of(DEPTHWISE[-1]).bytes_per_second < 0.2 * bandwidth


def depthwise_macs_fall_to_an_eighth_and_times_to_a_half(times: Times) -> bool:
    first, last = times.of(DEPTHWISE[0]), times.of(DEPTHWISE[-1])
    return first.macs == 8 * last.macs and 0.45 < last.milliseconds / first.milliseconds < 0.65


def vgg_does_40_times_the_macs_and_takes_about_twelve_times_as_long(times: Times) -> bool:
    vgg, lite = times.of("VGG-16"), times.of("EfficientNet-Lite0")
    return round(vgg.macs / lite.macs) == 40 and 11 < vgg.milliseconds / lite.milliseconds < 13


def two_networks_gain_nothing_and_one_gets_slower(times: Times) -> bool:
    nothing = all(0.9 < gain(times, name) < 1.1 for name in ("ResNet-50", "DenseNet-121"))
    return nothing and gain(times, "EfficientNet-Lite0") < 0.85


def efficientnet_gains_nothing(times: Times) -> bool:
    one, many = (times.of("EfficientNet-Lite0", images, "torchvision") for images in (1, 16))
    return many.milliseconds_per_image > 0.95 * one.milliseconds


def efficientnet_wins_three_of_four(times: Times) -> bool:
    """Of all six, by torchvision's editions; the error is its makers'."""
    [sixth] = published("efficientnet_lite0", "top-1 error", edition="paper")
    errors = {
        name: next(
            each.value for each in published(name, "top-1 error", edition="torchvision") if not each.variant
        )
        for name in FIVE.values()
    }
    light = counted("efficientnet_lite0", "torchvision")
    fits = light.parameters <= 10_000_000 and light.macs <= 2_000_000_000
    beaten = errors["resnet50"] < sixth.value < min(errors["densenet121"], errors["googlenet"])
    camera = [
        errors[name] for label, name in FIVE.items() if times.of(label, 1, "torchvision").milliseconds <= 40
    ]
    quick = times.of("EfficientNet-Lite0", 1, "torchvision").milliseconds < 40
    return fits and beaten and quick and sixth.value < min(camera)


def each_choice_has_its_winner(times: Times) -> bool:
    """Among the five, by counts, times for one photo and errors of torchvision's editions."""
    found = {}
    for label, name in FIVE.items():
        [error] = [
            each.value for each in published(name, "top-1 error", edition="torchvision") if not each.variant
        ]
        time = times.of(label, 1, "torchvision").milliseconds
        count = counted(name, "torchvision")
        found[label] = (error, count.parameters, count.macs, time)

    def best(allowed: Callable[[tuple[float, int, int, float]], bool]) -> str:
        return min((each for each in found if allowed(found[each])), key=lambda each: found[each][0])

    app, battery = best(lambda each: each[1] <= 10_000_000), best(lambda each: each[2] <= 2_000_000_000)
    camera = {best(lambda each, most=most: each[3] <= most) for most in (35, 40, 45)}  # none is near
    winners = (app, battery, best(lambda _: True))
    return winners == ("DenseNet-121", "GoogLeNet", "ResNet-50") and camera == {"GoogLeNet"}


def this_googlenet_takes_30_percent_less_time(times: Times) -> bool:
    less = 1 - times.of("GoogLeNet", 1, "torchvision").milliseconds / times.of("GoogLeNet").milliseconds
    return 0.25 < less < 0.35


def resnet_34_is_faster_than_resnet_50(times: Times) -> bool:
    return all(
        times.of("ResNet-34", images).milliseconds < times.of("ResNet-50", images).milliseconds
        and times.of("ResNet-34", images).macs_per_byte > times.of("ResNet-50", images).macs_per_byte
        for images in (1, 16)
    )


# Published and counted


def error(published: Published, network: str, quantity: str = "top-5 error") -> float:
    """Of a single network on ten crops, as the papers have it."""
    [value] = [
        figure.value
        for figure in published(network, quantity, edition="paper")
        if (figure.models, figure.crops) == (1, "10") and figure.variant in ("", "option A")
    ][:1]
    return value


def the_error_fell_to_little_more_than_a_third(published: Published) -> bool:
    """Of single networks on ten crops."""
    return 1 / 3 < error(published, "densenet121") / error(published, "alexnet") < 0.37


def the_runner_up_had_26_2(published: Published) -> bool:
    winner = [figure.value for figure in published("alexnet", "top-5 error") if figure.data == "test"]
    [runner_up] = published("fisher_vectors", "top-5 error")
    return min(winner) == 15.3 and runner_up.value == 26.2


def resnet_34_has_25_03_and_plain_34_has_28_54(published: Published) -> bool:
    return [error(published, name, "top-1 error") for name in ("resnet34", "plain34")] == [25.03, 28.54]


def a_newer_recipe_brought_resnet_50_to_19_1(published: Published) -> bool:
    old, new = published("resnet50", "top-1 error", edition="torchvision")
    return (round(old.value, 1), round(new.value, 1)) == (23.9, 19.1) and "recipe" in new.variant


def the_difference_is_25_photos(published: Published) -> bool:
    return round(50_000 * (error(published, "resnet50") - error(published, "densenet121")) / 100) == 25


def densenet_121_has_a_third_of_resnet_50_s_parameters(counted: Count) -> bool:
    parameters = [round(counted(name).parameters / 1e6, 1) for name in ("densenet121", "resnet50")]
    return parameters == [8.0, 25.6]


def block_3a_without_its_narrowing_1x1_has_393_216_weights(counted: Count) -> bool:
    c1, r3, c3, r5, c5, pool = 64, 96, 128, 16, 32, 32
    reduced = 192 * (c1 + r3 + r5 + pool) + 9 * r3 * c3 + 25 * r5 * c5
    # The 1×1 behind the pool stays: it narrows for no other layer.
    return (reduced, 192 * (c1 + 9 * c3 + 25 * c5 + pool)) == (163_328, 393_216)


def pairs(axis: str, **more: object) -> tuple[int, int]:
    """In how many pairs more of it comes with less error, and out of how many."""
    plot = NetworkComparison(x_axis=axis, y_axis="top-5 error", **more)
    with_more, every = plot.numbers.pairs
    return every - with_more, every


def depth_year_and_share_come_with_less_error_in_every_pair(counted: Count) -> bool:
    found = {axis: pairs(axis) for axis in ("parameters", "MACs", "depth", "year", "share of 1×1")}
    return {axis for axis, (less, every) in found.items() if less == every} == {
        "depth",
        "year",
        "share of 1×1",
    }


def none_of_them_does_in_the_other_edition(counted: Count) -> bool:
    found = [pairs(axis, edition="torchvision") for axis in ("depth", "year", "share of 1×1")]
    return found == [(8, 10), (8, 9), (7, 9)]


def within_families_it_is_22_of_22_and_across_them_33_of_83(counted: Count) -> bool:
    more = {"edition": "torchvision", "members": "whole families"}

    def errors(**which: object) -> tuple[int, int]:
        with_more, every = NetworkComparison(
            x_axis="parameters", y_axis="top-1 error", **more, **which
        ).numbers.pairs
        return every - with_more, every

    inside = [errors(families=[family]) for family in ("VGG", "ResNet", "DenseNet")]
    less, every = (sum(each) for each in zip(*inside, strict=True))
    all_less, all_pairs = errors()
    return (less, every, all_less - less, all_pairs - every) == (22, 22, 33, 83)


def random_orders_agree_almost_half_of_the_time(counted: Count) -> bool:
    agreeing = [
        sum(order[one] < order[other] for one, other in combinations(range(5), 2))
        for order in permutations(range(5))
    ]
    return 0.45 < sum(each >= 7 or each <= 3 for each in agreeing) / len(agreeing) < 0.5


def share(counted: Count, name: str) -> dict[str, float]:
    return counted(name).one_by_one.share(counted(name).convolutions)


def two_in_three_do_a_quarter_and_nearly_nine_tenths(counted: Count) -> bool:
    found = [share(counted, name) for name in ("googlenet", "efficientnet_lite0")]
    of_the_layers = [round(each["layers"]) for each in found] == [65, 65]
    return of_the_layers and [round(each["MACs"]) for each in found] == [23, 88]


def none_a_quarter_half_and_most(counted: Count) -> bool:
    names = ("alexnet", "vgg16", "googlenet", "resnet50", "densenet121", "efficientnet_lite0")
    return [round(share(counted, name)["MACs"]) for name in names] == [0, 0, 23, 49, 52, 88]


def resnet_34_has_half_a_percent(counted: Count) -> bool:
    return round(share(counted, "resnet34")["MACs"], 1) == 0.5


def vgg_16_s_linear_layers_have_twice_the_weights(counted: Count) -> bool:
    linear = [
        sum(layer.parameters for layer in trace(build(name, device="meta")).select("linear"))
        for name in ("alexnet", "vgg16")
    ]
    return 1.9 < linear[1] / linear[0] < 2.2


def mobilenet_does_a_27th_of_vgg_16_s_work(counted: Count) -> bool:
    return round(counted("vgg16").macs / 568_740_352) == 27


def the_field_goes_with_less_error_in_9_pairs(counted: Count) -> bool:
    fields = counted("resnet50").field, counted("googlenet").field
    return pairs("receptive field") == (9, 10) and fields == (483, 715)


def c_has_three_and_resnet_34_three_projections(counted: Count) -> bool:
    names = ("vgg16_c", "resnet18", "resnet34", "resnet20")  # the last is of option A
    return [counted(name).one_by_one.layers for name in names] == [3, 3, 3, 0]


def deeper_is_not_always_better(published: Published) -> bool:
    errors = [
        next(
            figure.value
            for figure in published(name, "classification error")
            if figure.data == "CIFAR-10 test" and figure.variant.startswith("with augmentation")
        )
        for name in ("resnet1202", "resnet110")
    ]
    return errors == [7.93, 6.43]


EQUAL_WORK = "as much work"
WELL_FITTED = ("GoogLeNet", "DenseNet", "ResNet")


EQUAL = {
    family: family if family == "ResNet" else f"{family}, {EQUAL_WORK}"
    for family in ("AlexNet", "VGG, batch norm", "GoogLeNet", "ResNet", "DenseNet")
}
WITH, WITHOUT = f"ResNet with bottlenecks, {EQUAL_WORK}", f"DenseNet without bottlenecks, {EQUAL_WORK}"
DEEPER = f"deeper ResNet, {EQUAL_WORK}"
POOLS, BOTH = f"ResNet with pools, {EQUAL_WORK}", f"ResNet with bottlenecks and pools, {EQUAL_WORK}"


def counts_of(name: str) -> Trace:
    return trace(load("families").networks[name](), (1, 8, 8))


def two_are_in_front_at_equal_parameters(found: Study) -> bool:
    first = "DenseNet", "GoogLeNet"
    rest = [name for name in found.networks if name not in first and EQUAL_WORK not in name]
    return all(apart(found, name, other, TEST) for name in first for other in rest)


def densenet_is_ahead_of_googlenet_on_average_and_they_overlap(found: Study) -> bool:
    means = [round(average(found, name, TEST), 1) for name in ("DenseNet", "GoogLeNet")]
    return means == [19.6, 22.4] and level(found, "DenseNet", "GoogLeNet", TEST)


def two_have_the_lowest_errors_on_average(found: Study) -> bool:
    order = sorted(EQUAL, key=lambda family: average(found, EQUAL[family], TEST))
    return order[:2] == ["DenseNet", "GoogLeNet"]


def the_evidence(_: Study) -> bool:
    """Convolutions, 1×1s among them, and parameters; and what halves the maps, outside of the branches."""
    found = {}
    for family, name in EQUAL.items():
        network = load("families").networks[name]()
        strides = any(max(each.stride) > 1 for each in network.modules() if isinstance(each, nn.Conv2d))
        pools = {
            type(each).__name__
            for each in network.modules()
            if isinstance(each, nn.MaxPool2d | nn.AvgPool2d) and each.stride in (2, (2, 2))
        }
        counts = counts_of(name)
        one_by_one = len(counts.select("conv 1×1"))
        found[family] = (convolutions(name), one_by_one, strides, pools, counts.parameters)
    return found == {
        "AlexNet": (5, 0, False, {"MaxPool2d"}, 490_542),
        "VGG, batch norm": (7, 0, False, {"MaxPool2d"}, 441_100),
        "GoogLeNet": (55, 36, False, {"MaxPool2d"}, 178_461),
        "ResNet": (19, 0, True, set(), 269_434),
        "DenseNet": (51, 26, False, {"AvgPool2d"}, 92_095),
    }


def all_do_2_2_to_2_7_million_macs_and_all_but_one_have_batch_norm(_: Study) -> bool:
    found = [round(counts_of(name).macs / 1e6, 1) for name in (*EQUAL.values(), WITH, WITHOUT, POOLS, BOTH)]
    without = {
        family
        for family, name in EQUAL.items()
        if not any(isinstance(each, nn.BatchNorm2d) for each in load("families").networks[name]().modules())
    }
    return (min(found), max(found), without) == (2.2, 2.7, {"AlexNet"})


def convolutions(name: str) -> int:
    network = load("families").networks[name]()
    return sum(isinstance(layer, nn.Conv2d) for layer in network.modules())


def both_have_more_than_50_convolutions(_: Study) -> bool:
    found = {family: convolutions(name) for family, name in EQUAL.items()}
    both = [found.pop(family) for family in ("GoogLeNet", "DenseNet")]
    return min(both) > 50 and max(found.values()) == 19


def the_two_in_front_have_the_fewest_parameters(_: Study) -> bool:
    sizes = {family: counts_of(name).parameters for family, name in EQUAL.items()}
    return sorted(sizes, key=lambda family: sizes[family])[:2] == ["DenseNet", "GoogLeNet"]


def bottlenecks_make_resnet_better_by_3_4_points(found: Study) -> bool:
    gained = average(found, "ResNet", TEST) - average(found, WITH, TEST)
    return apart(found, WITH, "ResNet", TEST) and round(gained, 1) == 3.4


def pools_gain_4_9_points_without_a_1x1(found: Study) -> bool:
    gained = average(found, "ResNet", TEST) - average(found, POOLS, TEST)
    none = not counts_of(POOLS).select("conv 1×1")
    return none and apart(found, POOLS, "ResNet", TEST) and round(gained, 1) == 4.9


def what_the_vote_is_on(found: Study) -> bool:
    return [round(average(found, name, TEST), 1) for name in ("ResNet", WITH)] == [28.6, 25.2]


def beside_pools_bottlenecks_gain_1_2_and_overlap(found: Study) -> bool:
    gained = average(found, POOLS, TEST) - average(found, BOTH, TEST)
    return level(found, POOLS, BOTH, TEST) and round(gained, 1) == 1.2


def layers_weights_macs_and_rate_stay(study: Study) -> bool:
    found = [counts_of(name) for name in ("ResNet", POOLS, WITH, BOTH)]
    same = [(each.parameters, each.macs) for each in found]
    layers = [convolutions(name) for name in ("ResNet", POOLS, WITH, BOTH)]
    rates = study.rates["ResNet"] == study.rates[POOLS]
    return rates and same[0] == same[1] and same[2] == same[3] and layers == [19, 19, 31, 31]


def densenet_with_bottlenecks_is_ahead_by_1_1_and_overlaps(found: Study) -> bool:
    gained = average(found, WITHOUT, TEST) - average(found, EQUAL["DenseNet"], TEST)
    return level(found, WITHOUT, EQUAL["DenseNet"], TEST) and round(gained, 1) == 1.1


def best_for_choosing(name: str) -> float:
    """The error at a network's best rate, on the patches that it was chosen by."""
    return round(min(tried("families")[name].values()), 1)


def on_the_patches_for_choosing_it_is_behind(_: Study) -> bool:
    return [best_for_choosing(name) for name in (WITHOUT, EQUAL["DenseNet"])] == [29.8, 30.7]


def densenet_and_resnet_differ_in_nearly_everything(found: Study) -> bool:
    counts = {name: counts_of(name) for name in (WITHOUT, "ResNet")}
    convs = [convolutions(name) for name in counts] == [27, 19]
    heads = [reads(name) for name in counts] == [116, 64]
    half = counts[WITHOUT].parameters < counts["ResNet"].parameters / 2
    return convs and heads and half and found.rates[WITHOUT] != found.rates["ResNet"]


def resnet_with_pools_overlaps_with_densenet_without_bottlenecks(found: Study) -> bool:
    return level(found, POOLS, WITHOUT, TEST)


def without_bottlenecks_every_densenet_run_beats_every_resnet_run(found: Study) -> bool:
    return apart(found, WITHOUT, "ResNet", TEST)


def reads(name: str) -> int:
    """How many numbers the classifier reads."""
    *_, last = (each for each in load("families").networks[name]().modules() if isinstance(each, nn.Linear))
    return last.in_features


def a_bottleneck_brings_more_layers_and_wider_maps(found: Study) -> bool:
    counted = [(convolutions(name), reads(name)) for name in (WITH, "ResNet")]
    on_shortcuts = sum("downsample" in row.name for row in counts_of(WITH).select("conv 1×1"))
    return counted == [(31, 240), (19, 64)] and on_shortcuts == 3


def all_but_one_have_the_rate_of_0_1(found: Study) -> bool:
    return [found.rates[name] for name in ("ResNet", WITH, POOLS, DEEPER, BOTH)] == [*[0.1] * 4, 0.05]


def on_the_patches_for_choosing_pools_did_better_at_each_rate(_: Study) -> bool:
    pools, *others = (tried("families")[name] for name in (POOLS, WITH, "ResNet"))
    better = all(pools[rate] < error for other in others for rate, error in other.items())
    return {*map(float, pools)} == {*load("families").rates} and better


def depth_alone_gains_nothing(found: Study) -> bool:
    """Level with ResNet, and behind every run of the bottlenecks, which have as many convolutions."""
    layers = [convolutions(name) for name in (DEEPER, WITH)]
    same = level(found, DEEPER, "ResNet", TEST) and round(average(found, DEEPER, TEST), 1) == 29.6
    return same and layers == [31, 31] and apart(found, WITH, DEEPER, TEST)


def on_the_patches_for_choosing_bottlenecks_gain_nothing(_: Study) -> bool:
    return [best_for_choosing(name) for name in (WITH, "ResNet")] == [33.6, 33.5]


def at_equal_rates_pools_gain_1_8_to_4_4_on_the_patches_for_choosing(_: Study) -> bool:
    resnet, pools = (tried("families")[name] for name in ("ResNet", POOLS))
    gains = [round(resnet[rate] - pools[rate], 1) for rate in resnet]
    return (min(gains), max(gains), len(gains)) == (1.8, 4.4, 4)


def googlenet_overlaps_with_vgg_at_equal_work_alone(found: Study) -> bool:
    equal_work = level(found, EQUAL["GoogLeNet"], EQUAL["VGG, batch norm"], TEST)
    return equal_work and apart(found, "GoogLeNet", "VGG, batch norm", TEST)


def googlenet_s_longest_path_is_as_long_as_resnet_s(_: Study) -> bool:
    """One convolution in the stem, and two in each of nine blocks: a reduction, and what is behind it."""
    blocks = len(TABLE)
    return (convolutions(EQUAL["GoogLeNet"]), 1 + 2 * blocks) == (1 + 6 * blocks, convolutions("ResNet"))


def bottlenecks_skip_pixels_on_both_paths(found: Study) -> bool:
    """The strides of all the convolutions that halve the maps, by the size of their kernels."""

    def strided(name: str) -> set[int]:
        layers = load("families").networks[name]().modules()
        return {each.kernel_size[0] for each in layers if isinstance(each, nn.Conv2d) and each.stride[0] > 1}

    return (strided(WITH), strided("ResNet")) == ({1}, {3}) and apart(found, WITH, "ResNet", TEST)


def densenet_without_bottlenecks_keeps_two_1x1(_: Study) -> bool:
    rows = [row.name for row in counts_of(WITHOUT).select("conv 1×1")]
    return len(rows) == 2 and all("transition" in name for name in rows)


def three_families_fit_and_resnet_is_behind_on_new_patches(found: Study) -> bool:
    fitting = [name for name in found.networks if name.startswith(WELL_FITTED)]
    fit = all(max(found.last(name, TRAINING)) < 6 for name in fitting)
    behind = ("ResNet", DEEPER)
    return fit and all(
        apart(found, name, other, TEST) for name in fitting if name not in behind for other in behind
    )


def eight_of_the_best_rates_are_the_largest(found: Study) -> bool:
    rates = load("families").rates
    at_the_edge = {name: rate for name, rate in found.rates.items() if rate in (min(rates), max(rates))}
    equal_parameters = "VGG, batch norm", "GoogLeNet", "ResNet", "DenseNet"
    names = (*equal_parameters, EQUAL["GoogLeNet"], WITH, DEEPER, POOLS)
    return (len(rates), len(found.networks)) == (4, 15) and at_the_edge == dict.fromkeys(names, 0.1)


def densenet_without_bottlenecks_did_as_well_at_0_1(found: Study) -> bool:
    errors = tried("families")[WITHOUT]
    return errors["0.1"] == errors["0.05"] == min(errors.values()) and found.rates[WITHOUT] == 0.05


def eleven_second_best_rates_are_within_a_point(found: Study) -> bool:
    errors = (sorted(each.values()) for each in tried("families").values())
    behind = [second - best for best, second, *_ in errors]
    return (sum(each < 1 for each in behind), len(behind)) == (11, len(found.networks))


def resnet_with_pools_did_as_well_at_0_05(found: Study) -> bool:
    errors = tried("families")[POOLS]
    return abs(errors["0.05"] - errors["0.1"]) < 0.05 and found.rates[POOLS] == 0.1


def two_points_lie_between_googlenet_and_vgg(found: Study) -> bool:
    nearest = min(min(found.last(name, TEST)) for name in ("VGG", "VGG, batch norm"))
    return round(nearest - max(found.last("GoogLeNet", TEST))) == 2


def with_pools_it_fits_worse_and_does_better(found: Study) -> bool:
    means = [round(average(found, name, TRAINING), 1) for name in (POOLS, "ResNet")]
    fits_worse, does_better = apart(found, "ResNet", POOLS, TRAINING), apart(found, POOLS, "ResNet", TEST)
    return means == [4.8, 1.9] and fits_worse and does_better


def with_more_parameters_densenet_does_better_and_googlenet_as_well(found: Study) -> bool:
    more = all(
        counts_of(name).parameters > counts_of(EQUAL[name]).parameters for name in ("GoogLeNet", "DenseNet")
    )
    better = apart(found, "DenseNet", EQUAL["DenseNet"], TEST)
    return more and better and level(found, "GoogLeNet", EQUAL["GoogLeNet"], TEST)


def densenet_does_6_6_million_and_vgg_1_5(_: Study) -> bool:
    return [round(counts_of(name).macs / 1e6, 1) for name in ("DenseNet", "VGG")] == [6.6, 1.5]


CLAIMS: list[Concluded] = [
    (
        "times",
        "VGG-16 takes about six times as long as AlexNet. Why so much less than 21 times? Because most of",
        most_of_the_time_goes_where_few_macs_are,
    ),
    (
        "times",
        "Its linear layers do 8 percent of the MACs.",
        the_linear_layers_do_8_percent_and_take_several_times_that,
    ),
    (
        "times",
        "each fetched weight now serves 16 photos, and a photo takes about a fifth of the time.",
        together_they_need_a_fifth,
    ),
    ("times", "GoogLeNet, by the times of our machine.", each_choice_has_its_winner),
    (
        "times",
        "this GoogLeNet takes about 30 percent less time than the paper's.",
        this_googlenet_takes_30_percent_less_time,
    ),
    ("times", "Why EfficientNet-Lite0 gains nothing from 16 photos at once", efficientnet_gains_nothing),
    (
        "times",
        "EfficientNet-Lite0 would win the app and the battery, and by our times the camera as well;",
        efficientnet_wins_three_of_four,
    ),
    ("times", "For one photo, memory limits the linear layers.", fc6_s_own_bound),
    ("times", "VGG-16's conv5_2 does 45 MACs for each byte.", conv5_2_does_45_macs_for_each_byte),
    (
        "times",
        "conv5_2 45 · 16.8 = 756 billion MACs a second, seven times what the level line does.",
        memory_allows_conv5_2_seven_times_the_level_line,
    ),
    (
        "times",
        "torchvision's AlexNet, in *Which would you choose?*, has no response norms and takes less time.",
        without_response_norms_alexnet_takes_less_time,
    ),
    (
        "times",
        "the slope is VGG-16's fc6, and the level line is its conv3_2.",
        the_roof_is_drawn_from_two_layers_of_vgg_16,
    ),
    (
        "times",
        "why do 16 at once not help ResNet-50 and DenseNet-121, and even slow EfficientNet-Lite0 down?",
        two_networks_gain_nothing_and_one_gets_slower,
    ),
    ("times", "More, in both cases.", the_bottleneck_takes_more_than_an_eighth),
    (
        "times",
        "the bare convolutions are the quickest, the folded block comes next, and the whole is the slowest",
        bare_is_quicker_than_folded_and_folded_than_whole,
    ),
    (
        "times",
        "even the bare convolutions take more than their share of the MACs",
        the_bare_convolutions_take_more_than_their_share,
    ),
    (
        "times",
        "It takes about twice as long as any of the other three, which hardly differ.",
        the_last_stage_is_the_slowest_of_the_3x3,
    ),
    (
        "times",
        "it catches up, and of each kind the late layer gains more than the early one.",
        with_16_photos_it_catches_up_and_late_layers_gain_more,
    ),
    (
        "times",
        "The depthwise 3×3s do about one MAC for each byte",
        depthwise_layers_do_about_one_mac_for_each_byte,
    ),
    (
        "times",
        "for one photo, the one on 512 channels lies far below the slope.",
        the_late_depthwise_layer_lies_far_below_the_slope,
    ),
    (
        "times",
        "their MACs fall to an eighth, and their times only to about a half.",
        depthwise_macs_fall_to_an_eighth_and_times_to_a_half,
    ),
    (
        "times",
        "VGG-16 does 40 times the MACs of EfficientNet-Lite0, and took about twelve times as long.",
        vgg_does_40_times_the_macs_and_takes_about_twelve_times_as_long,
    ),
    (
        "times",
        "In our times ResNet-34 is the faster one, for one photo and for 16.",
        resnet_34_is_faster_than_resnet_50,
    ),
    (
        "published",
        "the top-5 error of a single network on ImageNet fell to little more than a third of what it had "
        "been.",
        the_error_fell_to_little_more_than_a_third,
    ),
    (
        "published",
        "An ensemble of seven had a top-5 error of 15.3 percent; the runner-up had 26.2.",
        the_runner_up_had_26_2,
    ),
    (
        "published",
        "34 layers have a top-1 error of 25.03 percent; without them, 28.54.",
        resnet_34_has_25_03_and_plain_34_has_28_54,
    ),
    (
        "published",
        "had a top-1 error of 23.9 percent. With a newer recipe the very same layers came to 19.1.",
        a_newer_recipe_brought_resnet_50_to_19_1,
    ),
    ("published", "is 25 photos of 50,000.", the_difference_is_25_photos),
    (
        "published",
        "that of 1,202 layers did worse than that of 110 (7.93 percent against 6.43).",
        deeper_is_not_always_better,
    ),
    (
        "counted",
        "DenseNet-121 has 8.0 million parameters, ResNet-50 has 25.6 million, and the top-5 errors",
        densenet_121_has_a_third_of_resnet_50_s_parameters,
    ),
    (
        "counted",
        "Block 3a has 163,328 weights; without the 1×1 before its 3×3 and 5×5, it would have 393,216.",
        block_3a_without_its_narrowing_1x1_has_393_216_weights,
    ),
    (
        "counted",
        "Depth, the year, and the share of 1×1.",
        depth_year_and_share_come_with_less_error_in_every_pair,
    ),
    (
        "counted",
        "None: depth has 8 of 10 pairs, the year 8 of 9, the share 7 of 9.",
        none_of_them_does_in_the_other_edition,
    ),
    (
        "counted",
        "Of two networks of different families, the one with more parameters has the lower error in only "
        "33 of 83 pairs.",
        within_families_it_is_22_of_22_and_across_them_33_of_83,
    ),
    (
        "counted",
        "Almost half of the time. So 7 of 10 is no finding.",
        random_orders_agree_almost_half_of_the_time,
    ),
    (
        "counted",
        "In one they do a quarter of the work, in the other nearly nine tenths.",
        two_in_three_do_a_quarter_and_nearly_nine_tenths,
    ),
    (
        "counted",
        "a quarter in GoogLeNet, half in ResNet-50 and DenseNet-121, and most in a network for phones.",
        none_a_quarter_half_and_most,
    ),
    (
        "counted",
        "VGG-16's linear layers have only twice as many weights",
        vgg_16_s_linear_layers_have_twice_the_weights,
    ),
    ("counted", "has a share of 0.5 percent", resnet_34_has_half_a_percent),
    (
        "counted",
        "4.2 million parameters, and a twenty-seventh of VGG-16's MACs.",
        mobilenet_does_a_27th_of_vgg_16_s_work,
    ),
    (
        "counted",
        "a larger field goes with a lower error in 9 of 10 pairs.",
        the_field_goes_with_less_error_in_9_pairs,
    ),
    (
        "counted",
        "with option A, which fills up with zeros and which the paper's table 2 uses, there are none.",
        c_has_three_and_resnet_34_three_projections,
    ),
    (
        "families",
        "All do 2.2 to 2.7 million MACs, and all but AlexNet have batch norm.",
        all_do_2_2_to_2_7_million_macs_and_all_but_one_have_batch_norm,
    ),
    (
        "families",
        "GoogLeNet and DenseNet are in front, on average",
        two_have_the_lowest_errors_on_average,
    ),
    (
        "families",
        "| GoogLeNet | 55 | 36 | max pools | concatenating |",
        the_evidence,
    ),
    (
        "families",
        "Both have 1×1s, concatenate, and have more than 50 convolutions.",
        both_have_more_than_50_convolutions,
    ),
    (
        "families",
        "| 490,542 | 441,100 | 178,461 | 269,434 | 92,095 |",
        the_evidence,
    ),
    (
        "families",
        "So the two in front also have the fewest.",
        the_two_in_front_have_the_fewest_parameters,
    ),
    (
        "families",
        "Every run with bottlenecks beats every run without them, by 3.4 points on average.",
        bottlenecks_make_resnet_better_by_3_4_points,
    ),
    (
        "families",
        "stay near 28.6 percent, fall towards the bottlenecks' 25.2",
        what_the_vote_is_on,
    ),
    (
        "families",
        "With pools, the error is 4.9 percentage points lower on average, and every run with pools beats"
        " every run of ResNet.",
        pools_gain_4_9_points_without_a_1x1,
    ),
    (
        "families",
        "on top of pools, bottlenecks gain 1.2 points on average, and the runs overlap.",
        beside_pools_bottlenecks_gain_1_2_and_overlap,
    ),
    (
        "families",
        "did better than bottlenecks at each of the four rates, and better than ResNet with strides, too,",
        on_the_patches_for_choosing_pools_did_better_at_each_rate,
    ),
    (
        "families",
        "skips them on both paths, since its strides are in 1×1s, and does better than ResNet;",
        bottlenecks_skip_pixels_on_both_paths,
    ),
    ("families", "Convolutions, weights, MACs and learning rate stay", layers_weights_macs_and_rate_stay),
    (
        "families",
        "A ResNet of 31 convolutions, all 3×3s and narrower, does as much work, and with 29.6 percent wrong"
        " it's no better than ResNet.",
        depth_alone_gains_nothing,
    ),
    (
        "families",
        "GoogLeNet's runs overlap with VGG's; with equal parameters they don't.",
        googlenet_overlaps_with_vgg_at_equal_work_alone,
    ),
    (
        "families",
        "its longest path has 19 of them, as many as ResNet.",
        googlenet_s_longest_path_is_as_long_as_resnet_s,
    ),
    (
        "families",
        "But bottlenecks did no better than ResNet: at the best rate of each, 33.6 percent were wrong, "
        "against ResNet's 33.5.",
        on_the_patches_for_choosing_bottlenecks_gain_nothing,
    ),
    (
        "families",
        "For ResNet, for ResNet with bottlenecks and for ResNet with pools it was 0.1, and for the deeper"
        " ResNet, too; with bottlenecks and pools it was 0.05.",
        all_but_one_have_the_rate_of_0_1,
    ),
    (
        "families",
        "With bottlenecks the error is 1.1 percentage points lower on average, but the runs overlap.",
        densenet_with_bottlenecks_is_ahead_by_1_1_and_overlaps,
    ),
    (
        "families",
        "it was the other way round: 29.8 percent wrong without bottlenecks, and 30.7 with them.",
        on_the_patches_for_choosing_it_is_behind,
    ),
    (
        "families",
        "27 convolutions instead of 19, two of them 1×1; its classifier reads 116 numbers instead of 64;",
        densenet_and_resnet_differ_in_nearly_everything,
    ),
    (
        "families",
        "overlap with those of DenseNet without bottlenecks.",
        resnet_with_pools_overlaps_with_densenet_without_bottlenecks,
    ),
    (
        "families",
        "DenseNet without bottlenecks also beats ResNet, in every run.",
        without_bottlenecks_every_densenet_run_beats_every_resnet_run,
    ),
    (
        "families",
        "31 convolutions instead of 19, three of them 1×1s on shortcuts, and 240 last maps instead of 64.",
        a_bottleneck_brings_more_layers_and_wider_maps,
    ),
    (
        "families",
        "(It keeps two 1×1s, in its transitions.)",
        densenet_without_bottlenecks_keeps_two_1x1,
    ),
    (
        "families",
        "every run of DenseNet and of GoogLeNet beats every run of the others.",
        two_are_in_front_at_equal_parameters,
    ),
    (
        "families",
        "DenseNet is ahead on average (19.6 percent wrong against 22.4), but the two overlap.",
        densenet_is_ahead_of_googlenet_on_average_and_they_overlap,
    ),
    (
        "families",
        "On new patches the two ResNets with strides and without bottlenecks are behind all the rest of"
        " these, in every run",
        three_families_fit_and_resnet_is_behind_on_new_patches,
    ),
    (
        "families",
        "(DenseNet without bottlenecks did just as well at 0.1 as at 0.05, and has the lower one.)",
        densenet_without_bottlenecks_did_as_well_at_0_1,
    ),
    (
        "families",
        "the same two lead. With more, DenseNet does better, and GoogLeNet about as well.",
        with_more_parameters_densenet_does_better_and_googlenet_as_well,
    ),
    (
        "families",
        "every run of this ResNet is behind every run of GoogLeNet and of DenseNet.",
        two_are_in_front_at_equal_parameters,
    ),
    (
        "families",
        "Eight of the fifteen networks did best at the highest of the four rates that were tried, 0.1:",
        eight_of_the_best_rates_are_the_largest,
    ),
    (
        "families",
        "with pools, ResNet gets more of its *training* patches wrong in every run, 4.8 percent against 1.9 "
        "on average, and fewer of the new ones.",
        with_pools_it_fits_worse_and_does_better,
    ),
    (
        "families",
        "For eleven of the fifteen, the second-best rate came within a point of the best one.",
        eleven_second_best_rates_are_within_a_point,
    ),
    (
        "families",
        "(For ResNet with pools, 0.05 was as good as 0.1.)",
        resnet_with_pools_did_as_well_at_0_05,
    ),
    (
        "families",
        "GoogLeNet's lead over VGG at equal parameters, where the nearest two runs are two points apart.",
        two_points_lie_between_googlenet_and_vgg,
    ),
    (
        "families",
        "DenseNet does 6.6 million MACs for a patch, and VGG 1.5 million.",
        densenet_does_6_6_million_and_vgg_1_5,
    ),
    (
        "counted",
        "So the year doesn't decide: in ResNet-34, also of 2015, the 1×1s do half a percent of the work.",
        resnet_34_has_half_a_percent,
    ),
    (
        "families",
        "and better than ResNet with strides, too, by 1.8 to 4.4 points.",
        at_equal_rates_pools_gain_1_8_to_4_4_on_the_patches_for_choosing,
    ),
]
