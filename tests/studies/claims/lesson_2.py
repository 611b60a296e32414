"""What lesson 2 concludes from its studies, and from the paper's own comparison."""

from collections.abc import Callable
from itertools import combinations, pairwise
from statistics import mean, variance

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


def without(stack: str) -> str:
    return f"{stack}, no ReLU between"


def five_seeds_show_four_points_and_hardly_one_or_two(found: Study) -> bool:
    """A difference stands out from 2.31 standard errors on, and in four of five cases if it's really 3.2."""
    errors = [found.last(name, TEST) for name in ("7×7", "three 3×3", without("three 3×3"))]
    for one, other in combinations(errors, 2):
        error = ((variance(one) + variance(other)) / 5) ** 0.5
        if not (3.2 * error < 4 and (2.31 + 0.89) * error > 2):
            return False
    return True


def without_inner_relus_it_is_not_four_points_worse(found: Study) -> bool:
    """Not even at the end of the 95 % interval of the difference."""
    for stack in PAIRS.values():
        with_relus, without_relus = found.last(stack, TEST), found.last(without(stack), TEST)
        error = ((variance(with_relus) + variance(without_relus)) / 5) ** 0.5
        if not mean(without_relus) - mean(with_relus) + 2.31 * error < 4:
            return False
    return True


def all_networks_of_5x5_overlap(found: Study) -> bool:
    names = ("5×5", "two 3×3", without("two 3×3"), "5×5 as light as two 3×3")
    return all(level(found, *pair, TEST) for pair in combinations(names, 2))


def without_inner_relus_stacks_fit_worse_and_generalise_better(found: Study) -> bool:
    return all(
        average(found, without(stack), TRAINING) > average(found, large, TRAINING)
        and average(found, without(stack), TEST) < average(found, large, TEST)
        and all(level(found, without(stack), large, measure) for measure in (TRAINING, TEST))
        for large, stack in PAIRS.items()
    )


def ways_as_far_apart(found: Study, stack: str, measure: str) -> int:
    """In how many of the 252 ways of sharing out ten errors the means lie as far apart, as in 2.5."""
    images = {TRAINING: 3000, TEST: 1000}[measure]
    one, other = (
        [round(images * each / 100) for each in found.last(n, measure)] for n in (stack, without(stack))
    )
    apart = abs(sum(one) - sum(other))
    return sum(abs(2 * sum(five) - sum(one + other)) >= apart for five in combinations(one + other, len(one)))


def the_inner_relu_lets_the_pair_fit_better(found: Study) -> bool:
    losses = [found.last(name, "training loss") for name in ("two 3×3", without("two 3×3"))]
    ways = [ways_as_far_apart(found, stack, TRAINING) for stack in ("two 3×3", "three 3×3")]
    return max(losses[0]) < min(losses[1]) and ways == [4, 78]


def inner_relus_fit_better_and_gain_nothing_clear(found: Study) -> bool:
    gains = {
        measure: [
            average(found, without(each), measure) - average(found, each, measure) for each in PAIRS.values()
        ]
        for measure in (TRAINING, TEST)
    }
    return (
        min(gains[TRAINING]) > 0
        and [round(gain, 1) for gain in gains[TEST]] == [-1.2, 0.5]
        and all(level(found, each, without(each), TEST) for each in PAIRS.values())
    )


def at_their_own_rates_those_without_inner_relus_have_25_7_and_22_2(_: Study) -> bool:
    errors = tried("kernels")
    return [min(errors[without(name)].values()) for name in ("three 3×3", "two 3×3")] == [25.7, 22.2]


def the_means_are_19_7_and_18_2(found: Study) -> bool:
    return [round(average(found, name, TEST), 1) for name in ("7×7", "three 3×3")] == [19.7, 18.2]


def the_losses_are_0_68_and_0_67(found: Study) -> bool:
    return [round(average(found, name, "test loss"), 2) for name in ("7×7", "three 3×3")] == [0.68, 0.67]


def a_thousand_patches_are_good_for_1_2_points(found: Study) -> bool:
    """The standard deviation of an error of 18 percent on so many patches."""
    return "1,000 to test" in found.data and round(100 * (0.18 * 0.82 / 1000) ** 0.5, 1) == 1.2


def best_on_average(name: str, *rates: str) -> str:
    """Which of just these rates has the lowest mean error over all networks, where the rate was chosen."""
    each = tried(name).values()
    assert all(set(errors) == set(rates) for errors in each)
    return min(rates, key=lambda rate: mean(errors[rate] for errors in each))


def the_rate_0_1_was_the_best_of_three_on_average(_: Study) -> bool:
    return best_on_average("kernels", "0.03", "0.1", "0.2") == "0.1"


def without_norm_the_rate_0_006_was_the_best_of_three_on_average(_: Study) -> bool:
    return best_on_average("kernels_without_norm", "0.003", "0.006", "0.012") == "0.006"


