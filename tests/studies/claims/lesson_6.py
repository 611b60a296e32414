"""What lesson 6 concludes from its studies."""

from torch import nn

from helpers.lessons.study import Study, study
from studies import dense
from studies.parts import parameters
from studies.reuse import CUTS, dense_net
from tests.studies.claims.looking import TEST, TRAINING, Concluded, apart, average, level, tried

DENSE = "all connections"
LOCAL, PLAIN = "the layer just before, and the input", "the layer just before only"
NOT_PREVIOUS, INPUT = "not the layer just before", "the input to its next reader only"
WITHOUT_B = "trained with the input for its next reader only"
WITHOUT_C = f"trained with {LOCAL}"


def one_in_five_is_wrong_before_the_cut(found: Study) -> bool:
    return all(15 < error < 25 for error in found.last("nothing cut", TEST))


def with_the_layer_just_before_only_it_guesses(found: Study) -> bool:
    return all(85 < error < 95 for error in found.last(PLAIN, TEST))


def the_input_is_missed_more_than_all_others(found: Study) -> bool:
    return all(apart(found, other, INPUT, TEST) for other in (NOT_PREVIOUS, LOCAL))


def the_cuts_after_the_training_cost_58_80_and_90(found: Study) -> bool:
    return [round(average(found, name, TEST)) for name in (LOCAL, INPUT, PLAIN)] == [58, 80, 90]


def trained_without_b_or_c_it_is_level(found: Study) -> bool:
    means = [round(average(found, name, TEST), 1) for name in (WITHOUT_C, WITHOUT_B, DENSE)]
    return means == [19.4, 19.9, 18.6] and all(
        level(found, name, DENSE, TEST) for name in (WITHOUT_B, WITHOUT_C)
    )


def trained_without_b_or_c_it_has_learned_less_by_heart(found: Study) -> bool:
    means = [f"{average(found, name, TRAINING):.2f}" for name in (WITHOUT_C, WITHOUT_B, DENSE)]
    return means == ["4.47", "9.66", "2.65"] and all(
        apart(found, DENSE, name, TRAINING) for name in (WITHOUT_B, WITHOUT_C)
    )


def trained_with_the_layer_just_before_only_it_has_37_percent_wrong(found: Study) -> bool:
    plain = f"trained with {PLAIN}"
    return round(average(found, plain, TEST)) == 37 and all(
        apart(found, name, plain, TEST) for name in (WITHOUT_B, WITHOUT_C)
    )


def the_input_is_missed_most(found: Study) -> bool:
    others = [name for name in found.networks if name.startswith("layer ")]
    return len(others) == 11 and all(apart(found, name, INPUT, TEST, by=30) for name in others)


def without_the_input_80_percent_are_wrong(found: Study) -> bool:
    return min(found.last(INPUT, TEST)) > 200 / 3 and round(average(found, INPUT, TEST)) == 80


def without_layer_1_at_most_33_percent_are_wrong(found: Study) -> bool:
    cut_off = [f"layer {number} to no reader" for number in range(1, 7)]
    worst = max(max(found.last(name, TEST)) for name in cut_off)
    return worst == max(found.last("layer 1 to no reader", TEST)) == 33.1


def each_had_four_rates(found: Study) -> bool:
    names = DENSE, WITHOUT_C, WITHOUT_B, f"trained with {PLAIN}"
    table = tried("reuse")
    best = {name: float(min(table[name], key=table[name].__getitem__)) for name in found.rates}
    return [found.rates[name] for name in names] == [0.2, 0.1, 0.4, 0.05] and all(
        found.rates[name] == best[name] and sorted(map(float, table[name])) == [0.05, 0.1, 0.2, 0.4]
        for name in names
    )


def a_rate_was_the_largest_tried(found: Study) -> bool:
    rates = {rate for rates in tried("dense").values() for rate in map(float, rates)}
    at_the_edge = [name for name, rate in found.rates.items() if rate == max(rates) == 0.2]
    return at_the_edge == ["ResNet, as much work"]


def all_three_learn_their_training_patches(found: Study) -> bool:
    return all(max(found.last(name, TRAINING)) < 2 for name in found.networks)


def densenet_is_ahead_on_new_patches(found: Study) -> bool:
    others = [name for name in found.networks if name.startswith("ResNet")]
    return len(others) == 2 and all(apart(found, "DenseNet", other, TEST) for other in others)


def at_equal_parameters_densenet_is_ten_points_ahead(found: Study) -> bool:
    names = "DenseNet", "ResNet, as many parameters"
    return [round(average(found, name, TEST), 1) for name in names] == [20.7, 30.5]


def cut_maps(name: str) -> int:
    """How many maps a cut takes from their readers, in both blocks, of 16 and 32 channels and six layers."""
    pairs = [(source, reader) for reader in range(1, 8) for source in range(reader)]
    cut = [source for source, reader in pairs if not CUTS[name](source, reader)]
    return sum(8 if source else entering for entering in (16, 32) for source in cut)


