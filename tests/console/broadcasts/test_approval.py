"""No request, offered by a page or made by hand, lets people approve their own text, or another text go out."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from line_simulator.residents import Resident as Phone
from store.broadcasts.models import Broadcast
from store.broadcasts.transitions import BROADCASTS, Act, digest_of
from store.clock import now
from store.database.engine import Database
from store.staff.models import Staff
from tests.builders import an_officer
from tests.console.conftest import _signed_in
from tests.console.looks import person_of, refusals_of
from tests.console.news import (
    FORM,
    TEXT,
    approved,
    do,
    edit,
    form_of,
    goes_out,
    offers,
    raw,
    row,
    status_of,
    submit,
    write,
)
from tests.console.pages import Person
from tests.stories.press import crowd
from tests.town import Town


@pytest.fixture(autouse=True)
def people(town: Town) -> list[Phone]:
    return crowd(town, 2)


@pytest.fixture
def second_supervisor(request: pytest.FixtureRequest, database: Database) -> Person:
    """Another superior, who neither wrote nor changed anything."""
    app, municipality = request.getfixturevalue("app"), request.getfixturevalue("municipality")
    with database.transaction() as session:
        name = an_officer(session, municipality, role="supervisor", department=None).username
    return _signed_in(app, name)


def forged(database: Database, broadcast_id: int) -> dict[str, str]:
    """Everything that the real form of approval would carry, as somebody may work it out who reads our source."""
    with database.reading() as session:
        broadcast = session.get_one(Broadcast, broadcast_id)
        return {
            "seen_version": str(broadcast.version),
            "digest": digest_of(session, broadcast),
            "note": "ผ่าน",
        }


def make(person: Person, database: Database, role: str) -> None:
    with database.transaction() as session:
        query = select(Staff).where(Staff.username == person.username)
        session.scalars(query).one().role = role


def refuses_to_approve(person: Person, town: Town, broadcast_id: int) -> None:
    assert "approve" not in offers(person, broadcast_id)
    answer = raw(person, f"/broadcasts/{broadcast_id}/approve", **forged(town.database, broadcast_id))
    assert answer.status_code == 403
    assert (goes_out(town), status_of(town.database, broadcast_id)) == ([], "submitted")
    assert refusals_of(town.database)[-1][:2] == (f"broadcast {broadcast_id}", "approve")


def test_an_officer_approves_nothing_nor_a_colleagues_text(
    officer: Person, colleague: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer)
    refuses_to_approve(officer, town, broadcast)


def test_a_colleague_without_the_role_approves_nothing(
    officer: Person, colleague: Person, database: Database, town: Town
) -> None:
    refuses_to_approve(colleague, town, submit(officer))


def test_a_superior_does_not_approve_what_they_wrote(
    supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(supervisor)
    assert "จึงอนุมัติเองไม่ได้" in supervisor.visit(f"/broadcasts/{broadcast}").html
    refuses_to_approve(supervisor, town, broadcast)


def test_nor_what_they_last_changed_even_if_the_author_submits_it(
    officer: Person, supervisor: Person, second_supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer)
    edit(supervisor, broadcast, **{"message.parts.0.text": "ถ้อยคำของหัวหน้า"})
    do(officer, broadcast, "submit")
    refuses_to_approve(supervisor, town, broadcast)
    assert do(second_supervisor, broadcast, "approve").status_code == 303


def test_nor_what_they_wrote_and_another_changed_afterwards(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(supervisor)
    edit(officer, broadcast, do="submit", **{"message.parts.0.text": "แก้คำผิดแล้ว"})
    refuses_to_approve(supervisor, town, broadcast)


@pytest.mark.parametrize("then", ["saved unchanged", "changed and changed back", "changed by two others"])
def test_nor_what_they_saved_once_whoever_saved_it_since(
    officer: Person,
    colleague: Person,
    supervisor: Person,
    second_supervisor: Person,
    town: Town,
    then: str,
) -> None:
    """The author is a superior, too: the words stay one person's, however often another one saves them."""
    broadcast = write(officer)
    other = {"message.parts.0.text": "ถ้อยคำอื่น"}
    edit(supervisor, broadcast, **({} if then == "saved unchanged" else other))
    if then == "changed and changed back":
        edit(supervisor, broadcast)
    edit(colleague, broadcast, do="submit", **(other if then == "changed by two others" else {}))
    make(officer, town.database, "supervisor")
    for person in (officer, supervisor):
        assert f'href="/broadcasts/{broadcast}"' not in waiting_part(person)
        refuses_to_approve(person, town, broadcast)
    assert f'href="/broadcasts/{broadcast}"' in waiting_part(second_supervisor)
    assert do(second_supervisor, broadcast, "approve").status_code == 303


