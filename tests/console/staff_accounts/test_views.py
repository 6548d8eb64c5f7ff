"""Admins keep the accounts: they ask, and another person confirms."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from store.audit.models import AuditEntry
from store.database.engine import Database
from store.municipality.profile import Municipality
from store.staff import account_requests, accounts
from store.staff.models import ALL_DEPARTMENTS, AccountRequest, Staff
from tests.builders import QUICK_PASSWORDS
from tests.console.looks import acts_of, person_of, snapshot
from tests.console.pages import Person

NEW = "ปลาทูเข่งละสามสิบบาท"
NEWCOMER = {"full_name": "นางใหม่ มาแล้ว", "username": "newcomer", "role": "officer", "department": "health"}


def ask_to_open(admin: Person, **typed: str) -> str:
    """Asks to open an account and returns the code that the admin is shown."""
    answer = admin.submit(admin.visit("/staff"), "/staff", **{**NEWCOMER, **typed})
    assert answer.status_code == 200
    return code_on(answer.text)


def code_on(html: str) -> str:
    found = re.search(r"code\">(\d{4} \d{4})<", html)
    assert found is not None
    return found[1]


def newest_request(database: Database) -> int:
    with database.reading() as session:
        return max(row.id for row in session.query(AccountRequest))


def confirm(person: Person, database: Database) -> str:
    """Confirms the newest request and returns the link that the person who confirms is shown."""
    answer = person.submit(
        person.visit("/account-requests"), f"/account-requests/{newest_request(database)}/confirm"
    )
    assert answer.status_code == 200
    found = re.search(r'value="http://localhost(/first-password/[^"]+)"', answer.text)
    assert found is not None
    return found[1]


def choose(nobody: Person, link: str, code: str, new: str = NEW) -> int:
    return nobody.submit(nobody.visit(link), link, code=code, new=new, again=new).status_code


def test_an_account_is_opened_by_two_people_and_its_owner_alone_knows_the_password(
    app: Flask, admin: Person, supervisor: Person, nobody: Person, database: Database
) -> None:
    code = ask_to_open(admin, username="  NewComer ")
    assert acts_of(database, "add_staff") != []  # those of the builders
    with database.reading() as session:
        assert session.query(Staff).filter_by(username="newcomer").count() == 0
    assert "1 คำขอเรื่องบัญชีรอท่านยืนยัน" in supervisor.visit("/").html
    link = confirm(supervisor, database)
    assert "คำขอเรื่องบัญชีรอ" not in supervisor.visit("/").html
    person = person_of(database, "newcomer")
    assert (person.full_name, person.role, person.department) == ("นางใหม่ มาแล้ว", "officer", "health")
    assert choose(nobody, link, code) == 303
    newcomer = Person(app.test_client(), "newcomer")
    assert newcomer.sign_in(NEW).headers["Location"] == "/"
    act = acts_of(database, "add_staff")[-1]
    asker, second = (person_of(database, each.username).id for each in (admin, supervisor))
    assert act.staff_id == second
    assert (act.about, act.before, act.after) == (f"staff {person.id}", None, "officer health")
    assert (act.details["asked_by"], act.details["confirmed_by"]) == (asker, second)
    nobody.visit(link, 404)


def test_neither_of_the_two_can_enter_alone(
    admin: Person, supervisor: Person, nobody: Person, database: Database
) -> None:
    ask_to_open(admin)
    link = confirm(supervisor, database)
    statuses = [choose(nobody, link, guess) for guess in ("", "0000 0000", "12345678", "wrong", "1")]
    assert statuses == [400] * 4 + [404]
    nobody.visit(link, 404)
    assert len(acts_of(database, "first_password_refused")) == 5
    with database.reading() as session:
        request = session.query(AccountRequest).one()
        secret = link.rsplit("/", 1)[1]
        assert len(secret) >= 43  # 256 bits in base64
        assert secret not in str(vars(request))


def test_a_link_expires_after_three_days(
    clock: time_machine.Traveller, admin: Person, supervisor: Person, nobody: Person, database: Database
) -> None:
    code = ask_to_open(admin)
    link = confirm(supervisor, database)
    form = nobody.visit(link).form(link)
    clock.shift(timedelta(hours=72, seconds=1))
    nobody.visit(link, 404)
    answer = nobody.send(form, code=code, new=NEW, again=NEW)
    assert answer.status_code == 404
    assert "72 ชั่วโมง" in answer.text


def test_opening_the_link_uses_nothing_up_and_a_bad_password_neither(
    admin: Person, supervisor: Person, nobody: Person, database: Database
) -> None:
    code = ask_to_open(admin)
    link = confirm(supervisor, database)
    for _ in range(7):
        nobody.visit(link)
        assert choose(nobody, link, code, new="short") == 400
    assert choose(nobody, link, code.replace(" ", "")) == 303


def test_the_page_of_the_link_waits_for_nobody(
    admin: Person, supervisor: Person, nobody: Person, database: Database
) -> None:
    ask_to_open(admin)
    link = confirm(supervisor, database)
    with database.transaction() as session:
        assert account_requests.lock(session, newest_request(database)) is not None
        nobody.visit(link)


def test_who_asked_cannot_confirm_nor_whose_account_it_is(
    admin: Person, supervisor: Person, officer: Person, database: Database
) -> None:
    """They can do so neither by the page nor by raw HTTP."""
    person = person_of(database, supervisor.username)
    for page, form in (("/staff", NEWCOMER), (f"/staff/{person.id}/password", {}),
                       (f"/staff/{person.id}/role", {"role": "admin"})):  # fmt: skip
        assert admin.client.post(page, data={**form, "csrf_token": admin.token()}).status_code in (200, 303)
    before = snapshot(database)
    for number, own in ((newest_request(database) - 2, False), (newest_request(database), True)):
        address = f"/account-requests/{number}/confirm"
        assert f'action="{address}"' not in admin.visit("/account-requests").html
        assert (f'action="{address}"' in supervisor.visit("/account-requests").html) != own
        assert admin.client.post(address, data={"csrf_token": admin.token()}).status_code == 400
        if own:
            answer = supervisor.client.post(address, data={"csrf_token": supervisor.token()})
            assert answer.status_code == 400
        assert officer.client.post(address, data={"csrf_token": officer.token()}).status_code == 403
    assert person_of(database, supervisor.username).role == "supervisor"
    assert snapshot(database, without=frozenset({"audit"})) == {
        name: rows for name, rows in before.items() if name != "audit"
    }


def test_a_town_with_one_admin_and_one_supervisor_opens_accounts(
    app: Flask, admin: Person, supervisor: Person, nobody: Person, database: Database
) -> None:
    code = ask_to_open(admin, username="second", role="supervisor", department="*")
    assert "วิชัย ขยันงาน" in admin.visit("/account-requests").html
    assert choose(nobody, confirm(supervisor, database), code) == 303
    assert person_of(database, "second").department == ALL_DEPARTMENTS


def test_an_account_of_less_than_a_day_confirms_nothing(
    clock: time_machine.Traveller,
    app: Flask,
    admin: Person,
    supervisor: Person,
    nobody: Person,
    database: Database,
) -> None:
    code = ask_to_open(admin, username="second", role="supervisor", department="*")
    choose(nobody, confirm(supervisor, database), code)
    ask_to_open(admin, username="third")
    second = Person(app.test_client(), "second")
    second.sign_in(NEW)
    address = f"/account-requests/{newest_request(database)}/confirm"
    answer = second.client.post(address, data={"csrf_token": second.token()})
    assert answer.status_code == 400
    assert "ไม่ถึง 1 วัน" in answer.text
    clock.shift(timedelta(days=1))
    second.sign_in(NEW)
    confirm(second, database)
    assert person_of(database, "third").active


def test_a_role_changes_when_a_second_person_confirms_and_ends_the_old_sessions(
    admin: Person, officer: Person, supervisor: Person, database: Database
) -> None:
    person = person_of(database, officer.username)
    admin.submit(
        admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/role", role="supervisor", department="*"
    )
    assert person_of(database, officer.username).role == "officer"
    address = f"/account-requests/{newest_request(database)}/confirm"
    assert supervisor.submit(supervisor.visit("/account-requests"), address).status_code == 303
    changed = person_of(database, officer.username)
    assert (changed.role, changed.department, changed.may_approve) == ("supervisor", ALL_DEPARTMENTS, False)
    assert officer.client.get("/").status_code == 303
    asker, second = (person_of(database, each.username).id for each in (admin, supervisor))
    (act,) = acts_of(database, "change_role")
    assert (act.about, act.before, act.after) == (f"staff {person.id}", "officer engineering", "supervisor *")
    assert (act.details["asked_by"], act.details["confirmed_by"]) == (asker, second)
    assert supervisor.client.post(address, data={"csrf_token": supervisor.token()}).status_code == 400


def test_nobody_asks_for_another_role_of_their_own(admin: Person, database: Database) -> None:
    own = person_of(database, admin.username)
    fields = {"csrf_token": admin.token(), "role": "officer", "department": "health"}
    assert admin.client.post(f"/staff/{own.id}/role", data=fields).status_code == 400


def test_the_last_admin_stays(admin: Person, database: Database) -> None:
    own = person_of(database, admin.username)
    answer = admin.client.post(f"/staff/{own.id}/close", data={"csrf_token": admin.token()})
    assert answer.status_code == 400
    assert person_of(database, admin.username).active


def test_closing_whom_the_others_need_as_a_second_person_is_warned_of(
    admin: Person, supervisor: Person, officer: Person, database: Database
) -> None:
    warning = "จะเหลือผู้ยืนยันและเห็นชอบไม่ถึงสองคน"
    assert warning in admin.visit(f"/staff/{person_of(database, supervisor.username).id}").html
    assert warning not in admin.visit(f"/staff/{person_of(database, officer.username).id}").html


def test_a_reset_takes_the_old_password_away_when_it_is_confirmed(
    admin: Person, officer: Person, supervisor: Person, nobody: Person, database: Database
) -> None:
    person = person_of(database, officer.username)
    page = admin.visit(f"/staff/{person.id}")
    code = code_on(admin.submit(page, f"/staff/{person.id}/password").text)
    assert officer.client.get("/").status_code == 200
    again = admin.submit(page, f"/staff/{person.id}/password")
    assert again.status_code == 400
    assert "รอยืนยันอยู่แล้ว" in again.text
    link = confirm(supervisor, database)
    assert officer.client.get("/").status_code == 303
    assert officer.sign_in().status_code == 401
    assert choose(nobody, link, code) == 303
    assert officer.sign_in(NEW).headers["Location"] == "/"


def test_a_second_link_makes_the_first_worthless(
    admin: Person, supervisor: Person, nobody: Person, database: Database
) -> None:
    first_code = ask_to_open(admin)
    first = confirm(supervisor, database)
    person = person_of(database, "newcomer")
    page = admin.visit(f"/staff/{person.id}")
    code = code_on(admin.submit(page, f"/staff/{person.id}/password").text)
    second = confirm(supervisor, database)
    nobody.visit(first, 404)
    assert choose(nobody, second, first_code) == 400
    assert choose(nobody, second, code) == 303


@pytest.mark.parametrize("then", ["reset-password", "own password", "closed and reopened"])
def test_a_link_is_void_once_the_password_is_another_or_the_account_was_closed(
    then: str,
    *,
    admin: Person,
    supervisor: Person,
    officer: Person,
    nobody: Person,
    database: Database,
    municipality: Municipality,
) -> None:
    person = person_of(database, officer.username)
    code = code_on(admin.submit(admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/password").text)
    link = confirm(supervisor, database)
    form = nobody.visit(link).form(link)
    with database.transaction() as session:
        found = session.get_one(Staff, person.id)
        if then == "reset-password":
            accounts.reset_password(session, municipality, QUICK_PASSWORDS, found, f"{NEW} อีก")
        elif then == "own password":
            accounts.change_own_password(session, municipality, QUICK_PASSWORDS, found, f"{NEW} อีก")
        else:
            accounts.close_account(
                session, found, by=session.get_one(Staff, person_of(database, admin.username).id)
            )
            accounts.reopen_account(found)
    before = person_of(database, officer.username).password_hash
    assert nobody.send(form, code=code, new=NEW, again=NEW).status_code == 404
    assert person_of(database, officer.username).password_hash == before


def test_the_password_of_a_closed_account_is_not_reset(
    admin: Person, supervisor: Person, officer: Person, database: Database
) -> None:
    person = person_of(database, officer.username)
    page = admin.visit(f"/staff/{person.id}")
    assert admin.submit(page, f"/staff/{person.id}/password").status_code == 200
    with database.transaction() as session:
        session.get_one(Staff, person.id).active = False
    waiting = supervisor.visit("/account-requests")
    answer = supervisor.submit(waiting, f"/account-requests/{newest_request(database)}/confirm")
    assert (answer.status_code, "บัญชีนี้ปิดอยู่" in answer.text) == (400, True)
    supervisor.submit(waiting, f"/account-requests/{newest_request(database)}/refuse")
    again = admin.submit(page, f"/staff/{person.id}/password")
    assert (again.status_code, "บัญชีนี้ปิดอยู่" in again.text) == (400, True)


@pytest.mark.parametrize("kind", ["refused", "taken back", "old", "asker gone", "changed"])
def test_what_nobody_wants_any_more_is_not_confirmed(
    kind: str,
    clock: time_machine.Traveller,
    admin: Person,
    supervisor: Person,
    officer: Person,
    database: Database,
) -> None:
    person = person_of(database, officer.username)
    admin.submit(
        admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/role", role="supervisor", department="*"
    )
    address = f"/account-requests/{newest_request(database)}"
    if kind in ("refused", "taken back"):
        who = supervisor if kind == "refused" else admin
        assert who.submit(who.visit("/account-requests"), f"{address}/refuse").status_code == 303
    if kind == "old":
        clock.shift(timedelta(days=7, seconds=1))
        supervisor.sign_in()
    with database.transaction() as session:
        if kind == "asker gone":
            session.get_one(Staff, person_of(database, admin.username).id).active = False
        if kind == "changed":
            session.get_one(Staff, person.id).department = "health"
    answer = supervisor.client.post(f"{address}/confirm", data={"csrf_token": supervisor.token()})
    assert answer.status_code == 400
    assert person_of(database, officer.username).role == "officer"


def test_an_account_that_cannot_be_is_refused_in_words(
    admin: Person, supervisor: Person, database: Database
) -> None:
    ask_to_open(admin)
    confirm(supervisor, database)
    before = snapshot(database)
    for typed in (
        {"username": "NEWCOMER"}, {"username": "a b"}, {"username": "other", "role": "king"},
        {"username": "other", "department": "nowhere"}, {"username": "other", "department": ""},
        {"username": "other", "role": ""}, {"username": "other", "full_name": " "},
        {"username": "other", "role": "supervisor", "department": ""},
    ):  # fmt: skip
        answer = admin.submit(admin.visit("/staff"), "/staff", **{**NEWCOMER, **typed})
        assert answer.status_code == 400, typed
    assert snapshot(database) == before


def test_a_form_for_an_account_chooses_no_role_and_no_department_by_itself(admin: Person) -> None:
    html = admin.visit("/staff").html
    form = html[html.index('action="/staff"') :]
    assert "selected" not in form[: form.index("</form>")]
    assert 'type="password"' not in form


def test_closing_needs_nobody_else_opening_again_does(
    admin: Person, officer: Person, supervisor: Person, database: Database
) -> None:
    person = person_of(database, officer.username)
    admin.submit(admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/close")
    assert officer.client.get("/").status_code == 303
    admin.submit(admin.visit(f"/staff/{person.id}"), f"/staff/{person.id}/reopen")
    assert officer.sign_in().status_code == 401
    address = f"/account-requests/{newest_request(database)}/confirm"
    assert supervisor.submit(supervisor.visit("/account-requests"), address).status_code == 303
    assert officer.sign_in().status_code == 303
    asker = person_of(database, admin.username).id
    assert [(row.staff_id, row.about, row.before) for row in acts_of(database, "close_account")] == [
        (asker, f"staff {person.id}", "officer engineering")
    ]
    assert acts_of(database, "reopen_account")[0].details["asked_by"] == asker


@pytest.mark.parametrize("name", ["นายวิชัย ขยันงาน", "วิชัย  ขยันงาน"])
def test_who_confirms_is_warned_of_an_account_of_the_same_name(
    admin: Person, supervisor: Person, database: Database, name: str
) -> None:
    ask_to_open(admin)
    assert "มีบัญชีชื่อนี้อยู่แล้ว" not in supervisor.visit("/account-requests").html
    ask_to_open(admin, username="again", full_name=name)
    page = supervisor.visit("/account-requests").html
    assert page.count("มีบัญชีชื่อนี้อยู่แล้ว") == 1
    assert f'<span class="code">{supervisor.username}</span>' in page


def test_requests_are_written_down_without_a_name(admin: Person, database: Database) -> None:
    ask_to_open(admin, full_name="ความลับ ของทางการ")
    with database.reading() as session:
        assert "ความลับ" not in str([vars(row) for row in session.query(AuditEntry)])
    number = newest_request(database)
    (asked,) = acts_of(database, "ask_account")
    assert (asked.about, asked.after) == (f"request {number}", "officer health")
    assert asked.details == {"kind": "open", "staff": None}


def test_an_account_that_does_not_exist_is_not_found(admin: Person) -> None:
    admin.visit("/staff/999999", 404)
    admin.visit(f"/staff/{2**70}", 404)
