"""What lesson 2 concludes from its studies, and from the paper's own comparison."""

from collections.abc import Callable
from itertools import pairwise
from statistics import mean

from helpers import build, trace
from helpers.arithmetic import Convolution
from helpers.lessons.study import Study, study
from helpers.models.vgg import CHANNELS, CONFIGURATIONS
from helpers.reading.published import Figure
from studies.kernels import FIELDS, PAIRS, STUDY
from studies.parts import parameters
from tests.studies.claims.looking import TEST, TRAINING, Concluded, average, level, tried

Published = Callable[..., tuple[Figure, ...]]


def every_network_had_the_same_rate(found: Study) -> bool:
    return set(found.rates.values()) == {0.1}


def the_stack_starts_more_slowly_and_catches_up(found: Study) -> bool:
    def mean(network: str, epoch: int) -> float:
        return sum(curve[epoch - 1] for curve in found.curves(network, TEST)) / len(found.seeds)

    stack, large = "three 3×3", "7×7"
    return all(mean(stack, epoch) > mean(large, epoch) + 5 for epoch in (2, 3, 4, 5)) and mean(
        stack, 20
    ) < mean(large, 20)


def errors_jump_about_and_calm_down(found: Study) -> bool:
    """From one epoch to the next, in the first eight epochs and in the last three."""
    for network in ("7×7", "three 3×3"):
        steps = [
            [abs(after - before) for before, after in pairwise(curve)]
            for curve in found.curves(network, TEST)
        ]
        early, late = (
            [step for each in steps for step in each[part]] for part in (slice(8), slice(-3, None))
        )
        if not mean(early) > 7 or not mean(late) < 1:
            return False
    return True


def the_stacks_have_the_lower_mean_and_overlap(found: Study) -> bool:
    return all(
        level(found, stack, large, TEST) and average(found, stack, TEST) < average(found, large, TEST)
        for large, stack in PAIRS.items()
    )


def the_stacks_have_18_and_35_percent_fewer_parameters(_: Study) -> bool:
    count = {name: parameters(make) for name, make in STUDY.networks.items()}
    fewer = [round(100 - 100 * count[stack] / count[large]) for large, stack in PAIRS.items()]
    return fewer == [18, 35]


def the_narrow_ones_have_3_and_7_percent_more(_: Study) -> bool:
    count = {name: parameters(make) for name, make in STUDY.networks.items()}
    more = [
        round(100 * count[f"{large} as light as {stack}"] / count[stack]) for large, stack in PAIRS.items()
    ]
    return more == [103, 107]


def the_narrow_ones_overlap_with_the_stacks(found: Study) -> bool:
    return all(level(found, stack, f"{large} as light as {stack}", TEST) for large, stack in PAIRS.items())


def four_of_five_stacks_of_three_beat_every_7x7(found: Study) -> bool:
    sevens = [
        *found.last("7×7", TEST),
        *found.last("7×7 as light as three 3×3", TEST),
    ]
    *four, fifth = sorted(found.last("three 3×3", TEST))
    return max(four) < min(sevens) and sum(each > fifth for each in sevens) == 1


def on_the_patches_for_choosing_no_side_was_ahead(_: Study) -> bool:
    errors = {network: each["0.1"] for network, each in tried("kernels").items()}
    return [errors[name] for name in ("7×7", "three 3×3", "5×5", "two 3×3")] == [27.0, 26.1, 24.6, 25.9]


def the_rate_0_1_was_the_best_of_three_on_average(_: Study) -> bool:
    each = tried("kernels").values()
    means = {rate: mean(errors[rate] for errors in each) for rate in ("0.03", "0.1", "0.2")}
    return all(set(errors) == set(means) for errors in each) and min(means, key=means.__getitem__) == "0.1"


def at_its_own_rate_no_side_was_ahead(_: Study) -> bool:
    best = {network: min(each.values()) for network, each in tried("kernels").items()}
    return [best[name] for name in ("7×7", "three 3×3", "5×5", "two 3×3")] == [26.1, 26.1, 24.4, 24.8]


def without_norm_each_makes_more_errors(found: Study) -> bool:
    with_norm = study("kernels")
    return all(min(found.last(name, TEST)) > max(with_norm.last(name, TEST)) for name in FIELDS)


def without_norm_two_3x3_are_level_with_5x5(found: Study) -> bool:
    return all(level(found, "5×5", "two 3×3", measure) for measure in (TRAINING, TEST))


