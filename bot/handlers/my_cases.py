"""Shows a resident's own cases, takes what they add, and lets them withdraw, reopen and rate."""

from bot.events import row_number
from bot.hotlines import IN_ANY_DANGER
from bot.replies import Button, CaseCard, CaseCards, Reply, Say, choice
from bot.visit import Visit
from store.case_codes import read_case_code
from store.cases import (
    RESIDENT,
    act,
    cases_of,
    find_own_case,
    find_own_case_by_code,
    lock_case,
)
from store.line_limits import cut
from store.models import Case, CaseEvent
from store.rate_limits import may_guess, note_wrong_code
from store.ratings import comment, rate
from store.residents import listen, offer, stop_listening
from store.statuses import (
    OPEN_STATUSES,
    STATUS_LABELS,
    Action,
    NotAllowed,
    Status,
    Who,
    allowed,
)
from store.surge import count_before, count_open, find_running
from store.thai import thai_date, thai_time

COLOURS = {
    Status.SUBMITTED: "#455A64",
    Status.RECEIVED: "#00695C",
    Status.NEED_INFO: "#A84300",
    Status.IN_PROGRESS: "#1A5FB4",
    Status.FORWARDED_OUT: "#6A1B9A",
    Status.DONE: "#2E7D32",
    Status.CLOSED: "#5D4037",
    Status.CANCELLED: "#616161",
    Status.REOPENED: "#A84300",
}
# A long timeline keeps its beginning and its end.
FIRST_STEPS, LAST_STEPS = 2, 8


def mine(visit: Visit) -> list[Reply]:
    """Shows the last cases as cards side by side."""
    found = cases_of(visit.session, visit.resident)
    if not found:
        return [visit.say("cases.none", visit.button("report", "report"))]
    text = visit.office.phrases.say("cases.list", count=len(found))
    return [visit.say("cases.list", count=len(found)), CaseCards(tuple(card(visit, c) for c in found), text)]


def mine_are_known(visit: Visit) -> bool:
    """Says whether the resident has any case."""
    return bool(cases_of(visit.session, visit.resident, most=1))


def track(visit: Visit) -> list[Reply]:
    """One open case is shown at once; of several, the resident says which. In a surge everybody hears how it stands."""
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
    """Says so when the words look like a case number and no case of theirs has it; None for any other words."""
    if read_case_code(text) is None:
        return None
    if not may_guess(visit.resident, visit.office.municipality.limits):
        return [visit.say("limits.codes", visit.button("mine", "mine"))]
    note_wrong_code(visit.resident)
    return [visit.say("cases.not_found", visit.button("mine", "mine"))]


def card(visit: Visit, case: Case) -> CaseCard:
    status = Status(case.status)
    say = visit.office.phrases.say
    return CaseCard(
        number=case.shown_number,
        title=case.service_title,
        status=STATUS_LABELS[status],
        colour=COLOURS[status],
        summary=case.value_or("summary", say("cases.unreadable")),
        steps=tuple(_step(visit, event) for event in _shown_events(visit, case)),
        lines=(holder_line(visit, case), *_how_long(visit, case)),
        buttons=tuple(_buttons(visit, case)),
        alt=say("cases.alt", number=case.shown_number, status=STATUS_LABELS[status]),
        calls=visit.calls(IN_ANY_DANGER) if case.urgent and status in OPEN_STATUSES else (),
    )


def holder_line(visit: Visit, case: Case) -> str:
    department = visit.office.municipality.department(case.department)
    return visit.office.phrases.say("cases.holder", department=department.name)


def _how_long(visit: Visit, case: Case) -> list[str]:
    """The day that was promised. What came in a surge was promised none, so how many come first, while it lasts; nor
    was what tells of danger, which must not wait."""
    if Status(case.status) not in OPEN_STATUSES:
        return []
    say = visit.office.phrases.say
    danger = [say("cases.urgent")] if case.urgent else []
    if case.triage is None:
        return danger or [say("cases.due", due=thai_date(case.due_on))]
    if find_running(visit.session) is None:
        return danger
    before = count_before(visit.session, case)
    return [say("cases.before", count=f"{before:,}") if before else say("cases.none_before"), *danger]


def _shown_events(visit: Visit, case: Case) -> list[CaseEvent]:
    """Returns the events of the case that residents may see: none that staff write for each other."""
    shown = [event for event in case.events if visit.office.phrases.has(f"step.{event.action}")]
    if len(shown) <= FIRST_STEPS + LAST_STEPS:
        return shown
    return shown[:FIRST_STEPS] + shown[-LAST_STEPS:]


