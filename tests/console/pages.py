"""Reading the console's pages as a browser does, and what must be true of every one of them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import PASSWORD


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """A page's title, headings, forms and fields."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.response, self.status, self.html = (
            response,
            response.status_code,
            response.get_data(as_text=True),
        )
        self.title, self.h1s, self.ids, self.forms = "", 0, list[str](), list[Form]()
        self.labels, self.inputs, self._in_label, self._open = set[str](), list[tuple[str, bool]](), False, ""
        self.descriptions = set[str]()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self._open = tag
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "h1":
            self.h1s += 1
        if tag == "form":
            self.forms.append(Form(known.get("action", ""), known.get("method", "get").lower()))
        if tag == "label":
            self._in_label = True
            self.labels.add(known.get("for", ""))
        if tag in ("input", "select", "textarea"):
            self._see_field(known)

    def _see_field(self, known: dict[str, str]) -> None:
        self.descriptions |= set(known.get("aria-describedby", "").split())
        kind = known.get("type", "")
        if kind != "hidden":
            self.inputs.append((known.get("id", ""), self._in_label))
        if self.forms and "name" in known and kind not in ("checkbox", "file"):
            self.forms[-1].fields[known["name"]] = known.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""
        if tag == "label":
            self._in_label = False

    def handle_data(self, data: str) -> None:
        if self._open == "title":
            self.title += data

    def form(self, action: str) -> Form:
        return next(form for form in self.forms if form.action == action and form.method == "post")

    def check(self) -> "Page":
        """What holds for every page."""
        assert self.title.strip(" ·\n"), "no title"
        assert self.h1s == 1, f"{self.h1s} h1"
        assert len(self.ids) == len(set(self.ids)), f"an id occurs twice: {sorted(self.ids)}"
        assert 'class="skip"' in self.html
        for identifier, in_label in self.inputs:
            assert in_label or identifier in self.labels, f"no label for {identifier or 'a field without id'}"
        assert self.descriptions <= set(self.ids), f"not there: {self.descriptions - set(self.ids)}"
        for form in self.forms:
            assert form.method == "get" or form.fields.get("csrf_token"), f"no token in {form.action}"
        return self


def visit(client: FlaskClient, url: str, status: int = 200) -> Page:
    """Opens a page, follows where it leads, and checks what holds for all pages."""
    page = Page(client.get(url, follow_redirects=True))
    assert page.status == status, f"{url}: {page.status}"
    return page.check()


class Person:
    """Somebody before a browser of their own."""

    def __init__(self, client: FlaskClient, username: str = "") -> None:
        self.client, self.username = client, username

    def sign_in(self, password: str = PASSWORD, username: str | None = None) -> TestResponse:
        page = visit(self.client, "/sign-in")
        name = self.username if username is None else username
        return self.submit(page, "/sign-in", username=name, password=password)

    def visit(self, url: str, status: int = 200) -> Page:
        return visit(self.client, url, status)

    def submit(self, page: Page, action: str, /, **typed: Any) -> TestResponse:
        """Fills in the form with this action and sends it with everything hidden in it."""
        return self.send(page.form(action), **typed)

    def send(self, form: Form, **typed: Any) -> TestResponse:
        return self.client.post(form.action, data={**form.fields, **typed})

    def do(self, case_id: int, action: str, **typed: Any) -> TestResponse:
        """Opens the case and presses one of its buttons."""
        return self.submit(self.visit(f"/cases/{case_id}"), f"/cases/{case_id}/{action}", **typed)

    def token(self) -> str:
        """A real CSRF token of this browser, to go with requests that no page offers."""
        page = visit(self.client, "/password")
        return next(form.fields["csrf_token"] for form in page.forms if form.method == "post")
