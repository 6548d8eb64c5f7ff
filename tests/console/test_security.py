"""Headers, tokens, hostile text and failures."""

import logging

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from staff_console.settings import ConsoleSettings
from staff_console.web import create_app
from store.cases.models import Case
from store.database.engine import Database
from store.files.models import File
from store.municipality.profile import Municipality
from store.settings import SettingsError, StoreSettings, web_address
from tests.builders import PASSWORD, a_case, a_place, a_resident, an_answer
from tests.console.addresses import addresses
from tests.console.conftest import SECRET_KEY, Known, office_of
from tests.console.looks import snapshot
from tests.console.pages import Page, Person

EVIL = "<script>window.__x=1</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


def test_every_answer_carries_the_headers(officer: Person, nobody: Person, case: Known) -> None:
    for person, address in (
        (officer, "/"), (officer, f"/cases/{case.case_id}"), (officer, "/nowhere"), (nobody, "/sign-in"),
        (nobody, "/healthz"), (nobody, "/static/0/icon.svg"), (nobody, "/"),
    ):  # fmt: skip
        headers = person.client.get(address, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers
        if not address.startswith("/static"):
            assert "no-store" in headers["Cache-Control"]


def test_over_https_cookies_are_bound_to_the_host(store_settings: StoreSettings, officer: Person) -> None:
    settings = ConsoleSettings(store_settings, SECRET_KEY, "https://console.example.go.th")
    app = create_app(settings)
    person = Person(app.test_client(), officer.username)
    page = Page(person.client.get("/sign-in", base_url="https://console.example.go.th"))
    form = page.form("/sign-in")
    answer = person.client.post(
        "/sign-in",
        data={**form.fields, "username": officer.username, "password": PASSWORD},
        base_url="https://console.example.go.th",
        headers={"Referer": "https://console.example.go.th/sign-in"},
    )
    cookies = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "__Host-staff" in cookie]
    assert len(cookies) == 1
    assert all(part in cookies[0] for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookies[0]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    office_of(app).database.close()


def test_no_form_works_without_its_token(
    app: Flask, database: Database, supervisor: Person, case: Known
) -> None:
    known = addresses(app, database, case)
    before = snapshot(database)
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or set()) or rule.endpoint.startswith(("people", "jobs")):
            continue
        address = known[rule.endpoint]
        assert supervisor.client.post(address, data={"csrf_token": "forged"}).status_code == 400, address
    assert snapshot(database) == before


def test_the_token_of_before_the_sign_in_is_worth_nothing_after_it(nobody: Person, officer: Person) -> None:
    planted = nobody.visit("/sign-in").form("/sign-in").fields["csrf_token"]
    nobody.sign_in(username=officer.username)
    assert nobody.client.post("/sign-out", data={"csrf_token": planted}).status_code == 400


def test_hostile_text_is_shown_as_text(
    officer: Person, admin: Person, database: Database, municipality: Municipality
) -> None:
    with database.transaction() as session:
        resident = a_resident(session, person={"name": EVIL, "phone": EVIL})
        answers = [an_answer(EVIL, EVIL), a_place(EVIL), an_answer("เบอร์โทร", EVIL, kind="phone", value=EVIL)]
        case = a_case(session, municipality, resident=resident, answers=answers, summary=EVIL)
        case.comment, case.stars, case_id = EVIL, 5, case.id
        session.add(
            File(token="f" * 20, kind="document", state="kept", mime="application/pdf", name=EVIL,
                 case_id=case_id, created_at=case.entered_at)
        )  # fmt: skip
    officer.do(case_id, "tell", note=EVIL)
    for html in (
        officer.visit(f"/cases/{case_id}").html,
        officer.visit("/?tab=all").html,
        officer.visit("/?number=%3Cscript%3Ewindow.__x=1%3C/script%3E").html,
        officer.do(case_id, "tell", note=EVIL * 40).text,
        _unmasked(officer, case_id),
        admin.submit(admin.visit("/staff"), "/staff", full_name=EVIL, username=EVIL).text,
    ):
        assert "&lt;script&gt;" in html
        assert "<script>window" not in html
        assert "<img src=x" not in html
        assert "49" not in html.split("&lt;script&gt;")[1][:120]


def _unmasked(officer: Person, case_id: int) -> str:
    assert officer.do(case_id, "unmask").status_code == 303
    return officer.visit(f"/cases/{case_id}").html


