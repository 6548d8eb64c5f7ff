"""Decides what a plain message is: an answer in the running request, words for an officer, or a new request."""

from typing import cast

from bot.conversations import drafts, engine
from bot.conversations.answers import clean_text
from bot.conversations.drafts import Asking, Draft
from bot.conversations.emergencies import find_cry, find_emergency
from bot.conversations.recognition import A_SENTENCE, Asks, NothingRecognised, Opens, recognise
from bot.conversations.service_matching import meant, named_exactly
from bot.handlers import commands, conversation, emergencies, late_files, menu, my_cases, typed_buttons
from bot.handlers.event_context import EventContext
from bot.line.events import SentFile, SentPlace
from bot.replies import Reply
from store.cases.codes import find_case_code
from store.cases.models import Case
from store.cases.rate_limits import may_send_file
from store.files.lifecycle import count_of_album, find_in_case, want
from store.files.models import File
from store.residents.conversations import is_cold
from store.residents.models import Conversation
from store.residents.residents import keep_words, kept_words, listening_for
from store.services import Service
from store.services.answers.inputs import Document, Photo, Pin, Said, SomethingElse, TypedText
from store.services.answers.secret_words import tells_a_secret

# Kinds of question with free text as the answer: a sentence about another matter may be that answer.
_FREE = frozenset({"text", "name", "place", "address"})


def words(context: EventContext) -> list[Reply]:
    text = clean_text(cast(TypedText, context.event.what).text)
    if not text:
        return _met_with(context, "menu.blank_in_between") or _nothing_to_read(context)
    if (danger := find_emergency(text)) is not None:
        return emergencies.answer(context, danger, text)
    if tells_a_secret(text):
        return [context.say("menu.told_a_secret"), *conversation.ask_again(context)]
    if (replies := commands.command(context, text)) is not None:
        return replies
    if (case := my_cases.find_typed(context, text)) is not None:
        return typed_buttons.do_to_numbered(context, case)
    if (row := context.running) is not None:
        return _in_conversation(context, row, TypedText(text))
    return (
        _about_a_number(context, text)
        or typed_buttons.stars(context, text)
        or _for_a_case(context, text)
        or my_cases.not_theirs(context, text)
        or _start_of_something(context, text)
    )


def _nothing_to_read(context: EventContext) -> list[Reply]:
    """Tells the resident that the message has only invisible characters, so that it was passed on to nobody."""
    if (listening_for(context.resident) or ("",))[0] in ("answer", "more"):
        return [context.say("cases.blank")]
    return [context.say("menu.blank", *context.main_buttons())]


def _met_with(context: EventContext, phrase: str) -> list[Reply]:
    """Says this phrase and asks the open question again; returns [] if no request is running.

    A request that was left alone for long is offered to be resumed instead.
    """
    row = context.running
    draft = conversation.find_draft(context, row) if row else None
    if row is None or draft is None:
        return []
    if is_cold(row):
        return conversation.offer_resume(context, row, draft)
    return [context.say(phrase), *conversation.ask(context, row, draft)]


def _in_conversation(context: EventContext, row: Conversation, said: Said) -> list[Reply]:
    draft = conversation.find_draft(context, row)
    if draft is None:
        return conversation.leave_gone_service(context, row)
    if is_cold(row):
        return _after_silence(context, row, draft, said)
    if context.late and isinstance(said, TypedText):
        return [context.say("conversation.late_message"), *conversation.ask(context, row, draft)]
    heard = engine.hear(draft, said, context.app.setting())
    if isinstance(said, TypedText) and heard.refused:
        if (other := _about_another(context, draft, said.text)) is not None:
            return conversation.offer_switch(context, row, draft, other)
        if replies := my_cases.not_theirs(context, said.text) or commands.sentence_in_between(
            context, said.text
        ):
            return [*replies, *conversation.ask(context, row, draft)]
    return conversation.answer_with(context, row, heard)


def _after_silence(context: EventContext, row: Conversation, draft: Draft, said: Said) -> list[Reply]:
    """Asks whether to go on with the request. If this was asked just before, the request goes on."""
    if isinstance(said, TypedText) and (replies := commands.sentence_in_between(context, said.text)):
        return replies
    if context.offered[0] == "resume":
        return conversation.go_on(context, row, draft)
    return conversation.offer_resume(context, row, draft)


