"""`LRNExplorer` normalises as AlexNet does in PyTorch, and its picture shows what it computes."""

import itertools
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from helpers import LRNExplorer, build, feature_maps, photo, photo_patches
from helpers.drawing.style import BLUE, FAINT, GRID, INK, VERMILION, YELLOW
from helpers.explorers.numbers.response_norm import RESPONSES, response_norm
from helpers.images.photos import to_tensor
from helpers.models.parts import local_response_norm
from tests.seen import Seen, number

PLAIN = settings(deadline=None, derandomize=True, max_examples=100)
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
    numbers = response_norm(responses, **setting)
    layer = local_response_norm(
        setting["n"], 10.0 ** setting["alpha_exponent"], setting["beta"], setting["k"]
    )
    expected = layer(torch.tensor(responses, dtype=torch.float64).view(1, -1, 1, 1)).flatten()
    assert [numbers.normalised(j) for j in range(24)] == pytest.approx(expected.tolist(), rel=1e-9)
    assert numbers.after == numbers.normalised(setting["channel"])


@PLAIN
@given(SETTING)
def test_alone_is_the_normalisation_of_the_channel_among_silent_ones(setting):
    numbers = response_norm(RESPONSES, **setting)
    silent = tuple(a if j == setting["channel"] else 0 for j, a in enumerate(RESPONSES))
    assert numbers.alone == pytest.approx(response_norm(silent, **setting).after, rel=1e-12)
    assert numbers.after <= numbers.alone <= numbers.before
    counted = sum(RESPONSES[j] ** 2 for j in range(24) if abs(j - setting["channel"]) <= setting["n"] // 2)
    assert numbers.sum_of_squares == counted


def test_pytorch_divides_alpha_by_n_and_the_paper_does_not():
    pixel = torch.tensor(RESPONSES, dtype=torch.float64).view(1, -1, 1, 1)
    plain = functional.local_response_norm(pixel, 5, alpha=1e-4, beta=0.75, k=2.0).flatten()[20]
    scaled = functional.local_response_norm(pixel, 5, alpha=5e-4, beta=0.75, k=2.0).flatten()[20]
    ours = response_norm(RESPONSES, 20).after
    assert scaled.item() == pytest.approx(ours)
    assert plain.item() > 1.5 * ours


@pytest.fixture(scope="module")
def pixel_of_the_cat() -> torch.Tensor:
    """What small AlexNet's first ReLU makes of one pixel near the cat's right eye: 24 channels."""
    names = ("astronaut", "chelsea", "coffee", "hubble", "motorcycle", "retina", "rocket", "tissue")
    data = photo_patches(names, size=32, grey=False, per_class=300, test_per_class=200)
    patch = to_tensor(photo("chelsea"))[None, :, 90:154, 270:334]
    batch = (functional.avg_pool2d(patch, 2) - data.mean) / data.std
    network = build("small_alexnet", weights="photo_patches", device="cpu")
    return feature_maps(network, batch, "relu1")["relu1"][:, 23, 24]


def test_the_responses_are_64_times_those_of_small_alexnet_on_the_cat(pixel_of_the_cat):
    assert torch.allclose(64 * pixel_of_the_cat, torch.tensor(RESPONSES, dtype=torch.float32), atol=0.51)


def test_in_the_network_s_own_small_numbers_only_k_divides(pixel_of_the_cat):
    after = local_response_norm()(pixel_of_the_cat.view(1, -1, 1, 1)).flatten()
    heard = pixel_of_the_cat > 0
    divisor = pixel_of_the_cat[heard] / after[heard]
    assert torch.allclose(divisor, torch.tensor(2**0.75), atol=2e-3)


@pytest.mark.parametrize(
    ("channel", "n", "sentence", "finding"),
    [
        (
            *(2, 5),
            "66 / (2 + 0.0001 · 45,266)^0.75 = 16.2 (channels 0 to 4); 33.9 with silent neighbours.",
            "keeps 24 % of its response, 51 % with silent neighbours",
        ),
        (
            *(2, 1),
            "66 / (2 + 0.0001 · 4,356)^0.75 = 33.9 (channel 2 alone).",
            "keeps 51 % of its response",
        ),
        (
            *(0, 3),
            "0 / (2 + 0.0001 · 3,969)^0.75 = 0 (channels 0 to 1).",
            "is silent, and stays silent",
        ),
        (
            *(5, 3),
            "0 / (2 + 0.0001 · 841)^0.75 = 0 (channels 4 to 5).",
            "is silent, and stays silent",
        ),
    ],
)
def test_every_form_of_the_sentence(channel, n, sentence, finding):
    numbers = response_norm((0, 63, 66, 190, 29, 0), channel, n)
    assert numbers.sentence == f"Channel {channel}: {sentence}"
    assert numbers.finding == f"Channel {channel} {finding}"


@pytest.mark.parametrize("channel", range(24))
def test_every_control_moves_the_sentence_of_a_silent_channel_too(channel):
    start = response_norm(RESPONSES, channel)
    for change in ({"n": 7}, {"n": 3}, {"k": 2.5}, {"alpha_exponent": -5}, {"beta": 0.7}):
        assert response_norm(RESPONSES, channel, **change).sentence != start.sentence


@PLAIN
@given(SETTING)
def test_the_working_can_be_followed_from_line_to_line(setting):
    numbers = response_norm(RESPONSES, **setting)
    assert len(numbers.sentence) <= 110
    sums, base, divisor, result = (line[16:].replace(",", "") for line in numbers.working)
    squares, total = sums.split(" = ")
    assert sum(int(square.rstrip("²")) ** 2 for square in squares.split(" + ")) == int(total)
    inside, base = base.split(" = ")
    k, alpha, again = re.fullmatch(r"(\S+) \+ (\S+) · (\S+)", inside).groups()
    assert again == total
    assert float(alpha) == pytest.approx(10.0 ** setting["alpha_exponent"])
    assert float(base) == pytest.approx(float(k) + float(alpha) * int(total), rel=1e-3)
    raised, divided = divisor.split(" = ")
    assert raised == f"{base}^{setting['beta']:g}"
    assert float(divided) == pytest.approx(float(base) ** setting["beta"], rel=2e-3)
    quotient, after = result.split(" = ")
    assert quotient == f"{numbers.before} / {divided}"
    assert float(after) == pytest.approx(numbers.before / float(divided), rel=0.006, abs=0.00051)


def test_the_working_of_large_numbers():
    assert response_norm((5, 4000, 7), 1, 3, k=1.0, alpha_exponent=-1, beta=1.0).working == (
        "sum of squares  5² + 4000² + 7² = 16,000,074",
        "k + α · sum     1 + 0.1 · 16,000,074 = 1,600,008.4",
        "divided by      1,600,008.4^1 = 1,600,008.4",
        "channel 1       4000 / 1,600,008.4 = 0.002",
    )
    divided = [
        response_norm((0,), 0, 1, k=k, alpha_exponent=-6, beta=1.0).working[1] for k in (999.0, 1000.0)
    ]
    assert [line.split(" = ")[1] for line in divided] == ["999.000", "1,000.0"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"channel": 24}, "channel cannot be 24: it takes a whole number from 0 to 23."),
        ({"n": 4}, "n cannot be 4: it takes an odd number from 1 to 11."),
        ({"k": 0}, "k cannot be 0: it takes a number from 1 to 10."),
        ({"alpha_exponent": 1}, "alpha exponent cannot be 1: it takes a whole number from -6 to 0."),
        ({"beta": -0.5}, "beta cannot be -0.5: it takes a number from 0 to 1.5."),
    ],
)
def test_a_wrong_start_is_an_error_in_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        LRNExplorer(**wrong)


