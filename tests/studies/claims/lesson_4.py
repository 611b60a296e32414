"""What lesson 4 concludes from its studies."""

from collections.abc import Callable

from helpers.lessons.study import Study, study
from helpers.models.googlenet import Inception
from studies import heads_with_norm, sizes
from studies.parts import parameters
from studies.reductions import BLOCKS, network
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level

WITHOUT = ("only 1×1", "only 3×3", "three sizes")
PAIRS = tuple((name, f"{name} and a pool") for name in WITHOUT)
BOTH = "reduced, projected pool"
FOUR = ("direct, whole pool", "direct, projected pool", "reduced, whole pool", BOTH)


def others(found: Study, name: str) -> list[str]:
    return [each for each in found.networks if each != name]


def the_pool_lowers_the_training_error(found: Study) -> bool:
    return all(apart(found, pool, without, TRAINING) for without, pool in PAIRS)


def only_5x5_learns_worst(found: Study) -> bool:
    return all(apart(found, other, "only 5×5", TRAINING) for other in others(found, "only 5×5"))


def on_new_patches_the_means_fall_and_each_pair_overlaps(found: Study) -> bool:
    falls = all(average(found, pool, TEST) + 1 < average(found, without, TEST) for without, pool in PAIRS)
    return falls and all(level(found, *pair, TEST) for pair in PAIRS)


def beside_a_pool_all_are_level(found: Study) -> bool:
    pools = [pool for _, pool in PAIRS]
    return all(
        level(found, one, other, measure) for measure in (TRAINING, TEST) for one in pools for other in pools
    )


def the_pool_lowers_and_beside_it_all_are_level(found: Study) -> bool:
    return the_pool_lowers_the_training_error(found) and beside_a_pool_all_are_level(found)


def the_pool_counted_more_than_the_size(found: Study) -> bool:
    """Also: *only 5×5* is behind all others in training; no other size stands apart beside a pool."""
    return only_5x5_learns_worst(found) and the_pool_lowers_and_beside_it_all_are_level(found)


def all_seven_cost_the_same(found: Study) -> bool:
    """Their weights are within 2 percent; the MACs of a convolution are its weights times its places."""
    weights = [parameters(make) for make in sizes.STUDY.networks.values()]
    return set(found.networks) == set(sizes.STUDY.networks) and max(weights) < 1.02 * min(weights)


def one_rate_of_0_1_and_five_seeds(found: Study) -> bool:
    return set(found.rates.values()) == {0.1} and len(found.seeds) == 5


def what_each_kernel_reads(_: Study) -> bool:
    first = BLOCKS[0]
    read = [sizes.one_size(kernel, sizes.WIDTH, *first)[0].out_channels for kernel in (5, 3, 1)]
    return read == [6, 16, 90]


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
    ("sizes", "the weights and MACs (within 2 percent)", all_seven_cost_the_same),
    (
        "sizes",
        "in the first block *only 5×5* reads 6, *only 3×3* reads 16, and *only 1×1* reads 90.",
        what_each_kernel_reads,
    ),
    ("sizes", "one learning rate (0.1) and five seeds.", one_rate_of_0_1_and_five_seeds),
    ("sizes", "every seed with it ends below every seed without.", the_pool_lowers_the_training_error),
    ("sizes", "*Only 5×5* ends highest, with every seed.", only_5x5_learns_worst),
    (
        "sizes",
        "the pool lowers each mean by more than a point, but in every pair the seeds overlap",
        on_new_patches_the_means_fall_and_each_pair_overlaps,
    ),
    (
        "sizes",
        "a 1×1, a 3×3 and three sizes came out level. So here the pool counted more than the size.",
        the_pool_counted_more_than_the_size,
    ),
    (
        "sizes",
        "the pool lowered the training error; beside it, a 1×1, a 3×3 and three sizes came out level.",
        the_pool_lowers_and_beside_it_all_are_level,
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
        "VGG-19 is ahead: 7.4 percent top-5 error (measured after the challenge) against 7.89.",
        on_many_crops_one_vgg_19_is_ahead,
    ),
    ("counted", "the average alone 74 percent", the_average_alone_saves_74_percent),
]
