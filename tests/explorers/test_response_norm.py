"""`LRNExplorer` normalises as AlexNet does in PyTorch, and its picture shows what it computes."""

import itertools
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from helpers import LRNExplorer, build, feature_maps, photo, photo_patches
from helpers.drawing.style import BLUE, VERMILION, YELLOW
from helpers.explorers.numbers.response_norm import RESPONSES, response_norm
from helpers.images.photos import to_tensor
from helpers.models.parts import local_response_norm
from tests.seen import Seen, number

PLAIN = settings(deadline=None, derandomize=True, max_examples=50)
HEARD = [channel for channel, response in enumerate(RESPONSES) if response]
SETTING = st.fixed_dictionaries(
    {
        "channel": st.integers(0, 23),
        "n": st.sampled_from((1, 3, 5, 7, 9, 11)),
        "k": st.integers(2, 20).map(lambda halves: halves / 2),
        "alpha_exponent": st.integers(-6, 0),
        "beta": st.integers(0, 30).map(lambda steps: round(0.05 * steps, 2)),
    }
)


def test_the_lesson_s_numbers():
    explorer = LRNExplorer()
    assert explorer.numbers.sum_of_squares == 14**2 + 63**2 + 66**2 + 190**2 + 29**2 == 45_462
    assert repr(explorer) == (
        "Channel 20: 66 / (2 + 0.0001 · 45,462)^0.75 = 16.1 (channels 18 to 22); 33.9 with silent neighbours."
    )


@PLAIN
@given(SETTING, st.lists(st.integers(0, 2000), min_size=24, max_size=24))
def test_every_channel_is_normalised_as_by_the_layer_of_alexnet(setting, responses):
    numbers, channel = response_norm(responses, **setting), setting["channel"]
    constants = setting["n"], 10.0 ** setting["alpha_exponent"], setting["beta"], setting["k"]
    pixel = torch.tensor(responses, dtype=torch.float64).view(1, -1, 1, 1)
    expected = local_response_norm(*constants)(pixel).flatten().tolist()
    assert [numbers.normalised(j) for j in range(24)] == pytest.approx(expected, rel=1e-9)
    assert numbers.after == numbers.normalised(channel)
    silent = [response if j == channel else 0 for j, response in enumerate(responses)]
    assert numbers.alone == pytest.approx(response_norm(silent, **setting).after, rel=1e-12)


def test_pytorch_divides_alpha_by_n_and_the_paper_does_not():
    pixel = torch.tensor(RESPONSES, dtype=torch.float64).view(1, -1, 1, 1)
    plain = functional.local_response_norm(pixel, 5, alpha=1e-4, beta=0.75, k=2.0).flatten()[20]
    scaled = functional.local_response_norm(pixel, 5, alpha=5e-4, beta=0.75, k=2.0).flatten()[20]
    ours = response_norm(RESPONSES, 20).after
    assert scaled.item() == pytest.approx(ours)
    assert plain.item() > 1.5 * ours


def test_the_responses_are_64_times_small_alexnet_s_on_the_cat_in_which_only_k_divides():
    names = ("astronaut", "chelsea", "coffee", "hubble", "motorcycle", "retina", "rocket", "tissue")
    data = photo_patches(names, size=32, grey=False, per_class=300, test_per_class=200)
    patch = to_tensor(photo("chelsea"))[None, :, 90:154, 270:334]  # around the cat's right eye
    batch = (functional.avg_pool2d(patch, 2) - data.mean) / data.std
    network = build("small_alexnet", weights="photo_patches", device="cpu")
    pixel = feature_maps(network, batch, "relu1")["relu1"][:, 23, 24]
    assert torch.allclose(64 * pixel, torch.tensor(RESPONSES, dtype=torch.float32), atol=0.51)
    after = local_response_norm()(pixel.view(1, -1, 1, 1)).flatten()
    assert torch.allclose(pixel[HEARD] / after[HEARD], torch.tensor(2**0.75), atol=2e-3)


@pytest.mark.parametrize(
    ("channel", "n", "sentence", "finding"),
    [
        (2, 5, "66 / (2 + 0.0001 · 45,266)^0.75 = 16.2 (channels 0 to 4); 33.9 with silent neighbours.",
         "keeps 24 % of its response, 51 % with silent neighbours"),
        (2, 1, "66 / (2 + 0.0001 · 4,356)^0.75 = 33.9 (channel 2 alone).", "keeps 51 % of its response"),
        (0, 3, "0 / (2 + 0.0001 · 3,969)^0.75 = 0 (channels 0 to 1).", "is silent, and stays silent"),
        (5, 3, "0 / (2 + 0.0001 · 841)^0.75 = 0 (channels 4 to 5).", "is silent, and stays silent"),
    ],
)  # fmt: skip
def test_every_form_of_the_sentence(channel, n, sentence, finding):
    numbers = response_norm((0, 63, 66, 190, 29, 0), channel, n)
    assert numbers.sentence == f"Channel {channel}: {sentence}"
    assert numbers.finding == f"Channel {channel} {finding}"


