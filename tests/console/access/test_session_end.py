"""A session ends: it says why, leads back, and nothing that was typed is lost."""

import io
import json
from html import unescape

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from store.database.engine import Database
from store.staff.models import Staff
from tests.builders import PASSWORD
from tests.console.conftest import Known
from tests.console.looks import events_of, person_of
from tests.console.pages import Page, Person

HALF_AN_HOUR = 30 * 60 + 61
WORDS = 'พรุ่งนี้เช้าช่างจะไปดูค่ะ\nรบกวนรอที่บ้าน <นะ> "คะ"'
CHROME = {"Origin": "http://localhost"}


def press(person: Person, page: Page, address: str, *, back: str, **typed: object) -> TestResponse:
    """Sends the form as a browser does: it says from which page of ours the form comes."""
    fields = {**page.form(address).fields, **typed}
    return person.client.post(address, data=fields, headers={**CHROME, "Referer": f"http://localhost{back}"})


def note_of(database: Database, case_id: int) -> str:
    note = events_of(database, case_id)[-1].note
    return str(note).replace("\r\n", "\n")


def test_opening_a_page_after_half_an_hour_says_why_and_leads_back(
    clock: time_machine.Traveller, officer: Person, case: Known
) -> None:
    clock.shift(HALF_AN_HOUR)
    page = officer.visit(f"/cases/{case.case_id}")
    assert "ไม่ได้ใช้งาน 30 นาที" in page.html
    answer = officer.submit(page, "/sign-in", username=officer.username, password=PASSWORD)
    assert answer.headers["Location"] == f"/cases/{case.case_id}"


def test_an_end_from_elsewhere_and_a_long_day_have_reasons_of_their_own(
    clock: time_machine.Traveller, officer: Person, app: Flask
) -> None:
    other = Person(app.test_client(), officer.username)
    other.sign_in()
    other.client.post("/my-sessions/end", data={"csrf_token": other.token()})
    assert "สิ้นสุดแล้ว" in officer.visit("/").html
    while other.client.get("/").status_code == 200:
        clock.shift(20 * 60)
    assert "12 ชั่วโมง" in other.visit("/").html


def test_who_was_not_signed_in_is_told_no_reason(nobody: Person) -> None:
    assert 'role="status"' not in nobody.visit("/").html
    assert "why" not in nobody.client.get("/staff").headers["Location"]
    assert "<b>" not in nobody.visit("/sign-in?why=<b>").html


def test_a_form_of_an_ended_session_is_sent_again_after_the_sign_in(
    clock: time_machine.Traveller, officer: Person, case: Known, database: Database
) -> None:
    """This works without any script."""
    back, address = f"/cases/{case.case_id}", f"/cases/{case.case_id}/remark"
    page, before = officer.visit(back), len(events_of(database, case.case_id))
    clock.shift(HALF_AN_HOUR)
    asked = press(officer, page, address, back=back, note=WORDS)
    assert asked.status_code == 401
    assert "ไม่ได้ใช้งาน 30 นาที" in asked.text
    assert "ยังไม่ได้ส่ง" in asked.text
    wrong = officer.submit(Page(asked), "/sign-in", username=officer.username, password="ผิดแน่นอนรหัสผ่านนี้")
    assert wrong.status_code == 401
    kept = officer.submit(Page(wrong), "/sign-in", username=officer.username, password=PASSWORD)
    assert kept.status_code == 200
    assert WORDS in unescape(kept.text)
    assert len(events_of(database, case.case_id)) == before
    Page(kept).check()
    assert officer.submit(Page(kept), address).status_code == 303
    assert note_of(database, case.case_id) == WORDS
    # The button again, as after a step back: it is carried out once.
    officer.submit(Page(kept), address)
    assert len(events_of(database, case.case_id)) == before + 1


def test_a_form_with_the_token_of_before_a_sign_in_in_another_tab_is_sent_again(
    officer: Person, case: Known, database: Database
) -> None:
    back, address = f"/cases/{case.case_id}", f"/cases/{case.case_id}/remark"
    page = officer.visit(back)
    officer.sign_in()
    kept = press(officer, page, address, back=back, note=WORDS)
    assert kept.status_code == 400
    assert WORDS in unescape(kept.text)
    assert f'href="{back}"' in kept.text
    assert officer.submit(Page(kept), address).status_code == 303
    assert note_of(database, case.case_id) == WORDS


def test_a_form_without_its_own_token_is_not_offered_again(officer: Person, case: Known) -> None:
    back, address = f"/cases/{case.case_id}", f"/cases/{case.case_id}/remark"
    page = officer.visit(back)
    answer = press(officer, page, address, back=back, note=WORDS, form_token="")
    assert (answer.status_code, "ส่งอีกครั้ง" in answer.text) == (400, False)
    assert "โหลดหน้าใหม่" in answer.text


def test_of_photos_it_is_said_that_they_did_not_come_along(
    clock: time_machine.Traveller, officer: Person, case: Known
) -> None:
    back, address = f"/cases/{case.case_id}", f"/cases/{case.case_id}/tell"
    page = officer.visit(back)
    clock.shift(HALF_AN_HOUR)
    photo = (io.BytesIO(bytes(300_000)), "a.jpg")
    asked = press(officer, page, address, back=back, note=WORDS, photos=photo)
    assert "รูปที่แนบไว้ต้องแนบใหม่" in asked.text
    kept = officer.submit(Page(asked), "/sign-in", username=officer.username, password=PASSWORD)
    assert "โดยไม่มีรูป" in kept.text


