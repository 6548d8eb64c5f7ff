"""Tests that data is deleted when its retention time is over, in small steps, and that what is still needed stays."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, func, insert, select

from bot.worker.schedule import tidy_up
from store.broadcasts import approval
from store.broadcasts.emergency_confirmation import BUTTON_LASTS
from store.broadcasts.models import ConfirmButton
from store.clock import now
from store.database.encryption import NewValue, new_row_key
from store.database.engine import Database
from store.files.media import Media
from store.messaging import requests
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.outbox import put_notice, put_reply
from store.messaging.states import MessageState, SentBy
from store.municipality.profile import Municipality
from store.operations import retention
from store.operations.retention import MAX_ROWS, purge
from store.operations.statistics import count_all
from store.settings import StoreSettings
from store.staff import account_requests
from store.staff.accounts import FIRST_SECRET_LASTS
from store.staff.models import AccountRequest, PressedForm
from tests.builders import QUICK_PASSWORDS, a_resident, an_officer, line_of

WORDS = [{"type": "text", "text": "เรื่องของท่านเสร็จแล้ว"}]


def an_event(state: str, number: int = 0, arrived_at: datetime | None = None) -> dict[str, Any]:
    row_key = new_row_key()
    return {
        "event_id": f"{state} {number}",
        "lane": "a lane",
        "row_key": row_key,
        "body_sealed": None if state == "done" else NewValue({"type": "message"}, row_key),
        "occurred_at": arrived_at or now(),
        "arrived_at": arrived_at or now(),
        "state": state,
        "tries": 0,
    }


def events(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(InboxEvent.event_id).order_by(InboxEvent.id)))


def rows(database: Database) -> list[OutboxRow]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def words(row: OutboxRow) -> list[Any]:
    return [row.to, row.details, row.messages, row.body, row.reply_token]


def tell_all(database: Database, *states: MessageState) -> None:
    """Creates one notice for each of these final states, with all the data of a request."""
    with database.transaction() as session:
        for state in states:
            row = put_notice(session, a_resident(session), "case_message", {"note": state})
            session.flush()
            row.messages, row.reply_token = WORDS, "t" * 32
            if state != MessageState.READY:
                requests.freeze([row], by=SentBy.PUSH, body="{}", again_in=timedelta(0))
                requests.end(session, row.id, state)
                # As if its text had not been deleted when it was settled.
                row.messages = WORDS
                row.body = "{}"
                row.reply_token = "t" * 32


def tell_together(database: Database) -> None:
    """Sends an answer together with notices from before and after it."""
    with database.transaction() as session:
        resident = a_resident(session)
        before = put_notice(session, resident, "case_message", {}, hold_seconds=60)
        session.flush()
        answer = put_reply(
            session, lane=line_of(resident).key, to=None, token="t", messages=WORDS, heard_at=now()
        )
        session.flush()
        after = put_notice(session, resident, "case_message", {}, hold_seconds=60)
        session.flush()
        requests.freeze([answer, before, after], by=SentBy.REPLY, body="{}", again_in=timedelta(0))
        session.flush()
        requests.end(session, answer.id, MessageState.SENT)


def test_the_id_of_an_event_is_kept_for_thirty_days(
    database: Database, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        session.execute(insert(InboxEvent), [an_event("done")])
    clock.shift(timedelta(days=29))
    purge(database)
    assert events(database) == ["done 0"]
    clock.shift(timedelta(days=2))
    purge(database)
    assert events(database) == []


def test_what_waits_or_was_given_up_stays_for_ever(database: Database, clock: time_machine.Traveller) -> None:
    with database.transaction() as session:
        session.execute(insert(InboxEvent), [an_event("new"), an_event("dead")])
    tell_all(database, MessageState.READY, MessageState.DEAD)
    before = [words(row) for row in rows(database)]
    clock.shift(timedelta(days=2000))
    purge(database)
    assert events(database) == ["new 0", "dead 0"]
    assert [words(row) for row in rows(database)] == before


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.DROPPED, MessageState.UNREACHABLE])
def test_to_whom_and_what_was_said_is_forgotten_after_thirty_days_and_that_it_was_said_after_400(
    database: Database, clock: time_machine.Traveller, state: MessageState
) -> None:
    tell_all(database, state)
    clock.shift(timedelta(days=29))
    purge(database)
    assert None not in words(rows(database)[0])
    clock.shift(timedelta(days=2))
    purge(database)
    (row,) = rows(database)
    assert words(row) == [None] * 5
    assert (row.state, row.sent_by, row.notice, row.sent_at is not None) == (
        state, "push", "case_message", state == "sent",
    )  # fmt: skip
    clock.shift(timedelta(days=368))
    purge(database)
    assert len(rows(database)) == 1
    clock.shift(timedelta(days=3))
    purge(database)
    assert rows(database) == []


def test_news_that_waited_long_is_remembered_from_when_it_was_told(
    database: Database, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        put_notice(session, a_resident(session), "case_message", {"note": "รอโควตา"})
    clock.shift(timedelta(days=45))
    with database.transaction() as session:
        row = session.scalars(select(OutboxRow)).one()
        requests.freeze([row], by=SentBy.PUSH, body="{}", again_in=timedelta(0))
        requests.end(session, row.id, MessageState.SENT)
    purge(database)
    assert rows(database)[0].to is not None


def test_a_row_goes_after_those_that_went_out_with_it(
    database: Database, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MAX_ROWS", 1)
    tell_together(database)
    lead = rows(database)[1]
    assert [row.lead_id for row in rows(database)] == [lead.id, None, lead.id]
    clock.shift(timedelta(days=401))
    purge(database)
    assert rows(database) == []


def test_what_was_counted_once_stays_counted(database: Database, clock: time_machine.Traveller) -> None:
    with database.transaction() as session:
        session.execute(insert(InboxEvent), [an_event("done", number) for number in range(3)])
    tell_all(database, MessageState.SENT, MessageState.SENT, MessageState.UNREACHABLE, MessageState.DEAD)
    tell_together(database)

    def counted() -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        with database.reading() as session:
            figures = count_all(session)
        return figures.events, figures.requests

    before = counted()
    assert before == (
        {"done": 3},
        {("push", "sent"): 2, ("push", "unreachable"): 1, ("push", "dead"): 1, ("reply", "sent"): 1},
    )
    clock.shift(timedelta(days=401))
    purge(database)
    assert len(rows(database)) == 1
    assert counted() == before


def test_no_transaction_touches_more_than_a_thousand_rows(
    database: Database, clock: time_machine.Traveller
) -> None:
    many = 2 * MAX_ROWS + 500
    with database.transaction() as session:
        session.execute(insert(InboxEvent), [an_event("done", number) for number in range(many)])
        session.execute(insert(PressedForm), [{"token": uuid.uuid4().hex, "at": now()} for _ in range(many)])
    clock.shift(timedelta(days=91))
    touched = [0]

    def note(_connection: Any, _cursor: Any, statement: str, keys: Any, *_: Any) -> None:
        if statement.startswith(("DELETE FROM inbox", "DELETE FROM pressed_form")):
            touched[-1] += len(keys)

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database.engine, "commit", lambda _: touched.append(0))
    purge(database)
    assert (max(touched), sum(touched)) == (MAX_ROWS, 2 * many)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboxEvent)) == 0
        assert session.scalar(select(func.count()).select_from(PressedForm)) == 0


def test_a_form_that_somebody_left_open_for_a_month_is_still_known(
    database: Database, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        session.add(PressedForm(token="t" * 16, at=now()))
    clock.shift(timedelta(days=31))
    purge(database)
    with database.reading() as session:
        assert session.get(PressedForm, "t" * 16) is not None


def test_the_hourly_tidying_purges(
    database: Database, store_settings: StoreSettings, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        session.execute(insert(InboxEvent), [an_event("done")])
    clock.shift(timedelta(days=31))
    tidy_up(database, Media(store_settings.media_url, database.cipher))
    assert events(database) == []


def test_codes_and_links_for_a_password_are_forgotten_once_they_are_over(
    database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        admin, supervisor, one, other = (
            an_officer(session, municipality, role=role)
            for role in ("admin", "supervisor", "officer", "officer")
        )
        for person in (one, other):
            account_requests.ask_for_reset(session, database.cipher, person, by=admin)
        first = session.scalars(select(AccountRequest).order_by(AccountRequest.id)).first()
        assert first is not None
        account_requests.confirm(session, municipality, QUICK_PASSWORDS, first, by=supervisor)

    def kept() -> list[tuple[bool, bool]]:
        with database.reading() as session:
            rows = session.scalars(select(AccountRequest).order_by(AccountRequest.id))
            return [(row.code_hash is not None, row.link_hash is not None) for row in rows]

    purge(database)
    assert kept() == [(True, True), (True, False)]
    clock.shift(FIRST_SECRET_LASTS)
    purge(database)
    assert kept() == [(False, False), (True, False)]
    clock.shift(account_requests.REQUEST_LASTS - FIRST_SECRET_LASTS)
    purge(database)
    assert kept() == [(False, False), (False, False)]


def test_buttons_of_emergencies_are_forgotten_after_thirty_days(
    database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> None:
    with database.transaction() as session:
        author = an_officer(session, municipality)
        draft = approval.BroadcastDraft(
            "น้ำท่วม", "warning", "เตือน", {"parts": [{"kind": "words", "text": "น้ำมา"}]}, {"who": "everyone"}
        )
        broadcast = approval.write_draft(session, draft, author)
        until = now() + BUTTON_LASTS
        session.add(
            ConfirmButton(
                token_hash="t", broadcast_id=broadcast.id, staff_id=author.id, digest="d", until=until
            )
        )

    def kept() -> int:
        with database.reading() as session:
            return session.query(ConfirmButton).count()

    clock.shift(timedelta(days=30))
    purge(database)
    assert kept() == 1
    clock.shift(timedelta(days=1))
    purge(database)
    assert kept() == 0
