"""Tests that every view of personal data and every refusal is in the audit log, once, and says from where."""

import sqlite3

import pytest
from flask import Flask
from sqlalchemy import select

from store.audit.models import AuditEntry
from store.cases.models import CaseEvent
from store.database.engine import Database
from store.files.lifecycle import uploaded
from store.municipality.profile import Municipality
from store.staff.sessions import reference_of
from tests.console.cases.test_views import _jpeg
from tests.console.conftest import Known, office_of
from tests.console.looks import person_of, refusals_of
from tests.console.pages import Person


def entries(database: Database, after: int = 0) -> list[AuditEntry]:
    with database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id)
        return list(session.scalars(query))


def newest(database: Database) -> int:
    return entries(database)[-1].id


@pytest.fixture
def file_of_case(app: Flask, database: Database, case: Known) -> tuple[int, str]:
    """Adds a photo to the case; returns its id and its token."""
    file = uploaded(office_of(app).media, _jpeg(), staff_id=1)
    file.staff_id, file.case_id = None, case.case_id
    with database.transaction() as session:
        session.add(file)
        session.flush()
        return file.id, file.token


def test_each_view_of_a_case_and_of_a_photo_is_one_entry(
    officer: Person, database: Database, case: Known, file_of_case: tuple[int, str]
) -> None:
    number, token = file_of_case
    before = newest(database)
    for address in (f"/cases/{case.case_id}", f"/files/{token}", f"/files/{token}/preview"):
        assert officer.client.get(address).status_code == 200
    found = entries(database, before)
    assert [(one.act, one.about) for one in found] == [
        ("view_case", f"case {case.case_id}"),
        ("view_file", f"file {number}"),
        ("view_file", f"file {number}"),
    ]
    assert {one.staff_id for one in found} == {person_of(database, officer.username).id}
    cookie = officer.client.get_cookie("staff")
    assert cookie is not None
    assert {one.session for one in found} == {reference_of(cookie.value)}
    assert len({one.place for one in found} - {None}) == 1


def test_what_a_page_asks_by_itself_is_no_view(officer: Person, database: Database, case: Known) -> None:
    before = newest(database)
    for address in ("/counts", "/", "/favicon.ico"):
        officer.client.get(address)
    assert entries(database, before) == []


def test_every_refusal_is_written_down_with_what_it_was_about(
    stranger: Person, officer: Person, database: Database, case: Known, file_of_case: tuple[int, str]
) -> None:
    number, token = file_of_case
    stranger.client.get(f"/cases/{case.case_id}")
    stranger.client.get(f"/files/{token}")
    stranger.client.get("/files/none")
    stranger.client.post(f"/cases/{case.case_id}/accept", data={"csrf_token": stranger.token()})
    stranger.client.post("/surge/end", data={"csrf_token": stranger.token()})
    officer.client.post(f"/cases/{case.case_id}/accept", data={"csrf_token": "made up"})
    about = f"case {case.case_id}"
    assert refusals_of(database) == [
        (about, None, None),
        (f"file {number}", None, None),
        ("file None", None, None),
        (about, "accept", None),
        ("", None, None),
        (about, "accept", "csrf"),
    ]
    refused = [one for one in entries(database) if one.act == "refused"]
    assert [one.details["status"] for one in refused] == [404, 404, 404, 404, 403, 400]
    assert all(one.details["endpoint"] and one.place and one.session for one in refused)


def test_what_somebody_typed_as_an_address_is_not_kept(
    officer: Person, database: Database, case: Known
) -> None:
    form = {"csrf_token": officer.token()}
    assert officer.client.post(f"/cases/{case.case_id}/somsri0812345678", data=form).status_code == 404
    assert officer.client.get(f"/cases/{2**40}").status_code == 404
    assert "somsri" not in str([vars(one) for one in entries(database)])


def test_strangers_cannot_fill_the_log(nobody: Person, database: Database, case: Known) -> None:
    before = len(entries(database))
    for _ in range(3):
        nobody.client.get(f"/cases/{case.case_id}")
        nobody.client.post("/sign-in", data={"username": "x"})
    assert len(entries(database)) == before


def test_a_case_can_be_read_although_nothing_can_be_written(
    officer: Person, app: Flask, database: Database, case: Known, caplog: pytest.LogCaptureFixture
) -> None:
    """Tests that the log of the console says who saw what instead."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no lock that stops all writers and no reader")
    office_of(app).database._patience = 0.05
    blocker = sqlite3.connect(database.engine.url.database or "", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    try:
        assert officer.client.get(f"/cases/{case.case_id}").status_code == 200
    finally:
        blocker.close()
    (line,) = [record for record in caplog.records if "audit log" in record.message]
    assert (vars(line)["row"], vars(line)["endpoint"]) == (case.case_id, "cases.show")


def test_each_entry_of_a_timeline_is_in_the_audit_log_without_its_words(
    officer: Person, database: Database, municipality: Municipality, case: Known
) -> None:
    officer.do(case.case_id, "accept")
    officer.do(case.case_id, "remark", note="ผู้แจ้งชื่อสมศรี")
    with database.reading() as session:
        told = {
            (event.id, event.staff_id, event.before, event.after)
            for event in session.scalars(select(CaseEvent))
        }
    found = [one for one in entries(database) if one.act.startswith("case_")]
    assert {(one.details["event"], one.staff_id, one.before, one.after) for one in found} == told
    assert len(found) == len(told) == 4, "submit, accept, assign, remark"
    assert found[0].resident_id is not None
    assert "สมศรี" not in str([vars(one) for one in found])
