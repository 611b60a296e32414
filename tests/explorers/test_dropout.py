"""`DropoutExplorer` drops and scales as `nn.Dropout` does, and as AlexNet's paper says."""

import itertools
import re
from collections import Counter
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers import DropoutExplorer
from helpers.drawing.style import SKY, VERMILION
from helpers.explorers.numbers.dropout import (
    ACTIVATIONS,
    CONVENTIONS,
    DRAWN,
    MASKS,
    MODES,
    DropoutNumbers,
    all_sums,
    dropout,
    eval_scale,
    tenths,
    train_scale,
)
from tests.seen import Seen, number

PLAIN = settings(deadline=None, derandomize=True, max_examples=100)
P = st.integers(0, 18).map(lambda twentieths: twentieths / 20)
SETTING = st.tuples(P, st.sampled_from(MODES), st.sampled_from(CONVENTIONS), st.integers(1, MASKS))
EVERY_P = [twentieths / 20 for twentieths in range(19)]


def shown(**setting) -> tuple[DropoutNumbers, Seen]:
    explorer = DropoutExplorer(**setting)
    return explorer.numbers, Seen(explorer.svg)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (
            (0.5, "train", "PyTorch", 1),
            "PyTorch, p 0.50, train: mask 1 keeps 52 of 100, 225 ÷ 0.50 = 450.0; mean of masks 399.7, "
            "eval 400.0.",
        ),
        (
            (0.2, "train", "paper", 1000),
            "paper, p 0.20, train: mask 1,000 keeps 81 of 100, 331; mean of masks 320.3, eval 320.0.",
        ),
        (
            (0.2, "eval", "PyTorch", 1),
            "PyTorch, p 0.20, eval: all 100 units, sum 400; in training 400.4 on average.",
        ),
        (
            (0.2, "eval", "paper", 1),
            "paper, p 0.20, eval: all 100 units, sum 400 × 0.80 = 320.0; in training 320.3 on average.",
        ),
    ],
)
def test_the_sentence_has_a_form_for_each_mode_and_convention(setting, sentence):
    """Word for word: it hangs on Python's random numbers, which are the same everywhere."""
    assert dropout(*setting).sentence == sentence


def test_what_is_drawn_is_what_a_relu_lets_through_and_even_numbers_from_0_to_1():
    assert Counter(ACTIVATIONS) == dict.fromkeys(range(9), 10) | {4: 20}
    assert sum(ACTIVATIONS) == 400
    assert {len(mask) for mask in DRAWN} == {100}
    drawn = sorted(itertools.chain(*DRAWN))
    assert len(drawn) == 100 * MASKS
    assert all(0 <= each < 1 for each in drawn)
    # Kolmogorov and Smirnov: of 100,000 even numbers the share below one is off by 0.005 once in a hundred.
    assert max(abs(each - rank / len(drawn)) for rank, each in enumerate(drawn)) < 0.005


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
    layer = nn.Dropout(p)
    activations = tuple(each + 1 for each in ACTIVATIONS)  # so that a dropped unit can be told from a zero
    for seed in range(5):
        torch.manual_seed(seed)
        output = layer.train()(torch.tensor(activations).double())
        keeps = tuple((output != 0).tolist())
        numbers = DropoutNumbers(Fraction(p), "train", "PyTorch", 1, activations, keeps, (0,))
        assert float(numbers.received) == pytest.approx(float(output.sum()))
        assert numbers.kept == int((output != 0).sum())
        assert numbers.eval_sum("PyTorch") == int(layer.eval()(torch.tensor(activations).double()).sum())


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("p", [Fraction(0), Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])
def test_the_sum_of_evaluation_is_exactly_the_mean_over_all_masks_of_a_small_layer(p, convention):
    layer, mean = (3, 0, 7, 1, 4, 8), Fraction(0)
    for keeps in itertools.product((False, True), repeat=len(layer)):
        numbers = DropoutNumbers(p, "train", convention, 1, layer, keeps, (0,))
        mean += (1 - p) ** sum(keeps) * p ** (len(layer) - sum(keeps)) * numbers.received
    assert mean == numbers.eval_sum(convention)


@pytest.mark.parametrize("p", EVERY_P)
def test_the_mean_over_the_drawn_masks_is_near_the_sum_of_evaluation(p):
    numbers = dropout(p, "train", "paper", 1)
    deviation = (p * (1 - p) * sum(each**2 for each in ACTIVATIONS) / MASKS) ** 0.5
    assert abs(numbers.mean_sum("paper") - numbers.eval_sum("paper")) <= 3 * deviation
    for convention in CONVENTIONS:
        ratio = numbers.train_sum(convention) * numbers.eval_sum("paper")
        assert ratio == numbers.train_sum("paper") * numbers.eval_sum(convention)


