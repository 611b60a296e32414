"""`InceptionExplorer` counts as PyTorch's blocks do, and draws and says what it counts, at every setting."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.inception import FILTERS, MINE, PRESETS, InceptionExplorer, inception, preset_settings
from helpers.explorers.inception_picture import BARS, MOST, THICKEST
from helpers.models.googlenet import TABLE, GoogLeNet, Inception
from tests.learner import live_texts, texts_in_the_way

PLAIN = settings(deadline=None, derandomize=True, max_examples=60)
NAMES = ("in_channels", *FILTERS)
EIGHTS = st.integers(1, 128).map(lambda eighths: 8 * eighths)
OUTS = st.integers(1, 64).map(lambda eighths: 8 * eighths)


@st.composite
def block_settings(draw):
    """Seven channel counts as the sliders allow them, by name."""
    c_in = draw(EIGHTS)
    reduce = st.integers(1, c_in // 8).map(lambda eighths: 8 * eighths)
    return dict(
        zip(NAMES, (c_in, *(draw(s) for s in (OUTS, reduce, OUTS, reduce, OUTS, reduce))), strict=True)
    )


def conv_weights(module: nn.Module) -> int:
    """The weights of its convolutions, without biases."""
    return sum(each.weight.numel() for each in module.modules() if isinstance(each, nn.Conv2d))


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
    assert numbers.macs == 128_049_152
    assert repr(explorer) == (
        "3a: 163,328 weights and 128 M MACs make 256 channels; naive, 387,072 and 303 M make 416."
    )


@PLAIN
@given(block_settings())
def test_the_counts_are_those_of_the_blocks_in_pytorch(setting):
    numbers = inception(**setting)
    block, naive = both_blocks(setting)
    assert (numbers.weights, numbers.naive_weights) == (conv_weights(block), conv_weights(naive))
    assert (numbers.channels, numbers.naive_channels) == (block.out_channels, naive.out_channels)
    for number, branch in enumerate(numbers.branches, 1):
        inside = getattr(block, f"branch{number}")
        assert branch.weights == conv_weights(inside)
        assert branch.naive == conv_weights(getattr(naive, f"branch{number}"))
        squeezes = [each for each in inside.modules() if isinstance(each, nn.Conv2d)]
        assert branch.one_by_one == sum(
            each.weight.numel() for each in squeezes if each.kernel_size == (1, 1)
        )


@pytest.mark.parametrize(("block", "map_size"), [("3a", 28), ("5b", 7), ("4d", 9)])
def test_the_macs_are_those_of_the_blocks_in_pytorch(block, map_size):
    setting = {name: PRESETS[block][name] for name in NAMES}
    numbers = inception(**setting, map_size=map_size)
    x = torch.empty(1, setting["in_channels"], map_size, map_size, device="meta")
    for module, macs, channels in zip(
        both_blocks(setting),
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
    presets = preset_settings()
    assert list(seen) == list(presets)
    for name, (block, x, out) in seen.items():
        setting = presets[name]
        numbers = inception(**setting)
        assert x.shape[1:] == (setting["in_channels"], setting["map_size"], setting["map_size"])
        assert numbers.channels == out.shape[1]
        assert numbers.weights == conv_weights(block)


@PLAIN
@given(block_settings(), st.integers(1, 56))
def test_the_words_agree_with_the_counts(setting, map_size):
    numbers = inception(**setting, map_size=map_size)
    assert len(numbers.sentence) <= 110
    assert numbers.sentence.endswith(".")
    if numbers.finding != "about as many":
        assert numbers.finding.endswith("fewer" if numbers.weights < numbers.naive_weights else "more")
    assert numbers.channels <= numbers.naive_channels


EXTREMES = [
    {**dict(zip(NAMES, (c_in, out, reduce, other, squeeze, out, pool), strict=True)), "map_size": size}
    for c_in, out, reduce, other, squeeze, pool, size in itertools.product(
        (8, 1024), (8, 512), (8, 1024), (8, 512), (8, 1024), (8, 1024), (1, 56)
    )
    if max(reduce, squeeze, pool) <= c_in
]


def test_the_sentence_fits_at_every_extreme():
    longest = max(len(inception(**setting).sentence) for setting in EXTREMES)
    assert 100 < longest <= 110


def test_the_explorer_shows_the_pure_function_of_its_controls():
    explorer, rng = InceptionExplorer(), np.random.default_rng(0)
    for _ in range(25):
        c_in = 8 * int(rng.integers(1, 129))
        setting = {"in_channels": c_in, "map_size": int(rng.integers(1, 57))}
        for name in FILTERS:
            high = 64 if name.startswith("out") else c_in // 8
            setting[name] = 8 * int(rng.integers(1, high + 1))
        explorer.set(**setting)
        assert explorer.status == ""
        assert explorer.numbers == inception(**setting, block=MINE)


@pytest.mark.parametrize("block", TABLE)
def test_a_preset_sets_every_slider(block):
    explorer = InceptionExplorer("5b" if block != "5b" else "3a")
    explorer.block.value = block
    assert {name: explorer.controls[name].value for name in PRESETS[block]} == PRESETS[block]
    assert explorer.status == ""
    assert explorer.numbers == inception(**PRESETS[block], block=block)
    assert InceptionExplorer(block).numbers == explorer.numbers
    explorer.in_channels.value = 8  # bounds the reductions at 8
    explorer.block.value = block
    assert explorer.numbers == inception(**PRESETS[block], block=block)


def test_a_moved_slider_makes_a_block_of_one_s_own_and_back_again():
    explorer = InceptionExplorer("3a")
    explorer.reduce_5x5.value = 24
    assert explorer.block.value == MINE
    explorer.reduce_5x5.value = 16
    assert explorer.block.value == "3a"
    explorer.map_size.value = 14
    assert (explorer.block.value, explorer.numbers.macs) == ("3a", 163_328 * 14 * 14)
    explorer.block.value = MINE
    assert repr(explorer).startswith("Your own: 163,328 weights")


def test_what_is_given_takes_the_place_of_the_block_s_own_number():
    explorer = InceptionExplorer("3a", reduce_3x3=64)
    assert explorer.numbers == inception(192, 64, 64, 128, 16, 32, 32)
    assert explorer.block.value == MINE
    assert InceptionExplorer("3a", map_size=14).block.value == "3a"
    assert InceptionExplorer(MINE).numbers.weights == 163_328
    with pytest.raises(ValueError, match="reduce 3×3 cannot be 200: it takes a whole number from 8 to 192"):
        InceptionExplorer("3a", reduce_3x3=200)
    with pytest.raises(ValueError, match="There is no block '3c'"):
        InceptionExplorer("3c")


def test_no_reduction_to_more_channels_than_come_in():
    explorer = InceptionExplorer("3a")
    explorer.in_channels.value = 64
    assert (explorer.reduce_3x3.max, explorer.reduce_3x3.value) == (64, 64)
    assert explorer.reduce_5x5.max == explorer.pool_proj.max == 64
    assert explorer.out_3x3.max == 512
    explorer.reduce_3x3.value = 128
    assert explorer.reduce_3x3.value == 64
    assert "from 8 to 64" in explorer.status


def test_every_control_changes_picture_and_sentence():
    explorer = InceptionExplorer("4b")
    for name, control in explorer.controls.items():
        sentence, image = repr(explorer), explorer._image.tobytes()
        control.value = "4c" if name == "block" else control.value + control.step
        assert repr(explorer) != sentence, name
        assert explorer._image.tobytes() != image, name


def test_the_bars_and_bands_are_as_long_as_the_counts_say():
    explorer = InceptionExplorer()
    length = BARS[1] - BARS[0]
    for setting in ({}, {"block": "5b"}, {"in_channels": 1024, "reduce_3x3": 1024, "out_3x3": 8}):
        explorer.set(**setting)
        numbers = explorer.numbers
        parts = [(each.naive, each.one_by_one, each.larger) for each in numbers.branches]
        parts.append(tuple(map(sum, zip(*parts, strict=True))))
        for (bars, _), counts in zip(explorer._picture._rows, parts, strict=True):
            naive, first, second = (count / numbers.naive_weights for count in counts)
            first, both = min(first, MOST), min(first + second, MOST)
            drawn = [bar.get_width() / length for bar in bars]
            assert drawn == pytest.approx([naive, first, both - first])
            assert bars[2].get_x() == pytest.approx(BARS[0] + first * length)
        inputs = {bands[0].get_height() for bands in explorer._picture._bands}
        assert len(inputs) == 1, "every branch reads all channels"
        assert max(band.get_height() for bands in explorer._picture._bands for band in bands) == THICKEST
        bands = explorer._picture._bands[1]
        ratio = bands[1].get_height() / bands[0].get_height()
        assert ratio == pytest.approx(explorer.reduce_3x3.value / numbers.in_channels)


@pytest.mark.parametrize("block", TABLE)
def test_a_number_in_the_bar_of_channels_fits_its_part(block):
    explorer = InceptionExplorer(block)
    widths = {text: right - left for text, (left, _, right, _) in live_texts(explorer)}
    written = 0
    for parts, labels, _ in explorer._picture._stacks:
        for part, label in zip(parts, labels, strict=False):
            if label.text:
                assert widths[label.text] < part.get_width() * DENSITY
                written += 1
    assert written >= 2


def test_more_is_called_more():
    explorer = InceptionExplorer("3a", reduce_3x3=192)
    assert "3×3" in explorer.reduce_3x3.description
    texts = [text for text, _ in live_texts(explorer)]
    assert "258,048, 1.17 times more" in texts
    explorer.set(reduce_5x5=192, pool_proj=192)
    assert explorer._picture._title.text == (
        "Your own block: three more layers of 1×1 and 1.29 times more weights and MACs"
    )


def test_no_text_is_cut_or_covered_by_another_at_the_extremes():
    explorer = InceptionExplorer()
    for setting in [*({"block": block} for block in TABLE), *EXTREMES[::3]]:
        explorer.set(**setting)
        assert explorer.status == ""
        assert texts_in_the_way(explorer) == [], setting