def test_with_a_made_up_cookie_no_more_is_read_than_anybody_may_send(nobody: Person, case: Known) -> None:
    nobody.client.set_cookie("staff", "made up")
    typed = {"note": WORDS, "photos": (io.BytesIO(bytes(100_000)), "a.jpg")}
    answer = nobody.client.post(f"/cases/{case.case_id}/tell", data=typed, headers=CHROME)
    assert (answer.status_code, WORDS in unescape(answer.text)) == (303, False)


def test_words_typed_while_the_session_was_ended_elsewhere_are_not_lost(
    officer: Person, case: Known, app: Flask
) -> None:
    back, address = f"/cases/{case.case_id}", f"/cases/{case.case_id}/remark"
    page = officer.visit(back)
    other = Person(app.test_client(), officer.username)
    other.sign_in()
    other.client.post("/my-sessions/end", data={"csrf_token": other.token()})
    asked = press(officer, page, address, back=back, note=WORDS)
    assert (asked.status_code, "ยังไม่ได้ส่ง" in asked.text) == (401, True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/cases/1"},
        {"Origin": "https://evil.example", "Referer": "http://localhost/"},
    ],
)
def test_words_of_another_site_are_laid_into_nobodys_hands(
    headers: dict[str, str], clock: time_machine.Traveller, officer: Person, nobody: Person, case: Known
) -> None:
    address, evil = f"/cases/{case.case_id}/remark", {"note": "คำของคนอื่น"}
    assert "คำของคนอื่น" not in officer.client.post(address, data=evil, headers=headers).text
    assert nobody.client.post(address, data=evil, headers=headers).status_code == 303
    clock.shift(HALF_AN_HOUR)
    assert officer.client.post(address, data=evil, headers=headers).status_code == 303


def test_what_is_too_long_to_be_kept_leads_back_to_its_page(
    clock: time_machine.Traveller, officer: Person, case: Known
) -> None:
    clock.shift(HALF_AN_HOUR)
    headers = {**CHROME, "Referer": f"http://localhost/cases/{case.case_id}"}
    data = {"note": "x" * 60_000}
    answer = officer.client.post(f"/cases/{case.case_id}/remark", data=data, headers=headers)
    assert answer.headers["Location"] == f"/sign-in?next=/cases/{case.case_id}&why=idle"


@pytest.mark.parametrize(
    "packed",
    ["", "x", "[]", "null", '["/sign-out", "/", [], false]', '["https://evil.example/", "/", [], false]',
     '["/password", "/", [["new", "a"]], false]', '["//evil.example/cases/1/remark", "/", [], false]',
     '["/cases/1/remark", "/", [1], false]', "[1, 2, 3, 4]", '["/cases/1/remark", "/", "a", false]'],
)  # fmt: skip
def test_a_made_up_kept_form_is_no_form(packed: str, officer: Person) -> None:
    page = officer.visit("/sign-in")
    answer = officer.submit(page, "/sign-in", username=officer.username, password=PASSWORD, kept=packed)
    assert answer.status_code == 303


def test_a_kept_form_leads_to_this_console_only(officer: Person) -> None:
    packed = json.dumps(["/cases/1/remark", "//evil.example", [["note", "คำ"]], False])
    page = officer.visit("/sign-in")
    kept = officer.submit(page, "/sign-in", username=officer.username, password=PASSWORD, kept=packed)
    assert kept.status_code == 200
    assert "evil.example" not in kept.text


def test_passwords_are_never_kept(clock: time_machine.Traveller, officer: Person) -> None:
    page = officer.visit("/password")
    clock.shift(HALF_AN_HOUR)
    answer = press(
        officer, page, "/password", back="/password", current=PASSWORD, new=PASSWORD, again=PASSWORD
    )
    assert answer.status_code == 303
    assert PASSWORD not in answer.text


def test_an_open_page_asks_how_long_it_may_show_itself(
    clock: time_machine.Traveller, officer: Person, database: Database
) -> None:
    number = person_of(database, officer.username).id
    assert f'data-who="{number}"' in officer.visit("/").html
    clock.shift(20 * 60)
    first = officer.client.get("/session").get_json()
    assert first["who"] == number
    assert first["seconds"] > 0
    clock.shift(8 * 60)
    assert officer.client.get("/session?typing=1").status_code == 200
    clock.shift(8 * 60)
    # Typing counts as use: sixteen minutes later more is left than was before it.
    assert officer.client.get("/session").get_json()["seconds"] > first["seconds"]
    clock.shift(HALF_AN_HOUR)
    assert officer.client.get("/session").status_code == 303


def test_an_open_page_gets_the_token_of_a_sign_in_elsewhere(officer: Person, case: Known) -> None:
    address = f"/cases/{case.case_id}/remark"
    fields = officer.visit(f"/cases/{case.case_id}").form(address).fields
    officer.sign_in()
    fields |= {"note": "พรุ่งนี้ไปดู", "csrf_token": officer.client.get("/session").get_json()["token"]}
    assert officer.client.post(address, data=fields).status_code == 303


def test_the_first_password_leads_to_the_case_that_was_asked_for_and_offers_nothing_else(
    officer: Person, case: Known, database: Database
) -> None:
    with database.transaction() as session:
        session.get_one(Staff, person_of(database, officer.username).id).password_is_initial = True
    page = officer.visit(f"/cases/{case.case_id}")
    assert "เปลี่ยนรหัสผ่าน" in page.title
    assert "<nav" not in page.html
    assert 'href="/"' not in page.html
    new = "ปลาทูเข่งละสามสิบบาท"
    wrong = officer.submit(page, "/password", current=PASSWORD, new=new, again="x")
    answer = officer.submit(Page(wrong), "/password", current=PASSWORD, new=new, again=new)
    assert answer.headers["Location"] == f"/cases/{case.case_id}"