def the_errors_follow_the_maps_that_are_cut(found: Study) -> bool:
    names = NOT_PREVIOUS, LOCAL, INPUT, PLAIN
    errors = [average(found, name, TEST) for name in names]
    return [cut_maps(name) for name in names] == [96, 240, 288, 528] and errors == sorted(errors)


def costs_more(found: Study, cut: str, other: str) -> list[float]:
    """By how many points more each network errs with the one cut: each is compared with itself."""
    assert cut_maps(cut) == cut_maps(other)
    return [one - two for one, two in zip(found.last(cut, TEST), found.last(other, TEST), strict=True)]


def cuts_of_96_and_of_240_maps_differ_in_no_clear_way(found: Study) -> bool:
    first = costs_more(found, NOT_PREVIOUS, "layer 1 to no reader")
    second = costs_more(found, LOCAL, "layers 1 to 3 to no reader")
    close = [each for each in second if abs(each) < 1.2]
    clear = [each for each in second if round(each, 1) >= 7]
    return sum(each > 0 for each in first) == 2 and (len(close), len(clear)) == (2, 3)


def at_288_maps_the_input_costs_more_in_each_network(found: Study) -> bool:
    more = costs_more(found, INPUT, "layers 1 to 4 to no reader")
    return min(more) > 0 and (round(min(more)), round(max(more))) == (2, 31)


def behind_at_equal_rates(name: str) -> dict[str, float]:
    """By how many points a network did worse than all connections, on the patches for choosing."""
    table = tried("reuse")
    return {rate: round(error - table[DENSE][rate], 1) for rate, error in table[name].items()}


def without_c_it_was_ahead_at_three_of_four_rates(_: Study) -> bool:
    behind = behind_at_equal_rates(WITHOUT_C)
    return (
        behind.pop("0.2") == 1.2
        and len(behind) == 3
        and -0.6 == min(behind.values()) <= max(behind.values()) < 0
    )


def without_b_it_was_behind_at_every_rate(_: Study) -> bool:
    behind = behind_at_equal_rates(WITHOUT_B).values()
    return (len(behind), min(behind), max(behind)) == (4, 0.6, 2.5)


def two_thirds_of_the_input_s_maps_are_in_the_second_block(_: Study) -> bool:
    layers_in_each = (6 + 5 + 4 + 3) * 8
    return (
        6 * 32 / cut_maps(INPUT) == 2 / 3 and layers_in_each / cut_maps("layers 1 to 4 to no reader") == 0.5
    )


def the_input_has_the_most_maps(found: Study) -> bool:
    layers = [name for name in found.networks if name.startswith("layer ")]
    return cut_maps(INPUT) == 288 and max(cut_maps(name) for name in layers) == 96


def in_block_1(found: Study) -> tuple[str, list[str]]:
    """The cut of the input in the first block alone, and all cuts of layers that take as many maps."""
    cuts = [name for name in found.networks if name.startswith("block 1: ")]
    [of_input] = [name for name in cuts if "input" in name]
    partners = [name for name in cuts if name != of_input]
    assert len(partners) == 5
    return of_input, partners


def in_block_1_the_input_costs_more_than_each_partner(found: Study) -> bool:
    of_input, partners = in_block_1(found)
    others = sorted(round(average(found, name, TEST)) for name in partners)
    means = round(average(found, of_input, TEST)), others[0], others[-1]
    return means == (67, 32, 36) and all(apart(found, name, of_input, TEST) for name in partners)


def that_resnet_halves_by_strides_and_this_densenet_by_pools(_: Study) -> bool:
    strides, pools = {}, {}
    for name, make in dense.STUDY.networks.items():
        modules = list(make().modules())
        strides[name] = any(max(each.stride) > 1 for each in modules if isinstance(each, nn.Conv2d))
        pools[name] = any(isinstance(each, nn.AvgPool2d) for each in modules)
    return all(strides[name] != pools[name] == (name == "DenseNet") for name in strides)


def pools_in_place_of_strides_take_a_resnet_from_28_6_to_23_7(found: Study) -> bool:
    """On the same patches, and in every run; that the parameters stay is among lesson 7's claims."""
    names = "ResNet", "ResNet with pools, as much work"
    means = [round(average(found, name, TEST), 1) for name in names]
    same = found.data == study("dense").data
    return means == [28.6, 23.7] and same and apart(found, names[1], names[0], TEST)


def b_takes_17_percent_of_the_weights(_: Study) -> bool:
    """Layers 2 to 6 have 32 outputs for each map, and so has the transition; the classifier has 10."""
    weights = 16 * (5 + 1) * 32 + 32 * (5 * 32 + 10)
    return round(100 * weights / parameters(dense_net)) == 17


