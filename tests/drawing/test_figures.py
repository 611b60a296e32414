"""The still pictures say their numbers in words, cut nothing off, and are stored small."""

import base64
import io
import itertools
import re
from importlib import import_module

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from helpers.drawing import figures, photo_figures
from helpers.drawing.alexnet_towers import two_towers
from helpers.drawing.bar_panels import bar_panels
from helpers.drawing.curves import bars, curves, training_curves
from helpers.drawing.figures import LOOKS, Drawing, kernel_reach, shares
from helpers.drawing.kernel_place import kernel_place
from helpers.drawing.matplotlib_style import DENSITY
from helpers.drawing.photo_figures import named_photos
from helpers.images.photos import photo, square
from helpers.running.classify import Prediction
from helpers.running.training import History

PARTS = {
    "MACs": {"1×1 convolution": 338_528_512, "depthwise": 36_000_000, "everything else": 9_000_000},
    "parameters": {"1×1 convolution": 3_146_112, "depthwise": 150_000, "everything else": 1_355_896},
}

AXES = {"x_label": "layers passed", "y_label": "gradient"}


def history(*errors: float) -> History:
    return History(*[tuple(each / 50 for each in errors), errors] * 2)


DRAWINGS = {
    "kernel_reach": kernel_reach,
    "kernel_reach of one channel": lambda: kernel_reach(channels=1),
    "kernel_reach of three channels": lambda: kernel_reach(channels=3, side=5),
    "kernel_place": lambda: kernel_place([[2, 2, 9], [1, 2, 9.5], [2, 3, 8]], [[-1, 1], [0, 1]], 1, 0),
    "kernel_place of the largest table": lambda: kernel_place([[-12] * 7] * 7, [[10]], 6, 6),
    "shares": lambda: shares("1×1 convolutions do nearly nine tenths of the work", PARTS),
    "shares of seven kinds": lambda: shares("Seven kinds", {"MACs": dict.fromkeys("abcdefg", 1)}),
    "shares of five bars": lambda: shares(
        "Five bars", {f"network {n}": {"1×1": n, "3×3": 5} for n in range(5)}
    ),
    "curves on a log axis": lambda: curves(
        "The gradient fades", {"ReLU": [1, 0.5, 0.2], "sigmoid": [1, 1e-3, 1e-6]}, log=True, **AXES
    ),
    "five curves that end together": lambda: curves(
        "Five lines", {f"network {n}": [n, 3 + n / 100] for n in range(5)}, **AXES
    ),
    "training_curves": lambda: training_curves(
        "The deeper plain network is worse", {"residual-44": history(40, 30), "residual-14": history(70, 72)}
    ),
    "bars": lambda: bars("Most sit in fc6", {"conv1": 34_944, "fc6": 37_752_832}, "parameters"),
    "two_towers": two_towers,
    "bar_panels": lambda: bar_panels(
        "More 1×1",
        {
            "2012  AlexNet": {"layers": 0, "MACs": 0.0},
            "2020  EfficientNet-Lite0": {"layers": 65.3, "MACs": 88.2},
        },
        about="1×1 convolutions in percent of all",
        captions={"layers": "how many they are", "MACs": "what they do"},
    ),
    "bar_panels beyond the whole": lambda: bar_panels(
        "Four",
        {name: dict.fromkeys(("layers", "parameters", "MACs", "time"), 612.3) for name in "abc"},
        about="in percent of one 3×3",
        whole="one 3×3",
    ),
}
every_drawing = pytest.mark.parametrize("name", DRAWINGS)


@pytest.fixture
def made(monkeypatch) -> list[Figure]:
    """The figures that are drawn from now on."""
    kept = []

    def keep(*size):
        kept.append(new_figure(*size))
        return kept[-1]

    new_figure = figures.new_figure
    for module in (
        figures,
        photo_figures,
        *map(
            import_module,
            (
                "helpers.drawing.curves",
                "helpers.drawing.alexnet_towers",
                "helpers.drawing.bar_panels",
                "helpers.drawing.kernel_place",
            ),
        ),
    ):
        monkeypatch.setattr(module, "new_figure", keep)
    return kept


def texts(figure: Figure) -> list[Text]:
    """The texts that are drawn: not those of an axis that is switched off, nor of ticks beyond its ends."""
    found = []
    for axes in figure.axes:
        found += [*axes.texts, axes.title, axes._left_title, axes._right_title]
        if axes.get_legend():
            found += axes.get_legend().get_texts()
        if axes.axison:
            for axis in (axes.xaxis, axes.yaxis):
                labels = [label for tick in axis._update_ticks() for label in (tick.label1, tick.label2)]
                found += [axis.label, *labels]
    return [text for text in found if text.get_visible() and text.get_text()]


