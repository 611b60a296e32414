"""`DenseBlockExplorer` counts as PyTorch does, and its picture shows what it counts."""

import re
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DenseBlockExplorer
from helpers.drawing.style import BLUE, ORANGE
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
    assert "it never saves weights at this bottleneck width" in Seen(draw_dense_block(never).svg("")).words


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


def test_its_words_follow():
    _, seen = shown()
    rows = {"layer 1 | 64", "layer 2 | 96", "layer 6 | 224", "output | 256", "transition | 128"}
    assert rows <= {*seen.lines.values()}
    assert {
        "Channels grow by 32 a layer: 64 → 256",
        "1×1 first: 33 % more weights",
        "it saves weights in a block of 12 layers or more",
        "Training keeps 12.8 times the output's maps",
        "3,264 maps against 256; 10.2 M values an image",
        "21 connections",
        "1 + 2 + … + 6: each layer reads one more",
        "Transition to 128 channels",
        "BN–ReLU–1×1, 256→128: 32,768 weights",
        "2×2 average pool: 56×56 → 28×28 pixels",
    } <= {*seen.words}
    words = shown(layers=1, in_channels=8, growth_rate=4, compression=0.125, map_size=3)[1].words
    assert "1 connection" in words
    assert "the layer reads the input" in words
    assert "Transition to 1 channel" in words
    assert "2×2 average pool: 3×3 → 1×1 pixels" in words
    words = shown(layers=3, bottleneck_width=1)[1].words
    assert "1 + 2 + 3: each layer reads one more" in words
    assert "it saves weights in a block of any length" in words
    words = shown(layers=48, in_channels=1056, growth_rate=48, compression=1)[1].words
    assert {"Channels grow by 48 a layer: 1,056 → 3,360", "1,176 connections", "60.0 M", "4,096"} <= {*words}
    assert "Transition to 3,360 channels" in words
    # Of many rows the last is named, and of those above it as many as there is room for.
    assert [each for each in words if each.startswith("layer ")] == [f"layer {n}" for n in range(48, 0, -4)]


def test_a_first_look_has_no_answer_to_what_is_asked_later():
    explorer, seen = shown(shows="growth", bottleneck="without")
    assert repr(explorer) == "6 layers, 64→256 channels: 21 connections, 248,832 weights."
    assert {
        "each layer reads all maps made before it: 21 connections",
        "Weights of the block: 248,832",
        "the whole block",
        "if every layer cost as much as the first",
    } <= {*seen.words}
    for later in ("1×1", "transition", "Transition", "Training keeps", "331,776"):
        assert not any(later in words for words in (*seen.words, *seen.tips, repr(explorer)))
    assert [name for name, control in explorer.controls.items() if not control.hidden] == [
        "in_channels",
        "layers",
        "growth_rate",
    ]
    assert repr(shown(shows="growth", layers=1)[0]) == (
        "1 layer, 64→96 channels: 1 connection, 45,056 weights."
    )
    assert "Weights of the block: 331,776" in shown(shows="growth")[1].words


def test_a_second_look_has_both_ways_and_not_what_training_keeps():
    explorer, seen = shown(shows="1×1")
    assert repr(explorer) == "6 layers, 64→256 channels: 331,776 weights with 1×1, 248,832 without."
    assert {"1×1 first: 33 % more weights", "331,776 with 1×1", "248,832 without 1×1"} <= {*seen.words}
    for later in ("transition", "Transition", "Training keeps"):
        assert not any(later in words for words in (*seen.words, *seen.tips))
    hidden = {name for name, control in explorer.controls.items() if control.hidden}
    assert hidden == {"compression", "map_size", "shows"}
    explorer.set(shows="everything")
    assert {name for name, control in explorer.controls.items() if control.hidden} == {"shows"}
    assert explorer.svg == shown()[0].svg


def test_it_says_when_patterns_repeat():
    note = "channels (the patterns repeat after six layers)"
    assert note not in shown(layers=6)[1].words
    assert note in shown(layers=7)[1].words


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
    start, top, right, bottom = columns[0][0]
    unit, pitch = (right - start) / numbers.in_channels, (bottom - top) / layers
    for source, (column, (before, after)) in enumerate(
        zip(columns, pairwise((0, *numbers.channels)), strict=True)
    ):
        for left, _, right, _ in column:
            assert (left, right) == pytest.approx((start + before * unit, start + after * unit), abs=0.1)
        if source < layers:
            assert column[0][1::2] == pytest.approx((top + source * pitch, bottom), abs=0.01)
        assert column[-1][1] > bottom
    assert len(columns[-1]) == 1, "what the last layer makes is in the output alone"
    for text in seen.texts:
        if text.words.startswith("layer "):
            middle = top + pitch * (int(text.words[6:]) - 0.5)
            assert (text.box[1] + text.box[3]) / 2 == pytest.approx(middle, abs=3)
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
        if text.box[1] > bottom and text.box[3] < columns[-1][0][1] and text.words != "made by":
            left, _, right, _ = columns[0 if text.words == "input" else int(text.words)][-1]
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
    for layers in (7, 48):
        _, seen = shown(layers=layers)
        looks = [seen.tip(f"layer {each}: ").get("fill") for each in range(1, layers + 1)]
        assert all(one != other for one, other in pairwise(looks))


