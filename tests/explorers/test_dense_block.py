"""`DenseBlockExplorer` counts as PyTorch does, and its picture shows what it counts."""

import re
from collections import Counter
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DenseBlockExplorer
from helpers.drawing.style import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from helpers.explorers.numbers.dense_block import dense_block
from helpers.explorers.pictures.dense_block import draw_dense_block
from helpers.models.densenet import DenseBlock, Transition
from tests.families import weights_of_convolutions
from tests.seen import Seen, number

PLAIN = settings(deadline=None, derandomize=True, max_examples=50)
SETTING = st.tuples(
    st.integers(1, 132).map(lambda each: 8 * each),
    st.one_of(st.integers(1, 9), st.integers(1, 48)),
    st.integers(1, 12).map(lambda each: 4 * each),
    st.booleans(),
    st.integers(1, 8),
    st.integers(1, 8).map(lambda each: each / 8),
    st.integers(2, 112),
)
SETTINGS = [{}, {"layers": 1}, {"layers": 12, "growth_rate": 12, "bottleneck": "without"}, {"layers": 48}]


def shown(**setting) -> tuple[DenseBlockExplorer, Seen]:
    explorer = DenseBlockExplorer(**setting)
    return explorer, Seen(explorer.svg)


def test_the_lesson_s_numbers():
    explorer = DenseBlockExplorer()
    numbers = explorer.numbers
    assert (numbers.weights, numbers.weights_otherwise) == (331_776, 248_832)
    assert (numbers.out_channels, numbers.transition_channels, numbers.connections) == (256, 128, 21)
    assert (numbers.compression, numbers.finding) == (0.5, "33 % more")
    assert repr(explorer) == (
        "6 layers, 64→256→128 channels: 331,776 weights with 1×1, 248,832 without; 10.2 M values kept."
    )
    assert [dense_block(64, *each, 4, 0.5, 28).sentence for each in ((1, 32, True), (12, 32, False))] == [
        "1 layer, 64→96→48 channels: 45,056 weights with 1×1, 18,432 without; 301,056 values kept.",
        "12 layers, 64→448→224 channels: 829,440 weights without 1×1, 811,008 with; 4.52 M values kept.",
    ]


