"""What lesson 1 concludes from its studies."""

from collections.abc import Callable

from helpers.lessons.study import Study
from helpers.reading.published import Figure
from studies.alexnet_parts import NETWORKS
from studies.parts import parameters
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level


def relu_and_tanh_are_as_fast_and_tanh_ahead_on_average(found: Study) -> bool:
    reached = {
        name: [first_below(curve, 25) for curve in found.curves(name, TRAINING)]
        for name in ("ReLU ×1.4", "tanh ×1.7")
    }
    epochs = [epoch for each in reached.values() for epoch in each]
    overlap = all(min(each) <= 7 and max(each) == 9 for each in reached.values())
    relu, tanh = (
        [sum(epoch) for epoch in zip(*found.curves(name, TRAINING), strict=True)] for name in reached
    )
    ahead = all(lower < higher for lower, higher in zip(tanh, relu, strict=True))
    return (min(epochs), max(epochs)) == (6, 9) and overlap and ahead


def first_below(curve: tuple[float, ...], error: float) -> int:
    """The first epoch, counted from 1, that ended below this error."""
    return next(epoch for epoch, value in enumerate(curve, 1) if value < error)


def the_scales_are_the_best(found: Study) -> bool:
    chosen = "ReLU ×1.4", "tanh ×1.7", "sigmoid ×4"
    of_each = [[name for name in found.networks if name.split()[0] == best.split()[0]] for best in chosen]
    return all(
        min(names, key=lambda name: average(found, name, TRAINING)) == best
        for best, names in zip(chosen, of_each, strict=True)
    )


def from_scale_1_the_sigmoid_guesses(found: Study) -> bool:
    return all(set(found.last("sigmoid ×1", measure)) == {90.0} for measure in (TRAINING, TEST))


def a_start_at_4_rescues_the_sigmoid(found: Study) -> bool:
    return apart(found, "sigmoid ×4", "sigmoid ×1", TRAINING, by=50)


def the_sigmoid_needs_19_epochs_or_20(found: Study) -> bool:
    below = [[value < 25 for value in curve] for curve in found.curves("sigmoid ×4", TRAINING)]
    return {each.index(True) + 1 if any(each) else None for each in below} == {19, 20, None}


def a_start_at_7_hangs_on_the_seed(found: Study) -> bool:
    errors = found.last("sigmoid ×7", TRAINING)
    return (round(min(errors)), round(max(errors))) == (25, 64)


def the_larger_start_fits_better(found: Study) -> bool:
    return all(
        apart(found, larger, usual, TRAINING)
        for larger, usual in (("ReLU ×1.4", "ReLU ×1"), ("tanh ×1.7", "tanh ×1"))
    )


def the_larger_start_is_two_points_worse_on_new_patches(found: Study) -> bool:
    more = [
        worse - better
        for larger, usual in (("ReLU ×1.4", "ReLU ×1"), ("tanh ×1.7", "tanh ×1"))
        for worse, better in zip(found.last(larger, TEST), found.last(usual, TEST), strict=True)
    ]
    return min(more) > 0 and round(sum(more) / len(more)) == 2


def at_scale_1_tanh_fits_better(found: Study) -> bool:
    return apart(found, "tanh ×1", "ReLU ×1", TRAINING)


def without_dropout_the_error_is_lower(found: Study) -> bool:
    return all(apart(found, "no dropout", "whole", measure) for measure in (TRAINING, TEST))


def the_whole_misses_27_percent_of_its_training_patches(found: Study) -> bool:
    return round(average(found, "whole", TRAINING)) == 27


def with_dropout_it_misses_27_percent_and_10_without(found: Study) -> bool:
    missed = [round(average(found, name, TRAINING)) for name in ("whole", "no dropout")]
    return missed == [27, 10] and without_dropout_the_error_is_lower(found)


def with_512_units_dropout_changes_nothing(found: Study) -> bool:
    return all(level(found, "wide linear layers", "wide, no dropout", each) for each in (TRAINING, TEST))


def wide_networks_are_level_and_better_on_new_patches(found: Study) -> bool:
    wide = "wide linear layers", "wide, no dropout"
    return all(level(found, *wide, measure) for measure in (TRAINING, TEST)) and all(
        apart(found, name, "whole", TEST) for name in wide
    )


def wide_networks_have_nearly_four_times_the_parameters(found: Study) -> bool:
    return 3.5 < parameters(NETWORKS["wide linear layers"]) / parameters(NETWORKS["whole"]) < 4


def one_tower_has_a_third_more_parameters(found: Study) -> bool:
    whole, one, heavy = (parameters(NETWORKS[name]) for name in ("whole", "one tower", "one tower, as heavy"))
    return round(one / whole, 2) == 1.35 and 0.95 < heavy / whole < 1.05


def all_others_are_level_with_the_whole(found: Study) -> bool:
    apart_from_it = {name for name in found.networks if not level(found, name, "whole", TEST)}
    return apart_from_it == {"no dropout", "wide linear layers", "wide, no dropout"}


def seeds_can_lie_more_than_16_points_apart(found: Study) -> bool:
    spreads = [max(found.last(name, TEST)) - min(found.last(name, TEST)) for name in found.networks]
    return 16 < max(spreads) < 17


def without_response_norm_it_fits_better_than_with_the_strong_one(found: Study) -> bool:
    names = "no response norm", "strong response norm"
    return apart(found, *names, TRAINING) and level(found, *names, TEST)


def all_chose_the_same_rate(found: Study) -> bool:
    return set(found.rates.values()) == {0.03} and set(found.rates) == set(found.networks)


