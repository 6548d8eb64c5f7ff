"""Draws the photos of the stories: a street with its lamp out or lit, a pothole, a cable, smoke."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = WIDTH, HEIGHT = 960, 720
HORIZON = 330
Colour = tuple[int, int, int]


def dark_street() -> bytes:
    picture = _street(sky=((6, 8, 22), (24, 26, 44)), ground=(16, 17, 20))
    _lamp_post(picture, (40, 42, 46))
    return _as_photo(picture)


def lit_street() -> bytes:
    picture = _street(sky=((6, 8, 22), (24, 26, 44)), ground=(26, 26, 28))
    _lamp_post(picture, (62, 62, 62))
    glow = Image.new("L", SIZE)
    draw = ImageDraw.Draw(glow)
    draw.polygon([(600, 172), (660, 172), (900, HEIGHT), (330, HEIGHT)], fill=90)
    draw.ellipse((520, 70, 740, 280), fill=150)
    picture.paste((255, 214, 140), mask=glow.filter(ImageFilter.GaussianBlur(60)))
    ImageDraw.Draw(picture).ellipse((596, 160, 664, 186), fill=(255, 250, 226))
    return _as_photo(picture)


def pothole() -> bytes:
    picture = _street(sky=((150, 190, 226), (222, 232, 236)), ground=(112, 112, 110))
    draw = ImageDraw.Draw(picture)
    draw.polygon(_ragged(470, 560, 190, 74), fill=(86, 80, 72))
    draw.polygon(_ragged(474, 570, 158, 54), fill=(52, 46, 40))
    draw.polygon(_ragged(490, 584, 104, 28), fill=(104, 112, 116))
    return _as_photo(picture)


def hanging_cable() -> bytes:
    picture = _street(sky=((120, 128, 142), (178, 182, 188)), ground=(74, 74, 76))
    _lamp_post(picture, (92, 92, 90))
    draw = ImageDraw.Draw(picture)
    draw.line(
        [(23 * x, 96 + 7 * x - x * x / 6) for x in range(31)], fill=(24, 24, 26), width=5, joint="curve"
    )
    draw.line(
        [(690 - x * x / 3, 116 + 16.5 * x) for x in range(31)], fill=(18, 18, 20), width=7, joint="curve"
    )
    return _as_photo(picture)


def smoke() -> bytes:
    picture = _street(sky=((160, 176, 190), (208, 206, 200)), ground=(120, 112, 92))
    rng = random.Random(7)  # noqa: S311 - a drawing, no secret
    haze = Image.new("L", SIZE)
    draw = ImageDraw.Draw(haze)
    for step in range(44):
        x = 250 + step * 9 + rng.randint(-30, 30)
        y = 480 - step * 10
        r = 26 + step * 3
        draw.ellipse((x - r, y - r, x + r, y + r), fill=170 - step * 2)
    picture.paste((226, 224, 220), mask=haze.filter(ImageFilter.GaussianBlur(24)))
    ImageDraw.Draw(picture).polygon(_ragged(250, 500, 90, 26), fill=(62, 46, 34))
    return _as_photo(picture)


def _street(*, sky: tuple[Colour, Colour], ground: Colour) -> Image.Image:
    """Draws a road that runs to the horizon between two rows of houses."""
    slope = Image.linear_gradient("L").resize((WIDTH, HORIZON))
    high, low = (Image.new("RGB", slope.size, colour) for colour in sky)
    picture = Image.new("RGB", SIZE, ground)
    picture.paste(Image.composite(low, high, slope))
    draw = ImageDraw.Draw(picture)
    wall = _shade(ground, 0.72)
    for left, width, top in ((0, 190, 190), (200, 130, 236), (335, 70, 276), (560, 90, 270), (655, 305, 214)):
        draw.rectangle((left, top, left + width, HORIZON + 26), fill=wall)
        draw.polygon(
            [(left - 8, top), (left + width / 2, top - 34), (left + width + 8, top)], fill=_shade(wall, 0.7)
        )
    draw.polygon([(440, HORIZON), (520, HORIZON), (1080, HEIGHT), (-120, HEIGHT)], fill=_shade(ground, 0.84))
    for near in (0.12, 0.3, 0.58):
        y = HORIZON + (HEIGHT - HORIZON) * near
        half = 3 + 12 * near
        draw.polygon(
            [
                (480 - half, y),
                (480 + half, y),
                (480 + half * 1.7, y + 90 * near),
                (480 - half * 1.7, y + 90 * near),
            ],
            fill=_shade(ground, 1.5),
        )
    return picture


def _lamp_post(picture: Image.Image, colour: Colour) -> None:
    draw = ImageDraw.Draw(picture)
    draw.rectangle((752, 130, 768, 660), fill=colour)
    draw.line([(760, 140), (660, 156)], fill=colour, width=9)
    draw.polygon([(590, 156), (670, 150), (664, 170), (596, 172)], fill=_shade(colour, 1.3))


def _ragged(x: float, y: float, wide: float, high: float) -> list[tuple[float, float]]:
    """Returns the points of an uneven outline, such as the edge of a pothole."""
    rng = random.Random(x)  # noqa: S311 - a drawing, no secret
    points = []
    for step in range(16):
        angle = math.tau * step / 16
        reach = rng.uniform(0.84, 1.1)
        points.append((x + math.cos(angle) * wide * reach, y + math.sin(angle) * high * reach))
    return points


def _shade(colour: Colour, strength: float) -> Colour:
    red, green, blue = (min(255, int(part * strength)) for part in colour)
    return red, green, blue


def _as_photo(picture: Image.Image) -> bytes:
    """Returns the drawing as a JPEG, slightly blurred and grainy like a photo from a phone."""
    soft = picture.filter(ImageFilter.GaussianBlur(1.6))
    grain = Image.effect_noise(SIZE, 46).convert("RGB")
    out = io.BytesIO()
    Image.blend(soft, grain, 0.07).save(out, "JPEG", quality=84)
    return out.getvalue()
