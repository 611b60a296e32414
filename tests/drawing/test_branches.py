"""The picture of an Inception block draws the layers that the block has, and stacks what they make."""

from importlib import import_module
from itertools import pairwise

import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle

from helpers.models.googlenet import TABLE

branches = import_module("helpers.drawing.inception_branches")
REDUCED, NAIVE = (192, *TABLE["3a"]), (192, 64, None, 128, None, 32, None)


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
        alt = branches.inception_block(*block).alt
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


@pytest.mark.parametrize("block", [REDUCED, NAIVE, (832, *TABLE["5b"]), (2048, 512, 512, 512, 512, 512, 512)])
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


def test_the_alt_text_says_each_way():
    alt = branches.inception_block(*REDUCED).alt
    assert alt.startswith("Side by side, then joined: 64 + 128 + 32 + 32 = 256 channels.")
    assert "1×1 conv to 96, then 3×3 conv to 128" in alt
    assert "3×3 max-pool keeps 192, then 1×1 conv to 32" in alt
