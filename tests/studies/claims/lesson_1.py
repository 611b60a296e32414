"""What lesson 1 concludes from its studies."""

from collections.abc import Callable
from itertools import pairwise
from statistics import mean

import torch
from torch import nn

from helpers import build, trace
from helpers.lessons.study import Study
from helpers.reading.published import Figure
from studies.alexnet_parts import NETWORKS
from studies.parts import parameters
from studies.study import load
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level, tried

RACE = "ReLU ×1.4", "tanh ×1.7", "sigmoid ×7"


def means(found: Study, name: str) -> list[float]:
    """A network's training error after each epoch, on average over the seeds."""
    return [mean(epoch) for epoch in zip(*found.curves(name, TRAINING), strict=True)]


def the_averages_cross_after_7_9_and_17_epochs(found: Study) -> bool:
    relu, tanh, sigmoid = (first_below(tuple(means(found, name)), 25) for name in RACE)
    return (tanh, relu, sigmoid) == (7, 9, 17)


def relu_and_tanh_are_as_fast_and_tanh_ahead_on_average(found: Study) -> bool:
    reached = [[first_below(curve, 25) for curve in found.curves(name, TRAINING)] for name in RACE[:2]]
    epochs = [(min(each), max(each)) for each in reached]
    relu, tanh = (means(found, name) for name in RACE[:2])
    ahead = [higher - lower for lower, higher in zip(tanh, relu, strict=True)]
    margins = round(ahead[0]), round(ahead[-1])
    return epochs == [(7, 9), (6, 9)] and min(ahead) > 0 and margins == (18, 3)


def first_below(curve: tuple[float, ...], error: float) -> int:
    """The first epoch, counted from 1, that ended below this error."""
    return next(epoch for epoch, value in enumerate(curve, 1) if value < error)


def the_scales_are_the_best(found: Study) -> bool:
    of_each = [[name for name in found.networks if name.split()[0] == best.split()[0]] for best in RACE]
    return all(
        min(names, key=lambda name: average(found, name, TRAINING)) == best
        for best, names in zip(RACE, of_each, strict=True)
    )


def from_scale_1_the_sigmoid_guesses(found: Study) -> bool:
    """Four seeds are as wrong as one label for all ten classes would be, and the fifth is more so."""
    ends = [sorted(found.last("sigmoid ×1", measure)) for measure in (TRAINING, TEST)]
    return all(each[:4] == [90.0] * 4 and each[4] > 90 for each in ends)


def the_sigmoid_shrinks_the_differences_between_patches(_: Study) -> bool:
    """The deviation over patches of a unit before training, behind the first nonlinearity and the sixth."""
    study = load("activations")
    x, spread = study.data(False).train_images[:200], []
    with torch.random.fork_rng([]), torch.no_grad():
        torch.manual_seed(0)
        for layer in study.networks["sigmoid ×1"]():
            x = layer(x)
            if isinstance(layer, nn.Sigmoid):
                spread.append(x.flatten(1).std(dim=0).mean().item())
    return len(spread) == 6 and all(one > 2 * other for one, other in pairwise(spread)) and spread[-1] < 1e-4


def a_start_at_4_rescues_the_sigmoid(found: Study) -> bool:
    return apart(found, "sigmoid ×4", "sigmoid ×1", TRAINING, by=50)


def the_sigmoid_needs_15_to_17_epochs(found: Study) -> bool:
    reached = [first_below(curve, 25) for curve in found.curves("sigmoid ×7", TRAINING) if min(curve) < 25]
    return (min(reached), max(reached), len(reached), len(found.seeds)) == (15, 17, 4, 5)


def a_start_at_7_is_better_on_average_and_overlaps(found: Study) -> bool:
    names = "sigmoid ×7", "sigmoid ×4"
    return all(
        level(found, *names, measure)
        and average(found, names[0], measure) < average(found, names[1], measure)
        for measure in (TRAINING, TEST)
    )


def its_rate_was_chosen_by_half_a_point(_: Study) -> bool:
    errors = tried("activations")["sigmoid ×7"]
    best, second = sorted(errors, key=errors.__getitem__)[:2]
    return (best, second, round(errors[second] - errors[best], 1)) == ("0.2", "0.5", 0.5)


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
    return round(sum(more) / len(more)) == 2


def at_scale_1_tanh_fits_better(found: Study) -> bool:
    return apart(found, "tanh ×1", "ReLU ×1", TRAINING)


DROPOUT = "no dropout", "whole"


def without_dropout_the_error_is_lower(found: Study) -> bool:
    return all(apart(found, "no dropout", "whole", measure) for measure in (TRAINING, TEST))


def the_whole_misses_27_percent_of_its_training_patches(found: Study) -> bool:
    return round(average(found, "whole", TRAINING)) == 27


ROWS = {  # those of the table of *Does dropout help here?*, each with its row there
    "no dropout": ("96 | no", 9.7, 25.5),
    "whole": ("96 | yes", 26.9, 35.6),
    "wide, no dropout": ("512 | no", 9.9, 25.9),
    "wide linear layers": ("512 | yes", 10.4, 26.4),
}


