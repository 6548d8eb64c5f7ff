"""Defines the kind `bank_account`: a Thai bank and the number of an account there.

The holder's name is not part of it: ask for it with a question of the kind `name`.
"""

import re
from typing import Any, Literal

from store.services.answers.inputs import Picked, Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import ChatInputs, FollowUp, Line, PaperField, TickBoxes, WebField
from store.services.question import Question
from store.thai import arabic_digits, folded, folded_word

# Key, name, and other words for it. The first ten are those that the chat offers as buttons.
_BANKS = (
    ("ktb", "กรุงไทย", ("krungthai",)),
    ("gsb", "ออมสิน", ()),
    ("baac", "ธ.ก.ส.", ("ธกส", "เพื่อการเกษตร")),
    ("kbank", "กสิกรไทย", ("กสิกร", "kasikorn")),
    ("scb", "ไทยพาณิชย์", ("ไทยพานิช",)),
    ("bbl", "กรุงเทพ", ("bangkok",)),
    ("bay", "กรุงศรีอยุธยา", ("กรุงศรี", "krungsri")),
    ("ttb", "ทหารไทยธนชาต", ("ทีทีบี", "ทหารไทย", "ธนชาต")),
    ("ghb", "อาคารสงเคราะห์", ("ธอส",)),
    ("kkp", "เกียรตินาคินภัทร", ("เกียรตินาคิน",)),
    ("cimb", "ซีไอเอ็มบี ไทย", ("ซีไอเอ็มบี",)),
    ("tisco", "ทิสโก้", ()),
    ("uob", "ยูโอบี", ()),
    ("lhb", "แลนด์ แอนด์ เฮ้าส์", ("แลนด์แอนด์เฮาส์",)),
    ("icbc", "ไอซีบีซี (ไทย)", ("ไอซีบีซี",)),
    ("tcrb", "ไทยเครดิต", ()),
    ("ibank", "อิสลามแห่งประเทศไทย", ("อิสลาม", "ไอแบงก์")),
    ("boc", "แห่งประเทศจีน (ไทย)", ("แห่งประเทศจีน",)),
)
BANKS = {key: name for key, name, _ in _BANKS}
_BUTTONS = {key: name for key, name, _ in _BANKS[:10]}
_THAI_WORDS = {
    key: tuple(folded_word(word) for word in (name, *others) if not word.isascii())
    for key, name, others in _BANKS
}
_LATIN_WORDS = {word: key for key, _, others in _BANKS for word in (key, *others) if word.isascii()}

_SHORTEST, _LONGEST = 10, 15  # digits of an account number
_MOST_TYPED = 200  # characters; nobody needs more to name a bank and a number
_NUMBER = re.compile(r"[0-9](?:[ .\u2010-\u2015-]?[0-9])*")
_LATIN = re.compile(r"[a-z]+")

_REFUSED = RefusedAnswer(
    "not_a_bank_account",
    text=f"ขอชื่อธนาคารกับเลขที่บัญชี {_SHORTEST}-{_LONGEST} หลักนะคะ เช่น กรุงไทย แล้วตามด้วยเลขที่บัญชีค่ะ",
)


class BankAccount(Question):
    """Asks for a bank, pressed or typed, and an account number of 10 to 15 digits, in one message or in two.

    The value is `{"bank": key of BANKS, "number": digits}`. Until both are known the other one is asked for.
    """

    is_personal = True
    takes = frozenset({TypedText, Picked})

    kind: Literal["bank_account"]

    def _check(self, said: Said, setting: Setting) -> Verdict:
        found = _read(said)
        return Accepted(found) if found else _REFUSED

    def follow_up(self, value: Any) -> FollowUp | None:
        if not isinstance(value, dict):
            return None
        if "bank" not in value:
            return FollowUp(text="บัญชีนี้ของธนาคารไหนคะ", choices=_BUTTONS)
        return None if "number" in value else FollowUp(text=f"ขอเลขที่บัญชี{_named(value)} ค่ะ")

    def _complete(self, so_far: Any, said: Said, setting: Setting) -> Verdict | None:
        found = _read(said)
        return Accepted({**so_far, **found}) if found else None

    def _show(self, value: Any) -> str:
        return f"{_named(value)} {_grouped(value.get('number', ''))}".strip()

    @classmethod
    def mask(cls, value: Any) -> str | None:
        number = value.get("number", "")
        return f"{_named(value)} {'x' * (len(number) - 4)}{number[-4:]}".strip()

    def chat(self, setting: Setting) -> ChatInputs:
        return ChatInputs(choices=_BUTTONS)

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        digits = f"[0-9๐-๙]([ -]?[0-9๐-๙]){{{_SHORTEST - 1},{_LONGEST - 1}}}"
        return (
            WebField("select", part="bank", choices=BANKS),
            WebField("text", part="number", inputmode="numeric", pattern=digits),
        )

    def paper(self) -> tuple[PaperField, ...]:
        return (TickBoxes(tuple(BANKS.values())), Line(cells=_LONGEST))


def _read(said: Said) -> dict[str, str]:
    """Returns the bank and the number that were said, as far as each is clear."""
    if isinstance(said, Picked):
        return {"bank": said.choice} if said.choice in BANKS else {}
    if not isinstance(said, TypedText) or len(said.text) > _MOST_TYPED:
        return {}
    text = arabic_digits(said.text).lower()
    numbers = [re.sub(r"[^0-9]", "", number) for number in _NUMBER.findall(text)]
    numbers = [number for number in numbers if _SHORTEST <= len(number) <= _LONGEST]
    found = {"bank": bank} if (bank := _read_bank(text)) else {}
    return {**found, "number": numbers[0]} if len(numbers) == 1 else found


def _read_bank(text: str) -> str | None:
    """Returns the key of the one bank that the text names; None if it names none or several."""
    typed = folded(text)
    named = {key for key, words in _THAI_WORDS.items() if any(word in typed for word in words)}
    named |= {_LATIN_WORDS[word] for word in _LATIN.findall(text) if word in _LATIN_WORDS}
    return named.pop() if len(named) == 1 else None


def _named(value: dict[str, str]) -> str:
    """Returns the bank's name after the word for bank; ธ.ก.ส. holds that word already."""
    name = BANKS.get(value.get("bank", ""), "")
    return name if not name or name.startswith("ธ.") else f"ธนาคาร{name}"


def _grouped(number: str) -> str:
    """Returns ten digits as banks print them, 123-4-56789-0, and longer numbers in groups of four."""
    if len(number) == _SHORTEST:
        return f"{number[:3]}-{number[3]}-{number[4:9]}-{number[9]}"
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))
