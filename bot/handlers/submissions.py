"""Turns a finished conversation into a case at one press, and makes the receipt for it."""

from datetime import datetime

from bot.conversations import drafts, engine
from bot.conversations.answers import count_files, show
from bot.conversations.drafts import Asking, Draft
from bot.conversations.triage import triage_of
from bot.drafts import files_in, is_files
from bot.handlers import late_files
from bot.handlers.case_cards import holder_line
from bot.handlers.conversation import ask, fee_line, snapshot, ways_from_summary
from bot.handlers.visit import Visit
from bot.phrases.hotlines import IN_ANY_DANGER, names_in
from bot.replies import Call, Receipt, Reply
from store.cases.actions import Submission, cases_of, open_case
from store.cases.models import Case, Surge
from store.cases.rate_limits import next_case_at
from store.cases.surge import count_before, find_running
from store.clock import in_bangkok
from store.files.unassigned import loose_files
from store.line.limits import cut
from store.residents import conversations
from store.residents.models import Conversation
from store.residents.residents import remember
from store.services import Service
from store.thai import thai_moment, thai_near_day, thai_time, thai_weekday_date


def send(visit: Visit, row: Conversation, draft: Draft) -> list[Reply]:
    """Opens the case and returns its receipt, or asks what is missing, or says until when the resident must wait.

    A second press never comes here: its conversation has ended, so it is answered with the number of the case.
    """
    if isinstance(drafts.next_turn(draft), Asking):
        return ask(visit, row, draft)
    surge = find_running(visit.session)
    if (at := _must_wait_until(visit, draft)) is not None:
        return [visit.say("limits.cases", *ways_from_summary(visit, row), at=thai_moment(at))]
    loose = [file.token for file in loose_files(visit.session, visit.resident, until=row)]
    submission = Submission(
        service=draft.service,
        answers=snapshot(draft, row.said_in or {}),
        summary=_in_one_line(draft),
        urgent=drafts.is_urgent(draft),
        entered_at=visit.arrived_at,
        triage=triage_of(draft, visit.office.municipality.surge.keywords) if surge else None,
        files=[*files_in(draft), *loose],
    )
    case = open_case(visit.session, visit.office.municipality, visit.resident, submission)
    remember(visit.resident, engine.to_remember(draft))
    late_files.take_lost_along(visit, row, case)
    conversations.end(row, "submitted", case.id)
    return [_receipt(visit, case, draft, surge)]


def _must_wait_until(visit: Visit, draft: Draft) -> datetime | None:
    """Returns when a resident who sent many cases may send the next; None means now, as it always is in danger."""
    if drafts.is_urgent(draft):
        return None
    return next_case_at(visit.session, visit.resident, visit.office.municipality.limits)


def _in_one_line(draft: Draft) -> str:
    """Returns the line that the queue shows: subject, problem, detail, reason and place, as far as they were told."""
    said = {question.key: (question, value) for question, value in drafts.answered(draft)}
    parts = []
    for key in ("subject", "problem", "detail", "reason", "place"):
        if key in said and said[key][1] is not None:
            parts.append(show(*said[key]))
    return cut(" · ".join(parts) or draft.service.title, 160)


def _receipt(visit: Visit, case: Case, draft: Draft, surge: Surge | None) -> Receipt:
    service = draft.service
    lines = _lines_in_danger(visit, case, surge) if case.urgent else _lines(visit, case, service, surge)
    return Receipt(
        title=visit.words("receipt.urgent_title" if case.urgent else "receipt.title"),
        number=visit.words("receipt.number", number=case.shown_number),
        tracking_code=case.tracking_code,
        service_title=f"{service.icon} {service.title}",
        lines=(*lines, *_files_line(visit, draft)),
        fee=fee_line(visit, service),
        case_id=case.id,
        alt=_alt(visit, case, calls := _calls(visit, case, draft, lines)),
        urgent=case.urgent,
        calls=calls,
    )


