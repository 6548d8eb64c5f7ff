"""Signs that no database column takes are answered with a page, on both databases, wherever they stand."""

import io
import itertools

import pytest
from flask import Flask

from staff_console.forms import clean_note
from store.database.engine import Database
from tests.console.addresses import addresses
from tests.console.conftest import Known
from tests.console.looks import snapshot
from tests.console.pages import Page, Person

FIELDS = itertools.cycle(
    ("username", "full_name", "note", "words", "audience.list", "0.text", "topic", "a name of none")
)


def test_every_form_refuses_them_and_changes_nothing(
    app: Flask, database: Database, case: Known, supervisor: Person, admin: Person
) -> None:
    known = addresses(app, database, case)
    tokens = {person: person.token() for person in (supervisor, admin)}
    before = snapshot(database, without=frozenset({"audit"}))
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        person = admin if rule.endpoint.startswith(("people", "jobs")) else supervisor
        for sign in ("\x00", "ก\x00ข"):
            form = {"csrf_token": tokens[person], next(FIELDS): sign}
            answer = person.client.post(known[rule.endpoint], data=form)
            assert answer.status_code == 400, f"{rule.endpoint}: {answer.status_code}"
            assert "อักขระที่ระบบเก็บไม่ได้" in answer.text
    Page(answer).check()
    assert snapshot(database, without=frozenset({"audit"})) == before


def test_addresses_queries_and_file_names_refuse_them(officer: Person, nobody: Person, case: Known) -> None:
    for address in (
        "/?number=%00", "/?service=%00", "/?tab=%00", "/?page=%00", "/?%00=1", "/files/%00", "/files/%00/preview",
        "/broadcasts/pictures/%00/full.jpg", "/broadcasts?pile=%00", "/broadcasts/new?corrects=%00",
    ):  # fmt: skip
        assert officer.client.get(address).status_code == 400, address
    assert nobody.client.get("/sign-in?next=%00").status_code == 400
    sent = {"csrf_token": officer.token(), "photos": (io.BytesIO(b"x"), "a\x00.jpg")}
    assert officer.client.post(f"/cases/{case.case_id}/tell", data=sent).status_code in (303, 400)


def test_what_cannot_be_decoded_is_never_a_failure(officer: Person, nobody: Person) -> None:
    """Half a sign, bytes that are no UTF-8, and every control sign of the first column."""
    signs = ["%ED%A0%80", "%FF", "%C3", "%01", "%08", "%0A", "%0D", "%1B", "%7F", "%C2%80"]
    for sign in signs:
        for address in (
            f"/?number={sign}",
            f"/?service={sign}",
            f"/files/{sign}",
            f"/?tab=all&department={sign}",
        ):
            assert officer.client.get(address).status_code < 500, address
        form = nobody.visit("/sign-in").form("/sign-in").fields
        body = f"csrf_token={form['csrf_token']}&username={sign}&password={sign}"
        answer = nobody.client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (400, 401, 429), sign


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" \u200b \u200d ", ""),
        ("ไป\u202eมา\u2066", "ไปมา"),
        ("ครับ\u200b\r\nขอบคุณ\x07 ", "ครับ\nขอบคุณ"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_a_note_holds_nothing_invisible(typed: str, kept: str) -> None:
    assert clean_note(typed) == kept
