"""Shows a resident's own cases, takes what they add, and lets them withdraw, reopen and rate."""

from typing import Literal

from bot.handlers.case_cards import card
from bot.handlers.event_context import EventContext
from bot.line.events import row_number
from bot.replies import Button, CaseCards, Reply, Say, choice
from store.cases.actions import (
    RESIDENT,
    act,
    cases_of,
    find_own_case,
    find_own_case_by_code,
    lock_case,
    takes_more,
)
from store.cases.models import Case
from store.cases.rate_limits import may_guess, note_wrong_code
from store.cases.ratings import comment, rate
from store.cases.surge import count_open, find_running
from store.cases.workflows import (
    OPEN_STATUSES,
    STATUS_ROWS,
    Action,
    NotAllowed,
    resident_may,
)
from store.line.limits import LABEL_CHARACTERS, cut
from store.residents.residents import kept_words, listen, offer, stop_listening
from store.services import Service


def mine(context: EventContext) -> list[Reply]:
    """Shows the last cases as cards side by side."""
    found = cases_of(context.session, context.resident)
    if not found:
        return [context.say("cases.none", context.button("report", "report"))]
    text = context.app.phrases.say("cases.list", count=len(found))
    return [
        context.say("cases.list", count=len(found)),
        CaseCards(tuple(card(context, c) for c in found), text),
    ]


def track(context: EventContext) -> list[Reply]:
    """Shows the only open case, or asks which of several. In a surge it also says how many cases wait in all."""
    return [*_how_it_stands(context), *_tracked(context)]


def _how_it_stands(context: EventContext) -> list[Reply]:
    surge = find_running(context.session)
    if surge is None:
        return []
    waiting = count_open(context.session)
    return [context.say("surge.stands", count=f"{waiting:,}", words=surge.words)]


def _tracked(context: EventContext) -> list[Reply]:
    found = cases_of(context.session, context.resident)
    if not found:
        return [context.say("cases.none", context.button("report", "report"))]
    being_done = [case for case in found if case.status in OPEN_STATUSES]
    if len(being_done) == 1 or len(found) == 1:
        return see(context, (being_done or found)[0])
    buttons = tuple(
        Button(
            cut(f"{c.shown_number} {c.service_title}", LABEL_CHARACTERS),
            "see",
            {"case": str(c.id)},
            context.words("cases.number", number=c.shown_number),
        )
        for c in found
    )
    return [choice(context.words("cases.type_number", example=found[0].shown_number), buttons)]


def find_typed(context: EventContext, text: str) -> Case | None:
    if not may_guess(context.resident, context.app.municipality.limits):
        return None
    return find_own_case_by_code(context.session, context.resident, text)


def refuse_number(context: EventContext) -> list[Reply]:
    """Says that none of the resident's cases has the typed number, and counts it as a wrong guess."""
    if not may_guess(context.resident, context.app.municipality.limits):
        return [context.say("limits.codes", context.button("mine", "mine"))]
    note_wrong_code(context.resident)
    return [context.say("cases.not_found", context.button("mine", "mine"))]


def find_tapped(context: EventContext, case_id: str | None) -> Case | None:
    """Returns the resident's own case that the button names, or None for a button from elsewhere."""
    number = row_number(case_id)
    return find_own_case(context.session, context.resident, number) if number else None


def see(context: EventContext, case: Case) -> list[Reply]:
    offer(context.resident, "case", str(case.id))
    return [card(context, case)]


def invite_more(context: EventContext, case: Case) -> list[Reply]:
    """Asks what to add: from now on plain messages and photos belong to this case."""
    if not takes_more(case):
        return [_about(context, "cannot_add", case), card(context, case)]
    listen(context.resident, _listens_for(case), case.id)
    return [_about(context, "add_what", case)]


def ask_whose(context: EventContext, case: Case, service: Service) -> list[Reply]:
    """Asks whether the words that were just kept belong to this case or begin a request for the service."""
    offer(context.resident, "whose", f"{case.id} {service.name}")
    new, same = (
        context.button("new_matter", "open", s=service.name),
        context.button("same_case", "words", case=case.id),
    )
    return [_about(context, "whose", case, new, same)]


def take_kept_words(context: EventContext, case: Case) -> list[Reply]:
    """Adds to the case the words that were stored while we asked what they belong to.

    If they are no longer stored, the resident is asked what to add.
    """
    words, said_in = kept_words(context.resident)
    return take_more(context, case, note=words, said_in=said_in) if words else invite_more(context, case)


