"""`ShortcutExplorer` counts as PyTorch's blocks do, and its picture shows what it counts."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import ShortcutExplorer
from helpers.explorers.numbers.shortcut import main_path, shortcut
from helpers.models.resnet import BasicBlock, Bottleneck, PaddedShortcut
from tests.kept_pictures import is_as_kept
from tests.seen import Seen, number

PLAIN = settings(deadline=None, derandomize=True, max_examples=20)
WIDEST = {"stride": 2, "width": 512, "in_channels": 2048, "map_size": 112}
PADDED = {"block": "basic", "option": "A", "stride": 2, "width": 512, "in_channels": 8}


@st.composite
def block_settings(draw):
    """What the explorer can be set to, by name."""
    block = draw(st.sampled_from(("basic", "bottleneck")))
    setting = {
        "block": block,
        "option": draw(st.sampled_from("ABC")),
        "width": 8 * draw(st.integers(1, 64)),
        "expansion": draw(st.integers(1, 4)) if block == "bottleneck" else 1,
        "stride": draw(st.integers(1, 2)),
        "map_size": draw(st.integers(2, 112)),
    }
    out = setting["width"] * setting["expansion"]
    most = out if setting["option"] == "A" else 2048
    other = st.integers(1, most // 8).map(lambda eighths: 8 * eighths)
    return {**setting, "in_channels": draw(st.one_of(st.just(out), other))}


def in_pytorch(setting: dict) -> BasicBlock | Bottleneck:
    """The course's own block, without memory."""
    shape = setting["in_channels"], setting["width"] * setting["expansion"], setting["stride"]
    with torch.device("meta"):
        if setting["block"] == "basic":
            return BasicBlock(*shape, shortcut=setting["option"]).eval()
        return Bottleneck(*shape, expansion=setting["expansion"], shortcut=setting["option"]).eval()


def conv_weights(module: nn.Module) -> int:
    return sum(each.weight.numel() for each in module.modules() if isinstance(each, nn.Conv2d))


def made(**setting) -> ShortcutExplorer:
    explorer = ShortcutExplorer()
    explorer.set(**setting)
    assert explorer.status == ""
    return explorer


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({}, "Bottleneck 256–64–64–256, 56→56 pixels: 69,632 weights; option B: identity, 0 more."),
        (
            {"width": 128, "stride": 2},
            "Bottleneck 256–128–128–512, 56→28 pixels: 245,760 weights; "
            "option B: 1×1 projection, 131,072 more.",
        ),
        (
            {"block": "basic", "option": "A", "in_channels": 32, "stride": 2},
            "Basic 32–64–64, 56→28 pixels: 55,296 weights; option A: every 2nd pixel, zero-padded, 0 more.",
        ),
        (
            {"block": "basic", "option": "A", "stride": 2},
            "Basic 64–64–64, 56→28 pixels: 73,728 weights; option A: every 2nd pixel, 0 more.",
        ),
        (
            {"block": "basic", "option": "A", "in_channels": 32},
            "Basic 32–64–64, 56→56 pixels: 55,296 weights; option A: zero-padded, 0 more.",
        ),
        (
            {"block": "basic", "option": "C", "map_size": 8},
            "Basic 64–64–64, 8→8 pixels: 73,728 weights; option C: 1×1 projection, 4,096 more.",
        ),
    ],
)
def test_the_sentence_word_for_word(setting, sentence):
    explorer = made(**setting)
    assert repr(explorer) == sentence


@PLAIN
@given(block_settings())
def test_the_counts_are_those_of_the_blocks_in_pytorch(setting):
    numbers, block = shortcut(**setting), in_pytorch(setting)
    main = [module for name, module in block.named_children() if name.startswith("conv")]
    assert [step.weights for step in numbers.main] == [each.weight.numel() for each in main]
    assert [step.kernel for step in numbers.main] == ["{}×{}".format(*each.kernel_size) for each in main]
    assert numbers.all_weights == numbers.weights + numbers.shortcut_weights == conv_weights(block)
    with FlopCounterMode(display=False) as counter:
        y = block(torch.empty(1, setting["in_channels"], *[setting["map_size"]] * 2, device="meta"))
    assert y.shape == (1, numbers.out_channels, numbers.out_size, numbers.out_size)
    assert counter.get_total_flops() == 2 * numbers.macs
    if block.downsample is None:
        assert numbers.shortcut == "identity"
    elif isinstance(block.downsample, PaddedShortcut):
        assert numbers.zero_channels == block.downsample.missing
        assert ("zero-padded" in numbers.shortcut) == (block.downsample.missing > 0)
        assert ("every 2nd pixel" in numbers.shortcut) == (block.downsample.stride == 2)
    else:
        assert numbers.shortcut == "1×1 projection"


