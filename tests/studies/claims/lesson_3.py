"""What lesson 3 concludes from its studies."""

from statistics import mean

from torch import nn

from helpers.lessons.study import Study
from studies import network_in_network, squeeze
from studies.parts import parameters
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level, trainings, tried

SQUEEZED, NIN = squeeze.networks(), network_in_network.networks()


def via(channels: int) -> tuple[str, str]:
    """With a ReLU after the 1×1, and without."""
    return f"via {channels}", f"via {channels}, no ReLU"


def worse_by(found: Study, lower: str, higher: str) -> float:
    """How much higher the mean on new patches is, in points."""
    return average(found, higher, TEST) - average(found, lower, TEST)


def points_lost(found: Study, channels: int) -> float:
    """By how many points the mean on training patches is higher than *direct*'s."""
    return average(found, f"via {channels}", TRAINING) - average(found, "direct", TRAINING)


def share_of_the_weights(channels: int) -> int:
    """Percent of the direct 3×3's weights that a 1×1 to so many channels and a 3×3 from these have."""
    return round(100 * (64 * channels + 9 * channels * 64) / (9 * 64 * 64))


def via_32_is_level_in_training_for_56_percent(found: Study) -> bool:
    return level(found, "direct", "via 32", TRAINING) and share_of_the_weights(32) == 56


def from_16_down_worse_in_training_16_by_0_8_and_2_by_14(found: Study) -> bool:
    worse = all(apart(found, "direct", f"via {each}", TRAINING) for each in (16, 8, 4, 2))
    return worse and round(points_lost(found, 16), 1) == 0.8 and round(points_lost(found, 2)) == 14


def every_seed_via_32_is_worse_than_via_64_by_half_a_point(found: Study) -> bool:
    lost = average(found, "via 32", TRAINING) - average(found, "via 64", TRAINING)
    return apart(found, "via 64", "via 32", TRAINING) and round(lost, 1) == 0.5


def the_narrower_the_more(found: Study) -> bool:
    means = [average(found, f"via {channels}", TRAINING) for channels in (64, 32, 16, 8, 4, 2)]
    return means == sorted(means)


def on_new_patches_4_and_2_are_worse_than_64_and_from_8_they_overlap(found: Study) -> bool:
    worse = [each for each in squeeze.REDUCED if apart(found, "via 64", f"via {each}", TEST)]
    overlap = [each for each in squeeze.REDUCED if level(found, "via 64", f"via {each}", TEST)]
    return sorted(worse) == [2, 4] and sorted(overlap) == [8, 16, 32, 64]


def via_32_overlaps_with_direct_on_both(found: Study) -> bool:
    return all(level(found, "via 32", "direct", measure) for measure in (TRAINING, TEST))


def patches_between(found: Study, lower: str, higher: str) -> int:
    """How many of the 3,000 training patches lie between the nearest seeds of the two."""
    return round(30 * (min(found.last(higher, TRAINING)) - max(found.last(lower, TRAINING))))


def via_64_beats_direct_with_every_seed_by_a_patch(found: Study) -> bool:
    return apart(found, "via 64", "direct", TRAINING) and patches_between(found, "via 64", "direct") == 1


def the_relu_pays_for_the_narrowing(found: Study) -> bool:
    """Halving costs; with the ReLU via 32 is level with *direct*, without it is worse; no 1×1 alone helps."""
    costs = every_seed_via_32_is_worse_than_via_64_by_half_a_point(found)
    helps = all(apart(found, *via(channels), TRAINING) for channels in (64, 32))
    alone = level(found, "direct", "via 64, no ReLU", TRAINING)
    without = apart(found, "direct", "via 32, no ReLU", TRAINING)
    return costs and helps and alone and without and level(found, "direct", "via 32", TRAINING)


def on_new_patches_they_overlap_down_to_4(found: Study) -> bool:
    names = ["direct", *(f"via {channels}" for channels in (64, 32, 16, 8, 4))]
    return all(level(found, "direct", name, TEST) for name in names) and apart(found, "direct", "via 2", TEST)


def on_new_patches_via_8_4_and_2_are_worse_by_1_and_2_3_and_6(found: Study) -> bool:
    lost = [worse_by(found, "direct", f"via {each}") for each in (8, 4, 2)]
    return [round(each, 1) for each in lost[:2]] == [1.0, 2.3] and round(lost[2]) == 6