def _lines(visit: Visit, case: Case, service: Service, surge: Surge | None) -> list[str]:
    waiting = _waiting_lines(visit, case, surge) if surge else [_promise_line(visit, case, service)]
    return [_received_line(visit, case), *waiting, *_year_line(visit, case)]


def _lines_in_danger(visit: Visit, case: Case, surge: Surge | None) -> list[str]:
    """Returns lines that name no office hours and no day, which would sound as if help waited for them.

    They also say that nobody has seen the case yet.
    """
    say = visit.office.phrases.say
    waiting = [_place_in_queue(visit, case), surge.words] if surge else []
    sent = say("receipt.sent", entered=thai_moment(case.entered_at))
    return [*waiting, say("receipt.urgent"), sent, holder_line(visit, case)]


def _calls(visit: Visit, case: Case, draft: Draft, lines: list[str]) -> tuple[Call, ...]:
    """Returns the phones that the receipt names; in danger those of its advice, the duty officer and the ambulance."""
    advice = [visit.office.phrases.fill(text) for text in drafts.advice_given(draft)]
    names = names_in(" ".join(advice if case.urgent else lines), visit.office.municipality)
    return visit.calls([*names, *IN_ANY_DANGER] if case.urgent else names)


def _alt(visit: Visit, case: Case, calls: tuple[Call, ...]) -> str:
    if not case.urgent:
        return visit.words("receipt.alt", number=case.shown_number)
    phones = ", ".join(call.number for call in calls)
    return visit.words("receipt.urgent_alt", number=case.shown_number, phones=phones)


def _files_line(visit: Visit, draft: Draft) -> list[str]:
    """Says how many files have arrived while others are on their way; those join the case when they arrive."""
    sent = here = 0
    for question, value in drafts.answered(draft):
        if is_files(question, value):
            sent, here = sent + min(count_files(value), question.most_files), here + len(value)
    return [visit.office.phrases.say("receipt.files", here=here, sent=sent)] if here < sent else []


def _received_line(visit: Visit, case: Case) -> str:
    """Says when the case came, or, after hours, when the office opens.

    The case keeps both moments, which is what the law asks for (Act B.E. 2565, section 10).
    """
    opens = in_bangkok(case.deemed_received_at)
    if case.deemed_received_at == case.entered_at:
        return visit.office.phrases.say("receipt.in_hours", received=thai_moment(opens))
    day = thai_near_day(opens.date(), in_bangkok(case.entered_at).date())
    return visit.office.phrases.say("receipt.after_hours", day=day, time=thai_time(opens))


def _year_line(visit: Visit, case: Case) -> list[str]:
    """Explains, with the first case only, that from October to December a case number carries the next year."""
    if (
        case.fiscal_year == in_bangkok(case.entered_at).year + 543
        or len(cases_of(visit.session, visit.resident)) > 1
    ):
        return []
    return [visit.office.phrases.say("receipt.fiscal_year", year=case.fiscal_year)]


def _waiting_lines(visit: Visit, case: Case, surge: Surge) -> list[str]:
    """Says in a surge how many cases come first, what the town announces, and whom to call: no day can be promised."""
    return [_place_in_queue(visit, case), surge.words, visit.office.phrases.say("surge.in_danger")]


def _place_in_queue(visit: Visit, case: Case) -> str:
    say, before = visit.office.phrases.say, count_before(visit.session, case)
    return say("surge.before", count=f"{before:,}") if before else say("surge.none_before")


def _promise_line(visit: Visit, case: Case, service: Service) -> str:
    say, promise = visit.office.phrases.say, service.answer_within
    return say(
        "receipt.promise",
        department=visit.office.municipality.department(case.department).name,
        next_step=service.next_step,
        days=say(f"receipt.days_{promise.unit}", days=promise.days),
        due=thai_weekday_date(case.due_on),
    )
