"""The picture of `NetworkComparison`: every text in its place, every point where its values are."""

import itertools

import numpy as np
import pytest

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers import comparison as module
from helpers.explorers.comparison import NetworkComparison
from helpers.explorers.comparison_numbers import AXES, EDITIONS, FAMILIES
from tests.learner import live_texts


def test_no_text_is_cut_or_covered_by_another(monkeypatch):
    monkeypatch.setattr(module, "milliseconds", lambda name, edition: 12.5 * (1 + len(name)))
    explorer = NetworkComparison(families=tuple(FAMILIES))
    width, height = explorer.picture.width * DENSITY, explorer.picture.height * DENSITY
    for x, y in [*itertools.permutations(AXES, 2)][::3]:
        for edition, members in itertools.product(EDITIONS, module.MEMBERS):
            explorer.set(x_axis=x, y_axis=y, edition=edition, members=members)
            found = [(text, box) for text, box in live_texts(explorer) if text]
            labels = {label.text for label in explorer._labels if label.text}
            assert labels == {point.label for point in explorer.numbers.shown}
            for text, (left, top, right, bottom) in found:
                assert min(left, top) >= 0, (x, y, text)
                assert right <= width, (x, y, text)
                assert bottom <= height, (x, y, text)
            for (one, a), (other, b) in itertools.combinations(found, 2):
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                assert apart, (x, y, edition, members, one, other)


def test_the_points_are_drawn_where_their_values_are():
    explorer = NetworkComparison(x_axis="parameters", y_axis="top-5 error")
    (x,), (y,) = explorer._markers["AlexNet"].get_data()
    # From 2 to 200 million over a log axis of 690 pixels, from 0 to 25 percent over 316.
    assert x == pytest.approx(690 * np.log10(60_965_224 / 2e6) / 2)
    assert y == pytest.approx(316 * (1 - 18.2 / 25))
    assert [len(marker.get_xdata()) for marker in explorer._markers.values()] == [1, 1, 1, 1, 1, 0]
