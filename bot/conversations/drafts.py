"""Holds a request that is not sent yet: its answers so far, and the question that comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from store.services import Question, Service
from store.services.answers.places import must_be_meant
from store.services.definition import REMEMBERED

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """Holds an unfinished request.

    `answers` are values by the keys of questions; a skipped question has the answer None. `editing` is the key of a
    question that is asked before all others. With `in_surge` only the questions that the service marks for a surge are
    asked; answers to other questions are kept. `misses` is the number of answers refused since the current question was
    asked.
    """

    service: Service
    answers: Answers = field(default_factory=dict)
    editing: str | None = None
    in_surge: bool = False
    misses: int = 0


@dataclass(frozen=True)
class Asking:
    question: Question
    step: int
    of: int


@dataclass(frozen=True)
class Confirming:
    """Says that no question is left: the next message shows a summary, with a button that sends the request."""


Turn = Asking | Confirming


def begin(
    service: Service,
    *,
    opening: str = "",
    known: Answers | None = None,
    photos: Any = None,
    documents: Any = None,
    in_surge: bool = False,
) -> Draft:
    """Returns a new draft, with answers from the opening words, the remembered data and the files just sent."""
    answers: dict[str, Any] = {}
    for question in service.questions:
        if question.takes_opening and opening and len(opening) <= question.longest:
            answers[question.key] = opening
        if question.kind in REMEMBERED and (known or {}).get(question.kind) is not None:
            answers[question.key] = (known or {})[question.kind]
        if question.kind == "photos" and photos:
            answers[question.key], photos = photos[: question.most_files], None
    for question in service.questions:
        # A question for a file takes photos, too, where no other does.
        files = [*(documents or []), *(photos or [])]
        if question.kind == "file" and files:
            answers[question.key] = files[: question.most_files]
            documents = None
            photos = None
    return Draft(service, still_valid(service, answers), in_surge=in_surge)


def applies(question: Question, answers: Answers) -> bool:
    return all(answers.get(key) == value for key, value in question.when.items())


def still_valid(service: Service, answers: Answers) -> dict[str, Any]:
    """Returns the answers in the order of the service's questions, without those whose question no longer applies.

    Dropping one answer may make later questions inapplicable; their answers are dropped, too.
    """
    valid: dict[str, Any] = {}
    for question in service.questions:
        if question.key in answers and _possible(question, valid):
            valid[question.key] = answers[question.key]
    return valid


def _possible(question: Question, valid: Answers) -> bool:
    """Says whether the question may still apply: no earlier answer in `valid` contradicts its `when`."""
    return all(key not in valid or valid[key] == value for key, value in question.when.items())


def asked_in(draft: Draft) -> list[Question]:
    """Returns the questions of this request, answered or not, in order."""
    short = draft.in_surge and any(question.in_surge for question in draft.service.questions)
    return [
        question
        for question in draft.service.questions
        if applies(question, draft.answers)
        and (not short or question.in_surge or question.key in draft.answers)
    ]


def is_in_doubt(draft: Draft, question: Question) -> bool:
    """Says whether the question's answer is a pin outside the town that the resident has not confirmed yet."""
    return question.kind == "place" and must_be_meant(draft.answers.get(question.key))


def next_turn(draft: Draft) -> Turn:
    """Returns the next question: one with a pin to confirm, else the one being edited, else the first unanswered one.

    If there is none, it returns Confirming.
    """
    asked = asked_in(draft)
    for step, question in enumerate(asked, start=1):
        if is_in_doubt(draft, question):
            return Asking(question, step, len(asked))
    for step, question in enumerate(asked, start=1):
        if question.key == draft.editing:
            return Asking(question, step, len(asked))
    for step, question in enumerate(asked, start=1):
        if question.key not in draft.answers:
            return Asking(question, step, len(asked))
    return Confirming()


def of_kind(draft: Draft, kind: str) -> Question | None:
    return next((q for q in draft.service.questions if q.kind == kind), None)


def only_opened(draft: Draft) -> bool:
    """Says whether the opening words are the only answer and their question is not the first one.

    The resident has not answered any question yet, so the next message may be about something else.
    """
    if draft.editing:
        return False
    told = {q.key for q, _ in answered(draft) if q.kind not in REMEMBERED and q.kind != "photos"}
    opening = {q.key for q in draft.service.questions if q.takes_opening}
    return bool(told) and told == opening and draft.service.questions[0].key not in told


def is_urgent(draft: Draft) -> bool:
    return any(draft.answers.get(question.key) in question.urgent for question in draft.service.questions)


def advice_given(draft: Draft) -> list[str]:
    """Returns the advice that the service gives for the urgent choices among the answers."""
    given = ((question, draft.answers.get(question.key)) for question in draft.service.questions)
    return [
        question.advice[value]
        for question, value in given
        if value in question.urgent and value in question.advice
    ]


def answered(draft: Draft) -> list[tuple[Question, Any]]:
    """Returns the answered questions that still apply, with their answers, in the order of the service."""
    return [
        (question, draft.answers[question.key])
        for question in draft.service.questions
        if question.key in draft.answers and applies(question, draft.answers)
    ]