def one_part_saved_1_2_points_at_most(published: Callable[..., tuple[Figure, ...]]) -> bool:
    return max(figure.value for figure in published("alexnet", "top-5 gain")) == 1.2


def alexnet_won_by_eleven_three_by_the_ensemble(published: Callable[..., tuple[Figure, ...]]) -> bool:
    figures = published("alexnet", "top-5 error", edition="paper")
    errors = {(each.data, each.models): each.value for each in figures}
    ahead = published("fisher_vectors", "top-5 error")[0].value - errors["test", 7]
    return (round(ahead), round(errors["validation", 1] - errors["validation", 7])) == (11, 3)


def each_function_chose_its_own_rate(found: Study) -> bool:
    rates = {name: found.rates[name] for name in found.networks}
    of_each = {"ReLU ×1": 0.02, "ReLU ×1.4": 0.02, "tanh ×1": 0.06, "tanh ×1.7": 0.06}
    of_the_sigmoid = {"sigmoid ×4": 0.5, "sigmoid ×7": 0.5}
    return all(rates[name] == rate for name, rate in (of_each | of_the_sigmoid).items())


def one_network_missed_18_percent_and_seven_15(published: Callable[..., tuple[Figure, ...]]) -> bool:
    errors = {
        (each.data, each.models): each.value for each in published("alexnet", "top-5 error", edition="paper")
    }
    return (errors["validation", 1], errors["test", 7]) == (18.2, 15.3) and published(
        "fisher_vectors", "top-5 error"
    )[0].value == 26.2


CLAIMS: list[Concluded] = [
    ("activations", "the scale that ended with the lowest training error", the_scales_are_the_best),
    (
        "activations",
        "The sigmoid takes 19 or 20, or doesn't get there.",
        the_sigmoid_needs_19_epochs_or_20,
    ),
    (
        "published",
        "Where the paper prints what one part saved of top-5 error, it is 1.2 points at most.",
        one_part_saved_1_2_points_at_most,
    ),
    (
        "published",
        "AlexNet won by eleven points, and about three of them come from averaging seven networks, "
        "two of them with extra photos.",
        alexnet_won_by_eleven_three_by_the_ensemble,
    ),
    (
        "alexnet_parts",
        "Without dropout, the error is lower both in training and on new patches.",
        without_dropout_the_error_is_lower,
    ),
    (
        "alexnet_parts",
        "the whole network still misses 27 percent of its *training* patches after 24 epochs",
        the_whole_misses_27_percent_of_its_training_patches,
    ),
    (
        "alexnet_parts",
        "With 512 units, the networks with and without dropout are level, and on new patches both are better "
        "than the whole.",
        wide_networks_are_level_and_better_on_new_patches,
    ),
    (
        "alexnet_parts",
        "They have nearly four times as many parameters.",
        wide_networks_have_nearly_four_times_the_parameters,
    ),
    (
        "alexnet_parts",
        "*One tower* has a third more parameters than two",
        one_tower_has_a_third_more_parameters,
    ),
    (
        "alexnet_parts",
        "On new patches, all the others are level with the whole.",
        all_others_are_level_with_the_whole,
    ),
    (
        "alexnet_parts",
        "the seeds of one and the same network can lie more than 16 points apart here",
        seeds_can_lie_more_than_16_points_apart,
    ),
    (
        "alexnet_parts",
        "In training, the network without response norm fits better than that with the strong one; "
        "on new patches the two are level.",
        without_response_norm_it_fits_better_than_with_the_strong_one,
    ),
    (
        "alexnet_parts",
        "All networks chose the same of three learning rates, 0.03.",
        all_chose_the_same_rate,
    ),
    (
        "activations",
        "ReLU and tanh both fall below 25 percent after 6 to 9 epochs, and on average tanh stays a little "
        "ahead.",
        relu_and_tanh_are_as_fast_and_tanh_ahead_on_average,
    ),
    (
        "activations",
        "ReLU chose 0.02 at both scales, tanh 0.06, and the sigmoid 0.5, from 4 and from 7.",
        each_function_chose_its_own_rate,
    ),
    (
        "alexnet_parts",
        "after 24 epochs it missed 27 percent of its *training* patches with dropout, and 10 without. "
        "It was worse on new patches, too.",
        with_dropout_it_misses_27_percent_and_10_without,
    ),
    (
        "alexnet_parts",
        "With 512 units, dropout did neither harm nor good.",
        with_512_units_dropout_changes_nothing,
    ),
    (
        "published",
        "Chosen features missed 26.2 percent of the photos; learned ones missed 18.2 in one network, and "
        "15.3 in seven.",
        one_network_missed_18_percent_and_seven_15,
    ),
    (
        "activations",
        "Started at scale 1, the sigmoid guesses to the end.",
        from_scale_1_the_sigmoid_guesses,
    ),
    ("activations", "A start at 4 rescues the sigmoid.", a_start_at_4_rescues_the_sigmoid),
    (
        "activations",
        "At 7 it ends anywhere between 25 and 64 percent of training error, depending on the seed.",
        a_start_at_7_hangs_on_the_seed,
    ),
    (
        "activations",
        "Both fit their training patches better from the larger one,",
        the_larger_start_fits_better,
    ),
    (
        "activations",
        "do worse on new patches from it, with every seed, by about two points on average.",
        the_larger_start_is_two_points_worse_on_new_patches,
    ),
    ("activations", "At scale 1, tanh even fits better than ReLU does.", at_scale_1_tanh_fits_better),
]