def in_the_table_of_exercise_3_2(network: str, numbers: str) -> Concluded:
    """A row of that table, and whether it is what the record says."""

    def is_so(found: Study) -> bool:
        def spread(measure: str) -> str:
            ends = found.last(network, measure)
            return f"{average(found, network, measure):.1f} ({min(ends):.1f} to {max(ends):.1f})"

        return numbers == f"{spread(TRAINING)} | {spread(TEST)}"

    return "squeeze", f"| {network} | {numbers} |", is_so


def only_b_and_d_hold(found: Study) -> bool:
    a = apart(found, "via 32", "direct", TEST)
    b = all(apart(found, *via(channels), TRAINING) for channels in (64, 32))
    c = apart(found, "via 64, no ReLU", "direct", TRAINING)
    d = apart(found, "direct", "via 32, no ReLU", TRAINING)
    return (a, b, c, d) == (False, True, False, True)


def all_have_the_highest_rate(found: Study) -> bool:
    return set(found.rates.values()) == {0.2} and max(squeeze.STUDY.rates) == 0.2


def narrowing_costs_from_16_with_a_relu_and_from_32_without(found: Study) -> bool:
    worse = [
        [each for each in squeeze.REDUCED if apart(found, "direct", via(each)[kind], TRAINING)]
        for kind in (0, 1)
    ]
    return [sorted(each) for each in worse] == [[2, 4, 8, 16], [2, 4, 8, 16, 32]]


def without_a_relu_via_64_has_a_higher_mean_and_overlaps(found: Study) -> bool:
    names = "direct", "via 64, no ReLU"
    means = [round(average(found, name, TRAINING), 1) for name in names]
    return means == [1.8, 2.1] and level(found, *names, TRAINING)


def in_training_the_relu_helps_at_32_and_64(found: Study) -> bool:
    return [each for each in squeeze.REDUCED if apart(found, *via(each), TRAINING)] == [32, 64]


def in_training_the_relu_is_0_9_better_at_16_and_just_overlaps(found: Study) -> bool:
    with_relu, without = via(16)
    gain = average(found, without, TRAINING) - average(found, with_relu, TRAINING)
    overlap = max(found.last(with_relu, TRAINING)) - min(found.last(without, TRAINING))
    return round(gain, 1) == 0.9 and 0 <= overlap < 0.1


def in_training_the_two_are_level_at_8(found: Study) -> bool:
    return (
        level(found, *via(8), TRAINING)
        and abs(average(found, via(8)[0], TRAINING) - average(found, via(8)[1], TRAINING)) < 0.5
    )


def in_training_the_relu_does_harm_at_2_and_perhaps_at_4(found: Study) -> bool:
    harmed = [each for each in squeeze.REDUCED if apart(found, *reversed(via(each)), TRAINING)]
    with_relu, without = via(4)
    gain = average(found, with_relu, TRAINING) - average(found, without, TRAINING)
    return harmed == [2] and round(gain, 1) == 1.6 and level(found, with_relu, without, TRAINING)


def on_new_patches_the_relu_is_not_settled(found: Study) -> bool:
    return all(level(found, *via(channels), TEST) for channels in squeeze.REDUCED)


def mlpconv_is_better_on_both(found: Study) -> bool:
    return all(apart(found, "mlpconv", "convolutions", measure) for measure in (TRAINING, TEST))


def by_two_patches_of_1_000(found: Study) -> bool:
    nearest = min(found.last("convolutions", TEST)) - max(found.last("mlpconv", TEST))
    return round(10 * nearest) == 2


def the_wider_have_17_channels(_: Study) -> bool:
    def width(name: str) -> int:
        return next(layer.out_channels for layer in NIN[name]().modules() if isinstance(layer, nn.Conv2d))

    return [width(name) for name in ("convolutions", "mlpconv", "wider convolutions")] == [16, 16, 17]


def mlpconv_has_more_weights(_: Study) -> bool:
    return parameters(NIN["mlpconv"]) > parameters(NIN["convolutions"])


def mlpconv_has_another_rate_than_the_convolutions(found: Study) -> bool:
    names = "mlpconv", "convolutions", "wider convolutions"
    return [found.rates[name] for name in names] == [0.1, 0.05, 0.05]