def column(seen: Seen, channel: int):
    return seen.tip(
        f"channel {channel}: {RESPONSES[channel]} becomes"
        if RESPONSES[channel]
        else f"channel {channel}: silent"
    )


def middle(element) -> float:
    return number(element, "x") + number(element, "width") / 2


def bars(seen: Seen, color: str) -> list:
    """The bars of a colour, without the legend's."""
    return [each for each in seen.elements("rect") if each.get("fill") == color][1:]


def corners(element) -> list[list[float]]:
    """The numbers of each part of a path."""
    return [
        [float(each) for each in re.findall(r"[\d.]+", part)] for part in element.get("d").split("M") if part
    ]


def tick_heights(seen: Seen) -> list[float]:
    """How far down the ticks of 0 and 100 are."""
    texts = {text.words: text for text in seen.texts if text.box[2] < number(column(seen, 0), "x")}
    [zero, hundred] = ((texts[words].box[1] + texts[words].box[3]) / 2 for words in ("0", "100"))
    ticks = [
        number(line, "y1") for line in seen.elements("line")
        if number(line, "x2") == number(column(seen, 0), "x") and number(line, "y1") == number(line, "y2")
    ]  # fmt: skip
    return [min(ticks, key=lambda tick: abs(tick - at)) for at in (zero, hundred)]


