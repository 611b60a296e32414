"""An explorer in a page shows what it shows in Jupyter, and takes from inputs and links what it can take."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from helpers import ReductionExplorer
from helpers.explorers.explorer import OWN
from helpers.explorers.page import PageExplorer, opened
from helpers.explorers.sources.plain_photos import PlainPhotos, png
from helpers.explorers.sources.pooling import GreyPhotos
from tests.all_explorers import EXPLORERS, made, shuffle
from tools.live import recorded, settings_of


def page_of(live) -> PageExplorer:
    sources = {parameter: json.loads(text) for parameter, text in live.recordings.items()}
    return PageExplorer(live.kind, {"sources": sources, "tour": live.tour}, live.settings, {})


def state(page: PageExplorer) -> dict:
    return json.loads(page.state())


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_page_shows_what_jupyter_shows_wherever_it_goes(name):
    explorer = made(name)
    rng = np.random.default_rng(7)
    shuffle(explorer, rng)
    live = recorded(explorer)
    page = page_of(live)
    for _ in range(8):
        shown = state(page)
        explorer.set(**settings_of(page.explorer))
        assert (shown["sentence"], shown["svg"]) == (explorer.numbers.sentence, explorer.svg)
        inputs = [each for each in shown["controls"] if not each["hidden"] and each["kind"] != "upload"]
        control = inputs[rng.integers(len(inputs))]
        if control["kind"] == "slider":
            steps = int((control["max"] - control["min"]) / control["step"] + 1e-9)
            value = control["min"] + int(rng.integers(steps + 1)) * control["step"]
        elif control["kind"] == "choice":
            value = rng.choice(control["options"])
        else:
            value = rng.choice(["true", "false"])
        again = json.loads(page.change(control["name"], str(value)))
        assert again["status"] == "" or name == "NetworkComparison"  # one family always stays
        if not live.tour or control["name"] not in live.tour[0]:
            [now] = [each["value"] for each in again["controls"] if each["name"] == control["name"]]
            assert float(now) == pytest.approx(float(value)) if control["kind"] == "slider" else now == value


def test_inputs_have_what_the_controls_are():
    [kernel, *_] = state(PageExplorer(ReductionExplorer, {}, {"kernel_size": 5}, {}))["controls"]
    assert kernel == {
        "name": "kernel_size", "label": "kernel size", "hidden": False, "kind": "slider",
        "min": 1, "max": 11, "step": 2, "value": "5", "shown": "5",
    }  # fmt: skip


def test_a_link_sets_what_is_not_as_in_the_lesson():
    page = PageExplorer(ReductionExplorer, {}, {"kernel_size": 5}, {"in_channels": "96"})
    assert state(page)["link"] == {"in_channels": "96"}
    assert page.explorer.in_channels.value == 96
    page.change("kernel_size", "7")
    assert state(page)["link"] == {"kernel_size": "7", "in_channels": "96"}
    assert json.loads(page.reset())["link"] == {}
    assert page.explorer.kernel_size.value == 5


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"kernel_size": "banana"}, "kernel size cannot be 'banana': it takes an odd number from 1 to 11."),
        (
            {"kernel_size": "999"},
            "kernel size cannot be 999: it takes an odd number from 1 to 11; 11 is used.",
        ),
        ({"kernel": "3"}, "There is no control 'kernel'; the nearest is 'kernel_size'."),
        ({"in_channels": "nan"}, "in channels cannot be 'nan': it takes a whole number"),
    ],
)
def test_nonsense_in_a_link_gets_the_lesson_s_settings_and_a_sentence(link, sentence):
    shown = json.loads(
        opened(
            "helpers.explorers.reduction", "ReductionExplorer", "{}", '{"kernel_size": 5}', json.dumps(link)
        ).state()
    )
    assert shown["status"].startswith(f"The link cannot be followed. {sentence}")
    assert shown["link"] == {}
    assert shown["controls"][0]["value"] == "5"


def test_what_was_not_recorded_goes_to_the_nearest_that_was():
    explorer = made("ReceptiveFieldExplorer")
    live = recorded(explorer)
    page = page_of(live)
    rows = sorted({setting["row"] for setting in live.tour if setting["layer"] == live.settings["layer"]})
    assert 1 < len(rows) <= 4
    shown = json.loads(page.change("row", str(rows[0] + (1 if rows[1] - rows[0] > 2 else 0))))
    assert [each["value"] for each in shown["controls"] if each["name"] == "row"] == [str(rows[0])]
    photos = next(each for each in shown["controls"] if each["name"] == "photo")
    assert photos["options"] == [live.settings["photo"]]


@pytest.mark.parametrize("name", ["PixelMixer", "PoolingExplorer", "AugmentationExplorer"])
def test_a_picture_of_the_learner_s_own_is_shown_and_stays_out_of_links(name):
    page = page_of(recorded(made(name)))
    before = state(page)
    assert [each["kind"] for each in before["controls"] if each["name"] == "upload"] == ["upload"]
    asked = []

    def pixels(size: int) -> memoryview:
        asked.append(size)
        return memoryview(bytes([10, 200, 30] * size * size))

    shown = json.loads(page.upload(pixels))
    assert asked, "the browser's pixels were asked for"
    assert shown["status"] == ""
    photo = next(each for each in shown["controls"] if each["name"] == "photo")
    assert photo["value"] == OWN
    assert OWN in photo["options"]
    assert "photo" not in shown["link"]
    assert shown["images"], "its pictures are new"
    slider = next(each for each in shown["controls"] if each["kind"] == "slider")
    moved = json.loads(page.change(slider["name"], str(slider["max"])))
    assert [each["value"] for each in moved["controls"] if each["name"] == "photo"] == [OWN], "it stays"
    back = json.loads(page.change("photo", photo["options"][0]))
    assert back["status"] == ""
    assert [each["value"] for each in back["controls"] if each["name"] == "photo"] == [photo["options"][0]]


def test_what_needs_a_network_takes_no_picture_in_a_page():
    controls = state(page_of(recorded(made("FeatureMapExplorer"))))["controls"]
    assert "upload" not in [each["name"] for each in controls]


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (55, 55, 3), dtype=np.uint8)


def opened_png(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_a_png_has_its_pixels(pixels):
    assert (opened_png(png(pixels.tobytes(), 55, 3)) == pixels).all()
    assert (opened_png(png(pixels[..., 0].tobytes(), 55, 1)) == pixels[..., 0]).all()


@pytest.mark.parametrize("kind", ["max", "average"])
def test_plain_python_makes_of_a_photo_what_pillow_and_numpy_make(pixels, kind):
    live = GreyPhotos(Image.fromarray(pixels))
    plain = PlainPhotos(live)
    assert plain.grey(OWN, 55) == live.grey(OWN, 55)
    assert (opened_png(plain.grey_png(OWN, 55)) == opened_png(live.grey_png(OWN, 55))).all()
    assert (opened_png(plain.png(OWN, 55)) == opened_png(live.png(OWN, 55))).all()
    for window, stride in ((3, 2), (2, 2), (8, 1)):
        ours, theirs = (each.pooled_png(OWN, 55, window, stride, kind) for each in (plain, live))
        assert (opened_png(ours) == opened_png(theirs)).all()


def test_a_learner_s_own_picture_is_a_function_of_its_pixels(pixels):
    plain = PlainPhotos(GreyPhotos("coffee"))
    before = plain.names()
    plain.add(lambda size: pixels[:size, :size].tobytes())
    assert plain.names() == (*before, OWN)
    assert plain.rgb(OWN, 40) == pixels[:40, :40].tobytes()