def waiting_part(person: Person) -> str:
    """Returns what waits for this person, on the page of all broadcasts."""
    page = person.visit("/broadcasts").html
    return (
        page.split('class="card waiting"')[1].split("</section>")[0] if 'class="card waiting"' in page else ""
    )


def test_an_author_who_becomes_a_superior_still_does_not_approve_it(
    officer: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer)
    make(officer, database, "supervisor")
    refuses_to_approve(officer, town, broadcast)


def test_a_superior_who_is_one_no_more_does_not_approve_with_a_page_opened_before(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer)
    form = form_of(supervisor, broadcast, "approve")
    make(supervisor, database, "officer")
    assert supervisor.send(form).status_code == 403
    assert (goes_out(town), status_of(database, broadcast)) == ([], "submitted")


def test_a_closed_account_approves_nothing(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer)
    form = form_of(supervisor, broadcast, "approve")
    with database.transaction() as session:
        session.merge(person_of(database, supervisor.username)).active = False
    assert supervisor.send(form).headers["Location"].startswith("/sign-in")
    assert (goes_out(town), status_of(database, broadcast)) == ([], "submitted")


def test_a_text_changed_since_it_was_read_is_not_approved(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer)
    form = form_of(supervisor, broadcast, "approve")
    edit(officer, broadcast, do="submit", **{"message.parts.0.text": "กดลิงก์นี้รับเงิน"})
    assert supervisor.send(form).status_code == 409
    # Also when the request pretends to have seen the newest version: it carries what was read before.
    version = str(row(database, broadcast).version)
    assert supervisor.send(form, seen_version=version, form_token="u" * 22).status_code == 409
    assert (goes_out(town), status_of(database, broadcast)) == ([], "submitted")


@pytest.mark.parametrize("digest", ["", "0" * 64, "ก" * 64], ids=["none", "zeros", "letters"])
def test_a_digest_that_is_not_of_this_text_approves_nothing(
    officer: Person, supervisor: Person, database: Database, town: Town, digest: str
) -> None:
    broadcast = submit(officer)
    answer = supervisor.send(form_of(supervisor, broadcast, "approve"), digest=digest)
    assert answer.status_code == 409
    assert (goes_out(town), status_of(database, broadcast)) == ([], "submitted")


