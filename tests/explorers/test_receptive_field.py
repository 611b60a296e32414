"""`ReceptiveFieldExplorer` shows field and gradient of the very unit that is chosen, and where they are."""

import io
import json
import random
import re
from collections import OrderedDict

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn

from helpers import ReceptiveFieldExplorer
from helpers.arithmetic import ReceptiveField, Span
from helpers.drawing.png import rendered
from helpers.drawing.style import BLUE, INK, VERMILION
from helpers.explorers import receptive_field as module
from helpers.explorers.explorer import OWN
from helpers.explorers.numbers.receptive_field import ReceptiveFieldNumbers, view_of
from helpers.explorers.pictures.receptive_field import VIRIDIS
from helpers.explorers.sources.receptive_field import LiveFields
from helpers.explorers.sources.recording import Recorded, Recorder
from helpers.images.photos import photo, photo_names
from helpers.models import build
from helpers.reading.receptive_field import receptive_field
from helpers.running.effective_field import effective_receptive_field
from helpers.running.feature_maps import layer_names
from tests.networks import browsable
from tests.seen import Seen, number

SIZE = 24
SMALL = browsable(8, 5, 7)
NETWORKS = {"small": SMALL, "other": browsable(4, 6)}
UNITS = [("2", (5, 5)), ("3", (11, 0)), ("5", (2, 3)), ("8", (0, 2)), ("0", (0, 0))]
ENLARGED = (440, 32, 760, 352)
"""Where the gradient is: left, top, right, bottom."""
FIELD = ReceptiveField(Span(8, -7, 43), Span(8, -7, 43))
SPANS = st.builds(
    lambda jump, lo, size: Span(jump, -lo, size - lo - 1),
    st.integers(1, 64),
    st.integers(0, 2000),
    st.integers(1, 4000),
)
PLAIN = settings(deadline=None, derandomize=True, max_examples=300)


def state(explorer: ReceptiveFieldExplorer) -> tuple[object, ...]:
    return explorer.numbers, explorer.svg, explorer.shown_images


def square(element) -> tuple[float, float, float, float]:
    """Where a rectangle or an image begins and ends: left, top, right, bottom."""
    x, y, width, height = (number(element, name) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def test_it_shows_the_field_and_the_gradient_of_the_chosen_unit_at_random_settings():
    explorer, draw = ReceptiveFieldExplorer(NETWORKS, photo="coffee"), random.Random(0)
    for _ in range(12):
        network = draw.choice(list(NETWORKS))
        explorer.set(network=network, photo=draw.choice(photo_names()))
        explorer.set(layer=draw.choice(explorer.layer.options))
        unit = draw.randint(0, explorer.row.max), draw.randint(0, explorer.column.max)
        explorer.set(row=unit[0], column=unit[1])
        assert explorer.status == ""
        layer, model = explorer.layer.value, NETWORKS[network]
        try:
            side = effective_receptive_field(model, layer, photo(explorer.photo.value), unit=unit).side
        except ValueError:
            side = None
        grid = explorer.row.max + 1, explorer.column.max + 1
        field = receptive_field(model, layer)
        assert explorer.numbers == ReceptiveFieldNumbers(network, layer, unit, grid, field, SIZE, side)


@PLAIN
@given(st.data(), st.text("abc.123", max_size=60), st.text("abc.123", min_size=1, max_size=60), SPANS, SPANS)
def test_the_sentence_and_what_lies_on_the_photo_at_any_setting(data, network, layer, y, x):
    grid = data.draw(st.tuples(st.integers(1, 512), st.integers(1, 512)))
    unit = tuple(data.draw(st.integers(0, count - 1)) for count in grid)
    side = data.draw(st.one_of(st.none(), st.integers(1, 4000)))
    numbers = ReceptiveFieldNumbers(network, layer, unit, grid, ReceptiveField(y, x), 224, side)
    found = "no pixel moves it" if side is None else f"95 % of its gradient within {side}×{side}"
    rest = f", unit {unit} of {grid[0]}×{grid[1]}: field {y.size}×{x.size}, {found}."
    assert numbers.sentence.endswith(rest)
    name = numbers.sentence.removesuffix(rest)
    assert name == f"{network} {layer}".strip() or (name[0] == "…" and len(numbers.sentence) <= 110)
    inside = [
        [at for at in range(lo, hi + 1) if 0 <= at < 224] for lo, hi in (y.covers(unit[0]), x.covers(unit[1]))
    ]
    if all(inside):
        (top, *_, bottom), (left, *_, right) = (2 * pixels for pixels in inside)
        assert numbers.visible == (top, left, bottom, right)
        assert numbers.on_photo == tuple(map(len, inside))
    else:
        assert (numbers.visible, numbers.on_photo) == (None, (0, 0))


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "googlenet", "efficientnet_lite0"])
def test_a_layer_s_name_is_whole_in_the_sentence(name):
    for layer in layer_names(build(name, device="meta")):
        field = ReceptiveField(Span(1, 0, 999), Span(1, 0, 999))
        numbers = ReceptiveFieldNumbers("", layer, (99, 99), (112, 112), field, 224, 224)
        assert numbers.sentence.startswith(f"{layer}, unit (99, 99)")