def the_row_is_the_average_of(name: str, *missed: float) -> Callable[[Study], bool]:
    def is_it(found: Study) -> bool:
        return tuple(round(average(found, name, each), 1) for each in (TRAINING, TEST)) == missed

    is_it.__name__ = f"the_row_is_the_average_of_{name}"
    return is_it


def wide_networks_hardly_differ(found: Study) -> bool:
    wide = "wide, no dropout", "wide linear layers"
    return all(
        level(found, *wide, measure)
        and abs(average(found, wide[0], measure) - average(found, wide[1], measure)) < 1
        for measure in (TRAINING, TEST)
    )


def with_512_units_it_fits_in_24_epochs(found: Study) -> bool:
    return apart(found, "wide linear layers", "whole", TRAINING)


def the_errors_are_16_points_apart_without_dropout_and_9_with_it(found: Study) -> bool:
    gaps = [average(found, name, TEST) - average(found, name, TRAINING) for name in DROPOUT]
    return list(map(round, gaps)) == [16, 9]


def without_dropout_the_gap_was_6_points_after_15_epochs(found: Study) -> bool:
    training, test = (
        mean(curve[14] for curve in found.curves("no dropout", measure)) for measure in (TRAINING, TEST)
    )
    return (round(training, 1), round(test - training)) == (25.6, 6) and training < average(
        found, "whole", TRAINING
    )


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


def one_part_saved_1_3_points_at_most(published: Callable[..., tuple[Figure, ...]]) -> bool:
    return max(figure.value for figure in published("alexnet", "top-5 gain")) == 1.3


def ten_crops_lowered_both_errors(published: Callable[..., tuple[Figure, ...]]) -> bool:
    printed = [
        next(each.printed for each in published("alexnet", gain) if each.variant.startswith("ten crops"))
        for gain in ("top-5 gain", "top-1 gain")
    ]
    return printed == ["18.3% − 17.0% = 1.3%", "39.0% − 37.5% = 1.5%"]


def without_norm_or_conv_4_it_is_nearly_five_points_better_and_overlaps(found: Study) -> bool:
    return all(
        4.5 < average(found, "whole", TEST) - average(found, without, TEST) < 5
        and level(found, "whole", without, TEST)
        for without in ("no response norm", "no conv 4")
    )


def alexnet_won_by_eleven_three_by_the_ensemble(published: Callable[..., tuple[Figure, ...]]) -> bool:
    figures = published("alexnet", "top-5 error", edition="paper")
    errors = {(each.data, each.models): each.value for each in figures}
    ahead = published("fisher_vectors", "top-5 error")[0].value - errors["test", 7]
    return (round(ahead), round(errors["validation", 1] - errors["validation", 7])) == (11, 3)


def one_gpu_has_nearly_the_parameters_and_half_the_work(_: Callable[..., tuple[Figure, ...]]) -> bool:
    """Half as many kernels in conv1 to conv4, in one tower, as the paper's footnote 2 has it."""
    with torch.device("meta"):
        layers = [nn.Conv2d(3, 48, 11, stride=4), nn.MaxPool2d(3, 2), nn.Conv2d(48, 128, 5, padding=2)]
        layers += [nn.MaxPool2d(3, 2), nn.Conv2d(128, 192, 3, padding=1), nn.Conv2d(192, 192, 3, padding=1)]
        layers += [nn.Conv2d(192, 256, 3, padding=1), nn.MaxPool2d(3, 2), nn.Flatten()]
        layers += [nn.Linear(256 * 6 * 6, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)]
        one, whole = trace(nn.Sequential(*layers), (3, 227, 227)), trace(build("alexnet"))
    millions = [round(each / 1e6) for each in (one.macs, whole.macs)]
    return round(one.parameters / 1e6, 1) == 59.8 and millions == [392, 724]


def each_function_chose_its_own_rate(found: Study) -> bool:
    rates = {name: found.rates[name] for name in found.networks}
    of_each = {"ReLU ×1": 0.02, "ReLU ×1.4": 0.02, "tanh ×1": 0.06, "tanh ×1.7": 0.06}
    of_the_sigmoid = {"sigmoid ×4": 0.5, "sigmoid ×7": 0.2}
    return all(rates[name] == rate for name, rate in (of_each | of_the_sigmoid).items())


def relu_was_six_times_as_fast(published: Callable[..., tuple[Figure, ...]]) -> bool:
    return [figure.value for figure in published("four_layer_cnn", "times faster")] == [6]


