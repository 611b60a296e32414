"""`LRNExplorer` normalises as AlexNet does in PyTorch, and draws and says what it computes, everywhere."""

import itertools
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from torch.nn import functional

from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.style import BLUE, VERMILION
from helpers.explorers.response_norm import (
    HEARD,
    HEIGHT,
    LEFT,
    RESPONSES,
    RIGHT,
    WIDTH,
    LRNExplorer,
    brief,
    normalise,
    working,
)
from helpers.images.patches import photo_patches
from helpers.images.photos import photo, to_tensor
from helpers.models import build
from helpers.models.parts import local_response_norm
from helpers.running.feature_maps import feature_maps
from tests.learner import click, live_texts

PLAIN = settings(deadline=None, derandomize=True, max_examples=200)
LAST = len(RESPONSES) - 1
SETTING = st.fixed_dictionaries(
    {
        "channel": st.integers(0, LAST),
        "n": st.sampled_from((1, 3, 5, 7, 9, 11)),
        "k": st.integers(2, 20).map(lambda halves: halves / 2),
        "alpha_exponent": st.integers(-6, 0),
        "beta": st.integers(0, 30).map(lambda steps: round(0.05 * steps, 2)),
    }
)
EXTREMES = [
    dict(zip(("channel", "n", "k", "alpha_exponent", "beta"), values, strict=True))
    for values in itertools.product((0, 1, 11, 21, LAST), (1, 3, 11), (1, 9.5, 10), (-6, 0), (0, 1.45, 1.5))
]


@pytest.fixture(scope="module")
def explorer() -> LRNExplorer:
    return LRNExplorer()


def by_pytorch(responses: tuple[int, ...], n: int, k: float, alpha: float, beta: float) -> torch.Tensor:
    """The paper's normalisation by the layer that the course's AlexNet has."""
    pixel = torch.tensor(responses, dtype=torch.float64).view(1, -1, 1, 1)
    return local_response_norm(n, alpha, beta, k)(pixel).flatten()


def test_the_lesson_s_numbers():
    fresh = LRNExplorer()
    assert fresh.numbers.sum_of_squares == 14**2 + 63**2 + 66**2 + 190**2 + 29**2 == 45_462
    assert repr(fresh) == (
        "Channel 20: 66 / (2 + 0.0001 · 45,462)^0.75 = 16.1 (channels 18 to 22); 33.9 with silent neighbours."
    )


@PLAIN
@given(SETTING, st.lists(st.integers(0, 2000), min_size=24, max_size=24))
def test_every_channel_is_normalised_as_by_the_layer_of_alexnet(setting, responses):
    numbers = normalise(responses, **setting)
    constants = setting["n"], setting["k"], 10.0 ** setting["alpha_exponent"], setting["beta"]
    expected = by_pytorch(responses, *constants)
    assert [numbers.normalised(j) for j in range(24)] == pytest.approx(expected.tolist(), rel=1e-9)
    assert numbers.after == numbers.normalised(setting["channel"])


