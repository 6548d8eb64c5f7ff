"""Defines the kind `place`: where something is, as a pin on the map or in words."""

from typing import Any, Literal

from pydantic import Field

from store.services.answers.choices import read_choice
from store.services.answers.cleaning import clean_text
from store.services.answers.empty_answers import Nothing, all_folded
from store.services.answers.inputs import Picked, Pin, Said, TypedText
from store.services.answers.places import must_be_meant, read_pin, show_place
from store.services.answers.verdicts import Accepted, AskAnew, RefusedAnswer, Setting, Verdict
from store.services.forms import AnswerWords, Box, ChatInputs, FollowUp, PaperField, WebField
from store.services.question import Question

_NO_PLACES = all_folded(
    "ตรงนั้น", "ตรงนี้", "ที่นั่น", "ที่นี่", "ที่นั้น", "ที่นี้", "แถวนี้", "แถวนั้น", "ที่เดิม", "จุดเดิม", "ตรงเดิม", "ที่ไหนก็ได้", "ตรงไหนก็ได้",
    "ที่ไหน", "ตรงไหน", "here", "there",
)  # fmt: skip
_IS_MEANT = {"yes": "ใช่", "no": "ปักใหม่"}


class PlaceQuestion(Question):
    """Asks for a place, in at most `longest` characters or as a pin. A pin outside the town must be confirmed.

    The value is `{"text": …}`, with `latitude` and `longitude` in degrees for a pin (see `read_pin`).
    """

    takes = frozenset({TypedText, Pin})
    answer_words = AnswerWords.FACT
    keeps_joiners = True
    nothing = Nothing(_NO_PLACES, repeated_figure="nothing")

    kind: Literal["place"]
    longest: int = Field(default=1000, ge=3, le=5000)

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if isinstance(said, Pin):
            place = read_pin(Pin(said.latitude, said.longitude, clean_text(said.text)), setting.centre)
            return Accepted(place) if place else RefusedAnswer("no_place")
        if not isinstance(said, TypedText):
            return RefusedAnswer("want_a_place")
        if len(said.text) < 3:
            return RefusedAnswer("place_too_short")
        if self.is_nothing(said.text):
            return RefusedAnswer("not_a_place")
        if len(said.text) > self.longest:
            return RefusedAnswer("too_long", {"longest": f"{self.longest:,}"})
        return Accepted({"text": said.text})

    def follow_up(self, value: Any) -> FollowUp | None:
        return FollowUp(phrase="conversation.outside", choices=_IS_MEANT) if must_be_meant(value) else None

    def _complete(self, so_far: Any, said: Said, setting: Setting) -> Verdict | None:
        choice = said.choice if isinstance(said, Picked) else None
        if isinstance(said, TypedText):
            choice = read_choice(said.text, _IS_MEANT, {})
        if choice is None:
            return None
        return Accepted({**so_far, "meant": True}) if choice == "yes" else AskAnew()

    def _show(self, value: Any) -> str:
        return show_place(value)

    @classmethod
    def position(cls, value: Any) -> tuple[float, float] | None:
        if not isinstance(value, dict) or value.get("latitude") is None or value.get("longitude") is None:
            return None
        return float(value["latitude"]), float(value["longitude"])

    def chat(self, setting: Setting) -> ChatInputs:
        return ChatInputs(location=True)

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("location", maxlength=self.longest),)

    def paper(self) -> tuple[PaperField, ...]:
        return (Box(lines=3),)
