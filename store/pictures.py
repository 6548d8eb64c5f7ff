"""Photos made harmless: decoded within bounds, turned upright, drawn anew without anything but pixels."""

import io
import warnings
from dataclasses import dataclass

import pillow_heif
from PIL import ExifTags, Image, ImageOps

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2048
# What Pillow and its decoders raise for files that are not what they say.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, TypeError, LookupError)
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


class NotAPicture(ValueError):
    """Not a photo we can show; `reason` is a word of bot/phrases.toml: too_big, unreadable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Picture:
    """A clean JPEG. `place` is where the camera said it was, kept as a fact of the case, not in the file."""

    jpeg: bytes
    width: int
    height: int
    place: dict[str, float] | None


def clean_picture(data: bytes) -> Picture:
    """Re-encodes a photo. Raises NotAPicture for what is too big, broken or no photo at all."""
    if len(data) > MOST_BYTES:
        raise NotAPicture("too_big")
    pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures, where we refuse by our own bound, and of broken EXIF, which we drop.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                return _redrawn(image)
    except NotAPicture:
        raise
    except Image.DecompressionBombError as error:
        raise NotAPicture("too_big") from error
    except _BROKEN as error:
        raise NotAPicture("unreadable") from error


def _redrawn(image: Image.Image) -> Picture:
    if image.width * image.height > MOST_PIXELS:
        raise NotAPicture("too_big")
    place = _place(image)
    # Made small before it is turned: a JPEG is then decoded small in the first place.
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    # A new canvas: re-saving the opened image would carry its comment and colour profile along.
    canvas = Image.new("RGB", upright.size, "white")
    shown = upright.convert("RGBA")
    canvas.paste(shown, mask=shown.getchannel("A"))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=85, optimize=True)
    return Picture(out.getvalue(), canvas.width, canvas.height, place)


def preview(jpeg: bytes, side: int = 480) -> bytes:
    """A small version of a clean picture; LINE wants previews of at most 1 MB."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.thumbnail((side, side))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _place(image: Image.Image) -> dict[str, float] | None:
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude, longitude = _degrees(gps[2], gps[1]), _degrees(gps[4], gps[3])
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, SyntaxError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}


def _degrees(parts: tuple[float, float, float], direction: str) -> float:
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -degrees if direction in ("S", "W") else degrees
