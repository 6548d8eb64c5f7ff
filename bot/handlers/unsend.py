"""A resident took a message back: its text or photo vanishes from disk, request and case at once."""

from typing import cast

from bot.events import Unsent
from bot.handlers import conversation
from bot.replies import Reply
from bot.visit import Visit
from store.files import forget
from store.residents import kept_words, stop_listening
from store.taking_back import take_back_from_cases


def unsent(visit: Visit) -> list[Reply]:
    """LINE asks that what was unsent can no longer be seen or used; no reply is possible."""
    message_id = cast(Unsent, visit.event.what).message_id
    file = forget(visit.session, visit.office.media, message_id, visit.resident)
    row = visit.running
    if file is not None and row is not None:
        conversation.drop_file(visit.office, row, file.token)
    if row is not None:
        conversation.take_back(visit.office, row, message_id)
    if kept_words(visit.resident)[1] == message_id:
        stop_listening(visit.resident)
    take_back_from_cases(visit.session, visit.resident, message_id)
    return []