def test_the_digest_of_one_text_approves_no_other(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    harmless, other = submit(officer), submit(officer, **{"message.parts.0.text": "อีกเรื่อง"})
    form = form_of(supervisor, harmless, "approve")
    answer = supervisor.client.post(f"/broadcasts/{other}/approve", data=form.fields)
    assert answer.status_code == 409
    assert (goes_out(town), status_of(database, other)) == ([], "submitted")


def test_a_form_replayed_approves_once_and_never_a_later_text(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer, send_at=(now() + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M"))
    form = form_of(supervisor, broadcast, "approve")
    assert [supervisor.send(form).status_code for _ in range(2)] == [303, 303]
    edit(officer, broadcast, do="submit", **{"message.parts.0.text": "ถ้อยคำใหม่"})
    for changes in ({}, {"form_token": "v" * 22}, {"form_token": "w" * 22, "seen_version": "5"}):
        supervisor.send(form, **changes)
        assert status_of(database, broadcast) == "submitted"
    assert goes_out(town) == []


def test_the_second_tab_approves_nothing_that_the_first_one_returned(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer)
    page = supervisor.visit(f"/broadcasts/{broadcast}")
    first, second = (page.form(f"/broadcasts/{broadcast}/{act}") for act in ("return", "approve"))
    assert supervisor.send(first, note="ยังไม่ครบ").status_code == 303
    assert supervisor.send(second).status_code == 409
    assert (goes_out(town), status_of(database, broadcast)) == ([], "returned")


def test_what_was_read_and_approved_is_what_goes_out(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    approved(officer, supervisor)
    assert goes_out(town) == [TEXT]


CHANGES: dict[str, Callable[[Broadcast], None]] = {
    "words": lambda found: setattr(found, "content", {"parts": [{"kind": "words", "text": "ฟรี"}]}),
    "people": lambda found: setattr(found, "audience", {"who": "friends"}),
    "urgency": lambda found: setattr(found, "topic", None),
    "menu": lambda found: setattr(found, "menu", "flood"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_behind_the_consoles_back_stops_and_the_page_says_why(
    officer: Person, supervisor: Person, database: Database, town: Town, what: str
) -> None:
    broadcast = approved(officer, supervisor)
    with database.transaction() as session:
        CHANGES[what](session.get_one(Broadcast, broadcast))
    assert goes_out(town) == []
    assert "ต่างจากที่อนุมัติไว้ จึงไม่ส่ง" in officer.visit(f"/broadcasts/{broadcast}").html


@pytest.mark.parametrize("status", ["draft", "returned", "approved", "cancelled"])
def test_no_act_is_done_out_of_its_turn(
    officer: Person, supervisor: Person, database: Database, town: Town, status: str
) -> None:
    broadcast = write(officer)
    with database.transaction() as session:
        session.get_one(Broadcast, broadcast).status = status
    rules = [rule for rule in BROADCASTS.rules if rule.before and rule.action is not Act.EDIT]
    closed = [rule.action for rule in rules if status not in rule.before]
    for number, act in enumerate(closed):
        asked = {**forged(database, broadcast), "form_token": f"{number:022}"}
        assert raw(supervisor, f"/broadcasts/{broadcast}/{act}", **asked).status_code == 409, act
    assert (goes_out(town), status_of(database, broadcast)) == ([], status)


def test_fields_that_no_page_sends_change_nothing_of_the_approval(
    officer: Person, database: Database
) -> None:
    """A form may name any column: none but those of the editor is read."""
    staff = person_of(database, officer.username)
    more = {
        "status": "approved",
        "approver_id": str(staff.id + 1),
        "digest": "x",
        "author_id": "99",
        "id": "7",
    }
    broadcast = submit(officer, **more, valid_until="2099-01-01T00:00", most_messages="9", template_id="1")
    found = row(database, broadcast)
    assert (found.status, found.approver_id, found.digest) == ("submitted", None, None)
    assert (found.author_id, found.editor_id, found.template_id) == (staff.id, staff.id, None)
    assert (found.most_messages, found.reviewed_at) == (2, None)


def test_an_edit_by_hand_of_what_is_approved_voids_it_as_the_page_does(
    officer: Person, supervisor: Person, colleague: Person, database: Database, town: Town
) -> None:
    broadcast = approved(officer, supervisor)
    asked = {**FORM, "do": "save", "seen_version": str(row(database, broadcast).version)}
    asked["message.parts.0.text"] = "ถ้อยคำของผู้อื่น"
    assert raw(colleague, f"/broadcasts/{broadcast}/edit", **asked).status_code == 303
    assert (goes_out(town), status_of(database, broadcast)) == ([], "draft")
    assert row(database, broadcast).approver_id is None


@pytest.mark.parametrize(("act", "is_approved"), [("take_back", False), ("cancel", False), ("cancel", True)])
def test_an_officer_stops_only_what_they_wrote_and_a_superior_anybodys(
    officer: Person, colleague: Person, supervisor: Person, database: Database, act: str, is_approved: bool
) -> None:
    tomorrow = (now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    broadcast = submit(officer, send_at=tomorrow)
    if is_approved:
        do(supervisor, broadcast, "approve")
    before = status_of(database, broadcast)
    assert act not in offers(colleague, broadcast)
    answer = raw(colleague, f"/broadcasts/{broadcast}/{act}", **forged(database, broadcast))
    assert answer.status_code == 403
    assert "ท่านไม่ได้เขียน" in answer.text
    assert status_of(database, broadcast) == before
    assert act in offers(officer, broadcast)
    assert do(supervisor, broadcast, act, "มีเหตุใหม่").status_code == 303
    assert status_of(database, broadcast) == ("draft" if act == "take_back" else "cancelled")


def test_a_superior_reads_how_many_were_counted_when_it_was_submitted(
    officer: Person, supervisor: Person, town: Town
) -> None:
    broadcast_id = submit(officer)
    crowd(town, 3)
    shown = supervisor.visit(f"/broadcasts/{broadcast_id}").html
    for label, figure in (("ตั้งใจส่งถึง", "2 คน"), ("ใช้ข้อความ", "2 ข้อความ")):
        assert re.search(rf"{label}</dt>\s*<dd[^>]*>{figure}<", shown)


def test_what_was_submitted_too_long_ago_waits_for_nobody(
    officer: Person, supervisor: Person, database: Database, town: Town
) -> None:
    broadcast = submit(officer)
    assert "approve" in offers(supervisor, broadcast)
    town.wait(days=7)
    for person in (officer, supervisor):
        person.sign_in()
        assert "เลยเวลาที่จะเริ่มส่งได้แล้ว" in person.visit(f"/broadcasts/{broadcast}").html
    assert offers(supervisor, broadcast) >= {"return", "cancel"}
    assert "approve" not in offers(supervisor, broadcast)
    assert 'class="nav-count"' not in supervisor.visit("/broadcasts").html
    assert "take_back" in offers(officer, broadcast)