@pytest.mark.parametrize(("width", "expansion"), [(64, 4), (32, 3), (8, 1), (512, 2)])
def test_the_three_ways_are_blocks_in_pytorch(width, expansion):
    outer = width * expansion
    with torch.device("meta"):
        blocks = (
            Bottleneck(outer, outer, expansion=expansion),
            BasicBlock(width, width),
            BasicBlock(outer, outer),
        )
    numbers = shortcut("bottleneck", in_channels=outer, width=width, expansion=expansion)
    names = (f"bottleneck {outer}–{width}–{width}–{outer}", f"basic, {width} wide", f"basic, {outer} wide")
    assert numbers.ways == tuple(zip(names, map(conv_weights, blocks), strict=True))
    assert numbers.weights == numbers.ways[0][1]
    assert shortcut("basic", in_channels=width, width=width).weights == numbers.ways[1][1]


def test_a_basic_block_is_compared_at_the_paper_s_expansion_and_puts_out_its_width():
    numbers = shortcut("basic", in_channels=64, width=64, expansion=2)
    assert numbers.out_channels == 64
    assert numbers.ways[0] == ("bottleneck 256–64–64–256", 69_632)
    assert shortcut("bottleneck", in_channels=64, width=64).out_channels == 64
    assert (numbers.stride, numbers.map_size, numbers.zero_channels) == (1, 56, 0)
    for layer in (*main_path("basic", 8, 8, 8), *main_path("bottleneck", 8, 4, 8)):
        assert layer.parameters == layer.weights
        assert layer.stride == (1, 1)


@pytest.mark.parametrize(
    ("setting", "finding"),
    [
        ({}, "Equal shapes: the shortcut is the identity, and free"),
        ({"option": "A"}, "Equal shapes: the shortcut is the identity, and free"),
        ({"option": "C"}, "Equal shapes, yet option C projects: 48 % of the block's weights"),
        (
            {"in_channels": 64},
            "Shapes differ: a 1×1 projection makes them fit, for 22 % of the block's weights",
        ),
        (
            {"block": "basic", "width": 512, "in_channels": 8},
            "Shapes differ: a 1×1 projection makes them fit, for less than 1 % of its weights",
        ),
        ({"option": "A", "stride": 2}, "Shapes differ: every 2nd pixel is kept, without a weight"),
        ({"option": "A", "in_channels": 64}, "Shapes differ: channels of zeros are added, without a weight"),
        (
            {"option": "A", "in_channels": 64, "stride": 2},
            "Shapes differ: every 2nd pixel is kept, channels of zeros are added, without a weight",
        ),
    ],
)
def test_the_title_says_what_the_shortcut_costs(setting, finding):
    explorer = made(**setting)
    assert explorer.numbers.finding == Seen(explorer.svg).words[0] == finding


def test_for_option_a_no_more_channels_come_in_than_go_out():
    with pytest.raises(ValueError, match="at most the 64 that come out for option A, got 128"):
        shortcut("basic", in_channels=128, width=64, option="A")
    explorer = ShortcutExplorer("basic", in_channels=256, width=64)
    explorer.option.value = "A"
    assert (explorer.in_channels.max, explorer.in_channels.value) == (64, 64)
    explorer.width.value = 32
    assert explorer.in_channels.value == 32
    explorer.in_channels.value = 40
    assert "from 8 to 32" in explorer.status
    explorer.option.value = "B"
    explorer.in_channels.value = 40
    assert explorer.in_channels.max == 2048
    assert explorer.numbers == shortcut("basic", in_channels=40, width=32)


def test_equal_shapes_stay_equal_when_the_block_changes():
    explorer = ShortcutExplorer()
    explorer.block.value = "basic"
    assert explorer.numbers == shortcut("basic", in_channels=64, width=64)
    assert (explorer.expansion.max, explorer.expansion.value) == (1, 1)
    explorer.block.value = "bottleneck"
    assert explorer.numbers == shortcut("bottleneck", in_channels=256, width=64, expansion=4)
    explorer.in_channels.value = 128
    explorer.block.value = "basic"
    assert explorer.in_channels.value == 128, "shapes that differ are left alone"


def test_the_start_can_be_chosen_and_nonsense_is_refused():
    assert ShortcutExplorer("basic").numbers == shortcut("basic", in_channels=64, width=64)
    start = {"in_channels": 64, "width": 64, "expansion": 2, "option": "A", "map_size": 14}
    assert ShortcutExplorer("bottleneck", **start).numbers == shortcut("bottleneck", **start)
    for wrong in ({"block": "botleneck"}, {"option": "none"}, {"stride": 3}, {"width": 600}):
        with pytest.raises(ValueError, match=r"There is no|cannot be"):
            ShortcutExplorer(**wrong)
    with pytest.raises(ValueError, match="in channels cannot be 128: it takes a whole number from 8 to 64"):
        ShortcutExplorer("basic", in_channels=128, option="A")
    with pytest.raises(ValueError, match="expansion cannot be 4: it takes a whole number from 1 to 1"):
        ShortcutExplorer("basic", expansion=4)


