"""What lesson 4 concludes from its studies."""

from collections.abc import Callable

from helpers.lessons.study import Study, study
from helpers.models.googlenet import Inception
from studies import heads_with_norm, sizes
from studies.parts import parameters
from studies.reductions import BLOCKS, network
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level

POOL = "three sizes and a pool"
SINGLE = ("only 1×1", "only 3×3", "only 5×5")
BOTH = "reduced, projected pool"
FOUR = ("direct, whole pool", "direct, projected pool", "reduced, whole pool", BOTH)


def others(found: Study, name: str) -> list[str]:
    return [each for each in found.networks if each != name]


def three_sizes_and_a_pool_learn_best(found: Study) -> bool:
    return all(apart(found, POOL, other, TRAINING) for other in others(found, POOL))


def only_5x5_learns_worst(found: Study) -> bool:
    return all(apart(found, other, "only 5×5", TRAINING) for other in others(found, "only 5×5"))


def lowest_and_highest_in_training(found: Study) -> bool:
    return three_sizes_and_a_pool_learn_best(found) and only_5x5_learns_worst(found)


def lowest_mean_on_new_patches_and_all_overlap(found: Study) -> bool:
    means = {name: average(found, name, TEST) for name in found.networks}
    overlap = all(level(found, one, other, TEST) for one in found.networks for other in found.networks)
    return min(means, key=lambda name: means[name]) == POOL and overlap


def a_point_below_only_1x1(found: Study) -> bool:
    """Which is the best of the other four there."""
    means = sorted(average(found, name, TEST) for name in others(found, POOL))
    gap = means[0] - average(found, POOL, TEST)
    return means[0] == average(found, "only 1×1", TEST) and round(gap) == 1


def better_than_any_single_size(found: Study) -> bool:
    return all(apart(found, POOL, single, TRAINING) for single in SINGLE)


def without_the_pool_just_ahead_of_only_1x1(found: Study) -> bool:
    three, single = (found.last(name, TRAINING) for name in ("three sizes", "only 1×1"))
    return max(three) == min(single) and 0 < average(found, "only 1×1", TRAINING) - average(
        found, "three sizes", TRAINING
    ) < average(found, "only 1×1", TRAINING) - average(found, POOL, TRAINING)


def all_five_cost_the_same(found: Study) -> bool:
    """Their weights are within 2 percent; the MACs of a convolution are its weights times its places."""
    weights = [parameters(make) for make in sizes.STUDY.networks.values()]
    return set(found.networks) == set(sizes.STUDY.networks) and max(weights) < 1.02 * min(weights)


def one_rate_of_0_1_and_five_seeds(found: Study) -> bool:
    return set(found.rates.values()) == {0.1} and len(found.seeds) == 5


def narrow_before_a_larger_kernel(_: Study) -> bool:
    first = BLOCKS[0]
    return [sizes.one_size(kernel, sizes.WIDTH, *first)[0].out_channels for kernel in (3, 5)] == [16, 6]


def reduced_has_little_more_than_a_quarter_of_the_parameters(_: Study) -> bool:
    def blocks(reduced: bool) -> int:
        found = [each for each in network(reduced, False).modules() if isinstance(each, Inception)]
        assert len(found) == len(BLOCKS)
        return sum(weight.numel() for block in found for weight in block.parameters())

    return 0.25 < blocks(True) / blocks(False) < 0.28


def neither_alone(found: Study) -> bool:
    return all(level(found, FOUR[0], other, TRAINING) for other in FOUR[1:3])


def both_together_by_a_hair(found: Study) -> bool:
    highest = max(max(found.last(name, TRAINING)) for name in FOUR[:3])
    return (round(min(found.last(BOTH, TRAINING)), 2), round(highest, 2)) == (10.50, 10.43)


def the_means_of_the_four(found: Study) -> bool:
    *rest, highest = (round(average(found, name, TRAINING), 1) for name in FOUR)
    return (highest, min(rest), max(rest)) == (11.3, 9.3, 9.9)


def all_four_overlap_on_new_patches(found: Study) -> bool:
    return all(level(found, one, other, TEST) for one in FOUR for other in FOUR)


def all_ran_at_0_05(found: Study) -> bool:
    return set(found.rates.values()) == {0.05}


def means(found: Study, name: str) -> list[float]:
    return [round(average(found, each, TRAINING), 1) for each in (name, f"{name}, output matched")]


def narrowing_the_whole_pool_raises_nothing(found: Study) -> bool:
    direct, narrow = means(found, "direct, whole pool")
    return means(found, "reduced, whole pool") == [9.9, 9.3] and narrow < direct


def one_more_layer_changes_nothing(found: Study) -> bool:
    return means(found, BOTH) == [11.3, 11.3]


