"""What cannot be shown is refused in one sentence, at little cost, whatever is thrown at it."""

import io
import re
import struct
import threading
import warnings
import zlib

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from helpers.images import decoding
from helpers.images.decoding import ImageError, open_image

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)


def encode(image: Image.Image | np.ndarray, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, kind, **options)
    return file.getvalue()


def refusal(source) -> str:
    """The message of the ImageError; it is always exactly one sentence that says what would be right."""
    with pytest.raises(ImageError) as caught:
        open_image(source)
    message = str(caught.value)
    assert re.fullmatch(r"[A-Z][^\n]*; (use|open) [^\n]*\.", message), message
    return message


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises pixels and holds none."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(13, header), (0, b"IDAT"), (0, b"IEND")]
    parts = [struct.pack(">I", n) + body + struct.pack(">I", zlib.crc32(body)) for n, body in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "The data given is empty (0 bytes)"),
        (b"hello", "The data given is not a readable picture"),
        ("no/such.png", "There is no file 'no/such.png'"),
        (".", "There is no file '.'"),
        ("a\0b", r"There is no file 'a\x00b'"),
        ("x" * 5000, "cannot be opened"),
        ((), "No file has been chosen"),
        (({"name": "cat.heic", "content": memoryview(b"?")},), "The upload 'cat.heic' is not a readable"),
        (({"name": "cat.png", "content": memoryview(b"")},), "The upload 'cat.png' is empty"),
        (io.StringIO("text"), "is open as text; open it with mode 'rb'"),
        (3, "An object of type int"),
        ([1], "An object of type list"),
        (torch.zeros(3, 2, 2), "An object of type Tensor"),
        (Image.new("RGB", (0, 3)), "The image given has no pixels"),
        (
            encode(PIXELS, "PPM"),
            "is not a readable picture",
        ),  # a format that Pillow knows and the course does not
        (png_header(0, 4), "is not a readable picture"),
        (encode(np.float32([[0, 300]]), "TIFF"), "of type float32, holds 0 to 300; use floats"),
        (
            Image.new("I", (1, 1)),
            "of type int32, has values of no known scale",
        ),  # 16 bits or 32: nobody knows
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(source, says):
    message = refusal(source)
    assert says in message
    assert len(message) < 250


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "notes.png").write_text("not a picture")
    assert "notes.png' is not a readable picture; use a PNG" in refusal(tmp_path / "notes.png")


def test_a_closed_file_is_refused():
    file = io.BytesIO(encode(PIXELS))
    file.close()
    assert "cannot be read" in refusal(file)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_file_cut_short_is_refused(kind, share):
    data = encode(RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8), kind)
    assert open_image(data).size == (60, 40)
    assert "damaged or cut short" in refusal(data[: int(share * len(data))])


# Size


@pytest.mark.parametrize("side", [8_000, 10_000])  # Pillow itself warns about the second
def test_too_many_pixels_are_refused_from_the_header_alone(side):
    # The file holds no pixel: had the decoder been asked, the answer would be "damaged".
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        assert f"{side} × {side} pixels; use a picture of at most 50 million" in refusal(
            png_header(side, side)
        )
    assert not leaked
    assert "damaged" in refusal(png_header(7_000, 7_000))


def test_a_decompression_bomb_is_refused_and_pillows_own_limit_left_alone():
    limit = Image.MAX_IMAGE_PIXELS
    assert "too many pixels" in refusal(png_header(60_000, 60_000))
    assert limit == Image.MAX_IMAGE_PIXELS


def test_a_huge_array_is_refused_before_it_is_copied():
    assert "10000 × 10000 pixels" in refusal(np.broadcast_to(np.uint8(1), (10_000, 10_000)))


def test_a_file_of_too_many_bytes_is_read_no_further_than_it_takes_to_see(monkeypatch, tmp_path):
    monkeypatch.setattr(decoding, "MAX_BYTES", 1_000_000)
    assert "larger than 1 MB" in refusal(bytes(1_000_001))
    file = io.BytesIO(bytes(3_000_000))
    assert "larger than 1 MB" in refusal(file)
    assert file.tell() == 1_000_001
    (tmp_path / "big.png").write_bytes(bytes(3_000_000))
    assert "big.png' is larger than 1 MB" in refusal(tmp_path / "big.png")


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros((0, 4)), "has no pixels"),
        (np.zeros(4), "of shape (4,) and type float64 is no picture; use the shape (H, W)"),
        (np.zeros((3, 8, 8)), "of shape (3, 8, 8)"),
        (np.zeros((4, 4), int), "use uint8, uint16, bool or float"),
        (np.zeros((4, 4), complex), "use uint8, uint16, bool or float"),
        (np.float64([[0, 255]]), "holds 0 to 255; use floats between 0 and 1"),
        (np.float64([[-1, 1]]), "holds -1 to 1"),
        (np.float64([[0, np.nan]]), "holds nan to nan"),
        (np.float64([[0, np.inf]]), "holds 0 to inf"),
    ],
)
def test_an_array_of_no_known_scale_or_shape_is_refused(array, says):
    assert says in refusal(array)


# Whatever is thrown at it

FILES = [encode(PIXELS, kind) for kind in decoding._FORMATS]
FILES += [
    encode(np.uint16([[1, 2]])),
    encode(PIXELS, exif=Image.Exif().tobytes()),
    encode(PIXELS, "TIFF", compression="tiff_lzw"),
]


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    st.floats(0, 1),
)
def test_damage_anywhere_ends_in_a_picture_or_in_one_sentence(file, bytes_set, share_kept):
    data = bytearray(file)
    for position, value in bytes_set:
        data[position % len(data)] = value
    data = data[: max(1, round(share_kept * len(data)))] if len(bytes_set) % 2 else data
    try:
        assert open_image(data).mode == "RGB"
    except ImageError:
        refusal(data)


def test_two_threads_at_once_leave_the_warning_filters_as_they_were():
    before = list(warnings.filters)
    data = encode(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    threads = [threading.Thread(target=lambda: [open_image(data) for _ in range(100)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before


def test_an_upload_of_too_many_bytes_is_refused_by_its_name(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_BYTES", 1_000_000)
    upload = ({"name": "big.png", "content": memoryview(bytes(1_000_001))},)
    assert "The upload 'big.png' is larger than 1 MB" in refusal(upload)


def test_a_small_file_that_unpacks_into_too_many_pixels_is_refused_before_it_is_unpacked():
    # Ten thousand rows of ten thousand black pixels, whole and valid: 100 MB out of 0.1 MB.
    side = 10_000
    rows = zlib.compress(bytes(side * (side + 1)), 9)
    grey = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", grey), (b"IDAT", rows), (b"IEND", b""))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    assert len(bomb) < 200_000
    assert f"{side} × {side} pixels; use a picture of at most 50 million" in refusal(bomb)


def test_a_text_in_a_small_file_that_unpacks_into_much_is_not_unpacked():
    text = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    picture = encode(PIXELS)
    end_of_header = 8 + 25
    assert "damaged" in refusal(picture[:end_of_header] + chunk + picture[end_of_header:])
