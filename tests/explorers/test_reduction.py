"""`ReductionExplorer` counts as PyTorch does, and its picture shows what it counts."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers import ReductionExplorer
from helpers.drawing.style import BLUE, VERMILION
from helpers.explorers.numbers.reduction import Cost, reduction
from tests.seen import Seen, number

NAMES = ("kernel_size", "in_channels", "reduced_channels", "out_channels", "image_size")
SETTING = st.tuples(
    st.sampled_from((1, 3, 5, 7, 9, 11)),
    st.integers(8, 512),
    st.floats(0, 1),
    st.integers(8, 512),
    st.integers(1, 224),
).map(lambda s: (s[0], s[1], 1 + round(s[2] * (s[1] - 1)), s[3], s[4]))


def test_the_lesson_s_numbers():
    explorer = ReductionExplorer()
    numbers = explorer.numbers
    assert (numbers.direct.weights, numbers.reduced.weights) == (147_456, 40_960)
    assert (numbers.one_by_one.weights, numbers.after.weights) == (4_096, 36_864)
    assert repr(explorer) == (
        "3×3, 128→128: 147,456 weights; via 32: 4,096 + 36,864 = 40,960, 28 % of the weights."
    )


@settings(deadline=None, derandomize=True, max_examples=300)
@given(SETTING)
def test_the_counts_are_those_of_the_convolutions_in_pytorch(setting):
    kernel, c_in, reduced, c_out, size = setting
    numbers = reduction(*setting)
    with torch.device("meta"):
        layers = {
            "direct": nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False),
            "one_by_one": nn.Conv2d(c_in, reduced, 1, bias=False),
            "after": nn.Conv2d(reduced, c_out, kernel, padding=kernel // 2, bias=False),
        }
        for name, layer in layers.items():
            cost, x = getattr(numbers, name), torch.empty(1, layer.in_channels, size, size)
            assert cost.weights == layer.weight.numel()
            assert cost.activations == layer(x).numel()
            assert cost.macs == layer.weight.numel() * size**2
    assert numbers.reduced.weights == numbers.one_by_one.weights + numbers.after.weights
    assert numbers.reduced.macs == numbers.one_by_one.macs + numbers.after.macs
    assert numbers.reduced.activations == numbers.one_by_one.activations + numbers.after.activations
    # At the break-even both ways would cost the same.
    assert numbers.break_even * (c_in + kernel**2 * c_out) == numbers.direct.weights


def test_to_more_channels_than_came_in_would_be_no_reduction():
    explorer = ReductionExplorer()
    explorer.reduced_channels.value = 100
    explorer.in_channels.value = 64
    assert (explorer.reduced_channels.max, explorer.reduced_channels.value) == (64, 64)
    assert explorer.numbers == reduction(3, 64, 64, 128, 28)
    explorer.reduced_channels.value = 65
    assert explorer.status.endswith("from 1 to 64; 64 is used.")
    explorer.in_channels.value = 512
    assert explorer.reduced_channels.max == 512
    with pytest.raises(
        ValueError, match="middle channels cannot be 65: it takes a whole number from 1 to 64"
    ):
        ReductionExplorer(in_channels=64, reduced_channels=65)


@pytest.mark.parametrize("setting", [(3, 128, 32, 128, 28), (5, 192, 16, 32, 28), (1, 64, 48, 64, 7)])
def test_the_bars_are_as_long_as_the_counts_say(setting):
    explorer = ReductionExplorer()
    explorer.set(**dict(zip(NAMES, setting, strict=True)))
    seen, numbers = Seen(explorer.svg), explorer.numbers
    for name in ("weights", "MACs", "activations"):
        direct, first, after = (
            getattr(cost, name.lower()) for cost in (numbers.direct, numbers.one_by_one, numbers.after)
        )
        whole, squeeze = seen.tip(f"direct: {direct:,} {name}"), seen.tip(f"1×1: {first:,} {name}")
        percent, total = number(whole, "width") / 100, 100 * (first + after) / direct
        assert number(whole, "x") == number(squeeze, "x")
        assert number(squeeze, "width") / percent == pytest.approx(min(100 * first / direct, 200), abs=0.1)
        rest = seen.tips.get(f"k×k after it: {after:,} {name}")
        if rest is not None:
            middle = number(squeeze, "x") + number(squeeze, "width")
            assert number(rest, "x") == pytest.approx(middle, abs=0.02)
            end = number(rest, "x") + number(rest, "width") - number(whole, "x")
            assert end / percent == pytest.approx(min(total, 200), abs=0.1)
        assert any(text.startswith(f"{first + after:,}  ({total:,.0f} %") for text in seen.words)
    assert (", beyond the axis" in "".join(seen.words)) == any(
        getattr(numbers.reduced, name) > 2 * getattr(numbers.direct, name)
        for name in ("weights", "macs", "activations")
    )


def line(seen: Seen, dashes: str | None, color: str) -> list[float]:
    """The ends of the one line of that look: x1, y1, x2, y2."""
    [found] = [
        each for each in seen.elements("line")
        if each.get("stroke") == color and each.get("stroke-dasharray") == dashes
    ]  # fmt: skip
    return [number(found, end) for end in ("x1", "y1", "x2", "y2")]


@pytest.mark.parametrize("reduced", [1, 57, 115, 128])
def test_the_point_is_on_the_line_and_the_break_even_at_100_percent(reduced):
    explorer = ReductionExplorer(reduced_channels=reduced)
    seen = Seen(explorer.svg)
    dot = seen.tip(f"{reduced} channels in the middle: ")
    x1, y1, x2, y2 = line(seen, None, BLUE)
    assert number(dot, "cx") == pytest.approx(x1 + (x2 - x1) * reduced / 128, abs=0.02)
    assert number(dot, "cy") == pytest.approx(y1 + (y2 - y1) * reduced / 128, abs=0.02)
    stop, bottom, _, top = line(seen, "2 3", VERMILION)
    assert stop == pytest.approx(x1 + (x2 - x1) * 115.2 / 128, abs=0.02)
    assert bottom == y1
    assert top == pytest.approx(y1 + (y2 - y1) * 115.2 / 128, abs=0.02)
    assert {"break-even 115.2", "0", "32", "64", "96", "128"} <= {*seen.words}


@pytest.mark.parametrize("setting", [(3, 128, 32, 128, 28), (11, 512, 500, 8, 7), (1, 64, 1, 512, 14)])
def test_the_blocks_of_maps_are_as_thick_as_they_have_channels(setting):
    explorer = ReductionExplorer()
    explorer.set(**dict(zip(NAMES, setting, strict=True)))
    seen = Seen(explorer.svg)
    kernel, *channels, _ = setting
    thick = []
    for count, place in zip(channels, ("come in", "in the middle", "go out"), strict=True):
        front = seen.tips[f"{count} channels {place}"]
        across = [float(point.split(",")[0]) for point in front.get("points").split()]
        thick.append(max(across) - min(across))
    for count, width in zip(channels, thick, strict=True):
        assert width - min(thick) >= 0
        assert (width == max(thick)) == (count == max(channels))
    assert {*map(str, channels), "1×1", f"{kernel}×{kernel}"} <= {*seen.words}


def test_a_share_below_ten_percent_has_a_decimal():
    assert ReductionExplorer(reduced_channels=1).numbers.finding == "0.9 % of the weights"


def test_the_break_even_is_marked_unless_it_is_to_be_found():
    explorer = ReductionExplorer(break_even="hidden")
    for reduced in (32, 115, 128):
        explorer.reduced_channels.value = reduced
        seen = Seen(explorer.svg)
        assert not any("break-even" in word or "115.2" in word for word in seen.words)
        assert not [each for each in seen.elements("line") if each.get("stroke") == VERMILION]
        assert "115.2" not in repr(explorer)
    explorer.break_even.value = "shown"
    assert explorer.svg == ReductionExplorer(reduced_channels=128).svg


def test_a_steep_line_ends_at_the_axes():
    explorer = ReductionExplorer(kernel_size=11, in_channels=8, reduced_channels=8, out_channels=512)
    seen = Seen(explorer.svg)
    assert explorer.numbers.break_even < 8
    end = line(seen, None, BLUE)[2]
    top = min(number(each, "y1") for each in seen.elements("line"))
    explorer.set(kernel_size=1, in_channels=512, reduced_channels=512, out_channels=8)
    steep = line(Seen(explorer.svg), None, BLUE)
    assert steep[3] >= top
    assert steep[2] < end


def test_the_dot_can_be_dragged():
    explorer = ReductionExplorer(in_channels=256)
    drags = {(control, low, high) for _, control, _, _, low, high in Seen(explorer.svg).drags()}
    assert drags == {("reduced_channels", 0, 256)}
    assert "handle" in [element.get("class") for element, *_ in Seen(explorer.svg).drags()]
    explorer.point({"reduced_channels": 99.6})
    assert explorer.numbers.reduced_channels == 100


def test_reductions():
    assert reduction(1, 64, 8, 16, 7).sentence == (
        "1×1, 64→16: 1,024 weights; via 8: 512 + 128 = 640, 62 % of the weights."
    )
    assert reduction(3, 128, 128, 128, 28).sentence == (
        "3×3, 128→128: 147,456 weights; via 128: 16,384 + 147,456 = 163,840, 111 % of the weights."
    )


def test_both_steps_of_a_reduction_are_added_up():
    assert reduction(3, 128, 32, 128, 28).reduced == Cost(40_960, 40_960 * 28**2, (32 + 128) * 28**2)