@pytest.mark.parametrize("mask", [1, 2, MASKS])
def test_as_p_rises_a_mask_only_loses_units(mask):
    kept = [dropout(p, "train", "paper", mask).keeps for p in EVERY_P]
    assert all(kept[0])
    for more, fewer in itertools.pairwise(kept):
        assert all(one >= other for one, other in zip(more, fewer, strict=True))
    assert sum(kept[-1]) < 25


@PLAIN
@given(SETTING)
def test_the_numbers_are_those_of_the_mask(setting):
    p, mode, convention, mask = setting
    numbers = dropout(*setting)
    kept = [a for a, drawn in zip(ACTIVATIONS, DRAWN[mask - 1], strict=True) if p <= drawn]
    assert (numbers.mask, numbers.kept, numbers.full_sum) == (mask, len(kept), 400)
    assert numbers.kept_sum == sum(kept) == all_sums(p)[mask - 1] == numbers.sums[mask - 1]
    assert numbers.dropped == (100 - len(kept) if mode == "train" else 0)
    assert numbers.mean_sum("paper") == Fraction(sum(all_sums(p)), MASKS)
    expected = numbers.train_sum if mode == "train" else numbers.eval_sum
    assert numbers.received == expected(convention)
    said = float(numbers.equation.split("= ")[-1])
    assert said == pytest.approx(float(numbers.received), abs=0.051)
    assert numbers.equation == numbers.scaled(sum(kept) if mode == "train" else 400)


@PLAIN
@given(P, st.sampled_from(CONVENTIONS))
def test_each_mask_is_counted_where_its_sum_is_nearest(p, convention):
    numbers = dropout(p, "train", convention, 1)
    bins = numbers.masks_by_sum
    assert list(bins) == sorted(bins)
    assert sorted(itertools.chain(*bins.values())) == list(range(1, MASKS + 1))
    for middle, masks in bins.items():
        assert masks == sorted(masks)
        for mask in masks:
            total = numbers.sums[mask - 1] * train_scale(numbers.p, convention)
            assert middle - 10 <= total < middle + 10
    assert max(bins) <= 880, "the axis ends at 900"


def test_halves_of_a_tenth_are_rounded_up():
    shown = [tenths(Fraction(*each)) for each in ((1, 20), (149, 1000), (19, 20), (123_456_780, 10_000))]
    assert shown == ["0.1", "0.1", "1.0", "12,345.7"]


def test_with_p_1_nothing_would_be_left_so_it_is_refused():
    explorer = DropoutExplorer()
    explorer.p.value = 1
    assert explorer.numbers.p == Fraction(9, 10)
    assert explorer.status == "p cannot be 1: it takes a number from 0 to 0.9; 0.9 is used."
    with pytest.raises(ValueError, match=r"^p cannot be 1: it takes a number from 0 to 0\.9\.$"):
        DropoutExplorer(p=1)


def test_evaluation_has_no_mask_to_choose():
    explorer = DropoutExplorer(mode="eval")
    assert explorer.mask.hidden
    sentence = repr(explorer)
    explorer.mask.value = 7
    assert repr(explorer) == sentence
    explorer.mode.value = "train"
    assert not explorer.mask.hidden
    assert "mask 7 keeps" in repr(explorer)


def test_the_picture_reads_line_by_line():
    lines = [words for words in shown()[1].lines.values() if not words.replace(" | ", "").isdigit()]
    assert lines == [
        "In training the sum changes with the mask, around 399.7; eval gives 400.0",
        "a layer of 100 units, 48 dropped",
        "The next unit receives | PyTorch | paper",
        "train, this mask | 450.0 | 225.0",
        "train, mean of 1,000 masks | 399.7 | 199.8",
        "eval, no mask | 400.0 | 200.0",
        "eval | mean of the masks | this mask",
        "the sum in training, PyTorch",
        "the next unit receives 225 ÷ 0.50 = 450.0",
    ]


def test_its_title_follows():
    assert "With p = 0 nothing is ever dropped: train and eval both give 400.0" in shown(p=0)[1].words
    assert "a layer of 100 units, none dropped" in shown(p=0)[1].words
    words = shown(p=0.2, mode="eval", convention="paper")[1].words
    assert "In eval nothing is dropped: the sum is 320.0, in training 320.3 on average" in words
    assert "the next unit receives 400 × 0.80 = 320.0" in words
    assert "the sum in training, paper" in words


