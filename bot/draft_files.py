"""Reads the answers of a resident's running request, and adds and removes photos and documents in them."""

from typing import Any

from bot.context import AppContext
from bot.conversations import drafts
from bot.conversations.drafts import Draft
from store.residents.models import Conversation
from store.services.answers.inputs import Document, Photo


def draft_of(app: AppContext, row: Conversation) -> Draft | None:
    """Returns the answers of the request so far, or None if its service is no longer offered."""
    service = app.services.get(row.service)
    if service is None:
        return None
    answers = drafts.still_valid(service, row.answers or {})
    return Draft(service, answers, row.editing, in_surge=row.in_surge, misses=row.misses)


def drop_file(app: AppContext, row: Conversation, token: str) -> bool:
    """Removes the photo or document from the running request; returns False if the request does not hold it.

    A question whose only file this was is open again.
    """
    if (draft := draft_of(app, row)) is None or token not in files_in(draft):
        return False
    answers = dict(draft.answers)
    for question in draft.service.questions:
        if question.file_limit and answers.get(question.key):
            left = [file for file in answers[question.key] if file["token"] != token]
            answers = {**answers, question.key: left} if left else _without(answers, question.key)
    row.answers = answers
    return True


def take_photo(app: AppContext, row: Conversation, token: str) -> bool:
    """Adds the photo to the request's answer to its question for photos.

    Returns False if the request has no such question, already holds the photo, or takes no more photos.
    """
    draft = draft_of(app, row)
    question = drafts.question_for(draft, Photo) if draft else None
    if draft is None or question is None or Document in question.takes or token in files_in(draft):
        return False
    before = draft.answers.get(question.key) or []
    if len(before) >= question.file_limit:
        return False
    row.answers = {**draft.answers, question.key: [*before, {"token": token, "album": None, "of": 1}]}
    return True


def _without(answers: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if name != key}


def files_in(draft: Draft) -> list[str]:
    """Returns the tokens of all photos and documents of the request."""
    return [token for question, value in drafts.answered(draft) for token in question.tokens(value)]
