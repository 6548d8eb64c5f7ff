"""Defines the kind `text`: whatever a resident wants to say."""

from typing import Literal

from pydantic import Field, model_validator

from store.services.answers.empty_answers import Nothing
from store.services.answers.inputs import Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import AnswerWords, Box, PaperField, WebField
from store.services.kinds._unknown import MayBeUnknown


class Text(MayBeUnknown):
    """Asks for words of `shortest` to `longest` characters.

    With `takes_opening` the words that opened the request are the answer.
    """

    answer_words = AnswerWords.STORY
    keeps_joiners = True
    nothing = Nothing(picture_tells=True, repeated_figure="laughter")

    kind: Literal["text"]
    shortest: int = Field(default=1, ge=1)
    longest: int = Field(default=1000, le=5000)
    takes_opening: bool = False

    @model_validator(mode="after")
    def _hangs_together(self) -> "Text":
        if self.shortest > self.longest:
            raise ValueError(f"{self.key}: its bounds leave no answer")
        return self

    @property
    def is_opened_by_words(self) -> bool:
        return self.takes_opening

    def from_opening(self, words: str) -> Verdict | None:
        if not self.takes_opening or not words:
            return None
        return self._too_long(words) or Accepted(words)

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if not isinstance(said, TypedText):
            return RefusedAnswer("want_words")
        if len(said.text) < self.shortest or self.is_nothing(said.text):
            return RefusedAnswer("too_short")
        return self._too_long(said.text) or Accepted(said.text)

    def _too_long(self, words: str) -> RefusedAnswer | None:
        return (
            RefusedAnswer("too_long", {"longest": f"{self.longest:,}"}) if len(words) > self.longest else None
        )

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("textarea" if self.longest > 120 else "text", maxlength=self.longest),)

    def paper(self) -> tuple[PaperField, ...]:
        return (Box(lines=4),) if self.longest > 120 else super().paper()
