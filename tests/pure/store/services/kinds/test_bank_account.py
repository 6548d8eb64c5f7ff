"""Tests bank accounts: read in one message or two, shown in groups, masked to the last four digits."""

import pytest

from store.line.limits import LABEL_CHARACTERS, has_characters
from store.services.answers.inputs import Picked, TypedText
from store.services.forms import Line, TickBoxes
from store.services.kinds.bank_account import BANKS, BankAccount
from tests.pure.builders import SETTING, a_question, accepted, refused

ACCOUNT = a_question("bank_account")
KASIKORN = {"bank": "kbank", "number": "1234567890"}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("กสิกรไทย 123-4-56789-0", KASIKORN),
        ("ธนาคารกสิกร เลขที่ ๑๒๓-๔-๕๖๗๘๙-๐ ค่ะ", KASIKORN),
        ("KBANK 123 4 56789 0", KASIKORN),
        ("1234567890 กสิกร", KASIKORN),
        ("ธกส 020123456789", {"bank": "baac", "number": "020123456789"}),
        ("ออมสิน 0201-2345-6789", {"bank": "gsb", "number": "020123456789"}),
        ("scb 1234567890", {"bank": "scb", "number": "1234567890"}),
        ("กรุงศรีอยุธยา 1234567890", {"bank": "bay", "number": "1234567890"}),
        ("กรุงไทย", {"bank": "ktb"}),
        ("1234567890", {"number": "1234567890"}),
        ("กรุงไทย 12345", {"bank": "ktb"}),
        ("กรุงไทยหรือกรุงเทพ 1234567890", {"number": "1234567890"}),
        ("กสิกร 1234567890 โทร 0812345678", {"bank": "kbank"}),
    ],
)
def test_bank_and_number_are_read_as_far_as_they_are_clear(typed, value):
    assert accepted(ACCOUNT, typed) == value


@pytest.mark.parametrize(
    "typed", ["ไม่มี", "123456789", "1" * 16, "ebayx", "เงินสด", "ก" * 201 + " scb 1234567890"]
)
def test_what_names_neither_is_refused_with_words_of_its_own(typed):
    verdict = ACCOUNT.check(TypedText(typed), SETTING)
    assert verdict.why == "not_a_bank_account"
    assert "10-15 หลัก" in verdict.text


@pytest.mark.parametrize(
    ("so_far", "said", "value"),
    [
        ({"bank": "kbank"}, TypedText("๑๒๓-๔-๕๖๗๘๙-๐"), KASIKORN),
        ({"number": "1234567890"}, Picked("kbank"), KASIKORN),
        ({"number": "1234567890"}, TypedText("กสิกรค่ะ"), KASIKORN),
        ({"bank": "scb"}, TypedText("กสิกร 1234567890"), KASIKORN),
    ],
)
def test_what_is_missing_is_told_in_a_second_message(so_far, said, value):
    assert ACCOUNT.follow_up(so_far) is not None
    assert ACCOUNT.check(said, SETTING, so_far).value == value
    assert ACCOUNT.follow_up(value) is None


def test_the_follow_up_asks_for_what_is_missing():
    assert ACCOUNT.follow_up({"bank": "kbank"}).text == "ขอเลขที่บัญชีธนาคารกสิกรไทย ค่ะ"
    assert ACCOUNT.follow_up({"number": "1234567890"}).choices["ktb"] == "กรุงไทย"
    assert ACCOUNT.check(TypedText("อะไรนะ"), SETTING, {"bank": "kbank"}).why == "not_a_bank_account"


def test_a_button_names_a_bank_of_the_list():
    assert accepted(ACCOUNT, Picked("gsb")) == {"bank": "gsb"}
    assert refused(ACCOUNT, Picked("bank_of_nowhere")) == "not_a_bank_account"
    assert all(has_characters(label, LABEL_CHARACTERS) for label in ACCOUNT.chat(SETTING).choices.values())
    assert len(ACCOUNT.chat(SETTING).choices) == 10


@pytest.mark.parametrize("key", BANKS)
def test_every_bank_is_found_by_its_own_name_and_its_key(key):
    assert accepted(ACCOUNT, BANKS[key]) == {"bank": key}
    assert accepted(ACCOUNT, f"{key.upper()} 1234567890")["bank"] == key


@pytest.mark.parametrize(
    ("value", "shown", "masked"),
    [
        (KASIKORN, "ธนาคารกสิกรไทย 123-4-56789-0", "ธนาคารกสิกรไทย xxxxxx7890"),
        ({"bank": "baac", "number": "020123456789"}, "ธ.ก.ส. 0201-2345-6789", "ธ.ก.ส. xxxxxxxx6789"),
        ({"bank": "gone", "number": "1234567890"}, "123-4-56789-0", "xxxxxx7890"),
        ({"bank": "ktb"}, "ธนาคารกรุงไทย", "ธนาคารกรุงไทย"),
    ],
)
def test_an_account_is_shown_in_groups_and_masked_to_its_last_four_digits(value, shown, masked):
    assert (ACCOUNT.show(value), BankAccount.mask(value)) == (shown, masked)


def test_a_form_has_a_list_of_banks_and_a_field_for_the_number():
    bank, number = ACCOUNT.web(SETTING)
    assert (bank.type, bank.part, bank.choices) == ("select", "bank", BANKS)
    assert (number.type, number.part, number.inputmode) == ("text", "number", "numeric")
    assert ACCOUNT.paper() == (TickBoxes(tuple(BANKS.values())), Line(cells=15))
