"""Tests what every kind of person gets at every address, and that a refusal changes nothing."""

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from staff_console.access.permissions import NEEDED, PUBLIC, may
from store.database.engine import Database
from store.staff.models import Staff
from tests.console.addresses import addresses
from tests.console.conftest import Known
from tests.console.looks import person_of, snapshot
from tests.console.pages import Person

KINDS = ("nobody", "officer", "stranger", "supervisor", "admin", "closed")

# A POST is sent with a good CSRF token and nothing else, so 400 and 409 mean: let in, but the form says nothing;
# an editor then shows its empty form.
# fmt: off
EXPECTED = {
    #  endpoint                       nobody  officer stranger supervisor admin closed
    ("GET",  "static"):              (200,    200,    200,     200,       200,  200),
    ("GET",  "health.healthz"):      (200,    200,    200,     200,       200,  200),
    ("GET",  "health.readyz"):       (503,    503,    503,     503,       503,  503),
    ("GET",  "health.security"):     (200,    200,    200,     200,       200,  200),
    ("GET",  "sign_in.ask"):         (200,    200,    200,     200,       200,  200),
    ("POST", "sign_in.check"):       (401,    401,    401,     401,       401,  401),
    ("GET",  "first_password.ask"):  (404,    404,    404,     404,       404,  404),
    ("POST", "first_password.choose"): (404,  404,    404,     404,       404,  404),
    ("POST", "sign_in.sign_out"):    (303,    303,    303,     303,       303,  303),
    ("GET",  "sign_in.remaining"):   (303,    200,    200,     200,       200,  303),
    ("GET",  "password.ask"):        (303,    200,    200,     200,       200,  303),
    ("POST", "password.change"):     (303,    400,    400,     400,       400,  303),
    ("GET",  "my_sessions.show_all"): (303,   200,    200,     200,       200,  303),
    ("POST", "my_sessions.end"):     (303,    303,    303,     303,       303,  303),
    ("GET",  "style.show"):          (303,    200,    200,     200,       200,  303),
    ("GET",  "queue.show"):          (303,    200,    200,     200,       303,  303),
    ("GET",  "queue.counts"):        (303,    200,    200,     200,       403,  303),
    ("GET",  "cases.show"):          (303,    200,    404,     200,       403,  303),
    ("POST", "cases.unmask"):        (303,    303,    404,     303,       403,  303),
    ("POST", "cases.act"):           (303,    400,    404,     400,       403,  303),
    ("POST", "bulk.tell"):           (303,    403,    403,     400,       403,  303),
    ("GET",  "bulk.show"):           (303,    404,    404,     200,       403,  303),
    ("POST", "bulk.release"):        (303,    403,    403,     400,       403,  303),
    ("POST", "bulk.refuse"):         (303,    404,    404,     400,       403,  303),
    ("GET",  "surge.show"):          (303,    403,    403,     200,       403,  303),
    ("POST", "surge.start"):         (303,    403,    403,     400,       403,  303),
    ("POST", "surge.decide"):        (303,    403,    403,     400,       403,  303),
    ("POST", "surge.end"):           (303,    403,    403,     400,       403,  303),
    ("POST", "surge.set_level"):     (303,    400,    404,     400,       403,  303),
    ("GET",  "files.show"):          (303,    404,    404,     404,       403,  303),
    ("GET",  "files.preview"):       (303,    404,    404,     404,       403,  303),
    ("GET",  "dead_letters.show"):          (303,    403,    403,     200,       200,  303),
    ("POST", "dead_letters.retry"):         (303,    403,    403,     303,       303,  303),
    ("POST", "dead_letters.drop"):          (303,    403,    403,     400,       400,  303),
    ("GET",  "jobs.show_all"):       (303,    403,    403,     403,       200,  303),
    ("GET",  "jobs.progress"):       (303,    403,    403,     403,       200,  303),
    ("POST", "jobs.start"):          (303,    403,    403,     403,       303,  303),
    ("POST", "jobs.cancel"):         (303,    403,    403,     403,       303,  303),
    ("GET",  "quota.show"):          (303,    403,    403,     200,       200,  303),
    ("GET",  "broadcasts.show_all"): (303,    200,    200,     200,       403,  303),
    ("GET",  "broadcasts.show"):     (303,    200,    200,     200,       403,  303),
    ("GET",  "broadcasts.progress"): (303,    200,    200,     200,       403,  303),
    ("POST", "broadcasts.act"):      (303,    400,    400,     400,       403,  303),
    ("POST", "broadcasts.send_test"): (303,   400,    400,     400,       403,  303),
    ("GET",  "editor.ask"):          (303,    200,    200,     200,       403,  303),
    ("POST", "editor.write"):        (303,    200,    200,     200,       403,  303),
    ("GET",  "editor.ask_again"):    (303,    200,    200,     200,       403,  303),
    ("POST", "editor.change_it"):    (303,    400,    400,     400,       403,  303),
    ("POST", "previews.preview"):    (303,    200,    200,     200,       403,  303),
    ("GET",  "previews.drawing"):    (303,    200,    200,     200,       403,  303),
    ("GET",  "previews.picture"):    (303,    404,    404,     404,       403,  303),
    ("GET",  "emergency.show_all"):  (303,    200,    200,     200,       403,  303),
    ("GET",  "emergency.ask"):       (303,    200,    200,     200,       403,  303),
    ("POST", "emergency.send"):      (303,    200,    200,     200,       403,  303),
    ("GET",  "emergency_templates.ask"):     (303, 200, 200,   200,       403,  303),
    ("POST", "emergency_templates.write"):   (303, 200, 200,   200,       403,  303),
    ("POST", "emergency_templates.approve"): (303, 403, 403,   400,       403,  303),
    ("POST", "emergency_templates.retire"):  (303, 403, 403,   303,       403,  303),
    ("GET",  "testers.show_all"):    (303,    200,    200,     200,       403,  303),
    ("POST", "testers.invite"):      (303,    400,    400,     400,       403,  303),
    ("POST", "testers.remove"):      (303,    403,    403,     303,       403,  303),
    ("GET",  "health.metrics"):      (303,    403,    403,     200,       200,  303),
    ("GET",  "people.show_all"):     (303,    403,    403,     403,       200,  303),
    ("POST", "people.add"):          (303,    403,    403,     403,       400,  303),
    ("GET",  "people.show"):         (303,    403,    403,     403,       200,  303),
    ("POST", "people.change_role"):  (303,    403,    403,     403,       400,  303),
    ("POST", "people.reset_password"): (303,  403,    403,     403,       200,  303),
    ("POST", "people.unlock"):       (303,    403,    403,     403,       303,  303),
    ("POST", "people.close"):        (303,    403,    403,     403,       303,  303),
    ("POST", "people.reopen"):       (303,    403,    403,     403,       303,  303),
    ("GET",  "account_requests.show_all"): (303, 403, 403,     200,       200,  303),
    ("POST", "account_requests.confirm"):  (303, 403, 403,     303,       303,  303),
    ("POST", "account_requests.refuse"):   (303, 403, 403,     400,       400,  303),
}
# fmt: on
SIGN_OUT = {"sign_in.check", "sign_in.sign_out"}
# Those that do what they say even with an empty form, and may.
ACTS = {
    "jobs.start",
    "jobs.cancel",
    "sign_in.sign_out",
    "people.unlock",
    "people.close",
    "people.reopen",
    "people.reset_password",
    "account_requests.confirm",
    "emergency_templates.retire",
    "testers.remove",
}


