"""Draws the icons of rich menus with round strokes, in coordinates from 0 to 100."""

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]
FIELD = 100
# Pillow draws hard edges. Icons are drawn four times as large and scaled down, which makes the edges smooth.
OVERSIZE = 4


class Pen:
    """Draws on a mask, in coordinates from 0 to 100. What is drawn with `cut` becomes transparent again."""

    def __init__(self, side: int) -> None:
        self._unit = side * OVERSIZE / FIELD
        self._mask = Image.new("L", (side * OVERSIZE, side * OVERSIZE), 0)
        self._draw = ImageDraw.Draw(self._mask)

    def _at(self, point: Point) -> Point:
        return (point[0] * self._unit, point[1] * self._unit)

    def dot(self, centre: Point, radius: float, *, cut: bool = False) -> None:
        (x, y), r = self._at(centre), radius * self._unit
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=_ink(cut))

    def line(self, points: Sequence[Point], width: float = 8, *, cut: bool = False) -> None:
        """Draws a line whose ends and bends are round."""
        self._draw.line([self._at(p) for p in points], fill=_ink(cut), width=round(width * self._unit))
        for point in points:
            self.dot(point, width / 2, cut=cut)

    def arc(
        self,
        centre: Point,
        radius: float,
        degrees: tuple[float, float],
        width: float = 8,
        *,
        cut: bool = False,
    ) -> None:
        """Draws an arc with round ends. Angles are in degrees, clockwise from three o'clock."""
        first, last = degrees
        steps = max(2, round(abs(last - first) / 3))
        points = [_around(centre, radius, first + (last - first) * i / steps) for i in range(steps + 1)]
        self.line(points, width, cut=cut)

    def shape(self, points: Sequence[Point], *, round_by: float = 0, cut: bool = False) -> None:
        """Draws a filled polygon that is larger by `round_by` on all sides, which rounds its corners."""
        self._draw.polygon([self._at(p) for p in points], fill=_ink(cut))
        if round_by:
            self.line([*points, points[0]], 2 * round_by, cut=cut)

    def box(self, corner: Point, opposite: Point, *, radius: float = 0, cut: bool = False) -> None:
        corners = (*self._at(corner), *self._at(opposite))
        self._draw.rounded_rectangle(corners, radius * self._unit, fill=_ink(cut))

    def mask(self) -> Image.Image:
        return self._mask.reduce(OVERSIZE)


def _ink(cut: bool) -> int:
    return 0 if cut else 255


def _around(centre: Point, radius: float, degrees: float) -> Point:
    angle = math.radians(degrees)
    return (centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))


def _bend(start: Point, towards: Point, end: Point) -> list[Point]:
    """Returns points along a quadratic Bézier curve."""
    steps = [i / 20 for i in range(21)]
    weights = [((1 - t) ** 2, 2 * t * (1 - t), t * t) for t in steps]
    return [
        (a * start[0] + b * towards[0] + c * end[0], a * start[1] + b * towards[1] + c * end[1])
        for a, b, c in weights
    ]


def _megaphone(pen: Pen) -> None:
    pen.line([(27, 58), (33, 82)], 13)
    pen.shape([(14, 42), (30, 42), (58, 23), (58, 77), (30, 58), (14, 58)], round_by=4)
    pen.line([(58, 17), (58, 83)], 9)
    pen.arc((60, 50), 17, (-50, 50), 7)
    pen.arc((60, 50), 32, (-50, 50), 7)


def _document(pen: Pen) -> None:
    pen.shape([(25, 14), (57, 14), (75, 32), (75, 86), (25, 86)], round_by=5)
    pen.shape([(58, 9), (80, 9), (80, 31)], cut=True)
    pen.line([(57, 13), (57, 33), (76, 33)], 4, cut=True)
    pen.line([(35, 49), (65, 49)], 6, cut=True)
    pen.line([(35, 62), (65, 62)], 6, cut=True)
    pen.line([(35, 75), (52, 75)], 6, cut=True)


def _magnifier(pen: Pen) -> None:
    pen.dot((43, 43), 32)
    pen.dot((43, 43), 22, cut=True)
    pen.line([(69, 69), (85, 85)], 14)
    pen.line([(33, 44), (41, 52), (54, 36)], 7)


def _folder(pen: Pen) -> None:
    pen.shape([(12, 22), (38, 22), (47, 32), (88, 32), (88, 82), (12, 82)], round_by=5)
    pen.dot((50, 49), 9.5, cut=True)
    pen.shape([_around((50, 79), 18, angle) for angle in range(180, 361, 5)], round_by=1.5, cut=True)


def _phone(pen: Pen) -> None:
    outside = _bend((18, 25), (24, 76), (75, 82))
    inside = _bend((59, 68), (42, 58), (32, 41))
    pen.shape([*outside, (85, 71), (69, 59), *inside, (41, 31), (29, 15)], round_by=4)
    pen.arc((54, 46), 17, (-80, -10), 7)
    pen.arc((54, 46), 33, (-80, -10), 7)


