"""Assigns one of three levels of urgency, which order the cases of a surge."""

from collections.abc import Iterable
from typing import Literal

from bot.conversations.drafts import Draft, answered, is_urgent
from store.services.forms import AnswerWords
from store.thai import folded

Triage = Literal["red", "yellow", "green"]


def triage_of(draft: Draft, keywords: Iterable[str]) -> Triage:
    """Returns red for an urgent choice, yellow for a yellow service or a keyword in a text answer, else green."""
    if is_urgent(draft):
        return "red"
    told = (str(value) for question, value in answered(draft) if question.answer_words is AnswerWords.STORY)
    said = folded(" ".join(told))
    if draft.service.triage == "yellow" or any(folded(word) in said for word in keywords if folded(word)):
        return "yellow"
    return "green"
