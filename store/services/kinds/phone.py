"""Defines the kind `phone`: a Thai telephone number, found in whatever is written around it."""

import re
from typing import Any, Literal

import phonenumbers

from store.services.answers.inputs import Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import Line, PaperField, WebField
from store.services.question import Question
from store.thai import EXTENSION, arabic_digits, phone_masked, phone_shown


class Phone(Question):
    """Asks for a telephone number. The value is its digits from 0 on, with the extension if it has one."""

    is_personal = True
    is_remembered = True

    kind: Literal["phone"]

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText):
            return RefusedAnswer("want_words")
        text = re.sub(r"ต่อ\s*(?=\d)", " ext. ", arabic_digits(said.text[:100]))
        for found in phonenumbers.PhoneNumberMatcher(text, "TH"):
            if found.number.country_code == 66:
                extension = f"{EXTENSION}{found.number.extension}" if found.number.extension else ""
                return Accepted(f"0{found.number.national_number}{extension}")
        return RefusedAnswer("not_a_phone")

    def _show(self, value: Any) -> str:
        return phone_shown(value)

    @classmethod
    def mask(cls, value: Any) -> str | None:
        return phone_masked(str(value))

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("tel", autocomplete="tel", inputmode="tel"),)

    def paper(self) -> tuple[PaperField, ...]:
        return (Line(cells=10),)
