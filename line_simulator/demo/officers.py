"""Signs in to the console as a member of staff and fills in its forms, as a browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus

import requests

from line_simulator.demo.children import DemoError
from line_simulator.demo.residents import HTTP_SECONDS, plain_session


class Forms(HTMLParser):
    """Reads the hidden fields of every form on a page, by the form's action, and the addresses of all links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self.links: list[str] = []
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action", "")
            self.fields[self._inside] = {}
        elif tag == "input" and given.get("type") == "hidden" and self._inside:
            self.fields[self._inside][given["name"]] = given.get("value", "")
        elif tag == "a":
            self.links.append(given.get("href", ""))


@dataclass
class Officer:
    console: str
    username: str
    http: requests.Session = field(default_factory=plain_session)

    def signs_in(self, password: str) -> bool:
        """Signs in; returns False when the console does not accept this name and password."""
        fields = self._page("/sign-in").fields["/sign-in"]
        answer = self._post("/sign-in", {**fields, "username": self.username, "password": password})
        return answer.status_code == HTTPStatus.SEE_OTHER

    def signs_out(self) -> None:
        self._post("/sign-out", self._page("/password").fields["/sign-out"])

    def finds_cases(self, wanted: str) -> list[str]:
        """Returns the addresses of the cases that the queue lists for this query string, in the order of the queue."""
        return [link for link in self._page(f"/?{wanted}").links if link.startswith("/cases/")]

    def acts(self, number: str, action: str, note: str = "", photo: bytes = b"") -> None:
        """Finds the case by its printed number and submits the form of this action; raises DemoError when it cannot."""
        case = next(iter(self.finds_cases(f"number={number}")), "")
        form = f"{case}/{action}"
        fields = self._page(case).fields.get(form) if case else None
        if fields is None:
            raise DemoError(f"{self.username} finds no form {action!r} for case {number}.")
        files = {"photos": ("photo.jpg", photo, "image/jpeg")} if photo else None
        answer = self._post(form, {**fields, "note": note}, files)
        if answer.status_code != HTTPStatus.SEE_OTHER:
            raise DemoError(f"{self.username} could not {action} case {number} ({answer.status_code}).")

    def _page(self, path: str) -> Forms:
        answer = self.http.get(self.console + path, timeout=HTTP_SECONDS)
        answer.raise_for_status()
        return Forms(answer.text)

    def _post(
        self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes, str]] | None = None
    ) -> requests.Response:
        return self.http.post(
            self.console + path, data=fields, files=files, allow_redirects=False, timeout=HTTP_SECONDS
        )