def never_having_had_b_leaves_20_where_the_cut_leaves_80(found: Study) -> bool:
    means = [average(found, name, TEST) for name in (WITHOUT_B, INPUT)]
    return f"{means[0]:.1f} {means[1]:.0f}" == "19.9 80" and level(found, WITHOUT_B, DENSE, TEST)


CLAIMS: list[Concluded] = [
    (
        "reuse",
        "On average 67 percent are wrong after **b**, and 32 to 36 after its partners.",
        in_block_1_the_input_costs_more_than_each_partner,
    ),
    (
        "reuse",
        "On new patches a network that *never had* **c** is level with one that has all connections.",
        trained_without_b_or_c_it_is_level,
    ),
    (
        "reuse",
        "As far as five seeds can tell, so is one that *never had* **b**: 19.9 percent are wrong, where "
        "the cut left 80.",
        never_having_had_b_leaves_20_where_the_cut_leaves_80,
    ),
    (
        "reuse",
        "Yours gets about one new patch in five wrong.",
        one_in_five_is_wrong_before_the_cut,
    ),
    (
        "reuse",
        "It's what pure guessing among ten classes gets wrong.",
        with_the_layer_just_before_only_it_guesses,
    ),
    (
        "reuse",
        "Cutting the input costs most, but **b** also takes the most maps: 288, against 240 for **c** and"
        " 96 for **a**.",
        the_input_is_missed_more_than_all_others,
    ),
    (
        "reuse",
        "Perhaps the errors simply grow with the number of maps cut.",
        the_errors_follow_the_maps_that_are_cut,
    ),
    (
        "reuse",
        "**a** costs more than layer 1 in two of the five: no clear difference. **c** costs more than "
        "layers 1 to 3 in three of them, by 7 points or more, and in the other two they differ by about a"
        " point at most",
        cuts_of_96_and_of_240_maps_differ_in_no_clear_way,
    ),
    (
        "reuse",
        "**b** costs more than layers 1 to 4 in all five, by 2 to 31 points.",
        at_288_maps_the_input_costs_more_in_each_network,
    ),
    (
        "reuse",
        "**b** takes two thirds of its maps in the second block, layers 1 to 4 take half.",
        two_thirds_of_the_input_s_maps_are_in_the_second_block,
    ),
    (
        "reuse",
        "after the training, these cuts left 58, 80 and 90 percent wrong.",
        the_cuts_after_the_training_cost_58_80_and_90,
    ),
    (
        "reuse",
        "On new patches a network without **c** gets 19.4 percent wrong, and one without **b** 19.9: both "
        "are level with all connections (18.6).",
        trained_without_b_or_c_it_is_level,
    ),
    (
        "reuse",
        "On their training patches both are behind, with 4.5 and 9.7 percent wrong against 2.7.",
        trained_without_b_or_c_it_has_learned_less_by_heart,
    ),
    (
        "reuse",
        "Without both, 37 percent are wrong.",
        trained_with_the_layer_just_before_only_it_has_37_percent_wrong,
    ),
    (
        "reuse",
        "the best of four: 0.2 with all connections, 0.1 without **c**, 0.4 without **b**, and 0.05 "
        "without both. (0.05 was the smallest that was tried, and 0.4 the largest.)",
        each_had_four_rates,
    ),
    (
        "reuse",
        "the network without **c** was ahead there at three of the four, by 0.6 points at most, and behind "
        "at 0.2, by 1.2.",
        without_c_it_was_ahead_at_three_of_four_rates,
    ),
    (
        "reuse",
        "The network without **b** was behind at each of the four, by 0.6 to 2.5 points.",
        without_b_it_was_behind_at_every_rate,
    ),
    ("reuse", "The block's input, by far.", the_input_is_missed_most),
    (
        "reuse",
        "288 maps in both blocks together, against at most 96 of any layer.",
        the_input_has_the_most_maps,
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
        "It gets 20.7 percent wrong, and the ResNet with about as many parameters 30.5.",
        at_equal_parameters_densenet_is_ten_points_ahead,
    ),
    (
        "dense",
        "but it also halves its maps in another way, and lesson 7 tests that.",
        that_resnet_halves_by_strides_and_this_densenet_by_pools,
    ),
    (
        "dense",
        "In *Going further* a small DenseNet beats a ResNet of its size,",
        densenet_is_ahead_on_new_patches,
    ),
    (
        "families",
        "a larger ResNet gets 28.6 percent wrong with strides (after 12 epochs instead of 20), and "
        "23.7 with average pools in their place and just as many parameters.",
        pools_in_place_of_strides_take_a_resnet_from_28_6_to_23_7,
    ),
    (
        "reuse",
        "They also have fewer weights, by 14 and by 17 percent.",
        b_takes_17_percent_of_the_weights,
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