@pytest.mark.parametrize("compression", [0.125, 0.5, 1])
def test_the_transition_s_bar_ends_where_its_channels_do_and_can_be_dragged(compression):
    explorer, seen = shown(compression=compression)
    tip = f"compression {compression:g}: {256 * compression:g} of 256 channels"
    bar, handle = [each for each in seen.root.iter() if each.get("data-tip") == tip]
    start, end = boxes(seen.tip("input: "))[-1][0], boxes(seen.tip("layer 6: "))[-1][2]
    assert (number(bar, "x"), number(bar, "width")) == (start, (end - start) * compression)
    assert number(handle, "cx") == start + (end - start) * compression
    drags = {each: drag for each, *drag in seen.drags()}
    assert drags[bar] == drags[handle] == ["compression", start, end, 0, 1]
    explorer.point({"compression": 0.7})
    assert explorer.compression.value == 0.75
    words = f"{256 * compression:g}"
    label = next(text for text in seen.texts if text.words == words and text.box[1] > 270)
    assert label.box[0] > number(handle, "cx") + 8


def weight_axes(seen: Seen) -> list[float]:
    """Left, top, width and height of the curves' axes, where a drag sets the layers."""
    pad = next(each for each, control, *_ in seen.drags() if control == "layers")
    return [number(pad, name) for name in ("x", "y", "width", "height")]


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_curves_and_their_points_are_the_weights_and_a_point_can_be_dragged(setting):
    explorer, seen = shown(**setting)
    numbers, most = explorer.numbers, explorer.numbers.curve_layers
    left, top, width, height = weight_axes(seen)
    [tick] = [text for text in seen.texts if left - 14 < text.box[2] < left and abs(text.box[1] - top) < 6]
    value, _, unit = tick.words.partition(" ")
    end = float(value.replace(",", "")) * (10**6 if unit else 1)

    def place(layers, weights):
        return pytest.approx((left + width * layers / most, top + height * (1 - weights / end)), abs=0.01)

    assert end / 2 < max(numbers.curve_with_1x1[-1], numbers.curve_without_1x1[-1]) <= end
    for way, curve, color, names, half in (
        ("with", numbers.curve_with_1x1, BLUE, ("cx", "cy"), 0),
        ("without", numbers.curve_without_1x1, ORANGE, ("x", "y"), 7),
    ):
        [line] = [each for each in seen.elements("polyline") if each.get("stroke") == color]
        points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        assert points == [place(*each) for each in enumerate(curve)]
        words = f"{curve[numbers.layers]:,} {way} 1×1"
        [text] = [text for text in seen.texts if text.words == words]
        assert text.bold == (explorer.bottleneck.value == way)
        dot = seen.tip(f"{numbers.layers} layers: {words}")
        middle = number(dot, names[0]) + half, number(dot, names[1]) + half
        assert middle == place(numbers.layers, curve[numbers.layers])
        assert (dot.get("fill"), dot.get("class")) == (color, "handle")
        pad = seen.tip(f"build it {way} 1×1")
        assert number(pad, "y") < text.box[1] < text.box[3] < number(pad, "y") + number(pad, "height")
        assert dict(seen.sets())[pad] == {"bottleneck": way}
    # A drag ends where the axis would change, or the point would jump away from the pointer.
    low = {12: 1, 24: 11, 48: 23}[most]
    drags = [drag for _, *drag in seen.drags() if drag[0] == "layers"]
    assert drags == [["layers", pytest.approx(left + width * low / most), left + width, low, most]] * 3
    [even] = [
        each for each in seen.elements("line")
        if number(each, "x1") != number(each, "x2") and number(each, "y1") != number(each, "y2")
    ]  # fmt: skip
    assert (number(even, "x1"), number(even, "y1")) == place(0, 0)
    assert (number(even, "x2"), number(even, "y2")) == place(most, numbers.curve_if_even)
    explorer.point({"layers": 8.4})
    assert explorer.layers.value == 8


def test_a_line_is_where_both_ways_weigh_the_same_if_that_is_on_the_axis():
    _, seen = shown()
    left, _, width, _ = weight_axes(seen)
    line = seen.tip("as many weights both ways at 11.4 layers")
    assert number(line, "x1") == number(line, "x2") == pytest.approx(left + width * 11.4 / 12, abs=0.01)
    for setting, there in (
        ({"in_channels": 48}, False),
        ({"in_channels": 512}, False),
        ({"layers": 12}, True),
    ):
        assert any(tip.startswith("as many weights both") for tip in shown(**setting)[1].tips) == there


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_bars_of_what_training_keeps_are_to_scale(setting):
    explorer, seen = shown(**setting)
    numbers = explorer.numbers
    bars = {
        seen.tip(f"{name}: {maps:,} maps, {maps * 56 * 56:,} values an image"): (name, maps)
        for name, maps in numbers.kept.items()
        if maps  # without 1×1 there are no maps of theirs
    }
    assert len([tip for tip in seen.tips if tip.startswith(tuple(numbers.kept))]) == len(bars)
    unit = sum(number(bar, "width") for bar in bars) / numbers.kept_maps
    out = numbers.out_channels
    bar = seen.tip(f"the output: {out:,} maps, {out * 56 * 56:,} values an image")
    place = number(bar, "x")
    assert number(bar, "width") == pytest.approx(out * unit, abs=0.02)
    for bar, (name, maps) in bars.items():
        assert number(bar, "x") == pytest.approx(place, abs=0.02)
        assert number(bar, "width") == pytest.approx(maps * unit, abs=0.02)
        place += maps * unit
        [text] = [text for text in seen.texts if text.words == name]
        keys = [
            each.get("fill") for each in seen.elements("rect")[1:]
            if 0 < text.box[0] - number(each, "x") - number(each, "width") < 8
            and number(each, "y") < text.box[3] < number(each, "y") + 20
        ]  # fmt: skip
        assert keys == [bar.get("fill")]
