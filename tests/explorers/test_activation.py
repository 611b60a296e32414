"""`ActivationExplorer` draws and says what `gradient_flow` finds, at every setting."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import ActivationExplorer
from helpers.drawing.style import BLUE, FAINT, GREEN, INK, PURPLE, VERMILION
from helpers.explorers.numbers import activation as module
from helpers.explorers.numbers.activation import FUNCTIONS, Flow, activation, function
from helpers.explorers.pictures.activation import draw_activation
from helpers.explorers.sources.activation import LiveFlows
from helpers.running import gradient_flow as running
from helpers.running.gradient_flow import gradient_flow
from helpers.wording.ratios import amount, percent, ratio
from tests.seen import Seen, number

COLORS = {"ReLU": BLUE, "sigmoid": VERMILION, "tanh": GREEN, "linear": FAINT}
DASHES = {"ReLU": None, "sigmoid": "6 3", "tanh": "9 3 2 3", "linear": "2 3"}
LESSON = list(itertools.product(FUNCTIONS, (5, 10, 20, 30), (0.5, 1.0, 1.41, 2.0, 4.0)))


def live(name: str, depth: int, weight_scale: float):
    """The numbers as the explorer makes them."""
    flows = {each: LiveFlows().flow(each, depth, weight_scale) for each in FUNCTIONS}
    return activation(name, depth, weight_scale, flows)


def seen_of(numbers) -> Seen:
    return Seen(draw_activation(numbers).svg(numbers.sentence))


def test_the_lesson_s_sentences():
    explorer = ActivationExplorer()
    assert repr(explorer) == (
        "ReLU, 10 layers, weight scale 1.00: layer 1 gets 0.053 of the last layer's gradient; "
        "48 % of units off."
    )
    explorer.activation.value = "sigmoid"
    assert repr(explorer) == (
        "sigmoid, 10 layers, weight scale 1.00: layer 1 gets 2·10⁻⁶ of the last layer's gradient; "
        "0 % saturated."
    )
    assert repr(ActivationExplorer(activation="tanh", depth=30, weight_scale=4)) == (
        "tanh, 30 layers, weight scale 4.00: layer 1 gets 2·10⁵ times the last layer's gradient; "
        "61 % saturated."
    )


@pytest.mark.parametrize("setting", LESSON)
def test_another_machine_s_last_digits_do_not_change_the_lesson_s_sentences(setting):
    name, depth, scale = setting
    gradients, saturated, inputs = LiveFlows().flow(*setting)

    def nudged(by: float) -> str:
        flow = tuple(each * (1 + by) for each in gradients), saturated * (1 + by), inputs
        return activation(name, depth, scale, {name: flow}).sentence

    assert nudged(1e-6) == nudged(-1e-6) == nudged(0) == live(*setting).sentence


@pytest.mark.parametrize(
    ("value", "words", "verdict"),
    [
        (0, "nothing of", "vanishes"),
        (9.6e-7, "1·10⁻⁶ of", "vanishes"),
        (0.00102, "0.001 of", "fades"),
        (0.001, "0.001 of", "fades"),
        (0.2, "0.2 of", "arrives"),
        (0.1, "0.1 of", "arrives"),
        (1.02, "all of", "arrives"),
        (1.5, "1.5 times", "arrives"),
        (10, "10 times", "grows"),
        (37.2, "37 times", "grows"),
        (1000, "1·10³ times", "explodes"),
        (123.4, "120 times", "grows"),
        (3e4, "3·10⁴ times", "explodes"),
    ],
)
def test_sizes_in_words(value, words, verdict):
    assert amount(value) == words
    assert activation("tanh", 2, 1.0, {"tanh": ((value, 1.0), 0.0, ())}).verdict == verdict


def test_the_functions_are_those_that_the_gradient_goes_through():
    assert list(FUNCTIONS) == list(running.ACTIVATIONS)
    assert (module.UNITS, module.MOST_LAYERS) == (running.WIDTH, running.MOST_LAYERS)
    assert module.SATURATED_BELOW == running.SATURATED_BELOW
    assert list(running.BIN_EDGES[[0, -1]]) == [-module.REACH, module.REACH]
    x = np.linspace(-5, 5, 1001)
    for name in FUNCTIONS:
        ours, real = function(name), running.ACTIVATIONS[name]
        assert ours.steepest == real.steepest
        assert [ours.value(each) for each in x] == pytest.approx(real.function(x), abs=1e-12)
        assert [ours.slope(each) for each in x] == pytest.approx(real.slope(x), abs=1e-12)
        for points, line in ((ours.curve, real.function), (ours.slopes, real.slope)):
            # Two points at one x are a step.
            inside = x[np.abs(x) > 1e-9]
            assert np.interp(inside, *zip(*points, strict=True)) == pytest.approx(line(inside), abs=0.012)
            assert (points[0][0], points[-1][0]) == (-5, 5)
        flat = [any(start <= each <= end for start, end in ours.flat) for each in x]
        assert flat == (real.slope(x) < running.SATURATED_BELOW * real.steepest).tolist()
        assert ours.samples[0] == (-5, ours.value(-5), ours.slope(-5))
        assert [each for each, *_ in ours.samples] == [half / 2 for half in range(-10, 11)]


def test_values_out_of_range_are_one_sentence():
    explorer = ActivationExplorer()
    explorer.depth.value = 31
    assert explorer.status == "depth cannot be 31: it takes a whole number from 2 to 30; 30 is used."
    explorer.weight_scale.value = 5
    assert explorer.status == "weight scale cannot be 5: it takes a number from 0.25 to 4; 4 is used."
    explorer.activation.value = "relu"
    assert explorer.status == "There is no activation 'relu'; the nearest is 'ReLU'."
    assert explorer.numbers == live("ReLU", 30, 4.0)
    with pytest.raises(ValueError, match="depth cannot be 1: it takes a whole number from 2 to 30"):
        ActivationExplorer(depth=1)


# Where the three panels are, from their pads, and what a place in them stands for.


def panel(seen: Seen, first: str, last: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the columns between two tips."""
    one, other = seen.tip(first), seen.tip(last)
    top = number(one, "y")
    return number(one, "x"), top, number(other, "x") + number(other, "width"), top + number(one, "height")


