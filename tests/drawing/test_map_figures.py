"""`heat_maps` draws every value on one scale, says what it draws, and cuts nothing off."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from helpers import heat_maps
from helpers.drawing import figures
from helpers.drawing.matplotlib_style import DENSITY
from tests.drawing.test_figures import luminance, texts

LAYERS = ["input", *map(str, range(1, 13))]
LABELS = {"row_label": "maps made by layer", "column_label": "read by layer"}


def triangle(side: int, low: float, high: float) -> np.ndarray:
    values = np.linspace(low, high, side * side).reshape(side, side)
    values[np.tril_indices(side, -1)] = np.nan
    return values


@pytest.fixture
def heat(monkeypatch):
    """Draw heat maps and give the drawing and the figure."""

    def draw(**panels):
        kept, new_figure = [], figures.new_figure
        monkeypatch.setattr(figures, "new_figure", lambda *size: kept.append(new_figure(*size)) or kept[-1])
        side = len(next(iter(panels.values())))
        drawing = heat_maps("Who reads whom", panels, rows=LAYERS[:side], columns=LAYERS[:side], **LABELS)
        monkeypatch.undo()
        return drawing, kept[0]

    return draw


@pytest.mark.parametrize("side", [2, 7, 9])
def test_no_text_of_a_heat_map_is_cut_off_and_no_two_overlap(heat, side):
    drawing, figure = heat(before=triangle(side, 0.5, 2), after=triangle(side, 0.01, 12))
    assert drawing.image.width == 760 * DENSITY
    boxes = [(text, text.get_window_extent()) for text in (*texts(figure), *figure.texts)]
    for text, box in boxes:
        assert figure.bbox.x0 <= box.x0, text
        assert box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0, text
        assert box.y1 <= figure.bbox.y1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), (one, other)


def test_a_heat_map_says_and_prints_every_value_and_leaves_out_what_there_is_not(heat):
    drawing, figure = heat(before=np.array([[1.0, 0.25], [np.nan, 3.0]]), after=np.ones((2, 2)))
    printed = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert printed == [["1.00", "0.25", "3.00"], ["1.00"] * 4]
    assert drawing.alt.startswith(
        "Who reads whom. before: input to input 1.00, input to 1 0.25, 1 to 1 3.00; "
        "after: input to input 1.00, "
    )


def test_half_and_double_are_equally_far_from_white_and_every_number_can_be_read(heat):
    _, figure = heat(before=np.array([[0.0, 0.5], [1.0, 2.0]]), after=np.array([[0.33, 50.0], [0.9, 1.1]]))
    for axes in figure.axes:
        shown = axes.images[0]
        ink = luminance(to_rgb(axes.texts[0].get_color()))
        for value in shown.get_array().ravel():
            behind = luminance(shown.cmap(shown.norm(value)))
            assert (behind + 0.05) / (ink + 0.05) >= 4.5, "the contrast that WCAG asks of small text"
    none, half, one, double = figure.axes[0].images[0].get_array().ravel()
    assert none < half == -double < one == 0
    assert figure.axes[0].images[0].norm(one) == 0.5
    assert len({(axes.images[0].norm.vmin, axes.images[0].norm.vmax) for axes in figure.axes}) == 1