def test_personal_data_stays_out_of_the_log(
    app: Flask, officer: Person, database: Database, case: Known, caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as session:
        session.get_one(Case, case.case_id).answers = [{"secret canary": 1}]
    with caplog.at_level(logging.DEBUG):
        answer = officer.client.get(f"/cases/{case.case_id}")
    assert answer.status_code == 500
    assert "ระบบขัดข้อง" in answer.text
    assert [vars(record).get("endpoint") for record in caplog.records if record.message == "failure"] == [
        "cases.show"
    ]
    assert "canary" not in caplog.text
    assert "canary" not in answer.text
    assert PASSWORD not in caplog.text


def test_a_database_that_is_away_is_said_in_words(app: Flask) -> None:
    with app.test_request_context("/"):
        answer = app.make_response(app.handle_user_exception(OperationalError("x", {}, Exception("away"))))
    assert answer.status_code == 503
    assert "ฐานข้อมูลไม่ตอบสนอง" in answer.get_data(as_text=True)


def test_files_are_kept_and_compressed_and_pages_with_tokens_are_neither(officer: Person) -> None:
    """A compressed page that holds a token and what was typed gives the token away by its length (BREACH)."""
    takes_gzip = {"Accept-Encoding": "gzip"}
    page = officer.client.get("/?number=csrf_token", headers=takes_gzip)
    assert "Content-Encoding" not in page.headers
    assert page.headers["Cache-Control"] == "private, no-store"
    address = page.text.split('rel="stylesheet" href="')[1].partition('"')[0]
    file = officer.client.get(address, headers=takes_gzip)
    assert file.headers["Content-Encoding"] == "gzip"
    assert "immutable" in file.headers["Cache-Control"]
    assert officer.client.get(address.replace(address.split("/")[2], "0")).data != file.data


def test_error_pages_say_what_to_do(officer: Person) -> None:
    for answer, status in (
        (officer.client.get("/nowhere"), 404),
        (officer.client.delete("/password"), 405),
        (officer.client.get("/staff"), 403),
        (officer.client.post("/password", data={}), 400),
    ):
        assert answer.status_code == status
        page = Page(answer).check()
        assert "กลับไปหน้าแรก" in page.html


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/cases/7/tell", "/cases/7"),
        ("/surge/start", "/surge"),
        ("/sign-out", "/"),
        ("/staff/3/unlock", "/staff/3"),
    ],
)
def test_the_address_of_a_form_opened_alone_leads_to_the_page_that_has_it(
    officer: Person, address: str, page: str
) -> None:
    answer = officer.client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)


def test_an_admin_is_not_sent_to_a_list_of_cases(admin: Person, officer: Person) -> None:
    assert "เลขเรื่อง" in officer.visit("/nowhere", 404).html
    page = admin.visit("/nowhere", 404)
    assert "เลขเรื่อง" not in page.html
    assert "บัญชีเจ้าหน้าที่" in admin.visit("/").title


def test_a_flood_of_form_parts_is_refused(officer: Person) -> None:
    parts = {f"p{n}": "x" for n in range(500)}
    answer = officer.client.post("/password", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_it_refuses_to_start_without_a_real_secret() -> None:
    environ = {"DATA_KEY": "dGhpcnR5LXR3byBieXRlcyB0byBzZWFsIHdpdGguLiE="}
    for secret in ("", "short"):
        with pytest.raises(SettingsError, match="SECRET_KEY"):
            ConsoleSettings.from_environment({**environ, "SECRET_KEY": secret})
    settings = ConsoleSettings.from_environment({**environ, "SECRET_KEY": SECRET_KEY})
    assert SECRET_KEY not in repr(settings)


def test_health_is_told_to_anybody(nobody: Person) -> None:
    assert nobody.client.get("/healthz").get_json() == {"alive": True}
    report = nobody.client.get("/readyz")
    assert report.status_code == 503
    assert report.get_json()["reasons"] == ["worker shows no sign of life"]


def test_another_machine_gets_nothing_without_https(store_settings: StoreSettings) -> None:
    """This holds under a server that tells nobody where it listens, too, and whatever the headers of proxies say."""
    for url, proxies, peer, status in (
        ("", 0, "192.0.2.7", 503), ("http://console.example.go.th", 0, "192.0.2.7", 503),
        ("", 1, "192.0.2.7", 503), ("", 1, "127.0.0.1", 200), ("", 0, "::1", 200), ("", 0, "", 200),
        ("HTTPS://console.example.go.th", 0, "192.0.2.7", 200),
    ):  # fmt: skip
        address = web_address({"CONSOLE_URL": url}, "CONSOLE_URL")
        app = create_app(ConsoleSettings(store_settings, SECRET_KEY, address, "", proxies))
        client = app.test_client()
        base = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
        assert client.get("/sign-in", environ_overrides=base).status_code == status, (url, proxies, peer)
        assert client.get("/healthz", environ_overrides=base).status_code == 200
        office_of(app).database.close()


def test_every_page_without_https_says_so_in_red(officer: Person, nobody: Person) -> None:
    for person, address in (
        (officer, "/"),
        (officer, "/password"),
        (officer, "/nowhere"),
        (nobody, "/sign-in"),
    ):
        outside = person.client.get(address, base_url="http://console.example.go.th", follow_redirects=True)
        assert 'class="unencrypted" role="alert"' in outside.text
    assert 'class="unencrypted"' not in officer.visit("/").html