def test_the_words_beside_a_field_on_the_photo_and_one_that_goes_beyond():
    def numbers(unit, image_size=224, side=31):
        return ReceptiveFieldNumbers("", "features.3", unit, (27, 28), FIELD, image_size, side)

    seen = numbers((2, 4))
    assert seen.sees == "unit (2, 4) can see 51×51 pixels"
    assert (seen.moves, seen.holding) == ("95 % of what moves it: 31×31", (19, 35, 31))
    assert seen.edge == "All of the field lies on the photo."
    assert seen.enlarged == "Drawn 5.1 times as large as on the left."
    dark = numbers((2, 4), side=None)
    assert (dark.moves, dark.holding) == ("no pixel moves it on this photo", None)
    assert numbers((0, 4)).edge == "44×51 of its pixels lie on the photo; hatched: padding."
    assert numbers((4, 27)).edge == "51×15 of its pixels lie on the photo; hatched: padding."
    wide = numbers((0, 0), image_size=44)
    assert wide.edge == "The whole photo lies in the field; hatched: padding."
    assert wide.enlarged == "Drawn 1.4 times as large as on the left."


@pytest.mark.parametrize(
    ("box", "view"),
    [
        ((10, 20, 10, 20), (8, 18, 5)),
        ((100, 100, 143, 143), (95, 95, 54)),
        ((100, 50, 103, 109), (65, 43, 74)),
        ((50, 100, 109, 103), (43, 65, 74)),
        ((100, 50, 102, 53), (97, 48, 8)),
        ((200, 0, 223, 5), (192, 0, 32)),
        ((0, 200, 5, 223), (0, 192, 32)),
        ((-100, -100, 300, 300), (0, 0, 224)),
    ],
)
def test_what_is_enlarged_is_a_square_around_the_field(box, view):
    assert view_of(box, 224) == view


def test_rows_and_columns_are_those_of_the_layer_s_map():
    fields = ReceptiveFieldExplorer(SMALL)
    assert fields.layer.options == layer_names(SMALL)
    for layer, count in zip(fields.layer.options, (24, 12, 12, 6, 6, 3), strict=True):
        fields.layer.value = layer
        assert (fields.row.min, fields.row.max, fields.column.max) == (0, count - 1, count - 1)
        fields.row.value = count
        assert fields.row.value == count - 1


def test_it_starts_in_the_middle_of_the_layer_with_the_largest_field_on_the_photo():
    numbers = ReceptiveFieldExplorer(SMALL).numbers
    assert (numbers.layer, numbers.field.size) == ("8", (22, 22))
    assert numbers.unit == (1, 1)  # whose field's centre is at 12 of 24 pixels
    resnet = build("resnet20", device="cpu")
    assert ReceptiveFieldExplorer(resnet, image_size=32, layers=["layer3", "layer2.0"]).numbers.layer == (
        "layer2.0"
    )
    largest = ReceptiveFieldExplorer(resnet, image_size=32, layers=["layer3.1"])
    assert max(largest.numbers.field.size) > 32


def test_another_layer_keeps_the_place_and_coming_back_is_the_same_unit():
    fields = ReceptiveFieldExplorer(SMALL)
    fields.set(layer="0", row=3, column=20)
    before = state(fields)
    fields.layer.value = "5"
    assert fields.numbers.unit == (0, 5)
    fields.layer.value = "0"
    assert state(fields) == before


