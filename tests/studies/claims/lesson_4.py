"""What lesson 4 concludes from its studies."""

from helpers.lessons.study import Study
from helpers.models.googlenet import Inception
from studies import heads
from studies.reductions import BLOCKS, network
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level

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


def with_the_projection_reducing_costs_a_little(found: Study) -> bool:
    names = "direct, projected pool", "reduced, projected pool"
    return apart(found, *names, TRAINING) and not apart(found, *names, TRAINING, by=2)


def the_projection_raises_the_training_error(found: Study) -> bool:
    return all(apart(found, whole, projected, TRAINING) for whole, projected in PAIRS)


def the_projection_costs_three_points(found: Study) -> bool:
    costs = [average(found, high, TRAINING) - average(found, low, TRAINING) for low, high in PAIRS]
    return all(2.5 < cost < 4 for cost in costs) and round(sum(costs) / 2) == 3


def all_four_are_level_on_new_patches(found: Study) -> bool:
    return all(level(found, one, other, TEST) for one in FOUR for other in FOUR)


def narrowed_by_a_1x1_over_all_it_is_level_with_the_wide_one(found: Study) -> bool:
    names = ("direct, whole pool", "reduced, whole pool")
    return all(level(found, name, f"{name}, output matched", TRAINING) for name in names)


def narrowed_so_it_ends_below_the_projection(found: Study) -> bool:
    return all(apart(found, f"{whole}, output matched", projected, TRAINING) for whole, projected in PAIRS)


def the_further_layer_alone_does_not_help(found: Study) -> bool:
    name = "direct, projected pool"
    return level(found, name, f"{name}, output matched", TRAINING)


def one_seed_of_the_last_network_did_not_learn(found: Study) -> bool:
    *others, worst = sorted(found.last("reduced, projected pool, output matched", TRAINING))
    return worst > 50 and max(others) < 15


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


def heads_double_what_is_trained(found: Study) -> bool:
    without, with_them = (
        sum(weight.numel() for weight in heads.STUDY.networks[f"{name} heads, batch norm"]().parameters())
        for name in ("no", "two")
    )
    return set(heads.STUDY.networks) == set(found.networks) and with_them > 2 * without


def heads_learned_best_at_the_lowest_rate(found: Study) -> bool:
    return found.rates["two heads"] == min(heads.STUDY.rates)


def reductions_cost_nothing_and_the_projection_does(found: Study) -> bool:
    return with_the_whole_pool_direct_and_reduced_are_level(
        found
    ) and the_projection_raises_the_training_error(found)


CLAIMS: list[Concluded] = [
    (
        "reductions",
        "With the whole pool, direct and reduced are level",
        with_the_whole_pool_direct_and_reduced_are_level,
    ),
    (
        "reductions",
        "though reduced has a quarter of the parameters.",
        reduced_has_a_quarter_of_the_parameters,
    ),
    (
        "reductions",
        "(With the projection, reducing costs a little.)",
        with_the_projection_reducing_costs_a_little,
    ),
    (
        "reductions",
        "The projection raises the training error in every seed",
        the_projection_raises_the_training_error,
    ),
    ("reductions", "by about three points.", the_projection_costs_three_points),
    ("reductions", "On *new* patches all four are level.", all_four_are_level_on_new_patches),
    (
        "reductions",
        "With the whole pool, the narrowed networks are level with the wide ones, direct or reduced",
        narrowed_by_a_1x1_over_all_it_is_level_with_the_wide_one,
    ),
    (
        "reductions",
        "in training every seed of theirs ends below every seed with the projection.",
        narrowed_so_it_ends_below_the_projection,
    ),
    (
        "reductions",
        "*direct, projected pool* is level with and without it.",
        the_further_layer_alone_does_not_help,
    ),
    (
        "reductions",
        "of the last network one seed in five did not learn",
        one_seed_of_the_last_network_did_not_learn,
    ),
    (
        "reductions",
        "the projection cost training error, the reductions alone cost none that we saw",
        reductions_cost_nothing_and_the_projection_does,
    ),
    (
        "heads",
        "No difference: with and without heads the seeds overlap, in training and on new patches.",
        heads_make_no_difference,
    ),
    ("heads", "and heads made no difference.", heads_make_no_difference),
    (
        "heads",
        "In training, every seed with it ends more than ten points below every seed without.",
        batch_norm_matters_far_more,
    ),
    (
        "heads",
        "And with it, too, the heads make no difference",
        with_batch_norm_heads_make_no_difference,
    ),
    ("heads", "they more than double the parameters that are trained.", heads_double_what_is_trained),
    (
        "heads",
        "the network with heads learned best at the lowest learning rate that was tried",
        heads_learned_best_at_the_lowest_rate,
    ),
]