@settings(PLAIN, max_examples=12)
@given(SETTING.filter(lambda setting: setting[1] < 10))
def test_the_weights_and_channels_are_those_of_the_block_in_pytorch(setting):
    c_in, layers, k, _, width, compression, size = setting
    numbers = dense_block(*setting)
    with torch.device("meta"):
        for bottleneck, counted in ((width, numbers.with_1x1), (None, numbers.without_1x1)):
            block = DenseBlock(c_in, layers, k, bottleneck=bottleneck)
            assert tuple(weights_of_convolutions(layer) for layer in block.children()) == counted
        assert block.out_channels == numbers.out_channels == numbers.channels[-1]
        assert numbers.channels[:-1] == tuple(layer.norm1.num_features for layer in block.children())
        transition = Transition(block.out_channels, compression)
        assert transition.out_channels == numbers.transition_channels
        assert weights_of_convolutions(transition) == numbers.transition_weights
        x = torch.empty(1, block.out_channels, size, size)
        assert transition(x).shape == (1, numbers.transition_channels, size // 2, size // 2)


@pytest.mark.parametrize("bottleneck", [True, False])
@pytest.mark.parametrize(("c_in", "layers", "k", "width"), [(16, 4, 8, 4), (8, 1, 4, 2), (24, 7, 12, 1)])
def test_the_values_kept_are_those_that_autograd_saves(c_in, layers, k, width, bottleneck):
    torch.manual_seed(0)
    block = DenseBlock(c_in, layers, k, bottleneck=width if bottleneck else None).train()
    saved = {}

    def note(tensor):
        if tensor.dim() == 4 and tensor.shape[-1] == 6:  # a map, and no kernel or vector of statistics
            saved[tensor.data_ptr()] = tensor
        return tensor

    # An optimised graph need not keep what a layer before it keeps: each place in memory counts once.
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        result = block(torch.randn(1, c_in, 6, 6, requires_grad=True))
    numbers = dense_block(c_in, layers, k, bottleneck, width, 0.5, 6)
    assert sum(tensor.numel() for tensor in saved.values()) == numbers.kept_values
    assert result.shape[1] == numbers.out_channels
    assert numbers.kept_times == numbers.kept_values / numbers.values_of(numbers.out_channels)


@PLAIN
@given(SETTING)
def test_a_block_pays_from_where_it_first_has_fewer_weights(setting):
    c_in, layers, k, bottleneck, width, *_ = setting

    def fewer(layers):
        each = dense_block(c_in, layers, k, bottleneck, width, 0.5, 2)
        return sum(each.with_1x1) < sum(each.without_1x1)

    pays_from = dense_block(*setting).pays_from
    assert fewer(pays_from)
    assert pays_from == 1 or not fewer(pays_from - 1)
    assert fewer(layers) == (layers >= pays_from)


def test_at_the_break_even_both_ways_have_as_many_weights_and_nine_times_the_growth_rate_never_pays():
    numbers = dense_block(64, 5, 4, True, 6, 0.5, 56)
    assert numbers.break_even == 5
    assert numbers.weights == numbers.weights_otherwise
    assert (numbers.finding, numbers.pays_from) == ("about as many", 6)
    never = dense_block(64, 48, 32, True, 9, 0.5, 56)
    assert (never.break_even, never.pays_from) == (None, None)
    assert "it never pays at this bottleneck width" in Seen(draw_dense_block(never).svg("")).words


def test_channels_grow_linearly_and_weights_quadratically():
    for bottleneck in (True, False):
        first, second, third = (
            dense_block(64, layers, 32, bottleneck, 4, 0.5, 56) for layers in (10, 20, 30)
        )
        assert third.out_channels - second.out_channels == second.out_channels - first.out_channels
        # Of a quadratic the second differences are alike: 10² times w·k, the growth of a layer's weights.
        growth = 128 * 32 if bottleneck else 9 * 32 * 32
        assert third.weights - 2 * second.weights + first.weights == 100 * growth
        assert [each.connections for each in (first, second, third)] == [55, 210, 465]


@pytest.mark.parametrize(
    ("layers", "end"), [(1, 12), (11, 12), (12, 24), (23, 24), (24, 48), (48, 48), (60, 60)]
)
def test_the_curves_go_on_beyond_the_block_as_longer_blocks_weigh(layers, end):
    numbers = dense_block(64, layers, 12, False, 4, 0.5, 56)
    assert numbers.curve_layers == end
    for curve, way in ((numbers.curve_with_1x1, "with_1x1"), (numbers.curve_without_1x1, "without_1x1")):
        assert len(curve) == end + 1
        assert curve[0] == 0
        for length in (1, layers, end):
            assert curve[length] == sum(getattr(dense_block(64, length, 12, False, 4, 0.5, 56), way))
    assert numbers.curve_if_even == end * 9 * 64 * 12
    assert dense_block(64, layers, 12, True, 4, 0.5, 56).curve_if_even == end * (64 * 48 + 9 * 48 * 12)


def test_the_picture_reads_line_by_line():
    _, seen = shown()
    assert seen.lines == {
        18: "Channels grow by 32 a layer: 64 → 256 | 1×1 first: 33 % more weights",
        38: "each layer reads all maps made before it | it pays in a block of 12 layers or more",
        60: "331,776 with 1×1",
        68: "layer 1 | 64",
        79: "248,832 without 1×1",
        96: "layer 2 | 96",
        98: "every layer as cheap as the first",
        118: "1.00 M",
        124: "layer 3 | 128",
        152: "layer 4 | 160",
        164: "750,000",
        180: "layer 5 | 192",
        208: "layer 6 | 224",
        210: "500,000",
        237: "made by | input | 1 | 2 | 3 | 4 | 5 | 6",
        254: "output | 256",
        256: "250,000",
        284: "transition | 128",
        302: "0",
        316: "0 | 64 | 128 | 192 | 256 | 0 | 3 | 6 | 9 | 12",
        336: "channels | layers in the block",
        366: "Training keeps 12.8 times the output's maps | 21 connections",
        386: "3,264 maps against 256; 10.2 M values an image | 1 + 2 + … + 6: each layer reads one more",
        409: "kept",
        420: "Transition to 128 channels",
        433: "output",
        440: "BN–ReLU–1×1, 256→128: 32,768 weights",
        459: "2×2 average pool: 56×56 → 28×28 pixels",
        460: "concatenated | after BN–ReLU",
        480: "1×1's maps, before and after BN–ReLU",
    }
    bold = {text.words for text in seen.texts if text.bold}
    assert {"output", "256", "transition", "128", "331,776 with 1×1"} <= bold
    assert not {"made by", "kept", "layer 1", "248,832 without 1×1"} & bold
    sizes = Counter(float(each.get("font-size")) for each in seen.elements("text"))
    assert sizes == {15: 5, 12.5: 28, 12: 25, 13: 2}
    names = [text.box[2] for text in seen.texts if text.box[2] < 96 and text.box[0] > 16.5]
    assert names == pytest.approx([88] * 11, abs=1.5)
    [pays] = [text for text in seen.texts if text.color == VERMILION]
    assert pays.words.startswith("it pays")


def test_its_words_follow():
    words = shown(layers=1, in_channels=8, growth_rate=4, compression=0.125, map_size=3)[1].words
    assert "1 connection" in words
    assert "the layer reads the input" in words
    assert "Transition to 1 channel" in words
    assert "2×2 average pool: 3×3 → 1×1 pixels" in words
    words = shown(layers=3, bottleneck_width=1)[1].words
    assert "1 + 2 + 3: each layer reads one more" in words
    assert "it pays in a block of any length" in words
    words = shown(layers=48, in_channels=1056, growth_rate=48, compression=1)[1].words
    assert {"Channels grow by 48 a layer: 1,056 → 3,360", "1,176 connections", "60.0 M", "4,096"} <= {*words}
    assert "Transition to 3,360 channels" in words
    # Of many rows the last is named, and of those above it as many as there is room for.
    assert [each for each in words if each.startswith("layer ")] == [f"layer {n}" for n in range(48, 0, -4)]


def boxes(element) -> list[tuple[float, ...]]:
    """The rectangles of a path: left, top, right and bottom of each."""
    found = re.findall(r"M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)H\1z", element.get("d"))
    assert "".join(f"M{a},{b}H{c}V{d}H{a}z" for a, b, c, d in found) == element.get("d")
    return [tuple(map(float, each)) for each in found]


@pytest.mark.parametrize("setting", SETTINGS)
def test_each_layer_s_maps_stand_to_scale_in_the_rows_that_read_them_and_in_the_output(setting):
    explorer, seen = shown(**setting)
    numbers, layers = explorer.numbers, explorer.numbers.layers
    made = (numbers.in_channels, *[numbers.growth_rate] * layers)
    names = ("input", *(f"layer {layer}" for layer in range(1, layers + 1)))
    columns = [boxes(seen.tip(f"{name}: {maps} maps, ")) for name, maps in zip(names, made, strict=True)]
    unit = (columns[0][0][2] - 96) / numbers.in_channels
    for column, (before, after) in zip(columns, pairwise((0, *numbers.channels)), strict=True):
        for left, _, right, _ in column:
            assert (left, right) == pytest.approx((96 + before * unit, 96 + after * unit), abs=0.1)
        assert (column[-1][1], column[-1][3]) == (246, 262)
    assert len(columns[-1]) == 1, "what the last layer makes is in the output alone"
    pitch = min(28, 168 / layers)
    for source, (rows, _) in enumerate(columns[:-1]):
        assert rows[1] == pytest.approx(222 - pitch * (layers - source), abs=0.01)
        assert rows[3] == 222
    for text in seen.texts:
        if text.words.startswith("layer "):
            row = columns[int(text.words[6:]) - 1][0]
            assert (text.box[1] + text.box[3]) / 2 == pytest.approx(row[1] + pitch / 2, abs=3)
    # A number at the end of a row covers no row below it.
    ends = [text for text in seen.texts if text.box[0] > 96 and 54 < text.box[1] < 218 and text.box[2] < 440]
    assert len(ends) == min(layers, 12)
    for text in ends:
        read = int(text.words.replace(",", ""))
        assert read in numbers.channels
        for column in columns[:-1]:
            left, top, right, _ = column[0]
            assert not (left < text.box[2] and text.box[0] < right and top < text.box[3]), text
    for text in seen.texts:
        if text.box[1] > 230 and text.box[3] < 246 and text.words != "made by":
            source = 0 if text.words == "input" else int(text.words)
            left, _, right, _ = columns[source][-1]
            assert (text.box[0] + text.box[2]) / 2 == pytest.approx((left + right) / 2, abs=1)


def test_who_reads_a_layer_s_maps_is_told_and_neighbours_look_different():
    _, seen = shown(layers=7)
    tips = [tip for tip in seen.tips if "read by" in tip or "output alone" in tip]
    assert tips == [
        "input: 64 maps, read by layers 1 to 7",
        *(f"layer {layer}: 32 maps, read by layers {layer + 1} to 7" for layer in range(1, 6)),
        "layer 6: 32 maps, read by layer 7",
        "layer 7: 32 maps, in the output alone",
    ]
    looks = [seen.tips[tip].get("fill") for tip in tips]
    striped = [f"url(#ID-hatch-{color[1:]}-white-6-2)" for color in (BLUE, GREEN, PURPLE)]
    assert looks == [FAINT, striped[0], ORANGE, striped[1], SKY, striped[2], YELLOW, striped[0]]
    _, seen = shown(layers=48)  # stripes are wider than these columns
    assert [seen.tip(f"layer {each}: ").get("fill") for each in (1, 2, 3, 7)] == [BLUE, ORANGE, GREEN, BLUE]


@pytest.mark.parametrize("compression", [0.125, 0.5, 1])
def test_the_transition_s_bar_ends_where_its_channels_do_and_can_be_dragged(compression):
    explorer, seen = shown(compression=compression)
    tip = f"compression {compression:g}: {256 * compression:g} of 256 channels"
    found = [each for each in seen.root.iter() if each.get("data-tip") == tip]
    bar, handle = found
    assert [number(bar, each) for each in ("x", "y", "width", "height")] == [96, 276, 280 * compression, 16]
    assert (number(handle, "cx"), number(handle, "cy")) == (96 + 280 * compression, 284)
    assert (bar.get("fill"), handle.get("fill"), handle.get("class")) == (INK, INK, "handle")
    assert (number(handle, "r"), handle.get("stroke")) == (7, "white")
    drags = {each: drag for each, *drag in seen.drags()}
    assert drags[bar] == drags[handle] == ["compression", 96, 376, 0, 1]
    explorer.point({"compression": 0.7})
    assert explorer.compression.value == 0.75
    words = f"{256 * compression:g}"
    label = next(text for text in seen.texts if text.words == words and text.box[1] > 270)
    assert label.box[0] > number(handle, "cx") + 8


def curves(seen: Seen) -> dict[str, list[tuple[float, ...]]]:
    """The points of the curves, by their colours."""
    return {
        each.get("stroke"): [tuple(map(float, point.split(","))) for point in each.get("points").split()]
        for each in seen.elements("polyline")
    }


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_curves_and_their_points_are_the_weights_and_a_point_can_be_dragged(setting):
    explorer, seen = shown(**setting)
    numbers, most = explorer.numbers, explorer.numbers.curve_layers
    [tick] = [text for text in seen.texts if 490 < text.box[2] < 498 and 112 < text.box[1] < 124]
    value, _, unit = tick.words.partition(" ")
    end = float(value.replace(",", "")) * (10**6 if unit else 1)

    def place(layers, weights):
        return pytest.approx((504 + 258 * layers / most, 302 - 184 * weights / end), abs=0.01)

    ways = (
        ("with", numbers.curve_with_1x1, BLUE, None, ("cx", "cy"), 0),
        ("without", numbers.curve_without_1x1, ORANGE, "7 4", ("x", "y"), 7),
    )
    assert end / 2 < max(numbers.curve_with_1x1[-1], numbers.curve_without_1x1[-1]) <= end
    for way, curve, color, dashes, names, half in ways:
        assert curves(seen)[color] == [place(*each) for each in enumerate(curve)]
        [line] = [each for each in seen.elements("polyline") if each.get("stroke") == color]
        assert line.get("stroke-dasharray") == dashes
        chosen = explorer.bottleneck.value == way
        assert number(line, "stroke-width") == (3 if chosen else 2)
        words = f"{curve[numbers.layers]:,} {way} 1×1"
        assert [text.bold for text in seen.texts if text.words == words] == [chosen]
        dot = seen.tip(f"{numbers.layers} layers: {words}")
        assert (number(dot, names[0]) + half, number(dot, names[1]) + half) == place(
            numbers.layers, curve[numbers.layers]
        )
        assert (dot.get("fill"), dot.get("class")) == (color, "handle")
        pad = seen.tip(f"build it {way} 1×1")
        [text] = [text for text in seen.texts if text.words == words]
        assert number(pad, "y") < text.box[1] < text.box[3] < number(pad, "y") + number(pad, "height")
        assert dict(seen.sets())[pad] == {"bottleneck": way}
    # A drag ends where the axis would change, or the point would jump away from the pointer.
    low = {12: 1, 24: 11, 48: 23}[most]
    drags = [drag for _, *drag in seen.drags() if drag[0] == "layers"]
    assert drags == [["layers", pytest.approx(504 + 258 * low / most), 762, low, most]] * 3
    [even] = [
        each for each in seen.elements("line")
        if each.get("stroke-dasharray") == "1.5 3.5" and number(each, "y1") != number(each, "y2")
    ]  # fmt: skip
    assert [number(even, each) for each in ("x1", "y1")] == [504, 302]
    assert (number(even, "x2"), number(even, "y2")) == place(most, numbers.curve_if_even)
    explorer.point({"layers": 8.4})
    assert explorer.layers.value == 8


def test_a_line_is_where_both_ways_weigh_the_same_if_that_is_on_the_axis():
    _, seen = shown()
    line = seen.tip("as many weights both ways at 11.4 layers")
    assert line.get("stroke") == VERMILION
    assert number(line, "x1") == number(line, "x2") == pytest.approx(504 + 258 * 11.4 / 12, abs=0.01)
    assert (number(line, "y1"), number(line, "y2")) == (118, 302)
    for setting, there in (
        ({"in_channels": 48}, False),
        ({"in_channels": 512}, False),
        ({"layers": 12}, True),
    ):
        assert any(tip.startswith("as many weights both") for tip in shown(**setting)[1].tips) == there


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_bars_of_what_training_keeps_are_to_scale(setting):
    explorer, seen = shown(**setting)
    numbers, place = explorer.numbers, 96.0
    for (name, maps), fill in zip(
        numbers.kept.items(), ("#5F5F5F", "url(#ID-hatch-8A8A8A-white-6-2)", "#C4C4C4"), strict=True
    ):
        keys = [each for each in seen.elements("rect") if each.get("fill") == fill]
        [text] = [text for text in seen.texts if text.words == name]
        key = next(each for each in keys if number(each, "width") == 20)
        assert number(key, "x") + 20 < text.box[0] < number(key, "x") + 28
        assert number(key, "y") + 6 == pytest.approx((text.box[1] + text.box[3]) / 2, abs=3)
        if not maps:
            assert keys == [key], "without 1×1 there are no maps of theirs"
            continue
        bar = seen.tip(f"{name}: {maps:,} maps, {maps * 56 * 56:,} values an image")
        assert bar.get("fill") == fill
        assert number(bar, "x") == pytest.approx(place, abs=0.02)
        assert number(bar, "width") == pytest.approx(280 * maps / numbers.kept_maps, abs=0.02)
        assert (number(bar, "y"), number(bar, "height")) == (400, 18)
        place += 280 * maps / numbers.kept_maps
    out = numbers.out_channels
    bar = seen.tip(f"the output: {out:,} maps, {out * 56 * 56:,} values an image")
    assert number(bar, "width") == pytest.approx(280 * min(1, out / numbers.kept_maps), abs=0.02)
    assert [number(bar, each) for each in ("x", "y", "height")] == [96, 424, 18]