def test_another_network_keeps_layer_and_place_where_it_has_them():
    some = ReceptiveFieldExplorer(NETWORKS, layers=["8", "2", "6"])
    assert some.layer.options == ("8", "2", "6")
    some.network.value = "other"
    assert some.layer.options == ("2",)
    explorer = ReceptiveFieldExplorer(NETWORKS, layer="2", unit=(10, 2))
    explorer.network.value = "other"
    assert (explorer.numbers.layer, explorer.numbers.unit) == ("2", (10, 2))
    explorer.network.value = "small"
    explorer.layer.value = "8"
    assert (explorer.row.max, explorer.numbers.unit) == (2, (2, 0))
    explorer.network.value = "other"
    assert explorer.layer.options == layer_names(NETWORKS["other"])
    assert (explorer.numbers.layer, explorer.status) == ("5", "")
    assert explorer.network.hidden is False
    assert ReceptiveFieldExplorer(SMALL).network.hidden is True


def test_a_unit_is_measured_once():
    runs, net = [], browsable(8, 5)
    # The first layer also runs when the network is read, without numbers.
    net[0].register_forward_hook(lambda _module, _inputs, output: None if output.is_meta else runs.append(1))
    explorer = ReceptiveFieldExplorer(net)
    for row in (0, 1, 0, 1, explorer.row.max):
        explorer.row.value = row
    assert len(runs) == 4
    explorer.photo.value = "coffee"
    explorer.photo.value = "chelsea"
    assert len(runs) == 5


@pytest.mark.parametrize(("most", "live"), [(-1.0, False), (60.0, True)])
def test_sliders_wait_until_they_are_let_go_where_a_unit_takes_long(monkeypatch, most, live):
    monkeypatch.setattr(module, "SLOW", most)
    explorer = ReceptiveFieldExplorer(SMALL)
    assert (explorer.row.live, explorer.column.live) == (live, live)


def test_an_upload_goes_through_the_network():
    fields = ReceptiveFieldExplorer(SMALL)
    for seed in (0, 1):
        pixels = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        fields.upload.value = file.getvalue()
        assert fields.photo.value == OWN
        assert state(fields) == state(ReceptiveFieldExplorer(SMALL, photo=pixels))


def test_a_part_of_a_network_without_preprocessing_is_fed_at_any_size():
    part = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    assert ReceptiveFieldExplorer(part).numbers.image_size == 224
    explorer = ReceptiveFieldExplorer(part, image_size=50)
    assert (explorer.numbers.image_size, explorer.row.max) == (50, 24)


def test_without_a_network_it_is_one_with_trained_weights_and_its_stored_picture_is_small():
    explorer = ReceptiveFieldExplorer(photo="gravel", layer="blocks.8")
    assert repr(explorer).startswith("blocks.8, unit (6, 6) of 14×14: field 211×211, 95 % ")
    assert len(explorer._repr_mimebundle_()[0]["image/png"]) * 3 / 4 < 150_000
    assert len(explorer.svg) < 10_000


def test_what_was_recorded_is_shown_without_a_network():
    recorder = Recorder(LiveFields(NETWORKS, "coffee"))
    live = ReceptiveFieldExplorer(source=recorder)
    live.network.value = "other"
    seen = state(live)
    page = ReceptiveFieldExplorer(source=Recorded(json.loads(recorder.json())))
    page.network.value = "other"
    assert state(page) == seen
    page.photo.value = "gravel"
    assert page.status.startswith("This was not recorded for the page;")
    assert page.svg == live.svg


