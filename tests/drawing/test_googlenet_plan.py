"""The plan of GoogLeNet has the network's blocks in their order, and heads where the network has them."""

from importlib import import_module

import pytest
from matplotlib.patches import Rectangle

from helpers.models import build
from helpers.models.googlenet import TABLE

plan = import_module("helpers.drawing.googlenet_plan")


@pytest.fixture(params=[True, False], ids=["heads", "no heads"])
def axes(monkeypatch, request):
    kept = []
    new_figure = plan.new_figure

    def keep(*size):
        kept.append(new_figure(*size))
        return kept[-1]

    monkeypatch.setattr(plan, "new_figure", keep)
    plan.googlenet_plan(heads=request.param)
    return kept[-1].axes[0]


def place(axes, words):
    [text] = [text for text in axes.texts if text.get_text() == words]
    return text.get_position()[0]


def test_the_blocks_stand_in_a_row_in_their_order(axes):
    places = [place(axes, words) for words in ("stem\n3 layers", *TABLE, "average", "linear")]
    assert places == sorted(places)


@pytest.mark.parametrize("axes", [False], indirect=True)
def test_without_heads_it_counts_the_longest_path_and_names_the_pools_between_the_blocks(axes):
    assert not [text for text in axes.texts if "head" in text.get_text()]
    assert "GoogLeNet's longest path: 3 + 9 · 2 + 1 = 22 layers" in [text.get_text() for text in axes.texts]
    first, second = sorted(text.get_position()[0] for text in axes.texts if text.get_text() == "max-pool")
    assert place(axes, "3b") < first < place(axes, "4a") < place(axes, "4e") < second < place(axes, "5a")


@pytest.mark.parametrize("axes", [True], indirect=True)
def test_a_head_hangs_behind_the_block_that_it_reads(axes):
    net = build("googlenet", aux_heads=True, device="meta")
    heads = sorted(text.get_position()[0] for text in axes.texts if text.get_text() == "auxiliary\nhead")
    following = dict(zip(plan.HEADS, ("4b", "4e"), strict=True))
    for x, head, block in zip(heads, (net.aux1, net.aux2), plan.HEADS, strict=True):
        assert place(axes, block) < x < place(axes, following[block])
        assert head.conv.conv.in_channels == net.get_submodule(f"inception{block}").out_channels


def test_no_word_is_cut_or_wider_than_its_box(axes):
    axes.get_figure().canvas.draw()
    inside = axes.transData.inverted()
    boxes = [each.get_bbox() for each in axes.patches if isinstance(each, Rectangle)]
    for text in axes.texts:
        extent = text.get_window_extent().transformed(inside)
        assert 0 <= extent.x0 < extent.x1 <= plan._WIDTH, text.get_text()
        for box in boxes:
            if box.contains(*text.get_position()):
                assert box.x0 < extent.x0 < extent.x1 < box.x1, text.get_text()


def test_boxes_do_not_touch(axes):
    boxes = [each.get_bbox() for each in axes.patches if isinstance(each, Rectangle)]
    assert not any(one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[number + 1 :])
