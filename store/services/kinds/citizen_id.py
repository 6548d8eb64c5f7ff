"""Defines the kind `citizen_id`: the thirteen digits of a Thai citizen's card."""

import re
from typing import Any, Literal

from stdnum.th import pin as citizen_ids

from store.services.answers.inputs import Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import Line, PaperField, WebField
from store.services.question import Question
from store.thai import arabic_digits, citizen_id_masked

# Thirteen digits apart from other digits: the first number of บัตร 1101700230708 โทร 0812345678.
_THIRTEEN = re.compile(r"(?<![0-9])[0-9](?:[ .\u2010-\u2015-]?[0-9]){12}(?![0-9])")


class CitizenId(Question):
    """Asks for the number of a citizen's card, with its check digit. The value is the thirteen digits."""

    is_personal = True
    is_masked_in_chat = True

    kind: Literal["citizen_id"]

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText):
            return RefusedAnswer("want_words")
        text = arabic_digits(said.text)
        alone = _THIRTEEN.findall(text)
        digits = re.sub(r"[^0-9]", "", alone[0] if len(alone) == 1 else text)
        if len(digits) != 13:
            return RefusedAnswer("citizen_id_length")
        # People without registered status hold real cards that begin with 0: only the check digit decides.
        if citizen_ids.calc_check_digit(digits[:12]) != digits[12]:
            return RefusedAnswer("citizen_id_wrong")
        return Accepted(digits)

    def _show(self, value: Any) -> str:
        return f"{value[0]}-{value[1:5]}-{value[5:10]}-{value[10:12]}-{value[12]}"

    @classmethod
    def mask(cls, value: Any) -> str | None:
        return citizen_id_masked(str(value))

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("text", inputmode="numeric", pattern="[0-9๐-๙]([ -]?[0-9๐-๙]){12}"),)

    def paper(self) -> tuple[PaperField, ...]:
        return (Line(cells=13),)