def _step(visit: Visit, event: CaseEvent) -> tuple[str, str]:
    happened = visit.office.phrases.say(f"step.{event.action}")
    moment = f"{thai_date(event.at)} {thai_time(event.at)}"
    note = event.value_or("note", visit.office.phrases.say("cases.unreadable"))
    return moment, f"{happened}: {note}" if note else happened


def _buttons(visit: Visit, case: Case) -> list[Button]:
    open_to_resident = {rule.action for rule in allowed(Status(case.status), Who.RESIDENT)}
    buttons = []
    if Action.CONFIRM in open_to_resident and case.confirmed_at is None:
        buttons.append(visit.button("works", "works", case=case.id))
    if Action.REOPEN in open_to_resident:
        name = "still_broken" if case.status == Status.DONE else "look_again"
        buttons.append(visit.button(name, "broken", case=case.id))
    if Action.ANSWER in open_to_resident:
        buttons.append(visit.button("answer", "add", case=case.id))
    elif Action.ADD in open_to_resident:
        buttons.append(visit.button("add", "add", case=case.id))
    if Action.CANCEL in open_to_resident:
        buttons.append(visit.button("withdraw", "withdraw", case=case.id))
    return buttons


def find_tapped(visit: Visit, case_id: str | None) -> Case | None:
    """The resident's own case a button names; a button from elsewhere finds nothing."""
    number = row_number(case_id)
    return find_own_case(visit.session, visit.resident, number) if number else None


def see(visit: Visit, case: Case) -> list[Reply]:
    offer(visit.resident, "case", str(case.id))
    return [card(visit, case)]


def takes_more(case: Case) -> bool:
    """Says whether the resident may still add something to the case."""
    actions = {rule.action for rule in allowed(Status(case.status), Who.RESIDENT)}
    return bool(actions & {Action.ANSWER, Action.ADD})


def invite_more(visit: Visit, case: Case) -> list[Reply]:
    """Asks what to add: from now on plain messages and photos belong to this case."""
    actions = {rule.action for rule in allowed(Status(case.status), Who.RESIDENT)}
    if not actions & {Action.ANSWER, Action.ADD}:
        return [_about(visit, "cannot_add", case), card(visit, case)]
    listen(visit.resident, "answer" if Action.ANSWER in actions else "more", case)
    return [_about(visit, "add_what", case)]


def take_more(visit: Visit, case: Case, *, note: str = "", files: tuple[str, ...] = ()) -> list[Reply]:
    """Gives the case what was said or sent, as the answer an officer waits for or as an addition."""
    case = lock_case(visit.session, case.id)
    answering = case.status == Status.NEED_INFO
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
            said_in=visit.event.message_id,
        )
    except NotAllowed:
        stop_listening(visit.resident)
        return [_about(visit, "cannot_add", case), card(visit, case)]
    listen(visit.resident, "more", case)
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
    """Then the stars: five buttons below each other, no typing."""
    case = lock_case(visit.session, case.id)
    if case.status != Status.DONE:
        return [card(visit, case)]
    if case.confirmed_at is None:
        act(visit.session, visit.office.municipality, case, Action.CONFIRM, RESIDENT)
    stars = tuple(
        Button("⭐" * n, "stars", {"case": str(case.id), "n": str(n)}, f"{n} ดาว") for n in range(5, 0, -1)
    )
    offer(visit.resident, "case", str(case.id))
    return [choice(visit.words("cases.glad"), stars)]


def take_stars(visit: Visit, case: Case, stars: str) -> list[Reply]:
    case = lock_case(visit.session, case.id)
    if stars not in ("1", "2", "3", "4", "5") or case.status != Status.DONE:
        return [card(visit, case)]
    rate(visit.session, visit.office.municipality, case, int(stars))
    listen(visit.resident, "comment", case)
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
    """At one press; what is still wrong may follow, and an officer sees the case again either way."""
    case = lock_case(visit.session, case.id)
    note = visit.office.phrases.say("button.still_broken")
    try:
        act(visit.session, visit.office.municipality, case, Action.REOPEN, RESIDENT, note=note)
    except NotAllowed:
        return [_about(visit, "cannot_reopen", case), card(visit, case)]
    listen(visit.resident, "more", case)
    return [_about(visit, "reopened", case)]


def _about(visit: Visit, phrase: str, case: Case, *quick: Button) -> Say:
    status = STATUS_LABELS[Status(case.status)]
    return visit.say(f"cases.{phrase}", *quick, number=case.shown_number, status=status)
