"""Checks the image of a rich menu against LINE's rules."""

import io
from dataclasses import dataclass

from PIL import Image

from line_simulator.refusals import Refusal

MAX_BYTES = 1024 * 1024
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
MIN_WIDTH = 800
MAX_WIDTH = 2500
MIN_HEIGHT = 250
MIN_RATIO = 1.45


@dataclass(frozen=True)
class RichMenuImage:
    data: bytes
    content_type: str
    width: int
    height: int


def read_picture(data: bytes, content_type: str) -> RichMenuImage:
    if content_type not in FORMATS:
        raise Refusal(415, "Content-Type must be image/jpeg or image/png")
    if len(data) > MAX_BYTES:
        raise Refusal(400, "The image must be at most 1 MB")
    width, height = _measure(data, FORMATS[content_type])
    if not MIN_WIDTH <= width <= MAX_WIDTH or height < MIN_HEIGHT:
        raise Refusal(400, "The image must be 800 to 2500 pixels wide and at least 250 high")
    if width / height < MIN_RATIO:
        raise Refusal(400, "The image's width / height must be at least 1.45")
    return RichMenuImage(data, content_type, width, height)


def _measure(data: bytes, expected: str) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.format != expected:
                raise Refusal(400, f"The image is not {expected}")
            return image.size
    except OSError:
        raise Refusal(400, "The image could not be read") from None
