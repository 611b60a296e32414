"""What lesson 4 concludes from its studies."""

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from statistics import mean

from helpers import build, trace
from helpers.explorers.numbers.inception import PRESETS, inception
from helpers.lessons.study import Study, study
from helpers.models.googlenet import TABLE
from studies import heads_with_norm, sizes
from studies.parts import parameters
from studies.reductions import BLOCKS
from studies.study import load
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, tried

ONLY = ("only 1×1", "only 3×3", "only 5×5")
WITHOUT = (*ONLY, "three sizes")
POOLS = tuple(f"{name} and a pool" for name in WITHOUT)
PAIRS = tuple(zip(WITHOUT, POOLS, strict=True))
BOTH = "reduced, projected pool"
FOUR = ("direct, whole pool", "direct, projected pool", "reduced, whole pool", BOTH)
PARTNERS = tuple(f"{name}, output matched" for name in FOUR)
SHOWN = {*WITHOUT, *POOLS}


def chance(found: Study, higher: str, lower: str, measure: str) -> int:
    """In how many of the 252 choices five of ten errors sum up to at most what `lower` does, as in 4.4."""
    images = {TRAINING: 3000, TEST: 1000}[measure]
    one, other = (
        [round(images * each / 100) for each in found.last(name, measure)] for name in (higher, lower)
    )
    return sum(sum(five) <= sum(other) for five in combinations(one + other, 5))


def rounded(found: Study, names: tuple[str, ...], measure: str) -> list[float]:
    return [round(average(found, name, measure), 1) for name in names]


def the_pool_lowers_the_training_error(found: Study) -> bool:
    return all(apart(found, pool, without, TRAINING) for without, pool in PAIRS)


def without_a_pool_only_5x5_is_behind(found: Study) -> bool:
    others = (*SHOWN - {"only 5×5"},)
    return all(apart(found, other, "only 5×5", TRAINING) for other in others)


def beside_a_pool_the_5x5_catches_up(found: Study) -> bool:
    return rounded(found, (POOLS[2], POOLS[0]), TRAINING) == [3.0, 2.9]


def three_sizes_lead_without_a_pool(found: Study) -> bool:
    counts = [chance(found, name, "three sizes", TRAINING) for name in ONLY]
    none_above = all(
        max(found.last("three sizes", TRAINING)) <= min(found.last(name, TRAINING)) for name in ONLY
    )
    return rounded(found, WITHOUT, TRAINING) == [3.9, 3.9, 6.8, 3.3] and max(counts) == 2 and none_above


def only_3x3_leads_with_a_pool_and_three_come_second(found: Study) -> bool:
    means = dict(zip(POOLS, rounded(found, POOLS, TRAINING), strict=True))
    first, second, *_ = sorted(means, key=lambda name: means[name])
    by_chance = chance(found, second, first, TRAINING)
    order = (first, second) == ("only 3×3 and a pool", "three sizes and a pool")
    return order and (means[first], means[second], by_chance) == (2.2, 2.5, 22)


def beside_a_1x1_the_3x3_comes_near(found: Study) -> bool:
    return chance(found, "only 3×3 and a 1×1", "three sizes", TRAINING) == 28


def none_is_best_both_times(found: Study) -> bool:
    return three_sizes_lead_without_a_pool(found) and only_3x3_leads_with_a_pool_and_three_come_second(found)


def the_pool_lowers_every_mean_on_new_patches(found: Study) -> bool:
    falls = [round(average(found, one, TEST) - average(found, pool, TEST), 1) for one, pool in PAIRS]
    return (min(falls), max(falls)) == (0.9, 1.5)