@pytest.mark.parametrize("setting", [{}, {"stride": 2}, WIDEST, PADDED, {"option": "C", "block": "basic"}])
def test_the_bars_are_as_long_as_the_weights(setting):
    explorer = made(**setting)
    seen, numbers = Seen(explorer.svg), explorer.numbers
    steps = [*numbers.main, *([numbers.projection] if numbers.projection else [])]
    told = [each for each in seen.elements("rect") if " MACs" in each.get("data-tip", "")]
    bars = told[len(steps) :]  # the others are the layers' boxes
    longest = max(steps, key=lambda step: step.weights)
    whole = number(bars[steps.index(longest)], "width") * numbers.all_weights / longest.weights
    for bar, step in zip(bars, steps, strict=True):
        assert number(bar, "width") == pytest.approx(whole * step.weights / numbers.all_weights, abs=0.01)
        assert bar.get("data-tip").endswith(f": {step.weights:,} weights, {step.macs:,} MACs")
        assert f"{step.weights:,}" in seen.words
    if numbers.projection:
        assert bars[-1].get("fill") not in [bar.get("fill") for bar in bars[:-1]]
    compared = numbers.ways if numbers.block == "bottleneck" else ()
    for name, weights in compared:
        bar = seen.tips[f"{name}: {weights:,} weights"]
        assert number(bar, "width") == pytest.approx(whole * weights / numbers.ways[2][1], abs=0.01)
    ticks = [(text.box[0] + text.box[2]) / 2 for text in seen.texts if text.words == "100 %"]
    assert ticks == pytest.approx([number(bar, "x") + whole] * (2 if compared else 1), abs=1)


def test_a_bottleneck_alone_is_compared_with_other_blocks_and_has_a_mark_among_them():
    tops = {text.words: text.box[1] for text in Seen(ShortcutExplorer("bottleneck").svg).texts}
    assert abs(tops["◂ this block"] - tops["bottleneck 256–64–64–256"]) < 5
    assert "◂ this block" not in Seen(ShortcutExplorer("bottleneck", stride=2).svg).words
    # With a projection the block has more weights than the bar shows.
    projected = Seen(ShortcutExplorer("bottleneck", option="C").svg).words
    assert "◂ its main path" in projected
    assert "◂ this block" not in projected
    assert "basic, 64 wide" not in Seen(ShortcutExplorer("basic").svg).words


@pytest.mark.parametrize("setting", [{}, WIDEST, PADDED, {"block": "basic", "in_channels": 128}])
def test_the_paths_are_as_thick_as_their_channels(setting):
    explorer = made(**setting)
    numbers, seen = explorer.numbers, Seen(explorer.svg)
    paths = seen.elements("polyline")
    flow = [numbers.in_channels, numbers.out_channels, *numbers.channels, numbers.out_channels]
    assert [path.get("data-tip") for path in paths] == [f"{channels} channels" for channels in flow]
    thickest = max(number(path, "stroke-width") for path in paths)
    for path, channels in zip(paths, flow, strict=True):
        thick = max(thickest * channels / max(flow), 1.5)
        assert number(path, "stroke-width") == pytest.approx(thick, abs=0.01)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({}, ["identity", "no weights"]),
        ({"stride": 2}, ["1×1, stride 2", "to 256"]),
        ({"option": "C"}, ["1×1", "to 256"]),
        ({"option": "A", "stride": 2}, ["every 2nd pixel", "no weights"]),
        ({"option": "A", "in_channels": 64}, ["zero-padded", "+ 192 zero channels"]),
        ({"option": "A", "in_channels": 64, "stride": 2}, ["every 2nd pixel", "+ 192 zero channels"]),
    ],
)
def test_beside_the_main_path_stands_what_the_shortcut_does(setting, words):
    seen = Seen(made(**setting).svg)
    beside = [text.words for text in seen.texts if 205 < text.box[0] < 400 and 160 < text.box[1] < 220]
    assert beside == words
    dashed = [each for each in seen.elements("rect") if each.get("stroke-dasharray")]
    assert len(dashed) == (setting.get("option") == "A"), "dashes are around what is no layer"


def test_options_and_the_stride_can_be_clicked():
    explorer = ShortcutExplorer()

    def click(**values) -> None:
        assert values in [sets for _, sets in Seen(explorer.svg).sets()]
        explorer.point(values)

    click(stride=2)
    assert explorer.numbers.stride == 2
    click(stride=1)
    for option in "CAB":
        click(option=option)
        assert explorer.option.value == option
        bold = [text.words for text in Seen(explorer.svg).texts if text.bold and text.words[:6] == "Option"]
        assert [words[:9] for words in bold] == [f"Option {option}:"]
    seen = Seen(explorer.svg)
    for pad, sets in seen.sets():
        if "option" in sets:  # each lies over its own line
            [line] = [text for text in seen.texts if text.words.startswith(f"Option {sets['option']}:")]
            assert number(pad, "y") < line.box[1] < line.box[3] < number(pad, "y") + number(pad, "height")
            assert number(pad, "x") < line.box[0] < line.box[2] < number(pad, "x") + number(pad, "width")


@pytest.mark.parametrize(
    ("name", "setting"),
    [("shortcut_identity", {}), ("shortcut_projection", WIDEST), ("shortcut_padded", PADDED)],
)
def test_the_picture_is_as_it_was_last_looked_at(name, setting):
    assert is_as_kept(name, made(**setting).svg)
