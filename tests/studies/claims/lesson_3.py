"""What lesson 3 concludes from its studies."""

from torch import nn

from helpers.lessons.study import Study
from studies import network_in_network, squeeze
from studies.parts import parameters
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level

SQUEEZED, NIN = squeeze.networks(), network_in_network.networks()


def via(channels: int) -> tuple[str, str]:
    """With a ReLU after the 1×1, and without."""
    return f"via {channels}", f"via {channels}, no ReLU"


def worse_by(found: Study, lower: str, higher: str) -> float:
    """How much higher the mean on new patches is, in points."""
    return average(found, higher, TEST) - average(found, lower, TEST)


def better_seeds(found: Study, lower: str, higher: str, measure: str) -> int:
    """From how many of the seeds the one network ends lower than the other."""
    pairs = zip(found.last(lower, measure), found.last(higher, measure), strict=True)
    return sum(one < other for one, other in pairs)


def down_to_16_the_mean_is_within_a_point(found: Study) -> bool:
    return all(abs(worse_by(found, "direct", f"via {channels}")) < 1 for channels in (64, 32, 16))


def via_16_costs_less_than_a_point(found: Study) -> bool:
    return 0 < worse_by(found, "direct", "via 16") < 1


def via_8_is_worse_on_average_and_unsettled(found: Study) -> bool:
    return round(worse_by(found, "direct", "via 8"), 1) == 1.4 and level(found, "direct", "via 8", TEST)


def via_8_has_a_seventh_of_the_weights(_: Study) -> bool:
    return round(9 * 64 * 64 / (64 * 8 + 9 * 8 * 64)) == 7


def via_4_and_2_every_seed_is_worse(found: Study) -> bool:
    return all(apart(found, "direct", f"via {channels}", TEST) for channels in (4, 2))


def the_relu_helps_in_training_at_8_32_and_64(found: Study) -> bool:
    helps = [channels for channels in squeeze.REDUCED if apart(found, *via(channels), TRAINING)]
    return helps == [8, 32, 64]


def with_a_relu_via_32_fits_better(found: Study) -> bool:
    fewer = parameters(SQUEEZED["via 32"]) < parameters(SQUEEZED["direct"])
    return fewer and apart(found, "via 32", "direct", TRAINING)


def the_relu_does_harm_in_training_at_2_and_perhaps_at_4(found: Study) -> bool:
    harmed = [channels for channels in squeeze.REDUCED if apart(found, *reversed(via(channels)), TRAINING)]
    with_relu, without = via(4)
    every = better_seeds(found, without, with_relu, TRAINING) == len(found.seeds)
    return harmed == [2] and every and level(found, with_relu, without, TRAINING)


def on_new_patches_the_relu_is_not_settled(found: Study) -> bool:
    return all(level(found, *via(channels), TEST) for channels in squeeze.REDUCED)


def at_32_the_relu_helps_from_every_seed(found: Study) -> bool:
    every = better_seeds(found, *via(32), TEST) == len(found.seeds)
    return every and round(worse_by(found, *via(32)), 1) == 1.8


def some_rates_are_the_highest(found: Study) -> bool:
    return 0.2 in found.rates.values() and set(found.rates.values()) > {0.2}


def mlpconv_is_better_than_the_same_convolutions(found: Study) -> bool:
    return apart(found, "mlpconv", "convolutions", TEST)


def by_two_patches_of_1_000(found: Study) -> bool:
    nearest = min(found.last("convolutions", TEST)) - max(found.last("mlpconv", TEST))
    return round(10 * nearest) == 2


def the_wider_have_17_channels(_: Study) -> bool:
    def width(name: str) -> int:
        return next(layer.out_channels for layer in NIN[name]().modules() if isinstance(layer, nn.Conv2d))

    return [width(name) for name in ("convolutions", "mlpconv", "wider convolutions")] == [16, 16, 17]


def mlpconv_has_more_weights(_: Study) -> bool:
    return parameters(NIN["mlpconv"]) > parameters(NIN["convolutions"])


def mlpconv_is_probably_better_than_wider_convolutions(found: Study) -> bool:
    pair = "mlpconv", "wider convolutions"
    points = round(worse_by(found, *pair), 1)
    return points == 1.2 and better_seeds(found, *pair, TEST) == 4 and level(found, *pair, TEST)


def it_is_better_than_wider_convolutions_in_training(found: Study) -> bool:
    return apart(found, "mlpconv", "wider convolutions", TRAINING)


def both_have_the_same_rate(found: Study) -> bool:
    return found.rates["mlpconv"] == found.rates["wider convolutions"] == 0.1


def the_wider_ones_have_about_as_many_weights(_: Study) -> bool:
    return 0.9 < parameters(NIN["wider convolutions"]) / parameters(NIN["mlpconv"]) < 1.1


def the_linear_head_has_two_and_a_half_times_the_parameters(_: Study) -> bool:
    return round(parameters(NIN["mlpconv, linear head"]) / parameters(NIN["mlpconv"]), 1) == 2.5


def the_linear_head_overfits(found: Study) -> bool:
    pooled, linear = "mlpconv", "mlpconv, linear head"
    return apart(found, linear, pooled, TRAINING) and apart(found, pooled, linear, TEST)


def without_the_1x1_the_linear_head_is_probably_worse(found: Study) -> bool:
    pairs = [(name, f"{name}, linear head") for name in ("convolutions", "wider convolutions")]
    means = [round(worse_by(found, *pair), 1) for pair in pairs]
    overlap = all(level(found, *pair, TEST) for pair in pairs)
    return means == [1.5, 2.6] and overlap and all(better_seeds(found, *pair, TEST) == 4 for pair in pairs)