@every_drawing
def test_no_text_is_cut_off_and_no_two_texts_overlap(name, made):
    DRAWINGS[name]()
    [figure] = made
    boxes = [(text, text.get_window_extent()) for text in texts(figure)]
    assert len(boxes) > 3
    for text, box in boxes:
        assert box.x0 >= figure.bbox.x0, text
        assert box.x1 <= figure.bbox.x1, text
        assert box.y0 >= figure.bbox.y0, text
        assert box.y1 <= figure.bbox.y1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), (one, other)


@every_drawing
def test_nothing_touches_the_edge_of_the_picture(name):
    image = DRAWINGS[name]().image
    pixels = np.asarray(image)
    edges = (pixels[:3], pixels[-3:], pixels[:, :3], pixels[:, -3:])
    assert all((edge == 255).all() for edge in edges)


@every_drawing
def test_a_drawing_is_stored_small_and_sharp_with_its_alt_text(name):
    drawing = DRAWINGS[name]()
    data, metadata = drawing._repr_mimebundle_(include=None, exclude=None)
    png = base64.b64decode(data["image/png"])
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    assert image.size == drawing.image.size
    assert image.width == 760 * DENSITY
    assert len(png) < 80_000
    assert data["text/plain"] == repr(drawing) == drawing.alt
    width, height = image.width // DENSITY, image.height // DENSITY
    assert metadata == {"image/png": {"width": width, "height": height, "alt": drawing.alt}}


@every_drawing
def test_a_drawing_is_the_same_each_time(name):
    one, other = DRAWINGS[name](), DRAWINGS[name]()
    assert one.image.tobytes() == other.image.tobytes()
    assert one.alt == other.alt


@pytest.mark.parametrize("channels", [1, 3, 4, 8])
def test_the_kernel_s_reach_is_said_and_drawn(channels, made):
    drawing = kernel_reach(channels=channels)
    assert f"3×3 kernel reads 9 pixels × {channels} channels = {9 * channels} values" in drawing.alt
    assert f"1×1 kernel reads 1 pixel × {channels} channels = {channels} values" in drawing.alt
    for axes, kernel in zip(made[0].axes, (3, 1), strict=True):
        filled = [patch for patch in axes.patches if patch.get_hatch()]
        assert len(filled) == kernel * kernel * channels
        assert axes.get_title(loc="left") == f"{kernel}×{kernel}: {len(filled)} values in, 1 value out"


def test_shares_are_said_and_drawn_in_percent_of_their_own_bar(made):
    drawing = shares("Most work", PARTS)
    assert drawing.alt == (
        "Most work. MACs: 1×1 convolution 88.3 %, depthwise 9.4 %, everything else 2.3 %; "
        "parameters: 1×1 convolution 67.6 %, depthwise 3.2 %, everything else 29.1 %."
    )
    axes = made[0].axes[0]
    bars = np.array([[bar.get_width() for bar in kind] for kind in axes.containers])
    amounts = np.array([list(kinds.values()) for kinds in PARTS.values()]).T
    assert np.allclose(bars, 100 * amounts / amounts.sum(axis=0))
    ends = np.array([[bar.get_x() + bar.get_width() for bar in kind] for kind in axes.containers])
    assert np.allclose(ends, bars.cumsum(axis=0)), "each part begins where the one before ends"
    looks = {(bar.get_facecolor(), bar.get_hatch()) for kind in axes.containers for bar in kind}
    assert len(looks) == 3
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(PARTS["MACs"])


def test_a_narrow_first_part_has_its_number_beside_it_where_there_is_room(made):
    full, tiny = {"x": 4, "y": 48, "z": 48}, {"x": 1, "y": 999}
    shares("Few", {"wide": {"x": 3.8, "y": 96.2}, "full": full, "tiny": tiny})
    numbers = {text.get_text(): text for text in made[0].axes[0].texts}
    assert set(numbers) == {"← 3.8 %", "96.2 %", "48.0 %", "99.9 %"}
    assert numbers["← 3.8 %"].get_position()[0] > 3.8
    assert numbers["← 3.8 %"].get_ha() == "left"


def test_a_narrow_last_part_has_its_number_before_it_where_there_is_room(made):
    crowded = {"x": 79, "y": 20, "z": 1}
    shares("Few", {"wide": {"x": 99.2, "y": 0.8}, "crowded": crowded})
    numbers = {text.get_text(): text for text in made[0].axes[0].texts}
    assert set(numbers) == {"99.2 %", "0.8 % →", "79.0 %", "20.0 %"}
    assert numbers["0.8 % →"].get_position()[0] < 99.2
    assert numbers["0.8 % →"].get_ha() == "right"


