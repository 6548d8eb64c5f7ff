"""Holds a request that is not sent yet: its answers so far, and the question that comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from store.services import Question, Service
from store.services.answers.inputs import Document, Photo
from store.services.answers.verdicts import Accepted

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

    @cached_property
    def turn(self) -> "Turn":
        """Returns what comes next, worked out once for this draft: see next_turn."""
        return next_turn(self)


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
        if isinstance(taken := question.from_opening(opening), Accepted):
            answers[question.key] = taken.value
        if question.is_remembered and (known or {}).get(question.kind) is not None:
            answers[question.key] = (known or {})[question.kind]
    # A question for documents takes photos, too, where no other does.
    for question in _most_particular_first(service):
        given = {Photo: photos or [], Document: documents or []}
        files = [file for sort in (Document, Photo) if sort in question.takes for file in given[sort]]
        if files:
            answers[question.key] = files[: question.file_limit]
            photos = None if Photo in question.takes else photos
            documents = None if Document in question.takes else documents
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


def is_unfinished(draft: Draft, question: Question) -> bool:
    """Says whether something about the question's answer must still be asked, such as of a pin outside the town."""
    return question.follow_up(draft.answers.get(question.key)) is not None


def next_turn(draft: Draft) -> Turn:
    """Returns the next question: one with an unfinished answer, else the one being edited, else the first open one.

    If there is none, it returns Confirming.
    """
    asked = asked_in(draft)
    for step, question in enumerate(asked, start=1):
        if is_unfinished(draft, question):
            return Asking(question, step, len(asked))
    for step, question in enumerate(asked, start=1):
        if question.key == draft.editing:
            return Asking(question, step, len(asked))
    for step, question in enumerate(asked, start=1):
        if question.key not in draft.answers:
            return Asking(question, step, len(asked))
    return Confirming()


def question_for(draft: Draft, sort: type) -> Question | None:
    """Returns the question that takes this sort of message, and the fewest others besides; None if there is none."""
    return next(
        (question for question in _most_particular_first(draft.service) if sort in question.takes), None
    )


def _most_particular_first(service: Service) -> list[Question]:
    return sorted(service.questions, key=lambda question: len(question.takes))


def only_opened(draft: Draft) -> bool:
    """Says whether the opening words are the only answer and their question is not the first one.

    The resident has not answered any question yet, so the next message may be about something else.
    """
    if draft.editing:
        return False
    told = {q.key for q, _ in answered(draft) if not q.is_remembered and not q.file_limit}
    opening = {q.key for q in draft.service.questions if q.is_opened_by_words}
    return bool(told) and told == opening and draft.service.questions[0].key not in told


def is_urgent(draft: Draft) -> bool:
    return any(question.is_urgent(draft.answers.get(question.key)) for question in draft.service.questions)


def advice_given(draft: Draft) -> list[str]:
    """Returns the advice that the service gives for the urgent choices among the answers."""
    given = ((question, draft.answers.get(question.key)) for question in draft.service.questions)
    return [
        advice
        for question, value in given
        if question.is_urgent(value) and (advice := question.advice_for(value))
    ]


def answered(draft: Draft) -> list[tuple[Question, Any]]:
    """Returns the answered questions that still apply, with their answers, in the order of the service."""
    return [
        (question, draft.answers[question.key])
        for question in draft.service.questions
        if question.key in draft.answers and applies(question, draft.answers)
    ]
