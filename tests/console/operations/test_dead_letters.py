"""Tests what is stuck: who sees it, what trying again and dropping do, and what is written down."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.cases.models import Case
from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database
from store.messaging import inbox, outbox, requests
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.states import EventState, MessageState, Reason, Receipt, SentBy
from store.municipality.profile import Municipality
from store.staff.models import Staff
from tests.builders import a_case
from tests.console.looks import acts_of, person_of, snapshot
from tests.console.pages import Person

CANARY = "ความลับของป้าสมศรี"


def _dead_notice(session: Session, case: Case, reason: Reason = Reason.REFUSED) -> OutboxRow:
    row = outbox.put_notice(session, case.resident, "case_message", {"note": CANARY}, case_id=case.id)
    session.flush()
    row.tries, row.first_tried_at, row.sent_by = 3, now(), SentBy.PUSH
    row.receipt = Receipt.NONE if reason is Reason.REFUSED else Receipt.UNKNOWN
    requests.end(session, row.id, MessageState.DEAD, reason=reason, error=CANARY)
    return row


def _reply(session: Session, *, to: str | None) -> OutboxRow:
    row = outbox.put_reply(
        session,
        lane="lane",
        to=to,
        token="token",
        messages=[{"type": "text", "text": CANARY}],
        heard_at=now(),
    )
    session.flush()
    return row


def _event(session: Session, state: EventState = EventState.DEAD) -> InboxEvent:
    inbox.accept(session, [inbox.Arrival(f"event {state}", "lane", now(), {"text": CANARY})])
    event = session.scalars(select(InboxEvent).where(InboxEvent.event_id == f"event {state}")).one()
    event.state = state
    if state is EventState.DEAD:
        event.tries, event.reason, event.error = 5, Reason.FAILED, "ValueError"
    return event


def leave_some_stuck(session: Session) -> None:
    """Leaves one of each kind stuck, about cases that are there already."""
    cases = list(session.scalars(select(Case).order_by(Case.id).limit(2)))
    _dead_notice(session, cases[0])
    _dead_notice(session, cases[1], Reason.NO_CLEAR_ANSWER)
    requests.end(session, _reply(session, to=None).id, MessageState.DEAD, reason=Reason.REFUSED)
    waiting = outbox.put_notice(session, cases[0].resident, "case_received", {}, case_id=cases[0].id)
    waiting.next_try_at = now() - timedelta(hours=3)
    _event(session)


@pytest.fixture
def dead(database: Database, municipality: Municipality) -> int:
    """Makes a notice of the engineering department's case that LINE refused, and returns its id."""
    with database.transaction() as session:
        row = _dead_notice(session, a_case(session, municipality, status=Status.SUBMITTED))
        return row.id


def _row(database: Database, row_id: int) -> OutboxRow:
    with database.reading() as session:
        return session.get_one(OutboxRow, row_id)


def _press(person: Person, address: str, **typed: str) -> str:
    """Sends a form of the page, and returns what the next page says."""
    answer = person.submit(person.visit("/dead-letters"), address, **typed)
    assert answer.status_code == 303
    return person.visit("/dead-letters").html


def test_a_quiet_day_says_so(supervisor: Person) -> None:
    assert "ไม่มีรายการค้าง" in supervisor.visit("/dead-letters").html


