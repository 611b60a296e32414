"""What lesson 5 concludes from its studies."""

from statistics import mean

from helpers.lessons.study import Study, study
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level, tried


def plain_44_is_not_good_on_its_training_patches(found: Study) -> bool:
    return round(average(found, "plain-44", TRAINING)) == 45 and all(
        apart(found, "plain-14", "plain-44", measure, by=gap) for measure, gap in ((TRAINING, 20), (TEST, 10))
    )


def plain_14_gets_23_percent_of_the_test_patches_wrong(found: Study) -> bool:
    return round(average(found, "plain-14", TEST)) == 23


def after_three_epochs(found: Study, network: str) -> list[int]:
    return [round(curve[2]) for curve in found.curves(network, TRAINING)]


def a_first_run_is_below_plain_44_and_among_plain_14(found: Study) -> bool:
    shallow, deep, runs = (
        after_three_epochs(found, each) for each in ("plain-14", "plain-44", "residual-44")
    )
    assert (min(shallow), max(shallow), min(deep), max(deep)) == (49, 79, 68, 86)
    below = sum(run < min(deep) for run in runs)
    among = sum(min(shallow) <= run <= max(shallow) for run in runs)
    return below == among == len(runs) - 1  # "most likely"


def the_shortcut_ends_the_degradation(found: Study) -> bool:
    return apart(found, "residual-44", "residual-14", TRAINING)


def plain_44_ends_at_45_percent(found: Study) -> bool:
    return round(average(found, "plain-44", TRAINING)) == 45


def the_residual_networks_end_at_1_and_3_percent(found: Study) -> bool:
    return [round(average(found, f"residual-{depth}", TRAINING)) for depth in (44, 14)] == [1, 3]


def the_residual_networks_are_level_on_new_patches(found: Study) -> bool:
    errors = [found.last(f"residual-{depth}", TEST) for depth in (14, 44)]
    spans = [(round(min(each)), round(max(each))) for each in errors]
    return spans == [(16, 23), (17, 20)] and level(found, "residual-44", "residual-14", TEST)


def plain_44_was_the_worst_at_every_rate(found: Study) -> bool:
    errors = tried("degradation")
    others = [errors[name] for name in found.networks if name != "plain-44"]
    return all(error > other[rate] for rate, error in errors["plain-44"].items() for other in others)


def without_a_zero_start_they_fit_better(found: Study) -> bool:
    return all(apart(found, name, f"{name}, zero start", TRAINING) for name in ("residual-14", "residual-44"))


def all_four_are_level_on_new_patches(found: Study) -> bool:
    names = found.networks[2:6]
    return all(level(found, one, other, TEST) for one in names for other in names)


def grown_networks_end_level_with_those_that_trained_on(found: Study) -> bool:
    names = found.networks[:2]
    return all(level(found, *names, measure) for measure in (TRAINING, TEST))


def forty_four_layers_from_the_start_fit_best(found: Study) -> bool:
    *others, deep = found.networks
    return {round(error, 1) for error in found.last(deep, TRAINING)} == {0.1} and all(
        apart(found, deep, other, TRAINING) for other in others
    )


def all_three_are_level_on_new_patches(found: Study) -> bool:
    return all(level(found, one, other, TEST) for one in found.networks for other in found.networks)


OPTION_A, OPTION_B, OPTION_C = ("residual-44", "residual-44, option B", "residual-44, option C")


def a_projection_on_every_shortcut_is_worst(found: Study) -> bool:
    pairs = ((other, OPTION_C) for other in (OPTION_A, OPTION_B))
    return all(apart(found, *pair, measure) for pair in pairs for measure in (TRAINING, TEST))


def a_and_b_overlap_on_training_patches(found: Study) -> bool:
    return level(found, OPTION_A, OPTION_B, TRAINING)


def the_worst_seed_of_a_is_a_point_below_the_best_of_b(found: Study) -> bool:
    return (max(found.last(OPTION_A, TEST)), round(min(found.last(OPTION_B, TEST)), 1)) == (19.5, 20.4)


