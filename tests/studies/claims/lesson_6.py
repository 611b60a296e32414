"""What lesson 6 concludes from its studies."""

from statistics import mean

from helpers.lessons.study import Study
from studies.reuse import CUTS
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, tried

DENSE = "all connections"
LOCAL, PLAIN = "the layer just before, and the input", "the layer just before only"
NOT_PREVIOUS, INPUT = "not the layer just before", "the input to its next reader only"


def one_in_five_is_wrong_before_the_cut(found: Study) -> bool:
    return all(15 < error < 25 for error in found.last("nothing cut", TEST))


def with_the_layer_just_before_only_it_guesses(found: Study) -> bool:
    return all(85 < error < 95 for error in found.last(PLAIN, TEST))


def the_input_is_missed_more_than_all_others(found: Study) -> bool:
    return all(apart(found, other, INPUT, TEST) for other in (NOT_PREVIOUS, LOCAL))


def long_connections_are_used(found: Study) -> bool:
    return all(apart(found, "nothing cut", other, TEST, by=20) for other in (LOCAL, PLAIN))


def trained_with_two_it_is_worse_from_every_seed_by_2_3(found: Study) -> bool:
    """Two networks from one seed have the same first weights and the same batches: they are compared."""
    pairs = zip(found.last(DENSE, TEST), found.last(f"trained with {LOCAL}", TEST), strict=True)
    more = [local - dense for dense, local in pairs]
    return (
        min(more) > 0
        and round(mean(more), 1) == 2.3
        and apart(found, DENSE, f"trained with {LOCAL}", TRAINING)
    )


def trained_with_the_layer_just_before_only_it_has_37_percent_wrong(found: Study) -> bool:
    plain, local = f"trained with {PLAIN}", f"trained with {LOCAL}"
    return round(average(found, plain, TEST)) == 37 and apart(found, local, plain, TEST)


def the_input_is_missed_most(found: Study) -> bool:
    others = [name for name in found.networks if name.startswith("layer ")]
    return len(others) == 11 and all(apart(found, name, INPUT, TEST, by=30) for name in others)


def without_the_input_80_percent_are_wrong(found: Study) -> bool:
    return min(found.last(INPUT, TEST)) > 200 / 3 and round(average(found, INPUT, TEST)) == 80


def without_layer_1_at_most_33_percent_are_wrong(found: Study) -> bool:
    cut_off = [name for name in found.networks if name.endswith("to no reader")]
    worst = max(max(found.last(name, TEST)) for name in cut_off)
    return worst == max(found.last("layer 1 to no reader", TEST)) == 33.1


def each_had_three_rates(found: Study) -> bool:
    return {len(rates) for rates in tried("reuse").values()} == {3}


def a_rate_was_the_largest_tried(found: Study) -> bool:
    rates = {rate for rates in tried("dense").values() for rate in map(float, rates)}
    at_the_edge = [name for name, rate in found.rates.items() if rate == max(rates) == 0.2]
    return at_the_edge == ["ResNet, as much work"]


def all_three_learn_their_training_patches(found: Study) -> bool:
    return all(max(found.last(name, TRAINING)) < 2 for name in found.networks)


def densenet_is_ahead_on_new_patches(found: Study) -> bool:
    others = [name for name in found.networks if name.startswith("ResNet")]
    return len(others) == 2 and all(apart(found, "DenseNet", other, TEST) for other in others)


def cut_maps(name: str) -> int:
    """How many maps a cut takes from their readers, in both blocks, of 16 and 32 channels and six layers."""
    pairs = [(source, reader) for reader in range(1, 8) for source in range(reader)]
    cut = [source for source, reader in pairs if not CUTS[name](source, reader)]
    return sum(8 if source else entering for entering in (16, 32) for source in cut)


def the_errors_follow_the_maps_that_are_cut(found: Study) -> bool:
    names = NOT_PREVIOUS, LOCAL, INPUT, PLAIN
    errors = [average(found, name, TEST) for name in names]
    return [cut_maps(name) for name in names] == [96, 240, 288, 528] and errors == sorted(errors)


def the_input_has_the_most_maps(found: Study) -> bool:
    layers = [name for name in found.networks if name.startswith("layer ")]
    return cut_maps(INPUT) == 288 and max(cut_maps(name) for name in layers) == 96


def at_96_maps_the_errors_are_alike(found: Study) -> bool:
    names = "layer 1 to no reader", NOT_PREVIOUS
    errors = [round(average(found, name, TEST), 1) for name in names]
    return [cut_maps(name) for name in names] == [96, 96] and errors == [29.6, 29.2]


def all_connections_had_the_largest_rate(found: Study) -> bool:
    return found.rates[DENSE] == max(map(float, tried("reuse")[DENSE]))


def at_the_lower_rates_two_connections_were_better(_: Study) -> bool:
    dense, two = tried("reuse")[DENSE], tried("reuse")[f"trained with {LOCAL}"]
    return all(0 < dense[rate] - two[rate] <= 0.5 for rate in ("0.05", "0.1"))


CLAIMS: list[Concluded] = [
    (
        "reuse",
        "Before the cut about one in five new patches is labelled wrongly.",
        one_in_five_is_wrong_before_the_cut,
    ),
    (
        "reuse",
        "It's what pure guessing among ten classes gets wrong.",
        with_the_layer_just_before_only_it_guesses,
    ),
    (
        "reuse",
        "Losing its *input* costs most: six connections more than the 15 of **c**.",
        the_input_is_missed_more_than_all_others,
    ),
    (
        "reuse",
        "**a** removes 96, **c** 240, **b** 288, the first cut 528. The errors follow that order.",
        the_errors_follow_the_maps_that_are_cut,
    ),
    ("reuse", "A trained DenseNet uses its long connections", long_connections_are_used),
    (
        "reuse",
        "is worse for every one of the five seeds, but only by 2.3 points on average",
        trained_with_two_it_is_worse_from_every_seed_by_2_3,
    ),
    (
        "reuse",
        "With the layer just before only, everything must pass through 8 maps, and 37 percent are wrong.",
        trained_with_the_layer_just_before_only_it_has_37_percent_wrong,
    ),
    ("reuse", "(Each had the best of three learning rates", each_had_three_rates),
    ("reuse", "all connections the largest.", all_connections_had_the_largest_rate),
    (
        "reuse",
        "In single trial runs at the other two, two connections were slightly *better*.)",
        at_the_lower_rates_two_connections_were_better,
    ),
    ("reuse", "The block's input, by far.", the_input_is_missed_most),
    (
        "reuse",
        "288 maps in both blocks together, against at most 96 of any layer.",
        the_input_has_the_most_maps,
    ),
    (
        "reuse",
        "all of layer 1 against the layer just before, 29.6 and 29.2 percent.",
        at_96_maps_the_errors_are_alike,
    ),
    (
        "reuse",
        "more than two thirds of the new patches are wrong, and 80 percent on average.",
        without_the_input_80_percent_are_wrong,
    ),
    (
        "reuse",
        "even with layer 1 cut off from every reader, no seed has more than 33.1 percent wrong.",
        without_layer_1_at_most_33_percent_are_wrong,
    ),
    (
        "dense",
        "For the ResNet with as much work, the best rate, 0.2, was the largest that was tried.",
        a_rate_was_the_largest_tried,
    ),
    ("dense", "All three learn their training patches.", all_three_learn_their_training_patches),
    (
        "dense",
        "On new ones the DenseNet's five seeds are ahead of the other ten",
        densenet_is_ahead_on_new_patches,
    ),
]
