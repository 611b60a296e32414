"""What lesson 4 concludes from its studies."""

from collections.abc import Callable

from helpers.lessons.study import Study
from helpers.models.googlenet import Inception
from studies import heads
from studies.reductions import BLOCKS, network
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level, tried

FOUR = ("direct, whole pool", "direct, projected pool", "reduced, whole pool", "reduced, projected pool")
PAIRS = (("direct, whole pool", "direct, projected pool"), ("reduced, whole pool", "reduced, projected pool"))


def parameters(reduced: bool) -> int:
    """Of the two blocks with the whole pool."""
    blocks = [each for each in network(reduced, False).modules() if isinstance(each, Inception)]
    assert len(blocks) == len(BLOCKS)
    return sum(weight.numel() for block in blocks for weight in block.parameters())


def with_the_whole_pool_direct_and_reduced_are_level(found: Study) -> bool:
    names = "direct, whole pool", "reduced, whole pool"
    return all(level(found, *names, measure) for measure in (TRAINING, TEST))


def reduced_has_little_more_than_a_quarter_of_the_parameters(found: Study) -> bool:
    return 0.25 < parameters(True) / parameters(False) < 0.28


def beside_the_projection_every_reduced_seed_is_above(found: Study) -> bool:
    return apart(found, "direct, projected pool", "reduced, projected pool", TRAINING)


def the_projection_raises_the_training_error(found: Study) -> bool:
    return all(apart(found, whole, projected, TRAINING) for whole, projected in PAIRS)


def the_projection_costs_three_points(found: Study) -> bool:
    costs = [average(found, high, TRAINING) - average(found, low, TRAINING) for low, high in PAIRS]
    return all(2.5 < cost < 4 for cost in costs) and round(sum(costs) / 2) == 3


def all_four_overlap_on_new_patches(found: Study) -> bool:
    return all(level(found, one, other, TEST) for one in FOUR for other in FOUR)


def rates(found: Study, *names: str) -> list[float]:
    return [found.rates[name] for name in names]


def whole_pools_ran_at_another_rate_than_projected_ones(found: Study) -> bool:
    return all(rates(found, *pair) == [0.1, 0.05] for pair in PAIRS)


def trials(rate: str) -> list[float]:
    return [tried("reductions")[name][rate] for name in FOUR]


def at_0_05_the_projection_cost_nothing(_: Study) -> bool:
    return trials("0.05") == [24.4, 23.7, 26.5, 26.6]


def at_0_1_the_projection_cost(_: Study) -> bool:
    return trials("0.1") == [22.7, 24.3, 24.2, 28.4]


def means(found: Study, *names: str) -> list[float]:
    return [round(average(found, name, TRAINING), 1) for name in names]


def at_one_rate_narrowing_reduced_costs_nothing(found: Study) -> bool:
    names = "reduced, whole pool", "reduced, whole pool, output matched"
    return rates(found, *names) == [0.1, 0.1] and means(found, *names) == [7.7, 7.7]


def at_one_rate_projecting_direct_costs_more_than_narrowing(found: Study) -> bool:
    names = "direct, whole pool, output matched", "direct, projected pool"
    return (
        rates(found, *names) == [0.05, 0.05]
        and means(found, *names) == [8.0, 9.6]
        and apart(found, *names, TRAINING)
    )


def narrowing_direct_raises_the_mean_at_another_rate(found: Study) -> bool:
    names = "direct, whole pool", "direct, whole pool, output matched"
    return rates(found, *names) == [0.1, 0.05] and means(found, *names) == [6.9, 8.0]


def projecting_reduced_raises_the_mean_at_another_rate(found: Study) -> bool:
    names = "reduced, projected pool", "reduced, whole pool, output matched"
    return rates(found, *names) == [0.05, 0.1] and means(found, *names) == [11.3, 7.7]


def for_direct_by_a_hair(found: Study) -> bool:
    highest = max(found.last("direct, whole pool, output matched", TRAINING))
    lowest = min(found.last("direct, projected pool", TRAINING))
    return (round(highest, 2), round(lowest, 2)) == (8.70, 8.77)


def with_the_further_layer_one_seed_of_direct_is_lower(found: Study) -> bool:
    name = "direct, projected pool"
    lowest, *_ = sorted(found.last(f"{name}, output matched", TRAINING))
    apart_by = abs(average(found, name, TRAINING) - average(found, f"{name}, output matched", TRAINING))
    return (
        rates(found, name, f"{name}, output matched") == [0.05, 0.05]
        and round(lowest, 2) == 7.80
        and apart_by < 0.6
        and lowest < min(found.last(name, TRAINING))
    )


