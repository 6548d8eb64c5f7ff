"""Turns a finished conversation into a case at one press, and makes the receipt for it."""

from datetime import datetime

from bot.conversations import drafts, engine
from bot.conversations.drafts import Asking, Draft
from bot.conversations.urgency import triage_of
from bot.draft_files import files_in
from bot.handlers import late_files
from bot.handlers.case_cards import holder_line
from bot.handlers.conversation import ask, fee_line, snapshot, ways_from_summary
from bot.handlers.event_context import EventContext
from bot.phrases.hotlines import IN_ANY_DANGER, names_in
from bot.replies import Button, Call, Receipt, Reply, Say
from store.cases.actions import Submission, cases_of
from store.cases.models import Case, Surge
from store.cases.rate_limits import next_case_at
from store.cases.submissions import SubmissionRefused, submit
from store.cases.surge import count_before, find_running
from store.clock import in_bangkok
from store.files.unassigned import unassigned_files
from store.line.limits import cut
from store.residents import conversations
from store.residents.models import Conversation, EndedAs
from store.residents.residents import offer, remember
from store.services import Service
from store.services.answers.files import count_files
from store.thai import thai_moment, thai_near_day, thai_time, thai_weekday_date


def send(context: EventContext, row: Conversation, draft: Draft) -> list[Reply]:
    """Opens the case and returns its receipt, or asks what is missing, or says until when the resident must wait.

    If the hook of the service refuses the request, the resident reads why, and the draft stays as it is.
    A second press never comes here: its conversation has ended, so it is answered with the number of the case.
    """
    if isinstance(draft.turn, Asking):
        return ask(context, row, draft)
    surge = find_running(context.session)
    if (at := _must_wait_until(context, draft)) is not None:
        return [context.say("limits.cases", *ways_from_summary(context, row), at=thai_moment(at))]
    loose = [file.token for file in unassigned_files(context.session, context.resident, request=row)]
    submission = Submission(
        service=draft.service,
        answers=snapshot(draft, row.said_in or {}),
        summary=_in_one_line(draft),
        urgent=drafts.is_urgent(draft),
        entered_at=context.arrived_at,
        triage=triage_of(draft, context.app.municipality.surge.keywords) if surge else None,
        files=[*files_in(draft), *loose],
    )
    town, hooks = context.app.municipality, context.app.hooks
    try:
        case = submit(context.session, town, context.resident, submission, hooks=hooks)
    except SubmissionRefused as refused:
        return [Say(refused.words, ways_from_summary(context, row))]
    remember(context.resident, engine.to_remember(draft))
    late_files.take_lost_along(context, row, case)
    conversations.end(row, EndedAs.SUBMITTED, case.id)
    offer(context.resident, "see", str(case.id))
    return [_receipt(context, case, draft, surge)]


def _must_wait_until(context: EventContext, draft: Draft) -> datetime | None:
    """Returns when a resident who sent many cases may send the next; None means now. A case of danger never waits."""
    if drafts.is_urgent(draft):
        return None
    return next_case_at(context.session, context.resident, context.app.municipality.limits)


def _in_one_line(draft: Draft) -> str:
    """Returns the line that the queue shows: subject, problem, detail, reason and place, as far as they were told."""
    said = {question.key: (question, value) for question, value in drafts.answered(draft)}
    parts = []
    for key in ("subject", "problem", "detail", "reason", "place"):
        if key in said and said[key][1] is not None:
            question, value = said[key]
            parts.append(question.show(value))
    return cut(" · ".join(parts) or draft.service.title, 160)


def _receipt(context: EventContext, case: Case, draft: Draft, surge: Surge | None) -> Receipt:
    service = draft.service
    lines = _lines_in_danger(context, case, surge) if case.urgent else _lines(context, case, service, surge)
    see = context.app.phrases.say("button.see")
    return Receipt(
        title=context.words("receipt.urgent_title" if case.urgent else "receipt.title"),
        number=context.words("receipt.number", number=case.shown_number),
        tracking=context.app.phrases.say("receipt.tracking", code=case.tracking_code),
        service_title=f"{service.icon} {service.title}",
        lines=(*lines, *_files_line(context, draft)),
        fee=fee_line(context, service),
        button=Button(see, "see", {"case": str(case.id)}, see),
        alt=_alt(context, case, calls := _calls(context, case, draft, lines)),
        urgent=case.urgent,
        calls=calls,
    )