@PLAIN
@given(SETTING)
def test_alone_is_the_normalisation_of_the_channel_among_silent_ones(setting):
    numbers = normalise(RESPONSES, **setting)
    silent = tuple(a if j == setting["channel"] else 0 for j, a in enumerate(RESPONSES))
    assert numbers.alone == pytest.approx(normalise(silent, **setting).after, rel=1e-12)
    assert numbers.after <= numbers.alone <= numbers.before
    counted = sum(RESPONSES[j] ** 2 for j in range(24) if abs(j - setting["channel"]) <= setting["n"] // 2)
    assert numbers.sum_of_squares == counted


def test_pytorch_divides_alpha_by_n_and_the_paper_does_not():
    pixel = torch.tensor(RESPONSES, dtype=torch.float64).view(1, -1, 1, 1)
    plain = functional.local_response_norm(pixel, 5, alpha=1e-4, beta=0.75, k=2.0).flatten()[20]
    scaled = functional.local_response_norm(pixel, 5, alpha=5e-4, beta=0.75, k=2.0).flatten()[20]
    ours = normalise(RESPONSES, 20).after
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


@PLAIN
@given(SETTING)
def test_the_sentence_fits_and_holds_the_calculation(setting):
    numbers = normalise(RESPONSES, **setting)
    sentence = numbers.sentence
    assert len(sentence) <= 110
    assert sentence.endswith(".")
    assert sentence.startswith(f"Channel {setting['channel']}: {RESPONSES[setting['channel']]} / (")
    k, alpha, total, beta, after = re.search(
        r"\((\S+) \+ (\S+) · (\S+)\)\^(\S+) = (\S+)", sentence.replace(",", "")
    ).groups()
    assert float(after) == pytest.approx(
        numbers.before / (float(k) + float(alpha) * int(total)) ** float(beta), rel=0.006, abs=0.00051
    )
    assert (float(k), float(beta)) == (setting["k"], setting["beta"])
    assert float(alpha) == pytest.approx(10.0 ** setting["alpha_exponent"])


def test_the_sentence_fits_at_every_extreme():
    lengths = [len(normalise(RESPONSES, **setting).sentence) for setting in EXTREMES]
    assert 90 < max(lengths) <= 110


def test_numbers_are_written_with_about_three_digits():
    edges = (0.9994, 1.0, 9.994, 10.0, 10.6, 99.94, 100.0, 100.6)
    assert [brief(value) for value in edges] == [
        *("0.999", "1.00", "9.99", "10.0", "10.6", "99.9", "100", "101"),
    ]
    divided = [working(normalise((0,), 0, 1, k=k, alpha_exponent=-6, beta=1.0))[1] for k in (999.0, 1000.0)]
    assert [line.split(" = ")[1] for line in divided] == ["999.000", "1,000.0"]


@PLAIN
@given(SETTING)
def test_the_working_can_be_followed_from_line_to_line(setting):
    numbers = normalise(RESPONSES, **setting)
    sums, base, divisor, result = (line[16:].replace(",", "") for line in working(numbers))
    squares, total = sums.split(" = ")
    assert sum(int(square.rstrip("²")) ** 2 for square in squares.split(" + ")) == int(total)
    inside, base = base.split(" = ")
    k, alpha, again = re.fullmatch(r"(\S+) \+ (\S+) · (\S+)", inside).groups()
    assert again == total
    assert float(base) == pytest.approx(float(k) + float(alpha) * int(total), rel=1e-3)
    raised, divided = divisor.split(" = ")
    assert raised == f"{base}^{setting['beta']:g}"
    assert float(divided) == pytest.approx(float(base) ** setting["beta"], rel=2e-3)
    quotient, after = result.split(" = ")
    assert quotient == f"{numbers.before} / {divided}"
    assert float(after) == pytest.approx(numbers.before / float(divided), rel=0.006, abs=0.00051)


def test_the_explorer_shows_the_pure_function_of_its_controls(explorer):
    rng = np.random.default_rng(0)
    for _ in range(30):
        setting = {
            "channel": int(rng.integers(0, 24)),
            "n": int(2 * rng.integers(0, 6) + 1),
            "k": float(rng.integers(2, 21) / 2),
            "alpha_exponent": int(rng.integers(-6, 1)),
            "beta": round(0.05 * int(rng.integers(0, 31)), 2),
        }
        explorer.set(**setting)
        assert explorer.status == ""
        numbers = explorer.numbers
        assert numbers == normalise(RESPONSES, **setting)
        for channel, bar, dash in zip(HEARD, explorer._bars, explorer._dashes, strict=True):
            assert bar.get_height() == numbers.normalised(channel)
            assert tuple(dash.get_ydata()) == (numbers.unnoticed(channel),) * 2
        window = explorer._window
        assert (window.get_x(), window.get_width()) == (numbers.window[0] - 0.5, len(numbers.window))


@pytest.mark.parametrize(
    ("control", "value"),
    [("channel", 19), ("n", 7), ("k", 2.5), ("alpha_exponent", -5), ("beta", 0.7)],
)
def test_each_control_moves_sentence_and_picture(control, value):
    explorer = LRNExplorer()
    sentence, picture = repr(explorer), explorer.picture.data
    explorer.controls[control].value = value
    assert repr(explorer) != sentence
    assert explorer.picture.data != picture
    assert explorer.status == ""
    assert repr(LRNExplorer(**{control: value})) == repr(explorer)


@pytest.mark.parametrize("channel", range(24))
def test_every_control_moves_the_sentence_of_a_silent_channel_too(channel):
    start = normalise(RESPONSES, channel)
    for change in ({"n": 7}, {"n": 3}, {"k": 2.5}, {"alpha_exponent": -5}, {"beta": 0.7}):
        assert normalise(RESPONSES, channel, **change).sentence != start.sentence


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


def test_a_click_chooses_the_channel_under_it(explorer):
    column = (RIGHT - LEFT) / 24
    for channel in (0, 7, 23):
        for inset in (0.5, column - 0.5):
            click(explorer, LEFT + channel * column + inset, 200)
            assert explorer.channel.value == explorer.numbers.channel == channel
    for x in (-5, LEFT - 1, RIGHT + 1, 3 * WIDTH):
        click(explorer, x, 200)
        assert explorer.numbers.channel == 23
    assert explorer.status == ""


def test_the_chosen_channel_has_another_colour_than_the_others_and_a_mark(explorer):
    explorer.set(channel=7, n=5, k=2, alpha_exponent=-4, beta=0.75)
    axes, picture = explorer._figure.figure.axes[0], explorer._image

    def colour_at(channel: int, y: float) -> str:
        across, up = axes.transData.transform((channel, y))
        return "#{:02X}{:02X}{:02X}".format(*picture.getpixel((int(across), int(picture.height - up))))

    assert colour_at(7, explorer.numbers.after / 2) == VERMILION
    assert colour_at(7, explorer.numbers.before + 9) == VERMILION
    assert colour_at(11, explorer.numbers.normalised(11) / 2) == BLUE


def test_no_text_is_cut_or_covered_by_another_at_the_extremes(explorer):
    figure = explorer._figure.figure
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    still = [(box.x0, HEIGHT * DENSITY - box.y1, box.x1, HEIGHT * DENSITY - box.y0) for box in boxes]
    for left, top, right, bottom in still:
        assert 0 <= left <= right <= WIDTH * DENSITY
        assert 0 <= top <= bottom <= HEIGHT * DENSITY
    for setting in EXTREMES:
        explorer.set(**setting)
        assert explorer.status == ""
        found = live_texts(explorer)
        for text, (left, top, right, bottom) in found:
            assert 0 <= left <= right <= WIDTH * DENSITY, (setting, text)
            assert 0 <= top <= bottom <= HEIGHT * DENSITY, (setting, text)
        for (one, a), (other, b) in itertools.chain(
            itertools.combinations(found, 2), itertools.product(found, (("still", box) for box in still))
        ):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (setting, one, other)
