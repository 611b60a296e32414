"""How the figures of studies are drawn; that they say what is recorded is tests/studies' work."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from helpers.drawing import study_figures
from helpers.drawing.figures import Drawing
from helpers.drawing.study_figures import study_curves, study_dots, study_scale
from helpers.drawing.style import INK

RUNS = {"plain": [(40.0, 20.0, 10.0), (50.0, 30.0, 20.0)], "deep": [(80.0, 70.0, 60.0), (90.0, 80.0, 70.0)]}
ENDS = {"training error": {"plain": (3, 5, 4), "deep": (9, 8, 10)}}


@pytest.fixture
def figure(monkeypatch):
    """The figure that the last drawing was made of."""
    kept = []
    original = Drawing.of

    def of(drawn, *args, **options):
        kept.append(drawn)
        return original(drawn, *args, **options)

    monkeypatch.setattr(study_figures.Drawing, "of", of)
    return lambda: kept[-1]


def test_every_seed_is_a_thin_line_and_each_mean_a_thick_one(figure):
    study_curves("Two", "training error", RUNS, "2 seeds")
    lines = figure().axes[0].lines
    thin = [line for line in lines if line.get_linewidth() == 1]
    assert sorted(tuple(line.get_ydata()) for line in thin) == sorted(
        curve for curves in RUNS.values() for curve in curves
    )
    means = {line.get_label(): list(line.get_ydata()) for line in lines if line.get_label() in RUNS}
    assert means == {"plain": [45, 25, 15], "deep": [85, 75, 65]}


def test_the_learner_s_own_runs_are_black_and_marked_as_their_network_is(figure):
    study_curves("Two", "training error", RUNS, "2 seeds", own={"deep": (85, 61), "plain": (61, 60)})
    axes = figure().axes[0]
    marks = {line.get_label(): line.get_marker() for line in axes.lines if line.get_label() in RUNS}
    own = [
        line for line in axes.lines if to_hex(line.get_color()) == INK.lower() and len(line.get_ydata()) == 2
    ]
    assert [line.get_marker() for line in own] == [marks["deep"], marks["plain"]]
    assert [text for text in figure().texts if "with the same marks: your own" in text.get_text()]


def test_a_level_is_a_dotted_line_and_the_words_say_when_the_seeds_fell_below_it(figure):
    drawing = study_curves("Two", "training error", RUNS, "2 seeds", level=20)
    dotted = [line for line in figure().axes[0].lines if line.get_linestyle() == ":"]
    assert [set(line.get_ydata()) for line in dotted] == [{20}]
    assert "20 %" in [text.get_text() for text in figure().axes[0].texts]
    assert "plain: training error 15.0 (10.0 to 20.0), below 20 after 3 epochs, or never" in drawing.alt
    assert "deep: training error 65.0 (60.0 to 70.0), never below 20" in drawing.alt


def dots_of(drawn):
    """Where the dots are; the lines that they lie on are a collection, too."""
    found = [each for each in drawn.axes[0].collections if isinstance(each, PathCollection)]
    return [tuple(map(float, at)) for each in found for at in each.get_offsets()]


def test_every_seed_is_a_dot_in_its_network_s_row(figure):
    study_dots("Two", ENDS, "3 seeds", own={"training error": {"deep": 7.0}})
    dots = dots_of(figure())
    assert sorted(dots) == sorted([(3, 0), (5, 0), (4, 0), (9, 1), (8, 1), (10, 1), (7, 1)])


def test_seeds_with_the_same_error_lie_below_each_other_unless_lines_join_them(figure):
    same = {"training error": {"plain": (3, 5, 3), "deep": (9, 9, 9)}}
    study_dots("Two", same, "3 seeds")
    below = [(3, -0.075), (3, 0.075), (5, 0), (9, 0.85), (9, 1), (9, 1.15)]
    for dot, expected in zip(sorted(dots_of(figure())), below, strict=True):
        assert dot == pytest.approx(expected)
    study_dots("Two", same, "3 seeds", joined={"plain": "deep"})
    assert {row for _, row in dots_of(figure())} == {0, 1}


def test_the_column_of_means_has_no_scale_below_it(figure):
    study_dots("Two", ENDS, "3 seeds")
    [axes, *_] = figure().axes
    highest = max(max(each) for rows in ENDS.values() for each in rows.values())
    assert len(axes.get_xticks()) > 2
    assert max(axes.get_xticks()) <= 1.07 * highest
    assert axes.get_xlim() == pytest.approx((0, 1.3 * highest))


def test_dots_can_be_drawn_from_a_lowest_error_up(figure):
    for lowest, most in ((0, 13), (2, 12.4)):
        study_dots("Two", ENDS, "3 seeds", lowest=lowest)
        assert figure().axes[0].get_xlim() == pytest.approx((lowest, most))


def test_a_dotted_line_runs_through_all_rows_at_the_mean_of_one(figure):
    study_dots("Two", ENDS, "3 seeds", level="plain")
    dotted = [line for line in figure().axes[0].lines if line.get_linestyle() == ":"]
    assert [list(line.get_xdata()) for line in dotted] == [[4, 4]]
    study_dots("Two", ENDS, "3 seeds")
    assert not [line for line in figure().axes[0].lines if line.get_linestyle() == ":"]
    with pytest.raises(ValueError, match="network"):
        study_dots("Two", ENDS, "3 seeds", level="wide")


def test_a_thin_line_joins_each_seed_s_dots_in_two_rows(figure):
    study_dots("Two", ENDS, "3 seeds", joined={"plain": "deep"})
    thin = [line for line in figure().axes[0].lines if line.get_linewidth() == 1]
    assert [list(line.get_xdata()) for line in thin] == [[3, 9], [5, 8], [4, 10]]
    assert [list(line.get_ydata()) for line in thin] == [[0, 1]] * 3
    assert [text for text in figure().texts if "Thin lines: the same seed." in text.get_text()]
    study_dots("Two", ENDS, "3 seeds")
    assert not [line for line in figure().axes[0].lines if line.get_linewidth() == 1]
    assert not [text for text in figure().texts if "same seed" in text.get_text()]
    for unknown in ({"plain": "wide"}, {"wide": "plain"}):
        with pytest.raises(ValueError, match="network"):
            study_dots("Two", ENDS, "3 seeds", joined=unknown)


SCALE = {"training error": {"via": {2: (9.0, 7.0), 8: (5.0, 5.0)}, "thin": {4: (6.0, 8.0)}}}


def test_every_seed_is_a_dot_over_its_number_and_the_reference_is_level(figure):
    drawn = study_scale("Few", "channels", SCALE, "2 seeds", {"training error": {"direct": (3.0, 5.0)}})
    [axes] = figure().axes
    dots = [tuple(map(float, at)) for each in axes.collections for at in each.get_offsets()]
    # Each seed a little beside the one before it, with its network's number in the middle.
    left, right = 2**-0.025, 2**0.025
    apart = [(2 * left, 9), (2 * right, 7), (8 * left, 5), (8 * right, 5), (4 * left, 6), (4 * right, 8)]
    assert np.array(sorted(dots)) == pytest.approx(np.array(sorted(apart)))
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
    assert lines["via"] == [8, 5]
    assert lines["thin"] == [7]
    assert lines["direct"] == [4, 4]
    assert [list(line.get_ydata()) for line in axes.lines if line.get_linewidth() < 1] == [[3, 3], [5, 5]]
    assert axes.get_xscale() == "log"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "4", "8"]
    assert repr(drawn) == (
        "Few. training error: direct 4.0 (3.0 to 5.0), via at 2 8.0 (7.0 to 9.0), via at 8 5.0 (5.0 to 5.0), "
        "thin at 4 7.0 (6.0 to 8.0). 2 seeds."
    )


def test_series_differ_in_colour_and_mark(figure):
    study_scale("Few", "channels", SCALE, "2 seeds")
    looks = {(to_hex(line.get_color()), line.get_marker()) for line in figure().axes[0].lines}
    assert len(looks) == 2
    assert not [text for text in figure().texts if "Thin lines" in text.get_text()]
    assert not figure().axes[0].texts
    assert figure().axes[0].get_ylim()[0] == 0


def test_a_scale_of_one_series_has_its_means_in_numbers_and_begins_where_it_is_told(figure):
    one = {"training error": {"via": {2: (9.0, 7.0), 8: (5.0, 5.2)}}}
    study_scale("Few", "channels", one, "2 seeds", {"training error": {"direct": (4.0, 5.0)}}, lowest=3)
    [axes] = figure().axes
    assert [(text.get_text(), text.xy) for text in axes.texts] == [("8.0", (2, 9.0)), ("5.1", (8, 5.1))]
    assert [line.get_label() for line in axes.lines if line.get_linewidth() == 2] == ["direct 4.5"]
    assert axes.get_ylim()[0] == 3
    assert [text for text in figure().texts if "Thin lines: single seeds of direct." in text.get_text()]


def test_a_measure_may_double_with_each_step_and_each_may_begin_elsewhere(figure):
    both = {measure: {"via": {2: (9.0, 7.0), 8: (5.0, 5.2)}} for measure in ("training error", "test error")}
    study_scale("Few", "channels", both, "2 seeds", lowest={"test error": 4}, doubling=["training error"])
    training, test = figure().axes
    assert (training.get_yscale(), test.get_yscale()) == ("log", "linear")
    assert (training.get_ylim()[0], test.get_ylim()[0]) == (4, 4), (
        "the doubling axis begins at a power of two"
    )
    assert [text for text in figure().texts if "Training error: each step up doubles it." in text.get_text()]


def test_a_scale_without_a_series_is_refused():
    with pytest.raises(ValueError, match="line"):
        study_scale("Few", "channels", {"training error": {}}, "2 seeds")


def test_an_own_run_of_an_unknown_network_is_refused():
    with pytest.raises(ValueError, match="network"):
        study_curves("Two", "training error", RUNS, "2 seeds", own={"wide": (1,)})
    with pytest.raises(ValueError, match="network"):
        study_dots("Two", ENDS, "3 seeds", own={"training error": {"wide": 1}})


@pytest.mark.parametrize(
    "name", ["a", "ResNet, as many parameters", "trained with WWWW and MMMM, and the input"]
)
def test_no_name_of_a_row_is_cut_off_and_none_has_more_room_than_it_needs(figure, name):
    study_dots("Two", {each: {name: (3, 5), "b": (9, 8)} for each in ("training error", "test error")}, "x")
    labels = figure().axes[0].get_yticklabels()
    left = min(label.get_window_extent().x0 for label in labels) * 760 / figure().bbox.width
    assert 6 < left < 30