def take_more(
    context: EventContext,
    case: Case,
    *,
    note: str = "",
    files: tuple[str, ...] = (),
    may_answer: bool = True,
    said_in: str | None = None,
) -> list[Reply]:
    """Adds the note or files to the case: as the answer to an officer's question, if one is open, or as an addition.

    Without `may_answer` the officer's question stays open.
    """
    case = lock_case(context.session, case.id, by=context.resident)
    answering = may_answer and resident_may(case, Action.ANSWER)
    try:
        action = Action.ANSWER if answering else Action.ADD
        act(
            context.session,
            context.app.municipality,
            case,
            action,
            RESIDENT,
            note=note,
            files=files,
            said_in=said_in or context.event.message_id,
        )
    except NotAllowed:
        stop_listening(context.resident)
        return [_about(context, "cannot_add", case), card(context, case)]
    listen(context.resident, _listens_for(case), case.id)
    offer(context.resident, "see", str(case.id))
    return [
        _about(
            context, "answered" if answering else "added", case, context.button("see", "see", case=case.id)
        )
    ]


def ask_withdraw(context: EventContext, case: Case) -> list[Reply]:
    if not resident_may(case, Action.CANCEL):
        return [_about(context, "cannot_withdraw", case)]
    buttons = (
        context.button("cancel_yes", "withdraw_yes", case=case.id),
        context.button("keep_case", "see", case=case.id),
    )
    offer(context.resident, "withdraw", str(case.id))
    return [_about(context, "confirm_withdraw", case, *buttons)]


def withdraw(context: EventContext, case: Case) -> list[Reply]:
    case = lock_case(context.session, case.id, by=context.resident)
    try:
        act(context.session, context.app.municipality, case, Action.CANCEL, RESIDENT)
    except NotAllowed:
        return [_about(context, "cannot_withdraw", case)]
    stop_listening(context.resident)
    return [_about(context, "withdrawn", case)]


def confirm_works(context: EventContext, case: Case) -> list[Reply]:
    """Notes that the resident confirms the work, then asks for stars: five buttons below each other, no typing."""
    case = lock_case(context.session, case.id, by=context.resident)
    if not resident_may(case, Action.CONFIRM):
        return [card(context, case)]
    if case.confirmed_at is None:
        act(context.session, context.app.municipality, case, Action.CONFIRM, RESIDENT)
    stars = tuple(
        Button("⭐" * n, "stars", {"case": str(case.id), "n": str(n)}, context.words("cases.stars", count=n))
        for n in range(5, 0, -1)
    )
    offer(context.resident, "stars", str(case.id))
    return [choice(context.words("cases.glad"), stars)]


def take_stars(context: EventContext, case: Case, stars: str) -> list[Reply]:
    case = lock_case(context.session, case.id, by=context.resident)
    if stars not in ("1", "2", "3", "4", "5") or not resident_may(case, Action.RATE):
        return [card(context, case)]
    rate(context.session, context.app.municipality, case, int(stars))
    listen(context.resident, "comment", case.id)
    skip = context.button("skip", "no_comment", case=case.id)
    return [context.say("cases.stars_thanks", skip, stars="⭐" * int(stars))]


def take_comment(context: EventContext, case: Case, text: str) -> list[Reply]:
    case = lock_case(context.session, case.id, by=context.resident)
    if resident_may(case, Action.RATE):
        comment(context.session, context.app.municipality, case, text[:1000], context.event.message_id)
    stop_listening(context.resident)
    return [context.say("cases.comment_thanks")]


def no_comment(context: EventContext, _case: Case) -> list[Reply]:
    stop_listening(context.resident)
    return [context.say("cases.no_comment")]


def reopen(context: EventContext, case: Case) -> list[Reply]:
    """Reopens the case at once, so that an officer sees it again. The resident may then add what is still wrong."""
    case = lock_case(context.session, case.id, by=context.resident)
    note = context.app.phrases.say("button.still_broken")
    try:
        act(context.session, context.app.municipality, case, Action.REOPEN, RESIDENT, note=note)
    except NotAllowed:
        return [_about(context, "cannot_reopen", case), card(context, case)]
    listen(context.resident, "more", case.id)
    return [_about(context, "reopened", case)]


def _about(context: EventContext, phrase: str, case: Case, *quick: Button) -> Say:
    status = STATUS_ROWS[case.status].label
    return context.say(f"cases.{phrase}", *quick, number=case.shown_number, status=status)


def _listens_for(case: Case) -> Literal["answer", "more"]:
    return "answer" if resident_may(case, Action.ANSWER) else "more"