def heads_raise_the_training_error(found: Study) -> bool:
    nearest = min(found.last("two heads", TRAINING)) - max(found.last("no heads", TRAINING))
    return 0 < nearest < 1


def on_new_patches_heads_are_level(found: Study) -> bool:
    names = "two heads", "no heads"
    found_means = [round(average(found, name, TEST), 1) for name in names]
    return found_means == [30.5, 31.1] and level(found, *names, TEST)


def both_ran_at_0_02(found: Study) -> bool:
    return set(found.rates.values()) == {0.02}


def with_batch_norm_heads_make_no_difference(found: Study) -> bool:
    names = "no heads, batch norm", "two heads, batch norm"
    return all(level(found, *names, measure) for measure in (TRAINING, TEST))


def batch_norm_matters_far_more(found: Study) -> bool:
    without = min(min(study("heads").last(name, TRAINING)) for name in ("no heads", "two heads"))
    return max(max(found.last(name, TRAINING)) for name in found.networks) + 8 < without


def the_pairs_rates_differ(found: Study) -> bool:
    return set(found.rates.values()) == {0.1} and both_ran_at_0_02(study("heads"))


def heads_double_what_is_trained(found: Study) -> bool:
    without, with_them = (
        parameters(heads_with_norm.STUDY.networks[f"{name} heads, batch norm"]) for name in ("no", "two")
    )
    return set(heads_with_norm.STUDY.networks) == set(found.networks) and with_them > 2 * without


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
    ("sizes", "MACs (within 2 percent)", all_five_cost_the_same),
    ("sizes", "in the first block 16 of 48 before an only 3×3, and 6 before", narrow_before_a_larger_kernel),
    ("sizes", "one learning rate (0.1) and five seeds.", one_rate_of_0_1_and_five_seeds),
    (
        "sizes",
        "*three sizes and a pool* end lowest, with every seed, and *only 5×5* highest, with every seed.",
        lowest_and_highest_in_training,
    ),
    (
        "sizes",
        "have the lowest mean, too, but the seeds overlap",
        lowest_mean_on_new_patches_and_all_overlap,
    ),
    ("sizes", "one point below *only 1×1* may be chance (exercise 4.4).", a_point_below_only_1x1),
    (
        "sizes",
        "learned the patches better than any single size of the same cost.",
        better_than_any_single_size,
    ),
    (
        "sizes",
        "the three sizes end only just ahead of *only 1×1* in training.",
        without_the_pool_just_ahead_of_only_1x1,
    ),
    (
        "sizes",
        "three sizes and a pool had a lower training error than any single size of the same cost.",
        better_than_any_single_size,
    ),
    ("reductions", "and at a learning rate of 0.05.", all_ran_at_0_05),
    ("reductions", "Neither alone raises it by more than the seeds differ", neither_alone),
    (
        "reductions",
        "*reduced* has little more than a quarter of the parameters.",
        reduced_has_little_more_than_a_quarter_of_the_parameters,
    ),
    ("reductions", "if only by a hair (10.50 against 10.43).", both_together_by_a_hair),
    ("reductions", "Its mean is 11.3 percent, and theirs are 9.3 to 9.9.", the_means_of_the_four),
    ("reductions", "On *new* patches the seeds of all four overlap", all_four_overlap_on_new_patches),
    (
        "reductions",
        "*reduced, whole pool* goes from a mean of 9.9 to 9.3.",
        narrowing_the_whole_pool_raises_nothing,
    ),
    ("reductions", "*reduced, projected pool* stays at 11.3.", one_more_layer_changes_nothing),
    ("heads", "both at a learning rate of 0.02.", both_ran_at_0_02),
    (
        "heads",
        "every seed with heads ends above every seed without, by less than a point at the nearest.",
        heads_raise_the_training_error,
    ),
    (
        "heads",
        "the means are 30.5 percent with heads and 31.1 without, and the seeds overlap.",
        on_new_patches_heads_are_level,
    ),
    (
        "heads_with_norm",
        "None that stands out from the spread of five seeds",
        with_batch_norm_heads_make_no_difference,
    ),
    (
        "heads_with_norm",
        "the heads more than double the parameters that are trained.",
        heads_double_what_is_trained,
    ),
    (
        "heads_with_norm",
        "every seed with it ends at least eight points below every seed without it.",
        batch_norm_matters_far_more,
    ),
    (
        "heads_with_norm",
        "(The pair with batch norm ran at a learning rate of 0.1, and the pair without it at 0.02.",
        the_pairs_rates_differ,
    ),
    (
        "published",
        "VGG-19 is ahead: 7.4 percent top-5 error against 7.89.",
        on_many_crops_one_vgg_19_is_ahead,
    ),
    ("counted", "the average alone 74 percent", the_average_alone_saves_74_percent),
]