def mlpconv_has_5_percent_more_than_the_wider(_: Study) -> bool:
    return round(100 * parameters(NIN["mlpconv"]) / parameters(NIN["wider convolutions"])) == 105


def it_is_better_than_wider_convolutions_on_new_patches(found: Study) -> bool:
    pair = "mlpconv", "wider convolutions"
    return round(worse_by(found, *pair), 1) == 1.7 and apart(found, *pair, TEST)


def it_is_better_than_wider_convolutions_in_training(found: Study) -> bool:
    return apart(found, "mlpconv", "wider convolutions", TRAINING)


def the_wider_ones_have_about_as_many_weights(_: Study) -> bool:
    names = "wider convolutions", "mlpconv", "convolutions"
    return [parameters(NIN[name]) for name in names] == [10_533, 11_098, 9_370]


def the_linear_head_has_two_and_a_half_times_the_parameters(_: Study) -> bool:
    return round(parameters(NIN["mlpconv, linear head"]) / parameters(NIN["mlpconv"]), 1) == 2.5


def the_linear_head_overfits(found: Study) -> bool:
    pooled, linear = "mlpconv", "mlpconv, linear head"
    return apart(found, linear, pooled, TRAINING) and apart(found, pooled, linear, TEST)


def without_the_1x1_the_linear_head_is_not_settled(found: Study) -> bool:
    pairs = [(name, f"{name}, linear head") for name in ("convolutions", "wider convolutions")]
    means = [round(worse_by(found, *pair), 1) for pair in pairs]
    return means == [1.5, 2.1] and all(level(found, *pair, TEST) for pair in pairs)


def without_batch_norm_mlpconv_is_behind_and_overlaps(found: Study) -> bool:
    pair = "mlpconv, no batch norm", "convolutions, no batch norm"
    means = [[round(average(found, name, measure), 1) for name in pair] for measure in (TEST, TRAINING)]
    return means == [[25.5, 23.2], [15.9, 12.5]] and all(
        level(found, *pair, measure) for measure in (TRAINING, TEST)
    )


def batch_norm_gains_mlpconv_far_more(found: Study) -> bool:
    return all(
        average(found, "mlpconv, no batch norm", measure) - average(found, "mlpconv", measure)
        > times
        * (average(found, "convolutions, no batch norm", measure) - average(found, "convolutions", measure))
        for measure, times in ((TRAINING, 1.8), (TEST, 4))
    )


def on_the_patches_for_choosing_the_wider_were_ahead(_: Study) -> bool:
    table = tried("network_in_network")
    best = [min(table[name].values()) for name in ("wider convolutions", "mlpconv")]
    return [round(error, 1) for error in best] == [24.4, 25.2]


def without_batch_norm_it_was_behind_on_the_patches_for_choosing(found: Study) -> bool:
    names = "mlpconv, no batch norm", "convolutions, no batch norm"
    at_its_rate = [trainings("network_in_network", name, found.rates[name]) for name in names]
    means = [round(mean(errors), 1) for errors in at_its_rate]
    return means == [35.1, 28.6] and max(at_its_rate[1]) < min(at_its_rate[0])


WIDER = "wider convolutions, no batch norm"


def the_rates_without_batch_norm(found: Study) -> bool:
    names = WIDER, "mlpconv, no batch norm", "convolutions, no batch norm"
    lowest = min(network_in_network.STUDY.rates) == 0.02 and len(network_in_network.STUDY.rates) == 3
    return lowest and [found.rates[name] for name in names] == [0.05, 0.02, 0.02]


def two_seeds_of_the_wider_ones_end_near_22(found: Study) -> bool:
    ends = sorted(found.last(WIDER, TRAINING))
    return ends[2] < 10 and all(21 < end < 23 for end in ends[3:])


def both_leap_at_epoch_7(found: Study) -> bool:
    bad = [curve for curve in found.curves(WIDER, TRAINING) if curve[-1] > 20]
    return len(bad) == 2 and all(curve[5] < 30 and curve[6] > 65 for curve in bad)


def both_heads_chose_the_highest_rate(found: Study) -> bool:
    rates = {found.rates[name] for name in ("mlpconv, linear head", "mlpconv")}
    return (
        rates == {max(network_in_network.STUDY.rates)} == {0.1} and len(network_in_network.STUDY.rates) == 3
    )