@PLAIN
@given(SETTING)
def test_the_working_can_be_followed_from_line_to_line(setting):
    numbers = response_norm(RESPONSES, **setting)
    sums, inside, divisor, result = (line[16:].replace(",", "").split(" = ") for line in numbers.working)
    assert sum(int(square.rstrip("²")) ** 2 for square in sums[0].split(" + ")) == int(sums[1])
    k, alpha, total = re.fullmatch(r"(\S+) \+ (\S+) · (\S+)", inside[0]).groups()
    assert (total, float(alpha)) == (sums[1], pytest.approx(10.0 ** setting["alpha_exponent"]))
    assert float(inside[1]) == pytest.approx(float(k) + float(alpha) * int(total), rel=1e-3)
    assert divisor[0] == f"{inside[1]}^{setting['beta']:g}"
    assert float(divisor[1]) == pytest.approx(float(inside[1]) ** setting["beta"], rel=2e-3)
    assert result[0] == f"{numbers.before} / {divisor[1]}"
    assert float(result[1]) == pytest.approx(numbers.before / float(divisor[1]), rel=0.006, abs=0.00051)


def test_the_working_of_large_numbers():
    assert response_norm((5, 4000, 7), 1, 3, k=1.0, alpha_exponent=-1, beta=1.0).working == (
        "sum of squares  5² + 4000² + 7² = 16,000,074",
        "k + α · sum     1 + 0.1 · 16,000,074 = 1,600,008.4",
        "divided by      1,600,008.4^1 = 1,600,008.4",
        "channel 1       4000 / 1,600,008.4 = 0.002",
    )
    for k, written in ((999.0, "999.000"), (1000.0, "1,000.0")):
        assert response_norm((0,), 0, 1, k=k).working[1].endswith(f" = {written}")


def test_each_control_s_range():
    explorer = LRNExplorer()
    for control, words in {
        "channel": "a whole number from 0 to 23",
        "n": "an odd number from 1 to 11",
        "k": "a number from 1 to 10",
        "alpha_exponent": "a whole number from -6 to 0",
        "beta": "a number from 0 to 1.5",
    }.items():
        assert explorer.controls[control].range_in_words() == words
        with pytest.raises(ValueError, match=f"it takes {words}"):
            LRNExplorer(**{control: -99})


def column(seen: Seen, channel: int) -> tuple[float, float]:
    """Where a channel's column begins and ends across the picture."""
    found = seen.tip(
        f"channel {channel}: {f'{RESPONSES[channel]} becomes' if RESPONSES[channel] else 'silent'}"
    )
    return number(found, "x"), number(found, "x") + number(found, "width")


def middle(seen: Seen, channel: int) -> float:
    return sum(column(seen, channel)) / 2


def response(seen: Seen, y: float) -> float:
    """What a height stands for, by the axis's ticks, of which the first is at 0 and the last at 200."""
    axis = column(seen, 0)[0]
    zero, *_, top = (
        number(each, "y1")
        for each in seen.elements("line")
        if (number(each, "x1"), number(each, "x2")) == (axis - 4, axis)
    )
    return 200 * (zero - y) / (zero - top)


def test_the_bars_and_dashes_are_as_high_as_the_responses():
    explorer = LRNExplorer(channel=7, n=3, k=1.5)
    seen, numbers = Seen(explorer.svg), explorer.numbers
    outlines, dashes = (
        [list(map(float, re.findall(r"[\d.]+", part))) for part in path.get("d").split("M")[1:]]
        for path in seen.elements("path")
    )
    bars = [each for each in seen.elements("rect") if each.get("fill") in (BLUE, VERMILION)][2:]
    for channel, outline, dash, bar in zip(HEARD, outlines, dashes, bars, strict=True):
        left, zero, top, right, end = outline
        assert (zero, end, response(seen, zero)) == (number(bar, "y") + number(bar, "height"), zero, 0)
        assert response(seen, top) == pytest.approx(RESPONSES[channel], abs=0.02)
        assert response(seen, dash[1]) == pytest.approx(numbers.unnoticed(channel), abs=0.02)
        assert response(seen, number(bar, "y")) == pytest.approx(numbers.normalised(channel), abs=0.02)
        for start, stop in (
            (left, right),
            (dash[0], dash[2]),
            (number(bar, "x"), number(bar, "x") + number(bar, "width")),
        ):
            assert (start + stop) / 2 == pytest.approx(middle(seen, channel), abs=0.02)
        assert bar.get("fill") == (VERMILION if channel == 7 else BLUE)


