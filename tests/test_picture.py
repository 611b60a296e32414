"""A picture reaches the page whole, and is stored small, the same on every computer."""

import base64
import io
from itertools import product
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.font_manager import FontProperties, findfont
from PIL import Image, ImageChops, ImageDraw, ImageFont

from helpers.drawing import picture
from helpers.drawing.live_figure import LiveFigure, _Font
from helpers.drawing.matplotlib_style import DENSITY, new_figure, styled
from helpers.drawing.picture import Picture, display_bundle, encode_live, encode_saved
from helpers.drawing.style import BLUE, INK
from helpers.images.photos import photo, square

RNG = np.random.default_rng(0)
SMOOTH = Image.fromarray(RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)).resize(
    (360, 240), Image.Resampling.BICUBIC
)


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def farthest(one: Image.Image, other: Image.Image) -> int:
    """The largest difference between two pictures, in grey levels of one channel."""
    return max(
        high for _, high in ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    )


def test_the_page_gets_a_jpeg_of_full_size_that_looks_the_same():
    shown = decoded(encode_live(SMOOTH))
    assert (shown.format, shown.size) == ("JPEG", SMOOTH.size)
    assert farthest(shown, SMOOTH) <= 12
    # The browser is told the type in picture.js; the two must agree.
    assert 'type: "image/jpeg"' in Path(picture.__file__).with_name("picture.js").read_text()


