"""What lesson 4 concludes from its studies."""

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


def reduced_has_a_quarter_of_the_parameters(found: Study) -> bool:
    return 0.22 < parameters(True) / parameters(False) < 0.28


def beside_the_projection_every_reduced_seed_is_above(found: Study) -> bool:
    return apart(found, "direct, projected pool", "reduced, projected pool", TRAINING)


def the_projection_raises_the_training_error(found: Study) -> bool:
    return all(apart(found, whole, projected, TRAINING) for whole, projected in PAIRS)


def the_projection_costs_three_points(found: Study) -> bool:
    costs = [average(found, high, TRAINING) - average(found, low, TRAINING) for low, high in PAIRS]
    return all(2.5 < cost < 4 for cost in costs) and round(sum(costs) / 2) == 3


def all_four_overlap_on_new_patches(found: Study) -> bool:
    return all(level(found, one, other, TEST) for one in FOUR for other in FOUR)


def with_the_projection_new_patches_are_a_point_worse(found: Study) -> bool:
    costs = [average(found, high, TEST) - average(found, low, TEST) for low, high in PAIRS]
    return all(0.9 < cost < 1.7 for cost in costs)


def narrowing_raises_the_mean_of_direct_alone(found: Study) -> bool:
    means = [
        [round(average(found, name, TRAINING), 1) for name in (whole, f"{whole}, output matched")]
        for whole, _ in PAIRS
    ]
    return means == [[6.9, 8.0], [7.7, 7.7]]


def the_projected_network_is_higher_than_the_narrowed_one(found: Study) -> bool:
    narrowed_below = all(
        apart(found, f"{whole}, output matched", projected, TRAINING) for whole, projected in PAIRS
    )
    means = [round(average(found, projected, TRAINING), 1) for _, projected in PAIRS]
    return narrowed_below and means == [9.6, 11.3]


def for_direct_by_a_hair(found: Study) -> bool:
    highest = max(found.last("direct, whole pool, output matched", TRAINING))
    lowest = min(found.last("direct, projected pool", TRAINING))
    return (round(highest, 2), round(lowest, 2)) == (8.70, 8.77)


def with_the_further_layer_one_seed_of_direct_is_lower(found: Study) -> bool:
    name = "direct, projected pool"
    lowest, *_ = sorted(found.last(f"{name}, output matched", TRAINING))
    means = abs(average(found, name, TRAINING) - average(found, f"{name}, output matched", TRAINING))
    return round(lowest, 2) == 7.80 and means < 0.6 and lowest < min(found.last(name, TRAINING))


def with_it_two_seeds_of_reduced_are_better_and_one_failed(found: Study) -> bool:
    name = "reduced, projected pool"
    *learned, failed = sorted(found.last(f"{name}, output matched", TRAINING))
    better = [error for error in learned if error < min(found.last(name, TRAINING))]
    return failed > 50 and max(learned) < 15 and len(learned) == 4 and len(better) == 2


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


CLAIMS: list[Concluded] = [
    ("reductions", "In training, the projection costs about three points", the_projection_costs_three_points),
    (
        "reductions",
        "compare direct with direct and reduced with reduced, and no seeds overlap.",
        the_projection_raises_the_training_error,
    ),
    (
        "reductions",
        "With the whole pool the reductions make no difference that five seeds could show",
        with_the_whole_pool_direct_and_reduced_are_level,
    ),
    ("reductions", "for a quarter of the parameters.", reduced_has_a_quarter_of_the_parameters),
    (
        "reductions",
        "every reduced seed ends above every direct one.",
        beside_the_projection_every_reduced_seed_is_above,
    ),
    ("reductions", "On *new* patches the seeds of all four overlap", all_four_overlap_on_new_patches),
    (
        "reductions",
        "(with the projection, the mean is a point worse)",
        with_the_projection_new_patches_are_a_point_worse,
    ),
    (
        "reductions",
        "narrowing raises the mean training error from 6.9 to 8.0; with reductions it stays at 7.7.",
        narrowing_raises_the_mean_of_direct_alone,
    ),
    (
        "reductions",
        "In both cases the projected network is higher, at 9.6 and at 11.3",
        the_projected_network_is_higher_than_the_narrowed_one,
    ),
    ("reductions", "For direct that is a matter of a hair, 8.70 against 8.77.", for_direct_by_a_hair),
    (
        "reductions",
        "*direct* stays level in the mean, but one seed gets down to 7.80.",
        with_the_further_layer_one_seed_of_direct_is_lower,
    ),
    (
        "reductions",
        "four seeds learned, two of them better than every seed without the layer",
        with_it_two_seeds_of_reduced_are_better_and_one_failed,
    ),
    (
        "reductions",
        "at the rate that was chosen, by little, over a lower one.",
        its_rate_was_chosen_by_little_over_a_lower_one,
    ),
    (
        "reductions",
        "the projection cost training error, the reductions only beside it",
        the_projection_costs_and_the_reductions_only_beside_it,
    ),
    ("heads", "No difference that five seeds could show.", heads_make_no_difference),
    (
        "heads",
        "The means are lower with heads, by 1.5 points in training and 2.0 on new patches",
        with_heads_the_mean_is_lower,
    ),
    ("heads", "and heads made no difference that five seeds could show.", heads_make_no_difference),
    (
        "heads",
        "In training, every seed with it ends more than ten points below every seed without.",
        batch_norm_matters_far_more,
    ),
    (
        "heads",
        "And with it, too, the heads make no difference that five seeds could show",
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
        "the network with heads learned best at the lowest learning rate that was tried",
        heads_learned_best_at_the_lowest_rate,
    ),
]
