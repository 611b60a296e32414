"""The picture of an Inception block draws the layers that the block has, and stacks what they make."""

from importlib import import_module
from itertools import pairwise

import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers.drawing.style import BLUE, ORANGE, PURPLE
from helpers.models.googlenet import TABLE

branches = import_module("helpers.drawing.inception_branches")
NAMES = ("out_1x1", "reduce_3x3", "out_3x3", "reduce_5x5", "out_5x5", "pool_proj")


def block(channels, *filters):
    return {"in_channels": channels, **dict(zip(NAMES, filters, strict=True))}


REDUCED, NAIVE = block(192, *TABLE["3a"]), block(192, 64, None, 128, None, 32, None)


@pytest.fixture
def drawn(monkeypatch):
    """Draws a block; gives its axes and its alt text."""
    kept = []
    new_figure = branches.new_figure

    def keep(*size):
        kept.append(new_figure(*size))
        return kept[-1]

    monkeypatch.setattr(branches, "new_figure", keep)

    def draw(block):
        alt = branches.inception_block(**block).alt
        return kept[-1].axes[0], alt

    return draw


def parts(axes):
    """The pieces of the stacked output, from the top."""
    left = branches._JOINED[0]
    return [each.get_bbox() for each in axes.patches if isinstance(each, Rectangle) and each.get_x() == left]


@pytest.mark.parametrize(("block", "channels"), [(REDUCED, (64, 128, 32, 32)), (NAIVE, (64, 128, 32, 192))])
def test_the_output_is_stacked_in_proportion_to_the_channels(drawn, block, channels):
    axes, _ = drawn(block)
    stacked = parts(axes)
    whole = sum(part.height for part in stacked)
    assert [sum(channels) * part.height / whole for part in stacked] == pytest.approx(channels)
    for above, below in pairwise(stacked):
        assert above.y0 == pytest.approx(below.y1), "no gap between two branches"


@pytest.mark.parametrize(("block", "grown"), [(REDUCED, 256 / 192), (NAIVE, 416 / 192)])
def test_input_and_output_are_as_high_as_they_have_channels(drawn, block, grown):
    axes, _ = drawn(block)
    left = branches._INPUT[0]
    [entry] = [each for each in axes.patches if isinstance(each, Rectangle) and each.get_x() == left]
    assert sum(part.height for part in parts(axes)) / entry.get_height() == pytest.approx(grown)


@pytest.mark.parametrize("block", [REDUCED, NAIVE, block(512, *[8] * 6)])
def test_every_way_begins_at_the_input(drawn, block):
    axes, _ = drawn(block)
    left, right = branches._INPUT
    [entry] = [
        each.get_bbox() for each in axes.patches if isinstance(each, Rectangle) and each.get_x() == left
    ]
    arrows = [each._posA_posB for each in axes.patches if isinstance(each, FancyArrowPatch)]
    begins = [begin for begin, _ in arrows if begin[0] == right]
    assert len(begins) == 4
    assert all(entry.y0 < y < entry.y1 for _, y in begins)


@pytest.mark.parametrize(("block", "boxes"), [(REDUCED, 7), (NAIVE, 4)])
def test_each_layer_has_a_box_with_an_arrow_into_it(drawn, block, boxes):
    axes, _ = drawn(block)
    arrows = [each._posA_posB for each in axes.patches if isinstance(each, FancyArrowPatch)]
    first, second = branches._FIRST[0], branches._SECOND[0]
    assert sum(end[0] in (first, second) for _, end in arrows) == boxes
    assert sum(end[0] == branches._JOINED[0] for _, end in arrows) == 4


def test_the_words_in_the_boxes_are_the_block_s_layers(drawn):
    axes, _ = drawn(REDUCED)
    words = [text.get_text() for text in axes.texts]
    for expected in (
        "1×1 conv",
        "3×3 conv",
        "5×5 conv",
        "3×3 max-pool",
        "to 96",
        "keeps 192",
        "32 from pool",
    ):
        assert expected in words
    assert words.count("1×1 conv") == 4


@pytest.mark.parametrize(
    "block", [REDUCED, NAIVE, block(832, *TABLE["5b"]), block(2048, *[512] * 6), block(512, *[8] * 6)]
)
def test_no_word_is_cut_or_wider_than_its_box(drawn, block):
    axes, _ = drawn(block)
    figure = axes.get_figure()
    figure.canvas.draw()
    inside = axes.transData.inverted()
    boxes = [each.get_bbox() for each in axes.patches if isinstance(each, Rectangle)]
    for text in axes.texts:
        extent = text.get_window_extent().transformed(inside)
        assert extent.x0 >= 0
        assert extent.x1 <= branches._WIDTH, text.get_text()
        for box in boxes:
            if box.contains(*text.get_position()):
                assert box.x0 < extent.x0
                assert extent.x1 < box.x1, text.get_text()


def test_each_branch_is_told_by_more_than_its_colour():
    assert len({hatch for _, hatch in branches._LOOKS}) == len(branches._LOOKS)


def test_a_kind_of_layer_has_the_colour_that_it_has_in_the_explorer():
    blue, three, five, purple = (colour for colour, _ in branches._LOOKS)
    assert (blue, three, five, purple) == (BLUE, ORANGE, ORANGE, PURPLE)


def test_the_alt_text_says_each_way():
    alt = branches.inception_block(**REDUCED).alt
    assert alt.startswith("Side by side, then joined: 64 + 128 + 32 + 32 = 256 channels.")
    assert "1×1 conv to 96, then 3×3 conv to 128" in alt
    assert "3×3 max-pool keeps 192, then 1×1 conv to 32" in alt
