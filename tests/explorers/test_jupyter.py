"""An explorer's widgets show what it shows, and a message from the page does what code does."""

import base64
import io

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from helpers.drawing.png import DENSITY
from helpers.explorers.jupyter import View
from helpers.explorers.pixel_mixer import PixelMixer
from helpers.explorers.reduction import ReductionExplorer
from tests.all_explorers import EXPLORERS, made, shuffle


def shown(explorer) -> View:
    """The explorer's widgets, as its cell makes them."""
    explorer._repr_mimebundle_()
    return explorer.view


def agrees(view: View) -> bool:
    """Whether every widget shows its control, and the picture what the explorer shows."""
    explorer = view.explorer
    for name, control in explorer.controls.items():
        widget = view.widgets[name]
        assert widget.description == control.label
        if isinstance(widget, widgets.FileUpload):
            continue
        assert widget.value == pytest.approx(control.value)
        for bound in ("min", "max", "step", "options"):
            assert getattr(widget, bound, None) == getattr(control, bound, None), name
        assert (widget.layout.display == "none") == control.hidden
    content = view.picture.content
    shown = {"svg": explorer.svg, "sentence": repr(explorer), "status": explorer.status}
    assert content == shown | {"images": content["images"]}
    assert {
        name: getattr(view.picture, f"image_{name}") for name in explorer.shown_images
    } == explorer.shown_images
    return True


@pytest.mark.parametrize("name", EXPLORERS)
def test_widgets_and_picture_follow_whatever_moves(name, rng):
    explorer = made(name)
    view = shown(explorer)
    assert agrees(view)
    for _ in range(25):
        shuffle(explorer, rng)
        assert agrees(view)


def test_a_message_from_the_page_does_what_code_does():
    explorer, other = ReductionExplorer(), ReductionExplorer()
    view = shown(explorer)
    view.widgets["kernel_size"].set_state({"value": 7})
    other.kernel_size.value = 7
    assert (explorer.svg, explorer.numbers) == (other.svg, other.numbers)
    mixer = PixelMixer()
    shown(mixer).widgets["preset"].set_state({"index": 2})
    assert mixer.preset.value == "grey"
    assert mixer.red_from_green.value == 0.59
    assert agrees(mixer.view)


def test_what_is_typed_in_the_page_and_refused_goes_back_to_what_it_was():
    explorer = ReductionExplorer()
    view = shown(explorer)
    view.widgets["kernel_size"].set_state({"value": 4})
    assert explorer.status == "kernel size cannot be 4: it takes an odd number from 1 to 11."
    assert agrees(view)


def test_what_is_pointed_at_in_the_page_sets_controls_each_time():
    explorer = ReductionExplorer()
    view = shown(explorer)
    view.picture.set_state({"pointed": {"values": {"reduced_channels": 63.7}, "turn": "1"}})
    assert explorer.reduced_channels.value == 64
    explorer.reduced_channels.value = 10
    view.picture.set_state({"pointed": {"values": {"reduced_channels": 63.7}, "turn": "2"}})
    assert explorer.reduced_channels.value == 64
    assert agrees(view)


def test_an_upload_in_the_page_becomes_the_photo(png_of):
    mixer = PixelMixer()
    file = {"name": "mine.png", "type": "image/png", "size": 9, "last_modified": 1_700_000_000_000}
    shown(mixer).widgets["upload"].set_state({"value": [{**file, "content": memoryview(png_of("red"))}]})
    assert mixer.numbers.before == (1, 0, 0)
    assert agrees(mixer.view)


def test_an_image_is_sent_when_it_changes_and_else_not(monkeypatch):
    mixer = PixelMixer()
    view, sent = shown(mixer), []
    monkeypatch.setattr(view.picture, "send_state", lambda key: sent.append(set(key)) if key else None)
    mixer.red_bias.value = 0.25
    mixer.photo.value = "chelsea"
    assert sent == [{"content"}, {"content", "image_photo"}]


def test_another_image_is_shown_also_where_the_svg_stays_as_it_is():
    mixer = PixelMixer(np.full((9, 9, 3), 40, np.uint8))
    view, told = shown(mixer), []
    view.picture.observe(lambda change: told.append(change["new"]), "content")
    changed = np.full((9, 9, 3), 40, np.uint8)
    changed[0, 0] = 200  # not the pixel whose numbers are shown
    buffer = io.BytesIO()
    Image.fromarray(changed).save(buffer, "PNG")
    before = mixer.svg
    mixer.upload.value = buffer.getvalue()
    assert mixer.svg == before
    assert len(told) == 1
    assert view.picture.image_photo == mixer.shown_images["photo"]


def test_a_setting_that_moves_nothing_sends_nothing(monkeypatch):
    explorer = ReductionExplorer()
    view, sent = shown(explorer), []
    for widget in (view.picture, *view.widgets.values()):
        monkeypatch.setattr(widget, "send_state", lambda key: sent.append(key) if key else None)
    explorer.kernel_size.value = 3
    assert sent == []


@pytest.mark.parametrize(
    ("kind", "density", "most"), [(ReductionExplorer, DENSITY, 80_000), (PixelMixer, 1, 120_000)]
)
def test_what_is_stored_is_the_widget_the_sentence_and_a_small_picture_with_words(kind, density, most):
    explorer = kind()
    data, metadata = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.view.box.model_id
    assert data["text/plain"] == repr(explorer)
    png = base64.b64decode(data["image/png"])
    assert len(png) < most
    width, height = explorer.size
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.size) == ("PNG", (width * density, height * density))
    assert metadata == {"image/png": {"width": width, "height": height, "alt": explorer.alt}}


def test_shown_twice_it_is_the_same_widget_and_one_that_is_never_shown_makes_none():
    before = len(widgets.widget._instances)
    explorer = ReductionExplorer()
    explorer.kernel_size.value = 5
    assert len(widgets.widget._instances) == before
    first, _ = explorer._repr_mimebundle_()
    second, _ = explorer._repr_mimebundle_()
    view = "application/vnd.jupyter.widget-view+json"
    assert first[view]["model_id"] == second[view]["model_id"]
