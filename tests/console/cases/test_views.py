"""Tests what officers do to a case, and what happens when two of them do it."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from store.cases.actions import hold_case
from store.cases.models import Case
from store.cases.ratings import comment, rate
from store.cases.workflows import Status
from store.clock import now
from store.database.engine import Database
from store.files.decoding import Decoder
from store.files.models import File
from store.files.storage import Folder
from store.municipality.profile import Municipality
from store.residents.models import Resident
from tests.builders import a_case, a_place, a_resident, an_answer, an_officer, line_of
from tests.console.conftest import Known, office_of
from tests.console.looks import acts_of, events_of, notices_of, person_of, snapshot, status_of
from tests.console.pages import Page, Person


def test_accepting_moves_the_case_and_tells_the_resident(
    officer: Person, database: Database, case: Known
) -> None:
    answer = officer.do(case.case_id, "accept")
    assert answer.status_code == 303
    assert status_of(database, case.case_id) == Status.RECEIVED
    assert notices_of(database, case.case_id) == ["case_received"]
    event = events_of(database, case.case_id)[-1]
    assert event.staff_id == person_of(database, officer.username).id
    assert "รับเรื่องแล้ว" in officer.visit(answer.headers["Location"]).html


def test_every_button_shown_works(
    officer: Person, supervisor: Person, database: Database, municipality: Municipality
) -> None:
    for status in Status:
        for person in (officer, supervisor):
            for action in _buttons(person, _case_in(database, municipality, status)):
                case_id = _case_in(database, municipality, status)
                answer = person.do(case_id, action, note=f"ตรวจสอบแล้วค่ะ ตอนนี้ {status}", agency="แขวงทางหลวง")
                assert answer.status_code == 303, f"{action} of a case that is {status}"


def _case_in(database: Database, municipality: Municipality, status: Status) -> int:
    with database.transaction() as session:
        return a_case(session, municipality, status=status).id


def _buttons(person: Person, case_id: int) -> list[str]:
    actions = [form.action.rpartition("/")[2] for form in person.visit(f"/cases/{case_id}").forms]
    return [action for action in actions if action not in ("sign-out", "unmask")]


def test_an_officer_has_no_button_to_end_a_case_and_may_not(officer: Person, case: Known) -> None:
    page = officer.visit(f"/cases/{case.case_id}")
    assert "close" not in _buttons(officer, case.case_id)
    form = page.form(f"/cases/{case.case_id}/accept")
    answer = officer.client.post(f"/cases/{case.case_id}/close", data={**form.fields, "note": "จบ"})
    assert answer.status_code == 403


def test_pressing_twice_acts_once(officer: Person, database: Database, case: Known) -> None:
    form = officer.visit(f"/cases/{case.case_id}").form(f"/cases/{case.case_id}/tell")
    for _ in range(3):
        answer = officer.send(form, note="กำลังไปค่ะ")
        assert answer.status_code == 303
    assert notices_of(database, case.case_id) == ["case_message"]
    assert "ทำรายการนี้แล้ว" in officer.visit(f"/cases/{case.case_id}").html


def test_of_many_presses_at_the_same_moment_one_acts(
    officer: Person, app: Flask, database: Database, case: Known
) -> None:
    form = officer.visit(f"/cases/{case.case_id}").form(f"/cases/{case.case_id}/tell")
    cookies = [officer.client.get_cookie(name) for name in ("staff", "forms")]

    def press(_number: int) -> int:
        client = app.test_client()
        for cookie in cookies:
            assert cookie is not None
            client.set_cookie(cookie.key, cookie.value)
        return Person(client).send(form, note="กำลังไปค่ะ").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(press, range(16))) == {303}
    assert notices_of(database, case.case_id) == ["case_message"]


def test_questions_that_were_skipped_are_shown_as_skipped(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    answers = [
        {"key": kind, "question": kind, "answer": "ข้าม", "kind": kind, "value": None}
        for kind in ("place", "phone", "citizen_id", "photos", "file", "text")
    ]
    with database.transaction() as session:
        case_id = a_case(session, municipality, answers=answers).id
    assert officer.visit(f"/cases/{case_id}").html.count("ข้าม<") == len(answers)


def test_a_colleague_who_was_slower_is_told_and_loses_no_word(
    officer: Person, colleague: Person, database: Database, case: Known
) -> None:
    form = colleague.visit(f"/cases/{case.case_id}").form(f"/cases/{case.case_id}/forward")
    officer.do(case.case_id, "accept")
    answer = colleague.send(form, agency="แขวงทางหลวงขอนแก่น", note="ส่งให้แขวงทางหลวง\nเพราะเป็นถนนของเขา")
    assert answer.status_code == 409
    assert "แขวงทางหลวงขอนแก่น" in answer.text
    assert "มีเจ้าหน้าที่ท่านอื่นเปลี่ยนเรื่องนี้แล้ว" in answer.text
    assert "ส่งให้แขวงทางหลวง\nเพราะเป็นถนนของเขา" in answer.text
    assert "รับเรื่องแล้ว" in answer.text
    Page(answer).check()
    assert status_of(database, case.case_id) == Status.RECEIVED


@pytest.mark.parametrize("agency", ["", "ก.", "ไม่ใช่หน้าที่ของเรา", "หน่วยงานที่เกี่ยวข้อง", "123456"])
def test_a_case_is_forwarded_to_an_agency_by_name_or_not_at_all(
    officer: Person, database: Database, case: Known, agency: str
) -> None:
    form = officer.visit(f"/cases/{case.case_id}").form(f"/cases/{case.case_id}/forward")
    answer = officer.send(form, agency=agency, note="ไม่ใช่หน้าที่ของเราค่ะ")
    assert answer.status_code == 400
    assert "กรุณาใส่ชื่อหน่วยงานที่รับเรื่องต่อ" in answer.text
    assert "ไม่ใช่หน้าที่ของเราค่ะ" in answer.text
    Page(answer).check()
    assert status_of(database, case.case_id) == Status.SUBMITTED
    assert notices_of(database, case.case_id) == []


def test_what_the_table_does_not_allow_is_a_conflict(
    officer: Person, database: Database, case: Known
) -> None:
    form = officer.visit(f"/cases/{case.case_id}").form(f"/cases/{case.case_id}/accept")
    answer = officer.client.post(f"/cases/{case.case_id}/finish", data={**form.fields, "note": "เสร็จ"})
    assert answer.status_code == 409
    assert status_of(database, case.case_id) == Status.SUBMITTED


def test_what_only_residents_do_is_forbidden_and_unknown_actions_are_not_found(
    officer: Person, case: Known
) -> None:
    fields = officer.visit(f"/cases/{case.case_id}").form(f"/cases/{case.case_id}/accept").fields
    assert officer.client.post(f"/cases/{case.case_id}/confirm", data=fields).status_code == 403
    assert officer.client.post(f"/cases/{case.case_id}/explode", data=fields).status_code == 404


def test_an_empty_note_is_asked_for_again(officer: Person, database: Database, case: Known) -> None:
    before = snapshot(database)
    answer = officer.do(case.case_id, "tell", note="   \r\n ")
    assert answer.status_code == 400
    assert "กรุณากรอกข้อความ" in answer.text
    assert snapshot(database) == before


def test_a_note_that_is_too_long_comes_back_whole(officer: Person, database: Database, case: Known) -> None:
    note = "ก" * 2001
    answer = officer.do(case.case_id, "tell", note=note)
    assert answer.status_code == 400
    assert note in answer.text
    assert notices_of(database, case.case_id) == []


def test_a_form_made_by_hand_without_version_or_token_is_refused(
    officer: Person, database: Database, case: Known
) -> None:
    before = snapshot(database)
    token = officer.token()
    for fields in ({}, {"seen_version": "1"}, {"seen_version": "x", "form_token": "a" * 20}):
        data = {"csrf_token": token, **fields}
        assert officer.client.post(f"/cases/{case.case_id}/accept", data=data).status_code == 400
    assert snapshot(database) == before


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), "darkgreen").save(out, "JPEG")
    return out.getvalue()


def _finish(officer: Person, case_id: int, *photos: tuple[bytes, str]) -> TestResponse:
    files = [(io.BytesIO(data), name) for data, name in photos]
    return officer.do(case_id, "finish", note="ซ่อมแล้วค่ะ", photos=files)


def test_photos_go_with_the_good_news(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    case_id = _case_in(database, municipality, Status.IN_PROGRESS)
    answer = _finish(officer, case_id, (_jpeg(), "หลัง.jpg"), (_jpeg(), "ใกล้.jpg"))
    assert answer.status_code == 303
    with database.reading() as session:
        files = session.get_one(Case, case_id).files
        assert [file.state for file in files] == ["kept", "kept"]
        tokens = [file.token for file in files]
    html = officer.visit(f"/cases/{case_id}").html
    assert all(token in html for token in tokens)
    shown = officer.client.get(f"/files/{tokens[0]}")
    assert shown.mimetype == "image/jpeg"


def test_what_is_no_photo_changes_nothing(
    officer: Person, database: Database, municipality: Municipality, app: object
) -> None:
    case_id = _case_in(database, municipality, Status.IN_PROGRESS)
    before = snapshot(database)
    answer = _finish(officer, case_id, (_jpeg(), "ดี.jpg"), (b"%PDF-1.4 not a photo", "เสีย.jpg"))
    assert answer.status_code == 400
    assert "ไม่ใช่รูป" in answer.text
    assert "ซ่อมแล้วค่ะ" in answer.text
    assert snapshot(database) == before


@pytest.mark.parametrize("trouble", ["the disk", "the decoder"])
def test_without_room_or_decoder_an_officer_is_asked_to_try_later_and_nothing_changes(
    officer: Person, database: Database, municipality: Municipality, app: Flask, tmp_path: Path, trouble: str
) -> None:
    case_id, media = _case_in(database, municipality, Status.IN_PROGRESS), office_of(app).media
    before = snapshot(database)
    if trouble == "the disk":
        media._storage = Folder(Path("/dev/null"))
    else:
        media.decoder = Decoder(program="tests.no_such_program")
    assert _finish(officer, case_id, (_jpeg(), "ดี.jpg")).status_code == 503
    assert snapshot(database) == before
    media._storage, media.decoder = Folder(tmp_path / "media"), Decoder()
    assert _finish(officer, case_id, (_jpeg(), "ดี.jpg")).status_code == 303


def test_six_photos_are_too_many(officer: Person, database: Database, municipality: Municipality) -> None:
    case_id = _case_in(database, municipality, Status.IN_PROGRESS)
    answer = _finish(officer, case_id, *[(_jpeg(), f"{n}.jpg") for n in range(6)])
    assert answer.status_code == 400
    assert "ไม่เกิน 5 รูป" in answer.text


def test_an_upload_beyond_all_bounds_is_refused_in_words(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    case_id = _case_in(database, municipality, Status.IN_PROGRESS)
    answer = officer.client.post(
        f"/cases/{case_id}/finish",
        input_stream=io.BytesIO(b"--x\r\n"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(41 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "ยังไม่มีการบันทึก" in answer.text
    assert status_of(database, case_id) == Status.IN_PROGRESS


def test_assigning_names_the_person_in_the_timeline(
    officer: Person, colleague: Person, database: Database, case: Known
) -> None:
    person = person_of(database, colleague.username)
    officer.do(case.case_id, "assign", assignee=str(person.id))
    with database.reading() as session:
        assert session.get_one(Case, case.case_id).assignee_id == person.id
    assert f"ให้ {person.full_name}" in officer.visit(f"/cases/{case.case_id}").html
    assert "ยังไม่มอบหมาย" not in colleague.visit("/?assignee=me").html.split("<tbody>")[1]


def test_a_case_is_never_given_to_somebody_who_cannot_see_it(
    officer: Person, stranger: Person, database: Database, case: Known
) -> None:
    outsider = person_of(database, stranger.username).id
    for assignee in (outsider, 999_999):
        assert officer.do(case.case_id, "assign", assignee=str(assignee)).status_code == 400
    with database.reading() as session:
        assert session.get_one(Case, case.case_id).assignee_id is None


def test_personal_numbers_are_masked_until_somebody_asks_and_that_is_written_down(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    answers = [
        an_answer("เบอร์โทร", "081-234-5678", kind="phone", value="0812345678"),
        an_answer("เลขบัตร", "1-2345-67890-12-1", kind="citizen_id", value="1234567890121"),
    ]
    with database.transaction() as session:
        case_id = a_case(session, municipality, answers=answers).id
    page = officer.visit(f"/cases/{case_id}")
    assert "081-xxx-5678" in page.html
    assert "1-2345-xxxxx-xx-1" in page.html
    assert "234-5678" not in page.html
    assert "67890" not in page.html
    answer = officer.submit(page, f"/cases/{case_id}/unmask")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{case_id}")
    for _ in range(2):
        opened = officer.visit(f"/cases/{case_id}").html
        assert "081-234-5678" in opened
        assert "1-2345-67890-12-1" in opened
    assert [act.about for act in acts_of(database, "unmask")] == [f"case {case_id}"]


@pytest.mark.parametrize(
    "seen_by", ["its own browser", "another browser", "five minutes later", "another case"]
)
def test_one_press_unmasks_one_case_in_one_browser_for_five_minutes(
    clock: time_machine.Traveller,
    officer: Person,
    nobody: Person,
    database: Database,
    municipality: Municipality,
    seen_by: str,
) -> None:
    person, case_id = officer, _case_in(database, municipality, Status.SUBMITTED)
    officer.do(case_id, "unmask")
    if seen_by == "another browser":
        person = nobody
        person.sign_in(username=officer.username)
    elif seen_by == "five minutes later":
        clock.shift(timedelta(minutes=5))
    elif seen_by == "another case":
        case_id = _case_in(database, municipality, Status.SUBMITTED)
    assert ("081-234-5678" in person.visit(f"/cases/{case_id}").html) == (seen_by == "its own browser")


def test_numbers_inside_words_are_masked_wherever_the_console_shows_them(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    said = "ของแม่ 1234567890121 โทร 0812345678"
    answers = [an_answer("รายละเอียด", said), a_place(said), an_answer("ชื่อ", said, kind="name")]
    with database.transaction() as session:
        resident = a_resident(session, person={"name": said, "phone": ""})
        made = a_case(session, municipality, resident=resident, answers=answers, summary=said)
        made.comment, made.stars, case_id = said, 5, made.id
        session.add(
            File(token="f" * 20, kind="document", state="kept", name=said, case_id=case_id, created_at=now())
        )
    officer.do(case_id, "tell", note=said)
    for page in ("/", "/?tab=all", f"/?number={case_id}", f"/cases/{case_id}"):
        html = officer.visit(page).html
        assert "ของแม่ 1-2345-xxxxx-xx-1 โทร 081-xxx-5678" in html
        assert "1234567890121" not in html
        assert "0812345678" not in html
    officer.do(case_id, "unmask")
    assert officer.visit(f"/cases/{case_id}").html.count(said) == 7


def test_a_resident_who_blocked_us_is_to_be_called(officer: Person, database: Database, case: Known) -> None:
    with database.transaction() as session:
        resident = session.get_one(Resident, session.get_one(Case, case.case_id).resident_id)
        line_of(resident).blocked_at = resident.created_at
    officer.do(case.case_id, "accept")
    html = officer.visit(f"/cases/{case.case_id}").html
    assert "กรุณาติดต่อทางโทรศัพท์" in html
    assert "ส่งไม่ได้" in html


def test_photos_that_are_missing_say_why(officer: Person, database: Database, case: Known) -> None:
    with database.transaction() as session:
        made = session.get_one(Case, case.case_id)
        for state in ("wanted", "refused", "gone"):
            session.add(
                File(token=state * 4, kind="photo", state=state, case_id=made.id, created_at=made.entered_at)
            )
    html = officer.visit(f"/cases/{case.case_id}").html
    for words in ("กำลังรับรูป", "รับไฟล์ไม่ได้", "ผู้แจ้งลบแล้ว"):
        assert words in html


def test_stars_and_the_words_to_them_stand_in_the_timeline_under_their_own_names(
    officer: Person, database: Database, municipality: Municipality
) -> None:
    case_id = _case_in(database, municipality, Status.DONE)
    with database.transaction() as session:
        rate(session, municipality, hold_case(session, case_id), 5)
        comment(session, municipality, hold_case(session, case_id), "มาเร็วมากค่ะ", None)
    html = officer.visit(f"/cases/{case_id}").html
    assert html.count("ผู้แจ้งให้คะแนน") == 1
    assert html.count("ผู้แจ้งเขียนความเห็น") == 1


def test_an_account_with_all_departments_sees_every_case(
    supervisor: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        case_id = a_case(session, municipality, department="health").id
        an_officer(session, municipality)
    supervisor.visit(f"/cases/{case_id}")