def all_four_pairs_at_once(found: Study) -> bool:
    """The seeds of each pair shuffled within it, all combinations of such choices counted."""
    ways, real = Counter({0: 1}), 0
    for pair in PAIRS:
        one, pool = ([round(10 * error) for error in found.last(name, TEST)] for name in pair)
        real += sum(pool)
        choices = Counter(map(sum, combinations(one + pool, 5)))
        added: Counter[int] = Counter()
        for before, times in ways.items():
            for five, often in choices.items():
                added[before + five] += times * often
        ways = added
    as_low = sum(often for total, often in ways.items() if total <= real)
    return round(252 ** len(PAIRS) / as_low, -2) == 700


def only_5x5_is_last_on_new_patches(found: Study) -> bool:
    counts = []
    for rows in (WITHOUT, POOLS):
        means = [average(found, name, TEST) for name in rows]
        if max(means) != means[2]:
            return False
        counts += [chance(found, rows[2], rows[other], TEST) for other in (0, 1, 3)]
    return counts == [8, 23, 8, 1, 22, 4]


def no_order_of_the_others_holds_on_new_patches(found: Study) -> bool:
    counts = []
    for rows in (WITHOUT, POOLS):
        for pair in combinations((rows[0], rows[1], rows[3]), 2):
            lower, higher = sorted(pair, key=lambda name: average(found, name, TEST))
            counts.append(chance(found, higher, lower, TEST))
    return min(counts) == 47


def the_pool_is_below_its_1x1_alone(found: Study) -> bool:
    beside = [(f"{name} and a pool", f"{name} and a 1×1") for name in ONLY]
    return all(apart(found, *each, TRAINING) for each in (*beside, ("three sizes and a pool", "three sizes")))


def the_1x1_alone_helps_the_5x5(found: Study) -> bool:
    """By two points, half of what the pool gains; the other two by less than half a point."""
    lower = [average(found, name, TRAINING) - average(found, f"{name} and a 1×1", TRAINING) for name in ONLY]
    means = rounded(found, ("only 5×5", "only 5×5 and a 1×1"), TRAINING)
    by_chance = chance(found, "only 5×5", "only 5×5 and a 1×1", TRAINING)
    whole = average(found, "only 5×5", TRAINING) - average(found, "only 5×5 and a pool", TRAINING)
    if not 0.45 < lower[2] / whole < 0.55:
        return False
    return means == [6.8, 4.8] and by_chance == 2 and round(lower[2], 1) == 2 and max(lower[:2]) < 0.5


def on_new_patches_the_pool_is_below_its_1x1_alone(found: Study) -> bool:
    pairs = [(f"{name} and a 1×1", f"{name} and a pool") for name in ONLY]
    lower = [round(average(found, one, TEST) - average(found, pool, TEST), 1) for one, pool in pairs]
    return lower == [2.2, 1.1, 0.1] and [chance(found, *pair, TEST) for pair in pairs] == [1, 45, 114]


def all_eight_cost_the_same(found: Study) -> bool:
    """Their parameters and their MACs are within 5 percent."""
    makers = [make for name, make in sizes.STUDY.networks.items() if name in SHOWN]
    weights = [parameters(make) for make in makers]
    macs = [trace(make(), (1, 16, 16)).macs for make in makers]
    known = set(found.networks) >= SHOWN
    return known and all(max(each) < 1.05 * min(each) for each in (weights, macs))


def one_rate_of_0_1_and_five_seeds(found: Study) -> bool:
    return set(found.rates.values()) == {0.1} and len(found.seeds) == 5


def what_each_kernel_reads(_: Study) -> bool:
    first = BLOCKS[0]
    read = [sizes.one_size(kernel, sizes.WIDTH, *first)[0].out_channels for kernel in (1, 3, 5)]
    return read == [90, 16, 6]


def what_a_place_of_only_1x1_sees(_: Study) -> bool:
    """A 3×3, and twice a pool of 2×2 and a block of 1×1s; the maps are 4×4 in the second block."""
    field, jump = 3, 1
    for _pool in range(2):
        field, jump = field + jump, 2 * jump
    inside = sum(0 <= place + tap < 4 for place in range(4) for tap in (-2, -1, 0, 1, 2)) / 20
    return field == 6 and 16 // jump == 4 and 0.45 < inside**2 < 0.55


