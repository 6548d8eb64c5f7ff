"""Tests what counts as an answer, kind by kind: generous to people, strict about what an officer will rely on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.services.answers.cleaning import clean_text
from store.services.answers.files import arrived, count_files
from store.services.answers.inputs import Day, Document, Photo, Picked, Pin, SomethingElse, TypedText
from store.services.answers.secret_words import tells_a_secret
from store.services.answers.verdicts import Accepted, AskAnew, RefusedAnswer
from store.services.kinds import KINDS
from tests.pure.builders import DANGER, FRIDAY, SETTING, a_question, accepted, refused
from tests.pure.strategies import FEW, SOME, anything_said, hard_texts

WATER = {"none": "น้ำไม่ไหล", "weak": "น้ำไหลอ่อน", "burst": "ท่อแตก น้ำรั่ว", "dirty": "น้ำขุ่น มีกลิ่น"}
AGES = {"under20": "ต่ำกว่า 20 ปี", "to39": "20-39 ปี", "to59": "40-59 ปี", "over60": "60 ปีขึ้นไป"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0812345678", "0812345678"),
        ("๐๘๑-๒๓๔-๕๖๗๘", "0812345678"),
        ("081-234-5678 ค่ะ", "0812345678"),
        ("เบอร์ 081.234.5678", "0812345678"),
        ("+66 81 234 5678", "0812345678"),
        ("66812345678", "0812345678"),
        ("081 234 5678 ต่อ 103", "0812345678 ต่อ 103"),
        ("02-123-4567 ต่อ ๑๒", "021234567 ต่อ 12"),
        ("0812345678 หรือ 0898765432", "0812345678"),
        ("0812345678 (สมชาย)", "0812345678"),
        ("043-000-000", "043000000"),
        ("โทรมาที่ 0812345678 หลังเที่ยงนะคะ", "0812345678"),
        ("บัตร 1234567890121 โทร 0812345678", "0812345678"),
        ("เบอร์บ้าน 02 123 4567 ค่ะ", "021234567"),
        ("081\u200c-234\u180e-5678\ufe0f", "0812345678"),
    ],
)
def test_a_phone_is_found_in_what_people_type(typed, kept):
    assert accepted(a_question("phone"), typed) == kept


@pytest.mark.parametrize(
    "typed", ["ไม่มี", "1669", "191", "08123456789", "081-234-567", "0000000000", "+1 650 253 0000", ""]
)
def test_what_nobody_can_call_here_is_no_phone(typed):
    assert refused(a_question("phone"), typed) == "not_a_phone"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("สมศรี", "สมศรี"),
        ("นางสมศรี ใจดีค่ะ", "นางสมศรี ใจดี"),
        ("ร.ต.อ. สมชาย  ใจดี", "ร.ต.อ. สมชาย ใจดี"),
        ("น.ส.สมศรี\nใจดี", "น.ส.สมศรี ใจดี"),
        ("ดิฉันชื่อ สมศรี ใจดี นะคะ", "สมศรี ใจดี"),
        ("มานะ ชนะ", "มานะ ชนะ"),
        ("ชนะ", "ชนะ"),
        ("มานะ ค่ะ", "มานะ"),
        ("O'Neil Smith-Jones", "O'Neil Smith-Jones"),
        ("ซอ", "ซอ"),
    ],
)
def test_a_name_keeps_all_that_belongs_to_it(typed, kept):
    assert accepted(a_question("name"), typed) == kept


@pytest.mark.parametrize("typed", ["ค่ะ", "นะ", "..", "12345", "🙂🙂", "สมชาย 0812345678", "ก" * 81, "ก"])
def test_what_cannot_be_called_out_is_no_name(typed):
    assert refused(a_question("name"), typed) == "not_a_name"


@pytest.mark.parametrize(
    "typed",
    [
        "1234567890121",
        "1-2345-67890-12-1",
        "1 2345 67890 12 1",
        "๑๒๓๔๕๖๗๘๙๐๑๒๑",
        "1–2345–67890–12–1",
        "เลข 1234567890121 ค่ะ",
        "รหัสบัตรประชาชน 1234567890121",
        "เลข 13 หลัก 1234567890121",
        "บัตร 1-2345-67890-12-1 โทร 0812345678",
        "1234\u200c5678\u200d90121",
        "บัตรเลขที่ 1234567890121 หมดอายุ 2570",
        "1234567890121/สมศรี",
        "ID card 1-2345-67890-12-1 tel 081-234-5678",
    ],
)
def test_a_citizen_id_may_be_spelt_in_every_usual_way(typed):
    assert accepted(a_question("citizen_id"), typed) == "1234567890121"


def test_a_sign_that_nobody_sees_is_no_part_of_a_figure():
    assert accepted(a_question("date"), "5\u200c/12/69") == "2026-12-05"
    assert accepted(a_question("phone"), "081\u200c234\u200d5678") == "0812345678"
    assert accepted(a_question("email"), "a@b.co\u200c") == "a@b.co"
    assert accepted(a_question("text"), "👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"


def test_people_without_registered_status_have_a_citizen_id_too():
    assert accepted(a_question("citizen_id"), "0-1234-56789-01-6") == "0123456789016"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1234567890123", "citizen_id_wrong"),
        ("123456789012", "citizen_id_length"),
        ("12345678901211", "citizen_id_length"),
        ("²" * 13, "citizen_id_length"),
        ("ไม่มีบัตร", "citizen_id_length"),
    ],
)
def test_a_citizen_id_with_a_slip_is_asked_again(typed, why):
    assert refused(a_question("citizen_id"), typed) == why


@given(st.integers(1, 9))
@FEW
def test_any_wrong_last_digit_of_a_citizen_id_is_noticed(more):
    wrong = f"123456789012{(1 + more) % 10}"
    assert refused(a_question("citizen_id"), wrong) == "citizen_id_wrong"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A@B.co ค่ะ", "a@b.co"),
        ("อีเมล somsri.j@example.go.th", "somsri.j@example.go.th"),
        ("a@b.co.", "a@b.co"),
    ],
)
def test_an_email_is_found_in_what_people_type(typed, kept):
    assert accepted(a_question("email"), typed) == kept


@pytest.mark.parametrize(
    "typed", ["ไม่มี", "ไม่ใช้อีเมล", "a@b", "สมศรี@example.com", "a@b.co c@d.co", "@b.co", "a" * 65 + "@b.co"]
)
def test_what_no_post_office_takes_is_no_email(typed):
    assert refused(a_question("email"), typed) == "not_an_email"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("5", 5),
        ("๕ คน", 5),
        ("ห้าคน", 5),
        ("มีห้าคนค่ะ", 5),
        ("ประมาณ 5", 5),
        ("1,200", 1200),
        ("2 พัน", 2000),
        ("สองพันห้าร้อย", 2500),
        ("ยี่สิบเอ็ดคน", 21),
        ("5.0", 5),
        ("1.5", 1.5),
    ],
)
def test_a_number_may_be_said_in_figures_or_words(typed, kept):
    assert accepted(a_question("number", least=1, most=5000, unit="คน"), typed) == kept


@pytest.mark.parametrize(
    "typed", ["ไม่มี", "5-6", "ห้ามเข้า", "สามีภรรยา", "พันห้า", "2 พันธุ์", "1.2.3", "²", "5 คน เด็ก 2 คน"]
)
def test_what_may_mean_two_numbers_or_none_is_asked_again(typed):
    assert refused(a_question("number", most=5000, unit="คน"), typed) == "not_a_number"


@pytest.mark.parametrize("typed", ["0", "-5", "51", "ห้าพันคน", "9" * 400])
def test_a_number_out_of_bounds_is_told_the_bounds(typed):
    verdict = a_question("number", least=1, most=50, unit="คน").check(TypedText(typed), SETTING)
    assert verdict == RefusedAnswer("number_out_of_bounds", {"least": "1", "most": "50", "unit": "คน"})


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ("ไม่มี", "no"),
        ("ไม่มีค่ะ", "no"),
        ("ไม่มีครับผม", "no"),
        ("ไม่", "no"),
        ("ปลอดภัยค่ะ", "no"),
        ("1", "no"),
        ("ข้อ ๒", "yes"),
        ("2.", "yes"),
        ("มี", "yes"),
        ("มีค่ะ", "yes"),
        ("อันตราย", "yes"),
        ("ใช่ครับ", "yes"),
    ],
)
def test_a_choice_may_be_typed(typed, choice):
    assert accepted(a_question("choice", choices=DANGER), typed) == choice


@pytest.mark.parametrize("typed", ["", "ไม่แน่ใจ", "ม", "3", "0", "²", "1" * 5000, "ค่ะ", "?"])
def test_what_may_be_any_choice_or_none_is_asked_again(typed):
    assert refused(a_question("choice", choices=DANGER), typed) == "pick_one"


@pytest.mark.parametrize(
    ("typed", "choice"),
    [("น้ำไม่ใหล", "none"), ("นํ้ารั่ว", "burst"), ("ท่อเเตก", "burst"), ("น้ำขุ่น", "dirty"), ("น้ำไหลอ่อนมาก", "weak")],
)
def test_a_choice_may_be_misspelt(typed, choice):
    assert accepted(a_question("choice", choices=WATER), typed) == choice


@pytest.mark.parametrize("typed", ["1", "๑", "1.", "(1)", "1)", "ข้อ 1", "ข้อที่ ๑", "ตอบ 1 ค่ะ", "1\ufe0f\u20e3"])
def test_a_choice_may_be_told_by_its_number(typed):
    assert accepted(a_question("choice", choices=DANGER), typed) == "no"


@pytest.mark.parametrize(
    "typed",
    [
        "-1",
        "–1",
        "+1",
        "0",
        "00",
        "01",
        "1.5",
        ".1",
        "1/2",
        "1 2",
        "1-2",
        "11",
        "3",
        "ข้อ 3",
        "ข้อ -1",
        "1,2",
        "1:",
    ],
)
def test_what_is_no_whole_number_of_a_choice_is_asked_again(typed):
    assert refused(a_question("choice", choices=DANGER), typed) == "pick_one"
    assert (
        refused(a_question("choice", choices=AGES | {f"k{n}": f"อย่างที่ {n}" for n in range(4, 9)}), "-2")
        == "pick_one"
    )


def test_a_figure_that_is_a_label_is_that_choice():
    choices = {"small": "50", "large": "120", "half": "1/2"}
    assert accepted(a_question("choice", choices=choices), "120") == "large"
    assert accepted(a_question("choice", choices=choices), "1/2") == "half"


@pytest.mark.parametrize("typed", ["-5", "−5", "–5 คน", "ลบ 5", "ติดลบห้า", "- 5"])
def test_less_than_nothing_is_no_number_of_people(typed):
    assert refused(a_question("number", most=50, unit="คน"), typed) in (
        "number_out_of_bounds",
        "not_a_number",
    )


def test_a_choice_that_fits_several_labels_is_asked_again():
    assert refused(a_question("choice", choices=WATER), "น้ำ") == "pick_one"


def test_twenty_years_of_age_is_not_under_twenty():
    assert refused(a_question("choice", choices=AGES), "20 ปี") == "pick_one"


def test_a_button_counts_only_for_its_own_question():
    assert accepted(a_question("choice"), Picked("yes")) == "yes"
    assert refused(a_question("choice"), Picked("weak")) == "pick_one"
    assert refused(a_question("text"), Picked("yes")) == "want_words"


def test_a_day_is_between_today_and_the_last_day_offered():
    question = a_question("date", days_ahead=30)
    assert accepted(question, "วันนี้") == "2026-11-20"
    assert accepted(question, Day(FRIDAY.replace(month=12))) == "2026-12-20"
    assert refused(question, Day(FRIDAY.replace(month=12, day=21))) == "day_out_of_bounds"
    assert refused(question, "19 พ.ย. 2569") == "day_out_of_bounds"
    assert refused(question, "31 ก.พ.") == "want_a_day"


def test_a_place_is_a_pin_or_words():
    assert accepted(a_question("place"), Pin(16.4, 102.8, "วัด\u202e")) == {
        "latitude": 16.4,
        "longitude": 102.8,
        "text": "วัด",
    }
    assert accepted(a_question("place"), "หน้าวัด เสา 15") == {"text": "หน้าวัด เสา 15"}
    assert refused(a_question("place"), "บน") == "place_too_short"


@pytest.mark.parametrize("kind", ["text", "place"])
def test_a_long_text_is_refused_rather_than_shortened_in_silence(kind):
    assert refused(a_question(kind, longest=10), "กข" * 6) == "too_long"
    assert accepted(a_question(kind, longest=10), "กข" * 5)


def test_an_address_without_its_moo_is_asked_for_it():
    question = a_question("address", must_know=("house_no", "moo"))
    assert refused(question, "12 ซอยสุขใจ") == "address_without_moo"
    assert refused(question, "หมู่ 3") == "address_without_house_no"


def test_an_address_takes_the_tambon_from_the_municipality_unless_it_says_another():
    assert accepted(a_question("address"), "๑๒ ม.๓")["tambon"] == "ตัวอย่าง"
    assert accepted(a_question("address"), "12 ม.3 ต.ในเมือง")["tambon"] == "ในเมือง"


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("text", "want_words"),
        ("choice", "pick_one"),
        ("date", "want_a_day"),
        ("place", "want_a_place"),
        ("photos", "want_a_photo"),
        ("file", "want_a_file"),
    ],
)
def test_a_sticker_is_no_answer_but_says_what_would_be(kind, why):
    assert refused(a_question(kind), SomethingElse("sticker")) == why


def test_a_document_may_be_a_photo_but_a_photo_no_document():
    assert accepted(a_question("file"), Photo("t")) == [{"token": "t", "album": None, "of": 1}]
    assert accepted(a_question("file"), Document("t", "คำร้อง.pdf"))
    assert refused(a_question("photos"), Document("t", "คำร้อง.pdf")) == "want_a_photo"


@pytest.mark.parametrize(
    "typed",
    [
        "รหัสผ่านคือ abc12345",
        "OTP 123456",
        "otp คือ ๑๒๓๔๕๖",
        "PIN: 1234",
        "รหัส ATM 1234",
        "พาสเวิร์ด somsri1",
        "รหัสผ่าน: hunter22",
        "pin 1234",
        "รหัส atm 4321",
        "รหัสลับ 9876",
        "o\u200dtp 123456",
        "otp (123456)",
        "OTP 123 456",
        "123456 คือรหัส OTP ของคุณ",
        "123456 is your OTP",
        "my password is abc123",
        "password: somsri",
        "รหัสกดเงิน 4321",
        "รหัสบัตร 1234",
        "รหัสผ่านของผม abcd99",
        "รหัสผ่าน 12345678",
        "รหัส OTP: 445566 ค่ะ",
        "pin code 1234",
    ],
)
def test_a_secret_is_never_taken_as_an_answer(typed):
    assert tells_a_secret(typed)
    assert {refused(a_question(kind), typed) for kind in KINDS} == {"told_a_secret"}


@pytest.mark.parametrize(
    "typed",
    [
        "ลืมรหัสผ่าน",
        "รหัสเสา ABC1234",
        "หลอดไฟ pin 2 ขา",
        "ปักพิน 1234",
        "รหัสบัตรประชาชน 1234567890121",
        "มิจฉาชีพขอรหัส OTP เบอร์ 02-123-4567",
        "ลืมรหัสผ่านแอป ติดต่อ 0812345678",
        "รหัสบัตรคนพิการ 1234567890123",
        "drop pin here",
        "รหัสไปรษณีย์ 50000",
        "รหัสเสาไฟ A1234",
        "โดนหลอกขอ OTP โทร 1441",
        "ลืมรหัสผ่าน 081-234-5678",
        "มีคนขอ OTP 6 หลัก",
        "OTP 02-123-4567",
        "password reset page broken",
        "รหัสผ่าน wifi ของตลาดใช้ไม่ได้",
        "มิจฉาชีพให้ส่ง otp วันที่ 5/12/2569",
        "spin 12345",
        "รหัสพนักงาน 4455",
        "pin 16.4321, 102.8236",
    ],
)
def test_talk_of_codes_is_no_secret(typed):
    assert not tells_a_secret(typed)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("ไฟ\u202eดับ", "ไฟดับ"),
        ("ไฟ\x00ดับ\ud83d", "ไฟดับ"),
        ("นํ้า เเตก", "น้ำ แตก"),
        ("\u200b \u200d\ufeff", ""),
        ("👨‍👩‍👧‍👦 ครอบครัว", "👨‍👩‍👧‍👦 ครอบครัว"),
        ("บรรทัด\nสอง", "บรรทัด\nสอง"),
    ],
)
def test_text_is_cleaned_of_what_an_officer_could_not_see(typed, clean):
    assert clean_text(typed) == clean


@given(hard_texts)
@SOME
def test_cleaning_twice_is_cleaning_once(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize("kind", KINDS)
@given(said=anything_said)
@FEW
def test_whatever_is_said_is_accepted_or_refused_and_an_answer_can_be_shown(kind, said):
    question = a_question(kind)
    verdict = question.check(said, SETTING)
    assert not isinstance(verdict, AskAnew)
    assert isinstance(verdict, RefusedAnswer) or question.show(verdict.value).strip()


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("text", None, "ไม่ได้ระบุ"),
        ("choice", "yes", "มีอันตราย"),
        ("choice", "since_removed", "since_removed"),
        ("phone", "0812345678", "081-234-5678"),
        ("phone", "021234567 ต่อ 12", "02-123-4567 ต่อ 12"),
        ("citizen_id", "1234567890121", "1-2345-67890-12-1"),
        ("number", 2000, "2,000"),
        ("date", "2026-11-25", "วันพุธ 25 พ.ย. 2569"),
        ("place", {"text": "หน้าวัด"}, "หน้าวัด"),
        (
            "place",
            {"latitude": 16.4322, "longitude": 102.8236, "text": ""},
            "📍 ปักหมุดแล้ว (16.43220, 102.82360)",
        ),
        ("address", {"house_no": "12", "moo": "3"}, "12 หมู่ 3"),
    ],
)
def test_an_answer_is_shown_as_people_write_it(kind, value, shown):
    assert a_question(kind).show(value) == shown


def test_an_album_counts_whole_as_soon_as_its_first_photo_is_here():
    photos: list[dict[str, Any]] = [
        {"token": "1", "album": "a", "of": 3},
        {"token": "2", "album": None, "of": 1},
    ]
    assert count_files(photos) == 4
    assert a_question("photos", most_files=3).show(photos) == "3 รูป (มาถึงแล้ว 2)"
    assert a_question("photos", most_files=3).show(arrived(photos)) == "2 รูป"


def test_an_accepted_value_is_what_the_question_keeps():
    assert a_question("text").check(TypedText(" ไฟดับ "), SETTING) == Accepted("ไฟดับ")
