"""`DropoutExplorer` drops and scales as `nn.Dropout` does, and as AlexNet's paper says, at every setting."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from torch import nn

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers.dropout import (
    ACTIVATIONS,
    CELL,
    CONVENTIONS,
    EDGES,
    LEFT,
    MASKS,
    MODES,
    MOST_SUM,
    SIDE,
    TABLE,
    TOP,
    UNITS,
    DropoutExplorer,
    all_sums,
    dropout,
    eval_scale,
    kept_units,
    train_scale,
)
from tests.learner import live_texts

PLAIN = settings(deadline=None, derandomize=True, max_examples=200)
P = st.integers(0, 18).map(lambda twentieths: twentieths / 20)
SETTING = st.tuples(P, st.sampled_from(MODES), st.sampled_from(CONVENTIONS), st.integers(1, MASKS))
EVERY_P = [twentieths / 20 for twentieths in range(19)]


def test_the_numbers_at_the_start():
    explorer = DropoutExplorer()
    assert repr(explorer) == (
        "PyTorch, p 0.50, train: mask 1 keeps 56 of 100, 234 ÷ 0.50 = 468.0; mean of masks 399.8, eval 400.0."
    )
    assert explorer.numbers.received == 468


@pytest.mark.parametrize("p", [0, 0.05, 0.3, 0.5, 0.9])
def test_pytorch_s_dropout_scales_by_the_same_factors(p):
    layer, ones = nn.Dropout(p), torch.ones(400, dtype=torch.float64)
    torch.manual_seed(0)
    exact = Fraction(round(100 * p), 100)
    trained = layer.train()(ones)
    kept = trained[trained != 0]
    assert torch.allclose(kept, torch.full_like(kept, float(train_scale(exact, "PyTorch"))))
    assert (trained == 0).double().mean() == pytest.approx(p, abs=0.08)
    assert torch.equal(layer.eval()(ones), ones * float(eval_scale(exact, "PyTorch")))


@pytest.mark.parametrize("p", [0.25, 0.5, 0.75])
def test_pytorch_s_masks_give_the_sums_that_the_numbers_give(p):
    # Masks of PyTorch's own, on our activations: add 1, so that a dropped unit can be told from a zero.
    activations, layer = torch.from_numpy(ACTIVATIONS + 1).double(), nn.Dropout(p)
    numbers = dropout(p, "train", "PyTorch", 1)
    for seed in range(5):
        torch.manual_seed(seed)
        output = layer.train()(activations)
        kept_sum = int((activations * (output != 0)).sum())
        ours = replace(numbers, kept_sum=kept_sum, full_sum=int(activations.sum()))
        assert float(ours.received) == pytest.approx(float(output.sum()))
        assert float(ours.eval_sum("PyTorch")) == float(layer.eval()(activations).sum())


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("p", [Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])
def test_the_sum_of_evaluation_is_exactly_the_mean_over_all_masks_of_a_small_layer(p, convention):
    layer = (3, 0, 7, 1, 4, 8)
    numbers = replace(dropout(float(p), "train", convention, 1), full_sum=sum(layer))
    mean = Fraction(0)
    for mask in itertools.product((0, 1), repeat=len(layer)):
        probability = (1 - p) ** sum(mask) * p ** (len(layer) - sum(mask))
        kept_sum = sum(keep * activation for keep, activation in zip(mask, layer, strict=True))
        mean += probability * replace(numbers, kept_sum=kept_sum).received
    assert mean == numbers.eval_sum(convention)


@pytest.mark.parametrize("p", EVERY_P)
def test_the_mean_over_the_drawn_masks_is_near_the_sum_of_evaluation(p):
    numbers = dropout(p, "train", "paper", 1)
    deviation = (p * (1 - p) * (ACTIVATIONS**2).sum() / MASKS) ** 0.5
    assert abs(numbers.mean_sum("paper") - numbers.eval_sum("paper")) <= 3 * deviation
    for convention in CONVENTIONS:
        ratio = numbers.train_sum(convention) * numbers.eval_sum("paper")
        assert ratio == numbers.train_sum("paper") * numbers.eval_sum(convention)


def test_the_activations_are_what_a_relu_lets_through_and_add_up_to_400():
    assert ACTIVATIONS.shape == (UNITS,) == (100,)
    assert ACTIVATIONS.sum() == 400
    assert set(ACTIVATIONS.tolist()) == set(range(9))


@pytest.mark.parametrize("mask", [1, 2, MASKS])
def test_as_p_rises_a_mask_only_loses_units(mask):
    kept = [kept_units(p, mask) for p in EVERY_P]
    assert kept[0].all()
    assert not any((more & ~fewer).any() for fewer, more in itertools.pairwise(kept))


@PLAIN
@given(SETTING)
def test_the_counts_are_those_of_the_mask(setting):
    p, mode, convention, mask = setting
    numbers = dropout(*setting)
    kept = kept_units(p, mask)
    assert numbers.kept == np.count_nonzero(kept)
    assert numbers.kept_sum == (ACTIVATIONS * kept).sum() == all_sums(p)[mask - 1]
    assert numbers.mean_kept == Fraction(sum(all_sums(p).tolist()), MASKS)
    expected = numbers.train_sum if mode == "train" else numbers.eval_sum
    assert numbers.received == expected(convention)


@PLAIN
@given(SETTING)
def test_the_sentence_fits_and_its_equation_is_right(setting):
    numbers = dropout(*setting)
    assert len(numbers.sentence) <= 110
    assert numbers.sentence.endswith(".")
    assert f", p {setting[0]:.2f}, {setting[1]}:" in numbers.sentence
    said = float(numbers.equation.split("= ")[-1])
    assert said == pytest.approx(float(numbers.received), abs=0.051)


def test_the_sentence_fits_at_every_extreme():
    for p, mode, convention, mask in itertools.product(EVERY_P, MODES, CONVENTIONS, (1, 100, 999, 1000)):
        assert len(dropout(p, mode, convention, mask).sentence) <= 110


def test_the_explorer_shows_the_pure_function_of_its_controls():
    explorer, draw = DropoutExplorer(), random.Random(0)
    for _ in range(25):
        setting = {
            "p": draw.randint(0, 18) / 20,
            "mode": draw.choice(MODES),
            "convention": draw.choice(CONVENTIONS),
            "mask": draw.randint(1, MASKS),
        }
        explorer.set(**setting)
        assert explorer.numbers == dropout(**setting)
        assert explorer.status == ""


def test_every_control_changes_picture_and_sentence():
    explorer = DropoutExplorer()
    for name, value in {"p": 0.55, "mask": 2, "convention": "paper", "mode": "eval"}.items():
        before = explorer.picture.data, repr(explorer)
        explorer.controls[name].value = value
        assert explorer.picture.data != before[0], name
        assert repr(explorer) != before[1], name


def test_with_p_1_nothing_would_be_left_so_it_is_refused():
    explorer = DropoutExplorer()
    explorer.p.value = 1
    assert explorer.numbers.p == Fraction(9, 10)
    assert explorer.status == "p cannot be 1.0: it takes a number from 0 to 0.9; 0.9 is used."
    with pytest.raises(ValueError, match=r"^p cannot be 1: it takes a number from 0 to 0\.9\.$"):
        DropoutExplorer(p=1)


def test_evaluation_has_no_mask_to_choose():
    explorer = DropoutExplorer(mode="eval")
    assert explorer.mask.disabled
    sentence = repr(explorer)
    explorer.mask.value = 7
    assert repr(explorer) == sentence
    explorer.mode.value = "train"
    assert not explorer.mask.disabled
    assert "mask 7 keeps" in repr(explorer)


def kept_in_picture(explorer: DropoutExplorer) -> np.ndarray:
    """Where a cell's upper edge, above the number and beside the cross, has a kept unit's colour."""
    x = [round(DENSITY * (LEFT + CELL * (unit % SIDE + 0.5))) for unit in range(UNITS)]
    y = [round(DENSITY * (TOP + CELL * (unit // SIDE + 0.5) - DENSITY * 6)) for unit in range(UNITS)]
    red, _, blue = np.asarray(explorer._image)[y, x].astype(int).T
    return blue - red > 40


@pytest.mark.parametrize(("p", "mask"), [(0, 1), (0.5, 1), (0.5, 2), (0.9, 1000)])
def test_what_the_mask_drops_is_crossed_out_in_training_and_nothing_in_evaluation(p, mask):
    explorer = DropoutExplorer(p=p, mask=mask)
    assert np.array_equal(kept_in_picture(explorer), kept_units(p, mask))
    explorer.mode.value = "eval"
    assert kept_in_picture(explorer).all()


def test_the_histogram_counts_every_mask_and_has_room_for_the_largest_sum():
    explorer = DropoutExplorer()
    for p, convention in itertools.product(EVERY_P, CONVENTIONS):
        explorer.set(p=p, convention=convention)
        sums = all_sums(p) * float(train_scale(explorer.numbers.p, convention))
        assert 0 <= sums.min() <= sums.max() < min(MOST_SUM, EDGES[-1])
        heights, edges, _ = explorer._bars.get_data()
        tallest = int(explorer._tallest.text.replace(",", ""))
        assert heights.max() == 1
        assert tallest * heights.sum() == pytest.approx(MASKS)
        assert tallest * (heights * (edges[:-1] + 10)).sum() / MASKS == pytest.approx(sums.mean(), abs=6)
        assert explorer._tallest.x == edges[heights.argmax()] + 10


def test_the_markers_stand_at_the_table_s_numbers():
    explorer = DropoutExplorer(p=0.2, mask=3)
    for convention in CONVENTIONS:
        explorer.convention.value = convention
        numbers = explorer.numbers
        made = (numbers.train_sum, numbers.mean_sum, numbers.eval_sum)
        for make, marker in zip(made, (explorer._this, explorer._mean, explorer._eval), strict=True):
            assert marker.get_xdata()[0] == pytest.approx(float(make(convention)))
        for row, make in zip(explorer._cells, made, strict=True):
            for cell, name in zip(row, CONVENTIONS, strict=True):
                assert float(cell.text) == pytest.approx(float(make(name)), abs=0.051)


def test_a_frame_is_around_what_the_next_unit_receives():
    explorer = DropoutExplorer()
    for mode, convention in itertools.product(MODES, CONVENTIONS):
        explorer.set(mode=mode, convention=convention)
        cell = explorer._cells[MODES.index(mode) * 2][CONVENTIONS.index(convention)]
        (left, top), width, height = (
            explorer._frame.get_xy(),
            explorer._frame.get_width(),
            explorer._frame.get_height(),
        )
        assert left < cell.x < left + width
        assert top < cell.y < top + height
        assert float(cell.text) == pytest.approx(float(explorer.numbers.received), abs=0.051)


def test_no_text_is_cut_or_covered_by_another_at_the_extremes():
    explorer = DropoutExplorer()
    figure, height = explorer._figure.figure, explorer._image.height
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text()
    ]
    fixed = [(name, (box.x0, height - box.y1, box.x1, height - box.y0)) for name, box in boxes]
    fixed = [(name, box) for name, box in fixed if box[0] >= TABLE * DENSITY - 60]  # not the activations
    layer = [DENSITY * side for side in (LEFT, TOP, LEFT + CELL * SIDE, TOP + CELL * SIDE)]
    for p, mode, convention, mask in itertools.product((0, 0.05, 0.5, 0.9), MODES, CONVENTIONS, (1, 1000)):
        explorer.set(p=p, mode=mode, convention=convention, mask=mask)
        texts = [*fixed, *live_texts(explorer)]
        for name, (left, top, right, bottom) in texts:
            assert left >= 0, name
            assert top >= 0, name
            assert right <= explorer._image.width, name
            assert bottom <= height, name
        for (one, a), (other, b) in itertools.combinations([*texts, ("layer", layer)], 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (one, other)
