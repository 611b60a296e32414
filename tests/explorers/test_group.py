"""`GroupExplorer` counts as PyTorch's grouped convolutions do, and draws the connections that they have."""

import re
from math import gcd

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers import GroupExplorer, build
from helpers.drawing.style import BLUE, FAINT
from helpers.explorers.explorer import OWN
from helpers.explorers.numbers.group import PRESETS, grouped, possible_groups
from helpers.explorers.pictures.group import draw_group
from tests.seen import Seen, number

PLAIN = settings(deadline=None, derandomize=True, max_examples=100)
NAMES = ("in_channels", "out_channels", "kernel_size", "groups", "map_size")
CHANNELS = st.integers(1, 64).map(lambda eighth: 8 * eighth)


@st.composite
def layers(draw):
    c_in, c_out = draw(CHANNELS), draw(CHANNELS)
    groups = draw(st.sampled_from(possible_groups(c_in, c_out)))
    return c_in, c_out, draw(st.sampled_from((1, 3, 5, 7))), groups, draw(st.integers(1, 56))


def seen(*setting: int) -> Seen:
    return Seen(draw_group(grouped(*setting)).svg("A convolution in groups."))


def test_the_lesson_s_numbers():
    explorer = GroupExplorer()
    assert repr(explorer) == (
        "5×5, 96→256 in 2 groups: 307,200 of 614,400 weights, 224 M MACs at 27×27; a channel reads 48 of 96."
    )
    explorer.preset.value = "conv3"
    assert repr(explorer) == (
        "3×3, 256→384 in one group: all 884,736 weights, 150 M MACs at 13×13; a channel reads 256 of 256."
    )
    explorer.preset.value = "depthwise"
    assert repr(explorer) == (
        "3×3, 384→384 depthwise: 3,456 of 1,327,104 weights, 584,064 MACs at 13×13; a channel reads 1 of 384."
    )


@PLAIN
@given(layers())
def test_the_counts_are_those_of_grouped_convolutions_in_pytorch(setting):
    c_in, c_out, kernel, groups, size = setting
    numbers = grouped(*setting)
    with torch.device("meta"):
        split = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, groups=groups, bias=False)
        whole = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False)
        assert split(torch.empty(1, c_in, size, size)).shape == (1, c_out, size, size)
    assert (numbers.weights, numbers.all_weights) == (split.weight.numel(), whole.weight.numel())
    assert numbers.weights_by_groups[groups] == numbers.weights
    assert tuple(numbers.weights_by_groups) == possible_groups(c_in, c_out)
    assert numbers.macs == split.weight.numel() * size * size
    assert numbers.all_macs == whole.weight.numel() * size * size
    assert numbers.reads == split.weight.shape[1]
    assert numbers.makes * groups == c_out
    assert numbers.connections * kernel * kernel == numbers.weights
    assert numbers.all_connections == c_in * c_out
    assert len(numbers.sentence) <= 110


def test_depthwise_is_a_group_for_each_of_several_input_channels():
    assert grouped(2, 4, 3, 2, 8).depthwise
    assert grouped(64, 128, 3, 64, 28).sentence == (
        "3×3, 64→128 depthwise: 1,152 of 73,728 weights, 903,168 MACs at 28×28; a channel reads 1 of 64."
    )
    assert not grouped(1, 1, 1, 1, 1).depthwise
    assert not grouped(128, 64, 3, 64, 28).depthwise


def test_the_presets_are_the_layers_of_the_paper_s_alexnet():
    network = build("alexnet", device="meta")
    maps = torch.empty(1, 3, 227, 227, device="meta")
    found = {}
    for name, layer in network.named_children():
        if isinstance(layer, nn.Conv2d):
            found[name] = (layer.in_channels, layer.out_channels, layer.kernel_size[0], layer.groups)
        maps = layer(maps)
        if name in found:
            found[name] = dict(zip(NAMES, (*found[name], maps.shape[-1]), strict=True))
    del found["conv1"]
    assert found | {"depthwise": {**found["conv4"], "groups": 384}} == PRESETS


@PLAIN
@given(st.integers(1, 600), st.integers(1, 600))
def test_the_groups_on_offer_are_all_that_pytorch_takes(c_in, c_out):
    most = gcd(c_in, c_out)
    assert possible_groups(c_in, c_out) == tuple(
        groups for groups in range(1, most + 1) if c_in % groups == 0 and c_out % groups == 0
    )


def box(element) -> list[float]:
    """Left, top, width and height."""
    return [number(element, name) for name in ("x", "y", "width", "height")]