def _about_another(context: EventContext, draft: Draft, text: str) -> Service | None:
    """Returns the one other service that the words name; None if there is none or the question takes free text."""
    turn = drafts.next_turn(draft)
    if isinstance(turn, Asking) and turn.question.kind in _FREE:
        return None
    return _other_service(context, text, than=draft.service.name)


def _other_service(context: EventContext, text: str, *, than: str) -> Service | None:
    found = meant(context.app.services.values(), text)
    return found[0] if len(found) == 1 and found[0].name != than else None


def _about_a_number(context: EventContext, text: str) -> list[Reply] | None:
    """Does what a sentence asks about the case whose number it holds.

    It returns None if there is no number, or if none of their cases has it and the sentence reports something: it may
    be the number of a deed or a receipt. Such a number counts as a wrong guess all the same.
    """
    found = find_case_code(text)
    if found is None:
        return None
    code, beside = found
    case = my_cases.find_typed(context, code)
    if case is not None:
        return typed_buttons.do_as_said(context, case, beside)
    not_theirs = my_cases.not_theirs(context, code)
    return None if _tells_something(context, beside) else not_theirs


def _tells_something(context: EventContext, text: str) -> bool:
    """Says whether the words beside a number report something, and do not only ask about the case."""
    match recognise(context.app.services.values(), text, has_cases=True):
        case Asks() | NothingRecognised(_, said_something=False):
            return False
        case _:
            return True


def _for_a_case(context: EventContext, text: str) -> list[Reply] | None:
    """Takes the words for the case being talked about, unless they are the name of a service, which begins a request.

    Where a sentence is about another service than the case's, the resident is asked which of the two it is for.
    """
    listening = listening_for(context.resident)
    if listening is None or named_exactly(context.app.services.values(), text, polite=False):
        return None
    what, case_id = listening
    if replies := commands.sentence_of_a_case(context, text, officer_waits=what == "answer"):
        return replies
    case = context.session.get_one(Case, case_id)
    if what == "comment":
        return my_cases.take_comment(context, case, text)
    if (service := _other_service(context, text, than=case.service)) is not None:
        keep_words(context.resident, text, context.event.message_id)
        return my_cases.ask_whose(context, case, service)
    return my_cases.take_more(context, case, note=text)


def _start_of_something(context: EventContext, text: str) -> list[Reply]:
    match my_cases.recognise_with_cases(context, text):
        case Asks(name):
            if len(text) >= A_SENTENCE and name in ("corruption", "power"):
                keep_words(context.resident, text, context.event.message_id)
            return commands.ANSWERS[name](context)
        case Opens(service, named=True):
            kept, said_in = kept_words(context.resident)
            return conversation.start(context, service, opening=kept, said_in=said_in)
        case Opens(service):
            return conversation.start(context, service, opening=text, said_in=context.event.message_id)
        case NothingRecognised() if (cry := find_cry(text)) is not None:
            return emergencies.answer(context, cry, text)
        case NothingRecognised(_, said_something=False):
            return menu.not_understood(context)
        case unsure:
            keep_words(context.resident, text, context.event.message_id)
            return menu.ask_which(context, unsure)


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
    row = context.running
    draft = conversation.find_draft(context, row) if row else None
    if draft is not None and drafts.is_urgent(draft):
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
        note = f"📍 {pin.text} ({pin.latitude:.6f}, {pin.longitude:.6f})"
        if context.app.municipality.centre.is_far(pin.latitude, pin.longitude):
            note += " (นอกเขต)"
        return my_cases.take_more(context, case, note=note)
    return context.menu("menu.place_first")


def something_else(context: EventContext) -> list[Reply]:
    """Answers a sticker, a voice message or a video kindly: it is never the answer to a question."""
    kind = cast(SomethingElse, context.event.what).kind
    in_between = "menu.sticker_in_between" if kind == "sticker" else "complaint.want_no_voice"
    here = "menu.sticker" if kind == "sticker" else "menu.only_text_here"
    return _met_with(context, in_between) or [context.say(here, *context.main_buttons())]
