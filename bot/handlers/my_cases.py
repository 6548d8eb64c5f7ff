"""Shows a resident's own cases, takes what they add, and lets them withdraw, reopen and rate."""

from bot.conversations.recognition import Recognised, recognise
from bot.handlers.case_cards import card
from bot.handlers.visit import Visit
from bot.line.events import row_number
from bot.replies import Button, CaseCards, Reply, Say, choice
from store.cases.actions import (
    RESIDENT,
    act,
    cases_of,
    find_own_case,
    find_own_case_by_code,
    lock_case,
)
from store.cases.codes import read_case_code
from store.cases.models import Case
from store.cases.rate_limits import may_guess, note_wrong_code
from store.cases.ratings import comment, rate
from store.cases.surge import count_open, find_running
from store.cases.workflows import (
    OPEN_STATUSES,
    STATUS_LABELS,
    Action,
    NotAllowed,
    Status,
    Who,
    allowed,
)
from store.line.limits import cut
from store.residents.residents import kept_words, listen, offer, stop_listening
from store.services import Service


def mine(visit: Visit) -> list[Reply]:
    """Shows the last cases as cards side by side."""
    found = cases_of(visit.session, visit.resident)
    if not found:
        return [visit.say("cases.none", visit.button("report", "report"))]
    text = visit.office.phrases.say("cases.list", count=len(found))
    return [visit.say("cases.list", count=len(found)), CaseCards(tuple(card(visit, c) for c in found), text)]


def recognise_with_cases(visit: Visit, text: str) -> Recognised:
    """Decides what a message is about, with the resident's own cases taken into account."""
    found = cases_of(visit.session, visit.resident)
    waits_for = {case.service for case in found if Status(case.status) in OPEN_STATUSES}
    services = visit.office.services.values()
    return recognise(services, text, has_cases=bool(found), waits_for=waits_for)


def track(visit: Visit) -> list[Reply]:
    """Shows the only open case, or asks which of several. In a surge it also says how many cases wait in all."""
    return [*_how_it_stands(visit), *_tracked(visit)]


def _how_it_stands(visit: Visit) -> list[Reply]:
    surge = find_running(visit.session)
    if surge is None:
        return []
    waiting = count_open(visit.session)
    return [visit.say("surge.stands", count=f"{waiting:,}", words=surge.words)]


def _tracked(visit: Visit) -> list[Reply]:
    found = cases_of(visit.session, visit.resident)
    if not found:
        return [visit.say("cases.none", visit.button("report", "report"))]
    being_done = [case for case in found if Status(case.status) in OPEN_STATUSES]
    if len(being_done) == 1 or len(found) == 1:
        return see(visit, (being_done or found)[0])
    buttons = tuple(
        Button(
            cut(f"{c.shown_number} {c.service_title}", 20),
            "see",
            {"case": str(c.id)},
            f"เรื่องที่ {c.shown_number}",
        )
        for c in found
    )
    return [choice(visit.words("cases.type_number", example=found[0].shown_number), buttons)]


def find_typed(visit: Visit, text: str) -> Case | None:
    if not may_guess(visit.resident, visit.office.municipality.limits):
        return None
    return find_own_case_by_code(visit.session, visit.resident, text)


def not_theirs(visit: Visit, text: str) -> list[Reply] | None:
    """Says that none of the resident's cases has the typed number; returns None for words that are no case number."""
    if read_case_code(text) is None:
        return None
    if not may_guess(visit.resident, visit.office.municipality.limits):
        return [visit.say("limits.codes", visit.button("mine", "mine"))]
    note_wrong_code(visit.resident)
    return [visit.say("cases.not_found", visit.button("mine", "mine"))]


def find_tapped(visit: Visit, case_id: str | None) -> Case | None:
    """Returns the resident's own case that the button names, or None for a button from elsewhere."""
    number = row_number(case_id)
    return find_own_case(visit.session, visit.resident, number) if number else None


def see(visit: Visit, case: Case) -> list[Reply]:
    offer(visit.resident, "case", str(case.id))
    return [card(visit, case)]


def invite_more(visit: Visit, case: Case) -> list[Reply]:
    """Asks what to add: from now on plain messages and photos belong to this case."""
    actions = {rule.action for rule in allowed(Status(case.status), Who.RESIDENT)}
    if not actions & {Action.ANSWER, Action.ADD}:
        return [_about(visit, "cannot_add", case), card(visit, case)]
    listen(visit.resident, "answer" if Action.ANSWER in actions else "more", case.id)
    return [_about(visit, "add_what", case)]


def ask_whose(visit: Visit, case: Case, service: Service) -> list[Reply]:
    """Asks whether the words that were just kept belong to this case or begin a request for the service."""
    offer(visit.resident, "whose", f"{case.id} {service.name}")
    new, same = (
        visit.button("new_matter", "open", s=service.name),
        visit.button("same_case", "words", case=case.id),
    )
    return [_about(visit, "whose", case, new, same)]