@pytest.mark.parametrize(
    ("setting", "kept"),
    [({}, 52), ({"p": 0.9, "mask": 1000}, 11), ({"mode": "eval", "convention": "paper"}, 100)],
)
def test_what_the_mask_drops_is_crossed_out_in_training_and_nothing_in_evaluation(setting, kept):
    numbers, seen = shown(**setting)
    cells = [each for each in seen.elements("rect") if "mask" not in each.get("data-tip", "mask")]
    cells.sort(key=lambda cell: (number(cell, "y"), number(cell, "x")))
    stays = [keeps or numbers.mode == "eval" for keeps in numbers.keeps]
    assert sum(stays) == kept
    told = [
        numbers.scaled(a) if stay else f"{a}, dropped: 0" for a, stay in zip(ACTIVATIONS, stays, strict=True)
    ]
    assert [cell.get("data-tip") for cell in cells] == told
    groups = [each for each in seen.elements("g") if each.get("font-weight") == "bold"]
    digits = sorted(
        (number(each, "y"), number(each, "x"), int(each.text)) for group in groups for each in group
    )
    assert tuple(digit for *_, digit in digits) == ACTIVATIONS
    paths = [each.get("d") for each in seen.elements("path") if each.get("stroke") == VERMILION]
    crosses = [tuple(map(float, start)) for start in re.findall(r"M([\d.]+),([\d.]+)", "".join(paths))]
    for cell, stay in zip(cells, stays, strict=True):
        left, top, side = (number(cell, name) for name in ("x", "y", "width"))
        inside = [(x, y) for x, y in crosses if left < x < left + side and top < y < top + side]
        assert len(inside) == (not stay)
    assert len(crosses) == 100 - kept


@pytest.mark.parametrize(("mode", "convention"), [*itertools.product(MODES, CONVENTIONS)])
def test_a_frame_is_around_what_the_next_unit_receives_and_a_click_chooses_it(mode, convention):
    explorer = DropoutExplorer(p=0.2, mode=mode, convention=convention)
    seen = Seen(explorer.svg)
    pads = {tuple(sets.values()): pad for pad, sets in seen.sets() if "convention" in sets}
    assert set(pads) == set(itertools.product(MODES, CONVENTIONS))
    for (row, column), pad in pads.items():
        x, y, width, height = (number(pad, each) for each in ("x", "y", "width", "height"))
        [words] = [
            text.words for text in seen.texts
            if x < text.box[0] < text.box[2] < x + width and y < text.box[1] < text.box[3] < y + height
        ]  # fmt: skip
        make = explorer.numbers.train_sum if row == "train" else explorer.numbers.eval_sum
        assert words == tenths(make(column))
        assert bool(pad.get("stroke")) == ((row, column) == (mode, convention))
    explorer.point({"mode": "eval", "convention": "paper"})
    assert explorer.numbers.received == 320


def across(total) -> float:
    """Where a sum is on the axis of sums."""
    return pytest.approx(424 + 334 * float(total) / 900, abs=0.02)


@pytest.mark.parametrize("setting", [{}, {"p": 0}, {"p": 0.3, "convention": "paper", "mask": 1000}])
def test_the_histogram_counts_every_mask_and_a_click_chooses_the_next_with_such_a_sum(setting):
    numbers, seen = shown(**setting)
    [shape] = [each.get("d") for each in seen.elements("path") if each.get("fill") == SKY]
    bars = re.findall(r"M([\d.]+),([\d.]+)V([\d.]+)H([\d.]+)V\2z", shape)
    bins = numbers.masks_by_sum
    most = max(map(len, bins.values()))
    assert f"{most:,}" in seen.words
    for bar, (middle, masks) in zip(bars, bins.items(), strict=True):
        left, bottom, top, right = map(float, bar)
        assert (left, right) == (across(middle - 10), across(middle + 10))
        words = f"{len(masks):,} masks: " if len(masks) > 1 else "1 mask: "
        pad = seen.tips[f"{words}{middle - 10} to {middle + 10}"]
        assert bottom - top == pytest.approx(number(pad, "height") * len(masks) / most, abs=0.01)
        assert (number(pad, "x"), number(pad, "x") + number(pad, "width")) == (left, across(middle + 10))
        later = [mask for mask in masks if mask > numbers.mask]
        assert dict(seen.sets())[pad] == {"mask": (later or masks)[0]}


def test_from_evaluation_a_click_on_a_bar_leads_back_to_training():
    sets = [each for _, each in shown(mode="eval")[1].sets() if "mask" in each]
    assert {each["mode"] for each in sets} == {"train"}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_the_markers_stand_at_the_table_s_numbers(convention):
    numbers, seen = shown(p=0.2, mask=3, convention=convention)
    evaluated = seen.tip(f"eval: {tenths(numbers.eval_sum(convention))}")
    assert number(evaluated, "x1") == number(evaluated, "x2") == across(numbers.eval_sum(convention))
    mean = seen.tip(f"mean of 1,000 masks: {tenths(numbers.mean_sum(convention))}")
    assert float(mean.get("points").partition(",")[0]) == across(numbers.mean_sum(convention))
    this = seen.tip(f"mask 3: {tenths(numbers.train_sum(convention))}")
    assert number(this, "cx") == across(numbers.train_sum(convention))
    assert not [tip for tip in shown(mode="eval")[1].tips if tip.startswith("mask 1:")]