def points(element) -> np.ndarray:
    return np.array([list(map(float, each.split(","))) for each in element.get("points").split()])


def lines(seen: Seen, *, color: str) -> np.ndarray:
    [found] = [each for each in seen.elements("polyline") if each.get("stroke") == color]
    return points(found)


def gradients_panel(seen: Seen):
    """The pad of the gradients' axes, and two functions that read a place in it."""
    [pad] = [each for each, *_ in seen.drags() if each.tag.endswith("}rect")]
    left, top, width, height = (number(pad, name) for name in ("x", "y", "width", "height"))
    return (
        lambda x: 30 * (x - left) / width - 0.5,
        lambda y: 6 - 18 * (y - top) / height,
        (left, top, left + width, top + height),
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_function_and_its_slope_are_drawn_over_their_axis(name):
    seen, ours = Seen(ActivationExplorer(activation=name).svg), function(name)
    left, top, right, bottom = panel(seen, f"{name}(−5) = ", f"{name}(5) = ")
    for color, expected in ((INK, ours.curve), (PURPLE, ours.slopes)):
        drawn = lines(seen, color=color)
        drawn[:, 0] = -5 + 10 * (drawn[:, 0] - left) / (right - left)
        drawn[:, 1] = 2.3 - 3.6 * (drawn[:, 1] - top) / (bottom - top)
        assert drawn == pytest.approx(np.array(expected), abs=0.001)
    most = {"ReLU": "0 or 1", "linear": "1 everywhere", "sigmoid": "0.25 at most", "tanh": "1 at most"}
    [slope] = [text for text in seen.texts if text.words == f"slope: {most[name]}"]
    [label] = [text for text in seen.texts if text.words == name]
    assert slope.color == "#A0447A"
    for text, color in ((slope, PURPLE), (label, INK)):
        assert text.bold
        assert left < text.box[0] < text.box[2] < right
        # Beside its line, and on neither.
        for other in (PURPLE, INK):
            line = lines(seen, color=other)
            across = np.linspace(text.box[0], text.box[2], 50)
            apart = np.abs(np.interp(across, *line.T) - (text.box[1] + text.box[3]) / 2)
            assert (7 if other != color else 5) < apart.min()
            assert other != color or apart.min() < 20
    [dashed] = [each for each in seen.elements("polyline") if each.get("stroke") == PURPLE]
    assert dashed.get("stroke-dasharray") == "8 4"
    # Both at 0 and at 2.5 either way, where the inputs' axis has its ticks.
    upright = [
        each
        for each in seen.elements("line")
        if each.get("stroke") == "#E4E4E4" and each.get("x1") == each.get("x2")
    ]
    assert [number(each, "x1") for each in upright] == [112, 180, 248]
    assert {(number(each, "y1"), number(each, "y2")) for each in upright} == {(40, 200)}


def test_a_place_on_the_function_tells_its_value_and_slope():
    tips = Seen(ActivationExplorer(activation="sigmoid").svg).tips
    assert "sigmoid(−1.5) = 0.182, slope 0.149" in tips
    assert "sigmoid(0) = 0.5, slope 0.25" in tips
    assert "linear(−2) = −2, slope 1" in Seen(ActivationExplorer(activation="linear").svg).tips
    first, second = (tips[each] for each in tips if each.startswith(("sigmoid(−5)", "sigmoid(−4.5)")))
    assert number(first, "x") + number(first, "width") == pytest.approx(number(second, "x"), abs=0.01)
    assert number(second, "width") == pytest.approx(2 * number(first, "width"), abs=0.01)


@pytest.mark.parametrize(
    ("name", "edges"),
    {"ReLU": [0, 5], "sigmoid": [-3.637, 3.637], "tanh": [-1.818, 1.818], "linear": []}.items(),
)
def test_hatched_is_where_the_slope_is_under_a_tenth_of_the_steepest(name, edges):
    explorer = ActivationExplorer(activation=name, weight_scale=4)
    seen = Seen(explorer.svg)
    left, top, right, bottom = panel(seen, "under −4.75: ", "over 4.75: ")
    hatched = [each for each in seen.elements("rect") if each.get("fill").startswith("url(")]
    parts = [
        [-5 + 10 * (number(each, "x") + side - left) / (right - left) for side in (0, number(each, "width"))]
        for each in hatched
    ]
    expected = {"ReLU": [[-5, 0]], "linear": []}.get(name, [[-5, edges[0]], [edges[1], 5]] if edges else [])
    assert parts == [pytest.approx(each, abs=0.001) for each in expected]
    assert all((number(each, "y"), number(each, "height")) == (top, bottom - top) for each in hatched)
    assert f"Flat part (hatched): {percent(explorer.numbers.saturated)} of inputs" in seen.words


@pytest.mark.parametrize(("name", "scale"), [("ReLU", 1), ("sigmoid", 0.25), ("tanh", 4)])
def test_the_outline_of_the_inputs_follows_their_counts(name, scale):
    explorer = ActivationExplorer(activation=name, weight_scale=scale)
    seen, counts = Seen(explorer.svg), gradient_flow(name, 10, scale).inputs
    left, _, right, _ = panel(seen, f"{name}(−5) = ", f"{name}(5) = ")
    outline = points(next(each for each in seen.elements("polygon")))
    assert outline[0] == pytest.approx([left, 350])
    assert outline[-1] == pytest.approx([right, 350])
    steps = outline[1:-1].reshape(40, 2, 2)
    edges = left + (right - left) * np.arange(41) / 40
    assert steps[:, :, 0] == pytest.approx(np.array(list(itertools.pairwise(edges))), abs=0.01)
    heights = 350 - steps[:, :, 1]
    assert heights[:, 0] == pytest.approx(heights[:, 1])
    assert heights[:, 0] / heights.max() == pytest.approx(np.array(counts) / max(counts), abs=2e-4)
    assert heights.max() == pytest.approx(102 / 1.05, abs=0.01)
    for tip, place in ((20, "from 0 to 0.25"), (17, "from −0.75 to −0.5")):
        assert f"{place}: {100 * counts[tip] / sum(counts):.1f} % of inputs" in seen.tips
        assert number(seen.tip(place), "x") == pytest.approx(edges[tip], abs=0.01)
    told = [each for each in seen.tips if each.endswith(" % of inputs")]
    assert len(told) == len({*np.nonzero(counts)[0]})


@pytest.mark.parametrize(
    "setting", [("ReLU", 10, 1.0), ("sigmoid", 30, 1.0), ("tanh", 2, 4.0), ("linear", 18, 3.0)]
)
def test_every_gradient_is_where_its_power_of_ten_is(setting):
    numbers = live(*setting)
    seen = seen_of(numbers)
    passed, power, (left, _, right, _) = gradients_panel(seen)
    for name, flow in numbers.flows.items():
        [line] = [
            each for each in seen.elements("polyline")
            if each.get("stroke") == COLORS[name] and len(points(each)) == setting[1]
        ]  # fmt: skip
        drawn = points(line)
        assert passed(drawn[:, 0]) == pytest.approx(np.arange(setting[1]), abs=0.002)
        assert power(drawn[:, 1]) == pytest.approx(np.log10(flow.gradients[::-1]), abs=0.001)
        assert line.get("stroke-dasharray") == DASHES[name]
        assert number(line, "stroke-width") == (2.6 if name == setting[0] else 1.5)
    dots = [each for each in seen.elements("circle") if each.get("class") != "handle"]
    inside = [
        (layers, gradient)
        for layers, gradient in enumerate(numbers.gradients[:0:-1])
        if 1e-12 <= gradient <= 1e6
    ]
    for dot, (layers, gradient) in zip(dots, inside, strict=True):
        assert passed(number(dot, "cx")) == pytest.approx(layers, abs=0.002)
        assert power(number(dot, "cy")) == pytest.approx(np.log10(gradient), abs=0.001)
        tip = f"layer {setting[1] - layers}: {amount(gradient)} the last layer's gradient"
        assert dot.get("data-tip") == tip
    handle = seen.tip("layer 1: ")
    assert passed(number(handle, "cx")) == pytest.approx(setting[1] - 1, abs=0.002)
    beyond = not 1e-12 <= numbers.gradients[0] <= 1e6
    assert power(number(handle, "cy")) == pytest.approx(
        min(max(np.log10(numbers.gradients[0]), -12), 6), abs=0.001
    )
    assert (handle.get("fill") == "white") == beyond
    assert COLORS[setting[0]] == handle.get("stroke" if beyond else "fill")
    [shade] = [each for each in seen.elements("rect") if each.get("fill") == "#E8F1F7"]
    assert power(number(shade, "y")) == pytest.approx(1, abs=0.001)
    assert power(number(shade, "y") + number(shade, "height")) == pytest.approx(-1, abs=0.001)
    assert (number(shade, "x"), number(shade, "width")) == (left, right - left)
    for words, value in (("10⁶", 6), ("1", 0), ("10⁻¹²", -12)):
        tick = next(each for each in seen.texts if each.words == words and left - 40 < each.box[0] < left)
        assert power((tick.box[1] + tick.box[3]) / 2) == pytest.approx(value, abs=0.15)


@pytest.mark.parametrize("setting", LESSON[::5])
def test_labels_stand_in_order_beside_their_lines_ends(setting):
    numbers = live(*setting)
    seen = seen_of(numbers)
    passed, power, _ = gradients_panel(seen)
    labels = {values["activation"]: element for element, values in seen.sets()}
    assert set(labels) == set(FUNCTIONS)
    heights = {name: number(each, "y") - 0.36 * 12.5 for name, each in labels.items()}
    assert sorted(FUNCTIONS, key=heights.get) == sorted(
        FUNCTIONS, key=lambda name: -numbers.flows[name].gradients[0]
    )
    for name, element in labels.items():
        first = numbers.flows[name].gradients[0]
        arrow = " ↓" if first < 1e-12 else " ↑" if first > 1e6 else ""
        assert element.text == f"{name} {ratio(first)}{arrow}"
        assert element.get("data-tip") == f"{name}: layer 1 gets {amount(first)} the last layer's gradient"
        assert (element.get("font-weight") == "bold") == (name == setting[0])
        assert passed(number(element, "x") - 17) == pytest.approx(setting[1] - 1, abs=0.002)
        [leader] = [
            each
            for each in seen.elements("line")
            if (each.get("stroke"), number(each, "x2")) == (COLORS[name], number(element, "x") - 3)
        ]
        assert power(number(leader, "y1")) == pytest.approx(min(max(np.log10(first), -12), 6), abs=0.001)
        assert number(leader, "y2") == pytest.approx(heights[name], abs=0.02)
        assert passed(number(leader, "x1")) == pytest.approx(setting[1] - 1, abs=0.002)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.floats(-40, 20), min_size=4, max_size=4))