def test_what_was_recorded_has_the_layers_in_their_order_and_begins_with_the_same_one():
    convolutions = {name: nn.Conv2d(3, 3, 3, padding=1) for name in ("stem", "last", "branch")}
    recorder = Recorder(LiveFields({"": nn.Sequential(OrderedDict(convolutions))}, "coffee"))
    live = ReceptiveFieldExplorer(source=recorder)
    page = ReceptiveFieldExplorer(source=Recorded(json.loads(recorder.json())))
    assert page.layer.options == live.layer.options == tuple(convolutions)
    assert page.layer.value == live.layer.value


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"networks": {}}, r"There is no network; give at least one\."),
        ({"layer": "conv9"}, r"There is no layer 'conv9'; choose '0', '2', '3', '5', '6' or '8'\."),
        ({"layers": ["conv9"]}, r"There is no layer 'conv9'; choose .*\."),
        ({"layer": "5", "unit": (6, 0)}, r"row cannot be 6: it takes a whole number from 0 to 5\."),
        ({"layer": "5", "unit": (0, 6)}, r"column cannot be 6: it takes a whole number from 0 to 5\."),
        ({"unit": (0, -1)}, r"unit must be a whole number of at least 0, got -1"),
        ({"photo": "cofee"}, r"There is no photo 'cofee'; the nearest is 'coffee'\."),
        ({"image_size": 0}, r"image_size must be a whole number from 1 to 4096, got 0"),
        (
            {"networks": nn.Sequential(nn.AdaptiveAvgPool2d(1))},
            r"Sequential has no layer whose units see a part .*\.",
        ),
        (
            {"networks": nn.Conv2d(1, 4, 3)},
            r"The network does not accept an image of 3×224×224 at layer 'conv2d': .*\.",
        ),
        ({"networks": build("vgg11", device="meta")}, r"The VGG on device 'meta' has no weights; .*\."),
    ],
)
def test_a_wrong_start_is_an_error_in_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        ReceptiveFieldExplorer(**{"networks": SMALL, **wrong})


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_the_photo_is_as_the_network_is_fed_it_and_faded_outside_the_field():
    explorer = ReceptiveFieldExplorer(SMALL, photo="coffee", layer="5", unit=(2, 0))
    fed = np.rint(127.5 * (SMALL.preprocessing(photo("coffee"))[0].permute(1, 2, 0).numpy() + 1))
    assert np.array_equal(pixels(explorer.shown_images["photo"]), fed)
    left, top, right, _ = square(Seen(explorer.svg).elements("image")[0])
    middles = (np.arange(SIZE) + 0.5) * (right - left) / SIZE
    rows, columns = (np.floor(2 * (start + middles)).astype(int) for start in (top, left))
    picture = np.asarray(rendered(explorer.svg, explorer.shown_images, 2)).astype(int)[rows[:, None], columns]
    first_row, _, last_row, last_column = explorer.numbers.box
    inside, edge = np.zeros((2, SIZE, SIZE), bool)
    inside[first_row : last_row + 1, : last_column + 1] = True
    edge[first_row - 1 : last_row + 2, : last_column + 2] = True  # the frame runs just outside
    faded = np.rint(fed / 4 + 0.75 * 255)
    assert np.abs(picture - faded)[~edge].max() <= 1
    same = np.abs(picture - fed)[inside].max(axis=1) <= 1
    assert same.sum() >= len(same) - 4  # the dot is in the middle


@pytest.mark.parametrize(("layer", "unit"), UNITS)
def test_the_gradient_is_brightest_where_it_is_largest_over_a_trace_of_the_photo(layer, unit):
    explorer = ReceptiveFieldExplorer(SMALL, photo="coffee", layer=layer, unit=unit)
    gradient = effective_receptive_field(SMALL, layer, photo("coffee"), unit=unit).map.numpy()
    scaled = np.sqrt(gradient / np.quantile(gradient[gradient > 0], 0.99)).clip(0, 1)
    row, column, side = explorer.numbers.view
    part = slice(row, row + side), slice(column, column + side)
    colours = 255 * matplotlib.colormaps["viridis"](scaled[part])[..., :3]
    assert np.abs(pixels(explorer.shown_images["gradient"]) - colours).max() <= 4
    grey = pixels(explorer.shown_images["photo"]).mean(axis=2, keepdims=True)[part]
    assert np.abs(pixels(explorer.shown_images["grey"]) - grey).max() < 1
    _, light, trace = Seen(explorer.svg).elements("image")
    assert (square(light), square(trace), trace.get("opacity")) == (ENLARGED, ENLARGED, "0.2")


def frames(explorer: ReceptiveFieldExplorer, color: str) -> list[tuple[bool, str | None, list[float]]]:
    """Frames of a colour: if on the right, their dashes, and the first and last edge down and across."""
    row, column, side = explorer.numbers.view
    seen, found = Seen(explorer.svg), []
    enlarged = [*seen.root.iter("{http://www.w3.org/2000/svg}svg")][-1]
    for each in seen.elements("rect"):
        if each.get("stroke") == color:
            on_right = each in enlarged.iter()
            x, y, pixel, first = (
                (440, 32, 320 / side, (row, column)) if on_right else (100, 122, 224 / SIZE, (0, 0))
            )
            margin = -1.5 if color == VERMILION else 1.5
            left, top, right, bottom = square(each)
            down, across = ((top + margin, bottom - margin), (left + margin, right - margin))
            down, across = (
                [first[axis] + (edge - start) / pixel for edge in edges]
                for axis, edges, start in ((0, down, y), (1, across, x))
            )
            found.append((on_right, each.get("stroke-dasharray"), [down[0], across[0], down[1], across[1]]))
    return found