def without_norm_the_deepest_stack_fits_worst(found: Study) -> bool:
    others = (network for network in found.networks if network != "three 3×3")
    worst = all(average(found, other, TRAINING) < average(found, "three 3×3", TRAINING) for other in others)
    return worst and all(level(found, "7×7", "three 3×3", measure) for measure in (TRAINING, TEST))


def without_norm_the_rate_was_0_006(found: Study) -> bool:
    return set(found.rates.values()) == {0.006}


def stacks_of_vgg16_have_30_percent_fewer_weights(_: Published) -> bool:
    stacks = singles = 0
    channels = 3
    for kernels, width in zip(CONFIGURATIONS["D"], CHANNELS, strict=True):
        singles += Convolution(channels, width, 1 + 2 * len(kernels)).weights
        for _kernel in kernels:
            stacks += Convolution(channels, width, 3).weights
            channels = width
    return round(100 - 100 * stacks / singles) == 30


def pairs_save_13_percent_all_in_the_last_stage(_: Published) -> bool:
    saved = []
    for c_in, c_out in pairwise((3, *CHANNELS)):
        single = Convolution(c_in, c_out, 5).weights
        pair = Convolution(c_in, c_out, 3).weights + Convolution(c_out, c_out, 3).weights
        saved.append((single - pair, single))
    *before, (last, _single) = saved
    share = sum(each for each, _ in saved) / sum(single for _, single in saved)
    return round(100 * share) == 13 and last > 0 and all(each < 0 for each, _ in before)


def it_was_7_percent_higher(published: Published) -> bool:
    [gain] = published("vgg13", "top-1 gain")
    return gain.printed == "7%" and gain.where == "section 4.1" and "single 5×5" in gain.variant


def eight_layers_for_thirteen(_: Published) -> bool:
    stages, head = CONFIGURATIONS["B"], 3
    return all(stage == (3, 3) for stage in stages) and (len(stages) + head, 2 * len(stages) + head) == (
        8,
        13,
    )


def those_weights_are_9_4_and_10_9_million(_: Published) -> bool:
    pairs = list(zip((3, *CHANNELS), CHANNELS, strict=False))
    stacks = sum(
        Convolution(c_in, c_out, 3).weights + Convolution(c_out, c_out, 3).weights for c_in, c_out in pairs
    )
    singles = sum(Convolution(c_in, c_out, 5).weights for c_in, c_out in pairs)
    return (round(stacks / 1e6, 1), round(singles / 1e6, 1)) == (9.4, 10.9)


def errors_of(published: Published, network: str) -> dict[tuple[str, str], float]:
    """By the size in training and in the test."""
    figures = published(network, "top-1 error", edition="paper")
    return {(each.variant, each.crops): each.value for each in figures if each.where.startswith("table")}


def e_is_0_3_worse_to_0_1_better(published: Published) -> bool:
    d, e = errors_of(published, "vgg16"), errors_of(published, "vgg19")
    compared = [key for key in d if key in e and key[1].startswith("dense") and key[0]]
    gains = [round(d[key] - e[key], 1) for key in compared]
    return len(gains) == 6 and (min(gains), max(gains)) == (-0.3, 0.1)


def jittering_gains_1_2_and_1_4(published: Published) -> bool:
    gains = []
    for network in ("vgg16", "vgg19"):
        errors, tested = errors_of(published, network), "dense at Q = 384"
        gains.append(round(errors["S = 384", tested] - errors["S from 256 to 512", tested], 1))
    return gains == [1.2, 1.4]


def the_error_falls_to_16_layers_and_no_further(published: Published) -> bool:
    def error(network: str, quantity: str) -> float:
        figures = published(network, quantity, edition="paper")
        [found] = [each.value for each in figures if each.variant == "smaller side 256"]
        return found

    for quantity in ("top-1 error", "top-5 error"):
        a, b, d, e = (error(network, quantity) for network in ("vgg11", "vgg13", "vgg16", "vgg19"))
        if not a > b > d < e:
            return False
    return True


def the_head_holds_89_of_100_parameters(_: object) -> bool:
    shares = []
    for name in ("vgg16", "alexnet"):
        trace_of = trace(build(name, device="meta"))
        head = sum(row.parameters for row in trace_of if row.name in ("fc6", "fc7", "fc8"))
        shares.append(round(100 * head / trace_of.parameters))
    return shares == [89, 96]


