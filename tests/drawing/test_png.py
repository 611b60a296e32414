"""Pictures are stored as PNG: small, with their colours, and the same on every computer."""

import base64
import io

import matplotlib
import numpy as np
from PIL import Image, ImageChops

from helpers.drawing.matplotlib_style import new_figure, styled
from helpers.drawing.png import DENSITY, compressed, display_bundle, png_of_svg, rendered
from helpers.drawing.svg import Sheet
from helpers.images.photos import photo, square


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def farthest(one: Image.Image, other: Image.Image) -> int:
    """The largest difference between two pictures, in grey levels of one channel."""
    return max(
        high for _, high in ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    )


def of(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_stored_drawing_keeps_its_pixels_and_its_few_colours():
    drawing = Image.new("RGB", (600, 400), "white")
    drawing.paste("#D55E00", (50, 50, 300, 200))
    drawing.paste("#0072B2", (300, 200, 550, 350))
    data = compressed(drawing, has_photo=False)
    stored = decoded(data)
    assert (stored.format, stored.size) == ("PNG", drawing.size)
    assert farthest(stored, drawing) <= 2
    assert len(data) < 3_000


def test_a_stored_photo_has_one_pixel_per_css_pixel_and_close_colours():
    coffee = square(photo("coffee"), 600)
    data = compressed(coffee, has_photo=True)
    stored = decoded(data)
    assert (stored.format, stored.size) == ("PNG", (600 // DENSITY, 600 // DENSITY))
    shrunk = coffee.resize(stored.size, Image.Resampling.BOX)
    assert np.asarray(ImageChops.difference(stored.convert("RGB"), shrunk)).mean() < 6
    assert len(data) < 60_000


def test_a_small_patch_of_a_photo_keeps_its_colours_beside_a_wide_pale_one():
    wide = Image.blend(square(photo("chelsea"), 600), Image.new("RGB", (600, 600), "white"), 0.8)
    patch = square(photo("chelsea"), 600).crop((250, 250, 310, 310))
    wide.paste(patch, (250, 250))
    stored = decoded(compressed(wide, has_photo=True)).convert("RGB").crop((125, 125, 155, 155))
    assert farthest(stored, patch.resize((30, 30), Image.Resampling.BOX)) < 50


def test_jupyter_is_told_the_size_in_css_pixels_and_the_alt_text():
    data, metadata = display_bundle(b"png", "Nine weights.", 760, 300)
    assert base64.b64decode(data["image/png"]) == b"png"
    assert metadata == {"image/png": {"width": 760, "height": 300, "alt": "Nine weights."}}


def test_svg_is_drawn_on_white_with_its_images_by_name():
    sheet = Sheet(60, 40)
    sheet.bar(10, 10, 20, 20, "#0072B2")
    sheet.image("red", 40, 10, 10, 10)
    drawn = rendered(sheet.svg("Two squares."), {"red": of(Image.new("RGB", (2, 2), "red"))}, DENSITY)
    assert drawn.size == (60 * DENSITY, 40 * DENSITY)
    places = {(0, 0): (255, 255, 255), (30, 30): (0, 0x72, 0xB2), (90, 30): (255, 0, 0), (75, 30): (255,) * 3}
    assert {place: drawn.getpixel(place) for place in places} == places


def test_an_image_with_few_pixels_is_enlarged_with_sharp_edges():
    sheet = Sheet(40, 40)
    sheet.image("halves", 0, 0, 40, 40)
    halves = Image.new("RGB", (2, 1), "black")
    halves.putpixel((1, 0), (255, 255, 255))
    drawn = np.asarray(rendered(sheet.svg("Half black."), {"halves": of(halves)}, 1).convert("L"))
    assert set(drawn[20, 2:38]) == {0, 255}
    assert (drawn[20, :20] == 0).all()


def test_words_are_drawn_in_the_course_s_font_whatever_the_computer_has():
    def ink(**look: object) -> int:
        sheet = Sheet(200, 30)
        sheet.text(5, 15, "1×1 → 64", **look)
        return int((np.asarray(rendered(sheet.svg("Words."), {}, 2).convert("L")) < 128).sum())

    plain, bold, mono = ink(), ink(bold=True), ink(mono=True)
    assert 0 < plain < bold
    assert mono not in (0, plain)


def test_a_picture_with_a_photo_is_stored_at_one_pixel_per_css_pixel():
    sheet = Sheet(100, 50)
    sheet.image("photo", 0, 0, 50, 50)
    with_photo = png_of_svg(sheet.svg("A photo."), {"photo": of(square(photo("coffee"), 50))})
    assert decoded(with_photo).size == (100, 50)
    assert decoded(png_of_svg(Sheet(100, 50).svg("Nothing."), {})).size == (200, 100)


def test_what_the_learner_set_in_matplotlib_does_not_reach_the_figures(monkeypatch):
    def size() -> float:
        with styled():
            return new_figure(100, 100).add_subplot().set_title("title").get_fontsize()

    before = size()
    monkeypatch.setitem(matplotlib.rcParams, "axes.titlesize", 30)
    assert size() == before
