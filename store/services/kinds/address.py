"""Defines the kind `address`: where somebody lives, in one line."""

from typing import Any, Literal

from store.services.answers.addresses import read_address, show_address
from store.services.answers.inputs import Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import AnswerWords, Box, PaperField, WebField
from store.services.question import Question


class Address(Question):
    """Asks for an address that names the parts in `must_know`; without it, the house number.

    The value maps parts of the address (see `PARTS`) to words. What is not said is taken from the town's address.
    """

    is_personal = True
    is_remembered = True
    answer_words = AnswerWords.FACT

    kind: Literal["address"]
    must_know: tuple[Literal["house_no", "moo"], ...] = ()

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText):
            return RefusedAnswer("want_words")
        address = read_address(said.text)
        missing = [part for part in (self.must_know or ("house_no",)) if part not in address]
        if missing:
            return RefusedAnswer(f"address_without_{missing[0]}")
        return Accepted({**setting.address_defaults, **address})

    def _show(self, value: Any) -> str:
        return show_address(value)

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("textarea", autocomplete="street-address"),)

    def paper(self) -> tuple[PaperField, ...]:
        return (Box(lines=2),)