def without_norm_at_its_own_rate_no_side_was_ahead(_: Study) -> bool:
    best = {network: min(each.values()) for network, each in tried("kernels_without_norm").items()}
    return [best[name] for name in ("two 3×3", "5×5", "7×7", "three 3×3")] == [32.3, 33.6, 33.8, 33.8]


def at_its_own_rate_no_side_was_ahead(_: Study) -> bool:
    best = {network: min(each.values()) for network, each in tried("kernels").items()}
    return [best[name] for name in ("7×7", "three 3×3", "5×5", "two 3×3")] == [26.1, 26.1, 24.4, 24.8]


def without_norm_each_makes_more_errors(found: Study) -> bool:
    with_norm = study("kernels")
    return all(min(found.last(name, TEST)) > max(with_norm.last(name, TEST)) for name in FIELDS)


def without_norm_the_large_kernels_have_the_lower_means_and_overlap(found: Study) -> bool:
    leads = [average(found, stack, TEST) - average(found, large, TEST) for large, stack in PAIRS.items()]
    return [round(lead, 1) for lead in leads] == [0.5, 4.1] and all(
        level(found, *pair, TEST) for pair in PAIRS.items()
    )


def without_norm_the_losses_are_0_93_and_0_95(found: Study) -> bool:
    """One bad seed makes the 7×7's the higher."""
    stack, large = (found.last(name, "test loss") for name in ("three 3×3", "7×7"))
    without_the_worst = mean(sorted(large)[:-1])
    return [round(mean(each), 2) for each in (stack, large)] == [0.93, 0.95] and without_the_worst < mean(
        stack
    )


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


def nine_tenths_are_saved_in_stage_5(_: Published) -> bool:
    saved, channels = [], 3
    for kernels, width in zip(CONFIGURATIONS["D"], CHANNELS, strict=True):
        stack = sum(Convolution(c_in, width, 3).weights for c_in in (channels, *[width] * (len(kernels) - 1)))
        saved.append(Convolution(channels, width, 1 + 2 * len(kernels)).weights - stack)
        channels = width
    return round(saved[-1] / sum(saved), 1) == 0.9


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


def the_step_to_16_layers_helps_most(published: Published) -> bool:
    errors = []
    for network in ("vgg11", "vgg13", "vgg16", "vgg19"):
        figures = published(network, "top-5 error", edition="paper")
        errors += [each.value for each in figures if each.variant == "smaller side 256"]
    first, second, third = (before - after for before, after in pairwise(errors))
    return second > first > third


def linear_share(network: str, quantity: str) -> int:
    """How many of 100 parameters or MACs are in a network's linear layers."""
    whole = trace(build(network, device="meta"))
    linear = sum(getattr(row, quantity) for row in whole.select("linear"))
    return round(100 * linear / getattr(whole, quantity))


def the_head_holds_89_of_100_parameters(_: object) -> bool:
    return linear_share("vgg16", "parameters") == 89


def the_head_does_fewer_than_one_of_100_macs(_: object) -> bool:
    whole = trace(build("vgg16", device="meta"))
    return sum(row.macs for row in whole.select("linear")) < whole.macs / 100


def four_stacks_beat_every_7x7_and_the_fifth_none(found: Study) -> bool:
    *four, fifth = sorted(found.last("three 3×3", TEST))
    large = found.last("7×7", TEST)
    return max(four) < min(large) and fifth > max(large)


