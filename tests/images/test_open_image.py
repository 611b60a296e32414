"""Every kind of picture is shown right: its colours, its scale, its transparency, the right way up."""

import io
import struct
import zlib
from datetime import UTC, datetime

import ipywidgets
import numpy as np
import pytest
from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin

from helpers.images.decoding import open_image

RNG = np.random.default_rng(0)
ORIENTATION = ExifTags.Base.Orientation
PIXELS = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)


def encode(image: Image.Image | np.ndarray, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, kind, **options)
    return file.getvalue()


def shown(source) -> np.ndarray:
    """What `open_image` makes of it, as an array; it is always 8-bit RGB."""
    image = open_image(source)
    assert image.mode == "RGB"
    return np.asarray(image)


def test_every_kind_of_source_gives_the_same_picture(tmp_path):
    data = encode(PIXELS)
    path = tmp_path / "a picture ü.png"
    path.write_bytes(data)
    at_the_end = io.BytesIO(data)
    at_the_end.seek(0, io.SEEK_END)
    upload = ipywidgets.FileUpload()
    fields = {"type": "image/png", "size": len(data), "last_modified": datetime.now(UTC)}
    other = {"name": "other.png", "content": memoryview(encode(255 - PIXELS)), **fields}
    upload.value = ({"name": "mine.png", "content": memoryview(data), **fields}, other)
    pil = Image.fromarray(PIXELS)
    sources = [
        path,
        str(path),
        data,
        bytearray(data),
        memoryview(data),
        at_the_end,
        upload.value,
        pil,
        PIXELS,
    ]
    for source in sources:
        assert np.array_equal(shown(source), PIXELS), type(source)
    with path.open("rb") as file:
        assert np.array_equal(shown(file), PIXELS)
        assert np.array_equal(shown(file), PIXELS), "a second look at the same file"


def test_the_source_is_left_as_it_was():
    pil = Image.fromarray(PIXELS)
    array = PIXELS.copy()
    for source in (pil, array):
        open_image(source).putpixel((0, 0), (1, 2, 3))
        assert np.array_equal(np.asarray(source), PIXELS)


# Kinds of picture


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("WEBP", {"lossless": True})]
)
def test_lossless_formats_keep_every_pixel(kind, options):
    assert np.array_equal(shown(encode(PIXELS, kind, **options)), PIXELS)


def test_a_jpeg_is_close_to_what_was_stored():
    smooth = np.zeros((16, 16, 3), np.uint8) + np.array([200, 100, 50], np.uint8)
    assert np.abs(shown(encode(smooth, "JPEG", quality=95)).astype(int) - smooth).max() <= 3


def test_one_pixel_is_a_picture():
    assert shown(encode(np.uint8([[[10, 20, 30]]]))).tolist() == [[[10, 20, 30]]]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_grey_becomes_three_equal_channels(kind):
    assert shown(encode(PIXELS[..., 0], kind)).tolist() == np.stack([PIXELS[..., 0]] * 3, axis=2).tolist()


def test_one_bit_is_black_and_white():
    bits = Image.fromarray(np.array([[True, False]]))
    assert shown(encode(bits)).tolist() == [[[255] * 3, [0] * 3]]


SIXTEEN = np.array([[0, 128, 129, 32768, 65535]], np.uint16)  # divided by 257 and rounded:
EIGHT = [0, 0, 1, 128, 255]


