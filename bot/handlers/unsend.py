"""Handles an unsent message: its text or photo is deleted at once from disk, request and case."""

from typing import cast

from bot import drafts
from bot.handlers import conversation
from bot.handlers.visit import Visit
from bot.line.events import Unsent
from bot.replies import Reply
from store.cases.unsend import note_unsent, take_back_from_cases, was_unsent
from store.files.lifecycle import forget
from store.residents.residents import forget_words


def unsent(visit: Visit) -> list[Reply]:
    """Deletes what the message held: LINE asks that unsent content is no longer seen or used. No reply is possible."""
    message_id = cast(Unsent, visit.event.what).message_id
    note_unsent(visit.session, visit.resident, message_id, visit.event.at)
    file = forget(visit.session, visit.office.media, message_id, visit.resident)
    facts = take_back_from_cases(visit.session, visit.resident, message_id)
    row = visit.running
    if file is not None and row is not None:
        drafts.drop_file(visit.office, row, file.token)
    if row is not None:
        conversation.take_back(visit.office, row, message_id, facts)
    forget_words(visit.resident, message_id)
    return []


def is_unsent(visit: Visit) -> bool:
    """Says whether the resident unsent this message before LINE delivered it: nothing of it may be used."""
    event = visit.event
    return event.message_id is not None and was_unsent(
        visit.session, visit.resident, event.message_id, event.at
    )
