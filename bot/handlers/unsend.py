"""Handles an unsent message: its text or photo is deleted at once from disk, request and case."""

from typing import cast

from bot import draft_files
from bot.handlers import conversation
from bot.handlers.event_context import EventContext
from bot.line.events import Unsent
from bot.replies import Reply
from store.cases.unsend import note_unsent, take_back_from_cases, was_unsent
from store.files.lifecycle import forget
from store.residents.residents import forget_words


def unsent(context: EventContext) -> list[Reply]:
    """Deletes what the message held: LINE asks that unsent content is no longer seen or used. No reply is possible."""
    message_id = cast(Unsent, context.event.what).message_id
    note_unsent(context.session, context.resident, message_id, context.event.at)
    file = forget(context.session, context.app.media, message_id, context.resident)
    facts = take_back_from_cases(context.session, context.resident, message_id)
    row = context.running
    if file is not None and row is not None:
        draft_files.drop_file(context.app, row, file.token)
    if row is not None:
        conversation.take_back(context.app, row, message_id, facts)
    forget_words(context.resident, message_id)
    return []


def is_unsent(context: EventContext) -> bool:
    """Says whether the resident unsent this message before LINE delivered it: nothing of it may be used."""
    event = context.event
    return event.message_id is not None and was_unsent(
        context.session, context.resident, event.message_id, event.at
    )