def rates_move_a_and_b_by_more_than_a_point(found: Study) -> bool:
    errors = [tried("degradation")[option].values() for option in (OPTION_A, OPTION_B)]
    return all(max(each) - min(each) > 4 for each in errors)


def three_times_as_long_does_not_help_44_layers(found: Study) -> bool:
    deep, shallow = (found.last(f"plain-{depth}", TRAINING) for depth in (44, 14))
    return (round(min(deep)), round(max(deep)), round(mean(shallow), 1)) == (39, 72, 0.1)


def they_end_no_better_than_after_15_epochs(found: Study) -> bool:
    return average(found, "plain-44", TRAINING) > average(study("degradation"), "plain-44", TRAINING)


def a_rate_between_was_the_best_for_44_layers(found: Study) -> bool:
    rates = [float(rate) for rate in tried("longer")["plain-44"]]
    return (found.rates["plain-44"], min(rates), max(rates), len(rates)) == (0.2, 0.05, 0.4, 4)


CLAIMS: list[Concluded] = [
    (
        "degradation",
        "After 15 epochs it gets 23 percent of the *test* patches wrong",
        plain_14_gets_23_percent_of_the_test_patches_wrong,
    ),
    (
        "degradation",
        "and plain-44 gets 45 percent of them wrong.",
        plain_44_is_not_good_on_its_training_patches,
    ),
    (
        "degradation",
        "most likely below all of plain-44's (68 to 86 percent then), and still among plain-14's (49 to 79).",
        a_first_run_is_below_plain_44_and_among_plain_14,
    ),
    (
        "degradation",
        "With it, 44 layers fit their training patches better than 14 do",
        the_shortcut_ends_the_degradation,
    ),
    (
        "degradation",
        "they end with 1 percent wrong, and the 14 with 3.",
        the_residual_networks_end_at_1_and_3_percent,
    ),
    ("degradation", "Without it, they end with 45 percent wrong.", plain_44_ends_at_45_percent),
    (
        "degradation",
        "Residual-14 gets 16 to 23 percent of them wrong and residual-44 17 to 20, so the two are level.",
        the_residual_networks_are_level_on_new_patches,
    ),
    (
        "degradation",
        "four were tried, and plain-44 was the worse of the two at each.",
        plain_44_was_the_worst_at_every_rate,
    ),
    (
        "degradation",
        "After 15 epochs the networks without it fit their training patches better",
        without_a_zero_start_they_fit_better,
    ),
    ("degradation", "on new patches all four are level.", all_four_are_level_on_new_patches),
    (
        "growing",
        "the grown networks end level with the 14 layers that simply trained on",
        grown_networks_end_level_with_those_that_trained_on,
    ),
    (
        "growing",
        "fit their training patches best, with an error of 0.1 percent from every seed.",
        forty_four_layers_from_the_start_fit_best,
    ),
    ("growing", "On new patches all three are level.", all_three_are_level_on_new_patches),
    (
        "degradation",
        "With C every seed ends worse than any with A or B, on training patches and on new ones.",
        a_projection_on_every_shortcut_is_worst,
    ),
    ("degradation", "On training patches they overlap.", a_and_b_overlap_on_training_patches),
    (
        "degradation",
        "the worst run of A (19.5 percent wrong) ends a point below the best of B (20.4).",
        the_worst_seed_of_a_is_a_point_below_the_best_of_b,
    ),
    (
        "degradation",
        "another learning rate moves either by 4 points",
        rates_move_a_and_b_by_more_than_a_point,
    ),
    (
        "longer",
        "after 45 epochs plain-14 gets 0.1 percent wrong, and plain-44 still 39 to 72.",
        three_times_as_long_does_not_help_44_layers,
    ),
    ("longer", "no better than after 15 epochs.", they_end_no_better_than_after_15_epochs),
    (
        "longer",
        "Their learning rate, 0.2, was the best of the four that were tried, from 0.05 to 0.4.",
        a_rate_between_was_the_best_for_44_layers,
    ),
]