def test_every_address_has_a_permission(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints == PUBLIC | set(NEEDED)


def test_every_address_stands_in_the_table_of_this_test(app: Flask) -> None:
    assert {(method, rule.endpoint) for rule in app.url_map.iter_rules() for method in _methods(rule)} == set(
        EXPECTED
    )


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_gets_what_the_table_says_and_refusals_change_nothing(
    kind: str, app: Flask, database: Database, case: Known, request: pytest.FixtureRequest
) -> None:
    known = addresses(app, database, case)
    person, token = _fresh(kind, database, request, app)
    before = snapshot(database, without=frozenset({"audit"}))
    for (method, endpoint), expected in EXPECTED.items():
        answer = _ask(person, method, known[endpoint], token)
        wanted = expected[KINDS.index(kind)]
        assert answer.status_code == wanted, f"{kind}: {method} {endpoint} gave {answer.status_code}"
        after = snapshot(database, without=frozenset({"audit"}))
        if not (endpoint in ACTS and wanted in (200, 303) and kind not in ("nobody", "closed")):
            assert after == before, f"{kind}: {method} {endpoint} changed the database"
        before = after
        if kind in ("nobody", "closed") and wanted == 303:
            assert answer.headers["Location"].startswith("/sign-in")
        if endpoint in SIGN_OUT:
            person, token = _fresh(kind, database, request, app)
            before = snapshot(database, without=frozenset({"audit"}))


def test_opening_pages_changes_nothing(
    app: Flask, database: Database, case: Known, supervisor: Person
) -> None:
    known = addresses(app, database, case, make_file=False)
    before = snapshot(database)
    for endpoint, address in known.items():
        if ("GET", endpoint) in EXPECTED and (endpoint in PUBLIC or may("supervisor", endpoint)):
            assert supervisor.client.get(address, buffered=True).status_code in (200, 404, 503)
    assert snapshot(database) == before


def test_a_role_is_read_at_every_request(database: Database, officer: Person) -> None:
    assert officer.client.get("/").status_code == 200
    with database.transaction() as session:
        session.get_one(Staff, person_of(database, officer.username).id).role = "admin"
    assert officer.client.get("/staff").status_code == 200
    assert officer.client.get("/counts").status_code == 403


def test_a_case_of_another_department_looks_like_one_that_does_not_exist(
    clock: time_machine.Traveller, stranger: Person, case: Known
) -> None:
    foreign = stranger.client.get(f"/cases/{case.case_id}")
    missing = stranger.client.get("/cases/999999")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.data == missing.data
    assert stranger.client.get(f"/cases/{2**70}").status_code == 404


def test_an_unknown_address_tells_a_stranger_nothing(nobody: Person) -> None:
    assert nobody.client.get("/no-such-page").headers["Location"] == "/sign-in?next=/no-such-page"
    assert nobody.client.delete("/staff").status_code == 303


def _methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def _fresh(kind: str, database: Database, request: pytest.FixtureRequest, app: Flask) -> tuple[Person, str]:
    """Signs the person in again and returns them with a good CSRF token."""
    person: Person = request.getfixturevalue("officer" if kind == "closed" else kind)
    if kind == "nobody":
        return person, person.token()
    _open_account(database, person, is_open=True)
    person.client = app.test_client()
    assert person.sign_in().status_code == 303
    token = person.token()
    # Without ending the sessions: that the account is closed must be enough.
    _open_account(database, person, is_open=kind != "closed")
    return person, token


def _open_account(database: Database, person: Person, *, is_open: bool) -> None:
    with database.transaction() as session:
        session.merge(person_of(database, person.username)).active = is_open


def _ask(person: Person, method: str, address: str, token: str) -> TestResponse:
    if method == "GET":
        return person.client.get(address, buffered=True)
    return person.client.post(address, data={"csrf_token": token})
