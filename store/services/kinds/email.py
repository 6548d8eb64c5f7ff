"""Defines the kind `email`: one address for electronic mail."""

import re
from typing import Literal

from store.services.answers.empty_answers import Nothing, all_folded
from store.services.answers.inputs import Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import WebField
from store.services.question import Question

# In characters, as RFC 5321 limits it.
LONGEST = 254
_EMAIL = re.compile(r"(?<!\S)[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?=[.,]?(?:\s|[ก-๙]|$))")


class Email(Question):
    """Asks for an address for mail. The value is the address in small letters."""

    is_personal = True
    nothing = Nothing(all_folded("ไม่มีอีเมล", "ไม่มีเมล", "ไม่ใช้อีเมล"))

    kind: Literal["email"]

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText):
            return RefusedAnswer("want_words")
        found = _EMAIL.findall(said.text)
        if len(found) != 1 or len(found[0]) > LONGEST:
            return RefusedAnswer("not_an_email")
        return Accepted(found[0].lower())

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("email", autocomplete="email", inputmode="email", maxlength=LONGEST),)
