"""Tests that a blank of an emergency template takes places and times, and no link, LINE id or telephone number."""

import pytest

from store.broadcasts.blanks import fill
from store.broadcasts.transitions import ActRefused
from store.municipality.profile import Municipality

WATER = "น้ำล้นตลิ่งที่ [ที่] ขอให้ย้ายขึ้นที่สูง โทร 043-000-199 [เวลา] ค่ะ"


def filled(municipality: Municipality, text: str, **blanks: str) -> str:
    content = {"parts": [{"kind": "words", "text": text}]}
    return str(fill(content, blanks, municipality)["parts"][0]["text"])


@pytest.mark.parametrize(
    "place",
    [
        "คลองใหญ่ หมู่ 4",
        "ถ.มิตรภาพ กม. 120",
        "ซ.สุขใจ 12/3 ต.ในเมือง อ.เมือง",
        "ร.ร.บ้านหนองบัว น.ส.สมศรี",
        "คืนนี้ 22.00-23.30 น. หมู่ 3",
        "08.00-16.30 น. และ 17.00 น.",
        "30/11/2569 เวลา ๒๒.๐๐ น.",
        "1,200 ครัวเรือน สูง 1.25 เมตร",
        "ศูนย์พักพิงวัดกลาง รับได้ 150 คน",
        "สี่แยกห้าแยกหกแยก",
        "โทร 043-000-199",
        "โทร 043 000 000 หมู่ 2",
        "Moo 5 (Ban Nong Bua)",
        "พิกัด 16.43, 102.82",
    ],
)
def test_places_and_times_are_taken(municipality: Municipality, place: str) -> None:
    assert place in filled(municipality, WATER, ที่=place, เวลา="22.00 น.")


@pytest.mark.parametrize(
    "trick",
    [
        "https://bit.ly/abcd",
        "bit.ly",
        "BIT.LY/x1",
        "ดูที่ evil-site.com",
        "ดูที่evil.co.th",
        "ｂｉｔ．ｌｙ",
        "bit。ly",
        "น้ำท่วม.ไทย",
        "www.ช่วยน้ำท่วม",
        "line.me/ti/p/abcd",
        "@scammer",
        "＠scammer",
        "แอดไลน์ scammer",
        "ไลน์ไอดี scammer",
        "LINE ID: scammer",
        "โทร 081-234-5678",
        "0812345678",
        "081 234 5678",
        "08.12.34.56.78",
        "08.12 23.45 67",
        "๐๘.๑๒-๒๓.๔๕ (๖๗)",
        "04.30 12.34 5",
        "๐๘๑๒๓๔๕๖๗๘",
        "٠٨١٢٣٤٥٦٧٨",
        "０８１２３４５６７８",
        "+66 81 234 5678",
        "(081) 234–5678",
        "ศูนย์แปดหนึ่งสองสามสี่ห้าหกเจ็ดแปด",
        "0430001990812345678",
        "โทร 4455",
        "สายด่วน 1900",
    ],
)
@pytest.mark.parametrize("blank", ["ที่", "เวลา"])
def test_no_way_to_anybody_else_is_taken(municipality: Municipality, trick: str, blank: str) -> None:
    with pytest.raises(ActRefused, match="blank_leads_away"):
        filled(municipality, WATER, **{"ที่": "คลอง", "เวลา": "บ่าย", blank: trick})


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u202e", "\u2060", "\ufeff", "\u00ad", "\u3164", "\u2800", "\x07", "\ue000"]
)
def test_no_invisible_sign_is_taken(municipality: Municipality, sign: str) -> None:
    with pytest.raises(ActRefused, match="blank_invisible"):
        filled(municipality, WATER, ที่=f"คลอง{sign}ใหญ่", เวลา="บ่าย")


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("ดูที่ evil[ก] ค่ะ", {"ก": ".com"}),
        ("ดูที่ bit.[ก] ค่ะ", {"ก": "ly"}),
        ("โทร [ก]-[ข] ค่ะ", {"ก": "08123", "ข": "45678"}),
        ("[ก][ข] ค่ะ", {"ก": "เลข 08123", "ข": "45678"}),
        ("โทร [ก] ค่ะ", {"ก": "4455"}),
        ("พิมพ์ https:[ก] ค่ะ", {"ก": "//x"}),
    ],
)
def test_nor_what_becomes_one_with_the_words_beside_it(
    municipality: Municipality, text: str, blanks: dict[str, str]
) -> None:
    with pytest.raises(ActRefused, match="blank_leads_away"):
        filled(municipality, text, **blanks)


def test_what_two_people_approved_stays(municipality: Municipality) -> None:
    """Checks that the template's own link and number stay, whatever is filled in beside them."""
    text = "ดู https://flood.example.go.th หรือโทร 044-555-123 [เวลา] ค่ะ"
    assert filled(municipality, text, เวลา="8.30 น.") == text.replace("[เวลา]", "8.30 น.")
