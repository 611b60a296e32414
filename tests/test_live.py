"""Whatever is done to an explorer, its numbers, its sentence and its picture agree, and nothing is raised."""

import base64
import html
import io
import random

import ipywidgets as widgets
import numpy as np
import pytest
import torch
from PIL import Image

from helpers.drawing.matplotlib_style import DENSITY
from helpers.explorers import live
from helpers.explorers.controls import Choice, FloatSlider
from helpers.explorers.live import Explorer
from helpers.explorers.pixel_mixer import PixelMixer
from helpers.explorers.reduction import ReductionExplorer
from tests.learner import is_one_sentence

EXPLORERS = [ReductionExplorer, PixelMixer]
LARGEST = {ReductionExplorer: 80_000, PixelMixer: 120_000}
every_explorer = pytest.mark.parametrize("kind", EXPLORERS)

NONSENSE = [
    "three", None, float("nan"), float("inf"), True, [], {}, 1j, "x" * 1000, object(), Explorer,
    np.zeros((9, 9)), np.float32("nan"), torch.tensor([1, 2]), torch.tensor(float("nan")),
]  # fmt: skip


def moved(explorer: Explorer) -> dict[str, widgets.ValueWidget]:
    """The controls that take a number or a name."""
    return {name: control for name, control in explorer.controls.items() if name != "upload"}


def values(explorer: Explorer) -> dict[str, object]:
    return {name: control.value for name, control in moved(explorer).items()}


def state(explorer: Explorer) -> tuple[object, ...]:
    """All that a learner sees of an explorer, its status line aside."""
    picture = explorer.picture
    return explorer.numbers, repr(explorer), picture.data, picture.alt, explorer._image.tobytes()


def fresh(explorer: Explorer) -> Explorer:
    """A new explorer that never had other values than this one has now."""
    now = values(explorer)
    if isinstance(explorer, ReductionExplorer):
        return ReductionExplorer(**now)
    new = PixelMixer(now.pop("photo"), preset=now.pop("preset"), pixel=(now.pop("row"), now.pop("column")))
    new.set(**now)
    return new


def any_value(control: widgets.ValueWidget, draw: random.Random) -> object:
    if isinstance(control, Choice):
        return draw.choice(control.options)
    if isinstance(control, FloatSlider):
        return draw.choice([control.min, control.max, round(draw.uniform(control.min, control.max), 2)])
    return draw.choice(range(control.min, control.max + 1, control.step))


def size_of(explorer: Explorer) -> list[int]:
    """How much an explorer has made: artists, observers, and widgets altogether."""
    listeners = (len(each) for w in explorer.controls.values() for each in w._trait_notifiers.values())
    picture = explorer.picture._trait_notifiers.values()
    return [
        len(explorer._figure.figure.findobj()),
        len(explorer._figure._artists),
        len(explorer._figure._texts),
        sum(listeners),
        sum(map(len, picture)),
        len(widgets.widget._instances),
    ]


@every_explorer
def test_300_settings_leave_no_trace_in_the_next_picture(kind):
    draw, explorer = random.Random(0), kind()
    explorer.set(**values(explorer))
    before = size_of(explorer)
    for number in range(300):
        name, control = draw.choice(list(moved(explorer).items()))
        control.value = any_value(control, draw)
        assert explorer.status == "", (name, control.value)
        assert len(repr(explorer)) <= 110
        if number % 25 == 24:
            assert size_of(explorer) == before
            new = fresh(explorer)
            assert state(explorer) == state(new), values(explorer)
            before = size_of(explorer)