def among_the_partners_reduced_has_half_the_parameters(_: Study) -> bool:
    def parameters(kernels: str, pool: str) -> int:
        partner = load("reductions").networks[f"{kernels}, {pool} pool, output matched"]()
        return sum(weight.numel() for weight in partner.parameters())

    pools = ("whole", "projected")
    return all(0.48 < parameters("reduced", pool) / parameters("direct", pool) < 0.52 for pool in pools)


def all_ran_at_0_05(found: Study) -> bool:
    return set(found.rates.values()) == {0.05}


def partners(found: Study) -> list[float]:
    return rounded(found, PARTNERS, TRAINING)


def the_projection_costs_two_points(found: Study) -> bool:
    return partners(found) == [8.0, 10.1, 9.3, 11.3]


def the_reductions_cost_1_2_points(found: Study) -> bool:
    means = [average(found, name, TRAINING) for name in PARTNERS]
    costs = [round(means[2] - means[0], 1), round(means[3] - means[1], 1)]
    return the_projection_costs_two_points(found) and costs == [1.2, 1.2]


def how_often_chance_does_as_much_among_the_partners(found: Study) -> bool:
    direct, projected, reduced, both = PARTNERS
    pairs = (projected, direct), (both, reduced), (reduced, direct), (both, projected)
    return [chance(found, *pair, TRAINING) for pair in pairs] == [4, 3, 7, 19]


def the_rate_0_1_was_behind_by_0_3_of_a_point(_: Study) -> bool:
    errors = tried("reductions").values()
    return round(mean(each["0.1"] for each in errors) - mean(each["0.05"] for each in errors), 1) == 0.3


def what_the_added_1x1_does(found: Study) -> bool:
    return rounded(found, FOUR, TRAINING) == [9.3, 9.6, 9.9, 11.3] and the_projection_costs_two_points(found)


def on_new_patches_in_another_order(found: Study) -> bool:
    rows = (*FOUR, *PARTNERS)
    means = rounded(found, rows, TEST)
    orders = [sorted(rows, key=lambda name: average(found, name, each)) for each in (TRAINING, TEST)]
    return (min(means), max(means)) == (18.3, 20.4) and orders[0] != orders[1]


def on_new_patches_the_reductions_lower_the_mean(found: Study) -> bool:
    direct, projected, reduced, both = PARTNERS
    means = rounded(found, (direct, reduced, projected, both), TEST)
    counts = [chance(found, *pair, TEST) for pair in ((direct, reduced), (projected, both))]
    return means == [19.1, 18.7, 20.4, 19.4] and counts == [67, 26]


def heads_raise_the_training_error(found: Study) -> bool:
    nearest = min(found.last("two heads", TRAINING)) - max(found.last("no heads", TRAINING))
    return 0 < nearest < 1


def on_new_patches_chance_does_as_much_as_heads(found: Study) -> bool:
    means = rounded(found, ("two heads", "no heads"), TEST)
    return means == [30.5, 31.1] and chance(found, "no heads", "two heads", TEST) == 38


def the_gap_shrinks_with_heads(found: Study) -> bool:
    gaps = [average(found, name, TEST) - average(found, name, TRAINING) for name in ("no heads", "two heads")]
    return [round(gap) for gap in gaps] == [12, 8]


def both_ran_at_0_02(found: Study) -> bool:
    return set(found.rates.values()) == {0.02}


def with_batch_norm_heads_make_no_difference(found: Study) -> bool:
    names = "no heads, batch norm", "two heads, batch norm"
    return [chance(found, *names, measure) for measure in (TRAINING, TEST)] == [100, 64]


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


