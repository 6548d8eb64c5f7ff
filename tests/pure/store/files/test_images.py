"""Tests that photos become harmless: small, upright, nothing but pixels; and that other files are refused with a
reason.
"""

import io
import struct
import tracemalloc
import zlib
from contextlib import suppress

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from store.files.images import LONGEST_SIDE, NotAPicture, clean_picture
from store.files.limits import MAX_BYTES
from store.files.previews import preview
from tests.pure.strategies import MANY

NORTH_EAST = {1: "N", 2: (16.0, 25.0, 55.92), 3: "E", 4: (102.0, 49.0, 24.96)}
SOUTH_WEST = {1: "S", 2: (16.0, 25.0, 55.92), 3: "W", 4: (102.0, 49.0, 24.96)}
OWNER = "สมศรี ใจดี 081-234-5678"


def exif(*, gps=NORTH_EAST, orientation=1):
    made = Image.Exif()
    made[ExifTags.Base.Orientation] = orientation
    made[ExifTags.Base.Make] = OWNER
    made.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return made


def a_photo(size=(64, 48), mode="RGB", kind="JPEG", **saved):
    out = io.BytesIO()
    Image.new(mode, size, "white" if mode != "1" else 1).save(out, kind, **saved)
    return out.getvalue()


def a_camera_photo(**about):
    return a_photo(exif=exif(**about), comment=OWNER.encode())


def shown(jpeg):
    with Image.open(io.BytesIO(jpeg)) as image:
        image.load()
        return image


def why_refused(data):
    with pytest.raises(NotAPicture) as refusal:
        clean_picture(data)
    return refusal.value.reason


