"""What lesson 2 concludes from its studies, and from the paper's own comparison."""

from collections.abc import Callable

from helpers.arithmetic import Convolution
from helpers.lessons.study import Study
from helpers.models.vgg import CHANNELS, CONFIGURATIONS
from helpers.reading.published import Figure
from studies.kernels import PAIRS, STUDY
from studies.parts import parameters
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level

Published = Callable[..., tuple[Figure, ...]]


def the_large_kernels_lead_after_5_epochs_on_average(found: Study) -> bool:
    def after_5(network: str) -> float:
        return sum(curve[4] for curve in found.curves(network, TRAINING))

    return all(after_5(large) < after_5(stack) for large, stack in PAIRS.items())


def every_pair_beats_every_5x5_on_new_patches(found: Study) -> bool:
    return apart(found, "two 3×3", "5×5", TEST)


def three_3x3_beat_every_7x7_from_four_of_five_seeds(found: Study) -> bool:
    best = min(found.last("7×7", TEST))
    return [error < best for error in sorted(found.last("three 3×3", TEST))] == [True] * 4 + [False]


def the_stacks_have_fewer_weights(_: Study) -> bool:
    weights = {name: parameters(make) for name, make in STUDY.networks.items()}
    return all(weights[stack] < weights[large] for large, stack in PAIRS.items())


def against_narrow_ones_the_stacks_are_probably_better(found: Study) -> bool:
    means = []
    for large, stack in PAIRS.items():
        narrow = f"{large} as light as {stack}"
        pairs = list(zip(found.last(stack, TEST), found.last(narrow, TEST), strict=True))
        if sum(one < other for one, other in pairs) != 4 or not level(found, stack, narrow, TEST):
            return False
        means.append(round(average(found, narrow, TEST) - average(found, stack, TEST), 1))
    return means == [2.1, 2.2]


def the_highest_rate_was_best_for_two_3x3_alone(found: Study) -> bool:
    return [name for name, rate in found.rates.items() if rate == max(STUDY.rates) == 0.2] == ["two 3×3"]


def without_norm_7x7_fits_better_than_three_3x3(found: Study) -> bool:
    return apart(found, "7×7", "three 3×3", TRAINING)


def without_norm_two_3x3_are_level_with_5x5(found: Study) -> bool:
    return all(level(found, "5×5", "two 3×3", measure) for measure in (TRAINING, TEST))


def without_norm_the_deepest_stack_fits_worst(found: Study) -> bool:
    others = (network for network in found.networks if network != "three 3×3")
    return all(average(found, other, TRAINING) < average(found, "three 3×3", TRAINING) for other in others)


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


CLAIMS: list[Concluded] = [
    (
        "kernels",
        "With batch norm, the large kernels lead after five epochs, on average.",
        the_large_kernels_lead_after_5_epochs_on_average,
    ),
    (
        "kernels",
        "Finally all five pairs of 3×3 beat every 5×5 on new patches",
        every_pair_beats_every_5x5_on_new_patches,
    ),
    ("kernels", "on new patches, with fewer weights.", the_stacks_have_fewer_weights),
    (
        "kernels",
        "Three 3×3 beat every 7×7 from four of five seeds: too few to settle it.",
        three_3x3_beat_every_7x7_from_four_of_five_seeds,
    ),
    (
        "kernels",
        "from four of five seeds each, by 2.1 and 2.2 points on average.",
        against_narrow_ones_the_stacks_are_probably_better,
    ),
    (
        "kernels",
        "was 0.2 for two 3×3, the highest.",
        the_highest_rate_was_best_for_two_3x3_alone,
    ),
    ("kernels", "In our small race this held for two 3×3", every_pair_beats_every_5x5_on_new_patches),
    ("kernels", "For three, five seeds didn't settle it", three_3x3_beat_every_7x7_from_four_of_five_seeds),
    (
        "kernels_without_norm",
        "Without batch norm, the pair and the 5×5 are level",
        without_norm_two_3x3_are_level_with_5x5,
    ),
    (
        "kernels_without_norm",
        "every 7×7 fits its training patches better than every stack of three.",
        without_norm_7x7_fits_better_than_three_3x3,
    ),
    (
        "kernels_without_norm",
        "and without it they were hard to train.",
        without_norm_the_deepest_stack_fits_worst,
    ),
    ("published", 'had a top-1 error "7% higher".', it_was_7_percent_higher),
    ("published", "8 layers for 13", eight_layers_for_thirteen),
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
        "The error falls from A to D; E is no better.",
        the_error_falls_to_16_layers_and_no_further,
    ),
]
