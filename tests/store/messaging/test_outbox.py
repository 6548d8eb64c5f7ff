"""Tests the outbox: which messages share a request, in which order, and which may never overtake others."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.clock import now
from store.database.engine import Database
from store.messaging import outbox, requests
from store.messaging.models import OutboxRow
from store.messaging.outcomes import Outcome, SendResult
from store.messaging.requests import OutgoingRequest
from store.messaging.states import MessageState, SentBy
from store.residents.models import Contact
from tests.builders import a_resident, line_of

SOMSRI, SOMCHAI = "U" + "1" * 32, "U" + "2" * 32
ON_POSTGRESQL = pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)


def news(session: Session, to: str = SOMSRI, *, hold: int = 0) -> int:
    row = outbox.put_notice(
        session, a_resident(session, line_user_id=to), "case_message", {}, hold_seconds=hold
    )
    session.flush()
    return row.id


def answer(session: Session, to: str = SOMSRI, *, late: bool = False) -> int:
    resident = a_resident(session, line_user_id=to)
    row = outbox.put_reply(
        session,
        lane=line_of(resident).key,
        to=to,
        token="a token",
        messages=[{"type": "text", "text": "ค่ะ"}],
        heard_at=now() - timedelta(minutes=5 if late else 0),
    )
    session.flush()
    return row.id


@contextmanager
def claimed(database: Database) -> Iterator[list[OutboxRow]]:
    with database.transaction() as session:
        requests = outbox.claim(session, most=1)
        yield requests[0] if requests else []


class PlainChannel:
    """Sends nothing; composes requests that hold their messages only."""

    def compose(self, lead: OutboxRow, by: SentBy, messages: list[dict[str, Any]]) -> str:
        return json.dumps(messages)

    def in_simple_words(self, refused: OutboxRow) -> dict[str, Any]:
        return {"type": "text", "text": "in short"}

    def no_quota_until(self, session: Session, *, tried: bool) -> None:
        return None

    def pause_after(self, outcome: Outcome) -> timedelta:
        return timedelta(0)


def claim(database: Database, *, by: SentBy = SentBy.PUSH) -> list[int]:
    """Claims a request and freezes it, as before a call to LINE; returns its rows, the lead first."""
    with claimed(database) as rows:
        if rows:
            requests.freeze(rows, by=by, body="{}", again_in=timedelta(seconds=20))
        return [row.id for row in rows]


def settle(database: Database, lead_id: int, state: MessageState = MessageState.SENT) -> None:
    with database.transaction() as session:
        requests.end(session, lead_id, state)


def in_doubt(database: Database, lead_id: int, *, again_in: float) -> None:
    with database.transaction() as session:
        session.get_one(OutboxRow, lead_id).next_try_at = now() + timedelta(seconds=again_in)


def test_what_is_rolled_back_is_never_told(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:  # noqa: PT012
        news(session)
        raise ZeroDivisionError
    assert claim(database) == []


def test_every_row_has_a_key_of_its_own_from_the_start(database: Database) -> None:
    with database.transaction() as session:
        ids = [news(session), news(session), answer(session)]
        keys = {session.get_one(OutboxRow, each).retry_key for each in ids}
    assert len(keys) == 3


def test_news_for_who_blocked_us_is_marked_and_never_goes_out(database: Database) -> None:
    with database.transaction() as session:
        line_of(a_resident(session, line_user_id=SOMSRI)).blocked_at = now()
        row = session.get_one(OutboxRow, news(session))
        assert row.state == "unreachable"
    assert claim(database) == []


def test_due_news_takes_waiting_news_of_the_same_resident_along_in_order(database: Database) -> None:
    with database.transaction() as session:
        waiting = news(session, hold=3600)
        due = news(session)
        other = news(session, SOMCHAI, hold=3600)
    assert claim(database) == [waiting, due]
    assert claim(database) == []
    assert other not in (waiting, due)


def test_news_that_waits_goes_out_when_its_time_has_come(
    database: Database, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        waiting = news(session, hold=3600)
    assert claim(database) == []
    clock.shift(timedelta(hours=1, seconds=1))
    assert claim(database) == [waiting]


def test_an_answer_leads_and_takes_all_news_along(database: Database) -> None:
    with database.transaction() as session:
        first = news(session, hold=3600)
        free = answer(session)
        second = news(session)
    assert claim(database, by=SentBy.REPLY) == [free, first, second]


def test_a_receipt_too_late_for_its_token_rides_on_the_next_answer(database: Database) -> None:
    with database.transaction() as session:
        late, free = answer(session, late=True), answer(session)
        session.get_one(OutboxRow, late).must_arrive = True
    assert claim(database, by=SentBy.REPLY) == [free, late]


def test_what_waits_for_the_next_month_never_stands_in_the_way_of_an_answer(database: Database) -> None:
    with database.transaction() as session:
        late, waiting = answer(session, late=True), news(session)
        rows = [session.get_one(OutboxRow, each) for each in (late, waiting)]
        outbox.wait_for_quota(rows, now() + timedelta(hours=2))
    assert claim(database) == []
    with database.transaction() as session:
        free = answer(session)
    assert claim(database, by=SentBy.REPLY) == [free, waiting]


def test_each_answer_travels_by_its_own_token(database: Database) -> None:
    with database.transaction() as session:
        first, second = answer(session), answer(session)
    assert claim(database, by=SentBy.REPLY) == [first]
    assert claim(database, by=SentBy.REPLY) == []
    settle(database, first)
    assert claim(database, by=SentBy.REPLY) == [second]


def test_nothing_overtakes_an_answer_whose_outcome_is_unknown(database: Database) -> None:
    with database.transaction() as session:
        first = answer(session)
    claim(database, by=SentBy.REPLY)
    in_doubt(database, first, again_in=5)
    with database.transaction() as session:
        news(session)
        answer(session)
    assert claim(database) == []
    in_doubt(database, first, again_in=0)
    assert claim(database) == [first]


def test_only_a_living_answer_overtakes_a_push_in_doubt(database: Database) -> None:
    with database.transaction() as session:
        first = news(session)
    claim(database)
    in_doubt(database, first, again_in=600)
    with database.transaction() as session:
        more, late = news(session), answer(session, late=True)
    assert claim(database) == []
    with database.transaction() as session:
        session.delete(session.get_one(OutboxRow, late))
        free = answer(session)
    assert claim(database, by=SentBy.REPLY) == [free, more]


def test_a_request_in_doubt_goes_again_with_the_same_company(database: Database) -> None:
    with database.transaction() as session:
        first, second = news(session), news(session)
    assert claim(database) == [first, second]
    in_doubt(database, first, again_in=0)
    with database.transaction() as session:
        news(session)
    assert claim(database) == [first, second]


def test_what_was_refused_in_company_goes_again_alone_under_a_new_key(database: Database) -> None:
    with database.transaction() as session:
        first, second = news(session), news(session)
        old_key = session.get_one(OutboxRow, first).retry_key
    claim(database)
    with database.transaction() as session:
        lead = session.get_one(OutboxRow, first)
        request = OutgoingRequest(first, SentBy.PUSH, "{}", lead.retry_key, lead.tries)
        requests.record(session, {request: SendResult(Outcome.REFUSED)}, PlainChannel())
        assert session.get_one(OutboxRow, first).retry_key != old_key
    assert claim(database) == [first]
    settle(database, first)
    assert claim(database) == [second]


def test_an_end_is_the_end_and_what_was_said_is_forgotten(database: Database) -> None:
    with database.transaction() as session:
        first, second = answer(session), news(session)
    claim(database, by=SentBy.REPLY)
    settle(database, first)
    settle(database, first, MessageState.DEAD)
    with database.reading() as session:
        for each in (first, second):
            row = session.get_one(OutboxRow, each)
            assert (row.state, row.messages, row.body, row.reply_token) == ("sent", None, None, None)
            assert row.sent_at is not None


def test_who_blocks_us_takes_everything_waiting_out_of_the_way(database: Database) -> None:
    with database.transaction() as session:
        news(session), news(session, hold=60), news(session, SOMCHAI)
        contact = line_of(a_resident(session, line_user_id=SOMSRI))
        outbox.stop_notices(session, contact)
        states = session.execute(select(OutboxRow.contact_id == contact.id, OutboxRow.state)).all()
    assert sorted(map(tuple, states)) == [(False, "ready"), (True, "unreachable"), (True, "unreachable")]


def test_the_backlog_counts_what_is_overdue_and_not_what_waits(
    database: Database, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        news(session), news(session, hold=3600)
    clock.shift(timedelta(seconds=75))
    with database.reading() as session:
        count, age = outbox.backlog(session)
    assert (count, round(age)) == (1, 75)


@ON_POSTGRESQL
def test_two_senders_at_once_take_different_residents(database: Database) -> None:
    with database.transaction() as session:
        mine = news(session)
        more = news(session)
        other = news(session, SOMCHAI)
    with claimed(database) as first, claimed(database) as second, claimed(database) as third:
        ids = [[row.id for row in rows] for rows in (first, second, third)]
    assert ids == [[mine, more], [other], []]


def test_many_senders_at_once_send_each_row_once_and_each_resident_in_order(database: Database) -> None:
    with database.transaction() as session:
        for _ in range(6):
            for to in (SOMSRI, SOMCHAI):
                answer(session, to)

    def send(_: int) -> list[int]:
        sent: list[int] = []
        while rows := claim(database, by=SentBy.REPLY):
            settle(database, rows[0])
            sent += rows
        return sent

    with ThreadPoolExecutor(4) as threads:
        sent = [each for part in threads.map(send, range(4)) for each in part] + send(0)
    with database.reading() as session:
        assert sorted(sent) == sorted(session.scalars(select(OutboxRow.id)))
        for lane in session.scalars(select(Contact.key)):
            of_lane = select(OutboxRow.id).where(OutboxRow.lane == lane).order_by(OutboxRow.sent_at)
            in_order = list(session.scalars(of_lane))
            assert in_order == sorted(in_order)
