"""Tests what a rich menu's file may hold, and how its tiles become areas."""

import itertools
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.service_matching import meant
from bot.handlers.taps import MENU
from bot.line.events import read_tap
from bot.richmenus.declaration import (
    FOLDER,
    MenuError,
    RichMenu,
    contrast_with_white,
    read_menu,
    read_menus,
)
from store.residents.menus import SEASONS
from tests.children import run
from tests.pure.strategies import SERVICES

FOURTEEN = "เมนูบริการเทศบาล"  # 16 code points
MENUS = {menu.alias: menu for menu in read_menus()}


TABS = [{"label": "บริการ", "menu": "resident"}, {"label": "ข่าวสาร", "menu": "news"}]


def tile(**more: Any) -> dict[str, Any]:
    return {"label": "แจ้งปัญหา", "icon": "megaphone", "colour": "#b3361e", "data": "do=report"} | more


def menu(*rows: int, **more: Any) -> dict[str, Any]:
    """Returns a menu with so many tiles in each row."""
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
    resident = MENUS["resident"]
    sent = [(action["data"], action["displayText"]) for action in actions(resident)[1:]]
    assert resident.default
    assert sent == [
        ("do=report", "แจ้งปัญหา"),
        ("do=request", "ขอรับบริการ"),
        ("do=track", "ติดตามเรื่อง"),
        ("do=mine", "เรื่องของฉัน"),
        ("do=contact", "ติดต่อเรา"),
        ("do=emergency", "เบอร์ฉุกเฉิน"),
    ]


# What everybody must find, whichever menu they see; do=services lists what can be reported and what can be requested.
ALWAYS = {"do=report", "do=request", "do=track", "do=contact", "do=emergency"}


@pytest.mark.parametrize(
    "menu", [m for m in MENUS.values() if not m.alias.endswith("-news")], ids=lambda menu: menu.alias
)
def test_every_menu_leads_to_help_in_danger_and_to_each_kind_of_service(menu):
    offered = {action.get("data") for action in actions(menu)}
    if "do=services" in offered:
        offered |= {"do=report", "do=request"}
    assert offered >= ALWAYS


def test_whoever_has_told_us_their_name_finds_their_cases_in_the_first_row_and_loses_no_tile():
    everybodys, theirs = (tiles(alias) for alias in ("resident", "registered"))
    assert set(theirs) == set(everybodys)
    assert "do=mine" in theirs[:3]
    moved = [new for old, new in zip(everybodys, theirs, strict=True) if new != old]
    assert set(moved) == {"do=mine", "do=request"}
    assert MENUS["registered-news"].rows == MENUS["resident-news"].rows


def tiles(alias: str) -> list[str | None]:
    return [tile.data for _, tile in MENUS[alias].places()]


def test_what_a_tile_gives_as_an_example_is_in_the_list_behind_it():
    problems = [service for service in SERVICES.values() if service.group == "problem"]
    hints = [tile.hint for menu in MENUS.values() for _, tile in menu.places() if tile.data == "do=report"]
    examples = {word for hint in hints if hint and not hint.isascii() for word in hint.split()}
    assert "ไฟดับ" in examples
    assert [word for word in examples if not meant(problems, word)] == []


def test_in_a_flood_the_first_two_tiles_are_for_people_in_danger():
    for menu in (MENUS["flood"], MENUS["flood-en"]):
        assert [action["data"] for action in actions(menu)[:2]] == ["do=open&s=drainage", "do=emergency"]


@pytest.mark.parametrize("menu", MENUS.values(), ids=lambda menu: menu.alias)
def test_every_tile_does_something_the_bot_knows(menu):
    for action in actions(menu):
        tap = read_tap({"data": action.get("data", "do=help")})
        assert tap.do in MENU or tap.about.get("s") in SERVICES


def test_who_chose_english_finds_the_way_back_and_reads_no_other_thai():
    for alias, menu in MENUS.items():
        if alias.endswith("-en"):
            thai = [tile.label for _, tile in menu.places() if re.search("[ก-๙]", tile.label)]
            assert thai == ["ภาษาไทย"]
            assert "do=thai" in [action["data"] for action in actions(menu)]
            assert not re.search("[ก-๙]", menu.chat_bar_text)


def test_every_season_that_staff_can_choose_has_its_menu_and_words():
    assert set(SEASONS) <= set(MENUS)
    assert not any(MENUS[alias].default for alias in SEASONS)


def test_a_tab_switches_to_the_other_menu_and_the_one_lit_up_leads_nowhere():
    first = actions(MENUS["resident"])[0]
    assert first == {
        "type": "richmenuswitch",
        "label": "ข่าวสาร",
        "richMenuAliasId": "resident-news",
        "data": "do=tab",
    }
    assert [a["richMenuAliasId"] for a in actions(MENUS["resident-news"]) if "richMenuAliasId" in a] == [
        "resident"
    ]


def test_tabs_and_tiles_cover_the_picture_without_gap_or_overlap():
    declared = MENUS["resident"]
    covered = [bounds for bounds, _ in (*declared.tab_places(), *declared.places())]
    assert sum(b.width * b.height for b in covered) == declared.size.width * declared.size.height
    for one, other in itertools.combinations(covered, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        above = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert beside or above


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
        ({"rows": [{"tiles": [tile()] * 6}] * 3 + [{"tiles": [tile()]}], "tabs": TABS}, "at most 20 areas"),
        ({"tabs": TABS[1:]}, "that of the menu itself"),
        ({"tabs": [*TABS, {"label": "x", "menu": "Other Menu"}]}, "tabs.2.menu"),
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


def test_a_tab_must_lead_to_a_menu_that_shows_the_same_tabs(tmp_path: Path):
    for alias in ("resident", "resident-news"):
        shutil.copy(FOLDER / f"{alias}.toml", tmp_path)
    news = tmp_path / "resident-news.toml"
    news.write_text(news.read_text("utf-8").replace('label = "บริการ"', 'label = "เมนู"'), "utf-8")
    with pytest.raises(MenuError, match="must have the same tabs"):
        read_menus(tmp_path)
    news.unlink()
    with pytest.raises(MenuError, match="there is no menu resident-news for the tab ข่าวสาร"):
        read_menus(tmp_path)


def test_reading_menus_costs_no_process_the_sdk_or_the_drawing():
    told = "import bot.richmenus.publish, sys; print({'linebot', 'PIL'} & set(sys.modules))"
    answer = run([sys.executable, "-c", told])
    assert answer.stdout.strip() == "set()"
