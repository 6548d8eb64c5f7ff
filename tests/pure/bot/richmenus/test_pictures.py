"""Tests the drawn pictures: legible, the same every time, with Thai in its place, and of the present menu."""

import io
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFont, features

from bot.richmenus import draw
from bot.richmenus.declaration import FOLDER, ICON_NAMES, MenuError, RichMenu, read_menus
from bot.richmenus.icons import ICONS, icon_mask
from bot.richmenus.pictures import DrawnMenu, draw_menus, read_drawn_menus

needs_shaping = pytest.mark.skipif(
    not features.check("raqm"), reason="drawing Thai needs FriBiDi (libfribidi0), which this machine lacks"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for alias in ("resident", "resident-news"):
        for path in FOLDER.glob(f"{alias}.*"):
            shutil.copy(path, tmp_path)
    return tmp_path


def drawn_in(folder: Path) -> DrawnMenu:
    (drawn,) = (drawn for drawn in read_drawn_menus(folder) if drawn.menu.alias == "resident")
    return drawn


def redraw(folder: Path) -> str:
    (sentence,) = (sentence for sentence in draw_menus(folder) if sentence.startswith("resident:"))
    return sentence


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / "resident.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def resident() -> RichMenu:
    (menu,) = (menu for menu in read_menus() if menu.default)
    return menu


def test_every_kept_picture_shows_the_present_menu():
    """Fails after a change of a menu: run python -m bot richmenus draw, look at the picture, commit it."""
    assert {drawn.menu.alias for drawn in read_drawn_menus()} == {menu.alias for menu in read_menus()}


def test_every_kept_picture_is_one_that_line_takes():
    for drawn in read_drawn_menus():
        with Image.open(io.BytesIO(drawn.png)) as picture:
            assert picture.format == "PNG"
            assert picture.size == (drawn.menu.size.width, drawn.menu.size.height)
        assert len(drawn.png) <= 200_000


def test_a_menu_whose_looks_changed_asks_to_be_drawn(folder):
    rewrite(folder, 'label = "ติดต่อเรา"', 'label = "ติดต่อ"')
    with pytest.raises(MenuError, match="python -m bot richmenus draw"):
        read_drawn_menus(folder)


def test_a_menu_that_only_sends_something_else_needs_no_new_picture(folder):
    before = drawn_in(folder)
    rewrite(folder, "do=contact", "do=rescue")
    after = drawn_in(folder)
    assert after.png == before.png
    assert after.digest != before.digest


def test_a_picture_exchanged_by_hand_is_noticed(folder):
    Image.new("P", (2500, 1686)).save(folder / "resident.png")
    with pytest.raises(MenuError, match="does not show"):
        read_drawn_menus(folder)


def test_a_menu_without_a_picture_says_how_to_get_one(folder):
    (folder / "resident.png").unlink()
    with pytest.raises(MenuError, match="python -m bot richmenus draw"):
        read_drawn_menus(folder)


@needs_shaping
def test_a_hint_that_could_only_be_drawn_small_is_refused():
    declared = resident().model_dump()
    declared["rows"][0]["tiles"][0]["hint"] = "ไฟดับ ถนนพัง น้ำไม่ไหล"
    with pytest.raises(MenuError, match="น้ำไม่ไหล cannot be drawn large enough"):
        draw.draw_menu(RichMenu.model_validate(declared))


@needs_shaping
def test_drawing_gives_a_picture_that_belongs_and_is_the_same_every_time(folder):
    rewrite(folder, 'label = "ติดต่อเรา"', 'label = "ติดต่อ"')
    assert "a new picture" in redraw(folder)
    first = drawn_in(folder).png
    assert "the same picture" in redraw(folder)
    assert drawn_in(folder).png == first


@needs_shaping
@pytest.mark.parametrize(("width", "height", "rows"), [(800, 540, 2), (1200, 810, 2), (2500, 843, 1)])
def test_other_sizes_are_drawn_too(width, height, rows):
    declared = resident().model_dump() | {"size": {"width": width, "height": height}}
    declared["rows"] = declared["rows"][:rows]
    with Image.open(io.BytesIO(draw.draw_menu(RichMenu.model_validate(declared)))) as picture:
        assert picture.size == (width, height)


@needs_shaping
@pytest.mark.parametrize(("label", "height"), [("แจ้งเรื่องเดือดร้อนรำคาญ", 1686), ("แจ้งปัญหา", 843)])
def test_a_label_that_could_only_be_drawn_small_is_refused(label, height):
    declared = resident().model_dump() | {"size": {"width": 2500, "height": height}}
    declared["rows"][0]["tiles"][0]["label"] = label
    with pytest.raises(MenuError, match="large enough to be read"):
        draw.draw_menu(RichMenu.model_validate(declared))


def test_labels_stand_at_least_100_pixels_high_in_the_kept_picture():
    for drawn in read_drawn_menus():
        with Image.open(io.BytesIO(drawn.png)) as opened:
            picture = opened.convert("RGB")
        for bounds, tile in drawn.menu.places():
            box = (bounds.x, bounds.y, bounds.x + bounds.width, bounds.y + bounds.height)
            badge, *label = _runs(_rows_with(picture.crop(box), tile.colour))
            assert badge[1] - badge[0] > 240
            # Without signs above or below (Track, ประกาศ) the letters alone are measured, in the same size.
            least = 100 if re.search("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", tile.label) else 75
            assert label[-1][1] - label[0][0] >= least, tile.label


def _rows_with(picture: Image.Image, colour: str) -> list[int]:
    """Returns the rows in which a pixel has about this colour."""
    apart = ImageChops.difference(picture, Image.new("RGB", picture.size, colour))
    red, green, blue = apart.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    near = most.point([255] * 7 + [0] * 249).tobytes()
    width = picture.width
    return [y for y in range(picture.height) if 255 in near[y * width : (y + 1) * width]]


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Returns consecutive rows, each group as its first and last row."""
    runs = [[rows[0], rows[0]]]
    for row in rows[1:]:
        if row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return [(first, last) for first, last in runs]


@needs_shaping
@pytest.mark.parametrize("weight", ["Regular", "Bold"])
@pytest.mark.parametrize("stack", ["ที่", "ปั้", "นี้", "รื่", "ฟื้", "น้ำ"])
def test_a_tone_mark_stands_above_the_vowel_and_not_in_it(weight, stack):
    bare = "".join(sign for sign in stack if sign not in "่้")
    font = draw.thai_font(weight, 100)
    assert _top(font, stack) <= _top(font, bare) - 15


@needs_shaping
@pytest.mark.parametrize("stack", ["ที่", "นี้", "รื่"])
def test_without_shaping_the_tone_mark_would_run_into_the_vowel(stack):
    """Shows why drawing refuses where Raqm is missing; once this fails, it need not refuse."""
    font = draw.thai_font("Bold", 100)
    basic = ImageFont.truetype(font.path, 100, layout_engine=ImageFont.Layout.BASIC)
    assert _top(font, stack) < _top(basic, stack) - 10


def _top(font: ImageFont.FreeTypeFont, text: str) -> float:
    return font.getbbox(text, anchor="ls")[1]


def test_drawing_without_shaping_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(features, "check", lambda feature: False)
    with pytest.raises(MenuError, match="libfribidi0"):
        draw.draw_menu(resident())


def test_every_icon_that_can_be_named_is_drawn_and_stays_in_its_field():
    assert set(ICONS) == set(ICON_NAMES)
    for name in ICON_NAMES:
        left, top, right, bottom = icon_mask(name, 240).getbbox() or (0, 0, 0, 0)
        assert 0 < left < right < 240, name
        assert 0 < top < bottom < 240, name