def square(picture: Seen) -> list[float]:
    """Where the square of all pairs of channels is."""
    [found] = [each for each in picture.elements("rect") if each.get("stroke") == FAINT]
    return box(found)


def middles(picture: Seen, words: str) -> list[tuple[float, float]]:
    """The middle of each text of these words."""
    boxes = [text.box for text in picture.texts if text.words == words]
    return [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in boxes]


def filled(picture: Seen, groups: int) -> list[list[float]]:
    """The squares of the groups: left, top, width and height."""
    if groups <= 32:
        return [box(picture.tip(f"group {group}: ")) for group in range(1, groups + 1)]
    path = picture.tip(f"{groups} groups, ")
    assert path.get("d") == "M0 0h1v1h-1z" + (groups - 1) * "m1 1h1v1h-1z"  # z leads back to its corner
    x, y, step = map(float, re.findall(r"[\d.]+", path.get("transform")))
    return [[x + group * step, y + group * step, step, step] for group in range(groups)]


@pytest.mark.parametrize("setting", [(6, 4, 3, 2, 5), (8, 8, 1, 8, 4), (4, 6, 3, 1, 5), (68, 34, 1, 34, 2)])
def test_the_squares_are_the_channel_pairs_that_a_gradient_connects(setting):
    c_in, c_out, kernel, groups, size = setting
    layer = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, groups=groups)
    x = torch.ones(1, c_in, size, size, requires_grad=True)
    connected = np.zeros((c_out, c_in), bool)
    for channel in range(c_out):
        (gradient,) = torch.autograd.grad(layer(x)[0, channel].sum(), x)
        connected[channel] = (gradient[0] != 0).any((1, 2))
    assert connected.sum() == grouped(*setting).connections
    picture = seen(*setting)
    left, top, side, _ = square(picture)
    shown = np.zeros((c_out, c_in), int)
    for x, y, width, height in filled(picture, groups):
        edges = (y - top) * c_out, (y + height - top) * c_out, (x - left) * c_in, (x + width - left) * c_in
        first, last, begin, end = (round(edge / side) for edge in edges)
        shown[first:last, begin:end] += 1
    assert np.array_equal(shown, connected)


def test_each_square_tells_its_channels_and_neighbours_look_different():
    tips = seen(384, 256, 3, 2, 13).tips
    one = tips["group 1: outputs 0 to 127 read inputs 0 to 191"]
    other = tips["group 2: outputs 128 to 255 read inputs 192 to 383"]
    assert one.get("fill") != other.get("fill")
    assert "no connection between these channels" in tips
    assert "48 groups, 8→2 channels each" in seen(384, 96, 3, 48, 13).tips
    assert "group 32: outputs 31 to 31 read inputs 93 to 95" in seen(96, 32, 3, 32, 13).tips


def test_up_to_four_groups_are_named_and_their_channels_stand_at_the_edges():
    picture = seen(96, 256, 5, 4, 27)
    left, top, side, _ = square(picture)
    assert {"group 1", "group 2", "group 3", "group 4"} <= {*picture.words}
    assert picture.words.count("24→64") == 4
    for part, (across, down) in enumerate(zip((0, 24, 48, 72, 96), (0, 64, 128, 192, 256), strict=True)):
        below = [x - left for x, y in middles(picture, str(across)) if top + side < y]
        before = [y - top for x, y in middles(picture, str(down)) if x < left and y > top - 5]
        assert below[0] == pytest.approx(part * side / 4, abs=1)
        assert before[0] == pytest.approx(part * side / 4, abs=1)
    many = seen(96, 256, 5, 8, 27).words
    assert not {"group 1", "12→32", "12"} & {*many}
    assert {"no connection", "96", "256"} <= {*many}
    assert "no connection" not in seen(96, 256, 5, 1, 27).words


@pytest.mark.parametrize("setting", [(96, 256, 5, 2, 27), (384, 384, 3, 384, 13), (512, 504, 3, 8, 56)])
def test_the_bars_are_as_long_as_the_counts_say(setting):
    picture, numbers, groups = seen(*setting), grouped(*setting), setting[3]
    for name, part, whole in (
        ("channel pairs", numbers.connections, numbers.all_connections),
        ("weights", numbers.weights, numbers.all_weights),
        ("MACs", numbers.macs, numbers.all_macs),
    ):
        long = picture.tips[f"in one group: {whole:,} {name}"]
        bar = picture.tips[f"in {groups} groups: {part:,} {name}"]
        assert number(bar, "width") / number(long, "width") == pytest.approx(1 / groups, abs=1e-4)
        assert number(bar, "x") == number(long, "x")
        assert {name, f"in one group: {whole:,}", f"in {groups} groups: {part:,}"} <= {*picture.words}