def on_many_crops_one_vggnet_is_ahead(published: Callable) -> bool:
    """GoogLeNet on 144 crops, VGG-16 and VGG-19 on 150."""
    found = {
        (name, each.crops): each.value
        for name in ("vgg16", "vgg19", "googlenet")
        for each in published(name, "top-5 error", edition="paper")
        if (each.models, each.data) == (1, "validation")
    }
    vggs = (
        found["vgg16", "multi-crop"],
        found["vgg19", "multi-crop"],
        found["vgg19", "multi-crop and dense"],
    )
    return (*vggs, found["googlenet", "144"]) == (7.5, 7.4, 7.1, 7.89)


def vgg_16_is_20_times_as_large_and_does_10_times_the_work(counted: Callable) -> bool:
    vgg, own = counted("vgg16", "paper"), counted("googlenet", "paper")
    return (round(vgg.parameters / own.parameters), round(vgg.macs / own.macs)) == (20, 10)


def either_change_of_the_end_takes_away_as_much(counted: Callable) -> bool:
    """VGG-16 with 512 averages before its three linear layers; and with one linear layer behind its maps."""
    by_average = (7 * 7 - 1) * 512 * 4096
    three = sum((reads + 1) * makes for reads, makes in ((25_088, 4096), (4096, 4096), (4096, 1000)))
    by_layers = three - (25_088 + 1) * 1000
    whole = counted("vgg16", "paper").parameters
    return [round(each / 1e6) for each in (by_average, whole, by_layers)] == [101, 138, 99]


def in_a_row(naive: bool) -> tuple[float, float]:
    """Million weights and billion MACs of the nine blocks, each of which reads what the one before makes."""
    channels, weights, macs = 192, 0, 0
    for name, (out_1x1, reduce_3x3, out_3x3, reduce_5x5, out_5x5, pool_proj) in TABLE.items():
        own = channels * out_1x1
        if naive:
            own += channels * (9 * out_3x3 + 25 * out_5x5)
            pool_proj = channels
        else:
            own += channels * (reduce_3x3 + reduce_5x5 + pool_proj)
            own += 9 * reduce_3x3 * out_3x3 + 25 * reduce_5x5 * out_5x5
        weights += own
        macs += own * {"3": 28, "4": 14, "5": 7}[name[0]] ** 2
        channels = out_1x1 + out_3x3 + out_5x5 + pool_proj
    return round(weights / 1e6, 1), round(macs / 1e9, 1)


def nine_naive_blocks(_: Callable) -> bool:
    return (in_a_row(naive=True), in_a_row(naive=False)) == ((92.5, 12.1), (5.8, 1.1))


def naive_blocks_with_the_real_inputs(_: Callable) -> bool:
    channels, weights, macs = 192, 0, 0
    for name, (out_1x1, _reduce, out_3x3, _too, out_5x5, pool_proj) in TABLE.items():
        own = channels * (out_1x1 + 9 * out_3x3 + 25 * out_5x5)
        weights += own
        macs += own * {"3": 28, "4": 14, "5": 7}[name[0]] ** 2
        channels = out_1x1 + out_3x3 + out_5x5 + pool_proj
    return (round(weights / 1e6, 1), round(macs / 1e9, 1)) == (23.7, 3.9)


def in_3a_more_than_half_is_saved(_: Callable) -> bool:
    """Of the weights, so of the MACs, since every weight is used once at each place."""
    block = inception(**PRESETS["3a"])
    return block.weights < block.naive_weights / 2


def where_the_macs_are_saved(_: Callable) -> bool:
    """Down to maps of 28×28, in the blocks (VGG-16's last six convolutions), and in all."""
    parts = (("conv1", "conv2", "conv3"), ("conv4", "conv5", "inception"), ("conv", "inception", "fc"))
    rows = [trace(build(name, device="meta")).rows for name in ("vgg16", "googlenet")]
    vgg, own = (
        [sum(row.macs for row in each if row.name.startswith(part)) for part in parts] for each in rows
    )
    saved = [one - other for one, other in zip(vgg, own, strict=True)]
    return [round(each / 1e9, 1) for each in saved] == [8.9, 4.9, 13.9] and round(
        saved[0] / saved[1], 1
    ) == 1.8


