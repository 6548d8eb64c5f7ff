"""Decides what a plain message is: an answer in the running request, words for an officer, or a new request."""

from typing import cast

from bot.conversations import drafts, engine
from bot.conversations.answers import clean_text
from bot.conversations.drafts import Asking, Draft
from bot.conversations.emergencies import find_cry, find_emergency
from bot.conversations.matching import meant, named_exactly
from bot.conversations.recognition import A_SENTENCE, Asks, NothingRecognised, Opens, recognise
from bot.conversations.said import Document, Photo, Pin, Said, SomethingElse, TypedText
from bot.conversations.secret_words import tells_a_secret
from bot.handlers import commands, conversation, emergencies, late_files, menu, my_cases, typed_buttons
from bot.handlers.visit import Visit
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

# Kinds of question with free text as the answer: a sentence about another matter may be that answer.
_FREE = frozenset({"text", "name", "place", "address"})


def words(visit: Visit) -> list[Reply]:
    text = clean_text(cast(TypedText, visit.event.what).text)
    if not text:
        return _met_with(visit, "menu.blank_in_between") or _nothing_to_read(visit)
    if (danger := find_emergency(text)) is not None:
        return emergencies.answer(visit, danger, text)
    if tells_a_secret(text):
        return [visit.say("menu.told_a_secret"), *conversation.ask_again(visit)]
    if (replies := commands.command(visit, text)) is not None:
        return replies
    if (case := my_cases.find_typed(visit, text)) is not None:
        return typed_buttons.do_to_numbered(visit, case)
    if (row := visit.running) is not None:
        return _in_conversation(visit, row, TypedText(text))
    return (
        _about_a_number(visit, text)
        or typed_buttons.stars(visit, text)
        or _for_a_case(visit, text)
        or my_cases.not_theirs(visit, text)
        or _start_of_something(visit, text)
    )


def _nothing_to_read(visit: Visit) -> list[Reply]:
    """Tells the resident that the message has only invisible characters, so that it was passed on to nobody."""
    if (listening_for(visit.resident) or ("",))[0] in ("answer", "more"):
        return [visit.say("cases.blank")]
    return [visit.say("menu.blank", *visit.main_buttons())]


def _met_with(visit: Visit, phrase: str) -> list[Reply]:
    """Says this phrase and asks the running question again; returns [] if no question is open."""
    row = visit.running
    draft = conversation.find_draft(visit, row) if row else None
    if row is None or draft is None:
        return []
    if is_cold(row):
        return conversation.offer_resume(visit, row, draft)
    return [visit.say(phrase), *conversation.ask(visit, row, draft)]


def _in_conversation(visit: Visit, row: Conversation, said: Said) -> list[Reply]:
    draft = conversation.find_draft(visit, row)
    if draft is None:
        return conversation.leave_gone_service(visit, row)
    if is_cold(row):
        return _after_silence(visit, row, draft, said)
    if visit.late and isinstance(said, TypedText):
        return [visit.say("conversation.late_message"), *conversation.ask(visit, row, draft)]
    heard = engine.hear(draft, said, visit.office.setting())
    if isinstance(said, TypedText) and heard.refused:
        if (other := _about_another(visit, draft, said.text)) is not None:
            return conversation.offer_switch(visit, row, draft, other)
        if replies := my_cases.not_theirs(visit, said.text) or commands.sentence_in_between(visit, said.text):
            return [*replies, *conversation.ask(visit, row, draft)]
    return conversation.answer_with(visit, row, heard)


def _after_silence(visit: Visit, row: Conversation, draft: Draft, said: Said) -> list[Reply]:
    """Asks whether to go on. A resident who writes on without answering that sees no buttons: the request goes on."""
    if isinstance(said, TypedText) and (replies := commands.sentence_in_between(visit, said.text)):
        return replies
    if visit.offered[0] == "resume":
        return conversation.go_on(visit, row, draft)
    return conversation.offer_resume(visit, row, draft)


def _about_another(visit: Visit, draft: Draft, text: str) -> Service | None:
    """Returns the one other service that the words name; None if there is none or the question takes free text."""
    turn = drafts.next_turn(draft)
    if isinstance(turn, Asking) and turn.question.kind in _FREE:
        return None
    return _other_service(visit, text, than=draft.service.name)


def _other_service(visit: Visit, text: str, *, than: str) -> Service | None:
    found = meant(visit.office.services.values(), text)
    return found[0] if len(found) == 1 and found[0].name != than else None


def _about_a_number(visit: Visit, text: str) -> list[Reply] | None:
    """Does what a sentence asks about the case whose number it holds.

    It returns None if there is no number, or if none of their cases has it and the sentence reports something: it may
    be the number of a deed or a receipt. Such a number counts as a wrong guess all the same.
    """
    found = find_case_code(text)
    if found is None:
        return None
    code, beside = found
    case = my_cases.find_typed(visit, code)
    if case is not None:
        return typed_buttons.do_as_said(visit, case, beside)
    not_theirs = my_cases.not_theirs(visit, code)
    return None if _tells_something(visit, beside) else not_theirs


def _tells_something(visit: Visit, text: str) -> bool:
    """Says whether the words beside a number report something, and do not only ask about the case."""
    match recognise(visit.office.services.values(), text, has_cases=True):
        case Asks() | NothingRecognised(_, said_something=False):
            return False
        case _:
            return True


