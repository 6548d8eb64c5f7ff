"""Builds the card of a case: its steps, who has it, how long it takes, and what its resident may do."""

from bot.handlers.event_context import EventContext
from bot.phrases.hotlines import IN_ANY_DANGER
from bot.replies import Button, CaseCard
from store.cases.models import Case, CaseEvent
from store.cases.surge import count_before, find_running
from store.cases.workflows import OPEN_STATUSES, STATUS_LABELS, Action, Status, Who, allowed
from store.thai import thai_date, thai_time

# A long timeline keeps its beginning and its end.
FIRST_STEPS, LAST_STEPS = 2, 8


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


def card(context: EventContext, case: Case) -> CaseCard:
    status = Status(case.status)
    say = context.app.phrases.say
    return CaseCard(
        number=case.shown_number,
        title=case.service_title,
        status=STATUS_LABELS[status],
        colour=COLOURS[status],
        summary=case.value_or("summary", say("cases.unreadable")),
        steps=tuple(_step(context, event) for event in _shown_events(context, case)),
        lines=(holder_line(context, case), *_how_long(context, case)),
        buttons=tuple(_buttons(context, case)),
        alt=say("cases.alt", number=case.shown_number, status=STATUS_LABELS[status]),
        calls=context.calls(IN_ANY_DANGER) if case.urgent and status in OPEN_STATUSES else (),
    )


def holder_line(context: EventContext, case: Case) -> str:
    department = context.app.municipality.department(case.department)
    return context.app.phrases.say("cases.holder", department=department.name)


def _how_long(context: EventContext, case: Case) -> list[str]:
    """Returns the lines about time: for an open case, the day that was promised.

    A case of a surge was promised no day: it shows how many cases come before it while the surge runs. A case of
    danger was promised none either, because it must not wait.
    """
    if Status(case.status) not in OPEN_STATUSES:
        return []
    say = context.app.phrases.say
    danger = [say("cases.urgent")] if case.urgent else []
    if case.triage is None:
        return danger or [say("cases.due", due=thai_date(case.due_on))]
    if find_running(context.session) is None:
        return danger
    before = count_before(context.session, case)
    return [say("cases.before", count=f"{before:,}") if before else say("cases.none_before"), *danger]


def _shown_events(context: EventContext, case: Case) -> list[CaseEvent]:
    """Returns the events of the case that residents may see: none that staff write for each other."""
    shown = [event for event in case.events if context.app.phrases.has(f"step.{event.action}")]
    if len(shown) <= FIRST_STEPS + LAST_STEPS:
        return shown
    return shown[:FIRST_STEPS] + shown[-LAST_STEPS:]


def _step(context: EventContext, event: CaseEvent) -> tuple[str, str]:
    happened = context.app.phrases.say(f"step.{event.action}")
    moment = f"{thai_date(event.at)} {thai_time(event.at)}"
    note = event.value_or("note", context.app.phrases.say("cases.unreadable"))
    return moment, f"{happened}: {note}" if note else happened


def _buttons(context: EventContext, case: Case) -> list[Button]:
    open_to_resident = {rule.action for rule in allowed(Status(case.status), Who.RESIDENT)}
    buttons = []
    if Action.CONFIRM in open_to_resident and case.confirmed_at is None:
        buttons.append(context.button("works", "works", case=case.id))
    if Action.REOPEN in open_to_resident:
        name = "still_broken" if case.status == Status.DONE else "look_again"
        buttons.append(context.button(name, "broken", case=case.id))
    if Action.ANSWER in open_to_resident:
        buttons.append(context.button("answer", "add", case=case.id))
    elif Action.ADD in open_to_resident:
        buttons.append(context.button("add", "add", case=case.id))
    if Action.CANCEL in open_to_resident:
        buttons.append(context.button("withdraw", "withdraw", case=case.id))
    return buttons