@pytest.mark.parametrize("order", ["I;16", "I;16B"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PIL"])
def test_sixteen_bit_grey_is_scaled_and_not_clipped(kind, order):
    data = SIXTEEN.astype("<u2" if order == "I;16" else ">u2").tobytes()
    image = Image.frombytes(order, (5, 1), data)
    assert shown(image if kind == "PIL" else encode(image, kind))[0, :, 1].tolist() == EIGHT


def test_sixteen_bit_grey_is_scaled_where_pillow_reads_png_into_32_bits():
    image = Image.fromarray(SIXTEEN.astype(np.int32))
    image.format = "PNG"
    assert shown(image)[0, :, 1].tolist() == EIGHT


def test_a_floating_point_tiff_is_scaled():
    assert shown(encode(np.float32([[0, 0.5, 1]]), "TIFF"))[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_transparency_is_shown_on_white(kind):
    rgba = np.uint8([[[200, 0, 0, 0], [200, 0, 0, 128], [200, 0, 0, 255]]])
    options = {"lossless": True} if kind == "WEBP" else {}
    assert shown(encode(rgba, kind, **options)).tolist() == [[[255, 255, 255], [227, 127, 127], [200, 0, 0]]]


def test_grey_with_transparency_is_shown_on_white():
    grey = Image.fromarray(np.uint8([[[100, 0], [100, 255]]]), "LA")
    assert shown(encode(grey))[0, :, 2].tolist() == [255, 100]


def test_a_palette_is_looked_up_and_its_transparency_shown_on_white():
    palette = Image.new("P", (3, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    palette.putdata([2, 1, 0])
    assert shown(encode(palette)).tolist() == [[[70, 80, 90], [40, 50, 60], [10, 20, 30]]]
    for transparency in (1, bytes([255, 0, 255])):
        data = encode(palette, transparency=transparency)
        assert shown(data).tolist() == [[[70, 80, 90], [255, 255, 255], [10, 20, 30]]]


def test_a_colour_declared_transparent_is_shown_white():
    data = encode(np.uint8([[[1, 2, 3], [4, 5, 6]]]), transparency=(1, 2, 3))
    assert shown(data).tolist() == [[[255, 255, 255], [4, 5, 6]]]


def png(kind: int, depth: int, row: bytes, transparent: bytes = b"", profile: bytes = b"") -> bytes:
    """A PNG of two pixels as the format's own text has it: its colour type, bits, row and colour left out."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">2I5B", 2, 1, depth, kind, 0, 0, 0))
    extra = chunk(b"tRNS", transparent) if transparent else b""
    if profile:
        extra += chunk(b"iCCP", b"mine\0\0" + zlib.compress(profile))
    data = chunk(b"IDAT", zlib.compress(b"\0" + row))
    return b"\x89PNG\r\n\x1a\n" + header + extra + data + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (png(0, 16, struct.pack(">2H", 25_700, 25_957), struct.pack(">H", 25_700)), (255, 101)),
        (png(0, 8, bytes([100, 101]), struct.pack(">H", 100)), (255, 101)),
        (png(0, 4, bytes([0x67]), struct.pack(">H", 6)), (255, 7 * 17)),
        (png(0, 2, bytes([0b01_10_0000]), struct.pack(">H", 1)), (255, 2 * 85)),
        (png(0, 1, bytes([0b01_000000]), struct.pack(">H", 0)), (255, 255)),
        (
            png(2, 16, struct.pack(">6H", *[0x1234] * 3, *[0x5678] * 3), struct.pack(">3H", *[0x1234] * 3)),
            (255, 0x56),
        ),
        (png(2, 8, bytes([1, 1, 1, 2, 2, 2]), struct.pack(">3H", 1, 1, 1)), (255, 2)),
    ],
)
def test_a_png_s_one_transparent_colour_is_white_at_any_depth(file, expected):
    assert shown(file)[0, :, 0].tolist() == list(expected)


def test_a_large_colour_profile_does_not_cost_the_picture():
    limit = PngImagePlugin.MAX_TEXT_CHUNK
    assert shown(png(0, 8, bytes([100, 101]), profile=bytes(2 * limit)))[0, :, 0].tolist() == [100, 101]
    assert limit == PngImagePlugin.MAX_TEXT_CHUNK


@pytest.mark.parametrize(("zero_is", "expected"), [(0, [255, 155, 0]), (1, [0, 100, 255])])
def test_a_tiff_of_sixteen_bits_says_whether_0_is_white(zero_is, expected):
    values = np.array([[0, 25_700, 65_535]], dtype=np.uint16)
    file = encode(values, "TIFF", tiffinfo={TiffImagePlugin.PHOTOMETRIC_INTERPRETATION: zero_is})
    assert shown(file)[0, :, 0].tolist() == expected


def test_grey_multiplied_by_its_transparency_is_shown_on_white():
    assert shown(Image.new("La", (1, 1), (50, 100))).tolist() == [[[205] * 3]]


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
def test_printing_inks_become_screen_colours(kind):
    cyan = Image.new("CMYK", (8, 8), (255, 0, 0, 0))
    assert np.abs(shown(encode(cyan, kind)).astype(int) - [0, 255, 255]).max() <= 3


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, lambda stored: stored),
        (2, np.fliplr),
        (3, lambda stored: np.rot90(stored, 2)),
        (4, np.flipud),
        (5, lambda stored: np.swapaxes(stored, 0, 1)),
        (6, lambda stored: np.rot90(stored, -1)),
        (7, lambda stored: np.swapaxes(np.rot90(stored, 2), 0, 1)),
        (8, np.rot90),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PIL"])
def test_a_photo_taken_sideways_is_shown_upright_once(orientation, upright, kind):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = encode(PIXELS, "PNG" if kind == "PIL" else kind, exif=exif)
    image = open_image(Image.open(io.BytesIO(data)) if kind == "PIL" else data)
    assert np.array_equal(np.asarray(image), upright(PIXELS))
    assert np.array_equal(shown(image), upright(PIXELS)), "turned a second time"
    assert "exif" not in image.info


def test_a_damaged_exif_block_does_not_cost_the_picture():
    assert np.array_equal(shown(encode(PIXELS, exif=b"Exif\0\0garbage")), PIXELS)


def test_a_photo_is_turned_although_another_exif_field_is_damaged():
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    exif[ExifTags.Base.Make] = "maker"
    make, width = (struct.pack(">H", tag) for tag in (ExifTags.Base.Make, ExifTags.Base.ImageWidth))
    data = encode(PIXELS, exif=exif.tobytes().replace(make, width, 1))  # a width that is a word
    assert np.array_equal(shown(data), PIXELS[::-1, ::-1])


def test_an_animation_is_its_first_frame():
    red, blue = Image.new("RGB", (4, 4), (255, 0, 0)), Image.new("RGB", (4, 4), (0, 0, 255))
    for kind in ("GIF", "WEBP", "PNG"):
        data = encode(red, kind, save_all=True, append_images=[blue])
        assert np.abs(shown(data).astype(int) - [255, 0, 0]).max() <= 2, kind


# Arrays


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([[True, False]]), [[[255] * 3, [0] * 3]]),
        (np.uint8([[7, 9]]), [[[7] * 3, [9] * 3]]),
        (np.uint8([[[7], [9]]]), [[[7] * 3, [9] * 3]]),
        (np.float64([[0.0, 0.5, 1.0]]), [[[0] * 3, [128] * 3, [255] * 3]]),
        (np.float16([[[0.0, 1.0, 0.2]]]), [[[0, 255, 51]]]),
        (np.float32([[-1e-6, 1 + 1e-6]]), [[[0] * 3, [255] * 3]]),
        (np.float64([[[1.0, 0.0, 0.0, 0.0]]]), [[[255, 255, 255]]]),
        (np.uint16([[[65535, 257, 0]]]), [[[255, 1, 0]]]),
        (SIXTEEN.astype(">u2"), [[[value] * 3 for value in EIGHT]]),
    ],
)
def test_an_array_is_scaled_by_its_type(array, expected):
    assert shown(array).tolist() == expected


def test_a_view_of_an_array_is_read_in_its_own_order():
    assert np.array_equal(shown(PIXELS[::-1, ::2]), PIXELS[::-1, ::2])
