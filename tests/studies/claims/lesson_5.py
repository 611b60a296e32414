"""What lesson 5 concludes from its studies."""

from statistics import mean

from helpers.lessons.study import Study, study
from studies.study import load
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level, tried


def plain_44_is_not_good_on_its_training_patches(found: Study) -> bool:
    return round(average(found, "plain-44", TRAINING)) == 45 and all(
        apart(found, "plain-14", "plain-44", measure, by=gap) for measure, gap in ((TRAINING, 20), (TEST, 10))
    )


def plain_14_gets_22_percent_of_the_test_patches_wrong(found: Study) -> bool:
    return round(average(found, "plain-14", TEST)) == 22


def the_shortcut_helps_at_both_depths(found: Study) -> bool:
    deeper_fits_better = apart(found, "residual-44", "residual-14", TRAINING)
    return deeper_fits_better and all(
        apart(found, f"residual-{depth}", f"plain-{depth}", TRAINING) for depth in (14, 44)
    )


def errors_go_from_6_to_45_and_from_3_to_1(found: Study) -> bool:
    names = ("plain-14", "plain-44", "residual-14", "residual-44")
    return [round(average(found, name, TRAINING)) for name in names] == [6, 45, 3, 1]


def the_residual_networks_are_level_on_new_patches(found: Study) -> bool:
    errors = [found.last(f"residual-{depth}", TEST) for depth in (14, 44)]
    spans = [(round(min(each)), round(max(each))) for each in errors]
    means = [round(mean(each), 1) for each in errors]
    spans_and_means = spans == [(16, 23), (17, 20)] and means == [19.9, 18.5]
    return spans_and_means and level(found, "residual-44", "residual-14", TEST)


def plain_44_at_its_best_is_worse_than_plain_14_at_its_worst(_: Study) -> bool:
    errors = tried("degradation")
    best, worst = min(errors["plain-44"].values()), max(errors["plain-14"].values())
    return (round(best, 1), round(worst, 1)) == (53.3, 33.2)


def without_a_zero_start_they_fit_better(found: Study) -> bool:
    return all(apart(found, name, f"{name}, zero start", TRAINING) for name in ("residual-14", "residual-44"))


def all_four_are_level_on_new_patches(found: Study) -> bool:
    names = found.networks[2:6]
    return all(level(found, one, other, TEST) for one in names for other in names)


def the_loss_of_residual_14_is_lower_from_four_seeds(found: Study) -> bool:
    usual, zero = (found.last(name, "test loss") for name in ("residual-14", "residual-14, zero start"))
    lower = sum(one < other for one, other in zip(zero, usual, strict=True))
    rates = {found.rates[name] for name in ("residual-14", "residual-14, zero start")}
    return (lower, round(mean(zero), 2), round(mean(usual), 2), rates) == (4, 0.62, 0.68, {0.1})


def the_rates_of_the_four(found: Study) -> bool:
    names = "plain-14", "plain-44", "residual-14", "residual-44"
    return [found.rates[name] for name in names] == [0.05, 0.05, 0.1, 0.2]


def mean_test_loss_of_residual_44(found: Study) -> bool:
    usual, zero = (found.last(f"residual-44{start}", "test loss") for start in ("", ", zero start"))
    each = all(low < high for low, high in zip(zero, usual, strict=True))
    return each and [round(mean(losses), 2) for losses in (zero, usual)] == [0.64, 0.81]


def grown_networks_end_level_with_those_that_trained_on(found: Study) -> bool:
    names = found.networks[:2]
    return all(level(found, *names, measure) for measure in (TRAINING, TEST))


def forty_four_layers_from_the_start_fit_best(found: Study) -> bool:
    means = [round(average(found, name, TRAINING), 1) for name in found.networks]
    each = zip(*(found.last(name, TRAINING) for name in found.networks), strict=True)
    return means == [0.6, 0.6, 0.1] and all(deep < min(others) for *others, deep in each)


def all_three_are_level_on_new_patches(found: Study) -> bool:
    return all(level(found, one, other, TEST) for one in found.networks for other in found.networks)


def the_loss_of_44_from_the_start_is_higher_from_each_seed(found: Study) -> bool:
    further, start = (found.last(found.networks[place], "test loss") for place in (0, -1))
    each = all(low < high for low, high in zip(further, start, strict=True))
    return each and [round(mean(losses), 2) for losses in (start, further)] == [0.84, 0.76]