def test_the_page_tells_what_is_stuck_and_never_what_it_says(
    supervisor: Person, admin: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        number = a_case(session, municipality).shown_number
        a_case(session, municipality)
        leave_some_stuck(session)
    page = supervisor.visit("/dead-letters").html
    for words in (
        number,
        "LINE ไม่รับข้อความนี้",
        "ข้อความจากเจ้าหน้าที่",
        "คำตอบในแชต",
        "ValueError",
        "อาจได้รับสองครั้ง",
    ):
        assert words in page
    assert page.count("ลองใหม่</button>") == 3
    assert page.count("ส่งอีกครั้ง</button>") == 1
    for html in (page, admin.visit("/dead-letters").html):
        assert CANARY not in html
    assert number not in admin.visit("/dead-letters").html


def test_a_supervisor_of_another_department_finds_and_moves_nothing(
    database: Database, officer: Person, stranger: Person, dead: int
) -> None:
    with database.transaction() as session:
        session.get_one(Staff, person_of(database, stranger.username).id).role = "supervisor"
    before = snapshot(database)
    assert "ไม่มีรายการค้าง" in stranger.visit("/dead-letters").html
    token = stranger.token()
    for act in ("retry", "drop"):
        form = {"csrf_token": token, "reason": "not_needed"}
        assert stranger.client.post(f"/dead-letters/outbox/{dead}/{act}", data=form).status_code == 303
    assert snapshot(database) == before


def test_what_line_refused_is_tried_again_under_a_new_key(
    supervisor: Person, database: Database, dead: int
) -> None:
    before = _row(database, dead)
    assert "ให้ระบบลองใหม่แล้ว" in _press(supervisor, f"/dead-letters/outbox/{dead}/retry")
    row = _row(database, dead)
    assert (row.state, row.tries, row.first_tried_at, row.messages) == ("ready", 0, None, None)
    assert row.retry_key != before.retry_key
    assert [act.about for act in acts_of(database, "retry_message")] == [f"message {dead}"]


def test_what_may_have_arrived_is_sent_again_only_by_who_was_told_so(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        doubtful = _dead_notice(session, a_case(session, municipality), Reason.NO_CLEAR_ANSWER).id
    form = {"csrf_token": supervisor.token()}
    supervisor.client.post(f"/dead-letters/outbox/{doubtful}/retry", data=form)
    assert _row(database, doubtful).state == "dead"
    _press(supervisor, f"/dead-letters/outbox/{doubtful}/retry")
    assert _row(database, doubtful).state == "ready"


def test_a_message_under_way_keeps_its_key_and_its_bytes(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        case = a_case(session, municipality)
        row = outbox.put_notice(session, case.resident, "case_message", {}, case_id=case.id)
        session.flush()
        requests.freeze([row], by=SentBy.PUSH, body="exactly this", again_in=timedelta(minutes=15))
        row.created_at = now() - timedelta(hours=30)
        before = (row.id, row.retry_key, row.body, row.tries)
    assert "ยังลองอยู่" in supervisor.visit("/dead-letters").html
    _press(supervisor, f"/dead-letters/outbox/{before[0]}/retry")
    row = _row(database, before[0])
    assert (row.id, row.retry_key, row.body, row.tries) == before
    assert row.next_try_at <= now()


def test_an_answer_to_a_group_can_only_be_dropped(supervisor: Person, database: Database) -> None:
    with database.transaction() as session:
        row_id = _reply(session, to=None).id
        requests.end(session, row_id, MessageState.DEAD, reason=Reason.REFUSED)
    form = {"csrf_token": supervisor.token(), "even_twice": "yes"}
    supervisor.client.post(f"/dead-letters/outbox/{row_id}/retry", data=form)
    assert _row(database, row_id).state == "dead"


def test_dropping_forgets_the_words_and_writes_down_why(
    supervisor: Person, admin: Person, database: Database, dead: int
) -> None:
    assert "ทิ้งแล้ว" in _press(admin, f"/dead-letters/outbox/{dead}/drop", reason="told_otherwise")
    row = _row(database, dead)
    assert (row.state, row.messages, row.reason) == ("dropped", None, Reason.BY_STAFF)
    assert [(act.about, act.details) for act in acts_of(database, "drop_message")] == [
        (f"message {dead}", {"reason": "told_otherwise"})
    ]
    form = {"csrf_token": supervisor.token(), "reason": "not_needed"}
    supervisor.client.post(f"/dead-letters/outbox/{dead}/drop", data=form)
    assert "รายการนี้ไม่ค้างแล้ว" in supervisor.visit("/dead-letters").html
    assert len(acts_of(database, "drop_message")) == 1


@pytest.mark.parametrize("reason", ["", "because", CANARY])
def test_a_reason_is_one_of_the_list(supervisor: Person, database: Database, dead: int, reason: str) -> None:
    form = {"csrf_token": supervisor.token(), "reason": reason}
    assert supervisor.client.post(f"/dead-letters/outbox/{dead}/drop", data=form).status_code == 400
    assert _row(database, dead).state == "dead"


def test_an_event_is_worked_on_again_or_dropped(supervisor: Person, database: Database) -> None:
    with database.transaction() as session:
        event_id = _event(session).id
    _press(supervisor, f"/dead-letters/inbox/{event_id}/retry")
    with database.reading() as session:
        event = session.get_one(InboxEvent, event_id)
        assert (event.state, event.tries, event.error, event.body) == ("new", 0, None, {"text": CANARY})
    form = {"csrf_token": supervisor.token(), "reason": "defective"}
    supervisor.client.post(f"/dead-letters/inbox/{event_id}/drop", data=form)
    with database.reading() as session:
        assert session.get_one(InboxEvent, event_id).state == "new", "a fresh event is not stuck"


def test_an_event_that_nobody_works_on_is_stuck_after_a_minute(
    clock: time_machine.Traveller, supervisor: Person, database: Database
) -> None:
    with database.transaction() as session:
        event_id = _event(session, EventState.NEW).id
    assert "ไม่มีรายการค้าง" in supervisor.visit("/dead-letters").html
    clock.shift(timedelta(minutes=2))
    assert "ระบบยังไม่ได้ประมวลผล" in supervisor.visit("/dead-letters").html
    _press(supervisor, f"/dead-letters/inbox/{event_id}/drop", reason="defective")
    with database.reading() as session:
        event = session.get_one(InboxEvent, event_id)
        assert (event.state, event.body) == ("done", None)


def test_a_number_beyond_all_rows_is_not_stuck(supervisor: Person) -> None:
    form = {"csrf_token": supervisor.token()}
    assert supervisor.client.post(f"/dead-letters/outbox/{2**70}/retry", data=form).status_code == 303
