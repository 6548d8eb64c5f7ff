"""Tests the console through the server that the Procfile names: all pages of a supervisor, file downloads, one form.

Flask's test client sends headers that a real server refuses, so what it says of them proves little.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine
from sqlalchemy import select

from store.cases.models import Case, CaseEvent
from store.clock import now
from store.files.models import File
from tests.builders import a_case, an_officer
from tests.console.addresses import addresses
from tests.console.conftest import Known
from tests.console.pages import Person
from tests.processes import environment, served
from tests.town import Town, photo
from tests.waiting import PATIENCE_SECONDS

ON_SQLITE = pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
NAMES = {
    "Thai": ("สำเนาทะเบียนบ้าน.pdf", "สำเนาทะเบียนบ้าน.pdf"),
    "an en dash": ("แผน 2568–2570.pdf", "แผน 2568–2570.pdf"),
    "quotes": ('a "b" c.pdf', "a b c.pdf"),
    "an emoji": ("บิล 👍.pdf", "บิล 👍.pdf"),
    "a newline": ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
    "plain": ("invoice.html", "invoice.pdf"),
    "none": (None, None),
}


class LiveClient:
    """Acts as Flask's test client, as far as Person needs it, over a real connection."""

    def __init__(self, address: str) -> None:
        self._address, self._session = address, requests.Session()

    def get(self, path: str, *, follow_redirects: bool = False) -> "LiveAnswer":
        return self._ask("GET", path, allow_redirects=follow_redirects)

    def post(self, path: str, *, data: dict[str, Any]) -> "LiveAnswer":
        return self._ask("POST", path, data=data, allow_redirects=False)

    def _ask(self, method: str, path: str, **options: Any) -> "LiveAnswer":
        return LiveAnswer(
            self._session.request(method, self._address + path, timeout=PATIENCE_SECONDS, **options)
        )


class LiveAnswer:
    def __init__(self, response: requests.Response) -> None:
        self.status_code, self.headers, self.data = response.status_code, response.headers, response.content

    def get_data(self, *, as_text: bool) -> str:
        return self.data.decode()


@dataclass(frozen=True)
class Premises:
    """Holds a supervisor before a console that runs, and the same supervisor before Flask's test client."""

    supervisor: Person
    in_process: Person
    case: Known


@pytest.fixture
def premises(town: Town, tmp_path: Path) -> Iterator[Premises]:
    # A process of its own has the true time.
    town.clock.move_to(time_machine.escape_hatch.time.time())
    with town.database.transaction() as session:
        case = a_case(session, town.app.municipality)
        known = Known(case.id, case.version)
        boss = an_officer(session, town.app.municipality, role="supervisor", department=None).username
    with served("staff_console.web:create_app()", tmp_path, environ=environment(town)) as port:
        person = Person(LiveClient(f"http://127.0.0.1:{port}"), boss)  # type: ignore[arg-type]
        in_process = Person(town.console().test_client(), boss)
        assert person.sign_in().status_code == in_process.sign_in().status_code == 303
        yield Premises(person, in_process, known)


@ON_SQLITE
def test_every_page_answers_as_the_application_does(town: Town, premises: Premises) -> None:
    app = town.console()
    known = addresses(app, town.database, premises.case)
    seen = 0
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            answer = premises.supervisor.client.get(known[rule.endpoint])
            with premises.in_process.client.get(known[rule.endpoint]) as inside:
                assert answer.status_code == inside.status_code != 500, rule.endpoint
            assert answer.headers["X-Content-Type-Options"] == "nosniff", rule.endpoint
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], rule.endpoint
            seen += answer.status_code == 200
    assert seen > 20


@ON_SQLITE
def test_a_form_is_taken(town: Town, premises: Premises) -> None:
    note = "โทรคุยแล้วค่ะ"
    assert premises.supervisor.do(premises.case.case_id, "remark", note=note).status_code == 303
    with town.database.reading() as session:
        assert note in [event.note for event in session.scalars(select(CaseEvent))]


@ON_SQLITE
def test_documents_of_any_name_and_photos_are_handed_out(town: Town, premises: Premises) -> None:
    for given, name in NAMES.values():
        token, number = _keep(town, premises.case, b"%PDF-1.4", "application/pdf", given)
        answer = premises.supervisor.client.get(f"/files/{token}")
        assert (answer.status_code, answer.data) == (200, b"%PDF-1.4"), given
        assert _told(answer) == ("attachment", name or f"document-{number}.pdf")
        assert "Set-Cookie" not in answer.headers
    token, _ = _keep(town, premises.case, photo(), "image/jpeg", "ใบเสร็จ.html")
    for path in (f"/files/{token}", f"/files/{token}/preview"):
        answer = premises.supervisor.client.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert _told(answer) == ("inline", "ใบเสร็จ.jpg")


def _told(answer: Any) -> tuple[str, str | None]:
    """Reads it as a browser does: the name with an asterisk goes before the other (RFC 6266, section 4.3)."""
    message = Message()
    plain, _, extended = answer.headers["Content-Disposition"].partition("; filename*=")
    how, _, name = plain.partition("; filename=")
    message["Content-Disposition"] = f"{how}; filename*={extended}" if extended else f"{how}; filename={name}"
    return message.get_content_disposition() or "", message.get_filename()


def _keep(town: Town, case: Known, data: bytes, mime: str, name: str | None) -> tuple[str, int]:
    token = f"a-file-of-the-case-{len(town.app.media.tokens()):03}"
    town.app.media.keep(token, data)
    with town.database.transaction() as session:
        file = File(
            token=token, kind="document", state="kept", mime=mime, name=name, tries=0, created_at=now()
        )
        file.case_id = session.get_one(Case, case.case_id).id
        session.add(file)
        session.flush()
        return token, file.id
