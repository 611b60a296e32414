"""The roofline: every pass is a dot where its numbers say, and the roof is that of the fastest."""

import pytest
from matplotlib.colors import to_hex

from helpers.drawing import time_figures
from helpers.drawing.figures import Drawing
from helpers.drawing.style import BLUE, INK, ORANGE
from helpers.drawing.time_figures import Dot, roofline

ROOF = {"peak": 1e11, "bandwidth": 1.6e10, "caption": "measured here, today"}
DOTS = [
    Dot("conv", "convolutions", 1, 50, 8e10),
    Dot("fc", "linear layers", 1, 0.25, 4e9),
    Dot("conv", "convolutions", 16, 300, 9e10),
    Dot("fc", "linear layers", 16, 4, 2e10),
]


@pytest.fixture
def figure(monkeypatch):
    """The figure that the last drawing was made of."""
    kept = []
    original = Drawing.of

    def of(drawn, *args, **options):
        kept.append(drawn)
        return original(drawn, *args, **options)

    monkeypatch.setattr(time_figures.Drawing, "of", of)
    return lambda: kept[-1]


def marks(axes):
    """Where each single mark stands, with its face's colour."""
    single = [line for line in axes.lines if line.get_linestyle() == "None"]
    return {
        (float(line.get_xdata()[0]), float(line.get_ydata()[0])): to_hex(line.get_markerfacecolor())
        for line in single
    }


def test_every_pass_is_a_dot_filled_for_one_image_and_hollow_for_many(figure):
    roofline("A title", DOTS, **ROOF)
    assert marks(figure().axes[0]) == {
        (50, 80): BLUE.lower(),
        (0.25, 4): ORANGE.lower(),
        (300, 90): "#ffffff",
        (4, 20): "#ffffff",
    }


def test_an_arrow_leads_from_one_image_to_many(figure):
    roofline("A title", DOTS, **ROOF)
    arrows = {(each.xyann, each.xy) for each in figure().axes[0].texts if getattr(each, "arrow_patch", None)}
    assert arrows == {((50, 80), (300, 90)), ((0.25, 4), (4, 20))}


def test_a_name_leaves_out_what_the_legend_says_already(figure):
    roofline(
        "A title", [Dot("conv, 64 channels", "conv", 1, 50, 8e10), Dot("fc6", "linear", 1, 4, 4e9)], **ROOF
    )
    assert {"64 channels", "fc6"} <= {each.get_text() for each in figure().axes[0].texts}


def test_the_roof_slopes_as_fast_as_memory_and_is_level_at_the_peak(figure):
    roofline("A title", DOTS, **ROOF)
    axes = figure().axes[0]
    slope, level = (line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 2.5)
    low, high = axes.get_xlim()
    assert list(slope.get_xdata()) == [low, 6.25]
    assert list(slope.get_ydata()) == pytest.approx([16 * low, 100])
    assert (list(level.get_xdata()), list(level.get_ydata())) == ([6.25, high], [100, 100])
    assert all(low < dot.intensity < high for dot in DOTS)


def test_each_name_stands_once_and_in_the_plot(figure):
    roofline("A title", DOTS, **ROOF)
    axes = figure().axes[0]
    names = [text for text in axes.texts if text.get_text() in ("conv", "fc")]
    assert sorted(text.get_text() for text in names) == ["conv", "fc"]
    assert all(0 <= text.get_position()[0] <= 1 and 0 <= text.get_position()[1] <= 1 for text in names)


def test_the_learner_s_own_are_outlines_and_not_compared_with_what_is_stored(figure):
    stored = roofline("A title", DOTS, **ROOF)
    own = roofline("A title", [*DOTS, Dot("fc", "linear layers", 1, 0.25, 7e9, own=True)], **ROOF)
    [ring] = [line for line in figure().axes[0].lines if list(line.get_ydata()) == [7]]
    assert to_hex(ring.get_markeredgecolor()) == INK.lower()
    assert ring.get_markerfacecolor() == "none", "what was recorded stays in sight"
    assert repr(own) == repr(stored)
    assert own.alt == f"{stored.alt} Your own fc 0.25, 7.0."


def test_a_kind_without_a_look_is_refused():
    many = [Dot(str(number), str(number), 1, 1, 1e9) for number in range(6)]
    with pytest.raises(ValueError, match=r"^There are 6 kinds of dots; give 1 to 5, one for each look\.$"):
        roofline("A title", many, **ROOF)
    with pytest.raises(ValueError, match=r"^There are 0 kinds"):
        roofline("A title", [], **ROOF)
