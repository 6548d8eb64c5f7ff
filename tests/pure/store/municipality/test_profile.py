"""Tests that a mistake in the municipality's file is reported in plain words."""

from datetime import date, time

import pytest

from store.municipality.profile import MunicipalityError, read_municipality
from store.settings import DEMO_MUNICIPALITY

DEMO = DEMO_MUNICIPALITY.read_text("utf-8")


def read(folder, text, encoding="utf-8"):
    (folder / "town.toml").write_text(text, encoding)
    return read_municipality(folder / "town.toml")


def test_the_demo_municipality_can_be_read():
    town = read_municipality(DEMO_MUNICIPALITY)
    assert town.office_hours.opens == time(8, 30)
    assert date(2027, 4, 13) in {holiday.day for holiday in town.holidays}


def test_phrases_get_plain_words():
    words = read_municipality(DEMO_MUNICIPALITY).words()
    assert (words["opens"], words["closes"]) == ("08.30", "16.30")
    assert all(isinstance(word, str) and word for word in words.values())


def test_the_office_takes_what_no_department_does():
    town = read_municipality(DEMO_MUNICIPALITY)
    assert town.department("engineering").name == "กองช่าง"
    assert town.department("space").code == "office"


SLIPS = {
    "no TOML": ('name = "เทศบาลตำบลตัวอย่าง"', "name = เทศบาล", "is not TOML"),
    "a word misspelt": ("short_name", "shortname", "shortname"),
    "a prefix of letters that are read as figures": ('"TX"', '"IO"', "tracking_prefix"),
    "a prefix of three letters": ('"TX"', '"TXX"', "tracking_prefix"),
    "no office": ('code = "office"', 'code = "palace"', 'must have the code "office"'),
    "an hour that is none": ("08:30:00", '"half past eight"', "office_hours.opens"),
    "an office that closes before it opens": (
        "closes = 16:30:00",
        "closes = 08:00:00",
        "must open before it closes",
    ),
    "an office that never opens": ("days = [1, 2, 3, 4, 5]", "days = []", "office_hours.days"),
    "an eighth day of the week": ("days = [1, 2, 3, 4, 5]", "days = [8]", "office_hours.days"),
    "a holiday that is no day": ("day = 2026-12-10", 'day = "10 ธ.ค."', "holidays.1.day"),
    "a pin without a place": ("latitude = 16.4322", 'latitude = "north"', "centre.latitude"),
    "news held for days": ("hold_seconds = 10", "hold_seconds = 100000", "messages.hold_seconds"),
    "no phone for the night": ('duty = "043-000-199"', "", "phones.duty"),
    "no privacy notice": ('version = "2569-12"', "", "privacy.version"),
}


@pytest.mark.parametrize("claim", SLIPS)
def test_a_file_is_refused_for(claim, tmp_path):
    right, wrong, told = SLIPS[claim]
    assert right in DEMO
    with pytest.raises(MunicipalityError, match=f"town.toml.*{told}"):
        read(tmp_path, DEMO.replace(right, wrong, 1))


def test_a_file_in_the_old_thai_encoding_is_told_so(tmp_path):
    with pytest.raises(MunicipalityError, match=r"town.toml is not saved as UTF-8"):
        read(tmp_path, 'name = "เทศบาล"', encoding="cp874")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MunicipalityError, match=r"MUNICIPALITY: there is no file .*nowhere.toml"):
        read_municipality(tmp_path / "nowhere.toml")


def test_the_file_cannot_be_changed_once_it_is_read():
    with pytest.raises(ValueError, match="frozen"):
        read_municipality(DEMO_MUNICIPALITY).name = "อื่น"  # type: ignore[misc]