def with_it_two_seeds_of_reduced_are_better_and_one_failed(found: Study) -> bool:
    name = "reduced, projected pool"
    *learned, failed = sorted(found.last(f"{name}, output matched", TRAINING))
    better = [error for error in learned if error < min(found.last(name, TRAINING))]
    return (
        rates(found, name, f"{name}, output matched") == [0.05, 0.1]
        and failed > 50
        and max(learned) < 15
        and len(learned) == 4
        and len(better) == 2
    )


def its_rate_was_chosen_by_little_over_a_lower_one(found: Study) -> bool:
    name = "reduced, projected pool, output matched"
    first, second = sorted(tried("reductions")[name].items(), key=lambda item: item[1])[:2]
    return float(first[0]) == found.rates[name] > float(second[0]) and second[1] - first[1] < 0.5


def heads_make_no_difference(found: Study) -> bool:
    return all(level(found, "no heads", "two heads", measure) for measure in (TRAINING, TEST))


def batch_norm_matters_far_more(found: Study) -> bool:
    return all(
        apart(found, f"{one}, batch norm", other, TRAINING, by=10)
        for one in ("no heads", "two heads")
        for other in ("no heads", "two heads")
    )


def with_batch_norm_heads_make_no_difference(found: Study) -> bool:
    names = "no heads, batch norm", "two heads, batch norm"
    return all(level(found, *names, measure) for measure in (TRAINING, TEST))


def with_heads_the_mean_is_lower(found: Study) -> bool:
    gains = [
        round(average(found, "no heads", each) - average(found, "two heads", each), 1)
        for each in (TRAINING, TEST)
    ]
    return gains == [1.5, 2.0]


def three_of_four_means_are_lower_with_heads(found: Study) -> bool:
    gains = [
        average(found, f"no heads{norm}", each) - average(found, f"two heads{norm}", each)
        for norm in ("", ", batch norm")
        for each in (TRAINING, TEST)
    ]
    return sum(0.9 < gain < 2.1 for gain in gains) == 3 and 0 < min(gains) < 0.5


def heads_double_what_is_trained(found: Study) -> bool:
    without, with_them = (
        sum(weight.numel() for weight in heads.STUDY.networks[f"{name} heads, batch norm"]().parameters())
        for name in ("no", "two")
    )
    return set(heads.STUDY.networks) == set(found.networks) and with_them > 2 * without


def heads_learned_best_at_the_lowest_rate(found: Study) -> bool:
    return found.rates["two heads"] == min(heads.STUDY.rates)


def the_projection_costs_and_the_reductions_only_beside_it(found: Study) -> bool:
    return (
        the_projection_raises_the_training_error(found)
        and with_the_whole_pool_direct_and_reduced_are_level(found)
        and beside_the_projection_every_reduced_seed_is_above(found)
    )


def the_heads_rates_differ(found: Study) -> bool:
    return rates(found, "no heads", "two heads") == [0.05, 0.02]


def without_heads_the_rate_was_chosen_by_a_hair(_: Study) -> bool:
    without = tried("heads")["no heads"]
    return (without["0.05"], without["0.02"]) == (37.9, 38.0)


def on_many_crops_one_vgg_19_is_ahead(published: Callable) -> bool:
    """GoogLeNet on 144 crops, VGG-19 on 150."""
    found = {
        (name, each.crops): each.value
        for name in ("vgg19", "googlenet")
        for each in published(name, "top-5 error", edition="paper")
        if (each.models, each.data) == (1, "validation")
    }
    return (found["vgg19", "multi-crop"], found["googlenet", "144"]) == (7.4, 7.89)


def the_average_alone_saves_74_percent(counted: Callable) -> bool:
    """VGG-19 with its three linear layers, the first of which reads 512 averages, not 512 maps of 7×7."""
    by_average = (7 * 7 - 1) * 512 * 4096
    whole = counted("vgg19", "paper").parameters - counted("googlenet", "paper").parameters
    return round(100 * by_average / whole) == 74