def test_the_bars_are_as_high_as_the_responses():
    explorer = LRNExplorer(channel=7, n=3, k=1.5)
    seen, numbers = Seen(explorer.svg), explorer.numbers
    zero, hundred = tick_heights(seen)
    outlines, dashes = seen.elements("path")
    after = sorted(bars(seen, BLUE) + bars(seen, VERMILION), key=middle)
    assert (outlines.get("fill"), outlines.get("stroke"), dashes.get("stroke")) == (GRID, FAINT, INK)
    for channel, outline, dash, bar in zip(HEARD, corners(outlines), corners(dashes), after, strict=True):
        left, bottom, top, right, end = outline

        def response(height: float) -> float:
            return 100 * (zero - height) / (zero - hundred)

        assert bottom == end == zero
        assert response(top) == pytest.approx(RESPONSES[channel], abs=0.02)
        assert response(dash[1]) == pytest.approx(numbers.unnoticed(channel), abs=0.02)
        assert response(number(bar, "y")) == pytest.approx(numbers.normalised(channel), abs=0.02)
        assert number(bar, "y") + number(bar, "height") == pytest.approx(zero, abs=0.02)
        assert [left, right] == pytest.approx([dash[0], dash[2]])
        assert [left, right - left] == pytest.approx([number(bar, "x"), number(bar, "width")], abs=0.02)
        place = column(seen, channel)
        assert (left + right) / 2 == pytest.approx(middle(place), abs=0.02)
        assert right - left == pytest.approx(0.8 * number(place, "width"), abs=0.02)
    assert [middle(bar) for bar in bars(seen, VERMILION)] == pytest.approx(
        [middle(column(seen, 7))], abs=0.02
    )


def test_each_column_tells_its_numbers_over_its_own_name():
    seen = Seen(LRNExplorer().svg)
    names = {text.words: text for text in seen.texts if text.words.isdigit()}
    assert column(seen, 20).get("data-tip") == "channel 20: 66 becomes 16.1; 33.9 with silent neighbours"
    assert column(seen, 23).get("data-tip") == "channel 23: silent"
    for channel in range(24):
        if channel:  # 0 is on the other axis too
            left, _, right, _ = names[str(channel)].box
            assert middle(column(seen, channel)) == pytest.approx((left + right) / 2, abs=0.5)
        assert number(column(seen, channel), "width") == pytest.approx(702 / 24, abs=0.01)


@pytest.mark.parametrize(
    ("channel", "n", "first", "last", "words", "handles"),
    [
        (20, 5, 18, 22, "5 channels", 2),
        (11, 1, 11, 11, "1 channel", 2),
        (1, 11, 0, 6, "7 channels", 1),
        (22, 7, 19, 23, "5 channels", 1),
        (0, 1, 0, 0, "1 channel", 2),
    ],
)
def test_the_window_is_over_the_channels_that_count(channel, n, first, last, words, handles):
    seen = Seen(LRNExplorer(channel=channel, n=n).svg)
    left = number(column(seen, first), "x")
    right = number(column(seen, last), "x") + number(column(seen, last), "width")
    [shade] = [each for each in seen.elements("rect") if each.get("fill") == YELLOW]
    assert [number(shade, "x"), number(shade, "width")] == pytest.approx([left, right - left], abs=0.02)
    assert number(shade, "height") == number(column(seen, 0), "height")
    [bracket] = seen.elements("polyline")
    places = [float(each.split(",")[0]) for each in bracket.get("points").split()]
    assert places == pytest.approx([left, left, right, right], abs=0.02)
    [label] = [text for text in seen.texts if text.words == words and text.bold]
    assert (label.box[0] + label.box[2]) / 2 == pytest.approx((left + right) / 2, abs=45 if n == 1 else 1)
    ends = [number(dot, "cx") for dot in seen.elements("circle")]
    assert len(ends) == handles
    assert all(min(abs(end - left), abs(end - right)) < 0.02 for end in ends)


