"""Tests every route with an object that the person may not touch: it is not there, and nothing changes.

The answer is that of an object which does not exist, or 403 for what the person's role may never do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from staff_console.access.permissions import NEEDED, PUBLIC
from store.broadcasts import approval, emergency, testers
from store.cases import bulk, surge
from store.database.engine import Database
from store.files.lifecycle import uploaded
from store.jobs import requests as jobs
from store.jobs.models import JobKind
from store.messaging import outbox, requests
from store.messaging.states import MessageState, Reason
from store.municipality.profile import Municipality
from store.staff import account_requests
from store.staff.models import ALL_DEPARTMENTS, Staff
from tests.builders import a_case, an_officer
from tests.console.addresses import DRAFT, WORDS
from tests.console.cases.test_views import _jpeg
from tests.console.conftest import office_of
from tests.console.looks import snapshot
from tests.console.pages import Person

# What a refusal leaves behind: the entry in the audit log.
TRACES = frozenset({"audit"})
# fmt: off
PEOPLE = {
    "officer":    ("officer", "engineering"),
    "everywhere": ("officer", ALL_DEPARTMENTS),
    "supervisor": ("supervisor", "engineering"),
    "head":       ("supervisor", ALL_DEPARTMENTS),
    "admin":      ("admin", None),
    "closed":     ("officer", ALL_DEPARTMENTS),
}
# fmt: on
MISSING = 999_999
ENGINEERS, SEE_ALL = frozenset({"officer", "supervisor"}), frozenset({"everywhere", "head"})
STAFF, BOSSES, ADMIN = ENGINEERS | SEE_ALL, frozenset({"supervisor", "head"}), frozenset({"admin"})
HEAD = frozenset({"head"})


@dataclass(frozen=True)
class Route:
    """Describes a route with an object of health, which is another person's, or with one of engineering.

    `fields` are a complete form, which would be carried out. `allowed` names who may; everybody else must be refused.
    """

    endpoint: str
    method: str
    address: str
    thing: str
    allowed: frozenset[str]
    fields: str = ""


# fmt: off
ROUTES = (
    Route("cases.show", "GET", "/cases/{}", "case", SEE_ALL),
    Route("cases.show", "GET", "/cases/{}", "own case", STAFF),
    Route("cases.unmask", "POST", "/cases/{}/unmask", "case", SEE_ALL),
    Route("cases.act", "POST", "/cases/{}/accept", "case", SEE_ALL, "seen_version=1"),
    Route("cases.act", "POST", "/cases/{}/remark", "case", SEE_ALL, "seen_version=1 note=noted"),
    Route("cases.act", "POST", "/cases/{}/assign", "own case", STAFF, "seen_version=1"),
    Route("surge.set_level", "POST", "/cases/{}/level", "case", SEE_ALL, "level=red"),
    Route("files.show", "GET", "/files/{}", "file", SEE_ALL),
    Route("files.preview", "GET", "/files/{}/preview", "file", SEE_ALL),
    Route("bulk.tell", "POST", "/cases/tell", "case", HEAD, "case={} note=soon do=send"),
    Route("bulk.show", "GET", "/cases/tell/{}", "bulk message", BOSSES),
    Route("bulk.release", "POST", "/cases/tell/{}/release", "bulk message", HEAD, "digest=DIGEST"),
    Route("bulk.refuse", "POST", "/cases/tell/{}/refuse", "bulk message", HEAD),
    Route("broadcasts.show", "GET", "/broadcasts/{}", "broadcast", STAFF),
    Route("broadcasts.progress", "GET", "/broadcasts/{}/progress", "broadcast", STAFF),
    Route("broadcasts.act", "POST", "/broadcasts/{}/approve", "broadcast", BOSSES, "seen_version=2 digest=old"),
    Route("broadcasts.act", "POST", "/broadcasts/{}/take_back", "broadcast", BOSSES, "seen_version=2"),
    Route("broadcasts.send_test", "POST", "/broadcasts/{}/test", "broadcast", STAFF, "seen_version=2"),
    Route("editor.ask_again", "GET", "/broadcasts/{}/edit", "broadcast", STAFF),
    Route("editor.change_it", "POST", "/broadcasts/{}/edit", "broadcast", STAFF, "seen_version=2"),
    Route("emergency.ask", "GET", "/broadcasts/emergency/{}", "template", STAFF),
    Route("emergency.send", "POST", "/broadcasts/emergency/{}", "template", STAFF, "do=send"),
    Route("emergency_templates.approve", "POST", "/broadcasts/emergency/{}/approve", "template", BOSSES),
    Route("emergency_templates.retire", "POST", "/broadcasts/emergency/{}/retire", "template", BOSSES),
    Route("testers.remove", "POST", "/broadcasts/testers/{}/remove", "tester", BOSSES),
    Route("dead_letters.drop", "POST", "/dead-letters/outbox/{}/drop", "message", HEAD | ADMIN, "reason=not_needed"),
    Route("dead_letters.retry", "POST", "/dead-letters/outbox/{}/retry", "message", HEAD | ADMIN, "even_twice=yes"),
    Route("jobs.cancel", "POST", "/jobs/{}/cancel", "job", ADMIN),
    Route("surge.decide", "POST", "/surge/{}/confirm", "surge", BOSSES),
    Route("people.show", "GET", "/staff/{}", "account", ADMIN),
    Route("people.change_role", "POST", "/staff/{}/role", "account", ADMIN, "role=officer department=health"),
    Route("people.reset_password", "POST", "/staff/{}/password", "account", ADMIN),
    Route("people.unlock", "POST", "/staff/{}/unlock", "account", ADMIN),
    Route("people.close", "POST", "/staff/{}/close", "account", ADMIN),
    Route("people.reopen", "POST", "/staff/{}/reopen", "account", ADMIN),
    Route("account_requests.confirm", "POST", "/account-requests/{}/confirm", "request", BOSSES | ADMIN),
    Route("account_requests.refuse", "POST", "/account-requests/{}/refuse", "request", BOSSES | ADMIN),
)
# fmt: on
# The routes whose object is a form's, a page's or the person's own.
WITHOUT_OBJECT = {
    "queue.show",
    "queue.counts",
    "sign_in.sign_out",
    "sign_in.remaining",
    "password.ask",
    "password.change",
    "my_sessions.show_all",
    "my_sessions.end",
    "style.show",
    "surge.show",
    "surge.start",
    "surge.end",
    "dead_letters.show",
    "quota.show",
    "broadcasts.show_all",
    "editor.ask",
    "editor.write",
    "previews.preview",
    "previews.drawing",
    "previews.picture",
    "emergency.show_all",
    "emergency_templates.ask",
    "emergency_templates.write",
    "testers.show_all",
    "testers.invite",
    "health.metrics",
    "people.show_all",
    "people.add",
    "account_requests.show_all",
    "jobs.show_all",
    "jobs.progress",
    "jobs.start",
}  # fmt: skip


@pytest.fixture
def things(
    app: Flask, database: Database, municipality: Municipality, clock: time_machine.Traveller
) -> dict[str, int | str]:
    """Adds one object of each kind; they belong to a nurse of health."""
    with database.transaction() as session:
        nurse = an_officer(session, municipality, department="health")
        made = _things(session, app, municipality, nurse)
        surge.begin(session, an_officer(session, municipality, role="supervisor"), "น้ำท่วมตลาด", None)
        made["surge"] = surge.find_waiting(session)[0].id
        return made


def _things(session: Session, app: Flask, municipality: Municipality, nurse: Staff) -> dict[str, int | str]:
    case, own = (
        a_case(session, municipality, department=code, triage="green") for code in ("health", "engineering")
    )
    file = uploaded(office_of(app).media, _jpeg(), staff_id=nurse.id)
    file.staff_id, file.case_id = None, case.id
    session.add(file)
    message = bulk.ask(session, nurse, [case], "รอสักครู่ค่ะ")
    broadcast = approval.write_draft(session, DRAFT, nurse)
    approval.submit(session, broadcast, nurse)
    admin = an_officer(session, municipality, role="admin")
    account_requests.ask_for_role(session, municipality, nurse, "officer", "engineering", by=admin)
    row = outbox.put_notice(session, case.resident, "case_message", {}, case_id=case.id)
    job = jobs.ask(session, JobKind.BACKUP, by=admin.id)
    assert job is not None
    session.flush()
    requests.end(session, row.id, MessageState.DEAD, reason=Reason.REFUSED, error="400")
    return {
        "case": case.id,
        "own case": own.id,
        "file": file.token,
        "bulk message": message.id,
        "digest": bulk.digest_of(message),
        "broadcast": broadcast.id,
        "template": emergency.write_template(session, "น้ำท่วม", WORDS, nurse).id,
        "tester": testers.invite(session, nurse).id,
        "message": row.id,
        "job": job.id,
        "account": nurse.id,
        "request": account_requests.list_waiting(session)[-1].id,
    }


@pytest.fixture
def sign_in(app: Flask, database: Database, municipality: Municipality) -> Callable[[str], Person]:
    """Returns a function that opens an account of this kind and signs its owner in."""

    def signed_in(kind: str) -> Person:
        role, department = PEOPLE[kind]
        with database.transaction() as session:
            account = an_officer(session, municipality, role=role, department=department)
            person = Person(app.test_client(), account.username)
        assert person.sign_in().status_code == 303
        return person

    return signed_in


def test_every_route_stands_in_this_table_or_has_no_object(app: Flask) -> None:
    with_object = {route.endpoint for route in ROUTES}
    assert with_object | WITHOUT_OBJECT == set(NEEDED)
    assert not with_object & (WITHOUT_OBJECT | PUBLIC)


@pytest.mark.parametrize(
    "route", ROUTES, ids=lambda route: f"{route.address}-{route.thing}".replace("/", ".")
)
def test_an_object_that_somebody_may_not_touch_is_not_there(
    route: Route,
    database: Database,
    things: dict[str, int | str],
    sign_in: Callable[[str], Person],
) -> None:
    for kind in sorted(PEOPLE.keys() - route.allowed):
        person = sign_in(kind)
        token = person.token()
        if kind == "closed":
            _close(database, person)
        before = snapshot(database, without=TRACES)
        refused = _ask(person, route, things, things[route.thing], token)
        missing = _ask(person, route, things, _missing(route.thing), token)
        assert snapshot(database, without=TRACES) == before, f"{kind} changed the database"
        if kind == "closed":
            assert refused.status_code in (303, 401), refused.status_code
        elif refused.status_code != 403:
            # A dead letter that is not there leads back to the list, which is the same for all.
            assert refused.status_code == (303 if route.thing == "message" else 404), f"{kind}: {refused}"
            assert (refused.status_code, _body(refused)) == (missing.status_code, _body(missing)), kind
    for kind in sorted(route.allowed)[:1]:
        person = sign_in(kind)
        done = _ask(person, route, things, things[route.thing], person.token())
        assert done.status_code in (200, 303, 400, 409), f"{kind}: {done.status_code}"


def _close(database: Database, person: Person) -> None:
    with database.transaction() as session:
        session.query(Staff).filter_by(username=person.username).one().active = False


def _missing(thing: str) -> int | str:
    return "0" * 32 if thing == "file" else MISSING


def _ask(
    person: Person, route: Route, things: dict[str, int | str], thing: int | str, token: str
) -> TestResponse:
    address = route.address.format(thing)
    if route.method == "GET":
        return person.client.get(address)
    typed = [field.split("=") for field in route.fields.format(thing).split()]
    form = {"csrf_token": token, "form_token": "0123456789abcdef", **dict(typed)}
    form = {name: str(things["digest"]) if value == "DIGEST" else value for name, value in form.items()}
    return person.client.post(address, data=form)


def _body(answer: TestResponse) -> str:
    """Returns the page without what differs each time."""
    return re.sub(r'name="(csrf|form)_token" value="[^"]*"', "", answer.get_data(as_text=True))