def test_labels_stay_apart_and_beside_the_axis_and_as_near_to_their_ends_as_that_leaves_room(ends):
    flows = {name: ((10.0**end, 1.0), 0.0, (1, 1)) for name, end in zip(FUNCTIONS, ends, strict=True)}
    seen = seen_of(activation("tanh", 2, 1.0, flows))
    _, _, (_, top, _, bottom) = gradients_panel(seen)
    places = {values["activation"]: number(each, "y") - 4.5 for each, values in seen.sets()}
    heights = sorted(places.values())
    assert min(np.diff(heights)) >= 15.5 - 0.03
    assert top + 7.7 <= heights[0] <= heights[-1] <= bottom - 7.7
    wanted = {
        name: bottom - (bottom - top) * (min(max(end, -12), 6) + 12) / 18
        for name, end in zip(FUNCTIONS, ends, strict=True)
    }
    room = sorted(wanted.values())
    if min(np.diff(room)) >= 15.5 and top + 7.75 <= room[0] and room[-1] <= bottom - 7.75:
        assert places == pytest.approx(wanted, abs=0.03)
    elif top + 40 < room[0] and room[-1] < bottom - 40:
        # Nothing is pushed up or down as a whole.
        assert sum(places.values()) == pytest.approx(sum(wanted.values()), abs=0.2)


