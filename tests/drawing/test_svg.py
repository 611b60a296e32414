"""A `Sheet` draws what it is told, where it is told, and says what can be pointed at."""

import json

import pytest
from PIL import ImageFont

from helpers.drawing.style import BLUE, INK
from helpers.drawing.svg import Drag, Scale, Sheet, legend, number, tag
from helpers.drawing.text_width import text_width
from tests.seen import Seen, _font
from tests.seen import number as length


def drawn(sheet: Sheet) -> Seen:
    return Seen(sheet.svg("A sentence."))


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (3.0, "3"), (1 / 3, "0.33"), (-0.001, "0"), (1e6, "1000000")]
)
def test_lengths_have_two_decimals_at_most(value, text):
    assert number(value) == text


def test_text_and_attributes_are_escaped():
    sheet = Sheet(100, 20)
    sheet.text(0, 10, "a < b & c", tip='"quoted" <tip>')
    [text] = drawn(sheet).texts
    assert text.words == "a < b & c"
    assert '"quoted" <tip>' in drawn(sheet).tips
    assert tag("a", b__c_d="<") == '<a b:c-d="&lt;"/>'


def test_the_sentence_names_the_picture_and_is_no_tip_over_all_of_it():
    root = Seen(Sheet(100, 20).svg("Five < six.")).root
    assert root.get("aria-label") == root[0].text == "Five < six."
    assert root.get("role") == "img"
    [inner] = [each for each in root.iter() if each.tag.endswith("title") and each is not root[0]]
    assert not inner.text


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
@pytest.mark.parametrize("look", [{}, {"bold": True}, {"mono": True}, {"size": 20}])
def test_a_text_s_capitals_are_centred_on_its_y_and_it_is_anchored_at_its_x(anchor, look):
    sheet = Sheet(300, 60)
    sheet.text(150, 30, "HHHH", anchor=anchor, **look)
    left, top, right, bottom = drawn(sheet).texts[0].box
    assert (top + bottom) / 2 == pytest.approx(30, abs=0.35)
    side = {"start": left, "middle": (left + right) / 2, "end": right}[anchor]
    assert side == pytest.approx(150, abs=2)


def test_words_of_nothing_and_bars_of_nothing_are_left_out():
    sheet = Sheet(100, 20)
    sheet.text(0, 0, "")
    sheet.bar(0, 0, 0, 10, BLUE)
    sheet.bar(0, 0, -5, 10, BLUE)
    seen = drawn(sheet)
    assert (seen.texts, len(seen.elements("rect"))) == ([], 1)  # the card
    sheet.bar(0, 0, -5, 10, "none", stroke=INK)
    assert length(drawn(sheet).elements("rect")[1], "width") == 0


def test_a_hatch_is_defined_once_and_belongs_to_the_picture():
    sheet = Sheet(100, 20)
    assert sheet.hatch(BLUE) == sheet.hatch(BLUE)
    assert sheet.hatch(BLUE) != sheet.hatch(BLUE, gap=9)
    svg = sheet.svg("Hatched.")
    assert svg.count("<pattern") == 2
    assert svg.count('id="ID-') == 2


def test_an_arrow_s_head_ends_where_it_points():
    sheet = Sheet(100, 40)
    sheet.arrow(10, 20, 60, 20, head=8)
    [shaft], [head] = drawn(sheet).elements("line"), drawn(sheet).elements("polygon")
    assert (length(shaft, "x1"), length(shaft, "x2")) == (10, 52)
    assert head.get("points") == "60,20 52,24 52,16"


def test_what_is_pointed_at_says_what_it_sets():
    sheet = Sheet(100, 40)
    sheet.bar(0, 0, 10, 10, BLUE, sets={"channel": 12, "photo": "coffee"})
    sheet.pad(0, 0, 100, 40, across=Drag("column", 0, 100, -0.5, 9.5), down=Drag("row", 0, 40, 3, 1))
    seen = drawn(sheet)
    assert [values for _, values in seen.sets()] == [{"channel": 12, "photo": "coffee"}]
    assert [drag[1:] for drag in seen.drags()] == [("column", 0, 100, -0.5, 9.5), ("row", 0, 40, 3, 1)]
    assert json.loads(seen.elements("rect")[2].get("data-down")) == ["row", 0, 40, 3, 1]