def where_vgg_16_and_googlenet_do_their_work(counted: Callable) -> bool:
    found = []
    for name, blocks in (("vgg16", ("conv4", "conv5")), ("googlenet", ("inception",))):
        rows = trace(build(name, device="meta")).rows
        first = [row for row in rows if row.name.startswith(("conv1", "conv2", "conv3"))]
        then = [row for row in rows if row.name.startswith(blocks)]
        found.append(round(sum(row.macs for row in first) / 1e9, 2))
        found += [round(sum(row.macs for row in then) / 1e9, 1)]
        found += [round(sum(row.parameters for row in then) / 1e6, 1)]
    whole = round(counted("vgg16", "paper").macs / 1e9, 1)
    return (found, whole) == ([9.34, 6.0, 13.0, 0.48, 1.1, 5.8], 15.5)


CLAIMS: list[Concluded] = [
    ("sizes", "cost the same (weights and MACs within 5 percent)", all_eight_cost_the_same),
    ("sizes", "a 1×1 reads 90, a 3×3 16, and a 5×5 only 6.", what_each_kernel_reads),
    ("sizes", "with batch norm and a learning rate of 0.1.", one_rate_of_0_1_and_five_seeds),
    (
        "sizes",
        "lower each kind's training error: within a kind, every seed with them ends below every seed "
        "without.",
        the_pool_lowers_the_training_error,
    ),
    (
        "sizes",
        "Without a pool, every seed of *only 5×5* ends above every seed of the other three.",
        without_a_pool_only_5x5_is_behind,
    ),
    (
        "sizes",
        "beside a pool, it catches up with *only 1×1* (3.0 and 2.9 percent).",
        beside_a_pool_the_5x5_catches_up,
    ),
    (
        "sizes",
        "chance would hardly do that (against any one size in at most 2 of 252 choices).",
        three_sizes_lead_without_a_pool,
    ),
    (
        "sizes",
        "With a pool, *only 3×3* is lowest, but chance could do that (22 of 252).",
        only_3x3_leads_with_a_pool_and_three_come_second,
    ),
    (
        "sizes",
        "with one beside it, *only 3×3* comes near (28 of 252).",
        beside_a_1x1_the_3x3_comes_near,
    ),
    (
        "sizes",
        "Without a pool, *three sizes* have the lowest mean, and no seed of theirs ends above any seed of"
        " the other three.",
        none_is_best_both_times,
    ),
    (
        "sizes",
        "Among the sizes there was no overall winner.",
        none_is_best_both_times,
    ),
    (
        "sizes",
        "already sees 6×6 of a patch's 16×16 pixels, and half of what",
        what_a_place_of_only_1x1_sees,
    ),
    (
        "sizes",
        "It lowers all four means, by 0.9 to 1.5 points.",
        the_pool_lowers_every_mean_on_new_patches,
    ),
    ("sizes", "is as low in only 1 of 700 cases.", all_four_pairs_at_once),
    (
        "sizes",
        "Chance does as much in 8, 23 and 8 of 252 choices (against 1×1s, 3×3s and three sizes without",
        only_5x5_is_last_on_new_patches,
    ),
    ("sizes", "chance does as much in at least 47 of 252.", no_order_of_the_others_holds_on_new_patches),
    (
        "sizes",
        "every seed with the pool ends below every seed with the 1×1 alone.",
        the_pool_is_below_its_1x1_alone,
    ),
    (
        "sizes",
        "But the 1×1 alone lowers the mean of *only 5×5* from 6.8 to 4.8 percent, about half of the whole"
        " gain. Chance does that in 2 of 252 choices",
        the_1x1_alone_helps_the_5x5,
    ),
    (
        "sizes",
        "by 2.2 points for 1×1s, 1.1 for 3×3s and 0.1 for 5×5s.",
        on_new_patches_the_pool_is_below_its_1x1_alone,
    ),
    ("reductions", "and at a learning rate of 0.05.", all_ran_at_0_05),
    (
        "reductions",
        "the error rises from 8.0 to 10.1 percent where 3×3s and 5×5s are direct, and from 9.3 to 11.3",
        the_projection_costs_two_points,
    ),
    (
        "reductions",
        "The reductions cost 1.2 points, before rounding: it rises from 8.0 to 9.3, and from 10.1 to 11.3.",
        the_reductions_cost_1_2_points,
    ),
    (
        "reductions",
        "in 4 and 3 of 252 choices for the projection, and in 7 and 19 for the reductions.",
        how_often_chance_does_as_much_among_the_partners,
    ),
    (
        "reductions",
        "There 0.1 was behind 0.05 by only 0.3 of a point on average,",
        the_rate_0_1_was_behind_by_0_3_of_a_point,
    ),
    (
        "reductions",
        "though among the partners *reduced* has only about half the parameters.",
        among_the_partners_reduced_has_half_the_parameters,
    ),
    (
        "reductions",
        "(from 9.3 to 8.0, and from 9.9 to 9.3); where it is projected, it doesn't (9.6 and 10.1, and 11.3",
        what_the_added_1x1_does,
    ),
    (
        "reductions",
        "all eight means lie between 18.3 and 20.4 percent, in another order.",
        on_new_patches_in_another_order,
    ),
    (
        "reductions",
        "from 19.1 to 18.7 and from 20.4 to 19.4, but chance does as much in 67 and 26 of 252 choices.",
        on_new_patches_the_reductions_lower_the_mean,
    ),
    ("heads", "both at a learning rate of 0.02.", both_ran_at_0_02),
    (
        "heads",
        "though the nearest two lie less than a point apart.",
        heads_raise_the_training_error,
    ),
    (
        "heads",
        "30.5 percent with heads and 31.1 without; counted as in exercise 4.4, chance does as much in 38 of",
        on_new_patches_chance_does_as_much_as_heads,
    ),
    ("heads", "training patches shrinks from 12 points to 8", the_gap_shrinks_with_heads),
    (
        "heads_with_norm",
        "None that we could tell from chance, in training (100 of 252 choices, counted as in exercise 4.4)",
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
        "16 has 7.5 percent and VGG-19 7.4 (measured after the challenge), against GoogLeNet's 7.89 on 144",
        on_many_crops_one_vggnet_is_ahead,
    ),
    (
        "counted",
        "VGG-16 has 20 times as many parameters, and does 10 times the MACs.",
        vgg_16_is_20_times_as_large_and_does_10_times_the_work,
    ),
    (
        "counted",
        "averaging alone would save 101 of the 138 million, and one linear layer in place of three",
        either_change_of_the_end_takes_away_as_much,
    ),
    (
        "counted",
        "92.5 million weights instead of 5.8, and do 12.1 billion MACs instead of 1.1.",
        nine_naive_blocks,
    ),
    (
        "counted",
        "with the real inputs, naive blocks would have 23.7 million weights and do 3.9 billion MACs.",
        naive_blocks_with_the_real_inputs,
    ),
    ("counted", "1×1s save more than half of the weights and MACs.", in_3a_more_than_half_is_saved),
    (
        "counted",
        "8.9 of 13.9 billion. The blocks save 4.9, so the stem saves 1.8 times as many.",
        where_the_macs_are_saved,
    ),
    (
        "counted",
        "VGG-16 spends 9.3 of its 15.5 billion MACs, and GoogLeNet's stem 0.48.",
        where_vgg_16_and_googlenet_do_their_work,
    ),
]