@every_explorer
def test_what_is_stored_holds_the_widget_the_sentence_and_a_small_picture_with_alt_text(kind):
    explorer = kind()
    data, metadata = explorer._repr_mimebundle_(include=None, exclude=None)
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    assert data["text/plain"] == repr(explorer) == explorer.numbers.sentence
    assert is_one_sentence(data["text/plain"])
    png = base64.b64decode(data["image/png"])
    assert len(png) < LARGEST[kind]
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    width, height = explorer.picture.width, explorer.picture.height
    density = 1 if explorer.has_photo else DENSITY
    assert image.size == (width * density, height * density)
    assert metadata == {"image/png": {"width": width, "height": height, "alt": explorer.alt}}
    shown = Image.open(io.BytesIO(explorer.picture.data))
    assert (shown.format, shown.size) == ("JPEG", (width * DENSITY, height * DENSITY))
    assert explorer.picture.alt == explorer.alt


@every_explorer
def test_nonsense_is_one_sentence_and_changes_nothing_and_the_next_good_setting_clears_it(kind):
    explorer = kind()
    draw, before = random.Random(1), (values(explorer), state(explorer))
    for nonsense in NONSENSE:
        for name, control in draw.sample(list(moved(explorer).items()), k=2):
            control.value = nonsense
            assert (values(explorer), state(explorer)) == before, (name, nonsense)
            assert is_one_sentence(explorer.status), explorer.status
    name, control = next((n, c) for n, c in moved(explorer).items() if not isinstance(c, Choice))
    control.value = control.max - 2
    assert explorer.status == ""
    assert state(explorer) == state(fresh(explorer))


@every_explorer
def test_a_setting_out_of_bounds_goes_to_the_nearest_says_so_and_is_drawn(kind):
    explorer = kind()
    for name, control in moved(explorer).items():
        if isinstance(control, Choice):
            continue
        for beyond, nearest in ((10**30, control.max), (-(10**30), control.min)):
            control.value = beyond
            assert control.value == nearest, name
            assert is_one_sentence(explorer.status)
            assert explorer.status.endswith(f"{nearest} is used.")
    assert state(explorer) == state(fresh(explorer))


@every_explorer
@pytest.mark.parametrize(
    ("part", "error", "sentence"),
    [
        ("compute", ValueError("That cannot be <drawn> & shown."), "That cannot be <drawn> & shown."),
        ("draw", RuntimeError("out of memory"), "RuntimeError: out of memory"),
        ("respond", KeyError("conv1"), "KeyError: 'conv1'"),
        ("encode", OSError("broken data stream"), "OSError: broken data stream"),
    ],
)
def test_an_error_is_a_sentence_and_the_last_good_picture_stays(kind, part, error, sentence, monkeypatch):
    explorer = kind()
    name, control = next((n, c) for n, c in moved(explorer).items() if not isinstance(c, Choice))
    control.value = 1
    before = state(explorer)

    def fail(*_args, **_kwargs):
        raise error

    with monkeypatch.context() as broken:
        if part == "encode":
            broken.setattr(live, "encode_live", fail)
        else:
            broken.setattr(explorer, part, fail)
        control.value = 2 if isinstance(control, FloatSlider) else 9
        assert explorer.status == sentence
        assert "<drawn>" not in explorer._status.value
        if part != "respond":
            assert state(explorer) == before
        explorer.set(**{name: 1.5 if isinstance(control, FloatSlider) else 7})
        assert explorer.status == sentence
    control.value = 0.5 if isinstance(control, FloatSlider) else 5
    assert explorer.status == ""
    assert state(explorer) == state(fresh(explorer))


def test_a_drawing_that_breaks_off_half_way_leaves_no_half_picture(monkeypatch):
    explorer = ReductionExplorer()
    before = state(explorer)
    with monkeypatch.context() as broken:
        broken.setattr(explorer, "_draw_line", lambda numbers: 1 / 0)
        explorer.kernel_size.value = 11
        assert state(explorer) == before
    explorer.kernel_size.value = 9
    assert state(explorer) == state(fresh(explorer))


def pictures(explorer: Explorer) -> list[bytes]:
    """The pictures that are sent from now on."""
    sent = []
    explorer.picture.observe(lambda change: sent.append(change["new"]), names="data")
    return sent