def test_what_is_inside_is_cut_off_and_keeps_the_sheet_s_coordinates():
    sheet = Sheet(100, 40)
    with sheet.inside(10, 5, 50, 20):
        sheet.line(0, 0, 100, 40)
    [inner] = drawn(sheet).elements("svg")[1:]
    assert inner.get("viewBox") == "10 5 50 20"
    assert (length(inner, "x"), length(inner, "y")) == (10, 5)
    assert len(inner) == 1


def test_a_group_s_look_is_what_is_drawn_meanwhile():
    sheet = Sheet(100, 40)
    with sheet.group(opacity=0.4):
        sheet.dot(5, 5, 2, BLUE)
    sheet.dot(9, 9, 2, BLUE)
    groups = drawn(sheet).elements("g")
    assert [len(group) for group in groups if group.get("opacity") == "0.4"] == [1]


def test_axes_place_values_and_turn_y_up():
    axes = Sheet(200, 100).axes(20, 10, 100, 50, x=Scale(0, 10), y=Scale(1, 100, log=True))
    assert (axes.x(0), axes.x(2.5), axes.x(10)) == (20, 45, 120)
    assert (axes.y(1), axes.y(10), axes.y(100)) == (60, 35, 10)
    assert axes.points([0, 10], [1, 100]) == [(20, 60), (120, 10)]
    assert axes.across("depth") == Drag("depth", 20, 120, 0, 10)
    assert axes.across("depth", 1, 5) == Drag("depth", 20, 120, 1, 5)
    assert (axes.right, axes.bottom) == (120, 60)


def test_a_scale_keeps_a_value_within_its_ends_whichever_way_it_runs():
    assert [Scale(0, 10).within(value) for value in (-1, 5, 11)] == [0, 5, 10]
    assert [Scale(10, 0).within(value) for value in (-1, 5, 11)] == [0, 5, 10]


def test_ticks_stand_where_their_values_are():
    sheet = Sheet(300, 200)
    axes = sheet.axes(80, 20, 200, 120, x=Scale(0, 4), y=Scale(0, 2))
    axes.frame()
    axes.x_ticks([0, 2, 4], name="layers", grid=True)
    axes.y_ticks([0, 1, 2], ["none", "some", "all"], name="share", name_at=60)
    seen = drawn(sheet)
    assert seen.in_the_way() == []
    boxes = {text.words: text.box for text in seen.texts}
    for words, x in (("0", 80), ("2", 180), ("4", 280), ("layers", 180)):
        assert (boxes[words][0] + boxes[words][2]) / 2 == pytest.approx(x, abs=1)
    for words, y in (("none", 140), ("some", 80), ("all", 20)):
        assert (boxes[words][1] + boxes[words][3]) / 2 == pytest.approx(y, abs=2)
    assert boxes["share"][2] < 80  # turned, left of the ticks
    assert boxes["share"][3] - boxes["share"][1] > boxes["share"][2] - boxes["share"][0]


def test_a_legend_s_entries_stand_in_a_row_with_room_between():
    sheet = Sheet(400, 40)
    legend(sheet, 10, 20, [(BLUE, "direct"), (INK, "1×1"), (BLUE, "k×k after it")])
    seen = drawn(sheet)
    assert seen.words == ["direct", "1×1", "k×k after it"]
    assert seen.in_the_way() == []
    squares = [length(each, "x") for each in seen.elements("rect")[1:]]
    for square, text in zip(squares, seen.texts, strict=True):
        assert 0 < text.box[0] - square < 30


@pytest.mark.parametrize("words", ["3×3, 128→128: 147,456 weights", "≤ −4·10⁻⁶ √2 ± ½ %", "WMil.,;(|)"])
@pytest.mark.parametrize("look", [{}, {"bold": True}, {"mono": True}])
def test_widths_are_those_of_the_font(words, look):
    font = _font(look.get("bold", False), look.get("mono", False))
    assert isinstance(font, ImageFont.FreeTypeFont)
    # Kerning, which the table leaves out, makes some pairs narrower.
    assert text_width(words, 12, **look) == pytest.approx(font.getlength(words) * 12 / 100, rel=0.03)