def without_batch_norm_mlpconv_is_worse(found: Study) -> bool:
    return apart(found, "convolutions, no batch norm", "mlpconv, no batch norm", TEST)


def without_batch_norm_it_trains_worse(found: Study) -> bool:
    return apart(found, "convolutions, no batch norm", "mlpconv, no batch norm", TRAINING)


WIDER = "wider convolutions, no batch norm"


def two_seeds_of_the_wider_ones_end_near_22(found: Study) -> bool:
    ends = sorted(found.last(WIDER, TRAINING))
    return ends[2] < 10 and all(21 < end < 23 for end in ends[3:])


def both_leap_at_epoch_7(found: Study) -> bool:
    bad = [curve for curve in found.curves(WIDER, TRAINING) if curve[-1] > 20]
    return len(bad) == 2 and all(curve[5] < 30 and curve[6] > 65 for curve in bad)


def early_on_the_seeds_are_mixed(found: Study) -> bool:
    after_six = [[curve[5] for curve in found.curves(name, TRAINING)] for name in ("convolutions", "mlpconv")]
    return min(after_six[0]) < max(after_six[1]) and min(after_six[1]) < max(after_six[0])


CLAIMS: list[Concluded] = [
    (
        "squeeze",
        "Down to 16 channels, the mean stays within a point of *direct*.",
        down_to_16_the_mean_is_within_a_point,
    ),
    (
        "squeeze",
        "it's 1.4 points worse, a difference too small for five seeds to settle.",
        via_8_is_worse_on_average_and_unsettled,
    ),
    ("squeeze", "At 8, with a seventh of the weights", via_8_has_a_seventh_of_the_weights),
    ("squeeze", "At 4 and at 2, every seed is worse.", via_4_and_2_every_seed_is_worse),
    (
        "squeeze",
        "On our ten photos, narrowing 64 channels to 16 cost less than a point.",
        via_16_costs_less_than_a_point,
    ),
    (
        "squeeze",
        "the ReLU helps at 8, 32 and 64 channels, in every seed.",
        the_relu_helps_in_training_at_8_32_and_64,
    ),
    (
        "squeeze",
        "With it, *via 32* fits them better than *direct*, with fewer weights.",
        with_a_relu_via_32_fits_better,
    ),
    (
        "squeeze",
        "At 2 channels it does harm in every seed, and at 4 from each of the five seeds the network without "
        "it is better, though the two ranges overlap.",
        the_relu_does_harm_in_training_at_2_and_perhaps_at_4,
    ),
    (
        "squeeze",
        "In our study that shows on the training patches, at 2 channels and perhaps at 4.",
        the_relu_does_harm_in_training_at_2_and_perhaps_at_4,
    ),
    ("squeeze", "the two overlap everywhere.", on_new_patches_the_relu_is_not_settled),
    (
        "squeeze",
        "At 32 the network with the ReLU is better from each of the five seeds, by 1.8 points on average",
        at_32_the_relu_helps_from_every_seed,
    ),
    ("squeeze", "For some it's the highest of the three", some_rates_are_the_highest),
    (
        "network_in_network",
        "On new patches every seed of mlpconv beats every seed of the same convolutions",
        mlpconv_is_better_than_the_same_convolutions,
    ),
    ("network_in_network", "by two patches of 1,000 where it's closest", by_two_patches_of_1_000),
    ("network_in_network", "17 channels in place of 16", the_wider_have_17_channels),
    ("network_in_network", "But it has more weights", mlpconv_has_more_weights),
    (
        "network_in_network",
        "On the training patches, every seed of mlpconv beats every seed of the wider convolutions.",
        it_is_better_than_wider_convolutions_in_training,
    ),
    (
        "network_in_network",
        "On new ones, mlpconv is better from four of the five seeds, by 1.2 points on average.",
        mlpconv_is_probably_better_than_wider_convolutions,
    ),
    ("network_in_network", "Both have a learning rate of 0.1", both_have_the_same_rate),
    (
        "network_in_network",
        "Against the wider convolutions, mlpconv is better on its training patches, from every seed.",
        it_is_better_than_wider_convolutions_in_training,
    ),
    (
        "network_in_network",
        "On new ones it's probably better, by the 1.2 points of the lesson, though the ranges overlap.",
        mlpconv_is_probably_better_than_wider_convolutions,
    ),
    (
        "network_in_network",
        "about as many weights as mlpconv",
        the_wider_ones_have_about_as_many_weights,
    ),
    (
        "network_in_network",
        "With the linear head, and 2.5 times the parameters",
        the_linear_head_has_two_and_a_half_times_the_parameters,
    ),
    (
        "network_in_network",
        "mlpconv fits its training patches better and new ones worse",
        the_linear_head_overfits,
    ),
    (
        "network_in_network",
        "by 1.5 and 2.6 points on average, and from four of five seeds each time",
        without_the_1x1_the_linear_head_is_probably_worse,
    ),
    (
        "network_in_network",
        "mlpconv is *worse* than the same convolutions, from every seed.",
        without_batch_norm_mlpconv_is_worse,
    ),
    (
        "network_in_network",
        "Without batch norm, as in 2013, our mlpconv loses to the same convolutions without 1×1s",
        without_batch_norm_mlpconv_is_worse,
    ),
    (
        "network_in_network",
        "It is worse on its training patches, too",
        without_batch_norm_it_trains_worse,
    ),
    (
        "network_in_network",
        "two of their five seeds also end near 22 percent on their training patches.",
        two_seeds_of_the_wider_ones_end_near_22,
    ),
    (
        "network_in_network",
        "both leap up at epoch 7, from under 30 percent to over 65",
        both_leap_at_epoch_7,
    ),
    ("network_in_network", "Early on, the seeds of the two are mixed", early_on_the_seeds_are_mixed),
]