def test_what_is_written_over_the_picture():
    two = {
        "Each output channel reads 48 of 96",
        "2 groups: 1/2 of weights and MACs",
        "AlexNet's conv2: 5×5, 96→256 on maps of 27×27",
        "percent of what one group costs",
    }
    assert two <= {*seen(96, 256, 5, 2, 27).words}
    depthwise = {"Depthwise: 1/384 of weights and MACs", "3×3, 384→384 on maps of 13×13"}
    assert depthwise <= {*seen(384, 384, 3, 384, 13).words}
    one = {"One group: all outputs read all inputs", "1×1, 8→16 on maps of 5×5", "the same"}
    assert one <= {*seen(8, 16, 1, 1, 5).words}


def chosen(picture: Seen) -> list[dict]:
    """What the choices that hold set: they are filled, and the others pale."""
    return [sets for element, sets in picture.sets() if element.get("fill") == BLUE]


def test_groups_and_presets_can_be_clicked():
    explorer = GroupExplorer()
    picture = Seen(explorer.svg)
    assert [sets for _, sets in picture.sets()] == [
        *({"groups": groups} for groups in (1, 2, 4, 8, 16, 32)),
        *({"preset": name} for name in PRESETS),
    ]
    assert chosen(picture) == [{"groups": 2}, {"preset": "conv2"}]
    assert picture.tip("one group: ").get("data-tip") == "one group: 614,400 weights"
    assert picture.tip("16 groups: ").get("data-tip") == "16 groups: 38,400 weights"
    for element, sets in picture.sets():
        x, y, width, height = box(element)
        assert (x + width / 2, y + height / 2) == pytest.approx(
            middles(picture, str(*sets.values()))[0], abs=2
        )
    explorer.point({"preset": "conv4"})
    assert explorer.numbers == grouped(384, 384, 3, 2, 13)
    explorer.point({"groups": 3})
    assert explorer.numbers == grouped(384, 384, 3, 3, 13)
    assert explorer.preset.value == OWN
    assert chosen(Seen(explorer.svg)) == [{"groups": 3}]


def test_a_choice_stays_where_it_is_whichever_holds():
    one, many = ([box(each) for each, _ in seen(384, 384, 3, groups, 13).sets()] for groups in (1, 384))
    assert one == many


def test_a_preset_sets_the_layer_and_follows_it():
    explorer = GroupExplorer()
    assert explorer.preset.value == "conv2"
    for name, layer in PRESETS.items():
        explorer.preset.value = name
        assert explorer.numbers == grouped(**layer)
        assert explorer.numbers.preset == name
        assert (explorer.preset.value, explorer.status) == (name, "")
    explorer.set(preset="conv4")
    explorer.groups.value = 3
    assert (explorer.preset.value, explorer.numbers.preset) == (OWN, None)
    explorer.groups.value = 2
    assert explorer.preset.value == "conv4"
    explorer.preset.value = OWN
    assert (explorer.preset.value, explorer.numbers) == (OWN, grouped(**PRESETS["conv4"]))
    explorer.set(preset="conv2", groups=4)
    assert explorer.numbers == grouped(96, 256, 5, 4, 27)
    assert GroupExplorer(in_channels=64, out_channels=64, groups=64).preset.value == OWN
    # 256 channels cannot be split into 3 groups: 2 are taken, and that is conv2.
    explorer.set(out_channels=264, groups=3)
    explorer.out_channels.value = 256
    assert (explorer.groups.value, explorer.preset.value) == (2, "conv2")


def test_groups_that_cannot_be_are_out_of_reach():
    explorer = GroupExplorer(in_channels=96, out_channels=96, groups=96)
    assert explorer.numbers.depthwise
    explorer.out_channels.value = 256
    assert explorer.groups.options == (1, 2, 4, 8, 16, 32)
    assert explorer.numbers == grouped(96, 256, 5, 32, 27)
    assert explorer.status == ""
    explorer.groups.value = 3
    assert explorer.status == "groups cannot be 3: it takes 1, 2, 4, 8, 16 or 32."
    assert explorer.numbers.groups == 32
    with pytest.raises(ValueError, match=r"^groups cannot be 3: it takes 1, 2, 4, 8, 16 or 32\.$"):
        GroupExplorer(groups=3)
