"""`bar_panels` draws each percentage as long as it is, on one scale, and says it."""

import re
from importlib import import_module

import pytest
from matplotlib.figure import Figure

from helpers.drawing.bar_panels import LONGEST_NAME, bar_panels

ROWS = {
    "2012  AlexNet": {"layers": 0.0, "MACs": 0.0},
    "2020  EfficientNet-Lite0": {"layers": 65.3, "MACs": 88.2},
    "one 3×3": {"layers": 250.0, "MACs": 100.0},
}
NUMBERS = {"layers": ["0 %", "65 %", "250 %"], "MACs": ["0 %", "88 %", "100 %"]}


@pytest.fixture
def made(monkeypatch) -> list[Figure]:
    """The figures as they are drawn."""
    figures = []

    def new_figure(*size):
        figures.append(figure(*size))
        return figures[-1]

    module = import_module("helpers.drawing.bar_panels")
    figure = module.new_figure
    monkeypatch.setattr(module, "new_figure", new_figure)
    return figures


def drawn(rows=ROWS):
    return bar_panels("It grows", rows, about="what is drawn", whole="the whole")


def test_each_bar_is_as_long_as_its_percentage_on_one_scale(made):
    drawn()
    for axes, quantity in zip(made[0].axes, ("layers", "MACs"), strict=True):
        whole, bars = axes.containers
        assert [bar.get_width() for bar in whole] == [100] * len(ROWS)
        assert [bar.get_width() for bar in bars] == [row[quantity] for row in ROWS.values()]
        assert axes.get_xlim() == (0, 250)
        assert axes.texts[0].get_text() == quantity
        assert [text.get_text() for text in axes.texts[2:-1]] == NUMBERS[quantity]
        assert axes.texts[-1].get_text() == "the whole"
    first, second = (axes.get_position() for axes in made[0].axes)
    assert first.width == pytest.approx(second.width)


def test_the_whole_is_the_longest_where_nothing_is_above_it(made):
    drawn({name: row for name, row in ROWS.items() if name != "one 3×3"})
    assert {axes.get_xlim() for axes in made[0].axes} == {(0, 100)}


def test_a_number_stands_in_its_bar_where_it_has_room_and_else_behind_it(made):
    bar_panels(
        "It grows", {f"{share} %": {"MACs": share, "time": 100} for share in (0, 4, 25, 88)}, about="-"
    )
    made[0].canvas.draw()
    renderer = made[0].canvas.get_renderer()
    axes = made[0].axes[0]
    for text, bar, inside in zip(axes.texts[2:-1], axes.containers[1], (0, 0, 0, 1), strict=True):
        number, box = text.get_window_extent(renderer), bar.get_window_extent(renderer)
        assert (box.x0 < number.x0 and number.x1 < box.x1) == inside
        assert (number.x0 > box.x1) == (not inside)


def test_a_little_is_not_said_to_be_nothing(made):
    bar_panels("A little", {"some": {"MACs": 0.3}, "more": {"MACs": 1.0}}, about="-")
    assert [text.get_text() for text in made[0].axes[0].texts[2:-1]] == ["< 1 %", "1 %"]


def test_a_caption_stands_between_the_heading_and_the_bars(made):
    bar_panels("It grows", ROWS, about="-", captions={"MACs": "what they do"})
    drawn()
    captioned, plain = (figure.axes[1].texts for figure in made)
    assert captioned[1].get_text() == "what they do"
    assert captioned[0].get_position()[1] < captioned[1].get_position()[1] < -0.5
    assert plain[1].get_text() == ""
    heights = [figure.get_figheight() for figure in made]
    assert heights[0] > heights[1]


def test_names_stand_beside_their_bars(made):
    drawn()
    figure = made[0]
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    names = {text.get_text(): text.get_window_extent(renderer) for text in figure.texts}
    for row, name in enumerate(ROWS):
        bar = figure.axes[0].containers[0][row].get_window_extent(renderer)
        assert bar.y0 < (names[name].y0 + names[name].y1) / 2 < bar.y1
        assert names[name].x1 < bar.x0


def test_the_alt_text_has_every_number():
    assert drawn().alt == (
        "It grows: what is drawn. 2012  AlexNet: layers 0.0 %, MACs 0.0 %; 2020  EfficientNet-Lite0: "
        "layers 65.3 %, MACs 88.2 %; one 3×3: layers 250.0 %, MACs 100.0 %."
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({}, "There are 0 quantities; give 1 to 4, a panel for each."),
        ({"a": dict.fromkeys("abcde", 1)}, "There are 5 quantities; give 1 to 4"),
        ({"a": {"x": 1}, "b": {"y": 1}}, "Row 'b' has y; give each row x."),
        ({"a": {"x": -1}}, "Row 'a' has -1 percent; give 0 or more."),
        ({"n" * (LONGEST_NAME + 1): {"x": 1}}, f"too long to stand beside its bars; use {LONGEST_NAME}"),
    ],
)
def test_what_cannot_be_drawn_is_refused(rows, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        drawn(rows)
