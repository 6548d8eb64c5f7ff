"""Acts as a member of staff at the real console: signs in, reads the queue, opens a case, presses its buttons."""

import io
import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from store.database.engine import Database
from store.line_breaks import plain
from store.municipality.profile import Municipality
from store.staff.accounts import NewStaff, add_staff
from store.staff.models import ALL_DEPARTMENTS
from store.staff.passwords import Passwords

PASSWORD = "correct-horse-battery-42"


class Clerk:
    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.text

    def fills_in(self, page: str, action: str, **fields: str | list[str]) -> str:
        """Fills in and sends the form of this page that leads to `action`; returns the page that follows."""
        form = re.search(rf'<form[^>]+action="{action}".*?</form>', self.page(page), re.DOTALL)
        assert form is not None, f"{page} offers no {action}"
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
        answer = self.client.post(action, data={**hidden, **fields}, follow_redirects=True)
        assert answer.status_code == 200, f"{action}: {answer.status_code}"
        return answer.text

    def tells_all(self, note: str) -> str:
        """Writes one message to every case on the first page of the queue."""
        cases = re.findall(r'name="case" value="(\d+)"', self.page("/?tab=all"))
        return self.fills_in("/?tab=all", "/cases/tell", note=note, case=cases, do="send")

    def confirms_surge(self) -> str:
        """Confirms what another supervisor proposed."""
        action = re.search(r'action="(/surge/\d+/confirm)"', self.page("/surge"))
        assert action is not None, "no surge waits to be confirmed"
        return self.fills_in("/surge", action[1])

    def opens_newest_case(self) -> tuple[int, str]:
        """Opens the newest case; returns the id in its address, and its page."""
        numbers = [int(found) for found in re.findall(r'href="/cases/(\d+)', self.page("/?tab=all"))]
        assert numbers, "the queue is empty"
        return max(numbers), self.page(f"/cases/{max(numbers)}")

    def sees(self, text: str) -> bool:
        _, page = self.opens_newest_case()
        return text in plain(unescape(re.sub(r"<[^>]+>", " ", page)))

    def does(self, action: str, note: str = "", photos: tuple[bytes, ...] = (), *, agency: str = "") -> None:
        """Fills in and sends the form of one action, exactly as the page offers it."""
        case_id, page = self.opens_newest_case()
        form = re.search(rf'<form[^>]+action="/cases/{case_id}/{action}".*?</form>', page, re.DOTALL)
        assert form is not None, f"the page offers no {action}"
        fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
        files = [(io.BytesIO(data), f"photo{i}.jpg") for i, data in enumerate(photos)]
        answer = self.client.post(
            f"/cases/{case_id}/{action}", data={**fields, "note": note, "agency": agency, "photos": files}
        )
        assert answer.status_code in (302, 303), f"{action}: {answer.status_code}"


def a_clerk(
    console: Flask,
    database: Database,
    municipality: Municipality,
    *,
    username: str = "malee",
    role: str = "officer",
    department: str | None = None,
) -> Clerk:
    """Returns a member of staff who has an account and is signed in."""
    with database.transaction() as session:
        new = NewStaff(username, f"{username} ใจงาม", role, department or ALL_DEPARTMENTS, PASSWORD)
        add_staff(session, municipality, Passwords(), new)
    client = console.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    form = {"username": username, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=form).status_code in (302, 303)
    return Clerk(client)