def test_each_column_stands_over_its_name_and_tells_its_numbers():
    seen = Seen(LRNExplorer().svg)
    assert "channel 20: 66 becomes 16.1; 33.9 with silent neighbours" in seen.tips
    names = [text for text in seen.texts if text.words.isdigit() and 304 < text.box[1] < 340]
    assert [text.words for text in names] == [str(channel) for channel in range(24)]
    for channel, text in enumerate(names):
        assert (text.box[0] + text.box[2]) / 2 == pytest.approx(middle(seen, channel), abs=0.8)


@pytest.mark.parametrize(
    ("channel", "n", "first", "last", "words", "ends"),
    [
        (20, 5, 18, 22, "5 channels", 2),
        (1, 11, 0, 6, "7 channels", 1),
        (22, 7, 19, 23, "5 channels", 1),
        (0, 1, 0, 0, "1 channel", 2),
    ],
)
def test_the_window_and_the_mark_are_over_the_channels_that_count(channel, n, first, last, words, ends):
    seen = Seen(LRNExplorer(channel=channel, n=n).svg)
    left, right = column(seen, first)[0], column(seen, last)[1]
    [shade] = [each for each in seen.elements("rect") if each.get("fill") == YELLOW]
    assert [number(shade, "x"), number(shade, "width")] == pytest.approx([left, right - left], abs=0.02)
    [bracket] = seen.elements("polyline")
    corners = [float(each.partition(",")[0]) for each in bracket.get("points").split()]
    assert corners == pytest.approx([left, left, right, right], abs=0.02)
    assert words in seen.words
    knobs = [number(dot, "cx") for dot in seen.elements("circle")]
    assert len(knobs) == ends
    assert all(min(abs(knob - left), abs(knob - right)) < 0.02 for knob in knobs)
    [mark] = seen.elements("polygon")
    x, y = map(float, mark.get("points").split()[0].split(","))
    assert x == pytest.approx(middle(seen, channel), abs=0.02)
    assert RESPONSES[channel] + 3 < response(seen, y) < RESPONSES[channel] + 5


def drag(explorer: LRNExplorer, kind: str, which: int, x: float) -> None:
    """Press an element of a kind that can be dragged, at x."""
    found = [each for each in Seen(explorer.svg).drags() if each[0].tag.endswith(f"}}{kind}")]
    element, control, start, end, low, high = found[which]
    assert (kind == "g") == (element.get("class") is None)
    explorer.point({control: low + min(max((x - start) / (end - start), 0), 1) * (high - low)})


def test_a_click_in_a_column_and_the_mark_choose_the_channel():
    explorer = LRNExplorer()
    for channel, inset, kind in itertools.product((0, 7, 23), (0.5, 28.5), ("g", "polygon")):
        drag(explorer, kind, 0, column(Seen(explorer.svg), channel)[0] + inset)
        assert explorer.numbers.channel == channel
    [columns] = [each for each, *_ in Seen(explorer.svg).drags() if each.tag.endswith("}g")]
    assert [each.get("data-tip").split(":")[0] for each in columns] == [f"channel {j}" for j in range(24)]


@pytest.mark.parametrize("side", [0, 1])
def test_each_end_of_the_bracket_sets_n_to_the_channels_that_it_spans(side):
    explorer = LRNExplorer(channel=11)
    for reach in (3, 0, 5, 9):
        assert f"n = {explorer.n.value}: drag to count more or fewer channels" in Seen(explorer.svg).tips
        end = column(Seen(explorer.svg), 11 + reach if side else 11 - reach)[side]
        drag(explorer, "circle", side, end)
        assert explorer.n.value == min(2 * reach + 1, 11)


def test_the_words_around_the_bars():
    numbers, words = LRNExplorer().numbers, Seen(LRNExplorer().svg).words
    names = ["before", "after", "after, this channel", "if its neighbours were silent"]
    assert words[:5] == [numbers.finding, *names]
    assert words[-7:] == [
        *numbers.working,
        "after = before / (k + α · Σ before²)^β",
        "Σ is taken over the n channels around it",
        "before: 64 × conv1 and ReLU, one pixel of the cat photo",
    ]