def take_kept_words(visit: Visit, case: Case) -> list[Reply]:
    """Adds the kept words to the case, or asks for new ones if they were kept too long ago."""
    words, said_in = kept_words(visit.resident)
    return take_more(visit, case, note=words, said_in=said_in) if words else invite_more(visit, case)


def take_more(
    visit: Visit,
    case: Case,
    *,
    note: str = "",
    files: tuple[str, ...] = (),
    may_answer: bool = True,
    said_in: str | None = None,
) -> list[Reply]:
    """Adds to the case what was said or sent, as the answer an officer waits for or as an addition.

    Without `may_answer` the officer's question stays open.
    """
    case = lock_case(visit.session, case.id)
    answering = may_answer and case.status == Status.NEED_INFO
    try:
        action = Action.ANSWER if answering else Action.ADD
        act(
            visit.session,
            visit.office.municipality,
            case,
            action,
            RESIDENT,
            note=note,
            files=files,
            said_in=said_in or visit.event.message_id,
        )
    except NotAllowed:
        stop_listening(visit.resident)
        return [_about(visit, "cannot_add", case), card(visit, case)]
    listen(visit.resident, "answer" if case.status == Status.NEED_INFO else "more", case.id)
    return [
        _about(visit, "answered" if answering else "added", case, visit.button("see", "see", case=case.id))
    ]


def ask_withdraw(visit: Visit, case: Case) -> list[Reply]:
    if Action.CANCEL not in {rule.action for rule in allowed(Status(case.status), Who.RESIDENT)}:
        return [_about(visit, "cannot_withdraw", case)]
    buttons = (
        visit.button("cancel_yes", "withdraw_yes", case=case.id),
        visit.button("keep_case", "see", case=case.id),
    )
    offer(visit.resident, "withdraw", str(case.id))
    return [_about(visit, "confirm_withdraw", case, *buttons)]


def withdraw(visit: Visit, case: Case) -> list[Reply]:
    case = lock_case(visit.session, case.id)
    try:
        act(visit.session, visit.office.municipality, case, Action.CANCEL, RESIDENT)
    except NotAllowed:
        return [_about(visit, "cannot_withdraw", case)]
    stop_listening(visit.resident)
    return [_about(visit, "withdrawn", case)]


def confirm_works(visit: Visit, case: Case) -> list[Reply]:
    """Notes that the resident confirms the work, then asks for stars: five buttons below each other, no typing."""
    case = lock_case(visit.session, case.id)
    if case.status != Status.DONE:
        return [card(visit, case)]
    if case.confirmed_at is None:
        act(visit.session, visit.office.municipality, case, Action.CONFIRM, RESIDENT)
    stars = tuple(
        Button("⭐" * n, "stars", {"case": str(case.id), "n": str(n)}, f"{n} ดาว") for n in range(5, 0, -1)
    )
    offer(visit.resident, "stars", str(case.id))
    return [choice(visit.words("cases.glad"), stars)]


def take_stars(visit: Visit, case: Case, stars: str) -> list[Reply]:
    case = lock_case(visit.session, case.id)
    if stars not in ("1", "2", "3", "4", "5") or case.status != Status.DONE:
        return [card(visit, case)]
    rate(visit.session, visit.office.municipality, case, int(stars))
    listen(visit.resident, "comment", case.id)
    skip = visit.button("skip", "no_comment", case=case.id)
    return [visit.say("cases.stars_thanks", skip, stars="⭐" * int(stars))]


def take_comment(visit: Visit, case: Case, text: str) -> list[Reply]:
    case = lock_case(visit.session, case.id)
    if case.status == Status.DONE:
        comment(visit.session, visit.office.municipality, case, text[:1000], visit.event.message_id)
    stop_listening(visit.resident)
    return [visit.say("cases.comment_thanks")]


def no_comment(visit: Visit, _case: Case) -> list[Reply]:
    stop_listening(visit.resident)
    return [visit.say("cases.no_comment")]


def reopen(visit: Visit, case: Case) -> list[Reply]:
    """Reopens the case at once, so that an officer sees it again. The resident may then add what is still wrong."""
    case = lock_case(visit.session, case.id)
    note = visit.office.phrases.say("button.still_broken")
    try:
        act(visit.session, visit.office.municipality, case, Action.REOPEN, RESIDENT, note=note)
    except NotAllowed:
        return [_about(visit, "cannot_reopen", case), card(visit, case)]
    listen(visit.resident, "more", case.id)
    return [_about(visit, "reopened", case)]


def _about(visit: Visit, phrase: str, case: Case, *quick: Button) -> Say:
    status = STATUS_LABELS[Status(case.status)]
    return visit.say(f"cases.{phrase}", *quick, number=case.shown_number, status=status)
