"""Builds the card of a case: its steps, who has it, how long it takes, and what its resident may do."""

from bot.handlers.event_context import EventContext
from bot.phrases.hotlines import IN_ANY_DANGER
from bot.replies import Button, CaseCard
from store.cases.models import Case, CaseEvent
from store.cases.surge import count_before, find_running
from store.cases.workflows import (
    ACTION_ROWS,
    OPEN_STATUSES,
    STATUS_ROWS,
    TELLING,
    Action,
    Status,
    resident_may,
)
from store.thai import thai_date, thai_time

# A long timeline keeps its beginning and its end.
FIRST_STEPS, LAST_STEPS = 2, 8


def card(context: EventContext, case: Case) -> CaseCard:
    status = STATUS_ROWS[case.status]
    say = context.app.phrases.say
    return CaseCard(
        heading=say("cases.number", number=case.shown_number),
        title=case.service_title,
        status=status.label,
        colour=status.colour,
        summary=case.value_or("summary", say("cases.unreadable")),
        steps=tuple(_step(context, event) for event in _shown_events(context, case)),
        lines=(holder_line(context, case), *_how_long(context, case)),
        buttons=tuple(_buttons(context, case)),
        alt=say("cases.alt", number=case.shown_number, status=status.label),
        calls=context.calls(IN_ANY_DANGER) if case.urgent and status.is_open else (),
    )


def holder_line(context: EventContext, case: Case) -> str:
    department = context.app.municipality.department(case.department)
    return context.app.phrases.say("cases.holder", department=department.name)


def _how_long(context: EventContext, case: Case) -> list[str]:
    """Returns the lines about time: for an open case, the day that was promised.

    A case of a surge was promised no day: it shows how many cases come before it while the surge runs. A case of
    danger was promised none either, because it must not wait.
    """
    if case.status not in OPEN_STATUSES:
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
    shown = [event for event in case.events if _what_happened(context, event)]
    if len(shown) <= FIRST_STEPS + LAST_STEPS:
        return shown
    return shown[:FIRST_STEPS] + shown[-LAST_STEPS:]


def _step(context: EventContext, event: CaseEvent) -> tuple[str, str]:
    happened = _what_happened(context, event)
    moment = f"{thai_date(event.at)} {thai_time(event.at)}"
    note = event.value_or("note", context.app.phrases.say("cases.unreadable"))
    return moment, f"{happened}: {note}" if note else happened


def _what_happened(context: EventContext, event: CaseEvent) -> str:
    """Returns the words for an event; empty for what staff do among themselves.

    An action without words of its own, of which residents are told, is called as staff call it.
    """
    if context.app.phrases.has(f"step.{event.action}"):
        return context.app.phrases.say(f"step.{event.action}")
    return ACTION_ROWS[event.action].label if event.action in TELLING else ""


def _buttons(context: EventContext, case: Case) -> list[Button]:
    buttons = []
    if resident_may(case, Action.CONFIRM) and case.confirmed_at is None:
        buttons.append(context.button("works", "works", case=case.id))
    if resident_may(case, Action.REOPEN):
        name = "still_broken" if case.status == Status.DONE else "look_again"
        buttons.append(context.button(name, "broken", case=case.id))
    if resident_may(case, Action.ANSWER):
        buttons.append(context.button("answer", "add", case=case.id))
    elif resident_may(case, Action.ADD):
        buttons.append(context.button("add", "add", case=case.id))
    if resident_may(case, Action.CANCEL):
        buttons.append(context.button("withdraw", "withdraw", case=case.id))
    return buttons
