"""`ShortcutExplorer` counts as PyTorch's blocks do, and draws and says what it counts, at every setting."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers.drawing.live_figure import POINTS_PER_INCH
from helpers.drawing.matplotlib_style import CSS_PIXELS_PER_INCH, DENSITY
from helpers.explorers.shortcut import ShortcutExplorer, shortcut
from helpers.explorers.shortcut_picture import BARS, THICKEST
from helpers.models.resnet import BasicBlock, Bottleneck, PaddedShortcut
from tests.learner import live_texts, texts_in_the_way

PLAIN = settings(deadline=None, derandomize=True, max_examples=60)


def out_channels(setting: dict) -> int:
    return setting["width"] * setting["expansion"]


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
    out = out_channels(setting)
    most = out if setting["option"] == "A" else 2048
    other = st.integers(1, most // 8).map(lambda eighths: 8 * eighths)
    return {**setting, "in_channels": draw(st.one_of(st.just(out), other))}


def in_pytorch(setting: dict) -> BasicBlock | Bottleneck:
    """The course's own block, without memory."""
    shape = setting["in_channels"], out_channels(setting), setting["stride"]
    with torch.device("meta"):
        if setting["block"] == "basic":
            return BasicBlock(*shape, shortcut=setting["option"]).eval()
        return Bottleneck(*shape, expansion=setting["expansion"], shortcut=setting["option"]).eval()


def test_the_lesson_s_numbers():
    explorer = ShortcutExplorer()
    numbers = explorer.numbers
    assert [weights for _, weights in numbers.ways] == [69_632, 73_728, 1_179_648]
    assert [step.weights for step in numbers.main] == [16_384, 36_864, 16_384]
    assert repr(explorer) == (
        "Bottleneck 256-64-64-256, 56→56 pixels: 69,632 weights; option B: identity, 0 more."
    )
    explorer.set(width=128, stride=2)
    assert repr(explorer) == (
        "Bottleneck 256-128-128-512, 56→28 pixels: 245,760 weights; option B: 1×1 projection, 131,072 more."
    )


@PLAIN
@given(block_settings())
def test_the_counts_are_those_of_the_blocks_in_pytorch(setting):
    numbers, block = shortcut(**setting), in_pytorch(setting)
    main = [module for name, module in block.named_children() if name.startswith("conv")]
    assert [step.weights for step in numbers.main] == [each.weight.numel() for each in main]
    projections = [] if block.downsample is None else list(block.downsample.modules())
    weights = sum(each.weight.numel() for each in projections if isinstance(each, nn.Conv2d))
    assert numbers.shortcut_weights == weights
    with FlopCounterMode(display=False) as counter:
        y = block(torch.empty(1, setting["in_channels"], *[setting["map_size"]] * 2, device="meta"))
    assert y.shape == (1, numbers.out_channels, numbers.out_size, numbers.out_size)
    assert counter.get_total_flops() == 2 * numbers.macs


@PLAIN
@given(block_settings())
def test_the_shortcut_is_called_what_it_is_in_pytorch(setting):
    numbers, downsample = shortcut(**setting), in_pytorch(setting).downsample
    if downsample is None:
        assert numbers.shortcut == "identity"
    elif isinstance(downsample, PaddedShortcut):
        assert numbers.zero_channels == downsample.missing
        assert ("zero-padded" in numbers.shortcut) == (downsample.missing > 0)
        assert ("every 2nd pixel" in numbers.shortcut) == (downsample.stride == 2)
    else:
        assert numbers.shortcut == "1×1 projection"


@PLAIN
@given(st.integers(1, 64), st.integers(1, 4))
def test_the_three_ways_are_blocks_in_pytorch(eighths, expansion):
    width = 8 * eighths
    outer = width * expansion
    with torch.device("meta"):
        blocks = (
            Bottleneck(outer, outer, expansion=expansion),
            BasicBlock(width, width),
            BasicBlock(outer, outer),
        )
    counted = [
        sum(each.weight.numel() for each in block.modules() if isinstance(each, nn.Conv2d))
        for block in blocks
    ]
    numbers = shortcut("bottleneck", in_channels=outer, width=width, expansion=expansion)
    assert [weights for _, weights in numbers.ways] == counted
    assert numbers.weights == counted[0]
    assert shortcut("basic", in_channels=width, width=width).weights == counted[1]
    # A basic block is compared at the paper's expansion.
    assert shortcut("basic", in_channels=64, width=64).ways[0] == ("bottleneck 256-64-64-256", 69_632)


