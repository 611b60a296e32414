"""The picture of AlexNet's two GPUs draws the arrows that the network's own groups leave."""

from importlib import import_module

import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import FancyArrowPatch, Rectangle
from torch import nn

from helpers.drawing.style import BLUE, VERMILION
from helpers.models import build
from helpers.models.alexnet import AlexNet

towers = import_module("helpers.drawing.alexnet_towers")


@pytest.fixture
def axes(monkeypatch):
    """The axes of the picture that is drawn."""
    kept = []

    def keep(*size):
        kept.append(new_figure(*size))
        return kept[-1]

    new_figure = towers.new_figure
    monkeypatch.setattr(towers, "new_figure", keep)
    towers.two_towers()
    return kept[0].axes[0]


def arrows(axes, colour):
    """(where it starts, where it ends) of the arrows of one colour, those of the key left out."""
    found = [each for each in axes.patches if isinstance(each, FancyArrowPatch)]
    ends = [each._posA_posB for each in found if each.get_edgecolor() == to_rgba(colour)]
    return [(start, end) for start, end in ends if end[0] - start[0] < 28]


def test_arrows_cross_into_a_layer_just_where_the_network_has_no_groups(axes):
    layers = [layer for layer in build("alexnet", device="meta") if isinstance(layer, nn.Conv2d | nn.Linear)]
    whole = [getattr(layer, "groups", 1) == 1 and layer.weight.shape[1] != 3 for layer in layers]
    crossing = arrows(axes, VERMILION)
    assert all(start[1] != end[1] for start, end in crossing), "a crossing arrow changes the row"
    columns = sorted({round(end[0]) for _, end in arrows(axes, BLUE) + crossing})
    assert len(columns) == len(layers) == 8
    counted = [sum(round(end[0]) == column for _, end in crossing) for column in columns]
    assert counted == [2 * each for each in whole]


def test_an_arrow_that_crosses_is_told_by_more_than_its_colour(axes):
    styles = {
        each.get_edgecolor(): each.get_linestyle()
        for each in axes.patches
        if isinstance(each, FancyArrowPatch)
    }
    assert styles[to_rgba(BLUE)] != styles[to_rgba(VERMILION)]


def test_each_box_holds_half_of_its_layer_and_the_last_all_of_it(axes):
    boxes = [each.get_bbox() for each in axes.patches if isinstance(each, Rectangle)]
    inside = [text.get_text() for box in boxes for text in axes.texts if box.contains(*text.get_position())]
    halves = ["48\n55×55", "128\n27×27", "192\n13×13", "192\n13×13", "128\n13×13", "2,048", "2,048"]
    assert inside == ["3\nmaps", *(half for half in halves for _ in "12"), "1,000"]


def test_the_picture_follows_the_network_and_not_a_list_of_its_own(monkeypatch):
    def other(name, device):
        network = build(name, device=device)
        network.conv4 = nn.Conv2d(384, 384, 3, padding=1, device=device)
        return network

    assert isinstance(build("alexnet", device="meta"), AlexNet)
    monkeypatch.setattr(towers, "build", other)
    alt = towers.two_towers().alt
    assert alt.startswith("The two GPUs read each other's halves only in conv3, conv4, fc6, fc7 and fc8.")
    assert "conv4 384 of 384" in alt


def test_the_alt_text_says_what_each_gpu_holds_and_what_a_unit_reads():
    alt = towers.two_towers().alt
    assert "conv2 128 + 128 of 27×27" in alt
    assert "conv2 48 of 96, conv3 256 of 256" in alt
    assert "the 1,000 of fc8" in alt
