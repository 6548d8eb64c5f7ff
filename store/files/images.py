"""Makes photos harmless: decodes them within limits, turns them upright and re-encodes only their pixels.

The bytes come from strangers, so this runs only in the child process of store.files.decoding.
"""

import importlib
import io
import warnings
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from store.errors import Refusal
from store.files.heif import as_its_codec, is_heif
from store.files.limits import MAX_BYTES

# A JPEG is decoded directly at half, a quarter or an eighth of its size; the other formats need every pixel in memory,
# some of them several times over. A picture within these limits that does not fit into the child's memory is refused as
# too big, too.
MAX_PIXELS = {
    "JPEG": 120_000_000,
    "MPO": 120_000_000,
    "PNG": 40_000_000,
    "HEIF": 25_000_000,
    "WEBP": 17_000_000,
    "AVIF": 17_000_000,
}
LONGEST_SIDE = 2048
# libjpeg keeps the whole of a progressive JPEG before it draws a pixel.
MAX_PROGRESSIVE_BYTES = 160_000_000
# A picture is pasted on white in bands of so many pixels.
BAND = 2_000_000
# The exceptions that Pillow and its decoders raise for malformed files.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, TypeError, LookupError)
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")


class NotAPicture(Refusal):
    """Says that a file is no photo we can show; `reason` is a key of bot/phrases/th.toml: too_big, unreadable."""


@dataclass(frozen=True)
class CleanPicture:
    """Holds a clean JPEG. `place` is the camera's GPS position, stored as a fact of the case and removed from the
    file.
    """

    jpeg: bytes
    width: int
    height: int
    place: dict[str, float] | None


def load_decoders(data: bytes) -> None:
    """Imports the decoders that these bytes need; afterwards `clean_picture` opens no file any more."""
    Image.preinit()
    importlib.import_module("PIL.AvifImagePlugin")
    importlib.import_module("PIL.MpoImagePlugin")
    importlib.import_module("PIL.WebPImagePlugin")
    if is_heif(data):
        # This import takes as long as all the others together.
        importlib.import_module("pillow_heif").register_heif_opener()


def clean_picture(data: bytes) -> CleanPicture:
    """Re-encodes a photo. Raises NotAPicture for what is too big, malformed or no photo."""
    if len(data) > MAX_BYTES or _pixels_of_webp(data) > MAX_PIXELS["WEBP"]:
        raise NotAPicture("too_big")
    load_decoders(data)
    try:
        data = as_its_codec(data) if is_heif(data) else data
        with warnings.catch_warnings():
            # Pillow warns of large pictures, which we refuse by our own limit, and of broken EXIF, which we drop.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                return _redrawn(image)
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise NotAPicture("too_big") from error
    except _BROKEN as error:
        raise NotAPicture("unreadable") from error


def _redrawn(image: Image.Image) -> CleanPicture:
    if (
        image.width * image.height > MAX_PIXELS[image.format or ""]
        or _kept_whole(image) > MAX_PROGRESSIVE_BYTES
    ):
        raise NotAPicture("too_big")
    place, orientation = _place(image), _orientation(image)
    # A JPEG is decoded at a small size from the beginning.
    ratio = LONGEST_SIDE / max(image.size)
    image.draft("RGB", (int(image.width * ratio), int(image.height * ratio)))
    # A new canvas, because saving the opened image would keep its comment and colour profile.
    canvas = _on_white(image)
    canvas.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    canvas.getexif()[ExifTags.Base.Orientation] = orientation
    upright = ImageOps.exif_transpose(canvas)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85, optimize=True)
    return CleanPicture(out.getvalue(), upright.width, upright.height, place)


def _pixels_of_webp(data: bytes) -> int:
    """Returns the number of pixels in the header: libwebp allocates memory for all of them before it reports it (RFC
    9649).
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return 0
    bits = int.from_bytes(data[21:25], "little")
    across, down = {
        b"VP8X": (int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1),
        b"VP8L": ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1),
        b"VP8 ": (
            int.from_bytes(data[26:28], "little") & 0x3FFF,
            int.from_bytes(data[28:30], "little") & 0x3FFF,
        ),
    }.get(data[12:16], (0, 0))
    return across * down


def _kept_whole(image: Image.Image) -> int:
    """Returns how many bytes libjpeg keeps of a progressive JPEG: two per pixel of each component, which may be
    subsampled.
    """
    if not isinstance(image, JpegImageFile) or "progressive" not in image.info:
        return 0
    parts = [across * down for _, across, down, _ in image.layer]
    return 2 * image.width * image.height * sum(parts) // max(parts, default=1)


def _on_white(image: Image.Image) -> Image.Image:
    """Returns the pixels on white, reduced where there are far more than needed; it works in bands to save memory."""
    coarser = max(1, max(image.size) // LONGEST_SIDE)
    canvas = Image.new("RGB", (-(-image.width // coarser), -(-image.height // coarser)), "white")
    rows = max(BAND // (image.width * coarser), 1) * coarser
    for top in range(0, image.height, rows):
        band = _eight_bits(image.crop((0, top, image.width, min(top + rows, image.height)))).convert("RGBA")
        white = Image.new("RGB", band.size, "white")
        white.paste(band, mask=band.getchannel("A"))
        canvas.paste(white.reduce(coarser), (0, top // coarser))
    return canvas


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scales 16-bit grey to 8 bits: Pillow itself would clip it, and everything would be white."""
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _orientation(image: Image.Image) -> int:
    """Returns the EXIF orientation, or upright (1) where it is missing or invalid."""
    try:
        said = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _BROKEN:
        return 1
    return said if said in range(1, 9) else 1


def _place(image: Image.Image) -> dict[str, float] | None:
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude, longitude = _degrees(gps[2], gps[1]), _degrees(gps[4], gps[3])
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, SyntaxError):
        return None
    nowhere = latitude == longitude == 0  # Some cameras write zero while they do not know the position.
    if nowhere or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}


def _degrees(parts: tuple[float, float, float], direction: str) -> float:
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -degrees if direction in ("S", "W") else degrees
