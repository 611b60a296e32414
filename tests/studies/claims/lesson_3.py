"""What lesson 3 concludes from its studies."""

from helpers.lessons.study import Study
from studies import network_in_network, squeeze
from studies.parts import parameters
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, level

SQUEEZED, NIN = squeeze.networks(), network_in_network.networks()


def via(channels: int) -> tuple[str, str]:
    """With a ReLU behind the 1×1, and without."""
    return f"via {channels}", f"via {channels}, no ReLU"


def via_8_is_level_on_new_patches(found: Study) -> bool:
    return all(level(found, "direct", name, TEST) for name in via(8))


def via_8_has_a_sixth_of_the_weights(_: Study) -> bool:
    return round(parameters(SQUEEZED["direct"]) / parameters(SQUEEZED["via 8"])) == 6


def via_2_every_seed_is_worse(found: Study) -> bool:
    return all(apart(found, "direct", name, TEST) for name in via(2))


def with_a_relu_via_32_fits_better(found: Study) -> bool:
    fewer = parameters(SQUEEZED["via 32"]) < parameters(SQUEEZED["direct"])
    return fewer and apart(found, "via 32", "direct", TRAINING)


def without_a_relu_nothing_fits_better_than_direct(found: Study) -> bool:
    without = [name for name in found.networks if name.endswith("no ReLU")]
    return len(without) == 6 and not any(apart(found, name, "direct", TRAINING) for name in without)


def at_2_channels_the_relu_does_harm(found: Study) -> bool:
    with_relu, without = via(2)
    return apart(found, without, with_relu, TRAINING)


def it_shows_at_2_channels_only_and_only_on_training_patches(found: Study) -> bool:
    harmed = [
        (channels, measure)
        for channels in squeeze.REDUCED
        for measure in (TRAINING, TEST)
        if apart(found, *reversed(via(channels)), measure)
    ]
    return harmed == [(2, TRAINING)]


def mlpconv_is_better_than_the_same_convolutions(found: Study) -> bool:
    return apart(found, "mlpconv", "convolutions", TEST)


def mlpconv_has_more_weights(_: Study) -> bool:
    return parameters(NIN["mlpconv"]) > parameters(NIN["convolutions"])


def mlpconv_is_level_with_wider_convolutions(found: Study) -> bool:
    return level(found, "mlpconv", "wider convolutions", TEST)


def the_wider_ones_have_about_as_many_weights(_: Study) -> bool:
    return 0.9 < parameters(NIN["wider convolutions"]) / parameters(NIN["mlpconv"]) < 1.1


def the_linear_head_has_two_and_a_half_times_the_parameters(_: Study) -> bool:
    return round(parameters(NIN["mlpconv, linear head"]) / parameters(NIN["mlpconv"]), 1) == 2.5


def the_linear_head_overfits(found: Study) -> bool:
    pooled, linear = "mlpconv", "mlpconv, linear head"
    return apart(found, linear, pooled, TRAINING) and apart(found, pooled, linear, TEST)


def the_heads_are_level_without_the_1x1(found: Study) -> bool:
    return all(
        level(found, name, f"{name}, linear head", TEST) for name in ("convolutions", "wider convolutions")
    )


def without_batch_norm_mlpconv_is_worse(found: Study) -> bool:
    return apart(found, "convolutions, no batch norm", "mlpconv, no batch norm", TEST)


def without_batch_norm_it_trains_worse(found: Study) -> bool:
    return apart(found, "convolutions, no batch norm", "mlpconv, no batch norm", TRAINING)


CLAIMS: list[Concluded] = [
    (
        "squeeze",
        "with the ReLU or without: the seeds overlap.",
        via_8_is_level_on_new_patches,
    ),
    (
        "squeeze",
        "*via 8* is level with *direct*, at a sixth of the weights",
        via_8_has_a_sixth_of_the_weights,
    ),
    ("squeeze", "Via 2 every seed is worse.", via_2_every_seed_is_worse),
    (
        "squeeze",
        "with it, *via 32* fits them better than *direct*, with fewer weights",
        with_a_relu_via_32_fits_better,
    ),
    ("squeeze", "without it, no width does.", without_a_relu_nothing_fits_better_than_direct),
    ("squeeze", "At 2 channels, though, it does harm.", at_2_channels_the_relu_does_harm),
    (
        "squeeze",
        "In our study that shows at 2 channels only, and only on the training patches.",
        it_shows_at_2_channels_only_and_only_on_training_patches,
    ),
    ("squeeze", "For our ten photos, 8 of 64 channels were enough.", via_8_is_level_on_new_patches),
    (
        "network_in_network",
        "On new patches every seed of mlpconv beats every seed of the same convolutions.",
        mlpconv_is_better_than_the_same_convolutions,
    ),
    ("network_in_network", "But it has more weights", mlpconv_has_more_weights),
    (
        "network_in_network",
        "with wider convolutions it's level.",
        mlpconv_is_level_with_wider_convolutions,
    ),
    (
        "network_in_network",
        "Than *wider* ones with about as many weights?",
        the_wider_ones_have_about_as_many_weights,
    ),
    (
        "network_in_network",
        "With a linear head, and 2.5 times the parameters",
        the_linear_head_has_two_and_a_half_times_the_parameters,
    ),
    (
        "network_in_network",
        "it fits its training patches better and new ones worse",
        the_linear_head_overfits,
    ),
    (
        "network_in_network",
        "the two kinds of head are level on new patches.",
        the_heads_are_level_without_the_1x1,
    ),
    (
        "network_in_network",
        "mlpconv is *worse* than the same convolutions, from every seed.",
        without_batch_norm_mlpconv_is_worse,
    ),
    (
        "network_in_network",
        "Without batch norm, as in 2013, our mlpconv even loses",
        without_batch_norm_mlpconv_is_worse,
    ),
    (
        "network_in_network",
        "It is worse on its training patches, too",
        without_batch_norm_it_trains_worse,
    ),
]
