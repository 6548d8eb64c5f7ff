"""Defines the kind `choice`: one of a few labels, pressed or typed."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from store.services.answers.choices import UNSURE, UNSURE_LABEL, read_choice
from store.services.answers.inputs import Picked, Said, TypedText
from store.services.answers.verdicts import Accepted, RefusedAnswer, Setting, Verdict
from store.services.forms import AnswerWords, PaperField, TickBoxes, WebField
from store.services.question import Label, Question


class Choice(Question):
    """Asks for one of the `choices`, labels by key. `means` maps a choice to other words that residents use for it.

    An `urgent` choice makes the case urgent; then ไม่แน่ใจ is offered, too, with the advice of the first urgent choice
    that has advice. `advice` is told as soon as its choice is made.
    """

    takes = frozenset({TypedText, Picked})
    answer_words = AnswerWords.CHOICE
    nothing = None

    kind: Literal["choice"]
    choices: dict[str, Label] = Field(min_length=1)
    advice: dict[str, str] = Field(default={})
    urgent: tuple[str, ...] = ()
    means: dict[str, tuple[str, ...]] = Field(default={})

    @model_validator(mode="before")
    @classmethod
    def _offer_unsure(cls, written: Any) -> Any:
        if not isinstance(written, dict) or not written.get("urgent") or not written.get("choices"):
            return written
        choices = written["choices"]
        urgent = written["urgent"]
        advice = written.get("advice") or {}
        if not isinstance(choices, dict) or not isinstance(advice, dict) or UNSURE in choices:
            return written
        careful = next((advice[key] for key in urgent if key in advice), None)
        return {
            **written,
            "choices": {**choices, UNSURE: UNSURE_LABEL},
            "urgent": [*urgent, UNSURE],
            "advice": {**advice, UNSURE: careful} if careful else advice,
        }

    @field_validator("choices")
    @classmethod
    def _check_choices(cls, choices: dict[str, str]) -> dict[str, str]:
        if len(choices) > 10:
            raise ValueError("at most 10 choices: a phone shows no more beside back, skip and cancel")
        return choices

    @model_validator(mode="after")
    def _hangs_together(self) -> "Choice":
        for name in (*self.advice, *self.urgent, *self.means):
            if name not in self.choices:
                raise ValueError(f"{self.key}: {name} is none of its choices")
        if len(set(self.choices.values())) < len(self.choices):
            raise ValueError(f"{self.key}: two choices have the same label")
        return self

    @property
    def options(self) -> Mapping[str, str]:
        return self.choices

    def is_urgent(self, value: Any) -> bool:
        return value in self.urgent

    def advice_for(self, value: Any) -> str:
        return self.advice.get(value, "")

    def in_danger(self) -> Picked | None:
        return Picked(self.urgent[0]) if self.urgent else None

    def texts_with_facts(self) -> tuple[str, ...]:
        return (self.ask, *self.advice.values())

    def _check(self, said: Said, setting: Setting) -> Verdict:
        if isinstance(said, Picked) and said.choice in self.choices:
            return Accepted(said.choice)
        if isinstance(said, TypedText) and (choice := self._read(said.text)):
            return Accepted(choice)
        return RefusedAnswer("pick_one", {"choices": " / ".join(self.choices.values())})

    def _read(self, text: str) -> str | None:
        return read_choice(text, self.choices, self.means, about_danger=bool(self.urgent))

    def _show(self, value: Any) -> str:
        return self.choices.get(value, str(value))

    def web(self, setting: Setting) -> tuple[WebField, ...]:
        return (WebField("radio", choices=self.choices),)

    def paper(self) -> tuple[PaperField, ...]:
        return (TickBoxes(tuple(self.choices.values())),)