OPTION_A, OPTION_B, OPTION_C = ("residual-44", "residual-44, option B", "residual-44, option C")


def a_projection_on_every_shortcut_is_worst_in_training(found: Study) -> bool:
    return all(apart(found, other, OPTION_C, TRAINING) for other in (OPTION_A, OPTION_B))


def on_new_patches_it_is_the_worst_on_average(found: Study) -> bool:
    means = [round(average(found, option, TEST), 1) for option in (OPTION_C, OPTION_B, OPTION_A)]
    return means == [26.0, 20.5, 18.5] and apart(found, OPTION_A, OPTION_C, TEST)


def a_and_b_overlap(found: Study) -> bool:
    return all(level(found, OPTION_A, OPTION_B, measure) for measure in (TRAINING, TEST))


def three_times_as_long_is_not_enough_for_44_layers(found: Study) -> bool:
    deep, shallow = (found.last(f"plain-{depth}", TRAINING) for depth in (44, 14))
    five = len(tried("longer")["plain-44"]) == 5
    return five and (round(min(deep)), round(max(deep)), round(30 * max(shallow))) == (16, 40, 2)


def they_end_better_than_after_15_epochs(found: Study) -> bool:
    return average(found, "plain-44", TRAINING) < average(study("degradation"), "plain-44", TRAINING) - 10


def the_curves_hardly_fall_at_the_end(found: Study) -> bool:
    return all(curve[-1] > curve[-5] - 2 for curve in found.curves("plain-44", TRAINING))


def every_run_of_44_ends_worse_on_new_patches(found: Study) -> bool:
    means = [round(mean(found.last(name, TEST)), 1) for name in ("plain-14", "plain-44")]
    return apart(found, "plain-14", "plain-44", TEST) and means == [19.6, 35.3]


def for_15_epochs_the_best_rate_was_higher(found: Study) -> bool:
    return study("degradation").rates["plain-44"] == 0.05 > found.rates["plain-44"]


def a_rate_between_was_the_best_for_44_layers(found: Study) -> bool:
    rates = sorted(float(rate) for rate in tried("longer")["plain-44"])
    by_error = sorted(tried("longer")["plain-44"].items(), key=lambda each: each[1])
    second = by_error[1][0] == "0.2"
    return found.rates["plain-44"] == 0.02 and rates[:3] == [0.005, 0.02, 0.05] and second


def the_44_from_the_start_have_another_rate(found: Study) -> bool:
    *others, deep = (found.rates[name] for name in found.networks)
    return (set(others), deep) == ({0.1}, max(load("growing").rates)) and deep == 0.2


def the_44_from_the_start_have_the_fewest_wrong(found: Study) -> bool:
    return [round(average(found, name, TEST), 1) for name in found.networks] == [19.0, 18.7, 17.4]


def two_rates_of_plain_14_were_level(found: Study) -> bool:
    errors = tried("degradation")["plain-14"]
    return errors["0.05"] == errors["0.2"] == min(errors.values()) and found.rates["plain-14"] == 0.05


def for_14_layers_the_rate_went_up(found: Study) -> bool:
    rates = study("degradation").rates["plain-14"], found.rates["plain-14"]
    return rates == (0.05, 0.2) and max(load("longer").rates) == 0.2


def the_rates_of_the_options(found: Study) -> bool:
    rates = [found.rates[option] for option in (OPTION_A, OPTION_B, OPTION_C)]
    return rates == [0.2, 0.1, 0.2] and max(load("degradation").rates) == 0.2


