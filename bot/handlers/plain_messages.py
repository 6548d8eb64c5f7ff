"""Answers photos, documents, pins, stickers and the like: as an answer in the running request, or for a case."""

from typing import cast

from bot.conversations import drafts
from bot.handlers import conversation, late_files, menu, my_cases
from bot.handlers.event_context import EventContext
from bot.line.events import SentFile, SentPlace
from bot.replies import Reply
from store.cases.models import Case
from store.cases.rate_limits import may_send_file
from store.files.lifecycle import count_of_album, find_in_case, want
from store.files.models import File
from store.residents.conversations import is_cold
from store.residents.models import Conversation
from store.residents.residents import listening_for
from store.services.answers.inputs import Document, Photo, Pin, Said, SomethingElse


def _in_conversation(context: EventContext, row: Conversation, said: Said) -> list[Reply]:
    """Takes a photo, document or pin as an answer in the running request."""
    draft = context.draft
    if draft is None:
        return conversation.leave_gone_service(context, row)
    if not is_cold(row):
        return conversation.hear(context, row, draft, said)
    if context.offered[0] == "resume":
        return conversation.go_on(context, row, draft)
    return conversation.offer_resume(context, row, draft)


def sent_file(context: EventContext) -> list[Reply]:
    """Notes a photo or document, which is fetched from LINE afterwards, and attaches it where it belongs."""
    sent = cast(SentFile, context.event.what)
    sibling = find_in_case(context.session, context.resident, sent.album) if sent.album else None
    lost = late_files.find_asked_again(context)
    if sibling is None and lost is None and not _may_send(context):
        refused = context.say("limits.files", most=context.app.municipality.limits.files_an_hour)
        return [refused, *conversation.ask_again(context)]
    file = want(
        context.session,
        context.resident,
        kind=sent.kind,
        line_message_id=sent.message_id,
        name=sent.name,
        album=sent.album,
        for_conversation=context.running is not None or sibling is not None,
    )
    if sibling is not None:
        late_files.join_album(context, file, sibling)
        return []
    if lost is not None:
        return late_files.take_again(context, file, lost)
    if (row := context.running) is not None:
        replies = _in_conversation(context, row, _as_said(sent, file))
        late_files.note_sent_anew(context, row, file)
        return replies
    replies = _for_listening_case(context, file) or menu.file_first(context, sent.kind)
    return replies if _speaks_for_album(context, sent) else []


def _as_said(sent: SentFile, file: File) -> Said:
    if sent.kind == "photo":
        return Photo(file.token, sent.album, sent.of)
    return Document(file.token, sent.name)


def _for_listening_case(context: EventContext, file: File) -> list[Reply]:
    listening = listening_for(context.resident)
    if listening is None or listening[0] == "comment":
        return []
    case = context.session.get_one(Case, listening[1])
    return my_cases.take_more(context, case, files=(file.token,))


def _may_send(context: EventContext) -> bool:
    """Says whether one more file is allowed this hour. A request that says there is danger takes any number."""
    if context.draft is not None and drafts.is_urgent(context.draft):
        return True
    return may_send_file(context.session, context.resident, context.app.municipality.limits)


def _speaks_for_album(context: EventContext, sent: SentFile) -> bool:
    """Says whether this file is the first of its album to arrive: only that one is answered."""
    return sent.album is None or count_of_album(context.session, context.resident, sent.album) == 1


def place(context: EventContext) -> list[Reply]:
    pin = cast(SentPlace, context.event.what)
    said = Pin(pin.latitude, pin.longitude, pin.text)
    if (row := context.running) is not None:
        return _in_conversation(context, row, said)
    if said.is_nowhere:
        return [context.say("complaint.no_place")]
    listening = listening_for(context.resident)
    if listening is not None and listening[0] != "comment":
        case = context.session.get_one(Case, listening[1])
        is_far = context.app.municipality.centre.is_far(pin.latitude, pin.longitude)
        at = f"{pin.latitude:.6f}, {pin.longitude:.6f}"
        note = context.app.phrases.say(f"cases.{'pin_outside' if is_far else 'pin'}", text=pin.text, at=at)
        return my_cases.take_more(context, case, note=note)
    return context.menu("menu.place_first")


def something_else(context: EventContext) -> list[Reply]:
    """Answers a sticker, a voice message or a video kindly: it is never the answer to a question."""
    kind = cast(SomethingElse, context.event.what).kind
    in_between = "menu.sticker_in_between" if kind == "sticker" else "complaint.want_no_voice"
    here = "menu.sticker" if kind == "sticker" else "menu.only_text_here"
    return conversation.met_with(context, in_between) or [context.say(here, *context.main_buttons())]
