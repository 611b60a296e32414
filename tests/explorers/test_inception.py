"""`InceptionExplorer` counts as PyTorch's blocks do, and its picture shows what it counts."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import InceptionExplorer
from helpers.explorers.explorer import OWN
from helpers.explorers.numbers.inception import FILTERS, MAP_SIZES, PRESETS, inception
from helpers.models.googlenet import TABLE, GoogLeNet, Inception
from tests.seen import Seen, number

EIGHTS = st.integers(1, 128).map(lambda eighths: 8 * eighths)
BRANCHES = ("1×1 branch", "3×3 branch", "5×5 branch", "pool branch")
MANY = {"in_channels": 1024, "reduce_3x3": 1024, "reduce_5x5": 1024, "pool_proj": 1024, "out_3x3": 8}


@st.composite
def block_settings(draw):
    """Seven channel counts as the sliders allow them, by name."""
    c_in = draw(EIGHTS)
    most = {name: 64 if name.startswith("out") else c_in // 8 for name in FILTERS}
    return {"in_channels": c_in} | {name: 8 * draw(st.integers(1, high)) for name, high in most.items()}


def conv_weights(module: nn.Module, kernel: int | None = None) -> int:
    """The weights of its convolutions, or of those with that kernel, without biases."""
    convs = [each for each in module.modules() if isinstance(each, nn.Conv2d)]
    return sum(each.weight.numel() for each in convs if kernel in (None, each.kernel_size[0]))


def both_blocks(setting: dict[str, int]) -> tuple[Inception, Inception]:
    """The block with reductions and the naive one, without memory."""
    naive = {**setting, "reduce_3x3": None, "reduce_5x5": None, "pool_proj": None}
    with torch.device("meta"):
        return Inception(**setting), Inception(**naive)


def test_the_lesson_s_numbers():
    explorer = InceptionExplorer()
    numbers = explorer.numbers
    assert (numbers.weights, numbers.naive_weights) == (163_328, 387_072)
    assert (numbers.channels, numbers.naive_channels) == (256, 416)
    assert [branch.weights for branch in numbers.branches] == [12_288, 129_024, 15_872, 6_144]
    assert [branch.naive for branch in numbers.branches] == [12_288, 221_184, 153_600, 0]
    assert [branch.per_channel for branch in numbers.branches] == [192, 1_344, 992, 192]
    assert repr(explorer) == (
        "3a: 163,328 weights and 128 M MACs make 256 channels; naive, 387,072 and 303 M make 416."
    )
    explorer.set(block=OWN, map_size=14)
    assert repr(explorer) == (
        "Your own: 163,328 weights and 32.0 M MACs make 256 channels; naive, 387,072 and 75.9 M make 416."
    )


@settings(deadline=None, derandomize=True, max_examples=30)
@given(block_settings())
def test_the_counts_are_those_of_the_blocks_in_pytorch(setting):
    numbers = inception(**setting)
    block, naive = both_blocks(setting)
    assert (numbers.weights, numbers.naive_weights) == (conv_weights(block), conv_weights(naive))
    assert (numbers.channels, numbers.naive_channels) == (block.out_channels, naive.out_channels)
    assert numbers.one_by_one == conv_weights(block, 1)
    assert numbers.larger == conv_weights(block, 3) + conv_weights(block, 5)
    for place, branch in enumerate(numbers.branches, 1):
        inside = getattr(block, f"branch{place}")
        assert branch.weights == conv_weights(inside)
        assert branch.one_by_one == conv_weights(inside, 1)
        assert branch.naive == conv_weights(getattr(naive, f"branch{place}"))


@pytest.mark.parametrize(("block", "map_size"), [("3a", 28), ("5b", 7), ("4d", 9)])
def test_the_macs_are_those_of_the_blocks_in_pytorch(block, map_size):
    numbers = inception(**PRESETS[block], map_size=map_size)
    x = torch.empty(1, numbers.in_channels, map_size, map_size, device="meta")
    for module, macs, channels in zip(
        both_blocks(PRESETS[block]),
        (numbers.macs, numbers.naive_macs),
        (numbers.channels, numbers.naive_channels),
        strict=True,
    ):
        with FlopCounterMode(display=False) as counter:
            assert module(x).shape == (1, channels, map_size, map_size)
        assert counter.get_total_flops() == 2 * macs


def test_the_presets_are_the_blocks_of_the_network():
    seen = {}
    with torch.device("meta"):
        network = GoogLeNet().eval()
        for name in TABLE:
            block = getattr(network, f"inception{name}")
            block.register_forward_hook(
                lambda block, inputs, out, name=name: seen.update({name: (block, *inputs, out)})
            )
        network(torch.empty(1, 3, 224, 224))
    assert list(seen) == list(PRESETS) == list(MAP_SIZES)
    for name, (block, x, out) in seen.items():
        numbers = inception(**PRESETS[name])
        assert x.shape[1:] == (PRESETS[name]["in_channels"], MAP_SIZES[name], MAP_SIZES[name])
        assert numbers.channels == out.shape[1]
        assert numbers.weights == conv_weights(block)


@pytest.mark.parametrize("block", TABLE)
def test_a_preset_sets_every_slider(block):
    whole = inception(**PRESETS[block], map_size=MAP_SIZES[block], block=block)
    assert InceptionExplorer(block).numbers == whole
    explorer = InceptionExplorer("5b" if block != "5b" else "3a")
    explorer.in_channels.value = 8  # bounds the reductions at 8
    explorer.block.value = block
    assert (explorer.numbers, explorer.status) == (whole, "")
    assert explorer.reduce_3x3.max == PRESETS[block]["in_channels"]


def test_a_moved_slider_makes_a_block_of_one_s_own_and_back_again():
    explorer = InceptionExplorer("3a")
    explorer.reduce_5x5.value = 24
    assert explorer.block.value == OWN
    explorer.reduce_5x5.value = 16
    assert explorer.block.value == "3a"
    explorer.map_size.value = 14
    assert (explorer.block.value, explorer.numbers.macs) == ("3a", 163_328 * 14 * 14)


def test_what_is_given_takes_the_place_of_the_block_s_own_number():
    explorer = InceptionExplorer("3a", reduce_3x3=64)
    assert explorer.numbers == inception(192, 64, 64, 128, 16, 32, 32)
    assert explorer.block.value == OWN
    assert InceptionExplorer("3a", map_size=14).block.value == "3a"
    assert InceptionExplorer("4e", in_channels=832).block.value == "5a", "the two differ in nothing else"
    assert InceptionExplorer(OWN).numbers == inception(**PRESETS["3a"])
    with pytest.raises(ValueError, match="reduce 3×3 cannot be 200: it takes a whole number from 8 to 192"):
        InceptionExplorer("3a", reduce_3x3=200)
    with pytest.raises(ValueError, match="out 1×1 cannot be 'many': it takes a whole number from 8 to 512"):
        InceptionExplorer("3a", out_1x1="many")
    with pytest.raises(ValueError, match="There is no block '3c'"):
        InceptionExplorer("3c")


def test_no_reduction_to_more_channels_than_come_in():
    explorer = InceptionExplorer("3a")
    explorer.in_channels.value = 64
    assert (explorer.reduce_3x3.max, explorer.reduce_3x3.value) == (64, 64)
    assert explorer.reduce_5x5.max == explorer.pool_proj.max == 64
    assert explorer.out_3x3.max == 512
    explorer.reduce_3x3.value = 128
    assert explorer.status.endswith("from 8 to 64 in steps of 8; 64 is used.")


@pytest.mark.parametrize("setting", [{}, MANY])
def test_the_bars_are_as_long_as_the_weights(setting):
    explorer = InceptionExplorer()
    explorer.set(**setting)
    seen, numbers = Seen(explorer.svg), explorer.numbers
    parts = [(each.naive, each.one_by_one, each.larger) for each in numbers.branches]
    parts.append(tuple(map(sum, zip(*parts, strict=True))))
    whole = seen.tip("Whole block, naive: ")
    left, percent = number(whole, "x"), number(whole, "width") / 100
    for name, (naive, first, larger) in zip((*BRANCHES, "Whole block"), parts, strict=True):
        shares = [100 * count / numbers.naive_weights for count in (naive, first, larger)]
        for tip, share, begin in (
            (f"{name}, naive: {naive:,} weights", shares[0], 0),
            (f"{name}, 1×1: {first:,} weights", shares[1], 0),
            (f"{name}, after it: {larger:,} weights", shares[2], shares[1]),
        ):
            begins, ends = min(begin, 125), min(begin + share, 125)  # where the axis ends
            bar = seen.tips.get(tip)
            assert (bar is None) == (begins == ends), tip
            if bar is not None:
                assert number(bar, "x") == pytest.approx(left + begins * percent, abs=0.02)
                assert number(bar, "width") == pytest.approx((ends - begins) * percent, abs=0.02)
        beyond = "▸ " if shares[1] + shares[2] > 125 else ""
        assert {f"{beyond}{first + larger:,}", f"{naive:,}"} <= set(seen.words)


def test_what_the_reductions_change_is_said_beside_the_bars():
    seen = Seen(InceptionExplorer("3a", reduce_3x3=192).svg)
    assert seen.words[seen.words.index("1×1 branch") :] == [
        *("1×1 branch", "the same", "12,288", "12,288"),
        *("3×3 branch", "17 % more", "221,184", "258,048"),
        *("5×5 branch", "9.68 times fewer", "153,600", "15,872"),
        *("pool branch", "192 channels become 32", "0", "6,144"),
        *("Whole block", "24 % fewer", "387,072", "292,352"),
        "Times 28×28 pixels: 229 M MACs, naive 303 M",
    ]
    assert "229,203,968 MACs, naive 303,464,448" in seen.tips


@pytest.mark.parametrize(
    ("setting", "title"),
    [
        ({}, "Block 3a: three more layers of 1×1, yet 2.37 times fewer weights and MACs"),
        (MANY, "Your own block: three more layers of 1×1 and 4.28 times as many weights and MACs"),
    ],
)
def test_the_title_says_whether_the_reductions_save_anything(setting, title):
    explorer = InceptionExplorer()
    explorer.set(**setting)
    assert Seen(explorer.svg).words[0] == title


@pytest.mark.parametrize("setting", [{}, {"in_channels": 1024, "out_1x1": 8}])
def test_the_bands_are_as_thick_as_their_channels(setting):
    explorer = InceptionExplorer()
    explorer.set(**setting)
    c_in, branches = explorer.numbers.in_channels, explorer.numbers.branches
    rows = {}
    for band in Seen(explorer.svg).root.iter():
        words = (band.get("data-tip") or "").split(" ")
        if len(words) == 2 and words[1] == "channels":
            assert number(band, "height") == pytest.approx(max(30 * int(words[0]) / c_in, 1), abs=0.01)
            rows.setdefault(round(number(band, "y") + number(band, "height") / 2), []).append(int(words[0]))
    flows = [[c_in, *filter(None, [each.between]), each.channels] for each in branches]
    assert [rows[y] for y in sorted(rows)] == flows


@pytest.mark.parametrize(("block", "end"), [("3a", 512), ("5b", 2048)])
def test_the_channels_that_come_out_are_stacked_on_an_axis_that_seldom_changes(block, end):
    explorer = InceptionExplorer(block)
    seen, numbers = Seen(explorer.svg), explorer.numbers
    assert {"0", f"{end // 2}", f"{end}"} <= set(seen.words)
    for way, name in (("naive", "naive_channels"), ("with 1×1", "channels")):
        begin = 88
        for branch, part in zip(BRANCHES, numbers.branches, strict=True):
            bar = seen.tips[f"{way}, {branch}: {getattr(part, name)} channels"]
            assert number(bar, "x") == pytest.approx(begin, abs=0.02)
            assert number(bar, "width") == pytest.approx(210 * getattr(part, name) / end, abs=0.02)
            begin += number(bar, "width")
    assert {f"{numbers.channels}", f"{numbers.naive_channels}"} <= set(seen.words)


@pytest.mark.parametrize("setting", [{}, {"block": "4e", "pool_proj": 528}])
def test_a_grip_stands_where_its_control_is_and_sets_it(setting):
    explorer = InceptionExplorer()
    explorer.set(**setting)
    drags = list(Seen(explorer.svg).drags())
    names = ["out_1x1", "out_3x3", "out_5x5", "pool_proj", "reduce_3x3", "reduce_5x5", "pool_proj"]
    assert [control for _, control, *_ in drags] == names
    for order, (grip, control, start, end, low, high) in enumerate(drags):
        assert grip.get("class") == "handle"
        place = number(grip, "x") + (3 if order < 4 else 0)  # around the edge, or behind the bar's end
        share = (place - start) / (end - start)
        assert low + share * (high - low) == pytest.approx(explorer.controls[control].value, abs=0.5)
    explorer.point({"reduce_5x5": 45.0})
    assert explorer.reduce_5x5.value == 48