CLAIMS: list[Concluded] = [
    (
        "reductions",
        "In training, the projected networks end about three points higher",
        the_projection_costs_three_points,
    ),
    (
        "reductions",
        "direct against direct, reduced against reduced, no seeds overlap.",
        the_projection_raises_the_training_error,
    ),
    (
        "reductions",
        "With the whole pool, the seeds of both overlap",
        with_the_whole_pool_direct_and_reduced_are_level,
    ),
    (
        "reductions",
        "*reduced* has little more than a quarter of the parameters.",
        reduced_has_little_more_than_a_quarter_of_the_parameters,
    ),
    (
        "reductions",
        "every *reduced* seed ends above every *direct* one.",
        beside_the_projection_every_reduced_seed_is_above,
    ),
    ("reductions", "On *new* patches the seeds of all four overlap", all_four_overlap_on_new_patches),
    (
        "reductions",
        "Whole pools ran at a learning rate of 0.1, projected ones at 0.05",
        whole_pools_ran_at_another_rate_than_projected_ones,
    ),
    (
        "reductions",
        "(In single trial runs at 0.05, the projection cost next to nothing on other images.)",
        at_0_05_the_projection_cost_nothing,
    ),
    (
        "reductions",
        "At 0.05 it was 24.4 percent for *direct, whole* and 23.7 for *direct, projected*, 26.5 and 26.6",
        at_0_05_the_projection_cost_nothing,
    ),
    (
        "reductions",
        "At 0.1 it was 22.7 and 24.3, 24.2 and 28.4: a cost.",
        at_0_1_the_projection_cost,
    ),
    (
        "reductions",
        "With reductions and the whole pool (0.1), narrowing costs nothing: the mean training error is 7.7",
        at_one_rate_narrowing_reduced_costs_nothing,
    ),
    (
        "reductions",
        "(0.05), the projected network is higher than the narrowed one, 9.6 against 8.0",
        at_one_rate_projecting_direct_costs_more_than_narrowing,
    ),
    ("reductions", "if only by a hair: 8.70 against 8.77.", for_direct_by_a_hair),
    (
        "reductions",
        "the mean rises from 6.9 to 8.0 with the narrowing, and the rate falls from 0.1 to 0.05.",
        narrowing_direct_raises_the_mean_at_another_rate,
    ),
    (
        "reductions",
        "the mean is 11.3 at 0.05, against 7.7 for the narrowed network at 0.1.",
        projecting_reduced_raises_the_mean_at_another_rate,
    ),
    (
        "reductions",
        "*Direct* (0.05 both ways) stays level in the mean, but one seed gets down to 7.80.",
        with_the_further_layer_one_seed_of_direct_is_lower,
    ),
    (
        "reductions",
        "at 0.1, four seeds learned, two of them better than every seed without the layer at 0.05.",
        with_it_two_seeds_of_reduced_are_better_and_one_failed,
    ),
    (
        "reductions",
        "at a rate that had only narrowly been preferred to a lower one.",
        its_rate_was_chosen_by_little_over_a_lower_one,
    ),
    (
        "reductions",
        "had more training error, perhaps partly from their rate; reductions raised it only there",
        the_projection_costs_and_the_reductions_only_beside_it,
    ),
    ("heads", "No difference that stands out from the spread of five seeds.", heads_make_no_difference),
    (
        "heads",
        "The means are lower with heads, by 1.5 points in training and 2.0 on new patches",
        with_heads_the_mean_is_lower,
    ),
    ("heads", "heads made no clear difference.", heads_make_no_difference),
    (
        "heads",
        "In training, every seed with it ends more than ten points below every seed without.",
        batch_norm_matters_far_more,
    ),
    (
        "heads",
        "And with it, too, the heads make no difference that stands out from the spread of five seeds",
        with_batch_norm_heads_make_no_difference,
    ),
    (
        "heads",
        "(Three of the four means are 1 to 2 points lower with heads, one is level; none is higher.)",
        three_of_four_means_are_lower_with_heads,
    ),
    ("heads", "they more than double the parameters that are trained.", heads_double_what_is_trained),
    (
        "heads",
        "The one with heads learned best at the lowest learning rate that was tried, 0.02",
        heads_learned_best_at_the_lowest_rate,
    ),
    ("heads", "The learning rates differ: 0.05 without heads, 0.02 with them.", the_heads_rates_differ),
    (
        "heads",
        "which was preferred to 0.02 by a hair: 37.9 percent wrong against 38.0",
        without_heads_the_rate_was_chosen_by_a_hair,
    ),
    (
        "published",
        "VGG-19 is ahead: 7.4 percent top-5 error against 7.89.",
        on_many_crops_one_vgg_19_is_ahead,
    ),
    ("counted", "the average alone 74 percent", the_average_alone_saves_74_percent),
]
