"""What lesson 6 concludes from its studies."""

from helpers.lessons.study import Study
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level

DENSE = "all connections"
LOCAL, PLAIN = "the layer just before, and the input", "the layer just before only"
NOT_PREVIOUS, INPUT = "not the layer just before", "the input to its next reader only"


def one_in_five_is_wrong_before_the_cut(found: Study) -> bool:
    return all(15 < error < 25 for error in found.last("nothing cut", TEST))


def with_the_layer_just_before_only_it_guesses(found: Study) -> bool:
    return all(85 < error < 95 for error in found.last(PLAIN, TEST))


def with_the_input_58_and_without_the_layer_just_before_29(found: Study) -> bool:
    return [round(average(found, name, TEST)) for name in (LOCAL, NOT_PREVIOUS)] == [58, 29]


def it_depends_more_on_early_maps(found: Study) -> bool:
    return all(apart(found, NOT_PREVIOUS, other, TEST) for other in (LOCAL, PLAIN))


def long_connections_are_used(found: Study) -> bool:
    return all(apart(found, "nothing cut", other, TEST, by=20) for other in (LOCAL, PLAIN))


def trained_with_two_it_is_level_on_new_patches_and_behind_on_the_others(found: Study) -> bool:
    local = f"trained with {LOCAL}"
    return level(found, DENSE, local, TEST) and apart(found, DENSE, local, TRAINING)


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


def all_three_learn_their_training_patches(found: Study) -> bool:
    return all(max(found.last(name, TRAINING)) < 2 for name in found.networks)


def densenet_is_ahead_on_new_patches(found: Study) -> bool:
    others = [name for name in found.networks if name.startswith("ResNet")]
    return len(others) == 2 and all(apart(found, "DenseNet", other, TEST) for other in others)


CLAIMS: list[Concluded] = [
    (
        "reuse",
        "Before the cut about one in five new patches is wrong.",
        one_in_five_is_wrong_before_the_cut,
    ),
    ("reuse", "That is blind guessing.", with_the_layer_just_before_only_it_guesses),
    (
        "reuse",
        "With the block's input given back, 58 percent are wrong; "
        "with everything *but* the layer just before, 29.",
        with_the_input_58_and_without_the_layer_just_before_29,
    ),
    ("reuse", "So it depends more on early maps than on the latest", it_depends_more_on_early_maps),
    ("reuse", "A trained DenseNet uses its long connections.", long_connections_are_used),
    (
        "reuse",
        "a network fits its training patches a little worse, and is level on new ones.",
        trained_with_two_it_is_level_on_new_patches_and_behind_on_the_others,
    ),
    (
        "reuse",
        "With the layer just before only, everything must pass through 8 maps, and 37 percent are wrong.",
        trained_with_the_layer_just_before_only_it_has_37_percent_wrong,
    ),
    ("reuse", "The block's input, by far.", the_input_is_missed_most),
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
    ("dense", "All three learn their training patches.", all_three_learn_their_training_patches),
    (
        "dense",
        "On new ones the DenseNet's five seeds are ahead of the other ten",
        densenet_is_ahead_on_new_patches,
    ),
]
