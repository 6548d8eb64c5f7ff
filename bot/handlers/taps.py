"""Answers presses of our buttons, new and old. Each works, or the answer says kindly why it no longer does."""

from collections.abc import Callable
from typing import cast

from bot.conversations import engine
from bot.conversations.drafts import Asking, Draft
from bot.draft_files import draft_of
from bot.handlers import (
    announcements,
    cancellation,
    conversation,
    emergency_confirmation,
    information,
    menu,
    my_cases,
    subscriptions,
)
from bot.handlers.event_context import EventContext
from bot.handlers.submissions import send
from bot.line.events import Tap, row_number
from bot.replies import Reply
from store.cases.models import Case
from store.cases.workflows import STATUS_ROWS
from store.residents.conversations import find_conversation, is_cold
from store.residents.models import Conversation
from store.residents.residents import kept_words, offer
from store.services.answers.inputs import Day, Picked

InConversation = Callable[[EventContext, Tap, Conversation, Draft], list[Reply]]


def tap(context: EventContext) -> list[Reply]:
    return press(context, cast(Tap, context.event.what))


def press(context: EventContext, button: Tap) -> list[Reply]:
    """Does what the button does, whether it was pressed or its words were typed."""
    if button.do in MENU:
        return MENU[button.do](context)
    if button.do == "open":
        return _open(context, button)
    if button.do in ABOUT_NEWS:
        return ABOUT_NEWS[button.do](context, button)
    if button.do in IN_CONVERSATION:
        return _in_conversation(context, button)
    if button.do in ON_CASE:
        return _on_case(context, button)
    return menu.old_button(context)


def _open(context: EventContext, button: Tap) -> list[Reply]:
    """Opens a service from the menu. During a request with answers, asks first whether to go on with that."""
    service = context.app.services.get(button.about.get("s", ""))
    if service is None:
        return [context.say("menu.service_gone"), *menu.everything(context)]
    row, draft = context.running, context.draft
    if row is None or draft is None or not _worth_keeping(draft):
        words, said_in = kept_words(context.resident)
        return conversation.start(context, service, opening=words, said_in=said_in)
    if draft.service.name == service.name:
        return conversation.offer_resume(context, row, draft)
    return conversation.offer_switch(context, row, draft, service)


def _worth_keeping(draft: Draft) -> bool:
    """Says whether the draft has an answer that would be lost, other than what is remembered of the resident."""
    known = {q.key for q in draft.service.questions if q.is_remembered}
    return bool(set(draft.answers) - known)


def _pressed(context: EventContext, button: Tap) -> list[Reply]:
    """Handles a button of a broadcast, which opens a service or confirms that the message was read."""
    if not announcements.note_press(context, button):
        return menu.old_button(context)
    return _open(context, button) if button.about.get("s") else [context.say("broadcast.pressed")]


def _in_conversation(context: EventContext, button: Tap) -> list[Reply]:
    number = row_number(button.about.get("c"))
    row = find_conversation(context.session, context.resident, number) if number else None
    if row is None:
        return menu.old_button(context)
    if row.ended_as is not None:
        return _ended(context, row)
    draft = context.draft if row is context.running else draft_of(context.app, row)
    if draft is None:
        return conversation.leave_gone_service(context, row)
    if is_cold(row) and button.do in ("answer", "day", "skip", "unknown", "back"):
        return conversation.offer_resume(context, row, draft)
    return IN_CONVERSATION[button.do](context, button, row, draft)


def _ended(context: EventContext, row: Conversation) -> list[Reply]:
    """Answers a button of a request that has ended: says what became of it and how to go on."""
    if row.case_id is not None:
        case = context.session.get_one(Case, row.case_id)
        status = STATUS_ROWS[case.status].label
        see = context.button("see", "see", case=case.id)
        offer(context.resident, "see", str(case.id))
        return [context.say("conversation.already_sent", see, number=case.shown_number, status=status)]
    again = context.button("start_over", "open", s=row.service)
    return [context.say("conversation.already_over", again)]


def _answer(context: EventContext, button: Tap, row: Conversation, draft: Draft) -> list[Reply]:
    if (replies := _other_question(context, button, row, draft)) is not None:
        return replies
    return conversation.hear(context, row, draft, Picked(button.about.get("v", "")))