def a_png_that_says(width, height):
    """Returns a PNG whose header says any size over almost no data."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_nothing_the_camera_or_its_owner_wrote_stays_in_the_file():
    original = a_camera_photo()
    assert OWNER.encode() in original
    clean = clean_picture(original)
    assert OWNER.encode() not in clean.jpeg
    assert b"Exif" not in clean.jpeg
    image = shown(clean.jpeg)
    assert dict(image.getexif()) == {}
    assert "comment" not in image.info


def test_the_colour_profile_goes_too():
    clean = clean_picture(a_photo(icc_profile=b"profile of " + OWNER.encode()))
    assert "icc_profile" not in shown(clean.jpeg).info


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        (NORTH_EAST, {"latitude": 16.432200, "longitude": 102.823600}),
        (SOUTH_WEST, {"latitude": -16.432200, "longitude": -102.823600}),
        ({}, None),
        ({1: "N", 2: (16.0, 25.0, 55.0)}, None),
        ({1: "N", 2: (96.0, 0.0, 0.0), 3: "E", 4: (102.0, 0.0, 0.0)}, None),
        ({1: "N", 2: (16.0,), 3: "E", 4: (102.0, 0.0, 0.0)}, None),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, None),
    ],
)
def test_where_the_camera_was_is_kept_as_a_fact_if_it_can_be(gps, place):
    assert clean_picture(a_camera_photo(gps=gps)).place == pytest.approx(place)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright(orientation):
    sideways = Image.new("RGB", (64, 48), "white")
    sideways.paste("red", (0, 0, 16, 12))
    out = io.BytesIO()
    sideways.save(out, "JPEG", exif=exif(orientation=orientation), quality=95)
    clean = clean_picture(out.getvalue())
    assert (clean.width, clean.height) == ((48, 64) if orientation > 4 else (64, 48))
    red, green, _ = shown(clean.jpeg).getpixel(_corner(orientation, clean))
    assert (red > 200, green < 80) == (True, True)


def _corner(orientation, clean):
    """Returns where the first pixel of the sensor stands after turning (EXIF 2.3, tag 0x0112)."""
    right, bottom = orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)
    return (clean.width - 4 if right else 4, clean.height - 4 if bottom else 4)


def test_a_large_photo_becomes_small_and_keeps_its_shape():
    clean = clean_picture(a_photo((4000, 1000)))
    assert (clean.width, clean.height) == (LONGEST_SIDE, 512)
    assert shown(clean.jpeg).size == (2048, 512)


def test_a_small_photo_is_not_made_larger():
    assert clean_picture(a_photo((3, 5))).height == 5


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_kind_of_png_becomes_a_plain_jpeg(mode):
    image = shown(clean_picture(a_photo(mode=mode, kind="PNG")).jpeg)
    assert (image.format, image.mode) == ("JPEG", "RGB")


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_scanned_jpeg_becomes_a_coloured_one(mode):
    assert shown(clean_picture(a_photo(mode=mode)).jpeg).mode == "RGB"


def test_what_is_transparent_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert shown(clean_picture(out.getvalue()).jpeg).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_picture_is_kept(kind):
    out = io.BytesIO()
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    red, _, blue = shown(clean_picture(out.getvalue()).jpeg).getpixel((8, 8))
    assert (red > 200, blue < 80) == (True, True)


def test_of_thousands_of_pictures_only_the_first_is_drawn():
    out = io.BytesIO()
    frames = [Image.new("L", (2, 2), shade % 256) for shade in range(2000)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert shown(clean_picture(out.getvalue()).jpeg).size == (2, 2)


@pytest.mark.parametrize("size", [(64, 48), (4097, 100)])
def test_a_grey_of_sixteen_bits_stays_grey(size):
    out = io.BytesIO()
    Image.new("I;16", size, 0x8000).save(out, "PNG")
    assert shown(clean_picture(out.getvalue()).jpeg).getpixel((8, 8)) == pytest.approx((128, 128, 128), abs=2)


@pytest.mark.parametrize("bits", [10, 12])
def test_a_grey_photo_of_an_iphone_stays_grey(bits):
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("I;16", (64, 48), 0x8000)).save(out, bit_depth=bits)
    assert shown(clean_picture(out.getvalue()).jpeg).getpixel((8, 8)) == pytest.approx((128, 128, 128), abs=4)


def test_a_photo_of_the_newest_kind_is_understood():
    assert shown(clean_picture(a_photo(kind="AVIF")).jpeg).size == (64, 48)


@pytest.mark.parametrize(
    "brands", [b"mif1----mif1miafheic", b"heic----mif1heicmiaf", b"mif1----mif1miaf----"]
)
def test_a_box_of_another_name_with_a_photo_of_the_newest_kind_is_understood(brands):
    data = a_photo((320, 240), kind="AVIF")
    assert data[4:12] == b"ftypavif"
    clean = clean_picture(data[:8] + brands.replace(b"-", b"\0") + data[28:])
    assert shown(clean.jpeg).size == (320, 240)


def a_heif_of(jpeg: bytes) -> bytes:
    """Returns the smallest HEIF container with one item, which is a JPEG."""

    def box(kind: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return (8 + len(body)).to_bytes(4, "big") + kind + body

    def with_item_at(offset: int) -> bytes:
        entry = box(b"infe", b"\2\0\0\0\0\1\0\0jpeg\0")
        where = (
            b"\0\0\0\0\x44\0\0\1" + b"\0\1\0\0\0\1" + offset.to_bytes(4, "big") + len(jpeg).to_bytes(4, "big")
        )
        handler = box(b"hdlr", bytes(8), b"pict", bytes(13))
        items = box(b"iinf", b"\0\0\0\0\0\1", entry)
        meta = box(b"meta", bytes(4), handler, box(b"pitm", b"\0\0\0\0\0\1"), items, box(b"iloc", where))
        return box(b"ftyp", b"mif1", bytes(4), b"mif1jpeg") + meta

    head = with_item_at(len(with_item_at(0)) + 8)
    return head + box(b"mdat", jpeg)


def test_a_box_with_a_jpeg_in_it_is_understood():
    clean = clean_picture(a_heif_of(a_photo((320, 240))))
    assert shown(clean.jpeg).size == (320, 240)
    with pytest.raises(NotAPicture):
        clean_picture(a_heif_of(a_photo((320, 240)))[:200])


def test_the_photo_of_an_iphone_is_understood():
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "red")).save(out, exif=exif().tobytes())
    clean = clean_picture(out.getvalue())
    assert (clean.width, clean.height) == (64, 48)
    assert clean.place is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        a_photo()[:400],
        a_photo((400, 400))[:-200],
        a_photo(kind="PNG")[:60],
        a_photo(kind="GIF"),
        a_photo(kind="BMP"),
        a_photo(kind="TIFF"),
        a_png_that_says(64, 48),
    ],
    ids=[
        "nothing", "a beginning", "PDF", "SVG", "half a JPEG", "a cut JPEG", "half a PNG", "GIF", "BMP", "TIFF",
        "no pixels",
    ],
)  # fmt: skip
def test_what_is_no_photo_is_unreadable(data):
    assert why_refused(data) == "unreadable"


@pytest.mark.parametrize(
    ("width", "height"), [(30_000, 30_000), (10_000, 10_000), (8_000, 5_001), (2**31 - 1, 1)]
)
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(width, height):
    assert why_refused(a_png_that_says(width, height)) == "too_big"


def test_a_progressive_photo_too_large_to_be_kept_whole_is_refused_before_it_is_decoded():
    photo = a_photo((8200, 6100), progressive=True, subsampling=0)
    assert why_refused(photo) == "too_big"


@pytest.mark.parametrize("saved", [{"lossless": True}, {"lossless": False}, {"exif": exif()}])
def test_a_small_file_with_a_large_picture_is_refused_before_it_is_decoded(saved):
    assert why_refused(a_photo((5000, 4000), kind="WEBP", method=0, **saved)) == "too_big"


def test_words_that_would_fill_the_memory_are_never_unpacked():
    """Tries a PNG of a megabyte and a half whose text would unpack to a gigabyte and a half."""
    said = b"Comment\x00\x00" + zlib.compress(bytes(50_000_000), 9)
    head, tail = a_photo(kind="PNG")[:33], a_photo(kind="PNG")[33:]
    chunk = struct.pack(">I", len(said)) + b"zTXt" + said + struct.pack(">I", zlib.crc32(b"zTXt" + said))
    tracemalloc.start()
    with suppress(NotAPicture):
        clean_picture(head + chunk * 30 + tail)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


@pytest.mark.parametrize(
    "hidden",
    [
        b"PK\x03\x04 a program",
        b"<script>alert(1)</script>",
        b"<?php system($_GET['x']);",
        b"%PDF-1.7 /JavaScript",
    ],
)
@pytest.mark.parametrize("where", ["behind", "within"])
def test_what_else_a_photo_is_at_the_same_time_goes(hidden, where):
    """Tries GIFAR and similar files, which are a photo for one program and something else for another."""
    double = a_photo() + hidden if where == "behind" else a_photo(comment=hidden)
    assert hidden in double
    assert hidden not in clean_picture(double).jpeg


def test_a_file_too_large_is_not_even_looked_at():
    assert why_refused(bytes(MAX_BYTES + 1)) == "too_big"


def test_a_preview_is_small_and_keeps_its_shape():
    small = preview(clean_picture(a_photo((2000, 1000))).jpeg)
    assert shown(small).size == (480, 240)
    assert len(small) < 1_000_000


_SAMPLES = [a_camera_photo(), a_photo(kind="PNG", exif=exif()), a_photo(kind="WEBP", exif=exif())]
_CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8)


@given(st.sampled_from(_SAMPLES), _CHANGES)
@MANY
def test_a_damaged_photo_is_a_photo_or_refused(sample, changes):
    damaged = bytearray(sample)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    with suppress(NotAPicture):
        clean = clean_picture(bytes(damaged))
        assert max(clean.width, clean.height) <= LONGEST_SIDE