@pytest.mark.parametrize(("layer", "unit"), UNITS)
def test_the_frames_stand_around_the_field_beyond_the_photo_too(layer, unit):
    def around(top, left, bottom, right):
        return pytest.approx([top, left, bottom + 1, right + 1], abs=0.02)

    explorer = ReceptiveFieldExplorer(SMALL, layer=layer, unit=unit)
    numbers, seen = explorer.numbers, Seen(explorer.svg)
    on_photo, *dashed, enlarged = frames(explorer, BLUE)
    assert on_photo == (False, None, around(*numbers.visible))
    assert enlarged == (True, None, around(*numbers.box))
    beyond = numbers.visible != numbers.box
    assert dashed == ([(False, "6 4", around(*numbers.box))] if beyond else [])
    row, column, side = numbers.holding
    assert frames(explorer, VERMILION) == [
        (True, "2.5 2", around(row, column, row + side - 1, column + side - 1))
    ]
    top, left, bottom, right = numbers.box
    size = f"{bottom + 1 - top}×{right + 1 - left} pixels"
    assert f"the field: {size}, rows {top} to {bottom}, columns {left} to {right}" in seen.tips
    assert f"95 % of what moves it: {side}×{side} pixels" in seen.tips
    hatch = [each for each in seen.elements("path") if each.get("stroke") == "#ABABAB"]
    assert len(hatch) == beyond


def test_the_hatch_fills_the_field_as_far_as_there_is_room():
    for unit in ((0, 0), (2, 2)):
        explorer = ReceptiveFieldExplorer(SMALL, layer="8", unit=unit)
        [hatch] = [each for each in Seen(explorer.svg).elements("path") if each.get("stroke") == "#ABABAB"]
        ends = np.array(re.findall(r"[ML](\S+) ([^ML]+)", hatch.get("d")), float).reshape(-1, 2, 2)
        assert ends.sum(axis=2) % 11 == pytest.approx(0)
        assert np.allclose(np.diff(ends.sum(axis=2)[:, 0]), 11)
        top, left, bottom, right = (
            max(start + 224 / SIZE * edge, 10 if start == 100 else 32)
            for start, edge in zip(
                (122, 100, 122, 100), np.add(explorer.numbers.box, (0, 0, 1, 1)), strict=True
            )
        )
        xs, ys = ends[..., 0], ends[..., 1]
        assert (xs.min(), ys.min()) == pytest.approx((left, top), abs=0.02)
        assert (xs.max(), ys.max()) == pytest.approx((min(right, 414), min(bottom, 436)), abs=0.02)


def test_where_no_pixel_moves_a_unit_there_is_no_dotted_frame_and_no_light():
    net = browsable(8, 5)
    nn.init.constant_(net[3].bias, -99.0)  # the second ReLU is off everywhere
    explorer = ReceptiveFieldExplorer(net, layer="5")
    assert repr(explorer) == "5, unit (3, 3) of 6×6: field 10×10, no pixel moves it."
    assert frames(explorer, VERMILION) == []
    assert (pixels(explorer.shown_images["gradient"]) == (68, 1, 84)).all()
    explorer.layer.value = "2"
    assert explorer.numbers.side in range(1, 5)
    assert len(frames(explorer, VERMILION)) == 1


@pytest.mark.parametrize(("layer", "unit"), [*UNITS, ("0", (23, 12))])
def test_the_unit_is_black_in_the_map(layer, unit):
    explorer = ReceptiveFieldExplorer(SMALL, layer=layer, unit=unit)
    seen, count = Seen(explorer.svg), explorer.numbers.grid[0]
    cell = seen.tip(f"unit {unit} of {count}×{count}")
    left, top, right, bottom = square(cell)
    assert cell.get("fill") == INK
    length = max(74 / count, 6)  # in a map of many units the mark is wider than its unit
    assert (right - left, bottom - top) == pytest.approx((length, length), abs=0.02)
    for start, edge, at in ((left, 440, unit[1]), (top, 362, unit[0])):
        middle = edge + 74 * (at + 0.5) / count
        assert edge <= start <= edge + 74 - length + 0.01
        assert abs(start + length / 2 - middle) <= max((6 - 74 / count) / 2, 0) + 0.01
    grid = [each.get("d") for each in seen.elements("path") if "h74" in each.get("d")]
    assert [d.count("h74") + d.count("v74") for d in grid] == ([] if count > 16 else [2 * count - 2])