CLAIMS: list[Concluded] = [
    (
        "kernels",
        "Field, channels, patches, epochs and learning rate (0.1) are equal.",
        every_network_had_the_same_rate,
    ),
    (
        "kernels",
        "The stacks of three start more slowly and catch up.",
        the_stack_starts_more_slowly_and_catches_up,
    ),
    (
        "kernels",
        "While the learning rate is large, errors jump about; as it falls towards 0, the lines calm down.",
        errors_jump_about_and_calm_down,
    ),
    (
        "kernels",
        "Both stacks have the lower mean error, but the dots overlap",
        the_stacks_have_the_lower_mean_and_overlap,
    ),
    (
        "kernels",
        "18 percent fewer parameters than the 5×5, the stacks of three 35 percent fewer than the 7×7.",
        the_stacks_have_18_and_35_percent_fewer_parameters,
    ),
    (
        "kernels",
        "In our race the large kernels had no lead, in spite of more parameters",
        the_stacks_have_the_lower_mean_and_overlap,
    ),
    (
        "kernels",
        "In our race the stacks had fewer parameters, and five seeds can't tell them apart.",
        the_stacks_have_the_lower_mean_and_overlap,
    ),
    (
        "kernels",
        "until they have about as many (3 and 7 percent more):",
        the_narrow_ones_have_3_and_7_percent_more,
    ),
    (
        "kernels",
        "on average the best of the three in the record (0.03, 0.1 and 0.2), by one run each",
        the_rate_0_1_was_the_best_of_three_on_average,
    ),
    (
        "kernels",
        "the 7×7 and the stack of three both come to 26.1 percent, the 5×5 to 24.4 and the pair to 24.8.",
        at_its_own_rate_no_side_was_ahead,
    ),
    (
        "kernels",
        "Even these narrow networks overlap with their stacks.",
        the_narrow_ones_overlap_with_the_stacks,
    ),
    (
        "kernels",
        "Four of five stacks of three beat every 7×7, wide or narrow, and the fifth is worse than most",
        four_of_five_stacks_of_three_beat_every_7x7,
    ),
    (
        "kernels",
        "27.0 percent errors, the stack of three 26.1, the 5×5 24.6 and the pair 25.9",
        on_the_patches_for_choosing_no_side_was_ahead,
    ),
    (
        "kernels_without_norm",
        "All make more errors than with batch norm.",
        without_norm_each_makes_more_errors,
    ),
    (
        "kernels_without_norm",
        "The pair and the 5×5 are level.",
        without_norm_two_3x3_are_level_with_5x5,
    ),
    (
        "kernels_without_norm",
        "fit worst on average, and their five seeds lie far apart; but even so they overlap with the 7×7.",
        without_norm_the_deepest_stack_fits_worst,
    ),
    ("kernels_without_norm", "all at the learning rate of 0.006.", without_norm_the_rate_was_0_006),
    (
        "published",
        "Over all of VGG-16's convolutions, the stacks have 30 percent fewer weights",
        stacks_of_vgg16_have_30_percent_fewer_weights,
    ),
    (
        "published",
        "B's pairs save 13 percent of the weights, all of it in the last stage",
        pairs_save_13_percent_all_in_the_last_stage,
    ),
    ("published", "and on ImageNet the stacks did better.", it_was_7_percent_higher),
    ("published", 'had a top-1 error "7% higher".', it_was_7_percent_higher),
    ("published", "8 layers instead of 13", eight_layers_for_thirteen),
    (
        "published",
        "the weights of the convolutions (9.4 and 10.9 million)",
        those_weights_are_9_4_and_10_9_million,
    ),
    (
        "published",
        "E is between 0.3 points worse than D and 0.1 better",
        e_is_0_3_worse_to_0_1_better,
    ),
    ("published", "jittering gains D 1.2 points and E 1.4.", jittering_gains_1_2_and_1_4),
    (
        "published",
        "On ImageNet the error fell from 11 layers to 16;",
        the_error_falls_to_16_layers_and_no_further,
    ),
    (
        "published",
        "On ImageNet the error fell from 11 layers to 16; three more brought no clear gain.",
        e_is_0_3_worse_to_0_1_better,
    ),
    ("counted", "It holds 89 of every 100 parameters.", the_head_holds_89_of_100_parameters),
    ("counted", "89 of 100 parameters, where AlexNet has 96.", the_head_holds_89_of_100_parameters),
]