def test_option_a_cannot_take_channels_away():
    with pytest.raises(ValueError, match="at most the 64 that come out for option A, got 128"):
        shortcut("basic", in_channels=128, width=64, option="A")


EXTREMES = [
    {
        "block": block,
        "option": option,
        "width": width,
        "expansion": expansion if block == "bottleneck" else 1,
        "stride": stride,
        "in_channels": c_in,
        "map_size": size,
    }
    for block, option, width, expansion, stride, c_in, size in itertools.product(
        ("basic", "bottleneck"), "ABC", (8, 512), (1, 4), (1, 2), (8, 512, 2048), (2, 112)
    )
    if option != "A" or c_in <= width * (expansion if block == "bottleneck" else 1)
]


def test_the_sentence_fits_at_every_extreme():
    sentences = {shortcut(**setting).sentence for setting in EXTREMES}
    assert 100 < max(map(len, sentences)) <= 110
    assert all(sentence.endswith(".") for sentence in sentences)


@PLAIN
@given(block_settings())
def test_the_sentence_fits_anywhere_between(setting):
    assert len(shortcut(**setting).sentence) <= 110


def test_the_explorer_shows_the_pure_function_of_its_controls():
    explorer, rng = ShortcutExplorer(), np.random.default_rng(0)
    for _ in range(40):
        block = str(rng.choice(["basic", "bottleneck"]))
        setting = {
            "block": block,
            "option": str(rng.choice(["A", "B", "C"])),
            "width": 8 * int(rng.integers(1, 65)),
            "expansion": int(rng.integers(1, 5)) if block == "bottleneck" else 1,
            "stride": int(rng.integers(1, 3)),
            "map_size": int(rng.integers(2, 113)),
        }
        most = out_channels(setting) if setting["option"] == "A" else 2048
        setting["in_channels"] = 8 * int(rng.integers(1, most // 8 + 1))
        explorer.set(**setting)
        assert explorer.status == ""
        assert explorer.numbers == shortcut(**setting)


def test_equal_shapes_stay_equal_when_the_block_changes():
    explorer = ShortcutExplorer()
    explorer.block.value = "basic"
    assert explorer.numbers == shortcut("basic", in_channels=64, width=64)
    assert (explorer.expansion.max, explorer.expansion.value) == (1, 1)
    explorer.block.value = "bottleneck"
    assert explorer.numbers == shortcut("bottleneck", in_channels=256, width=64, expansion=4)
    explorer.in_channels.value = 64
    explorer.block.value = "basic"
    explorer.in_channels.value = 128
    explorer.block.value = "bottleneck"
    assert explorer.in_channels.value == 128, "shapes that differ are left alone"
    assert explorer.status == ""


def test_for_option_a_no_more_channels_come_in_than_go_out():
    explorer = ShortcutExplorer("basic", in_channels=256, width=64)
    explorer.option.value = "A"
    assert (explorer.in_channels.max, explorer.in_channels.value) == (64, 64)
    explorer.width.value = 32
    assert explorer.in_channels.value == 32
    explorer.in_channels.value = 40
    assert "from 8 to 32" in explorer.status
    explorer.option.value = "B"
    assert explorer.in_channels.max == 2048
    explorer.in_channels.value = 40
    assert explorer.numbers == shortcut("basic", in_channels=40, width=32)


def test_the_start_can_be_chosen_and_nonsense_is_refused():
    assert ShortcutExplorer("basic").numbers == shortcut("basic", in_channels=64, width=64)
    explorer = ShortcutExplorer("bottleneck", in_channels=64, width=64, expansion=2, option="A", map_size=14)
    assert explorer.numbers == shortcut(
        "bottleneck", in_channels=64, width=64, expansion=2, option="A", map_size=14
    )
    for wrong in ({"block": "botleneck"}, {"option": "none"}, {"stride": 3}, {"width": 600}):
        with pytest.raises(ValueError, match=r"There is no|cannot be"):
            ShortcutExplorer(**wrong)
    with pytest.raises(ValueError, match="in channels cannot be 128: it takes a whole number from 8 to 64"):
        ShortcutExplorer("basic", in_channels=128, option="A")
    with pytest.raises(ValueError, match="expansion cannot be 4: it takes a whole number from 1 to 1"):
        ShortcutExplorer("basic", expansion=4)


def test_every_control_changes_picture_and_sentence():
    explorer = ShortcutExplorer()
    for name, value in (
        ("width", 72), ("option", "A"), ("in_channels", 128), ("stride", 2), ("expansion", 3),
        ("map_size", 28), ("option", "C"), ("block", "basic"), ("stride", 1),
    ):  # fmt: skip
        sentence, image = repr(explorer), explorer._image.tobytes()
        explorer.controls[name].value = value
        assert explorer.status == ""
        assert repr(explorer) != sentence, name
        assert explorer._image.tobytes() != image, name


@pytest.mark.parametrize("setting", EXTREMES[::7])
def test_bars_and_paths_are_as_long_and_thick_as_the_counts_say(setting):
    explorer = ShortcutExplorer()
    explorer.set(**setting)
    numbers, picture = explorer.numbers, explorer._picture
    counts = [*(step.weights for step in numbers.main), numbers.shortcut_weights]
    length = BARS[1] - BARS[0]
    drawn = [bar.get_width() / length for bar, *_ in picture._rows]
    assert drawn[: len(counts)] == pytest.approx([count / sum(counts) for count in counts])
    assert sum(drawn) == pytest.approx(1)
    most = max(weights for _, weights in numbers.ways)
    assert [bar.get_width() / length for bar, *_ in picture._ways] == pytest.approx(
        [weights / most for _, weights in numbers.ways]
    )
    bands = [each for each in picture._bands if each.get_visible()]
    thickest = THICKEST * POINTS_PER_INCH / CSS_PIXELS_PER_INCH
    flow = [*numbers.channels, numbers.out_channels, numbers.in_channels, numbers.out_channels]
    for line, channels in zip([*bands, *picture._around], flow, strict=True):
        width = thickest * channels / max(numbers.channels)
        assert line.get_linewidth() == pytest.approx(max(width, 1.5 * POINTS_PER_INCH / CSS_PIXELS_PER_INCH))


@pytest.mark.parametrize(
    ("setting", "seen"),
    [
        ({}, ["identity", "69,632  ◂ this block", "Equal shapes: the shortcut is the identity, and free"]),
        ({"stride": 2}, ["1×1, stride 2", "to 256", "256 × 28×28"]),
        ({"option": "A", "stride": 2}, ["every 2nd pixel", "no weights"]),
        ({"option": "A", "in_channels": 64}, ["zero-padded", "+ 192 zero channels"]),
        ({"option": "A", "in_channels": 64, "stride": 2}, ["every 2nd pixel", "+ 192 zero channels"]),
        ({"option": "C"}, ["Equal shapes, yet option C projects: 48 % of the block's weights"]),
        ({"block": "basic"}, ["73,728  ◂ this block", "64 × 56×56 in"]),
    ],
)
def test_the_picture_says_which_shortcut_it_is(setting, seen):
    explorer = ShortcutExplorer()
    explorer.set(**setting)
    texts = [text for text, _ in live_texts(explorer)]
    for text in seen:
        assert text in texts
    assert ("identity" in texts) == (explorer.numbers.shortcut == "identity")
    marked = [text for text in texts if text.endswith("this block")]
    assert len(marked) == (not explorer.numbers.shapes_differ)


@pytest.mark.parametrize(
    "setting",
    [
        {"stride": 2},
        {"block": "basic", "stride": 2, "width": 512, "in_channels": 8},
        {"option": "A", "stride": 2, "width": 512, "in_channels": 8},
    ],
)
def test_the_words_in_a_box_fit_into_it(setting):
    explorer = ShortcutExplorer()
    explorer.set(**setting)
    widths = {text: right - left for text, (left, _, right, _) in live_texts(explorer)}
    for box in [*explorer._picture._boxes, explorer._picture._side]:
        frame = box._frame.get_window_extent()
        for text in box._texts:
            half = widths[text.text] / 2
            assert frame.x0 < text.x * DENSITY - half, text.text
            assert text.x * DENSITY + half < frame.x1, text.text


def test_no_text_is_cut_or_covered_by_another_at_the_extremes():
    explorer = ShortcutExplorer()
    for setting in EXTREMES[::2]:
        explorer.set(**setting)
        assert explorer.status == ""
        assert texts_in_the_way(explorer) == [], setting