def _for_a_case(visit: Visit, text: str) -> list[Reply] | None:
    """Takes the words for the case being talked about, unless they are the name of a service, which begins a request.

    Where a sentence is about another service than the case's, the resident is asked which of the two it is for.
    """
    listening = listening_for(visit.resident)
    if listening is None or named_exactly(visit.office.services.values(), text, polite=False):
        return None
    what, case_id = listening
    if replies := commands.sentence_of_a_case(visit, text, officer_waits=what == "answer"):
        return replies
    case = visit.session.get_one(Case, case_id)
    if what == "comment":
        return my_cases.take_comment(visit, case, text)
    if (service := _other_service(visit, text, than=case.service)) is not None:
        keep_words(visit.resident, text, visit.event.message_id)
        return my_cases.ask_whose(visit, case, service)
    return my_cases.take_more(visit, case, note=text)


def _start_of_something(visit: Visit, text: str) -> list[Reply]:
    match my_cases.recognise_with_cases(visit, text):
        case Asks(name):
            if len(text) >= A_SENTENCE and name in ("corruption", "power"):
                keep_words(visit.resident, text, visit.event.message_id)
            return commands.ANSWERS[name](visit)
        case Opens(service, named=True):
            kept, said_in = kept_words(visit.resident)
            return conversation.start(visit, service, opening=kept, said_in=said_in)
        case Opens(service):
            return conversation.start(visit, service, opening=text, said_in=visit.event.message_id)
        case NothingRecognised() if (cry := find_cry(text)) is not None:
            return emergencies.answer(visit, cry, text)
        case NothingRecognised(_, said_something=False):
            return menu.not_understood(visit)
        case unsure:
            keep_words(visit.resident, text, visit.event.message_id)
            return menu.ask_which(visit, unsure)


def sent_file(visit: Visit) -> list[Reply]:
    """Notes a photo or document, which is fetched from LINE afterwards, and attaches it where it belongs."""
    sent = cast(SentFile, visit.event.what)
    sibling = find_in_case(visit.session, visit.resident, sent.album) if sent.album else None
    lost = late_files.find_asked_again(visit)
    if sibling is None and lost is None and not _may_send(visit):
        refused = visit.say("limits.files", most=visit.office.municipality.limits.files_an_hour)
        return [refused, *conversation.ask_again(visit)]
    file = want(
        visit.session,
        visit.resident,
        kind=sent.kind,
        line_message_id=sent.message_id,
        name=sent.name,
        album=sent.album,
        for_conversation=visit.running is not None or sibling is not None,
    )
    if sibling is not None:
        late_files.join_album(visit, file, sibling)
        return []
    if lost is not None:
        return late_files.take_again(visit, file, lost)
    if (row := visit.running) is not None:
        replies = _in_conversation(visit, row, _as_said(sent, file))
        late_files.note_sent_anew(visit, row, file)
        return replies
    replies = _for_listening_case(visit, file) or menu.file_first(visit, sent.kind)
    return replies if _speaks_for_album(visit, sent) else []


def _as_said(sent: SentFile, file: File) -> Said:
    if sent.kind == "photo":
        return Photo(file.token, sent.album, sent.of)
    return Document(file.token, sent.name)


def _for_listening_case(visit: Visit, file: File) -> list[Reply]:
    listening = listening_for(visit.resident)
    if listening is None or listening[0] == "comment":
        return []
    case = visit.session.get_one(Case, listening[1])
    return my_cases.take_more(visit, case, files=(file.token,))


def _may_send(visit: Visit) -> bool:
    """Says whether one more file is allowed this hour. A request that says there is danger takes any number."""
    row = visit.running
    draft = conversation.find_draft(visit, row) if row else None
    if draft is not None and drafts.is_urgent(draft):
        return True
    return may_send_file(visit.session, visit.resident, visit.office.municipality.limits)


def _speaks_for_album(visit: Visit, sent: SentFile) -> bool:
    """Says whether this file is the first of its album to arrive: only that one is answered."""
    return sent.album is None or count_of_album(visit.session, visit.resident, sent.album) == 1


def place(visit: Visit) -> list[Reply]:
    pin = cast(SentPlace, visit.event.what)
    said = Pin(pin.latitude, pin.longitude, pin.text)
    if (row := visit.running) is not None:
        return _in_conversation(visit, row, said)
    if said.is_nowhere:
        return [visit.say("complaint.no_place")]
    listening = listening_for(visit.resident)
    if listening is not None and listening[0] != "comment":
        case = visit.session.get_one(Case, listening[1])
        note = f"📍 {pin.text} ({pin.latitude:.6f}, {pin.longitude:.6f})"
        if visit.office.municipality.centre.is_far(pin.latitude, pin.longitude):
            note += " (นอกเขต)"
        return my_cases.take_more(visit, case, note=note)
    return visit.menu("menu.place_first")


def something_else(visit: Visit) -> list[Reply]:
    """Answers a sticker, a voice message or a video kindly: it is never the answer to a question."""
    kind = cast(SomethingElse, visit.event.what).kind
    in_between = "menu.sticker_in_between" if kind == "sticker" else "complaint.want_no_voice"
    here = "menu.sticker" if kind == "sticker" else "menu.only_text_here"
    return _met_with(visit, in_between) or [visit.say(here, *visit.main_buttons())]