def early_on_the_seeds_are_mixed(found: Study) -> bool:
    after_six = [[curve[5] for curve in found.curves(name, TRAINING)] for name in ("convolutions", "mlpconv")]
    return min(after_six[0]) < max(after_six[1]) and min(after_six[1]) < max(after_six[0])


CLAIMS: list[Concluded] = [
    (
        "squeeze",
        "Via 32 is level with *direct* (their seeds overlap), for 56 percent of the weights.",
        via_32_is_level_in_training_for_56_percent,
    ),
    (
        "squeeze",
        "From 16 down, every seed is worse than every seed of *direct*: 16 by 0.8 points on average (though "
        "the closest two differ by a single patch there, too), 2 by 14.",
        from_16_down_worse_in_training_16_by_0_8_and_2_by_14,
    ),
    (
        "squeeze",
        "Every seed via 32 has a higher training error than every seed via 64, by 0.5 points on average.",
        every_seed_via_32_is_worse_than_via_64_by_half_a_point,
    ),
    (
        "squeeze",
        "**Yes: the narrower, the more training errors.**",
        the_narrower_the_more,
    ),
    (
        "squeeze",
        "every seed via 4 and via 2 is worse than every seed via 64; from 8 channels up, they overlap.",
        on_new_patches_4_and_2_are_worse_than_64_and_from_8_they_overlap,
    ),
    ("squeeze", "via 32 overlaps with *direct* in both pictures,", via_32_overlaps_with_direct_on_both),
    (
        "squeeze",
        "the narrower the middle, the higher the training error: half a point from 64 channels to 32.",
        every_seed_via_32_is_worse_than_via_64_by_half_a_point,
    ),
    (
        "squeeze",
        "though the closest two differ by a single patch of 3,000.",
        via_64_beats_direct_with_every_seed_by_a_patch,
    ),
    (
        "squeeze",
        "Via 32 is level with *direct* only with its ReLU: without it, every seed is worse.",
        the_relu_pays_for_the_narrowing,
    ),
    (
        "squeeze",
        "without its ReLU, via 64 is no better than *direct*.",
        without_a_relu_via_64_has_a_higher_mean_and_overlaps,
    ),
    (
        "squeeze",
        "**the narrowing raises the error, and the ReLU lowers it again**",
        the_relu_pays_for_the_narrowing,
    ),
    (
        "squeeze",
        "On new patches, the seeds overlap those of *direct* down to 4.",
        on_new_patches_they_overlap_down_to_4,
    ),
    (
        "squeeze",
        "On average, via 8 is worse by 1 point, via 4 by 2.3, and via 2 by 6.",
        on_new_patches_via_8_4_and_2_are_worse_by_1_and_2_3_and_6,
    ),
    in_the_table_of_exercise_3_2("direct", "1.8 (1.5 to 2.0) | 19.4 (18.3 to 20.8)"),
    in_the_table_of_exercise_3_2("via 64", "1.3 (1.2 to 1.4) | 18.6 (18.1 to 19.2)"),
    in_the_table_of_exercise_3_2("via 64, no ReLU", "2.1 (1.7 to 2.6) | 19.1 (18.0 to 20.8)"),
    in_the_table_of_exercise_3_2("via 32", "1.8 (1.5 to 2.1) | 18.2 (16.7 to 19.3)"),
    in_the_table_of_exercise_3_2("via 32, no ReLU", "2.8 (2.5 to 3.0) | 19.4 (17.3 to 20.5)"),
    ("squeeze", "(a) On new patches, via 32 is better than *direct*.", only_b_and_d_hold),
    (
        "squeeze",
        "without a ReLU, every seed via 32, 16 or 8 has a higher training error than every seed of *direct*",
        narrowing_costs_from_16_with_a_relu_and_from_32_without,
    ),
    (
        "squeeze",
        "its mean is higher as well, 2.1 against 1.8 percent (the ranges overlap).",
        without_a_relu_via_64_has_a_higher_mean_and_overlaps,
    ),
    (
        "squeeze",
        "At 32 and 64 channels, every seed with it is better than every seed without",
        in_training_the_relu_helps_at_32_and_64,
    ),
    (
        "squeeze",
        "at 16 it's better by 0.9 points on average, though the two ranges just overlap.",
        in_training_the_relu_is_0_9_better_at_16_and_just_overlaps,
    ),
    ("squeeze", "At 8 the two are level.", in_training_the_two_are_level_at_8),
    (
        "squeeze",
        "At 4 the network without it is better by 1.6 points on average, though the ranges overlap, and at 2 "
        "every seed is better without.",
        in_training_the_relu_does_harm_at_2_and_perhaps_at_4,
    ),
    (
        "squeeze",
        "the ReLU does harm on the training patches at 2 channels, and perhaps at 4.",
        in_training_the_relu_does_harm_at_2_and_perhaps_at_4,
    ),
    ("squeeze", "the two overlap everywhere", on_new_patches_the_relu_is_not_settled),
    ("squeeze", "0.2. It's the highest of the three", all_have_the_highest_rate),
    (
        "network_in_network",
        "With batch norm and the average, every seed of mlpconv beats every seed of the same convolutions, "
        "on the training patches and on new ones.",
        mlpconv_is_better_on_both,
    ),
    (
        "network_in_network",
        "On new ones, the closest two are only two patches of 1,000 apart.",
        by_two_patches_of_1_000,
    ),
    ("network_in_network", "17 channels in place of 16", the_wider_have_17_channels),
    ("network_in_network", "But it has more weights", mlpconv_has_more_weights),
    (
        "network_in_network",
        "(With either head it learned at 0.1, the highest of the three rates that were tried.)",
        both_heads_chose_the_highest_rate,
    ),
    (
        "network_in_network",
        "(These, too, learned at 0.05 and not at 0.1, and mlpconv still has 5 percent more parameters.)",
        mlpconv_has_another_rate_than_the_convolutions,
    ),
    (
        "network_in_network",
        "Against the wider convolutions, every seed of mlpconv is better on the training patches.",
        it_is_better_than_wider_convolutions_in_training,
    ),
    (
        "network_in_network",
        "On new ones it's better with every seed as well, by 1.7 points on average.",
        it_is_better_than_wider_convolutions_on_new_patches,
    ),
    (
        "network_in_network",
        "That makes 10,533 parameters, against 11,098 for mlpconv; the same convolutions with 16 channels "
        "have 9,370.",
        the_wider_ones_have_about_as_many_weights,
    ),
    (
        "network_in_network",
        "With the linear head, and 2.5 times the parameters",
        the_linear_head_has_two_and_a_half_times_the_parameters,
    ),
    (
        "network_in_network",
        "mlpconv fits its training patches better and new ones worse",
        the_linear_head_overfits,
    ),
    (
        "network_in_network",
        "the mean on new patches is higher with the linear head, by 1.5 and 2.1 points, though the ranges "
        "overlap.",
        without_the_1x1_the_linear_head_is_not_settled,
    ),
    (
        "network_in_network",
        "it gets 25.5 percent of the new patches wrong on average, and the same convolutions 23.2. On "
        "training patches, too, it's behind, 15.9 percent against 12.5. The runs just overlap in both",
        without_batch_norm_mlpconv_is_behind_and_overlaps,
    ),
    (
        "network_in_network",
        "it did gain from batch norm, and far more than the convolutions did.",
        batch_norm_gains_mlpconv_far_more,
    ),
    (
        "network_in_network",
        "learned at 0.05. The other two chose 0.02, the lowest of the three that were tried",
        the_rates_without_batch_norm,
    ),
    (
        "network_in_network",
        "at the best rate of each, 24.4 percent wrong with wider convolutions, and 25.2 with mlpconv.",
        on_the_patches_for_choosing_the_wider_were_ahead,
    ),
    (
        "network_in_network",
        "On the patches by which the rates were chosen they don't: 35.1 percent wrong against 28.6.",
        without_batch_norm_it_was_behind_on_the_patches_for_choosing,
    ),
    (
        "network_in_network",
        "two seeds of the wider convolutions leap up at epoch 7, from under 30 percent to over 65",
        both_leap_at_epoch_7,
    ),
    (
        "network_in_network",
        "and end near 22 percent on their training patches.",
        two_seeds_of_the_wider_ones_end_near_22,
    ),
    ("network_in_network", "Early on, the seeds of the two are mixed", early_on_the_seeds_are_mixed),
    (
        "network_in_network",
        "and another learning rate: 0.1 against 0.05.",
        mlpconv_has_another_rate_than_the_convolutions,
    ),
    (
        "network_in_network",
        "and mlpconv still has 5 percent more parameters.",
        mlpconv_has_5_percent_more_than_the_wider,
    ),
]
