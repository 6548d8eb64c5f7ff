"""What a rich menu's file may say, and how its tiles become areas."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.richmenus.declaration import (
    MenuError,
    RichMenu,
    contrast_with_white,
    read_menu,
    read_menus,
)

FOURTEEN = "เมนูบริการเทศบาล"  # 16 code points


def tile(**more: Any) -> dict[str, Any]:
    return {"label": "แจ้งปัญหา", "icon": "megaphone", "colour": "#b3361e", "data": "do=report"} | more


def menu(*rows: int, **more: Any) -> dict[str, Any]:
    """A menu with so many tiles in each row."""
    size = {"width": 2500, "height": 1686}
    tiles = [{"tiles": [tile()] * count} for count in rows or (1,)]
    return {
        "alias": "resident",
        "chat_bar_text": "เมนู",
        "size": size,
        "background": "#ffffff",
        "rows": tiles,
    } | more


def test_the_residents_menu_offers_the_six_things():
    (resident,) = read_menus()
    sent = [(action["data"], action["displayText"]) for action in actions(resident)]
    assert resident.alias == "resident"
    assert sent == [
        ("do=report", "แจ้งปัญหา"),
        ("do=request", "ขอรับบริการ"),
        ("do=track", "ติดตามเรื่อง"),
        ("do=mine", "เรื่องของฉัน"),
        ("do=contact", "ติดต่อเรา"),
        ("do=help", "ช่วยเหลือ"),
    ]


def actions(declared: RichMenu) -> list[dict[str, Any]]:
    return [area["action"] for area in declared.as_line_wants_it("name")["areas"]]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(800, 2500), st.integers(250, 551))
def test_the_areas_cover_the_picture_without_gap_or_overlap(rows, width, height):
    declared = RichMenu.model_validate(menu(*rows, size={"width": width, "height": height}))
    taken = [[0] * width for _ in range(len(rows))]
    top = 0
    for number, count in enumerate(rows):
        row = [bounds for bounds, _ in declared.places() if bounds.y == top]
        assert len(row) == count
        assert len({bounds.height for bounds in row}) == 1
        for bounds in row:
            for x in range(bounds.x, bounds.x + bounds.width):
                taken[number][x] += 1
        top += row[0].height
    assert top == height
    assert all(column == 1 for row in taken for column in row)


def test_a_tile_can_open_a_link():
    link = {"label": "โทร", "icon": "phone", "colour": "#222222", "link": "tel:053123456"}
    declared = RichMenu.model_validate(menu(rows=[{"tiles": [link]}]))
    assert actions(declared) == [{"type": "uri", "label": "โทร", "uri": "tel:053123456"}]


def test_characters_are_counted_as_people_see_them():
    declared = RichMenu.model_validate(
        menu(chat_bar_text=FOURTEEN, rows=[{"tiles": [tile(label="น้ำ" * 20)]}])
    )
    assert declared.chat_bar_text == FOURTEEN


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"alias": "Resident Menu"}, "alias"),
        ({"alias": "a" * 33}, "alias"),
        ({"chat_bar_text": FOURTEEN + "ก"}, "1 to 14 characters"),
        ({"chat_bar_text": ""}, "1 to 14 characters"),
        ({"size": {"width": 799, "height": 400}}, "size.width"),
        ({"size": {"width": 2501, "height": 1686}}, "size.width"),
        ({"size": {"width": 800, "height": 249}}, "size.height"),
        ({"size": {"width": 1000, "height": 690}}, "1.45"),
        ({"rows": []}, "rows"),
        ({"rows": [{"tiles": []}]}, "tiles"),
        ({"rows": [{"tiles": [tile()] * 7}] * 3}, "at most 20 areas"),
        ({"unknown": 1}, "Extra inputs"),
        ({"background": "white"}, "background"),
        ({"rows": [{"tiles": [tile(label="น้ำ" * 20 + "ก")]}]}, "1 to 20 characters"),
        ({"rows": [{"tiles": [tile(data="x" * 301)]}]}, "300"),
        ({"rows": [{"tiles": [tile(data="😀" * 151)]}]}, "300"),
        ({"rows": [{"tiles": [tile(says="x" * 301)]}]}, "300"),
        ({"rows": [{"tiles": [tile(data=None)]}]}, "either data"),
        ({"rows": [{"tiles": [tile(link="https://example.org")]}]}, "either data"),
        ({"rows": [{"tiles": [tile(data=None, link="https://เทศบาล.ไทย")]}]}, "link"),
        ({"rows": [{"tiles": [tile(icon="unicorn")]}]}, "icon"),
        ({"rows": [{"tiles": [tile(colour="#f5c518")]}]}, "too pale"),
        ({"rows": [{"tiles": [tile(colour="red")]}]}, "colour"),
    ],
)
def test_what_line_or_tired_eyes_would_refuse_is_refused_when_the_file_is_read(changes, because):
    with pytest.raises(ValueError, match=because):
        RichMenu.model_validate(menu(**changes))


def test_contrast_is_counted_as_wcag_does():
    assert round(contrast_with_white("#000000"), 1) == 21
    assert round(contrast_with_white("#ffffff"), 1) == 1
    assert round(contrast_with_white("#767676"), 2) == 4.54


def test_a_file_that_cannot_work_is_named(tmp_path: Path):
    (tmp_path / "broken.toml").write_text("size = {", "utf-8")
    with pytest.raises(MenuError, match=r"broken\.toml is not TOML"):
        read_menu(tmp_path / "broken.toml")
    (tmp_path / "empty.toml").write_text("", "utf-8")
    with pytest.raises(MenuError, match=r"empty\.toml: chat_bar_text"):
        read_menu(tmp_path / "empty.toml")


def test_exactly_one_menu_is_the_default(tmp_path: Path):
    with pytest.raises(MenuError, match="Exactly one"):
        read_menus(tmp_path)


def test_reading_menus_costs_no_process_the_sdk_or_the_drawing():
    told = "import bot.richmenus.publish, sys; print({'linebot', 'PIL'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