CLAIMS: list[Concluded] = [
    (
        "kernels",
        "The rest is the same: channels, learning rate, and 20 **epochs**",
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
        "The stack has 35 percent fewer parameters,",
        the_stacks_have_18_and_35_percent_fewer_parameters,
    ),
    (
        "kernels",
        "(the pairs 18 percent, the stacks of three 35).",
        the_stacks_have_18_and_35_percent_fewer_parameters,
    ),
    (
        "kernels",
        "four of its five seeds beat every 7×7. But the fifth is worse than all of them.",
        four_stacks_beat_every_7x7_and_the_fifth_none,
    ),
    (
        "kernels",
        "five seeds can show a difference of about four points, but hardly one of a single point or two.",
        five_seeds_show_four_points_and_hardly_one_or_two,
    ),
    (
        "kernels",
        "on new patches such ReLUs make no great difference here, and may help or harm a little.",
        without_inner_relus_it_is_not_four_points_worse,
    ),
    (
        "kernels",
        "with it, all five training *losses* are below all five without it, and by chance the errors would "
        "lie as far apart in only 4 of 252 ways. (For the stack of three it's 78.)",
        the_inner_relu_lets_the_pair_fit_better,
    ),
    ("kernels", "With 5×5 kernels the dots overlap, too.", all_networks_of_5x5_overlap),
    (
        "kernels",
        "In our race, five seeds can't tell them apart.",
        the_stacks_have_the_lower_mean_and_overlap,
    ),
    (
        "kernels",
        "without inner ReLUs, both stacks make more errors than the wide large kernel on the training "
        "patches, and fewer on new ones.",
        without_inner_relus_stacks_fit_worse_and_generalise_better,
    ),
    (
        "kernels",
        "With inner ReLUs, both fit the training patches better; on new ones, the stack of three gains "
        "half a point, and the pair loses 1.2. On new patches they overlap.",
        inner_relus_fit_better_and_gain_nothing_clear,
    ),
    (
        "kernels",
        "(Without the ReLUs inside, the stack of three comes to 25.7 and the pair to 22.2.)",
        at_their_own_rates_those_without_inner_relus_have_25_7_and_22_2,
    ),
    (
        "kernels",
        "with about as many parameters as the stacks (3 and 7 percent more).",
        the_narrow_ones_have_3_and_7_percent_more,
    ),
    (
        "kernels",
        "on average the best of the three in the record (0.03, 0.1 and 0.2), judged by one run",
        the_rate_0_1_was_the_best_of_three_on_average,
    ),
    (
        "kernels",
        "the 7×7 and the stack of three both come to 26.1 percent, the 5×5 to 24.4 and the pair to 24.8.",
        at_its_own_rate_no_side_was_ahead,
    ),
    (
        "kernels",
        "Even the narrow networks overlap with their stacks.",
        the_narrow_ones_overlap_with_the_stacks,
    ),
    (
        "kernels",
        "Four of five stacks of three beat every 7×7, wide or narrow, and the fifth is worse than all but "
        "one;",
        four_of_five_stacks_of_three_beat_every_7x7,
    ),
    ("kernels", "a mean error of 19.7 percent, and the three 3×3 have 18.2.", the_means_are_19_7_and_18_2),
    (
        "kernels",
        "In the test *loss*, which the record has, too, the 7×7 and the stack of three are nearly level: "
        "0.68 and 0.67 on average.",
        the_losses_are_0_68_and_0_67,
    ),
    (
        "kernels",
        "chance alone moves an error of 18 percent by about 1.2 points up or down",
        a_thousand_patches_are_good_for_1_2_points,
    ),
    (
        "kernels_without_norm",
        "All make more errors than with batch norm.",
        without_norm_each_makes_more_errors,
    ),
    (
        "kernels_without_norm",
        "Here the large kernels have the lower means: the 5×5 by half a point, the 7×7 by four. But the "
        "ranges overlap again",
        without_norm_the_large_kernels_have_the_lower_means_and_overlap,
    ),
    (
        "kernels_without_norm",
        "in the test *loss* the two are nearly level, 0.95 and 0.93; without one bad seed, the 7×7 would "
        "be ahead.",
        without_norm_the_losses_are_0_93_and_0_95,
    ),
    (
        "kernels_without_norm",
        "The stacks of three, which are the deepest, fit worst on average, and their five seeds lie far "
        "apart.",
        without_norm_the_deepest_stack_fits_worst,
    ),
    (
        "kernels_without_norm",
        "the pair comes to 32.3 percent, the 5×5 to 33.6, and the 7×7 and the stack of three both to 33.8.",
        without_norm_at_its_own_rate_no_side_was_ahead,
    ),
    (
        "kernels_without_norm",
        "The rate of 0.006 was on average the best of three (0.003, 0.006 and 0.012), judged by",
        without_norm_the_rate_0_006_was_the_best_of_three_on_average,
    ),
    ("kernels_without_norm", "all at the learning rate of 0.006.", without_norm_the_rate_was_0_006),
    (
        "published",
        "they have 30 percent fewer weights, and do as many MACs.",
        stacks_of_vgg16_have_30_percent_fewer_weights,
    ),
    (
        "published",
        "Nine tenths of that are saved in stage 5, where the channels don't double.",
        nine_tenths_are_saved_in_stage_5,
    ),
    (
        "published",
        "B's pairs save 13 percent of the weights. The last stage alone saves more than that",
        pairs_save_13_percent_all_in_the_last_stage,
    ),
    (
        "published",
        "On ImageNet the pairs of 3×3 did, in one comparison, but they also had more layers.",
        it_was_7_percent_higher,
    ),
    ("published", 'its top-1 error was "7% higher" than B\'s.', it_was_7_percent_higher),
    ("published", "That network has 8 layers, not 13", eight_layers_for_thirteen),
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
    ("published", "and the step to 16 helped most.", the_step_to_16_layers_helps_most),
    (
        "published",
        "On ImageNet the error fell from 11 layers to 16,",
        the_error_falls_to_16_layers_and_no_further,
    ),
    (
        "published",
        "On ImageNet the error fell from 11 layers to 16, but three more brought no clear gain.",
        e_is_0_3_worse_to_0_1_better,
    ),
    ("counted", "The head holds 89 of 100 parameters,", the_head_holds_89_of_100_parameters),
    ("counted", "and does less than 1 percent of the MACs.", the_head_does_fewer_than_one_of_100_macs),
]
