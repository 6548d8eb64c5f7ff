"""Answers what a resident typed: bot.recognition says what it is, and a function for each match answers it."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from bot.conversations.recognition import NothingRecognised
from bot.handlers import announcements, conversation, emergencies, functions, menu, my_cases, taps, which_case
from bot.handlers.event_context import EventContext
from bot.handlers.own_cases import LoadedCases
from bot.line.events import Tap
from bot.recognition import matches as found
from bot.recognition.order import recognised
from bot.recognition.state import Request, State
from bot.recognition.typed import Typed
from bot.replies import Reply
from store.cases.models import Case
from store.residents.conversations import is_cold
from store.residents.residents import keep_words, kept_words, listening_for
from store.services.answers.cleaning import clean_text
from store.services.answers.inputs import TypedText


def words(context: EventContext) -> list[Reply]:
    typed = Typed(clean_text(cast(TypedText, context.event.what).text))
    for match in recognised(typed, _state(context)):
        replies = _ANSWERS[type(match)](context, match, typed.text)
        if replies is not None:
            return replies
    return menu.not_understood(context)


def _state(context: EventContext) -> State:
    row, municipality = context.running, context.app.municipality
    return State(
        services=context.app.services,
        topics={topic.code: topic.name for topic in municipality.topics},
        departments={each.name: each.phone for each in municipality.departments if each.phone},
        phrases=context.app.phrases,
        words=context.app.typed_words,
        setting=context.app.setting(),
        cases=LoadedCases(context),
        request=Request(row.id, context.draft, is_cold=is_cold(row), is_late=context.late) if row else None,
        offered=context.offered,
        listening=listening_for(context.resident),
    )


def _blank(context: EventContext, _match: found.Blank, _text: str) -> list[Reply]:
    """Tells the resident that the message has only invisible characters, so that it was passed on to nobody."""
    if replies := conversation.met_with(context, "menu.blank_in_between"):
        return replies
    if (listening_for(context.resident) or ("",))[0] in ("answer", "more"):
        return [context.say("cases.blank")]
    return [context.say("menu.blank", *context.main_buttons())]


def _danger(context: EventContext, match: found.Danger, text: str) -> list[Reply]:
    return emergencies.answer(context, match.emergency, text)


def _secret(context: EventContext, _match: found.Secret, _text: str) -> list[Reply]:
    return [context.say("menu.told_a_secret"), *conversation.ask_again(context)]


def _tester_code(context: EventContext, match: found.TesterCode, _text: str) -> list[Reply]:
    return announcements.link_tester(context, match.code)


def _asks(context: EventContext, match: found.Asks, text: str) -> list[Reply]:
    if match.keep:
        keep_words(context.resident, text, context.event.message_id)
    replies = functions.ANSWERS[match.name](context)
    return [*replies, *conversation.ask_again(context)] if match.then_ask else replies


def _presses(context: EventContext, match: found.Presses, _text: str) -> list[Reply]:
    return taps.press(context, Tap(match.do, dict(match.about)))


def _tells(context: EventContext, match: found.Tells, _text: str) -> list[Reply]:
    said = context.say(match.phrase, **match.words)
    if match.then == "menu":
        return [said, *menu.everything(context)]
    return [said, *conversation.ask_again(context)] if match.then == "question" else [said]


def _offers_to_resume(context: EventContext, _match: found.OffersToResume, _text: str) -> list[Reply] | None:
    row, draft = context.running, context.draft
    return conversation.offer_resume(context, row, draft) if row and draft else None


def _offers_to_switch(context: EventContext, match: found.OffersToSwitch, _text: str) -> list[Reply] | None:
    row, draft = context.running, context.draft
    return conversation.offer_switch(context, row, draft, match.service) if row and draft else None


def _service_gone(context: EventContext, _match: found.ServiceGone, _text: str) -> list[Reply] | None:
    return conversation.leave_gone_service(context, context.running) if context.running else None


def _answers(context: EventContext, match: found.Answers, _text: str) -> list[Reply] | None:
    return conversation.answer_with(context, context.running, match.heard) if context.running else None


def _own_number(context: EventContext, match: found.OwnNumber, _text: str) -> list[Reply]:
    return which_case.do_to_numbered(context, match)


def _about_case(context: EventContext, match: found.AboutCase, _text: str) -> list[Reply]:
    return which_case.take_news(context, match)


def _wrong_number(context: EventContext, match: found.WrongNumber, _text: str) -> list[Reply] | None:
    """Says that no case of theirs has the number; if the words tell more, it leaves them to the next recogniser."""
    refused = my_cases.refuse_number(context)
    return None if match.tells_more else [*refused, *conversation.ask_again(context)]


def _stars(context: EventContext, match: found.Stars, _text: str) -> list[Reply]:
    return which_case.stars(context, match)


def _more_for_case(context: EventContext, match: found.MoreForCase, text: str) -> list[Reply]:
    case = context.session.get_one(Case, match.case_id)
    if match.comment:
        return my_cases.take_comment(context, case, text)
    return my_cases.take_more(context, case, note=text)


def _case_or_service(context: EventContext, match: found.CaseOrService, text: str) -> list[Reply]:
    keep_words(context.resident, text, context.event.message_id)
    return my_cases.ask_whose(context, context.session.get_one(Case, match.case_id), match.service)


def _opens(context: EventContext, match: found.Opens, text: str) -> list[Reply]:
    opening, said_in = kept_words(context.resident) if match.named else (text, context.event.message_id)
    return conversation.start(context, match.service, opening=opening, said_in=said_in)


def _unsure(context: EventContext, match: found.Unsure, text: str) -> list[Reply]:
    if isinstance(match.about, NothingRecognised) and not match.about.said_something:
        return menu.not_understood(context)
    keep_words(context.resident, text, context.event.message_id)
    return menu.ask_which(context, match.about)


# For each match, the function that answers it; None lets the next recogniser try.
_ANSWERS: Mapping[type, Callable[[EventContext, Any, str], list[Reply] | None]] = {
    found.Blank: _blank,
    found.Danger: _danger,
    found.Secret: _secret,
    found.TesterCode: _tester_code,
    found.Asks: _asks,
    found.Presses: _presses,
    found.Tells: _tells,
    found.OffersToResume: _offers_to_resume,
    found.OffersToSwitch: _offers_to_switch,
    found.ServiceGone: _service_gone,
    found.Answers: _answers,
    found.OwnNumber: _own_number,
    found.AboutCase: _about_case,
    found.WrongNumber: _wrong_number,
    found.Stars: _stars,
    found.MoreForCase: _more_for_case,
    found.CaseOrService: _case_or_service,
    found.Opens: _opens,
    found.Unsure: _unsure,
}
