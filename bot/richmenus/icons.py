"""The icons of rich menus, drawn with round strokes on a field of 100 × 100."""

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]
FIELD = 100
# Pillow draws hard edges: four times too large and scaled down they come out smooth.
OVERSIZE = 4


class Pen:
    """Draws in field units on a mask: what is drawn shows, what is cut shows the ground again."""

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
        """Round at its ends and bends."""
        self._draw.line([self._at(p) for p in points], fill=_ink(cut), width=round(width * self._unit))
        for point in points:
            self.dot(point, width / 2, cut=cut)

    def arc(self, centre: Point, radius: float, degrees: tuple[float, float], width: float = 8) -> None:
        """Clockwise from three o'clock, as on a clock face; round at both ends."""
        first, last = degrees
        steps = max(2, round(abs(last - first) / 3))
        self.line(
            [_around(centre, radius, first + (last - first) * i / steps) for i in range(steps + 1)], width
        )

    def shape(self, points: Sequence[Point], *, round_by: float = 0, cut: bool = False) -> None:
        """A filled polygon, its corners rounded outwards by `round_by`."""
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
    """A quadratic Bézier curve."""
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


ICONS: dict[str, Callable[[Pen], None]] = {
    "megaphone": _megaphone,
    "document": _document,
    "magnifier": _magnifier,
    "folder": _folder,
    "phone": _phone,
    "question": _question,
}


def icon_mask(name: str, side: int) -> Image.Image:
    """A mask of `side` × `side` pixels."""
    pen = Pen(side)
    ICONS[name](pen)
    return pen.mask()