def _day(context: EventContext, button: Tap, row: Conversation, draft: Draft) -> list[Reply]:
    if (replies := _other_question(context, button, row, draft)) is not None:
        return replies
    if button.day is None:
        return conversation.ask(context, row, draft)
    return conversation.hear(context, row, draft, Day(button.day))


def _skip(context: EventContext, button: Tap, row: Conversation, draft: Draft) -> list[Reply]:
    if (replies := _other_question(context, button, row, draft)) is not None:
        return replies
    return conversation.answer_with(context, row, engine.skip(draft))


def _unknown(context: EventContext, button: Tap, row: Conversation, draft: Draft) -> list[Reply]:
    if (replies := _other_question(context, button, row, draft)) is not None:
        return replies
    return conversation.answer_with(context, row, engine.leave_unknown(draft))


def _other_question(
    context: EventContext, button: Tap, row: Conversation, draft: Draft
) -> list[Reply] | None:
    """Says that the button belongs to another question than the current one; returns None if it belongs to this."""
    turn = draft.turn
    if isinstance(turn, Asking) and turn.question.key == button.about.get("q"):
        return None
    return [context.say("conversation.other_question"), *conversation.ask(context, row, draft)]


def _back(context: EventContext, _button: Tap, row: Conversation, draft: Draft) -> list[Reply]:
    return conversation.answer_with(context, row, engine.go_back(draft))


def _edit(context: EventContext, button: Tap, row: Conversation, draft: Draft) -> list[Reply]:
    key = button.about.get("q")
    if key is None:
        return conversation.choose_edit(context, row, draft)
    return conversation.answer_with(context, row, engine.edit(draft, key))


def _start_over(context: EventContext, _button: Tap, _row: Conversation, draft: Draft) -> list[Reply]:
    return conversation.start(context, draft.service)


def _switch(context: EventContext, button: Tap, row: Conversation, draft: Draft) -> list[Reply]:
    service = context.app.services.get(button.about.get("s", ""))
    return conversation.start(context, service) if service else conversation.ask(context, row, draft)


def _on_case(context: EventContext, button: Tap) -> list[Reply]:
    case = my_cases.find_tapped(context, button.about.get("case"))
    if case is None:
        return [context.say("cases.not_found", context.button("mine", "mine"))]
    if button.do == "stars":
        return my_cases.take_stars(context, case, button.about.get("n", ""))
    return ON_CASE[button.do](context, case)


MENU: dict[str, Callable[[EventContext], list[Reply]]] = {
    "report": menu.report,
    "request": menu.request,
    "services": menu.everything,
    "track": my_cases.track,
    "mine": my_cases.mine,
    "contact": menu.contact,
    "help": menu.help_,
    "news": information.news,
    "emergency": information.emergency,
    "tax": information.tax,
    "instalments": information.instalments,
    "english": information.in_english,
    "thai": information.in_thai,
    "tab": menu.nothing,
    "topics": subscriptions.show,
    "genuine": announcements.genuine,
}
ABOUT_NEWS: dict[str, Callable[[EventContext, Tap], list[Reply]]] = {
    "topic": subscriptions.choose,
    "topics_all": subscriptions.choose_all,
    "pressed": _pressed,
    "confirm": emergency_confirmation.confirm,
}
IN_CONVERSATION: dict[str, InConversation] = {
    "answer": _answer,
    "day": _day,
    "skip": _skip,
    "unknown": _unknown,
    "back": _back,
    "edit": _edit,
    "go_on": lambda context, _button, row, draft: conversation.go_on(context, row, draft),
    "start_over": _start_over,
    "switch": _switch,
    "not_this": lambda context, _button, row, draft: cancellation.not_this(context, row, draft),
    "send": lambda context, _button, row, draft: send(context, row, draft),
    "cancel": lambda context, _button, row, _draft: conversation.confirm_cancel(context, row),
    "cancel_yes": lambda context, _button, row, _draft: cancellation.cancel(context, row),
}
ON_CASE: dict[str, Callable[[EventContext, Case], list[Reply]]] = {
    "see": my_cases.see,
    "add": my_cases.invite_more,
    "words": my_cases.take_kept_words,
    "withdraw": my_cases.ask_withdraw,
    "withdraw_yes": my_cases.withdraw,
    "works": my_cases.confirm_works,
    "broken": my_cases.reopen,
    "stars": my_cases.see,
    "no_comment": my_cases.no_comment,
}
