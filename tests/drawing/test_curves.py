"""Lines and bars are where their numbers are, and what cannot be drawn is refused in a sentence."""

import numpy as np
import pytest
import torch

from helpers.drawing import curves as drawn
from helpers.drawing.curves import apart, curves, point_panels, training_curves
from helpers.drawing.photo_figures import filter_grid
from helpers.running.training import History
from tests.learner import is_one_sentence

AXES = {"x_label": "x", "y_label": "y"}


def test_labels_that_end_together_are_moved_apart_in_their_order():
    heights = np.array([0.5, 0.52, 0.1, 0.51])
    placed = apart(heights)
    assert list(np.argsort(placed)) == list(np.argsort(heights))
    assert np.diff(np.sort(placed)).min() > 0.085
    assert placed[2] == pytest.approx(0.1)


def test_more_lines_than_looks_are_refused():
    with pytest.raises(ValueError, match="6 lines") as refusal:
        curves("Too many", {str(n): [1, 2] for n in range(6)}, **AXES)
    assert is_one_sentence(str(refusal.value))


def test_a_history_without_an_epoch_is_refused():
    with pytest.raises(ValueError, match="'plain'") as refusal:
        training_curves("None", {"plain": History((), (), (), ())})
    assert is_one_sentence(str(refusal.value))


def test_a_name_that_would_be_cut_off_is_refused():
    with pytest.raises(ValueError, match="3×3 three times") as refusal:
        training_curves("Cut", {"3×3 three times": History((1,), (30,), (1,), (40,))})
    assert is_one_sentence(str(refusal.value))


def test_what_was_measured_is_in_the_alt_text_and_not_in_what_is_compared():
    drawing = curves("Measured", {"a": [1, 0.123]}, **AXES, measured=True)
    assert repr(drawing) == "Measured."
    assert drawing.alt == "Measured. a from 1 to 0.123."


def test_each_line_may_have_places_of_its_own():
    def pixels(x: object) -> np.ndarray:
        return np.asarray(curves("Lines", {"a": [1, 2], "b": [2, 3]}, x=x, **AXES).image)  # type: ignore[arg-type]

    together = pixels([1, 2])
    assert np.array_equal(together, pixels({"a": [1, 2], "b": [1, 2]}))
    for different in ({"a": [1.5, 2], "b": [1, 2]}, {"a": [1, 2], "b": [1, 1.5]}):
        assert not np.array_equal(together, pixels(different))


def test_a_line_without_places_is_refused():
    with pytest.raises(ValueError, match="'b'") as refusal:
        curves("Lines", {"a": [1], "b": [2]}, x={"a": [1]}, **AXES)
    assert is_one_sentence(str(refusal.value))


def test_names_stand_below_the_points_in_place_of_numbers():
    def pixels(**options: object) -> np.ndarray:
        return np.asarray(curves("Line", {"a": [1, 2, 4]}, **AXES, **options).image)  # type: ignore[arg-type]

    counted = pixels()
    assert np.array_equal(counted, pixels(x_names=["1", "2", "3"]))
    named = pixels(x_names=["3a", "3b", "4a"])
    changed = np.argwhere((counted != named).any(axis=2))
    assert len(changed)
    assert changed[:, 0].min() > 0.8 * len(counted)  # nothing but the line of names


def test_a_name_too_few_is_refused():
    with pytest.raises(ValueError, match="2 names for 3 points") as refusal:
        curves("Line", {"a": [1, 2, 4]}, x_names=["3a", "3b"], **AXES)
    assert is_one_sentence(str(refusal.value))


def test_the_words_are_the_last_errors():
    drawing = training_curves("Errors", {"a": History((1, 1), (30, 20), (1, 1), (40, 25))})
    assert repr(drawing) == "Errors. a: training error 20.0 %, test error 25.0 %."


def test_a_filter_is_drawn_in_its_own_colours_about_grey():
    weight = torch.zeros(2, 3, 5, 5)
    weight[0, 0], weight[1, 2] = 0.25, -3
    pixels = np.asarray(filter_grid(weight).image)
    found = {tuple(colour) for colour in pixels.reshape(-1, 3)}
    assert {(255, 128, 128), (128, 128, 0)} <= found


def test_only_a_first_layer_has_colours():
    with pytest.raises(ValueError, match="8, 24, 3, 3") as refusal:
        filter_grid(torch.zeros(8, 24, 3, 3))
    assert is_one_sentence(str(refusal.value))


def test_large_ends_of_a_line_are_said_in_full():
    drawing = curves("Wider", {"chain": [416, 4944]}, x_label="block", y_label="channels")
    assert drawing.alt == "Wider. chain from 416 to 4,944."


DEEP = {"deep": {"a": (1.0, 30.0), "b": (2.0, 20.0)}, "wide": {"c": (3.0, 25.0)}}


def test_points_are_where_their_numbers_are_each_with_its_name_and_all_panels_have_one_scale(monkeypatch):
    kept = []
    original = drawn.new_figure
    monkeypatch.setattr(drawn, "new_figure", lambda *size: kept.append(original(*size)) or kept[-1])
    moved = {name: {point: (10 * x, y) for point, (x, y) in line.items()} for name, line in DEEP.items()}
    drawing = point_panels("Two", {"weights": DEEP, "work": moved}, y_label="error")
    assert repr(drawing) == (
        "Two. weights: deep: a (1, 30), b (2, 20); wide: c (3, 25). "
        "work: deep: a (10, 30), b (20, 20); wide: c (30, 25)."
    )
    first, second = kept[0].axes
    assert first.get_ylim() == second.get_ylim()
    for axes, panel in ((first, DEEP), (second, moved)):
        lines = {line.get_label(): line.get_xydata().tolist() for line in axes.lines}
        assert lines == {name: [list(at) for at in points.values()] for name, points in panel.items()}
        named = {text.get_text(): text.xy for text in axes.texts}
        assert named == {point: at for points in panel.values() for point, at in points.items()}
        sides = {text.get_text(): text.get_ha() for text in axes.texts}
        assert sides == {"a": "left", "b": "left", "c": "right"}, "so that names of two lines part"
        assert axes.get_xlim()[0] == 0
    assert [text.get_text() for text in second.get_legend().get_texts()] == ["deep", "wide"]


@pytest.mark.parametrize(
    ("panels", "hint"),
    [
        ({str(n): DEEP for n in range(4)}, "There are 4 panels; give 1 to 3."),
        ({"a": DEEP, "b": {"deep": DEEP["deep"]}}, "The panel 'b' has the lines deep; give all the same."),
        ({"a": {"deep": {"a": (1, 2, 3)}}}, "points that are no pairs"),
        ({"a": {}}, "There are 0 lines"),
        ({"a": {"deep": {}}}, "finite numbers"),
    ],
)
def test_what_is_no_panel_of_points_is_refused(panels, hint):
    with pytest.raises(ValueError, match=hint) as refusal:
        point_panels("Two", panels, y_label="error")
    assert is_one_sentence(str(refusal.value))