def test_set_moves_several_controls_and_draws_once():
    explorer = ReductionExplorer()
    sent = pictures(explorer)
    explorer.set(kernel_size=5, in_channels=64, out_channels=256)
    assert len(sent) == 1
    assert explorer.numbers.direct.weights == 5 * 5 * 64 * 256
    assert state(explorer) == state(fresh(explorer))


@pytest.mark.parametrize("order", [1, -1])
def test_set_lets_a_control_go_as_far_as_the_other_controls_will_then_allow(order):
    explorer = ReductionExplorer(in_channels=128)
    explorer.set(**dict([("in_channels", 512), ("reduced_channels", 400)][::order]))
    assert (explorer.numbers.in_channels, explorer.numbers.reduced_channels) == (512, 400)
    assert explorer.status == ""


def test_set_takes_what_is_right_and_says_what_is_not():
    explorer = ReductionExplorer()
    explorer.set(kernel_size="five", out_channels=64)
    assert (explorer.numbers.kernel_size, explorer.numbers.out_channels) == (3, 64)
    assert explorer.status == "kernel size cannot be 'five': it takes an odd number from 1 to 11."
    explorer.set(kernel_size=5)
    assert explorer.status == ""


def test_set_of_an_unknown_control_names_the_nearest_and_moves_nothing():
    explorer = ReductionExplorer()
    before = state(explorer)
    with pytest.raises(
        ValueError, match=r"^There is no control 'kernal_size'; the nearest is 'kernel_size'\.$"
    ):
        explorer.set(in_channels=64, kernal_size=5)
    assert state(explorer) == before


def test_a_change_that_needs_other_controls_to_follow_is_drawn_once():
    explorer = ReductionExplorer(in_channels=256, reduced_channels=200)
    sent = pictures(explorer)
    explorer.in_channels.value = 64
    assert len(sent) == 1
    mixer = PixelMixer(preset="identity")
    sent = pictures(mixer)
    mixer.preset.value = "sepia"
    assert len(sent) == 1


@every_explorer
def test_a_message_from_the_page_does_what_code_does(kind):
    explorer, other = kind(), kind()
    for name, control in moved(explorer).items():
        if isinstance(control, Choice):
            control.set_state({"index": 1})
            other.controls[name].value = control.options[1]
        else:
            control.set_state({"value": control.max})
            other.controls[name].value = control.max
        assert state(explorer) == state(other), name


def test_a_page_gets_the_pixels_it_has_and_one_on_a_denser_screen_gets_the_rest_at_once():
    explorer, dense_at_once = ReductionExplorer(), ReductionExplorer()
    sent, never = pictures(explorer), pictures(dense_at_once)
    dense_at_once.picture.dense = True
    explorer.picture.dense = False
    assert sent == never == []  # what is there already is enough
    explorer.out_channels.value = 64
    explorer.picture.dense = True
    explorer.out_channels.value = 256
    width, height = explorer.picture.width, explorer.picture.height
    whole = (width * DENSITY, height * DENSITY)
    assert [Image.open(io.BytesIO(data)).size for data in sent] == [(width, height), whole, whole]
    assert sent[1] == ReductionExplorer(out_channels=64).picture.data


def test_the_sentence_is_there_when_the_picture_comes():
    explorer, said = ReductionExplorer(), []
    explorer.picture.observe(lambda change: said.append(explorer.children[2].value), "data")
    explorer.out_channels.value = 64
    assert said == [f"<b>{html.escape(explorer.numbers.sentence)}</b>"]


def test_the_status_line_escapes_what_was_typed_and_is_read_out():
    explorer = PixelMixer()
    explorer.photo.value = "<img src=x onerror=alert(1)>"
    assert "<img" not in explorer._status.value
    assert 'role="status"' in explorer._status.value
    assert explorer.status.startswith("There is no photo '<img src=x onerror=alert(1)>'; choose")


@every_explorer
def test_every_control_is_an_attribute_with_a_label(kind):
    explorer = kind()
    for name, control in explorer.controls.items():
        assert getattr(explorer, name) is control
        assert control.description
    assert explorer.picture in explorer.children