def _question(pen: Pen) -> None:
    pen.box((11, 12), (89, 74), radius=20)
    pen.shape([(30, 70), (52, 70), (30, 90)], round_by=3)
    _cut_question_mark(pen)


def _cut_question_mark(pen: Pen) -> None:
    hook = [_around((50, 34), 11, angle) for angle in range(180, 421, 6)]
    pen.line([*hook, (50, 47), (50, 51)], 7, cut=True)
    pen.dot((50, 63), 4.6, cut=True)


def _newspaper(pen: Pen) -> None:
    pen.box((12, 18), (80, 84), radius=6)
    pen.box((72, 36), (92, 84), radius=6)
    pen.line([(80, 40), (80, 90)], 4, cut=True)
    pen.box((22, 28), (46, 52), radius=3, cut=True)
    for y in (32, 47):
        pen.line([(55, y), (70, y)], 6, cut=True)
    for y in (62, 74):
        pen.line([(24, y), (70, y)], 6, cut=True)


def _siren(pen: Pen) -> None:
    pen.shape([_around((50, 58), 24, angle) for angle in range(180, 361, 5)] + [(74, 72), (26, 72)])
    pen.box((16, 76), (84, 90), radius=5)
    pen.line([(50, 14), (50, 24)], 8)
    pen.line([(19, 27), (26, 34)], 8)
    pen.line([(81, 27), (74, 34)], 8)
    pen.arc((50, 58), 13, (190, 262), 6, cut=True)


def _globe(pen: Pen) -> None:
    pen.dot((50, 50), 38)
    pen.dot((50, 50), 31, cut=True)
    pen.line([(16, 50), (84, 50)], 6)
    pen.line([(50, 16), (50, 84)], 6)
    for side in (-1, 1):
        far = 50 + side * 34
        pen.line(_bend((50, 15), (far, 50), (50, 85)), 6)
    pen.line(_bend((24, 27), (50, 40), (76, 27)), 6)
    pen.line(_bend((24, 73), (50, 60), (76, 73)), 6)


def _flood(pen: Pen) -> None:
    """Draws a house with water up to its door."""
    pen.shape([(50, 14), (86, 44), (14, 44)], round_by=4)
    pen.box((24, 40), (76, 74))
    pen.box((43, 50), (57, 74), cut=True)
    for y, width in ((72, 16), (88, 8)):
        swell = [(x, y + 4 * math.sin((x - 8) / 84 * 3 * math.tau)) for x in range(8, 93, 3)]
        if width > 8:
            pen.line(swell, width, cut=True)
        pen.line(swell, 8)


def _coin(pen: Pen) -> None:
    """Draws a coin with the sign of the baht, a B struck through."""
    pen.dot((50, 50), 41)
    pen.dot((50, 50), 35, cut=True)
    pen.line([(39, 30), (39, 70)], 8)
    for y, reach in ((30, 52), (49, 55), (70, 55)):
        pen.line([(39, y), (reach, y)], 8)
    pen.arc((52, 39.5), 9.5, (-90, 90), 8)
    pen.arc((55, 59.5), 10.5, (-90, 90), 8)
    for y in (22, 76):
        pen.line([(50, y), (50, y + 2)], 7)


def _calendar(pen: Pen) -> None:
    pen.box((14, 22), (86, 86), radius=8)
    pen.box((21, 42), (79, 79), radius=3, cut=True)
    for x in (32, 68):
        pen.line([(x, 14), (x, 28)], 12, cut=True)
        pen.line([(x, 14), (x, 28)], 7)
    for y in (53, 68):
        for x in (34, 50, 66):
            pen.dot((x, y), 5)


def _bell(pen: Pen) -> None:
    dome = [_around((50, 42), 25, angle) for angle in range(180, 361, 5)]
    pen.shape([*dome, (77, 64), (84, 72), (16, 72), (23, 64)], round_by=3)
    pen.dot((50, 15), 6)
    pen.dot((50, 80), 9)
    pen.line([(28, 77), (72, 77)], 4, cut=True)


ICONS: dict[str, Callable[[Pen], None]] = {
    "megaphone": _megaphone,
    "document": _document,
    "magnifier": _magnifier,
    "folder": _folder,
    "phone": _phone,
    "question": _question,
    "newspaper": _newspaper,
    "siren": _siren,
    "globe": _globe,
    "flood": _flood,
    "coin": _coin,
    "calendar": _calendar,
    "bell": _bell,
}


def icon_mask(name: str, side: int) -> Image.Image:
    """Returns the icon as a mask of `side` × `side` pixels."""
    pen = Pen(side)
    ICONS[name](pen)
    return pen.mask()
