"""Tests addresses as people type them in one line."""

import pytest
from hypothesis import given

from store.services.answers.addresses import read_address, show_address
from tests.pure.strategies import SOME, hard_texts


@pytest.mark.parametrize(
    ("typed", "house_no", "moo"),
    [
        ("12 ม.3", "12", "3"),
        ("๑๒ ม.๓", "12", "3"),
        ("12ม3", "12", "3"),
        ("12 ม 3 ค่ะ", "12", "3"),
        ("12 หมู่ ๓", "12", "3"),
        ("12 moo 3", "12", "3"),
        ("บ้านเลขที่12หมู่ที่3", "12", "3"),
        ("หมู่ 3 บ้านเลขที่ 12/4", "12/4", "3"),
        ("บ้านอยู่ 12 ม.3", "12", "3"),
        ("ม.10 ซ.5 99/1", "99/1", "10"),
        ("123/45-46 ม.1", "123/45-46", "1"),
        ("123 ก ม.2", "123 ก", "2"),
        ("12", "12", None),
        ("ม.3", None, "3"),
        ("081-234-5678", None, None),
        ("ข้างวัด", None, None),
    ],
)
def test_house_and_moo_are_found(typed, house_no, moo):
    address = read_address(typed)
    assert (address.get("house_no"), address.get("moo")) == (house_no, moo)


def test_every_part_of_a_full_address_is_found():
    typed = "123/4 ม.1 ชุมชนสุขใจ ซ.3 ถ.มิตรภาพ ต.ในเมือง อ.เมืองขอนแก่น จ.ขอนแก่น 40000"
    assert read_address(typed) == {
        "house_no": "123/4",
        "moo": "1",
        "community": "สุขใจ",
        "soi": "3",
        "road": "มิตรภาพ",
        "tambon": "ในเมือง",
        "amphoe": "เมืองขอนแก่น",
        "province": "ขอนแก่น",
    }


def test_a_part_ends_where_the_next_begins_even_without_its_dot():
    assert read_address("12 ซอยร่มเย็น 3 ม 4")["soi"] == "ร่มเย็น 3"


def test_a_housing_estate_stays_one():
    address = read_address("99/123 หมู่บ้านพฤกษา ม.3")
    assert show_address(address) == "99/123 หมู่ 3 หมู่บ้านพฤกษา"


def test_a_shown_address_reads_the_same_again():
    typed = "123/4 หมู่ 1 ชุมชนสุขใจ ซอย3 ถนนมิตรภาพ ต.ในเมือง อ.เมือง จ.ขอนแก่น"
    assert show_address(read_address(typed)) == typed


@given(hard_texts)
@SOME
def test_any_text_gives_an_address_that_can_be_shown(text):
    address = read_address(text)
    assert all(address.values())
    assert isinstance(show_address(address), str)


def test_a_house_number_is_not_cut_in_its_middle():
    """Checks that a number with a slash that names a soi is taken whole."""
    assert read_address("99/1 ซอย 12/3 หมู่ 4")["soi"] == "12/3"
    assert read_address("99/1 ซอย" + "1" * 4000)["soi"] == "1" * 4000
