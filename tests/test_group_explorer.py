"""`GroupExplorer` counts as PyTorch's grouped convolutions do, and draws the connections that they have."""

import itertools
from math import gcd

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from torch import nn

from helpers import build
from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.group import MINE, PRESETS, GroupExplorer, grouped, possible_groups
from tests.learner import live_texts

PLAIN = settings(deadline=None, derandomize=True, max_examples=200)
NAMES = ("in_channels", "out_channels", "kernel_size", "groups", "map_size")
CHANNELS = st.integers(1, 64).map(lambda eighth: 8 * eighth)


@st.composite
def layers(draw):
    c_in, c_out = draw(CHANNELS), draw(CHANNELS)
    groups = draw(st.sampled_from(possible_groups(c_in, c_out)))
    return c_in, c_out, draw(st.sampled_from((1, 3, 5, 7))), groups, draw(st.integers(1, 56))


# Every number of groups at the most and fewest channels, and what has many digits.
EXTREMES = [
    (c_in, c_out, kernel, groups, size)
    for c_in, c_out in itertools.product((8, 96, 384, 504, 512), repeat=2)
    for groups in possible_groups(c_in, c_out)
    for kernel, size in ((1, 1), (7, 56))
]


@pytest.fixture(scope="module")
def explorer():
    return GroupExplorer()


def move(explorer, setting):
    explorer.set(**dict(zip(NAMES, setting, strict=True)))
    assert explorer.status == ""


def test_the_lesson_s_numbers():
    explorer = GroupExplorer()
    assert repr(explorer) == (
        "5×5, 96→256 in 2 groups: 307,200 of 614,400 weights, 223.9 M MACs at 27×27; "
        "a channel reads 48 of 96."
    )
    explorer.preset.value = "conv3"
    assert repr(explorer) == (
        "3×3, 256→384 in one group: all 884,736 weights, 149.5 M MACs at 13×13; a channel reads 256 of 256."
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
    assert numbers.macs == split.weight.numel() * size * size
    assert numbers.all_macs == whole.weight.numel() * size * size
    assert numbers.reads == split.weight.shape[1]
    assert numbers.connections * kernel * kernel == numbers.weights
    assert numbers.weights * groups == numbers.all_weights
    assert numbers.depthwise == (split.weight.shape[1] == 1)


def test_the_presets_are_the_layers_of_the_paper_s_alexnet():
    network = build("alexnet", device="meta")
    maps = torch.empty(1, 3, 227, 227, device="meta")
    found = {}
    for name, layer in network.named_children():
        if isinstance(layer, nn.Conv2d):
            found[name] = (layer.in_channels, layer.out_channels, layer.kernel_size[0], layer.groups)
        maps = layer(maps)
        if name in found:
            found[name] += (maps.shape[-1],)
    del found["conv1"]
    assert found == {name: values for name, values in PRESETS.items() if name != "depthwise"}


@PLAIN
@given(st.integers(1, 600), st.integers(1, 600))
def test_the_groups_on_offer_are_all_that_pytorch_takes(c_in, c_out):
    most = gcd(c_in, c_out)
    assert possible_groups(c_in, c_out) == tuple(
        groups for groups in range(1, most + 1) if c_in % groups == 0 and c_out % groups == 0
    )


@pytest.mark.parametrize("setting", [(6, 4, 3, 2, 5), (8, 8, 1, 8, 4), (4, 6, 3, 1, 5), (68, 34, 1, 34, 2)])
def test_the_squares_are_the_channel_pairs_that_a_gradient_connects(explorer, setting):
    c_in, c_out, kernel, groups, size = setting
    layer = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, groups=groups)
    x = torch.ones(1, c_in, size, size, requires_grad=True)
    connected = np.zeros((c_out, c_in), bool)
    for channel in range(c_out):
        (gradient,) = torch.autograd.grad(layer(x)[0, channel].sum(), x)
        connected[channel] = (gradient[0] != 0).any((1, 2))
    numbers = grouped(*setting)
    assert connected.sum() == numbers.connections
    explorer._draw_matrix(numbers)
    paths = [path for blocks in explorer._blocks for path in blocks.get_paths()]
    for row, column in np.ndindex(connected.shape):
        middle = ((column + 0.5) / c_in, (row + 0.5) / c_out)
        assert connected[row, column] == any(path.contains_point(middle) for path in paths)