def test_a_gradient_of_exactly_zero_is_a_sentence_and_a_picture():
    numbers = live("ReLU", 5, 0)
    assert "layer 1 gets nothing of the last layer's gradient; 100 % of units off." in numbers.sentence
    assert Flow((0.0, 1.0), 0.0, ()).powers == (0, -300)
    seen = seen_of(numbers)
    assert "ReLU 0 ↓" in seen.words
    assert seen.tip("layer 1: ").get("data-tip") == "layer 1: nothing of the last layer's gradient"


def test_the_handle_and_its_axes_set_the_depth_and_a_name_the_activation():
    explorer = ActivationExplorer()
    passed, _, (left, _, right, _) = gradients_panel(Seen(explorer.svg))
    drags = list(Seen(explorer.svg).drags())
    assert {each.get("class") for each, *_ in drags} == {None, "handle"}
    for depth, (element, control, start, end, low, high) in itertools.product((2, 7, 30), drags):
        assert (control, start, end) == ("depth", left, right)
        x = left + (right - left) * (depth - 1 + 0.5) / 30
        explorer.point({control: low + (x - start) / (end - start) * (high - low)})
        assert explorer.numbers.depth == depth
        assert passed(number(Seen(explorer.svg).tip("layer 1: "), "cx")) == pytest.approx(depth - 1, abs=0.01)
        assert element.get("data-across")
    for _, values in list(Seen(explorer.svg).sets()):
        explorer.point(values)
        assert explorer.numbers.activation == values["activation"]
    assert explorer.status == ""