CLAIMS: list[Concluded] = [
    (
        "activations",
        "the one, of two or three that we tried, that ended with the lowest training error.",
        the_scales_are_the_best,
    ),
    (
        "activations",
        "Four of the five sigmoids take 15 to 17 epochs, and one doesn't get there.",
        the_sigmoid_needs_15_to_17_epochs,
    ),
    (
        "published",
        "Where the paper prints how much top-5 error one part saved, it is 1.3 points at most.",
        one_part_saved_1_3_points_at_most,
    ),
    (
        "published",
        "AlexNet won by eleven points. About three of the points come from averaging seven networks",
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
        "*One tower* (no groups: each kernel reads all maps) has a third more parameters than two",
        one_tower_has_a_third_more_parameters,
    ),
    (
        "alexnet_parts",
        "On new patches, none of the other rows can be told apart from the whole.",
        all_others_are_level_with_the_whole,
    ),
    (
        "alexnet_parts",
        "the seeds (random starts) of one and the same network can lie more than 16 points apart here",
        seeds_can_lie_more_than_16_points_apart,
    ),
    (
        "alexnet_parts",
        "In training, the network without response norm fits better than the one with the strong norm; on"
        " new patches the two are level.",
        without_response_norm_it_fits_better_than_with_the_strong_one,
    ),
    (
        "alexnet_parts",
        "All networks chose the same of three learning rates, 0.03.",
        all_chose_the_same_rate,
    ),
    (
        "activations",
        "ReLU falls below 25 percent after 7 to 9 epochs and tanh after 6 to 9, and tanh is ahead on "
        "average after every epoch, by 18 points at first and by 3 at the end.",
        relu_and_tanh_are_as_fast_and_tanh_ahead_on_average,
    ),
    (
        "activations",
        "ReLU chose 0.02 at both scales, tanh 0.06, and the sigmoid 0.5 from 4 and 0.2 from 7.",
        each_function_chose_its_own_rate,
    ),
    *(
        ("alexnet_parts", f"| {row} | {fits} % | {new} % |", the_row_is_the_average_of(name, fits, new))
        for name, (row, fits, new) in ROWS.items()
    ),
    (
        "alexnet_parts",
        "with 96 units, the gap between the two errors shrinks from 16 points to 9,",
        the_errors_are_16_points_apart_without_dropout_and_9_with_it,
    ),
    ("alexnet_parts", "With 512 units, it hardly matters.", wide_networks_hardly_differ),
    (
        "alexnet_parts",
        "(Without dropout the gap was 6 points after 15 epochs, when 25.6 percent of the training patches "
        "were wrong.)",
        without_dropout_the_gap_was_6_points_after_15_epochs,
    ),
    (
        "alexnet_parts",
        "after 15 epochs, when the network without dropout still missed 26 percent of its training patches,"
        " only 6 points lay between its errors.",
        without_dropout_the_gap_was_6_points_after_15_epochs,
    ),
    (
        "alexnet_parts",
        "So in wide layers 24 epochs are enough for dropout to keep up on average.",
        with_512_units_it_fits_in_24_epochs,
    ),
    (
        "activations",
        "(Not in our own race: see *Going further*.)",
        relu_and_tanh_are_as_fast_and_tanh_ahead_on_average,
    ),
    (
        "alexnet_parts",
        "Without it, 16 points lie between the two errors, and with it only 9.",
        the_errors_are_16_points_apart_without_dropout_and_9_with_it,
    ),
    (
        "alexnet_parts",
        "Even the networks without response norm and without conv 4, each nearly five points better on "
        "average, overlap with the whole",
        without_norm_or_conv_4_it_is_nearly_five_points_better_and_overlaps,
    ),
    (
        "published",
        "that alone lowered the top-5 error from 18.3 to 17.0 percent, and the top-1 error from 39.0 to "
        "37.5.",
        ten_crops_lowered_both_errors,
    ),
    (
        "published",
        "The paper's reason is a race: a small network learned six times as fast with ReLUs as with tanh.",
        relu_was_six_times_as_fast,
    ),
    (
        "activations",
        "tanh crosses the dotted line after 7 epochs (passes through all patches), ReLU after 9, and the "
        "sigmoid after 17.",
        the_averages_cross_after_7_9_and_17_epochs,
    ),
    (
        "activations",
        "the same small slopes shrink the differences between photos, until the last layer can hardly tell",
        the_sigmoid_shrinks_the_differences_between_patches,
    ),
    (
        "activations",
        "Started at scale 1, the sigmoid guesses to the end.",
        from_scale_1_the_sigmoid_guesses,
    ),
    ("activations", "A start at 4 rescues it.", a_start_at_4_rescues_the_sigmoid),
    (
        "activations",
        "A start at 7, at its own rate, does better on average, though the runs overlap",
        a_start_at_7_is_better_on_average_and_overlaps,
    ),
    (
        "activations",
        "From 7, 0.2 and 0.5 were only half a point apart, on average over three trainings each",
        its_rate_was_chosen_by_half_a_point,
    ),
    (
        "activations",
        "Both fit their training patches better from the larger one.",
        the_larger_start_fits_better,
    ),
    (
        "activations",
        "On new patches they do about two points worse from it, on average",
        the_larger_start_is_two_points_worse_on_new_patches,
    ),
    (
        "activations",
        "At scale 1, too, tanh fits its training patches better than ReLU.",
        at_scale_1_tanh_fits_better,
    ),
    (
        "published",
        "So that network has nearly as many parameters (59.8 million), but does only about half of the "
        "work (392 million MACs against 724)",
        one_gpu_has_nearly_the_parameters_and_half_the_work,
    ),
]