@pytest.mark.parametrize("groups", [1, 2, 8, 32, 64, 512])
def test_the_picture_is_filled_on_the_diagonal_and_white_off_it(explorer, groups):
    move(explorer, (512, 512, 1, groups, 5))
    axes, image = explorer._figure.figure.axes[0], explorer._image
    pixels = np.asarray(image).astype(int)

    def white(across, down):
        x, y = axes.transData.transform((across, down))
        return pixels[int(image.height - y), int(x)].min() > 250

    for place in (0.12, 0.37, 0.63, 0.88):
        at = (int(place * groups) + 0.5) / groups
        # Off the middle of the square, where its name stands, unless it is but a few pixels wide.
        assert not white(at - 0.3 / groups, at)
    if groups > 1:
        assert white(0.9, 0.1)
        assert white(0.1, 0.9)


def test_the_bars_are_as_long_as_the_counts_say(explorer):
    for setting in ((96, 256, 5, 2, 27), (384, 384, 3, 384, 13), (256, 384, 3, 1, 13)):
        move(explorer, setting)
        assert [bar.get_width() for bar in explorer._bars] == pytest.approx([100 / setting[3]] * 3)


def test_the_sentence_fits_at_every_extreme():
    longest = max(len(grouped(*setting).sentence) for setting in EXTREMES)
    assert 100 < longest <= 110


@PLAIN
@given(layers())
def test_the_sentence_fits_anywhere_between(setting):
    sentence = grouped(*setting).sentence
    assert len(sentence) <= 110
    assert sentence.endswith(".")


def test_the_explorer_shows_the_pure_function_of_its_controls(explorer):
    rng = np.random.default_rng(0)
    for _ in range(25):
        c_in, c_out = (8 * int(n) for n in rng.integers(1, 65, 2))
        groups = int(rng.choice(possible_groups(c_in, c_out)))
        setting = c_in, c_out, int(rng.choice([1, 3, 5, 7])), groups, int(rng.integers(1, 57))
        move(explorer, setting)
        assert explorer.numbers == grouped(*setting)
        assert explorer.groups.options == possible_groups(c_in, c_out)


def test_a_preset_sets_the_layer_and_follows_it():
    explorer = GroupExplorer()
    assert explorer.preset.value == "conv2"
    for name, values in PRESETS.items():
        explorer.preset.value = name
        assert explorer.numbers == grouped(*values)
        assert (explorer.preset.value, explorer.status) == (name, "")
    explorer.set(preset="conv4")
    explorer.groups.value = 3
    assert explorer.preset.value == MINE
    assert explorer.numbers == grouped(384, 384, 3, 3, 13)
    explorer.groups.value = 2
    assert explorer.preset.value == "conv4"
    explorer.preset.value = MINE
    assert (explorer.preset.value, explorer.numbers) == (MINE, grouped(*PRESETS["conv4"]))
    explorer.set(preset="conv2", groups=4)
    assert explorer.numbers == grouped(96, 256, 5, 4, 27)
    assert GroupExplorer(in_channels=64, out_channels=64, groups=64).preset.value == MINE


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


def test_every_control_moves_sentence_and_picture_by_its_smallest_step(explorer):
    move(explorer, (96, 256, 5, 2, 27))
    steps = {"map_size": 28, "in_channels": 104, "out_channels": 264, "kernel_size": 7, "groups": 1}
    for name, value in {**steps, "preset": "conv5"}.items():
        sentence, picture = repr(explorer), explorer.picture.data
        explorer.controls[name].value = value
        assert repr(explorer) != sentence
        assert explorer.picture.data != picture


def test_no_text_is_cut_or_covered_by_another_at_the_extremes(explorer):
    figure = explorer._figure.figure
    width, height = explorer.picture.width * DENSITY, explorer.picture.height * DENSITY
    still = [
        (text.get_text(), (box.x0, height - box.y1, box.x1, height - box.y0))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text()
        for box in [text.get_window_extent()]
    ]
    for setting in EXTREMES[::3] + list(PRESETS.values()):
        move(explorer, setting)
        found = [(text, box) for text, box in live_texts(explorer) if text]
        for text, (left, top, right, bottom) in found + still:
            assert 0 <= left <= right <= width, (setting, text)
            assert 0 <= top <= bottom <= height, (setting, text)
        for (one, a), (other, b) in [*itertools.combinations(found, 2), *itertools.product(found, still)]:
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (setting, one, other)