def test_the_mark_is_over_the_chosen_channel_s_bar():
    for channel in (0, 7, 21):
        seen = Seen(LRNExplorer(channel=channel).svg)
        [mark] = seen.elements("polygon")
        assert mark.get("fill") == VERMILION
        (x, y), *_ = (map(float, each.split(",")) for each in mark.get("points").split())
        assert x == pytest.approx(middle(column(seen, channel)), abs=0.02)
        zero, hundred = tick_heights(seen)
        assert 3 < zero - (zero - hundred) * RESPONSES[channel] / 100 - y < 5


def drag(explorer: LRNExplorer, element, x: float) -> None:
    """A press or a drag on an element of the picture, at x."""
    _, control, start, end, low, high = next(
        each for each in Seen(explorer.svg).drags() if same(each[0], element)
    )
    explorer.point({control: low + min(max((x - start) / (end - start), 0), 1) * (high - low)})


def same(one, other) -> bool:
    return one.attrib == other.attrib


def test_a_click_chooses_the_channel_under_it():
    explorer = LRNExplorer()
    [ground] = [each for each, *_ in Seen(explorer.svg).drags() if each.tag.endswith("}g")]
    assert len(ground) == 24, "the columns are inside what is clicked"
    for channel, inset in itertools.product((0, 7, 23), (0.5, 28.5)):
        drag(explorer, ground, number(column(Seen(explorer.svg), channel), "x") + inset)
        assert explorer.numbers.channel == channel
    [mark] = Seen(explorer.svg).elements("polygon")
    assert mark.get("class") == "handle"
    drag(explorer, mark, middle(column(Seen(explorer.svg), 3)))
    assert explorer.channel.value == 3
    assert explorer.status == ""


@pytest.mark.parametrize("side", [0, 1])
def test_each_end_of_the_bracket_sets_n_to_the_channels_that_it_spans(side):
    explorer = LRNExplorer(channel=11)
    for reach in (3, 0, 5, 9):
        seen = Seen(explorer.svg)
        handle = seen.elements("circle")[side]
        assert handle.get("class") == "handle"
        assert handle.get("data-tip") == f"n = {explorer.n.value}: drag to count more or fewer channels"
        end = column(seen, 11 + reach if side else 11 - reach)
        drag(explorer, handle, number(end, "x") + side * number(end, "width"))
        assert explorer.n.value == min(2 * reach + 1, 11)


def test_the_words_around_the_picture():
    explorer = LRNExplorer()
    texts = {text.words: text for text in Seen(explorer.svg).texts}
    assert texts[explorer.numbers.finding].bold
    assert set(explorer.numbers.working) < set(texts)
    for words in (
        *("before", "after", "after, this channel", "if its neighbours were silent", "channel", "response"),
        "after = before / (k + α · Σ before²)^β",
        "Σ is taken over the n channels around it",
        "before: 64 × conv1 and ReLU, one pixel of the cat photo",
    ):
        assert words in texts
    # Each line of the calculation that has a remark beside it is at its height.
    remarks = list(texts)[-3:]
    assert [texts[each].box[2] for each in remarks] == pytest.approx([764] * 3, abs=1.5)
    for line, remark in zip(explorer.numbers.working[1:], remarks, strict=True):
        assert texts[line].box[3] == pytest.approx(texts[remark].box[3], abs=3)


def test_the_legend_s_squares_stand_before_their_names():
    texts = {text.words: text for text in Seen(LRNExplorer().svg).texts}
    rects = Seen(LRNExplorer().svg).elements("rect")
    for name, color in {
        "before": GRID, "after": BLUE, "after, this channel": VERMILION, "if its neighbours were silent": INK
    }.items():  # fmt: skip
        square = next(each for each in rects if each.get("fill") == color)
        left, top, _, bottom = texts[name].box
        assert 4 < left - number(square, "x") - number(square, "width") < 8
        assert top - 2 < number(square, "y") + number(square, "height") / 2 < bottom + 2
