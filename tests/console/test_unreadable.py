"""Tests that a value which no key decrypts is missing alone: queue, other cases and the rest of its case are shown."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from store.cases.models import CaseEvent
from store.clock import now
from store.database.engine import Database
from store.messaging import inbox
from store.messaging.inbox import Arrival
from store.messaging.models import InboxEvent, OutboxRow
from store.messaging.outbox import put_notice
from store.messaging.states import EventState, Reason, Receipt
from store.messaging.undecryptable import put_off
from store.municipality.profile import Municipality
from tests.builders import a_case, an_answer, line_of
from tests.console.conftest import Known
from tests.console.looks import snapshot
from tests.console.pages import Person
from tests.shut import NO_SEALED_VALUES, NOBODYS_KEY, shut, spoil

NOT_TOLD = "ที่อยู่ LINE ของผู้แจ้งเปิดไม่ได้ ข้อความไปไม่ถึง"
CLOSED = "เปิดอ่านไม่ได้ กรุณาแจ้งผู้ดูแลระบบ"


@dataclass(frozen=True)
class Spoilt:
    """Holds a case of which one value cannot be decrypted, with its resident and the first line of its timeline."""

    case_id: int
    resident_id: int
    contact_id: int
    event_id: int


@pytest.fixture
def spoilt(database: Database, municipality: Municipality) -> Spoilt:
    with database.transaction() as session:
        case = a_case(session, municipality, answers=[an_answer("อาการ", "ไฟดับทั้งซอย")])
        case.comment = "ช้าไปหน่อย"
        event = session.query(CaseEvent).filter_by(case_id=case.id).one()
        event.note = "หมายเหตุแรก"
        return Spoilt(case.id, case.resident_id, line_of(case.resident).id, event.id)


@pytest.mark.parametrize("key", [NOBODYS_KEY, None])
@pytest.mark.parametrize(
    ("about", "gone"),
    [
        ("case.answers", "ไฟดับทั้งซอย"),
        ("case.comment", "ช้าไปหน่อย"),
        ("case_event.note", "หมายเหตุแรก"),
        ("resident.person", "สมศรี"),
    ],
)
def test_the_page_of_the_case_shows_all_the_rest(
    officer: Person, database: Database, spoilt: Spoilt, about: str, gone: str, key: bytes | None
) -> None:
    row_of = {
        "case": spoilt.case_id,
        "case_event": spoilt.event_id,
        "resident": spoilt.resident_id,
        "contact": spoilt.contact_id,
    }
    before = officer.visit(f"/cases/{spoilt.case_id}").html
    shut(database, about, row_of[about.partition(".")[0]], **({"key": key} if key else {}))
    after = officer.visit(f"/cases/{spoilt.case_id}").html
    rest = {"ไฟดับทั้งซอย", "ช้าไปหน่อย", "หมายเหตุแรก", "สมศรี"} - {gone}
    assert gone in before
    assert gone not in after
    assert CLOSED in after
    assert CLOSED not in before
    assert all(words in after for words in rest)


@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("value", NO_SEALED_VALUES)
@pytest.mark.parametrize(
    "about", ["case.summary", "case.answers", "case_event.note", "resident.person", "contact.address"]
)
def test_no_page_is_lost_by_what_is_no_sealed_value(
    officer: Person, database: Database, spoilt: Spoilt, about: str, value: Any
) -> None:
    row_of = {
        "case": spoilt.case_id,
        "case_event": spoilt.event_id,
        "resident": spoilt.resident_id,
        "contact": spoilt.contact_id,
    }
    spoil(database, about, row_of[about.partition(".")[0]], value)
    assert f"/cases/{spoilt.case_id}" in officer.visit("/").html
    assert "ความเคลื่อนไหว" in officer.visit(f"/cases/{spoilt.case_id}").html


def test_the_queue_shows_every_case(officer: Person, database: Database, spoilt: Spoilt, case: Known) -> None:
    shut(database, "case.summary", spoilt.case_id)
    queue = officer.visit("/").html
    assert CLOSED in queue
    assert f"/cases/{spoilt.case_id}" in queue
    assert f"/cases/{case.case_id}" in queue


def test_who_cannot_be_reached_holds_up_nobody_else_who_is_told(
    officer: Person, database: Database, spoilt: Spoilt, case: Known
) -> None:
    shut(database, "contact.address", spoilt.contact_id)
    for case_id in (spoilt.case_id, case.case_id):
        page = officer.visit(f"/cases/{case_id}")
        assert officer.submit(page, f"/cases/{case_id}/accept").status_code == 303
        told = officer.visit("/").html
        assert "รับเรื่องแล้ว" in told
        assert (NOT_TOLD in told) is (case_id == spoilt.case_id)
    theirs, others = (officer.visit(f"/cases/{case_id}").html for case_id in (spoilt.case_id, case.case_id))
    assert "ส่งไม่ได้" in theirs
    assert "ข้อความไปไม่ถึงผู้แจ้ง กรุณาโทร" in theirs
    assert "ผู้แจ้งจะได้รับข้อความ" not in theirs
    assert "รอส่ง" in others
    assert NOT_TOLD not in others
    with database.reading() as session:
        dead = session.query(OutboxRow).filter_by(state="dead").one()
    assert (dead.case_id, dead.reason, dead.receipt) == (spoilt.case_id, Reason.UNDECRYPTABLE, Receipt.NONE)


def test_a_console_that_lacks_the_key_says_so_and_changes_nothing(
    officer: Person, database: Database, spoilt: Spoilt
) -> None:
    shut(database, "contact.address", spoilt.contact_id, NOBODYS_KEY)
    page = officer.visit(f"/cases/{spoilt.case_id}")
    before = snapshot(database)
    answer = officer.submit(page, f"/cases/{spoilt.case_id}/accept")
    assert answer.status_code == 500
    assert "เปิดอ่านไม่ได้ ยังไม่มีการบันทึก" in answer.text
    assert snapshot(database) == before


@pytest.mark.parametrize("key", [NOBODYS_KEY, None])
def test_a_message_to_many_names_whom_it_does_not_reach(
    supervisor: Person, database: Database, spoilt: Spoilt, case: Known, key: bytes | None
) -> None:
    form = supervisor.visit("/").form("/cases/tell")
    shut(database, "contact.address", spoilt.contact_id, **({"key": key} if key else {}))
    answer = supervisor.send(
        form, note="น้ำประปาหยุดไหลค่ะ", case=[str(spoilt.case_id), str(case.case_id)], do="send"
    )
    assert "ส่งข้อความแล้ว 1 เรื่อง ถึงผู้แจ้ง 1 คน" in answer.text
    assert "ส่งไม่ถึง 1 เรื่อง" in answer.text
    assert NOT_TOLD in answer.text
    with database.reading() as session:
        assert [row.case_id for row in session.query(OutboxRow)] == [case.case_id]


def test_nobody_is_said_to_have_given_no_phone_where_it_does_not_open(
    officer: Person, database: Database, spoilt: Spoilt
) -> None:
    shut(database, "resident.person", spoilt.resident_id)
    page = officer.visit(f"/cases/{spoilt.case_id}").html
    assert "ไม่ได้ให้ไว้" not in page
    assert page.count(CLOSED) == 2


@pytest.mark.parametrize("key", [NOBODYS_KEY, None])
def test_an_event_that_never_opens_can_only_be_dropped(
    supervisor: Person, database: Database, key: bytes | None
) -> None:
    """Checks it beside one that only lacks a key: a process that has the key may still work on that one."""
    with database.transaction() as session:
        inbox.accept(session, [Arrival("e", "somebody", now(), {})])
        event = session.query(InboxEvent).one()
        event.state, event.reason = EventState.DEAD, Reason.UNDECRYPTABLE
    shut(database, "inbox.body", event.id, **({"key": key} if key else {}))
    page = supervisor.visit("/dead-letters")
    assert "ข้อมูลที่เข้ารหัสไว้เปิดไม่ได้" in page.html
    assert ("ลองใหม่</button>" in page.html) is (key is not None)
    assert ("ทิ้งได้อย่างเดียว" in page.html) is (key is None)
    supervisor.submit(page, f"/dead-letters/inbox/{event.id}/drop", reason="defective")
    assert "ไม่มีรายการค้าง" in supervisor.visit("/dead-letters").html


def test_what_waits_for_a_key_says_so_in_thai(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        case = a_case(session, municipality)
        row = put_notice(session, case.resident, "case_received", {}, case_id=case.id)
        put_off(row)
        row.created_at = row.created_at - timedelta(days=1)
    page = supervisor.visit("/dead-letters").html
    assert "รอกุญแจ DATA_KEY" in page
