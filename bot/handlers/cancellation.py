"""Ends a request before it is sent: it is cancelled, or the resident meant another service."""

from bot.conversations.drafts import Draft
from bot.draft_files import files_in
from bot.handlers import menu
from bot.handlers.event_context import EventContext
from bot.replies import Reply
from store.files.unassigned import claim, give_back, unassigned_files
from store.residents import conversations
from store.residents.models import Conversation, EndedAs
from store.residents.residents import keep_words, listening_for


def cancel(context: EventContext, row: Conversation) -> list[Reply]:
    """Ends the request. Its files are marked as used, so that no later request takes them."""
    loose = unassigned_files(context.session, context.resident, request=row)
    claim(loose, [file.token for file in loose])
    conversations.end(row, EndedAs.CANCELLED)
    return [context.say("conversation.cancelled")]


def not_this(context: EventContext, row: Conversation, draft: Draft) -> list[Reply]:
    """Ends the request and shows all services. The next request gets the opening words and the files."""
    give_back(context.session, context.resident, files_in(draft))
    opening = next(
        (q.key for q in draft.service.questions if q.is_opened_by_words and draft.answers.get(q.key)), None
    )
    if opening is not None and listening_for(context.resident) is None:
        keep_words(context.resident, draft.answers[opening], (row.said_in or {}).get(opening))
    conversations.end(row, EndedAs.CANCELLED)
    go_along = unassigned_files(context.session, context.resident)
    phrase = "not_this_with_files" if go_along else "not_this"
    return [context.say(f"conversation.{phrase}"), *menu.everything(context)]
