"""Draws a rich menu's picture: a card for each tile, with an icon, a large label and a hint.

The same menu always gives the same bytes.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from bot.richmenus.declaration import Bounds, MenuError, MenuTab, RichMenu, Tile
from bot.richmenus.icons import OVERSIZE, icon_mask
from store.line.limits import RICH_MENU_BYTES

FONTS = Path(__file__).parent / "fonts"
# Width and height in pixels of a tile for which the sizes below hold: one of 3 × 2 on a picture 2500 wide. They scale
# with the tile.
TILE = (833, 843)
MARGIN, CORNER, BADGE, GLYPH, GAP = 14, 64, 340, 240, 44
LABEL_SIZE, HINT_SIZE = 148, 104
# Smallest font sizes, as a share of the picture's width. On a phone 390 points wide, a hint is then 16 points high,
# which old people can read.
MIN_LABEL, MIN_HINT = 100 / 2500, 103 / 2500
# Room above the baseline, for ปั้น, and below it, for กู้, as a share of the font's size.
ABOVE, BELOW = 1.02, 0.38
INK, CARD = "#14242e", "#ffffff"
TAB_REST = "#b9cad2"
TAB_LABEL = 0.42  # of the bar's height
ROOM = 96  # left free beside a line of text, both sides together
Line = tuple[str, ImageFont.FreeTypeFont, str]


@dataclass(frozen=True)
class Hand:
    """Holds the scale and the fonts of a row. All tiles of a row share them, because different sizes look wrong."""

    scale: float
    label: ImageFont.FreeTypeFont
    hint: ImageFont.FreeTypeFont


def draw_menu(menu: RichMenu) -> bytes:
    """Returns the picture as PNG.

    Raises MenuError if a text does not fit, or if this machine would set Thai tone marks in the wrong places.
    """
    require_shaping()
    canvas = Image.new("RGB", (menu.size.width, menu.size.height), menu.background)
    _draw_tabs(canvas, menu)
    for row in menu.rows_of_places():
        hand = _hand_for(menu, row)
        for bounds, tile in row:
            _draw_tile(canvas, bounds, tile, hand)
    return _as_png(canvas)


def require_shaping() -> None:
    if not features.check("raqm"):
        raise MenuError(
            "Drawing Thai needs the library FriBiDi: install libfribidi0 (Debian, Ubuntu) or "
            "fribidi (Fedora, Alpine, Homebrew) and draw again. Publishing does not need it: it takes "
            "the pictures that are kept."
        )


def _hand_for(menu: RichMenu, row: list[tuple[Bounds, Tile]]) -> Hand:
    scale = min(min(bounds.width / TILE[0], bounds.height / TILE[1]) for bounds, _ in row)
    labels = [(tile.label, bounds.width - ROOM * scale) for bounds, tile in row]
    hints = [(tile.hint, bounds.width - ROOM * scale) for bounds, tile in row if tile.hint]
    width = menu.size.width
    label = _fitting(labels, "Bold", LABEL_SIZE * scale)
    _refuse_smaller(menu, labels, label, MIN_LABEL * width)
    hint = _fitting(hints, "Regular", max(HINT_SIZE * scale, MIN_HINT * width))
    _refuse_smaller(menu, hints, hint, MIN_HINT * width)
    return Hand(scale, label, hint)


def _refuse_smaller(
    menu: RichMenu, texts: list[tuple[str, float]], font: ImageFont.FreeTypeFont, least: float
) -> None:
    """Raises MenuError if the font that fits the texts into their tiles is smaller than `least` pixels."""
    if texts and font.size < int(least):
        longest = max(texts, key=lambda one: font.getlength(one[0]) / one[1])[0]
        raise MenuError(
            f"{menu.alias}: {longest} cannot be drawn large enough to be read. Shorten it, put fewer tiles "
            "into a row, or make the picture higher."
        )


def _fitting(texts: list[tuple[str, float]], weight: str, size: float) -> ImageFont.FreeTypeFont:
    """Returns the font in `size`, or in a smaller one so that each text fits its width in pixels."""
    font = thai_font(weight, round(size))
    excess = max((font.getlength(text, language="th") / room for text, room in texts), default=0)
    return font if excess <= 1 else thai_font(weight, int(size / excess))


def _draw_tabs(canvas: Image.Image, menu: RichMenu) -> None:
    """Draws the bar of tabs. The tab of this menu has the menu's background and joins the tiles below."""
    places = menu.tab_places()
    if not places:
        return
    bar = places[0][0].height
    canvas.paste(TAB_REST, (0, 0, menu.size.width, bar))
    room = [(tab.label, bounds.width * 0.9) for bounds, tab in places]
    font = _fitting(room, "Bold", bar * TAB_LABEL)
    for bounds, tab in places:
        _draw_tab(canvas, bounds, tab, font, lit=menu.background if tab.menu == menu.alias else "")