def test_every_word_of_the_picture_and_where_its_panels_are():
    seen = Seen(ActivationExplorer(activation="tanh", depth=12, weight_scale=1.5).svg)
    assert seen.words == [
        *("tanh and its slope", "−1", "0", "1", "2", "tanh", "slope: 1 at most"),
        *("Flat part (hatched): 6 % of inputs", "≤ −5", "−2.5", "0", "2.5", "≥ 5"),
        *("input of the function, all units and layers", "tanh: the gradient arrives"),
        "12 layers of 64 units, weight scale 1.50",
        "size of the gradient; the last layer's is 1. Shaded: 0.1 to 10",
        *("10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1", "10³", "10⁶", "0", "5", "10", "15", "20", "25"),
        *("layers passed on the way back to layer 1", "linear 74", "ReLU 2.2", "tanh 1.5", "sigmoid 4·10⁻⁶"),
    ]
    assert panel(seen, "tanh(−5) = ", "tanh(5) = ") == (44, 40, 316, 200)
    assert panel(seen, "under −4.75: ", "over 4.75: ") == (44, 248, 316, 350)
    assert gradients_panel(seen)[2] == (376, 78, 632, 350)
    headings = {text.words: text for text in seen.texts if text.bold}
    for words, x, y in (
        ("tanh and its slope", 44, 20),
        ("Flat part (hatched): 6 % of inputs", 44, 232),
        ("tanh: the gradient arrives", 376, 20),
    ):
        left, top, _, bottom = headings[words].box
        assert left == pytest.approx(x, abs=2)
        assert top < y < bottom