def test_a_kind_that_one_bar_lacks_is_neither_said_nor_seen_there(made):
    drawing = shares("Kinds", {"a": {"x": 1}, "b": {"y": 3, "x": 1}})
    assert drawing.alt == "Kinds. a: x 100.0 %; b: y 75.0 %, x 25.0 %."
    assert [[bar.get_width() for bar in kind] for kind in made[0].axes[0].containers] == [[100, 25], [0, 75]]


def test_more_kinds_than_looks_are_refused_instead_of_left_out():
    with pytest.raises(ValueError, match=f"There are 8 kinds of part; use at most {len(LOOKS)}"):
        shares("Too many", {"bar": dict.fromkeys("abcdefgh", 1)})


def luminance(colour) -> float:
    """Relative luminance as WCAG 2 defines it, from 0 (black) to 1 (white)."""
    channels = np.asarray(colour[:3], float)
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@every_drawing
def test_the_alt_text_is_made_of_sentences_with_a_number(name):
    alt = DRAWINGS[name]().alt
    assert alt.endswith(".")
    assert re.search(r"\d", alt)
    assert "\n" not in alt


PHOTOS = {name: photo(name) for name in ("coffee", "chelsea", "astronaut")}
PREDICTIONS = {
    "coffee": [Prediction("espresso", 0.95, 967), Prediction("cup", 0.03, 968)],
    "chelsea": [Prediction("tiger cat", 0.41, 282), Prediction("Egyptian cat", 0.3, 285)],
    "astronaut": [Prediction("football helmet or the like", 0.16, 560), Prediction("bonnet", 0.0, 452)],
}


def test_each_photo_stands_above_what_the_network_says_of_it(made):
    drawing = named_photos(PHOTOS, PREDICTIONS)
    assert drawing.alt == (
        "What the network finds most probable. coffee: espresso 95 %, cup 3 %; "
        "chelsea: tiger cat 41 %, Egyptian cat 30 %; astronaut: football helmet or the like 16 %, bonnet 0 %."
    )
    # What is compared with the stored output has no digits that another computer might round otherwise.
    assert repr(drawing) == (
        "What the network finds most probable. "
        "coffee: espresso; chelsea: tiger cat; astronaut: football helmet or the like."
    )
    _, metadata = drawing._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == drawing.alt
    [figure] = made
    boxes = [(text, text.get_window_extent()) for text in texts(figure)]
    assert len(boxes) == 3 * (1 + 2 * 2)
    for text, box in boxes:
        assert figure.bbox.x0 <= box.x0 <= box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 <= box.y1 <= figure.bbox.y1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), (one, other)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    full = max(widths)
    shown = [each.probability for photo in PREDICTIONS.values() for each in photo]
    assert np.allclose(widths[::2], full)
    assert np.allclose(widths[1::2], np.multiply(full, shown))
    # A photo stands above its bars, as wide as they are.
    left, top = round(figure.axes[0].patches[4].get_x()) * DENSITY, 30 * DENSITY
    side = round(full) * DENSITY
    pasted = drawing.image.crop((left, top, left + side, top + side))
    assert np.array_equal(pasted, square(PHOTOS["chelsea"], side))


def test_a_drawing_with_a_photo_is_stored_at_one_pixel_per_css_pixel():
    drawing = Drawing(Image.new("RGB", (400, 200)), "A photo.", has_photo=True)
    data, metadata = drawing._repr_mimebundle_()
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (200, 100)
    assert metadata["image/png"]["width"] == 200


def test_the_map_beside_a_kernel_has_the_sums_that_pytorch_has_but_for_the_one_asked_for(made):
    numbers = [[2, 2, 2, 9], [1, 2, 2, 9], [2, 2, 3, 8]]
    kernel = [[-1, 0, 1], [2, 0, 1]]
    kernel_place(numbers, kernel, row=1, column=0)
    table, weights = (torch.tensor(each, dtype=torch.float32)[None, None] for each in (numbers, kernel))
    sums = [f"{value:g}" for value in torch.nn.functional.conv2d(table, weights).flatten().tolist()]
    drawn = [text.get_text().replace("−", "-") for text in made[-1].axes[0].texts]
    sums[2] = "?"
    at = drawn.index("map") + 1
    assert drawn[at : at + 4] == sums


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1] * 8], [[1]], 0, 0), "The table is 1×8; give at most 7 rows and columns."),
        (([[1]], [[1, 1]], 0, 0), "The kernel is 1×2 and the table 1×1; give a smaller one."),
        (([[1, 2]], [[1, 1]], 0, 1), "column must be a whole number from 0 to 0"),
        (("x", [[1]], 0, 0), "The table is 'x'; give a table of finite numbers"),
    ],
)
def test_a_kernel_that_has_no_such_place_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        kernel_place(*arguments)