def test_a_page_with_one_pixel_per_css_pixel_gets_a_quarter_of_the_pixels_and_all_of_their_colour():
    red = Image.new("RGB", SMOOTH.size, "white")
    red.paste("#D00000", (100, 0, 102, SMOOTH.height))  # one CSS pixel wide
    for drawn in (SMOOTH, red):
        shown = decoded(encode_live(drawn, dense=False))
        assert (shown.format, shown.size) == ("JPEG", tuple(side // DENSITY for side in drawn.size))
        assert farthest(shown, drawn.reduce(DENSITY)) <= 12


def test_what_any_page_needs_is_kept():
    shown = Picture(width=10, height=10)
    seen = [shown.dense]
    for content in ({"dense": False}, {"other": True}, "dense", {"dense": True}, {"dense": False}):
        shown._handle_custom_msg(content, [])
        seen.append(shown.dense)
    assert seen == [None, False, False, False, True, True]


def test_a_stored_drawing_keeps_its_pixels_and_its_few_colours():
    drawing = Image.new("RGB", (600, 400), "white")
    drawing.paste("#D55E00", (50, 50, 300, 200))
    drawing.paste("#0072B2", (300, 200, 550, 350))
    stored = decoded(encode_saved(drawing, has_photo=False))
    assert (stored.format, stored.size) == ("PNG", drawing.size)
    assert farthest(stored, drawing) <= 2
    assert len(encode_saved(drawing, has_photo=False)) < 3_000


def test_a_stored_photo_has_one_pixel_per_css_pixel_and_close_colours():
    coffee = square(photo("coffee"), 600)
    data = encode_saved(coffee, has_photo=True)
    stored = decoded(data)
    assert (stored.format, stored.size) == ("PNG", (600 // DENSITY, 600 // DENSITY))
    difference = ImageChops.difference(
        stored.convert("RGB"), coffee.resize(stored.size, Image.Resampling.BOX)
    )
    assert np.asarray(difference).mean() < 6
    assert len(data) < 60_000


def test_a_small_patch_of_a_photo_keeps_its_colours_beside_a_wide_pale_one():
    wide = Image.blend(square(photo("chelsea"), 600), Image.new("RGB", (600, 600), "white"), 0.8)
    patch = square(photo("chelsea"), 600).crop((250, 250, 310, 310))
    wide.paste(patch, (250, 250))
    stored = decoded(encode_saved(wide, has_photo=True)).convert("RGB").crop((125, 125, 155, 155))
    assert farthest(stored, patch.resize((30, 30), Image.Resampling.BOX)) < 50


@pytest.mark.parametrize("has_photo", [True, False])
def test_a_picture_with_a_palette_is_stored_too(has_photo):
    palette = SMOOTH.quantize(200)
    assert farthest(decoded(encode_saved(palette, has_photo=False)), palette) == 0
    size = palette.size if not has_photo else (palette.width // DENSITY, palette.height // DENSITY)
    assert decoded(encode_saved(palette, has_photo=has_photo)).size == size


def test_jupyter_is_told_the_size_in_css_pixels_and_the_alt_text():
    data, metadata = display_bundle(b"png", "Nine weights.", 760, 300)
    assert base64.b64decode(data["image/png"]) == b"png"
    assert metadata == {"image/png": {"width": 760, "height": 300, "alt": "Nine weights."}}


def test_the_bytes_and_their_alt_text_change_in_one_message():
    shown, sent = Picture(width=10, height=10), []
    shown._send = lambda message, buffers=None: sent.append((message, buffers))
    shown.show(b"new", "A new picture.")
    [(message, buffers)] = sent
    assert message["state"]["alt"] == "A new picture."
    assert [bytes(each) for each in buffers] == [b"new"]
    assert message["buffer_paths"] == [["data"]]


def test_the_page_script_is_loaded_from_the_file_beside_the_module():
    script = Path(picture.__file__).with_name("picture.js").read_text()
    assert str(Picture(width=1, height=1)._esm) == script
    for name in ("data", "alt", "width", "height", "clickable", "clicked"):
        assert f'"{name}"' in script or f"change:{name}" in script, name


def bar_figure() -> tuple[LiveFigure, object, object]:
    figure = LiveFigure(300, 120)
    with figure.building():
        axes = figure.figure.add_axes((0.1, 0.3, 0.8, 0.6), xlim=(0, 10), ylim=(0, 2))
        bar = figure.live(axes.barh([1], [0], color="black")[0])
        text = figure.text(axes, 5, 1.7)
    return figure, bar, text


def test_a_moved_bar_and_a_changed_text_leave_nothing_behind():
    figure, bar, text = bar_figure()
    for width in (10, 0, 3):
        bar.set_width(width)
        text.text = "wide" * width
        worn = figure.image()
    fresh, bar, text = bar_figure()
    bar.set_width(3)
    text.text = "wide" * 3
    assert farthest(worn, fresh.image()) == 0


def test_a_live_picture_is_what_matplotlib_draws_in_full():
    figure, bar, _ = bar_figure()
    bar.set_width(6)
    quick = figure.image()
    with styled():
        plain = new_figure(300, 120)
        axes = plain.add_axes((0.1, 0.3, 0.8, 0.6), xlim=(0, 10), ylim=(0, 2))
        axes.barh([1], [6], color="black")
        plain.canvas.draw()
    whole = Image.fromarray(np.asarray(plain.canvas.buffer_rgba())).convert("RGB")
    assert quick.size == whole.size == (600, 240)
    assert np.asarray(quick).min() == 0, "the bar is there"
    # A live bar is drawn over the axis line instead of under it, and over nothing else.
    different = (np.asarray(quick) != np.asarray(whole)).any(axis=2)
    assert different.mean() < 0.02


def test_what_is_built_later_stands_in_the_next_picture():
    figure, _, _ = bar_figure()
    before = figure.image()
    with figure.building():
        figure.figure.axes[0].axvline(4, color="black", linewidth=5)
    assert farthest(figure.image(), before) == 255


def test_a_picture_taken_earlier_does_not_change():
    figure, bar, _ = bar_figure()
    bar.set_width(2)
    early = figure.image()
    kept = early.tobytes()
    bar.set_width(9)
    late = figure.image()
    assert early.tobytes() == kept != late.tobytes()


@pytest.mark.parametrize("across", "lmr")
@pytest.mark.parametrize("down", "tmb")
def test_a_text_stands_where_its_anchor_says(across, down):
    figure = LiveFigure(300, 120)
    with figure.building():
        axes = figure.figure.add_axes((0, 0, 1, 1), xlim=(0, 300), ylim=(120, 0))
        axes.set_axis_off()
        figure.text(axes, 100, 40, "m" * 6, size=9, anchor=across + down)
    inked = np.argwhere(np.asarray(figure.image().convert("L")) < 128)
    for letter, low, high, at, room in zip(
        (down, across), inked.min(axis=0), inked.max(axis=0), (80, 200), (14, 4), strict=True
    ):
        place = {"t": low, "l": low, "m": (low + high) / 2, "b": high, "r": high}[letter]
        assert abs(place - at) <= room, "an m is lower than the line it stands in"


def test_words_kept_from_earlier_are_drawn_as_a_plain_font_draws_them():
    figure = LiveFigure(300, 120)
    with figure.building():
        axes = figure.figure.add_axes((0, 0, 1, 1), xlim=(0, 300), ylim=(120, 0))
        axes.set_axis_off()
        text = figure.text(axes, 0, 0, "Words, 12 px")
    sizes = {size: findfont(FontProperties(weight=weight)) for size, weight in ((9, "normal"), (11, "bold"))}
    for turn in range(2):  # the second time all are there already
        before = _Font.getmask2.cache_info().misses
        for (size, path), anchor, x, color in product(sizes.items(), ("lm", "rb"), (150, 150.2), (INK, BLUE)):
            text.size, text.bold, text.anchor, text.x, text.y, text.color = (
                size,
                size == 11,
                anchor,
                x,
                60,
                color,
            )
            plain = Image.new("RGB", (600, 240), "white")
            font = ImageFont.truetype(path, size * 200 / 72)
            ImageDraw.Draw(plain).text((2 * x, 120), text.text, fill=color, font=font, anchor=anchor)
            assert farthest(figure.image(), plain) == 0, (turn, size, anchor, x, color)
    assert _Font.getmask2.cache_info().misses == before, "nothing is drawn twice"


def test_only_so_many_words_are_kept():
    figure, _, text = bar_figure()
    room = _Font.getmask2.cache_info().maxsize
    for number in range(room + 20):
        text.text = f"{number}"
        figure.image()
    assert room <= 256
    assert _Font.getmask2.cache_info().currsize == room


def test_what_the_learner_set_in_matplotlib_does_not_reach_the_pictures(monkeypatch):
    plain = bar_figure()[0].image()
    mine = {"axes.facecolor": "black", "xtick.color": "red", "axes.linewidth": 5, "savefig.dpi": 30}
    with matplotlib.rc_context(mine):
        assert farthest(bar_figure()[0].image(), plain) == 0
        with styled():
            pass
        assert all(matplotlib.rcParams[name] == value for name, value in mine.items()), "and is kept for them"