def _lines(context: EventContext, case: Case, service: Service, surge: Surge | None) -> list[str]:
    waiting = _waiting_lines(context, case, surge) if surge else [_promise_line(context, case, service)]
    return [_received_line(context, case), *waiting, *_year_line(context, case)]


def _lines_in_danger(context: EventContext, case: Case, surge: Surge | None) -> list[str]:
    """Returns the lines of the receipt in danger. They say that nobody has seen the case yet.

    They promise no day and name no office hours: that would sound as if help came only then.
    """
    say = context.app.phrases.say
    waiting = [_place_in_queue(context, case), surge.words] if surge else []
    sent = say("receipt.sent", entered=thai_moment(case.entered_at))
    return [*waiting, say("receipt.urgent"), sent, holder_line(context, case)]


def _calls(context: EventContext, case: Case, draft: Draft, lines: list[str]) -> tuple[Call, ...]:
    """Returns the phones that the receipt names; in danger those of its advice, the duty officer and the ambulance."""
    advice = [context.app.phrases.fill(text) for text in drafts.advice_given(draft)]
    names = names_in(" ".join(advice if case.urgent else lines), context.app.municipality)
    return context.calls([*names, *IN_ANY_DANGER] if case.urgent else names)


def _alt(context: EventContext, case: Case, calls: tuple[Call, ...]) -> str:
    if not case.urgent:
        return context.words("receipt.alt", number=case.shown_number)
    phones = ", ".join(call.number for call in calls)
    return context.words("receipt.urgent_alt", number=case.shown_number, phones=phones)


def _files_line(context: EventContext, draft: Draft) -> list[str]:
    """Says how many files have arrived while others are on their way; those join the case when they arrive."""
    sent = here = 0
    for question, value in drafts.answered(draft):
        if question.tokens(value):
            sent, here = sent + min(count_files(value), question.file_limit), here + len(value)
    return [context.app.phrases.say("receipt.files", here=here, sent=sent)] if here < sent else []


def _received_line(context: EventContext, case: Case) -> str:
    """Says when the case came, or, after hours, when the office opens.

    The case keeps both moments, which is what the law asks for (Act B.E. 2565, section 10).
    """
    opens = in_bangkok(case.deemed_received_at)
    if case.deemed_received_at == case.entered_at:
        return context.app.phrases.say("receipt.in_hours", received=thai_moment(opens))
    day = thai_near_day(opens.date(), in_bangkok(case.entered_at).date())
    return context.app.phrases.say("receipt.after_hours", day=day, time=thai_time(opens))


def _year_line(context: EventContext, case: Case) -> list[str]:
    """Explains, with the first case only, that from October to December a case number carries the next year."""
    if (
        case.fiscal_year == in_bangkok(case.entered_at).year + 543
        or len(cases_of(context.session, context.resident)) > 1
    ):
        return []
    return [context.app.phrases.say("receipt.fiscal_year", year=case.fiscal_year)]


def _waiting_lines(context: EventContext, case: Case, surge: Surge) -> list[str]:
    """Says in a surge how many cases come first, what the town announces, and whom to call: no day can be promised."""
    return [_place_in_queue(context, case), surge.words, context.app.phrases.say("surge.in_danger")]


def _place_in_queue(context: EventContext, case: Case) -> str:
    say, before = context.app.phrases.say, count_before(context.session, case)
    return say("surge.before", count=f"{before:,}") if before else say("surge.none_before")


def _promise_line(context: EventContext, case: Case, service: Service) -> str:
    say, promise = context.app.phrases.say, service.answer_within
    return say(
        "receipt.promise",
        department=context.app.municipality.department(case.department).name,
        next_step=service.next_step,
        days=say(f"receipt.days_{promise.unit}", days=promise.days),
        due=thai_weekday_date(case.due_on),
    )