CLAIMS: list[Concluded] = [
    (
        "degradation",
        "After 15 epochs it is wrong on 22 percent of the *test* patches",
        plain_14_gets_22_percent_of_the_test_patches_wrong,
    ),
    (
        "degradation",
        "and plain-44 gets 45 percent of them wrong.",
        plain_44_is_not_good_on_its_training_patches,
    ),
    (
        "degradation",
        "the training error rises from 6 to 45 percent without shortcuts, and falls from 3 to 1 with them.",
        errors_go_from_6_to_45_and_from_3_to_1,
    ),
    (
        "degradation",
        "residual-44 ends *below*, with 1 percent wrong against 6.",
        errors_go_from_6_to_45_and_from_3_to_1,
    ),
    (
        "degradation",
        "So here the shortcut ends the degradation, and even 14 layers fit their training patches better "
        "with it.",
        the_shortcut_helps_at_both_depths,
    ),
    (
        "degradation",
        "there the two residual networks overlap (19.9 and 18.5 percent on average).",
        the_residual_networks_are_level_on_new_patches,
    ),
    (
        "degradation",
        "even at its best, plain-44 (53.3 percent wrong on other patches) did worse than plain-14 at its "
        "worst (33.2).",
        plain_44_at_its_best_is_worse_than_plain_14_at_its_worst,
    ),
    (
        "degradation",
        "After 15 epochs the networks without it fit their training patches better",
        without_a_zero_start_they_fit_better,
    ),
    ("degradation", "on new patches all four are level.", all_four_are_level_on_new_patches),
    (
        "degradation",
        "from each seed, the test *loss* of residual-44 is lower with it than without: 0.64 on average "
        "against 0.81.",
        mean_test_loss_of_residual_44,
    ),
    (
        "degradation",
        "For 14 layers, at 0.1 both times, the loss is lower with it from four of the five seeds, on average"
        " 0.62 against 0.68, which may be chance.",
        the_loss_of_residual_14_is_lower_from_four_seeds,
    ),
    (
        "degradation",
        "It was 0.05 for both plain networks, 0.1 for residual-14 and 0.2 for residual-44.",
        the_rates_of_the_four,
    ),
    (
        "degradation",
        "A network that begins as the identity fits *worse* here.",
        without_a_zero_start_they_fit_better,
    ),
    (
        "growing",
        "the grown networks end level with the 14 layers that were simply trained further",
        grown_networks_end_level_with_those_that_trained_on,
    ),
    (
        "growing",
        "fit their training patches best, with 0.1 percent wrong on average, and the others 0.6.",
        forty_four_layers_from_the_start_fit_best,
    ),
    ("growing", "On new patches the runs of all three overlap.", all_three_are_level_on_new_patches),
    (
        "growing",
        "(They learned at 0.2, the highest of the three rates that were tried, and the others at 0.1.",
        the_44_from_the_start_have_another_rate,
    ),
    (
        "growing",
        "On average the 44 from the start have the fewest wrong there, too, 17.4 percent against 18.7 and "
        "19.0.",
        the_44_from_the_start_have_the_fewest_wrong,
    ),
    (
        "degradation",
        "(For plain-14, 0.05 and 0.2 were exactly level, and it has the lower one.)",
        two_rates_of_plain_14_were_level,
    ),
    (
        "longer",
        "For 14 layers the rate went the other way, from 0.05 to 0.2, the highest of the five.",
        for_14_layers_the_rate_went_up,
    ),
    (
        "degradation",
        "(A and C learned at 0.2, the highest of the four rates that were tried, and B at 0.1.)",
        the_rates_of_the_options,
    ),
    (
        "degradation",
        "With C every seed ends worse than any with A or B on training patches.",
        a_projection_on_every_shortcut_is_worst_in_training,
    ),
    (
        "degradation",
        "On new ones C is the worst on average, with 26.0 percent wrong against 20.5 for B and 18.5 for A, "
        "and every seed is worse than any with A.",
        on_new_patches_it_is_the_worst_on_average,
    ),
    (
        "degradation",
        "their runs overlap, on training patches and on new ones.",
        a_and_b_overlap,
    ),
    (
        "longer",
        "at the best of five rates, plain-14 gets at most 2 of 3,000 wrong, and plain-44 still 16 to 40 "
        "percent.",
        three_times_as_long_is_not_enough_for_44_layers,
    ),
    ("longer", "better than after 15 epochs", they_end_better_than_after_15_epochs),
    ("longer", "they hardly fall any more", the_curves_hardly_fall_at_the_end),
    (
        "longer",
        "every run of the 44 ends worse than every run of the 14: 35.3 percent wrong on average, against "
        "19.6.",
        every_run_of_44_ends_worse_on_new_patches,
    ),
    (
        "longer",
        "For 44 layers 0.02 was the best of five rates, in one training at each",
        a_rate_between_was_the_best_for_44_layers,
    ),
    ("longer", "For 15 epochs it was 0.05", for_15_epochs_the_best_rate_was_higher),
    (
        "growing",
        "the test *loss* of the 44 from the start is higher than that of the 14 trained further: 0.84 on "
        "average, against 0.76.",
        the_loss_of_44_from_the_start_is_higher_from_each_seed,
    ),
]