def _draw_tab(
    canvas: Image.Image, bounds: Bounds, tab: MenuTab, font: ImageFont.FreeTypeFont, *, lit: str
) -> None:
    if lit:
        # Round above only: the lower corners lie outside the bar.
        card = (bounds.x, bounds.y + bounds.height * 0.08, bounds.width, bounds.height * 1.5)
        _fill(canvas, card, radius=bounds.height * 0.25, colour=lit)
    middle = bounds.x + bounds.width / 2
    top = bounds.y + (bounds.height - font.size * (ABOVE + BELOW)) / 2
    _write(canvas, (middle, top), [(tab.label, font, INK)])


def _draw_tile(canvas: Image.Image, bounds: Bounds, tile: Tile, hand: Hand) -> None:
    margin, badge, gap = (measure * hand.scale for measure in (MARGIN, BADGE, GAP))
    card = (bounds.x + margin, bounds.y + margin, bounds.width - 2 * margin, bounds.height - 2 * margin)
    _fill(canvas, card, radius=CORNER * hand.scale, colour=CARD)
    lines = [(tile.label, hand.label, tile.colour)]
    if tile.hint:
        lines.append((tile.hint, hand.hint, INK))
    height = badge + gap + sum(font.size * (ABOVE + BELOW) for _, font, _ in lines)
    middle, top = bounds.x + bounds.width / 2, bounds.y + (bounds.height - height) / 2
    _fill(canvas, (middle - badge / 2, top, badge, badge), radius=badge / 2, colour=tile.colour)
    _draw_icon(canvas, (middle, top + badge / 2), round(GLYPH * hand.scale), tile)
    _write(canvas, (middle, top + badge + gap), lines)


def thai_font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    """Returns the font with Raqm's layout. Pillow's basic layout would draw tone marks over the vowels above."""
    path = str(FONTS / f"Sarabun-{weight}.ttf")
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)


def _fill(canvas: Image.Image, box: tuple[float, float, float, float], *, radius: float, colour: str) -> None:
    left, top, width, height = map(round, box)
    mask = Image.new("L", (width * OVERSIZE, height * OVERSIZE), 0)
    edge = (0, 0, width * OVERSIZE - 1, height * OVERSIZE - 1)
    ImageDraw.Draw(mask).rounded_rectangle(edge, radius * OVERSIZE, fill=255)
    canvas.paste(colour, (left, top), mask.reduce(OVERSIZE))


def _draw_icon(canvas: Image.Image, centre: tuple[float, float], side: int, tile: Tile) -> None:
    corner = (round(centre[0] - side / 2), round(centre[1] - side / 2))
    canvas.paste(CARD, corner, icon_mask(tile.icon, side))


def _write(canvas: Image.Image, top_middle: tuple[float, float], lines: list[Line]) -> None:
    x, y = top_middle
    draw = ImageDraw.Draw(canvas)
    for text, font, colour in lines:
        baseline = (round(x), round(y + font.size * ABOVE))
        draw.text(baseline, text, colour, font, anchor="ms", language="th")
        y += font.size * (ABOVE + BELOW)


def _as_png(canvas: Image.Image) -> bytes:
    """Returns the picture as PNG with 256 colours, enough for flat shapes and quick to load on a slow phone.

    Raises MenuError if LINE would refuse it as too large.
    """
    out = io.BytesIO()
    canvas.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    if out.tell() > RICH_MENU_BYTES:
        raise MenuError(f"The picture has {out.tell():,} bytes; LINE takes {RICH_MENU_BYTES:,}.")
    return out.getvalue()