def nearest_units(field: ReceptiveField, grid: tuple[int, int], down: float, across: float) -> set:
    """The units whose centres are nearest to a place on the photo, in pixels, found by trying all."""
    found = []
    for span, at, count in ((field.y, down, grid[0]), (field.x, across, grid[1])):
        far = [abs((first + last + 1) / 2 - at) for first, last in map(span.covers, range(count))]
        found.append([unit for unit in range(count) if far[unit] <= min(far) + 1e-3])
    return {(each, other) for each in found[0] for other in found[1]}


@pytest.mark.parametrize("which", [0, 1])
def test_a_press_on_either_picture_chooses_the_unit_whose_centre_is_nearest(which):
    explorer, draw = ReceptiveFieldExplorer(SMALL), random.Random(0)
    for layer in 3 * explorer.layer.options:
        explorer.layer.value = layer
        pads = [each for each in Seen(explorer.svg).drags() if each[0].get("fill") == "transparent"]
        pads = [each for each in pads if each[0].get("class") is None][2 * which : 2 * which + 2]
        row, column, side = explorer.numbers.view if which else (0, 0, SIZE)
        place, values = {}, {}
        for (pad, control, start, end, low, high), axis, first in zip(
            pads, (0, 1), (column, row), strict=True
        ):
            share, edges = draw.random(), square(pad)[axis::2]
            at = edges[0] + share * (edges[1] - edges[0])
            values[control] = low + (at - start) / (end - start) * (high - low)
            place[control] = first + share * side
        expected = nearest_units(explorer.numbers.field, explorer.numbers.grid, place["row"], place["column"])
        explorer.point(values)
        assert explorer.numbers.unit in expected


def test_the_field_can_be_dragged_by_its_middle_and_the_unit_in_the_map():
    seen = Seen(ReceptiveFieldExplorer(SMALL, layer="5", unit=(1, 4)).svg)
    grip, unit = (each for each in seen.root.iter() if each.get("class") == "handle")
    field = receptive_field(SMALL, "5")
    centre = 100 + 224 * field.x.centre(4) / SIZE, 122 + 224 * field.y.centre(1) / SIZE
    [dot] = [each for each in seen.elements("circle") if each.get("fill") == BLUE]
    for each in (grip, dot):
        assert (number(each, "cx"), number(each, "cy")) == pytest.approx(centre, abs=0.02)
    assert [each[1:4] for each in map(tuple, seen.drags()) if each[0] is grip] == [
        ("column", 100, 324), ("row", 122, 346)
    ]  # fmt: skip
    assert [each[1:] for each in map(tuple, seen.drags()) if each[0] is unit] == [
        ("column", 440, 514, -0.5, 5.5), ("row", 362, 436, -0.5, 5.5)
    ]  # fmt: skip
    small = Seen(ReceptiveFieldExplorer(SMALL, layer="0").svg)  # a dot would hide what it is in
    assert [each for each in small.elements("circle") if each.get("fill") == BLUE] == []


def test_the_colours_of_the_legend_are_those_of_the_gradient():
    ramp = [
        matplotlib.colors.to_hex(matplotlib.colormaps["viridis"](share)) for share in np.linspace(0, 1, 9)
    ]
    assert list(VIRIDIS) == ramp
    words = Seen(ReceptiveFieldExplorer(SMALL, layer="5").svg).words
    assert words[2:6] == [
        *("5: 6×6 units", "what it can see", "holds 95 % of what moves it", "from no effect to most")
    ]


def test_no_text_is_cut_or_covers_another_with_the_longest_name_and_the_largest_numbers():
    name = "denseblock4denselayer16convolution2wide"
    part = nn.Sequential()
    part.add_module(name, nn.Conv2d(3, 2, 3, dilation=500, padding=500))
    explorer = ReceptiveFieldExplorer(part, layer=name, unit=(223, 223))
    for row, column in ((223, 223), (0, 100)):
        explorer.set(row=row, column=column)
        seen = Seen(explorer.svg)
        assert seen.in_the_way() == []
        [shown] = [words for words in seen.words if words.endswith(": 224×224 units")]
        assert shown[0] == "…"
        assert name.endswith(shown[1:].split(":")[0])
        assert len(explorer.numbers.sentence) <= 110
